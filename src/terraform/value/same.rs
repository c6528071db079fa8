//! When values are the same: equal data, wherever it comes from.

use std::hash::{Hash, Hasher};

use super::{Data, Value};

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
