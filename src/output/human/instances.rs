//! Which instances of a resource a finding is about.

use crate::output::{entry, text};
use crate::rule::{Finding, Instance};
use crate::source::Span;

/// So many instances of a finding are named.
const MOST_NAMED: usize = 5;

/// The only instance that breaks the rule, if there is one and it has another address than its resource in its module.
fn only(finding: &Finding) -> Option<&Instance> {
    match finding.instances.as_slice() {
        [one] if finding.unlisted == 0 && one.address != finding.site.address => Some(one),
        _ => None,
    }
}

/// What is said of a finding, with the address of the only instance in place of the resource's.
pub(super) fn of_the_only(finding: &Finding, sentence: String) -> String {
    let Some(instance) = only(finding) else { return sentence };
    sentence.replacen(&format!("`{}`", finding.site.address), &format!("`{}`", instance.address), 1)
}

/// Which instances there are, when the headline does not say it, and which could not be decided. `place` writes where a
/// reason stands.
pub(super) fn listed(finding: &Finding, place: impl Fn(Span) -> String) -> Option<String> {
    let parts = [breaking(finding), entry::open(finding, place).map(|open| text::line(&open))];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    (!parts.is_empty()).then(|| parts.join(" "))
}

fn breaking(finding: &Finding) -> Option<String> {
    let is_bare = |instance: &Instance| instance.inputs.is_none() && instance.root.is_none();
    let is_said = |instance: &Instance| instance.address == finding.site.address && is_bare(instance);
    if finding.instances.iter().all(is_said) || only(finding).is_some_and(is_bare) {
        return None;
    }
    let named = |instance: &Instance| text::line(&instance.to_string());
    let shown: Vec<_> = finding.instances.iter().take(MOST_NAMED).map(named).collect();
    let more = finding.instances.len() - shown.len() + finding.unlisted;
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let count = finding.instances.len() + finding.unlisted;
    let subject = if count == 1 { "The instance is" } else { "The instances are" };
    Some(format!("{subject} {}{more}.", shown.join(", ")))
}
