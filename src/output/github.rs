//! GitHub's workflow commands, which a runner makes annotations of
//! (<https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands>). It shows ten of a kind for a
//! step, so that findings come first.

use std::io::{self, Write};

use super::entry::{Entry, Kind, entries, summary};
use super::{Input, text};
use crate::rule::Severity;
use crate::source::slashed;

/// Writes a command for every entry, and the summary.
pub(super) fn write(input: &Input<'_>, out: &mut dyn Write) -> io::Result<()> {
    for entry in entries(input) {
        writeln!(out, "{}", command(&entry, input.style.undecided_fails))?;
    }
    writeln!(out, "podgate: {}", summary(input.report, false))
}

fn command(entry: &Entry<'_>, undecided_fails: bool) -> String {
    let name = match entry.kind {
        Kind::Finding(Severity::Critical | Severity::High) => "error",
        Kind::Undecided if undecided_fails => "error",
        Kind::Finding(Severity::Medium) | Kind::NotAnalysed => "warning",
        Kind::Finding(Severity::Low) | Kind::Undecided | Kind::Warning => "notice",
    };
    let mut properties = Vec::new();
    if let Some(path) = entry.path {
        // A line end is part of the name, and escaped below.
        properties.push(("file", text::visible(&slashed(path)).into_owned()));
    }
    if let Some((start, end)) = entry.region {
        properties.push(("line", start.line.to_string()));
        properties.push(("endLine", end.line.to_string()));
        // Columns are of one line.
        if start.line == end.line {
            properties.push(("col", start.column.to_string()));
            properties.push(("endColumn", end.column.to_string()));
        }
    }
    properties.push(("title", format!("podgate: {}", entry.title)));
    let properties = properties.into_iter().map(|(name, value)| format!("{name}={}", property(&value)));
    let properties: Vec<String> = properties.collect();
    format!("::{name} {}::{}", properties.join(","), data(&text::line(&entry.message)))
}

/// Text as the message of a command: it ends with its line.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// Text as a property of a command.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ends_a_command_is_escaped() {
        assert_eq!(data("100%\r\n::error::x"), "100%25%0D%0A::error::x");
        assert_eq!(property("a,b:c%"), "a%2Cb%3Ac%25");
    }
}
