//! A tree with a policy that shares the host's IPC namespace is damaged. The policy is found, or something is named and
//! the run fails, unless Terraform itself would see no such policy any more.
//!
//! `cargo test --release --test it damage -- --ignored --nocapture` does ten thousand rounds and prints what they came
//! to. `PODGATE_DAMAGE=FIRST:COUNT` does others. A round is made of its number alone.

mod kinds;
mod random;
mod tree;
mod truth;

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fmt::Write as _;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use podgate::source::Level;
use podgate::terraform::Standing;

use crate::invariants::scanned;
use kinds::{TO_BYTES, TO_NAMES};
use random::Random;
use tree::{FORMS, Files, Form, Node};
use truth::{Truth, truth};

/// A tree and what was done to it.
struct Round {
    number: u64,
    form: Form,
    files: Files,
    /// The name of what was done first, and all that was done, in words.
    kind: &'static str,
    done: String,
    /// What was damaged, by the names that it has now.
    damaged: Vec<OsString>,
    /// Whether only a program of its own, which can be stopped, may look at the tree.
    needs_program: bool,
}

impl Round {
    fn new(number: u64) -> Self {
        let mut random = Random::new(number);
        let form = *random.pick(&FORMS);
        let (files, planted) = tree::tree(form);
        let kind = "";
        let mut round =
            Self { number, form, files, kind, done: String::new(), damaged: Vec::new(), needs_program: false };
        let turns = if random.below(4) == 0 { 2 } else { 1 };
        for _ in 0..turns {
            // Three times in four the planted files themselves, else those beside.
            let is_own = random.below(4) > 0;
            let names: Vec<OsString> = round.files.keys().cloned().collect();
            let names: Vec<&OsString> =
                names.iter().filter(|name| planted.iter().any(|own| name.as_os_str() == *own) == is_own).collect();
            if !names.is_empty() {
                let name = (*random.pick(&names)).clone();
                round.damage(&name, &mut random);
            }
        }
        round
    }

    fn damage(&mut self, name: &OsStr, random: &mut Random) {
        let before: Vec<OsString> = self.files.keys().cloned().collect();
        let kind = if random.below(8) == 0 {
            let (kind, damage) = random.pick(&TO_NAMES);
            damage(&mut self.files, name, random);
            self.needs_program = true;
            *kind
        } else {
            let (kind, damage) = random.pick(&TO_BYTES);
            if let Some(Node::File(bytes)) = self.files.get_mut(name) {
                damage(bytes, random);
            }
            *kind
        };
        if self.kind.is_empty() {
            self.kind = kind;
        }
        write!(self.done, "{kind} in {}; ", name.as_bytes().escape_ascii()).expect("a string takes everything");
        self.damaged.push(name.to_owned());
        self.damaged.extend(self.files.keys().filter(|name| !before.contains(name)).cloned());
    }
}

/// What a scan of a round's tree came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Outcome {
    /// The policy is a finding.
    Found,
    /// Something is named, and the run fails.
    Named,
    /// The policy is listed as undecided, and the run does not fail.
    Undecided,
    /// The policy is listed as undecided, since Terraform refuses the configuration.
    Refused,
    /// Nothing is said.
    Silent,
    /// The program panicked, was killed by a signal, or had to be stopped.
    Broken,
}

/// What an outcome means for a tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Result {
    Found,
    Named,
    Undecided,
    Disarmed,
    Lost,
    Broken,
}

fn judged(outcome: Outcome, truth: Truth) -> Result {
    match (outcome, truth) {
        (Outcome::Broken, _) => Result::Broken,
        (Outcome::Found, _) => Result::Found,
        (Outcome::Named, _) => Result::Named,
        (Outcome::Refused, _) | (_, Truth::Disarmed) => Result::Disarmed,
        (Outcome::Undecided, Truth::Changed) => Result::Undecided,
        (Outcome::Undecided | Outcome::Silent, _) => Result::Lost,
    }
}

/// Scans the tree of a round in this process. Every sixteenth report is read back in all formats.
fn scan_here(round: &Round, directory: &Path) -> Outcome {
    let scanned = std::panic::catch_unwind(|| {
        let scan = scanned::scan_in(directory, Vec::new());
        if round.number.is_multiple_of(16) {
            scanned::sound(&scan);
        }
        scan.report
    });
    let Ok(report) = scanned else { return Outcome::Broken };
    let errors: Vec<_> = report.notifications.iter().filter(|note| note.level == Level::Error).collect();
    match () {
        () if errors.iter().any(|error| error.message.contains("nternal error")) => Outcome::Broken,
        () if !report.findings.is_empty() => Outcome::Found,
        () if !errors.is_empty() => Outcome::Named,
        () if report.undecided.iter().any(|undecided| undecided.because.standing == Standing::Refused) => {
            Outcome::Refused
        }
        () if report.counts.undecided > 0 => Outcome::Undecided,
        () => Outcome::Silent,
    }
}

/// A copy of the program that everybody may run.
fn program() -> &'static Path {
    static PROGRAM: OnceLock<(tempfile::TempDir, PathBuf)> = OnceLock::new();
    let (_, path) = PROGRAM.get_or_init(|| {
        let directory = tempfile::tempdir().expect("a temporary directory");
        open(directory.path());
        let path = directory.path().join("podgate");
        std::fs::copy(env!("CARGO_BIN_EXE_podgate"), &path).expect("the program can be copied");
        (directory, path)
    });
    path
}

/// Lets everybody into a directory.
fn open(directory: &Path) {
    std::fs::set_permissions(directory, std::fs::Permissions::from_mode(0o755)).expect("a mode");
}

/// So long may a scan of a small tree take.
const LONGEST: Duration = Duration::from_secs(30);

/// Has the program scan the tree, as somebody whom file modes bind.
fn scan_by_program(directory: &Path) -> Outcome {
    open(directory);
    let report = tempfile::NamedTempFile::new().expect("a temporary file");
    let mut command = Command::new(program());
    command.args(["scan", "--root", ".", "-o", "json"]).current_dir(directory).env_clear();
    command.stdin(Stdio::null()).stderr(Stdio::null()).stdout(report.reopen().expect("a report"));
    if std::fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0) {
        command.uid(65_534).gid(65_534);
    }
    let mut child = command.spawn().expect("podgate runs");
    let start = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().expect("podgate can be waited for") {
            break status;
        }
        if start.elapsed() > LONGEST {
            child.kill().and_then(|()| child.wait()).expect("podgate can be stopped");
            return Outcome::Broken;
        }
        std::thread::sleep(Duration::from_millis(2));
    };
    let text = std::fs::read_to_string(report.path()).unwrap_or_default();
    let report: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
    let count = |key: &str| report[key].as_array().map_or(0, Vec::len);
    match status.code() {
        _ if status.signal().is_some() || text.contains("nternal error") => Outcome::Broken,
        Some(1) if count("findings") > 0 => Outcome::Found,
        Some(3) => Outcome::Named,
        Some(0) if text.contains("`terraform plan` fails") || text.contains("Terraform refuses") => Outcome::Refused,
        Some(0) if count("undecided") + count("missing_modules") > 0 => Outcome::Undecided,
        Some(0) => Outcome::Silent,
        _ => Outcome::Broken,
    }
}

/// How the rounds came out, by what was done first.
#[derive(Default)]
struct Tally {
    counts: BTreeMap<&'static str, BTreeMap<Result, usize>>,
    failures: Vec<String>,
    /// Findings where Terraform sees no policy: not lost, and not right.
    phantoms: Vec<String>,
    slowest: Duration,
}

impl Tally {
    fn add(&mut self, round: &Round) {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let _sockets = tree::lay_out(&round.files, directory.path());
        let start = Instant::now();
        let outcome =
            if round.needs_program { scan_by_program(directory.path()) } else { scan_here(round, directory.path()) };
        self.slowest = self.slowest.max(start.elapsed());
        let truth = truth(&round.files);
        let result = judged(outcome, truth);
        *self.counts.entry(round.kind).or_default().entry(result).or_default() += 1;
        let shown = || {
            let Round { number, form, done, .. } = round;
            let files = tree::shown(&round.files, &round.damaged);
            format!("== round {number}: {form:?}, {done}{outcome:?}, and the truth is {truth:?}\n{files}")
        };
        if matches!(result, Result::Lost | Result::Broken) {
            self.failures.push(shown());
        } else if outcome == Outcome::Found && truth == Truth::Disarmed {
            self.phantoms.push(shown());
        }
    }

    fn of(&self, result: Result) -> usize {
        self.counts.values().filter_map(|counts| counts.get(&result)).sum()
    }
}

const RESULTS: [Result; 6] =
    [Result::Found, Result::Named, Result::Undecided, Result::Disarmed, Result::Lost, Result::Broken];

/// The tally as a table.
fn table(tally: &Tally) -> String {
    let mut text = format!("{:36} {:>7}", "what was done first", "rounds");
    for result in RESULTS {
        text.push_str(&format!(" {:>9}", format!("{result:?}").to_lowercase()));
    }
    for (kind, counts) in &tally.counts {
        text.push_str(&format!("\n{kind:36} {:>7}", counts.values().sum::<usize>()));
        for result in RESULTS {
            text.push_str(&format!(" {:>9}", counts.get(&result).unwrap_or(&0)));
        }
    }
    let all: usize = tally.counts.values().flat_map(BTreeMap::values).sum();
    text.push_str(&format!("\n{:36} {all:>7}", "all"));
    for result in RESULTS {
        text.push_str(&format!(" {:>9}", tally.of(result)));
    }
    text.push_str(&format!("\nslowest scan: {} ms", tally.slowest.as_millis()));
    text
}

fn rounds(numbers: std::ops::Range<u64>) -> Tally {
    let mut tally = Tally::default();
    numbers.for_each(|number| tally.add(&Round::new(number)));
    tally
}

#[track_caller]
fn assert_nothing_is_lost(tally: &Tally) {
    let count = tally.failures.len();
    assert!(count == 0, "{}\n{}\n{count} rounds failed", table(tally), tally.failures.join("\n"));
}

#[test]
fn what_is_damaged_is_found_or_named() {
    assert_nothing_is_lost(&rounds(0..400));
}

#[test]
#[ignore = "it takes a minute in a release build, and much longer in others"]
#[expect(clippy::print_stdout, reason = "the figures are worth seeing")]
fn what_is_damaged_is_found_or_named_ten_thousand_times() {
    let chosen = std::env::var("PODGATE_DAMAGE").unwrap_or_else(|_| "0:10000".to_owned());
    let (first, count) = chosen.split_once(':').expect("FIRST:COUNT");
    let (first, count): (u64, u64) = (first.parse().expect("a number"), count.parse().expect("a number"));
    let tally = rounds(first..first + count);
    println!("{}\n{} found where there is none:\n{}", table(&tally), tally.phantoms.len(), tally.phantoms.join("\n"));
    assert_nothing_is_lost(&tally);
}

#[test]
fn a_round_is_always_the_same() {
    for number in 0..200 {
        let (one, other) = (Round::new(number), Round::new(number));
        assert_eq!((one.files, one.done), (other.files, other.done), "{number}");
    }
}

#[test]
fn the_trees_are_what_they_claim() {
    for form in FORMS {
        let (files, planted) = tree::tree(form);
        assert_eq!(truth(&files), Truth::Wanted, "{form:?}");
        let directory = tempfile::tempdir().expect("a temporary directory");
        drop(tree::lay_out(&files, directory.path()));
        let report = scanned::scan_in(directory.path(), Vec::new()).report;
        assert!(report.findings.len() == 1 && !report.is_incomplete(), "{form:?}: {report:?}");
        let mut without = files.clone();
        without.retain(|name, _| !planted.iter().any(|own| name == own));
        assert_eq!(truth(&without), Truth::Disarmed, "{form:?}");
    }
}
