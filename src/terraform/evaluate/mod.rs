//! From an expression to its value, as Terraform computes it.
//!
//! Evaluation is by need, and three-valued: what podgate does not know is a [`Value::Unknown`] with its reason, which
//! flows through the operations that need it and not through others. What Terraform would refuse is a [`Refusal`];
//! `try` and `can` tell the two apart.

mod operators;
mod template;
mod traverse;

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::functions;
use super::module::Module;
use super::value::{Type, Unknown, Value};
use crate::hcl::expression::{Call, Conditional, Expression, For, ForIntro, Kind, parse};
use crate::source::{Sources, Span};

/// So many steps are taken for one setting; a step is the evaluation of one part of an expression.
const MOST_STEPS: u32 = 1_000_000;

/// A local value holds so many values at most, those in what it holds included.
const MOST_VALUES: usize = 100_000;

/// Expressions are evaluated inside of each other, locals included, to this depth.
const MOST_DEPTH: u32 = 400;

/// Why Terraform would refuse an expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// What is wrong, a clause that follows "because": "Terraform refuses ...".
    pub reason: String,
    /// Where.
    pub span: Span,
}

/// A value, or why there is none.
pub type Evaluated = Result<Value, Refusal>;

pub(super) fn refuse(reason: impl Into<String>, span: Span) -> Evaluated {
    Err(Refusal { reason: reason.into(), span })
}

/// The names that are in scope besides the module's own: `each`, `count`, iterators, the variables of `for`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scope<'s> {
    parent: Option<&'s Scope<'s>>,
    name: &'s str,
    value: &'s Value,
}

impl<'s> Scope<'s> {
    /// The scope in which one more name stands for a value.
    pub(super) fn with(parent: Option<&'s Scope<'s>>, name: &'s str, value: &'s Value) -> Self {
        Self { parent, name, value }
    }

    fn find(&self, name: &str) -> Option<&'s Value> {
        if self.name == name { Some(self.value) } else { self.parent.and_then(|parent| parent.find(name)) }
    }
}

/// Evaluates the expressions of one module.
#[derive(Debug)]
pub struct Evaluator<'m> {
    sources: &'m Sources,
    locals: BTreeMap<&'m str, Span>,
    /// Whether a local that is not there is known not to be there.
    complete: bool,
    /// What locals came to; `None` while one is being evaluated. Looked up, never listed.
    known: RefCell<HashMap<String, Option<Evaluated>>>,
    /// The locals that are being evaluated, the outermost first.
    under_way: RefCell<Vec<String>>,
    steps: Cell<u32>,
    depth: Cell<u32>,
}

impl<'m> Evaluator<'m> {
    /// An evaluator for a module.
    #[must_use]
    pub fn new(sources: &'m Sources, module: &'m Module) -> Self {
        Self {
            sources,
            locals: module.locals(),
            complete: module.is_complete(),
            known: RefCell::default(),
            under_way: RefCell::default(),
            steps: Cell::new(0),
            depth: Cell::new(0),
        }
    }

    /// The text of a span.
    pub(super) fn sources(&self) -> &'m Sources {
        self.sources
    }

    /// Evaluates the expression that stands at a span; what Terraform would refuse is not known.
    pub(super) fn value(&self, span: Span, scope: Option<&Scope<'_>>) -> Value {
        self.steps.set(0);
        self.at(span, scope).unwrap_or_else(|Refusal { reason, span }| Value::unknown(reason, span))
    }

    /// Evaluates the expression that stands at a span.
    fn at(&self, span: Span, scope: Option<&Scope<'_>>) -> Evaluated {
        match parse(self.sources.text(span), span) {
            Ok(expression) => self.evaluate(&expression, scope),
            // hcl-edit refuses a few expressions that Terraform takes, so that this is no refusal of Terraform's.
            Err(error) => Ok(Value::unknown(error.message, error.span)),
        }
    }

    /// The value of a local.
    ///
    /// # Errors
    ///
    /// When Terraform refuses its expression. `span` is where it is asked for.
    pub fn local(&self, name: &str, span: Span) -> Evaluated {
        let Some(expression) = self.locals.get(name) else {
            if !self.complete {
                return Ok(Value::unknown(format!("`local.{name}` is not in what could be read of the module"), span));
            }
            // Terraform refuses the whole module for this, so that `try` does not help.
            return Ok(Value::unknown(format!("there is no local value called `{name}`"), span));
        };
        let known = self.known.borrow().get(name).cloned();
        match known {
            Some(Some(value)) => return value,
            Some(None) => return Ok(Value::unknown(self.cycle(name), span)),
            None => {}
        }
        self.known.borrow_mut().insert(name.to_owned(), None);
        self.under_way.borrow_mut().push(name.to_owned());
        let value = self.at(*expression, None).map(|value| {
            if value.exceeds(MOST_VALUES) {
                let reason = format!("`local.{name}` holds more than {MOST_VALUES} values, which is podgate's limit");
                return Value::unknown(reason, *expression);
            }
            value
        });
        self.under_way.borrow_mut().pop();
        self.known.borrow_mut().insert(name.to_owned(), Some(value.clone()));
        value
    }

    /// Names a cycle that closes at a local.
    fn cycle(&self, name: &str) -> String {
        let under_way = self.under_way.borrow();
        let circle = under_way.iter().map(String::as_str).skip_while(|local| *local != name).chain([name]);
        let circle: Vec<String> = circle.map(|local| format!("local.{local}")).collect();
        format!("it depends on itself (`{}`)", circle.join(" -> "))
    }

    /// Evaluates an expression, within limits.
    fn evaluate(&self, expression: &Expression, scope: Option<&Scope<'_>>) -> Evaluated {
        let (steps, depth) = (self.steps.get() + 1, self.depth.get() + 1);
        if steps > MOST_STEPS {
            let reason = format!("it takes more than {MOST_STEPS} steps to compute, which is podgate's limit");
            return Ok(Value::unknown(reason, expression.span));
        }
        if depth > MOST_DEPTH {
            let reason = format!("it is nested more than {MOST_DEPTH} levels deep, which is podgate's limit");
            return Ok(Value::unknown(reason, expression.span));
        }
        self.steps.set(steps);
        self.depth.set(depth);
        let value = self.kind(expression, scope);
        self.depth.set(depth - 1);
        value
    }

    fn kind(&self, expression: &Expression, scope: Option<&Scope<'_>>) -> Evaluated {
        let span = expression.span;
        match &expression.kind {
            Kind::Null => Ok(Value::Null),
            Kind::Bool(value) => Ok(Value::Bool(*value)),
            Kind::Number(number) => Ok(match super::value::Number::parse(number) {
                Some(number) => Value::Number(number),
                None => Value::unknown("this number has more digits than podgate computes with", span),
            }),
            Kind::String(text) => Ok(Value::String(text.as_ref().into())),
            Kind::Template(template) => self.template(template, span, scope),
            Kind::Tuple(elements) => {
                let elements = elements.iter().map(|element| self.evaluate(element, scope));
                Ok(Value::tuple(elements.collect::<Result<_, _>>()?))
            }
            Kind::Object(items) => {
                let mut attributes = BTreeMap::new();
                for item in items {
                    match self.key(&item.key, scope)? {
                        Ok(key) => _ = attributes.insert(key, self.evaluate(&item.value, scope)?),
                        Err(unknown) => return Ok(unknown),
                    }
                }
                Ok(Value::object(attributes))
            }
            Kind::Variable(name) => self.reference(name, &[], span, scope),
            Kind::Parenthesis(inner) => self.evaluate(inner, scope),
            Kind::Unary(operator, operand) => self.unary(*operator, operand, scope),
            Kind::Binary(binary) => self.binary(binary, scope),
            Kind::Conditional(conditional) => self.conditional(conditional, scope),
            Kind::Call(call) => self.call(call, span, scope),
            Kind::Traversal(traversal) => self.traversal(traversal, span, scope),
            Kind::For(expression) => self.for_expression(expression, span, scope),
        }
    }

    /// The key that an expression gives: a string, or a value that is not known.
    fn key(&self, key: &Expression, scope: Option<&Scope<'_>>) -> Result<Result<Arc<str>, Value>, Refusal> {
        let value = self.evaluate(key, scope)?;
        match value.convert(&Type::String) {
            Ok(Value::String(text)) => Ok(Ok(text)),
            Ok(Value::Unknown(unknown)) => Ok(Err(Value::Unknown(unknown))),
            Ok(Value::Null) => Err(Refusal { reason: "Terraform refuses `null` for a key".to_owned(), span: key.span }),
            _ => Err(Refusal { reason: format!("Terraform refuses {} for a key", value.kind()), span: key.span }),
        }
    }

    /// A conditional. Both arms are evaluated, since both have a say in the type of the result; but what is wrong with
    /// the one that is not taken does not matter.
    fn conditional(&self, conditional: &Conditional, scope: Option<&Scope<'_>>) -> Evaluated {
        let Conditional { condition, consequent, alternative } = conditional;
        let chosen = self.bool_operand(condition, scope, "as a condition")?;
        let (taken, other) = match &chosen {
            Ok(true) => (self.evaluate(consequent, scope)?, self.evaluate(alternative, scope).ok()),
            Ok(false) => (self.evaluate(alternative, scope)?, self.evaluate(consequent, scope).ok()),
            Err(unknown) => {
                let (one, other) = (self.evaluate(consequent, scope)?, self.evaluate(alternative, scope)?);
                let same = one == other && one.missing().is_none();
                return Ok(if same { one } else { Value::Unknown(unknown.clone()) });
            }
        };
        let Some(other) = other else { return Ok(taken) };
        let Some(unified) = Type::of(&taken).unify(&Type::of(&other)) else {
            let reason = "the two results of this condition are of different types";
            return Ok(Value::unknown(reason, consequent.span.to(alternative.span)));
        };
        Ok(taken.convert(&unified).unwrap_or(taken))
    }

    fn call(&self, call: &Call, span: Span, scope: Option<&Scope<'_>>) -> Evaluated {
        let name = call.name.strip_prefix("core::").unwrap_or(&call.name);
        match name {
            "try" => return self.try_call(call, span, scope),
            "can" => return self.can_call(call, span, scope),
            _ => {}
        }
        let mut arguments =
            call.arguments.iter().map(|argument| self.evaluate(argument, scope)).collect::<Result<Vec<_>, _>>()?;
        if call.expand_last {
            match arguments.pop() {
                Some(Value::List(last) | Value::Set(last) | Value::Tuple(last)) => {
                    arguments.extend(last.iter().cloned());
                }
                Some(Value::Unknown(unknown)) => return Ok(Value::Unknown(unknown)),
                _ => return refuse("Terraform refuses `...` behind what is no list", span),
            }
        }
        functions::call(name, &arguments, span)
    }

    /// `try`: the first argument that Terraform does not refuse. One that is not known may be refused or not.
    fn try_call(&self, call: &Call, span: Span, scope: Option<&Scope<'_>>) -> Evaluated {
        for argument in &call.arguments {
            if let Ok(value) = self.evaluate(argument, scope) {
                return Ok(match value.missing() {
                    Some(unknown) => Value::Unknown(unknown.clone()),
                    None => value,
                });
            }
        }
        refuse("Terraform refuses every argument of this `try`", span)
    }

    /// `can`: whether Terraform does not refuse the argument.
    fn can_call(&self, call: &Call, span: Span, scope: Option<&Scope<'_>>) -> Evaluated {
        let [argument] = call.arguments.as_slice() else {
            return refuse("Terraform's `can` takes one argument", span);
        };
        Ok(match self.evaluate(argument, scope) {
            Ok(value) => match value.missing() {
                Some(unknown) => Value::Unknown(unknown.clone()),
                None => Value::Bool(true),
            },
            Err(_) => Value::Bool(false),
        })
    }

    fn for_expression(&self, expression: &For, span: Span, scope: Option<&Scope<'_>>) -> Evaluated {
        let collection = self.evaluate(&expression.intro.collection, scope)?;
        let turns = match turns(&collection, expression.intro.collection.span)? {
            Ok(turns) => turns,
            Err(unknown) => return Ok(Value::Unknown(unknown)),
        };
        let mut elements = Vec::new();
        let mut groups: BTreeMap<Arc<str>, Vec<Value>> = BTreeMap::new();
        for turn in &turns {
            let ForIntro { key: key_name, value: value_name, .. } = &expression.intro;
            let inner = Scope::with(scope, value_name, &turn.1);
            let with_key = key_name.as_deref().map(|name| Scope::with(Some(&inner), name, &turn.0));
            let scope = Some(with_key.as_ref().unwrap_or(&inner));
            if let Some(condition) = &expression.condition {
                match self.bool_operand(condition, scope, "as a filter")? {
                    Ok(true) => {}
                    Ok(false) => continue,
                    Err(unknown) => return Ok(Value::Unknown(unknown)),
                }
            }
            let Some(key) = &expression.key else {
                elements.push(self.evaluate(&expression.value, scope)?);
                continue;
            };
            match self.key(key, scope)? {
                Ok(key) => groups.entry(key).or_default().push(self.evaluate(&expression.value, scope)?),
                Err(unknown) => return Ok(unknown),
            }
        }
        if expression.key.is_none() {
            return Ok(Value::tuple(elements));
        }
        object_of(groups, expression.group, span)
    }
}

/// The object that a `for` with keys makes.
fn object_of(groups: BTreeMap<Arc<str>, Vec<Value>>, group: bool, span: Span) -> Evaluated {
    if group {
        return Ok(Value::object(groups.into_iter().map(|(key, values)| (key, Value::tuple(values))).collect()));
    }
    let mut attributes = BTreeMap::new();
    for (key, values) in groups {
        let [value] = values.as_slice() else {
            return refuse(format!("two elements of this `for` have the key {key:?}"), span);
        };
        attributes.insert(key, value.clone());
    }
    Ok(Value::object(attributes))
}

/// What `each`, or the iterator of a `dynamic` block, stands for in one turn.
pub(super) fn turn_object((key, value): (Value, Value)) -> Value {
    Value::object(BTreeMap::from([("key".into(), key), ("value".into(), value)]))
}

/// The keys and values over which something is repeated, or why they are not known.
pub(super) type Turns = Result<Vec<(Value, Value)>, Arc<Unknown>>;

/// The keys and values of a collection.
pub(super) fn turns(collection: &Value, span: Span) -> Result<Turns, Refusal> {
    let index = |index: usize| Value::Number(super::value::Number::counted(index));
    Ok(Ok(match collection {
        Value::List(elements) | Value::Tuple(elements) => {
            elements.iter().enumerate().map(|(at, element)| (index(at), element.clone())).collect()
        }
        Value::Set(elements) => elements.iter().map(|element| (element.clone(), element.clone())).collect(),
        Value::Map(entries) | Value::Object(entries) => {
            entries.iter().map(|(key, value)| (Value::String(key.clone()), value.clone())).collect()
        }
        Value::Unknown(unknown) => return Ok(Err(unknown.clone())),
        _ => {
            let reason = format!("Terraform refuses to iterate over {}", collection.kind());
            return Err(Refusal { reason, span });
        }
    }))
}
