//! Sets: which elements they hold, and in which order.

use std::cmp::Ordering;
use std::fmt::Write as _;
use std::sync::Arc;

use super::{Data, Value};

impl Value {
    /// A set of these elements: sorted, each once. Elements that are not known may be equal to others; they are kept.
    #[must_use]
    pub fn set(elements: Vec<Value>) -> Self {
        set_of(elements).into()
    }
}

/// The set of these elements.
pub(super) fn set_of(mut elements: Vec<Value>) -> Data {
    let is_simple = |element: &Value| matches!(element.data, Data::Bool(_) | Data::Number(_) | Data::String(_));
    if elements.iter().all(is_simple) {
        elements.sort_by(order);
    } else {
        // The texts are written once for each, and not for each comparison.
        elements.sort_by_cached_key(|element| {
            let mut text = String::new();
            match &element.data {
                Data::String(plain) => text.extend(["\"", plain]),
                _ => write_order(element, &mut text),
            }
            text
        });
    }
    elements.dedup();
    Data::Set(elements.into())
}

/// The order in which a set lists simple elements: strings by their bytes, numbers by size, bools with false first.
/// Whatever holds others is ordered by a text that stands for it (`setRules.Less` of `zclconf/go-cty`), and so is what
/// is of different types.
fn order(one: &Value, other: &Value) -> Ordering {
    match (&one.data, &other.data) {
        (Data::Bool(one), Data::Bool(other)) => one.cmp(other),
        (Data::Number(one), Data::Number(other)) => one.cmp(other),
        (Data::String(one), Data::String(other)) => one.cmp(other),
        _ => {
            let (mut first, mut second) = (String::new(), String::new());
            write_order(one, &mut first);
            write_order(other, &mut second);
            first.cmp(&second)
        }
    }
}

/// Writes the text by which a value is ordered in a set.
fn write_order(value: &Value, into: &mut String) {
    let mut sequence = |open: char, values: &mut dyn Iterator<Item = (Option<&Arc<str>>, &Value)>, close: char| {
        into.push(open);
        for (key, value) in values {
            if let Some(key) = key {
                _ = write!(into, "{key:?}:");
            }
            write_order(value, into);
            into.push(';');
        }
        into.push(close);
    };
    match &value.data {
        Data::Unknown(_) | Data::Partial(..) => into.push('?'),
        Data::Null => into.push('~'),
        Data::Bool(value) => into.push(if *value { 'T' } else { 'F' }),
        Data::Number(number) => _ = write!(into, "{number}"),
        Data::String(text) => _ = write!(into, "{text:?}"),
        Data::List(held) | Data::Set(held) => sequence('[', &mut held.iter().map(|value| (None, value)), ']'),
        Data::Tuple(held) => sequence('<', &mut held.iter().map(|value| (None, value)), '>'),
        Data::Map(held) => sequence('{', &mut held.iter().map(|(key, value)| (Some(key), value)), '}'),
        Data::Object(held) => sequence('<', &mut held.values().map(|value| (None, value)), '>'),
    }
}
