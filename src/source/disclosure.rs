//! What of a file a report may show. A report is read by more people than the files are: a log of a public job, an issue
//! in a tracker.
//!
//! Asked here: whether the text of a value may be repeated ([`Sources::quotable`]), or that of a setting
//! ([`Sources::shown`]), what names a value on its line ([`Sources::key`]), and whether its lines hold anything else ([`Sources::stands_alone`]). All look at a
//! bounded piece of text, since a line may be a whole file.

use std::ops::Range;

use super::{Sources, Span, boundary};

/// How much of a file reports may show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Disclosure {
    /// Configuration: what is spoken of, and the lines around it.
    Open,
    /// Values of variables, or a plan: the value that is spoken of, with its name.
    Values,
    /// What an expression has read, and what comes from outside of the repository: nothing but what a finding itself
    /// is about, and values that tell nothing, such as `true`.
    Content,
}

/// So many bytes on each side of a value are looked at. What is further away is taken for another value.
const REACH: usize = 200;

/// A text longer than this, in bytes, is not looked through for other values.
const LONGEST: usize = 4_096;

impl Sources {
    /// The text of a value or an expression, if it may be repeated. One that holds other values (an object that is
    /// written out, a heredoc) may not: only one of these is spoken of. Of private content only what tells nothing may.
    #[must_use]
    pub fn quotable(&self, span: Span) -> Option<&str> {
        let text = self.text(span);
        let may_be = match self[span.file].disclosure() {
            Disclosure::Content => is_telling_nothing(text),
            Disclosure::Open | Disclosure::Values => !holds_others(text),
        };
        may_be.then_some(text)
    }

    /// The part of a setting, from its name to the end of its value, that may be shown: all of it, or as far as the sign
    /// behind the name when the value may not be repeated. Of private content, only a value that tells nothing is.
    #[must_use]
    pub fn shown(&self, setting: Span) -> Span {
        let text = self.text(setting);
        let value = text.find(['=', ':']).map_or(0, |sign| sign + 1);
        let is_shown = match self[setting.file].disclosure() {
            Disclosure::Content => is_telling_nothing(&text[value..]),
            Disclosure::Open | Disclosure::Values => !holds_others(text),
        };
        if is_shown { setting } else { Span { end: setting.start + u32::try_from(value).unwrap_or(0), ..setting } }
    }

    /// The place of the name in front of a value on its line, with what stands between them: `ipc = ` of `ipc = true`,
    /// `"ipc": ` in JSON and YAML. Empty, at the start of the value, where there is none.
    #[must_use]
    pub fn key(&self, span: Span) -> Span {
        let before = self.before(span);
        let length = key_length(before);
        let start = span.start - u32::try_from(length).unwrap_or(0);
        Span { start, end: span.start, ..span }
    }

    /// Whether the lines of a span hold no value besides it: in configuration, comments and the headers of blocks may
    /// stand there; elsewhere only the value's own name may.
    #[must_use]
    pub fn stands_alone(&self, span: Span) -> bool {
        let is_open = self[span.file].disclosure() == Disclosure::Open;
        let before = self.before(span);
        let behind = self.behind(span);
        if before.len() >= REACH || behind.len() >= REACH {
            return false;
        }
        let before = before[..before.len() - key_length(before)].trim_start_matches('\u{feff}');
        let closes = |c: char| c.is_whitespace() || matches!(c, '}' | ']' | ')' | ',') || (is_open && c == '{');
        let behind = behind.trim_start_matches(closes);
        let is_comment = behind.is_empty() || (is_open && (behind.starts_with('#') || behind.starts_with("//")));
        is_comment && before.chars().all(|c| c.is_whitespace() || c == '-' || (is_open && opens(c)))
    }

    /// What stands in front of a span on its line, as far as it is looked at.
    fn before(&self, span: Span) -> &str {
        let text = &*self[span.file].text;
        let end = boundary(text, span.start as usize);
        let start = boundary(text, end.saturating_sub(REACH));
        let near = &text[start..end];
        near.rfind('\n').map_or(near, |at| &near[at + 1..])
    }

    /// What stands behind a span on its line, as far as it is looked at.
    fn behind(&self, span: Span) -> &str {
        let text = &*self[span.file].text;
        let start = boundary(text, span.end as usize);
        let near: Range<usize> = start..boundary(text, start.saturating_add(REACH));
        let near = &text[near];
        near.find('\n').map_or(near, |at| &near[..at])
    }
}

/// A character of a block's header: its words, the quotes around its labels, its brace.
fn opens(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '"' | '{')
}

/// Whether a text says no more than yes, no or nothing.
fn is_telling_nothing(text: &str) -> bool {
    let bare = text.trim().trim_matches(['"', '\'']);
    matches!(bare, "true" | "false" | "null" | "1" | "0") || bare == "~"
}

/// Whether an expression holds values of several names: an object that is written out, a heredoc, or text in braces.
/// The braces of a template's sequences, `${` and `%{`, are others.
fn holds_others(text: &str) -> bool {
    if text.len() > LONGEST || text.contains("<<") {
        return true;
    }
    let bytes = text.as_bytes();
    let opens_sequence = |at: usize| at > 0 && matches!(bytes[at - 1], b'$' | b'%');
    // The brace of a block's header has nothing behind it.
    let holds_something = |at: usize| !text[at + 1..].trim_start().trim_start_matches('}').is_empty();
    memchr::memchr_iter(b'{', bytes).any(|at| !opens_sequence(at) && holds_something(at))
}

/// How many bytes at the end of a text are a name and the sign between it and its value; 0 when it does not end so.
fn key_length(before: &str) -> usize {
    let name = before.trim_end();
    let Some(name) = name.strip_suffix(['=', ':']) else { return 0 };
    let name = name.trim_end();
    let start = if let Some(quoted) = name.strip_suffix('"') {
        quoted.rfind('"')
    } else {
        let is_bare = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
        let bare = name.trim_end_matches(is_bare);
        (bare.len() < name.len()).then_some(bare.len())
    };
    start.map_or(0, |start| before.len() - start)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::read;

    fn with<T>(line: &str, value: &str, disclosure: Disclosure, ask: impl Fn(&Sources, Span) -> T) -> T {
        let sources = Sources::default();
        let contents = read::text(format!("a = 1\n{line}\nb = 2\n").into_bytes()).expect("text");
        let file = sources.add_private("a.tf".into(), contents, disclosure);
        let start = 6 + line.find(value).expect("the value is there");
        ask(&sources, Span::new(file, start, start + value.len()))
    }

    #[test]
    fn a_value_stands_alone_beside_its_own_name() {
        let alone = |line: &str, disclosure| with(line, "true", disclosure, Sources::stands_alone);
        for line in ["  ipc = true", "  \"ipc\": true,", "- ipc: true", "ipc=true }", "  spec { ipc = true } # why"] {
            assert!(alone(line, Disclosure::Open), "{line}");
        }
        for line in ["o = { token = \"s\", ipc = true }", "{ ipc = true, token = 1 }", "f(\"s\", true)"] {
            assert!(!alone(line, Disclosure::Open) && !alone(line, Disclosure::Values), "{line}");
        }
        assert!(alone("ipc = true", Disclosure::Values) && !alone("ipc = true # s", Disclosure::Values));
        assert!(!alone(&format!("{}ipc = true", " ".repeat(500)), Disclosure::Open), "too far to look");
    }

    #[test]
    fn the_name_of_a_value_is_the_one_in_front_of_it() {
        let key = |line: &str| {
            with(line, "true", Disclosure::Values, |sources, span| sources.text(sources.key(span)).to_owned())
        };
        assert_eq!(key("x = 1, ipc  = true"), "ipc  = ");
        assert_eq!(key("{\"a\":1,\"host ipc\": true}"), "\"host ipc\": ");
        assert_eq!(key("[true]"), "");
    }

    #[test]
    fn what_holds_several_values_is_not_repeated() {
        let quoted =
            |text: &str, disclosure| with(text, text, disclosure, |sources, span| sources.quotable(span).is_some());
        assert!(quoted("var.a[\"x\"] && local.b", Disclosure::Open) && quoted("\"${var.a}-x\"", Disclosure::Open));
        assert!(!quoted("merge({ token = 1 }, var.a)", Disclosure::Open) && !quoted("<<EOF", Disclosure::Values));
        assert!(quoted("\"true\"", Disclosure::Content) && !quoted("hunter2", Disclosure::Content));
    }
}
