//! Conditionals. Both arms are evaluated, since both have a say in the type of the result; but what is wrong with the one
//! that is not taken does not matter.

use std::sync::Arc;

use super::operators::type_of_operator;
use super::{Evaluated, Evaluator, Refusal, Scope, refuse};
use crate::hcl::expression::{Conditional, Expression, Kind, UnaryOperator};
use crate::source::Span;
use crate::terraform::limits::STEPS_OF_CONVERSION;
use crate::terraform::value::{Data, HopKind, Marks, Mismatch, NoType, Type, Unknown, Value, unified};

impl Evaluator<'_> {
    pub(super) fn conditional(&self, conditional: &Conditional, span: Span, scope: Option<&Scope<'_>>) -> Evaluated {
        let Conditional { condition, consequent, alternative } = conditional;
        let (condition, chosen) = self.condition(condition, scope)?;
        let (one, other) = (self.evaluate(consequent, scope), self.evaluate(alternative, scope));
        let (taken, other) = match &chosen {
            Ok(true) => (one?, other.unwrap_or_else(|refusal| refused(refusal, alternative))),
            Ok(false) => (other?, one.unwrap_or_else(|refusal| refused(refusal, consequent))),
            Err(unknown) => {
                // An arm that Terraform refuses may be the one that is taken.
                let one = one.unwrap_or_else(|refusal| refused(refusal, consequent));
                let other = other.unwrap_or_else(|refusal| refused(refusal, alternative));
                return self.undecided(&condition, unknown, &one, &other, conditional);
            }
        };
        let arms = consequent.span.to(alternative.span);
        let value = match self.with_type_of_arms(&taken, &other, arms)? {
            Ok(value) => value,
            Err(unknown) => return Ok(unknown),
        };
        let mut value = value.marked(other.marks).marked(condition.marks);
        // What is written out in an arm comes from what decided for it.
        if !value.origin.is_read() && condition.origin.is_read() {
            value.origin = condition.origin.then(HopKind::Computed, span);
        }
        Ok(value)
    }

    /// The result when the condition is not known: only what both arms have in common.
    fn undecided(
        &self,
        condition: &Value,
        unknown: &Arc<Unknown>,
        one: &Value,
        other: &Value,
        conditional: &Conditional,
    ) -> Evaluated {
        let arms = conditional.consequent.span.to(conditional.alternative.span);
        let marks = condition.marks.and(one.marks).and(other.marks);
        let value = match self.with_type_of_arms(one, other, arms)? {
            Ok(value) => value,
            Err(unknown) => return Ok(unknown.marked(marks)),
        };
        let same = one == other && one.missing().is_none();
        // Beside an arm of any type, the result may be of any.
        let of = if is_open(one) || is_open(other) { Type::Any } else { Type::of(&value) };
        let value = if same { value } else { Value::from(unknown.clone()).of_type(&of) };
        Ok(value.marked(marks))
    }

    /// One arm, with the type that it has because of the other; or why that is not known.
    fn with_type_of_arms(&self, arm: &Value, other: &Value, span: Span) -> Result<Result<Value, Value>, Refusal> {
        let steps = arm.weight().saturating_add(other.weight()).saturating_mul(STEPS_OF_CONVERSION);
        if let Err(reason) = self.budget().spend(steps) {
            return Ok(Err(Value::unknown(reason, span)));
        }
        if is_bare_null(arm) {
            return Ok(Ok(arm.clone().of_type(&Type::of(other))));
        }
        if is_open(arm) || is_bare_null(other) || arm.has_type_of(other) {
            return Ok(Ok(arm.clone()));
        }
        if is_open(other) {
            // It may be converted to the type of the other one, but for one that Terraform refuses, too.
            return Ok(Ok(arm.clone().marked(Marks { loose: true, ..Marks::default() })));
        }
        let unknown = |why: String| Ok(Err(Value::unknown(why, span)));
        match unified([arm, other]).map(|to| arm.convert(&to)) {
            Ok(Ok(value)) => Ok(Ok(value)),
            Ok(Err(Mismatch { is_limit: true, .. })) | Err(NoType::TooMany) => {
                unknown("the results of this conditional hold more different types than podgate compares".to_owned())
            }
            _ if arm.marks.loose || other.marks.loose => {
                unknown("the types of the two results of this conditional depend on a provider".to_owned())
            }
            _ => refuse("the two results of this conditional have different types", span),
        }
    }
}

/// What stands for an arm that Terraform refuses: the result of an operator, or a text, keeps its type; anything else may
/// be of any type.
fn refused(refusal: Refusal, arm: &Expression) -> Value {
    let of = match &arm.kind {
        Kind::Parenthesis(inner) => return refused(refusal, inner),
        Kind::Binary(binary) => type_of_operator(binary.operator),
        Kind::Unary(UnaryOperator::Not, _) => Type::Bool,
        Kind::Unary(UnaryOperator::Negate, _) => Type::Number,
        Kind::Template(parts) if parts.len() > 1 => Type::String,
        _ => Type::Any,
    };
    Value::from(Arc::<Unknown>::from(refusal)).of_type(&of)
}

/// Whether a value is not known, and of any type.
fn is_open(value: &Value) -> bool {
    matches!(value.data, Data::Unknown(_) | Data::Partial(..)) && !value.has_type()
}

/// Whether a value is `null`, and of any type: as it is written.
fn is_bare_null(value: &Value) -> bool {
    matches!(value.data, Data::Null) && !value.has_type()
}
