//! Where spans may lie.

use podgate::hcl::expression::{Expression, ForIntro, Kind, Part, StepKind};
use podgate::hcl::outline::{Body, Outline};
use podgate::source::Span;

/// Asserts that a span lies in its file's text and cuts no character.
pub fn assert_inside(span: Span, text: &str) {
    assert!(text.get(span.range()).is_some(), "{span:?} is no part of a text of {} bytes", text.len());
}

/// Asserts that all spans of an outline lie in the text, and that what is nested lies in what it is nested in.
pub fn assert_nested(outline: &Outline, text: &str) {
    let whole = outline.errors.first().map(|error| error.span.file);
    outline.comments.iter().for_each(|comment| assert_inside(*comment, text));
    outline.errors.iter().for_each(|error| {
        assert_inside(error.span, text);
        assert!(!error.message.is_empty() && Some(error.span.file) == whole);
    });
    body(&outline.body, None, text);
}

fn body(within: &Body, parent: Option<Span>, text: &str) {
    let nested = |span: Span| {
        assert_inside(span, text);
        assert!(parent.is_none_or(|parent| parent.holds(span)), "{span:?} is not in {parent:?}");
    };
    for attribute in &within.attributes {
        [attribute.name_span, attribute.expression, attribute.span()].into_iter().for_each(nested);
    }
    for block in &within.blocks {
        nested(block.span);
        assert_inside(block.header, text);
        assert!(block.span.start == block.header.start && block.span.holds(block.header), "{block:?}");
        block.labels.iter().for_each(|label| assert_inside(label.span, text));
        body(&block.body, Some(block.span), text);
    }
}

/// Asserts that what stands in a body follows one upon the other, and that labels stand in the headers of their blocks.
/// In JSON they need not: labels are keys of objects around the block.
pub fn assert_ordered(within: &Body) {
    let attributes = within.attributes.iter().map(podgate::hcl::outline::Attribute::span);
    let mut spans: Vec<Span> = attributes.chain(within.blocks.iter().map(|block| block.span)).collect();
    spans.sort();
    assert_apart(&spans);
    for block in &within.blocks {
        let spans: Vec<Span> = block.labels.iter().map(|label| label.span).collect();
        assert!(spans.iter().all(|label| block.header.holds(*label)), "{block:?}");
        assert_apart(&spans);
        assert_ordered(&block.body);
    }
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
