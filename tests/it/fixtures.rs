//! The fixtures: directories of Terraform in which comments say what podgate reports, and where.
//!
//! A comment under a line marks with carets what is reported there, and says what: the id of a rule for a finding,
//! `undecided`, `error`, `warning` or `note`, then a colon and the message; behind that of a finding about instances,
//! these in brackets:
//!
//! ```terraform
//!     host_ipc = true
//! #   ^^^^^^^^^^^^^^^ terraform-kubernetes-psp-allows-sharing-host-ipc: ...
//! ```
//!
//! Whatever is reported without a mark, or marked without being reported, fails the test. Of what spans several
//! lines the first one is marked. Files without comments are marked by a file `MARKS` beside them. A message that ends in `...` stands for all that start as it does.

use std::fmt;
use std::path::{Path, PathBuf};

use podgate::scan::Scan;
use podgate::source::{Level, Place, Span};

use crate::support::{marked_files, scan_directory};

/// Something that is reported, or marked.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Mark {
    path: PathBuf,
    line: usize,
    /// The columns, 1-based, end exclusive.
    columns: (usize, usize),
    text: String,
}

impl Mark {
    /// Whether this mark stands for something that is reported.
    fn covers(&self, reported: &Self) -> bool {
        let place = |mark: &Self| (mark.path.clone(), mark.line, mark.columns);
        place(self) == place(reported)
            && match self.text.strip_suffix("...") {
                Some(start) => reported.text.starts_with(start),
                None => reported.text == self.text,
            }
    }
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (start, end) = self.columns;
        write!(f, "{}:{}:{start}-{end} {}", self.path.display(), self.line, self.text)
    }
}

#[test]
fn every_fixture_says_what_is_reported() {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let mut failures = String::new();
    let mut count = 0;
    for directory in directories(&fixtures) {
        count += 1;
        let (expected, actual) = (marked(&directory), reported(&scan_directory(&directory)));
        for missing in expected.iter().filter(|mark| !actual.iter().any(|reported| mark.covers(reported))) {
            failures.push_str(&format!("{}: not reported: {missing}\n", directory.display()));
        }
        for unmarked in actual.iter().filter(|reported| !expected.iter().any(|mark| mark.covers(reported))) {
            failures.push_str(&format!("{}: not marked: {unmarked}\n", directory.display()));
        }
    }
    assert!(failures.is_empty(), "\n{failures}");
    assert!(count > 30, "the fixtures are there");
}

fn directories(fixtures: &Path) -> Vec<PathBuf> {
    let entries = fixtures.read_dir().expect("the fixtures are there");
    let mut directories: Vec<_> = entries.map(|entry| entry.expect("an entry").path()).collect();
    directories.sort();
    directories
}

/// What the comments of a fixture mark.
fn marked(directory: &Path) -> Vec<Mark> {
    let mut marks = Vec::new();
    for path in marked_files(directory) {
        let text = String::from_utf8_lossy(&std::fs::read(&path).expect("a fixture")).into_owned();
        let mut code_line = 0;
        for (index, line) in text.lines().enumerate() {
            match mark(line.trim_start_matches('\u{feff}')) {
                None => code_line = index + 1,
                Some((columns, text)) => marks.push(Mark {
                    path: path.strip_prefix(directory).expect("a fixture's file").to_owned(),
                    line: code_line,
                    columns,
                    text,
                }),
            }
        }
    }
    marks.extend(listed(directory));
    marks.sort();
    marks
}

/// What a file `MARKS` marks, for files that hold no comments: a line each, `path:line:start-end text`.
fn listed(directory: &Path) -> Vec<Mark> {
    let text = std::fs::read_to_string(directory.join("MARKS")).unwrap_or_default();
    let mark = |line: &str| {
        let (place, text) = line.split_once(' ').expect("a place and a text");
        let mut place = place.split([':', '-']);
        let path = place.next().expect("a path").into();
        let mut number = || place.next().and_then(|number| number.parse().ok()).expect("a number");
        Mark { path, line: number(), columns: (number(), number()), text: text.to_owned() }
    };
    text.lines().map(mark).collect()
}

/// The columns and the text of a line that is a mark.
fn mark(line: &str) -> Option<((usize, usize), String)> {
    let behind = line.strip_prefix('#')?;
    let carets = behind.trim_start();
    let start = 1 + behind.len() - carets.len();
    let text = carets.trim_start_matches('^');
    let length = carets.len() - text.len();
    (length > 0).then(|| ((start + 1, start + 1 + length), text.trim().to_owned()))
}

/// What a scan reports.
fn reported(scan: &Scan) -> Vec<Mark> {
    let report = &scan.report;
    let place = |span: Span| format!("{}:{}", scan.sources[span.file].path().display(), scan.sources.start(span).line);
    let findings = report.findings.iter().map(|finding| {
        let instances = finding.instances.iter().filter(|instance| instance.address != finding.site.address);
        let named: Vec<&str> = instances.map(|instance| &*instance.address).collect();
        let named = if named.is_empty() { String::new() } else { format!(" [{}]", named.join(", ")) };
        (finding.site.span, finding.rule.id, finding.message.sentence(place) + &named)
    });
    let undecided = report.undecided.iter();
    let undecided = undecided.map(|undecided| (undecided.site.span, "undecided", undecided.message.sentence(place)));
    let notifications = report.notifications.iter().map(|notification| {
        let level = match notification.level {
            Level::Error => "error",
            Level::Warning => "warning",
            Level::Note => "note",
        };
        let Place::Span(span) = notification.place else { panic!("no place in a file: {notification:?}") };
        (span, level, notification.message.clone())
    });
    let reported = findings.chain(undecided).chain(notifications);
    let mut marks: Vec<Mark> = reported
        .map(|(span, kind, message)| Mark {
            path: scan.sources[span.file].path().to_owned(),
            line: scan.sources.start(span).line as usize,
            columns: columns(scan, span),
            text: format!("{kind}: {message}"),
        })
        .collect();
    marks.sort();
    marks
}

/// The columns of a span on its first line.
fn columns(scan: &Scan, span: Span) -> (usize, usize) {
    let (start, end) = (scan.sources.start(span), scan.sources.end(span));
    let first_line = scan.sources.text(span).lines().next().unwrap_or_default();
    let start_column = start.column as usize;
    let end_column = if start.line == end.line { end.column as usize } else { start_column + first_line.len() };
    (start_column, end_column)
}
