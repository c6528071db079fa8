//! Blocks, arguments and names that Terraform's language does not have, and what is declared twice.

use std::collections::HashSet;

use super::language::{FORMS, Form, Open, PROVISIONERS, TOP};
use super::{Check, Checked, refuse};
use crate::hcl::is_identifier;
use crate::hcl::outline::{Block, Body};
use crate::source::{Level, Place, Span};
use crate::terraform::evaluate::Refusal;

/// Checks what blocks hold against Terraform's language.
pub(super) const BLOCKS: Check = |checked| {
    if let Some(argument) = checked.module.top_level_arguments().find(|argument| !checked.is_json(argument.name_span)) {
        return refuse(format!("Terraform knows no argument `{}` here", argument.name), argument.name_span);
    }
    checked.blocks().try_for_each(|(overrides, block)| checked.shaped(block, &TOP, overrides))
};

/// Checks the names of what is declared.
pub(super) const NAMES: Check = |checked| {
    let all = checked.blocks().map(|(_, block)| block);
    for block in all.filter(|block| TOP.blocks.contains(&&*block.kind)) {
        for label in &block.labels {
            named(&block.kind, &label.text, label.span)?;
        }
    }
    Ok(())
};

/// Checks that nothing is declared twice, and that overrides find something.
pub(super) const DUPLICATES: Check = |checked| {
    let first = checked.module.contradictions(&[], |_| false).into_iter().find(|note| note.level == Level::Warning);
    if let Some(Place::Span(span)) = first.as_ref().map(|note| note.place.clone())
        && let Some(reason) = first.and_then(|note| note.message.split(". ").next().map(ToOwned::to_owned))
    {
        return refuse(reason.trim_end_matches('.'), span);
    }
    let mut known: HashSet<Option<&str>> = HashSet::new();
    let checks = checked.blocks().filter(|(overrides, block)| !overrides && &*block.kind == "check");
    for (_, block) in checks {
        if !known.insert(block.label(0)) {
            return refuse("this `check` block is declared twice", block.header);
        }
    }
    let locals = checked.blocks().filter(|(_, block)| &*block.kind == "locals");
    let locals =
        locals.flat_map(|(overrides, block)| block.body.attributes.iter().map(move |local| (overrides, local)));
    let (overriding, base): (Vec<_>, Vec<_>) = locals.partition(|(overrides, _)| *overrides);
    let base: HashSet<&str> = base.into_iter().map(|(_, local)| &*local.name).collect();
    if let Some((_, local)) = overriding.iter().find(|(_, local)| !base.contains(&*local.name)) {
        return refuse(format!("`local.{}` is overridden here, but nothing declares it", local.name), local.name_span);
    }
    let inner = |kind: &'static str| {
        let all = checked.blocks().filter(|(overrides, block)| !overrides && &*block.kind == "terraform");
        all.flat_map(move |(_, block)| block.body.blocks(kind)).nth(1)
    };
    match ["backend", "cloud", "required_providers"].into_iter().find_map(inner) {
        Some(second) => refuse(format!("there is more than one `{}` block", second.kind), second.header),
        None => Ok(()),
    }
};

fn named(kind: &str, name: &str, span: Span) -> Result<(), Refusal> {
    if is_identifier(name) {
        return Ok(());
    }
    refuse(format!("the name of this `{kind}` block is no identifier"), span)
}

impl Checked<'_, '_> {
    /// Checks a block in one of this form.
    fn shaped(&self, block: &Block, parent: &Form, overrides: bool) -> Result<(), Refusal> {
        let is_json = self.is_json(block.header);
        let path = if &*block.kind == "dynamic" || parent.path.is_empty() {
            block.kind.to_string()
        } else {
            format!("{}/{}", parent.path, block.kind)
        };
        let Some(form) = FORMS.iter().find(|form| form.path == path) else {
            if parent.open == Open::All {
                let open = Form { path: "", labels: 0, required: &[], optional: &[], blocks: &[], open: Open::All };
                return block.body.blocks.iter().try_for_each(|inner| self.shaped_inside(inner, &open));
            }
            // In JSON syntax an argument that is an object looks like a block.
            if is_json {
                return Ok(());
            }
            return refuse(format!("Terraform knows no `{}` block here", block.kind), block.header);
        };
        if parent.open != Open::All && !parent.blocks.contains(&&*block.kind) && !is_json {
            return refuse(format!("Terraform knows no `{}` block here", block.kind), block.header);
        }
        if block.labels.len() != form.labels && !is_json {
            let reason = format!("a `{}` block has {} labels, not {}", block.kind, form.labels, block.labels.len());
            return refuse(reason, block.header);
        }
        self.holds(block, form, overrides)?;
        if &*block.kind == "provisioner" && !is_json {
            self.provisioned(block)?;
        }
        block.body.blocks.iter().try_for_each(|inner| self.shaped(inner, form, overrides))
    }

    /// Checks what stands in the block of a resource: its provider knows what it takes, Terraform the dynamic blocks.
    fn shaped_inside(&self, block: &Block, open: &Form) -> Result<(), Refusal> {
        if &*block.kind == "dynamic" {
            return self.shaped(block, open, false);
        }
        block.body.blocks.iter().try_for_each(|inner| self.shaped_inside(inner, open))
    }

    /// Checks the arguments of a block and the number of its blocks.
    fn holds(&self, block: &Block, form: &Form, overrides: bool) -> Result<(), Refusal> {
        let knows = |name: &&str| form.required.contains(name) || form.optional.contains(name);
        let is_json = self.is_json(block.header);
        let mut arguments = block.body.attributes.iter().filter(|_| form.open == Open::Closed);
        let surplus = arguments.find(|argument| {
            let name = &*argument.name;
            !knows(&name) && !(is_json && (form.blocks.contains(&name) || name == "//"))
        });
        if let Some(surplus) = surplus {
            let reason = format!("a `{}` block has no argument `{}`", block.kind, surplus.name);
            return refuse(reason, surplus.name_span);
        }
        let lacks = form.required.iter().find(|name| !overrides && block.body.attribute(name).is_none());
        if let Some(lacks) = lacks {
            return refuse(format!("a `{}` block needs the argument `{lacks}`", block.kind), block.header);
        }
        match (form.path, times(&block.body, "content"), times(&block.body, "lifecycle"), times(&block.body, "assert"))
        {
            ("dynamic", 0, ..) => refuse("a `dynamic` block needs a `content` block", block.header),
            ("resource" | "data", _, 2.., _) => refuse("there is more than one `lifecycle` block", block.header),
            ("check", .., 0) => refuse("a `check` block needs an `assert` block", block.header),
            _ => Ok(()),
        }
    }

    fn provisioned(&self, block: &Block) -> Result<(), Refusal> {
        let name = block.label(0).unwrap_or_default();
        let Some((_, required, optional)) = PROVISIONERS.iter().find(|(known, ..)| *known == name) else {
            // Others may be installed as plugins.
            return Ok(());
        };
        let words = [("when", ["create", "destroy"]), ("on_failure", ["continue", "fail"])];
        for (argument, known) in words {
            let Some(word) = block.body.attribute(argument).map(|argument| argument.expression) else { continue };
            // Older configurations have them in quotation marks.
            if !known.contains(&self.text(word).trim_matches('"')) {
                return refuse(format!("Terraform does not know this for `{argument}`"), word);
            }
        }
        let knows = |name: &&str| {
            required.contains(name)
                || optional.contains(name)
                || ["connection", "on_failure", "when", "//"].contains(name)
        };
        if let Some(surplus) = block.body.attributes.iter().find(|argument| !knows(&&*argument.name)) {
            return refuse(format!("the provisioner `{name}` has no argument `{}`", surplus.name), surplus.name_span);
        }
        match required.iter().find(|required| block.body.attribute(required).is_none()) {
            Some(lacks) => refuse(format!("the provisioner `{name}` needs the argument `{lacks}`"), block.header),
            None => Ok(()),
        }
    }
}

/// How often a body holds a block of a kind.
fn times(body: &Body, kind: &str) -> usize {
    body.blocks(kind).count()
}
