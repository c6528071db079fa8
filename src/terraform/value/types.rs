//! The types of Terraform's language, and the type of a value
//! (<https://developer.hashicorp.com/terraform/language/expressions/types>).

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Data, Value};

/// A type of Terraform's language.
#[derive(Debug, Clone, PartialEq)]
pub enum Type {
    /// Any type: that of the literal `null`, and of an unknown value of which not even the type is known.
    Any,
    /// True or false.
    Bool,
    /// A number.
    Number,
    /// A string.
    String,
    /// A list of elements of one type.
    List(Box<Type>),
    /// A set of elements of one type.
    Set(Box<Type>),
    /// A map to values of one type.
    Map(Box<Type>),
    /// A tuple of elements of these types.
    Tuple(Vec<Type>),
    /// An object of attributes of these types.
    Object(BTreeMap<Arc<str>, Type>),
    /// In a type constraint's object: an attribute that may be left out, and what it is then.
    Optional(Box<Type>, Option<Box<Value>>),
}

impl Type {
    /// The type of a list whose elements are of a type.
    #[must_use]
    pub fn list_of(element: Self) -> Self {
        Self::List(Box::new(element))
    }

    /// The type of a set whose elements are of a type.
    #[must_use]
    pub fn set_of(element: Self) -> Self {
        Self::Set(Box::new(element))
    }

    /// The type of a map whose values are of a type.
    #[must_use]
    pub fn map_of(element: Self) -> Self {
        Self::Map(Box::new(element))
    }

    /// The type of a value. It is built anew at every call: [`Value::has_type_of`] compares types without building them.
    #[must_use]
    pub fn of(value: &Value) -> Self {
        if let Some(hint) = &value.hint {
            return (**hint).clone();
        }
        match &value.data {
            Data::Null | Data::Unknown(_) | Data::Partial(..) => Self::Any,
            Data::Bool(_) => Self::Bool,
            Data::Number(_) => Self::Number,
            Data::String(_) => Self::String,
            Data::List(elements) => Self::list_of(of_elements(elements.iter())),
            Data::Set(elements) => Self::set_of(of_elements(elements.iter())),
            Data::Map(entries) => Self::map_of(of_elements(entries.values())),
            Data::Tuple(elements) => Self::Tuple(elements.iter().map(Self::of).collect()),
            Data::Object(entries) => {
                Self::Object(entries.iter().map(|(name, value)| (name.clone(), Self::of(value))).collect())
            }
        }
    }

    /// The type of the elements of a collection type.
    #[must_use]
    pub fn element(&self) -> Option<&Self> {
        match self {
            Self::List(element) | Self::Set(element) | Self::Map(element) => Some(element),
            _ => None,
        }
    }

    /// Whether values of the type hold no others.
    #[must_use]
    pub fn is_primitive(&self) -> bool {
        matches!(self, Self::Bool | Self::Number | Self::String)
    }

    /// Whether the type is [`Type::Any`], or holds it at any depth.
    #[must_use]
    pub fn has_any(&self) -> bool {
        match self {
            Self::Any => true,
            Self::Bool | Self::Number | Self::String => false,
            Self::List(inner) | Self::Set(inner) | Self::Map(inner) | Self::Optional(inner, _) => inner.has_any(),
            Self::Tuple(types) => types.iter().any(Self::has_any),
            Self::Object(types) => types.values().any(Self::has_any),
        }
    }

    /// How many types there are in this one, itself included.
    #[must_use]
    pub(super) fn size(&self) -> usize {
        let all = |types: &mut dyn Iterator<Item = &Self>| types.fold(1usize, |size, inner| size + inner.size());
        match self {
            Self::Any | Self::Bool | Self::Number | Self::String => 1,
            Self::List(inner) | Self::Set(inner) | Self::Map(inner) | Self::Optional(inner, _) => 1 + inner.size(),
            Self::Tuple(types) => all(&mut types.iter()),
            Self::Object(types) => all(&mut types.values()),
        }
    }

    /// The type that values of this constraint have: attributes that may be left out are as good as others.
    #[must_use]
    pub fn without_optional(&self) -> Self {
        match self {
            Self::Optional(inner, _) => inner.without_optional(),
            Self::List(inner) => Self::list_of(inner.without_optional()),
            Self::Set(inner) => Self::set_of(inner.without_optional()),
            Self::Map(inner) => Self::map_of(inner.without_optional()),
            Self::Tuple(types) => Self::Tuple(types.iter().map(Self::without_optional).collect()),
            Self::Object(types) => {
                Self::Object(types.iter().map(|(name, inner)| (name.clone(), inner.without_optional())).collect())
            }
            simple => simple.clone(),
        }
    }

    /// What a message calls a value of this type.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Any => "a value",
            Self::Bool => "a bool",
            Self::Number => "a number",
            Self::String => "a string",
            Self::List(_) => "a list",
            Self::Set(_) => "a set",
            Self::Map(_) => "a map",
            Self::Tuple(_) => "a tuple",
            Self::Object(_) => "an object",
            Self::Optional(inner, _) => inner.name(),
        }
    }
}

/// The type that all elements of a collection have. One of which podgate does not know the type says nothing.
fn of_elements<'v>(elements: impl Iterator<Item = &'v Value>) -> Type {
    elements.map(Type::of).find(|of_element| *of_element != Type::Any).unwrap_or(Type::Any)
}

impl Value {
    /// Whether the value has the same type as another.
    #[must_use]
    pub fn has_type_of(&self, other: &Self) -> bool {
        match (&self.data, &other.data) {
            (Data::Bool(_), Data::Bool(_))
            | (Data::Number(_), Data::Number(_))
            | (Data::String(_), Data::String(_)) => true,
            (Data::Tuple(one), Data::Tuple(other)) => {
                one.len() == other.len() && one.iter().zip(other.iter()).all(|(one, other)| one.has_type_of(other))
            }
            (Data::Object(one), Data::Object(other)) => {
                one.keys().eq(other.keys())
                    && one.values().zip(other.values()).all(|(one, other)| one.has_type_of(other))
            }
            (Data::List(_), Data::List(_)) | (Data::Set(_), Data::Set(_)) | (Data::Map(_), Data::Map(_)) => {
                match (self.typed_element(), other.typed_element()) {
                    (Some(one), Some(other)) => one.has_type_of(other),
                    _ => Type::of(self) == Type::of(other),
                }
            }
            // Of the known ones, only values of one sort have one type.
            (
                Data::Bool(_) | Data::Number(_) | Data::String(_) | Data::Tuple(_) | Data::Object(_),
                Data::Bool(_)
                | Data::Number(_)
                | Data::String(_)
                | Data::Tuple(_)
                | Data::Object(_)
                | Data::List(_)
                | Data::Set(_)
                | Data::Map(_),
            ) => false,
            _ => Type::of(self) == Type::of(other),
        }
    }

    /// The first element that tells the type of all, of a collection.
    fn typed_element(&self) -> Option<&Self> {
        let first = match &self.data {
            Data::List(elements) | Data::Set(elements) => elements.first(),
            Data::Map(entries) => entries.values().next(),
            _ => None,
        };
        first.filter(|element| {
            !matches!(element.data, Data::Null | Data::Unknown(_) | Data::Partial(..)) || element.hint.is_some()
        })
    }
}
