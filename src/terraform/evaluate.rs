//! From an expression to its value.
//!
//! What can be told from the expression alone is computed: literals, templates of literals, `!` and `-`, parentheses.
//! Everything else is unknown, with a reason that names what the value hangs on.

use super::value::{Unknown, Value};
use crate::hcl::expression::{Expression, Kind, Part, StepKind, Template, Traversal, UnaryOperator, parse};
use crate::source::{Sources, Span};

/// Evaluates the expression that stands at a span.
pub(super) fn evaluate(sources: &Sources, span: Span) -> Value {
    match parse(sources.text(span), span) {
        Ok(expression) => value(&expression),
        Err(error) => unknown(format!("the expression is not valid ({})", error.message), error.span),
    }
}

fn unknown(reason: impl Into<String>, span: Span) -> Value {
    Value::Unknown(Unknown { reason: reason.into(), span })
}

fn value(expression: &Expression) -> Value {
    match &expression.kind {
        Kind::Null => Value::Null,
        Kind::Bool(value) => Value::Bool(*value),
        Kind::Number(number) => Value::Number(number.clone()),
        Kind::String(text) => Value::String(text.to_string()),
        Kind::Template(template) => template_value(template, expression.span),
        Kind::Tuple(elements) => Value::Tuple(elements.len()),
        Kind::Object(items) => {
            let keys = items.iter().map(|item| match value(&item.key) {
                Value::String(key) => Ok(key),
                Value::Unknown(unknown) => Err(unknown),
                _ => Err(Unknown { reason: "this key is not a string".to_owned(), span: item.key.span }),
            });
            keys.collect::<Result<_, _>>().map_or_else(Value::Unknown, Value::Object)
        }
        Kind::Parenthesis(inner) => value(inner),
        Kind::Unary(operator, operand) => unary(*operator, operand, expression.span),
        Kind::Variable(name) => unknown(format!("it depends on `{name}`"), expression.span),
        Kind::Traversal(traversal) => unknown(format!("it depends on `{}`", reference(traversal)), expression.span),
        Kind::Call(call) => unknown(format!("it depends on the function `{}`", call.name), expression.span),
        Kind::Binary(_) => unknown("it depends on an operation", expression.span),
        Kind::Conditional(_) => unknown("it depends on a condition", expression.span),
        Kind::For(_) => unknown("it depends on a `for` expression", expression.span),
    }
}

fn unary(operator: UnaryOperator, operand: &Expression, span: Span) -> Value {
    match (operator, value(operand)) {
        (_, Value::Unknown(reason)) => Value::Unknown(reason),
        (UnaryOperator::Not, operand_value) => match operand_value.to_bool(operand.span) {
            Ok(Some(value)) => Value::Bool(!value),
            Ok(None) => unknown("Terraform refuses `null` behind `!`", span),
            Err(refused) => Value::Unknown(refused),
        },
        (UnaryOperator::Negate, Value::Number(number)) => Value::Number(match number.strip_prefix('-') {
            Some(positive) => positive.into(),
            None => format!("-{number}").into(),
        }),
        (UnaryOperator::Negate, _) => unknown("Terraform refuses anything but a number behind `-`", span),
    }
}

/// The value of a template. One that is a single interpolation is worth what it interpolates, of whatever type.
fn template_value(template: &Template, span: Span) -> Value {
    if let [Part::Interpolation(only, _)] = template.as_slice() {
        return value(only);
    }
    let mut text = String::new();
    for part in template {
        match part {
            Part::Literal(literal) => text.push_str(literal),
            Part::Interpolation(inner, strip) if !strip.before && !strip.after => match value(inner) {
                Value::String(inner) => text.push_str(&inner),
                Value::Bool(inner) => text.push_str(if inner { "true" } else { "false" }),
                Value::Unknown(reason) => return Value::Unknown(reason),
                _ => return unknown("it depends on a conversion to text", inner.span),
            },
            Part::Interpolation(..) | Part::If(_) | Part::For(_) => {
                return unknown("it depends on a template directive", span);
            }
        }
    }
    Value::String(text)
}

/// How a reference is written: `var.share_ipc`, `local.a.b`. Steps behind the first index are left out.
fn reference(traversal: &Traversal) -> String {
    let mut text = match &traversal.base.kind {
        Kind::Variable(name) => name.to_string(),
        _ => return "a part of another value".to_owned(),
    };
    for step in &traversal.steps {
        let StepKind::Attribute(name) = &step.kind else {
            break;
        };
        text.push('.');
        text.push_str(name);
    }
    text
}
