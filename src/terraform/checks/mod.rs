//! Whether there is a plan at all: what Terraform refuses about a configuration as a whole.
//!
//! `terraform plan` first checks every module for itself, whatever calls it ([`CHECKS`]), and then evaluates all that the
//! modules hold, with the values of their inputs ([`planned`]). What fails in either is a [`Refusal`]. Only what is certain
//! counts: what podgate does not know, or Terraform may know from elsewhere (what exists already, values of variables, files
//! that are made before the plan), refuses nothing.
//!
//! It is asked for when there is something to report, and has a budget of its own: a check that does not fit in it refuses
//! nothing.

mod blocks;
mod calls;
mod conditions;
mod cycles;
mod language;
mod moves;
mod planned;
mod providers;
mod references;
mod sensitive;
mod variables;
mod versions;
mod walk;

use std::cell::RefCell;
use std::collections::HashSet;
use std::rc::Rc;
use std::sync::Arc;

use super::environment::{Environment, Walk};
use super::evaluate::{Evaluated, Evaluator, Refusal, Scope, refuse};
use super::inputs::Layer;
use super::limits::{Budget, STEPS_OF_PART};
use super::module::{Declaration, Module};
use super::tree::Tree;
use super::value::{Standing, Unknown, Value};
use crate::hcl::expression::Expression;
use crate::hcl::outline::{Block, Body, Label};
use crate::source::Span;

/// A check of one module for itself.
type Check = fn(&Checked<'_, '_>) -> Result<(), Refusal>;

/// What is checked of every module, in this order.
const CHECKS: [Check; 13] = [
    blocks::BLOCKS,
    blocks::NAMES,
    blocks::DUPLICATES,
    versions::REQUIRED_VERSION,
    variables::VARIABLES,
    references::REFERENCES,
    calls::CALLS,
    cycles::CYCLES,
    providers::PROVIDERS,
    moves::MOVES,
    conditions::CONDITIONS,
    sensitive::OUTPUTS,
    planned::VALIDATED,
];

/// A module that is checked.
struct Checked<'c, 'm> {
    /// Evaluates as Terraform does before it plans.
    evaluator: &'c Evaluator<'m>,
    module: &'m Module,
    is_root: bool,
    summaries: &'c RefCell<cycles::Summaries>,
}

/// Why `terraform plan` fails for a tree with these inputs, which was evaluated; `None` if nothing is known to make it
/// fail.
#[must_use]
pub fn refusal<'m>(tree: &Tree<'m>, environment: &Environment<'m>, layers: &'m [Layer]) -> Option<Refusal> {
    let environment = Environment { walk: Walk::Plan, ..environment.clone() };
    let (_tree, evaluator) = tree.again(&environment, Budget::of_checks(tree.spent()), layers)?;
    let evaluator = &evaluator;
    let mut modules = Modules::default();
    if !modules.collect(&evaluator.validating()?) {
        return None;
    }
    let summaries = RefCell::default();
    let checked = modules.all.iter().enumerate().filter_map(|(index, evaluator)| {
        Some(Checked { evaluator, module: evaluator.module()?, is_root: index == 0, summaries: &summaries })
    });
    let is_left = |_: &&Check| !evaluator.budget().is_spent();
    let refused = checked
        .into_iter()
        .find_map(|checked| CHECKS.iter().take_while(is_left).find_map(|check| check(&checked).err()));
    refused
        .or_else(|| planned::Plan::default().module(evaluator).err())
        .filter(|refusal| !refusal.is_flaw && refusal.remedy.is_empty())
}

/// The modules of a tree, each once, the root first.
#[derive(Default)]
struct Modules<'m> {
    all: Vec<Rc<Evaluator<'m>>>,
    known: HashSet<*const Module>,
}

impl<'m> Modules<'m> {
    /// Collects a module and those that it calls. False if one could not be read as a whole: what is missing in it may be
    /// what seems to be missing elsewhere.
    fn collect(&mut self, evaluator: &Rc<Evaluator<'m>>) -> bool {
        let Some(module) = evaluator.module() else { return true };
        if !self.known.insert(std::ptr::from_ref(module)) {
            return true;
        }
        if !module.is_complete() || module.is_unread() {
            return false;
        }
        self.all.push(evaluator.clone());
        module.calls().all(|call| evaluator.called(&call).is_none_or(|called| self.collect(&called)))
    }
}

impl<'m> Checked<'_, 'm> {
    /// The blocks of a kind that declare something, as far as there is something left to spend.
    fn declarations(&self, kind: &str) -> impl Iterator<Item = (&'m [Label], Declaration<'m>)> {
        let budget = self.evaluator.budget();
        self.module.declarations(kind).take_while(move |(_, declared)| budget.spend(steps_of(&declared.body)).is_ok())
    }

    /// All top-level blocks, as far as there is something left to spend.
    fn blocks(&self) -> impl Iterator<Item = (bool, &'m Block)> {
        let budget = self.evaluator.budget();
        self.module.blocks().take_while(move |(_, block)| budget.spend(steps_of(&block.body)).is_ok())
    }

    /// The text at a span.
    fn text(&self, span: Span) -> &str {
        self.evaluator.sources().text(span)
    }

    /// Whether a file in JSON syntax holds a span.
    fn is_json(&self, span: Span) -> bool {
        self.evaluator.sources()[span.file].is_json()
    }

    /// The expression at a span, if it is one and there is something left to spend.
    fn parsed(&self, span: Span) -> Option<Rc<Expression>> {
        if self.evaluator.budget().is_spent() { None } else { self.evaluator.parsed(span).ok() }
    }

    /// Runs what looks at one part of an expression, within limits.
    fn within(&self, inner: impl FnOnce()) {
        let budget = self.evaluator.budget();
        if budget.spend(STEPS_OF_PART).is_ok() {
            _ = budget.deeper(inner);
        }
    }
}

/// What it takes to look at a body once, in steps.
fn steps_of(body: &Body) -> usize {
    2 + body.attributes.len() + body.blocks.len()
}

/// What an expression is worth. Its refusal is certain: what is missing in the repository refuses nothing.
fn certain(evaluator: &Evaluator<'_>, span: Span, scope: Option<&Scope<'_>>) -> Evaluated {
    if evaluator.budget().is_spent() {
        return Ok(Value::unknown("there are no steps left to evaluate it", span));
    }
    match evaluator.at(span, scope) {
        Err(refusal) if refusal.is_flaw => Ok(Arc::<Unknown>::from(refusal).into()),
        Err(refusal) => Err(refusal),
        Ok(value) => match value.missing() {
            Some(unknown) if unknown.standing == Standing::Refused => {
                Err(Refusal::new(unknown.reason.clone(), unknown.span))
            }
            _ => Ok(value),
        },
    }
}
