//! Floor 0: what stops a run. Everything else is a [`Notification`](crate::source::Notification), and the scan goes on.

use std::io;
use std::path::PathBuf;

/// Why a run could not start, or could not deliver its reports.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The operating system gives no thread with a stack that is large enough.
    #[error("the operating system refuses to start a thread ({0}); podgate needs some 100 MB of address space")]
    NoThread(io::Error),
    /// podgate itself failed, outside of any root module.
    #[error("podgate failed (internal error{0}); please report it")]
    Internal(String),
    /// A path on the command line leads nowhere.
    #[error("{} does not exist", .0.display())]
    NoSuchPath(PathBuf),
    /// An entry of the list of `--files-from` leads nowhere.
    #[error(
        "{} does not exist, but the list of --files-from names it (`git diff --diff-filter=d` omits deleted files)",
        .0.display()
    )]
    NotThere(PathBuf),
    /// The list of `--files-from` is empty.
    #[error("the list of --files-from is empty; --allow-empty accepts an empty list")]
    EmptyList,
    /// A link on the way of a path on the command line leads out of the repository.
    #[error(
        "{} leads out of the repository, to {}; name that path itself, or set --root to a directory that contains it",
        .path.display(),
        .target.display()
    )]
    LeadsOut {
        /// The path as given.
        path: PathBuf,
        /// Where it leads.
        target: PathBuf,
    },
    /// A path on the command line cannot be looked at.
    #[error("{} cannot be read: {error}", .path.display())]
    Path {
        /// The path as given.
        path: PathBuf,
        /// What the operating system says.
        error: io::Error,
    },
    /// A path on the command line is neither a file nor a directory.
    #[error("{} is a socket, a pipe or a device; name a file or a directory", .0.display())]
    NotScannable(PathBuf),
    /// `--root` does not enclose a path to scan.
    #[error("{} is not inside the root {}", .path.display(), .root.display())]
    OutsideRoot {
        /// The path.
        path: PathBuf,
        /// The root.
        root: PathBuf,
    },
    /// `--include` or `--exclude` is no glob.
    #[error("`{glob}` is not a valid glob: {reason}")]
    Glob {
        /// The glob as given.
        glob: String,
        /// What is wrong with it.
        reason: String,
    },
    /// `--rule` or `--ignore-rule` matches no rule.
    #[error("no rule is called `{name}`{}; `podgate rules` lists them all", did_you_mean(*.meant))]
    NoSuchRule {
        /// The name as given.
        name: String,
        /// A name that is like it.
        meant: Option<&'static str>,
    },
    /// A report could not be written.
    #[error("the report {} could not be written: {error}", .path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        error: io::Error,
    },
    /// The standard output could not be written.
    #[error("the standard output could not be written: {0}")]
    Stdout(io::Error),
    /// A report could not be put into its format.
    #[error("the report could not be made: {0}")]
    Format(String),
}

impl Error {
    /// That a glob which was given is none, in podgate's words.
    pub(crate) fn glob(glob: &str, error: &globset::Error) -> Self {
        use globset::ErrorKind;
        let reason = match error.kind() {
            ErrorKind::UnclosedClass => "a `[` is not closed".to_owned(),
            ErrorKind::InvalidRange(from, to) => format!("in the range {from}-{to} the end comes before the start"),
            ErrorKind::UnopenedAlternates => "a `}` closes nothing".to_owned(),
            ErrorKind::UnclosedAlternates => "a `{` is not closed".to_owned(),
            ErrorKind::DanglingEscape => "nothing follows the `\\` at its end".to_owned(),
            _ => "it is too long or of a form that podgate does not read".to_owned(),
        };
        Self::Glob { glob: glob.to_owned(), reason }
    }
}

fn did_you_mean(name: Option<&str>) -> String {
    name.map(|name| format!(" (did you mean `{name}`?)")).unwrap_or_default()
}
