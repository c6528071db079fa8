//! SARIF 2.1.0, as GitHub code scanning, GitLab, Jenkins and Azure DevOps read it.
//!
//! The standard: <https://docs.oasis-open.org/sarif/sarif/v2.1.0/>. What GitHub takes of it:
//! <https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning>.

use std::collections::{BTreeMap, HashMap};
use std::io::{self, Write};
use std::path::Path;

use serde_json::json;
use serde_sarif::sarif::{
    ArtifactChange, ArtifactContent, ArtifactLocation, CodeFlow, Fix, Invocation, Location, LogicalLocation, Message,
    MultiformatMessageString, Notification as SarifNotification, PhysicalLocation, PropertyBag, Region, Replacement,
    ReportingConfiguration, ReportingDescriptor, ReportingDescriptorReference, Result as SarifResult, ResultLevel, Run,
    Sarif, ThreadFlow, ThreadFlowLocation, Tool, ToolComponent,
};

use super::{Input, region, text};
use crate::fingerprint;
use crate::report::{Missing, Report};
use crate::rule::{Edit, Finding, Hop, Message as RuleMessage, Rule, Severity, Site, Undecided};
use crate::source::{FileId, Level, Notification, Place, Sources, Span};

/// The schema's address; code scanning refuses some of the others that are in use.
const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// Where to read about the tool.
const INFORMATION: &str = env!("CARGO_PKG_REPOSITORY");

/// Writes the report as one run, also when there is nothing to report: an upload without results is what closes the
/// alerts of a mended finding.
pub(super) fn write(input: Input<'_>, out: &mut dyn Write) -> io::Result<()> {
    let writer = Writer { sources: input.sources, report: input.report, line_hashes: HashMap::new() };
    serde_json::to_writer_pretty(&mut *out, &writer.document())?;
    out.write_all(b"\n")
}

struct Writer<'r> {
    sources: &'r Sources,
    report: &'r Report,
    /// The line hashes of the files that have findings. Only looked up, never listed.
    line_hashes: HashMap<FileId, Vec<String>>,
}

impl Writer<'_> {
    fn document(mut self) -> Sarif {
        let report = self.report;
        let results: Vec<SarifResult> = report.findings.iter().map(|finding| self.result(finding)).collect();
        let run = Run::builder()
            .tool(Tool::builder().driver(driver(report)).build())
            .invocations(vec![self.invocation()])
            .column_kind(json!("utf16CodeUnits"))
            .results(results)
            .build();
        Sarif::builder().schema(SCHEMA).version(json!("2.1.0")).runs(vec![run]).build()
    }

    fn invocation(&self) -> Invocation {
        let undecided = self.report.undecided.iter().map(|undecided| self.undecided(undecided));
        let missing = self.report.missing.iter().map(|missing| self.missing(missing));
        let notifications = self.report.notifications.iter().map(|notification| self.notification(notification));
        Invocation::builder()
            .execution_successful(!self.report.is_incomplete())
            .tool_execution_notifications(notifications.chain(undecided).chain(missing).collect::<Vec<_>>())
            .build()
    }

    fn result(&mut self, finding: &Finding) -> SarifResult {
        // What is given on the command line stands in no file, so that nothing can link there.
        let hops: Vec<&Hop> = finding.hops.iter().filter(|hop| !self.sources[hop.span.file].is_argument()).collect();
        SarifResult::builder()
            .rule_id(finding.rule.id)
            .rule_index(self.rule_index(finding.rule))
            .level(level(finding.rule.severity))
            .message(self.linked(finding, &hops))
            .locations(vec![self.site(&finding.site)])
            .opt_related_locations((!hops.is_empty()).then(|| self.related(&hops)))
            .opt_code_flows((!hops.is_empty()).then(|| vec![self.code_flow(finding, &hops)]))
            .partial_fingerprints(self.fingerprints(finding))
            .opt_fixes(finding.fix.as_ref().map(|edit| vec![self.fix(edit)]))
            .properties(instances(finding))
            .build()
    }

    /// The message of a finding: the cause links to the related location where it stands, and so do the places on the
    /// way. Consumers show no related location that nothing links to.
    fn linked(&self, finding: &Finding, hops: &[&Hop]) -> Message {
        let RuleMessage { what, why, place } = &finding.message;
        let linked = place.and_then(|place| hops.iter().position(|hop| hop.span == place));
        if hops.is_empty() {
            return message(&finding.message.sentence(|span| self.line(span)));
        }
        let link = |text: &str, index: usize| format!("[{}]({})", bracketed(text), index + 1);
        let why = linked.map_or(bracketed(why), |index| link(why, index));
        let place = place.map_or(String::new(), |place| format!(" ({})", bracketed(&self.line(place))));
        let way = hops.iter().enumerate().filter(|(index, _)| Some(*index) != linked);
        let way: Vec<String> = way.map(|(index, hop)| link(&self.line(hop.span), index)).collect();
        let way = if way.is_empty() { String::new() } else { format!(" It comes by way of {}.", way.join(", ")) };
        Message::builder().text(format!("{} because {why}{place}.{way}", bracketed(what))).build()
    }

    fn related(&self, hops: &[&Hop]) -> Vec<Location> {
        let numbered = (1i64..).zip(hops);
        numbered.map(|(id, hop)| Location { id: Some(id), ..self.hop(hop) }).collect()
    }

    /// The way of a finding's value, from where it is written to the site.
    fn code_flow(&self, finding: &Finding, hops: &[&Hop]) -> CodeFlow {
        let site = Location { message: Some(message(&finding.label)), ..self.site(&finding.site) };
        let locations = hops.iter().rev().map(|hop| self.hop(hop)).chain([site]);
        let locations = locations.map(|location| ThreadFlowLocation::builder().location(location).build());
        let flow = ThreadFlow::builder().locations(locations.collect::<Vec<_>>()).build();
        CodeFlow::builder().thread_flows(vec![flow]).build()
    }

    /// A place on the way; without its text when that must not be shown.
    fn hop(&self, hop: &Hop) -> Location {
        let mut physical = self.physical(hop.span);
        // What stands around a value may be another one that nobody should see.
        physical.context_region = None;
        if hop.sensitive {
            physical.region = Some(self.region(hop.span));
        }
        Location::builder().physical_location(physical).message(message(&hop.label)).build()
    }

    /// `path:line` of the start of a span; the option, for what is given on the command line.
    fn line(&self, span: Span) -> String {
        let file = &self.sources[span.file];
        let path = file.path().to_string_lossy();
        if file.is_argument() { path.into_owned() } else { format!("{path}:{}", self.sources.start(span).line) }
    }

    fn rule_index(&self, rule: &Rule) -> i64 {
        let index = self.report.rules.iter().position(|enabled| *enabled == rule);
        let index = index.expect("only enabled rules report");
        i64::try_from(index).expect("there are few rules")
    }

    fn site(&self, site: &Site) -> Location {
        let logical = LogicalLocation::builder()
            .name(&site.resource_name)
            .fully_qualified_name(&site.address)
            .kind("resource")
            .build();
        Location::builder().physical_location(self.physical(site.span)).logical_locations(vec![logical]).build()
    }

    fn physical(&self, span: Span) -> PhysicalLocation {
        let mut region = self.region(span);
        region.snippet = region::snippet(self.sources, span).map(content);
        // A context must hold more than the region itself, or it is no context (Multitool's rule SARIF1008).
        let context = region::context(self.sources, span).filter(|context| context.text.len() > span.len());
        let context = context.map(|context| {
            let builder = Region::builder().start_line(i64::from(context.first)).end_line(i64::from(context.last));
            builder.snippet(content(context.text)).build()
        });
        PhysicalLocation::builder()
            .artifact_location(self.artifact(span.file))
            .region(region)
            .opt_context_region(context)
            .build()
    }

    /// A place of which only in a file that is not private the text is shown.
    fn discreet(&self, span: Span) -> PhysicalLocation {
        if !self.sources[span.file].is_private() {
            return self.physical(span);
        }
        PhysicalLocation::builder().artifact_location(self.artifact(span.file)).region(self.region(span)).build()
    }

    fn region(&self, span: Span) -> Region {
        let (start, end) = (self.sources.start(span), self.sources.end(span));
        Region::builder()
            .start_line(i64::from(start.line))
            .start_column(i64::from(start.column))
            .end_line(i64::from(end.line))
            .end_column(i64::from(end.column))
            .build()
    }

    fn artifact(&self, file: FileId) -> ArtifactLocation {
        ArtifactLocation::builder().uri(text::uri(self.sources[file].path())).build()
    }

    fn fingerprints(&mut self, finding: &Finding) -> BTreeMap<String, String> {
        let Site { span, attribute, address, .. } = &finding.site;
        let file = &self.sources[span.file];
        let hashes = self.line_hashes.entry(span.file).or_insert_with(|| fingerprint::line_hashes(file.decoded()));
        // GitHub's action counts a lone CR as a line end and HCL does not: a file that has one may be short of hashes.
        let line = hashes.get(self.sources.start(*span).line as usize - 1).cloned();
        let stable = fingerprint::stable(finding.rule.id, &text::uri(file.path()), address, attribute);
        let line = line.map(|hash| ("primaryLocationLineHash".to_owned(), hash));
        line.into_iter().chain([("podgate/v1".to_owned(), stable)]).collect()
    }

    fn fix(&self, edit: &Edit) -> Fix {
        let inserted = ArtifactContent::builder().text(edit.replacement).build();
        let replacement =
            Replacement::builder().deleted_region(self.region(edit.span)).inserted_content(inserted).build();
        let change = ArtifactChange::builder()
            .artifact_location(self.artifact(edit.span.file))
            .replacements(vec![replacement])
            .build();
        let description = Message::builder().text(edit.description).build();
        Fix::builder().description(description).artifact_changes(vec![change]).build()
    }

    fn undecided(&self, undecided: &Undecided) -> SarifNotification {
        let rule = ReportingDescriptorReference::builder()
            .id(undecided.rule.id)
            .index(self.rule_index(undecided.rule))
            .build();
        let span = undecided.because.span;
        let because = Location::builder().physical_location(self.discreet(span)).build();
        let because = (!self.sources[span.file].is_argument()).then_some(because);
        let text = undecided.message.sentence(|span| self.line(span));
        let remedy = &undecided.because.remedy;
        let text = if remedy.is_empty() { text } else { format!("{text} {remedy}") };
        SarifNotification::builder()
            .level(json!("note"))
            .message(message(&text))
            .locations([self.site(&undecided.site)].into_iter().chain(because).collect::<Vec<_>>())
            .associated_rule(rule)
            .build()
    }

    fn missing(&self, missing: &Missing) -> SarifNotification {
        let location = Location::builder().physical_location(self.physical(missing.span)).build();
        SarifNotification::builder()
            .level(json!("note"))
            .message(message(&missing.message()))
            .locations(vec![location])
            .build()
    }

    fn notification(&self, notification: &Notification) -> SarifNotification {
        let physical = match &notification.place {
            Place::Span(span) if self.sources[span.file].is_argument() => None,
            Place::Span(span) => Some(self.discreet(*span)),
            // The root itself has no URI that code hosts take.
            Place::Path(path) if path == Path::new(".") => None,
            Place::Path(path) => {
                let artifact = ArtifactLocation::builder().uri(text::uri(path)).build();
                Some(PhysicalLocation::builder().artifact_location(artifact).build())
            }
        };
        let location = |physical| vec![Location::builder().physical_location(physical).build()];
        SarifNotification::builder()
            .level(match notification.level {
                Level::Error => json!("error"),
                Level::Warning => json!("warning"),
                Level::Note => json!("note"),
            })
            .message(message(&notification.message))
            .opt_locations(physical.map(location))
            .build()
    }
}

/// A message. What is a link in it comes from the scanned code, and is escaped so that it is none.
fn message(text: &str) -> Message {
    let links = text.contains("](");
    let text = if links { text.replace('[', "\\[").replace(']', "\\]") } else { text.to_owned() };
    Message::builder().text(text).build()
}

/// Text in a message with links that is no link itself.
fn bracketed(text: &str) -> String {
    text.replace('\\', "\\\\").replace('[', "\\[").replace(']', "\\]")
}

/// The instances that a finding is about, and the files of values with which it is.
fn instances(finding: &Finding) -> PropertyBag {
    let named = finding.instances.iter().map(|instance| match &instance.inputs {
        Some(inputs) => format!("{} (with {inputs})", instance.address),
        None => instance.address.clone(),
    });
    let instances = ("instances".to_owned(), json!(named.collect::<Vec<_>>()));
    PropertyBag::builder().additional_properties(BTreeMap::from([instances])).build()
}

fn content(text: impl Into<String>) -> ArtifactContent {
    ArtifactContent::builder().text(text).build()
}

fn driver(report: &Report) -> ToolComponent {
    ToolComponent::builder()
        .name("podgate")
        .full_name(concat!("podgate ", env!("CARGO_PKG_VERSION")))
        .version(env!("CARGO_PKG_VERSION"))
        .semantic_version(env!("CARGO_PKG_VERSION"))
        .information_uri(INFORMATION)
        .rules(report.rules.iter().map(|rule| descriptor(rule)).collect::<Vec<_>>())
        .build()
}

fn descriptor(rule: &Rule) -> ReportingDescriptor {
    let message = |text: &str| MultiformatMessageString::builder().text(text).build();
    let help_text = format!("{}\n\n{}", rule.description, rule.remediation);
    ReportingDescriptor::builder()
        .id(rule.id)
        .name(rule.pascal_name)
        .short_description(message(rule.summary))
        .full_description(message(rule.description))
        .help(MultiformatMessageString::builder().text(help_text).markdown(rule.page).build())
        .help_uri(rule.documentation)
        .deprecated_ids(rule.aliases.iter().map(|alias| (*alias).to_owned()).collect::<Vec<_>>())
        .default_configuration(ReportingConfiguration::builder().level(json!(level(rule.severity))).build())
        .properties(properties(rule))
        .build()
}

fn properties(rule: &Rule) -> PropertyBag {
    let tags = vec![
        "security".to_owned(),
        rule.platform.to_lowercase(),
        rule.provider.to_lowercase(),
        // GitHub's form, then GitLab's and Datadog's.
        format!("external/cwe/cwe-{}", rule.cwe),
        format!("CWE:{}", rule.cwe),
    ];
    let more = [
        ("precision", "very-high"),
        ("problem.severity", problem_severity(rule.severity)),
        ("security-severity", security_severity(rule.severity)),
    ];
    let more = more.map(|(key, value)| (key.to_owned(), json!(value)));
    PropertyBag::builder().tags(tags).additional_properties(BTreeMap::from(more)).build()
}

fn level(severity: Severity) -> ResultLevel {
    match severity {
        Severity::Critical | Severity::High => ResultLevel::Error,
        Severity::Medium => ResultLevel::Warning,
        Severity::Low => ResultLevel::Note,
    }
}

/// GitHub's `problem.severity`, of which it knows three.
fn problem_severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low => "recommendation",
    }
}

/// GitHub's `security-severity`, a number in a string: above 9 is critical, from 7 on high, from 4 on medium.
fn security_severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "9.5",
        Severity::High => "8.0",
        Severity::Medium => "5.5",
        Severity::Low => "3.0",
    }
}
