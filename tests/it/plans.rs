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
    let words = scanned.out.split_whitespace().filter(|word| *word != "│").collect::<Vec<_>>().join(" ");
    assert!(words.contains("with the values of p.json"), "{}", scanned.out);
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

/// What is said of a file `p.json` with this text, with the exit code.
fn said_of(text: &[u8]) -> (u8, String) {
    let directory = tree(&[]);
    write(directory.path(), "p.json", text);
    let scanned = podgate(directory.path(), &["scan", "p.json"]);
    (u8::try_from(scanned.code).expect("an exit code"), scanned.out.replace("\n  │ ", " "))
}

#[test]
fn plans_that_cannot_be_read() {
    let text = plan(&[change("x", &["create"], &json!({"host_ipc": true}), &json!({}))]);
    for (broken, said) in [
        (text[..text.len() / 2].to_owned(), "This plan cannot be read"),
        (text[..30].to_owned(), "This plan cannot be read"),
        (text.replace("\"1.2\"", "\"2.0\""), "This plan has the format version 2.0"),
        (text.replace("\"address\"", "\"addresses\""), "This change cannot be read"),
        (text.replace("\"format_version\": \"1.2\"", "\"a\": \"format_version\""), "This plan has no `format_version`"),
    ] {
        let (code, out) = said_of(broken.as_bytes());
        assert_eq!(code, 3, "{said}: {out}");
        assert!(out.contains(said), "{said}: {out}");
    }
}

#[test]
fn what_could_be_read_of_a_plan_counts() {
    let policy = |name: &str| change(name, &["create"], &json!({"host_ipc": true}), &json!({}));
    let text = plan(&[policy("one"), policy("two")]);
    let torn = &text[..text.rfind("\"two\"").expect("the second change")];
    let (code, out) = said_of(torn.as_bytes());
    assert_eq!(code, 1, "{out}");
    assert!(out.contains("`kubernetes_pod_security_policy.one` shares"), "{out}");
    assert!(
        out.contains("This plan cannot be read beyond this point (it ends too early)")
            && out.contains("The change before it counts."),
        "{out}"
    );
    let (code, out) = said_of(text.replacen("\"mode\"", "\"modes\"", 1).as_bytes());
    assert_eq!(code, 1, "{out}");
    assert!(out.contains("This change cannot be read (it has no `mode`)"), "{out}");
    assert!(out.contains("`kubernetes_pod_security_policy.two` shares"), "{out}");
}

#[test]
fn plans_that_are_not_complete() {
    let policy = change("x", &["create"], &json!({"host_ipc": true}), &json!({}));
    let later = json!({"reason": "instance_count_unknown", "resource_change": policy});
    let plan = |fields: Value| {
        let mut plan = json!({"format_version": "1.2", "resource_changes": []});
        plan.as_object_mut().expect("an object").extend(fields.as_object().expect("an object").clone());
        plan.to_string()
    };
    let (code, out) = said_of(plan(json!({"complete": false, "deferred_changes": [later]})).as_bytes());
    assert!(code == 1 && out.contains("1 finding"), "{out}");
    let (code, out) = said_of(plan(json!({"errored": true})).as_bytes());
    assert!(code == 3 && out.contains("Terraform could not finish this plan"), "{out}");
    assert_eq!(said_of(plan(json!({"errored": false})).as_bytes()).0, 0);
}

#[test]
fn what_is_no_plan_is_told_apart() {
    for (text, said) in [
        (&b"PK\x03\x04\0\0"[..], "Terraform's binary format"),
        (b"{\"format_version\":\"1.0\",\"values\":{}}", "This is a Terraform state"),
        (b"{\"@level\":\"info\",\"@message\":\"\"}\n{}\n", "This is the log of a run"),
        (b"{\"name\": \"package\"}", "This JSON is neither a plan"),
        (b"[{\"resource_changes\": []}]", "This is a JSON list"),
        (b"Error: no valid credential sources", "This is not valid JSON, so it is not a plan"),
        (b"", "This file is empty"),
        (b"null", "This JSON is a single value"),
        (b" -12.5\n", "This JSON is a single value"),
        (b"\"format_version\"", "This JSON is a single value"),
        (b"\xef\xbb\xbf[1]", "This is a JSON list"),
        (b"\xff\xfe{\0}\0", "This file is UTF-16 text"),
    ] {
        let (code, out) = said_of(text);
        assert!(code == 3 && out.contains(said), "{said}: {out}");
    }
}

/// A change of the policy at this address.
fn change_at(address: &str, value: bool) -> Value {
    let mut change = change("x", &["create"], &json!({ "host_ipc": value }), &json!({}));
    change["address"] = address.into();
    change
}

/// Where the findings of a scan of these files stand, with what stands there and the instances.
fn places(files: &[(&str, &str)], arguments: &[&str]) -> Vec<(String, String, Value)> {
    let directory = tree(files);
    let sarif = podgate(directory.path(), &[&["scan", "-o", "sarif"], arguments].concat());
    let sarif: Value = serde_json::from_str(&sarif.out).unwrap_or_else(|error| panic!("{error}: {sarif:?}"));
    let results = sarif["runs"][0]["results"].as_array().expect("results");
    let place = |result: &Value| {
        let physical = &result["locations"][0]["physicalLocation"];
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let instances = result["properties"]["instances"].clone();
        (text(&physical["artifactLocation"]["uri"]), text(&physical["region"]["snippet"]["text"]), instances)
    };
    results.iter().map(place).collect()
}

#[test]
fn a_finding_stands_where_a_plan_says_true() {
    let x = "kubernetes_pod_security_policy.x";
    let both = |one: &str, other: &str| plan(&[change_at(one, false), change_at(other, true)]);
    let on = "\"host_ipc\": true".to_owned();
    let instances = both(&format!("{x}[\"a\"]"), &format!("{x}[\"b\"]"));
    let found = places(&[("p.json", &instances)], &["p.json"]);
    assert_eq!(found, [("p.json".to_owned(), on.clone(), json!([format!("{x}[\"b\"]")]))]);
    let modules = both(&format!("module.a.{x}"), &format!("module.b[\"].\"].{x}"));
    let found = places(&[("p.json", &modules)], &["p.json"]);
    assert_eq!(found, [("p.json".to_owned(), on.clone(), json!([format!("module.b[\"].\"].{x}")]))]);
    // Two plans are two.
    let (off, on_plan) = (plan(&[change_at(x, false)]), plan(&[change_at(x, true)]));
    let found = places(&[("a.json", &off), ("b.json", &on_plan)], &["a.json", "b.json"]);
    assert_eq!(found, [("b.json".to_owned(), on.clone(), json!([x]))]);
    let found = places(&[("a.json", &on_plan), ("b.json", &on_plan)], &["a.json", "b.json"]);
    assert_eq!(found.len(), 2);
}

#[test]
fn a_plan_is_of_the_places_that_it_names() {
    let x = "kubernetes_pod_security_policy.x";
    let harmless = policy("x", "host_ipc = false");
    let elsewhere = plan(&[change_at(&format!("module.psp.{x}"), true)]);
    let found = places(&[("staging/main.tf", &harmless), ("p.json", &elsewhere)], &[".", "p.json"]);
    assert_eq!(found.iter().map(|place| &*place.0).collect::<Vec<_>>(), ["p.json"]);
    // The call of the module leads to its site.
    let call = "module \"psp\" {\n  source = \"./m\"\n}\n";
    let unknown = format!("variable \"v\" {{}}\n{}", policy("x", "host_ipc = var.v"));
    let files = [("main.tf", call), ("m/main.tf", &*unknown), ("p.json", &*elsewhere)];
    let found = places(&files, &[".", "p.json"]);
    let instance = format!("module.psp.{x} (with p.json)");
    assert_eq!(found, [("m/main.tf".to_owned(), "host_ipc = var.v".to_owned(), json!([instance]))]);
}

#[test]
fn what_a_plan_says_in_a_way_that_is_not_read() {
    let deep = format!("{}{}", "[".repeat(600), "]".repeat(600));
    let text = plan(&[change_at("kubernetes_pod_security_policy.x", true)]);
    let (code, out) = said_of(text.replace("\"metadata\"", &format!("\"z\": {deep}, \"metadata\"")).as_bytes());
    assert!(code == 3 && out.contains("This change cannot be read"), "{out}");
    let mut whole = change_at("kubernetes_pod_security_policy.x", true);
    whole["change"]["after"] = Value::Null;
    whole["change"]["after_unknown"] = true.into();
    let (code, out) = said_of(plan(&[whole]).as_bytes());
    assert!(code == 0 && out.contains("1 undecided"), "{out}");
}

/// A resource as `planned_values` and a state list it.
fn resource(address: &str, spec: &Value) -> Value {
    json!({
        "address": address,
        "mode": "managed",
        "type": "kubernetes_pod_security_policy",
        "name": address.rsplit('.').next(),
        "values": {"metadata": [{"name": "p"}], "spec": [spec]},
        "sensitive_values": {"metadata": [{}], "spec": [{}]},
    })
}

#[test]
fn a_plan_without_changes_is_what_it_plans_or_keeps() {
    let x = "kubernetes_pod_security_policy";
    let module = json!({
        "resources": [resource(&format!("{x}.on"), &json!({"host_ipc": true})), resource(&format!("{x}.off"), &json!({"host_ipc": null}))],
        "child_modules": [{
            "address": "module.m",
            "child_modules": [{"resources": [resource(&format!("module.m.module.n.{x}.deep"), &json!({"host_ipc": true}))]}],
        }],
    });
    let open = json!({"resources": [resource(&format!("{x}.open"), &json!({"host_pid": true}))]});
    let on = vec!["deep".to_owned(), "on".to_owned()];
    let plan = |fields: Value| {
        let mut plan = json!({"format_version": "1.2"});
        plan.as_object_mut().expect("an object").extend(fields.as_object().expect("an object").clone());
        plan.to_string()
    };
    let planned =
        plan(json!({"planned_values": {"root_module": module}, "prior_state": {"values": {"root_module": open}}}));
    assert_eq!(reported(&planned), (on.clone(), Vec::new()));
    // As `-refresh-only` writes it.
    let kept = plan(json!({"planned_values": {"root_module": {}}, "prior_state": {"values": {"root_module": module}}}));
    assert_eq!(reported(&kept), (on.clone(), Vec::new()));
    assert_eq!(reported(&kept.replace("\"format_version\"", "\"resource_changes\":null,\"format_version\"")).0, on);
    // What is not known is left out of what is planned; a state is known.
    assert_eq!(
        reported(&plan(json!({"planned_values": {"root_module": open}}))),
        (Vec::new(), vec!["open".to_owned()])
    );
    let state = plan(json!({"planned_values": {}, "prior_state": {"values": {"root_module": open}}}));
    assert_eq!(reported(&state), (Vec::new(), Vec::new()));
    // What changes, or that nothing does, counts more.
    let both = plan(json!({"resource_changes": [], "planned_values": {"root_module": module}}));
    assert_eq!(reported(&both), (Vec::new(), Vec::new()));
    for broken in [json!({"planned_values": {"root_module": 5}}), json!({"prior_state": {"values": 1}})] {
        let mut fields = json!({"planned_values": {}});
        fields.as_object_mut().expect("an object").extend(broken.as_object().expect("an object").clone());
        let (code, out) = said_of(plan(fields).as_bytes());
        assert!(code == 3 && out.contains("The values of this plan cannot be read"), "{out}");
    }
}

#[test]
fn a_byte_order_mark_is_no_obstacle() {
    let text = plan(&[change("x", &["create"], &json!({"host_ipc": true}), &json!({}))]);
    let marked = format!("\u{feff}{text}");
    let (plain, shown) = (said_of(text.as_bytes()), said_of(marked.as_bytes()));
    assert_eq!((plain.0, shown.0), (1, 1), "{}", shown.1);
    let place = |out: &str| out.lines().find(|line| line.contains("[p.json:")).map(|line| line.trim().to_owned());
    assert_eq!(place(&plain.1), place(&shown.1));
    let (code, out) = said_of(&marked.as_bytes()[..marked.len() - 3]);
    assert!(code == 1 && out.contains("it ends too early"), "{out}");
    let (code, out) = said_of("\u{feff}{\"format_version\": \"1.2\", \"é\": ".as_bytes());
    assert!(code == 3 && out.contains("it ends too early"), "{out}");
}

#[test]
fn beside_a_plan_an_instance_is_listed_once() {
    let x = "kubernetes_pod_security_policy.x";
    let each = policy("x", "host_ipc = each.value")
        .replace("  spec", "  for_each = { a = true, b = var.b, c = false }\n  spec");
    let text = format!("variable \"b\" {{}}\n{each}");
    let at = |key: &str, value: bool| change_at(&format!("{x}[\"{key}\"]"), value);
    let planned = plan(&[at("a", true), at("b", true), at("c", false)]);
    let listed = |files: &[(&str, &str)], arguments: &[&str]| places(files, arguments)[0].2.clone();
    let files = [("main.tf", &*text), ("p.json", &planned)];
    let both = json!([format!("{x}[\"a\"]"), format!("{x}[\"b\"] (with p.json)")]);
    assert_eq!(listed(&files, &[".", "p.json"]), both);
    let report = podgate(tree(&files).path(), &["scan", "-o", "json", ".", "p.json"]).out;
    let report: Value = serde_json::from_str(&report).expect("JSON");
    assert_eq!(report["findings"][0]["undecided_instances"], json!([]), "the plan decides");
    // Two plans have instances of their own.
    let files = [("main.tf", &*text), ("p.json", &planned), ("q.json", &planned)];
    let all = json!([format!("{x}[\"a\"]"), format!("{x}[\"b\"] (with p.json)"), format!("{x}[\"b\"] (with q.json)")]);
    assert_eq!(listed(&files, &[".", "p.json", "q.json"]), all);
    // A plan that knows less takes nothing back.
    let mut unknown = at("a", true);
    unknown["change"]["after"] = json!({"spec": [{}]});
    unknown["change"]["after_unknown"] = json!({"spec": [{"host_ipc": true}]});
    let files = [
        ("main.tf", &*policy("x", "host_ipc = true").replace("  spec", "  for_each = { a = 1 }\n  spec")),
        ("p.json", &plan(&[unknown])),
    ];
    let report = podgate(tree(&files).path(), &["scan", "-o", "json", ".", "p.json"]).out;
    let report: Value = serde_json::from_str(&report).expect("JSON");
    let finding = &report["findings"][0];
    assert_eq!((finding["instances"].as_array().map(Vec::len), &finding["undecided_instances"]), (Some(1), &json!([])));
}
