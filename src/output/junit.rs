//! JUnit's XML, as GitLab, Jenkins and others read it (<https://github.com/testmoapp/junitxml>): a test case for every
//! finding, and for what could not be decided or analysed; one that passes when there is no finding.

use std::io::{self, Write};

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesStart, BytesText, Event};

use super::entry::{Entry, Kind, entries, summary};
use super::{Input, text};

type Attributes = Vec<(&'static str, String)>;
type Xml = Writer<Vec<u8>>;

/// Writes one suite. No times are in it, so that equal trees give equal bytes.
pub(super) fn write(input: &Input<'_>, out: &mut dyn Write) -> io::Result<()> {
    let entries = entries(input);
    let count = |wanted: &dyn Fn(Kind) -> bool| entries.iter().filter(|entry| wanted(entry.kind)).count();
    let fails =
        |kind: Kind| matches!(kind, Kind::Finding(_)) || (kind == Kind::Undecided && input.style.undecided_fails);
    let failures = entries.iter().filter(|entry| fails(entry.kind)).count();
    let cases: Vec<&Entry<'_>> = entries.iter().filter(|entry| entry.kind != Kind::Warning).collect();
    // One that passes is there when nothing is open: Jenkins takes no suite without a case.
    let passed = if cases.is_empty() { input.report.rules.len() } else { 0 };
    let counts: Attributes = vec![
        ("name", "podgate".to_owned()),
        ("tests", (cases.len() + passed).to_string()),
        ("failures", failures.to_string()),
        ("errors", count(&|kind| kind == Kind::NotAnalysed).to_string()),
        ("skipped", (count(&|kind| kind == Kind::Undecided && !input.style.undecided_fails)).to_string()),
    ];
    let mut xml = Writer::new_with_indent(Vec::new(), b' ', 2);
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    element(&mut xml, "testsuites", &counts, |xml| {
        element(xml, "testsuite", &counts, |xml| {
            for entry in cases {
                case(xml, entry, fails(entry.kind))?;
            }
            if passed > 0 {
                for rule in &input.report.rules {
                    let named = vec![("name", rule.name.to_owned()), ("classname", rule.id.to_owned())];
                    element(xml, "testcase", &named, |_| Ok(()))?;
                }
            }
            let summary = summary(input.report, false);
            element(xml, "system-out", &Vec::new(), |xml| write_text(xml, &summary))
        })
    })?;
    let mut bytes = xml.into_inner();
    bytes.push(b'\n');
    out.write_all(&bytes)
}

fn case(xml: &mut Xml, entry: &Entry<'_>, fails: bool) -> io::Result<()> {
    let path = entry.path.map(text::path).unwrap_or_default();
    let line = entry.region.map(|(start, _)| start.line);
    let place = line.map_or(path.clone(), |line| format!("{path}:{line}"));
    let subject = entry.subject.as_deref().unwrap_or(entry.title);
    let mut attributes: Attributes = vec![
        ("name", format!("{} ({place})", text::line(subject))),
        ("classname", entry.rule.map_or("podgate", |rule| rule.id).to_owned()),
    ];
    attributes.extend(entry.path.map(|_| ("file", path)));
    attributes.extend(line.map(|line| ("line", line.to_string())));
    let outcome = match entry.kind {
        _ if fails => "failure",
        Kind::NotAnalysed => "error",
        Kind::Finding(_) | Kind::Undecided | Kind::Warning => "skipped",
    };
    let message = text::line(&entry.message);
    let mut told: Attributes = vec![("message", message.clone())];
    if let Kind::Finding(severity) = entry.kind {
        told.push(("type", severity.name().to_owned()));
    }
    let help = entry
        .rule
        .filter(|_| outcome == "failure")
        .map(|rule| format!("\n{}\n{}", rule.remediation, rule.documentation));
    let details = format!("{place}: {message}{}", help.unwrap_or_default());
    element(xml, "testcase", &attributes, |xml| element(xml, outcome, &told, |xml| write_text(xml, &details)))
}

fn element(
    xml: &mut Xml,
    name: &str,
    attributes: &Attributes,
    inside: impl FnOnce(&mut Xml) -> io::Result<()>,
) -> io::Result<()> {
    let mut start = BytesStart::new(name);
    for (name, value) in attributes {
        start.push_attribute((*name, value.as_str()));
    }
    let end = start.to_end().into_owned();
    xml.write_event(Event::Start(start))?;
    inside(xml)?;
    xml.write_event(Event::End(end))
}

fn write_text(xml: &mut Xml, text: &str) -> io::Result<()> {
    xml.write_event(Event::Text(BytesText::new(&text::visible(text))))
}
