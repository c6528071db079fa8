//! Floor 7: the command line. The only user of clap and of the standard streams.

mod args;
mod deliver;
mod names;
mod progress;
mod shorthand;
mod staged;
mod step_outputs;
mod streams;
mod target;

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use clap::{ArgMatches, CommandFactory, FromArgMatches};

use crate::discover;
use crate::error::Error;
use crate::output::{self, Input, human, page};
use crate::report::{Judgement, Outcome};
use crate::rules;
use crate::scan;
use crate::source::read;

use args::{Arguments, Command, ScanArguments, SourceUrl, UndecidedPolicy};
pub use streams::{Streams, Terminal};
use target::Target;

/// The exit codes, which are a contract with whoever scripts the scanner.
mod exit {
    /// Complete, and nothing fails the run.
    pub(super) const CLEAN: u8 = 0;
    /// Findings.
    pub(super) const FINDINGS: u8 = 1;
    /// The run could not start, or a report could not be written.
    pub(super) const NOT_RUN: u8 = 2;
    /// No finding, but something that could hide one was not analysed.
    pub(super) const INCOMPLETE: u8 = 3;
}

/// Runs the program with these arguments (the first is its own name) and gives the exit code.
pub fn run(arguments: impl IntoIterator<Item = OsString>, streams: &mut Streams<'_>) -> u8 {
    let arguments = shorthand::expanded(arguments.into_iter().collect());
    let parsed = Arguments::command().try_get_matches_from(arguments);
    let parsed = parsed.and_then(|matches| Ok((Arguments::from_arg_matches(&matches)?, matches)));
    let result = match parsed {
        Ok((arguments, matches)) => command(&arguments, &matches, streams),
        Err(error) => usage(&error, streams),
    };
    result.unwrap_or_else(|error| {
        // As clap begins its errors.
        let label = if streams.err_terminal.color {
            output::painted("error:", anstyle::AnsiColor::Red.on_default().bold())
        } else {
            "error:".to_owned()
        };
        let message = streams.err_terminal.shown(format!("{label} {}\n", output::printable(&error.to_string())));
        // Nothing more can be done when even the standard error is gone.
        _ = deliver::write_out(streams.err, message.as_bytes());
        exit::NOT_RUN
    })
}

/// Prints what clap has to say: help and version go to the standard output, errors to the standard error.
fn usage(error: &clap::Error, streams: &mut Streams<'_>) -> Result<u8, Error> {
    let terminal = if error.use_stderr() { streams.err_terminal } else { streams.out_terminal };
    let rendered = error.render();
    // What is given may come from a shell's glob over a stranger's files.
    let plain = output::printable_lines(&rendered.to_string());
    let text = if terminal.color && plain == rendered.to_string() { rendered.ansi().to_string() } else { plain };
    let stream = if error.use_stderr() { &mut streams.err } else { &mut streams.out };
    deliver::write_out(*stream, terminal.shown(text).as_bytes()).map_err(Error::Stdout)?;
    Ok(if error.use_stderr() { exit::NOT_RUN } else { exit::CLEAN })
}

fn command(arguments: &Arguments, matches: &ArgMatches, streams: &mut Streams<'_>) -> Result<u8, Error> {
    match &arguments.command {
        Command::Scan(arguments) => scan(arguments, matches.subcommand_matches("scan").unwrap_or(matches), streams),
        Command::Explain { rule } => explain(rule.as_deref(), streams),
        Command::Rules => list_rules(streams),
        Command::Completions { shell } => completions(*shell, streams),
        Command::Man { command } => manual(command.as_deref(), streams),
    }
}

fn scan(arguments: &ScanArguments, matches: &ArgMatches, streams: &mut Streams<'_>) -> Result<u8, Error> {
    let targets = arguments.targets();
    if let Some(message) = deliver::conflict(&targets).or_else(|| step_outputs::refusal(&targets)) {
        let mut program = Arguments::command();
        program.build();
        let scan = program.find_subcommand_mut("scan").expect("there is such a command");
        return usage(&scan.error(clap::error::ErrorKind::ArgumentConflict, message), streams);
    }
    let rules = rules::select(&arguments.rules, &arguments.ignored_rules)?;
    let start = Instant::now();
    let listed = arguments.files_from.as_deref().map(|list| listed(list, arguments.allow_empty)).transpose()?;
    let request = arguments.request(matches, listed);
    let shows_progress = streams.err_terminal.is_there && !arguments.no_progress && !arguments.is_quiet();
    let scanned = if shows_progress {
        progress::shown(request, &rules, arguments.color.decides(streams.err_terminal.color))
    } else {
        scan::scan(&request, &rules)
    };
    let mut scan = scanned?;
    let undecided_fails = arguments.undecided == UndecidedPolicy::Fail;
    let outcome = scan.report.outcome(Judgement { fail_on: arguments.fail_on.severity(), undecided_fails });
    if arguments.undecided == UndecidedPolicy::Ignore {
        scan.report.undecided.clear();
        scan.report.missing.clear();
    }
    let exit_code = if arguments.exit_zero { exit::CLEAN } else { exit_code(outcome) };
    report(arguments, &targets, &Scanned { scan, elapsed: start.elapsed(), exit_code }, streams)?;
    Ok(exit_code)
}

/// A scan that has come to its end.
struct Scanned {
    scan: scan::Scan,
    elapsed: Duration,
    exit_code: u8,
}

/// Writes all reports, then what later steps of a job ask for: also that a report could not be written.
fn report(
    arguments: &ScanArguments,
    targets: &[Target],
    scanned: &Scanned,
    streams: &mut Streams<'_>,
) -> Result<(), Error> {
    let Scanned { scan, elapsed, exit_code } = scanned;
    let base = std::env::current_dir().and_then(|directory| directory.canonicalize()).unwrap_or_default();
    let style = |terminal: &Terminal| human::Style {
        color: arguments.color.decides(terminal.color),
        links: terminal.links && arguments.color.decides(terminal.color),
        width: terminal.width,
        is_ascii: terminal.is_ascii,
        is_terminal: terminal.is_there,
        verbosity: arguments.verbosity(),
        undecided_fails: arguments.undecided == UndecidedPolicy::Fail,
        base: base.clone(),
        root: scan.root.path().to_owned(),
        elapsed: *elapsed,
    };
    let (out_style, err_style) = (style(&streams.out_terminal), style(&streams.err_terminal));
    let category = arguments.category.as_deref();
    let source_url = arguments.source_url.as_ref().map(|SourceUrl(url)| url.as_str());
    let input = |style| Input { report: &scan.report, sources: &scan.sources, style, category, source_url };
    let delivered = deliver::deliver(targets, &input(&out_style), streams);
    let told = if delivered.is_ok() { *exit_code } else { exit::NOT_RUN };
    let lines = step_outputs::lines(&scan.report, targets, told, delivered.is_ok());
    for path in step_outputs::wanted(targets) {
        deliver::append_lines(path.map(PathBuf::as_path), &lines, scan.root.path(), streams)?;
    }
    delivered?;
    if !targets.iter().any(Target::is_for_people) {
        // The reports are written and the verdict stands, also when nobody can be told on the standard error.
        _ = human::write_brief(&input(&err_style), streams.err);
    }
    Ok(())
}

/// The paths that a list names.
fn listed(list: &Path, allow_empty: bool) -> Result<Vec<PathBuf>, Error> {
    let read = if list == Path::new("-") { read::bounded(io::stdin()) } else { read::given(list) };
    let bytes = read.map_err(|error| Error::Path { path: list.to_owned(), error })?;
    let entries = discover::list::entries(&bytes);
    if entries.is_empty() && !allow_empty { Err(Error::EmptyList) } else { Ok(entries) }
}

fn exit_code(outcome: Outcome) -> u8 {
    match outcome {
        Outcome::Clean => exit::CLEAN,
        Outcome::Failed => exit::FINDINGS,
        Outcome::Incomplete => exit::INCOMPLETE,
    }
}

/// Prints the completions of a shell.
fn completions(shell: clap_complete::Shell, streams: &mut Streams<'_>) -> Result<u8, Error> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "podgate", &mut script);
    deliver::write_out(streams.out, &script).map_err(Error::Stdout)?;
    Ok(exit::CLEAN)
}

/// Prints the manual page of a command, or of the program.
fn manual(command: Option<&str>, streams: &mut Streams<'_>) -> Result<u8, Error> {
    let mut program = Arguments::command();
    // Names such as `podgate-scan` are made on the way.
    program.build();
    let wanted = match command {
        Some(name) => program.find_subcommand(name).cloned().unwrap_or(program),
        None => program,
    };
    let mut page = Vec::new();
    clap_mangen::Man::new(wanted).render(&mut page).map_err(Error::Stdout)?;
    deliver::write_out(streams.out, &page).map_err(Error::Stdout)?;
    Ok(exit::CLEAN)
}

/// Prints the page of a rule, or of all of them: for reading on a terminal, and as it is for others.
fn explain(name: Option<&str>, streams: &mut Streams<'_>) -> Result<u8, Error> {
    let explained = match name {
        Some(name) => vec![rules::find(name)?],
        None => rules::ALL.to_vec(),
    };
    let pages: Vec<&str> = explained.iter().map(|rule| rule.page).collect();
    let pages = pages.join("\n\n");
    let Terminal { color, links, width, is_there, .. } = streams.out_terminal;
    let shown = if is_there || color { page::render(&pages, page::Look { color, links, width }) } else { pages };
    deliver::print(&shown, streams)?;
    Ok(exit::CLEAN)
}

/// Prints what rules there are.
fn list_rules(streams: &mut Streams<'_>) -> Result<u8, Error> {
    let mut text = String::new();
    for rule in rules::ALL {
        let lines = [
            rule.id.to_owned(),
            format!("  {} ({}, CWE-{})", rule.name, rule.severity.name(), rule.cwe),
            format!("  resources: {}", rule.resource_types.join(", ")),
            format!("  also known as: {}", rule.aliases.join(", ")),
        ];
        text.push_str(&lines.join("\n"));
        text.push('\n');
    }
    deliver::print(&text, streams)?;
    Ok(exit::CLEAN)
}
