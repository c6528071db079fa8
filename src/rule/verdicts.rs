//! Verdicts: one for every site, over all its instances and all the inputs that it is evaluated with.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::cause::{self, Cause};
use super::{Edit, Finding, Instance, Message, Rule, Site, Undecided, Verdict, Wording};
use crate::source::{Sources, Span};
use crate::terraform::{InstanceValue, Instances, Resource, Setting, Unknown, Value};

/// What the rules say about the sites of a scan.
#[derive(Debug, Default)]
pub struct Verdicts {
    sites: BTreeMap<(&'static str, Span), Tally>,
}

/// What a rule says about one site.
#[derive(Debug)]
struct Tally {
    rule: &'static Rule,
    site: Site,
    wording: &'static Wording,
    expression: Span,
    /// The instances that break the rule, and what the first of them is worth.
    violating: Vec<Instance>,
    value: Option<Value>,
    /// Why the first one that is not known is not.
    unknown: Option<Arc<Unknown>>,
}

/// Takes what a rule says about one resource.
#[derive(Debug)]
pub struct Sink<'r> {
    rule: &'static Rule,
    resource: &'r Resource<'r>,
    /// The file of values that the resource is evaluated with, if it was named for that.
    inputs: Option<&'r str>,
    verdicts: &'r mut Verdicts,
}

impl<'r> Sink<'r> {
    /// A sink for a rule's verdicts on a resource.
    pub fn new(
        rule: &'static Rule,
        resource: &'r Resource<'r>,
        inputs: Option<&'r str>,
        verdicts: &'r mut Verdicts,
    ) -> Self {
        Self { rule, resource, inputs, verdicts }
    }

    /// Takes the verdicts on a setting: `verdict` judges one value, as it would be for an instance that exists.
    /// Whether one does, and what all of them come to, is decided here.
    pub fn judge(&mut self, setting: &Setting, verdict: fn(&Value, Span) -> Verdict, wording: &'static Wording) {
        let (rule, resource) = (self.rule, self.resource);
        let tally = self.verdicts.sites.entry((rule.id, setting.span)).or_insert_with(|| Tally {
            rule,
            site: Site {
                span: setting.span,
                attribute: wording.attribute,
                resource_type: resource.kind().to_owned(),
                resource_name: resource.name().to_owned(),
                address: resource.address(),
            },
            wording,
            expression: setting.expression,
            violating: Vec::new(),
            value: None,
            unknown: None,
        });
        for InstanceValue { address, value } in &setting.values {
            match (verdict(value, setting.expression), resource.instances()) {
                (Verdict::Violation, Instances::Unknown(unknown)) => tally.leave_open(unknown.clone()),
                (Verdict::Violation, Instances::Known(_) | Instances::Many(_)) => {
                    let inputs = self.inputs.map(ToOwned::to_owned);
                    tally.violating.push(Instance { address: address.clone(), inputs });
                    tally.value.get_or_insert_with(|| value.clone());
                }
                (Verdict::Undecided(unknown), _) => tally.leave_open(unknown),
                (Verdict::Compliant, _) => {}
            }
        }
    }
}

impl Tally {
    fn leave_open(&mut self, unknown: Arc<Unknown>) {
        self.unknown.get_or_insert(unknown);
    }

    fn finding(self, value: &Value, sources: &Sources) -> Finding {
        let Self { rule, site, wording, expression, violating, .. } = self;
        let Cause { why, place, hops } = cause::explain(value, &site, wording, sources);
        let what = format!("`{}` {}{}", site.address, wording.effect, with_values(&violating));
        let literal = matches!(sources.text(expression), "true" | "\"true\"" | "\"1\"");
        let edit = Edit { span: expression, replacement: wording.replacement, description: wording.fix };
        Finding {
            rule,
            site,
            message: Message { what, why, place },
            label: wording.label.to_owned(),
            hops,
            instances: violating,
            fix: literal.then_some(edit),
        }
    }

    fn undecided(self, because: Arc<Unknown>) -> Undecided {
        let Self { rule, site, wording, .. } = self;
        let what = format!("Whether `{}` {} could not be decided", site.address, wording.effect);
        let elsewhere = !because.span.is_empty() && !site.span.holds(because.span);
        let message = Message { what, why: because.reason.clone(), place: elsewhere.then_some(because.span) };
        Undecided { rule, site, message, because }
    }
}

/// So many files of values are named in a message.
const MOST_NAMED: usize = 3;

/// The files of values with which instances break a rule, unless they do without any.
fn with_values(violating: &[Instance]) -> String {
    let Some(named) = violating.iter().map(|instance| instance.inputs.as_deref()).collect::<Option<BTreeSet<&str>>>()
    else {
        return String::new();
    };
    let shown: Vec<&str> = named.iter().copied().take(MOST_NAMED).collect();
    let more = named.len() - shown.len();
    let more = if more > 0 { format!(" and {more} more files") } else { String::new() };
    format!(" with the values of {}{more}", shown.join(", "))
}

impl Verdicts {
    /// What all verdicts come to: a site of which an instance breaks the rule is a finding; one of which none is known
    /// to, and one is not known, is undecided.
    #[must_use]
    pub fn finish(self, sources: &Sources) -> (Vec<Finding>, Vec<Undecided>) {
        let (mut findings, mut undecided) = (Vec::new(), Vec::new());
        for mut tally in self.sites.into_values() {
            match (tally.value.take(), tally.unknown.take()) {
                (Some(value), _) => findings.push(tally.finding(&value, sources)),
                (None, Some(unknown)) => undecided.push(tally.undecided(unknown)),
                (None, None) => {}
            }
        }
        (findings, undecided)
    }
}
