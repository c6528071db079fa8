//! Operators, over values that may not be known.

use std::sync::Arc;

use super::{Evaluated, Evaluator, Refusal, Scope};
use crate::hcl::expression::{Binary, BinaryOperator, Expression, UnaryOperator};
use crate::source::Span;
use crate::terraform::value::{Data, Number, Type, Unknown, Value};

/// An operand of the type that an operator wants, or why it is not known.
type Operand<T> = Result<Result<T, Arc<Unknown>>, Refusal>;

impl Evaluator<'_> {
    /// An expression that must be a bool: its value, and which bool it is. `role` says in a message what it stands as.
    pub(super) fn bool_operand(
        &self,
        operand: &Expression,
        scope: Option<&Scope<'_>>,
        role: &str,
    ) -> Result<(Value, Result<bool, Arc<Unknown>>), Refusal> {
        let value = self.evaluate(operand, scope)?;
        let decided = as_bool(&value, operand.span, role)?;
        Ok((value, decided))
    }

    pub(super) fn unary(
        &self,
        operator: UnaryOperator,
        operand: &Expression,
        span: Span,
        scope: Option<&Scope<'_>>,
    ) -> Evaluated {
        let value = self.evaluate(operand, scope)?;
        if let Err(reason) = self.budget().spend(steps_of_operand(&value)) {
            return Ok(Value::unknown(reason, span));
        }
        let result = match operator {
            UnaryOperator::Not => match as_bool(&value, operand.span, "behind `!`")? {
                Ok(value) => Value::from(!value),
                Err(unknown) => unknown.into(),
            },
            UnaryOperator::Negate => match as_number(&value, operand.span, "behind `-`")? {
                Ok(number) => Value::from(number.negated()),
                Err(unknown) => unknown.into(),
            },
        };
        Ok(result.computed(span, [&value]))
    }

    pub(super) fn binary(&self, binary: &Binary, span: Span, scope: Option<&Scope<'_>>) -> Evaluated {
        use BinaryOperator as B;
        let Binary { left, operator, right } = binary;
        match operator {
            B::And => return self.logic(binary, false, span, scope),
            B::Or => return self.logic(binary, true, span, scope),
            _ => {}
        }
        let (one, other) = (self.evaluate(left, scope)?, self.evaluate(right, scope)?);
        // Marks are looked for in all that they hold, and numbers may be long.
        let steps = steps_of_operand(&one) + steps_of_operand(&other);
        if let Err(reason) = self.budget().spend(steps) {
            return Ok(Value::unknown(reason, span));
        }
        let result = match operator {
            B::Equal | B::NotEqual => match equality(&one, &other, span) {
                Ok(same) => Value::from(same == (*operator == B::Equal)),
                Err(unknown) => unknown.into(),
            },
            _ => {
                let first = as_number(&one, left.span, "in arithmetic")?;
                let second = as_number(&other, right.span, "in arithmetic")?;
                match (first, second) {
                    (Ok(one), Ok(other)) => arithmetic(&one, *operator, &other, span),
                    (Err(unknown), _) | (_, Err(unknown)) => unknown.into(),
                }
            }
        };
        let marks = one.all_marks().and(other.all_marks());
        Ok(result.marked(marks).computed(span, [&one, &other]))
    }

    /// `&&` and `||`: one operand that is `decisive` is enough, whatever bool the other is. That it is one is asked for
    /// in any case.
    fn logic(&self, binary: &Binary, decisive: bool, span: Span, scope: Option<&Scope<'_>>) -> Evaluated {
        let role = "beside `&&` or `||`";
        let (one, first) = self.bool_operand(&binary.left, scope, role)?;
        let (other, second) = self.bool_operand(&binary.right, scope, role)?;
        Ok(match (first, second) {
            (Ok(first), _) if first == decisive => Value::from(decisive).marked(other.marks).computed(span, [&one]),
            (_, Ok(second)) if second == decisive => Value::from(decisive).marked(one.marks).computed(span, [&other]),
            (Err(unknown), _) | (_, Err(unknown)) => Value::from(unknown).computed(span, [&one, &other]),
            (Ok(_), Ok(_)) => Value::from(!decisive).computed(span, [&one, &other]),
        })
    }
}

/// Whether two values are the same to `==`.
fn equality(one: &Value, other: &Value, span: Span) -> Result<bool, Arc<Unknown>> {
    // A provider's schema may make another primitive of what is written; with its type the answer changes.
    let is_loose = one.marks.loose || other.marks.loose;
    let different = std::mem::discriminant(&one.data) != std::mem::discriminant(&other.data);
    let is_null = |value: &Value| matches!(value.data, Data::Null);
    if is_loose && different && !is_null(one) && !is_null(other) {
        let reason = "it depends on the type that a provider gives to an argument".to_owned();
        return Err(one.missing_itself().or(other.missing_itself()).cloned().unwrap_or(Unknown::new(reason, span)));
    }
    if is_empty(one) && is_empty(other) && Type::of(one) != Type::of(other) {
        return Err(Unknown::new("it depends on the types of what two empty collections would hold", span));
    }
    equal(one, other)
}

/// What an operand takes, in steps: it is looked through, and a text may have to be read as a number.
fn steps_of_operand(value: &Value) -> usize {
    3 + 3 * value.weight() + if let Data::String(text) = &value.data { text.len() } else { 0 }
}

/// Whether a value is a list, a set or a map that holds nothing.
fn is_empty(value: &Value) -> bool {
    match &value.data {
        Data::List(held) | Data::Set(held) => held.is_empty(),
        Data::Map(held) => held.is_empty(),
        _ => false,
    }
}

fn as_bool(value: &Value, span: Span, role: &str) -> Operand<bool> {
    match value.convert(&Type::Bool).map(|value| value.data) {
        Ok(Data::Bool(value)) => Ok(Ok(value)),
        Ok(Data::Unknown(unknown)) => Ok(Err(unknown)),
        _ => Err(Refusal::new(format!("Terraform refuses {} {role}", value.kind()), span)),
    }
}

fn as_number(value: &Value, span: Span, role: &str) -> Operand<Number> {
    match value.convert(&Type::Number).map(|value| value.data) {
        Ok(Data::Number(number)) => Ok(Ok(number)),
        Ok(Data::Unknown(unknown)) => Ok(Err(unknown)),
        _ => Err(Refusal::new(format!("Terraform refuses {} {role}", value.kind()), span)),
    }
}

fn arithmetic(one: &Number, operator: BinaryOperator, other: &Number, span: Span) -> Value {
    use BinaryOperator as B;
    let result = match operator {
        B::Less => return Value::from(one < other),
        B::LessOrEqual => return Value::from(one <= other),
        B::Greater => return Value::from(one > other),
        B::GreaterOrEqual => return Value::from(one >= other),
        B::Add => Some(one.plus(other)),
        B::Subtract => Some(one.minus(other)),
        B::Multiply => Some(one.times(other)),
        B::Divide => one.divided_by(other),
        B::Modulo => one.modulo(other),
        B::Equal | B::NotEqual | B::And | B::Or => None,
    };
    match result {
        Some(number) if number.is_extreme() => {
            Value::unknown("this number has more digits than podgate computes with", span)
        }
        Some(number) => number.into(),
        // Terraform goes on with infinity here, which no argument takes.
        None => Value::unknown("it depends on a division by zero", span),
    }
}

/// Whether two values are the same to `==`: of one type and equal. Values of different types are different.
fn equal(one: &Value, other: &Value) -> Result<bool, Arc<Unknown>> {
    if let Some(unknown) = one.missing_itself().or(other.missing_itself()) {
        return Err(unknown.clone());
    }
    match (&one.data, &other.data) {
        (Data::List(one), Data::List(other))
        | (Data::Set(one), Data::Set(other))
        | (Data::Tuple(one), Data::Tuple(other)) => {
            if one.len() != other.len() {
                return Ok(false);
            }
            all_equal(one.iter().zip(other.iter()))
        }
        (Data::Map(one), Data::Map(other)) | (Data::Object(one), Data::Object(other)) => {
            if !one.keys().eq(other.keys()) {
                return Ok(false);
            }
            all_equal(one.values().zip(other.values()))
        }
        (one, other) => Ok(one == other),
    }
}

/// Whether all pairs are equal: one that differs is enough for a no, whatever is not known.
fn all_equal<'v>(pairs: impl Iterator<Item = (&'v Value, &'v Value)>) -> Result<bool, Arc<Unknown>> {
    let mut missing = None;
    for (one, other) in pairs {
        match equal(one, other) {
            Ok(true) => {}
            Ok(false) => return Ok(false),
            Err(unknown) => missing = missing.or(Some(unknown)),
        }
    }
    missing.map_or(Ok(true), Err)
}
