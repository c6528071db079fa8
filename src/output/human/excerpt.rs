//! The lines that a diagnostic shows.

use std::ops::Range;

use miette::{LabeledSpan, MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};

use super::Style;
use super::drawing::Signs;
use crate::output::text;
use crate::source::{Position, Sources, Span, boundary};

/// However narrow the terminal is, as many bytes are shown on each side of the place of interest.
const LEAST_REACH: usize = 40;

/// Of a place that spans more lines than this, the first ones are shown.
const MOST_LINES: usize = 8;

/// The lines around a span, made fit for a terminal, with a label on the span.
#[derive(Debug)]
pub(super) struct Excerpt {
    name: String,
    text: String,
    /// The first line of `text`, 0-based.
    first_line: usize,
    /// Where the labelled span starts in its file.
    start: Position,
    label: LabeledSpan,
}

impl Excerpt {
    /// The lines of `span`, and so many `around` it on each side, of a file that is shown as `name`. Of lines that are
    /// longer than the terminal is wide what is near the place; of a line that holds other values, and of a private file, the
    /// place with its own name.
    pub(super) fn new(sources: &Sources, span: Span, around: u32, name: String, style: &Style) -> Self {
        let reach = (style.width / 2).max(LEAST_REACH);
        let file = &sources[span.file];
        let (source, lines) = (file.text(), file.lines());
        let visible = sources.shown(span);
        let stands_alone = visible == span && sources.stands_alone(span);
        let around = if file.is_private() || !stands_alone { 0 } else { around };
        let first = lines.line(span.start).saturating_sub(around).max(1);
        let last = (lines.line(visible.end) + around).min(lines.count());
        let near = window(source, visible, reach);
        let own = Span { end: visible.end, ..sources.key(span) }.range();
        let window = if stands_alone { near } else { own.start.max(near.start)..own.end.min(near.end) };
        let (is_cut, cut) = (!stands_alone, Signs::of(style).cut);
        let mut shown = Shown { source, window, reach, is_cut, cut, text: String::new(), labelled: 0..0 };
        for line in (first..=last).take(MOST_LINES) {
            shown.line(lines.bytes(source, line), visible.range());
        }
        let Shown { text, labelled, .. } = shown;
        let label = LabeledSpan::new_primary_with_span(None, (labelled.start, labelled.len()));
        Self { name, text, first_line: first as usize - 1, start: sources.start(span), label }
    }

    /// The excerpt with a few words at the span.
    pub(super) fn labelled(self, words: Option<String>) -> Self {
        let label = LabeledSpan::new_primary_with_span(words, (self.label.offset(), self.label.len()));
        Self { label, ..self }
    }

    /// The label, in bytes of this excerpt.
    pub(super) fn label(&self) -> LabeledSpan {
        self.label.clone()
    }
}

/// The bytes of a text that are near enough to a span to be shown, at the bounds of characters.
fn window(source: &str, span: Span, reach: usize) -> Range<usize> {
    let range = span.range();
    let end = range.end.min(range.start + reach) + reach;
    boundary(source, range.start.saturating_sub(reach))..boundary(source, end)
}

/// An excerpt in the making.
struct Shown<'s> {
    source: &'s str,
    window: Range<usize>,
    reach: usize,
    /// Whether nothing outside of the window is shown, however short a line is.
    is_cut: bool,
    /// What stands where a line was cut.
    cut: &'static str,
    text: String,
    labelled: Range<usize>,
}

impl Shown<'_> {
    /// Adds the line at these bytes, as much of it as is in the window. `span` is what gets the label.
    fn line(&mut self, line: Range<usize>, span: Range<usize>) {
        let line_starts = self.text.len();
        // A long line is cut to the window; a short one is shown whole.
        let long = self.is_cut || line.len() > 2 * self.reach;
        let from = if long { self.window.start.clamp(line.start, line.end) } else { line.start };
        let to = if long { self.window.end.clamp(from, line.end) } else { line.end };
        if !self.source[line.start..from].trim().is_empty() {
            self.text.push_str(self.cut);
        }
        for (offset, c) in self.source[from..to].char_indices() {
            let at = from + offset;
            if at == 0 && c == '\u{feff}' {
                continue;
            }
            let start = self.text.len();
            self.text.push_str(&text::visible(c.encode_utf8(&mut [0; 4])));
            if span.contains(&at) {
                let labelled = if self.labelled.is_empty() { start } else { self.labelled.start };
                self.labelled = labelled..self.text.len();
            }
        }
        if self.labelled.is_empty() && (line.start..=line.end).contains(&span.start) {
            self.labelled = line_starts..line_starts;
        }
        if !self.source[to..line.end].trim().is_empty() {
            self.text.push_str(self.cut);
        }
        self.text.push('\n');
    }
}

impl SourceCode for Excerpt {
    /// Gives the whole excerpt when lines of context are asked for, and the labelled place, which miette prints above
    /// the lines, when none are.
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let name = self.name.clone();
        let contents = if before == 0 && after == 0 {
            let data = &self.text.as_bytes()[span.offset()..span.offset() + span.len()];
            let (line, column) = (self.start.line as usize - 1, self.start.column as usize - 1);
            MietteSpanContents::new_named(name, data, *span, line, column, 1)
        } else {
            let (data, whole) = (self.text.as_bytes(), (0, self.text.len()).into());
            MietteSpanContents::new_named(name, data, whole, self.first_line, 0, self.text.lines().count())
        };
        Ok(Box::new(contents))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::read;

    fn excerpt(text: &str, needle: &str) -> (String, String) {
        let sources = Sources::default();
        let file = sources.add("a.tf".into(), read::text(text.as_bytes().to_vec()).expect("text"));
        let start = text.find(needle).expect("the needle is there");
        let style = Style { width: 100, ..Style::default() };
        let excerpt =
            Excerpt::new(&sources, Span::new(file, start, start + needle.len()), 1, "a.tf".to_owned(), &style);
        let label = excerpt.label();
        (excerpt.text.clone(), excerpt.text[label.offset()..label.offset() + label.len()].to_owned())
    }

    #[test]
    fn shows_the_lines_around_and_labels_the_place() {
        assert_eq!(excerpt("1\n2\nx = y\n4\n5", "x = y"), ("2\nx = y\n4\n".to_owned(), "x = y".to_owned()));
        assert_eq!(excerpt("\u{feff}x\u{1b}[2J\r\n", "x\u{1b}[2J"), ("x␛[2J\n\n".to_owned(), "x␛[2J".to_owned()));
    }

    #[test]
    fn cuts_endless_lines_around_the_place() {
        let (text, label) = excerpt(&format!("{}x = y{}", "é".repeat(50_000), "z".repeat(50_000)), "x = y");
        assert_eq!((&*text, &*label), ("…x = y…\n", "x = y"));
    }
}
