//! What a report says, piece by piece, for the formats that list it.

use std::path::Path;

use super::Input;
use crate::report::{Missing, Report};
use crate::rule::{Finding, Instance, OpenInstance, Rule, Severity, Undecided};
use crate::source::{Level, Notification, Place, Position, Sources, Span, slashed};

/// What a piece of a report is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A finding of a rule.
    Finding(Severity),
    /// Something that could not be decided.
    Undecided,
    /// Something that was not analysed and could hide a finding.
    NotAnalysed,
    /// Something else that is worth knowing.
    Warning,
}

/// A piece of a report.
#[derive(Debug)]
pub(super) struct Entry<'r> {
    pub(super) kind: Kind,
    /// The rule that it is about.
    pub(super) rule: Option<&'static Rule>,
    /// A few words.
    pub(super) title: &'static str,
    /// What is said, as whole sentences in one paragraph. It may hold whatever the scanned code does.
    pub(super) message: String,
    /// The address of the resource or the call that it is about.
    pub(super) subject: Option<String>,
    /// The path of the attribute that it is about.
    pub(super) attribute: &'static str,
    /// The file or directory, relative to the root; none for what stands in no file.
    pub(super) path: Option<&'r Path>,
    /// Where in the file: the start, and the position behind the end.
    pub(super) region: Option<(Position, Position)>,
}

/// What a report says, what matters most first: findings, what was not analysed, what could not be decided, the rest.
pub(super) fn entries<'r>(input: &Input<'r>) -> Vec<Entry<'r>> {
    let Input { report, sources, .. } = *input;
    let of_level = |level: Level| report.notifications.iter().filter(move |notification| notification.level == level);
    let findings = report.findings.iter().map(|finding| of_finding(finding, sources));
    let errors = of_level(Level::Error).map(|error| of_notification(error, Kind::NotAnalysed, sources));
    let undecided = report.undecided.iter().map(|undecided| of_undecided(undecided, sources));
    let missing = report.missing_modules().into_iter().filter_map(|calls| of_missing(&calls, sources));
    let warnings = of_level(Level::Warning).map(|warning| of_notification(warning, Kind::Warning, sources));
    findings.chain(errors).chain(undecided).chain(missing).chain(warnings).collect()
}

fn of_finding<'r>(finding: &'r Finding, sources: &'r Sources) -> Entry<'r> {
    let (path, region) = place(finding.site.span, sources);
    Entry {
        kind: Kind::Finding(finding.rule.severity),
        rule: Some(finding.rule),
        title: finding.rule.name,
        message: with_open(finding, finding.message.sentence(|span| line(span, sources)), |span| line(span, sources)),
        subject: Some(finding.site.address.clone()),
        attribute: finding.site.attribute,
        path,
        region,
    }
}

/// So many instances that are undecided are named in a sentence.
const MOST_OPEN: usize = 3;

/// What is said of a finding, and of the instances that could not be decided, if there are any. `place` writes where the
/// reason stands.
pub(super) fn with_open(finding: &Finding, sentence: String, place: impl Fn(Span) -> String) -> String {
    match open(finding, place) {
        Some(open) => format!("{sentence} {open}"),
        None => sentence,
    }
}

/// What is said of the instances that could not be decided; nothing when all could.
pub(super) fn open(finding: &Finding, place: impl Fn(Span) -> String) -> Option<String> {
    let OpenInstance { because, .. } = finding.open.first()?;
    let mut named: Vec<String> = finding.open.iter().take(MOST_OPEN).map(|open| quoted(&open.instance)).collect();
    let more = finding.open.len() - named.len() + finding.open_unlisted;
    if more > 0 {
        named.push(format!("{more} more"));
    }
    let does = if named.len() == 1 { "does" } else { "do" };
    let last = named.pop()?;
    let named = if named.is_empty() { last } else { format!("{} and {last}", named.join(", ")) };
    let is_elsewhere = !because.span.is_empty() && !finding.site.span.holds(because.span);
    let at = if is_elsewhere { format!(" ({})", place(because.span)) } else { String::new() };
    let is_same = |open: &OpenInstance| open.because.reason == because.reason;
    let further = if finding.open.iter().all(is_same) { "" } else { ", and for further reasons" };
    Some(format!("Whether {named} {does}, too, could not be decided because {}{at}{further}.", because.reason))
}

/// An instance in a sentence: the address as code, and what tells it from another one.
fn quoted(instance: &Instance) -> String {
    let whole = instance.to_string();
    format!("`{}`{}", instance.address, &whole[instance.address.len()..])
}

fn of_undecided<'r>(undecided: &'r Undecided, sources: &'r Sources) -> Entry<'r> {
    let (path, region) = place(undecided.site.span, sources);
    Entry {
        kind: Kind::Undecided,
        rule: Some(undecided.rule),
        title: "Undecided",
        message: with_remedy(undecided, sources),
        subject: Some(undecided.site.address.clone()),
        attribute: undecided.site.attribute,
        path,
        region,
    }
}

/// A module that is not there, where it is called first. A repository may call one a thousand times.
fn of_missing<'r>(calls: &[&'r Missing], sources: &'r Sources) -> Option<Entry<'r>> {
    let [first, others @ ..] = calls else { return None };
    let (path, region) = place(first.span, sources);
    let more = match others.len() {
        0 => String::new(),
        1 => " The same holds for 1 more call of it.".to_owned(),
        count => format!(" The same holds for {count} more calls of it."),
    };
    Some(Entry {
        kind: Kind::Undecided,
        rule: None,
        title: "Undecided",
        message: format!("{}{more}", first.message()),
        subject: Some(format!("module.{}", first.name)),
        attribute: "",
        path,
        region,
    })
}

fn of_notification<'r>(notification: &'r Notification, kind: Kind, sources: &'r Sources) -> Entry<'r> {
    let (path, region) = match &notification.place {
        Place::Span(span) => place(*span, sources),
        Place::Path(path) => (Some(path.as_path()), None),
    };
    Entry {
        kind,
        rule: None,
        title: if kind == Kind::NotAnalysed { "Not analysed" } else { "Warning" },
        message: notification.message.clone(),
        subject: None,
        attribute: "",
        path,
        region,
    }
}

/// What could not be decided and why, and what would help.
pub(super) fn with_remedy(undecided: &Undecided, sources: &Sources) -> String {
    let sentence = undecided.message.sentence(|span| line(span, sources));
    let remedy = &undecided.because.remedy;
    if remedy.is_empty() { sentence } else { format!("{sentence} {remedy}") }
}

/// `path:line` of the start of a span; the option, for what is given on the command line.
pub(super) fn line(span: Span, sources: &Sources) -> String {
    let file = &sources[span.file];
    let path = slashed(file.path());
    if file.is_argument() { path } else { format!("{path}:{}", sources.start(span).line) }
}

fn place(span: Span, sources: &Sources) -> (Option<&Path>, Option<(Position, Position)>) {
    let file = &sources[span.file];
    if file.is_argument() {
        return (None, None);
    }
    (Some(file.path()), Some((sources.start(span), sources.end(span))))
}

/// Whether a line is what [`summary`] makes.
pub(super) fn is_summary(line: &str) -> bool {
    let words = line.strip_prefix("podgate: ").unwrap_or(line);
    words.starts_with(|c: char| c.is_ascii_digit()) && words.contains(" searched, ") && words.contains(" evaluated, ")
}

/// What a scan came to, in a few words.
pub(super) fn summary(report: &Report, with_inactive: bool) -> String {
    let counted = |count: usize, one: &str, many: &str| format!("{count} {}", if count == 1 { one } else { many });
    let mut parts = vec![
        format!("{} searched", counted(report.counts.files, "file", "files")),
        format!("{} evaluated", counted(report.counts.resources, "policy", "policies")),
    ];
    if with_inactive {
        parts.push(format!("{} inactive", report.inactive.len()));
    }
    parts.push(counted(report.findings.len(), "finding", "findings"));
    let missing = match report.missing.len() {
        0 => String::new(),
        1 => " (1 of them a module call)".to_owned(),
        count => format!(" ({count} of them module calls)"),
    };
    parts.push(format!("{} undecided{missing}", report.counts.undecided));
    let errors = report.errors();
    if errors > 0 {
        parts.push(format!("{} not analysed", counted(errors, "place", "places")));
    }
    if let Some(passed_over) = report.counts.passed_over.filter(|count| *count > 0) {
        parts.push(format!("{} skipped", counted(passed_over, "file", "files")));
    }
    parts.join(", ")
}
