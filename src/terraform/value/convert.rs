//! Types, and how Terraform converts between them
//! (<https://developer.hashicorp.com/terraform/language/expressions/types#type-conversion>).

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Number, Value};

/// A type of Terraform's language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Type {
    /// Not known, or any: the type of `null` and of what is not known.
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
}

impl Type {
    /// The type of a value.
    #[must_use]
    pub fn of(value: &Value) -> Self {
        let element = |elements: &[Value]| {
            let types = elements.iter().map(Self::of);
            Box::new(types.reduce(|one, other| one.unify(&other).unwrap_or(Self::Any)).unwrap_or(Self::Any))
        };
        match value {
            Value::Null | Value::Unknown(_) => Self::Any,
            Value::Bool(_) => Self::Bool,
            Value::Number(_) => Self::Number,
            Value::String(_) => Self::String,
            Value::List(elements) => Self::List(element(elements)),
            Value::Set(elements) => Self::Set(element(elements)),
            Value::Tuple(elements) => Self::Tuple(elements.iter().map(Self::of).collect()),
            Value::Map(entries) => Self::Map(element(&entries.values().cloned().collect::<Vec<_>>())),
            Value::Object(entries) => {
                Self::Object(entries.iter().map(|(name, value)| (name.clone(), Self::of(value))).collect())
            }
        }
    }

    /// The type that values of both types convert to; `None` when there is none that podgate knows of.
    #[must_use]
    pub fn unify(&self, other: &Self) -> Option<Self> {
        match (self, other) {
            (Self::Any, known) | (known, Self::Any) => Some(known.clone()),
            (one, other) if one == other => Some(one.clone()),
            (Self::String, Self::Number | Self::Bool) | (Self::Number | Self::Bool, Self::String) => Some(Self::String),
            (Self::List(one), Self::List(other)) => Some(Self::List(Box::new(one.unify_elements([&**other])?))),
            (Self::Set(one), Self::Set(other)) => Some(Self::Set(Box::new(one.unify_elements([&**other])?))),
            (Self::Map(one), Self::Map(other)) => Some(Self::Map(Box::new(one.unify_elements([&**other])?))),
            (Self::Tuple(one), Self::Tuple(other)) if one.len() == other.len() => {
                let elements = one.iter().zip(other).map(|(one, other)| one.unify(other));
                elements.collect::<Option<Vec<_>>>().map(Self::Tuple)
            }
            (Self::Tuple(one), Self::Tuple(other)) => Some(Self::List(Box::new(unify_all(one.iter().chain(other))?))),
            (Self::Tuple(elements), Self::List(element)) | (Self::List(element), Self::Tuple(elements)) => {
                Some(Self::List(Box::new(element.unify_elements(elements)?)))
            }
            (Self::Object(one), Self::Object(other)) if one.keys().eq(other.keys()) => {
                let pairs = one.iter().zip(other.values());
                let attributes = pairs.map(|((name, one), other)| Some((name.clone(), one.unify(other)?)));
                attributes.collect::<Option<BTreeMap<_, _>>>().map(Self::Object)
            }
            (Self::Object(one), Self::Object(other)) => {
                Some(Self::Map(Box::new(unify_all(one.values().chain(other.values()))?)))
            }
            (Self::Object(attributes), Self::Map(element)) | (Self::Map(element), Self::Object(attributes)) => {
                Some(Self::Map(Box::new(element.unify_elements(attributes.values())?)))
            }
            _ => None,
        }
    }
}

impl Type {
    /// The type that the elements of a collection and values of these types convert to. An empty collection has a type
    /// of element that podgate does not keep: beside values that are collections themselves it may not fit.
    fn unify_elements<'t>(&self, others: impl IntoIterator<Item = &'t Type>) -> Option<Self> {
        let mut unified = self.clone();
        for other in others {
            let simple = matches!(other, Self::Any | Self::Bool | Self::Number | Self::String);
            let kept = !matches!(self, Self::Any);
            unified = if simple || kept { unified.unify(other)? } else { return None };
        }
        Some(unified)
    }
}

/// The type that values of all these types convert to.
pub(super) fn unify_all<'t>(types: impl IntoIterator<Item = &'t Type>) -> Option<Type> {
    types.into_iter().try_fold(Type::Any, |unified, other| unified.unify(other))
}

/// Why a value does not convert: a clause about the value.
type Refusal = String;

impl Value {
    /// Converts the value to a type. What is not known stays so, and `null` is a value of every type.
    ///
    /// # Errors
    ///
    /// When Terraform has no such conversion.
    pub fn convert(&self, to: &Type) -> Result<Self, Refusal> {
        match (self, to) {
            (Self::Null | Self::Unknown(_), _) | (_, Type::Any) => Ok(self.clone()),
            (Self::Bool(_), Type::Bool) | (Self::Number(_), Type::Number) | (Self::String(_), Type::String) => {
                Ok(self.clone())
            }
            (Self::Bool(value), Type::String) => Ok(Self::String(if *value { "true" } else { "false" }.into())),
            (Self::Number(number), Type::String) => Ok(Self::String(number.to_string().into())),
            (Self::String(text), Type::Bool) => bool_of(text).map(Self::Bool),
            (Self::String(text), Type::Number) => {
                Number::parse(text).map(Self::Number).ok_or_else(|| "is no decimal number".to_owned())
            }
            (Self::List(elements) | Self::Set(elements) | Self::Tuple(elements), Type::List(element)) => {
                Ok(Self::List(convert_all(elements, element)?.into()))
            }
            (Self::List(elements) | Self::Set(elements) | Self::Tuple(elements), Type::Set(element)) => {
                Ok(Self::set(convert_all(elements, element)?))
            }
            (Self::Tuple(elements), Type::Tuple(types)) if elements.len() == types.len() => {
                let converted = elements.iter().zip(types).map(|(value, to)| value.convert(to));
                Ok(Self::tuple(converted.collect::<Result<_, _>>()?))
            }
            (Self::Map(entries) | Self::Object(entries), Type::Map(element)) => {
                let unified = match &**element {
                    Type::Any => unify_all(&entries.values().map(Type::of).collect::<Vec<_>>()),
                    known => Some(known.clone()),
                };
                let to = unified.ok_or("holds values of types that do not go together")?;
                let converted = entries.iter().map(|(key, value)| Ok((key.clone(), value.convert(&to)?)));
                Ok(Self::Map(Arc::new(converted.collect::<Result<_, Refusal>>()?)))
            }
            (Self::Map(entries) | Self::Object(entries), Type::Object(types)) => {
                let converted = types.iter().map(|(name, to)| {
                    let value = entries.get(name).ok_or_else(|| format!("lacks the attribute `{name}`"))?;
                    Ok((name.clone(), value.convert(to)?))
                });
                Ok(Self::object(converted.collect::<Result<_, Refusal>>()?))
            }
            _ => Err(format!("is {}, which does not convert", self.kind())),
        }
    }

    /// A set of these elements: sorted, each once. Elements that are not known may be equal to others; they are kept.
    #[must_use]
    pub fn set(mut elements: Vec<Value>) -> Self {
        elements.sort_by(order);
        elements.dedup();
        Self::Set(elements.into())
    }
}

/// Converts the elements of a collection. To any type means to the one type that all of them have in common.
fn convert_all(elements: &[Value], to: &Type) -> Result<Vec<Value>, Refusal> {
    let unified = match to {
        Type::Any => unify_all(&elements.iter().map(Type::of).collect::<Vec<_>>()),
        known => Some(known.clone()),
    };
    let to = unified.ok_or("holds elements of types that do not go together")?;
    elements.iter().map(|element| element.convert(&to)).collect()
}

/// The bool that a string stands for.
fn bool_of(text: &str) -> Result<bool, Refusal> {
    match text {
        "true" | "1" => Ok(true),
        "false" | "0" => Ok(false),
        _ => Err("is neither \"true\" nor \"false\"".to_owned()),
    }
}

/// The order in which a set lists its elements: strings by their bytes, numbers by size, bools with false first.
fn order(one: &Value, other: &Value) -> Ordering {
    match (one, other) {
        (Value::Bool(one), Value::Bool(other)) => one.cmp(other),
        (Value::Number(one), Value::Number(other)) => one.cmp(other),
        (Value::String(one), Value::String(other)) => one.cmp(other),
        _ => Ordering::Equal,
    }
}
