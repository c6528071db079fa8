//! Provider configurations: what is configured twice, and what is named without being there.

use std::collections::HashSet;

use super::walk::Reference;
use super::{Check, Checked, refuse};
use crate::hcl::expression::{Expression, Kind};
use crate::hcl::outline::Body;
use crate::source::Span;
use crate::terraform::evaluate::Refusal;
use crate::terraform::value::Data;

/// Checks provider configurations, and what refers to them.
pub(super) const PROVIDERS: Check = |checked| {
    let mut known: HashSet<(String, Option<String>)> = HashSet::new();
    let mut is_certain = true;
    for (overrides, block) in checked.blocks().filter(|(_, block)| &*block.kind == "provider") {
        let Some(name) = block.label(0) else { continue };
        let alias = match block.body.attribute("alias") {
            Some(alias) => {
                let Data::String(alias) = checked.evaluator.constants().at(alias.expression, None)?.data else {
                    is_certain = false;
                    continue;
                };
                Some(alias.to_string())
            }
            None => None,
        };
        if !known.insert((name.to_owned(), alias)) && !overrides {
            return refuse(format!("the provider `{name}` is configured twice under one name"), block.header);
        }
    }
    // What a called module does not configure itself it must say that it takes.
    if !is_certain || checked.takes_providers() {
        return Ok(());
    }
    for kind in ["resource", "data", "ephemeral"] {
        for (_, declaration) in checked.declarations(kind) {
            checked.configured(&declaration.body, "provider", &known)?;
        }
    }
    checked.declarations("module").try_for_each(|(_, call)| checked.configured(&call.body, "providers", &known))
};

impl Checked<'_, '_> {
    /// Whether the module says that its caller gives it configurations of providers.
    fn takes_providers(&self) -> bool {
        let mut settings = self.blocks().filter(|(_, block)| &*block.kind == "terraform");
        settings.any(|(_, block)| {
            let mut providers = block.body.blocks("required_providers").flat_map(|block| &block.body.attributes);
            providers.any(|provider| self.text(provider.expression).contains("configuration_aliases"))
        })
    }

    /// Checks that a configuration that an argument names is there. One without an alias need not be written.
    fn configured(
        &self,
        body: &Body,
        argument: &str,
        known: &HashSet<(String, Option<String>)>,
    ) -> Result<(), Refusal> {
        let Some(argument) = body.attribute(argument).filter(|argument| !self.is_json(argument.expression)) else {
            return Ok(());
        };
        let Some(expression) = self.parsed(argument.expression) else { return Ok(()) };
        let named = match &expression.kind {
            Kind::Object(items) => items.iter().map(|item| &item.value).collect(),
            _ => vec![&*expression],
        };
        for (span, name, alias) in named.into_iter().filter_map(alias) {
            if !known.contains(&(name.clone(), Some(alias.clone()))) {
                return refuse(format!("there is no provider configuration `{name}.{alias}`"), span);
            }
        }
        Ok(())
    }
}

/// The provider and the alias that an expression names.
fn alias(expression: &Expression) -> Option<(Span, String, String)> {
    let Kind::Traversal(traversal) = &expression.kind else { return None };
    let Kind::Variable(root) = &traversal.base.kind else { return None };
    let reference = Reference { root, steps: &traversal.steps, span: expression.span };
    Some((expression.span, root.to_string(), reference.attribute(0)?.to_owned()))
}
