//! Outputs that hold what is sensitive or ephemeral without saying so.
//!
//! A value of podgate's has the marks of all that it may come from, so that nothing leaks. What Terraform refuses is less:
//! here only what certainly carries a mark counts.

use super::references::KEYWORDS;
use super::{Check, Checked, refuse};
use crate::hcl::expression::{Expression, Kind, Part};
use crate::hcl::outline::{Block, Body};
use crate::terraform::evaluate::Refusal;
use crate::terraform::value::Data;

/// References are followed through so many local values.
const MOST_LOCALS: usize = 20;

/// The functions whose result has not the marks of their arguments in each case.
const UNMARKED: [&str; 6] = ["can", "ephemeralasnull", "issensitive", "nonsensitive", "try", "type"];

/// Checks the outputs of a module.
pub(super) const OUTPUTS: Check = |checked| {
    for (labels, declaration) in checked.declarations("output") {
        let ([name], Some(value)) = (labels, declaration.body.attribute("value")) else { continue };
        let Some(expression) = checked.parsed(value.expression) else { continue };
        let carries = |mark| !checked.says(&declaration.body, mark) && checked.carries(&expression, mark, MOST_LOCALS);
        // Only a root module shows its outputs.
        if checked.is_root && carries("sensitive") {
            let reason = format!("`output.{}` holds what is sensitive, and does not say so", name.text);
            return refuse(reason, value.expression);
        }
        if carries("ephemeral") {
            let reason = format!("`output.{}` holds what is ephemeral, and does not say so", name.text);
            return refuse(reason, value.expression);
        }
    }
    for kind in ["resource", "data"] {
        for (_, declaration) in checked.declarations(kind) {
            checked.keeps_nothing_ephemeral(&declaration.body)?;
        }
    }
    Ok(())
};

impl Checked<'_, '_> {
    /// Checks that no argument of a resource is ephemeral, but for those that only write.
    fn keeps_nothing_ephemeral(&self, body: &Body) -> Result<(), Refusal> {
        let is_kept = |name: &str| !name.contains("_wo") && !KEYWORDS.contains(&name);
        for attribute in body.attributes.iter().filter(|attribute| is_kept(&attribute.name)) {
            let Some(expression) = self.parsed(attribute.expression) else { continue };
            if self.carries(&expression, "ephemeral", MOST_LOCALS) {
                return refuse(
                    "Terraform refuses an ephemeral value for an argument of a resource",
                    attribute.expression,
                );
            }
        }
        let is_kept = |block: &&Block| !matches!(&*block.kind, "provisioner" | "connection" | "lifecycle");
        body.blocks.iter().filter(is_kept).try_for_each(|block| self.keeps_nothing_ephemeral(&block.body))
    }

    /// Whether a block says that what it declares has a mark.
    fn says(&self, body: &Body, mark: &str) -> bool {
        let flag = body.attribute(mark).map(|flag| self.evaluator.constants().at(flag.expression, None));
        flag.is_some_and(|flag| matches!(flag.map(|flag| flag.data), Ok(Data::Bool(true))))
    }

    /// Whether the value of an expression certainly carries a mark.
    pub(super) fn carries(&self, expression: &Expression, mark: &str, most: usize) -> bool {
        let mut carries = false;
        self.within(|| carries = self.any_carries(expression, mark, most));
        carries
    }

    fn any_carries(&self, expression: &Expression, mark: &str, most: usize) -> bool {
        let one = |inner: &Expression| self.carries(inner, mark, most);
        match &expression.kind {
            Kind::Traversal(traversal) => match &traversal.base.kind {
                Kind::Variable(root) => self.marks(root, &traversal.steps, mark, most),
                _ => false,
            },
            Kind::Parenthesis(inner) | Kind::Unary(_, inner) => one(inner),
            Kind::Tuple(elements) => elements.iter().any(one),
            Kind::Object(items) => items.iter().any(|item| one(&item.key) || one(&item.value)),
            Kind::Template(parts) => {
                parts.iter().any(|part| matches!(part, Part::Interpolation(inner, _) if one(inner)))
            }
            Kind::Conditional(conditional) => {
                // Which arm is taken does not matter.
                one(&conditional.condition) || one(&conditional.consequent) || one(&conditional.alternative)
            }
            Kind::Call(call) if &*call.name == mark => true,
            Kind::Call(call) => !UNMARKED.contains(&&*call.name) && call.arguments.iter().any(one),
            Kind::Binary(binary) => one(&binary.left) || one(&binary.right),
            Kind::For(inner) => one(&inner.intro.collection),
            _ => false,
        }
    }

    /// Whether what a reference stands for carries a mark.
    fn marks(&self, root: &str, steps: &[crate::hcl::expression::Step], mark: &str, most: usize) -> bool {
        let reference = super::walk::Reference { root, steps, span: self.evaluator.sources().start_of_first() };
        let Some(name) = reference.attribute(0) else { return false };
        match root {
            "var" => {
                let declaration = self.module.declaration(&format!("var.{name}"));
                declaration.is_some_and(|declaration| self.says(&declaration.body, mark))
            }
            // Of a part of a local value other parts may carry the mark.
            "local" if steps.len() == 1 && most > 0 => {
                let expression = self.evaluator.local_expressions().find(|(local, _)| *local == name);
                let expression = expression.and_then(|(_, expression)| self.parsed(expression));
                expression.is_some_and(|expression| self.carries(&expression, mark, most - 1))
            }
            _ => false,
        }
    }
}
