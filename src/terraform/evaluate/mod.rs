//! From an expression to its value, as Terraform computes it.
//!
//! Evaluation is by need, and three-valued: what podgate does not know is [`Data::Unknown`] with its reason, which
//! flows through the operations that need it and not through others. What Terraform would refuse is a [`Refusal`];
//! `try` and `can` tell the two apart. Every value knows where it comes from.

mod calls;
mod conditional;
mod data_sources;
mod files;
mod fit;
mod glob;
mod late;
mod names;
mod objects;
mod operators;
mod references;
mod refusal;
mod repeat;
mod scope;
mod shared;
mod subject;
mod template;
mod traverse;
mod workspace;

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::rc::{Rc, Weak};
use std::sync::Arc;

pub(super) use files::{Found, Located};
use names::Name;
pub use refusal::Refusal;
pub(super) use refusal::refuse;
pub(super) use repeat::turn_object;
pub(super) use scope::Scope;
pub(super) use shared::{Parsed, Shared};

use super::environment::{Environment, Walk};
use super::functions::Patterns;
use super::inputs::Inputs;
use super::limits::{
    Budget, LETTERS, MOST_NESTED, MOST_TEXT, MOST_WEIGHT, STEPS_OF_DIGITS, STEPS_OF_PARSED_BYTE, STEPS_OF_PART,
};
use super::module::Module;
use super::tree::{Node, Tree};
use super::value::{Data, Marks, Number, Type, Unknown, Value};
use crate::hcl::expression::{Expression, Kind, ParseError, parse};
use crate::hcl::json;
use crate::source::{Sources, Span};

/// A value, or why there is none.
pub type Evaluated = Result<Value, Refusal>;

/// Evaluates the expressions of one module.
#[derive(Debug)]
pub struct Evaluator<'m> {
    sources: &'m Sources,
    /// The module; without one, expressions are constants: no names and no calls.
    module: Option<&'m Module>,
    inputs: Inputs<'m>,
    environment: Environment<'m>,
    /// The tree that the module stands in, and where. A module alone has none.
    place: Option<(Weak<Tree<'m>>, Node)>,
    locals: BTreeMap<&'m str, Span>,
    /// What names came to; `None` while one is being evaluated. Looked up, never listed.
    known: RefCell<HashMap<Name, Option<Evaluated>>>,
    /// The names that are being evaluated, the outermost first.
    under_way: RefCell<Vec<Name>>,
    /// The resource whose settings are being evaluated.
    subject: RefCell<Option<String>>,
    shared: Rc<Shared>,
}

impl<'m> Evaluator<'m> {
    /// An evaluator for a module with these inputs.
    #[must_use]
    pub fn new(sources: &'m Sources, module: &'m Module, inputs: Inputs<'m>, environment: Environment<'m>) -> Self {
        Self { locals: module.locals(), ..Self::with(sources, Some(module), inputs, environment) }
    }

    /// An evaluator for a module that stands in a tree.
    pub(super) fn in_tree(
        tree: &Rc<Tree<'m>>,
        module: &'m Module,
        inputs: Inputs<'m>,
        environment: Environment<'m>,
        node: Node,
    ) -> Self {
        let alone = Self::new(tree.sources(), module, inputs, environment);
        Self { place: Some((Rc::downgrade(tree), node)), shared: tree.shared(), ..alone }
    }

    /// The tree that the module stands in, and where.
    pub(super) fn place(&self) -> Result<(Rc<Tree<'m>>, &Node), Arc<Unknown>> {
        let (tree, node) = self.place.as_ref().ok_or_else(|| {
            let start = self.sources.start_of_first();
            Unknown::new("it depends on another module", start)
        })?;
        Ok((tree.upgrade().expect("a tree outlives its evaluators"), node))
    }

    /// The module.
    #[must_use]
    pub fn module(&self) -> Option<&'m Module> {
        self.module
    }

    /// An evaluator for what is no module: a plan.
    #[must_use]
    pub fn of_plan(sources: &'m Sources) -> Self {
        Self::of_constants(sources)
    }

    /// An evaluator of constants: expressions without names and calls, as value files and defaults hold them.
    pub(super) fn of_constants(sources: &'m Sources) -> Self {
        Self::with(sources, None, Inputs::default(), Environment::default())
    }

    fn with(
        sources: &'m Sources,
        module: Option<&'m Module>,
        inputs: Inputs<'m>,
        environment: Environment<'m>,
    ) -> Self {
        Self {
            sources,
            module,
            inputs,
            environment,
            place: None,
            locals: BTreeMap::new(),
            known: RefCell::default(),
            under_way: RefCell::default(),
            subject: RefCell::default(),
            shared: Rc::default(),
        }
    }

    /// What spans point into.
    #[must_use]
    pub fn sources(&self) -> &'m Sources {
        self.sources
    }

    /// The expressions of the module's local values.
    pub(super) fn local_expressions(&self) -> impl Iterator<Item = (&'m str, Span)> {
        self.locals.iter().map(|(name, expression)| (*name, *expression))
    }

    /// Whether the module has a local value of this name.
    pub(super) fn has_local(&self, name: &str) -> bool {
        self.locals.contains_key(name)
    }

    /// What sets the module's variables.
    pub(super) fn inputs(&self) -> &Inputs<'m> {
        &self.inputs
    }

    /// An evaluator of constants that spends what this one may.
    pub(super) fn constants(&self) -> Self {
        Self { shared: self.shared.clone(), ..Self::of_constants(self.sources) }
    }

    /// What may still be spent.
    pub(super) fn budget(&self) -> &Budget {
        &self.shared.budget
    }

    /// The evaluator, with another budget.
    #[cfg(test)]
    pub(super) fn within(self, budget: Budget) -> Self {
        Self { shared: Rc::new(Shared::with(budget)), ..self }
    }

    /// The regular expressions that were compiled.
    pub(super) fn patterns(&self) -> &Patterns {
        &self.shared.patterns
    }

    /// Evaluates the expression that stands at a span; what Terraform would refuse is not known.
    pub(super) fn value(&self, span: Span, scope: Option<&Scope<'_>>) -> Value {
        self.at(span, scope).unwrap_or_else(|refusal| Arc::<Unknown>::from(refusal).into())
    }

    /// Evaluates the expression that stands at a span.
    pub(super) fn at(&self, span: Span, scope: Option<&Scope<'_>>) -> Evaluated {
        match self.parsed(span) {
            Ok(expression) => self.evaluate(&expression, scope),
            // The parser refuses a few expressions that Terraform takes, so that this is no refusal of Terraform's.
            // What is no expression at all was not analysed; what is beyond the parser's limits was, as far as they go.
            Err(error) if error.is_limit() => Ok(Value::unknown(error.message, error.span)),
            Err(error) => Ok(Unknown::flaw(error.message, error.span).into()),
        }
    }

    /// The expression that stands at a span.
    pub(super) fn parsed(&self, span: Span) -> Parsed {
        let key = (span, self.module.is_none());
        if let Some(known) = self.shared.parsed.borrow().get(&key) {
            return known.clone();
        }
        let text = self.sources.text(span);
        if let Err(message) = self.budget().spend(STEPS_OF_PARSED_BYTE.saturating_mul(text.len())) {
            return Err(ParseError { span, message });
        }
        let parsed = match (self.sources[span.file].is_json(), self.module) {
            (false, _) => parse(text, span),
            (true, None) => json::literal(text, span),
            (true, Some(_)) => json::expression(text, span),
        };
        let parsed = parsed.map(Rc::new);
        self.shared.parsed.borrow_mut().insert(key, parsed.clone());
        parsed
    }

    /// Evaluates an expression, within limits.
    pub(super) fn evaluate(&self, expression: &Expression, scope: Option<&Scope<'_>>) -> Evaluated {
        let span = expression.span;
        if let Err(reason) = self.budget().spend(steps_of(expression)) {
            return Ok(Value::unknown(reason, span));
        }
        let value = match self.budget().deeper(|| self.kind(expression, scope)) {
            Ok(value) => value?,
            Err(reason) => return Ok(Value::unknown(reason, span)),
        };
        let value = if self.environment.walk == Walk::Plan { late::told(value, expression) } else { value };
        Ok(Self::light(value, span))
    }

    /// The value, unless it is heavier or deeper than podgate's limits.
    fn light(value: Value, span: Span) -> Value {
        if value.depth() > MOST_NESTED {
            let reason = format!("it holds values more than {MOST_NESTED} levels deep, which is podgate's limit");
            return Value::unknown(reason, span);
        }
        if value.weight() <= MOST_WEIGHT { value } else { too_heavy(span) }
    }

    fn kind(&self, expression: &Expression, scope: Option<&Scope<'_>>) -> Evaluated {
        let span = expression.span;
        Ok(match &expression.kind {
            Kind::Null => Value::from(Data::Null).written(span),
            Kind::Bool(value) => Value::from(*value).written(span),
            Kind::Number(number) => match Number::parse(number) {
                Some(number) => Value::from(number).written(span),
                None => Value::unknown("this number has more digits than podgate computes with", span),
            },
            Kind::String(text) => Value::string(text).written(span),
            Kind::Template(template) => self.template(template, span, scope)?,
            Kind::Tuple(elements) => {
                let (mut values, mut weight) = (Vec::new(), 0);
                for element in elements {
                    let value = self.evaluate(element, scope)?;
                    weight += value.weight();
                    values.push(value);
                    if weight > MOST_WEIGHT {
                        return Ok(too_heavy(span));
                    }
                }
                Value::tuple(values).written(span)
            }
            Kind::Object(items) => {
                let (mut attributes, mut marks, mut weight) = (BTreeMap::new(), Marks::default(), 0);
                for item in items {
                    let (key, of_key) = match self.key(&item.key, scope)? {
                        Ok(key) => key,
                        Err(unknown) => return Ok(unknown),
                    };
                    let value = self.evaluate(&item.value, scope)?;
                    marks = marks.and(of_key);
                    weight += value.weight();
                    attributes.insert(key, value);
                    if weight > MOST_WEIGHT {
                        return Ok(too_heavy(span));
                    }
                }
                Value::object(attributes).written(span).marked(marks)
            }
            Kind::Variable(name) => self.reference(name, &[], span, scope)?,
            Kind::Parenthesis(inner) => self.evaluate(inner, scope)?,
            Kind::Unary(operator, operand) => self.unary(*operator, operand, span, scope)?,
            Kind::Binary(binary) => self.binary(binary, span, scope)?,
            Kind::Conditional(conditional) => self.conditional(conditional, span, scope)?,
            Kind::Call(call) => self.call(call, span, scope)?,
            Kind::Traversal(traversal) => self.traversal(traversal, span, scope)?,
            Kind::For(expression) => self.for_expression(expression, span, scope)?,
        })
    }

    /// The key that an expression gives, with its marks: a string, or a value that is not known.
    fn key(&self, key: &Expression, scope: Option<&Scope<'_>>) -> Result<Result<(Arc<str>, Marks), Value>, Refusal> {
        let value = self.evaluate(key, scope)?;
        if let Err(reason) = self.budget().spend(steps_of_text(&value)) {
            return Ok(Err(Value::unknown(reason, key.span)));
        }
        match value.convert(&Type::String).map(|value| value.data) {
            Ok(Data::String(text)) => Ok(Ok((text, value.marks))),
            Ok(Data::Unknown(unknown)) => Ok(Err(value.about(Data::Unknown(unknown)))),
            Ok(Data::Null) => refuse("Terraform refuses `null` for a key", key.span),
            _ => refuse(format!("Terraform refuses {} for a key", value.kind()), key.span),
        }
    }
}

/// What Terraform refuses elsewhere in the module, `try` does not catch here.
fn unknown_of(refusal: Refusal) -> Value {
    Arc::<Unknown>::from(refusal).into()
}

/// What stands for a value that is heavier than podgate's limit.
fn too_heavy(span: Span) -> Value {
    let reason =
        format!("it holds more than {MOST_WEIGHT} values or {MOST_TEXT} bytes of text, which is podgate's limit");
    Value::unknown(reason, span)
}

/// What it takes to make a text of a value that is none, in steps.
fn steps_of_text(value: &Value) -> usize {
    if matches!(value.data, Data::Number(_)) { value.weight() * STEPS_OF_DIGITS } else { 1 }
}

/// What a part of an expression takes besides what is in it, in steps: a text is copied, a number is read.
fn steps_of(expression: &Expression) -> usize {
    STEPS_OF_PART
        + match &expression.kind {
            Kind::String(text) if text.is_ascii() => text.len() / LETTERS,
            Kind::String(text) => text.len().saturating_mul(5),
            Kind::Number(number) => number.len().saturating_mul(1 + number.len() / LETTERS),
            Kind::Tuple(elements) => elements.len(),
            Kind::Object(items) => 5 * items.len(),
            _ => 0,
        }
}
