//! Any bytes as YAML that a manifest reads.

use super::scanned;

/// Two ways to read the file, each in a directory of its own: of several resources that read one file, one is told.
const MODULES: [(&str, &[u8]); 2] = [
    ("text", b"resource \"kubectl_manifest\" \"x\" {\n  yaml_body = file(\"${path.module}/policy.yaml\")\n}\n"),
    (
        "object",
        b"resource \"kubernetes_manifest\" \"x\" {\n  manifest = yamldecode(file(\"${path.module}/policy.yaml\"))\n}\n",
    ),
];

/// A planted policy is found. What a parser after libyaml, as Terraform's is, takes for a policy that shares the host's
/// IPC namespace is found, undecided, or named.
pub fn holds(data: &[u8]) {
    if scanned::is_known(data) {
        return;
    }
    for (name, module) in MODULES {
        let directory = scanned::tree(&[("main.tf", module), ("policy.yaml", data)]);
        let scan = scanned::scan_with_planted(directory.path());
        assert!(!is_policy(data) || scanned::is_said(&scan, "x"), "nothing is said of the {name}: {:#?}", scan.report);
    }
}

fn is_policy(data: &[u8]) -> bool {
    let Ok(document) = serde_yaml_ng::from_slice::<serde_yaml_ng::Value>(data) else { return false };
    document["kind"] == "PodSecurityPolicy" && document["spec"]["hostIPC"] == true
}
