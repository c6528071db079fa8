//! What an expression is worth, as far as podgate can tell, and where that comes from.

mod convert;
mod known_text;
mod marks;
mod number;
mod origin;
mod same;
mod set;
mod types;
mod unify;
mod unknown;

use std::collections::BTreeMap;
use std::sync::Arc;

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

use super::limits::{DIGITS, LETTERS};
use crate::source::Span;

pub use convert::Mismatch;
pub(super) use convert::unified;
pub(super) use known_text::KnownText;
pub use marks::{Marks, Private};
pub use number::{NoNumber, Notation, Number};
pub use origin::{Hop, HopKind, Origin};
pub use types::Type;
pub(super) use unify::NoType;
pub use unknown::{Standing, Unknown};

/// A value of Terraform's language. Cheap to clone: what is large is shared. Two values are equal when they hold the
/// same data, wherever they come from.
#[derive(Debug, Clone)]
pub struct Value {
    /// What the value is.
    pub data: Data,
    /// Where it comes from.
    pub origin: Origin,
    /// What Terraform watches about it.
    pub marks: Marks,
    weight: usize,
    /// How deep values are in it: 1 for one that holds no other.
    depth: u16,
    /// The type of what is `null`, unknown or an empty collection, which nothing else tells. Without one, it is of any
    /// type: `null` as it is written, what podgate knows nothing about, an empty collection of elements of any type.
    hint: Option<Arc<Type>>,
    /// What is known of a text that is not known as a whole.
    known_text: Option<Arc<KnownText>>,
}

/// What a value is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Data {
    /// `null`: as if the argument were not set.
    Null,
    /// A bool.
    Bool(bool),
    /// A number.
    Number(Number),
    /// A string, in Unicode's normal form C.
    String(Arc<str>),
    /// Elements of one type, in order.
    List(Arc<[Value]>),
    /// Elements of one type, sorted, each once.
    Set(Arc<[Value]>),
    /// Elements of any types, in order: what `[...]` makes.
    Tuple(Arc<[Value]>),
    /// Values of one type under keys.
    Map(Attributes),
    /// Values of any types under names: what `{...}` makes.
    Object(Attributes),
    /// An object of which some attributes are known, and why the others are not: a resource.
    Partial(Attributes, Arc<Unknown>),
    /// Not known, and why.
    Unknown(Arc<Unknown>),
}

/// Values under names, sorted by name.
pub type Attributes = Arc<BTreeMap<Arc<str>, Value>>;

impl From<Data> for Value {
    /// A value that comes from nowhere.
    fn from(data: Data) -> Self {
        let (weight, depth) = (data.weight(), data.depth());
        Self { data, origin: Origin::default(), marks: Marks::default(), weight, depth, hint: None, known_text: None }
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Data::Bool(value).into()
    }
}

impl From<Number> for Value {
    fn from(number: Number) -> Self {
        Data::Number(number).into()
    }
}

impl From<Arc<Unknown>> for Value {
    fn from(unknown: Arc<Unknown>) -> Self {
        Data::Unknown(unknown).into()
    }
}

impl Value {
    /// A value that is not known, and why.
    #[must_use]
    pub fn unknown(reason: impl Into<String>, span: Span) -> Self {
        Unknown::new(reason, span).into()
    }

    /// A string. Terraform keeps all of them in normal form C.
    #[must_use]
    pub fn string(text: &str) -> Self {
        let is_normal = text.is_ascii() || is_nfc_quick(text.chars()) == IsNormalized::Yes;
        let text = if is_normal { text.into() } else { text.nfc().collect::<String>().into() };
        Data::String(text).into()
    }

    /// A list, whose elements are of one type.
    #[must_use]
    pub fn list(elements: Vec<Value>) -> Self {
        Data::List(elements.into()).into()
    }

    /// A tuple.
    #[must_use]
    pub fn tuple(elements: Vec<Value>) -> Self {
        Data::Tuple(elements.into()).into()
    }

    /// A map, whose values are of one type.
    #[must_use]
    pub fn map(entries: BTreeMap<Arc<str>, Value>) -> Self {
        Data::Map(Arc::new(entries)).into()
    }

    /// An object.
    #[must_use]
    pub fn object(attributes: BTreeMap<Arc<str>, Value>) -> Self {
        Data::Object(Arc::new(attributes)).into()
    }

    /// The value, as written at a place.
    #[must_use]
    pub fn written(self, span: Span) -> Self {
        Self { origin: Origin::written(span), ..self }
    }

    /// The value, with another origin.
    #[must_use]
    pub fn from_origin(self, origin: Origin) -> Self {
        Self { origin, ..self }
    }

    /// The value, with other marks of its own.
    #[must_use]
    pub fn with_own_marks(self, marks: Marks) -> Self {
        Self { marks, ..self }
    }

    /// The value, as read by a reference at a place.
    #[must_use]
    pub fn read(self, span: Span) -> Self {
        Self { origin: self.origin.then(HopKind::Read, span), ..self }
    }

    /// The value, with these marks besides its own.
    #[must_use]
    pub fn marked(self, marks: Marks) -> Self {
        Self { marks: self.marks.and(marks), ..self }
    }

    /// The value as computed at a place from others, with their marks. It comes from the one of them that was read
    /// from elsewhere.
    #[must_use]
    pub fn computed<'v>(self, span: Span, from: impl IntoIterator<Item = &'v Value>) -> Self {
        let mut origin = Origin::default();
        let mut marks = self.marks;
        for value in from {
            marks = marks.and(value.marks);
            if !origin.is_read() && (value.origin.is_read() || value.origin.is_foreign(span)) {
                origin = value.origin.clone();
            }
        }
        Self { origin: origin.then(HopKind::Computed, span), marks, ..self }
    }

    /// The value as computed at a place, when it was read from elsewhere.
    #[must_use]
    pub fn computed_if_read(self, span: Span) -> Self {
        if !self.origin.is_read() {
            return Self { origin: Origin::default(), ..self };
        }
        Self { origin: self.origin.then(HopKind::Computed, span), ..self }
    }

    /// What this collection hands out for one of its elements: the element, which was read with the collection wherever
    /// that was, and with its marks.
    #[must_use]
    pub fn handing(&self, element: &Value) -> Value {
        Value {
            data: element.data.clone(),
            origin: element.origin.along(&self.origin),
            marks: element.marks.and(self.marks),
            weight: element.weight,
            depth: element.depth,
            hint: element.hint.clone(),
            known_text: element.known_text.clone(),
        }
    }

    /// What it takes to hand out one element, in steps: where the collection was read is noted in each.
    #[must_use]
    pub fn steps_of_handing(&self) -> usize {
        3 + if self.origin.is_read() { 4 * self.origin.length() } else { 0 }
    }

    /// The value and all that it holds, as what must not be shown where it is written.
    #[must_use]
    pub fn hidden(&self) -> Self {
        let data = self.data.map(&Self::hidden);
        Self { data, origin: self.origin.hidden(), ..self.clone() }
    }

    /// The value, in which everything but the keys of objects is private.
    #[must_use]
    pub(super) fn with_private_contents(&self, why: Private) -> Self {
        match &self.data {
            Data::Map(_) | Data::Object(_) | Data::List(_) | Data::Tuple(_) => {
                Self { data: self.data.map(&|value| value.with_private_contents(why)), ..self.clone() }
            }
            _ => self.clone().marked(Marks::private(why)),
        }
    }

    /// Something that is known about the value (a key, a length) with where the value comes from.
    #[must_use]
    pub fn about(&self, data: Data) -> Value {
        Value { origin: self.origin.clone(), marks: self.marks, ..Value::from(data) }
    }

    /// The value, of a type that what it is does not tell: of what is `null`, unknown or empty, and has no type yet.
    #[must_use]
    pub fn of_type(self, hint: &Type) -> Self {
        let fits = match (&self.data, hint) {
            (Data::Null | Data::Unknown(_), of) => *of != Type::Any,
            (Data::List(_), Type::List(_)) | (Data::Set(_), Type::Set(_)) | (Data::Map(_), Type::Map(_)) => true,
            _ => false,
        };
        if !self.is_bare() || !fits {
            return self;
        }
        let hint = match &self.hint {
            None => hint.clone(),
            Some(known) if known.has_any() => known.filled_from(hint),
            Some(_) => return self,
        };
        self.with_hint(Some(Arc::new(hint)))
    }

    /// Whether what the value is does not tell its type: it is `null`, unknown, or an empty collection.
    #[must_use]
    pub fn is_bare(&self) -> bool {
        match &self.data {
            Data::Null | Data::Unknown(_) => true,
            Data::List(held) | Data::Set(held) => held.is_empty(),
            Data::Map(held) => held.is_empty(),
            _ => false,
        }
    }

    /// Whether the type of what does not tell it is known: of `null`, of an unknown value, of an empty collection.
    #[must_use]
    pub fn has_type(&self) -> bool {
        self.hint.is_some()
    }

    /// `null`, of a type.
    #[must_use]
    pub fn null_of(hint: &Type) -> Self {
        Self::from(Data::Null).of_type(hint)
    }

    /// The value, of a type that is as heavy as it is large: it is looked through as the value is.
    fn with_hint(self, hint: Option<Arc<Type>>) -> Self {
        let weight = self.data.weight() + hint.as_ref().map_or(0, |hint| hint.size() - 1);
        Self { weight, hint, ..self }
    }

    /// How much the value weighs: one for itself, for every value that it holds, at any depth, and for every 100 bytes of
    /// text. Values share what they hold, so that a small expression can make one that takes for ever to look through.
    #[must_use]
    pub fn weight(&self) -> usize {
        self.weight
    }

    /// How deep values are in the value: 1 for one that holds no other. Whatever looks through a value goes as deep.
    #[must_use]
    pub fn depth(&self) -> u16 {
        self.depth
    }

    /// What keeps the value from being known, in itself or in what it holds.
    #[must_use]
    pub fn missing(&self) -> Option<&Arc<Unknown>> {
        match &self.data {
            Data::Unknown(unknown) | Data::Partial(_, unknown) => Some(unknown),
            Data::List(elements) | Data::Set(elements) | Data::Tuple(elements) => {
                elements.iter().find_map(Self::missing)
            }
            Data::Map(entries) | Data::Object(entries) => entries.values().find_map(Self::missing),
            Data::Null | Data::Bool(_) | Data::Number(_) | Data::String(_) => None,
        }
    }

    /// What keeps the value itself from being known, whatever is in it.
    #[must_use]
    pub fn missing_itself(&self) -> Option<&Arc<Unknown>> {
        match &self.data {
            Data::Unknown(unknown) | Data::Partial(_, unknown) => Some(unknown),
            _ => None,
        }
    }

    /// The marks of the value and of all that it holds.
    #[must_use]
    pub fn all_marks(&self) -> Marks {
        match &self.data {
            Data::List(elements) | Data::Set(elements) | Data::Tuple(elements) => {
                elements.iter().fold(self.marks, |marks, element| marks.and(element.all_marks()))
            }
            Data::Map(entries) | Data::Object(entries) | Data::Partial(entries, _) => {
                entries.values().fold(self.marks, |marks, value| marks.and(value.all_marks()))
            }
            _ => self.marks,
        }
    }

    /// The value and all that it holds, with other marks.
    #[must_use]
    pub fn with_marks(&self, change: &impl Fn(Marks) -> Marks) -> Self {
        let data = self.data.map(&|value| value.with_marks(change));
        Self { data, marks: change(self.marks), ..self.clone() }
    }

    /// What a message calls the value.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self.data {
            Data::Null => "`null`",
            Data::Bool(_) => "a bool",
            Data::Number(_) => "a number",
            Data::String(_) => "a string",
            Data::List(_) => "a list",
            Data::Set(_) => "a set",
            Data::Tuple(_) => "a tuple",
            Data::Map(_) => "a map",
            Data::Object(_) | Data::Partial(..) => "an object",
            Data::Unknown(_) => "an unknown value",
        }
    }

    /// Converts to the bool that a provider's argument of that type gets; `None` stands for an argument that is not
    /// set. Strings convert as in Terraform: `"true"` and `"1"`, `"false"` and `"0"`, nothing else.
    ///
    /// # Errors
    ///
    /// When the value is unknown, or when Terraform refuses it for a bool. `span` is where the value is written.
    pub fn to_bool(&self, span: Span) -> Result<Option<bool>, Arc<Unknown>> {
        if self.marks.ephemeral {
            return Err(Unknown::new("Terraform refuses an ephemeral value for an argument of a resource", span));
        }
        match self.convert(&Type::Bool).map(|value| value.data) {
            Ok(Data::Null) => Ok(None),
            Ok(Data::Bool(value)) => Ok(Some(value)),
            Ok(Data::Unknown(unknown)) => Err(unknown),
            Ok(_) | Err(_) => {
                let what = match &self.data {
                    Data::String(_) => "this string".to_owned(),
                    Data::Number(number) if !self.marks.are_secret() => format!("the number {number}"),
                    _ => self.kind().to_owned(),
                };
                Err(Unknown::new(format!("Terraform refuses {what} for an argument that is true or false"), span))
            }
        }
    }
}

impl Data {
    /// How much a value of this data weighs.
    fn weight(&self) -> usize {
        let all = |values: &mut dyn Iterator<Item = &Value>| {
            values.fold(1usize, |weight, value| weight.saturating_add(value.weight))
        };
        match self {
            Self::List(held) | Self::Set(held) | Self::Tuple(held) => all(&mut held.iter()),
            Self::Map(held) | Self::Object(held) | Self::Partial(held, _) => {
                all(&mut held.values()) + held.keys().map(|key| key.len() / LETTERS).sum::<usize>()
            }
            Self::String(text) => 1 + text.len() / LETTERS,
            Self::Number(number) => 1 + number.bits() / DIGITS,
            _ => 1,
        }
    }

    /// How deep values are in a value of this data.
    fn depth(&self) -> u16 {
        let deepest = match self {
            Self::List(held) | Self::Set(held) | Self::Tuple(held) => held.iter().map(Value::depth).max(),
            Self::Map(held) | Self::Object(held) | Self::Partial(held, _) => held.values().map(Value::depth).max(),
            _ => None,
        };
        deepest.unwrap_or(0).saturating_add(1)
    }

    /// The data with every value that it holds changed.
    #[must_use]
    pub fn map(&self, change: &impl Fn(&Value) -> Value) -> Self {
        let elements = |elements: &[Value]| elements.iter().map(change).collect();
        let entries = |entries: &BTreeMap<Arc<str>, Value>| {
            Arc::new(entries.iter().map(|(key, value)| (key.clone(), change(value))).collect())
        };
        match self {
            Self::List(held) => Self::List(elements(held)),
            Self::Set(held) => Self::Set(elements(held)),
            Self::Tuple(held) => Self::Tuple(elements(held)),
            Self::Map(held) => Self::Map(entries(held)),
            Self::Object(held) => Self::Object(entries(held)),
            Self::Partial(held, unknown) => Self::Partial(entries(held), unknown.clone()),
            simple => simple.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_normal() {
        assert_eq!(Value::string("e\u{301}"), Value::string("\u{e9}"));
    }
}
