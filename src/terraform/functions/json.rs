//! JSON.

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
    match parse(&text) {
        Ok(json) => Ok(decoded(&json, &located)),
        Err(error) if error.message.contains("depth") => Ok(call.unknown("it depends on JSON that is nested too deep")),
        Err(_) => call.refused("what is not JSON"),
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
