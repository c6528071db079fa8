//! The standard streams and what is at their other end.

use std::io::{self, Write};

use anstream::stream::RawStream;

/// Where the program prints.
pub struct Streams<'s> {
    /// The standard output: reports.
    pub out: &'s mut dyn Write,
    /// What reads the standard output.
    pub out_terminal: Terminal,
    /// The standard error: everything else.
    pub err: &'s mut dyn Write,
    /// What reads the standard error.
    pub err_terminal: Terminal,
}

/// What is at the other end of a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terminal {
    /// Whether to colour, as far as the stream and the environment (`NO_COLOR`, `CLICOLOR_FORCE`, `TERM`) say.
    pub color: bool,
    /// Whether it follows links.
    pub links: bool,
    /// Its width in columns.
    pub width: usize,
    /// Whether it is one, and not a file or a pipe.
    pub is_there: bool,
}

/// The width for what is not a terminal: what code hosts show of a job's log without breaking lines.
pub(super) const LOG_WIDTH: usize = 100;

/// Lines longer than this are hard to read, however wide a terminal is.
const WIDEST: usize = 120;

impl Terminal {
    /// What is at the other end of the standard output.
    #[expect(clippy::disallowed_methods, reason = "this is the command line")]
    #[must_use]
    pub fn of_stdout() -> Self {
        Self::of(&io::stdout(), supports_hyperlinks::Stream::Stdout)
    }

    /// What is at the other end of the standard error.
    #[expect(clippy::disallowed_methods, reason = "this is the command line")]
    #[must_use]
    pub fn of_stderr() -> Self {
        Self::of(&io::stderr(), supports_hyperlinks::Stream::Stderr)
    }

    fn of(stream: &impl RawStream, kind: supports_hyperlinks::Stream) -> Self {
        let size = if stream.is_terminal() { terminal_size::terminal_size() } else { None };
        Self {
            color: anstream::AutoStream::choice(stream) != anstream::ColorChoice::Never,
            links: stream.is_terminal() && supports_hyperlinks::on(kind),
            is_there: stream.is_terminal(),
            width: size.map_or(LOG_WIDTH, |(width, _)| usize::from(width.0).clamp(40, WIDEST)),
        }
    }
}
