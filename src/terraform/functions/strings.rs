//! Strings.

use super::{Evaluated, Value, elements, exactly, string, wrong_count};
use crate::source::Span;

fn text(text: &str) -> Value {
    Value::String(text.into())
}

fn of_one(name: &str, arguments: &[Value], compute: impl Fn(&str) -> Value, span: Span) -> Evaluated {
    let [value] = exactly(name, arguments, span)?;
    Ok(compute(&string(name, value, span)?))
}

fn of_two(name: &str, arguments: &[Value], compute: impl Fn(&str, &str) -> Value, span: Span) -> Evaluated {
    let [one, other] = exactly(name, arguments, span)?;
    Ok(compute(&string(name, one, span)?, &string(name, other, span)?))
}

/// A character in another case. Terraform, as Go, knows cases of single characters only: `ß` stays.
fn single(c: char, mut cased: impl Iterator<Item = char>) -> char {
    match (cased.next(), cased.next()) {
        (Some(cased), None) => cased,
        _ => c,
    }
}

pub(super) fn lower(arguments: &[Value], span: Span) -> Evaluated {
    of_one(
        "lower",
        arguments,
        |value| text(&value.chars().map(|c| single(c, c.to_lowercase())).collect::<String>()),
        span,
    )
}

pub(super) fn upper(arguments: &[Value], span: Span) -> Evaluated {
    of_one(
        "upper",
        arguments,
        |value| text(&value.chars().map(|c| single(c, c.to_uppercase())).collect::<String>()),
        span,
    )
}

pub(super) fn trimspace(arguments: &[Value], span: Span) -> Evaluated {
    of_one("trimspace", arguments, |value| text(value.trim()), span)
}

pub(super) fn chomp(arguments: &[Value], span: Span) -> Evaluated {
    of_one("chomp", arguments, |value| text(value.trim_end_matches(['\r', '\n'])), span)
}

pub(super) fn trimprefix(arguments: &[Value], span: Span) -> Evaluated {
    of_two("trimprefix", arguments, |value, prefix| text(value.strip_prefix(prefix).unwrap_or(value)), span)
}

pub(super) fn trimsuffix(arguments: &[Value], span: Span) -> Evaluated {
    of_two("trimsuffix", arguments, |value, suffix| text(value.strip_suffix(suffix).unwrap_or(value)), span)
}

pub(super) fn startswith(arguments: &[Value], span: Span) -> Evaluated {
    of_two("startswith", arguments, |value, prefix| Value::Bool(value.starts_with(prefix)), span)
}

pub(super) fn endswith(arguments: &[Value], span: Span) -> Evaluated {
    of_two("endswith", arguments, |value, suffix| Value::Bool(value.ends_with(suffix)), span)
}

pub(super) fn strcontains(arguments: &[Value], span: Span) -> Evaluated {
    of_two("strcontains", arguments, |value, part| Value::Bool(value.contains(part)), span)
}

pub(super) fn split(arguments: &[Value], span: Span) -> Evaluated {
    let split = |separator: &str, value: &str| -> Value {
        let parts: Vec<Value> = if separator.is_empty() {
            value.chars().map(|c| text(c.encode_utf8(&mut [0; 4]))).collect()
        } else {
            value.split(separator).map(text).collect()
        };
        Value::List(parts.into())
    };
    of_two("split", arguments, split, span)
}

pub(super) fn join(arguments: &[Value], span: Span) -> Evaluated {
    let [separator, lists @ ..] = arguments else { return Err(wrong_count("join", span)) };
    if lists.is_empty() {
        return Err(wrong_count("join", span));
    }
    let separator = string("join", separator, span)?;
    let mut parts = Vec::new();
    for list in lists {
        for element in elements("join", list, span)? {
            parts.push(string("join", element, span)?);
        }
    }
    Ok(text(&parts.join(&*separator)))
}
