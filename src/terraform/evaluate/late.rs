//! What Terraform knows after apply only: where such values come from, and what remains unknown of what is computed from
//! them.
//!
//! A plan is refused whose `count` or `for_each` is not known. Terraform may know something about a value that it does not
//! know (that it is not null, how it starts, how long it is), and so the result of a comparison or of a function. Only what
//! is certainly not known to a plan keeps its standing here.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Evaluator;
use crate::hcl::expression::{Binary, BinaryOperator, Expression, Kind};
use crate::source::Span;
use crate::terraform::environment::Walk;
use crate::terraform::value::{Data, Standing, Unknown, Value};

/// The functions whose result is not known while an argument is not, whatever is known about that.
const OPAQUE: [&str; 20] = [
    "coalesce",
    "compact",
    "concat",
    "distinct",
    "element",
    "flatten",
    "jsondecode",
    "keys",
    "lookup",
    "merge",
    "setproduct",
    "setunion",
    "sort",
    "split",
    "tolist",
    "tomap",
    "tonumber",
    "toset",
    "tostring",
    "values",
];

/// What the resource types of the provider `hashicorp/random` make up when they are applied.
const RANDOM: [&str; 7] = ["b64_std", "b64_url", "base64", "dec", "hex", "id", "result"];

impl Evaluator<'_> {
    /// Whether a plan does not know it, and podgate would.
    pub(super) fn is_late(&self, unknown: &Unknown) -> bool {
        self.environment.walk == Walk::Plan
            && matches!(unknown.standing, Standing::AfterApply | Standing::FromAfterApply)
    }

    /// Adds to what a configuration says of a resource what a plan that creates it does not know.
    pub(super) fn add_late(
        &self,
        (kind, address): (&str, &str),
        wanted: Option<&str>,
        attributes: &mut BTreeMap<Arc<str>, Value>,
        header: Span,
    ) {
        if self.environment.walk != Walk::Plan {
            return;
        }
        let made_up: &[&str] = match kind {
            // Without an input there is no output.
            "terraform_data" if attributes.get("input").is_some_and(|input| !matches!(input.data, Data::Null)) => {
                attributes.remove("output");
                &["id", "output"]
            }
            _ if kind.starts_with("random_") => &RANDOM,
            _ => &["id"],
        };
        for name in made_up.iter().filter(|name| wanted.is_none_or(|wanted| wanted == **name)) {
            let reason = format!("it depends on `{address}.{name}`, which is known after apply");
            let unknown = || Unknown::standing(reason, header, Standing::AfterApply).into();
            attributes.entry((*name).into()).or_insert_with(unknown);
        }
    }
}

/// The value of an expression, with the standing that the expression leaves to what a plan does not know.
pub(super) fn told(value: Value, expression: &Expression) -> Value {
    let Data::Unknown(unknown) = &value.data else { return value };
    if !matches!(unknown.standing, Standing::AfterApply | Standing::FromAfterApply) {
        return value;
    }
    let is_plain = unknown.standing == Standing::AfterApply;
    let is_opaque = match &expression.kind {
        Kind::Template(_) | Kind::For(_) | Kind::Conditional(_) | Kind::Unary(..) => true,
        Kind::Call(call) => OPAQUE.contains(&&*call.name) || (is_plain && call.arguments.len() < 2),
        Kind::Binary(binary) => leaves_open(binary, is_plain),
        _ => return value,
    };
    let standing = if is_opaque { Standing::FromAfterApply } else { Standing::Open };
    let unknown = Arc::new(Unknown { standing, ..(**unknown).clone() });
    value.about(Data::Unknown(unknown))
}

/// Whether nothing is known of the result of an operator while an operand is not known.
fn leaves_open(binary: &Binary, is_plain: bool) -> bool {
    use BinaryOperator as B;
    let is_literal = |operand: &Expression| matches!(operand.kind, Kind::String(_) | Kind::Number(_) | Kind::Bool(_));
    let is_bool = |operand: &Expression| matches!(operand.kind, Kind::Bool(_));
    match binary.operator {
        B::And | B::Or => true,
        // Nothing is known of a bool but that it is not null. Beside one, what is of another type would be known to differ.
        B::Equal | B::NotEqual if is_bool(&binary.left) || is_bool(&binary.right) => true,
        B::Equal | B::NotEqual if is_plain && matches!(binary.right.kind, Kind::Null) => may_be_null(&binary.left),
        B::Equal | B::NotEqual => is_plain && (is_literal(&binary.left) || is_literal(&binary.right)),
        B::Multiply | B::Modulo => false,
        _ => is_plain,
    }
}

/// Whether Terraform takes into account that an operand may be null: an attribute of a resource of a provider. Of its own
/// resource type it knows better.
fn may_be_null(operand: &Expression) -> bool {
    let Kind::Traversal(traversal) = &operand.kind else { return false };
    let Kind::Variable(root) = &traversal.base.kind else { return false };
    root.starts_with("kubernetes_")
}
