//! Any bytes as a file of values, in both syntaxes.

use super::scanned;

const MODULE: &[u8] = b"variable \"ipc\" {
  default = true
}
resource \"kubernetes_pod_security_policy\" \"x\" {
  spec {
    host_ipc = var.ipc
  }
}
";

/// A planted policy is found; a policy whose variable the file may set is found, undecided, or the file named - unless
/// the file says that the variable is something else.
pub fn holds(data: &[u8]) {
    if scanned::is_known(data) {
        return;
    }
    for name in ["terraform.tfvars", "terraform.tfvars.json"] {
        let directory = scanned::tree(&[("main.tf", MODULE), (name, data)]);
        let scan = scanned::scan_with_planted(directory.path());
        let may_be_set = if name.ends_with("json") { may_set_in_json(data) } else { may_set(data) };
        assert!(may_be_set || scanned::is_said(&scan, "x"), "nothing is said about {name}: {:#?}", scan.report);
    }
}

/// Whether a file is sound and sets the variable.
fn may_set(data: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(data) else { return false };
    hcl_edit::parser::parse_body(text).is_ok_and(|body| body.get_attribute("ipc").is_some())
}

fn may_set_in_json(data: &[u8]) -> bool {
    serde_json::from_slice(data).is_ok_and(|values: serde_json::Value| match &values {
        serde_json::Value::Array(objects) => objects.iter().any(|object| object.get("ipc").is_some()),
        object => object.get("ipc").is_some(),
    })
}
