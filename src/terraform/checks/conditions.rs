//! Conditions: those of variables, of resources, and of outputs. One that is known to be false refuses the plan.

use super::planned::Instanced;
use super::{Check, Checked, certain, refuse};
use crate::hcl::outline::{Block, Body};
use crate::source::Span;
use crate::terraform::evaluate::{Evaluator, Refusal, Scope};
use crate::terraform::value::{Data, Type};

/// Checks that each condition refers to something.
pub(super) const CONDITIONS: Check = |checked| {
    for kind in ["resource", "data"] {
        for (_, declaration) in checked.declarations(kind) {
            for lifecycle in declaration.body.blocks("lifecycle") {
                checked.all_refer(&lifecycle.body)?;
                checked.flag(&lifecycle.body, "create_before_destroy")?;
                checked.flag(&lifecycle.body, "prevent_destroy")?;
            }
        }
    }
    for (_, declaration) in checked.declarations("output") {
        checked.all_refer(&declaration.body)?;
        if let Some(block) = declaration.body.blocks("postcondition").next() {
            return refuse("an output takes no `postcondition`", block.header);
        }
    }
    let checks = checked.blocks().filter(|(_, block)| &*block.kind == "check");
    checks.into_iter().try_for_each(|(_, check)| checked.all_refer(&check.body))
};

impl Checked<'_, '_> {
    fn all_refer(&self, body: &Body) -> Result<(), Refusal> {
        let is_condition = |block: &&Block| matches!(&*block.kind, "precondition" | "postcondition" | "assert");
        let conditions = body.blocks.iter().filter(is_condition).filter_map(|block| block.body.attribute("condition"));
        for condition in conditions {
            if self.refers_to_nothing(condition.expression, None) {
                return refuse("this condition refers to nothing", condition.expression);
            }
        }
        Ok(())
    }
}

/// What conditions are for, and how they are evaluated.
#[derive(Debug, Clone, Copy)]
pub(super) struct Demand<'d> {
    /// What a message calls what they are for.
    pub(super) of: &'d str,
    pub(super) instanced: Instanced,
}

/// Checks the conditions in blocks of a kind.
pub(super) fn hold(
    evaluator: &Evaluator<'_>,
    (body, kind): (&Body, &str),
    scope: Option<&Scope<'_>>,
    demand: Demand<'_>,
) -> Result<(), Refusal> {
    let conditions = body.blocks(kind).filter_map(|block| block.body.attribute("condition"));
    conditions
        .map(|condition| condition.expression)
        .try_for_each(|condition| holds(evaluator, condition, scope, demand))
}

fn holds(
    evaluator: &Evaluator<'_>,
    condition: Span,
    scope: Option<&Scope<'_>>,
    Demand { of, instanced }: Demand<'_>,
) -> Result<(), Refusal> {
    let value = certain(evaluator, condition, scope)?;
    match value.convert(&Type::Bool).map(|value| value.data) {
        // Before there is an instance that is no matter.
        _ if instanced == Instanced::AtOnce => Ok(()),
        Ok(Data::Bool(true) | Data::Unknown(_)) => Ok(()),
        Ok(Data::Bool(false)) => refuse(format!("the condition of {of} is false"), condition),
        _ => refuse(format!("the condition of {of} is neither true nor false"), condition),
    }
}
