//! What podgate makes of an expression is what Terraform made of it: `tests/oracle/answers.tsv` is the record, and
//! `tests/oracle/record.py` made it.

use std::path::Path;

use podgate::hcl::outline::outline;
use podgate::source::{Sources, Span, read};
use podgate::terraform::{Environment, Evaluated, Evaluator, Inputs, Module, ModuleFile};
use serde_json::Value as Json;

use crate::invariants::expression::recorded;

/// How many of the values that Terraform knows podgate may leave unknown, in a thousand.
const MOST_UNKNOWN: usize = 10;

/// Evaluates the local value `it` of a module; `None` for a module whose syntax Terraform refuses.
fn evaluated(text: &str) -> Option<Evaluated> {
    let sources = Sources::default();
    let file = sources.add("a.tf".into(), read::text(text.to_owned().into_bytes()).expect("text"));
    let outline = outline(file, sources[file].text());
    if !outline.errors.is_empty() {
        return None;
    }
    let module = Module::new(vec![ModuleFile { file, name: "a.tf".into(), outline }], true);
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oracle/files");
    let environment =
        Environment { directory: Some(directory.as_path().into()), boundary: &directory, ..Environment::default() };
    Some(Evaluator::new(&sources, &module, Inputs::Defaults, environment).local("it", Span::new(file, 0, 0)))
}

/// Compares what podgate makes of the questions of a record with the answers: a question and an answer are a line, and
/// `module` is the text of a module in which the local value `it` is what is asked for.
#[expect(clippy::print_stdout, reason = "the share of what is unknown is worth seeing")]
fn compare(record: &str, module: impl Fn(&str) -> String) {
    let (mut known, mut unknown, mut wrong) = (0, Vec::new(), Vec::new());
    for line in record.lines() {
        let (question, answer) = line.rsplit_once('\t').expect("a question and an answer");
        let Some(evaluated) = evaluated(&module(question)) else {
            known += 1;
            wrong.extend((answer != "error").then(|| format!("{question}: {answer}, not a syntax error")));
            continue;
        };
        match (evaluated, answer) {
            (Err(_), "error") => known += 1,
            // An output refuses what is sensitive.
            (Ok(value), "error") if value.all_marks().sensitive => known += 1,
            (Ok(value), _) if value.missing().is_some() => {
                if answer != "error" {
                    unknown.push(question);
                }
            }
            (Ok(value), "error") => wrong.push(format!("{question}: Terraform refuses it, not {}", recorded(&value))),
            (Err(refusal), _) => wrong.push(format!("{question}: {answer}, not refused: {}", refusal.reason)),
            (Ok(value), _) => {
                known += 1;
                let value = recorded(&value);
                let answer: Json = serde_json::from_str(answer).expect("the record is JSON");
                if value != answer {
                    wrong.push(format!("{question}: {answer}, not {value}"));
                }
            }
        }
    }
    println!("{known} answers are Terraform's, {} are unknown to podgate:\n{}", unknown.len(), unknown.join("\n"));
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
    assert!(
        unknown.len() * 1000 < (known + unknown.len()) * MOST_UNKNOWN,
        "{} of {} are unknown:\n{}",
        unknown.len(),
        known + unknown.len(),
        unknown.join("\n")
    );
}

#[test]
fn no_known_value_differs_from_terraforms() {
    let record = include_str!("../oracle/answers.tsv");
    assert!(record.lines().count() > 10_000, "the record is there");
    compare(record, |expression| format!("locals {{\n  it = {expression}\n}}\n"));
}

#[test]
fn variables_convert_as_terraforms_do() {
    let record = include_str!("../oracle/variables.tsv");
    assert!(record.lines().count() > 1_500, "the record is there");
    compare(record, |question| {
        let (kind, default) = question.split_once('\t').expect("a type and a value");
        format!("variable \"x\" {{\n  type = {kind}\n  default = {default}\n}}\nlocals {{\n  it = var.x\n}}\n")
    });
}
