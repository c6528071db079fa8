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
mod filesets;
mod floats;
mod format;
mod globs;
mod json;
mod marks;
mod network;
mod numbers;
mod paths;
mod patterns;
mod results;
mod sets;
mod signatures;
mod strings;
mod table;
mod unicode;
mod yaml;

use std::borrow::Cow;
use std::sync::Arc;

pub(super) use conversions::unified;
pub(super) use cost::elements;
pub(super) use files::render;
pub(super) use paths::cleaned;
pub(super) use patterns::Patterns;
pub(super) use yaml::{Reader, check_object, first_object, partly_known, split_object};

use signatures::{Makes, Takes, signature};
use table::{COMPUTED, Needs, READING, UNKNOWN};

use super::evaluate::{Evaluated, Evaluator, Refusal, refuse};
use super::limits::{Budget, MOST_TEXT, MOST_WEIGHT, STEPS_OF_CONVERSION};
use super::value::{Data, HopKind, Marks, Number, Private, Standing, Type, Unknown, Value};
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

/// Calls a function: its arguments are converted to what its parameters take, and its result has the type that they say.
pub(super) fn call(evaluator: &Evaluator<'_>, name: &str, arguments: &[Value], span: Span) -> Evaluated {
    let call = Call { name, arguments, span, budget: evaluator.budget(), patterns: evaluator.patterns() };
    let Some((_, parameters, more, makes)) = signature(name) else {
        return Ok(Unknown::standing(why_unknown(name), span, standing(name)).into());
    };
    let arguments = match call.converted(parameters, *more)? {
        Ok(arguments) => arguments,
        Err(unknown) => return Ok(unknown),
    };
    let call = Call { arguments: &arguments, ..call };
    let value = run(evaluator, &call, *makes)?;
    if value.origin.is_read() {
        let origin = value.origin.clone().then(HopKind::Computed, span);
        return Ok(value.from_origin(origin));
    }
    // What is written in a file stands there, and nowhere else.
    let is_written = value.origin.hops().next().is_some();
    Ok(if is_written { value } else { traced(value, &call) })
}

/// Runs a function, as far as what it needs is known.
fn run(evaluator: &Evaluator<'_>, call: &Call<'_>, makes: Makes) -> Evaluated {
    let name = call.name;
    let computed = COMPUTED.binary_search_by_key(&name, |(known, ..)| known).ok().map(|at| &COMPUTED[at]);
    let reading = READING.iter().chain(yaml::PROVIDED).find(|(known, ..)| *known == name);
    let (needs, cost, run): (_, _, &dyn Fn() -> Evaluated) = match (&computed, &reading) {
        (Some((_, needs, cost, function)), _) => (*needs, cost, &|| function(call)),
        (_, Some((_, cost, function))) => (Needs::All, cost, &|| function(call, evaluator)),
        (None, None) => {
            let unknown = Unknown::standing(why_unknown(name), call.span, standing(name));
            return call.typed(unknown.into(), makes);
        }
    };
    if let Err(unknown) = call.spend(cost.of_call(call, needs)).and_then(|()| call.spend(cost.of_work(call))) {
        return Ok(unknown);
    }
    let marks = needs.marks(call.arguments);
    // What a template names may be unknown as long as it is not asked for.
    let is_template = matches!(name, "templatefile" | "templatestring");
    let missing = if is_template { Needs::Shallow } else { needs }.missing(call.arguments);
    let value = if let Some(unknown) = missing {
        let unknown = Value::from(unknown.clone()).marked(marks);
        // Terraform asks a function for the type of its result only when it knows those of all arguments.
        let is_open = |argument: &Value| matches!(argument.data, Data::Unknown(_)) && !argument.has_type();
        return if call.arguments.iter().any(is_open) && matches!(makes, Makes::By(_)) {
            Ok(unknown)
        } else {
            call.typed(unknown, makes).map(|unknown| yaml::partly_known_text(call, unknown))
        };
    } else {
        let all = call.arguments.iter().fold(marks, |marks, argument| marks.and(argument.all_marks()));
        let is_secret = all.are_secret() || call.arguments.iter().any(|argument| argument.origin.is_hidden());
        discreet(run(), call, is_secret)
            .map_err(|refusal| Refusal { is_flaw: refusal.is_flaw || is_broken_file(call), ..refusal })?
    };
    let value = call.typed(value, makes)?;
    Ok(match with_keys_of_file(evaluator, call) {
        Some(why) => value.with_private_contents(why).marked(Marks { private: None, ..marks }),
        None => value.marked(marks),
    })
}

/// Whether a function reads files or lists them.
pub(super) fn reads_files(name: &str) -> bool {
    name.starts_with("file") || name == "templatefile"
}

/// The functions that make a document of a text.
const DECODERS: [&str; 5] = [
    "csvdecode",
    "jsondecode",
    "provider::kubernetes::manifest_decode",
    "provider::kubernetes::manifest_decode_multi",
    "yamldecode",
];

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

/// What Terraform makes of a function that podgate does not compute.
fn standing(name: &str) -> Standing {
    match name {
        // Terraform calls them when it applies a plan.
        "bcrypt" | "timestamp" | "uuid" => Standing::AfterApply,
        _ if name.starts_with("provider::") || UNKNOWN.iter().any(|(known, _)| *known == name) => Standing::Open,
        _ => Standing::Refused,
    }
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
    /// The arguments, converted to what the parameters take; or why that is not known.
    ///
    /// # Errors
    ///
    /// When Terraform refuses one, or their number.
    fn converted(&self, parameters: &[Takes], more: Option<Takes>) -> Result<Result<Cow<'a, [Value]>, Value>, Refusal> {
        let count = self.arguments.len();
        if count < parameters.len() || (more.is_none() && count > parameters.len()) {
            return Err(self.wrong_count());
        }
        let mut converted = Cow::Borrowed(self.arguments);
        let takes = parameters.iter().copied().chain(std::iter::repeat_with(|| more).flatten());
        for (at, (argument, takes)) in self.arguments.iter().zip(takes).enumerate() {
            if matches!(argument.data, Data::Null) && takes != Takes::AnyOrNull {
                return Err(self.wrong_type(argument));
            }
            let Some(wanted) = takes.wanted(argument) else { continue };
            if let Err(unknown) = self.spend(argument.weight().saturating_mul(STEPS_OF_CONVERSION)) {
                return Ok(Err(unknown));
            }
            match argument.convert(&wanted) {
                Ok(value) => converted.to_mut()[at] = value,
                Err(mismatch) if mismatch.is_limit => {
                    return Ok(Err(self.unknown(format!("an argument of `{}` {mismatch}", self.name))));
                }
                Err(_) => return Err(self.wrong_type(argument)),
            }
        }
        Ok(Ok(converted))
    }

    /// A result, of the type that the function makes of these arguments where the value does not tell it.
    ///
    /// # Errors
    ///
    /// When Terraform refuses the types of the arguments.
    fn typed(&self, value: Value, makes: Makes) -> Evaluated {
        if !value.is_bare() {
            return Ok(value);
        }
        let steps = self.arguments.iter().map(Value::weight).fold(0, usize::saturating_add);
        if let Err(unknown) = self.spend(steps) {
            return Ok(unknown);
        }
        makes.of(self).map(|of| value.of_type(&of))
    }

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
