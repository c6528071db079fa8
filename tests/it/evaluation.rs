//! Evaluation takes whatever is written.

use podgate::hcl::outline::outline;
use podgate::source::{Sources, Span, read};
use podgate::terraform::{Environment, Evaluator, Inputs, Module, ModuleFile};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

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

proptest! {
    #![proptest_config(ProptestConfig { cases: 5_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn never_panics(pieces in vec(pieces(), 1..6)) {
        let text = format!("locals {{\n  it = {}\n}}\n", pieces.concat());
        let sources = Sources::default();
        let file = sources.add("a.tf".into(), read::text(text.into_bytes()).expect("text"));
        let outline = outline(file, sources[file].text());
        let module = Module::new(vec![ModuleFile { file, name: "a.tf".into(), outline }], true);
        let value = Evaluator::new(&sources, &module, Inputs::Defaults, Environment::default()).local("it", Span::new(file, 0, 0));
        if let Ok(value) = value {
            prop_assert!(value.missing().is_none_or(|unknown| !unknown.reason.is_empty()));
        }
    }
}
