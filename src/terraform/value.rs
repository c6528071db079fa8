//! What an expression is worth, as far as podgate can tell.

use crate::source::Span;

/// A value of Terraform's language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// `null`: as if the argument were not set.
    Null,
    /// A bool.
    Bool(bool),
    /// A number, as written.
    Number(Box<str>),
    /// A string.
    String(String),
    /// A tuple of this many elements.
    Tuple(usize),
    /// An object with these keys, in the order written.
    Object(Vec<String>),
    /// Not known, and why.
    Unknown(Unknown),
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
    /// Converts to the bool that a provider's argument of that type gets; `None` stands for an argument that is not
    /// set. Strings convert as in Terraform: `"true"` and `"1"`, `"false"` and `"0"`, nothing else.
    ///
    /// # Errors
    ///
    /// When the value is unknown, or when Terraform refuses it for a bool. `span` is where the value is written.
    pub fn to_bool(&self, span: Span) -> Result<Option<bool>, Unknown> {
        let refused = |what: String| {
            let reason = format!("Terraform refuses {what} for an argument that is true or false");
            Err(Unknown { reason, span })
        };
        match self {
            Self::Null => Ok(None),
            Self::Bool(value) => Ok(Some(*value)),
            Self::String(text) => match text.as_str() {
                "true" | "1" => Ok(Some(true)),
                "false" | "0" => Ok(Some(false)),
                _ => refused("this string".to_owned()),
            },
            Self::Number(number) => refused(format!("the number {number}")),
            Self::Tuple(_) => refused("a tuple".to_owned()),
            Self::Object(_) => refused("an object".to_owned()),
            Self::Unknown(unknown) => Err(unknown.clone()),
        }
    }

    /// How many elements a collection has.
    ///
    /// # Errors
    ///
    /// When the value is unknown or no collection. `span` is where the value is written.
    pub fn element_count(&self, span: Span) -> Result<usize, Unknown> {
        match self {
            Self::Tuple(count) => Ok(*count),
            Self::Object(keys) => Ok(keys.len()),
            Self::Unknown(unknown) => Err(unknown.clone()),
            _ => Err(Unknown { reason: "Terraform refuses a `for_each` that is no collection".to_owned(), span }),
        }
    }
}
