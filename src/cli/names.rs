//! Names on the command line, which completions know.

use clap::builder::{PossibleValue, TypedValueParser};
use clap::error::{ContextKind, ContextValue, ErrorKind};

use super::target::{Content, Target};
use crate::rules;

/// Parses `FORMAT[=FILE]`.
#[derive(Debug, Clone, Copy)]
pub(super) struct ReportName;

impl TypedValueParser for ReportName {
    type Value = Target;

    fn parse_ref(
        &self,
        command: &clap::Command,
        argument: Option<&clap::Arg>,
        value: &std::ffi::OsStr,
    ) -> Result<Target, clap::Error> {
        let text = utf8(command, value)?;
        text.parse().map_err(|message: String| invalid(command, argument, text, &message))
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(Content::all().map(|content| PossibleValue::new(content.name()))))
    }
}

/// Parses the name of a rule, or a glob; whether there is such a rule is asked later.
#[derive(Debug, Clone, Copy)]
pub(super) struct RuleName;

impl TypedValueParser for RuleName {
    type Value = String;

    fn parse_ref(
        &self,
        command: &clap::Command,
        _argument: Option<&clap::Arg>,
        value: &std::ffi::OsStr,
    ) -> Result<String, clap::Error> {
        utf8(command, value).map(str::to_owned)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(rules::ALL.iter().map(|rule| PossibleValue::new(rule.id).help(rule.name))))
    }
}

fn utf8<'v>(command: &clap::Command, value: &'v std::ffi::OsStr) -> Result<&'v str, clap::Error> {
    value.to_str().ok_or_else(|| clap::Error::new(ErrorKind::InvalidUtf8).with_cmd(command))
}

/// clap's error about a value, with a message of ours.
fn invalid(command: &clap::Command, argument: Option<&clap::Arg>, value: &str, message: &str) -> clap::Error {
    let argument = argument.map(ToString::to_string).unwrap_or_default();
    let mut error =
        clap::Error::raw(ErrorKind::ValueValidation, format!("invalid value '{value}' for '{argument}': {message}\n"))
            .with_cmd(command);
    error.insert(ContextKind::InvalidValue, ContextValue::String(value.to_owned()));
    error
}
