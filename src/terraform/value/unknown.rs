//! Why a value is not known, and what Terraform makes of that.

use std::sync::Arc;

use crate::source::Span;

/// Why a value is not known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unknown {
    /// The reason, a clause that follows "because": what is missing, or why Terraform would refuse the expression.
    pub reason: String,
    /// Where the reason stands.
    pub span: Span,
    /// What would make it known, a sentence; empty where nobody can tell.
    pub remedy: String,
    /// Whether what hangs on it was not analysed, since something is broken, missing or contradictory: other than what
    /// is sound and lacks an input, that could hide a finding.
    pub is_flaw: bool,
    /// What Terraform makes of it.
    pub standing: Standing,
}

/// What Terraform makes of what podgate does not know.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Standing {
    /// Terraform may well know it.
    #[default]
    Open,
    /// Terraform refuses it, and so the whole configuration.
    Refused,
    /// Terraform knows it after apply only, and nothing about it before.
    AfterApply,
    /// It is computed from what Terraform knows after apply only, so that Terraform may know something about it: that it
    /// is not null, how it starts, how long it is.
    FromAfterApply,
}

impl Unknown {
    /// A reason, where it stands, and no remedy.
    #[must_use]
    pub fn new(reason: impl Into<String>, span: Span) -> Arc<Self> {
        Self::standing(reason, span, Standing::Open)
    }

    /// A reason for which Terraform refuses the configuration, and where it stands.
    #[must_use]
    pub fn refused(reason: impl Into<String>, span: Span) -> Arc<Self> {
        Self::standing(reason, span, Standing::Refused)
    }

    /// A reason of this standing, and where it stands.
    #[must_use]
    pub fn standing(reason: impl Into<String>, span: Span, standing: Standing) -> Arc<Self> {
        Arc::new(Self { reason: reason.into(), span, remedy: String::new(), is_flaw: false, standing })
    }

    /// A reason why what hangs on it was not analysed, and where it stands.
    #[must_use]
    pub fn flaw(reason: impl Into<String>, span: Span) -> Arc<Self> {
        Arc::new(Self { reason: reason.into(), span, remedy: String::new(), is_flaw: true, standing: Standing::Open })
    }

    /// A reason that something can be done about.
    #[must_use]
    pub fn curable(reason: impl Into<String>, span: Span, remedy: impl Into<String>) -> Arc<Self> {
        let standing = Standing::Open;
        Arc::new(Self { reason: reason.into(), span, remedy: remedy.into(), is_flaw: false, standing })
    }
}
