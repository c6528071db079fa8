//! podgate's own JSON: everything that a report holds. Its shape is a contract, `docs/report.schema.json`; what is only
//! added does not change `version`.

use std::io::{self, Write};
use std::path::Path;

use serde::Serialize;

use super::{Input, entry, region, text};
use crate::fingerprint;
use crate::report::Report;
use crate::rule::{Edit, Finding, Hop, Instance, OpenInstance, Rule, Site, Undecided, Way};
use crate::source::{Notification, Place, Sources, Span, slashed};
use crate::terraform::Unknown;

/// The version of the shape. It rises when something is taken away or means something else.
const VERSION: u32 = 1;

#[derive(Serialize)]
struct Document<'r> {
    version: u32,
    tool: Tool,
    summary: Summary,
    rules: Vec<RuleData>,
    findings: Vec<FindingData<'r>>,
    undecided: Vec<UndecidedData<'r>>,
    missing_modules: Vec<MissingData<'r>>,
    inactive: Vec<InactiveData<'r>>,
    notifications: Vec<NotificationData<'r>>,
}

#[derive(Serialize)]
struct Tool {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
struct Summary {
    files: usize,
    policies: usize,
    inactive: usize,
    findings: usize,
    undecided: usize,
    not_analysed: usize,
    /// Whether everything was analysed.
    complete: bool,
}

#[derive(Serialize)]
struct RuleData {
    id: &'static str,
    aliases: &'static [&'static str],
    name: &'static str,
    severity: &'static str,
    category: &'static str,
    cwe: u32,
    documentation: &'static str,
}

#[derive(Serialize)]
struct Location {
    path: String,
    uri: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    start: Option<Position>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end: Option<Position>,
    #[serde(skip_serializing_if = "Option::is_none")]
    snippet: Option<String>,
}

#[derive(Serialize)]
struct Position {
    line: u32,
    column: u32,
}

#[derive(Serialize)]
struct Resource<'r> {
    r#type: &'r str,
    name: &'r str,
    address: &'r str,
}

#[derive(Serialize)]
struct FindingData<'r> {
    rule: &'static str,
    severity: &'static str,
    message: String,
    location: Location,
    resource: Resource<'r>,
    attribute: &'static str,
    instances: Vec<InstanceData<'r>>,
    instances_left_out: usize,
    undecided_instances: Vec<OpenData<'r>>,
    undecided_instances_left_out: usize,
    way: Vec<HopData<'r>>,
    other_ways: Vec<WayData<'r>>,
    fingerprint: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    fix: Option<Fix>,
}

#[derive(Serialize)]
struct InstanceData<'r> {
    address: &'r str,
    #[serde(skip_serializing_if = "Option::is_none")]
    root: Option<&'r str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    values: Option<&'r str>,
}

#[derive(Serialize)]
struct OpenData<'r> {
    #[serde(flatten)]
    instance: InstanceData<'r>,
    #[serde(flatten)]
    reason: ReasonData<'r>,
}

#[derive(Serialize)]
struct ReasonData<'r> {
    reason: &'r str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason_location: Option<Location>,
    #[serde(skip_serializing_if = "str::is_empty")]
    remedy: &'r str,
}

#[derive(Serialize)]
struct WayData<'r> {
    reason: &'r str,
    way: Vec<HopData<'r>>,
}

#[derive(Serialize)]
struct HopData<'r> {
    label: &'r str,
    #[serde(skip_serializing_if = "Option::is_none")]
    location: Option<Location>,
    sensitive: bool,
}

#[derive(Serialize)]
struct Fix {
    description: &'static str,
    location: Location,
    replacement: &'static str,
}

#[derive(Serialize)]
struct UndecidedData<'r> {
    rule: &'static str,
    message: String,
    location: Location,
    resource: Resource<'r>,
    attribute: &'static str,
    #[serde(flatten)]
    reason: ReasonData<'r>,
}

#[derive(Serialize)]
struct MissingData<'r> {
    call: &'r str,
    message: String,
    location: Location,
}

#[derive(Serialize)]
struct InactiveData<'r> {
    address: &'r str,
    location: Location,
}

#[derive(Serialize)]
struct NotificationData<'r> {
    level: &'static str,
    message: &'r str,
    #[serde(skip_serializing_if = "Option::is_none")]
    location: Option<Location>,
}

/// Writes the report.
pub(super) fn write(input: &Input<'_>, out: &mut dyn Write) -> io::Result<()> {
    let shapes = Shapes { sources: input.sources };
    serde_json::to_writer_pretty(&mut *out, &shapes.document(input.report))?;
    out.write_all(b"\n")
}

/// Gives what a report holds its shape.
struct Shapes<'r> {
    sources: &'r Sources,
}

impl<'r> Shapes<'r> {
    fn document(&self, report: &'r Report) -> Document<'r> {
        let missing = report.missing.iter().map(|missing| MissingData {
            call: &missing.name,
            message: missing.message(),
            location: self.location(missing.span, true),
        });
        let inactive = report
            .inactive
            .iter()
            .map(|inactive| InactiveData { address: &inactive.address, location: self.location(inactive.span, false) });
        Document {
            version: VERSION,
            tool: Tool { name: env!("CARGO_PKG_NAME"), version: env!("CARGO_PKG_VERSION") },
            summary: summary(report),
            rules: report.rules.iter().map(|rule| described(rule)).collect(),
            findings: report.findings.iter().map(|finding| self.finding(finding)).collect(),
            undecided: report.undecided.iter().map(|undecided| self.undecided(undecided)).collect(),
            missing_modules: missing.collect(),
            inactive: inactive.collect(),
            notifications: report.notifications.iter().map(|notification| self.notification(notification)).collect(),
        }
    }

    fn finding(&self, finding: &'r Finding) -> FindingData<'r> {
        let Site { span, attribute, address, .. } = &finding.site;
        let uri = text::uri(self.sources[span.file].path());
        FindingData {
            rule: finding.rule.id,
            severity: finding.rule.severity.name(),
            message: finding.message.sentence(|span| entry::line(span, self.sources)),
            location: self.location(*span, true),
            resource: resource(&finding.site),
            attribute,
            instances: finding.instances.iter().map(instance).collect(),
            instances_left_out: finding.unlisted,
            undecided_instances: finding.open.iter().map(|open| self.open(open)).collect(),
            undecided_instances_left_out: finding.open_unlisted,
            way: finding.ways.iter().take(1).flat_map(|way| self.way(way)).collect(),
            other_ways: finding.ways.iter().skip(1).map(|way| self.other_way(way)).collect(),
            fingerprint: fingerprint::stable(finding.rule.id, &uri, address, attribute),
            fix: finding.fix.as_ref().map(|edit| self.fix(edit)),
        }
    }

    fn open(&self, open: &'r OpenInstance) -> OpenData<'r> {
        OpenData { instance: instance(&open.instance), reason: self.reason(&open.because) }
    }

    /// Why something is not known, and what would help.
    fn reason(&self, unknown: &'r Unknown) -> ReasonData<'r> {
        let file = &self.sources[unknown.span.file];
        let location = (!file.is_argument()).then(|| self.location(unknown.span, !file.is_private()));
        ReasonData { reason: &unknown.reason, reason_location: location, remedy: &unknown.remedy }
    }

    fn way(&self, way: &'r Way) -> Vec<HopData<'r>> {
        way.hops.iter().map(|hop| self.hop(hop)).collect()
    }

    fn other_way(&self, way: &'r Way) -> WayData<'r> {
        WayData { reason: &way.because.why, way: self.way(way) }
    }

    fn hop(&self, hop: &'r Hop) -> HopData<'r> {
        let quoted = if hop.sensitive { None } else { region::quoted(self.sources, hop.span).map(Into::into) };
        let location = (!self.sources[hop.span.file].is_argument())
            .then(|| Location { snippet: quoted, ..self.location(hop.span, false) });
        HopData { label: &hop.label, location, sensitive: hop.sensitive }
    }

    fn fix(&self, edit: &Edit) -> Fix {
        Fix { description: edit.description, location: self.location(edit.span, true), replacement: edit.replacement }
    }

    fn undecided(&self, undecided: &'r Undecided) -> UndecidedData<'r> {
        UndecidedData {
            rule: undecided.rule.id,
            message: undecided.message.sentence(|span| entry::line(span, self.sources)),
            location: self.location(undecided.site.span, true),
            resource: resource(&undecided.site),
            attribute: undecided.site.attribute,
            reason: self.reason(&undecided.because),
        }
    }

    fn notification(&self, notification: &'r Notification) -> NotificationData<'r> {
        let location = match &notification.place {
            Place::Span(span) if self.sources[span.file].is_argument() => None,
            Place::Span(span) => Some(self.location(*span, false)),
            Place::Path(path) => Some(location(path)),
        };
        let level = notification.level.name();
        NotificationData { level, message: &notification.message, location }
    }

    /// A place, and what stands there, if that may be shown.
    fn location(&self, span: Span, with_snippet: bool) -> Location {
        let (start, end) = (self.sources.start(span), self.sources.end(span));
        let snippet = if with_snippet { region::snippet(self.sources, span) } else { None };
        Location {
            start: Some(Position { line: start.line, column: start.column }),
            end: Some(Position { line: end.line, column: end.column }),
            snippet: snippet.map(Into::into),
            ..location(self.sources[span.file].path())
        }
    }
}

fn location(path: &Path) -> Location {
    Location { path: slashed(path), uri: text::uri(path), start: None, end: None, snippet: None }
}

fn summary(report: &Report) -> Summary {
    Summary {
        files: report.counts.files,
        policies: report.counts.resources,
        inactive: report.inactive.len(),
        findings: report.findings.len(),
        undecided: report.counts.undecided,
        not_analysed: report.errors(),
        complete: !report.is_incomplete(),
    }
}

fn described(rule: &Rule) -> RuleData {
    RuleData {
        id: rule.id,
        aliases: rule.aliases,
        name: rule.name,
        severity: rule.severity.name(),
        category: rule.category,
        cwe: rule.cwe,
        documentation: rule.documentation,
    }
}

fn resource(site: &Site) -> Resource<'_> {
    Resource { r#type: &site.resource_type, name: &site.resource_name, address: &site.address }
}

fn instance(instance: &Instance) -> InstanceData<'_> {
    InstanceData { address: &instance.address, root: instance.root.as_deref(), values: instance.inputs.as_deref() }
}
