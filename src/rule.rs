//! Floor 3: what a rule is, and what it says about a resource.

use crate::source::Span;
use crate::terraform::{InstanceValue, Instances, Resource, Setting, Unknown, Value};

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
    pub check: fn(&Resource<'_>, &mut Sink<'_>),
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
    /// What is wrong and why, as one sentence.
    pub message: String,
    /// A few words for the place itself.
    pub label: String,
    /// The addresses of the instances that break the rule, as far as they are listed.
    pub instances: Vec<String>,
    /// The edit that mends the place, where one is certain to.
    pub fix: Option<Edit>,
}

/// A place for which a rule could not decide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undecided {
    /// The rule.
    pub rule: &'static Rule,
    /// What it is about.
    pub site: Site,
    /// What could not be decided and why, as one sentence.
    pub message: String,
    /// The reason, and where it stands.
    pub because: Unknown,
}

/// The attribute of a resource that a verdict is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    /// From the attribute's name to the end of its value.
    pub span: Span,
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
    Undecided(Unknown),
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
    /// The edit that mends a literal.
    pub replacement: &'static str,
    /// What that edit does, as a sentence.
    pub fix: &'static str,
}

/// Takes what a rule says about one resource.
#[derive(Debug)]
pub struct Sink<'r> {
    rule: &'static Rule,
    resource: &'r Resource<'r>,
    /// The findings so far.
    pub findings: Vec<Finding>,
    /// What could not be decided so far.
    pub undecided: Vec<Undecided>,
}

impl<'r> Sink<'r> {
    /// A sink for a rule's verdicts on a resource.
    #[must_use]
    pub fn new(rule: &'static Rule, resource: &'r Resource<'r>) -> Self {
        Self { rule, resource, findings: Vec::new(), undecided: Vec::new() }
    }

    /// Takes the verdicts on a setting: `verdict` judges one value, as it would be for an instance that exists.
    /// Whether one does, and what all of them come to, is decided here.
    pub fn judge(&mut self, setting: &Setting, verdict: fn(&Value, Span) -> Verdict, wording: &Wording) {
        let mut violating = Vec::new();
        let mut because = None;
        for InstanceValue { address, value } in &setting.values {
            match verdict(value, setting.expression) {
                Verdict::Violation => violating.push(address.clone()),
                Verdict::Undecided(unknown) => because = because.or(Some(unknown)),
                Verdict::Compliant => {}
            }
        }
        match (self.resource.instances(), because) {
            (Instances::Known(_) | Instances::Many(_), _) if !violating.is_empty() => {
                self.violation(setting, violating, wording);
            }
            (Instances::Unknown(unknown), _) if !violating.is_empty() => {
                self.undecided(setting, unknown.clone(), wording);
            }
            (_, Some(because)) => self.undecided(setting, because, wording),
            (_, None) => {}
        }
    }

    fn violation(&mut self, setting: &Setting, instances: Vec<String>, wording: &Wording) {
        let site = self.site(setting, wording);
        let message = format!("`{}` {} because `{}` is true.", site.address, wording.effect, wording.attribute);
        let literal = matches!(self.resource.text(setting.expression), "true" | "\"true\"" | "\"1\"");
        let fix = literal.then_some(Edit {
            span: setting.expression,
            replacement: wording.replacement,
            description: wording.fix,
        });
        let label = wording.label.to_owned();
        self.findings.push(Finding { rule: self.rule, site, message, label, instances, fix });
    }

    fn undecided(&mut self, setting: &Setting, because: Unknown, wording: &Wording) {
        let site = self.site(setting, wording);
        let message =
            format!("Whether `{}` {} could not be decided because {}.", site.address, wording.effect, because.reason);
        self.undecided.push(Undecided { rule: self.rule, site, message, because });
    }

    fn site(&self, setting: &Setting, wording: &Wording) -> Site {
        Site {
            span: setting.span,
            attribute: wording.attribute,
            resource_type: self.resource.kind().to_owned(),
            resource_name: self.resource.name().to_owned(),
            address: self.resource.address(),
        }
    }
}
