//! Types, and how Terraform converts between them
//! (<https://developer.hashicorp.com/terraform/language/expressions/types#type-conversion>).

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use super::{Data, Number, Value};

/// A type of Terraform's language.
#[derive(Debug, Clone, PartialEq)]
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
    /// In a type constraint's object: an attribute that may be left out, and what it is then.
    Optional(Box<Type>, Option<Box<Value>>),
}

impl Type {
    /// The type of a value.
    #[must_use]
    pub fn of(value: &Value) -> Self {
        let element = |elements: &mut dyn Iterator<Item = &Value>| {
            let types = elements.map(Self::of);
            Box::new(types.reduce(|one, other| one.unify(&other).unwrap_or(Self::Any)).unwrap_or(Self::Any))
        };
        if let Some(hint) = &value.hint {
            return (**hint).clone();
        }
        match &value.data {
            Data::Null | Data::Unknown(_) | Data::Partial(..) => Self::Any,
            Data::Bool(_) => Self::Bool,
            Data::Number(_) => Self::Number,
            Data::String(_) => Self::String,
            Data::List(elements) => Self::List(element(&mut elements.iter())),
            Data::Set(elements) => Self::Set(element(&mut elements.iter())),
            Data::Tuple(elements) => Self::Tuple(elements.iter().map(Self::of).collect()),
            Data::Map(entries) => Self::Map(element(&mut entries.values())),
            Data::Object(entries) => {
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
            (Self::Tuple(elements), Self::Set(element)) | (Self::Set(element), Self::Tuple(elements)) => {
                Some(Self::Set(Box::new(element.unify_elements(elements)?)))
            }
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

/// The type that values of all these types convert to.
pub(super) fn unify_all<'t>(types: impl IntoIterator<Item = &'t Type>) -> Option<Type> {
    types.into_iter().try_fold(Type::Any, |unified, other| unified.unify(other))
}

/// Why a value does not convert: a clause about the value, which never tells what the value is.
pub type Mismatch = String;

impl Value {
    /// Converts the value to a type. What is not known stays so, and `null` is a value of every type. The result comes
    /// from where the value comes from.
    ///
    /// # Errors
    ///
    /// When Terraform has no such conversion.
    pub fn convert(&self, to: &Type) -> Result<Self, Mismatch> {
        let data = self.converted(to)?;
        let converted = self.about(data);
        Ok(match to {
            Type::Any => converted.with_hint(self.hint.clone()),
            Type::Optional(inner, _) => converted.of_type(inner),
            to => converted.of_type(to),
        })
    }

    fn converted(&self, to: &Type) -> Result<Data, Mismatch> {
        Ok(match (&self.data, to) {
            (data @ (Data::Null | Data::Unknown(_)), _) | (data, Type::Any) => data.clone(),
            (_, Type::Optional(inner, _)) => self.converted(inner)?,
            (Data::Bool(_), Type::Bool) | (Data::Number(_), Type::Number) | (Data::String(_), Type::String) => {
                self.data.clone()
            }
            (Data::Bool(value), Type::String) => Data::String(if *value { "true" } else { "false" }.into()),
            (Data::Number(number), Type::String) => Data::String(number.to_string().into()),
            (Data::String(text), Type::Bool) => bool_of(text).map(Data::Bool)?,
            (Data::String(text), Type::Number) => {
                Number::parse(text).map(Data::Number).ok_or_else(|| "is no decimal number".to_owned())?
            }
            (Data::Tuple(elements), Type::List(element) | Type::Set(element))
                if **element == Type::Any && nulls_beside_structures(elements) =>
            {
                return Err("contains elements of incompatible types".to_owned());
            }
            (Data::List(elements) | Data::Set(elements) | Data::Tuple(elements), Type::List(element)) => {
                Data::List(convert_all(elements, element)?.into())
            }
            (Data::List(elements) | Data::Set(elements) | Data::Tuple(elements), Type::Set(element)) => {
                set_of(convert_all(elements, element)?)
            }
            (Data::Tuple(elements), Type::Tuple(types)) if elements.len() == types.len() => {
                let converted = elements.iter().zip(types).map(|(value, to)| value.convert(to));
                Data::Tuple(converted.collect::<Result<Vec<_>, _>>()?.into())
            }
            (Data::Map(entries) | Data::Object(entries), Type::Map(element)) => {
                let unified = match &**element {
                    Type::Any => unify_all(&entries.values().map(Type::of).collect::<Vec<_>>()),
                    known => Some(known.clone()),
                };
                let to = unified.ok_or("contains values of incompatible types")?;
                let converted = entries.iter().map(|(key, value)| Ok((key.clone(), value.convert(&to)?)));
                Data::Map(Arc::new(converted.collect::<Result<_, Mismatch>>()?))
            }
            (Data::Map(entries) | Data::Object(entries), Type::Object(types)) => {
                let converted =
                    types.iter().map(|(name, to)| Ok((name.clone(), attribute(entries.get(name), name, to)?)));
                Data::Object(Arc::new(converted.collect::<Result<_, Mismatch>>()?))
            }
            // A partial object may hold what is not known; as a whole it is not known.
            (Data::Partial(_, unknown), _) => Data::Unknown(unknown.clone()),
            _ => return Err(format!("is {}, not {}", self.kind(), to.name())),
        })
    }

    /// A set of these elements: sorted, each once. Elements that are not known may be equal to others; they are kept.
    #[must_use]
    pub fn set(elements: Vec<Value>) -> Self {
        set_of(elements).into()
    }
}

/// The attribute of an object that a type constraint asks for: what is given; what the constraint says, when nothing
/// or `null` is given for an optional one.
fn attribute(given: Option<&Value>, name: &str, to: &Type) -> Result<Value, Mismatch> {
    let given = given.filter(|value| !matches!((&value.data, to), (Data::Null, Type::Optional(_, Some(_)))));
    let converted = match (given, to) {
        (Some(value), to) => value.convert(to),
        (None, Type::Optional(inner, Some(default))) => default.convert(inner),
        (None, Type::Optional(_, None)) => Ok(Data::Null.into()),
        (None, _) => return Err(format!("lacks the attribute `{name}`")),
    };
    converted.map_err(|why| format!("has a wrong attribute `{name}`: it {why}"))
}

fn set_of(mut elements: Vec<Value>) -> Data {
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

/// Converts the elements of a collection. To any type means to the one type that all of them have in common.
fn convert_all(elements: &[Value], to: &Type) -> Result<Vec<Value>, Mismatch> {
    let unified = match to {
        Type::Any => unify_all(&elements.iter().map(Type::of).collect::<Vec<_>>()),
        known => Some(known.clone()),
    };
    let to = unified.ok_or("contains elements of incompatible types")?;
    let converted = elements.iter().map(|element| element.convert(&to));
    converted.collect::<Result<_, _>>().map_err(|why| format!("has a wrong element: it {why}"))
}

/// The bool that a string stands for.
fn bool_of(text: &str) -> Result<bool, Mismatch> {
    match text {
        "true" | "1" => Ok(true),
        "false" | "0" => Ok(false),
        _ => Err("is neither \"true\" nor \"false\"".to_owned()),
    }
}

/// Whether some elements are `null` and others collections: Terraform finds no type for both.
fn nulls_beside_structures(elements: &[Value]) -> bool {
    let is_simple = |element: &Value| {
        matches!(element.data, Data::Null | Data::Bool(_) | Data::Number(_) | Data::String(_) | Data::Unknown(_))
    };
    elements.iter().any(|element| matches!(element.data, Data::Null)) && !elements.iter().all(is_simple)
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
