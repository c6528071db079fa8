//! The variables of a module: their names, types and defaults, and what must be written out.

use super::language::RESERVED_VARIABLES;
use super::walk::{Bound, Reference, Visitor, walk};
use super::{Check, Checked, refuse};
use crate::hcl::outline::{Body, Label};
use crate::source::Span;
use crate::terraform::evaluate::Refusal;
use crate::terraform::module::Declaration;
use crate::terraform::value::{Data, Standing, Type};

/// Checks all variables, and what outputs must have written out.
pub(super) const VARIABLES: Check = |checked| {
    for (labels, declaration) in checked.declarations("variable") {
        let [name] = labels else { continue };
        checked.variable(name, &declaration)?;
    }
    for (labels, declaration) in checked.declarations("output") {
        checked.written_out(&declaration.body)?;
        let is_ephemeral = checked.flag(&declaration.body, "ephemeral")?;
        if let ([name], true, true) = (labels, is_ephemeral == Some(true), checked.is_root) {
            return refuse(
                format!("`output.{}` of a root module must not be ephemeral", name.text),
                declaration.header,
            );
        }
        if declaration.body.attribute("value").is_none() {
            return refuse("an `output` block needs the argument `value`", declaration.header);
        }
    }
    Ok(())
};

/// Whether an expression refers to something.
struct Refers<'c, 'm> {
    checked: &'c Checked<'c, 'm>,
    /// The only root and attribute that count.
    to: Option<(&'static str, &'c str)>,
    does: bool,
    /// Whether all of it was looked at.
    is_whole: bool,
}

impl Visitor for Refers<'_, '_> {
    fn deeper(&mut self, inner: &mut dyn FnMut(&mut Self)) {
        let checked = self.checked;
        let mut is_looked_at = false;
        checked.within(|| {
            inner(self);
            is_looked_at = true;
        });
        self.is_whole &= is_looked_at;
    }

    fn reference(&mut self, reference: Reference<'_>) {
        self.does |= self.to.is_none_or(|(root, name)| reference.root == root && reference.attribute(0) == Some(name));
    }
}

impl Checked<'_, '_> {
    /// Whether the expression of a condition certainly lacks a reference to something, or to a variable if one is named.
    pub(super) fn refers_to_nothing(&self, condition: Span, variable: Option<&str>) -> bool {
        let Some(expression) = self.parsed(condition) else { return false };
        let to = variable.map(|name| ("var", name));
        let mut refers = Refers { checked: self, to, does: false, is_whole: true };
        walk(&expression, &Bound::default(), &mut refers);
        refers.is_whole && !refers.does
    }

    fn variable(&self, name: &Label, declaration: &Declaration<'_>) -> Result<(), Refusal> {
        // `provider` is refused since version 1.11 only.
        if RESERVED_VARIABLES.contains(&&*name.text) || &*name.text == "provider" {
            return refuse(format!("no variable may be called `{}`", name.text), name.span);
        }
        self.written_out(&declaration.body)?;
        let is_nullable = self.flag(&declaration.body, "nullable")?.unwrap_or(true);
        self.flag(&declaration.body, "ephemeral")?;
        let constants = self.evaluator.constants();
        let to = match declaration.body.attribute("type") {
            Some(constraint) => match constants.constraint(constraint.expression) {
                Ok(to) => Some(to),
                Err(unknown) if unknown.standing == Standing::Refused => {
                    return refuse(unknown.reason.clone(), unknown.span);
                }
                Err(_) => None,
            },
            None => Some(Type::Any),
        };
        if let Some(default) = declaration.body.attribute("default") {
            let value = constants.at(default.expression, None)?;
            if !is_nullable && matches!(value.data, Data::Null) {
                return refuse(
                    format!("`var.{}` must not be `null`, and its default is", name.text),
                    default.expression,
                );
            }
            if let Some(Err(why)) = to.map(|to| value.convert(&to)) {
                return refuse(
                    format!("Terraform refuses the default of `var.{}`, which {why}", name.text),
                    default.expression,
                );
            }
        }
        for validation in declaration.body.blocks("validation") {
            if let Some(condition) = validation.body.attribute("condition")
                && self.refers_to_nothing(condition.expression, Some(&name.text))
            {
                let reason = format!("a condition of `var.{}` does not refer to it", name.text);
                return refuse(reason, condition.expression);
            }
        }
        Ok(())
    }

    /// Checks what variables and outputs must have written out.
    fn written_out(&self, body: &Body) -> Result<(), Refusal> {
        if let Some(description) = body.attribute("description") {
            self.evaluator.constants().at(description.expression, None)?;
        }
        self.flag(body, "sensitive").map(drop)
    }

    /// A flag that must be written out.
    pub(super) fn flag(&self, body: &Body, name: &str) -> Result<Option<bool>, Refusal> {
        let Some(flag) = body.attribute(name) else { return Ok(None) };
        let value = self.evaluator.constants().at(flag.expression, None)?;
        match value.convert(&Type::Bool).map(|value| value.data) {
            Ok(Data::Bool(flag)) => Ok(Some(flag)),
            Ok(Data::Null | Data::Unknown(_)) => Ok(None),
            _ => refuse(format!("`{name}` is neither true nor false"), flag.expression),
        }
    }
}
