//! Whatever a text is: reading it comes to an end, and what is said of it points at whole characters.

use std::fmt::Debug;

use podgate::hcl::outline::outline;
use podgate::hcl::{expression, json};
use podgate::source::{FileId, Sources, Span, read};
use podgate::terraform::plan;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use crate::support::{policy, scan_directory, tree};

/// Pieces of HCL and JSON, of which many are of several bytes.
const PIECES: [&str; 56] = [
    "\u{feff}",
    "é",
    "😀",
    "\u{a0}",
    "\u{2028}",
    "\0",
    "\u{7f}",
    "\r",
    "\n",
    "\r\n",
    " ",
    "\\",
    "\\é",
    "\"",
    "\"é\"",
    "${",
    "%{",
    "$${é",
    "}",
    "{",
    "[",
    "]",
    "(",
    ")",
    "<<É\n",
    "\nÉ\n",
    "É",
    "<<E\n",
    "\nE\n",
    "E",
    "<<",
    "# <<E\n",
    "/* <<É\n",
    "*/",
    "//",
    "=",
    ":",
    ",",
    "a",
    "ñ = 1",
    "resource",
    "\"a\" \"é\" {",
    "true",
    "1",
    "1.5",
    "for",
    "in",
    "if",
    "?",
    ".",
    "...",
    "::",
    "\"a\": ",
    "\"\\ud83d\"",
    "%{ if",
    "%{ endif }",
];

fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => vec(select(&PIECES[..]), 0..24).prop_map(|pieces| pieces.concat()),
        1 => any::<String>(),
        1 => vec(any::<u8>(), 0..64).prop_map(|bytes| String::from_utf8_lossy(&bytes).into_owned()),
    ]
}

/// The spans that something holds, read from how it is printed: so none is left out.
fn spans(holder: &impl Debug) -> Vec<(usize, usize)> {
    let printed = format!("{holder:?}");
    let number = |text: &str| text[..text.find(|sign: char| !sign.is_ascii_digit()).unwrap_or(text.len())].parse().ok();
    let span = |text: &str| Some((number(text)?, number(text.split_once(", end: ")?.1)?));
    printed.split("Span { file: FileId(0), start: ").skip(1).filter_map(span).collect()
}

fn check(holder: &impl Debug, file: FileId, sources: &Sources) -> Result<(), TestCaseError> {
    let text = sources[file].text();
    for (start, end) in spans(holder) {
        prop_assert!(start <= end && text.get(start..end).is_some(), "{start}..{end} in {text:?}: {holder:?}");
    }
    Ok(())
}

#[test]
fn a_carriage_return_beside_the_marker_of_a_heredoc_is_pointed_at() {
    let sources = Sources::default();
    let file = sources.add("a.tf".into(), read::text("<<É\nÉ\r".as_bytes().to_vec()).expect("text"));
    let outlined = outline(file, sources[file].text());
    assert!(spans(&outlined).contains(&(7, 8)), "{outlined:?}");
    check(&outlined, file, &sources).expect("spans of characters");
}

#[test]
fn spans_are_seen() {
    let sources = Sources::default();
    let file = sources.add("a.tf".into(), read::text(b"a = 1".to_vec()).expect("text"));
    assert_eq!(spans(&outline(file, sources[file].text())), [(0, 1), (4, 5)]);
}

#[test]
fn a_character_at_the_wrong_place_is_pointed_at() {
    let bad = policy("p", "host_ipc = true");
    for values in
        ["{\"a\": 1}é", "{\"a\": é}", "{\u{feff}\"a\": 1}", "\u{feff}é", "😀", "\u{feff}{\"x\": true}", "{\"é\": }"]
    {
        let scan = scan_directory(tree(&[("main.tf", &bad), ("terraform.tfvars.json", values)]).path());
        assert_eq!(scan.report.findings.len(), 1, "{values:?}");
        assert!(!scan.report.notifications.is_empty(), "{values:?}");
    }
    let comment = bad.replace("= true", "= (true # <<E\n /* é */ )");
    assert_eq!(scan_directory(tree(&[("main.tf", &comment)]).path()).report.findings.len(), 1, "{comment}");
}

/// A plan with letters of several bytes, in which something may be put.
const PLAN: &str = r#"{"format_version":"1.2","é":"ñ","planned_values":{"root_module":{"resources":[{"address":"é.x","mode":"managed","type":"t","name":"x","values":{"spec":[{"é":true}]}}]}},"resource_changes":[{"address":"é.x","mode":"managed","type":"t","name":"x","change":{"actions":["create"],"after":{"spec":[{"é":"ñ"}]},"after_unknown":{"é":true}}}]}"#;

/// A plan with something in the place of a part of it, with and without changes.
fn spliced_plan() -> impl Strategy<Value = String> {
    let at = || any::<prop::sample::Index>();
    let pieces = vec(select(&PIECES[..]), 0..3);
    (any::<bool>(), at(), at(), pieces).prop_map(|(has_changes, from, length, pieces)| {
        let plan = if has_changes { PLAN.to_owned() } else { PLAN.replace("resource_changes", "é") };
        let characters: Vec<char> = plan.chars().collect();
        let from = from.index(characters.len());
        let to = from + length.index((characters.len() - from).min(9));
        let part = |some: &[char]| some.iter().collect::<String>();
        format!("{}{}{}", part(&characters[..from]), pieces.concat(), part(&characters[to..]))
    })
}

#[test]
fn a_plan_is_read_with_and_without_its_mark_and_its_changes() {
    for text in [PLAN.to_owned(), PLAN.replace("resource_changes", "é"), format!("\u{feff}{PLAN}")] {
        let sources = Sources::default();
        let file = sources.add("p.json".into(), read::text(text.clone().into_bytes()).expect("text"));
        let read = plan(file, &text, &["t"]);
        assert!(read.problems.is_empty() && read.resources.len() == 1, "{read:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_damaged_plan_is_pointed_at(text in prop_oneof![4 => spliced_plan(), 1 => any_text()]) {
        let sources = Sources::default();
        let Ok(contents) = read::text(text.into_bytes()) else { return Ok(()) };
        let file = sources.add("p.json".into(), contents);
        let text = sources[file].text();
        let read = plan(file, text, &["t"]);
        check(&read, file, &sources)?;
        for (offset, message) in &read.problems {
            prop_assert!(text.is_char_boundary(*offset), "{offset}: {message} in {text:?}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn is_read_to_its_end(text in any_text()) {
        let sources = Sources::default();
        let Ok(contents) = read::text(text.into_bytes()) else { return Ok(()) };
        let file = sources.add("a.tf".into(), contents);
        let text = sources[file].text();
        let whole = Span::new(file, 0, text.len());
        let outlined = outline(file, text);
        check(&outlined, file, &sources)?;
        for attribute in &outlined.body.attributes {
            check(&expression::parse(sources.text(attribute.expression), attribute.expression), file, &sources)?;
        }
        check(&expression::parse(text, whole), file, &sources)?;
        check(&expression::parse_template(text, whole), file, &sources)?;
        check(&json::outline(file, text), file, &sources)?;
        check(&json::attributes(file, text), file, &sources)?;
        for parsed in [json::literal(text, whole), json::expression(text, whole), json::keyword(text, whole)] {
            check(&parsed, file, &sources)?;
        }
    }
}
