//! Function calls. `try` and `can` are here, since they decide what of their arguments counts.

use super::{Evaluated, Evaluator, Scope, refuse};
use crate::hcl::expression::{Call, Expression, Kind};
use crate::source::Span;
use crate::terraform::functions;
use crate::terraform::value::{Data, Value};

impl Evaluator<'_> {
    pub(super) fn call(&self, call: &Call, span: Span, scope: Option<&Scope<'_>>) -> Evaluated {
        if self.module.is_none() {
            return refuse("Terraform allows no function call here", span);
        }
        let name = call.name.strip_prefix("core::").unwrap_or(&call.name);
        match name {
            "try" => return self.try_call(call, span, scope),
            "can" => return self.can_call(call, span, scope),
            "templatefile" | "templatestring" if scope.is_some_and(Scope::is_closed) => {
                return refuse(format!("Terraform refuses `{name}` inside of a template"), span);
            }
            "templatestring" if !call.arguments.first().is_some_and(is_reference) => {
                return refuse("Terraform's `templatestring` takes a reference to its template", span);
            }
            _ => {}
        }
        let mut arguments =
            call.arguments.iter().map(|argument| self.evaluate(argument, scope)).collect::<Result<Vec<_>, _>>()?;
        if call.expand_last
            && let Some(last) = arguments.pop()
        {
            let steps = functions::elements(&last) * (5 + last.steps_of_handing());
            if let Err(reason) = self.budget().spend(steps) {
                return Ok(Value::unknown(reason, span));
            }
            match &last.data {
                Data::List(elements) | Data::Set(elements) | Data::Tuple(elements) => {
                    arguments.extend(elements.iter().map(|element| last.handing(element)));
                }
                Data::Unknown(_) | Data::Partial(..) => return Ok(last.computed(span, [])),
                _ => return refuse("Terraform refuses `...` after a value that is not a list", span),
            }
        }
        functions::call(self, name, &arguments, span)
    }

    /// `try`: the first argument that Terraform does not refuse. One that is not known may be refused or not.
    fn try_call(&self, call: &Call, span: Span, scope: Option<&Scope<'_>>) -> Evaluated {
        for argument in &call.arguments {
            if let Ok(value) = self.evaluate(argument, scope) {
                if let Err(reason) = self.budget().spend(value.weight()) {
                    return Ok(Value::unknown(reason, span));
                }
                return Ok(match value.missing() {
                    Some(unknown) => value.about(Data::Unknown(unknown.clone())),
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
        let can = match self.evaluate(argument, scope) {
            Ok(value) => {
                if let Err(reason) = self.budget().spend(value.weight()) {
                    return Ok(Value::unknown(reason, span));
                }
                match value.missing() {
                    Some(unknown) => return Ok(value.about(Data::Unknown(unknown.clone()))),
                    None => Value::from(true).computed(span, [&value]),
                }
            }
            Err(_) => Value::from(false).computed(span, []),
        };
        Ok(can)
    }
}

/// Whether an expression does no more than refer to something.
fn is_reference(expression: &Expression) -> bool {
    match &expression.kind {
        Kind::Variable(_) => true,
        Kind::Traversal(traversal) => matches!(traversal.base.kind, Kind::Variable(_)),
        _ => false,
    }
}
