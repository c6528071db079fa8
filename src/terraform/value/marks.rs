//! What is to be watched about a value, and goes on to what is computed from it.

use crate::source::FileId;

/// Why a value is private: it is computed with, and never printed, whatever functions make of it. This is podgate's own
/// mark; Terraform prints such values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Private {
    /// An expression or a data source read it from this file.
    File(FileId),
    /// It was sensitive, before `nonsensitive` took that mark away.
    Sensitive,
    /// It comes from the command line: `--var`, a file of values outside of the root, `--workspace`.
    Argument,
}

/// What Terraform watches about a value, and hands on to what is computed from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Marks {
    /// It must not be shown.
    pub sensitive: bool,
    /// It must not get into a plan.
    pub ephemeral: bool,
    /// It was read from a resource, whose provider may give it another type than it is written in. This one is ours.
    pub loose: bool,
    /// Why it must not be printed though Terraform would, if so. This one is ours, too.
    pub private: Option<Private>,
}

impl Marks {
    /// The mark of what is private, and no other.
    #[must_use]
    pub fn private(why: Private) -> Self {
        Self { private: Some(why), ..Self::default() }
    }

    /// Whether a value with these marks must not be printed.
    #[must_use]
    pub fn are_secret(self) -> bool {
        self.sensitive || self.private.is_some()
    }

    /// The marks of a value that is computed from others with these and those marks.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            sensitive: self.sensitive || other.sensitive,
            ephemeral: self.ephemeral || other.ephemeral,
            loose: self.loose || other.loose,
            private: self.private.or(other.private),
        }
    }
}
