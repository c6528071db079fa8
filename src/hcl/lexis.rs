//! The words of HCL: identifiers, white space, the ends of strings and comments.

use std::collections::HashMap;
use std::ops::Range;

use unicode_ident::{is_xid_continue, is_xid_start};

/// Where the identifier that starts at byte `at` ends; `None` when none starts there. HCL's identifiers are those of
/// Unicode (UAX #31) and may hold dashes; Terraform takes an underscore in front as well.
pub(super) fn identifier_end(text: &str, at: usize) -> Option<usize> {
    let mut chars = text.get(at..)?.char_indices();
    let (_, first) = chars.next()?;
    if !(is_xid_start(first) || first == '_') {
        return None;
    }
    let behind = chars.find(|(_, c)| !(is_xid_continue(*c) || *c == '-'));
    Some(behind.map_or(text.len(), |(length, _)| at + length))
}

/// Whether all of a text is one identifier.
#[must_use]
pub fn is_identifier(text: &str) -> bool {
    identifier_end(text, 0) == Some(text.len())
}

/// Behind the blanks (spaces and tabs) at `at`.
pub(super) fn skip_blanks(bytes: &[u8], at: usize) -> usize {
    at + bytes[at..].iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count()
}

/// Where the line that holds `at` ends: at its LF, or at the CR in front of it, or at the end of the text.
pub(super) fn line_end(bytes: &[u8], at: usize) -> usize {
    match memchr::memchr(b'\n', &bytes[at..]) {
        Some(length) if length > 0 && bytes[at + length - 1] == b'\r' => at + length - 1,
        Some(length) => at + length,
        None => bytes.len(),
    }
}

/// A comment that starts at `at`.
pub(super) enum Comment {
    /// `#` or `//`, to this end (before the line end).
    Line(usize),
    /// `/* */`, to this end; `None` when it is never closed.
    Inline(Option<usize>),
}

/// The comment that starts at `at`, if one does. `stay_open` spares the search for the end of an inline comment when
/// there is known to be none.
pub(super) fn comment(bytes: &[u8], at: usize, stay_open: bool) -> Option<Comment> {
    match bytes[at..] {
        [b'#', ..] | [b'/', b'/', ..] => Some(Comment::Line(line_end(bytes, at))),
        [b'/', b'*', ..] if stay_open => Some(Comment::Inline(None)),
        [b'/', b'*', ..] => {
            let close = memchr::memmem::find(&bytes[at + 2..], b"*/");
            Some(Comment::Inline(close.map(|length| at + 2 + length + 2)))
        }
        _ => None,
    }
}

/// The start of a heredoc at `at`: its marker and where the text behind the marker's line starts. As in Terraform,
/// the marker is followed by the line end at once.
pub(super) fn heredoc(text: &str, at: usize) -> Option<(&str, usize)> {
    let bytes = text.as_bytes();
    let behind_arrows = at + 2;
    if !bytes[at..].starts_with(b"<<") {
        return None;
    }
    let start = behind_arrows + usize::from(bytes.get(behind_arrows) == Some(&b'-'));
    let end = identifier_end(text, start)?;
    match bytes[end..] {
        [b'\n', ..] => Some((&text[start..end], end + 1)),
        [b'\r', b'\n', ..] => Some((&text[start..end], end + 2)),
        _ => None,
    }
}

/// Where a heredoc's last line ends if the line that starts at `at` is it: the marker alone between blanks.
pub(super) fn heredoc_end(bytes: &[u8], at: usize, marker: &str) -> Option<usize> {
    // Go's `bytes.TrimSpace`, which Terraform uses here, knows Unicode's white space, too.
    let line = str::from_utf8(&bytes[at..line_end(bytes, at)]).ok()?;
    let indent = line.len() - line.trim_start().len();
    (line.trim() == marker).then(|| at + indent + marker.len())
}

/// Where the quoted label that starts at `at` ends, behind its closing quote; `None` when the line ends first or the
/// label holds a template, which HCL does not allow there.
pub(super) fn quoted_label_end(bytes: &[u8], at: usize) -> Option<usize> {
    let mut at = at + 1;
    loop {
        match bytes[at..] {
            [b'"', ..] => return Some(at + 1),
            [b'\\', next, ..] if next != b'\n' => at += 2,
            [b'$', b'$', b'{', ..] | [b'%', b'%', b'{', ..] => at += 3,
            [] | [b'\n' | b'\\', ..] | [b'$' | b'%', b'{', ..] => return None,
            _ => at += 1,
        }
    }
}

/// Whether Terraform takes a quoted label: its escapes are known, and no carriage return is in it.
pub(super) fn is_sound_label(quoted: &str) -> bool {
    let mut rest = quoted;
    while let Some(at) = rest.find(['\\', '\r']) {
        let Some(length) = escape_length(&rest[at..]) else { return false };
        rest = &rest[at + length..];
    }
    true
}

/// What a quoted label says. Only the escapes of HCL's quoted strings mean something; another one is kept as written
/// (Terraform refuses it, and no name of a type or an argument holds one).
pub(super) fn unquote(quoted: &str) -> String {
    let inner = &quoted[1..quoted.len() - 1];
    if !inner.contains(['\\', '$', '%']) {
        return inner.to_owned();
    }
    let mut text = String::with_capacity(inner.len());
    let mut rest = inner;
    while let Some(first) = rest.chars().next() {
        let (meaning, length) = escape(rest).unwrap_or((first, first.len_utf8()));
        text.push(meaning);
        rest = &rest[length..];
    }
    text
}

/// How many bytes the escape with a backslash takes that a text starts with; `None` when it is none that HCL knows.
pub(super) fn escape_length(text: &str) -> Option<usize> {
    escape(text).filter(|_| text.starts_with('\\')).map(|(_, length)| length)
}

/// The escape at the start of a text: what it means and how many bytes it takes.
fn escape(text: &str) -> Option<(char, usize)> {
    if text.starts_with("$${") || text.starts_with("%%{") {
        return text.chars().next().map(|sigil| (sigil, 2));
    }
    let hexadecimal = |digits: usize| {
        let digits = text.get(2..2 + digits).filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()))?;
        Some((char::from_u32(u32::from_str_radix(digits, 16).ok()?)?, 2 + digits.len()))
    };
    match text.strip_prefix('\\')?.chars().next()? {
        'n' => Some(('\n', 2)),
        'r' => Some(('\r', 2)),
        't' => Some(('\t', 2)),
        '"' => Some(('"', 2)),
        '\\' => Some(('\\', 2)),
        'u' => hexadecimal(4),
        'U' => hexadecimal(8),
        _ => None,
    }
}

/// Where the name that starts at byte `at` ends: identifiers, with `::` between them.
pub(super) fn name_end(text: &str, at: usize) -> Option<usize> {
    let mut end = identifier_end(text, at)?;
    while text[end..].starts_with("::")
        && let Some(behind) = identifier_end(text, end + 2)
    {
        end = behind;
    }
    Some(end)
}

/// Whether white space or a comment starts at byte `at`.
pub(super) fn is_space(text: &str, at: usize) -> bool {
    let bytes = text.as_bytes();
    bytes.get(at).is_some_and(u8::is_ascii_whitespace) || comment(bytes, at, false).is_some()
}

/// Where the unit of an expression that starts at byte `at` ends: a comment, a string, a heredoc, brackets with all
/// that they hold, a name, or a single character. What is not closed ends with the text.
pub(super) fn unit_end(text: &str, at: usize) -> usize {
    let bytes = text.as_bytes();
    let Some(first) = bytes.get(at) else { return at };
    match first {
        b'"' | b'(' | b'[' | b'{' => closed(text, at),
        b'<' => heredoc(text, at).map_or(at + 1, |(marker, start)| heredoc_close(bytes, start, marker)),
        b'#' | b'/' => match comment(bytes, at, false) {
            Some(Comment::Line(end) | Comment::Inline(Some(end))) => end,
            Some(Comment::Inline(None)) => text.len(),
            None => at + 1,
        },
        b'0'..=b'9' => number_end(bytes, at),
        _ => name_end(text, at)
            .unwrap_or_else(|| at + text.get(at..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8)),
    }
}

/// Where a heredoc ends whose text starts at `at`: behind its marker.
fn heredoc_close(bytes: &[u8], mut at: usize, marker: &str) -> usize {
    while at < bytes.len() {
        if let Some(end) = heredoc_end(bytes, at, marker) {
            return end;
        }
        at = memchr::memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |length| at + length + 1);
    }
    bytes.len()
}

/// Where the string or the brackets that start at `at` end.
fn closed(text: &str, at: usize) -> usize {
    let mut end = text.len();
    close(text, at, true, |start, close| {
        if start == at {
            end = close;
        }
    });
    end
}

/// Where all strings, brackets and heredocs of a text end, by where they start. One that is not closed is not among them.
pub(super) fn closings(text: &str) -> HashMap<usize, usize> {
    let mut closings = HashMap::new();
    close(text, 0, false, |start, close| _ = closings.insert(start, close));
    closings
}

/// The heredocs of a text, from the arrows to the closing marker; those in a heredoc's own text are part of it.
pub(super) fn heredocs(text: &str) -> Vec<Range<usize>> {
    let mut heredocs = Vec::new();
    close(text, 0, false, |start, close| heredocs.extend(text[start..].starts_with("<<").then_some(start..close)));
    heredocs
}

/// Walks over a text from `at` on and says of every string, bracket and heredoc where it starts and ends; only as far as the
/// first one reaches when `once` says so. The depth of nesting is the input's to choose, so that the stack is on the heap.
fn close(text: &str, mut at: usize, once: bool, mut closes: impl FnMut(usize, usize)) {
    let bytes = text.as_bytes();
    let mut open: Vec<usize> = Vec::new();
    while let Some(byte) = bytes.get(at) {
        let in_string = open.last().is_some_and(|start| bytes[*start] == b'"');
        match (in_string, byte) {
            (true, b'\\') => at += 2,
            (true, b'$' | b'%') if matches!(bytes[at..], [sigil, next, b'{', ..] if sigil == next) => at += 3,
            (true, b'$' | b'%') if bytes.get(at + 1) == Some(&b'{') => {
                open.push(at + 1);
                at += 2;
            }
            (true, b'"') | (false, b')' | b']' | b'}') => {
                at += 1;
                if let Some(start) = open.pop() {
                    closes(start, at);
                }
                if once && open.is_empty() {
                    return;
                }
            }
            (true, _) => at += 1,
            (false, b'"' | b'(' | b'[' | b'{') => {
                open.push(at);
                at += 1;
            }
            (false, _) => {
                let end = unit_end(text, at);
                if *byte == b'<' && end > at + 1 {
                    closes(at, end);
                }
                at = end;
            }
        }
    }
}

/// Where the number that starts at `at` ends: digits, a fraction, an exponent.
fn number_end(bytes: &[u8], at: usize) -> usize {
    let digits = |at: usize| at + bytes[at.min(bytes.len())..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let mut end = digits(at);
    if bytes.get(end) == Some(&b'.') && bytes.get(end + 1).is_some_and(u8::is_ascii_digit) {
        end = digits(end + 1);
    }
    if matches!(bytes.get(end), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
        if bytes.get(end + 1 + sign).is_some_and(u8::is_ascii_digit) {
            end = digits(end + 1 + sign);
        }
    }
    end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_hold_dashes_digits_and_letters_of_any_script() {
        assert_eq!(identifier_end("host-ipc_1 =", 0), Some(10));
        assert_eq!(identifier_end("größe=", 0), Some(7));
        assert_eq!(identifier_end("1a", 0), None);
        assert!(is_identifier("_x") && !is_identifier("a b") && !is_identifier(""));
    }

    #[test]
    fn labels_are_unquoted() {
        let cases = [
            (r#""plain""#, "plain"),
            (r#""a\"b\\c\n""#, "a\"b\\c\n"),
            (r#""\u00e9\U0001f600""#, "é😀"),
            (r#""$${x} %%{y} $5 %""#, "${x} %{y} $5 %"),
            (r#""\q\u12""#, r"\q\u12"),
        ];
        for (quoted, text) in cases {
            assert_eq!(unquote(quoted), text, "{quoted}");
            assert_eq!(quoted_label_end(quoted.as_bytes(), 0), Some(quoted.len()), "{quoted}");
        }
    }

    #[test]
    fn a_label_ends_on_its_line_and_holds_no_template() {
        for broken in ["\"a\n\"", "\"a", "\"${a}\"", "\"a\\", "\"a\\\n\""] {
            assert_eq!(quoted_label_end(broken.as_bytes(), 0), None, "{broken:?}");
        }
    }
}
