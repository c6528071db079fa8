//! Any bytes as `.tf.json`.

use podgate::hcl::json;
use podgate::source::{FileId, Sources, Span, read};
use serde::de::IgnoredAny;

use super::spans;

/// Spans lie in the file; what is JSON to `serde_json` is JSON here, and the other way round; a file that is none has an
/// error.
pub fn holds(data: &[u8]) {
    let Ok(contents) = read::text(data.to_vec()) else { return };
    let sources = Sources::default();
    let file = sources.add("a.tf.json".into(), contents);
    let text = sources[file].text();
    let outline = json::outline(file, text);
    spans::assert_all_inside(&outline, text);
    assert_same_language(text);
    if json::parse(text).is_err() {
        assert!(!outline.errors.is_empty(), "what is left out is said");
    }
    expressions(file, text);
    let (attributes, error) = json::attributes(file, text);
    for attribute in &attributes {
        spans::assert_inside(attribute.name_span, text);
        spans::assert_inside(attribute.expression, text);
    }
    if let Some(error) = error {
        spans::assert_inside(error.span, text);
    }
}

fn assert_same_language(text: &str) {
    let ours = json::parse(text);
    if let Err(error) = &ours {
        assert!(error.offset <= text.len() && !error.message.is_empty(), "{error:?}");
        // Numbers that no float holds are JSON, and serde_json's values know floats only.
        let theirs = serde_json::from_str::<serde_json::Value>(text);
        assert!(theirs.is_err(), "serde_json parses this, and here it is: {}", error.message);
    } else {
        let theirs = serde_json::from_str::<IgnoredAny>(text);
        // Its parser is bound to 128 levels.
        let is_deep = |error: &serde_json::Error| error.to_string().contains("recursion limit");
        assert!(theirs.as_ref().err().is_none_or(is_deep), "this is no JSON: {theirs:?}");
    }
}

fn expressions(file: FileId, text: &str) {
    let whole = Span::new(file, 0, text.len());
    for read in [json::literal, json::expression, json::keyword] {
        match read(text, whole) {
            Ok(expression) => spans::assert_expression(&expression, whole, text),
            Err(error) => spans::assert_inside(error.span, text),
        }
    }
}
