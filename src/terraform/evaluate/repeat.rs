//! What is done for every element of a collection: `for` expressions, and the turns that blocks are repeated in.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Evaluated, Evaluator, MOST_WEIGHT, Refusal, Scope, refuse, too_heavy};
use crate::hcl::expression::{For, ForIntro};
use crate::source::Span;
use crate::terraform::functions;
use crate::terraform::limits::STEPS_OF_PART;
use crate::terraform::value::{Data, Marks, Number, Type, Unknown, Value};

impl Evaluator<'_> {
    pub(super) fn for_expression(&self, expression: &For, span: Span, scope: Option<&Scope<'_>>) -> Evaluated {
        let collection = self.evaluate(&expression.intro.collection, scope)?;
        let turns = match self.turns(&collection, expression.intro.collection.span)? {
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
            // When there is nothing left to spend, no turn comes to anything.
            if let Err(reason) = self.budget().spend(STEPS_OF_PART) {
                return Ok(Value::unknown(reason, span));
            }
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

/// The object that a `for` with keys makes.
fn object_of(groups: BTreeMap<Arc<str>, Vec<Value>>, group: bool, span: Span) -> Evaluated {
    if group {
        return Ok(Value::object(groups.into_iter().map(|(key, values)| (key, Value::tuple(values))).collect()));
    }
    let mut attributes = BTreeMap::new();
    for (key, values) in groups {
        let [value] = values.as_slice() else {
            return refuse("two elements of this `for` have the same key", span);
        };
        attributes.insert(key, value.clone());
    }
    Ok(Value::object(attributes))
}

/// What `each`, or the iterator of a `dynamic` block, stands for in one turn.
pub(in crate::terraform) fn turn_object((key, value): (Value, Value)) -> Value {
    Value::object(BTreeMap::from([("key".into(), key), ("value".into(), value)]))
}

/// The keys and values over which something is repeated, or why they are not known.
pub(in crate::terraform) type Turns = Result<Vec<(Value, Value)>, Arc<Unknown>>;

impl Evaluator<'_> {
    /// The keys and values of a collection.
    pub(in crate::terraform) fn turns(&self, collection: &Value, span: Span) -> Result<Turns, Refusal> {
        let steps = functions::elements(collection) * (20 + 2 * collection.steps_of_handing());
        match self.budget().spend(steps) {
            Ok(()) => turns(collection, span),
            Err(reason) => Ok(Err(Unknown::new(reason, span))),
        }
    }
}

/// The keys and values of a collection.
fn turns(collection: &Value, span: Span) -> Result<Turns, Refusal> {
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
        Data::Unknown(unknown) | Data::Partial(_, unknown) if !Type::of(collection).is_primitive() => {
            return Ok(Err(unknown.clone()));
        }
        _ => {
            let reason = format!("Terraform refuses to iterate over {}", collection.kind());
            return Err(Refusal::new(reason, span));
        }
    }))
}
