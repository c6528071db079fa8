//! A diagnostic, as miette wants it.

use std::borrow::Cow;
use std::fmt;

use miette::{Diagnostic, LabeledSpan, Severity, SourceCode};

use super::excerpt::Excerpt;

/// A diagnostic, as miette wants it.
#[derive(Debug)]
pub(super) struct Shown<'r> {
    pub(super) severity: Severity,
    pub(super) message: Cow<'r, str>,
    pub(super) help: Option<Cow<'r, str>>,
    /// What else is worth knowing; drawn below.
    pub(super) note: Option<String>,
    pub(super) excerpt: Option<Excerpt>,
}

impl Shown<'_> {
    pub(super) fn new(severity: Severity) -> Self {
        Self { severity, message: "".into(), help: None, note: None, excerpt: None }
    }
}

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Shown<'_> {}

impl Diagnostic for Shown<'_> {
    fn severity(&self) -> Option<Severity> {
        Some(self.severity)
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.help.as_ref().map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.excerpt.as_ref().map(|excerpt| excerpt as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        self.excerpt.as_ref().map(|excerpt| Box::new(std::iter::once(excerpt.label())) as Box<dyn Iterator<Item = _>>)
    }
}
