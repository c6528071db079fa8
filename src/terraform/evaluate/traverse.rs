//! References, and steps into values: attributes, indexes, splats.

use super::{Evaluated, Evaluator, Scope, refuse};
use crate::hcl::expression::{Expression, Kind, Step, StepKind, Traversal};
use crate::source::Span;
use crate::terraform::value::{Type, Value};

impl Evaluator<'_> {
    pub(super) fn traversal(&self, traversal: &Traversal, span: Span, scope: Option<&Scope<'_>>) -> Evaluated {
        if let Kind::Variable(name) = &traversal.base.kind {
            return self.reference(name, &traversal.steps, span, scope);
        }
        let base = self.evaluate(&traversal.base, scope)?;
        self.walk(base, &traversal.steps, scope)
    }

    /// The value of a name and the steps behind it.
    pub(super) fn reference(&self, root: &str, steps: &[Step], span: Span, scope: Option<&Scope<'_>>) -> Evaluated {
        if let Some(value) = scope.and_then(|scope| scope.find(root)) {
            return self.walk(value.clone(), steps, scope);
        }
        let named = match steps {
            [Step { kind: StepKind::Attribute(name), .. }, rest @ ..] => Some((&**name, rest)),
            _ => None,
        };
        match (root, named) {
            ("local", Some((name, rest))) => self.walk(self.local(name, span)?, rest, scope),
            _ => Ok(Value::unknown(format!("it depends on `{}`", written(root, steps)), span)),
        }
    }

    /// Takes steps into a value.
    fn walk(&self, value: Value, steps: &[Step], scope: Option<&Scope<'_>>) -> Evaluated {
        let [step, rest @ ..] = steps else { return Ok(value) };
        if matches!(value, Value::Unknown(_)) {
            return Ok(value);
        }
        match &step.kind {
            StepKind::Attribute(name) => self.walk(attribute(&value, name, step.span)?, rest, scope),
            StepKind::Index(index) => self.walk(self.index(&value, index, step.span, scope)?, rest, scope),
            StepKind::FullSplat => self.splat(value, rest, scope),
            StepKind::AttributeSplat => {
                let is_attribute = |step: &&Step| matches!(step.kind, StepKind::Attribute(_));
                let (each, behind) = rest.split_at(rest.iter().take_while(is_attribute).count());
                self.walk(self.splat(value, each, scope)?, behind, scope)
            }
        }
    }

    /// Takes steps into every element of a collection; what is none is taken as its only element, `null` as none.
    fn splat(&self, value: Value, steps: &[Step], scope: Option<&Scope<'_>>) -> Evaluated {
        let elements = match &value {
            Value::List(elements) | Value::Set(elements) | Value::Tuple(elements) => elements.to_vec(),
            Value::Null => Vec::new(),
            _ => vec![value],
        };
        let walked = elements.into_iter().map(|element| self.walk(element, steps, scope));
        Ok(Value::tuple(walked.collect::<Result<_, _>>()?))
    }

    fn index(&self, value: &Value, index: &Expression, span: Span, scope: Option<&Scope<'_>>) -> Evaluated {
        let key = self.evaluate(index, scope)?;
        match value {
            Value::List(elements) | Value::Tuple(elements) => match key.convert(&Type::Number) {
                Ok(Value::Unknown(unknown)) => Ok(Value::Unknown(unknown)),
                Ok(Value::Number(number)) => match number.to_usize().and_then(|at| elements.get(at)) {
                    Some(element) => Ok(element.clone()),
                    None => refuse(format!("there is no element {number} among {}", elements.len()), span),
                },
                _ => refuse(format!("Terraform refuses {} for the index of a list", key.kind()), span),
            },
            Value::Map(_) | Value::Object(_) => match key.convert(&Type::String) {
                Ok(Value::Unknown(unknown)) => Ok(Value::Unknown(unknown)),
                Ok(Value::String(name)) => attribute(value, &name, span),
                _ => refuse(format!("Terraform refuses {} for the key of a map", key.kind()), span),
            },
            _ => refuse(format!("Terraform refuses an index into {}", value.kind()), span),
        }
    }
}

/// The attribute of a name.
fn attribute(value: &Value, name: &str, span: Span) -> Evaluated {
    match value {
        Value::Map(entries) | Value::Object(entries) => match entries.get(name) {
            Some(value) => Ok(value.clone()),
            None => refuse(format!("{} has no `{name}`", value.kind()), span),
        },
        _ => refuse(format!("Terraform refuses `.{name}` on {}", value.kind()), span),
    }
}

/// How a reference is written: `var.share_ipc`, `local.a.b`. Steps behind the first index are left out.
fn written(root: &str, steps: &[Step]) -> String {
    let mut text = root.to_owned();
    for step in steps {
        let StepKind::Attribute(name) = &step.kind else { break };
        text.push('.');
        text.push_str(name);
    }
    text
}
