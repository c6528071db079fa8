//! Function calls. `try` and `can` are here, since they decide what of their arguments counts.

use super::{Evaluated, Evaluator, Refusal, Scope, refuse};
use crate::hcl::expression::{Call, Expression, Kind};
use crate::source::Span;
use crate::terraform::functions;
use crate::terraform::value::{Data, Type, Value};

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
            name if functions::reads_files(name) && scope.is_some_and(Scope::is_without_files) => {
                return refuse(format!("Terraform refuses `{name}` inside of a template that is a string"), span);
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
                Data::Unknown(unknown) | Data::Partial(_, unknown) => {
                    return Ok(last.about(Data::Unknown(unknown.clone())).computed(span, []));
                }
                _ => return refuse("Terraform refuses `...` after a value that is not a list", span),
            }
        }
        functions::call(self, name, &arguments, span)
    }

    /// What the arguments of `try` and `can` come to, each by itself. The elements of a list with `...` behind it are
    /// arguments, too.
    fn outcomes(&self, call: &Call, scope: Option<&Scope<'_>>) -> Result<Vec<Evaluated>, Refusal> {
        let mut arguments = call.arguments.as_slice();
        let mut expanded = Vec::new();
        if let (true, [first @ .., last]) = (call.expand_last, arguments) {
            arguments = first;
            let list = self.evaluate(last, scope)?;
            expanded = match &list.data {
                Data::List(elements) | Data::Set(elements) | Data::Tuple(elements) => elements.to_vec(),
                Data::Unknown(_) | Data::Partial(..) => vec![list],
                _ => return refuse("Terraform refuses `...` after a value that is not a list", last.span),
            };
        }
        let mut outcomes = Vec::new();
        for argument in arguments {
            outcomes.push(self.evaluate(argument, scope));
            // `try` asks for no more than it takes.
            if call.name.ends_with("try") && outcomes.last().is_some_and(Result::is_ok) {
                break;
            }
        }
        outcomes.extend(expanded.into_iter().map(Ok));
        Ok(outcomes)
    }

    /// `try`: the first argument that Terraform does not refuse. One that is not known may be refused or not.
    fn try_call(&self, call: &Call, span: Span, scope: Option<&Scope<'_>>) -> Evaluated {
        let Some(value) = self.outcomes(call, scope)?.into_iter().find_map(Result::ok) else {
            return refuse("Terraform refuses every argument of this `try`", span);
        };
        if let Err(reason) = self.budget().spend(value.weight()) {
            return Ok(Value::unknown(reason, span));
        }
        Ok(match value.missing() {
            Some(unknown) => value.about(Data::Unknown(unknown.clone())),
            None => value,
        })
    }

    /// `can`: whether Terraform does not refuse the argument.
    fn can_call(&self, call: &Call, span: Span, scope: Option<&Scope<'_>>) -> Evaluated {
        let outcomes = self.outcomes(call, scope)?;
        let [outcome] = outcomes.as_slice() else {
            return refuse("Terraform's `can` takes one argument", span);
        };
        let Ok(value) = outcome else { return Ok(Value::from(false).computed(span, [])) };
        if let Err(reason) = self.budget().spend(value.weight()) {
            return Ok(Value::unknown(reason, span));
        }
        Ok(match value.missing() {
            Some(unknown) => value.about(Data::Unknown(unknown.clone())).of_type(&Type::Bool),
            None => Value::from(true).computed(span, [value]),
        })
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
