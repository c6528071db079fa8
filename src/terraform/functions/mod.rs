//! Terraform's built-in functions (<https://developer.hashicorp.com/terraform/language/functions>, version 1.11).
//!
//! [`COMPUTED`] and [`UNKNOWN`] are all of them, as `terraform metadata functions` lists them. `try` and `can` are in
//! the evaluator, since they decide which of their arguments are evaluated.

mod collections;
mod conversions;
mod strings;

use super::evaluate::{Evaluated, Refusal, refuse};
use super::value::{Number, Type, Value};
use crate::source::Span;

/// A function that podgate computes. Its arguments are known, as deep as `needs` says.
type Function = fn(&[Value], Span) -> Evaluated;

/// How much of its arguments a function needs to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Needs {
    /// The arguments themselves, and all that they hold.
    All,
    /// The arguments themselves; what they hold flows through.
    Shallow,
    /// It looks for itself.
    Nothing,
}

/// The functions that podgate computes, by name.
const COMPUTED: &[(&str, Needs, Function)] = &[
    ("abs", Needs::All, conversions::abs),
    ("alltrue", Needs::All, collections::alltrue),
    ("anytrue", Needs::All, collections::anytrue),
    ("ceil", Needs::All, conversions::ceil),
    ("chomp", Needs::All, strings::chomp),
    ("coalesce", Needs::Nothing, collections::coalesce),
    ("coalescelist", Needs::Shallow, collections::coalescelist),
    ("compact", Needs::All, collections::compact),
    ("concat", Needs::Shallow, collections::concat),
    ("contains", Needs::All, collections::contains),
    ("distinct", Needs::All, collections::distinct),
    ("element", Needs::Shallow, collections::element),
    ("endswith", Needs::All, strings::endswith),
    ("flatten", Needs::All, collections::flatten),
    ("floor", Needs::All, conversions::floor),
    ("join", Needs::All, strings::join),
    ("keys", Needs::Shallow, collections::keys),
    ("length", Needs::Shallow, collections::length),
    ("lookup", Needs::Shallow, collections::lookup),
    ("lower", Needs::All, strings::lower),
    ("max", Needs::All, conversions::max),
    ("merge", Needs::Shallow, collections::merge),
    ("min", Needs::All, conversions::min),
    ("one", Needs::Shallow, collections::one),
    ("range", Needs::All, collections::range),
    ("reverse", Needs::Shallow, collections::reverse),
    ("signum", Needs::All, conversions::signum),
    ("split", Needs::All, strings::split),
    ("startswith", Needs::All, strings::startswith),
    ("strcontains", Needs::All, strings::strcontains),
    ("tobool", Needs::All, conversions::tobool),
    ("tolist", Needs::Shallow, conversions::tolist),
    ("tomap", Needs::Shallow, conversions::tomap),
    ("tonumber", Needs::All, conversions::tonumber),
    ("toset", Needs::All, conversions::toset),
    ("tostring", Needs::All, conversions::tostring),
    ("trimprefix", Needs::All, strings::trimprefix),
    ("trimspace", Needs::All, strings::trimspace),
    ("trimsuffix", Needs::All, strings::trimsuffix),
    ("upper", Needs::All, strings::upper),
    ("values", Needs::Shallow, collections::values),
    ("zipmap", Needs::Shallow, collections::zipmap),
];

/// The functions that podgate knows of and does not compute: what hangs on them is undecided.
const UNKNOWN: &[&str] = &[
    "abspath",
    "base64decode",
    "base64encode",
    "base64gzip",
    "base64sha256",
    "base64sha512",
    "basename",
    "bcrypt",
    "chunklist",
    "cidrhost",
    "cidrnetmask",
    "cidrsubnet",
    "cidrsubnets",
    "csvdecode",
    "dirname",
    "ephemeralasnull",
    "file",
    "filebase64",
    "filebase64sha256",
    "filebase64sha512",
    "fileexists",
    "filemd5",
    "fileset",
    "filesha1",
    "filesha256",
    "filesha512",
    "format",
    "formatdate",
    "formatlist",
    "indent",
    "index",
    "issensitive",
    "jsondecode",
    "jsonencode",
    "log",
    "matchkeys",
    "md5",
    "nonsensitive",
    "parseint",
    "pathexpand",
    "plantimestamp",
    "pow",
    "regex",
    "regexall",
    "replace",
    "rsadecrypt",
    "sensitive",
    "setintersection",
    "setproduct",
    "setsubtract",
    "setunion",
    "sha1",
    "sha256",
    "sha512",
    "slice",
    "sort",
    "strrev",
    "substr",
    "sum",
    "templatefile",
    "templatestring",
    "textdecodebase64",
    "textencodebase64",
    "timeadd",
    "timecmp",
    "timestamp",
    "title",
    "transpose",
    "trim",
    "urlencode",
    "uuid",
    "uuidv5",
    "yamldecode",
    "yamlencode",
];

/// Calls a function.
pub(super) fn call(name: &str, arguments: &[Value], span: Span) -> Evaluated {
    let Some((_, needs, function)) = COMPUTED.iter().find(|(known, ..)| *known == name) else {
        let known = UNKNOWN.contains(&name) || name.starts_with("provider::");
        // Terraform refuses the whole module for a function that is not there, so that `try` does not help.
        let reason = if known { "it depends on the function" } else { "Terraform has no function" };
        return Ok(Value::unknown(format!("{reason} `{name}`"), span));
    };
    let missing = arguments.iter().find_map(|argument| match (needs, argument) {
        (Needs::All, argument) => argument.missing(),
        (Needs::Shallow, Value::Unknown(unknown)) => Some(unknown),
        _ => None,
    });
    match missing {
        Some(unknown) => Ok(Value::Unknown(unknown.clone())),
        None => function(arguments, span),
    }
}

/// Exactly so many arguments.
fn exactly<'a, const N: usize>(name: &str, arguments: &'a [Value], span: Span) -> Result<&'a [Value; N], Refusal> {
    arguments.try_into().map_err(|_| wrong_count(name, span))
}

fn wrong_count(name: &str, span: Span) -> Refusal {
    Refusal { reason: format!("Terraform's `{name}` takes another number of arguments"), span }
}

fn wrong_type(name: &str, value: &Value, span: Span) -> Refusal {
    Refusal { reason: format!("Terraform refuses {} for an argument of `{name}`", value.kind()), span }
}

/// An argument as a string.
fn string(name: &str, value: &Value, span: Span) -> Result<std::sync::Arc<str>, Refusal> {
    match value.convert(&Type::String) {
        Ok(Value::String(text)) => Ok(text),
        _ => Err(wrong_type(name, value, span)),
    }
}

/// An argument as a number.
fn number(name: &str, value: &Value, span: Span) -> Result<Number, Refusal> {
    match value.convert(&Type::Number) {
        Ok(Value::Number(number)) => Ok(number),
        _ => Err(wrong_type(name, value, span)),
    }
}

/// The elements of an argument that is a list, a set or a tuple.
fn elements<'v>(name: &str, value: &'v Value, span: Span) -> Result<&'v [Value], Refusal> {
    match value {
        Value::List(elements) | Value::Set(elements) | Value::Tuple(elements) => Ok(elements),
        _ => Err(wrong_type(name, value, span)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_function_is_known_once() {
        let mut names: Vec<&str> = COMPUTED.iter().map(|(name, ..)| *name).chain(UNKNOWN.iter().copied()).collect();
        assert!(COMPUTED.iter().map(|(name, ..)| name).is_sorted() && UNKNOWN.is_sorted());
        // All that `terraform metadata functions` of 1.11 lists without a namespace, but for `can` and `try`.
        assert_eq!(names.len(), 116);
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), 116);
    }
}
