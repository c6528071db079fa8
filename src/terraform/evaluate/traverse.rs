//! Steps into values: attributes, indexes, splats.

use std::sync::Arc;

use super::{Evaluated, Evaluator, Refusal, Scope, refuse, steps_of_text};
use crate::hcl::expression::{Expression, Kind, Step, StepKind, Traversal};
use crate::source::Span;
use crate::terraform::functions::{self, unified};
use crate::terraform::limits::{STEPS_OF_CONVERSION, STEPS_OF_PART};
use crate::terraform::value::{Data, HopKind, Type, Unknown, Value};

impl Evaluator<'_> {
    pub(super) fn traversal(&self, traversal: &Traversal, span: Span, scope: Option<&Scope<'_>>) -> Evaluated {
        if let Kind::Variable(name) = &traversal.base.kind {
            return self.reference(name, &traversal.steps, span, scope);
        }
        let base = self.evaluate(&traversal.base, scope)?;
        Ok(self.walk(base, &traversal.steps, scope)?.read(span))
    }

    /// Takes steps into a value.
    pub(super) fn walk(&self, mut value: Value, mut steps: &[Step], scope: Option<&Scope<'_>>) -> Evaluated {
        while let [step, rest @ ..] = steps {
            if matches!(value.data, Data::Unknown(_)) {
                let of = self.type_behind(&Type::of(&value), steps, scope)?;
                return Ok(value.about(value.data.clone()).of_type(&of));
            }
            if let Err(reason) = self.budget().spend(STEPS_OF_PART + value.steps_of_handing()) {
                return Ok(Value::unknown(reason, step.span));
            }
            steps = rest;
            value = match &step.kind {
                StepKind::Attribute(name) => attribute(&value, name, step.span)?,
                StepKind::Index(index) => self.index(&value, index, step.span, scope)?,
                StepKind::FullSplat => return self.splat(&value, rest, step.span, scope),
                StepKind::AttributeSplat => {
                    let is_attribute = |step: &&Step| matches!(step.kind, StepKind::Attribute(_));
                    let (each, behind) = rest.split_at(rest.iter().take_while(is_attribute).count());
                    steps = behind;
                    self.splat(&value, each, step.span, scope)?
                }
            };
        }
        Ok(value)
    }

    /// Takes steps into every element of a collection; what is none is taken as its only element, `null` as none.
    fn splat(&self, value: &Value, steps: &[Step], span: Span, scope: Option<&Scope<'_>>) -> Evaluated {
        let handing = functions::elements(value) * (5 + value.steps_of_handing());
        if let Err(reason) = self.budget().spend(handing) {
            return Ok(Value::unknown(reason, span));
        }
        let elements = match &value.data {
            Data::List(elements) | Data::Set(elements) | Data::Tuple(elements) => {
                elements.iter().map(|element| value.handing(element)).collect()
            }
            Data::Null if matches!(Type::of(value), Type::List(_) | Type::Set(_) | Type::Tuple(_)) => {
                return refuse("Terraform refuses a splat of `null` that stands for a list", span);
            }
            Data::Null => Vec::new(),
            _ => vec![value.clone()],
        };
        let each =
            || elements.into_iter().map(|element| self.walk(element, steps, scope)).collect::<Result<Vec<_>, _>>();
        let walked = match self.budget().deeper(each) {
            Ok(walked) => walked?,
            Err(reason) => return Ok(Value::unknown(reason, span)),
        };
        let is_list = matches!(value.data, Data::List(_) | Data::Set(_));
        let weight = walked.iter().map(Value::weight).sum::<usize>();
        if is_list && let Err(reason) = self.budget().spend(weight.saturating_mul(STEPS_OF_CONVERSION)) {
            return Ok(Value::unknown(reason, span));
        }
        let walked = match (Type::of(value).element(), is_list) {
            (Some(element), true) if walked.is_empty() => {
                // Terraform looks at the type of what it would hold.
                let of = self.type_behind(element, steps, scope)?;
                Value::list(walked).of_type(&Type::list_of(of))
            }
            (_, true) => unified(walked),
            _ => Value::tuple(walked),
        };
        // What the elements have is not what is written where the collection is.
        let origin = value.origin.clone().then(HopKind::Computed, span);
        Ok(walked.marked(value.marks).from_origin(origin))
    }

    /// The type of what steps lead to in an unknown value of a type.
    fn type_behind(&self, of: &Type, steps: &[Step], scope: Option<&Scope<'_>>) -> Result<Type, Refusal> {
        let [step, rest @ ..] = steps else { return Ok(of.clone()) };
        let next = match (&step.kind, of) {
            (_, Type::Any) | (StepKind::Index(_), Type::Object(_)) => return Ok(Type::Any),
            (StepKind::Attribute(name), Type::Object(types)) => match types.get(&**name) {
                Some(of) => of.clone(),
                None => return refuse(format!("an object has no `{name}`"), step.span),
            },
            (StepKind::Attribute(_) | StepKind::Index(_), Type::Map(element))
            | (StepKind::Index(_), Type::List(element)) => (**element).clone(),
            (StepKind::Index(index), Type::Tuple(types)) => {
                let index = self.evaluate(index, scope)?.convert(&Type::Number).map(|index| index.data);
                match index {
                    Ok(Data::Number(at)) => match at.to_usize().and_then(|at| types.get(at)) {
                        Some(of) => of.clone(),
                        None => return refuse("this index is not one of a tuple's elements", step.span),
                    },
                    _ => return Ok(Type::Any),
                }
            }
            (StepKind::FullSplat | StepKind::AttributeSplat, of) => return self.type_of_splat(of, step, rest, scope),
            (StepKind::Attribute(name), _) => {
                return refuse(format!("Terraform refuses `.{name}` on {}", of.name()), step.span);
            }
            (StepKind::Index(_), _) => {
                return refuse(format!("Terraform refuses an index into {}", of.name()), step.span);
            }
        };
        self.type_behind(&next, rest, scope)
    }

    /// The type of a splat of an unknown value. One that is no collection may be `null`, and then there is no element.
    fn type_of_splat(&self, of: &Type, step: &Step, rest: &[Step], scope: Option<&Scope<'_>>) -> Result<Type, Refusal> {
        let is_attribute = |step: &&Step| matches!(step.kind, StepKind::Attribute(_));
        let each = match step.kind {
            StepKind::AttributeSplat => rest.iter().take_while(is_attribute).count(),
            _ => rest.len(),
        };
        let (each, behind) = rest.split_at(each);
        let splat = match of {
            Type::List(element) | Type::Set(element) => Type::list_of(self.type_behind(element, each, scope)?),
            Type::Tuple(types) => {
                Type::Tuple(types.iter().map(|of| self.type_behind(of, each, scope)).collect::<Result<_, _>>()?)
            }
            _ => return Ok(Type::Any),
        };
        self.type_behind(&splat, behind, scope)
    }

    fn index(&self, value: &Value, index: &Expression, span: Span, scope: Option<&Scope<'_>>) -> Evaluated {
        let key = self.evaluate(index, scope)?;
        if let Err(reason) = self.budget().spend(steps_of_text(&key)) {
            return Ok(Value::unknown(reason, span));
        }
        let element = match &value.data {
            Data::List(elements) | Data::Tuple(elements) => match key.convert(&Type::Number).map(|key| key.data) {
                Ok(Data::Unknown(unknown)) => return Ok(some_element(value, &key, unknown)),
                Ok(Data::Number(number)) => match number.to_usize().and_then(|at| elements.get(at)) {
                    Some(element) => Ok(value.handing(element)),
                    None => refuse(format!("this index is not one of {} elements", elements.len()), span),
                },
                _ => refuse(format!("Terraform refuses {} for the index of a list", key.kind()), span),
            },
            Data::Map(_) | Data::Object(_) | Data::Partial(..) => {
                match key.convert(&Type::String).map(|key| key.data) {
                    Ok(Data::Unknown(unknown)) => return Ok(some_element(value, &key, unknown)),
                    Ok(Data::String(name)) => match attribute(value, &name, span) {
                        Err(_) if self.is_workspace(&key) => Err(self.without_entry(value, &key, span)),
                        Err(_) if key.marks.are_secret() || key.origin.is_hidden() => {
                            refuse(format!("{} has no entry with this key", value.kind()), span)
                        }
                        entry => entry,
                    },
                    _ => refuse(format!("Terraform refuses {} for the key of a map", key.kind()), span),
                }
            }
            _ => refuse(format!("Terraform refuses an index into {}", value.kind()), span),
        };
        let mut element = element?.marked(key.marks);
        // What is written out in a table comes from the key that was looked up.
        if !element.origin.is_read() && key.origin.is_read() {
            element = element.computed(span, [&key]);
        }
        Ok(element)
    }
}

/// What stands at a key that is not known: unknown, of the type that all elements of a collection have.
fn some_element(value: &Value, key: &Value, unknown: Arc<Unknown>) -> Value {
    let element = key.about(Data::Unknown(unknown));
    match Type::of(value).element() {
        Some(of) if Type::of(key) != Type::Any => element.of_type(of),
        _ => element,
    }
}

/// The attribute of a name.
fn attribute(value: &Value, name: &str, span: Span) -> Evaluated {
    match &value.data {
        Data::Map(entries) | Data::Object(entries) => match entries.get(name) {
            Some(held) => Ok(value.handing(held)),
            None => refuse(format!("{} has no `{name}`", value.kind()), span),
        },
        Data::Partial(entries, unknown) => Ok(match entries.get(name) {
            Some(held) => value.handing(held),
            None => value.about(Data::Unknown(unknown.clone())),
        }),
        // What is written as blocks may be one object to the provider.
        Data::List(_) if value.marks.loose => {
            Ok(Value::unknown(format!("it depends on how a provider nests `.{name}`"), span))
        }
        _ => refuse(format!("Terraform refuses `.{name}` on {}", value.kind()), span),
    }
}
