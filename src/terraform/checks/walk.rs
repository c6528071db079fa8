//! The references of an expression: all of them, whether they are evaluated or not.

use crate::hcl::expression::{Call, Expression, ForIntro, Kind, Part, Step, StepKind};
use crate::source::Span;

/// A name of the module, and the steps behind it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reference<'e> {
    pub(super) root: &'e str,
    pub(super) steps: &'e [Step],
    pub(super) span: Span,
}

impl<'e> Reference<'e> {
    /// The attribute that is the step of this number.
    pub(super) fn attribute(&self, step: usize) -> Option<&'e str> {
        match &self.steps.get(step)?.kind {
            StepKind::Attribute(name) => Some(name),
            _ => None,
        }
    }

    /// The address of what is referred to, in its module, and how many steps it takes; `None` for what is no reference to
    /// something that a module declares.
    pub(super) fn address(&self) -> Option<(String, usize)> {
        let one = || self.attribute(0).map(|name| (format!("{}.{name}", self.root), 1));
        let two = |prefix: &str| {
            self.attribute(0).zip(self.attribute(1)).map(|(kind, name)| (format!("{prefix}{kind}.{name}"), 2))
        };
        match self.root {
            "data" => two("data."),
            "ephemeral" => two("ephemeral."),
            "resource" => two(""),
            "each" | "count" | "self" | "path" | "terraform" => None,
            _ => one(),
        }
    }
}

/// Names that an expression gives itself, or that a block gives to those in it.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Bound<'b> {
    parent: Option<&'b Bound<'b>>,
    names: [Option<&'b str>; 2],
}

impl<'b> Bound<'b> {
    /// These names, and one more.
    pub(super) fn with(&'b self, name: &'b str) -> Self {
        Self { parent: Some(self), names: [Some(name), None] }
    }

    /// Whether a name means something here that is none of the module's.
    fn has(&self, name: &str) -> bool {
        self.names.contains(&Some(name)) || self.parent.is_some_and(|parent| parent.has(name))
    }
}

/// Takes what a walk through an expression finds.
pub(super) trait Visitor {
    /// Goes one level deeper, or not beyond a limit.
    fn deeper(&mut self, inner: &mut dyn FnMut(&mut Self));

    /// Takes a reference to what the expression does not name itself.
    fn reference(&mut self, reference: Reference<'_>);
}

/// Shows a visitor all references of an expression.
pub(super) fn walk<V: Visitor>(expression: &Expression, bound: &Bound<'_>, visitor: &mut V) {
    visitor.deeper(&mut |visitor| parts(expression, bound, visitor));
}

fn parts<V: Visitor>(expression: &Expression, bound: &Bound<'_>, visitor: &mut V) {
    let mut all = |inner: &[&Expression]| inner.iter().for_each(|inner| walk(inner, bound, visitor));
    match &expression.kind {
        Kind::Null | Kind::Bool(_) | Kind::Number(_) | Kind::String(_) => {}
        Kind::Template(template) => template_parts(template, bound, visitor),
        Kind::Tuple(elements) => elements.iter().for_each(|element| walk(element, bound, visitor)),
        Kind::Object(items) => items.iter().for_each(|item| all(&[&item.key, &item.value])),
        Kind::Variable(name) => refer(name, &[], expression.span, bound, visitor),
        Kind::Parenthesis(inner) | Kind::Unary(_, inner) => all(&[inner]),
        Kind::Binary(binary) => all(&[&binary.left, &binary.right]),
        Kind::Conditional(conditional) => {
            all(&[&conditional.condition, &conditional.consequent, &conditional.alternative]);
        }
        Kind::Call(call) => {
            let Call { arguments, .. } = &**call;
            for argument in arguments {
                walk(argument, bound, visitor);
            }
        }
        Kind::Traversal(traversal) => {
            match &traversal.base.kind {
                Kind::Variable(name) => refer(name, &traversal.steps, expression.span, bound, visitor),
                _ => walk(&traversal.base, bound, visitor),
            }
            for step in &traversal.steps {
                if let StepKind::Index(index) = &step.kind {
                    walk(index, bound, visitor);
                }
            }
        }
        Kind::For(inner) => {
            walk(&inner.intro.collection, bound, visitor);
            let bound = turn(&inner.intro, bound);
            let results = inner.key.iter().chain([&inner.value]).chain(&inner.condition);
            results.for_each(|result| walk(result, &bound, visitor));
        }
    }
}

fn template_parts<V: Visitor>(template: &[Part], bound: &Bound<'_>, visitor: &mut V) {
    for part in template {
        match part {
            Part::Literal(_) => {}
            Part::Interpolation(inner, _) => walk(inner, bound, visitor),
            Part::If(directive) => {
                walk(&directive.condition, bound, visitor);
                visitor.deeper(&mut |visitor| {
                    template_parts(&directive.consequent, bound, visitor);
                    template_parts(&directive.alternative, bound, visitor);
                });
            }
            Part::For(directive) => {
                walk(&directive.intro.collection, bound, visitor);
                let bound = turn(&directive.intro, bound);
                visitor.deeper(&mut |visitor| template_parts(&directive.body, &bound, visitor));
            }
        }
    }
}

/// The names of a `for`, besides those around it.
fn turn<'b>(intro: &'b ForIntro, bound: &'b Bound<'b>) -> Bound<'b> {
    Bound { parent: Some(bound), names: [intro.key.as_deref(), Some(&intro.value)] }
}

fn refer<V: Visitor>(root: &str, steps: &[Step], span: Span, bound: &Bound<'_>, visitor: &mut V) {
    if !bound.has(root) {
        visitor.reference(Reference { root, steps, span });
    }
}
