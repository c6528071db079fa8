//! What podgate says of whole configurations is what Terraform would do: `tests/oracle/configurations.jsonl.gz` is the
//! record, `tests/oracle/record.py` made it. It holds random trees of modules, and cases that were hard once.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io::Read as _;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::read::GzDecoder;
use podgate::report::Report;
use podgate::source::Level;
use serde::Deserialize;

use crate::support::{in_parallel, repository, scan_directory, write};

/// How a key begins that is not shown.
const HIDDEN_KEY: &str = "[\"<key ";

/// How many instances may be undecided that Terraform knows, in a thousand.
const MOST_UNDECIDED: usize = 3;

/// How many instances are reported though Terraform refuses the configuration, for reasons that podgate does not know: a
/// `count` that depends on the length of what is known after apply, a validation in a module without instances, a
/// resource type that is in no table. It may only become less.
const MOST_FALSE: usize = 12;

/// A configuration, and what Terraform makes of it.
#[derive(Deserialize)]
struct Recorded {
    files: BTreeMap<String, File>,
    /// The verdict about every instance of a policy: `true`, `false`, `null`, `none` (without a `spec`), `refused` (by
    /// the API), empty (not a policy), `unknown->` and what it is after an apply.
    #[serde(default)]
    instances: BTreeMap<String, String>,
    /// Why there is no plan.
    #[serde(default)]
    errors: Vec<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum File {
    Text(String),
    Link { link: String },
    Bytes { base64: String },
}

/// How podgate can differ from Terraform, worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    /// An instance shares, and nothing is said about it.
    Silent,
    /// An instance that does not share, or does not exist, is reported as one that does.
    False,
    /// An instance is not decided, though Terraform knows it.
    Undecided,
}

struct Difference {
    kind: Kind,
    what: String,
}

impl Recorded {
    fn scanned(&self) -> Report {
        let directory = tempfile::tempdir().expect("a temporary directory");
        for (path, file) in &self.files {
            match file {
                File::Text(text) => write(directory.path(), path, text.as_bytes()),
                File::Bytes { base64 } => write(directory.path(), path, &STANDARD.decode(base64).expect("base64")),
                File::Link { link } => make_link(directory.path(), path, link),
            }
        }
        scan_directory(directory.path()).report
    }

    /// Where podgate and Terraform differ.
    fn differences(&self) -> Vec<Difference> {
        let report = self.scanned();
        let found: BTreeSet<&str> = report
            .findings
            .iter()
            .flat_map(|finding| &finding.instances)
            .filter(|instance| instance.inputs.is_none())
            .map(|instance| instance.address.as_str())
            .collect();
        let mut differences = Vec::new();
        let mut say = |kind, what| differences.push(Difference { kind, what });
        for (address, verdict) in &self.instances {
            let is_found = found.contains(address.as_str()) || (verdict == "true" && has_hidden_key(&found, address));
            let after = verdict.strip_prefix("unknown->");
            let shares = after.unwrap_or(verdict) == "true";
            let is_open = is_undecided(&report, address);
            match (shares, is_found) {
                (true, false) if !is_open => say(Kind::Silent, format!("{address} is {verdict}")),
                (false, true) => say(Kind::False, format!("{address} is {verdict}")),
                // What the API refuses is rightly undecided.
                (_, false) if verdict == "refused" => {}
                (_, false) if is_open && after.is_none() && !self.has_open_sibling(address, shares) => {
                    say(Kind::Undecided, format!("{address} is {verdict}: {}", reasons(&report)));
                }
                _ => {}
            }
        }
        let is_hidden = |address: &str| {
            let shares = |(other, verdict): (&String, &String)| verdict == "true" && site(other) == site(address);
            address.contains(HIDDEN_KEY) && self.instances.iter().any(shares)
        };
        if self.is_reported_all_the_same(&report) {
            return differences;
        }
        let others = found.iter().filter(|address| !self.instances.contains_key(**address));
        for address in others.filter(|address| !is_hidden(address)) {
            let why = if self.errors.is_empty() { "is no policy".to_owned() } else { self.errors.join("; ") };
            say(Kind::False, format!("{address}: {why}"));
        }
        differences
    }

    /// Whether findings stand though there is no plan: beside what could not be read, which fails the run as well, and what
    /// is not there yet; when a variable has no value, which a person may give; and in an excerpt, which lacks several
    /// required blocks or its metadata (`evaluate/fit`).
    fn is_reported_all_the_same(&self, report: &Report) -> bool {
        let is_unread = report.notifications.iter().any(|notification| notification.level == Level::Error);
        let is_excerpt =
            |error: &String| error.starts_with("Insufficient ") || error == "No value for required variable";
        let errors = &self.errors;
        !errors.is_empty() && (is_unread || !report.missing.is_empty() || errors.iter().all(is_excerpt))
    }

    /// Whether an instance that does not share is one of a site that is undecided for a good reason: another of its
    /// instances is unknown to Terraform as well, or shares.
    fn has_open_sibling(&self, address: &str, shares: bool) -> bool {
        !shares
            && self.instances.iter().any(|(other, verdict)| {
                site(other) == site(address) && (verdict.starts_with("unknown") || verdict == "true")
            })
    }

    /// The configuration as a text.
    fn shown(&self) -> String {
        let mut shown = String::new();
        for (path, file) in &self.files {
            let text = match file {
                File::Text(text) => text.as_str(),
                File::Link { link } => link,
                File::Bytes { base64 } => base64,
            };
            let _ = writeln!(shown, "--- {path}\n{text}");
        }
        shown
    }
}

#[cfg(unix)]
fn make_link(directory: &Path, path: &str, to: &str) {
    let path = directory.join(path);
    std::fs::create_dir_all(path.parent().expect("a file has a directory")).expect("a directory can be made");
    std::os::unix::fs::symlink(to, path).expect("a link can be made");
}

#[cfg(not(unix))]
fn make_link(_: &Path, _: &str, _: &str) {}

/// Whether an instance may be one that is found, but whose key comes from a file and is not shown.
fn has_hidden_key(found: &BTreeSet<&str>, address: &str) -> bool {
    found.iter().any(|found| found.contains(HIDDEN_KEY) && site(found) == site(address))
}

/// Whether something is said about an instance that is not a finding: it is listed as undecided, its site is, or
/// something that could hide it was not analysed.
fn is_undecided(report: &Report, address: &str) -> bool {
    let is_listed = |listed: &str| listed == address;
    report.findings.iter().any(|finding| finding.open.iter().any(|open| is_listed(&open.instance.address)))
        || report.undecided.iter().any(|undecided| site(&undecided.site.address) == site(address))
        || !report.missing.is_empty()
        || report.notifications.iter().any(|notification| notification.level == Level::Error)
}

/// The type and the name at the end of an address, without keys.
fn site(address: &str) -> String {
    let (mut bare, mut depth, mut is_quoted) = (String::new(), 0, false);
    let mut letters = address.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' if is_quoted => drop(letters.next()),
            '"' => is_quoted = !is_quoted,
            '[' if !is_quoted => depth += 1,
            ']' if !is_quoted => depth -= 1,
            _ if depth == 0 && !is_quoted => bare.push(letter),
            _ => {}
        }
    }
    let mut parts: Vec<&str> = bare.rsplitn(3, '.').take(2).collect();
    parts.reverse();
    parts.join(".")
}

/// What podgate says about what it does not decide.
fn reasons(report: &Report) -> String {
    let undecided = report.undecided.iter().map(|undecided| undecided.because.reason.clone());
    let open = report.findings.iter().flat_map(|finding| &finding.open).map(|open| open.because.reason.clone());
    let missing = report.missing.iter().map(podgate::report::Missing::message);
    let errors = report.notifications.iter().filter(|notification| notification.level == Level::Error);
    let errors = errors.map(|error| error.message.clone());
    undecided.chain(open).chain(missing).chain(errors).collect::<Vec<_>>().join("; ")
}

/// The recorded configurations.
fn record() -> Vec<Recorded> {
    let mut lines = String::new();
    let packed = std::fs::read(repository().join("tests/oracle/configurations.jsonl.gz")).expect("the record");
    GzDecoder::new(packed.as_slice()).read_to_string(&mut lines).expect("the record is compressed text");
    lines.lines().map(|line| serde_json::from_str(line).expect("a line of the record")).collect()
}

#[test]
fn no_configuration_is_judged_otherwise_than_terraform_plans_it() {
    let record = record();
    let recorded: Vec<&Recorded> = if cfg!(unix) {
        record.iter().collect()
    } else {
        let has_link = |one: &&Recorded| one.files.values().any(|file| matches!(file, File::Link { .. }));
        record.iter().filter(|one| !has_link(one)).collect()
    };
    assert!(recorded.len() > 5_000, "the record is there");
    let differences = in_parallel(&recorded, |one| one.differences());
    let instances: usize = recorded.iter().map(|one| one.instances.len()).sum();
    let mut shown = String::new();
    let mut counts = [0; 3];
    for (one, differences) in recorded.iter().zip(&differences) {
        for difference in differences {
            counts[difference.kind as usize] += 1;
            let _ = writeln!(shown, "{:?}: {}", difference.kind, difference.what);
        }
        if !differences.is_empty() {
            let _ = writeln!(shown, "{}", one.shown());
        }
    }
    let [silent, wrong, undecided] = counts;
    assert!(
        silent == 0 && wrong <= MOST_FALSE && undecided * 1000 <= instances * MOST_UNDECIDED,
        "of {instances} instances {silent} are silent, {wrong} false, {undecided} undecided:\n{shown}"
    );
}
