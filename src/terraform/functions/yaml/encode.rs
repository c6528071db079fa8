//! YAML as Terraform's `yamlencode` writes it.

use std::fmt::Write as _;

use super::super::json::write_string;
use super::super::{Call, Data, Evaluated, Value, is_too_long};
use crate::terraform::limits::MOST_TEXT;

pub(in crate::terraform::functions) fn yamlencode(call: &Call<'_>) -> Evaluated {
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
    if is_too_long(&text) { call.too_large() } else { Ok(Value::string(&text)) }
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
