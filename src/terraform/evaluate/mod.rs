//! From an expression to its value, as Terraform computes it.
//!
//! Evaluation is by need, and three-valued: what podgate does not know is [`Data::Unknown`] with its reason, which
//! flows through the operations that need it and not through others. What Terraform would refuse is a [`Refusal`];
//! `try` and `can` tell the two apart. Every value knows where it comes from.

mod calls;
mod data_sources;
mod files;
mod names;
mod operators;
mod references;
mod refusal;
mod scope;
mod shared;
mod subject;
mod template;
mod traverse;

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::rc::{Rc, Weak};
use std::sync::Arc;

pub(super) use files::{Found, Located};
use names::Name;
pub use refusal::Refusal;
pub(super) use refusal::refuse;
pub(super) use scope::Scope;
use shared::Parsed;
pub(super) use shared::Shared;

use super::environment::Environment;
use super::inputs::Inputs;
use super::limits::{Budget, MOST_TEXT, MOST_WEIGHT};
use super::module::Module;
use super::tree::{Node, Tree};
use super::value::{Data, HopKind, Marks, Number, Type, Unknown, Value};
use crate::hcl::expression::{Conditional, Expression, For, ForIntro, Kind, parse};
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
    fn parsed(&self, span: Span) -> Parsed {
        let key = (span, self.module.is_none());
        if let Some(known) = self.shared.parsed.borrow().get(&key) {
            return known.clone();
        }
        let text = self.sources.text(span);
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
        if let Err(reason) = self.budget().spend(1) {
            return Ok(Value::unknown(reason, span));
        }
        let value = match self.budget().deeper(|| self.kind(expression, scope)) {
            Ok(value) => value?,
            Err(reason) => return Ok(Value::unknown(reason, span)),
        };
        Ok(Self::light(value, span))
    }

    /// The value, unless it is heavier than podgate's limit.
    fn light(value: Value, span: Span) -> Value {
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
        match value.convert(&Type::String).map(|value| value.data) {
            Ok(Data::String(text)) => Ok(Ok((text, value.marks))),
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
                let (one, other) = (self.evaluate(consequent, scope), self.evaluate(alternative, scope));
                // An arm that Terraform refuses may be the one that is taken.
                let (Ok(one), Ok(other)) = (one, other) else {
                    return Ok(condition.about(Data::Unknown(unknown.clone())));
                };
                let same = one == other && one.missing().is_none();
                let marks = condition.marks.and(one.marks).and(other.marks);
                return Ok(if same { one } else { Value::from(unknown.clone()) }.marked(marks));
            }
        };
        let weight = taken.weight() + other.as_ref().map_or(0, Value::weight);
        if let Err(reason) = self.budget().spend(weight) {
            return Ok(Value::unknown(reason, span));
        }
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
        if let (true, Some(condition)) = (turns.is_empty(), &expression.condition) {
            // Terraform looks at a filter also when there is nothing to be filtered.
            let unknown = Value::unknown("there is no element", span);
            let inner = Scope::turn(scope, &expression.intro.value, &unknown);
            let key = expression.intro.key.as_deref().unwrap_or(&expression.intro.value);
            let scope = Scope::turn(Some(&inner), key, &unknown);
            let (_, _unused) = self.bool_operand(condition, Some(&scope), "as a filter")?;
        }
        let mut marks = collection.marks;
        let mut weight = 0;
        let mut elements = Vec::new();
        let mut groups: BTreeMap<Arc<str>, Vec<Value>> = BTreeMap::new();
        for turn in &turns {
            let ForIntro { key: key_name, value: value_name, .. } = &expression.intro;
            let inner = Scope::turn(scope, value_name, &turn.1);
            let with_key = key_name.as_deref().map(|name| Scope::turn(Some(&inner), name, &turn.0));
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
            let key = match &expression.key {
                Some(key) => match self.key(key, scope)? {
                    Ok(key) => Some(key),
                    Err(unknown) => return Ok(unknown),
                },
                None => None,
            };
            let value = self.evaluate(&expression.value, scope)?;
            weight += value.weight();
            if weight > MOST_WEIGHT {
                return Ok(too_heavy(span));
            }
            match key {
                Some((key, of_key)) => {
                    marks = marks.and(of_key);
                    groups.entry(key).or_default().push(value);
                }
                None => elements.push(value),
            }
        }
        let value = match &expression.key {
            None => Value::tuple(elements),
            Some(_) => object_of(groups, expression.group, span)?,
        };
        Ok(value.marked(marks).computed(span, [&collection]))
    }
}

/// What stands for a value that is heavier than podgate's limit.
fn too_heavy(span: Span) -> Value {
    let reason =
        format!("it holds more than {MOST_WEIGHT} values or {MOST_TEXT} bytes of text, which is podgate's limit");
    Value::unknown(reason, span)
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
            let turn = |(name, value): (&Arc<str>, &Value)| {
                let value = collection.handing(value);
                // Of several files that a collection is made of, a private key is of that of its value.
                let private = collection.marks.private.and(value.marks.private);
                let name = key(Data::String(name.clone()));
                let marks = Marks { private, ..name.marks };
                (name.with_own_marks(marks), value)
            };
            entries.iter().map(turn).collect()
        }
        Data::Unknown(unknown) | Data::Partial(_, unknown) => return Ok(Err(unknown.clone())),
        _ => {
            let reason = format!("Terraform refuses to iterate over {}", collection.kind());
            return Err(Refusal::new(reason, span));
        }
    }))
}
