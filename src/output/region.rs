//! The lines around a span, for formats that show them.

use std::borrow::Cow;
use std::ops::Range;

use crate::source::{Sources, Span, read};

/// How many lines are shown on each side of a span.
const AROUND: u32 = 2;

/// More bytes than this are not shown: nobody reads them, and a minified line would swell every report.
const MOST_BYTES: usize = 4_096;

/// Whole lines around a span.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Context<'s> {
    /// The first line, 1-based.
    pub(super) first: u32,
    /// The last line, 1-based.
    pub(super) last: u32,
    /// The text, without the end of the last line.
    pub(super) text: Cow<'s, str>,
}

/// The lines around a span; none when they are longer than anybody would read, when they are nobody's business, or when
/// the span's own line holds another value, which is nobody's either.
pub(super) fn context(sources: &Sources, span: Span) -> Option<Context<'_>> {
    let file = &sources[span.file];
    if file.is_private() || !sources.stands_alone(span) || sources.shown(span) != span {
        return None;
    }
    let (text, lines) = (file.text(), file.lines());
    let first = lines.line(span.start).saturating_sub(AROUND).max(1);
    let mut last = (lines.line(span.end) + AROUND).min(lines.count());
    if last > 1 && lines.bytes(text, last).is_empty() && lines.line(span.end) < last {
        last -= 1;
    }
    let bytes: Range<usize> = lines.bytes(text, first).start..lines.bytes(text, last).end;
    let text = text[bytes].trim_start_matches('\u{feff}');
    (text.len() <= MOST_BYTES).then(|| Context { first, last, text: decoded(text) })
}

/// The text of a setting, unless it is longer than anybody would read, or holds what is nobody's business.
pub(super) fn snippet(sources: &Sources, setting: Span) -> Option<Cow<'_, str>> {
    (setting.len() <= MOST_BYTES && sources.shown(setting) == setting).then(|| decoded(sources.text(setting)))
}

/// The text of a value on the way of another one, unless it may not be repeated.
pub(super) fn quoted(sources: &Sources, value: Span) -> Option<Cow<'_, str>> {
    sources.quotable(value).filter(|text| text.len() <= MOST_BYTES).map(decoded)
}

/// Text in which bytes that are not UTF-8 read as they do for every other reader of the file.
fn decoded(text: &str) -> Cow<'_, str> {
    if text.contains(read::UNREADABLE) { text.replace(read::UNREADABLE, "\u{fffd}").into() } else { text.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn around(text: &str, needle: &str) -> Option<(u32, u32, String)> {
        let sources = Sources::default();
        let file = sources.add("a.tf".into(), read::text(text.as_bytes().to_vec()).expect("text"));
        let start = text.find(needle).expect("the needle is there");
        let context = context(&sources, Span::new(file, start, start + needle.len()));
        context.map(|context| (context.first, context.last, context.text.into_owned()))
    }

    #[test]
    fn two_lines_on_each_side() {
        assert_eq!(around("1\n2\n3\nx\n5\n6\n7\n", "x"), Some((2, 6, "2\n3\nx\n5\n6".to_owned())));
        assert_eq!(around("\u{feff}x\r\n2\r\n", "x"), Some((1, 2, "x\r\n2".to_owned())));
        assert_eq!(around("x", "x"), Some((1, 1, "x".to_owned())));
    }

    #[test]
    fn an_endless_line_is_not_shown() {
        assert_eq!(around(&format!("{} x", "a".repeat(96_000)), "x"), None);
    }
}
