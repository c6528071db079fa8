//! Operators, over values that may not be known.

use std::sync::Arc;

use super::{Evaluated, Evaluator, Refusal, Scope};
use crate::hcl::expression::{Binary, BinaryOperator, Expression, UnaryOperator};
use crate::source::Span;
use crate::terraform::value::{Number, Type, Unknown, Value};

/// An operand of the type that an operator wants, or why it is not known.
type Operand<T> = Result<Result<T, Arc<Unknown>>, Refusal>;

impl Evaluator<'_> {
    /// The value of an expression that must be a bool. `role` says in a message what it stands as.
    pub(super) fn bool_operand(&self, operand: &Expression, scope: Option<&Scope<'_>>, role: &str) -> Operand<bool> {
        as_bool(&self.evaluate(operand, scope)?, operand.span, role)
    }

    pub(super) fn unary(&self, operator: UnaryOperator, operand: &Expression, scope: Option<&Scope<'_>>) -> Evaluated {
        let value = self.evaluate(operand, scope)?;
        Ok(match operator {
            UnaryOperator::Not => match as_bool(&value, operand.span, "behind `!`")? {
                Ok(value) => Value::Bool(!value),
                Err(unknown) => Value::Unknown(unknown),
            },
            UnaryOperator::Negate => match as_number(&value, operand.span, "behind `-`")? {
                Ok(number) => Value::Number(number.negated()),
                Err(unknown) => Value::Unknown(unknown),
            },
        })
    }

    pub(super) fn binary(&self, binary: &Binary, scope: Option<&Scope<'_>>) -> Evaluated {
        use BinaryOperator as B;
        let Binary { left, operator, right } = binary;
        match operator {
            B::And => self.logic(left, right, false, scope),
            B::Or => self.logic(left, right, true, scope),
            B::Equal | B::NotEqual => {
                let (one, other) = (self.evaluate(left, scope)?, self.evaluate(right, scope)?);
                Ok(match equal(&one, &other, left.span.to(right.span)) {
                    Ok(same) => Value::Bool(same == (*operator == B::Equal)),
                    Err(unknown) => Value::Unknown(unknown),
                })
            }
            _ => {
                let (one, other) = (self.evaluate(left, scope)?, self.evaluate(right, scope)?);
                let one = as_number(&one, left.span, "in arithmetic")?;
                let other = as_number(&other, right.span, "in arithmetic")?;
                match (one, other) {
                    (Ok(one), Ok(other)) => Ok(arithmetic(&one, *operator, &other, left.span.to(right.span))),
                    (Err(unknown), _) | (_, Err(unknown)) => Ok(Value::Unknown(unknown)),
                }
            }
        }
    }

    /// `&&` and `||`: one operand that is `decisive` is enough, whatever bool the other is. That it is one is asked for
    /// in any case.
    fn logic(&self, left: &Expression, right: &Expression, decisive: bool, scope: Option<&Scope<'_>>) -> Evaluated {
        let role = "beside `&&` or `||`";
        Ok(match (self.bool_operand(left, scope, role)?, self.bool_operand(right, scope, role)?) {
            (Ok(one), _) if one == decisive => Value::Bool(decisive),
            (_, Ok(other)) if other == decisive => Value::Bool(decisive),
            (Err(unknown), _) | (_, Err(unknown)) => Value::Unknown(unknown),
            (Ok(_), Ok(_)) => Value::Bool(!decisive),
        })
    }
}

fn as_bool(value: &Value, span: Span, role: &str) -> Operand<bool> {
    match value.convert(&Type::Bool) {
        Ok(Value::Bool(value)) => Ok(Ok(value)),
        Ok(Value::Unknown(unknown)) => Ok(Err(unknown)),
        _ => Err(Refusal { reason: format!("Terraform refuses {} {role}", value.kind()), span }),
    }
}

fn as_number(value: &Value, span: Span, role: &str) -> Operand<Number> {
    match value.convert(&Type::Number) {
        Ok(Value::Number(number)) => Ok(Ok(number)),
        Ok(Value::Unknown(unknown)) => Ok(Err(unknown)),
        _ => Err(Refusal { reason: format!("Terraform refuses {} {role}", value.kind()), span }),
    }
}

fn arithmetic(one: &Number, operator: BinaryOperator, other: &Number, span: Span) -> Value {
    use BinaryOperator as B;
    let result = match operator {
        B::Less => return Value::Bool(one < other),
        B::LessOrEqual => return Value::Bool(one <= other),
        B::Greater => return Value::Bool(one > other),
        B::GreaterOrEqual => return Value::Bool(one >= other),
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
        Some(number) => Value::Number(number),
        // Terraform goes on with infinity here, which no argument takes.
        None => Value::unknown("it depends on a division by zero", span),
    }
}

/// Whether two values are the same to `==`: of one type and equal. Values of different types are different.
fn equal(one: &Value, other: &Value, span: Span) -> Result<bool, Arc<Unknown>> {
    match (one, other) {
        (Value::Unknown(unknown), _) | (_, Value::Unknown(unknown)) => Err(unknown.clone()),
        (Value::List(one), Value::List(other))
        | (Value::Set(one), Value::Set(other))
        | (Value::Tuple(one), Value::Tuple(other)) => {
            if one.len() != other.len() {
                return Ok(false);
            }
            all_equal(one.iter().zip(other.iter()), span)
        }
        (Value::Map(one), Value::Map(other)) | (Value::Object(one), Value::Object(other)) => {
            if !one.keys().eq(other.keys()) {
                return Ok(false);
            }
            all_equal(one.values().zip(other.values()), span)
        }
        _ => Ok(one == other),
    }
}

/// Whether all pairs are equal: one that differs is enough for a no, whatever is not known.
fn all_equal<'v>(pairs: impl Iterator<Item = (&'v Value, &'v Value)>, span: Span) -> Result<bool, Arc<Unknown>> {
    let mut missing = None;
    for (one, other) in pairs {
        match equal(one, other, span) {
            Ok(true) => {}
            Ok(false) => return Ok(false),
            Err(unknown) => missing = missing.or(Some(unknown)),
        }
    }
    missing.map_or(Ok(true), Err)
}
