//! Reports, read back.

use std::sync::OnceLock;
use std::time::Duration;

use podgate::output::{Format, Input, human, to_bytes};
use podgate::scan::Scan;
use quick_xml::events::Event;
use serde_json::Value;

/// Asserts that every format of a report can be written and is what it claims to be.
pub fn assert_all_parse(scan: &Scan) {
    for format in Format::ALL {
        let text = rendered(scan, format);
        assert_no_control(&text, format);
        match format {
            Format::Human => assert!(!text.is_empty()),
            Format::Sarif | Format::Datadog => sarif(scan, &json(&text)),
            Format::Json => assert_valid(&json(&text), own_schema()),
            Format::Gitlab => assert_valid(&json(&text), gitlab_schema()),
            Format::Github => commands(&text),
            Format::Junit => xml(&text),
            Format::Markdown => tables(&text),
        }
    }
}

/// A report of a scan in a format.
pub fn rendered(scan: &Scan, format: Format) -> String {
    let style = human::Style {
        color: false,
        links: false,
        width: 100,
        is_ascii: false,
        is_terminal: false,
        verbosity: human::Verbosity::Normal,
        undecided_fails: false,
        base: scan.root.path().to_owned(),
        root: scan.root.path().to_owned(),
        elapsed: Duration::ZERO,
    };
    let input = Input { report: &scan.report, sources: &scan.sources, style: &style, category: None, source_url: None };
    String::from_utf8(to_bytes(format, &input).expect("a report")).expect("UTF-8")
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// Nothing acts on a terminal or turns the direction of a line.
pub fn assert_no_control(text: &str, format: Format) {
    let acts = |c: char| (c.is_control() && c != '\n' && c != '\t') || ('\u{202a}'..='\u{202e}').contains(&c);
    let found = text.chars().find(|c| acts(*c));
    assert!(found.is_none(), "{format:?}: {found:?} in {text}");
}

fn sarif(scan: &Scan, log: &Value) {
    assert_eq!(log["version"], "2.1.0");
    let results = log["runs"][0]["results"].as_array().expect("results");
    assert_eq!(results.len(), scan.report.findings.len());
    for result in results {
        let region = &result["locations"][0]["physicalLocation"]["region"];
        let number = |key: &str| region[key].as_u64().unwrap_or(1);
        let (start, end) = ((number("startLine"), number("startColumn")), (number("endLine"), number("endColumn")));
        assert!(start.0 >= 1 && start.1 >= 1 && start <= end, "{region}");
        assert!(result["message"]["text"].as_str().is_some_and(|text| !text.is_empty()), "{result}");
    }
}

fn own_schema() -> &'static jsonschema::Validator {
    static SCHEMA: OnceLock<jsonschema::Validator> = OnceLock::new();
    SCHEMA.get_or_init(|| validator(include_str!("../../../docs/report.schema.json")))
}

fn gitlab_schema() -> &'static jsonschema::Validator {
    static SCHEMA: OnceLock<jsonschema::Validator> = OnceLock::new();
    SCHEMA.get_or_init(|| validator(include_str!("../../consumers/codequality.schema.json")))
}

fn validator(schema: &str) -> jsonschema::Validator {
    jsonschema::validator_for(&json(schema)).expect("a schema")
}

fn assert_valid(report: &Value, schema: &jsonschema::Validator) {
    let errors: Vec<String> = schema.iter_errors(report).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{errors:?} in {report}");
}

/// Every line but the summary is one workflow command with properties that GitHub knows.
fn commands(text: &str) {
    let lines: Vec<&str> = text.lines().collect();
    let (_summary, commands) = lines.split_last().expect("a summary");
    for line in commands {
        let (name, rest) = line.split_once(' ').expect("properties");
        assert!(["::error", "::warning", "::notice"].contains(&name), "{line}");
        let (properties, message) = rest.split_once("::").expect("a message");
        for property in properties.split(',') {
            let (name, value) = property.split_once('=').unwrap_or_else(|| panic!("{property} in {line}"));
            assert!(["file", "line", "endLine", "col", "endColumn", "title"].contains(&name), "{line}");
            assert!(!value.contains(':'), "{line}");
        }
        assert!(!message.is_empty(), "{line}");
    }
}

fn xml(text: &str) {
    let mut reader = quick_xml::Reader::from_str(text);
    loop {
        match reader.read_event().unwrap_or_else(|error| panic!("{error}: {text}")) {
            Event::Start(start) | Event::Empty(start) => {
                for attribute in start.attributes() {
                    let attribute = attribute.unwrap_or_else(|error| panic!("{error}: {text}"));
                    attribute.normalized_value(quick_xml::XmlVersion::Implicit1_0).expect("a value");
                }
            }
            Event::Eof => return,
            _ => {}
        }
    }
}

/// Every row of a table has the cells that its head has.
fn tables(text: &str) {
    for row in text.lines().filter(|line| line.starts_with("| ")) {
        assert!([3, 4].contains(&row.matches('|').count()), "{row}");
    }
}
