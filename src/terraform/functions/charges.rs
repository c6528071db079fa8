//! That every function is charged for its work, and that the limit ends what calls it without end.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;

use tempfile::NamedTempFile;

use super::{COMPUTED, READING, UNKNOWN};
use crate::hcl::expression::parse;
use crate::hcl::outline::outline;
use crate::source::{Sources, Span, read};
use crate::terraform::environment::Environment;
use crate::terraform::evaluate::{Evaluator, Scope};
use crate::terraform::inputs::Inputs;
use crate::terraform::limits::{Budget, MOST_STEPS, MOST_STEPS_IN_ALL};
use crate::terraform::module::{Module, ModuleFile};
use crate::terraform::value::{Data, Number, Value};

/// For every function a call that takes long; `benches/bombs.rs` measures them.
const BOMBS: &str = include_str!("bombs.tsv");

/// The functions whose work is the same whatever they are given, or limited by what they take.
const FIXED: [&str; 26] = [
    "abs",
    "ceil",
    "cidrhost",
    "cidrnetmask",
    "cidrsubnet",
    "coalescelist",
    "element",
    "fileexists",
    "floor",
    "formatdate",
    "issensitive",
    "log",
    "lookup",
    "nonsensitive",
    "parseint",
    "pow",
    "range",
    "sensitive",
    "signum",
    "timeadd",
    "timecmp",
    "tobool",
    "tonumber",
    "tostring",
    "file",
    "one",
];

fn bombs() -> impl Iterator<Item = (&'static str, &'static str)> {
    BOMBS.lines().filter(|line| !line.starts_with('#')).map(|line| line.split_once('\t').expect("a name and a call"))
}

/// The names that the calls use, of so many elements.
fn locals(elements: usize) -> String {
    let mut text = format!(
        "locals {{\n  lists = [for a in range({}) : range(100)]\n  list = flatten(local.lists)\n",
        elements.div_ceil(100)
    );
    text += "  texts = [for n in local.list : \"x\\u0301${n}b\"]\n  truths = [for n in local.list : n >= 0]\n  \
             objects = [for n in local.list : { a = n, b = \"x${n}\" }]\n  \
             map = { for at, n in local.list : \"k${at}\" => [\"a${n}\"] }\n  number = 1e-200 / 7\n  \
             text = join(\"\", local.texts)\n  lines = join(\"\\n\", local.texts)\n  plain = join(\"\", local.list)\n  \
             separator = local.plain\n  base64 = base64encode(local.text)\n  \
             json = \"[${join(\",\", local.list)}]\"\n  yaml = local.json\n  \
             csv = \"a\\n${join(\"\\n\", local.list)}\"\n  template = \"$${x}${local.plain}\"\n";
    write!(text, "  digits = \"{}\"\n}}\n", "123456789".repeat(100)).expect("a string takes everything");
    text
}

/// Evaluates an expression beside locals of so many elements, within a budget.
fn evaluated(expression: &str, elements: usize, budget: Budget) -> (Value, u64) {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let boundary = directory.path().canonicalize().expect("a directory");
    let _files = if expression.contains("file") { files(&boundary, elements) } else { Vec::new() };
    let sources = Sources::default();
    let add = |name: &str, text: String| sources.add(name.into(), read::text(text.into_bytes()).expect("text"));
    let file = add("main.tf", locals(elements));
    let asked = add("asked.tf", expression.to_owned());
    let outline = outline(file, sources[file].text());
    let module = Module::new(vec![ModuleFile { file, name: OsString::from("main.tf"), outline }], true);
    let environment =
        Environment { directory: Some(boundary.as_path().into()), boundary: &boundary, ..Environment::default() };
    let evaluator = Evaluator::new(&sources, &module, Inputs::Defaults, environment).within(budget);
    let span = Span::new(asked, 0, expression.len());
    // The arguments are computed, and charged, beforehand.
    for name in module.locals().keys().filter(|name| expression.contains(&format!("local.{name}"))) {
        evaluator.turn_to_call();
        evaluator.local(name, span).expect("Terraform takes the locals");
    }
    evaluator.turn_to_call();
    let before = evaluator.budget().spent();
    let parsed = parse(expression, span).expect("an expression");
    let n = Value::from(Number::counted(7));
    let value = evaluator.evaluate(&parsed, Some(&Scope::with(None, "n", &n)));
    (value.unwrap_or_else(|refusal| panic!("{expression}: {}", refusal.reason)), evaluator.budget().spent() - before)
}

/// The files that functions read and list, as long as these are kept.
fn files(directory: &Path, elements: usize) -> Vec<NamedTempFile> {
    let file = |name: String, text: &str| {
        let mut file = tempfile::Builder::new().prefix(&name).rand_bytes(0).tempfile_in(directory).expect("a file");
        file.write_all(text.as_bytes()).expect("a file can be written");
        file
    };
    let listed = (0..elements / 4).map(|n| file(format!("{n}abcd.txt"), ""));
    listed.chain([file("data.txt".to_owned(), &"x\u{301}b1".repeat(10 * elements))]).collect()
}

/// The page that says what is computed.
const PAGE: &str = include_str!("../../../docs/semantics.md");

/// The functions that the rows of a table of the page name, and what it says of them; `heading` is that of the second
/// column.
fn rows(heading: &str) -> Vec<(Vec<&'static str>, &'static str)> {
    let start = format!("| function | {heading} |\n|---|---|\n");
    let (_, table) = PAGE.split_once(&start).expect("the table is there");
    let rows = table.lines().take_while(|line| line.starts_with("| `"));
    let row = rows.map(|line| line.trim_matches(['|', ' ']).split_once(" | ").expect("two columns"));
    row.map(|(names, why)| (names.split(", ").map(|name| name.trim_matches('`')).collect(), why)).collect()
}

#[test]
fn the_page_says_what_is_not_computed() {
    let never: Vec<_> = UNKNOWN.iter().map(|(name, why)| (vec![*name], *why)).collect();
    assert_eq!(rows("why it is not computed"), never, "docs/semantics.md");
    let (computed, all) = (COMPUTED.len() + READING.len(), COMPUTED.len() + READING.len() + UNKNOWN.len());
    assert!(PAGE.contains(&format!("computes {computed} of the {all} functions")), "{computed} of {all}");
    let known =
        |name: &str| COMPUTED.iter().any(|(own, ..)| *own == name) || READING.iter().any(|(own, ..)| *own == name);
    for (names, _) in rows("what is not computed") {
        assert!(names.iter().all(|name| known(name)), "{names:?}");
    }
}

#[test]
fn every_function_has_a_call_that_takes_long() {
    let known: BTreeSet<&str> =
        COMPUTED.iter().map(|(name, ..)| *name).chain(READING.iter().map(|(name, ..)| *name)).collect();
    assert_eq!(bombs().map(|(name, _)| name).collect::<BTreeSet<_>>(), known, "bombs.tsv");
    assert!(FIXED.iter().all(|name| known.contains(name)));
}

#[test]
fn charges_grow_with_the_arguments() {
    let spent = |call: &str, elements| {
        let (value, spent) =
            evaluated(&format!("can({call})"), elements, Budget::of(MOST_STEPS / 40, MOST_STEPS_IN_ALL));
        let is_ended = matches!(&value.data, Data::Unknown(unknown) if unknown.reason.contains("limit"));
        if is_ended { u64::MAX } else { spent }
    };
    for (name, call) in bombs().filter(|(name, _)| !FIXED.contains(name)) {
        let (few, many) = (spent(call, 100), spent(call, 1_000));
        assert!(many / 5 >= few, "`{name}`: {few} steps with 100 elements, and {many} with 1,000");
    }
}

#[test]
fn the_limit_ends_every_function() {
    const STEPS: u64 = 100_000;
    for (name, call) in bombs() {
        let loops =
            format!("[for a in range(1000) : [for b in range(1000) : [for n in [a * 1000 + b] : can({call})]]]");
        let (value, spent) = evaluated(&loops, 100, Budget::of(STEPS, MOST_STEPS_IN_ALL));
        let Data::Unknown(unknown) = &value.data else { panic!("`{name}` comes to an end") };
        assert!(unknown.reason.contains("steps to compute, which is podgate's limit"), "`{name}`: {}", unknown.reason);
        // What is refused is hardly charged.
        assert!(spent <= STEPS + 5_000, "`{name}`: {spent} steps");
    }
}
