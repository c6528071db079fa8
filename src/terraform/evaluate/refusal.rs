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
}

impl Refusal {
    /// A refusal of an expression.
    pub(in crate::terraform) fn new(reason: impl Into<String>, span: Span) -> Self {
        Self { reason: reason.into(), span, is_flaw: false }
    }
}

impl From<Refusal> for Arc<Unknown> {
    fn from(refusal: Refusal) -> Self {
        let Refusal { reason, span, is_flaw } = refusal;
        if is_flaw { Unknown::flaw(reason, span) } else { Unknown::new(reason, span) }
    }
}

/// The refusal of an expression, as a result.
pub(in crate::terraform) fn refuse<T>(reason: impl Into<String>, span: Span) -> Result<T, Refusal> {
    Err(Refusal::new(reason, span))
}
