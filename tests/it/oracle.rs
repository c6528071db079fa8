//! What podgate makes of an expression is what Terraform made of it: `tests/oracle/answers.tsv` is the record, and
//! `tests/oracle/record.py` made it.

use podgate::hcl::outline::outline;
use podgate::source::{Sources, Span, read};
use podgate::terraform::{Data, Environment, Evaluated, Evaluator, Inputs, Module, ModuleFile, Value};
use serde_json::Value as Json;

/// How many of the values that Terraform knows podgate may leave unknown, in a thousand.
const MOST_UNKNOWN: usize = 10;

/// Evaluates an expression on its own.
fn evaluated(expression: &str) -> Evaluated {
    let text = format!("locals {{\n  it = {expression}\n}}\n");
    let sources = Sources::default();
    let file = sources.add("a.tf".into(), read::text(text.into_bytes()).expect("text"));
    let outline = outline(file, sources[file].text());
    assert_eq!(outline.errors, [], "{expression}");
    let module = Module::new(vec![ModuleFile { file, name: "a.tf".into(), outline }], true);
    Evaluator::new(&sources, &module, Inputs::Defaults, Environment::default()).local("it", Span::new(file, 0, 0))
}

/// A value as the record writes it.
fn recorded(value: &Value) -> Json {
    match &value.data {
        Data::Null => Json::Null,
        Data::Bool(value) => Json::Bool(*value),
        // A plan does not keep the sign of a zero; a text that was made of one does.
        Data::Number(number) if number.is_zero() => Json::String("#0".to_owned()),
        Data::Number(number) => Json::String(format!("#{number}")),
        Data::String(text) => Json::String(format!("'{text}")),
        Data::List(elements) | Data::Set(elements) | Data::Tuple(elements) => {
            Json::Array(elements.iter().map(recorded).collect())
        }
        Data::Map(entries) | Data::Object(entries) => {
            Json::Object(entries.iter().map(|(key, value)| (key.to_string(), recorded(value))).collect())
        }
        Data::Unknown(unknown) | Data::Partial(_, unknown) => panic!("not known: {unknown:?}"),
    }
}

#[test]
fn no_known_value_differs_from_terraforms() {
    let record = include_str!("../oracle/answers.tsv");
    let (mut known, mut unknown, mut wrong) = (0, Vec::new(), Vec::new());
    for line in record.lines() {
        let (expression, answer) = line.split_once('\t').expect("an expression and an answer");
        match (evaluated(expression), answer) {
            (Err(_), "error") => known += 1,
            (Ok(value), _) if value.missing().is_some() => {
                if answer != "error" {
                    unknown.push(expression);
                }
            }
            (Ok(value), "error") => wrong.push(format!("{expression}: Terraform refuses it, not {}", recorded(&value))),
            (Err(refusal), _) => wrong.push(format!("{expression}: {answer}, not refused: {}", refusal.reason)),
            (Ok(value), _) => {
                known += 1;
                let value = recorded(&value);
                let answer: Json = serde_json::from_str(answer).expect("the record is JSON");
                if value != answer {
                    wrong.push(format!("{expression}: {answer}, not {value}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
    assert!(known > 3_000, "the record is there: {known}");
    assert!(
        unknown.len() * 1000 < (known + unknown.len()) * MOST_UNKNOWN,
        "{} of {} are unknown:\n{}",
        unknown.len(),
        known + unknown.len(),
        unknown.join("\n")
    );
}
