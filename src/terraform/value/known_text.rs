//! What is known of a text that is not known as a whole.

use std::sync::Arc;

use super::{Data, LETTERS, Value};
use crate::terraform::limits::MOST_WEIGHT;

/// What is known of a text of which Terraform knows nothing yet. It goes with the value from name to name; whatever is
/// computed from the value does not have it.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::terraform) enum KnownText {
    /// The text is YAML, or JSON, that stands for a value, parts of which are not known.
    Encodes(Value),
    /// The parts of the text in their order, nothing for one that is not known.
    Parts(Vec<Option<String>>),
    /// The value is no text, but what `yamldecode` or `jsondecode` makes of one.
    Decoded(Arc<KnownText>),
}

/// What is known of a text weighs so much at most.
const MOST_KNOWN: usize = MOST_WEIGHT / 10;

impl KnownText {
    fn weight(&self) -> usize {
        match self {
            Self::Encodes(value) => value.weight(),
            Self::Parts(parts) => parts.iter().map(|part| 1 + part.as_ref().map_or(0, String::len) / LETTERS).sum(),
            Self::Decoded(inner) => 1 + inner.weight(),
        }
    }
}

impl Value {
    /// The value, of whose text this is known. A value that is known needs no such thing, and what is large is not kept.
    #[must_use]
    pub(in crate::terraform) fn with_known_text(self, known: KnownText) -> Self {
        let weight = known.weight();
        match self.data {
            Data::Unknown(_) if weight <= MOST_KNOWN => {
                Self { known_text: Some(Arc::new(known)), weight: self.weight + weight, ..self }
            }
            _ => self,
        }
    }

    /// The value, which is another one with nothing changed but where it comes from, with what is known of its text.
    #[must_use]
    pub(in crate::terraform) fn with_known_text_of(self, other: &Self) -> Self {
        let weight = self.weight.max(other.weight);
        match &other.known_text {
            Some(known) => Self { known_text: Some(known.clone()), weight, ..self },
            None => self,
        }
    }

    /// What is known of the text of a value that is not known.
    #[must_use]
    pub(in crate::terraform) fn known_text(&self) -> Option<&Arc<KnownText>> {
        self.known_text.as_ref()
    }
}
