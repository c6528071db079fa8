//! Steps into values: attributes, indexes, splats.

use super::{Evaluated, Evaluator, Scope, refuse, steps_of_text};
use crate::hcl::expression::{Expression, Kind, Step, StepKind, Traversal};
use crate::source::Span;
use crate::terraform::functions::{self, unified};
use crate::terraform::limits::{STEPS_OF_CONVERSION, STEPS_OF_PART};
use crate::terraform::value::{Data, HopKind, Type, Value};

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
                return Ok(value);
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
            Data::List(elements) | Data::Set(elements) if elements.is_empty() && !steps.is_empty() => {
                // Terraform looks at the type of what it would hold.
                return Ok(Value::unknown("it depends on the type of what an empty collection would hold", span));
            }
            Data::List(elements) | Data::Set(elements) | Data::Tuple(elements) => {
                elements.iter().map(|element| value.handing(element)).collect()
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
        let walked = if is_list { unified(walked) } else { Value::tuple(walked) };
        // What the elements have is not what is written where the collection is.
        let origin = value.origin.clone().then(HopKind::Computed, span);
        Ok(walked.marked(value.marks).from_origin(origin))
    }

    fn index(&self, value: &Value, index: &Expression, span: Span, scope: Option<&Scope<'_>>) -> Evaluated {
        let key = self.evaluate(index, scope)?;
        if let Err(reason) = self.budget().spend(steps_of_text(&key)) {
            return Ok(Value::unknown(reason, span));
        }
        let element = match &value.data {
            Data::List(elements) | Data::Tuple(elements) => match key.convert(&Type::Number).map(|key| key.data) {
                Ok(Data::Unknown(unknown)) => return Ok(key.about(Data::Unknown(unknown))),
                Ok(Data::Number(number)) => match number.to_usize().and_then(|at| elements.get(at)) {
                    Some(element) => Ok(value.handing(element)),
                    None => refuse(format!("this index is not one of {} elements", elements.len()), span),
                },
                _ => refuse(format!("Terraform refuses {} for the index of a list", key.kind()), span),
            },
            Data::Map(_) | Data::Object(_) | Data::Partial(..) => {
                match key.convert(&Type::String).map(|key| key.data) {
                    Ok(Data::Unknown(unknown)) => return Ok(key.about(Data::Unknown(unknown))),
                    Ok(Data::String(name)) if !key.marks.are_secret() && !key.origin.is_hidden() => {
                        attribute(value, &name, span)
                    }
                    Ok(Data::String(name)) => attribute(value, &name, span)
                        .or_else(|_| refuse(format!("{} has no entry with this key", value.kind()), span)),
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
