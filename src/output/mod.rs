//! Floor 6: reports in the formats of their readers.
//!
//! A format sees the report, the sources and the rules' metadata as data. It knows no HCL, and it decides nothing:
//! what is a finding, and the exit code, are settled before.

mod entry;
mod github;
mod gitlab;
pub mod human;
mod json;
mod junit;
mod markdown;
pub mod page;
mod region;
mod sarif;
mod text;

use std::io::{self, Write};
use std::str::FromStr;

use sarif::Dialect;

use crate::error::Error;
use crate::report::Report;
use crate::source::Sources;

/// A format of reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// For people at a terminal.
    Human,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// SARIF 2.1.0 as Datadog ingests it.
    Datadog,
    /// podgate's own JSON.
    Json,
    /// GitHub's workflow commands.
    Github,
    /// GitLab's Code Quality report.
    Gitlab,
    /// JUnit's XML.
    Junit,
    /// Markdown, for the summary of a job.
    Markdown,
}

impl Format {
    /// All formats, the default one first.
    pub const ALL: [Self; 8] =
        [Self::Human, Self::Sarif, Self::Datadog, Self::Json, Self::Github, Self::Gitlab, Self::Junit, Self::Markdown];

    /// The name on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Human => "human",
            Self::Sarif => "sarif",
            Self::Datadog => "datadog",
            Self::Json => "json",
            Self::Github => "github",
            Self::Gitlab => "gitlab",
            Self::Junit => "junit",
            Self::Markdown => "markdown",
        }
    }
}

impl FromStr for Format {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let names = || Self::ALL.map(Self::name).join(", ");
        let known = Self::ALL.into_iter().find(|format| format.name().eq_ignore_ascii_case(name));
        known.ok_or_else(|| format!("`{name}` is not a report format; the formats are: {}", names()))
    }
}

/// What a report is written from.
#[derive(Debug, Clone, Copy)]
pub struct Input<'r> {
    /// What there is to say.
    pub report: &'r Report,
    /// What spans point into.
    pub sources: &'r Sources,
    /// How the human format looks.
    pub style: &'r human::Style,
    /// The category of the analysis, for SARIF.
    pub category: Option<&'r str>,
    /// Where the files of the root can be read, for Markdown: an address without a slash at its end.
    pub source_url: Option<&'r str>,
}

/// Writes a report in a format.
///
/// # Errors
///
/// When `out` cannot be written.
pub fn write(format: Format, input: &Input<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut report = Vec::new();
    let into = &mut report;
    match format {
        Format::Human => human::write(input, into),
        Format::Sarif => sarif::write(input, Dialect::Standard { category: input.category }, into),
        Format::Datadog => sarif::write(input, Dialect::Datadog, into),
        Format::Json => json::write(input, into),
        Format::Github => github::write(input, into),
        Format::Gitlab => gitlab::write(input, into),
        Format::Junit => junit::write(input, into),
        Format::Markdown => markdown::write(input, into),
    }?;
    let report = String::from_utf8(report).map_err(io::Error::other)?;
    // Whatever format it has, it may be printed into the log of a job, or on a terminal.
    let inert = match format {
        Format::Sarif | Format::Datadog | Format::Json | Format::Gitlab => text::inert_json(&report),
        Format::Junit => text::inert_xml(&report),
        Format::Github => text::without_brackets(&report),
        Format::Human | Format::Markdown => report.into(),
    };
    out.write_all(inert.as_bytes())
}

/// Text for a terminal that shows nothing but ASCII.
#[must_use]
pub fn ascii(text: &str) -> String {
    text::ascii(text)
}

/// Text in a style, for a terminal that takes colours.
#[must_use]
pub fn painted(text: &str, style: anstyle::Style) -> String {
    text::painted(text, style)
}

/// A message on one line, without what a terminal or a runner would act on.
#[must_use]
pub fn printable(message: &str) -> String {
    text::without_commands(&text::line(message)).into_owned()
}

/// Lines without what a terminal or a runner would act on.
#[must_use]
pub fn printable_lines(lines: &str) -> String {
    text::without_commands(&text::visible(lines)).into_owned()
}

/// Whether bytes are a report that podgate has written before, in any format: one may be replaced by the next.
#[must_use]
pub fn is_report(bytes: &[u8]) -> bool {
    let Ok(text) = str::from_utf8(bytes) else { return false };
    let start = text.trim_start();
    match start.chars().next() {
        None | Some('×' | '⚠' | '☞') => true,
        Some('{' | '[') => serde_json::from_str(text).is_ok_and(|json| is_json_report(&json)),
        Some('<') => start.contains("<testsuites name=\"podgate\""),
        _ => start.starts_with("## podgate\n") || text.trim_end().lines().next_back().is_some_and(entry::is_summary),
    }
}

/// Whether JSON is a report of podgate's: its own, SARIF, or the issues of a Code Quality report.
fn is_json_report(json: &serde_json::Value) -> bool {
    let driver = &json["runs"][0]["tool"]["driver"]["name"];
    let is_issue = |issue: &serde_json::Value| issue["check_name"].is_string() && issue["fingerprint"].is_string();
    [&json["tool"]["name"], driver].iter().any(|name| *name == "podgate" || *name == sarif::DATADOG_DRIVER.0)
        || json.as_array().is_some_and(|issues| issues.iter().all(is_issue))
}

/// A report in a format, as bytes.
///
/// # Errors
///
/// When the format cannot hold what the report says.
pub fn to_bytes(format: Format, input: &Input<'_>) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    write(format, input, &mut bytes).map_err(|error| Error::Format(error.to_string()))?;
    Ok(bytes)
}
