//! What a scan has to say besides findings.

use std::path::PathBuf;

use super::Span;

/// What a notification means for the result of the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Something was not analysed and could hide a finding: without findings the run ends with exit code 3.
    Error,
    /// Worth knowing; no finding can be hidden by it.
    Warning,
    /// Terraform would say it, too; it changes nothing.
    Note,
}

impl Level {
    /// The name, in lower case.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

/// Where a notification points.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// At bytes of a file that was read.
    Span(Span),
    /// At a file or directory that was not read: its path relative to the root, or absolute outside of it.
    Path(PathBuf),
}

/// Something that went wrong or is worth saying. The scan goes on behind it: nothing is lost in silence.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Notification {
    /// What it means for the result.
    pub level: Level,
    /// What is wrong and what podgate did about it, as whole sentences.
    pub message: String,
    /// Where.
    pub place: Place,
}

impl Place {
    /// The bytes that it points at, if the file was read.
    #[must_use]
    pub fn span(&self) -> Option<Span> {
        match self {
            Self::Span(span) => Some(*span),
            Self::Path(_) => None,
        }
    }
}

impl Notification {
    /// Something at `place` that could hide a finding.
    #[must_use]
    pub fn error(place: Place, message: impl Into<String>) -> Self {
        Self { level: Level::Error, message: message.into(), place }
    }

    /// Something at `place` that is worth knowing and hides nothing.
    #[must_use]
    pub fn warning(place: Place, message: impl Into<String>) -> Self {
        Self { level: Level::Warning, message: message.into(), place }
    }
}
