//! Whether a body fits the schema of its resource type. What does not fails the whole plan, as Terraform says first when it
//! decodes the body (`hcldec`) and then when the provider validates it.

use std::cell::RefCell;
use std::sync::Arc;

use super::{Evaluator, Scope, turn_object};
use crate::hcl::outline::{self, Body};
use crate::source::Span;
use crate::terraform::limits::STEPS_OF_PART;
use crate::terraform::module::nested_type;
use crate::terraform::schema::{Attribute, Block, Item, Nested};
use crate::terraform::value::{Data, Unknown, Value};

/// The arguments of a resource that are Terraform's own. In JSON syntax its blocks are written as arguments, too.
const META_ARGUMENTS: [&str; 7] =
    ["count", "for_each", "provider", "depends_on", "lifecycle", "provisioner", "connection"];

/// Why Terraform refuses a body, and where.
type Misfit = Arc<Unknown>;

/// A body that is compared with its schema.
#[derive(Clone, Copy)]
struct Fitted<'b> {
    block: Block,
    body: &'b Body,
    /// What opens the body: what is missing is missing there.
    header: Span,
    /// Whether it is a resource's own, in which Terraform's arguments may stand.
    is_resource: bool,
    /// The required arguments and blocks that are missing.
    gaps: &'b RefCell<Vec<Misfit>>,
}

impl Evaluator<'_> {
    /// Why Terraform refuses what a resource's body sets for an instance, if it certainly does. What is unknown may fit, and
    /// what is missing is not looked at.
    pub(in crate::terraform) fn misfit(
        &self,
        block: Block,
        body: &Body,
        header: Span,
        scope: Option<&Scope<'_>>,
    ) -> Option<Misfit> {
        self.misfit_and_gaps(block, body, header, scope).0
    }

    /// Why Terraform refuses a resource's body, also for what it lacks.
    ///
    /// A body that lacks one required argument or block is refused for that. One that lacks several, or its metadata, is an
    /// excerpt, as documentation and tests have them, and is judged by what it says.
    pub(in crate::terraform) fn misfit_or_gap(
        &self,
        block: Block,
        body: &Body,
        header: Span,
        scope: Option<&Scope<'_>>,
    ) -> Option<Misfit> {
        let (misfit, gaps) = self.misfit_and_gaps(block, body, header, scope);
        let has_metadata =
            block.item("metadata").is_none() || body.blocks.iter().any(|at| nested_type(at) == "metadata");
        misfit.or_else(|| match gaps.as_slice() {
            [gap] if has_metadata => Some(gap.clone()),
            _ => None,
        })
    }

    /// Why Terraform refuses what a body sets, and what it lacks.
    fn misfit_and_gaps(
        &self,
        block: Block,
        body: &Body,
        header: Span,
        scope: Option<&Scope<'_>>,
    ) -> (Option<Misfit>, Vec<Misfit>) {
        // A block `_` holds arguments whose names are Terraform's own.
        if body.blocks("_").next().is_some() {
            return (None, Vec::new());
        }
        let gaps = RefCell::default();
        let misfit = self.unfit(Fitted { block, body, header, is_resource: true, gaps: &gaps }, scope).err();
        (misfit, gaps.into_inner())
    }

    fn unfit(&self, fitted: Fitted<'_>, scope: Option<&Scope<'_>>) -> Result<(), Misfit> {
        let Fitted { block, body, header, is_resource, gaps } = fitted;
        let size = body.attributes.len() + body.blocks.len() + block.items().count();
        if self.budget().spend(STEPS_OF_PART * (10 + 20 * size)).is_err() {
            return Ok(());
        }
        let is_own = |name: &str| is_resource && META_ARGUMENTS.contains(&name);
        for argument in body.attributes.iter().filter(|argument| !is_own(&argument.name)) {
            match block.item(&argument.name) {
                Some(Item::Attribute(attribute)) => self.unfit_argument(argument, attribute, scope)?,
                Some(Item::Nested(_)) => self.block_as_argument(argument, body)?,
                None => {
                    let reason = format!("the provider has no argument `{}` here", argument.name);
                    return refused(reason, argument.name_span);
                }
            }
        }
        for written in body.blocks.iter().filter(|written| !is_own(&written.kind)) {
            let name = nested_type(written);
            match block.item(name) {
                Some(Item::Nested(nested)) => self.unfit_block(written, nested, gaps, scope)?,
                // In JSON syntax an object may be either.
                Some(Item::Attribute(_)) if self.is_json(written.header) && &*written.kind != "dynamic" => {}
                Some(Item::Attribute(_)) => {
                    return refused(format!("Terraform wants `{name}` as an argument, not as a block"), written.header);
                }
                None => return refused(format!("the provider has no block `{name}` here"), written.header),
            }
        }
        for (name, item) in block.items() {
            match item {
                Item::Attribute(attribute) => {
                    let is_missing = attribute.is_required() && body.attribute(name).is_none();
                    if is_missing {
                        let reason = format!("the required argument `{name}` is missing");
                        gaps.borrow_mut().push(Unknown::refused(reason, header));
                    }
                }
                Item::Nested(nested) => self.unfit_count(name, nested, fitted, scope)?,
            }
        }
        Ok(())
    }

    fn is_json(&self, span: Span) -> bool {
        self.sources[span.file].is_json()
    }

    /// An argument where the schema has a block. In JSON syntax blocks are written as properties.
    fn block_as_argument(&self, argument: &outline::Attribute, body: &Body) -> Result<(), Misfit> {
        let is_empty = || matches!(self.sources.text(argument.expression), "[]" | "null");
        let stands_for_blocks = || body.blocks.iter().any(|block| block.header == argument.name_span);
        if self.is_json(argument.name_span) && (is_empty() || stands_for_blocks()) {
            return Ok(());
        }
        let reason = format!("Terraform wants `{}` as a block, not as an argument", argument.name);
        refused(reason, argument.name_span)
    }

    fn unfit_argument(
        &self,
        argument: &outline::Attribute,
        attribute: Attribute,
        scope: Option<&Scope<'_>>,
    ) -> Result<(), Misfit> {
        let name = &argument.name;
        if !attribute.is_settable() {
            let reason = format!("`{name}` is what the provider computes, and must not be set");
            return refused(reason, argument.name_span);
        }
        let value = match self.at(argument.expression, scope) {
            Ok(value) => value,
            // What could not be read may be sound.
            Err(refusal) if refusal.is_flaw => return Ok(()),
            Err(refusal) => return Err(Unknown::refused(refusal.reason, refusal.span)),
        };
        if value.all_marks().ephemeral && !attribute.is_write_only() {
            return refused("Terraform refuses an ephemeral value for an argument of a resource", argument.expression);
        }
        match value.convert(&attribute.to_type()).map(|value| value.data) {
            Ok(Data::Null) if attribute.is_required() => {
                refused(format!("the required argument `{name}` is null"), argument.expression)
            }
            Ok(_) => Ok(()),
            Err(mismatch) => {
                refused(format!("Terraform refuses the value of `{name}`: it {mismatch}"), argument.expression)
            }
        }
    }

    /// A nested block, or all that a `dynamic` block generates.
    fn unfit_block(
        &self,
        written: &outline::Block,
        nested: Nested,
        gaps: &RefCell<Vec<Misfit>>,
        scope: Option<&Scope<'_>>,
    ) -> Result<(), Misfit> {
        let fitted = |body, header| Fitted { block: nested.block(), body, header, is_resource: false, gaps };
        if &*written.kind != "dynamic" {
            return self.unfit(fitted(&written.body, written.header), scope);
        }
        let mut contents = written.body.blocks("content");
        let Some(content) = contents.next() else {
            return refused("a `dynamic` block requires a block `content`", written.header);
        };
        if let Some(second) = contents.next() {
            return refused("a `dynamic` block has only one block `content`", second.header);
        }
        let Some(for_each) = written.body.attribute("for_each") else {
            return refused("a `dynamic` block requires `for_each`", written.header);
        };
        let iterator = self.iterator(written);
        let unfit = |element: &Value| {
            self.unfit(fitted(&content.body, content.header), Some(&Scope::with(scope, iterator, element)))
        };
        match self.dynamic_turns(for_each, scope)? {
            Some(turns) => turns.iter().try_for_each(unfit),
            None => Ok(()),
        }
    }

    /// What a `dynamic` block is repeated for, unless it is unknown.
    fn dynamic_turns(
        &self,
        for_each: &outline::Attribute,
        scope: Option<&Scope<'_>>,
    ) -> Result<Option<Vec<Value>>, Misfit> {
        let collection = match self.at(for_each.expression, scope) {
            Ok(collection) => collection,
            Err(refusal) if refusal.is_flaw => return Ok(None),
            Err(refusal) => return Err(Unknown::refused(refusal.reason, refusal.span)),
        };
        match self.turns(&collection, for_each.expression) {
            Ok(Ok(turns)) => Ok(Some(turns.into_iter().map(turn_object).collect())),
            Ok(Err(_)) => Ok(None),
            Err(_) => refused("Terraform refuses a `for_each` that is no collection", for_each.expression),
        }
    }

    /// Whether there are as many nested blocks of a type as there may be.
    fn unfit_count(
        &self,
        name: &str,
        nested: Nested,
        fitted: Fitted<'_>,
        scope: Option<&Scope<'_>>,
    ) -> Result<(), Misfit> {
        let (mut count, mut is_known) = (0, true);
        for written in fitted.body.blocks.iter().filter(|written| nested_type(written) == name) {
            let dynamic = (&*written.kind == "dynamic").then(|| written.body.attribute("for_each")).flatten();
            match dynamic.map(|for_each| self.dynamic_turns(for_each, scope)).transpose()? {
                None => count += 1,
                Some(Some(turns)) => count += turns.len(),
                Some(None) => is_known = false,
            }
            if nested.most.is_some_and(|most| count > most) {
                let most = nested.most.unwrap_or_default();
                let reason = match most {
                    1 => format!("Terraform allows only one `{name}` block, and here is another"),
                    most => format!("Terraform allows only {most} `{name}` blocks, and here is one more"),
                };
                return refused(reason, written.header);
            }
        }
        if is_known && count < nested.least {
            let reason = format!("the required block `{name}` is missing");
            fitted.gaps.borrow_mut().push(Unknown::refused(reason, fitted.header));
        }
        Ok(())
    }
}

fn refused<T>(reason: impl Into<String>, span: Span) -> Result<T, Misfit> {
    Err(Unknown::refused(reason, span))
}
