//! Terraform's built-in functions (<https://developer.hashicorp.com/terraform/language/functions>, version 1.11).
//!
//! [`COMPUTED`], [`READING`] and [`UNKNOWN`] are all of them, as `terraform metadata functions` lists them. `try` and
//! `can` are in the evaluator, since they decide which of their arguments are evaluated.

mod collections;
mod conversions;
mod csv;
mod dates;
mod encoding;
mod files;
mod format;
mod json;
mod marks;
mod network;
mod numbers;
mod paths;
mod patterns;
mod sets;
mod strings;
mod yaml;

use std::sync::Arc;

pub(super) use conversions::unified;
pub(super) use files::render;
pub(super) use paths::cleaned;
pub(super) use yaml::first_document as first_yaml_document;

use super::evaluate::{Evaluated, Evaluator, Refusal, refuse};
use super::limits::{MOST_TEXT, MOST_WEIGHT};
use super::value::{Data, HopKind, Marks, Number, Private, Type, Value};
use crate::source::Span;

/// A function that podgate computes from its arguments, which are known as deep as [`Needs`] says.
type Function = fn(&Call<'_>) -> Evaluated;

/// A function that reads files, or evaluates what it is given.
type Reading = fn(&Call<'_>, &Evaluator<'_>) -> Evaluated;

/// A call of a function.
#[derive(Debug, Clone, Copy)]
struct Call<'a> {
    /// The function's name.
    name: &'a str,
    /// What it is called with.
    arguments: &'a [Value],
    /// Where it is called.
    span: Span,
}

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
    ("abs", Needs::All, numbers::abs),
    ("alltrue", Needs::All, collections::alltrue),
    ("anytrue", Needs::All, collections::anytrue),
    ("base64decode", Needs::All, encoding::base64decode),
    ("base64encode", Needs::All, encoding::base64encode),
    ("base64sha256", Needs::All, encoding::base64sha256),
    ("base64sha512", Needs::All, encoding::base64sha512),
    ("basename", Needs::All, paths::basename),
    ("ceil", Needs::All, numbers::ceil),
    ("chomp", Needs::All, strings::chomp),
    ("chunklist", Needs::Shallow, collections::chunklist),
    ("cidrhost", Needs::All, network::cidrhost),
    ("cidrnetmask", Needs::All, network::cidrnetmask),
    ("cidrsubnet", Needs::All, network::cidrsubnet),
    ("cidrsubnets", Needs::All, network::cidrsubnets),
    ("coalesce", Needs::Nothing, collections::coalesce),
    ("coalescelist", Needs::Shallow, collections::coalescelist),
    ("compact", Needs::All, collections::compact),
    ("concat", Needs::Shallow, collections::concat),
    ("contains", Needs::All, collections::contains),
    ("csvdecode", Needs::All, csv::csvdecode),
    ("dirname", Needs::All, paths::dirname),
    ("distinct", Needs::All, collections::distinct),
    ("element", Needs::Shallow, collections::element),
    ("endswith", Needs::All, strings::endswith),
    ("ephemeralasnull", Needs::Nothing, marks::ephemeralasnull),
    ("flatten", Needs::Shallow, collections::flatten),
    ("floor", Needs::All, numbers::floor),
    ("format", Needs::All, format::format),
    ("formatdate", Needs::All, dates::formatdate),
    ("formatlist", Needs::All, format::formatlist),
    ("indent", Needs::All, strings::indent),
    ("index", Needs::All, collections::index),
    ("issensitive", Needs::Nothing, marks::issensitive),
    ("join", Needs::All, strings::join),
    ("jsonencode", Needs::All, json::jsonencode),
    ("keys", Needs::Shallow, collections::keys),
    ("length", Needs::Shallow, collections::length),
    ("log", Needs::All, numbers::log),
    ("lookup", Needs::Shallow, collections::lookup),
    ("lower", Needs::All, strings::lower),
    ("matchkeys", Needs::All, collections::matchkeys),
    ("max", Needs::All, numbers::max),
    ("md5", Needs::All, encoding::md5),
    ("merge", Needs::Shallow, collections::merge),
    ("min", Needs::All, numbers::min),
    ("nonsensitive", Needs::Nothing, marks::nonsensitive),
    ("one", Needs::Shallow, collections::one),
    ("parseint", Needs::All, numbers::parseint),
    ("pow", Needs::All, numbers::pow),
    ("range", Needs::All, collections::range),
    ("regex", Needs::All, patterns::regex),
    ("regexall", Needs::All, patterns::regexall),
    ("replace", Needs::All, patterns::replace),
    ("reverse", Needs::Shallow, collections::reverse),
    ("sensitive", Needs::Nothing, marks::sensitive),
    ("setintersection", Needs::All, sets::setintersection),
    ("setproduct", Needs::All, sets::setproduct),
    ("setsubtract", Needs::All, sets::setsubtract),
    ("setunion", Needs::All, sets::setunion),
    ("sha1", Needs::All, encoding::sha1),
    ("sha256", Needs::All, encoding::sha256),
    ("sha512", Needs::All, encoding::sha512),
    ("signum", Needs::All, numbers::signum),
    ("slice", Needs::Shallow, collections::slice),
    ("sort", Needs::All, collections::sort),
    ("split", Needs::All, strings::split),
    ("startswith", Needs::All, strings::startswith),
    ("strcontains", Needs::All, strings::strcontains),
    ("strrev", Needs::All, strings::strrev),
    ("substr", Needs::All, strings::substr),
    ("sum", Needs::All, collections::sum),
    ("textdecodebase64", Needs::All, encoding::textdecodebase64),
    ("textencodebase64", Needs::All, encoding::textencodebase64),
    ("timeadd", Needs::All, dates::timeadd),
    ("timecmp", Needs::All, dates::timecmp),
    ("title", Needs::All, strings::title),
    ("tobool", Needs::All, conversions::tobool),
    ("tolist", Needs::Shallow, conversions::tolist),
    ("tomap", Needs::Shallow, conversions::tomap),
    ("tonumber", Needs::All, conversions::tonumber),
    ("toset", Needs::All, conversions::toset),
    ("tostring", Needs::All, conversions::tostring),
    ("transpose", Needs::All, collections::transpose),
    ("trim", Needs::All, strings::trim),
    ("trimprefix", Needs::All, strings::trimprefix),
    ("trimspace", Needs::All, strings::trimspace),
    ("trimsuffix", Needs::All, strings::trimsuffix),
    ("upper", Needs::All, strings::upper),
    ("urlencode", Needs::All, encoding::urlencode),
    ("uuidv5", Needs::All, encoding::uuidv5),
    ("values", Needs::Shallow, collections::values),
    ("yamlencode", Needs::All, yaml::yamlencode),
    ("zipmap", Needs::Shallow, collections::zipmap),
];

/// The functions that need the evaluator, by name. All of their arguments are known.
const READING: &[(&str, Reading)] = &[
    ("file", files::file),
    ("filebase64", files::filebase64),
    ("filebase64sha256", files::filebase64sha256),
    ("filebase64sha512", files::filebase64sha512),
    ("fileexists", files::fileexists),
    ("filemd5", files::filemd5),
    ("fileset", files::fileset),
    ("filesha1", files::filesha1),
    ("filesha256", files::filesha256),
    ("filesha512", files::filesha512),
    ("jsondecode", json::jsondecode),
    ("templatefile", files::templatefile),
    ("templatestring", files::templatestring),
    ("yamldecode", yaml::yamldecode),
];

/// The functions that podgate knows of and does not compute, and why: what hangs on them is undecided.
const UNKNOWN: &[(&str, &str)] = &[
    ("abspath", "it depends on the machine"),
    ("base64gzip", "its compressed bytes are those of one implementation"),
    ("bcrypt", "it is another every time"),
    ("pathexpand", "it depends on the machine"),
    ("plantimestamp", "it depends on the time"),
    ("rsadecrypt", "it takes a private key"),
    ("timestamp", "it depends on the time"),
    ("uuid", "it is another every time"),
];

/// Calls a function.
pub(super) fn call(evaluator: &Evaluator<'_>, name: &str, arguments: &[Value], span: Span) -> Evaluated {
    let call = Call { name, arguments, span };
    let computed = COMPUTED.iter().find(|(known, ..)| *known == name);
    let reading = READING.iter().find(|(known, _)| *known == name);
    let (needs, run): (_, &dyn Fn() -> Evaluated) = match (&computed, &reading) {
        (Some((_, needs, function)), _) => (*needs, &|| function(&call)),
        (_, Some((_, function))) => (Needs::All, &|| function(&call, evaluator)),
        (None, None) => return Ok(Value::unknown(why_unknown(name), span)),
    };
    let marks = match needs {
        Needs::All => arguments.iter().fold(Marks::default(), |marks, argument| marks.and(argument.all_marks())),
        Needs::Shallow => arguments.iter().fold(Marks::default(), |marks, argument| marks.and(argument.marks)),
        Needs::Nothing => Marks::default(),
    };
    let weight = arguments.iter().map(|argument| if needs == Needs::All { argument.weight() } else { 1 }).sum();
    if let Err(reason) = evaluator.budget().spend(weight) {
        return Ok(call.unknown(reason));
    }
    let missing = arguments.iter().find_map(|argument| match needs {
        Needs::All => argument.missing(),
        Needs::Shallow => argument.missing_itself(),
        Needs::Nothing => None,
    });
    let value = if let Some(unknown) = missing {
        unknown.clone().into()
    } else {
        let all = arguments.iter().fold(marks, |marks, argument| marks.and(argument.all_marks()));
        discreet(run(), &call, all.are_secret() || arguments.iter().any(|argument| argument.origin.is_hidden()))?
    };
    let value = match with_keys_of_file(evaluator, &call) {
        Some(why) => value.with_private_contents(why).marked(Marks { private: None, ..marks }),
        None => value.marked(marks),
    };
    if value.origin.is_read() {
        let origin = value.origin.clone().then(HopKind::Computed, span);
        return Ok(value.from_origin(origin));
    }
    // What is written in a file stands there, and nowhere else.
    let is_written = value.origin.hops().next().is_some();
    Ok(if is_written { value } else { traced(value, &call) })
}

/// The functions that make a document of a text.
const DECODERS: [&str; 3] = ["csvdecode", "jsondecode", "yamldecode"];

/// Whether the keys of what a call makes may be shown, though its values are private: those of a document that is an
/// unaltered file.
fn with_keys_of_file(evaluator: &Evaluator<'_>, call: &Call<'_>) -> Option<Private> {
    let ([argument], true) = (call.arguments, DECODERS.contains(&call.name)) else { return None };
    argument.marks.private.filter(|why| evaluator.is_shown_file(*why, argument))
}

/// The reason why a function's result is not known.
fn why_unknown(name: &str) -> String {
    if let Some((_, why)) = UNKNOWN.iter().find(|(known, _)| *known == name) {
        return format!("podgate does not compute the function `{name}`: {why}");
    }
    if name.starts_with("provider::") {
        return format!("it depends on `{name}`, which is a function of a provider");
    }
    // Terraform refuses the whole module for a function that is not there, so that `try` does not help.
    format!("Terraform has no function `{name}`")
}

/// What a function came to, without a word about a value that must not be shown.
fn discreet(evaluated: Evaluated, call: &Call<'_>, secret: bool) -> Evaluated {
    match evaluated {
        Err(_) if secret => call.refused("its arguments, of which one is private or sensitive"),
        Ok(value) if secret && matches!(value.data, Data::Unknown(_)) => {
            Ok(call.unknown(format!("it depends on `{}` with a private or sensitive argument", call.name)))
        }
        evaluated => evaluated,
    }
}

/// So many elements of an argument are looked at for where they come from.
const MOST_TRACED: usize = 100;

/// The result of a call, with where its arguments come from, or what they hold.
fn traced(value: Value, call: &Call<'_>) -> Value {
    let mut from: Vec<&Value> = call.arguments.iter().collect();
    let marks = value.marks;
    if !call.arguments.iter().any(|argument| argument.origin.is_read()) {
        let held = call.arguments.iter().filter_map(|argument| match &argument.data {
            Data::List(elements) | Data::Set(elements) | Data::Tuple(elements) => {
                elements.iter().take(MOST_TRACED).find(|element| element.origin.is_read())
            }
            Data::Map(entries) | Data::Object(entries) => {
                entries.values().take(MOST_TRACED).find(|value| value.origin.is_read())
            }
            _ => None,
        });
        from.extend(held.collect::<Vec<_>>());
    }
    value.computed(call.span, from).with_own_marks(marks)
}

impl<'a> Call<'a> {
    /// The arguments, when there are exactly so many.
    fn exactly<const N: usize>(&self) -> Result<&'a [Value; N], Refusal> {
        self.arguments.try_into().map_err(|_| self.wrong_count())
    }

    fn refuse<T>(&self, reason: impl Into<String>) -> Result<T, Refusal> {
        refuse(reason, self.span)
    }

    /// A result that podgate does not compute.
    fn unknown(&self, reason: impl Into<String>) -> Value {
        Value::unknown(reason, self.span)
    }

    /// A result that is beyond a limit of podgate's.
    #[expect(clippy::unnecessary_wraps, reason = "functions return it")]
    fn too_large(&self) -> Evaluated {
        Ok(self.unknown(format!(
            "the result of `{}` is larger than {MOST_WEIGHT} values or {MOST_TEXT} bytes, which is podgate's limit",
            self.name
        )))
    }

    fn wrong_count(&self) -> Refusal {
        Refusal::new(format!("Terraform's `{}` takes another number of arguments", self.name), self.span)
    }

    fn wrong_type(&self, value: &Value) -> Refusal {
        let reason = format!("Terraform refuses {} for an argument of `{}`", value.kind(), self.name);
        Refusal::new(reason, self.span)
    }

    /// What Terraform refuses about the arguments, a clause that follows "Terraform's function refuses".
    fn refused<T>(&self, what: &str) -> Result<T, Refusal> {
        self.refuse(format!("Terraform's `{}` refuses {what}", self.name))
    }

    /// An argument as a string.
    fn string(&self, value: &Value) -> Result<Arc<str>, Refusal> {
        match value.convert(&Type::String).map(|value| value.data) {
            Ok(Data::String(text)) => Ok(text),
            _ => Err(self.wrong_type(value)),
        }
    }

    /// An argument as a number.
    fn number(&self, value: &Value) -> Result<Number, Refusal> {
        match value.convert(&Type::Number).map(|value| value.data) {
            Ok(Data::Number(number)) => Ok(number),
            _ => Err(self.wrong_type(value)),
        }
    }

    /// An argument as a whole number.
    fn whole(&self, value: &Value) -> Result<i64, Refusal> {
        self.number(value)?.to_i64().ok_or_else(|| self.wrong_type(value))
    }

    /// The elements of an argument that is a list, a set or a tuple.
    fn elements<'v>(&self, value: &'v Value) -> Result<&'v [Value], Refusal> {
        match &value.data {
            Data::List(elements) | Data::Set(elements) | Data::Tuple(elements) => Ok(elements),
            _ => Err(self.wrong_type(value)),
        }
    }

    /// The only argument as a string.
    fn only_string(&self) -> Result<Arc<str>, Refusal> {
        let [value] = self.exactly()?;
        self.string(value)
    }
}

/// Whether a text is longer than podgate builds.
fn is_too_long(text: &str) -> bool {
    text.len() > MOST_TEXT
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_function_is_known_once() {
        let mut names: Vec<&str> = COMPUTED.iter().map(|(name, ..)| *name).collect();
        names.extend(READING.iter().map(|(name, _)| *name));
        names.extend(UNKNOWN.iter().map(|(name, _)| *name));
        // All that `terraform metadata functions` of 1.11 lists without a namespace, but for `can` and `try`.
        assert_eq!(names.len(), 116);
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), 116);
    }
}
