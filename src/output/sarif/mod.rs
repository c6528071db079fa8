//! SARIF 2.1.0, as GitHub code scanning, GitLab, Jenkins and Azure DevOps read it.
//!
//! The standard: <https://docs.oasis-open.org/sarif/sarif/v2.1.0/>. What GitHub takes of it:
//! <https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning>.

mod limits;
mod result;
mod tool;

pub(super) use tool::DATADOG as DATADOG_DRIVER;

use std::collections::HashMap;
use std::io::{self, Write};
use std::path::Path;

use serde_json::json;
use serde_sarif::sarif::{
    ArtifactLocation, Invocation, Location, Notification as SarifNotification, PhysicalLocation,
    ReportingDescriptorReference, Run, RunAutomationDetails, Sarif, Tool,
};

use limits::{Limits, Share};
use result::{Results, message};

use super::{Input, entry, text};
use crate::report::Missing;
use crate::rule::Undecided;
use crate::source::{Level, Notification, Place};

/// The schema's address; code scanning refuses some of the others that are in use.
const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// Whose SARIF it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect<'r> {
    /// That of the standard, as code scanning reads it.
    Standard {
        /// What tells this analysis from others of the same commit. Without it, who uploads the report may say so.
        category: Option<&'r str>,
    },
    /// That of Datadog's ingestion.
    Datadog,
}

/// Writes the report as one run, also when there is nothing to report: an upload without results is what closes the
/// alerts of a mended finding. What is more than code scanning takes is left out, and said.
pub(super) fn write(input: &Input<'_>, dialect: Dialect<'_>, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(&within(input, dialect, Limits::of(dialect))?)
}

/// The report, as much of it as the limits allow.
fn within(input: &Input<'_>, dialect: Dialect<'_>, limits: Limits) -> io::Result<Vec<u8>> {
    let mut share = Share { results: limits.results, notifications: usize::MAX };
    loop {
        let (document, written) = Writer::new(input, dialect).document(share);
        let mut report = serde_json::to_vec_pretty(&document)?;
        report.push(b'\n');
        let size = limits::upload_size(&report, limits);
        if size <= limits.bytes || written.is_empty() {
            return Ok(report);
        }
        share = written.shrunk(size, limits);
    }
}

struct Writer<'r> {
    results: Results<'r>,
}

impl<'r> Writer<'r> {
    fn new(input: &Input<'r>, dialect: Dialect<'r>) -> Self {
        let Input { report, sources, .. } = *input;
        Self { results: Results { sources, report, dialect, line_hashes: HashMap::new() } }
    }

    /// The document, and how much of the report is in it.
    fn document(mut self, share: Share) -> (Sarif, Share) {
        let (report, dialect) = (self.results.report, self.results.dialect);
        let findings = limits::most_severe(&report.findings, share.results, |finding| finding.rule.severity);
        let results: Vec<_> = findings.into_iter().map(|finding| self.results.result(finding)).collect();
        let mut notifications = self.notifications();
        let unsaid = notifications.len().saturating_sub(share.notifications);
        notifications.truncate(share.notifications);
        let written = Share { results: results.len(), notifications: notifications.len() };
        notifications.extend(left_out(report.findings.len() - results.len(), "finding"));
        notifications.extend(left_out(unsaid, "notification"));
        // GitHub takes nothing of a run that was not successful, so that one with results is: what was not analysed is in
        // its notifications. An incomplete run without results is not, or it would close what it has not looked at.
        let is_successful = !report.is_incomplete() || !results.is_empty();
        let invocation = Invocation::builder()
            .execution_successful(is_successful)
            .tool_execution_notifications(notifications)
            .build();
        let category = if let Dialect::Standard { category } = dialect { category } else { None };
        // The part behind the last slash is the name of a run, which has none.
        let details = category.map(|category| {
            let id = format!("{}/", category.trim_end_matches('/'));
            RunAutomationDetails::builder().id(id).build()
        });
        let run = Run::builder()
            .tool(Tool::builder().driver(tool::driver(report, dialect)).build())
            .opt_automation_details(details)
            .invocations(vec![invocation])
            .column_kind(json!("utf16CodeUnits"))
            .results(results)
            .build();
        (Sarif::builder().schema(SCHEMA).version(json!("2.1.0")).runs(vec![run]).build(), written)
    }

    /// What was not analysed, what could not be decided, and what else there is to say; errors first.
    fn notifications(&self) -> Vec<SarifNotification> {
        let report = self.results.report;
        let (errors, others): (Vec<_>, Vec<_>) =
            report.notifications.iter().partition(|notification| notification.level == Level::Error);
        let errors = errors.into_iter().map(|error| self.notification(error));
        let undecided = report.undecided.iter().map(|undecided| self.undecided(undecided));
        let missing = report.missing.iter().map(|missing| self.missing(missing));
        let others = others.into_iter().map(|other| self.notification(other));
        errors.chain(undecided).chain(missing).chain(others).collect()
    }

    fn undecided(&self, undecided: &Undecided) -> SarifNotification {
        let rule = ReportingDescriptorReference::builder()
            .id(undecided.rule.id)
            .index(self.results.rule_index(undecided.rule))
            .build();
        let span = undecided.because.span;
        let because = Location::builder().physical_location(self.results.discreet(span)).build();
        let because = self.results.has_uri(span).then_some(because);
        let text = entry::with_remedy(undecided, self.results.sources);
        SarifNotification::builder()
            .level(json!("note"))
            .message(message(&text))
            .locations([self.results.site(&undecided.site)].into_iter().chain(because).collect::<Vec<_>>())
            .associated_rule(rule)
            .build()
    }

    fn missing(&self, missing: &Missing) -> SarifNotification {
        let location = Location::builder().physical_location(self.results.physical(missing.span)).build();
        SarifNotification::builder()
            .level(json!("note"))
            .message(message(&missing.message()))
            .locations(vec![location])
            .build()
    }

    fn notification(&self, notification: &Notification) -> SarifNotification {
        let physical = match &notification.place {
            Place::Span(span) if !self.results.has_uri(*span) => None,
            Place::Span(span) => Some(self.results.discreet(*span)),
            // Neither the root itself nor what is outside of it has an address that code hosts take.
            Place::Path(path) if path == Path::new(".") || path.is_absolute() => None,
            Place::Path(path) => {
                let artifact = ArtifactLocation::builder().uri(text::uri(path)).build();
                Some(PhysicalLocation::builder().artifact_location(artifact).build())
            }
        };
        let location = |physical| vec![Location::builder().physical_location(physical).build()];
        SarifNotification::builder()
            .level(json!(notification.level.name()))
            .message(message(&notification.message))
            .opt_locations(physical.map(location))
            .build()
    }
}

/// What to say of so many that are left out.
fn left_out(count: usize, of_what: &str) -> Option<SarifNotification> {
    let what = if count == 1 { format!("1 {of_what} is") } else { format!("{count} {of_what}s are") };
    let text =
        format!("{what} left out, because code scanning accepts no more. podgate's other formats contain everything.");
    (count > 0).then(|| SarifNotification::builder().level(json!("warning")).message(message(&text)).build())
}
