//! What a scalar stands for in `yaml.v2`, and which names keys have that are no strings.

use super::scalars::{Looks, Word, go_integer, in_radix, is_decimal, looks, word};
use super::{BASE64, Failure, times};
use crate::terraform::yaml::Scalar;
use base64::Engine as _;

/// What a scalar stands for.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Typed {
    Null,
    Bool(bool),
    Integer(i128),
    Float(f64),
    Text(String),
    /// Text that was base 64. It is text whatever it is read into.
    Binary(String),
}

/// Whether a key merges.
pub(super) fn is_merge(key: &Scalar) -> bool {
    key.text == "<<" && (key.is_implicit || key.properties.tag == "tag:yaml.org,2002:merge")
}

/// What a scalar stands for, as a key or as a value.
pub(super) fn resolve(scalar: &Scalar) -> Result<Typed, Failure> {
    let text = scalar.text.as_str();
    let tag = scalar.properties.tag.as_str();
    if tag.is_empty() && !scalar.is_implicit {
        return Ok(Typed::Text(text.to_owned()));
    }
    // Tags that are not known say nothing.
    let known = tag.strip_prefix("tag:yaml.org,2002:").unwrap_or(if tag.is_empty() { "" } else { "?" });
    let typed = match known {
        "binary" => return binary(text),
        "" | "bool" | "int" | "float" | "null" | "timestamp" => by_looks(text, known),
        _ => return Ok(Typed::Text(text.to_owned())),
    };
    let fits = match (&typed, known) {
        (_, "")
        | (Typed::Bool(_), "bool")
        | (Typed::Null, "null")
        | (Typed::Integer(_), "int")
        | (Typed::Float(_), "float") => true,
        (Typed::Text(text), "timestamp") => times::rfc3339(text).is_some(),
        #[expect(clippy::cast_precision_loss, reason = "the library loses it, too")]
        (Typed::Integer(value), "float") if i64::try_from(*value).is_ok() => return Ok(Typed::Float(*value as f64)),
        _ => false,
    };
    if fits { Ok(typed) } else { Err(Failure::Refused("a value that does not fit its tag")) }
}

fn by_looks(text: &str, tag: &str) -> Typed {
    match word(text) {
        Some(Word::Null) => return Typed::Null,
        Some(Word::Bool(value)) => return Typed::Bool(value),
        Some(Word::Infinity { is_negative: true }) => return Typed::Float(f64::NEG_INFINITY),
        Some(Word::Infinity { is_negative: false }) => return Typed::Float(f64::INFINITY),
        Some(Word::NotANumber) => return Typed::Float(f64::NAN),
        None => {}
    }
    let number = match looks(text) {
        Some(Looks::Point) if separates_digits(text) => float(&text.replace('_', "")),
        Some(Looks::Number) if matches!(tag, "" | "timestamp") && times::rfc3339(text).is_some() => None,
        Some(Looks::Number) => {
            let plain = text.replace('_', "");
            let signed_binary = |digits: &str| in_radix(digits, digits.strip_prefix(['-', '+']).unwrap_or(digits), 2);
            let integer = || go_integer(&plain).map(Typed::Integer);
            integer()
                .or_else(|| float(&plain))
                .or_else(|| plain.strip_prefix("0b").and_then(signed_binary).map(Typed::Integer))
        }
        _ => None,
    };
    number.unwrap_or_else(|| Typed::Text(text.to_owned()))
}

/// Whether every `_` of a text stands between two digits.
fn separates_digits(text: &str) -> bool {
    let bytes = text.as_bytes();
    let is_digit = |at: Option<usize>| at.and_then(|at| bytes.get(at)).is_some_and(u8::is_ascii_digit);
    text.match_indices('_').all(|(at, _)| is_digit(at.checked_sub(1)) && is_digit(Some(at + 1)))
}

/// The float that a decimal number is, unless it is too large.
fn float(text: &str) -> Option<Typed> {
    let value: f64 = text.parse().ok().filter(|value: &f64| value.is_finite())?;
    is_decimal(text).then_some(Typed::Float(value))
}

/// Bytes in base 64, as a text of JSON: each byte that belongs to no character is replaced.
fn binary(text: &str) -> Result<Typed, Failure> {
    let bytes = BASE64.decode(text.replace(['\r', '\n'], "")).map_err(|_| Failure::Refused("base 64 that is none"))?;
    let mut decoded = String::new();
    for chunk in bytes.utf8_chunks() {
        decoded.push_str(chunk.valid());
        decoded.extend(chunk.invalid().iter().map(|_| '\u{fffd}'));
    }
    Ok(Typed::Binary(decoded))
}

/// How Go prints a float with `%v`, or `strconv` with the format `g` for 32 bits.
pub(super) fn printed(value: f64, is_short: bool) -> String {
    if !value.is_finite() {
        return if value.is_nan() {
            "NaN"
        } else if value < 0.0 {
            "-Inf"
        } else {
            "+Inf"
        }
        .to_owned();
    }
    #[expect(clippy::cast_possible_truncation, reason = "the library rounds to 32 bits")]
    let short = value as f32;
    let (scientific, plain) =
        if is_short { (format!("{short:e}"), format!("{short}")) } else { (format!("{value:e}"), format!("{value}")) };
    let (digits, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if (-4..6).contains(&exponent) {
        return plain;
    }
    format!("{digits}e{}{:02}", if exponent < 0 { '-' } else { '+' }, exponent.abs())
}
