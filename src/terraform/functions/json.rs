//! JSON.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::cost::Size;
use super::{Call, Data, Evaluated, Evaluator, MOST_WEIGHT, Number, Value};
use crate::hcl::json::{Json, JsonKind, parse};
use crate::terraform::evaluate::Located;

/// A value as Terraform writes it in JSON: compact, and fit to be shown in HTML.
pub(super) fn encoded(value: &Value) -> String {
    let mut text = String::new();
    write(value, &mut text);
    text
}

/// Whether a value is infinity or holds it, which JSON has no word for.
pub(super) fn holds_infinity(value: &Value) -> bool {
    match &value.data {
        Data::Number(number) => number.is_infinite(),
        Data::List(held) | Data::Set(held) | Data::Tuple(held) => held.iter().any(holds_infinity),
        Data::Map(held) | Data::Object(held) | Data::Partial(held, _) => held.values().any(holds_infinity),
        Data::Null | Data::Unknown(_) | Data::Bool(_) | Data::String(_) => false,
    }
}

fn write(value: &Value, into: &mut String) {
    let mut sequence = |elements: &[Value]| {
        into.push('[');
        for (index, element) in elements.iter().enumerate() {
            into.push_str(if index > 0 { "," } else { "" });
            write(element, into);
        }
        into.push(']');
    };
    match &value.data {
        Data::Null | Data::Unknown(_) => into.push_str("null"),
        Data::Bool(value) => into.push_str(if *value { "true" } else { "false" }),
        Data::Number(number) => write!(into, "{number}").expect("a string takes everything"),
        Data::String(text) => write_string(text, into),
        Data::List(elements) | Data::Set(elements) | Data::Tuple(elements) => sequence(elements),
        Data::Map(entries) | Data::Object(entries) | Data::Partial(entries, _) => {
            into.push('{');
            for (index, (key, value)) in entries.iter().enumerate() {
                into.push_str(if index > 0 { "," } else { "" });
                write_string(key, into);
                into.push(':');
                write(value, into);
            }
            into.push('}');
        }
    }
}

pub(super) fn write_string(text: &str, into: &mut String) {
    into.push('"');
    for c in text.chars() {
        match c {
            '"' => into.push_str("\\\""),
            '\\' => into.push_str("\\\\"),
            '\n' => into.push_str("\\n"),
            '\r' => into.push_str("\\r"),
            '\t' => into.push_str("\\t"),
            '\u{8}' => into.push_str("\\b"),
            '\u{c}' => into.push_str("\\f"),
            '<' => into.push_str("\\u003c"),
            '>' => into.push_str("\\u003e"),
            '&' => into.push_str("\\u0026"),
            '\u{0}'..='\u{1f}' | '\u{2028}' | '\u{2029}' => {
                write!(into, "\\u{:04x}", u32::from(c)).expect("a string takes everything");
            }
            c => into.push(c),
        }
    }
    into.push('"');
}

pub(super) fn jsonencode(call: &Call<'_>) -> Evaluated {
    let [value] = call.exactly()?;
    if holds_infinity(value) {
        return call.refused("infinity");
    }
    let text = encoded(value);
    if super::is_too_long(&text) { call.too_large() } else { Ok(Value::string(&text)) }
}

/// How many values a text of JSON may hold: one behind every comma and every bracket.
fn values(text: &str) -> usize {
    let (mut count, mut in_string, mut escaped) = (1, false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = in_string,
            b'"' => in_string = !in_string,
            b',' | b'[' | b'{' if !in_string => count += 1,
            _ => {}
        }
    }
    count
}

/// What `jsondecode` takes, in steps: each value gets a place.
pub(super) fn steps(call: &Call<'_>) -> usize {
    let values = call.arguments.iter().map(|value| match &value.data {
        Data::String(text) => values(text) * (60 + value.steps_of_handing()),
        _ => 0,
    });
    Size::of_all(call.arguments).steps(50, 120) + values.sum::<usize>()
}

pub(super) fn jsondecode(call: &Call<'_>, evaluator: &Evaluator<'_>) -> Evaluated {
    let [value] = call.exactly()?;
    let text = call.string(value)?;
    if values(&text) > MOST_WEIGHT {
        return call.too_large();
    }
    let located = match evaluator.located(value, &text) {
        Ok(located) => located,
        Err(reason) => return Ok(call.unknown(reason)),
    };
    let document = first_document(&text);
    if has_foreign_space(document) {
        return call.refused("what is not JSON");
    }
    match parse(&without_halves(document)) {
        Ok(json) if !are_names_normal(&json) => call.refused("a name that is not in normal form"),
        Ok(json) => Ok(decoded(&json, &located)),
        Err(error) if error.is_too_deep => Ok(call.unknown("it depends on JSON that is nested too deep")),
        Err(_) => call.refused("what is not JSON"),
    }
}

/// Whether a byte is white space to JSON.
fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

/// What Terraform reads of a text: behind the first value it passes over everything from a closing bracket on.
fn first_document(text: &str) -> &str {
    let (mut depth, mut in_string, mut escaped, mut started) = (0usize, false, false, false);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = in_string,
            b'"' => in_string = !in_string,
            _ if in_string => {}
            b']' | b'}' if depth == 0 => return if started { &text[..at] } else { text },
            b']' | b'}' => depth -= 1,
            b'[' | b'{' => depth += 1,
            _ => {}
        }
        started |= !is_space(byte);
    }
    text
}

/// Whether anything beyond ASCII stands outside of strings, where the parser takes some of it for white space.
fn has_foreign_space(text: &str) -> bool {
    let (mut in_string, mut escaped) = (false, false);
    text.bytes().any(|byte| {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = in_string,
            b'"' => in_string = !in_string,
            _ => return !in_string && !byte.is_ascii(),
        }
        false
    })
}

/// The text with U+FFFD for every escape that is half of a pair of UTF-16 and stands alone, as Go reads it. Nothing is
/// moved.
fn without_halves(text: &str) -> Cow<'_, str> {
    let half = |at: usize| {
        let digits = text.get(at..at + 6)?.strip_prefix("\\u")?;
        u32::from_str_radix(digits, 16).ok().filter(|code| (0xd800..0xe000).contains(code))
    };
    let (mut whole, mut kept, mut at) = (String::new(), 0, 0);
    while let Some(backslash) = text[at..].find('\\').map(|found| at + found) {
        at = backslash + 1 + text[backslash + 1..].chars().next().map_or(0, char::len_utf8);
        match (half(backslash), half(backslash + 6)) {
            (Some(0xd800..0xdc00), Some(0xdc00..0xe000)) => at = backslash + 12,
            (Some(_), _) => {
                whole.push_str(&text[kept..backslash]);
                whole.push_str("\\ufffd");
                (kept, at) = (backslash + 6, backslash + 6);
            }
            (None, _) => {}
        }
    }
    if kept == 0 {
        return Cow::Borrowed(text);
    }
    whole.push_str(&text[kept..]);
    Cow::Owned(whole)
}

/// Whether all names of objects are in normal form C: Terraform does not find the others again.
fn are_names_normal(json: &Json) -> bool {
    match &json.kind {
        JsonKind::Array(elements) => elements.iter().all(are_names_normal),
        JsonKind::Object(members) => members.iter().all(|member| {
            let is_normal = matches!(Value::string(&member.name).data, Data::String(name) if *name == *member.name);
            is_normal && are_names_normal(&member.value)
        }),
        JsonKind::Null | JsonKind::Bool(_) | JsonKind::Number(_) | JsonKind::String(_) => true,
    }
}

fn decoded(json: &Json, located: &Located) -> Value {
    let value: Value = match &json.kind {
        JsonKind::Null => Data::Null.into(),
        JsonKind::Bool(value) => (*value).into(),
        JsonKind::Number(number) => match Number::parse(number) {
            Some(number) => number.into(),
            None => Value::unknown("this number has more digits than podgate computes with", located.whole()),
        },
        JsonKind::String(text) => Value::string(text),
        JsonKind::Array(elements) => Value::tuple(elements.iter().map(|element| decoded(element, located)).collect()),
        JsonKind::Object(members) => {
            let entries = members.iter().map(|member| (member.name.as_ref().into(), decoded(&member.value, located)));
            Value::object(entries.collect::<BTreeMap<_, _>>())
        }
    };
    located.place(value, json.range.clone())
}
