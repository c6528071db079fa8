//! Where spans may lie.

use podgate::hcl::expression::{Expression, ForIntro, Kind, Part, StepKind};
use podgate::hcl::outline::{Body, Outline};
use podgate::source::Span;

/// Asserts that a span lies in its file's text and cuts no character.
pub fn assert_inside(span: Span, text: &str) {
    assert!(text.get(span.range()).is_some(), "{span:?} is no part of a text of {} bytes", text.len());
}

/// Asserts that all spans of an outline lie in the text.
pub fn assert_all_inside(outline: &Outline, text: &str) {
    outline.comments.iter().for_each(|comment| assert_inside(*comment, text));
    for error in &outline.errors {
        assert_inside(error.span, text);
        assert!(!error.message.is_empty());
    }
    body_inside(&outline.body, text);
}

fn body_inside(body: &Body, text: &str) {
    for attribute in &body.attributes {
        assert_inside(attribute.name_span, text);
        assert_inside(attribute.expression, text);
    }
    for block in &body.blocks {
        assert_inside(block.span, text);
        assert_inside(block.header, text);
        block.labels.iter().for_each(|label| assert_inside(label.span, text));
        body_inside(&block.body, text);
    }
}

/// Asserts that what stands in a body follows one upon the other and lies in its block, behind the header. This is not
/// so in JSON, where labels are keys of objects around the block.
pub fn assert_nested(outline: &Outline) {
    body_nested(&outline.body);
}

fn body_nested(body: &Body) {
    for block in &body.blocks {
        let labels: Vec<Span> = block.labels.iter().map(|label| label.span).collect();
        assert!(block.span.holds(block.header) && labels.iter().all(|label| block.header.holds(*label)), "{block:?}");
        assert_apart(&labels);
        let is_behind = |item: &Span| block.header.end <= item.start && block.span.holds(*item);
        assert!(items(&block.body).iter().all(is_behind), "{block:?}");
        body_nested(&block.body);
    }
    assert_apart(&items(body));
}

/// The places of what stands in a body, sorted.
fn items(body: &Body) -> Vec<Span> {
    let attributes = body.attributes.iter().map(podgate::hcl::outline::Attribute::span);
    let mut spans: Vec<Span> = attributes.chain(body.blocks.iter().map(|block| block.span)).collect();
    spans.sort();
    spans
}

/// Asserts that sorted spans do not overlap.
pub fn assert_apart(spans: &[Span]) {
    for pair in spans.windows(2) {
        assert!(pair[0].end <= pair[1].start, "{:?} and {:?} overlap", pair[0], pair[1]);
    }
}

/// Asserts that an expression and its parts lie in the stretch of a text that they were parsed from.
pub fn assert_expression(expression: &Expression, stretch: Span, text: &str) {
    assert_inside(expression.span, text);
    assert!(stretch.holds(expression.span), "{:?} is not in {stretch:?}", expression.span);
    for part in parts(expression) {
        assert_expression(part, stretch, text);
    }
}

/// The expressions that an expression is made of.
fn parts(expression: &Expression) -> Vec<&Expression> {
    match &expression.kind {
        Kind::Null | Kind::Bool(_) | Kind::Number(_) | Kind::String(_) | Kind::Variable(_) => Vec::new(),
        Kind::Template(template) => template.iter().flat_map(template_part).collect(),
        Kind::Tuple(elements) => elements.iter().collect(),
        Kind::Object(items) => items.iter().flat_map(|item| [&item.key, &item.value]).collect(),
        Kind::Parenthesis(inner) | Kind::Unary(_, inner) => vec![inner],
        Kind::Binary(binary) => vec![&binary.left, &binary.right],
        Kind::Conditional(all) => vec![&all.condition, &all.consequent, &all.alternative],
        Kind::Call(call) => call.arguments.iter().collect(),
        Kind::Traversal(traversal) => {
            let indices = traversal.steps.iter().filter_map(|step| match &step.kind {
                StepKind::Index(index) => Some(index),
                _ => None,
            });
            indices.chain([&traversal.base]).collect()
        }
        Kind::For(all) => {
            let optional = [&all.key, &all.condition].into_iter().flatten();
            optional.chain([intro(&all.intro), &all.value]).collect()
        }
    }
}

fn intro(intro: &ForIntro) -> &Expression {
    &intro.collection
}

fn template_part(part: &Part) -> Vec<&Expression> {
    match part {
        Part::Literal(_) => Vec::new(),
        Part::Interpolation(inner, _) => vec![inner],
        Part::If(all) => {
            let texts = all.consequent.iter().chain(&all.alternative).flat_map(template_part);
            texts.chain([&all.condition]).collect()
        }
        Part::For(all) => all.body.iter().flat_map(template_part).chain([intro(&all.intro)]).collect(),
    }
}
