//! A report that is wanted, as the command line names it.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use crate::output::Format;
use crate::rules;

/// A report that is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Target {
    /// What is written.
    pub(super) content: Content,
    /// The file; `None` is the standard output.
    pub(super) path: Option<PathBuf>,
}

/// What is written to a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Content {
    /// A report.
    Report(Format),
    /// The outputs of a GitHub step: see [`step_outputs`](super::step_outputs).
    StepOutputs,
}

impl Content {
    /// What there is, the default first.
    pub(super) fn all() -> impl Iterator<Item = Self> {
        Format::ALL.into_iter().map(Self::Report).chain([Self::StepOutputs])
    }

    /// The name on the command line.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Report(format) => format.name(),
            Self::StepOutputs => "github-output",
        }
    }
}

impl Default for Target {
    fn default() -> Self {
        Self { content: Content::Report(Format::ALL[0]), path: None }
    }
}

impl Target {
    /// Whether somebody will read this report where podgate runs.
    pub(super) fn is_for_people(&self) -> bool {
        self.content == Content::Report(Format::Human) && self.path.is_none()
    }
}

impl FromStr for Target {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, path) = text.split_once('=').map_or((text, "-"), |(name, path)| (name, path));
        let known = Content::all().find(|content| content.name().eq_ignore_ascii_case(name));
        let content = known.ok_or_else(|| unknown(text, name))?;
        if path.is_empty() {
            return Err(format!("a file is missing behind `{name}=`"));
        }
        Ok(Self { content, path: (path != "-").then(|| PathBuf::from(path)) })
    }
}

/// What to say of a name that is no format's.
fn unknown(text: &str, name: &str) -> String {
    let all: Vec<&str> = Content::all().map(Content::name).collect();
    let meant = match Path::new(text).extension().and_then(|extension| extension.to_str()) {
        // The name of a file without that of its format.
        Some(extension) if !text.contains('=') => Some(format!("{}={text}", format_of(extension))),
        _ => rules::nearest(name, all.iter().copied()).map(str::to_owned),
    };
    let meant = meant.map(|meant| format!(" Did you mean `{meant}`?")).unwrap_or_default();
    format!("`{name}` is not a report format.{meant} The formats are {}.", all.join(", "))
}

/// The format that the files with an extension usually have.
fn format_of(extension: &str) -> &'static str {
    match extension.to_ascii_lowercase().as_str() {
        "sarif" => "sarif",
        "json" => "json",
        "xml" => "junit",
        "md" => "markdown",
        "txt" | "log" => "human",
        _ => "FORMAT",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> String {
        text.parse::<Target>().expect_err(text)
    }

    #[test]
    fn formats_are_known_in_any_case_and_suggested_when_misspelt() {
        for content in Content::all() {
            for name in [content.name().to_owned(), content.name().to_uppercase()] {
                let target: Target = format!("{name}=a=b").parse().expect("a target");
                assert_eq!(target, Target { content, path: Some("a=b".into()) });
            }
            let (misspelt, meant) = (&content.name()[1..], format!("Did you mean `{}`?", content.name()));
            assert!(refused(misspelt).contains(&meant), "{misspelt}");
        }
        assert!(!refused("cyclonedx").contains("Did you mean"));
    }

    #[test]
    fn a_file_without_its_format_is_told_how_to_write_it() {
        for (text, meant) in [
            ("report.sarif", "sarif=report.sarif"),
            ("out/a b.SARIF", "sarif=out/a b.SARIF"),
            ("x.xml", "junit=x.xml"),
            ("./x.html", "FORMAT=./x.html"),
        ] {
            assert!(refused(text).contains(&format!("Did you mean `{meant}`?")), "{}", refused(text));
        }
    }
}
