//! Generated trees of modules: what podgate finds is what follows from how they were made, however they are written.

use std::collections::BTreeSet;
use std::path::Path;

use proptest::prelude::*;

use crate::support::{scan_directory, write};

/// What a call gives to the variable `ipc` of the module it calls.
#[derive(Debug, Clone, Copy)]
enum Given {
    Literal(bool),
    /// The caller's own variable.
    Own,
    /// The opposite of it.
    Not,
    /// `for_each` over two keys: `yes` is given the caller's variable, `no` is given false.
    Each,
}

/// A module: the calls in it, by depth. A module without calls holds the policy.
#[derive(Debug, Clone)]
struct Module {
    calls: Vec<(Given, Module)>,
}

/// How the files of a tree are written.
#[derive(Debug, Clone, Copy)]
enum Layout {
    /// `main.tf` in every directory.
    One,
    /// A file for every block, of odd names.
    Many,
    /// Terraform's JSON syntax.
    Json,
    /// The value takes a detour over a local.
    Local,
}

fn modules() -> impl Strategy<Value = Module> {
    let given =
        prop_oneof![any::<bool>().prop_map(Given::Literal), Just(Given::Own), Just(Given::Not), Just(Given::Each)];
    let leaf = Just(Module { calls: Vec::new() });
    leaf.prop_recursive(3, 12, 3, move |inner| {
        proptest::collection::vec((given.clone(), inner), 1..4).prop_map(|calls| Module { calls })
    })
}

/// The addresses of the policies that share, for a module whose variable has this value.
fn expected(module: &Module, value: bool, prefix: &str, found: &mut BTreeSet<String>) {
    if module.calls.is_empty() && value {
        found.insert(format!("{prefix}kubernetes_pod_security_policy.x"));
    }
    for (index, (given, called)) in module.calls.iter().enumerate() {
        let instances = match given {
            Given::Literal(given) => vec![(String::new(), *given)],
            Given::Own => vec![(String::new(), value)],
            Given::Not => vec![(String::new(), !value)],
            Given::Each => vec![("[\"yes\"]".to_owned(), value), ("[\"no\"]".to_owned(), false)],
        };
        for (key, given) in instances {
            expected(called, given, &format!("{prefix}module.c{index}{key}."), found);
        }
    }
}

/// The blocks of a module as HCL.
fn hcl(module: &Module, own: &str) -> Vec<String> {
    let mut blocks = vec!["variable \"ipc\" {\n  type    = bool\n  default = true\n}\n".to_owned()];
    if own == "local.detour" {
        blocks.push("locals {\n  detour = [{ value = var.ipc }][0].value\n}\n".to_owned());
    }
    if module.calls.is_empty() {
        let policy = format!(
            "resource \"kubernetes_pod_security_policy\" \"x\" {{\n  spec {{\n    host_ipc = {own}\n  }}\n}}\n"
        );
        blocks.push(policy);
    }
    for (index, (given, _)) in module.calls.iter().enumerate() {
        let arguments = match given {
            Given::Literal(value) => format!("ipc = {value}"),
            Given::Own => format!("ipc = {own}"),
            Given::Not => format!("ipc = !{own}"),
            Given::Each => format!("for_each = {{ yes = {own}, no = false }}\n  ipc      = each.value"),
        };
        blocks.push(format!("module \"c{index}\" {{\n  source = \"./c{index}\"\n  {arguments}\n}}\n"));
    }
    blocks
}

/// A module in Terraform's JSON syntax.
fn json(module: &Module) -> String {
    let mut parts = vec![r#""variable": {"ipc": {"type": "bool", "default": true}}"#.to_owned()];
    if module.calls.is_empty() {
        let policy = r#"{"x": {"spec": {"host_ipc": "${var.ipc}"}}}"#;
        parts.push(format!(r#""resource": {{"kubernetes_pod_security_policy": {policy}}}"#));
    }
    let calls = module.calls.iter().enumerate().map(|(index, (given, _))| {
        let arguments = match given {
            Given::Literal(value) => format!(r#""ipc": {value}"#),
            Given::Own => r#""ipc": "${var.ipc}""#.to_owned(),
            Given::Not => r#""ipc": "${!var.ipc}""#.to_owned(),
            Given::Each => r#""for_each": {"yes": "${var.ipc}", "no": false}, "ipc": "${each.value}""#.to_owned(),
        };
        format!(r#""c{index}": {{"source": "./c{index}", {arguments}}}"#)
    });
    let calls: Vec<String> = calls.collect();
    if !calls.is_empty() {
        parts.push(format!(r#""module": {{{}}}"#, calls.join(", ")));
    }
    format!("{{{}}}\n", parts.join(", "))
}

fn lay_out(module: &Module, layout: Layout, root: &Path, directory: &str) {
    match layout {
        Layout::One => write(root, &format!("{directory}main.tf"), hcl(module, "var.ipc").concat().as_bytes()),
        Layout::Local => write(root, &format!("{directory}main.tf"), hcl(module, "local.detour").concat().as_bytes()),
        Layout::Json => write(root, &format!("{directory}main.tf.json"), json(module).as_bytes()),
        Layout::Many => {
            for (index, block) in hcl(module, "var.ipc").iter().rev().enumerate() {
                write(root, &format!("{directory}part {index} é.tf"), block.as_bytes());
            }
        }
    }
    for (index, (_, called)) in module.calls.iter().enumerate() {
        lay_out(called, layout, root, &format!("{directory}c{index}/"));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn are_evaluated_as_they_were_made(module in modules()) {
        let mut wanted = BTreeSet::new();
        expected(&module, true, "", &mut wanted);
        for layout in [Layout::One, Layout::Many, Layout::Json, Layout::Local] {
            let directory = tempfile::tempdir().expect("a temporary directory");
            lay_out(&module, layout, directory.path(), "");
            let report = scan_directory(directory.path()).report;
            prop_assert!(report.undecided.is_empty() && report.notifications.is_empty(), "{layout:?}: {report:?}");
            let found = report.findings.iter().flat_map(|finding| &finding.instances);
            let found: BTreeSet<String> = found.map(|instance| instance.address.clone()).collect();
            prop_assert_eq!(&found, &wanted, "{:?}", layout);
        }
    }
}
