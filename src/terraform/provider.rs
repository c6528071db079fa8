//! Which provider a resource is of, and whether the version of it that a root module is locked to has its resource type.

use std::sync::Arc;

use super::evaluate::Evaluator;
use super::schema;
use super::value::{Data, Unknown};
use crate::hcl::outline::Body;

/// The host of the addresses of providers that name none, and the namespace of those that are required nowhere.
const REGISTRY: &str = "registry.terraform.io";
const NAMESPACE: &str = "hashicorp";

/// The provider that has removed resource types which podgate knows.
const KUBERNETES: &str = "registry.terraform.io/hashicorp/kubernetes";

/// The providers whose schemas podgate knows, and the address of one that is required nowhere.
const KNOWN: [&str; 5] = [
    KUBERNETES,
    "registry.terraform.io/alekc/kubectl",
    "registry.terraform.io/gavinbunney/kubectl",
    "registry.terraform.io/hashicorp/kubectl",
    BUILT_IN,
];

/// The provider that is a part of Terraform.
const BUILT_IN: &str = "terraform.io/builtin/terraform";

/// Whether a resource is of a provider whose schema podgate knows, and of no other that has resource types of the same
/// names.
pub(super) fn is_known(evaluator: &Evaluator<'_>, resource_type: &str, body: &Body) -> bool {
    KNOWN.contains(&address(evaluator, resource_type, body).as_str())
}

/// Whether the schema of a resource that is not reported itself is certainly the one that podgate knows: later versions of
/// the provider may have more. One that has the resource types which version 3 has removed has no more.
pub(super) fn is_certain(evaluator: &Evaluator<'_>, resource_type: &str, body: &Body) -> bool {
    match address(evaluator, resource_type, body).as_str() {
        KUBERNETES => {}
        of => return of == BUILT_IN,
    }
    let locked = evaluator.place().ok().and_then(|(tree, _)| tree.locked(KUBERNETES));
    match locked {
        Some(locked) => locked.version.starts_with("2."),
        None => evaluator.module().is_some_and(|module| module.declares_resource(&schema::REMOVED)),
    }
}

/// Why the provider has no such resource type, if that is so.
pub(super) fn lacks(evaluator: &Evaluator<'_>, resource_type: &str, body: &Body) -> Option<Arc<Unknown>> {
    let removed = schema::removed_in(resource_type)?;
    let (tree, _) = evaluator.place().ok()?;
    let locked = tree.locked(KUBERNETES).filter(|_| address(evaluator, resource_type, body) == KUBERNETES)?;
    let major: u64 = locked.version.split('.').next()?.parse().ok()?;
    let reason = || {
        let version = &locked.version;
        format!(
            "version {version} of hashicorp/kubernetes has no resource type `{resource_type}`, which was removed in {removed}.0.0"
        )
    };
    (major >= removed).then(|| Unknown::refused(reason(), locked.span))
}

/// The address of the provider of a resource.
fn address(evaluator: &Evaluator<'_>, resource_type: &str, body: &Body) -> String {
    let written = body.attribute("provider").map(|provider| evaluator.sources().text(provider.expression));
    // With an alias (`kubernetes.west`), and in JSON syntax as a string.
    let written = written.map(|text| text.trim_matches('"').split('.').next().unwrap_or(text).trim());
    let name = written.unwrap_or_else(|| resource_type.split('_').next().unwrap_or(resource_type));
    let required = evaluator.module().and_then(|module| module.required_provider(name));
    let required = required.map(|required| evaluator.constants().value(required, None).data);
    let source = match &required {
        Some(Data::Object(entries)) => entries.get("source").map(|source| &source.data),
        _ => None,
    };
    match source {
        Some(Data::String(source)) => in_full(&source.to_lowercase()),
        _ if name == "terraform" => "terraform.io/builtin/terraform".to_owned(),
        _ => in_full(name),
    }
}

/// The address of a provider with its host and its namespace.
fn in_full(source: &str) -> String {
    match source.matches('/').count() {
        0 => format!("{REGISTRY}/{NAMESPACE}/{source}"),
        1 => format!("{REGISTRY}/{source}"),
        _ => source.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_completed() {
        for source in ["kubernetes", "hashicorp/kubernetes", KUBERNETES] {
            assert_eq!(in_full(source), KUBERNETES, "{source}");
        }
        assert_eq!(in_full("acme/kubernetes"), "registry.terraform.io/acme/kubernetes");
        assert_eq!(in_full("example.com/hashicorp/kubernetes"), "example.com/hashicorp/kubernetes");
    }
}
