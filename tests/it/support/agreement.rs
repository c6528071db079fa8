//! Compares the outline of a text with what hcl-edit makes of it. Also used by the `outline` bench.

use std::ops::Range;

use hcl_edit::Span as _;
use hcl_edit::structure::{Body as EditBody, Structure};
use podgate::hcl::outline::{Body, Outline, outline};
use podgate::source::{Sources, read};

/// How the two came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Agreement {
    /// hcl-edit parses the text, and the outline says the same.
    Same,
    /// hcl-edit does not parse the text.
    NotParsed,
    /// hcl-edit parses the text, and the outline has errors, as Terraform does: hcl-edit takes more.
    Refused,
}

/// What both sides say of a body: the attributes and the blocks, in order, with names, labels and spans.
#[derive(Debug, PartialEq)]
struct Shape {
    attributes: Vec<(String, Range<usize>)>,
    blocks: Vec<(String, Vec<String>, Range<usize>, Shape)>,
}

/// The outline of a text.
pub fn outline_of(text: &str) -> Outline {
    let contents = read::text(text.as_bytes().to_vec()).expect("text");
    outline(Sources::default().add("a.tf".into(), contents), text)
}

/// Compares.
///
/// # Panics
///
/// When hcl-edit parses the text, the outline has no errors, and it differs.
pub fn compare(text: &str) -> Agreement {
    let outline = outline_of(text);
    // hcl-edit knows no byte-order mark; blanks of the same length keep the spans.
    let unmarked = text.strip_prefix('\u{feff}').map(|rest| format!("   {rest}"));
    let Ok(body) = hcl_edit::parser::parse_body(unmarked.as_deref().unwrap_or(text)) else {
        return Agreement::NotParsed;
    };
    if !outline.errors.is_empty() {
        return Agreement::Refused;
    }
    assert_eq!(ours(&outline.body), theirs(&body), "in:\n{text}");
    Agreement::Same
}

fn ours(body: &Body) -> Shape {
    let attributes = body.attributes.iter().map(|a| (a.name.to_string(), a.expression.range()));
    let blocks = body.blocks.iter().map(|block| {
        let labels = block.labels.iter().map(|label| label.text.to_string()).collect();
        (block.kind.to_string(), labels, block.span.range(), ours(&block.body))
    });
    Shape { attributes: attributes.collect(), blocks: blocks.collect() }
}

fn theirs(body: &EditBody) -> Shape {
    let mut shape = Shape { attributes: Vec::new(), blocks: Vec::new() };
    for structure in body {
        match structure {
            Structure::Attribute(attribute) => {
                let span = attribute.value.span().expect("a parsed expression has a span");
                shape.attributes.push((attribute.key.to_string().trim().to_owned(), span));
            }
            Structure::Block(block) => {
                let labels = block.labels.iter().map(|label| label.as_str().to_owned()).collect();
                let span = block.span().expect("a parsed block has a span");
                shape.blocks.push((block.ident.as_str().to_owned(), labels, span, theirs(&block.body)));
            }
        }
    }
    shape
}
