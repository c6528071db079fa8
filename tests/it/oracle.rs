//! What podgate makes of an expression is what Terraform made of it: `tests/oracle/answers.tsv` is the record,
//! `unknown.tsv` that of expressions over variables without a value, `variables.tsv` that of conversions, and
//! `tests/oracle/record.py` made them. `functions.tsv` is what Terraform's console made of calls of functions;
//! `tests/oracle/functions.py` says how it was recorded.

use std::path::Path;

use podgate::hcl::outline::outline;
use podgate::source::{Sources, Span, read};
use podgate::terraform::{Environment, Evaluated, Evaluator, Inputs, Module, ModuleFile, Type, Value};
use serde_json::{Value as Json, json};

use crate::invariants::expression::recorded;
use crate::support::in_parallel;

/// How many of the values that Terraform knows podgate may leave unknown, in a thousand. Of a plan's unknown values it knows
/// less: that one is not null, or how long it is.
const MOST_UNKNOWN: usize = 5;

/// The variables of `unknown.tsv`.
const VARIABLES: &str = include_str!("../oracle/unknown.tf");

/// Evaluates the local value `it` of a module beside the files of the record; `None` for a module whose syntax Terraform
/// refuses.
fn evaluated(text: &str) -> Option<Evaluated> {
    evaluated_in(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oracle/files"), text)
}

/// Evaluates the local value `it` of a module in a directory.
fn evaluated_in(directory: &Path, text: &str) -> Option<Evaluated> {
    let sources = Sources::default();
    let file = sources.add("a.tf".into(), read::text(text.to_owned().into_bytes()).expect("text"));
    let outline = outline(file, sources[file].text());
    if !outline.errors.is_empty() {
        return None;
    }
    let module = Module::new(vec![ModuleFile { file, name: "a.tf".into(), outline }], true);
    let environment = Environment { directory: Some(directory.into()), boundary: directory, ..Environment::default() };
    Some(Evaluator::new(&sources, &module, Inputs::Defaults, environment).local("it", Span::new(file, 0, 0)))
}

/// What comes of a question.
enum Outcome {
    /// Terraform's answer, or as unknown as it is to Terraform.
    Agreed,
    /// Unknown to podgate alone.
    Unknown,
    /// Something else than Terraform's answer.
    Wrong(String),
}

/// A line of a record.
struct Line<'r> {
    /// The columns that ask.
    question: &'r str,
    answer: &'r str,
    /// The type of the answer, as cty writes it, if it is recorded.
    kind: Option<&'r str>,
    /// The value that an unknown one has whatever the variables are.
    common: Option<&'r str>,
}

impl<'r> Line<'r> {
    /// A line whose question is so many columns.
    fn read(line: &'r str, columns: usize) -> Self {
        let end = line.match_indices('\t').nth(columns - 1).expect("a question and an answer").0;
        let mut rest = line[end + 1..].split('\t');
        let answer = rest.next().expect("an answer");
        Self { question: &line[..end], answer, kind: rest.next(), common: rest.next() }
    }

    fn judge(&self, module: &str) -> Outcome {
        let is_refused = self.answer == "error";
        let is_sensitive = self.answer.starts_with("sensitive ");
        let is_unknown = self.answer.contains("\"?\"");
        let is_open = is_unknown && self.common.is_none();
        let value = match evaluated(module) {
            None | Some(Err(_)) if is_refused => return Outcome::Agreed,
            None => return Outcome::Wrong("a syntax error".to_owned()),
            // What podgate knows beyond a plan is recorded only where all inputs agree.
            Some(Err(_)) if is_open => return Outcome::Agreed,
            Some(Err(refusal)) => return Outcome::Wrong(format!("refused: {}", refusal.reason)),
            Some(Ok(value)) => value,
        };
        if is_open || value.missing().is_some() {
            return if is_refused || is_unknown { Outcome::Agreed } else { Outcome::Unknown };
        }
        let found = recorded(&value);
        // No JSON of the console holds infinity.
        if is_refused && self.kind.is_none() && is_infinite(&found) {
            return Outcome::Agreed;
        }
        let expected = if is_unknown { self.common } else { Some(self.answer) };
        let agrees = !is_refused && expected.is_some_and(|expected| parsed(expected) == found);
        let kind = type_of(&value);
        if agrees
            && (is_unknown || value.all_marks().sensitive == is_sensitive)
            && (is_unknown || self.kind.is_none_or(|recorded| kind == parsed(recorded)))
        {
            return Outcome::Agreed;
        }
        let mark = if value.all_marks().sensitive { "sensitive " } else { "" };
        Outcome::Wrong(format!("{mark}{found} of type {kind}"))
    }
}

/// Whether a recorded value is infinity or holds it.
fn is_infinite(recorded: &Json) -> bool {
    match recorded {
        Json::String(text) => text == "#+Inf" || text == "#-Inf",
        Json::Array(held) => held.iter().any(is_infinite),
        Json::Object(held) => held.values().any(is_infinite),
        _ => false,
    }
}

/// The type of a value, as cty writes it.
fn type_of(value: &Value) -> Json {
    fn written(kind: &Type) -> Json {
        match kind {
            Type::Any => "dynamic".into(),
            Type::Bool => "bool".into(),
            Type::Number => "number".into(),
            Type::String => "string".into(),
            Type::List(element) => json!(["list", written(element)]),
            Type::Set(element) => json!(["set", written(element)]),
            Type::Map(element) => json!(["map", written(element)]),
            Type::Tuple(elements) => json!(["tuple", elements.iter().map(written).collect::<Vec<_>>()]),
            Type::Object(attributes) => {
                let attributes = attributes.iter().map(|(name, kind)| (name.to_string(), written(kind)));
                json!(["object", attributes.collect::<serde_json::Map<_, _>>()])
            }
            Type::Optional(inner, _) => written(inner),
        }
    }
    written(&Type::of(value))
}

fn parsed(answer: &str) -> Json {
    serde_json::from_str(answer.trim_start_matches("sensitive ")).expect("the record is JSON")
}

/// Compares what podgate makes of the questions of a record with the answers. A question is so many columns, and
/// `module` is the text of a module in which the local value `it` is what is asked for.
fn compare(record: &str, columns: usize, most_unknown: usize, module: impl Fn(&str) -> String + Sync) {
    let lines: Vec<&str> = record.lines().collect();
    let outcomes = in_parallel(&lines, |line| {
        let line = Line::read(line, columns);
        line.judge(&module(line.question))
    });
    let (mut unknown, mut wrong) = (Vec::new(), Vec::new());
    for (line, outcome) in lines.iter().zip(outcomes) {
        let Line { question, answer, kind, .. } = Line::read(line, columns);
        match outcome {
            Outcome::Agreed => {}
            Outcome::Unknown => unknown.push(format!("{question}: {answer}")),
            Outcome::Wrong(found) => {
                let kind = kind.map(|kind| format!(" of type {kind}")).unwrap_or_default();
                wrong.push(format!("{question}: {answer}{kind}, not {found}"));
            }
        }
    }
    assert!(
        wrong.is_empty() && unknown.len() * 1000 <= lines.len() * most_unknown,
        "of {} {} differ:\n{}\nand {} are unknown:\n{}",
        lines.len(),
        wrong.len(),
        wrong.join("\n"),
        unknown.len(),
        unknown.join("\n")
    );
}

#[test]
fn no_value_differs_from_terraforms() {
    let record = include_str!("../oracle/answers.tsv");
    assert!(record.lines().count() > 15_000, "the record is there");
    compare(record, 1, MOST_UNKNOWN, |expression| format!("locals {{\n  it = {expression}\n}}\n"));
}

#[test]
fn values_over_unknown_variables_are_known_as_far_as_terraforms() {
    let record = include_str!("../oracle/unknown.tsv");
    assert!(record.lines().count() > 2_000, "the record is there");
    compare(record, 1, 2 * MOST_UNKNOWN, |expression| format!("{VARIABLES}locals {{\n  it = {expression}\n}}\n"));
}

#[test]
fn functions_answer_as_terraforms_console_does() {
    let record = include_str!("../oracle/functions.tsv");
    assert!(record.lines().count() > 10_000, "the record is there");
    compare(record, 1, MOST_UNKNOWN, |expression| format!("locals {{\n  it = {expression}\n}}\n"));
}

#[test]
fn variables_convert_as_terraforms_do() {
    let record = include_str!("../oracle/variables.tsv");
    assert!(record.lines().count() > 1_500, "the record is there");
    compare(record, 2, MOST_UNKNOWN, |question| {
        let (kind, default) = question.split_once('\t').expect("a type and a value");
        format!("variable \"x\" {{\n  type = {kind}\n  default = {default}\n}}\nlocals {{\n  it = var.x\n}}\n")
    });
}

/// What Terraform lists where `link` leads to the directory `sub`, `file` and `sub/up` to `a.txt`, and `broken` nowhere.
#[cfg(unix)]
const LINKED: [(&str, &str, Option<&[&str]>); 14] = [
    (".", "*.txt", Some(&["a.txt"])),
    (".", "f*", Some(&["file"])),
    (".", "link/*", Some(&["link/b.txt", "link/up"])),
    ("link", "**", Some(&["b.txt", "deep/d.txt", "up"])),
    (".", "l*/*.txt", Some(&["link/b.txt"])),
    (".", "**/b.txt", Some(&["link/b.txt", "sub/b.txt"])),
    (".", "**/d*", Some(&["link/deep/d.txt", "sub/deep/d.txt"])),
    ("sub", "u*", Some(&["up"])),
    ("s*", "b.txt", Some(&["../sub/b.txt"])),
    ("link/deep", "*", Some(&["d.txt"])),
    (".", "link", Some(&[])),
    (".", "b*", None),
    (".", "**/b*", None),
    (".", "**/{b,d}.txt", Some(&["link/b.txt", "link/deep/d.txt", "sub/b.txt", "sub/deep/d.txt"])),
];

#[cfg(unix)]
#[test]
fn fileset_follows_links_as_terraform_does() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let root = directory.path().canonicalize().expect("a directory");
    std::fs::create_dir_all(root.join("sub/deep")).expect("directories");
    for file in ["a.txt", "sub/b.txt", "sub/deep/d.txt"] {
        std::fs::write(root.join(file), "").expect("a file");
    }
    for (to, link) in [("sub", "link"), ("a.txt", "file"), ("../a.txt", "sub/up"), ("nowhere", "broken")] {
        std::os::unix::fs::symlink(to, root.join(link)).expect("a link");
    }
    let listed = |directory: &str, pattern: &str| {
        let module = format!("locals {{\n  it = fileset(\"{directory}\", \"{pattern}\")\n}}\n");
        evaluated_in(&root, &module).expect("the syntax is sound")
    };
    for (directory, pattern, expected) in LINKED {
        let found = listed(directory, pattern).ok().map(|value| recorded(&value));
        let expected =
            expected.map(|paths| paths.iter().map(|path| Json::String(format!("'{path}"))).collect::<Json>());
        assert_eq!(found, expected, "{directory} {pattern}");
    }
    // What is outside of the root, and what goes round in circles, is not known.
    std::os::unix::fs::symlink("/", root.join("sub/out")).expect("a link");
    assert!(listed(".", "sub/**").is_ok_and(|value| value.missing().is_some()));
    std::fs::remove_file(root.join("sub/out")).expect("a link");
    std::os::unix::fs::symlink("..", root.join("sub/round")).expect("a link");
    assert!(listed(".", "**/b.txt").is_ok_and(|value| value.missing().is_some()));
}
