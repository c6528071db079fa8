//! All expressions of a configuration: Terraform evaluates each, whoever asks for its value.

use std::collections::HashSet;
use std::rc::Rc;

use super::conditions::{Demand, hold};
use super::references::KEYWORDS;
use super::{Check, certain, refuse};
use crate::hcl::outline::{Attribute, Block, Body, Label};
use crate::terraform::evaluate::{Evaluator, Refusal, Scope, turn_object};
use crate::terraform::expand::{self, Instances};
use crate::terraform::module::{Declaration, Mode, ModuleCall, nested_type};
use crate::terraform::value::{Data, Standing, Type, Unknown, Value};
use crate::terraform::{provider, schema};

/// Evaluates a module as Terraform does before it plans: for all inputs and instances at once.
pub(super) const VALIDATED: Check = |checked| {
    let evaluator = checked.evaluator;
    evaluated(evaluator, Instanced::AtOnce)?;
    checked.module.calls().try_for_each(|call| passed(evaluator, &call))
};

/// Checks what a call gives to the variables of a module, as far as that does not depend on the instance.
fn passed(evaluator: &Evaluator<'_>, call: &ModuleCall<'_>) -> Result<(), Refusal> {
    let Some(called) = evaluator.called(call) else { return Ok(()) };
    let Some(module) = called.module() else { return Ok(()) };
    for argument in &call.body.attributes {
        let address = format!("var.{}", argument.name);
        let Some(declaration) = module.declaration(&address) else { continue };
        let value = evaluator.value(argument.expression, Some(&open_scope(&unknown_turn(argument))));
        let is_null = matches!(value.data, Data::Null);
        if is_null && called.demands(&declaration.body) {
            return refuse(format!("`{}` must not be `null`", argument.name), argument.span());
        }
        let to = match declaration.body.attribute("type") {
            Some(constraint) => called.constants().constraint(constraint.expression).ok(),
            None => Some(Type::Any),
        };
        let Some(to) = to else { continue };
        let value = value.convert(&to).or_else(|why| {
            let reason = format!("Terraform refuses the value of `{}`, which {why}", argument.name);
            refuse(reason, argument.span())
        })?;
        if !is_null && value.missing().is_none() {
            called.settle(&argument.name, value);
            let demand = Demand { of: &format!("`{address}`"), instanced: Instanced::Each };
            hold(&called, (&declaration.body, "validation"), None, demand)?;
        }
    }
    Ok(())
}

impl Evaluator<'_> {
    /// Whether a variable has neither a default nor takes `null`.
    fn demands(&self, variable: &Body) -> bool {
        let nullable = variable.attribute("nullable").map(|flag| self.constants().value(flag.expression, None).data);
        variable.attribute("default").is_none() && matches!(nullable, Some(Data::Bool(false)))
    }
}

/// How the instances of a block are evaluated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Instanced {
    /// All at once, whether there is one or not.
    AtOnce,
    /// Each that there is.
    Each,
}

/// The evaluation of a tree of modules as Terraform plans it.
#[derive(Debug, Default)]
pub(super) struct Plan<'m> {
    visited: HashSet<*const Evaluator<'m>>,
}

impl<'m> Plan<'m> {
    /// Evaluates a module, and those that it calls.
    pub(super) fn module(&mut self, evaluator: &Rc<Evaluator<'m>>) -> Result<(), Refusal> {
        if !self.visited.insert(Rc::as_ptr(evaluator)) {
            return Ok(());
        }
        evaluated(evaluator, Instanced::Each)?;
        for call in evaluator.module().into_iter().flat_map(crate::terraform::Module::calls) {
            let instances = evaluator.call_instances(&call);
            // What is not known of the instances is not known of the arguments.
            let Instances::Known(instances) = &instances else { continue };
            for instance in instances {
                if let Ok((called, _)) = evaluator.enter(&call, Ok(instance)) {
                    self.module(&called)?;
                }
            }
        }
        Ok(())
    }
}

/// What a turn is worth that is not known.
fn unknown_turn(argument: &Attribute) -> Value {
    Value::unknown("it differs from instance to instance", argument.span())
}

/// A scope for what depends on the instance, which is not known.
fn open_scope(turn: &Value) -> Scope<'_> {
    Scope::with(None, "each", turn)
}

/// Evaluates all that stands in a module.
fn evaluated(evaluator: &Evaluator<'_>, instanced: Instanced) -> Result<(), Refusal> {
    let Some(module) = evaluator.module() else { return Ok(()) };
    let is_left = |_: &(&[Label], Declaration<'_>)| !evaluator.budget().is_spent();
    for (labels, declaration) in module.declarations("variable").take_while(is_left) {
        let [name] = labels else { continue };
        let value = evaluator.variable(&name.text, declaration.header)?;
        if let Some(unknown) = value.missing_itself().filter(|unknown| unknown.standing == Standing::Refused) {
            return refuse(unknown.reason.clone(), unknown.span);
        }
        hold(
            evaluator,
            (&declaration.body, "validation"),
            None,
            Demand { of: &format!("`var.{}`", name.text), instanced },
        )?;
    }
    for (_, expression) in evaluator.local_expressions() {
        certain(evaluator, expression, None)?;
    }
    for (_, block) in module.blocks().filter(|(_, block)| &*block.kind == "provider") {
        body(evaluator, &block.body, None)?;
    }
    for (mode, kind) in [(Mode::Managed, "resource"), (Mode::Data, "data")] {
        for (labels, declaration) in module.declarations(kind).take_while(is_left) {
            let [resource_type, name] = labels else { continue };
            let declared = (mode, &*resource_type.text, &*name.text);
            each(evaluator, &declaration.body, instanced, &|scope| {
                resource(evaluator, (declared, instanced), &declaration, scope)
            })?;
        }
    }
    for call in module.calls() {
        each(evaluator, &call.body, instanced, &|scope| body(evaluator, &call.body, scope))?;
    }
    for (labels, declaration) in module.declarations("output").take_while(is_left) {
        let [name] = labels else { continue };
        if let Some(value) = declaration.body.attribute("value") {
            certain(evaluator, value.expression, None)?;
        }
        let of = format!("`output.{}`", name.text);
        hold(evaluator, (&declaration.body, "precondition"), None, Demand { of: &of, instanced: Instanced::Each })?;
    }
    if instanced == Instanced::Each {
        return Ok(());
    }
    // What fails in a check is a warning when Terraform plans.
    let mut checks = module.blocks().filter(|(_, block)| &*block.kind == "check");
    checks
        .try_for_each(|(_, check)| hold(evaluator, (&check.body, "assert"), None, Demand { of: "a check", instanced }))
}

/// Evaluates what stands in a block for its instances.
fn each(
    evaluator: &Evaluator<'_>,
    body: &Body,
    instanced: Instanced,
    evaluate: &dyn Fn(Option<&Scope<'_>>) -> Result<(), Refusal>,
) -> Result<(), Refusal> {
    if evaluator.budget().is_spent() {
        return Ok(());
    }
    let at_once = |unknown: &std::sync::Arc<Unknown>| {
        let turn = Value::from(unknown.clone());
        let count = Scope::with(None, "count", &turn);
        evaluate(Some(&Scope::with(Some(&count), "each", &turn)))
    };
    match (expand::instances(evaluator, body), instanced) {
        (Instances::Unknown(unknown), _) if unknown.is_flaw => Ok(()),
        (Instances::Unknown(unknown), _) if unknown.standing == Standing::Refused => {
            refuse(unknown.reason.clone(), unknown.span)
        }
        (Instances::Unknown(unknown), _) => match unknown.standing {
            Standing::AfterApply | Standing::FromAfterApply => {
                let repeat = body.attribute("count").or(body.attribute("for_each"));
                let (name, at) = repeat.map_or(("count", unknown.span), |repeat| (&*repeat.name, repeat.expression));
                refuse(format!("`{name}` must be known before apply, and {}", unknown.reason), at)
            }
            _ => at_once(&unknown),
        },
        (Instances::Known(_) | Instances::Many(_), Instanced::AtOnce) => {
            let at = body.attributes.first().map(|first| first.name_span);
            let at = at.unwrap_or_else(|| evaluator.sources().start_of_first());
            at_once(&Unknown::new("it differs from instance to instance", at))
        }
        (Instances::Known(all) | Instances::Many(all), Instanced::Each) => {
            all.iter().try_for_each(|instance| evaluate(Some(&Scope::with(None, instance.name, &instance.value))))
        }
    }
}

/// Evaluates one instance of a resource.
fn resource(
    evaluator: &Evaluator<'_>,
    (declared, instanced): ((Mode, &str, &str), Instanced),
    declaration: &Declaration<'_>,
    scope: Option<&Scope<'_>>,
) -> Result<(), Refusal> {
    body(evaluator, &declaration.body, scope)?;
    let schema = match declared.0 {
        Mode::Managed => schema::Block::of_resource(declared.1),
        Mode::Data => schema::Block::of_data(declared.1),
    };
    if provider::is_certain(evaluator, declared.1, &declaration.body) {
        let Some(schema) = schema else {
            let what = if declared.0 == Mode::Data { "data source" } else { "resource type" };
            return refuse(format!("the provider has no {what} `{}`", declared.1), declaration.header);
        };
        if let Some(misfit) = evaluator.misfit(schema, &declaration.body, declaration.header, scope) {
            return refuse(misfit.reason.clone(), misfit.span);
        }
    }
    let of = format!("`{}.{}`", declared.1, declared.2);
    let demand = Demand { of: &of, instanced };
    for lifecycle in declaration.body.blocks("lifecycle") {
        hold(evaluator, (&lifecycle.body, "precondition"), scope, demand)?;
        if lifecycle.body.blocks("postcondition").next().is_some() {
            let own = match instanced {
                Instanced::Each => evaluator.own_value(declared, declaration, scope),
                Instanced::AtOnce => Value::unknown("it differs from instance to instance", declaration.header),
            };
            hold(evaluator, (&lifecycle.body, "postcondition"), Some(&Scope::with(scope, "self", &own)), demand)?;
        }
    }
    Ok(())
}

/// Evaluates the arguments of a block, and of the blocks in it.
fn body(evaluator: &Evaluator<'_>, body: &Body, scope: Option<&Scope<'_>>) -> Result<(), Refusal> {
    // In JSON syntax what stands for blocks is listed as an argument, too.
    let is_block = |attribute: &Attribute| body.blocks.iter().any(|block| block.header == attribute.name_span);
    let is_expression = |attribute: &&Attribute| {
        !KEYWORDS.contains(&&*attribute.name)
            && !matches!(&*attribute.name, "count" | "for_each")
            && !is_block(attribute)
    };
    for attribute in body.attributes.iter().filter(is_expression) {
        certain(evaluator, attribute.expression, scope)?;
    }
    // Terraform evaluates provisioners when it applies.
    let blocks = body.blocks.iter().filter(|block| !matches!(&*block.kind, "lifecycle" | "provisioner" | "connection"));
    blocks.into_iter().try_for_each(|inner| block(evaluator, inner, scope))
}

fn block(evaluator: &Evaluator<'_>, block: &Block, scope: Option<&Scope<'_>>) -> Result<(), Refusal> {
    if &*block.kind != "dynamic" {
        return body(evaluator, &block.body, scope);
    }
    let Some(for_each) = block.body.attribute("for_each") else { return Ok(()) };
    let iterator = block.body.attribute("iterator").map(|iterator| evaluator.sources().text(iterator.expression));
    let iterator = iterator.unwrap_or(nested_type(block)).trim_matches('"');
    let collection = certain(evaluator, for_each.expression, scope)?;
    let turn = |turn: &Value| {
        let scope = Scope::with(scope, iterator, turn);
        block.body.blocks("content").try_for_each(|content| body(evaluator, &content.body, Some(&scope)))
    };
    match evaluator.turns(&collection, for_each.expression)? {
        Ok(turns) => turns.into_iter().try_for_each(|both| turn(&turn_object(both))),
        Err(unknown) => turn(&unknown.into()),
    }
}
