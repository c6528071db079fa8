//! Text that comes from the scanned code, made fit to be shown.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::path::{Component, Path};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode};

use crate::source::slashed;

/// Everything but RFC 3986's unreserved characters is escaped in a path segment; a raw `:` in the first one would read
/// as a scheme.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A path as a URI reference: `/` between segments that are percent-encoded, byte by byte. An absolute one is that of a
/// file.
pub(super) fn uri(path: &Path) -> String {
    let named = path.components().filter(|component| *component != Component::RootDir);
    let segments = named.map(|component| percent_encode(component.as_os_str().as_encoded_bytes(), SEGMENT).to_string());
    let segments = segments.collect::<Vec<_>>().join("/");
    if path.is_absolute() { format!("file:///{segments}") } else { segments }
}

/// A path for people, without characters that a terminal would act on.
pub(super) fn path(path: &Path) -> String {
    line(&slashed(path))
}

/// Text for people that stays on one line: a line of its own could read as a command to who runs the job.
pub(super) fn line(text: &str) -> String {
    visible(text).replace('\n', "\u{240a}").replace('\t', "\u{2409}")
}

/// Text for a terminal that shows ASCII only. Every other character is replaced by as many question marks as it has
/// columns: bytes of UTF-8 can be control characters in another encoding.
pub(super) fn ascii(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_ascii() {
            shown.push(c);
        } else {
            shown.extend(std::iter::repeat_n('?', width(c.encode_utf8(&mut [0; 4]))));
        }
    }
    shown
}

/// How many columns a text takes.
pub(super) fn width(text: &str) -> usize {
    textwrap::core::display_width(text)
}

/// Text in a style, for a terminal that takes colours.
pub(super) fn painted(text: &str, style: anstyle::Style) -> String {
    format!("{}{text}{}", style.render(), style.render_reset())
}

/// Text that leads to an address, for a terminal that follows links (OSC 8).
pub(super) fn link(text: &str, address: &str) -> String {
    format!("\u{1b}]8;;{address}\u{1b}\\{text}\u{1b}]8;;\u{1b}\\")
}

/// How prose is put into lines of a width. Paths, addresses and code are not broken: nobody could copy or open their
/// parts.
pub(super) fn wrapping<'t>(width: usize, first: &'t str, others: &'t str) -> textwrap::Options<'t> {
    textwrap::Options::new(width)
        .initial_indent(first)
        .subsequent_indent(others)
        .break_words(false)
        .word_separator(textwrap::WordSeparator::AsciiSpace)
        .word_splitter(textwrap::WordSplitter::NoHyphenation)
}

/// JSON in which no character reaches a terminal that acts on it, and no word is a command to who runs the job: such
/// characters stand in strings only, and there an escape means the same.
pub(super) fn inert_json(json: &str) -> Cow<'_, str> {
    if json.chars().all(|c| !is_escaped_in_json(c)) && without_brackets(json).len() == json.len() {
        return Cow::Borrowed(json);
    }
    let mut inert = String::with_capacity(json.len());
    for c in json.chars() {
        if is_escaped_in_json(c) {
            _ = write!(inert, "\\u{:04x}", u32::from(c));
        } else {
            inert.push(c);
        }
    }
    COMMANDS.iter().fold(inert, |text, command| text.replace(command, &command.replacen('#', "\\u0023", 1))).into()
}

/// Whether a character must not stand in a report as it is, though JSON allows it.
fn is_escaped_in_json(c: char) -> bool {
    stand_in(c).is_some_and(|_| c >= '\u{7f}')
}

/// XML in which no word is a command to who runs the job.
pub(super) fn inert_xml(xml: &str) -> Cow<'_, str> {
    if without_brackets(xml).len() == xml.len() {
        return Cow::Borrowed(xml);
    }
    let broken = |text: String, command: &&str| text.replace(*command, &command.replacen('#', "&#35;", 1));
    COMMANDS.iter().fold(xml.to_owned(), broken).into()
}

/// How commands in brackets start: GitHub's older ones, and Azure's. They count anywhere in a line.
const COMMANDS: [&str; 2] = ["##[", "##vso["];

/// Text in which no command in brackets starts. A space of no width breaks one.
pub(super) fn without_brackets(text: &str) -> Cow<'_, str> {
    if !COMMANDS.iter().any(|command| text.contains(command)) {
        return Cow::Borrowed(text);
    }
    let broken = |text: String, command: &&str| text.replace(*command, &command.replacen("##", "#\u{200b}#", 1));
    COMMANDS.iter().fold(text.to_owned(), broken).into()
}

/// A log in which no line is a command to who runs the job: GitHub's runner takes `::name` at the start of a line and
/// `##[name]` anywhere (`ActionCommand` of <https://github.com/actions/runner>), Azure's `##vso[name]`. A space of no
/// width breaks them.
pub(super) fn without_commands(log: &str) -> Cow<'_, str> {
    let starts_command = |line: &str| line.trim_start().starts_with("::");
    let log = without_brackets(log);
    if !log.lines().any(starts_command) {
        return log;
    }
    let line = |line: &str| if starts_command(line) { line.replacen("::", ":\u{200b}:", 1) } else { line.to_owned() };
    log.split_inclusive('\n').map(line).collect::<String>().into()
}

/// Text without characters that a terminal would act on or that change the order of others: each is replaced by one
/// that is shown. Tabs and line ends stay.
pub(super) fn visible(text: &str) -> Cow<'_, str> {
    if text.chars().all(|c| stand_in(c).is_none()) {
        return Cow::Borrowed(text);
    }
    text.chars().map(|c| stand_in(c).unwrap_or(c)).collect::<String>().into()
}

/// What is shown for a character that must not reach a terminal: Unicode's control pictures, or U+FFFD.
fn stand_in(c: char) -> Option<char> {
    match c {
        '\t' | '\n' => None,
        '\0'..='\u{1f}' => char::from_u32(0x2400 + u32::from(c)),
        '\u{7f}' => Some('\u{2421}'),
        // C1 controls, the marks and overrides of writing direction, and the byte-order mark.
        '\u{80}'..='\u{9f}'
        | '\u{61c}'
        | '\u{200e}'
        | '\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2066}'..='\u{2069}'
        | '\u{2028}'
        | '\u{2029}'
        | '\u{feff}'
        | '\u{fffe}'
        | '\u{ffff}' => Some('\u{fffd}'),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uris_are_percent_encoded_by_segment() {
        assert_eq!(uri(Path::new("a b/c:d/%20#é.tf")), "a%20b/c%3Ad/%2520%23%C3%A9.tf");
        assert_eq!(uri(Path::new("modules/x-1_2~3.tf")), "modules/x-1_2~3.tf");
        assert_eq!(uri(Path::new("/a b/c.tf")), "file:///a%20b/c.tf");
    }

    #[test]
    fn a_log_holds_no_commands() {
        assert!(matches!(without_commands("a::b\n # [x]\n"), Cow::Borrowed(_)));
        let shown = without_commands("a\n  ::add-mask::x\n1 | # ##[error]y ##vso[task]z");
        assert_eq!(shown, "a\n  :\u{200b}:add-mask::x\n1 | # #\u{200b}#[error]y #\u{200b}#vso[task]z");
    }

    #[test]
    fn a_line_stays_one() {
        assert_eq!(line("a\n::error::b\tc"), "a␊::error::b␉c");
    }

    #[test]
    fn what_a_terminal_acts_on_is_replaced() {
        assert_eq!(visible("a\u{1b}[31m\u{202e}b\tc"), "a␛[31m\u{fffd}b\tc");
        assert!(matches!(visible("plain ü 😀"), Cow::Borrowed(_)));
    }
}
