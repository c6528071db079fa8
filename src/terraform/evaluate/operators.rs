//! Operators, over values that may not be known.

use std::sync::Arc;

use super::{Evaluated, Evaluator, Refusal, Scope, refuse};
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

    /// A condition: its value, and which bool it is. Terraform does not look at the type of one that is not known.
    pub(super) fn condition(
        &self,
        condition: &Expression,
        scope: Option<&Scope<'_>>,
    ) -> Result<(Value, Result<bool, Arc<Unknown>>), Refusal> {
        let value = self.evaluate(condition, scope)?;
        let decided = match &value.data {
            Data::Unknown(unknown) => Err(unknown.clone()),
            _ => as_bool(&value, condition.span, "as a condition")?,
        };
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
                Err(unknown) => Value::from(unknown).of_type(&Type::Bool),
            },
            UnaryOperator::Negate => match as_number(&value, operand.span, "behind `-`")? {
                Ok(number) => Value::from(number.negated()),
                Err(unknown) => Value::from(unknown).of_type(&Type::Number),
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
                Err(unknown) => Value::from(unknown).of_type(&Type::Bool),
            },
            _ => {
                let first = as_number(&one, left.span, "in arithmetic")?;
                let second = as_number(&other, right.span, "in arithmetic")?;
                match (first, second) {
                    (Ok(one), Ok(other)) => arithmetic(&one, *operator, &other, span)?,
                    (Err(unknown), _) | (_, Err(unknown)) => Value::from(unknown).of_type(&type_of_operator(*operator)),
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
        // A plan knows nothing of the result while it does not know both.
        if let Some(unknown) = [&first, &second].into_iter().find_map(|operand| operand.as_ref().err())
            && self.is_late(unknown)
        {
            return Ok(Value::from(unknown.clone()).computed(span, [&one, &other]));
        }
        Ok(match (first, second) {
            (Ok(first), _) if first == decisive => Value::from(decisive).marked(other.marks).computed(span, [&one]),
            (_, Ok(second)) if second == decisive => Value::from(decisive).marked(one.marks).computed(span, [&other]),
            (Err(unknown), _) | (_, Err(unknown)) => {
                Value::from(unknown).of_type(&Type::Bool).computed(span, [&one, &other])
            }
            (Ok(_), Ok(_)) => Value::from(!decisive).computed(span, [&one, &other]),
        })
    }
}

/// The type of what an operator makes.
pub(super) fn type_of_operator(operator: BinaryOperator) -> Type {
    use BinaryOperator as B;
    match operator {
        B::Add | B::Subtract | B::Multiply | B::Divide | B::Modulo => Type::Number,
        B::Equal | B::NotEqual | B::Less | B::LessOrEqual | B::Greater | B::GreaterOrEqual | B::And | B::Or => {
            Type::Bool
        }
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
    one.equals(other)
}

/// What an operand takes, in steps: it is looked through, and a text may have to be read as a number.
fn steps_of_operand(value: &Value) -> usize {
    3 + 3 * value.weight() + if let Data::String(text) = &value.data { text.len() } else { 0 }
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

fn arithmetic(one: &Number, operator: BinaryOperator, other: &Number, span: Span) -> Evaluated {
    use BinaryOperator as B;
    let result = match operator {
        B::Less => return Ok(Value::from(one < other)),
        B::LessOrEqual => return Ok(Value::from(one <= other || one == other)),
        B::Greater => return Ok(Value::from(one > other)),
        B::GreaterOrEqual => return Ok(Value::from(one >= other || one == other)),
        B::Add => one.plus(other),
        B::Subtract => one.minus(other),
        B::Multiply => one.times(other),
        B::Divide => one.divided_by(other),
        B::Modulo => one.modulo(other),
        B::Equal | B::NotEqual | B::And | B::Or => None,
    };
    match result {
        Some(number) if number.is_extreme() => {
            Ok(Value::unknown("this number has more digits than podgate computes with", span))
        }
        Some(number) => Ok(number.into()),
        None => refuse("Terraform refuses arithmetic of zero and infinity that has no result", span),
    }
}
