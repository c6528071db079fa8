//! What a scalar stands for in Terraform's `yamldecode`: YAML 1.2 with the words of 1.1.

use super::scalars::{Looks, Word, go_integer, is_core_integer, is_decimal, looks, word};
use super::{BASE64, Failure, times};
use crate::terraform::value::Number;
use crate::terraform::yaml::{Scalar, Style};
use base64::Engine as _;

/// What a scalar stands for.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Resolved {
    Null,
    Bool(bool),
    Number(Number),
    Text(String),
    /// `<<`, which merges as a key.
    Merge,
    /// A number that podgate does not read.
    Unread,
}

/// What a scalar stands for, as a key or as a value.
pub(super) fn resolve(scalar: &Scalar) -> Result<Resolved, Failure> {
    let text = scalar.text.as_str();
    let tag = match scalar.properties.tag.as_str() {
        "" => "",
        tag => tag.strip_prefix("tag:yaml.org,2002:").ok_or(Failure::Refused("an unknown tag"))?,
    };
    if !matches!(tag, "" | "str" | "bool" | "int" | "float" | "null" | "timestamp" | "binary") {
        return Err(Failure::Refused("an unknown tag"));
    }
    if let Some(looks) = looks(text).filter(|_| !matches!(tag, "str" | "binary")) {
        if scalar.style == Style::Quoted {
            return Ok(Resolved::Text(text.to_owned()));
        }
        if let Some(resolved) = by_looks(text, tag, looks)? {
            return Ok(resolved);
        }
    }
    if tag.is_empty() && text == "<<" {
        return Ok(Resolved::Merge);
    }
    let refused = Err(Failure::Refused("a value that does not fit its tag"));
    match tag {
        "binary" if BASE64.decode(text.replace(['\r', '\n'], "")).is_err() => refused,
        "bool" => refused,
        "int" | "float" => number(text),
        "timestamp" => times::rfc3339(text).map_or(refused, |time| Ok(Resolved::Text(time))),
        "null" => Ok(Resolved::Null),
        _ => Ok(Resolved::Text(text.to_owned())),
    }
}

/// What a scalar without quotes stands for by how it looks, if that decides.
fn by_looks(text: &str, tag: &str, looks: Looks) -> Result<Option<Resolved>, Failure> {
    match word(text) {
        Some(Word::Null) => return Ok(Some(Resolved::Null)),
        Some(Word::Bool(value)) => return Ok(Some(Resolved::Bool(value))),
        Some(Word::Infinity { .. }) => return Ok(Some(Resolved::Unread)),
        Some(Word::NotANumber) if tag.is_empty() => return Err(Failure::Refused("what is not a number")),
        _ => {}
    }
    match looks {
        Looks::Point if is_decimal(text) => Ok(Some(decimal(text))),
        Looks::Point if is_binary(text) => Ok(Some(Resolved::Unread)),
        Looks::Number => {
            if let Some(time) = times::rfc3339(text).filter(|_| matches!(tag, "" | "timestamp")) {
                return Ok(Some(Resolved::Text(time)));
            }
            let is_number = is_core_integer(text) || is_decimal(text);
            is_number.then(|| number(text)).transpose()
        }
        _ => Ok(None),
    }
}

/// The number that a text is for Terraform, or for Go.
fn number(text: &str) -> Result<Resolved, Failure> {
    let plain = text.replace('_', "");
    if is_decimal(&plain) {
        return Ok(decimal(&plain));
    }
    if is_binary(&plain) || matches!(plain.trim_start_matches(['+', '-']), "inf" | "Inf") {
        return Ok(Resolved::Unread);
    }
    match go_integer(&plain) {
        Some(value) => Ok(Resolved::Number(Number::whole(value.into()))),
        None => Err(Failure::Refused("a value that does not fit its tag")),
    }
}

fn decimal(text: &str) -> Resolved {
    Number::parse(text).map_or(Resolved::Unread, Resolved::Number)
}

/// Whether a text may be a number with an exponent of two, `1p5`, which hardly anybody writes.
fn is_binary(text: &str) -> bool {
    text.split_once(['p', 'P']).is_some_and(|(number, _)| is_decimal(number))
}
