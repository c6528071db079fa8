//! The names that an expression refers to.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::{Expression, ForIntro, Kind, Part, StepKind, Template};

/// The variables of the `for`s around an expression.
type Bound<'e> = Option<Rc<Scope<'e>>>;

/// A variable of a `for`, and those around it.
struct Scope<'e> {
    name: &'e str,
    outer: Bound<'e>,
}

/// A part of an expression that is to be looked at.
enum Pending<'e> {
    Expression(&'e Expression),
    Template(&'e Template),
}

/// The roots of all references in an expression, but for the variables of its own `for`s.
#[must_use]
pub fn free_names(expression: &Expression) -> BTreeSet<&str> {
    let mut search = Search::default();
    search.pending.push((Pending::Expression(expression), None));
    // On the heap, since the input chooses how deep expressions nest.
    while let Some((next, bound)) = search.pending.pop() {
        match next {
            Pending::Expression(expression) => search.expression(expression, &bound),
            Pending::Template(template) => template.iter().for_each(|part| search.part(part, &bound)),
        }
    }
    search.names
}

#[derive(Default)]
struct Search<'e> {
    pending: Vec<(Pending<'e>, Bound<'e>)>,
    names: BTreeSet<&'e str>,
}

impl<'e> Search<'e> {
    fn push(&mut self, expression: &'e Expression, bound: &Bound<'e>) {
        self.pending.push((Pending::Expression(expression), bound.clone()));
    }

    fn push_template(&mut self, template: &'e Template, bound: &Bound<'e>) {
        self.pending.push((Pending::Template(template), bound.clone()));
    }

    fn expression(&mut self, expression: &'e Expression, bound: &Bound<'e>) {
        match &expression.kind {
            Kind::Null | Kind::Bool(_) | Kind::Number(_) | Kind::String(_) => {}
            Kind::Variable(name) => {
                if !is_bound(name, bound) {
                    self.names.insert(name);
                }
            }
            Kind::Template(template) => self.push_template(template, bound),
            Kind::Tuple(elements) => elements.iter().for_each(|element| self.push(element, bound)),
            Kind::Object(items) => {
                for item in items {
                    self.push(&item.key, bound);
                    self.push(&item.value, bound);
                }
            }
            Kind::Parenthesis(inner) | Kind::Unary(_, inner) => self.push(inner, bound),
            Kind::Binary(binary) => {
                self.push(&binary.left, bound);
                self.push(&binary.right, bound);
            }
            Kind::Conditional(conditional) => {
                for part in [&conditional.condition, &conditional.consequent, &conditional.alternative] {
                    self.push(part, bound);
                }
            }
            Kind::Call(call) => call.arguments.iter().for_each(|argument| self.push(argument, bound)),
            Kind::Traversal(traversal) => {
                self.push(&traversal.base, bound);
                for step in &traversal.steps {
                    if let StepKind::Index(index) = &step.kind {
                        self.push(index, bound);
                    }
                }
            }
            Kind::For(each) => {
                let inner = self.intro(&each.intro, bound);
                let parts = each.key.iter().chain([&each.value]).chain(&each.condition);
                parts.for_each(|part| self.push(part, &inner));
            }
        }
    }

    fn part(&mut self, part: &'e Part, bound: &Bound<'e>) {
        match part {
            Part::Literal(_) => {}
            Part::Interpolation(expression, _) => self.push(expression, bound),
            Part::If(part) => {
                self.push(&part.condition, bound);
                self.push_template(&part.consequent, bound);
                self.push_template(&part.alternative, bound);
            }
            Part::For(part) => {
                let inner = self.intro(&part.intro, bound);
                self.push_template(&part.body, &inner);
            }
        }
    }

    /// The variables inside of a `for`.
    fn intro(&mut self, intro: &'e ForIntro, bound: &Bound<'e>) -> Bound<'e> {
        self.push(&intro.collection, bound);
        let names = intro.key.iter().chain([&intro.value]);
        names.fold(bound.clone(), |outer, name| Some(Rc::new(Scope { name, outer })))
    }
}

fn is_bound(name: &str, bound: &Bound<'_>) -> bool {
    let mut scope = bound.as_ref();
    while let Some(current) = scope {
        if current.name == name {
            return true;
        }
        scope = current.outer.as_ref();
    }
    false
}

#[cfg(test)]
mod tests {
    use super::super::parse_template;
    use super::*;
    use crate::source::{Sources, Span, read};

    #[test]
    fn variables_of_a_for_are_not_free() {
        let sources = Sources::default();
        let text = "${a.b[c]} %{ for k, v in d }${k}${v}${[for x in v : x + y]}%{ endfor }${v}${{ z = f(w)[*].u }.z}";
        let file = sources.add("a.tpl".into(), read::text(text.as_bytes().to_vec()).expect("text"));
        let template = parse_template(text, Span::new(file, 0, text.len())).expect("a template");
        let names: Vec<&str> = free_names(&template).into_iter().collect();
        assert_eq!(names, ["a", "c", "d", "v", "w", "y"]);
    }
}
