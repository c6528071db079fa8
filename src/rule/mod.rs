//! Floor 3: what a rule is, and what it says about a resource.

mod cause;
mod tally;
mod verdicts;

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use crate::source::{FileId, Span};
use crate::terraform::{Resource, Unknown};

pub use tally::{Source, Through};
pub use verdicts::{Sink, Verdicts};

/// How bad a finding is. The order is that of badness.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth cleaning up.
    Low,
    /// Weakens a defence.
    Medium,
    /// Opens a way in.
    High,
    /// Is a way in.
    Critical,
}

impl Severity {
    /// The name, in lower case.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

/// A rule: what it is called, what it means and how it is checked. All of it is known at compile time.
#[derive(Debug)]
pub struct Rule {
    /// The id under which findings are reported.
    pub id: &'static str,
    /// Other ids under which the rule is known elsewhere; accepted wherever a rule is named.
    pub aliases: &'static [&'static str],
    /// The name in words.
    pub name: &'static str,
    /// The name as one word in Pascal case, as SARIF wants it.
    pub pascal_name: &'static str,
    /// How bad a finding is.
    pub severity: Severity,
    /// The category in Datadog's catalogue.
    pub category: &'static str,
    /// The number of the weakness in the Common Weakness Enumeration.
    pub cwe: u32,
    /// What the scanned code configures with: `Terraform`.
    pub platform: &'static str,
    /// What it configures: `Kubernetes`.
    pub provider: &'static str,
    /// The resource types that the rule looks at.
    pub resource_types: &'static [&'static str],
    /// What a finding means, in one sentence.
    pub summary: &'static str,
    /// Why it matters, in a few sentences.
    pub description: &'static str,
    /// What to do about a finding, in a sentence or two.
    pub remediation: &'static str,
    /// The address of the rule's documentation.
    pub documentation: &'static str,
    /// The rule's page in Markdown, `docs/rules/<id>.md`.
    pub page: &'static str,
    /// Looks at one resource that has, or may have, instances, and reports to the sink.
    pub check: fn(&Resource<'_, '_>, &mut Sink<'_>),
}

impl PartialEq for Rule {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Eq for Rule {}

/// A place that breaks a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The rule.
    pub rule: &'static Rule,
    /// What it is about.
    pub site: Site,
    /// What is wrong and why.
    pub message: Message,
    /// A few words for the place itself.
    pub label: String,
    /// The ways of the values that break the rule, at least one; not more than a few of many.
    pub ways: Vec<Way>,
    /// The instances that break the rule, as far as they are listed.
    pub instances: Vec<Instance>,
    /// How many more there are.
    pub unlisted: usize,
    /// The instances of which it could not be decided whether they do, too, as far as they are listed.
    pub open: Vec<OpenInstance>,
    /// How many more there are.
    pub open_unlisted: usize,
    /// The edit that mends the place, where one is certain to.
    pub fix: Option<Edit>,
    /// What has a say in it.
    pub basis: Basis,
}

/// A place for which a rule could not decide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undecided {
    /// The rule.
    pub rule: &'static Rule,
    /// What it is about.
    pub site: Site,
    /// What could not be decided and why.
    pub message: Message,
    /// The reason, where it stands, and what would decide.
    pub because: Arc<Unknown>,
    /// What has a say in it.
    pub basis: Basis,
}

/// What has a say in a verdict.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Basis {
    /// The files: those of the site, of the way of its value, of the calls that lead to it, and of what decides which
    /// instances there are.
    pub files: BTreeSet<FileId>,
    /// Whether its root module was given values by, or has read, a file that the scan was asked about.
    pub is_fed: bool,
}

/// What is said about a site, and why. One sentence: "... because ... (`main.tf:3`)."
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// What is said.
    pub what: String,
    /// Why: every cause once, at least one.
    pub because: Vec<Because>,
    /// Whether there are further causes.
    pub has_more: bool,
}

/// A cause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Because {
    /// A clause.
    pub why: String,
    /// Where the cause stands, when that is not in the site.
    pub place: Option<Span>,
}

impl Message {
    /// The sentence, with the places of the causes as `place` writes them.
    pub fn sentence(&self, place: impl Fn(Span) -> String) -> String {
        let cause = |Because { why, place: at }: &Because| match at {
            Some(span) => format!("{why} ({})", place(*span)),
            None => why.clone(),
        };
        format!("{} {}.", self.what, self.causes(cause))
    }

    /// The causes as one clause, each as `cause` writes it.
    pub fn causes(&self, cause: impl Fn(&Because) -> String) -> String {
        let mut clauses: Vec<String> =
            self.because.iter().map(|because| format!("because {}", cause(because))).collect();
        if self.has_more {
            clauses.push("for further reasons".to_owned());
        }
        let last = clauses.pop().unwrap_or_default();
        match clauses.len() {
            0 => last,
            _ => format!("{}, and {last}", clauses.join(", ")),
        }
    }
}

/// A way of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Way {
    /// What it starts with.
    pub because: Because,
    /// The places on it, from the site back to where the value is written; without what stands in the site itself.
    pub hops: Vec<Hop>,
}

/// A place on the way of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hop {
    /// The place.
    pub span: Span,
    /// What happens there, a few words.
    pub label: String,
    /// Whether what stands there must not be shown.
    pub sensitive: bool,
}

/// An instance of a resource.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Instance {
    /// Its address.
    pub address: String,
    /// The directory of the root module in which it has that address, where a finding is about several root modules.
    pub root: Option<Arc<str>>,
    /// The file of values with which it is judged, if it was named for that.
    pub inputs: Option<String>,
}

impl fmt::Display for Instance {
    /// The address, and what distinguishes it from another one of that address: `a.b[0] (in live/prod, with x.tfvars)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.root, &self.inputs) {
            (Some(root), Some(inputs)) => write!(f, "{} (in {root}, with {inputs})", self.address),
            (Some(root), None) => write!(f, "{} (in {root})", self.address),
            (None, Some(inputs)) => write!(f, "{} (with {inputs})", self.address),
            (None, None) => f.write_str(&self.address),
        }
    }
}

/// An instance of which it could not be decided whether it breaks the rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenInstance {
    /// The instance; when it is not known which there are, the address that they have in common.
    pub instance: Instance,
    /// Why not.
    pub because: Arc<Unknown>,
}

/// The attribute of a resource that a verdict is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    /// From the attribute's name to the end of its value.
    pub span: Span,
    /// The kind and labels of the resource's block.
    pub resource: Span,
    /// The path of the attribute in the resource: `spec.host_ipc`.
    pub attribute: &'static str,
    /// The resource type.
    pub resource_type: String,
    /// The resource's name in the configuration.
    pub resource_name: String,
    /// The resource's address in its module, without instance keys.
    pub address: String,
}

/// The replacement of a stretch of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// What is replaced.
    pub span: Span,
    /// By what.
    pub replacement: &'static str,
    /// What the edit does, as a sentence.
    pub description: &'static str,
}

/// What a value comes to; over all instances of a resource, the worst that is known counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It breaks the rule.
    Violation,
    /// It is not known, for this reason, whether it breaks the rule.
    Undecided(Arc<Unknown>),
    /// It keeps the rule.
    Compliant,
}

/// What a rule says in its findings about a site.
#[derive(Debug, Clone)]
pub struct Wording {
    /// The path of the attribute.
    pub attribute: &'static str,
    /// What the policy does when the rule is broken, with the resource as subject: "shares ...".
    pub effect: &'static str,
    /// A few words for the place itself.
    pub label: &'static str,
    /// The value that breaks the rule, as it is written.
    pub violating: &'static str,
    /// The edit that mends a literal.
    pub replacement: &'static str,
    /// What that edit does, as a sentence.
    pub fix: &'static str,
}
