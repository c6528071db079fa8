//! References to what is not there. Terraform looks at all of a module's references before it evaluates any of them, so
//! that `try` does not help, nor that an arm is not taken.

use super::walk::{Bound, Reference, Visitor, walk};
use super::{Check, Checked, refuse};
use crate::hcl::expression::{Kind, Step, StepKind};
use crate::hcl::outline::{Attribute, Block, Body};
use crate::source::Span;
use crate::terraform::evaluate::Refusal;
use crate::terraform::module::nested_type;
use crate::terraform::provider;
use crate::terraform::schema::{Block as Schema, refused_step};

/// What a block lets its expressions refer to besides what the module declares.
#[derive(Debug, Clone, Copy, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each says whether one name is there")]
struct Place<'p> {
    each: bool,
    count: bool,
    itself: bool,
    /// Whether nothing of the module may be referred to, as when a resource is destroyed.
    alone: bool,
    /// The address of the resource that the block declares, which its arguments must not refer to.
    own: Option<&'p str>,
}

/// The arguments that are no expressions, or name something in ways of their own.
pub(super) const KEYWORDS: [&str; 6] = ["depends_on", "ignore_changes", "on_failure", "provider", "providers", "when"];

/// The attributes of Terraform's own resource type.
const TERRAFORM_DATA: [&str; 4] = ["id", "input", "output", "triggers_replace"];

/// Checks the references of all expressions of a module.
pub(super) const REFERENCES: Check = |checked| {
    for (_, expression) in checked.evaluator.local_expressions() {
        checked.references(expression, Place::default(), &Bound::default())?;
    }
    for kind in ["resource", "data", "ephemeral"] {
        for (labels, declaration) in checked.declarations(kind) {
            let [resource_type, name] = labels else { continue };
            let prefix = if kind == "resource" { String::new() } else { format!("{kind}.") };
            let own = format!("{prefix}{}.{}", resource_type.text, name.text);
            checked.repeated(&declaration.body, Some(&own))?;
        }
    }
    for (_, declaration) in checked.declarations("module") {
        checked.repeated(&declaration.body, None)?;
    }
    for (_, declaration) in checked.declarations("output") {
        checked.body(&declaration.body, Place::default(), &Bound::default())?;
        checked.dependencies(&declaration.body)?;
    }
    for (_, declaration) in checked.declarations("variable") {
        for validation in declaration.body.blocks("validation") {
            checked.body(&validation.body, Place::default(), &Bound::default())?;
        }
    }
    for (_, block) in checked.blocks().filter(|(_, block)| matches!(&*block.kind, "provider" | "check")) {
        checked.body(&block.body, Place::default(), &Bound::default())?;
    }
    Ok(())
};

/// Collects what is wrong with references.
struct Seen<'c, 'm> {
    checked: &'c Checked<'c, 'm>,
    place: Place<'c>,
    refused: Option<Refusal>,
}

impl Visitor for Seen<'_, '_> {
    fn deeper(&mut self, inner: &mut dyn FnMut(&mut Self)) {
        let checked = self.checked;
        if self.refused.is_none() {
            checked.within(|| inner(self));
        }
    }

    fn reference(&mut self, reference: Reference<'_>) {
        let wrong = self.checked.wrong(reference, self.place);
        self.refused = self.refused.take().or_else(|| wrong.map(|why| Refusal::new(why, reference.span)));
    }
}

impl Checked<'_, '_> {
    /// Checks a block that may be repeated.
    fn repeated(&self, body: &Body, own: Option<&str>) -> Result<(), Refusal> {
        let (each, count) = (body.attribute("for_each"), body.attribute("count"));
        for repeat in each.iter().chain(&count) {
            self.references(repeat.expression, Place { own, ..Place::default() }, &Bound::default())?;
        }
        let place = Place { each: each.is_some(), count: count.is_some(), itself: false, alone: false, own };
        self.body(body, place, &Bound::default())?;
        self.dependencies(body)
    }

    fn body(&self, body: &Body, place: Place<'_>, bound: &Bound<'_>) -> Result<(), Refusal> {
        // In JSON syntax what stands for blocks is listed as an argument, too.
        let is_block = |attribute: &Attribute| body.blocks.iter().any(|block| block.header == attribute.name_span);
        let is_expression = |attribute: &&Attribute| {
            !KEYWORDS.contains(&&*attribute.name)
                && !matches!(&*attribute.name, "count" | "for_each")
                && !is_block(attribute)
        };
        for attribute in body.attributes.iter().filter(is_expression) {
            self.references(attribute.expression, place, bound)?;
        }
        body.blocks.iter().try_for_each(|block| self.block(block, place, bound))
    }

    fn block(&self, block: &Block, place: Place<'_>, bound: &Bound<'_>) -> Result<(), Refusal> {
        match &*block.kind {
            "dynamic" => {
                for repeat in block.body.attribute("for_each").into_iter().chain(block.body.attribute("labels")) {
                    self.references(repeat.expression, place, bound)?;
                }
                let iterator = block.body.attribute("iterator").map(|iterator| self.text(iterator.expression));
                let iterator = iterator.unwrap_or(nested_type(block)).trim_matches('"');
                let bound = bound.with(iterator);
                block.body.blocks("content").try_for_each(|content| self.body(&content.body, place, &bound))
            }
            "provisioner"
                if block.body.attribute("when").is_some_and(|when| self.text(when.expression) == "destroy") =>
            {
                let place = Place { itself: true, own: None, alone: true, ..place };
                self.body(&block.body, place, bound)
            }
            "provisioner" | "connection" if place.own.is_some() => {
                self.body(&block.body, Place { itself: true, own: None, ..place }, bound)
            }
            "postcondition" => self.body(&block.body, Place { itself: true, ..place }, bound),
            "lifecycle" => {
                if let Some(triggers) = block.body.attribute("replace_triggered_by") {
                    self.triggered(triggers.expression)?;
                }
                self.body(&block.body, place, bound)
            }
            _ => self.body(&block.body, place, bound),
        }
    }

    /// Checks that only resources trigger a replacement.
    fn triggered(&self, triggers: Span) -> Result<(), Refusal> {
        let Some(Kind::Tuple(elements)) = self.parsed(triggers).map(|parsed| parsed.kind.clone()) else {
            return Ok(());
        };
        for element in &elements {
            if let Kind::Traversal(traversal) = &element.kind
                && matches!(&traversal.base.kind, Kind::Variable(root) if matches!(&**root, "var" | "local"))
            {
                return refuse("only resources can trigger a replacement", element.span);
            }
        }
        Ok(())
    }

    /// Checks what a block depends on by name.
    fn dependencies(&self, body: &Body) -> Result<(), Refusal> {
        let Some(depends_on) = body.attribute("depends_on") else { return Ok(()) };
        if self.is_json(depends_on.expression) {
            return Ok(());
        }
        let Some(expression) = self.parsed(depends_on.expression) else { return Ok(()) };
        let Kind::Tuple(elements) = &expression.kind else {
            return refuse("Terraform wants a list of references for `depends_on`", depends_on.expression);
        };
        for element in elements {
            let mut seen = Seen { checked: self, place: Place::default(), refused: None };
            walk(element, &Bound::default(), &mut seen);
            seen.refused.map_or(Ok(()), Err)?;
            if let Kind::Traversal(traversal) = &element.kind
                && let Kind::Variable(root) = &traversal.base.kind
                && let reference = (Reference { root, steps: &traversal.steps, span: element.span })
                && let Some((address, steps)) = reference.address()
                && traversal.steps[steps..].iter().any(|step| matches!(step.kind, StepKind::Attribute(_)))
            {
                let reason = format!("`depends_on` takes `{address}` as a whole only");
                return refuse(reason, element.span);
            }
        }
        Ok(())
    }

    fn references(&self, expression: Span, place: Place<'_>, bound: &Bound<'_>) -> Result<(), Refusal> {
        let Some(parsed) = self.parsed(expression) else { return Ok(()) };
        let mut seen = Seen { checked: self, place, refused: None };
        walk(&parsed, bound, &mut seen);
        seen.refused.map_or(Ok(()), Err)
    }

    /// What is wrong with a reference.
    fn wrong(&self, reference: Reference<'_>, place: Place<'_>) -> Option<String> {
        let one_of = |known: &[&str]| {
            let attribute = reference.attribute(0);
            let is_known = attribute.is_some_and(|attribute| known.contains(&attribute));
            (!is_known).then(|| match attribute {
                Some(attribute) => format!("there is no `{}.{attribute}`", reference.root),
                None => format!("Terraform refuses `{}` without an attribute", reference.root),
            })
        };
        let not_here = |why: &str| Some(format!("`{}` does not exist here, because {why}", reference.root));
        match reference.root {
            "each" if !place.each => not_here("the block has no `for_each`"),
            "count" if !place.count => not_here("the block has no `count`"),
            "self" if !place.itself => not_here("it is for provisioners and postconditions only"),
            "each" => one_of(&["key", "value"]),
            "count" => one_of(&["index"]),
            "path" => one_of(&["cwd", "module", "root"]),
            "terraform" => one_of(&["applying", "workspace"]),
            // Kept for later versions.
            "self" | "template" | "lazy" | "arg" => None,
            _ => self.wrong_address(reference, place),
        }
    }

    /// Whether a `check` block declares the data source that is referred to.
    fn is_in_check(&self, reference: Reference<'_>) -> bool {
        let mut checks = self.module.blocks().filter(|(_, block)| &*block.kind == "check");
        checks.any(|(_, block)| {
            let mut own = block.body.blocks("data");
            own.any(|data| data.label(0) == reference.attribute(0) && data.label(1) == reference.attribute(1))
        })
    }

    fn wrong_address(&self, reference: Reference<'_>, place: Place<'_>) -> Option<String> {
        let Some((address, steps)) = reference.address() else {
            return Some(format!("`{}` does not say what it refers to", self.text(reference.span)))
                .filter(|text| text.len() < 100 && !text.contains('\n'));
        };
        if place.alone {
            return Some(format!("a provisioner that destroys must not refer to `{address}`"));
        }
        if let Some(what) = match reference.root {
            "var" => Some("variable"),
            "local" => Some("local value"),
            "module" => Some("module call"),
            _ => None,
        } {
            let is_there = match address.strip_prefix("local.") {
                Some(name) => self.evaluator.has_local(name),
                None => self.module.declares(&address),
            };
            return (!is_there).then(|| format!("there is no {what} `{address}`"));
        }
        let what = if reference.root == "data" { "data source" } else { "resource" };
        if reference.root == "data" && self.is_in_check(reference) {
            return None;
        }
        let Some(declaration) = self.module.declaration(&address) else {
            return Some(format!("there is no {what} `{address}`"));
        };
        if place.own == Some(&*address) {
            return Some(format!("Terraform refuses a reference of `{address}` to itself"));
        }
        let repeat = ["count", "for_each"].into_iter().find(|repeat| declaration.body.attribute(repeat).is_some());
        let behind = reference.steps.get(steps + usize::from(repeat.is_some())..).unwrap_or_default();
        let is_certain = |kind: &str| provider::is_certain(self.evaluator, kind, &declaration.body);
        if let Some(why) = wrong_steps(reference, behind, &is_certain) {
            return Some(why);
        }
        match (repeat, reference.steps.get(steps).map(|step| &step.kind)) {
            (Some(repeat), Some(StepKind::Attribute(_))) => {
                Some(format!("`{address}` has `{repeat}`, and one of its instances must be named"))
            }
            (None, Some(StepKind::Index(index))) if matches!(index.kind, Kind::Number(_) | Kind::String(_)) => {
                Some(format!("`{address}` has neither `count` nor `for_each`, and so no instances to name"))
            }
            _ => None,
        }
    }
}

/// What is wrong with the steps into a resource, or an instance of one. Of the schemas of some resource types podgate is
/// certain.
fn wrong_steps(reference: Reference<'_>, steps: &[Step], is_certain: &dyn Fn(&str) -> bool) -> Option<String> {
    let resource_type = match reference.root {
        "data" | "resource" => reference.attribute(0)?,
        "ephemeral" => return None,
        resource_type => resource_type,
    };
    let name = reference.attribute(reference.steps.len() - steps.len())?;
    if resource_type == "terraform_data" {
        return (!TERRAFORM_DATA.contains(&name)).then(|| format!("`terraform_data` has no attribute `{name}`"));
    }
    let of_type = if reference.root == "data" { Schema::of_data } else { Schema::of_resource };
    let block = of_type(resource_type).filter(|_| is_certain(resource_type))?;
    refused_step(block, steps).map(|(why, _)| why)
}
