//! YAML, as Terraform's decoder reads it (<https://github.com/zclconf/go-cty-yaml>): YAML 1.2 with the words of 1.1.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;
use std::ops::Range;
use std::sync::Arc;

use saphyr_parser::{Event, Parser, ScalarStyle, Tag};

use super::super::limits::{MOST_DEPTH, MOST_TEXT, MOST_WEIGHT};
use super::super::value::Unknown;
use super::cost::Size;
use super::json::write_string;
use super::{Call, Data, Evaluated, Evaluator, Number, Value};
use crate::source::Span;
use crate::terraform::evaluate::Located;

const TRUE: [&str; 11] = ["y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"];
const FALSE: [&str; 11] = ["n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"];
const NULL: [&str; 5] = ["", "~", "null", "Null", "NULL"];

/// Why a text has no value.
enum Failure {
    /// Terraform refuses it.
    Refused(&'static str),
    /// podgate does not go so far.
    NotDone(&'static str),
}

const TOO_LARGE: Failure = Failure::NotDone("YAML of more than 100000 values, which is podgate's limit");

const TOO_DEEP: Failure = Failure::NotDone("YAML that is nested too deep");

/// A collection that is being read.
enum Open {
    Sequence { elements: Vec<Value>, anchor: usize, start: usize },
    Mapping { entries: BTreeMap<Arc<str>, Value>, key: Option<Key>, anchor: usize, start: usize },
}

/// The key that waits for its value.
enum Key {
    Name(Arc<str>),
    /// `<<`
    Merge,
}

/// Builds the value of one document from a parser's events.
struct Builder<'l> {
    located: &'l Located,
    open: Vec<Open>,
    anchors: HashMap<usize, Value>,
    documents: Vec<Value>,
    /// How many values were put somewhere.
    added: usize,
}

pub(super) fn yamldecode(call: &Call<'_>, evaluator: &Evaluator<'_>) -> Evaluated {
    let [value] = call.exactly()?;
    let text = call.string(value)?;
    // Terraform's parser and ours differ on where white space may be a tab.
    let is_tabbed = |line: &str| line.trim_start_matches(' ').starts_with('\t') || line.contains(":\t");
    if text.contains('\t') && text.lines().any(is_tabbed) {
        return Ok(call.unknown("it depends on YAML with tabs"));
    }
    let located = match evaluator.located(value, &text) {
        Ok(located) => located,
        Err(reason) => return Ok(call.unknown(reason)),
    };
    match decoded(&text, &located, usize::MAX) {
        Ok(documents) => match documents.as_slice() {
            [] => call.refused("a text without a document"),
            [only] => Ok(only.clone()),
            _ => call.refused("more than one document"),
        },
        Err(Failure::Refused(what)) => call.refused(what),
        Err(Failure::NotDone(what)) => Ok(call.unknown(format!("it depends on {what}"))),
    }
}

/// What `yamldecode` takes, in steps.
pub(super) fn steps(call: &Call<'_>) -> usize {
    let steps = call.arguments.iter().map(|value| match &value.data {
        Data::String(text) => steps_of(value, text),
        _ => 0,
    });
    steps.sum()
}

/// What it takes to decode a text of a value, in steps: every value gets a place, and there are as many as there are signs
/// that separate them.
fn steps_of(value: &Value, text: &str) -> usize {
    let separates =
        |byte: &u8| matches!(byte, b',' | b'[' | b']' | b'{' | b'}' | b':' | b'-' | b'?' | b'\n' | b'&' | b'*');
    let values = text.bytes().filter(|byte| separates(byte)).count();
    Size::of(value).steps(50, 500) + values * (50 + value.steps_of_handing())
}

/// The first document of a text, which is not known where it cannot be read; nothing when there is none. What stands
/// behind it is not looked at.
pub(in crate::terraform) fn first_document(
    evaluator: &Evaluator<'_>,
    value: &Value,
    text: &str,
    span: Span,
) -> Option<Value> {
    let spent = evaluator.budget().spend(steps_of(value, text));
    let located = match spent.and_then(|()| evaluator.located(value, text)) {
        Ok(located) => located,
        Err(reason) => return Some(Value::unknown(reason, span)),
    };
    match decoded(text, &located, 1) {
        Ok(documents) => documents.into_iter().next().map(|document| match (&document.data, value.marks.private) {
            (Data::Object(_) | Data::Null | Data::Unknown(_), Some(why)) => document.with_private_contents(why),
            (Data::Object(_) | Data::Null | Data::Unknown(_), None) => document,
            _ => Unknown::flaw("the YAML here is not a mapping, so it is not a Kubernetes object", span).into(),
        }),
        Err(Failure::Refused(what)) => Some(Unknown::flaw(format!("the YAML here is not read: {what}"), span).into()),
        Err(Failure::NotDone(what)) => Some(Value::unknown(format!("it depends on {what}"), span)),
    }
}

/// The documents of a text, `most` at most.
fn decoded(text: &str, located: &Located, most: usize) -> Result<Vec<Value>, Failure> {
    if let Some(odd) = text.chars().find(|c| is_odd(*c)) {
        let is_line_end = matches!(odd, '\u{85}' | '\u{2028}' | '\u{2029}');
        return Err(Failure::Refused(if is_line_end { "a line end of YAML 1.1" } else { "a control character" }));
    }
    // The parser counts characters.
    let bytes: Option<Vec<usize>> =
        (!text.is_ascii()).then(|| text.char_indices().map(|(at, _)| at).chain([text.len()]).collect());
    let byte = |at: usize| bytes.as_ref().map_or(at, |bytes| bytes.get(at).copied().unwrap_or(text.len()));
    let mut builder = Builder { located, open: Vec::new(), anchors: HashMap::new(), documents: Vec::new(), added: 0 };
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| match error.info() {
            "recursion limit exceeded" => TOO_DEEP,
            _ => Failure::Refused("what is not YAML"),
        })?;
        // A document ends well only where the next one starts, or the text ends: what is no YAML may show behind it.
        if builder.documents.len() >= most && matches!(event, Event::DocumentStart(_) | Event::StreamEnd) {
            break;
        }
        builder.take(event, byte(span.start.index())..byte(span.end.index()))?;
    }
    Ok(builder.documents)
}

/// Whether Terraform's parser refuses a character, or takes it for a line end, and ours does neither
/// (<https://yaml.org/spec/1.1/#c-printable>).
fn is_odd(c: char) -> bool {
    let is_printable =
        matches!(c, '\t' | '\n' | '\r' | ' '..='~' | '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
    !is_printable || matches!(c, '\u{85}' | '\u{2028}' | '\u{2029}')
}

impl Builder<'_> {
    fn take(&mut self, event: Event<'_>, range: Range<usize>) -> Result<(), Failure> {
        if self.open.len() > MOST_DEPTH as usize {
            return Err(TOO_DEEP);
        }
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                if style == ScalarStyle::Plain && tag.is_none() && text == "<<" && self.wants_key() {
                    self.merge();
                    return Ok(());
                }
                let value = scalar(&text, style, tag.as_deref(), self.located)?;
                self.add(self.located.place(value, range), anchor)?;
            }
            Event::SequenceStart(anchor, tag) => {
                collection_tag(tag.as_deref())?;
                self.open.push(Open::Sequence { elements: Vec::new(), anchor, start: range.start });
            }
            Event::MappingStart(anchor, tag) => {
                collection_tag(tag.as_deref())?;
                self.open.push(Open::Mapping { entries: BTreeMap::new(), key: None, anchor, start: range.start });
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(range.end)?,
            Event::Alias(anchor) => {
                let value = self.anchors.get(&anchor).cloned().ok_or(Failure::Refused("an unknown anchor"))?;
                self.add(value, 0)?;
            }
            _ => {}
        }
        Ok(())
    }

    fn wants_key(&self) -> bool {
        matches!(self.open.last(), Some(Open::Mapping { key: None, .. }))
    }

    fn merge(&mut self) {
        if let Some(Open::Mapping { key, .. }) = self.open.last_mut() {
            *key = Some(Key::Merge);
        }
    }

    fn close(&mut self, end: usize) -> Result<(), Failure> {
        let (value, anchor, start) = match self.open.pop() {
            Some(Open::Sequence { elements, anchor, start }) => (Value::tuple(elements), anchor, start),
            Some(Open::Mapping { entries, anchor, start, .. }) => (Value::object(entries), anchor, start),
            None => return Ok(()),
        };
        self.add(self.located.place(value, start..end.max(start)), anchor)
    }

    /// Puts a value where the next one belongs.
    fn add(&mut self, value: Value, anchor: usize) -> Result<(), Failure> {
        self.added += 1;
        if self.added > MOST_WEIGHT {
            return Err(TOO_LARGE);
        }
        if anchor > 0 {
            self.anchors.insert(anchor, value.clone());
        }
        match self.open.last_mut() {
            None => self.documents.push(value),
            Some(Open::Sequence { elements, .. }) => elements.push(value),
            Some(Open::Mapping { entries, key, .. }) => match key.take() {
                None => *key = Some(Key::Name(name(&value)?)),
                Some(Key::Name(name)) => _ = entries.insert(name, value),
                // What comes last counts, merged or not.
                Some(Key::Merge) => {
                    self.added += super::cost::elements(&value);
                    merge_into(entries, &value)?;
                }
            },
        }
        Ok(())
    }
}

/// The key of a mapping, which is a string whatever it is in YAML.
fn name(value: &Value) -> Result<Arc<str>, Failure> {
    match value.convert(&super::Type::String).map(|value| value.data) {
        Ok(Data::String(name)) => Ok(name),
        Ok(Data::Unknown(_)) => Err(Failure::NotDone("a key of YAML that podgate does not read")),
        _ => Err(Failure::Refused("a key that is no string")),
    }
}

fn merge_into(into: &mut BTreeMap<Arc<str>, Value>, value: &Value) -> Result<(), Failure> {
    match &value.data {
        Data::Object(entries) => {
            into.extend(entries.iter().map(|(key, value)| (key.clone(), value.clone())));
            Ok(())
        }
        Data::Tuple(_) => Err(Failure::NotDone("a merge of several mappings in YAML")),
        _ => Err(Failure::Refused("a merge of a value that is not a mapping")),
    }
}

fn collection_tag(tag: Option<&Tag>) -> Result<(), Failure> {
    match tag {
        None => Ok(()),
        Some(tag) if tag.is_yaml_core_schema() && ["map", "seq"].contains(&&*tag.suffix) => Ok(()),
        Some(_) => Err(Failure::Refused("an unknown tag")),
    }
}

fn scalar(text: &str, style: ScalarStyle, tag: Option<&Tag>, located: &Located) -> Result<Value, Failure> {
    match tag {
        None if style == ScalarStyle::Plain => Ok(plain(text, located)),
        None => Ok(Value::string(text)),
        Some(tag) if tag.handle == "!" && tag.suffix.is_empty() => Ok(Value::string(text)),
        Some(tag) if tag.is_yaml_core_schema() => match &*tag.suffix {
            "int" | "float" | "bool" | "null" if style == ScalarStyle::Plain => Ok(plain(text, located)),
            // What has quotes is a string whatever its tag says.
            _ => Ok(Value::string(text)),
        },
        Some(_) => Err(Failure::Refused("an unknown tag")),
    }
}

/// What a scalar without quotes stands for.
fn plain(text: &str, located: &Located) -> Value {
    if NULL.contains(&text) {
        return Data::Null.into();
    }
    if TRUE.contains(&text) {
        return true.into();
    }
    if FALSE.contains(&text) {
        return false.into();
    }
    match number(text).or_else(|| timestamp(text)) {
        Some(Plain::Value(value)) => value,
        Some(Plain::NotRead) => {
            Value::unknown("it depends on a number or time of YAML that podgate does not read", located.whole())
        }
        None => Value::string(text),
    }
}

/// What a scalar without quotes stands for that is no string.
enum Plain {
    Value(Value),
    /// podgate does not read it.
    NotRead,
}

/// The number that a scalar stands for. Infinity, which no argument takes, is not read.
fn number(text: &str) -> Option<Plain> {
    let radix = |digits: &str, radix| num_bigint::BigInt::parse_bytes(digits.as_bytes(), radix);
    let sound = |digits: &str, radix| !digits.is_empty() && digits.chars().all(|digit| digit.is_digit(radix));
    for (prefix, base) in [("0x", 16), ("0o", 8)] {
        if let Some(digits) = text.strip_prefix(prefix).filter(|digits| sound(digits, base)) {
            return radix(digits, base).map(|number| Plain::Value(Number::whole(number).into()));
        }
    }
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    if matches!(unsigned, ".inf" | ".Inf" | ".INF") || matches!(text, ".nan" | ".NaN" | ".NAN") {
        return Some(Plain::NotRead);
    }
    let is_number = unsigned.starts_with(|c: char| c.is_ascii_digit() || c == '.');
    is_number.then(|| Number::parse(text)).flatten().map(|number| Plain::Value(number.into()))
}

/// A date, which Terraform makes a timestamp. Times of day are not read.
fn timestamp(text: &str) -> Option<Plain> {
    let is_date = text.len() >= 8
        && text.as_bytes()[..4].iter().all(u8::is_ascii_digit)
        && text.as_bytes()[4] == b'-'
        && text.bytes().all(|byte| byte.is_ascii_digit() || b"-:.TtZz+ ".contains(&byte));
    let is_plain = text.len() == 10 && text.as_bytes()[7] == b'-';
    match (is_date, is_plain) {
        (false, _) => None,
        (true, true) => Some(Plain::Value(Value::string(&format!("{text}T00:00:00Z")))),
        (true, false) => Some(Plain::NotRead),
    }
}

pub(super) fn yamlencode(call: &Call<'_>) -> Evaluated {
    let [value] = call.exactly()?;
    if has_blank_start(value) {
        return Ok(call.unknown("it depends on YAML of lines that start with white space"));
    }
    let mut text = String::new();
    write(value, 0, false, &mut text);
    text.push_str(if matches!(value.data, Data::Null | Data::Bool(_) | Data::Number(_)) { "\n...\n" } else { "" });
    if !text.ends_with('\n') {
        text.push('\n');
    }
    if super::is_too_long(&text) { call.too_large() } else { Ok(Value::string(&text)) }
}

/// Whether a text of several lines starts with white space, which YAML writes with a number.
fn has_blank_start(value: &Value) -> bool {
    match &value.data {
        Data::String(text) => text.contains('\n') && text.starts_with([' ', '\t', '\n']),
        Data::List(held) | Data::Set(held) | Data::Tuple(held) => held.iter().any(has_blank_start),
        Data::Map(held) | Data::Object(held) | Data::Partial(held, _) => held.values().any(has_blank_start),
        _ => false,
    }
}

/// Writes a value at an indent. `nested` says that it stands behind a key or a dash, on whose line it may start.
fn write(value: &Value, indent: usize, nested: bool, into: &mut String) {
    // What is too long is not kept.
    if into.len() > MOST_TEXT {
        return;
    }
    match &value.data {
        Data::Null | Data::Unknown(_) => into.push_str("null"),
        Data::Bool(value) => into.push_str(if *value { "true" } else { "false" }),
        Data::Number(number) => write!(into, "{number}").expect("a string takes everything"),
        Data::String(text) => write_text(text, indent.max(usize::from(!nested) * 2), into),
        Data::List(elements) | Data::Set(elements) | Data::Tuple(elements) if elements.is_empty() => {
            into.push_str("[]");
        }
        Data::Map(entries) | Data::Object(entries) | Data::Partial(entries, _) if entries.is_empty() => {
            into.push_str("{}");
        }
        Data::List(elements) | Data::Set(elements) | Data::Tuple(elements) => {
            for (index, element) in elements.iter().enumerate() {
                separate(index, indent, into);
                into.push_str("- ");
                write(element, indent + 2, true, into);
            }
        }
        Data::Map(entries) | Data::Object(entries) | Data::Partial(entries, _) => {
            for (index, (key, value)) in entries.iter().enumerate() {
                separate(index, indent, into);
                write_quoted(key, into);
                into.push(':');
                write_behind_key(value, indent, into);
            }
        }
    }
}

fn separate(index: usize, indent: usize, into: &mut String) {
    if index > 0 {
        into.push_str(if into.ends_with('\n') { "" } else { "\n" });
        into.push_str(&" ".repeat(indent));
    }
}

fn write_behind_key(value: &Value, indent: usize, into: &mut String) {
    let (is_map, is_list) = match &value.data {
        Data::Map(entries) | Data::Object(entries) => (!entries.is_empty(), false),
        Data::List(elements) | Data::Set(elements) | Data::Tuple(elements) => (false, !elements.is_empty()),
        _ => (false, false),
    };
    // A list stands under its key, a mapping two columns further in.
    let inner = if is_list { indent } else { indent + 2 };
    if is_map || is_list {
        into.push('\n');
        into.push_str(&" ".repeat(inner));
    } else {
        into.push(' ');
    }
    write(value, inner, true, into);
}

/// A text of several lines as a block, any other in quotes.
fn write_text(text: &str, indent: usize, into: &mut String) {
    if !text.contains('\n') {
        return write_quoted(text, into);
    }
    into.push_str(match text {
        text if !text.ends_with('\n') => "|-",
        text if text.ends_with("\n\n") || text == "\n" => "|+",
        _ => "|",
    });
    for line in text.strip_suffix('\n').unwrap_or(text).split('\n') {
        into.push('\n');
        if !line.is_empty() {
            into.push_str(&" ".repeat(indent));
            into.push_str(line);
        }
    }
    if text.ends_with('\n') {
        into.push('\n');
    }
}

fn write_quoted(text: &str, into: &mut String) {
    let mut quoted = String::new();
    write_string(text, &mut quoted);
    for (escape, plain) in [("\\u003c", "<"), ("\\u003e", ">"), ("\\u0026", "&"), ("\\u00", "\\x")] {
        quoted = quoted.replace(escape, plain);
    }
    into.push_str(&quoted);
}
