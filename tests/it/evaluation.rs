//! Evaluation takes whatever is written.

use podgate::hcl::outline::outline;
use podgate::source::{Sources, Span, read};
use podgate::terraform::{Data, Environment, Evaluated, Evaluator, Inputs, Module, ModuleFile, Value};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::Value as Json;

/// Pieces of expressions, those of the record of Terraform's answers among them.
fn pieces() -> impl Strategy<Value = String> {
    let record: Vec<&str> = include_str!("../oracle/answers.tsv").lines().collect();
    let recorded = select(record).prop_map(|line| line.split('\t').next().unwrap_or_default().to_owned());
    let token = select(
        &[
            "(",
            ")",
            "[",
            "]",
            "{",
            "}",
            ",",
            " ? ",
            " : ",
            "...",
            ".a",
            "[0]",
            "[*]",
            "!",
            "-",
            " == ",
            "for x in ",
            "\"${",
            "}\"",
            "local.it",
            "1e999",
            "null",
            "é",
        ][..],
    );
    prop_oneof![recorded, token.prop_map(str::to_owned)]
}

/// What podgate makes of the local value `it` of a module.
fn evaluated(text: &str) -> Evaluated {
    let sources = Sources::default();
    let file = sources.add("a.tf".into(), read::text(text.as_bytes().to_vec()).expect("text"));
    let outline = outline(file, sources[file].text());
    let module = Module::new(vec![ModuleFile { file, name: "a.tf".into(), outline }], true);
    Evaluator::new(&sources, &module, Inputs::Defaults, Environment::default()).local("it", Span::new(file, 0, 0))
}

/// Values that are written out: plain data.
fn literal() -> impl Strategy<Value = String> {
    let simple = prop_oneof![
        select(&["true", "false", "null", "\"\"", "\"a b\"", "\"é\\n\\t\\\"\""][..]).prop_map(str::to_owned),
        (-1_000_000i32..1_000_000).prop_map(|number| number.to_string()),
    ];
    simple.prop_recursive(4, 32, 4, |inner| {
        let items = vec(inner.clone(), 0..4).prop_map(|items| {
            let items = items.into_iter().enumerate().map(|(index, item)| format!("k{index} = {item}"));
            format!("{{ {} }}", items.collect::<Vec<_>>().join(", "))
        });
        prop_oneof![vec(inner, 0..4).prop_map(|elements| format!("[{}]", elements.join(", "))), items]
    })
}

/// A value as JSON.
fn plain(value: &Value) -> Json {
    match &value.data {
        Data::Bool(value) => (*value).into(),
        Data::Number(number) => number.to_i64().into(),
        Data::String(text) => (**text).into(),
        Data::List(elements) | Data::Set(elements) | Data::Tuple(elements) => elements.iter().map(plain).collect(),
        Data::Map(entries) | Data::Object(entries) | Data::Partial(entries, _) => {
            entries.iter().map(|(key, value)| (key.to_string(), plain(value))).collect()
        }
        Data::Null | Data::Unknown(_) => Json::Null,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]

    /// hcl-rs reads a whole file into plain data, by another way than ours through the parser that both share.
    #[test]
    fn plain_data_is_what_hcl_rs_makes_of_it(literal in literal()) {
        let file: Json = hcl::from_str(&format!("it = {literal}\n")).expect("HCL");
        let value = evaluated(&format!("locals {{\n  it = {literal}\n}}\n"));
        prop_assert_eq!(plain(&value.expect("a value")), file["it"].clone(), "{}", literal);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 5_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn never_panics(pieces in vec(pieces(), 1..6)) {
        let text = format!("locals {{\n  it = {}\n}}\n", pieces.concat());
        if let Ok(value) = evaluated(&text) {
            prop_assert!(value.missing().is_none_or(|unknown| !unknown.reason.is_empty()));
        }
    }
}
