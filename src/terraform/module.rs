//! A directory of Terraform files, read together.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};
use std::ffi::OsString;
use std::path::Path;

use crate::hcl::outline::{Block, Body, Outline};
use crate::source::{FileId, Notification, Place, Span};

/// All `.tf` files of one directory.
#[derive(Debug)]
pub struct Module {
    files: Vec<ModuleFile>,
    complete: bool,
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

impl Module {
    /// A module of these files, which are all that Terraform would read if it is `complete`. They are read in the order of their names, those that override last, as Terraform
    /// does (<https://developer.hashicorp.com/terraform/language/files/override>).
    #[must_use]
    pub fn new(mut files: Vec<ModuleFile>, complete: bool) -> Self {
        files.sort_by_cached_key(|file| (file.overrides(), file.name.clone()));
        let complete = complete && files.iter().all(|file| file.outline.errors.is_empty());
        Self { files, complete }
    }

    /// Whether all of the module could be read. What is not found in one that is not may still be there.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.complete
    }

    /// The expressions of the module's local values. One of an override file replaces the one of its name.
    #[must_use]
    pub fn locals(&self) -> BTreeMap<&str, Span> {
        let blocks = self.files.iter().flat_map(|file| file.outline.body.blocks("locals"));
        let attributes = blocks.flat_map(|block| &block.body.attributes);
        attributes.map(|attribute| (&*attribute.name, attribute.expression)).collect()
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
        let stem = Path::new(&self.name).file_stem().unwrap_or_default();
        stem == "override" || stem.as_encoded_bytes().ends_with(b"_override")
    }
}

/// A block of a type of interest that has too few or too many labels to be a resource.
fn unnamed(block: &Block, kind: &str) -> Option<Notification> {
    (block.label(0) == Some(kind)).then(|| {
        let message = format!("A resource has two labels, its type and its name. This `{kind}` was left out.");
        Notification::error(Place::Span(block.header), message)
    })
}

/// Merges what an override file says of a block into it: an argument replaces the one of its name, a nested block
/// replaces all of its type, whether they are written out or by `dynamic`.
fn merge(base: &mut Body, overriding: &Body) {
    for attribute in &overriding.attributes {
        base.attributes.retain(|replaced| replaced.name != attribute.name);
        base.attributes.push(attribute.clone());
    }
    let replaced: HashSet<&str> = overriding.blocks.iter().map(nested_type).collect();
    base.blocks.retain(|block| !replaced.contains(nested_type(block)));
    base.blocks.extend(overriding.blocks.iter().cloned());
}

/// The type of the nested blocks that a block stands for.
fn nested_type(block: &Block) -> &str {
    match (&*block.kind, block.label(0)) {
        ("dynamic", Some(label)) => label,
        (kind, _) => kind,
    }
}
