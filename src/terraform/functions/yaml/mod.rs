//! YAML, as each of its readers reads it: Terraform's `yamldecode`, the providers `kubectl`, and the functions of the
//! provider `kubernetes`. They share one parser (`terraform/yaml`) and differ in what scalars, tags, keys and merges mean.

mod aliases;
mod build;
mod cty;
mod encode;
mod keys;
mod manifests;
mod objects;
#[cfg(test)]
mod replay;
mod scalars;
mod times;
mod v2;

use base64::alphabet;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};

pub(super) use encode::yamlencode;
pub(super) use manifests::PROVIDED;
pub(super) use objects::partly_known_text;
pub(in crate::terraform) use objects::{check_object, first_object, partly_known, split_object};

use super::cost::Size;
use super::{Call, Data, Evaluated, Evaluator, Value};
use crate::terraform::evaluate::Located;
use crate::terraform::yaml::{Dialect, EventKind, Fault, Parser};
use build::Builder;

/// Base 64 as Go's standard encoding reads it.
const BASE64: GeneralPurpose =
    GeneralPurpose::new(&alphabet::STANDARD, GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true));

/// Who reads a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::terraform) enum Reader {
    /// `yamldecode`: `zclconf/go-cty-yaml`, for which a text is one document.
    Terraform,
    /// `kubectl_manifest` and its data sources: `yaml.v2` into a map of strings, JSON, and then `unstructured`. Of a text
    /// the first document counts.
    Kubectl,
    /// The functions of the provider `kubernetes`: `sigs.k8s.io/yaml`, which goes through JSON to plain values of Go. Of a
    /// text the first document counts.
    Manifest,
}

/// Why a text has no value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Failure {
    /// The reader refuses it.
    Refused(&'static str),
    /// podgate does not go so far.
    NotDone(&'static str),
}

const TOO_LARGE: Failure = Failure::NotDone("YAML of more than 100000 values, which is podgate's limit");

const TOO_DEEP: Failure = Failure::NotDone("YAML that is nested too deep");

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Character => Self::Refused("a control character"),
            Fault::Syntax => Self::Refused("what is not YAML"),
            Fault::Depth => TOO_DEEP,
        }
    }
}

/// The document of a text; nothing when there is none.
fn document(text: &str, reader: Reader, located: &Located) -> Result<Option<Value>, Failure> {
    let is_terraform = reader == Reader::Terraform;
    let mut parser = Parser::new(text, if is_terraform { Dialect::Cty } else { Dialect::V2 });
    if parser.event()?.kind == EventKind::StreamEnd {
        return Ok(None);
    }
    let first = parser.event()?;
    let value = Builder::new(reader, located).node(&mut parser, first)?;
    // What stands behind the document is only looked at by Terraform.
    let ends = parser.event()?.kind == EventKind::DocumentEnd;
    if !ends {
        return Err(Failure::Refused("what is not YAML"));
    }
    if is_terraform && parser.event()?.kind != EventKind::StreamEnd {
        return Err(Failure::Refused("more than one document"));
    }
    Ok(Some(value))
}

pub(super) fn yamldecode(call: &Call<'_>, evaluator: &Evaluator<'_>) -> Evaluated {
    let [value] = call.exactly()?;
    let text = call.string(value)?;
    let located = match evaluator.located(value, &text) {
        Ok(located) => located,
        Err(reason) => return Ok(call.unknown(reason)),
    };
    match document(&text, Reader::Terraform, &located) {
        Ok(Some(value)) => Ok(value),
        Ok(None) => call.refused("a text without a document"),
        Err(Failure::Refused(what)) => call.refused(what),
        Err(Failure::NotDone(what)) => Ok(call.unknown(format!("it depends on {what}"))),
    }
}

/// What it takes to decode the arguments of a call, in steps.
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
    let separates = |byte: &u8| {
        matches!(
            byte,
            b',' | b'[' | b']' | b'{' | b'}' | b':' | b'-' | b'?' | b'\n' | b'\r' | b'&' | b'*' | 0x85 | 0xa8 | 0xa9
        )
    };
    let values = text.bytes().filter(|byte| separates(byte)).count();
    Size::of(value).steps(50, 500) + values * (50 + value.steps_of_handing())
}
