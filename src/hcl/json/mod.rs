//! HCL's JSON syntax: `.tf.json` and `.tfvars.json` files, and JSON itself with places.
//!
//! <https://github.com/hashicorp/hcl/blob/main/json/spec.md>

mod outline;

use std::ops::Range;

use jsonc_parser::ast;
use jsonc_parser::common::Ranged;
use jsonc_parser::errors::ParseErrorKind;
use jsonc_parser::{CollectOptions, ParseOptions, ParseStringErrorKind, parse_to_ast};

use super::expression::{Expression, Item, Kind, ParseError, parse_string};
use super::outline::{Attribute, SyntaxError};
use crate::source::{FileId, Span};
pub use outline::outline;

/// A JSON value and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Json {
    /// Where it stands: bytes of the parsed text.
    pub range: Range<usize>,
    /// What it is.
    pub kind: JsonKind,
}

/// What a JSON value is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JsonKind {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number, as written.
    Number(Box<str>),
    /// A string, escapes resolved.
    String(Box<str>),
    /// `[...]`.
    Array(Vec<Json>),
    /// `{...}`, in the order of the text, keys that are there twice included.
    Object(Vec<Member>),
}

/// `"name": value` of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The name, escapes resolved.
    pub name: Box<str>,
    /// Where the name stands, quotes included.
    pub name_range: Range<usize>,
    /// The value.
    pub value: Json,
}

/// Why a text is no JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JsonError {
    /// The byte at which the parser stopped.
    pub offset: usize,
    /// What is wrong there, a clause.
    pub message: String,
    /// Whether it is valid as far as that goes, and nests deeper than podgate reads.
    pub is_too_deep: bool,
}

impl JsonError {
    fn new(offset: usize, message: &str) -> Self {
        Self { offset, message: message.to_owned(), is_too_deep: false }
    }
}

/// Parses a text as JSON, strictly: no comments, no trailing commas.
///
/// # Errors
///
/// When the text is not JSON, or nests more than 512 levels deep.
pub fn parse(text: &str) -> Result<Json, JsonError> {
    let strict = ParseOptions {
        allow_comments: false,
        allow_loose_object_property_names: false,
        allow_trailing_commas: false,
        allow_missing_commas: false,
        allow_single_quoted_strings: false,
        allow_hexadecimal_numbers: false,
        allow_unary_plus_numbers: false,
        allow_bare_decimal_point_numbers: false,
        allow_non_finite_numbers: false,
        allow_extended_string_escapes: false,
    };
    // Terraform takes none in JSON.
    if text.starts_with('\u{feff}') {
        return Err(JsonError::new(0, "it starts with a byte-order mark, which JSON does not have"));
    }
    // What the parser lets pass: control characters in strings. Outside of them it refuses all but these.
    let is_control = |c: char| c < ' ' && !matches!(c, '\t' | '\n' | '\r');
    if let Some(offset) = text.find(is_control).or_else(|| raw_control(text)) {
        return Err(JsonError::new(offset, "a control character in a string must be escaped"));
    }
    match parse_to_ast(text, &CollectOptions::default(), &strict) {
        Ok(parsed) => match parsed.value {
            Some(value) => Ok(converted(&value)),
            None => Err(JsonError::new(0, "there is no value")),
        },
        Err(error) => {
            let is_too_deep = matches!(error.kind(), ParseErrorKind::NestingDepthExceeded);
            Err(JsonError { is_too_deep, ..JsonError::new(error.range().start, what_is_wrong(error.kind())) })
        }
    }
}

/// What is wrong with a text, a clause.
fn what_is_wrong(kind: &ParseErrorKind) -> &'static str {
    use ParseErrorKind as Kind;
    match kind {
        Kind::NestingDepthExceeded => "it nests more than 512 levels deep, which is podgate's limit",
        Kind::CommentsNotAllowed | Kind::UnterminatedCommentBlock => "JSON has no comments",
        Kind::TrailingCommasNotAllowed => "a comma is not followed by anything",
        Kind::SingleQuotedStringsNotAllowed => "strings are written in double quotes",
        Kind::MultipleRootJsonValues => "something follows the end of the value",
        Kind::ExpectedColonAfterObjectKey => "a colon is missing behind a name",
        Kind::ExpectedObjectValue => "a value is missing behind a colon",
        Kind::ExpectedStringObjectProperty | Kind::UnexpectedTokenInObject => {
            "a name in double quotes is expected here"
        }
        Kind::ExpectedComma => "a comma is missing",
        Kind::UnterminatedArray => "a bracket is not closed",
        Kind::UnterminatedObject => "a brace is not closed",
        Kind::String(ParseStringErrorKind::UnterminatedStringLiteral) => "a quote is not closed",
        Kind::String(_) => "this is no escape that JSON has",
        Kind::BareDecimalPointNumbersNotAllowed
        | Kind::ExpectedDigit
        | Kind::ExpectedDigitFollowingNegativeSign
        | Kind::ExpectedPlusMinusOrDigitInNumberLiteral
        | Kind::HexadecimalNumbersNotAllowed
        | Kind::NonFiniteNumbersNotAllowed
        | Kind::UnaryPlusNumbersNotAllowed => "this is no number as JSON writes it",
        _ => "a value is expected here",
    }
}

/// A tab or line end inside of a string.
fn raw_control(text: &str) -> Option<usize> {
    let (mut in_string, mut escaped) = (false, false);
    for (offset, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = in_string,
            b'"' => in_string = !in_string,
            0..=0x1f if in_string => return Some(offset),
            _ => {}
        }
    }
    None
}

fn converted(value: &ast::Value<'_>) -> Json {
    let range = value.range();
    let kind = match value {
        ast::Value::NullKeyword(_) => JsonKind::Null,
        ast::Value::BooleanLit(literal) => JsonKind::Bool(literal.value),
        ast::Value::NumberLit(number) => JsonKind::Number(number.value.into()),
        ast::Value::StringLit(string) => JsonKind::String(string.value.as_ref().into()),
        ast::Value::Array(array) => JsonKind::Array(array.elements.iter().map(converted).collect()),
        ast::Value::Object(object) => JsonKind::Object(object.properties.iter().map(member).collect()),
    };
    Json { range: range.start..range.end, kind }
}

fn member(property: &ast::ObjectProp<'_>) -> Member {
    let name_range = property.name.range();
    Member {
        name: property.name.as_str().into(),
        name_range: name_range.start..name_range.end,
        value: converted(&property.value),
    }
}

/// What a string of the JSON syntax stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Strings {
    /// Itself.
    Text,
    /// A template: `"${var.a}"`.
    Template,
    /// An expression: the type of a variable.
    Expression,
}

/// The value at a span of its file, whose text there is `text`, as a constant: strings stand for themselves, as in
/// files of values.
///
/// # Errors
///
/// When the text is not JSON.
pub fn literal(text: &str, span: Span) -> Result<Expression, ParseError> {
    read(text, span, Strings::Text)
}

/// The value at a span as an expression: strings are templates.
///
/// # Errors
///
/// When the text is not JSON, or a string is no template.
pub fn expression(text: &str, span: Span) -> Result<Expression, ParseError> {
    read(text, span, Strings::Template)
}

/// The string at a span as what it says: the type constraint of a variable.
///
/// # Errors
///
/// When the text is not JSON, or the string is no expression.
pub fn keyword(text: &str, span: Span) -> Result<Expression, ParseError> {
    read(text, span, Strings::Expression)
}

fn read(text: &str, span: Span, strings: Strings) -> Result<Expression, ParseError> {
    let json = parse(text).map_err(|error| {
        let at = Span::of_char(span.file, text, error.offset).from_base(span.start as usize);
        ParseError { span: at, message: format!("this is not JSON ({})", error.message) }
    })?;
    expression_of(&json, span, strings)
}

fn expression_of(json: &Json, whole: Span, strings: Strings) -> Result<Expression, ParseError> {
    let at = |range: &Range<usize>| {
        let base = whole.start as usize;
        Span::new(whole.file, base + range.start, base + range.end)
    };
    let span = at(&json.range);
    let kind = match &json.kind {
        JsonKind::Null => Kind::Null,
        JsonKind::Bool(value) => Kind::Bool(*value),
        JsonKind::Number(number) => Kind::Number(number.clone()),
        JsonKind::String(text) => return string(text, span, strings),
        JsonKind::Array(elements) => {
            let elements = elements.iter().map(|element| expression_of(element, whole, strings));
            Kind::Tuple(elements.collect::<Result<_, _>>()?)
        }
        JsonKind::Object(members) => {
            let items = members.iter().map(|member| {
                let key = string(&member.name, at(&member.name_range), strings)?;
                Ok(Item { key, value: expression_of(&member.value, whole, strings)? })
            });
            Kind::Object(items.collect::<Result<_, ParseError>>()?)
        }
    };
    Ok(Expression { span, kind })
}

fn string(text: &str, span: Span, strings: Strings) -> Result<Expression, ParseError> {
    if strings == Strings::Text || (strings == Strings::Template && !text.contains(['$', '%'])) {
        return Ok(Expression { span, kind: Kind::String(text.into()) });
    }
    parse_string(text, span, strings == Strings::Template)
}

/// The attributes of a file of values, and what keeps it from being one. HCL also takes a list of objects.
#[must_use]
pub fn attributes(file: FileId, text: &str) -> (Vec<Attribute>, Option<SyntaxError>) {
    let error = |offset: usize, message: String| SyntaxError { span: Span::of_char(file, text, offset), message };
    let json = match parse(text) {
        Ok(json) => json,
        Err(JsonError { offset, message, .. }) => {
            return (
                Vec::new(),
                Some(error(offset, format!("This is not valid JSON ({message}). The file was left out."))),
            );
        }
    };
    let span = |range: &Range<usize>| Span::new(file, range.start, range.end);
    let attribute = |member: &Member| Attribute {
        name: member.name.clone(),
        name_span: span(&member.name_range),
        expression: span(&member.value.range),
    };
    let objects = match &json.kind {
        JsonKind::Array(elements) => elements.iter().collect(),
        _ => vec![&json],
    };
    let mut all = Vec::new();
    for object in objects {
        let JsonKind::Object(members) = &object.kind else {
            let message = "Terraform requires an object here. The file was left out.".to_owned();
            return (Vec::new(), Some(error(object.range.start, message)));
        };
        all.extend(members.iter().map(attribute));
    }
    let mut names = std::collections::HashSet::new();
    let again = all.iter().find(|attribute| !names.insert(attribute.name.clone()));
    let again = again.map(|attribute| SyntaxError {
        span: attribute.name_span,
        message: format!("`{}` is set twice in this file. The first one was used.", attribute.name),
    });
    (all, again)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_strict() {
        for text in ["", "{a: 1}", "[1,]", "// x\n1", "01", "1 2", "'a'", "\"\u{1}\"", "[1 2]", "nul", "+1", ".5"] {
            assert!(parse(text).is_err(), "{text}");
        }
        assert!(parse(&"[".repeat(100_000)).is_err_and(|error| error.is_too_deep));
        assert_eq!(parse(" 1.50 ").map(|json| json.kind), Ok(JsonKind::Number("1.50".into())));
    }
}
