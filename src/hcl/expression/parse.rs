//! From text to an [`Expression`].

use std::borrow::Cow;
use std::ops::Range;

use super::large::{self, Objects, Reduced};
use super::lines::Form;
use super::split::split;
use super::{Expression, Kind, convert};
use crate::hcl::lexis;
use crate::source::Span;

/// Why a text is no expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseError {
    /// Where the parser stopped.
    pub span: Span,
    /// What is wrong there, a clause that follows "because".
    pub message: String,
}

impl ParseError {
    /// Whether the text may be an expression that is beyond the parser's limits, or podgate's own.
    #[must_use]
    pub fn is_limit(&self) -> bool {
        is_limit(self) || self.message.contains("deeper or longer than podgate parses")
    }
}

/// Parses the expression that stands at `span` of its file, whose text there is `text`.
///
/// # Errors
///
/// When the text is empty or not valid, and for a few expressions that Terraform takes: a template or a `for` that
/// nests more than 64 levels deep or chains more than 128 operators, which is as far as hcl-edit 0.10 goes.
pub fn parse(text: &str, span: Span) -> Result<Expression, ParseError> {
    parse_written(Written { text, span, base: Some(span.start as usize), depth: 0 })
}

/// A text and where it stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Written<'t> {
    pub(super) text: &'t str,
    /// Where it stands, or the text that it is part of.
    pub(super) span: Span,
    /// Where it starts in the file; `None` when its bytes are not those of the file, so that everything stands at `span`.
    pub(super) base: Option<usize>,
    /// How deep it is nested in what was taken apart.
    pub(super) depth: usize,
}

impl Written<'_> {
    /// A range of the text as a span of the file.
    pub(super) fn at(&self, range: &Range<usize>) -> Span {
        self.base.map_or(self.span, |base| Span::new(self.span.file, base + range.start, base + range.end))
    }

    /// A part of the text.
    pub(super) fn part(&self, range: Range<usize>) -> Self {
        let base = self.base.map(|base| base + range.start);
        Self { text: &self.text[range.clone()], span: self.at(&range), base, depth: self.depth + 1 }
    }

    fn error(&self, range: &Range<usize>, message: impl Into<String>) -> ParseError {
        ParseError { span: self.at(range), message: message.into() }
    }

    /// That hcl-edit refuses the text, which is `what`, at the character where it stopped.
    fn refused(&self, error: &hcl_edit::parser::Error, what: &str) -> ParseError {
        let offset = error.location().offset().min(self.text.len().saturating_sub(1));
        let span = self.base.map_or(self.span, |base| Span::of_char(self.span.file, self.text, offset).from_base(base));
        let mut message = message(error, what);
        // Of a template, who called for it is shown.
        if self.text.contains('\n') && (what == "template" || self.base.is_none()) {
            message = format!("{message}, on its line {}", error.location().line());
        }
        ParseError { span, message }
    }

    /// The text without its large objects, if it has some.
    fn reduced(&self, is_template: bool) -> Result<Option<Reduced>, ParseError> {
        large::reduced(self.text, is_template).map_err(|range| self.error(&range, "brackets do not match here"))
    }

    /// The large objects that were taken out of the text.
    fn objects(self, reduced: Option<Reduced>) -> Result<Objects, ParseError> {
        reduced.map_or_else(|| Ok(Objects::default()), |reduced| reduced.objects(self))
    }
}

fn parse_written(written: Written<'_>) -> Result<Expression, ParseError> {
    whole(written).or_else(|error| split(written).map_err(|other| if is_limit(&other) { other } else { error }))
}

/// Parses an expression by hcl-edit alone, but for its large objects.
pub(super) fn whole(written: Written<'_>) -> Result<Expression, ParseError> {
    if written.text.is_empty() {
        return Err(written.error(&(0..0), "an expression is missing here"));
    }
    let reduced = written.reduced(false)?;
    let text = reduced.as_ref().map_or(written.text, |reduced| &reduced.text);
    let sound = sound_heredocs(text).into_owned();
    let parsed = hcl_edit::parser::parse_expr(&sound).map_err(|error| written.refused(&error, "expression"))?;
    let objects = written.objects(reduced)?;
    Ok(convert::Converter::new(&sound, written.span, written.base, &objects).expression(&parsed))
}

/// Parses a template.
fn whole_template(written: Written<'_>, form: Form) -> Result<Kind, ParseError> {
    let reduced = written.reduced(true)?;
    let text = reduced.as_ref().map_or(written.text, |reduced| &reduced.text).to_owned();
    let refused = |error| written.refused(&error, "template");
    let parsed: hcl_edit::template::Template = text.parse().map_err(refused)?;
    let objects = written.objects(reduced)?;
    let converter = convert::Converter::new(&text, written.span, written.base, &objects);
    Ok(Kind::Template(converter.whole_template(parsed.iter(), form)))
}

/// Whether podgate's own limit is the error.
fn is_limit(error: &ParseError) -> bool {
    error.message.contains("podgate's limit")
}

/// An expression whose heredocs hcl-edit understands: it takes a line that starts with the marker for the end even if
/// more follows. Such a heredoc gets another marker, of the same length, so that places stay.
fn sound_heredocs(text: &str) -> Cow<'_, str> {
    if !text.contains("<<") {
        return Cow::Borrowed(text);
    }
    let mut sound = Cow::Borrowed(text);
    for heredoc in lexis::heredocs(text) {
        if let Some((marker, substitute)) = substitute(text, &heredoc) {
            let sound = sound.to_mut();
            sound.replace_range(marker.clone(), &substitute);
            sound.replace_range(heredoc.end - marker.len()..heredoc.end, &substitute);
        }
    }
    sound
}

/// Where the first marker of a heredoc stands, and another marker that no line of it starts with; nothing for a heredoc
/// that can stay as it is.
fn substitute(text: &str, heredoc: &Range<usize>) -> Option<(Range<usize>, String)> {
    let (marker, body) = lexis::heredoc(text, heredoc.start)?;
    let close = heredoc.end.checked_sub(marker.len())?;
    if text.get(close..heredoc.end)? != marker {
        return None;
    }
    let body = text.get(body..close)?;
    let starts = |marker: &str| body.lines().any(|line| line.trim_start().starts_with(marker));
    if !starts(marker) {
        return None;
    }
    let other = ('A'..='Z').map(|letter| letter.to_string().repeat(marker.len())).find(|other| !starts(other))?;
    let name = heredoc.start + text[heredoc.start..].find(marker)?;
    Some((name..name + marker.len(), other))
}

/// Parses what a quoted string of another syntax says: `text`, escapes resolved; the string stands at `span`, quotes
/// included. Everything in it has its place, or the string's where escapes make that hard to tell.
///
/// # Errors
///
/// When hcl-edit cannot parse it as a template, or else as an expression.
pub fn parse_string(text: &str, span: Span, as_template: bool) -> Result<Expression, ParseError> {
    let verbatim = span.len() == text.len() + 2;
    let written = Written { text, span, base: verbatim.then(|| span.start as usize + 1), depth: 0 };
    if as_template {
        return Ok(Expression { span, kind: whole_template(written, Form::Quoted)? });
    }
    whole(written).map_err(|error| ParseError { span, ..error })
}

/// Parses a whole text as a template, as `templatefile` does; all of it stands at `span`.
///
/// # Errors
///
/// When hcl-edit cannot parse it.
pub fn parse_template(text: &str, span: Span) -> Result<Expression, ParseError> {
    let base = (span.len() == text.len()).then_some(span.start as usize);
    Ok(Expression { span, kind: whole_template(Written { text, span, base, depth: 0 }, Form::Lines)? })
}

/// What is wrong, in podgate's words: what the parser says names its own rules. Its limits are no fault of the
/// expression: Terraform takes what they refuse.
fn message(error: &hcl_edit::parser::Error, what: &str) -> String {
    let message = error.message();
    if message.contains("at most 64 nested levels") {
        return format!("the {what} is deeper or longer than podgate parses (64 nested levels)");
    }
    if message.contains("at most 128 chained") {
        return format!("the {what} is deeper or longer than podgate parses (128 operators in a row)");
    }
    format!("the {what} is not valid")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hcl::expression::Kind;
    use crate::source::{Sources, read};

    fn parsed(text: &str) -> Result<Expression, ParseError> {
        let contents = read::text(b"      ".to_vec()).expect("text");
        let file = Sources::default().add("a.tf".into(), contents);
        parse(text, Span::new(file, 100, 100 + text.len()))
    }

    #[test]
    fn spans_are_those_of_the_file() {
        let expression = parsed("[1, (2)]").expect("an expression");
        assert_eq!(expression.span.range(), 100..108);
        let Kind::Tuple(elements) = expression.kind else { panic!("a tuple") };
        assert_eq!(elements[1].span.range(), 104..107);
    }

    #[test]
    fn every_node_has_a_span_within_its_parent() {
        let text = r#"{for k, v in merge(a.b[0]["x"].*.c, {"k${-1}" = !d, (e) : 1 + 2 * 3}): k => v == 1 ? v : [for x in v : x if x]... if "%{if a}b%{else}c%{endif}%{for x in y}${~ x ~}%{endfor}" != ""}"#;
        assert_eq!(parsed(text).expect("an expression").span.range(), 100..100 + text.len());
    }

    #[test]
    fn errors_point_into_the_file() {
        assert_eq!(parsed("[1, ?]").expect_err("no expression").span.range(), 104..105);
        assert!(parsed("").expect_err("no expression").message.contains("missing"));
        assert!(parsed(&"(".repeat(10_000)).is_err());
        assert!(parsed("\"é\u{1a}").is_err());
    }

    #[test]
    fn only_heredocs_are_taken_for_heredocs() {
        for text in ["(1 # <<E\n + 2 # é\n)", "[\"<<E\\n\", /* <<É\n */ 1]", "[<<E\n<<F\nE\n, 1]", "1 # <<E"] {
            assert!(parsed(text).is_ok(), "{text:?}");
        }
        let twice = "[<<E\nE1\nE\n, <<E\nE2\nE\n]";
        let Kind::Tuple(elements) = parsed(twice).expect("an expression").kind else { panic!("a tuple") };
        assert_eq!(elements.len(), 2, "{twice}");
    }
}
