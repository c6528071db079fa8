//! `--files-from`: what a list of changed files has a say in is reported, and nothing else.

use std::path::Path;

use crate::support::{Ran, podgate, policy, tree, write};

/// A repository with policies of several kinds, one of them bad for every kind of change.
fn estate() -> tempfile::TempDir {
    let module = policy("inner", "host_ipc = var.ipc").replace("resource", "variable \"ipc\" {}\nresource");
    let manifest = "resource \"kubectl_manifest\" \"m\" {\n  yaml_body = file(\"${path.module}/psp.yaml\")\n}\n";
    let template = policy("t", "host_ipc = templatefile(\"t.tpl\", { v = true })");
    let values = format!("variable \"ipc\" {{\n  default = false\n}}\n{}", policy("v", "host_ipc = var.ipc"));
    tree(&[
        (".git/HEAD", ""),
        ("direct/main.tf", &policy("direct", "host_ipc = true")),
        ("direct/other.tf", &policy("other", "host_ipc = true")),
        ("values/main.tf", &values),
        ("values/terraform.tfvars", "ipc = true\n"),
        ("reads/main.tf", manifest),
        ("reads/psp.yaml", "kind: PodSecurityPolicy\nspec:\n  hostIPC: true\n"),
        ("template/main.tf", &template),
        ("template/t.tpl", "${v}"),
        ("modules/psp/main.tf", &module),
        ("calls/main.tf", "module \"psp\" {\n  source = \"../modules/psp\"\n  ipc    = true\n}\n"),
        ("counted/main.tf", &policy("c", "host_ipc = true").replace("  spec", "  count = local.n\n  spec")),
        ("counted/locals.tf", "locals {\n  n = 1\n}\n"),
        ("README.md", "resource"),
        ("sub dir/é.tf", &policy("quoted", "host_ipc = true")),
    ])
}

fn listing(directory: &Path, list: &[u8], arguments: &[&str]) -> Ran {
    write(directory, "list", list);
    podgate(directory, &[&["scan", "--files-from", "list", "-o", "json"], arguments].concat())
}

/// The addresses of what is found.
fn found(directory: &Path, list: &str) -> Vec<String> {
    let ran = listing(directory, list.as_bytes(), &[]);
    let report: serde_json::Value = serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{error}: {ran:?}"));
    let findings = report["findings"].as_array().expect("findings");
    assert_eq!(ran.code, i32::from(!findings.is_empty()), "{ran:?}");
    let address = |finding: &serde_json::Value| finding["resource"]["name"].as_str().expect("a name").to_owned();
    let mut found: Vec<String> = findings.iter().map(address).collect();
    found.sort();
    found
}

#[test]
fn every_kind_of_change_is_reported() {
    let estate = estate();
    let nothing: [&str; 0] = [];
    for (list, expected) in [
        ("direct/main.tf\n", &["direct"][..]),
        ("values/terraform.tfvars\n", &["v"]),
        ("reads/psp.yaml\n", &["m"]),
        ("template/t.tpl\n", &["t"]),
        ("calls/main.tf\n", &["inner"]),
        ("modules/psp/main.tf\n", &["inner"]),
        ("counted/locals.tf\n", &["c"]),
        ("values/main.tf\n", &["v"]),
        ("README.md\n", &nothing),
        ("direct\n", &["direct", "other"]),
        ("\"sub dir/\\303\\251.tf\"\n", &["quoted"]),
        ("reads/psp.yaml\r\ndirect/other.tf\r\n", &["m", "other"]),
        ("README.md\0sub dir/é.tf\0", &["quoted"]),
    ] {
        assert_eq!(found(estate.path(), list), expected, "{list:?}");
    }
}

#[test]
fn what_is_named_beside_a_list_counts_as_a_whole() {
    let estate = estate();
    let ran = listing(estate.path(), b"reads/psp.yaml", &["direct"]);
    for name in ["direct", "other", "m"] {
        assert!(ran.out.contains(&format!("\"name\": \"{name}\"")), "{name}: {}", ran.out);
    }
    let human = podgate(estate.path(), &["scan", "--files-from", "list", "-v"]);
    assert!(human.out.contains("No listed file affects 7 more findings"), "{}", human.out);
}

#[test]
fn a_list_that_cannot_be_right_is_an_error() {
    let estate = estate();
    let missing = listing(estate.path(), b"direct/main.tf\ngone/main.tf\n", &[]);
    assert_eq!(missing.code, 2, "{missing:?}");
    assert!(missing.err.contains("gone/main.tf does not exist, but the list of --files-from names it"), "{missing:?}");
    for empty in [&b""[..], b"\n\n", b"\0\0"] {
        let ran = listing(estate.path(), empty, &[]);
        assert!(ran.code == 2 && ran.err.contains("the list of --files-from is empty"), "{ran:?}");
        let ran = listing(estate.path(), empty, &["--allow-empty"]);
        assert!(ran.code == 0 && ran.out.contains("\"files\": 0"), "{ran:?}");
    }
    assert_eq!(podgate(estate.path(), &["scan", "--files-from", "nowhere"]).code, 2);
    assert_eq!(podgate(estate.path(), &["scan", "--allow-empty"]).code, 2, "it is about a list");
}

#[test]
fn links_in_a_list_stay_inside() {
    let estate = estate();
    let link = |to: &str, at: &str| std::os::unix::fs::symlink(to, estate.path().join(at)).expect("a link");
    link("direct/main.tf", "inside.tf");
    link("nowhere", "dangling.tf");
    assert_eq!(found(estate.path(), "inside.tf\n"), ["direct"], "a link is followed inside of the root");
    let dangling = listing(estate.path(), b"dangling.tf\n", &[]);
    assert!(dangling.code == 3 && dangling.out.contains("This link leads nowhere"), "{dangling:?}");
}

#[test]
fn what_is_broken_elsewhere_is_not_the_changes_matter() {
    let estate = estate();
    write(estate.path(), "broken/main.tf", b"resource \"kubernetes_pod_security_policy\" \"x\" {\n");
    assert_eq!(found(estate.path(), "README.md\n"), Vec::<String>::new());
    let ran = listing(estate.path(), b"broken/main.tf\n", &[]);
    assert_eq!(ran.code, 3, "{ran:?}");
}
