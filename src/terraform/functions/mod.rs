//! Terraform's built-in functions (<https://developer.hashicorp.com/terraform/language/functions>, version 1.11).
//!
//! [`COMPUTED`], [`READING`] and [`UNKNOWN`] are all of them, as `terraform metadata functions` lists them. `try` and
//! `can` are in the evaluator, since they decide which of their arguments are evaluated.

#[cfg(test)]
mod charges;
mod collections;
mod conversions;
mod cost;
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
pub(super) use cost::elements;
pub(super) use files::{render, steps_of_matching};
pub(super) use paths::cleaned;
pub(super) use patterns::Patterns;
pub(super) use yaml::first_document as first_yaml_document;

use cost::{CHARACTERS, CONVERTED, COPIED, Cost, NUMBERS, deep};

use super::evaluate::{Evaluated, Evaluator, Refusal, refuse};
use super::limits::{Budget, MOST_TEXT, MOST_WEIGHT};
use super::value::{Data, HopKind, Marks, Number, Private, Type, Value};
use crate::source::Span;

/// A function that podgate computes from its arguments, which are known as deep as [`Needs`] says.
type Function = fn(&Call<'_>) -> Evaluated;

/// A function that reads files, or evaluates what it is given.
type Reading = fn(&Call<'_>, &Evaluator<'_>) -> Evaluated;

/// A call of a function.
#[derive(Clone, Copy)]
struct Call<'a> {
    /// The function's name.
    name: &'a str,
    /// What it is called with.
    arguments: &'a [Value],
    /// Where it is called.
    span: Span,
    /// What may still be spent.
    budget: &'a Budget,
    /// The regular expressions that were compiled.
    patterns: &'a Patterns,
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

/// The functions that podgate computes, sorted by name: how much of their arguments they need to know, and by what their
/// work grows.
const COMPUTED: &[(&str, Needs, Cost, Function)] = &[
    ("abs", Needs::All, NUMBERS, numbers::abs),
    ("alltrue", Needs::All, deep(70, 20), collections::alltrue),
    ("anytrue", Needs::All, deep(70, 20), collections::anytrue),
    ("base64decode", Needs::All, CHARACTERS, encoding::base64decode),
    ("base64encode", Needs::All, deep(70, 30), encoding::base64encode),
    ("base64sha256", Needs::All, deep(70, 30), encoding::base64sha256),
    ("base64sha512", Needs::All, deep(70, 30), encoding::base64sha512),
    ("basename", Needs::All, CHARACTERS, paths::basename),
    ("ceil", Needs::All, NUMBERS, numbers::ceil),
    ("chomp", Needs::All, CHARACTERS, strings::chomp),
    ("chunklist", Needs::Shallow, deep(90, 20), collections::chunklist),
    ("cidrhost", Needs::All, deep(70, 200), network::cidrhost),
    ("cidrnetmask", Needs::All, deep(70, 200), network::cidrnetmask),
    ("cidrsubnet", Needs::All, deep(70, 200), network::cidrsubnet),
    ("cidrsubnets", Needs::All, deep(70, 200), network::cidrsubnets),
    ("coalesce", Needs::Nothing, CONVERTED, collections::coalesce),
    ("coalescelist", Needs::Shallow, Cost::Fixed, collections::coalescelist),
    ("compact", Needs::All, deep(70, 20), collections::compact),
    ("concat", Needs::Shallow, Cost::By(cost::of_concat), collections::concat),
    ("contains", Needs::All, deep(5, 5), collections::contains),
    ("csvdecode", Needs::All, Cost::By(csv::steps), csv::csvdecode),
    ("dirname", Needs::All, CHARACTERS, paths::dirname),
    ("distinct", Needs::All, deep(70, 20), collections::distinct),
    ("element", Needs::Shallow, Cost::Fixed, collections::element),
    ("endswith", Needs::All, COPIED, strings::endswith),
    ("ephemeralasnull", Needs::Nothing, deep(25, 5), marks::ephemeralasnull),
    ("flatten", Needs::Shallow, Cost::By(cost::of_flatten), collections::flatten),
    ("floor", Needs::All, NUMBERS, numbers::floor),
    ("format", Needs::All, Cost::By(format::steps), format::format),
    ("formatdate", Needs::All, deep(70, 1000), dates::formatdate),
    ("formatlist", Needs::All, Cost::By(format::steps_of_list), format::formatlist),
    ("indent", Needs::All, Cost::By(cost::of_indent), strings::indent),
    ("index", Needs::All, deep(5, 5), collections::index),
    ("issensitive", Needs::Nothing, Cost::Fixed, marks::issensitive),
    ("join", Needs::All, Cost::By(cost::of_join), strings::join),
    ("jsonencode", Needs::All, deep(80, 100), json::jsonencode),
    ("keys", Needs::Shallow, Cost::Flat(20), collections::keys),
    ("length", Needs::Shallow, deep(1, 120), collections::length),
    ("log", Needs::All, deep(120, 100), numbers::log),
    ("lookup", Needs::Shallow, CHARACTERS, collections::lookup),
    ("lower", Needs::All, CHARACTERS, strings::lower),
    ("matchkeys", Needs::All, deep(70, 20), collections::matchkeys),
    ("max", Needs::All, NUMBERS, numbers::max),
    ("md5", Needs::All, deep(70, 30), encoding::md5),
    ("merge", Needs::Shallow, Cost::Flat(40), collections::merge),
    ("min", Needs::All, NUMBERS, numbers::min),
    ("nonsensitive", Needs::Nothing, Cost::Fixed, marks::nonsensitive),
    ("one", Needs::Shallow, deep(1, 120), collections::one),
    ("parseint", Needs::All, deep(50, 700), numbers::parseint),
    ("pow", Needs::All, deep(120, 100), numbers::pow),
    ("range", Needs::All, Cost::By(cost::of_range), collections::range),
    ("regex", Needs::All, COPIED, patterns::regex),
    ("regexall", Needs::All, COPIED, patterns::regexall),
    ("replace", Needs::All, COPIED, patterns::replace),
    ("reverse", Needs::Shallow, Cost::Flat(20), collections::reverse),
    ("sensitive", Needs::Nothing, Cost::Fixed, marks::sensitive),
    ("setintersection", Needs::All, deep(70, 20), sets::setintersection),
    ("setproduct", Needs::All, Cost::By(cost::of_setproduct), sets::setproduct),
    ("setsubtract", Needs::All, deep(70, 20), sets::setsubtract),
    ("setunion", Needs::All, deep(70, 20), sets::setunion),
    ("sha1", Needs::All, deep(70, 30), encoding::sha1),
    ("sha256", Needs::All, deep(70, 30), encoding::sha256),
    ("sha512", Needs::All, deep(70, 30), encoding::sha512),
    ("signum", Needs::All, NUMBERS, numbers::signum),
    ("slice", Needs::Shallow, Cost::Flat(20), collections::slice),
    ("sort", Needs::All, deep(70, 20), collections::sort),
    ("split", Needs::All, Cost::By(cost::of_split), strings::split),
    ("startswith", Needs::All, COPIED, strings::startswith),
    ("strcontains", Needs::All, deep(70, 30), strings::strcontains),
    ("strrev", Needs::All, CHARACTERS, strings::strrev),
    ("substr", Needs::All, CHARACTERS, strings::substr),
    ("sum", Needs::All, deep(50, 20), collections::sum),
    ("textdecodebase64", Needs::All, CHARACTERS, encoding::textdecodebase64),
    ("textencodebase64", Needs::All, CHARACTERS, encoding::textencodebase64),
    ("timeadd", Needs::All, deep(70, 200), dates::timeadd),
    ("timecmp", Needs::All, deep(70, 200), dates::timecmp),
    ("title", Needs::All, CHARACTERS, strings::title),
    ("tobool", Needs::All, deep(100, 100), conversions::tobool),
    ("tolist", Needs::Shallow, CONVERTED, conversions::tolist),
    ("tomap", Needs::Shallow, CONVERTED, conversions::tomap),
    ("tonumber", Needs::All, deep(100, 100), conversions::tonumber),
    ("toset", Needs::All, deep(80, 20), conversions::toset),
    ("tostring", Needs::All, deep(100, 100), conversions::tostring),
    ("transpose", Needs::All, deep(70, 20), collections::transpose),
    ("trim", Needs::All, Cost::By(cost::of_trim), strings::trim),
    ("trimprefix", Needs::All, COPIED, strings::trimprefix),
    ("trimspace", Needs::All, CHARACTERS, strings::trimspace),
    ("trimsuffix", Needs::All, COPIED, strings::trimsuffix),
    ("upper", Needs::All, CHARACTERS, strings::upper),
    ("urlencode", Needs::All, CHARACTERS, encoding::urlencode),
    ("uuidv5", Needs::All, deep(70, 30), encoding::uuidv5),
    ("values", Needs::Shallow, Cost::Flat(20), collections::values),
    ("yamlencode", Needs::All, Cost::By(cost::of_yamlencode), yaml::yamlencode),
    ("zipmap", Needs::Shallow, deep(70, 20), collections::zipmap),
];

/// The functions that need the evaluator, sorted by name, and by what their work grows. All of their arguments are known.
/// What they read, decode and evaluate they charge themselves.
const READING: &[(&str, Cost, Reading)] = &[
    ("file", COPIED, files::file),
    ("filebase64", COPIED, files::filebase64),
    ("filebase64sha256", COPIED, files::filebase64sha256),
    ("filebase64sha512", COPIED, files::filebase64sha512),
    ("fileexists", COPIED, files::fileexists),
    ("filemd5", COPIED, files::filemd5),
    ("fileset", deep(70, 1000), files::fileset),
    ("filesha1", COPIED, files::filesha1),
    ("filesha256", COPIED, files::filesha256),
    ("filesha512", COPIED, files::filesha512),
    ("jsondecode", Cost::By(json::steps), json::jsondecode),
    ("templatefile", COPIED, files::templatefile),
    ("templatestring", COPIED, files::templatestring),
    ("yamldecode", Cost::By(yaml::steps), yaml::yamldecode),
];

/// The functions that podgate knows of and does not compute, and why: what hangs on them is undecided.
const UNKNOWN: &[(&str, &str)] = &[
    ("abspath", "it depends on the machine"),
    ("base64gzip", "its result depends on the implementation of gzip"),
    ("bcrypt", "its result is different every time"),
    ("pathexpand", "it depends on the machine"),
    ("plantimestamp", "it depends on the time"),
    ("rsadecrypt", "it needs a private key"),
    ("timestamp", "it depends on the time"),
    ("uuid", "its result is different every time"),
];

/// Calls a function.
pub(super) fn call(evaluator: &Evaluator<'_>, name: &str, arguments: &[Value], span: Span) -> Evaluated {
    let call = Call { name, arguments, span, budget: evaluator.budget(), patterns: evaluator.patterns() };
    let computed = COMPUTED.binary_search_by_key(&name, |(known, ..)| known).ok().map(|at| &COMPUTED[at]);
    let reading = READING.binary_search_by_key(&name, |(known, ..)| known).ok().map(|at| &READING[at]);
    let (needs, cost, run): (_, _, &dyn Fn() -> Evaluated) = match (&computed, &reading) {
        (Some((_, needs, cost, function)), _) => (*needs, cost, &|| function(&call)),
        (_, Some((_, cost, function))) => (Needs::All, cost, &|| function(&call, evaluator)),
        (None, None) => return Ok(Value::unknown(why_unknown(name), span)),
    };
    if let Err(unknown) = call.spend(cost.of_call(&call, needs)).and_then(|()| call.spend(cost.of_work(&call))) {
        return Ok(unknown);
    }
    let marks = match needs {
        Needs::All => arguments.iter().fold(Marks::default(), |marks, argument| marks.and(argument.all_marks())),
        Needs::Shallow => arguments.iter().fold(Marks::default(), |marks, argument| marks.and(argument.marks)),
        Needs::Nothing => Marks::default(),
    };
    let missing = arguments.iter().find_map(|argument| match needs {
        Needs::All => argument.missing(),
        Needs::Shallow => argument.missing_itself(),
        Needs::Nothing => None,
    });
    let value = if let Some(unknown) = missing {
        unknown.clone().into()
    } else {
        let all = arguments.iter().fold(marks, |marks, argument| marks.and(argument.all_marks()));
        let is_secret = all.are_secret() || arguments.iter().any(|argument| argument.origin.is_hidden());
        discreet(run(), &call, is_secret)
            .map_err(|refusal| Refusal { is_flaw: refusal.is_flaw || is_broken_file(&call), ..refusal })?
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

/// Whether a call that Terraform refuses is one for the document that a file holds: then the file is broken.
fn is_broken_file(call: &Call<'_>) -> bool {
    let is_of_file = |argument: &Value| matches!(argument.marks.private, Some(Private::File(_)));
    DECODERS.contains(&call.name) && call.arguments.iter().any(is_of_file)
}

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
        Err(_) if secret => call.refused("its arguments, one of which is private or sensitive"),
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

    /// Takes so many steps, or says why the result is not known.
    fn spend(&self, steps: usize) -> Result<(), Value> {
        self.budget.spend(steps).map_err(|reason| self.unknown(reason))
    }

    fn refuse<T>(&self, reason: impl Into<String>) -> Result<T, Refusal> {
        refuse(reason, self.span)
    }

    /// A result that podgate does not compute.
    fn unknown(&self, reason: impl Into<String>) -> Value {
        Value::unknown(reason, self.span)
    }

    /// A result that is beyond a limit of podgate's.
    fn larger(&self) -> Value {
        self.unknown(format!(
            "the result of `{}` is larger than {MOST_WEIGHT} values or {MOST_TEXT} bytes, which is podgate's limit",
            self.name
        ))
    }

    /// A result that is beyond a limit of podgate's, as functions return it.
    #[expect(clippy::unnecessary_wraps, reason = "functions return it")]
    fn too_large(&self) -> Evaluated {
        Ok(self.larger())
    }

    fn wrong_count(&self) -> Refusal {
        Refusal::new(format!("Terraform's `{}` takes a different number of arguments", self.name), self.span)
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
        names.extend(READING.iter().map(|(name, ..)| *name));
        assert!(COMPUTED.is_sorted_by_key(|(name, ..)| name) && READING.is_sorted_by_key(|(name, ..)| name));
        names.extend(UNKNOWN.iter().map(|(name, _)| *name));
        // All that `terraform metadata functions` of 1.11 lists without a namespace, but for `can` and `try`.
        assert_eq!(names.len(), 116);
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), 116);
    }
}
