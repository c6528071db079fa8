//! The instances of a finding: those that break the rule, those that may, and what tells them apart.

use std::os::unix::fs::symlink;

use podgate::output::Format;
use serde_json::Value;

use crate::support::{podgate, policy, tree, write};

/// The report of a scan with these arguments.
fn report(directory: &std::path::Path, arguments: &[&str]) -> Value {
    let ran = podgate(directory, &[&["scan", "-o", "json"], arguments].concat());
    serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{error}: {ran:?}"))
}

/// The instances of the only finding, and those of it that are undecided, as `address`, `root` and `values`.
fn instances(report: &Value) -> [Vec<String>; 2] {
    let findings = report["findings"].as_array().expect("findings");
    let [finding] = findings.as_slice() else { panic!("one finding: {findings:?}") };
    ["instances", "undecided_instances"].map(|list| {
        let list = finding[list].as_array().expect("a list").iter();
        let named = list.map(|instance| {
            let part = |name: &str| instance[name].as_str().unwrap_or_default();
            let address = part("address").replace("kubernetes_pod_security_policy.", "");
            [&*address, part("root"), part("values")].join(" ").trim_end().to_owned()
        });
        named.collect()
    })
}

fn call(name: &str, source: &str, arguments: &str) -> String {
    format!("module \"{name}\" {{\n  source = \"{source}\"\n  {arguments}\n}}\n")
}

fn module() -> String {
    format!("variable \"ipc\" {{}}\n{}", policy("x", "host_ipc = var.ipc"))
}

#[test]
fn what_is_undecided_beside_a_violation_is_said_in_every_format() {
    let each = policy("x", "host_ipc = each.value")
        .replace("  spec", "  for_each = { a = true, b = timestamp() == \"\" }\n  spec");
    let directory = tree(&[("main.tf", &each)]);
    let report = report(directory.path(), &[]);
    assert_eq!(instances(&report), [["x[\"a\"]"], ["x[\"b\"]"]]);
    assert_eq!(report["summary"]["undecided"], 0, "it is part of a finding");
    let open = &report["findings"][0]["undecided_instances"][0];
    assert!(open["reason"].as_str().expect("a reason").contains("timestamp"), "{open}");
    assert_eq!(open["reason_location"]["start"]["line"], 2);
    for format in Format::ALL {
        let ran = podgate(directory.path(), &["scan", "-o", format.name()]);
        let words = ran.out.split_whitespace().filter(|word| *word != "│").collect::<Vec<_>>().join(" ");
        assert_eq!(ran.code, 1, "{format:?}");
        assert!(words.contains('b') && words.contains("timestamp"), "{format:?}: {}", ran.out);
        let said = if format == Format::Json { "undecided_instances" } else { "could not be decided" };
        assert!(words.contains(said), "{format:?}: {}", ran.out);
    }
    let sarif: Value = serde_json::from_str(&podgate(directory.path(), &["scan", "-o", "sarif"]).out).expect("JSON");
    let result = &sarif["runs"][0]["results"][0];
    assert_eq!(result["properties"]["undecidedInstances"][0], "kubernetes_pod_security_policy.x[\"b\"]");
    assert_eq!(sarif["runs"][0]["results"].as_array().expect("results").len(), 1);
}

#[test]
fn instances_that_may_not_exist_are_undecided_beside_those_that_do() {
    let calls = [
        call("a", "./m", "ipc = true"),
        call("b", "./m", "ipc = true\n  count = data.external.n.result.n"),
        call("c", "./m", "ipc = timestamp() == \"\""),
        call("d", "./m", "ipc = false"),
    ];
    let text = calls.concat() + "data \"external\" \"n\" {}\n";
    let directory = tree(&[("main.tf", &text), ("m/main.tf", &module())]);
    let found = instances(&report(directory.path(), &[]));
    assert_eq!(found, [vec!["module.a.x"], vec!["module.b.x", "module.c.x"]]);
}

#[test]
fn undecided_instances_have_a_limit() {
    let each = "  for_each = { for n in range(300) : \"k${n}\" => n == 0 ? true : timestamp() == \"\" }\n  spec";
    let directory = tree(&[("main.tf", &policy("x", "host_ipc = each.value").replace("  spec", each))]);
    let report = report(directory.path(), &[]);
    assert_eq!(instances(&report).map(|list| list.len()), [1, 100]);
    assert_eq!(report["findings"][0]["undecided_instances_left_out"], 199);
    assert!(podgate(directory.path(), &["scan"]).out.contains("296 more do, too"));
}

#[test]
fn a_finding_names_every_way() {
    let calls = [
        "variable \"share\" {}\n".to_owned(),
        call("a", "./m", "ipc = true"),
        call("b", "./m", "ipc = var.share"),
        call("c", "./m", "ipc = var.share"),
    ];
    let directory =
        tree(&[("main.tf", &calls.concat()), ("terraform.tfvars", "share = true\n"), ("m/main.tf", &module())]);
    let report = report(directory.path(), &[]);
    let message = report["findings"][0]["message"].as_str().expect("a message");
    let causes = "because `var.ipc` is true (main.tf:4), and because `var.share` is true (terraform.tfvars:1).";
    assert!(message.ends_with(causes), "{message}");
    let ways = report["findings"][0]["other_ways"].as_array().expect("ways");
    assert_eq!(ways.len(), 2, "{ways:?}");
    let paths = |way: &Value| {
        way["way"].as_array().expect("a way").iter().map(|hop| hop["location"]["path"].to_string()).collect::<Vec<_>>()
    };
    assert_eq!(ways.iter().map(paths).map(|paths| paths.len()).collect::<Vec<_>>(), [2, 2]);
    let sarif: Value = serde_json::from_str(&podgate(directory.path(), &["scan", "-o", "sarif"]).out).expect("JSON");
    let result = &sarif["runs"][0]["results"][0];
    assert_eq!(result["codeFlows"].as_array().expect("flows").len(), 3);
    let text = result["message"]["text"].as_str().expect("a message");
    assert!(text.contains("[`var.ipc` is true](1) (main.tf:4)") && text.contains("(terraform.tfvars:1)"), "{text}");
    let human = podgate(directory.path(), &["scan"]).out;
    assert!(human.contains("main.tf:4") && human.contains("terraform.tfvars:1"), "{human}");
}

#[test]
fn ways_without_end_are_a_few() {
    let entries: String = (0..50).map(|n| format!("    k{n} = true\n")).collect();
    let text = format!("locals {{\n  all = {{\n{entries}  }}\n}}\n{}", policy("x", "host_ipc = each.value"));
    let directory = tree(&[("main.tf", &text.replace("  spec", "  for_each = local.all\n  spec"))]);
    let report = report(directory.path(), &[]);
    let finding = &report["findings"][0];
    assert_eq!(finding["instances"].as_array().expect("instances").len(), 50);
    assert_eq!(finding["other_ways"].as_array().expect("ways").len(), 7);
    let message = finding["message"].as_str().expect("a message");
    assert!(message.ends_with("and for further reasons.") && message.len() < 300, "{message}");
}

#[test]
fn equal_addresses_of_several_roots_are_told_apart() {
    let root = call("m", "../../m", "ipc = true");
    let directory = tree(&[("live/dev/main.tf", &*root), ("live/prod/main.tf", &root), ("m/main.tf", &module())]);
    let [found, _] = instances(&report(directory.path(), &[]));
    assert_eq!(found, ["module.m.x live/dev", "module.m.x live/prod"]);
    let human = podgate(directory.path(), &["scan"]).out.replace("\n  │ ", " ");
    assert!(human.contains("kubernetes_pod_security_policy.x (in live/dev)"), "{human}");
    // One root module needs no telling.
    std::fs::remove_file(directory.path().join("live/dev/main.tf")).expect("it is there");
    assert_eq!(instances(&report(directory.path(), &[]))[0], ["module.m.x"]);
    // A violation in one beside something undecided in another.
    let open = call("m", "../../m", "ipc = timestamp() == \"\"");
    write(directory.path(), "live/dev/main.tf", open.as_bytes());
    let expected = [["module.m.x live/prod"], ["module.m.x live/dev"]];
    assert_eq!(instances(&report(directory.path(), &[])), expected);
}

#[test]
fn a_file_of_several_names_is_one() {
    let directory = tree(&[("a/main.tf", ""), ("b/main.tf", ""), ("c/off.tf", "locals {\n  on = false\n}\n")]);
    let on = "locals {\n  on = true\n}\n";
    write(directory.path(), "a/on.tf", on.as_bytes());
    write(directory.path(), "b/on.tf", "locals {\n  on = timestamp() == \"\"\n}\n".as_bytes());
    write(directory.path(), "shared/psp.tf", policy("x", "host_ipc = local.on").as_bytes());
    write(directory.path(), "shared/locals.tf", on.as_bytes());
    for root in ["a", "b", "c"] {
        symlink("../shared/psp.tf", directory.path().join(root).join("psp.tf")).expect("a link");
    }
    let report = report(directory.path(), &["--root", "."]);
    assert_eq!(instances(&report), [vec!["x a", "x shared"], vec!["x b"]]);
    assert_eq!(report["findings"][0]["location"]["path"], "shared/psp.tf");
    assert_eq!((&report["summary"]["policies"], &report["summary"]["files"]), (&1.into(), &7.into()), "{report:#}");
    assert_eq!(report["undecided"], serde_json::json!([]));
    // What is wrong with it is said once.
    write(directory.path(), "shared/psp.tf", b"\0GITCRYPT\0");
    let ran = podgate(directory.path(), &["scan", "--root", ".", "-o", "json"]);
    let report: Value = serde_json::from_str(&ran.out).expect("JSON");
    let errors =
        report["notifications"].as_array().expect("notifications").iter().filter(|note| note["level"] == "error");
    assert_eq!(errors.count(), 1, "{report:#}");
}
