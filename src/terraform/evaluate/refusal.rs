//! What Terraform refuses.

use std::sync::Arc;

use crate::source::Span;
use crate::terraform::value::Unknown;

/// Why Terraform would refuse an expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// What is wrong, a clause that follows "because": "Terraform refuses ...".
    pub reason: String,
    /// Where.
    pub span: Span,
    /// Whether it is no matter of the expression but of a file that is not there or cannot be read, so that what hangs on
    /// it was not analysed.
    pub is_flaw: bool,
    /// What would help, a sentence; empty where nothing is known to.
    pub remedy: String,
}

impl Refusal {
    /// A refusal of an expression.
    pub(in crate::terraform) fn new(reason: impl Into<String>, span: Span) -> Self {
        Self { reason: reason.into(), span, is_flaw: false, remedy: String::new() }
    }

    /// A refusal for a file that is not there or cannot be read.
    pub(in crate::terraform) fn flaw(reason: impl Into<String>, span: Span) -> Self {
        Self { is_flaw: true, ..Self::new(reason, span) }
    }
}

impl From<Refusal> for Arc<Unknown> {
    fn from(refusal: Refusal) -> Self {
        let Refusal { reason, span, is_flaw, remedy } = refusal;
        match remedy.is_empty() {
            _ if is_flaw => Unknown::flaw(reason, span),
            true => Unknown::refused(reason, span),
            // With another input, Terraform may well take it.
            false => Unknown::curable(reason, span, remedy),
        }
    }
}

/// The refusal of an expression, as a result.
pub(in crate::terraform) fn refuse<T>(reason: impl Into<String>, span: Span) -> Result<T, Refusal> {
    Err(Refusal::new(reason, span))
}
