//! The functions of Terraform: those that podgate computes, and those that it knows of and does not.

use std::sync::Arc;

use super::cost::{self, CHARACTERS, CONVERTED, COPIED, Cost, NUMBERS, deep};
use super::{Function, Marks, Reading, Unknown, Value};
use super::{
    collections, conversions, csv, dates, encoding, files, filesets, format, json, marks, network, numbers, paths,
    patterns, sets, strings, yaml,
};

/// How much of its arguments a function needs to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Needs {
    /// The arguments themselves, and all that they hold.
    All,
    /// The arguments themselves, but what they hold has a say in the result.
    Itself,
    /// The arguments themselves; what they hold flows through.
    Shallow,
    /// It looks for itself.
    Nothing,
}

impl Needs {
    /// The marks of the arguments that go on to the result in any case.
    pub(super) fn marks(self, arguments: &[Value]) -> Marks {
        let of = |argument: &Value| match self {
            Self::All | Self::Itself => argument.all_marks(),
            Self::Shallow => argument.marks,
            Self::Nothing => Marks::default(),
        };
        arguments.iter().fold(Marks::default(), |marks, argument| marks.and(of(argument)))
    }

    /// What keeps a function from running.
    pub(super) fn missing(self, arguments: &[Value]) -> Option<&Arc<Unknown>> {
        arguments.iter().find_map(|argument| match self {
            Self::All => argument.missing(),
            Self::Itself | Self::Shallow => argument.missing_itself(),
            Self::Nothing => None,
        })
    }
}

/// The functions that podgate computes, sorted by name: how much of their arguments they need to know, and by what their
/// work grows.
pub(super) const COMPUTED: &[(&str, Needs, Cost, Function)] = &[
    ("abs", Needs::All, NUMBERS, numbers::abs),
    ("abspath", Needs::All, CHARACTERS, paths::abspath),
    ("alltrue", Needs::Itself, deep(70, 20), collections::alltrue),
    ("anytrue", Needs::Itself, deep(70, 20), collections::anytrue),
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
    ("contains", Needs::Itself, deep(5, 5), collections::contains),
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
    ("index", Needs::Itself, deep(5, 5), collections::index),
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
    ("pathexpand", Needs::All, COPIED, paths::pathexpand),
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
    ("toset", Needs::Itself, deep(80, 20), conversions::toset),
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
pub(super) const READING: &[(&str, Cost, Reading)] = &[
    ("file", COPIED, files::file),
    ("filebase64", COPIED, files::filebase64),
    ("filebase64sha256", COPIED, files::filebase64sha256),
    ("filebase64sha512", COPIED, files::filebase64sha512),
    ("fileexists", COPIED, files::fileexists),
    ("filemd5", COPIED, files::filemd5),
    ("fileset", deep(70, 1000), filesets::fileset),
    ("filesha1", COPIED, files::filesha1),
    ("filesha256", COPIED, files::filesha256),
    ("filesha512", COPIED, files::filesha512),
    ("jsondecode", Cost::By(json::steps), json::jsondecode),
    ("templatefile", COPIED, files::templatefile),
    ("templatestring", COPIED, files::templatestring),
    ("yamldecode", Cost::By(yaml::steps), yaml::yamldecode),
];

/// The functions that podgate knows of and does not compute, and why: what hangs on them is undecided.
pub(super) const UNKNOWN: &[(&str, &str)] = &[
    ("base64gzip", "its result depends on the implementation of gzip"),
    ("bcrypt", "its result is different every time"),
    ("plantimestamp", "it depends on the time"),
    ("rsadecrypt", "it needs a private key"),
    ("timestamp", "it depends on the time"),
    ("uuid", "its result is different every time"),
];

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
