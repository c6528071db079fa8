//! What `terraform init` has installed below a root module, as its `modules.json` lists it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::hcl::json::{Json, JsonKind};

/// The registry that sources without a host are of.
const REGISTRY: &str = "registry.terraform.io";

/// An installed module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Installed {
    pub(super) directory: PathBuf,
    /// Where it was installed from.
    pub(super) source: String,
}

impl Installed {
    /// Whether it is what a call of this source wants. Sources of registries are compared; others are written in too
    /// many ways to tell.
    pub(super) fn is_from(&self, source: &str) -> bool {
        match (registry_address(source), registry_address(&self.source)) {
            (Some(wanted), Some(installed)) => wanted == installed,
            _ => true,
        }
    }
}

/// The modules that a `modules.json` in a root module's directory lists, by the names of the calls.
pub(super) fn listed(json: &Json, root: &Path) -> BTreeMap<String, Installed> {
    let Some(JsonKind::Array(modules)) = member(json, "Modules").map(|modules| &modules.kind) else {
        return BTreeMap::new();
    };
    let entry = |module: &Json| {
        let directory = root.join(text(module, "Dir")?);
        let source = text(module, "Source").unwrap_or_default().to_owned();
        Some((text(module, "Key")?.to_owned(), Installed { directory, source }))
    };
    modules.iter().filter_map(entry).filter(|(names, _)| !names.is_empty()).collect()
}

fn member<'j>(json: &'j Json, name: &str) -> Option<&'j Json> {
    let JsonKind::Object(members) = &json.kind else { return None };
    members.iter().find(|member| &*member.name == name).map(|member| &member.value)
}

fn text<'j>(json: &'j Json, name: &str) -> Option<&'j str> {
    match &member(json, name)?.kind {
        JsonKind::String(text) => Some(text),
        _ => None,
    }
}

/// A source of a registry in full: host, namespace, name, provider, and what stands behind `//`. Nothing for a source
/// of another kind (<https://developer.hashicorp.com/terraform/language/modules/sources>).
fn registry_address(source: &str) -> Option<String> {
    let package = source.split("//").next().unwrap_or(source);
    let is_part = |part: &str| {
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
    };
    let parts: Vec<&str> = package.split('/').collect();
    if !parts.iter().all(|part| is_part(part)) {
        return None;
    }
    match parts.as_slice() {
        [namespace, _, _] if !namespace.contains('.') => Some(format!("{REGISTRY}/{source}")),
        [host, _, _, _] if host.contains('.') => Some(source.to_owned()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_of_registries_are_compared() {
        let from = |listed: &str, wanted: &str| {
            Installed { directory: PathBuf::new(), source: listed.to_owned() }.is_from(wanted)
        };
        assert!(from("registry.terraform.io/acme/psp/kubernetes", "acme/psp/kubernetes"));
        assert!(from("registry.terraform.io/acme/psp/kubernetes//x", "acme/psp/kubernetes//x"));
        assert!(!from("registry.terraform.io/acme/old/kubernetes", "acme/new/kubernetes"));
        assert!(!from("acme/psp/kubernetes//x", "acme/psp/kubernetes"));
        assert!(from("git::https://github.com/a/b.git", "github.com/a/b"));
        assert!(from("", "acme/psp/kubernetes"));
    }
}
