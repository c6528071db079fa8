//! The standard streams and what is at their other end.

use std::ffi::OsString;
use std::io::{self, Write};

use anstream::stream::RawStream;

use crate::output;

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
#[expect(clippy::struct_excessive_bools, reason = "what a terminal can do are independent facts")]
pub struct Terminal {
    /// Whether to colour, as far as the stream and the environment (`NO_COLOR`, `FORCE_COLOR`, `CLICOLOR_FORCE`, `TERM`)
    /// say.
    pub color: bool,
    /// Whether it follows links.
    pub links: bool,
    /// Its width in columns.
    pub width: usize,
    /// Whether only ASCII is to be drawn with: the locale says that the terminal shows nothing else.
    pub is_ascii: bool,
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

    /// Text in the characters that are shown.
    pub(super) fn shown(self, text: String) -> String {
        if self.is_ascii { output::ascii(&text) } else { text }
    }

    fn of(stream: &impl RawStream, kind: supports_hyperlinks::Stream) -> Self {
        let size = if stream.is_terminal() { terminal_size::terminal_size() } else { None };
        Self {
            color: is_color_forced(variable) || anstream::AutoStream::choice(stream) != anstream::ColorChoice::Never,
            is_ascii: is_ascii(variable),
            links: stream.is_terminal() && supports_hyperlinks::on(kind),
            is_there: stream.is_terminal(),
            width: size.map_or(LOG_WIDTH, |(width, _)| usize::from(width.0).clamp(40, WIDEST)),
        }
    }
}

/// A variable of the environment; none where it is empty.
#[expect(clippy::disallowed_methods, reason = "how text looks is no verdict")]
fn variable(name: &str) -> Option<OsString> {
    std::env::var_os(name).filter(|value| !value.is_empty())
}

/// Whether the environment asks for colours wherever the text goes (<https://force-color.org>; 0 is none, as for
/// Node.js). Who wants none at all (<https://no-color.org>) gets none.
fn is_color_forced(variable: impl Fn(&str) -> Option<OsString>) -> bool {
    let forced = variable("FORCE_COLOR").is_some_and(|value| value != "0" && value != "false");
    forced && variable("NO_COLOR").is_none()
}

/// Whether the locale has another encoding than UTF-8. The first of these variables that is set decides (POSIX.1-2017,
/// Base Definitions, 8.2). Where none is set, as in most containers, what shows the text takes UTF-8 nevertheless.
fn is_ascii(variable: impl Fn(&str) -> Option<OsString>) -> bool {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(variable);
    let is_utf8 = |locale: OsString| {
        let locale = locale.to_string_lossy().to_ascii_lowercase();
        locale.contains("utf-8") || locale.contains("utf8")
    };
    cfg!(not(windows)) && locale.is_some_and(|locale| !is_utf8(locale))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(set: &[(&'static str, &'static str)]) -> impl Fn(&str) -> Option<OsString> {
        let set = set.to_vec();
        move |name| set.iter().find(|(known, _)| *known == name).map(|(_, value)| value.into())
    }

    #[test]
    fn colours_can_be_forced_and_refused() {
        for (set, forced) in [
            (&[][..], false),
            (&[("FORCE_COLOR", "1")], true),
            (&[("FORCE_COLOR", "true")], true),
            (&[("FORCE_COLOR", "0")], false),
            (&[("FORCE_COLOR", "1"), ("NO_COLOR", "1")], false),
        ] {
            assert_eq!(is_color_forced(environment(set)), forced, "{set:?}");
        }
    }

    #[test]
    #[cfg(not(windows))]
    fn the_first_locale_that_is_set_decides() {
        for (set, ascii) in [
            (&[][..], false),
            (&[("LANG", "C")], true),
            (&[("LANG", "en_US.UTF-8")], false),
            (&[("LANG", "C.utf8")], false),
            (&[("LANG", "de_DE.ISO-8859-1")], true),
            (&[("LC_ALL", "POSIX"), ("LANG", "en_US.UTF-8")], true),
            (&[("LC_CTYPE", "C.UTF-8"), ("LANG", "C")], false),
        ] {
            assert_eq!(is_ascii(environment(set)), ascii, "{set:?}");
        }
    }
}
