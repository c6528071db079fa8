//! Which instances of a block there are: `count` and `for_each`.

use super::evaluate;
use super::value::{Unknown, Value};
use crate::hcl::outline::Body;
use crate::source::{Sources, Span};

/// The instances of a resource block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Instances {
    /// Neither `count` nor `for_each`: one instance, without a key.
    Single,
    /// One instance for each of these keys, as they stand in an address: `[0]`, `["a"]`. Empty when there is none.
    Keys(Vec<String>),
    /// It is not known which there are.
    Unknown(Unknown),
}

impl Instances {
    /// Whether it is known that there is no instance.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        matches!(self, Self::Keys(keys) if keys.is_empty())
    }
}

/// As many keys are listed at most; `count` may ask for more than anybody reads.
const MOST_KEYS: u32 = 1_000;

/// The instances that a block's body asks for.
pub(super) fn instances(sources: &Sources, body: &Body) -> Instances {
    let count = body.attribute("count");
    let for_each = body.attribute("for_each");
    match (count, for_each) {
        (None, None) => Instances::Single,
        (Some(count), None) => from_count(&evaluate::evaluate(sources, count.expression), count.expression),
        (None, Some(for_each)) => from_for_each(evaluate::evaluate(sources, for_each.expression), for_each.expression),
        (Some(_), Some(for_each)) => {
            refused("Terraform refuses `count` and `for_each` in one block", for_each.name_span)
        }
    }
}

fn refused(reason: &str, span: Span) -> Instances {
    Instances::Unknown(Unknown { reason: reason.to_owned(), span })
}

fn from_count(value: &Value, span: Span) -> Instances {
    let number = match value {
        Value::Number(number) => &**number,
        Value::String(text) => text.as_str(),
        Value::Unknown(unknown) => return Instances::Unknown(unknown.clone()),
        _ => return refused("Terraform refuses a `count` that is not a number", span),
    };
    match number.parse::<u32>() {
        Ok(count) => Instances::Keys((0..count.min(MOST_KEYS)).map(|index| format!("[{index}]")).collect()),
        Err(_) => refused("Terraform refuses a `count` that is not a whole number from 0 on", span),
    }
}

fn from_for_each(value: Value, span: Span) -> Instances {
    match value {
        Value::Object(mut keys) => {
            keys.sort();
            keys.dedup();
            Instances::Keys(keys.into_iter().map(|key| format!("[{key:?}]")).collect())
        }
        Value::Unknown(unknown) => Instances::Unknown(unknown),
        _ => refused("Terraform refuses a `for_each` that is neither a map nor a set of strings", span),
    }
}
