//! A directory of Terraform files, read together.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::ffi::{OsStr, OsString};
use std::path::Path;

use crate::hcl::outline::{Attribute, Block, Body, Label, MOST_ERRORS, Outline};
use crate::source::{FileId, Level, Notification, Place, Span};

/// All Terraform files of one directory.
#[derive(Debug)]
pub struct Module {
    files: Vec<ModuleFile>,
    complete: bool,
    /// Where the module declares what can be referred to, by its address: file and block. Looked up, never listed.
    declared: HashMap<String, Vec<(usize, usize)>>,
    /// The addresses of what is declared more than once, but for overrides. Looked up, never listed.
    twice: HashSet<String>,
    /// Whether there is a file of which nothing could be read.
    is_unread: bool,
}

/// One file of a module.
#[derive(Debug)]
pub struct ModuleFile {
    /// The file.
    pub file: FileId,
    /// The name that the file has in the directory, which may be that of a link: it decides what overrides what.
    pub name: OsString,
    /// Its structure.
    pub outline: Outline,
}

/// Whether Terraform makes a resource or only reads it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// `resource`.
    Managed,
    /// `data`.
    Data,
}

/// A block that declares something, with what override files change in it.
#[derive(Debug)]
pub(super) struct Declaration<'m> {
    /// The block's kind and labels.
    pub(super) header: Span,
    /// What stands in the block.
    pub(super) body: Cow<'m, Body>,
}

/// A `resource` block with what override files change in it.
#[derive(Debug)]
pub struct ResourceBlock<'m> {
    /// The resource type: `kubernetes_pod_security_policy`.
    pub kind: &'m str,
    /// The name that the configuration gives it.
    pub name: &'m str,
    /// The block's kind and labels.
    pub header: Span,
    /// What stands in the block.
    pub body: Cow<'m, Body>,
}

/// A `module` block with what override files change in it.
#[derive(Debug)]
pub struct ModuleCall<'m> {
    /// The name that the configuration gives the call.
    pub name: &'m str,
    /// The block's kind and label.
    pub header: Span,
    /// What stands in the block.
    pub body: Cow<'m, Body>,
}

impl Module {
    /// A module of these files, which are all that Terraform would read if it is `complete`. They are read in the
    /// order of their names, those that override last, as Terraform does
    /// (<https://developer.hashicorp.com/terraform/language/files/override>).
    #[must_use]
    pub fn new(mut files: Vec<ModuleFile>, complete: bool) -> Self {
        files.sort_by_cached_key(|file| (file.overrides(), file.name.clone()));
        let complete = complete && files.iter().all(|file| file.outline.errors.is_empty());
        let mut declared: HashMap<String, Vec<(usize, usize)>> = HashMap::new();
        for (at, file) in files.iter().enumerate() {
            for (index, block) in file.outline.body.blocks.iter().enumerate() {
                if let Some(address) = address(block) {
                    declared.entry(address).or_default().push((at, index));
                }
            }
        }
        let twice = twice(&files, &declared);
        Self { files, complete, declared, twice, is_unread: false }
    }

    /// The module, of which nothing could be read of a file when `is_unread` says so.
    #[must_use]
    pub fn with_unread(self, is_unread: bool) -> Self {
        Self { is_unread, ..self }
    }

    /// Whether there is a file of which nothing could be read: it may declare anything.
    #[must_use]
    pub fn is_unread(&self) -> bool {
        self.is_unread
    }

    /// Whether something is declared more than once, which Terraform refuses.
    #[must_use]
    pub fn declares_twice(&self, address: &str) -> bool {
        self.twice.contains(address)
    }

    /// Whether all of the module could be read. What is not found in one that is not may still be there.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.complete
    }

    /// The expressions of the module's local values. One of an override file replaces the one of its name; of what is
    /// declared twice, an error to Terraform, the first counts.
    #[must_use]
    pub fn locals(&self) -> BTreeMap<&str, Span> {
        let mut locals = BTreeMap::new();
        for file in &self.files {
            for attribute in file.outline.body.blocks("locals").flat_map(|block| &block.body.attributes) {
                if file.overrides() || !locals.contains_key(&*attribute.name) {
                    locals.insert(&*attribute.name, attribute.expression);
                }
            }
        }
        locals
    }

    /// What Terraform refuses about the module as a whole: what is declared twice, and what is overridden without being
    /// there. Each with its place; beyond the first [`MOST_ERRORS`] only how many there are. What could hide a finding, a
    /// resource of the given types or the call of a module that `leads_somewhere`, is an error; what is referred to is not known, so that
    /// it is said where it matters.
    #[must_use]
    pub fn contradictions(&self, kinds: &[&str], leads_somewhere: impl Fn(&Block) -> bool) -> Vec<Notification> {
        let mut all: Vec<(Span, String)> = Vec::new();
        let mut addresses: Vec<_> =
            self.declared.iter().filter(|(_, places)| places.len() > 1 || self.overrides(places)).collect();
        addresses.sort();
        let could_hide = |address: &str, places: &[(usize, usize)]| {
            let leads =
                || places.iter().any(|(file, block)| leads_somewhere(&self.files[*file].outline.body.blocks[*block]));
            (address.starts_with("module.") && leads())
                || address.split_once('.').is_some_and(|(kind, _)| kinds.contains(&kind))
        };
        let hiding: HashSet<Span> = addresses
            .iter()
            .filter(|(address, places)| could_hide(address, places))
            .flat_map(|(_, places)| {
                places.iter().map(|(file, block)| self.files[*file].outline.body.blocks[*block].header)
            })
            .collect();
        for (address, places) in addresses {
            let headers = places.iter().map(|(file, block)| {
                let file = &self.files[*file];
                (file.overrides(), file.outline.body.blocks[*block].header)
            });
            let headers: Vec<(bool, Span)> = headers.collect();
            let again = headers.iter().filter(|(overrides, _)| !overrides).skip(1);
            all.extend(again.map(|(_, span)| (*span, declared_again(address))));
            if let [(true, span), ..] = headers.as_slice()
                && self.is_complete()
            {
                let message =
                    format!("`{address}` is overridden here, but nothing declares it. Terraform refuses that.");
                all.push((*span, message));
            }
        }
        let mut locals: HashSet<&str> = HashSet::new();
        for file in self.files.iter().filter(|file| !file.overrides()) {
            let locals_of_file = file.outline.body.blocks("locals").flat_map(|block| &block.body.attributes);
            let again = locals_of_file.filter(|local| !locals.insert(&local.name));
            all.extend(again.map(|local| (local.name_span, declared_again(&format!("local.{}", local.name)))));
        }
        // What could hide a finding is listed first.
        all.sort_by_key(|(span, _)| (!hiding.contains(span), *span));
        let unlisted = all.get(MOST_ERRORS..).and_then(|unlisted| Some((unlisted.first()?.0, unlisted.len())));
        let unlisted = unlisted.map(|(span, count)| (span, format!("Terraform refuses {count} more of these.")));
        let listed = all.into_iter().take(MOST_ERRORS).chain(unlisted);
        let notification = |(span, message): (Span, String)| {
            let level = if hiding.contains(&span) { Level::Error } else { Level::Warning };
            Notification { level, message, place: Place::Span(span) }
        };
        listed.map(notification).collect()
    }

    /// Whether the first of some places is in an override file.
    fn overrides(&self, places: &[(usize, usize)]) -> bool {
        places.first().is_some_and(|(file, _)| self.files[*file].overrides())
    }

    /// Whether it declares a variable, so that whoever calls it has a say in it.
    #[must_use]
    pub fn takes_inputs(&self) -> bool {
        self.declared.keys().any(|address| address.starts_with("var."))
    }

    /// Whether it says where Terraform keeps its state, which only a root module does.
    #[must_use]
    pub fn has_backend(&self) -> bool {
        let settings = self.files.iter().flat_map(|file| file.outline.body.blocks("terraform"));
        settings
            .into_iter()
            .any(|block| block.body.blocks.iter().any(|inner| matches!(&*inner.kind, "backend" | "cloud")))
    }

    /// What the module says of a provider that it requires, by the name that it has in the module.
    pub(super) fn required_provider(&self, name: &str) -> Option<Span> {
        let settings = self.files.iter().flat_map(|file| file.outline.body.blocks("terraform"));
        let required =
            settings.flat_map(|block| &block.body.blocks).filter(|block| &*block.kind == "required_providers");
        let mut named = required.filter_map(|block| block.body.attribute(name));
        named.next().map(|provider| provider.expression)
    }

    /// Whether the module declares a variable.
    #[must_use]
    pub fn declares_variable(&self, name: &str) -> bool {
        self.declared.contains_key(&format!("var.{name}"))
    }

    /// The variables that have no default, so that Terraform asks for them.
    pub fn required_variables(&self) -> impl Iterator<Item = &str> {
        let blocks = self.files.iter().flat_map(|file| file.outline.body.blocks("variable"));
        let names = blocks.filter_map(|block| block.label(0));
        names.filter(|name| {
            let declaration = self.declaration(&format!("var.{name}"));
            declaration.is_some_and(|declaration| declaration.body.attribute("default").is_none())
        })
    }

    /// The module calls, overrides merged, in the order of the files.
    pub fn calls(&self) -> impl Iterator<Item = ModuleCall<'_>> {
        let blocks = self.files.iter().flat_map(|file| file.outline.body.blocks("module"));
        let names = blocks.filter_map(|block| Some((block.label(0)?, block.header)));
        names.filter_map(|(name, header)| {
            let declaration = self.declaration(&format!("module.{name}"))?;
            // Of what is declared twice the first counts; what overrides is no call of its own.
            (declaration.header == header).then_some(ModuleCall { name, header, body: declaration.body })
        })
    }

    /// The names of the outputs.
    pub fn outputs(&self) -> impl Iterator<Item = &str> {
        let blocks = self.files.iter().flat_map(|file| file.outline.body.blocks("output"));
        blocks.filter_map(|block| block.label(0))
    }

    /// Whether a resource of one of these types is declared.
    #[must_use]
    pub fn declares_resource(&self, kinds: &[&str]) -> bool {
        let mut blocks = self.files.iter().flat_map(|file| file.outline.body.blocks("resource"));
        // One that has labels too many is none, and is said to be.
        blocks.any(|block| block.labels.iter().any(|label| kinds.contains(&&*label.text)))
    }

    /// What is declared under an address: `var.a`, `type.name`, `data.type.name`.
    pub(super) fn declaration(&self, address: &str) -> Option<Declaration<'_>> {
        let mut declaration: Option<Declaration<'_>> = None;
        for (file, block) in self.declared.get(address)? {
            let file = &self.files[*file];
            let block = &file.outline.body.blocks[*block];
            match &mut declaration {
                Some(base) if file.overrides() => {
                    let kept = base.body.blocks.clone();
                    merge(base.body.to_mut(), &block.body);
                    if address.starts_with("var.") {
                        // The validations of a variable stay.
                        base.body.to_mut().blocks = kept;
                    }
                }
                // Of what is declared twice, an error to Terraform, the first counts.
                Some(_) => {}
                None => {
                    declaration = Some(Declaration { header: block.header, body: Cow::Borrowed(&block.body) });
                }
            }
        }
        declaration
    }

    /// All top-level blocks as they are written, in the order of the files, and whether an override file holds them.
    pub(super) fn blocks(&self) -> impl Iterator<Item = (bool, &Block)> {
        self.files.iter().flat_map(|file| file.outline.body.blocks.iter().map(|block| (file.overrides(), block)))
    }

    /// What stands at the top level and is no block, which only blocks do.
    pub(super) fn top_level_arguments(&self) -> impl Iterator<Item = &Attribute> {
        self.files.iter().flat_map(|file| &file.outline.body.attributes)
    }

    /// The blocks of a kind that declare something, each once, overrides merged: their labels and what they declare.
    pub(super) fn declarations(&self, kind: &str) -> impl Iterator<Item = (&[Label], Declaration<'_>)> {
        let blocks = self.blocks().filter(move |(overrides, block)| !overrides && &*block.kind == kind);
        blocks.filter_map(|(_, block)| {
            let declaration = self.declaration(&address(block)?)?;
            // Of what is declared twice the first counts.
            (declaration.header == block.header).then_some((block.labels.as_slice(), declaration))
        })
    }

    /// Whether something is declared under an address.
    pub(super) fn declares(&self, address: &str) -> bool {
        self.declared.contains_key(address)
    }

    /// The resources of a type, in the order of the files. A block that cannot be one is noted.
    pub fn resources<'m>(&'m self, kind: &str, notifications: &mut Vec<Notification>) -> Vec<ResourceBlock<'m>> {
        let mut resources: Vec<ResourceBlock<'m>> = Vec::new();
        for file in &self.files {
            let overriding = file.overrides();
            for block in file.outline.body.blocks("resource") {
                let [written, name] = block.labels.as_slice() else {
                    notifications.extend(unnamed(block, kind));
                    continue;
                };
                if &*written.text != kind {
                    continue;
                }
                let base = resources.iter_mut().find(|base| overriding && base.name == &*name.text);
                match base {
                    Some(base) => merge(base.body.to_mut(), &block.body),
                    None => resources.push(ResourceBlock {
                        kind: &written.text,
                        name: &name.text,
                        header: block.header,
                        body: Cow::Borrowed(&block.body),
                    }),
                }
            }
        }
        resources
    }
}

impl ModuleFile {
    /// Whether the file's name says that it overrides.
    fn overrides(&self) -> bool {
        overrides(&self.name)
    }
}

/// Whether a file of this name overrides the others of its module
/// (<https://developer.hashicorp.com/terraform/language/files/override>).
#[must_use]
pub fn overrides(name: &OsStr) -> bool {
    let stem = Path::new(name).file_stem().unwrap_or_default().as_encoded_bytes();
    let stem = stem.strip_suffix(b".tf").unwrap_or(stem);
    stem == b"override" || stem.ends_with(b"_override")
}

/// What is declared more than once, but for overrides.
fn twice(files: &[ModuleFile], declared: &HashMap<String, Vec<(usize, usize)>>) -> HashSet<String> {
    let is_twice =
        |places: &Vec<(usize, usize)>| places.iter().filter(|(file, _)| !files[*file].overrides()).count() > 1;
    let blocks = declared.iter().filter(|(_, places)| is_twice(places)).map(|(address, _)| address.clone());
    let mut names = HashSet::new();
    let locals = files.iter().filter(|file| !file.overrides()).flat_map(|file| file.outline.body.blocks("locals"));
    let locals = locals.flat_map(|block| &block.body.attributes);
    let again: Vec<String> =
        locals.filter(|local| !names.insert(&*local.name)).map(|local| format!("local.{}", local.name)).collect();
    blocks.chain(again).collect()
}

/// The address under which a block can be referred to in its module.
fn address(block: &Block) -> Option<String> {
    match (&*block.kind, block.labels.as_slice()) {
        ("resource", [kind, name]) => Some(format!("{}.{}", kind.text, name.text)),
        ("data", [kind, name]) => Some(format!("data.{}.{}", kind.text, name.text)),
        ("ephemeral", [kind, name]) => Some(format!("ephemeral.{}.{}", kind.text, name.text)),
        ("variable", [name]) => Some(format!("var.{}", name.text)),
        ("module", [name]) => Some(format!("module.{}", name.text)),
        ("output", [name]) => Some(format!("output.{}", name.text)),
        _ => None,
    }
}

/// A block of a type of interest that has too few or too many labels to be a resource.
fn unnamed(block: &Block, kind: &str) -> Option<Notification> {
    block.labels.iter().any(|label| *label.text == *kind).then(|| {
        let message = format!("A resource has two labels, its type and its name. This `{kind}` was left out.");
        Notification::error(Place::Span(block.header), message)
    })
}

fn declared_again(address: &str) -> String {
    format!("`{address}` is declared here again, which Terraform refuses.")
}

/// Merges what an override file says of a block into it: an argument replaces the one of its name, a nested block
/// replaces all of its type, whether they are written out or by `dynamic`.
fn merge(base: &mut Body, overriding: &Body) {
    for attribute in &overriding.attributes {
        base.attributes.retain(|replaced| replaced.name != attribute.name);
        base.attributes.push(attribute.clone());
    }
    let replaced: HashSet<&str> = overriding.blocks.iter().map(nested_type).collect();
    // In JSON syntax what stands for blocks is listed as an argument, too.
    let headers: HashSet<Span> = base.blocks.iter().map(|block| block.header).collect();
    base.attributes.retain(|argument| !(replaced.contains(&*argument.name) && headers.contains(&argument.name_span)));
    base.blocks.retain(|block| !replaced.contains(nested_type(block)));
    base.blocks.extend(overriding.blocks.iter().cloned());
}

/// The type of the nested blocks that a block stands for.
pub(super) fn nested_type(block: &Block) -> &str {
    match (&*block.kind, block.label(0)) {
        ("dynamic", Some(label)) => label,
        (kind, _) => kind,
    }
}
