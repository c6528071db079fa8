//! What SARIF says of the tool and its rules.

use std::collections::BTreeMap;

use serde_json::json;
use serde_sarif::sarif::{
    MultiformatMessageString, PropertyBag, ReportingConfiguration, ReportingDescriptor, ResultLevel, ToolComponent,
};

use super::Dialect;
use crate::report::Report;
use crate::rule::{Rule, Severity};

/// Where to read about the tool.
const INFORMATION: &str = env!("CARGO_PKG_REPOSITORY");

/// The name by which Datadog knows what it ingests, and what it says for a scan of everything
/// (`pkg/report/model/sarif.go` of its scanner).
pub(in crate::output) const DATADOG: (&str, &str) = ("Datadog IaC Scanning", "full_scan");

pub(super) fn driver(report: &Report, dialect: Dialect<'_>) -> ToolComponent {
    let rules: Vec<_> = report.rules.iter().map(|rule| descriptor(rule, report, dialect)).collect();
    let driver = ToolComponent::builder().information_uri(INFORMATION).rules(rules);
    if dialect == Dialect::Datadog {
        let (name, version) = DATADOG;
        let properties = PropertyBag::builder().tags(vec![scanned(report)]).build();
        return driver.name(name).version(version).properties(properties).build();
    }
    driver
        .name("podgate")
        .full_name(concat!("podgate ", env!("CARGO_PKG_VERSION")))
        .version(env!("CARGO_PKG_VERSION"))
        .semantic_version(env!("CARGO_PKG_VERSION"))
        .build()
}

/// How many files were searched, as Datadog counts them.
fn scanned(report: &Report) -> String {
    format!("DATADOG_SCANNED_FILE_COUNT:{}", report.counts.files)
}

fn descriptor(rule: &Rule, report: &Report, dialect: Dialect<'_>) -> ReportingDescriptor {
    let message = |text: &str| MultiformatMessageString::builder().text(text).build();
    let help_text = format!("{}\n\n{}", rule.description, rule.remediation);
    let properties = if dialect == Dialect::Datadog { datadog_properties(rule, report) } else { properties(rule) };
    ReportingDescriptor::builder()
        .id(rule.id)
        .name(rule.pascal_name)
        .short_description(message(rule.summary))
        .full_description(message(rule.description))
        .help(MultiformatMessageString::builder().text(help_text).markdown(rule.page).build())
        .help_uri(rule.documentation)
        .deprecated_ids(rule.aliases.iter().map(|alias| (*alias).to_owned()).collect::<Vec<_>>())
        .default_configuration(ReportingConfiguration::builder().level(json!(level(rule.severity, dialect))).build())
        .properties(properties)
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

fn datadog_properties(rule: &Rule, report: &Report) -> PropertyBag {
    let tags = vec![
        "DATADOG_RULE_TYPE:IAC_SCANNING".to_owned(),
        format!("DATADOG_CATEGORY:{}", rule.category),
        format!("CWE:{}", rule.cwe),
        format!("DATADOG_PLATFORM:{}", rule.platform),
        format!("DATADOG_PROVIDER:{}", rule.provider),
        scanned(report),
    ];
    PropertyBag::builder().tags(tags).build()
}

/// The level of a severity. Datadog makes critical of an error, high of a warning, medium of a note and low of none.
pub(super) fn level(severity: Severity, dialect: Dialect<'_>) -> ResultLevel {
    match (severity, dialect) {
        (Severity::Critical, _) | (Severity::High, Dialect::Standard { .. }) => ResultLevel::Error,
        (Severity::High, Dialect::Datadog) | (Severity::Medium, Dialect::Standard { .. }) => ResultLevel::Warning,
        (Severity::Medium, Dialect::Datadog) | (Severity::Low, Dialect::Standard { .. }) => ResultLevel::Note,
        (Severity::Low, Dialect::Datadog) => ResultLevel::None,
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
