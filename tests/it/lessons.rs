//! What broke other scanners' reports at their consumers, and must not break ours: `docs/consumers.md` lists all twenty
//! lessons, these are the ones that no other test shows.

use serde_json::Value;

use crate::support::{podgate, policy, repository, tree};

/// The run of a scan in a directory.
fn run(directory: &std::path::Path, arguments: &[&str]) -> Value {
    let scanned = podgate(directory, &[&["scan", "-o", "sarif"], arguments].concat());
    let sarif: Value = serde_json::from_str(&scanned.out).unwrap_or_else(|error| panic!("{error}: {scanned:?}"));
    sarif["runs"][0].clone()
}

fn uris(value: &Value) -> Vec<String> {
    let below = match value {
        Value::Array(values) => values.iter().flat_map(uris).collect(),
        Value::Object(fields) => fields.values().flat_map(uris).collect(),
        _ => Vec::new(),
    };
    let own = value.get("artifactLocation").and_then(|artifact| artifact["uri"].as_str());
    own.into_iter().map(ToOwned::to_owned).chain(below).collect()
}

#[test]
fn what_stands_in_no_file_has_no_path() {
    let directory = tree(&[("main.tf", &format!("variable \"v\" {{}}\n{}", policy("x", "host_ipc = var.v")))]);
    let run = run(directory.path(), &["--var", "v=true"]);
    let paths = uris(&run);
    assert!(!paths.is_empty() && paths.iter().all(|uri| uri == "main.tf"), "{paths:?}");
    let message = run["results"][0]["message"]["text"].as_str().expect("a message");
    assert!(message.contains("(--var)"), "{message}");
}

#[test]
fn what_stands_outside_of_the_root_has_no_path() {
    let text = format!("variable \"v\" {{}}\n{}", policy("x", "host_ipc = var.v"));
    let directory = tree(&[("root/main.tf", &text), ("given.tfvars", "v = true\n")]);
    let run = run(&directory.path().join("root"), &["--root", ".", "--var-file", "../given.tfvars"]);
    let paths = uris(&run);
    assert!(!paths.is_empty() && paths.iter().all(|uri| uri == "main.tf"), "{paths:?}");
    assert!(run["results"][0]["message"]["text"].as_str().expect("a message").contains("given.tfvars:1"));
}

#[test]
fn a_module_from_elsewhere_is_reported_at_its_call() {
    let call = "module \"a\" {\n  source = \"git::https://example.com/psp.git?ref=v1\"\n}\n";
    let listed =
        r#"{"Modules":[{"Key":"a","Source":"git::https://example.com/psp.git?ref=v1","Dir":".terraform/modules/a"}]}"#;
    let directory = tree(&[
        ("main.tf", call),
        (".terraform/modules/a/main.tf", &policy("x", "host_ipc = true")),
        (".terraform/modules/modules.json", listed),
    ]);
    let run = run(directory.path(), &[]);
    let result = &run["results"][0];
    assert_eq!(result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"], "main.tf");
    assert!(uris(&run).iter().all(|uri| !uri.contains("git") && !uri.contains(':')), "{:?}", uris(&run));
}

/// All regions below a value.
fn regions<'v>(value: &'v Value, all: &mut Vec<&'v Value>) {
    match value {
        Value::Array(values) => values.iter().for_each(|value| regions(value, all)),
        Value::Object(fields) => fields.iter().for_each(|(key, value)| match key.as_str() {
            "region" | "contextRegion" | "deletedRegion" => all.push(value),
            _ => regions(value, all),
        }),
        _ => {}
    }
}

#[test]
fn regions_are_never_empty_nor_upside_down() {
    // A file of one byte-order mark, an error at its very end, an empty line at the start.
    let open = "\n\nresource \"kubernetes_pod_security_policy\" \"x\" { spec { host_ipc = true }";
    let directory = tree(&[("a.tf", "\u{feff}"), ("b.tf", open), ("c.tf", &policy("c", "host_ipc = var.v"))]);
    let run = run(directory.path(), &[]);
    let mut all = Vec::new();
    regions(&run, &mut all);
    assert!(all.len() > 3, "{run}");
    for region in all {
        let number = |key: &str| region.get(key).map(|number| number.as_u64().expect("a number"));
        let (first, last) = (number("startLine").expect("a line"), number("endLine").expect("a line"));
        assert!(first >= 1 && last >= first, "{region}");
        let columns = (number("startColumn"), number("endColumn"));
        if let (Some(start), Some(end)) = columns {
            assert!(start >= 1 && (last > first || end > start), "{region}");
        }
    }
}

#[test]
fn a_notification_without_a_rule_names_none() {
    let directory = tree(&[
        ("a.tf", "resource \"kubernetes_pod_security_policy\" {"),
        ("b.tf", &("variable \"v\" {}\n".to_owned() + &policy("x", "host_ipc = var.v"))),
    ]);
    let run = run(directory.path(), &[]);
    let notifications = run["invocations"][0]["toolExecutionNotifications"].as_array().expect("notifications");
    let with_rule: Vec<&Value> = notifications.iter().filter_map(|said| said.get("associatedRule")).collect();
    assert!(with_rule.len() == 1 && notifications.len() > 1, "{notifications:?}");
    assert_eq!((&with_rule[0]["index"], &with_rule[0]["id"]), (&0.into(), &run["tool"]["driver"]["rules"][0]["id"]));
}

#[test]
fn nothing_is_a_result_but_what_is_found() {
    let text = [policy("on", "host_ipc = true"), policy("off", "host_ipc = false"), policy("open", "host_ipc = var.v")];
    let directory = tree(&[("main.tf", &(text.concat() + "variable \"v\" {}\n"))]);
    let run = run(directory.path(), &[]);
    let results = run["results"].as_array().expect("results");
    assert_eq!(results.len(), 1);
    // GitHub shows what is marked as passed or suppressed like any other.
    for key in ["kind", "suppressions", "baselineState"] {
        assert!(results[0].get(key).is_none(), "{key}");
    }
}

#[test]
fn only_the_report_goes_to_the_standard_output() {
    let directory = tree(&[("a.tf", "resource {"), ("b.tf", &policy("x", "host_ipc = true"))]);
    for format in ["sarif", "datadog", "json", "gitlab"] {
        let ran = podgate(directory.path(), &["scan", "-v", "-o", format]);
        serde_json::from_str::<Value>(&ran.out).unwrap_or_else(|error| panic!("{format}: {error}"));
        assert!(!ran.err.is_empty(), "{format}: what went wrong is said all the same");
    }
}

#[test]
fn findings_do_not_keep_a_report_from_being_uploaded() {
    let directory = tree(&[("main.tf", &policy("x", "host_ipc = true"))]);
    assert_eq!(podgate(directory.path(), &["scan", "-o", "sarif=a.sarif"]).code, 1);
    assert_eq!(podgate(directory.path(), &["scan", "--exit-zero", "-o", "sarif=b.sarif"]).code, 0);
    let read = |name: &str| std::fs::read(directory.path().join(name)).expect("a report");
    assert_eq!(read("a.sarif"), read("b.sarif"), "the report is written first, and is the same");
    let document = |path: &str| std::fs::read_to_string(repository().join(path)).expect("a document");
    assert!(document("docs/platforms/github.md").contains("if: always()"));
    assert!(
        document("README.md").contains("--exit-zero") && document("docs/platforms/gitlab.md").contains("--exit-zero")
    );
}

#[test]
fn a_run_with_results_is_one_that_is_taken() {
    let broken = ("b.tf", "resource \"kubernetes_pod_security_policy\" {");
    let successful = |files: &[(&str, &str)]| {
        run(tree(files).path(), &[])["invocations"][0]["executionSuccessful"].as_bool().expect("a flag")
    };
    assert!(successful(&[("a.tf", &policy("x", "host_ipc = true"))]));
    // GitHub would refuse the results together with the run.
    assert!(successful(&[("a.tf", &policy("x", "host_ipc = true")), broken]));
    // Without results, an incomplete run would close the alerts of what it has not looked at.
    assert!(!successful(&[broken]));
}

#[test]
fn what_fails_the_run_looks_like_it() {
    let directory = tree(&[("a.tf", &policy("x", "host_ipc = var.v"))]);
    let said = |format: &str, options: &[&str]| {
        let ran = podgate(directory.path(), &[&["scan", "-o", format], options].concat());
        (ran.code, ran.out, ran.err)
    };
    let fail = ["--undecided", "fail"];
    assert!(said("junit", &[]).1.contains("<skipped ") && said("junit", &fail).1.contains("<failure "));
    assert!(said("github", &[]).1.starts_with("::notice ") && said("github", &fail).1.starts_with("::error "));
    assert!(said("gitlab", &[]).1.contains("\"info\"") && said("gitlab", &fail).1.contains("\"major\""));
    let (code, _, err) = said("sarif", &["--undecided", "fail", "-q"]);
    assert!(code == 1 && err.contains("a.tf:3:5: undecided: Whether"), "{err}");
    assert!(!said("junit", &[]).1.contains("classname=\"terraform-kubernetes-psp-allows-sharing-host-ipc\"/>"));
}

#[test]
fn a_region_is_as_narrow_as_the_attribute() {
    let directory = tree(&[("main.tf", &policy("x", "host_ipc = true # why"))]);
    let region = &run(directory.path(), &[])["results"][0]["locations"][0]["physicalLocation"]["region"];
    assert_eq!(region["snippet"]["text"], "host_ipc = true");
    assert_eq!((&region["startLine"], &region["endLine"]), (&3.into(), &3.into()));
}
