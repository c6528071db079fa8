//! From hcl-edit's tree to ours. The depth of hcl-edit's trees is bounded by its parser, and so is the recursion here.

use std::ops::Range;

use hcl_edit::Span as _;
use hcl_edit::expr::{self, TraversalOperator};
use hcl_edit::template::{Directive, Element, HeredocTemplate};

use super::large::Objects;
use super::lines::{self, Form};
use super::{
    Binary, BinaryOperator, Call, Conditional, Expression, For, ForIntro, ForPart, IfPart, Item, Kind, Part, Step,
    StepKind, Strip, Template, Traversal, UnaryOperator,
};
use crate::source::Span;

/// Converts the expression at a place in a file.
pub(super) struct Converter<'t> {
    /// The parsed text.
    text: &'t str,
    whole: Span,
    /// Where the parsed text starts in the file; `None` when its bytes are not those of the file, so that everything
    /// stands at `whole`.
    base: Option<usize>,
    /// What was taken out of the text.
    objects: &'t Objects,
}

impl<'t> Converter<'t> {
    pub(super) fn new(text: &'t str, whole: Span, base: Option<usize>, objects: &'t Objects) -> Self {
        Self { text, whole, base, objects }
    }

    /// A range of the parsed text as a span of the file.
    fn span(&self, range: Option<Range<usize>>) -> Option<Span> {
        let base = self.base?;
        range.map(|range| Span::new(self.whole.file, base + range.start, base + range.end))
    }

    pub(super) fn expression(&self, expression: &expr::Expression) -> Expression {
        if let expr::Expression::Parenthesis(inner) = expression
            && let expr::Expression::Variable(name) = inner.inner()
            && let Some(object) = self.objects.get(name.as_str())
        {
            return object.clone();
        }
        let kind = self.kind(expression);
        // hcl-edit leaves the inner operations of `a + b + c` without a span.
        let span = self.span(expression.span()).unwrap_or_else(|| match &kind {
            Kind::Binary(binary) => binary.left.span.to(binary.right.span),
            _ => self.whole,
        });
        Expression { span, kind }
    }

    fn kind(&self, expression: &expr::Expression) -> Kind {
        use expr::Expression as E;
        match expression {
            E::Null(_) => Kind::Null,
            E::Bool(value) => Kind::Bool(*value.value()),
            E::Number(number) => Kind::Number(written(number)),
            E::String(text) => Kind::String(text.as_str().into()),
            E::Array(array) => Kind::Tuple(array.iter().map(|element| self.expression(element)).collect()),
            E::Object(object) => Kind::Object(object.iter().map(|(key, value)| self.item(key, value)).collect()),
            E::StringTemplate(template) => Kind::Template(self.whole_template(template.iter(), Form::Quoted)),
            E::HeredocTemplate(heredoc) => Kind::Template(self.heredoc(heredoc)),
            E::Parenthesis(inner) => Kind::Parenthesis(Box::new(self.expression(inner.inner()))),
            E::Variable(name) => Kind::Variable(name.as_str().into()),
            E::ForExpr(for_expression) => Kind::For(Box::new(self.for_expression(for_expression))),
            E::Conditional(conditional) => Kind::Conditional(Box::new(self.conditional(conditional))),
            E::FuncCall(call) => Kind::Call(Box::new(self.call(call))),
            E::UnaryOp(operation) => {
                Kind::Unary(unary_operator(*operation.operator.value()), Box::new(self.expression(&operation.expr)))
            }
            E::BinaryOp(operation) => Kind::Binary(Box::new(Binary {
                left: self.expression(&operation.lhs_expr),
                operator: binary_operator(*operation.operator.value()),
                right: self.expression(&operation.rhs_expr),
            })),
            E::Traversal(traversal) => self.traversal_kind(traversal),
        }
    }

    fn item(&self, key: &expr::ObjectKey, value: &expr::ObjectValue) -> Item {
        let bare = |span: Option<Range<usize>>, name: &str| Expression {
            span: self.span(span).unwrap_or(self.whole),
            kind: Kind::String(name.into()),
        };
        let key = match key {
            expr::ObjectKey::Ident(name) => bare(name.span(), name.as_str()),
            // Words that mean a value elsewhere are names here.
            expr::ObjectKey::Expression(expr::Expression::Null(word)) => bare(word.span(), "null"),
            expr::ObjectKey::Expression(expr::Expression::Bool(word)) => {
                bare(word.span(), if *word.value() { "true" } else { "false" })
            }
            expr::ObjectKey::Expression(key) => self.expression(key),
        };
        Item { key, value: self.expression(value.expr()) }
    }

    fn conditional(&self, conditional: &expr::Conditional) -> Conditional {
        Conditional {
            condition: self.expression(&conditional.cond_expr),
            consequent: self.expression(&conditional.true_expr),
            alternative: self.expression(&conditional.false_expr),
        }
    }

    fn call(&self, call: &expr::FuncCall) -> Call {
        let mut name = String::new();
        for part in &call.name.namespace {
            name.push_str(part.as_str());
            name.push_str("::");
        }
        name.push_str(call.name.name.as_str());
        Call {
            name: name.into(),
            arguments: call.args.iter().map(|argument| self.expression(argument)).collect(),
            expand_last: call.args.expand_final(),
        }
    }

    /// A traversal. hcl-edit reads `-1.a` as steps into -1; to Terraform the steps bind tighter than the minus.
    fn traversal_kind(&self, traversal: &expr::Traversal) -> Kind {
        let mut converted = self.traversal(traversal);
        let Kind::Number(number) = &converted.base.kind else { return Kind::Traversal(Box::new(converted)) };
        let Some(positive) = number.strip_prefix('-').map(Into::into) else {
            return Kind::Traversal(Box::new(converted));
        };
        let span = converted.base.span;
        converted.base.kind = Kind::Number(positive);
        let operand = Expression { span, kind: Kind::Traversal(Box::new(converted)) };
        Kind::Unary(UnaryOperator::Negate, Box::new(operand))
    }

    fn traversal(&self, traversal: &expr::Traversal) -> Traversal {
        let steps = traversal.operators.iter().map(|operator| {
            let span = self.span(operator.span()).unwrap_or(self.whole);
            let kind = match operator.value() {
                TraversalOperator::AttrSplat(_) => StepKind::AttributeSplat,
                TraversalOperator::FullSplat(_) => StepKind::FullSplat,
                TraversalOperator::GetAttr(name) => StepKind::Attribute(name.as_str().into()),
                TraversalOperator::Index(index) => StepKind::Index(self.expression(index)),
                TraversalOperator::LegacyIndex(index) => {
                    let kind = Kind::Number(index.value().to_string().into());
                    StepKind::Index(Expression { span, kind })
                }
            };
            Step { span, kind }
        });
        Traversal { base: self.expression(&traversal.expr), steps: steps.collect() }
    }

    fn for_expression(&self, for_expression: &expr::ForExpr) -> For {
        let intro = &for_expression.intro;
        For {
            intro: ForIntro {
                key: intro.key_var.as_ref().map(|name| name.as_str().into()),
                value: intro.value_var.as_str().into(),
                collection: self.expression(&intro.collection_expr),
            },
            key: for_expression.key_expr.as_ref().map(|key| self.expression(key)),
            value: self.expression(&for_expression.value_expr),
            group: for_expression.grouping,
            condition: for_expression.cond.as_ref().map(|condition| self.expression(&condition.expr)),
        }
    }

    /// A template, its strip marks applied.
    pub(super) fn whole_template<'e>(&self, elements: impl Iterator<Item = &'e Element>, form: Form) -> Template {
        let mut template = self.template(elements);
        lines::arrange(&mut template, form);
        template
    }

    /// A heredoc. hcl-edit has taken its indent away already, by other rules; so its text is parsed once more.
    fn heredoc(&self, heredoc: &HeredocTemplate) -> Template {
        let as_it_is = || self.whole_template(heredoc.template.iter(), Form::Lines);
        let Some(range) = heredoc.span() else { return as_it_is() };
        let written = &self.text[range.clone()];
        let form = if written.starts_with("<<-") { Form::Flush } else { Form::Lines };
        let body = written.find('\n').map_or(0, |end| end + 1)..written.rfind('\n').map_or(0, |end| end + 1);
        let Some(text) = written.get(body.clone()) else { return as_it_is() };
        let Ok(template) = text.parse::<hcl_edit::template::Template>() else { return as_it_is() };
        let base = self.base.map(|base| base + range.start + body.start);
        Converter::new(text, self.whole, base, self.objects).whole_template(template.iter(), form)
    }

    fn template<'e>(&self, elements: impl Iterator<Item = &'e Element>) -> Template {
        elements.map(|element| self.part(element)).collect()
    }

    fn part(&self, element: &Element) -> Part {
        match element {
            Element::Literal(text) => Part::Literal(text.as_str().into()),
            Element::Interpolation(interpolation) => {
                Part::Interpolation(self.expression(&interpolation.expr), strip(interpolation.strip))
            }
            Element::Directive(directive) => match directive.as_ref() {
                Directive::If(directive) => Part::If(Box::new(IfPart {
                    condition: self.expression(&directive.if_expr.cond_expr),
                    consequent: self.template(directive.if_expr.template.iter()),
                    alternative: self.template(directive.else_expr.iter().flat_map(|part| part.template.iter())),
                    if_strip: strip(directive.if_expr.strip),
                    else_strip: directive.else_expr.as_ref().map(|part| strip(part.strip)),
                    end_strip: strip(directive.endif_expr.strip),
                })),
                Directive::For(directive) => Part::For(Box::new(ForPart {
                    intro: ForIntro {
                        key: directive.for_expr.key_var.as_ref().map(|name| name.as_str().into()),
                        value: directive.for_expr.value_var.as_str().into(),
                        collection: self.expression(&directive.for_expr.collection_expr),
                    },
                    body: self.template(directive.for_expr.template.iter()),
                    for_strip: strip(directive.for_expr.strip),
                    end_strip: strip(directive.endfor_expr.strip),
                })),
            },
        }
    }
}

/// A number as it was written: hcl-edit's own value has the precision of a 64-bit float.
fn written(number: &hcl_edit::Formatted<hcl_edit::Number>) -> Box<str> {
    number
        .as_repr()
        .map_or_else(|| number.value().to_string().into(), |written| written.replace([' ', '\t'], "").into())
}

fn strip(strip: hcl_edit::template::Strip) -> Strip {
    Strip { before: strip.strip_start(), after: strip.strip_end() }
}

fn unary_operator(operator: expr::UnaryOperator) -> UnaryOperator {
    match operator {
        expr::UnaryOperator::Neg => UnaryOperator::Negate,
        expr::UnaryOperator::Not => UnaryOperator::Not,
    }
}

fn binary_operator(operator: expr::BinaryOperator) -> BinaryOperator {
    use expr::BinaryOperator as B;
    match operator {
        B::Eq => BinaryOperator::Equal,
        B::NotEq => BinaryOperator::NotEqual,
        B::LessEq => BinaryOperator::LessOrEqual,
        B::GreaterEq => BinaryOperator::GreaterOrEqual,
        B::Less => BinaryOperator::Less,
        B::Greater => BinaryOperator::Greater,
        B::Plus => BinaryOperator::Add,
        B::Minus => BinaryOperator::Subtract,
        B::Mul => BinaryOperator::Multiply,
        B::Div => BinaryOperator::Divide,
        B::Mod => BinaryOperator::Modulo,
        B::And => BinaryOperator::And,
        B::Or => BinaryOperator::Or,
    }
}
