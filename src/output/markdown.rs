//! Markdown for the summary of a job: what was found, what was not analysed, what could not be decided.

use std::fmt::Write as _;
use std::io::{self, Write};
use std::path::Component;

use super::entry::{Entry, Kind, entries, summary};
use super::{Input, text};

/// GitHub takes a mebibyte for the summary of a step, and nothing of one that is longer. Each of the four tables gets
/// so many bytes of it.
const MOST_BYTES: usize = 240_000;

/// Writes the summary.
pub(super) fn write(input: &Input<'_>, out: &mut dyn Write) -> io::Result<()> {
    let entries = entries(input);
    let of = |wanted: fn(Kind) -> bool| entries.iter().filter(|entry| wanted(entry.kind)).collect::<Vec<_>>();
    writeln!(out, "## podgate\n\n{}.", summary(input.report, false))?;
    let findings = of(|kind| matches!(kind, Kind::Finding(_)));
    section(out, "Findings", &["Severity", "Where", "What"], &findings, |entry| {
        let rule = entry.rule.map(|rule| format!("<br>[{}]({})", plain(rule.name), rule.documentation));
        let severity = if let Kind::Finding(severity) = entry.kind { severity.name() } else { "" };
        vec![
            severity.to_owned(),
            place(entry, input.source_url),
            format!("{}{}", prose(&entry.message), rule.unwrap_or_default()),
        ]
    })?;
    let row = |entry: &Entry<'_>| vec![place(entry, input.source_url), prose(&entry.message)];
    section(out, "Not analysed", &["Where", "What"], &of(|kind| kind == Kind::NotAnalysed), row)?;
    section(out, "Undecided", &["Where", "What"], &of(|kind| kind == Kind::Undecided), row)?;
    section(out, "Warnings", &["Where", "What"], &of(|kind| kind == Kind::Warning), row)
}

/// A table with a row for each of some entries; nothing for none.
fn section(
    out: &mut dyn Write,
    title: &str,
    columns: &[&str],
    entries: &[&Entry<'_>],
    row: impl Fn(&Entry<'_>) -> Vec<String>,
) -> io::Result<()> {
    if entries.is_empty() {
        return Ok(());
    }
    let line = "|---".repeat(columns.len());
    writeln!(out, "\n### {title}\n\n| {} |\n{line}|", columns.join(" | "))?;
    let mut left = MOST_BYTES;
    for (index, entry) in entries.iter().enumerate() {
        let row = format!("| {} |", row(entry).join(" | "));
        let Some(rest) = left.checked_sub(row.len()) else {
            return writeln!(out, "\n... and {} more.", entries.len() - index);
        };
        left = rest;
        writeln!(out, "{row}")?;
    }
    Ok(())
}

/// Where an entry is. It links to the line, if it is known where the files can be read.
fn place(entry: &Entry<'_>, source_url: Option<&str>) -> String {
    let line = entry.region.map(|(start, _)| start.line);
    let path = entry.path.map(text::path).unwrap_or_default();
    let shown = code(&line.map_or_else(|| path.clone(), |line| format!("{path}:{line}")));
    let Some(url) = source_url else { return shown };
    // What is outside of the root is not there.
    let inside = entry.path.filter(|path| path.components().all(|part| matches!(part, Component::Normal(_))));
    let Some(uri) = inside.map(text::uri).filter(|uri| !uri.is_empty()) else { return shown };
    let fragment = line.map(|line| format!("#L{line}")).unwrap_or_default();
    format!("[{shown}]({url}/{uri}{fragment})")
}

/// A sentence in which code stands between backticks. What the scanned code says is shown and never acted on: each of
/// its characters that Markdown or HTML could take for its own is written by its number.
fn prose(sentence: &str) -> String {
    let parts: Vec<&str> = sentence.split('`').collect();
    let balanced = parts.len() % 2 == 1;
    let part = |(index, part): (usize, &&str)| if balanced && index % 2 == 1 { code(part) } else { plain(part) };
    let glue = if balanced { "" } else { "&#96;" };
    parts.iter().enumerate().map(part).collect::<Vec<_>>().join(glue)
}

fn code(text: &str) -> String {
    format!("<code>{}</code>", plain(text))
}

fn plain(raw: &str) -> String {
    let mut escaped = String::new();
    let mut last = ['\0'; 3];
    for c in text::line(raw).chars() {
        match c {
            // What could start an address, a name of somebody, or one in a domain is broken by an element that shows
            // nothing: numbers do not keep GitHub from making links.
            ':' | '@' => _ = write!(escaped, "&#{};<wbr>", u32::from(c)),
            '.' if last.iter().all(|c| c.eq_ignore_ascii_case(&'w')) => escaped.push_str("<wbr>."),
            '&' | '<' | '>' | '"' | '\'' | '`' | '|' | '*' | '_' | '~' | '[' | ']' | '(' | ')' | '!' | '\\' | '#'
            | '$' | '^' | '{' | '}' => _ = write!(escaped, "&#{};", u32::from(c)),
            c => escaped.push(c),
        }
        last = [last[1], last[2], c];
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_code_says_is_no_markdown() {
        assert_eq!(prose("`a|b` is <b> [x](y)"), "<code>a&#124;b</code> is &#60;b&#62; &#91;x&#93;&#40;y&#41;");
        assert_eq!(prose("one ` tick"), "one &#96; tick");
        assert_eq!(plain("a\n# b"), "a␊&#35; b");
        assert_eq!(plain("HTTP://a me@b.c www.d"), "HTTP&#58;<wbr>//a me&#64;<wbr>b.c www<wbr>.d");
    }
}
