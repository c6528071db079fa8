//! The arguments, as clap parses them, and what they ask for.

use std::path::PathBuf;
use std::str::FromStr;

use clap::{ArgMatches, Args, Parser, Subcommand, ValueEnum};

use crate::discover::{Given, InputRequest, Request};
use crate::output::human::Verbosity;
use crate::rule::Severity;

use super::names::{ReportName, RuleName};
use super::target::Target;

const AFTER_HELP: &str = "\
Exit codes:
  0  everything was analysed, and nothing at or above --fail-on was found
  1  findings (with --undecided fail also places that could not be decided)
  2  the run could not start, or a report could not be written
  3  no finding, but something that could hide one was not analysed

Examples:
  podgate .
      Scan the working directory and show what was found; the same as `podgate scan .`.
  podgate scan --exclude 'examples/**' -o human -o sarif=podgate.sarif infra
      Scan infra without its examples; show the findings and write them for code scanning.";

const COMPLETIONS_HELP: &str = "\
Example:
  podgate completions bash > /etc/bash_completion.d/podgate";

const MAN_HELP: &str = "\
Example:
  podgate man > podgate.1 && podgate man scan > podgate-scan.1 && man ./podgate-scan.1";

/// Finds Terraform pod security policies that share the host's IPC namespace.
#[derive(Debug, Parser)]
#[command(name = "podgate", version, propagate_version = true, after_help = AFTER_HELP)]
#[command(override_usage = "podgate [OPTIONS] [PATH]...\n       podgate <COMMAND>")]
pub(super) struct Arguments {
    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Scan Terraform code.
    #[command(after_help = AFTER_HELP)]
    Scan(Box<ScanArguments>),
    /// Explain a rule: what it finds, why it matters and what to do.
    Explain {
        /// The id or an alias of the rule; by default all rules.
        #[arg(value_parser = RuleName, hide_possible_values = true)]
        rule: Option<String>,
    },
    /// List the rules.
    Rules,
    /// Print a completion script for a shell.
    #[command(after_help = COMPLETIONS_HELP)]
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
    /// Print a manual page for `man`.
    #[command(after_help = MAN_HELP)]
    Man {
        /// The command whose page to print; by default podgate's own page.
        #[arg(value_parser = ["scan", "explain", "rules", "completions"])]
        command: Option<String>,
    },
}

#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "the flags of a command line are independent of each other")]
pub(super) struct ScanArguments {
    /// The files and directories to scan; by default the working directory. No filter excludes a path that is named
    /// here.
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,

    /// Write a report: human (the default), sarif, datadog, json, github, gitlab, junit or markdown; to FILE, or to the
    /// standard output without one or with `-`. `github-output` appends the counts, the exit code and the SARIF file's
    /// name to FILE as outputs of a GitHub step. Can be repeated.
    #[arg(short, long, visible_alias = "format", value_name = "FORMAT[=FILE]", help_heading = "Reports")]
    #[arg(value_parser = ReportName, hide_possible_values = true)]
    output: Vec<Target>,

    /// The category of this analysis in SARIF. It separates several analyses of one commit. Without it, whoever uploads
    /// the report may set one.
    #[arg(long, value_name = "NAME", help_heading = "Reports", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    pub(super) category: Option<String>,

    /// Where the files of the root can be read at the scanned commit, for example
    /// <https://github.com/OWNER/NAME/blob/COMMIT>: the Markdown report links to their lines.
    #[arg(long, value_name = "URL", help_heading = "Reports")]
    pub(super) source_url: Option<SourceUrl>,

    /// The directory that reported paths are relative to. By default the git repository around the scanned paths;
    /// outside of a repository, the named directory, or the nearest one that contains all named paths.
    #[arg(long, value_name = "DIR", help_heading = "Reports")]
    root: Option<PathBuf>,

    /// When to use colours.
    #[arg(long, value_name = "WHEN", default_value = "auto", help_heading = "Reports")]
    pub(super) color: Color,

    /// Do not show the progress of a long scan. It appears in a terminal only, on the standard error.
    #[arg(long, help_heading = "Reports")]
    pub(super) no_progress: bool,

    /// Print findings and errors only: no warnings, no summary, and undecided places only if they fail the run.
    /// Of `-q` and `-v` the last one counts.
    #[arg(short, long, overrides_with = "verbose", help_heading = "Reports")]
    quiet: bool,

    /// Also print policies without instances (`count = 0`, an empty `for_each`), and the number of Terraform files in
    /// directories that are skipped (.git, .terraform, .terragrunt-cache).
    #[arg(short, long, overrides_with = "quiet", help_heading = "Reports")]
    verbose: bool,

    /// The lowest severity that makes the run fail.
    #[arg(long, value_name = "SEVERITY", default_value = "low", ignore_case = true, help_heading = "Judgement")]
    pub(super) fail_on: FailOn,

    /// What to do about undecided places: list them, only count them, or list them and exit with 1.
    #[arg(long, value_name = "WHAT", default_value = "note", ignore_case = true, help_heading = "Judgement")]
    pub(super) undecided: UndecidedPolicy,

    /// Exit with 0 instead of 1 or 3.
    #[arg(long, help_heading = "Judgement")]
    pub(super) exit_zero: bool,

    /// Check this rule only: an id, an alias, or a glob over both. Can be repeated.
    #[arg(long = "rule", value_name = "ID", help_heading = "What to scan")]
    #[arg(value_parser = RuleName, hide_possible_values = true)]
    pub(super) rules: Vec<String>,

    /// Do not check this rule. Can be repeated.
    #[arg(long = "ignore-rule", value_name = "ID", help_heading = "What to scan")]
    #[arg(value_parser = RuleName, hide_possible_values = true)]
    pub(super) ignored_rules: Vec<String>,

    /// Report only files that match this glob or lie in a directory that does. Globs are relative to the root; `*` stays
    /// within a directory, `**` does not. Can be repeated.
    #[arg(long, value_name = "GLOB", help_heading = "What to scan")]
    include: Vec<String>,

    /// Skip files and directories that match this glob. Can be repeated.
    #[arg(long, value_name = "GLOB", help_heading = "What to scan")]
    exclude: Vec<String>,

    /// Report only what the files in this list affect: policies in them, policies whose value comes through them, root
    /// modules that take values from them or read them, and what their module calls create. One path per line, as `git
    /// diff --name-only` prints them, or NUL-separated (`-z`); `-` is the standard input.
    #[arg(long, value_name = "FILE", help_heading = "What to scan")]
    pub(super) files_from: Option<PathBuf>,

    /// Accept an empty list: nothing is scanned, and the run is clean.
    #[arg(long, requires = "files_from", help_heading = "What to scan")]
    pub(super) allow_empty: bool,

    /// Skip files that .gitignore files ignore. Whoever writes the scanned code then decides what is scanned.
    #[arg(long, help_heading = "What to scan")]
    respect_ignore_files: bool,

    /// Set a variable of the root modules, as `terraform plan -var` does. Can be repeated; the last value of a variable,
    /// here or in --var-file, counts.
    #[arg(long = "var", value_name = "NAME=VALUE", help_heading = "Inputs")]
    variables: Vec<Variable>,

    /// Set the variables of the root modules from this file, as `terraform plan -var-file` does. Can be repeated.
    #[arg(long = "var-file", value_name = "FILE", help_heading = "Inputs")]
    variable_files: Vec<PathBuf>,

    /// Evaluate each root module once more for every file that matches this glob, relative to the module's directory.
    /// Can be repeated.
    #[arg(long = "each-var-file", value_name = "GLOB", help_heading = "Inputs")]
    each_variable_file: Vec<String>,

    /// Do not look for values files. Without this option, and without --var-file and --each-var-file, a root module that
    /// needs values is evaluated with every `*.tfvars` and `*.tfvars.json` file that sets one of them: in its directory,
    /// below it, or in a folder `env`, `envs`, `environments`, `vars`, `tfvars` or `config` beside or around it.
    #[arg(long, help_heading = "Inputs")]
    no_env_files: bool,

    /// The value of `terraform.workspace`.
    #[arg(long, value_name = "NAME", default_value = "default", help_heading = "Inputs")]
    workspace: String,

    /// The number of threads that search, up to 64. 0 (the default) means one for each core, up to 12.
    #[arg(long, value_name = "N", default_value = "0", hide_default_value = true, help_heading = "What to scan")]
    #[arg(value_parser = clap::value_parser!(u8).range(0..=64))]
    threads: u8,
}

impl ScanArguments {
    /// The reports that are wanted, at least one.
    pub(super) fn targets(&self) -> Vec<Target> {
        if self.output.is_empty() { vec![Target::default()] } else { self.output.clone() }
    }

    /// What to scan. `matches` is what the arguments were made of: it knows their order.
    /// `listed` are the paths of `--files-from`.
    pub(super) fn request(&self, matches: &ArgMatches, listed: Option<Vec<PathBuf>>) -> Request {
        Request {
            paths: self.paths.clone(),
            listed,
            root: self.root.clone(),
            include: self.include.clone(),
            exclude: self.exclude.clone(),
            respect_ignore_files: self.respect_ignore_files,
            count_passed_over: self.verbose,
            threads: self.threads.into(),
            progress: None,
            inputs: InputRequest {
                given: self.given(matches),
                each_file: self.each_variable_file.clone(),
                no_env_files: self.no_env_files,
                workspace: Some(self.workspace.clone()),
            },
        }
    }

    /// What gives values to variables, in the order of the command line.
    fn given(&self, matches: &ArgMatches) -> Vec<Given> {
        let at = |id: &str| matches.indices_of(id).into_iter().flatten();
        let argument =
            |Variable { name, value }: &Variable| Given::Argument { name: name.clone(), value: value.clone() };
        let arguments = at("variables").zip(self.variables.iter().map(argument));
        let files = at("variable_files").zip(self.variable_files.iter().cloned().map(Given::File));
        let mut given: Vec<(usize, Given)> = arguments.chain(files).collect();
        given.sort_by_key(|(index, _)| *index);
        given.into_iter().map(|(_, given)| given).collect()
    }

    /// Whether to print as little as there must be.
    pub(super) fn is_quiet(&self) -> bool {
        self.quiet
    }

    /// How much to print.
    pub(super) fn verbosity(&self) -> Verbosity {
        match (self.quiet, self.verbose) {
            (true, _) => Verbosity::Quiet,
            (_, true) => Verbosity::Verbose,
            _ => Verbosity::Normal,
        }
    }
}

/// A value for a variable.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Variable {
    name: String,
    value: String,
}

impl FromStr for Variable {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once('=') {
            Some((name, value)) if !name.is_empty() => {
                Ok(Self { name: name.trim().to_owned(), value: value.to_owned() })
            }
            _ => Err("the form is NAME=VALUE".to_owned()),
        }
    }
}

/// Where the files of the root can be read, without a slash at the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SourceUrl(pub(super) String);

impl FromStr for SourceUrl {
    type Err = &'static str;

    /// Takes an address of the web. Characters that would end a link in Markdown must be escaped.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_plain = |c: char| c.is_ascii_graphic() && !"<>()[]\"'`|\\".contains(c);
        let is_address = ["https://", "http://"].iter().any(|scheme| text.starts_with(scheme));
        if is_address && text.chars().all(is_plain) {
            Ok(Self(text.trim_end_matches('/').to_owned()))
        } else {
            Err("an address such as https://github.com/OWNER/NAME/blob/COMMIT is expected")
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Color {
    /// In a terminal, unless the environment says otherwise.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

impl Color {
    /// Whether to colour, given what the stream and the environment suggest.
    pub(super) fn decides(self, suggested: bool) -> bool {
        match self {
            Self::Auto => suggested,
            Self::Always => true,
            Self::Never => false,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum FailOn {
    /// Any finding.
    Low,
    /// Findings of medium severity or worse.
    Medium,
    /// Findings of high severity or worse.
    High,
    /// Critical findings.
    Critical,
    /// No finding.
    Never,
}

impl FailOn {
    /// The least severity that fails the run.
    pub(super) fn severity(self) -> Option<Severity> {
        match self {
            Self::Low => Some(Severity::Low),
            Self::Medium => Some(Severity::Medium),
            Self::High => Some(Severity::High),
            Self::Critical => Some(Severity::Critical),
            Self::Never => None,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum UndecidedPolicy {
    /// List them.
    Note,
    /// Count them only.
    Ignore,
    /// List them and fail the run.
    Fail,
}
