//! GitLab's Code Quality report: an array of issues, empty when there are none
//! (<https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format>).

use std::collections::HashMap;
use std::io::{self, Write};

use serde::Serialize;

use super::entry::{Entry, Kind, entries};
use super::{Input, text};
use crate::fingerprint;
use crate::rule::Severity;
use crate::source::slashed;

/// An issue, with the fields that GitLab wants, and those that other readers of Code Climate's format want, Jenkins
/// among them (<https://github.com/codeclimate/platform/blob/master/spec/analyzers/SPEC.md#issues>).
#[derive(Serialize)]
struct Issue {
    #[serde(rename = "type")]
    kind: &'static str,
    categories: [&'static str; 1],
    description: String,
    check_name: String,
    fingerprint: String,
    severity: &'static str,
    location: Location,
}

#[derive(Serialize)]
struct Location {
    path: String,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: u32,
    end: u32,
}

/// Writes the issues. What could not be decided or analysed is one, too: the report has no other place for it.
pub(super) fn write(input: &Input<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut seen: HashMap<String, u32> = HashMap::new();
    let issues: Vec<Issue> =
        entries(input).iter().map(|entry| issue(entry, input.style.undecided_fails, &mut seen)).collect();
    serde_json::to_writer_pretty(&mut *out, &issues)?;
    out.write_all(b"\n")
}

/// GitLab shows one issue of a fingerprint, so that those that would be alike (`seen`) are numbered.
fn issue(entry: &Entry<'_>, undecided_fails: bool, seen: &mut HashMap<String, u32>) -> Issue {
    let check_name = match (entry.kind, entry.rule) {
        (Kind::Finding(_), Some(rule)) => rule.id,
        (Kind::Finding(_), None) => "podgate-finding",
        (Kind::Undecided, _) => "podgate-undecided",
        (Kind::NotAnalysed, _) => "podgate-not-analysed",
        (Kind::Warning, _) => "podgate-warning",
    };
    let subject = entry.subject.as_deref().unwrap_or(&entry.message);
    let uri = entry.path.map(text::uri).unwrap_or_default();
    let mut fingerprint = fingerprint::stable(check_name, &uri, subject, entry.attribute);
    let count = seen.entry(fingerprint.clone()).and_modify(|count| *count += 1).or_insert(1);
    if *count > 1 {
        fingerprint = fingerprint::stable(check_name, &uri, subject, &format!("{}#{count}", entry.attribute));
    }
    let path = entry.path.map_or_else(|| ".".to_owned(), slashed);
    let (begin, end) = entry.region.map_or((1, 1), |(start, end)| (start.line, end.line));
    Issue {
        kind: "issue",
        categories: ["Security"],
        // The check's name is not shown, so that the description says it.
        description: text::line(&format!("{}: {}", entry.title, entry.message)),
        check_name: check_name.to_owned(),
        fingerprint,
        severity: if undecided_fails && entry.kind == Kind::Undecided { "major" } else { severity(entry.kind) },
        location: Location { path, lines: Lines { begin, end } },
    }
}

fn severity(kind: Kind) -> &'static str {
    match kind {
        Kind::Finding(Severity::Critical) => "blocker",
        Kind::Finding(Severity::High) => "critical",
        Kind::Finding(Severity::Medium) | Kind::NotAnalysed => "major",
        Kind::Finding(Severity::Low) => "minor",
        Kind::Undecided | Kind::Warning => "info",
    }
}
