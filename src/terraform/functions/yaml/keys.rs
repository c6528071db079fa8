//! The names of keys that are no strings in YAML.

use std::sync::Arc;

use super::cty::Resolved;
use super::v2::{Typed, printed};
use super::{Failure, Reader};
use crate::terraform::value::{Data, Number, Value};

/// Of which type a key is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum KeyKind {
    Null,
    Bool,
    Integer,
    Float,
    Text,
}

/// The name of a key for Terraform, for which all keys are strings.
pub(super) fn of_cty(key: Resolved) -> Result<Arc<str>, Failure> {
    let name = match key {
        Resolved::Text(text) => text,
        Resolved::Bool(value) => value.to_string(),
        Resolved::Number(number) => number.to_string(),
        Resolved::Merge => "<<".to_owned(),
        Resolved::Unread => return Err(Failure::NotDone("a key of YAML that podgate does not read")),
        Resolved::Null => return Err(Failure::Refused("a key that is null")),
    };
    Ok(normal(&name))
}

/// The name of a key that is read into a string: as it is written.
pub(super) fn literal(key: &Typed, written: &str) -> Arc<str> {
    match key {
        Typed::Null => "".into(),
        Typed::Binary(text) => normal(text),
        _ => normal(written),
    }
}

/// The name of a key that is read as what it is and made a string afterwards.
pub(super) fn of_v2(key: &Typed, reader: Reader) -> Result<(Arc<str>, KeyKind), Failure> {
    let is_kubectl = reader == Reader::Kubectl;
    Ok(match key {
        Typed::Null if is_kubectl => ("<nil>".into(), KeyKind::Null),
        Typed::Null => return Err(Failure::Refused("a key that is null")),
        Typed::Bool(value) => (if *value { "true" } else { "false" }.into(), KeyKind::Bool),
        Typed::Integer(value) if !is_kubectl && i64::try_from(*value).is_err() => {
            return Err(Failure::Refused("a key that is a large number"));
        }
        Typed::Integer(value) => (value.to_string().into(), KeyKind::Integer),
        // One that is not a number differs from every other.
        Typed::Float(value) if value.is_nan() => {
            return Err(Failure::NotDone("a key of YAML that is not a number"));
        }
        Typed::Float(value) if is_kubectl => (printed(*value, false).into(), KeyKind::Float),
        Typed::Float(value) => {
            let name = match printed(*value, true).as_str() {
                "+Inf" => ".inf".into(),
                "-Inf" => "-.inf".into(),
                printed => printed.into(),
            };
            (name, KeyKind::Float)
        }
        Typed::Text(text) | Typed::Binary(text) => (normal(text), KeyKind::Text),
    })
}

/// An integer after its way through JSON: `unstructured` keeps those of 64 bits, a plain decoder of Go makes floats. Nothing
/// for one that podgate would not write as Go does.
pub(super) fn integer(value: i128, reader: Reader) -> Option<Number> {
    match i64::try_from(value) {
        Ok(value) if reader == Reader::Kubectl || value.unsigned_abs() < 1 << 53 => Some(Number::whole(value.into())),
        #[expect(clippy::cast_precision_loss, reason = "the decoder loses it, too")]
        _ => float(value as f64),
    }
}

/// The number that a float is; nothing for one that podgate would not write as Go does.
pub(super) fn float(value: f64) -> Option<Number> {
    Number::from_f64(value).filter(|number| number.to_string() == value.to_string())
}

/// A name in Unicode's normal form C, as Terraform keeps all strings.
fn normal(name: &str) -> Arc<str> {
    match Value::string(name).data {
        Data::String(name) => name,
        _ => name.into(),
    }
}
