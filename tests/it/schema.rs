//! What references to resources give is what `terraform plan` with the real provider has made of them:
//! `tests/schema/planned.tsv` is the record, and `tests/schema/record.py` made it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use podgate::hcl::outline::outline;
use podgate::source::{Sources, Span, read};
use podgate::terraform::{Data, Environment, Evaluator, Inputs, Module, ModuleFile, Value};

/// The values that hold no others, by their paths, as the record lists them.
fn flatten(path: &str, value: &Value, into: &mut Vec<(String, String)>) {
    let text = match &value.data {
        Data::Unknown(_) | Data::Partial(..) => "?".to_owned(),
        Data::Null => "null".to_owned(),
        Data::Bool(value) => value.to_string(),
        Data::Number(number) => number.to_string(),
        Data::String(text) => serde_json::to_string(&**text).expect("JSON"),
        Data::List(held) | Data::Set(held) | Data::Tuple(held) if held.is_empty() => "[]".to_owned(),
        Data::Map(held) | Data::Object(held) if held.is_empty() => "{}".to_owned(),
        Data::List(held) | Data::Set(held) | Data::Tuple(held) => {
            (0..).zip(held.iter()).for_each(|(at, held): (usize, _)| flatten(&format!("{path}[{at}]"), held, into));
            return;
        }
        Data::Map(held) | Data::Object(held) => {
            held.iter().for_each(|(name, held)| flatten(&format!("{path}.{name}"), held, into));
            return;
        }
    };
    into.push((path.to_owned(), text));
}

/// The resources of the record, by their addresses, as podgate has them.
fn evaluated(addresses: &[&str]) -> Vec<(String, String)> {
    let mut text = include_str!("../schema/main.tf").to_owned();
    for (at, address) in addresses.iter().enumerate() {
        write!(text, "locals {{\n  r{at} = {address}\n}}\n").expect("a string takes everything");
    }
    let sources = Sources::default();
    let file = sources.add("main.tf".into(), read::text(text.into_bytes()).expect("text"));
    let outline = outline(file, sources[file].text());
    assert!(outline.errors.is_empty(), "{:?}", outline.errors);
    let module = Module::new(vec![ModuleFile { file, name: "main.tf".into(), outline }], true);
    let evaluator = Evaluator::new(&sources, &module, Inputs::Defaults, Environment::default());
    let mut values = Vec::new();
    for (at, address) in addresses.iter().enumerate() {
        let value = evaluator.local(&format!("r{at}"), Span::new(file, 0, 0));
        flatten(address, &value.expect("a reference to a resource"), &mut values);
    }
    values
}

#[test]
fn references_give_what_the_provider_plans() {
    let record = include_str!("../schema/planned.tsv").lines();
    let expected: BTreeMap<&str, &str> =
        record.map(|line| line.split_once('\t').expect("a path and a value")).collect();
    assert!(expected.len() > 2_500, "the record is there");
    let address = |path: &'static str| {
        let end = path.match_indices('.').nth(1).map_or(path.len(), |(at, _)| at);
        &path[..end]
    };
    let mut addresses: Vec<&str> = expected.keys().map(|path| address(path)).collect();
    addresses.dedup();
    assert!(addresses.len() > 100);
    let actual: BTreeMap<String, String> = evaluated(&addresses).into_iter().collect();
    let mut wrong: Vec<String> = Vec::new();
    for (path, value) in &expected {
        match actual.get(*path) {
            Some(actual) if actual == value => {}
            Some(actual) => wrong.push(format!("{path}: {value}, not {actual}")),
            None => wrong.push(format!("{path}: {value}, and podgate has nothing")),
        }
    }
    let surplus = actual.iter().filter(|(path, _)| !expected.contains_key(path.as_str()));
    wrong.extend(surplus.map(|(path, value)| format!("{path}: nothing, and podgate has {value}")));
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
}
