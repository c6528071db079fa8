//! From an expression to its value, as Terraform computes it.
//!
//! Evaluation is by need, and three-valued: what podgate does not know is [`Data::Unknown`] with its reason, which
//! flows through the operations that need it and not through others. What Terraform would refuse is a [`Refusal`];
//! `try` and `can` tell the two apart. Every value knows where it comes from.

mod calls;
mod files;
mod operators;
mod references;
mod scope;
mod template;
mod traverse;

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;
use std::rc::{Rc, Weak};
use std::sync::Arc;

pub(super) use files::{Found, Located};
pub(super) use scope::Scope;

use super::environment::Environment;
use super::inputs::Inputs;
use super::module::Module;
use super::tree::{Node, Tree};
use super::value::{Data, HopKind, Number, Type, Unknown, Value};
use crate::hcl::expression::{Conditional, Expression, For, ForIntro, Kind, parse};
use crate::hcl::json;
use crate::source::{FileId, Sources, Span};

/// So many steps are taken for one setting; a step is the evaluation of one part of an expression.
const MOST_STEPS: u32 = 1_000_000;

/// A local value holds so many values at most, those in what it holds included.
const MOST_VALUES: usize = 100_000;

/// Expressions are evaluated inside of each other, locals included, to this depth.
const MOST_DEPTH: u32 = 400;

/// Text longer than this is not built, in bytes.
pub(super) const MOST_TEXT: usize = 10_000_000;

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

pub(super) fn refuse<T>(reason: impl Into<String>, span: Span) -> Result<T, Refusal> {
    Err(Refusal { reason: reason.into(), span })
}

/// The files that expressions have read, by their paths. Looked up, never listed.
pub(super) type Files = Rc<RefCell<HashMap<PathBuf, FileId>>>;

/// Something of a module that has a value and is evaluated once.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Name {
    Local(Box<str>),
    Variable(Box<str>),
    Output(Box<str>),
    /// A resource or a module call, by its address in the module, as far as an attribute of it is asked for.
    Block(Box<str>, Option<Box<str>>),
}

impl std::fmt::Display for Name {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Local(name) => write!(f, "local.{name}"),
            Self::Variable(name) => write!(f, "var.{name}"),
            Self::Output(name) => write!(f, "output.{name}"),
            Self::Block(address, None) => f.write_str(address),
            Self::Block(address, Some(attribute)) => write!(f, "{address}.{attribute}"),
        }
    }
}

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
    /// The files that expressions have read. Looked up, never listed.
    files: Files,
    /// The names that are being evaluated, the outermost first.
    under_way: RefCell<Vec<Name>>,
    steps: Cell<u32>,
    depth: Cell<u32>,
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
        Self { place: Some((Rc::downgrade(tree), node)), files: tree.files(), ..alone }
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
            files: Files::default(),
            under_way: RefCell::default(),
            steps: Cell::new(0),
            depth: Cell::new(0),
        }
    }

    /// What spans point into.
    #[must_use]
    pub fn sources(&self) -> &'m Sources {
        self.sources
    }

    /// What sets the module's variables.
    pub(super) fn inputs(&self) -> &Inputs<'m> {
        &self.inputs
    }

    /// Evaluates the expression that stands at a span; what Terraform would refuse is not known.
    pub(super) fn value(&self, span: Span, scope: Option<&Scope<'_>>) -> Value {
        self.steps.set(0);
        self.at(span, scope).unwrap_or_else(|Refusal { reason, span }| Value::unknown(reason, span))
    }

    /// Evaluates the expression that stands at a span.
    pub(super) fn at(&self, span: Span, scope: Option<&Scope<'_>>) -> Evaluated {
        let text = self.sources.text(span);
        let parsed = match (self.sources[span.file].is_json(), self.module) {
            (false, _) => parse(text, span),
            (true, None) => json::literal(text, span),
            (true, Some(_)) => json::expression(text, span),
        };
        match parsed {
            Ok(expression) => self.evaluate(&expression, scope),
            // The parser refuses a few expressions that Terraform takes, so that this is no refusal of Terraform's.
            Err(error) => Ok(Value::unknown(error.message, error.span)),
        }
    }

    /// The value of a name, computed when first asked for. `span` is where it is asked for.
    fn once(&self, name: Name, span: Span, compute: impl FnOnce() -> Evaluated) -> Evaluated {
        let known = self.known.borrow().get(&name).cloned();
        match known {
            Some(Some(value)) => return value,
            Some(None) => return Ok(Value::unknown(self.cycle(&name), span)),
            None => {}
        }
        self.known.borrow_mut().insert(name.clone(), None);
        self.under_way.borrow_mut().push(name.clone());
        let value = compute().map(|value| {
            if value.exceeds(MOST_VALUES) {
                let reason = format!("`{name}` holds more than {MOST_VALUES} values, which is podgate's limit");
                return Value::unknown(reason, span);
            }
            value
        });
        self.under_way.borrow_mut().pop();
        self.known.borrow_mut().insert(name, Some(value.clone()));
        value
    }

    /// Names a cycle that closes at a name.
    fn cycle(&self, name: &Name) -> String {
        let under_way = self.under_way.borrow();
        let circle = under_way.iter().skip_while(|other| *other != name).chain([name]);
        let circle: Vec<String> = circle.map(ToString::to_string).collect();
        format!("it depends on itself (`{}`)", circle.join(" -> "))
    }

    /// Evaluates an expression, within limits.
    pub(super) fn evaluate(&self, expression: &Expression, scope: Option<&Scope<'_>>) -> Evaluated {
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
                let elements = elements.iter().map(|element| self.evaluate(element, scope));
                Value::tuple(elements.collect::<Result<_, _>>()?).written(span)
            }
            Kind::Object(items) => {
                let mut attributes = BTreeMap::new();
                for item in items {
                    match self.key(&item.key, scope)? {
                        Ok(key) => _ = attributes.insert(key, self.evaluate(&item.value, scope)?),
                        Err(unknown) => return Ok(unknown),
                    }
                }
                Value::object(attributes).written(span)
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

    /// The key that an expression gives: a string, or a value that is not known.
    fn key(&self, key: &Expression, scope: Option<&Scope<'_>>) -> Result<Result<Arc<str>, Value>, Refusal> {
        let value = self.evaluate(key, scope)?;
        match value.convert(&Type::String).map(|value| value.data) {
            Ok(Data::String(text)) => Ok(Ok(text)),
            Ok(Data::Unknown(_)) => Ok(Err(value)),
            Ok(Data::Null) => refuse("Terraform refuses `null` for a key", key.span),
            _ => refuse(format!("Terraform refuses {} for a key", value.kind()), key.span),
        }
    }

    /// A conditional. Both arms are evaluated, since both have a say in the type of the result; but what is wrong with
    /// the one that is not taken does not matter.
    fn conditional(&self, conditional: &Conditional, span: Span, scope: Option<&Scope<'_>>) -> Evaluated {
        let Conditional { condition, consequent, alternative } = conditional;
        let (condition, chosen) = self.bool_operand(condition, scope, "as a condition")?;
        let (taken, other) = match &chosen {
            Ok(true) => (self.evaluate(consequent, scope)?, self.evaluate(alternative, scope).ok()),
            Ok(false) => (self.evaluate(alternative, scope)?, self.evaluate(consequent, scope).ok()),
            Err(unknown) => {
                let (one, other) = (self.evaluate(consequent, scope)?, self.evaluate(alternative, scope)?);
                let same = one == other && one.missing().is_none();
                let marks = condition.marks.and(one.marks).and(other.marks);
                return Ok(if same { one } else { Value::from(unknown.clone()) }.marked(marks));
            }
        };
        let marks = taken.marks.and(condition.marks);
        let marks = other.as_ref().map_or(marks, |other| marks.and(other.marks));
        let unified = match &other {
            Some(other) => Type::of(&taken).unify(&Type::of(other)),
            None => Some(Type::Any),
        };
        let Some(unified) = unified else {
            let reason = "the two results of this condition are of different types";
            return Ok(Value::unknown(reason, consequent.span.to(alternative.span)));
        };
        let mut value = taken.convert(&unified).unwrap_or(taken).marked(marks);
        // What is written out in an arm comes from what decided for it.
        if !value.origin.is_read() && condition.origin.is_read() {
            value.origin = condition.origin.then(HopKind::Computed, span);
        }
        Ok(value)
    }

    fn for_expression(&self, expression: &For, span: Span, scope: Option<&Scope<'_>>) -> Evaluated {
        let collection = self.evaluate(&expression.intro.collection, scope)?;
        let turns = match turns(&collection, expression.intro.collection.span)? {
            Ok(turns) => turns,
            Err(unknown) => return Ok(Value::from(unknown).marked(collection.marks)),
        };
        let mut marks = collection.marks;
        let mut elements = Vec::new();
        let mut groups: BTreeMap<Arc<str>, Vec<Value>> = BTreeMap::new();
        for turn in &turns {
            let ForIntro { key: key_name, value: value_name, .. } = &expression.intro;
            let inner = Scope::with(scope, value_name, &turn.1);
            let with_key = key_name.as_deref().map(|name| Scope::with(Some(&inner), name, &turn.0));
            let scope = Some(with_key.as_ref().unwrap_or(&inner));
            if let Some(condition) = &expression.condition {
                let (condition, kept) = self.bool_operand(condition, scope, "as a filter")?;
                marks = marks.and(condition.marks);
                match kept {
                    Ok(true) => {}
                    Ok(false) => continue,
                    Err(unknown) => return Ok(Value::from(unknown).marked(marks)),
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
        let value = match &expression.key {
            None => Value::tuple(elements),
            Some(_) => object_of(groups, expression.group, span)?,
        };
        Ok(value.marked(marks).computed(span, [&collection]))
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
            return refuse("two elements of this `for` have one key", span);
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
    // A key is not what is written in the collection.
    let key = |data: Data| Value::from(data).marked(collection.marks);
    let index = |index: usize| key(Data::Number(Number::counted(index)));
    Ok(Ok(match &collection.data {
        Data::List(elements) | Data::Tuple(elements) => {
            elements.iter().enumerate().map(|(at, element)| (index(at), collection.handing(element))).collect()
        }
        Data::Set(elements) => {
            elements.iter().map(|element| (collection.handing(element), collection.handing(element))).collect()
        }
        Data::Map(entries) | Data::Object(entries) => {
            let turn =
                |(name, value): (&Arc<str>, &Value)| (key(Data::String(name.clone())), collection.handing(value));
            entries.iter().map(turn).collect()
        }
        Data::Unknown(unknown) | Data::Partial(_, unknown) => return Ok(Err(unknown.clone())),
        _ => {
            let reason = format!("Terraform refuses to iterate over {}", collection.kind());
            return Err(Refusal { reason, span });
        }
    }))
}
