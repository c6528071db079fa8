//! Plans, as `terraform show -json` writes them.

use serde_json::{Value, json};

use crate::support::{podgate, policy, repository, tree, write};

/// A change of a policy, with these actions, to this `spec`.
fn change(name: &str, actions: &[&str], spec: &Value, unknown: &Value) -> Value {
    json!({
        "address": format!("kubernetes_pod_security_policy.{name}"),
        "mode": "managed",
        "type": "kubernetes_pod_security_policy",
        "name": name,
        "change": {
            "actions": actions,
            "before": null,
            "after": {"metadata": [{"name": "p"}], "spec": [spec]},
            "after_unknown": {"spec": [unknown]},
            "after_sensitive": {"metadata": [{"name": true}]},
        }
    })
}

/// A plan with these changes.
fn plan(changes: &[Value]) -> String {
    let plan = json!({"format_version": "1.2", "terraform_version": "1.11.4", "resource_changes": changes});
    serde_json::to_string_pretty(&plan).expect("JSON")
}

/// The names of the policies that are reported of a plan, and of those that are undecided.
fn reported(plan: &str) -> (Vec<String>, Vec<String>) {
    let directory = tree(&[("p.json", plan)]);
    let sarif = podgate(directory.path(), &["scan", "-o", "sarif", "p.json"]);
    let sarif: Value = serde_json::from_str(&sarif.out).unwrap_or_else(|error| panic!("{error}: {sarif:?}"));
    let names = |list: &Value| {
        let locations = list.as_array().expect("a list").iter().map(|entry| &entry["locations"][0]);
        let names = locations.map(|location| location["logicalLocations"][0]["name"].as_str().unwrap_or("").to_owned());
        names.collect::<Vec<_>>()
    };
    (names(&sarif["runs"][0]["results"]), names(&sarif["runs"][0]["invocations"][0]["toolExecutionNotifications"]))
}

#[test]
fn what_a_plan_leaves_behind_counts() {
    let (on, none) = (json!({"host_ipc": true}), json!({}));
    let changes = [
        change("create", &["create"], &on, &none),
        change("update", &["update"], &on, &none),
        change("replace", &["delete", "create"], &on, &none),
        change("keep", &["no-op"], &on, &none),
        change("delete", &["delete"], &on, &none),
        change("forget", &["forget"], &on, &none),
        change("off", &["create"], &json!({"host_ipc": false}), &none),
        change("null", &["create"], &json!({"host_ipc": null}), &none),
        change("absent", &["create"], &none, &none),
        change("unknown", &["create"], &none, &json!({"host_ipc": true})),
    ];
    let (mut found, undecided) = reported(&plan(&changes));
    found.sort();
    assert_eq!(found, ["create", "keep", "replace", "update"]);
    assert_eq!(undecided, ["unknown"]);
}

#[test]
fn real_plans() {
    let created = podgate(repository(), &["scan", "tests/plans/create.json"]);
    assert!(created.out.contains("[tests/plans/create.json:245:15]"), "{}", created.out);
    assert!(created.out.contains("2 policies evaluated, 1 finding"), "{}", created.out);
    let deleted = podgate(repository(), &["scan", "tests/plans/delete.json"]);
    assert_eq!(deleted.code, 0, "{}", deleted.out);
}

#[test]
fn beside_the_sources_a_finding_stands_in_the_configuration() {
    let text = format!("variable \"share\" {{}}\n{}", policy("x", "host_ipc = var.share"));
    let changed = change("x", &["create"], &json!({"host_ipc": true}), &json!({}));
    let directory = tree(&[("main.tf", &text), ("p.json", &plan(&[changed]))]);
    let scanned = podgate(directory.path(), &["scan", ".", "p.json"]);
    assert!(scanned.out.contains("[main.tf:4:5]"), "{}", scanned.out);
    assert!(scanned.out.contains("with the values of p.json"), "{}", scanned.out);
    assert!(scanned.out.contains("1 finding, 0 undecided"), "{}", scanned.out);
}

#[test]
fn the_same_configuration_has_the_same_verdict() {
    for value in ["true", "false", "null"] {
        let source = tree(&[("main.tf", &policy("x", &format!("host_ipc = {value}")))]);
        let spec: Value = serde_json::from_str(&format!("{{\"host_ipc\": {value}}}")).expect("JSON");
        let planned = tree(&[("p.json", &plan(&[change("x", &["create"], &spec, &json!({}))]))]);
        let codes = [podgate(source.path(), &["scan"]).code, podgate(planned.path(), &["scan", "p.json"]).code];
        assert_eq!(codes[0], codes[1], "{value}");
    }
}

#[test]
fn a_directory_scan_takes_no_plan() {
    let text = plan(&[change("x", &["create"], &json!({"host_ipc": true}), &json!({}))]);
    let directory = tree(&[("p.json", &text), ("main.tf", "")]);
    assert_eq!(podgate(directory.path(), &["scan"]).code, 0);
}

#[test]
fn manifests_in_plans() {
    let manifest = |name: &str, kind: &str| {
        json!({"address": format!("kubernetes_manifest.{name}"), "mode": "managed", "type": "kubernetes_manifest",
               "name": name, "change": {"actions": ["create"],
               "after": {"manifest": {"kind": kind, "spec": {"hostIPC": true}}}, "after_unknown": {"object": true}}})
    };
    let body = json!({"address": "kubectl_manifest.y", "mode": "managed", "type": "kubectl_manifest", "name": "y",
        "change": {"actions": ["create"], "after": {"yaml_body": "kind: PodSecurityPolicy\nspec:\n  hostIPC: true\n"}}});
    let (found, undecided) = reported(&plan(&[manifest("a", "PodSecurityPolicy"), manifest("b", "Pod"), body]));
    assert_eq!((found, undecided), (vec!["a".to_owned(), "y".to_owned()], Vec::new()));
}

#[test]
fn plans_that_cannot_be_read() {
    let text = plan(&[change("x", &["create"], &json!({"host_ipc": true}), &json!({}))]);
    for (broken, said) in [
        (text[..text.len() / 2].to_owned(), "This plan cannot be read"),
        (text.replace("\"1.2\"", "\"2.0\""), "This plan has the format 2.0"),
        (text.replace("\"address\"", "\"addresses\""), "This change cannot be read"),
    ] {
        let directory = tree(&[]);
        write(directory.path(), "p.json", broken.as_bytes());
        let scanned = podgate(directory.path(), &["scan", "p.json"]);
        assert_eq!(scanned.code, 3, "{said}: {}", scanned.out);
        assert!(scanned.out.contains(said), "{said}: {}", scanned.out);
    }
}
