//! When values are the same: equal data, wherever it comes from; and when they are equal to Terraform's `==`.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use super::{Data, Type, Unknown, Value};

impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        self.data == other.data
    }
}

impl Eq for Value {}

impl Hash for Value {
    /// Feeds what makes values equal to a hasher.
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        std::mem::discriminant(&self.data).hash(hasher);
        match &self.data {
            Data::Null => {}
            Data::Bool(value) => value.hash(hasher),
            Data::Number(number) => number.hash(hasher),
            Data::String(text) => text.hash(hasher),
            Data::List(held) | Data::Set(held) | Data::Tuple(held) => held.hash(hasher),
            Data::Map(held) | Data::Object(held) | Data::Partial(held, _) => held.hash(hasher),
            Data::Unknown(unknown) => unknown.reason.hash(hasher),
        }
    }
}

impl Value {
    /// Feeds what the value is, and how it is marked, to a hasher: equal values give equal digests.
    pub fn digest(&self, hasher: &mut impl Hasher) {
        (self.marks.sensitive, self.marks.ephemeral).hash(hasher);
        std::mem::discriminant(&self.data).hash(hasher);
        match &self.data {
            Data::Null => {}
            Data::Bool(value) => value.hash(hasher),
            Data::Number(number) => number.to_string().hash(hasher),
            Data::String(text) => text.hash(hasher),
            Data::List(elements) | Data::Set(elements) | Data::Tuple(elements) => {
                elements.iter().for_each(|element| element.digest(hasher));
            }
            Data::Map(entries) | Data::Object(entries) | Data::Partial(entries, _) => {
                for (key, value) in entries.iter() {
                    key.hash(hasher);
                    value.digest(hasher);
                }
            }
            Data::Unknown(unknown) => unknown.reason.hash(hasher),
        }
    }
}

impl Value {
    /// Whether two values are equal to Terraform's `==`: of one type, and the same. `null` equals `null` of any type.
    ///
    /// # Errors
    ///
    /// Why it is not known.
    pub fn equals(&self, other: &Self) -> Result<bool, Arc<Unknown>> {
        if let Some(unknown) = self.missing_itself().or(other.missing_itself()) {
            return if self.cannot_equal(other) { Ok(false) } else { Err(unknown.clone()) };
        }
        match (&self.data, &other.data) {
            (Data::Null, Data::Null) => return Ok(true),
            (Data::Null, _) | (_, Data::Null) => return Ok(false),
            _ => {}
        }
        if let Some(unknown) = self.untyped().or(other.untyped()) {
            let (one, other) = (Type::of(self), Type::of(other));
            let may_fit = one.conforms_to(&other) || other.conforms_to(&one);
            return if may_fit { Err(unknown.clone()) } else { Ok(false) };
        }
        if self.has_type_of(other) { self.equal_data(other) } else { Ok(false) }
    }

    /// Whether two values, one or both of which are not known, have types that no equal values have.
    fn cannot_equal(&self, other: &Self) -> bool {
        let is_unknown = |value: &Self| value.missing_itself().is_some();
        let (known, unknown) = match (is_unknown(self), is_unknown(other)) {
            (true, true) => return false,
            (true, false) => (other, self),
            _ => (self, other),
        };
        let of_unknown = Type::of(unknown);
        !matches!(known.data, Data::Null) && !of_unknown.has_any() && Type::of(known) != of_unknown
    }

    /// Something in the value that is not known, and of any type.
    fn untyped(&self) -> Option<&Arc<Unknown>> {
        match &self.data {
            Data::Unknown(unknown) => Type::of(self).has_any().then_some(unknown),
            Data::Partial(_, unknown) => Some(unknown),
            Data::List(held) | Data::Set(held) | Data::Tuple(held) => held.iter().find_map(Self::untyped),
            Data::Map(held) | Data::Object(held) => held.values().find_map(Self::untyped),
            _ => None,
        }
    }

    /// Whether known values of one type are the same.
    fn equal_data(&self, other: &Self) -> Result<bool, Arc<Unknown>> {
        match (&self.data, &other.data) {
            (Data::List(one), Data::List(other))
            | (Data::Set(one), Data::Set(other))
            | (Data::Tuple(one), Data::Tuple(other)) => {
                if one.len() == other.len() {
                    all_equal(one.iter().zip(other.iter()))
                } else {
                    Ok(false)
                }
            }
            (Data::Map(one), Data::Map(other)) | (Data::Object(one), Data::Object(other)) => {
                if one.keys().eq(other.keys()) { all_equal(one.values().zip(other.values())) } else { Ok(false) }
            }
            (one, other) => Ok(one == other),
        }
    }
}

/// Whether all pairs are equal: one that differs is enough for a no, whatever is not known.
fn all_equal<'v>(pairs: impl Iterator<Item = (&'v Value, &'v Value)>) -> Result<bool, Arc<Unknown>> {
    let mut missing = None;
    for (one, other) in pairs {
        match one.equals(other) {
            Ok(true) => {}
            Ok(false) => return Ok(false),
            Err(unknown) => missing = missing.or(Some(unknown)),
        }
    }
    missing.map_or(Ok(true), Err)
}
