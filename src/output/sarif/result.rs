//! A finding as a result: where it is, why, the way of its value, what it is recognised by.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap, HashSet};

use serde_json::json;
use serde_sarif::sarif::{
    ArtifactChange, ArtifactContent, ArtifactLocation, CodeFlow, Fix, Location, LogicalLocation, Message,
    PhysicalLocation, PropertyBag, Region, Replacement, Result as SarifResult, ThreadFlow, ThreadFlowLocation,
};

use super::limits::LONGEST_MESSAGE;
use super::{Dialect, tool};
use crate::fingerprint;
use crate::output::{entry, region, text};
use crate::report::Report;
use crate::rule::{Because, Edit, Finding, Hop, Rule, Site};
use crate::source::{FileId, Sources, Span};

/// Makes results and locations.
pub(super) struct Results<'r> {
    pub(super) sources: &'r Sources,
    pub(super) report: &'r Report,
    pub(super) dialect: Dialect<'r>,
    /// The line hashes of the files that have findings. Only looked up, never listed.
    pub(super) line_hashes: HashMap<FileId, Vec<String>>,
}

impl Results<'_> {
    pub(super) fn result(&mut self, finding: &Finding) -> SarifResult {
        let mut ways: Vec<Vec<&Hop>> =
            finding.ways.iter().map(|way| way.hops.iter().filter(|hop| self.has_uri(hop.span)).collect()).collect();
        ways.retain(|way: &Vec<&Hop>| !way.is_empty());
        let mut told = text::line(&self.told(finding, &places(&ways)));
        if told.len() > LONGEST_MESSAGE {
            // A place that nothing links to is not shown.
            ways.clear();
            told = text::line(&self.told(finding, &[]));
        }
        let hops = places(&ways);
        SarifResult::builder()
            .rule_id(finding.rule.id)
            .rule_index(self.rule_index(finding.rule))
            .level(tool::level(finding.rule.severity, self.dialect))
            .message(Message::builder().text(shortened(told)).build())
            .locations(vec![self.primary(finding)])
            .opt_related_locations((!hops.is_empty()).then(|| self.related(&hops)))
            .opt_code_flows((!ways.is_empty()).then(|| self.code_flows(finding, &ways)))
            .partial_fingerprints(self.fingerprints(finding))
            .opt_fixes(finding.fix.as_ref().map(|edit| vec![self.fix(edit)]))
            .properties(self.properties(finding))
            .build()
    }

    /// The message of a finding: the cause links to the related location where it stands, and so do the places on the
    /// way. Consumers show no related location that nothing links to.
    fn told(&self, finding: &Finding, hops: &[&Hop]) -> String {
        let place_of = |span| text::line(&entry::line(span, self.sources));
        if hops.is_empty() {
            return unlinked(&entry::with_open(finding, finding.message.sentence(place_of), place_of));
        }
        let link = |text: &str, index: usize| format!("[{}]({})", bracketed(text), index + 1);
        let index_of = |place: Span| hops.iter().position(|hop| hop.span == place);
        // A place is linked once.
        let linked = RefCell::new(HashSet::new());
        let cause = |Because { why, place }: &Because| {
            let index = place.and_then(index_of).filter(|index| linked.borrow_mut().insert(*index));
            let why = index.map_or_else(|| bracketed(why), |index| link(why, index));
            place.map_or(why.clone(), |place| format!("{why} ({})", bracketed(&place_of(place))))
        };
        let message = &finding.message;
        let sentence = format!("{} {}.", bracketed(&message.what), message.causes(cause));
        let linked: Vec<usize> =
            message.because.iter().filter_map(|because| because.place.and_then(index_of)).collect();
        let way = hops.iter().enumerate().filter(|(index, _)| !linked.contains(index));
        let way: Vec<String> = way.map(|(index, hop)| link(&place_of(hop.span), index)).collect();
        let way = if way.is_empty() { String::new() } else { format!(" It comes by way of {}.", way.join(", ")) };
        let open = entry::open(finding, place_of).map_or(String::new(), |open| format!(" {}", bracketed(&open)));
        format!("{sentence}{way}{open}")
    }

    /// Whether a place has an address that code hosts take: what is given on the command line stands in no file, and
    /// what is outside of the root is in no repository.
    pub(super) fn has_uri(&self, span: Span) -> bool {
        let file = &self.sources[span.file];
        !file.is_argument() && file.path().is_relative()
    }

    fn related(&self, hops: &[&Hop]) -> Vec<Location> {
        let numbered = (1i64..).zip(hops);
        numbered.map(|(id, hop)| Location { id: Some(id), ..self.hop(hop) }).collect()
    }

    /// The ways of a finding's values, each from where it is written to the site.
    fn code_flows(&self, finding: &Finding, ways: &[Vec<&Hop>]) -> Vec<CodeFlow> {
        let flow = |hops: &Vec<&Hop>| {
            let site = Location { message: Some(message(&finding.label)), ..self.site(&finding.site) };
            let locations = hops.iter().rev().map(|hop| self.hop(hop)).chain([site]);
            let locations = locations.map(|location| ThreadFlowLocation::builder().location(location).build());
            let flow = ThreadFlow::builder().locations(locations.collect::<Vec<_>>()).build();
            CodeFlow::builder().thread_flows(vec![flow]).build()
        };
        ways.iter().map(flow).collect()
    }

    /// A place on the way; without its text when that must not be shown.
    fn hop(&self, hop: &Hop) -> Location {
        let mut physical = self.physical(hop.span);
        // What stands around a value may be another one that nobody should see.
        physical.context_region = None;
        let mut region = self.region(hop.span);
        let quoted = if hop.sensitive { None } else { region::quoted(self.sources, hop.span) };
        region.snippet = quoted.map(content);
        physical.region = Some(region);
        Location::builder().physical_location(physical).message(message(&hop.label)).build()
    }

    fn properties(&self, finding: &Finding) -> PropertyBag {
        let instances: Vec<String> = finding.instances.iter().map(ToString::to_string).collect();
        let mut more = BTreeMap::from([("instances".to_owned(), json!(instances))]);
        if finding.unlisted > 0 {
            more.insert("instancesLeftOut".to_owned(), json!(finding.unlisted));
        }
        if !finding.open.is_empty() {
            let open: Vec<String> = finding.open.iter().map(|open| open.instance.to_string()).collect();
            more.insert("undecidedInstances".to_owned(), json!(open));
        }
        if finding.open_unlisted > 0 {
            more.insert("undecidedInstancesLeftOut".to_owned(), json!(finding.open_unlisted));
        }
        let properties = PropertyBag::builder().additional_properties(more);
        if self.dialect != Dialect::Datadog {
            return properties.build();
        }
        let Site { resource_type, resource_name, .. } = &finding.site;
        let tags = [("TYPE", resource_type), ("NAME", resource_name)];
        properties.tags(tags.map(|(tag, value)| format!("IAC_RESOURCE_{tag}:{value}")).to_vec()).build()
    }

    pub(super) fn rule_index(&self, rule: &Rule) -> i64 {
        let index = self.report.rules.iter().position(|enabled| *enabled == rule);
        let index = index.expect("only enabled rules report");
        i64::try_from(index).expect("there are few rules")
    }

    /// Where a finding is, with the finding's sentence: Jenkins shows a region's message first, and all of the rule's page
    /// before the message of the result (`SarifParserMessaging` of violations-lib).
    fn primary(&self, finding: &Finding) -> Location {
        let mut location = self.site(&finding.site);
        let region = location.physical_location.as_mut().and_then(|physical| physical.region.as_mut());
        if let (Some(region), Dialect::Standard { .. }) = (region, self.dialect) {
            let place_of = |span| entry::line(span, self.sources);
            let sentence = entry::with_open(finding, finding.message.sentence(place_of), place_of);
            region.message = Some(message(&sentence));
        }
        location
    }

    pub(super) fn site(&self, site: &Site) -> Location {
        let logical = LogicalLocation::builder()
            .name(&site.resource_name)
            .fully_qualified_name(&site.address)
            .kind("resource")
            .build();
        Location::builder().physical_location(self.physical(site.span)).logical_locations(vec![logical]).build()
    }

    pub(super) fn physical(&self, span: Span) -> PhysicalLocation {
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
    pub(super) fn discreet(&self, span: Span) -> PhysicalLocation {
        if !self.sources[span.file].is_private() {
            return self.physical(span);
        }
        PhysicalLocation::builder().artifact_location(self.artifact(span.file)).region(self.region(span)).build()
    }

    pub(super) fn region(&self, span: Span) -> Region {
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
}

/// The places on some ways, each once.
fn places<'h>(ways: &[Vec<&'h Hop>]) -> Vec<&'h Hop> {
    let mut known = HashSet::new();
    ways.iter().flatten().copied().filter(|hop| known.insert(hop.span)).collect()
}

/// A message without links, on one line.
pub(super) fn message(text: &str) -> Message {
    Message::builder().text(shortened(unlinked(&text::line(text)))).build()
}

/// Text in which nothing is a link: what looks like one comes from the scanned code, and is escaped.
fn unlinked(text: &str) -> String {
    if text.contains("](") { text.replace('[', "\\[").replace(']', "\\]") } else { text.to_owned() }
}

/// A message as long as consumers take it.
fn shortened(mut text: String) -> String {
    const CUT: &str = " ... (shortened).";
    if text.len() > LONGEST_MESSAGE {
        let most = LONGEST_MESSAGE - CUT.len();
        let end = (0..=most).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
        text.truncate(end);
        text.push_str(CUT);
    }
    text
}

/// Text in a message with links that is no link itself.
fn bracketed(text: &str) -> String {
    text.replace('\\', "\\\\").replace('[', "\\[").replace(']', "\\]")
}

fn content(text: impl Into<String>) -> ArtifactContent {
    ArtifactContent::builder().text(text).build()
}
