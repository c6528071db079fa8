//! What an expression is worth, as far as podgate can tell.

mod convert;
mod number;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::source::Span;

pub use convert::Type;
pub use number::Number;

/// A value of Terraform's language. Cheap to clone: what is large is shared.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// `null`: as if the argument were not set.
    Null,
    /// A bool.
    Bool(bool),
    /// A number.
    Number(Number),
    /// A string.
    String(Arc<str>),
    /// Elements of one type, in order.
    List(Arc<[Value]>),
    /// Elements of one type, sorted, each once.
    Set(Arc<[Value]>),
    /// Elements of any types, in order: what `[...]` makes.
    Tuple(Arc<[Value]>),
    /// Values of one type under keys.
    Map(Arc<BTreeMap<Arc<str>, Value>>),
    /// Values of any types under names: what `{...}` makes.
    Object(Arc<BTreeMap<Arc<str>, Value>>),
    /// Not known, and why.
    Unknown(Arc<Unknown>),
}

/// Why a value is not known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unknown {
    /// The reason, a clause that follows "because": what is missing, or why Terraform would refuse the expression.
    pub reason: String,
    /// Where the reason stands.
    pub span: Span,
}

impl Value {
    /// A value that is not known, and why.
    #[must_use]
    pub fn unknown(reason: impl Into<String>, span: Span) -> Self {
        Self::Unknown(Arc::new(Unknown { reason: reason.into(), span }))
    }

    /// A tuple.
    #[must_use]
    pub fn tuple(elements: Vec<Value>) -> Self {
        Self::Tuple(elements.into())
    }

    /// An object.
    #[must_use]
    pub fn object(attributes: BTreeMap<Arc<str>, Value>) -> Self {
        Self::Object(Arc::new(attributes))
    }

    /// What keeps the value from being known, in itself or in what it holds.
    #[must_use]
    pub fn missing(&self) -> Option<&Arc<Unknown>> {
        match self {
            Self::Unknown(unknown) => Some(unknown),
            Self::List(elements) | Self::Set(elements) | Self::Tuple(elements) => {
                elements.iter().find_map(Self::missing)
            }
            Self::Map(entries) | Self::Object(entries) => entries.values().find_map(Self::missing),
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::String(_) => None,
        }
    }

    /// Whether the value holds more than so many values, those in what it holds included. Values share what they hold,
    /// so that a small expression can make one that takes for ever to look through.
    #[must_use]
    pub fn exceeds(&self, most: usize) -> bool {
        fn count(value: &Value, left: &mut usize) -> bool {
            let Some(rest) = left.checked_sub(1) else { return true };
            *left = rest;
            match value {
                Value::List(elements) | Value::Set(elements) | Value::Tuple(elements) => {
                    elements.iter().any(|element| count(element, left))
                }
                Value::Map(entries) | Value::Object(entries) => entries.values().any(|value| count(value, left)),
                _ => false,
            }
        }
        count(self, &mut { most })
    }

    /// What a message calls the value.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Null => "`null`",
            Self::Bool(_) => "a bool",
            Self::Number(_) => "a number",
            Self::String(_) => "a string",
            Self::List(_) => "a list",
            Self::Set(_) => "a set",
            Self::Tuple(_) => "a tuple",
            Self::Map(_) => "a map",
            Self::Object(_) => "an object",
            Self::Unknown(_) => "an unknown value",
        }
    }

    /// Converts to the bool that a provider's argument of that type gets; `None` stands for an argument that is not
    /// set. Strings convert as in Terraform: `"true"` and `"1"`, `"false"` and `"0"`, nothing else.
    ///
    /// # Errors
    ///
    /// When the value is unknown, or when Terraform refuses it for a bool. `span` is where the value is written.
    pub fn to_bool(&self, span: Span) -> Result<Option<bool>, Unknown> {
        match self.convert(&Type::Bool) {
            Ok(Self::Null) => Ok(None),
            Ok(Self::Bool(value)) => Ok(Some(value)),
            Ok(Self::Unknown(unknown)) => Err((*unknown).clone()),
            Ok(_) | Err(_) => {
                let what = match self {
                    Self::String(_) => "this string".to_owned(),
                    Self::Number(number) => format!("the number {number}"),
                    other => other.kind().to_owned(),
                };
                let reason = format!("Terraform refuses {what} for an argument that is true or false");
                Err(Unknown { reason, span })
            }
        }
    }
}
