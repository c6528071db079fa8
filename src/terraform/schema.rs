//! What podgate knows of providers' schemas.
//!
//! A reference to an argument that a resource does not set is unknown in general: a provider may compute it. These
//! are the ones that no provider does.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::value::{Data, Type, Value};

/// The arguments of the block `spec` of a pod security policy that are bools, optional and never computed
/// (`kubernetes/resource_kubernetes_pod_security_policy_v1beta1.go` of the provider's version 2.38).
const POLICY_FLAGS: [&str; 4] = ["host_ipc", "host_network", "host_pid", "privileged"];

/// Arguments of these names are maps of strings in every provider that has them.
const TEXT_MAPS: [&str; 6] = ["annotations", "keepers", "labels", "match_labels", "tags", "triggers"];

/// Whether podgate knows the schema of a resource type as far as it matters here.
pub(super) fn knows(kind: &str) -> bool {
    kind.starts_with("kubernetes_pod_security_policy")
}

/// The value of an argument, in the type that it has by its name.
pub(super) fn typed(argument: &str, value: Value) -> Value {
    let to = Type::Map(Box::new(Type::String));
    if TEXT_MAPS.contains(&argument) { value.convert(&to).unwrap_or(value) } else { value }
}

/// Completes what a resource's configuration says with what its schema does.
pub(super) fn complete(kind: &str, attributes: &mut BTreeMap<Arc<str>, Value>) {
    if !knows(kind) {
        return;
    }
    let Some(Data::List(specs)) = attributes.get("spec").map(|spec| &spec.data) else { return };
    let specs = specs.iter().map(|spec| match &spec.data {
        Data::Partial(set, unknown) => spec.about(Data::Partial(Arc::new(flags(set)), unknown.clone())),
        _ => spec.clone(),
    });
    let specs = Value::list(specs.collect());
    attributes.insert("spec".into(), specs);
}

fn flags(set: &BTreeMap<Arc<str>, Value>) -> BTreeMap<Arc<str>, Value> {
    let mut all = set.clone();
    for flag in POLICY_FLAGS {
        let value = all.entry(flag.into()).or_insert_with(|| Data::Null.into());
        if let Ok(converted) = value.convert(&Type::Bool) {
            *value = converted;
        }
    }
    all
}
