//! What the parser promises; `functions/yaml/replay` compares it with the libraries.

use super::*;

/// The events of a text, in a short notation.
fn events(text: &str, dialect: Dialect) -> Result<String, Fault> {
    let mut parser = Parser::new(text, dialect);
    let mut all = Vec::new();
    loop {
        let event = parser.event()?;
        all.push(match event.kind {
            EventKind::StreamEnd => break,
            EventKind::DocumentStart => "+doc".to_owned(),
            EventKind::DocumentEnd => "-doc".to_owned(),
            EventKind::Alias(name) => format!("*{name}"),
            EventKind::Scalar(scalar) => format!("={}", scalar.text),
            EventKind::SequenceStart(_) => "[".to_owned(),
            EventKind::SequenceEnd => "]".to_owned(),
            EventKind::MappingStart(_) => "{".to_owned(),
            EventKind::MappingEnd => "}".to_owned(),
        });
    }
    Ok(all.join(" "))
}

#[test]
fn collections_nest_in_blocks_and_brackets() {
    for dialect in [Dialect::Cty, Dialect::V2] {
        let read = |text| events(text, dialect);
        assert_eq!(read("a: [b, {c: d}]\ne:\n- f\n"), Ok("+doc { =a [ =b { =c =d } ] =e [ =f ] } -doc".to_owned()));
        assert_eq!(read("{?hostIPC: true}"), Ok("+doc { =hostIPC =true } -doc".to_owned()));
        assert_eq!(read("[a: b, c]"), Ok("+doc [ { =a =b } =c ] -doc".to_owned()));
        assert_eq!(read("? a\n: b\n---\nc\n..."), Ok("+doc { =a =b } -doc +doc =c -doc".to_owned()));
    }
}

#[test]
fn scalars_are_folded_and_kept_as_they_say() {
    let read = |text| events(text, Dialect::V2);
    assert_eq!(read("a: |\n  b\n   c\n\nd: >-\n  e\n  f\n"), Ok("+doc { =a =b\n c\n =d =e f } -doc".to_owned()));
    assert_eq!(read("kind: |"), Ok("+doc { =kind = } -doc".to_owned()));
    assert_eq!(read("a: \"b\\\n  c\\x41\\u2028\"\n"), Ok("+doc { =a =bcA\u{2028} } -doc".to_owned()));
    assert_eq!(read("a: b\u{2028}c: d\u{85}e: f"), Ok("+doc { =a =b =c =d =e =f } -doc".to_owned()));
}

#[test]
fn what_the_libraries_refuse_is_an_error() {
    for text in [
        "%YAML 1.2\n---\na: 1",
        "a: \"\\/\"",
        "a: 1\n\t\nb: 2",
        "a: b: c",
        "[a",
        "a\u{7}",
        "%TAG ! x\n%TAG ! x\n---\na",
    ] {
        for dialect in [Dialect::Cty, Dialect::V2] {
            assert!(events(text, dialect).is_err(), "{text:?}");
        }
    }
    assert_eq!(events(&"[".repeat(100_000), Dialect::Cty), Err(Fault::Depth));
}
