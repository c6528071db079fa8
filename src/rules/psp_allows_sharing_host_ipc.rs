//! Pod security policies that let pods use the host's IPC namespace.
//!
//! Id, aliases, name, severity, category and CWE are those of Datadog's catalogue (see the address in
//! `documentation`). The attribute is described in the provider's reference:
//! <https://registry.terraform.io/providers/hashicorp/kubernetes/latest/docs/resources/pod_security_policy#host_ipc>.

use crate::rule::{Rule, Severity, Sink, Verdict, Wording};
use crate::source::Span;
use crate::terraform::{Field, Resource, Value};

pub(super) static RULE: Rule = Rule {
    id: "terraform-kubernetes-psp-allows-sharing-host-ipc",
    aliases: &["51bed0ac-a8ae-407a-895e-90c6cb0610ce", "terraform-common-psp-allows-sharing-host-ipc"],
    name: "PSP allows sharing host IPC",
    pascal_name: "PspAllowsSharingHostIpc",
    severity: Severity::High,
    category: "Insecure Configurations",
    cwe: 250,
    platform: "Terraform",
    provider: "Kubernetes",
    resource_types: &[
        "kubernetes_pod_security_policy",
        "kubernetes_pod_security_policy_v1beta1",
        "kubernetes_manifest",
        "kubectl_manifest",
    ],
    summary: "The pod security policy lets pods use the IPC namespace of their node.",
    description: "A pod that shares the host's IPC namespace can read and write the shared memory segments, \
        semaphores and message queues of the node's own processes and of every other pod that shares it. Whoever \
        takes over such a pod can read what others keep there, change it, or stop them.",
    remediation: "Remove `host_ipc` or set it to false. Let containers that must share memory run in one pod, which \
        has an IPC namespace of its own.",
    documentation: "https://docs.datadoghq.com/security/code_security/iac_security/iac_rules/terraform-kubernetes-psp-allows-sharing-host-ipc/",
    page: include_str!("../../docs/rules/terraform-kubernetes-psp-allows-sharing-host-ipc.md"),
    check,
};

static WORDING: Wording = WORDING_OF_BLOCK;

const WORDING_OF_BLOCK: Wording = Wording {
    attribute: "spec.host_ipc",
    effect: "shares the host's IPC namespace",
    label: "shares the host's IPC namespace",
    violating: "true",
    replacement: "false",
    fix: "Set `host_ipc` to false.",
};

/// What is said of a policy that is written as an object of Kubernetes.
static MANIFEST: Wording = Wording { attribute: "spec.hostIPC", fix: "Set `hostIPC` to false.", ..WORDING_OF_BLOCK };

fn check(policy: &Resource<'_, '_>, sink: &mut Sink<'_>) {
    let manifest = match policy.kind() {
        "kubernetes_manifest" => Some("manifest"),
        "kubectl_manifest" => Some("yaml_body"),
        _ => None,
    };
    if let Some(argument) = manifest {
        for document in policy.documents(argument) {
            if let Field::Setting(setting) = policy.field(&document, "PodSecurityPolicy", ["spec", "hostIPC"]) {
                sink.judge(&setting, shares, &MANIFEST);
            }
        }
        return;
    }
    for setting in policy.settings("spec", "host_ipc") {
        sink.judge(&setting, shares, &WORDING);
    }
}

/// The verdict on a value of `host_ipc`, which is written at `span`.
fn shares(value: &Value, span: Span) -> Verdict {
    match value.to_bool(span) {
        Ok(Some(true)) => Verdict::Violation,
        Ok(Some(false) | None) => Verdict::Compliant,
        Err(unknown) => Verdict::Undecided(unknown),
    }
}
