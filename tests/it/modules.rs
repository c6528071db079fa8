//! Module calls: what is followed, and what is not there.

use std::path::Path;

use serde_json::Value;

use crate::support::{podgate, policy, tree, write};

const VARIABLE: &str = "variable \"ipc\" {\n  default = true\n}\n";

/// A module whose policy is what its variable `ipc` says.
fn module() -> String {
    format!("{VARIABLE}{}", policy("x", "host_ipc = var.ipc"))
}

fn call(name: &str, source: &str, arguments: &str) -> String {
    format!("module \"{name}\" {{\n  source = \"{source}\"\n  {arguments}\n}}\n")
}

#[track_caller]
fn check(directory: &Path, options: &[&str], code: i32, said: &str) {
    let arguments: Vec<&str> = ["scan", "-v"].iter().chain(options).copied().collect();
    let ran = podgate(directory, &arguments);
    assert_eq!(ran.code, code, "{}{}", ran.out, ran.err);
    assert!(ran.out.replace("\n  │ ", " ").contains(said), "{said} is not in\n{}{}", ran.out, ran.err);
}

#[test]
fn a_part_of_a_tree_is_judged_by_its_callers() {
    let directory =
        tree(&[("main.tf", &call("a", "./modules/psp", "ipc = false")), ("modules/psp/main.tf", &module())]);
    check(directory.path(), &["--root", ".", "modules"], 0, "1 policy evaluated, 0 inactive, 0 findings, 0 undecided");
    check(directory.path(), &["--root", ".", "modules/psp/main.tf"], 0, "0 findings, 0 undecided");
    // Without the caller the default is all there is.
    check(directory.path(), &["--root", "modules", "modules"], 1, "because `var.ipc` is true");
    write(directory.path(), "main.tf", call("a", "./modules/psp", "ipc = true").as_bytes());
    check(directory.path(), &["--root", ".", "modules"], 1, "because `var.ipc` is true (main.tf:3)");
    // What is found elsewhere is not reported here.
    check(directory.path(), &["--root", ".", "main.tf"], 0, "0 findings");
}

#[test]
fn modules_that_are_not_there() {
    let calls = [call("a", "acme/psp/kubernetes", ""), call("b", "git::https://example.com/b.git", "")].concat();
    let uses = policy("x", "host_ipc = module.a.share");
    let directory = tree(&[("main.tf", &format!("{calls}{uses}"))]);
    check(directory.path(), &[], 0, "3 undecided");
    check(directory.path(), &[], 0, "main.tf:1: module.a (the module acme/psp/kubernetes is not installed)");
    check(directory.path(), &["--undecided", "fail"], 1, "Run `terraform init` before the scan.");
    let sarif = podgate(directory.path(), &["scan", "-o", "sarif"]).out;
    let sarif: Value = serde_json::from_str(&sarif).expect("JSON");
    let notes = sarif["runs"][0]["invocations"][0]["toolExecutionNotifications"].as_array().expect("notes").len();
    assert_eq!(notes, 3);
}

#[test]
fn an_argument_that_is_missing() {
    let required = module().replace("\n  default = true\n", "");
    let directory = tree(&[("main.tf", &call("a", "./psp", "")), ("psp/main.tf", &required)]);
    check(directory.path(), &[], 0, "Set `ipc` in the call of the module");
}

#[test]
fn what_was_looked_at_may_be_referred_to() {
    let output = "output \"o\" {\n  value = kubernetes_pod_security_policy.x.spec[0].host_ipc\n}\n";
    let a = format!("{}{output}", policy("x", "host_ipc = false"));
    for calls in [["a", "b"], ["b", "a"]] {
        let call = |name: &str| call(name, &format!("./{name}"), if name == "b" { "ipc = !module.a.o" } else { "" });
        let calls = calls.map(call).concat();
        let directory = tree(&[("main.tf", &calls), ("a/main.tf", &a), ("b/main.tf", &module())]);
        check(directory.path(), &[], 1, "1 finding, 0 undecided");
    }
    let counted = call("m", "./m", "count = length(kubernetes_pod_security_policy.r)\n  ipc = true");
    let root = format!("{}{counted}", policy("r", "host_ipc = false").replace("  spec", "  count = 2\n  spec"));
    let directory = tree(&[("main.tf", &root), ("m/main.tf", &module())]);
    check(directory.path(), &[], 1, "module.m[0]");
}

#[test]
fn more_modules_than_the_limit() {
    let inner = format!("variable \"i\" {{}}\n{}", call("q", "../m1", "count = 230\n  i = var.i * 1000 + count.index"));
    let leaf = format!("variable \"i\" {{}}\n{}", policy("x", "host_ipc = var.i < 0"));
    let root = call("r", "./m0", "count = 230\n  i = count.index");
    let directory = tree(&[("main.tf", &root), ("m0/main.tf", &inner), ("m1/main.tf", &leaf)]);
    check(directory.path(), &[], 3, "there are more than 50000 different module calls, which is podgate's limit");
}

#[test]
fn callers_that_are_filtered_out_count() {
    let directory = tree(&[("envs/x/main.tf", &call("m", "../../m", "ipc = false")), ("m/main.tf", &module())]);
    check(directory.path(), &["--exclude", "envs/**"], 0, "0 findings");
    check(directory.path(), &["--exclude", "envs/**", "--root", ".", "m"], 0, "0 findings");
}

#[test]
fn an_override_leads_elsewhere() {
    let other = module().replace("true", "false");
    let directory = tree(&[
        ("a_override.tf", &call("a", "./new", "")),
        ("main.tf", &call("a", "./old", "")),
        ("old/main.tf", &module()),
        ("new/main.tf", &other),
    ]);
    // What is no longer called stands for itself.
    check(directory.path(), &[], 1, "[old/main.tf:");
    check(directory.path(), &[], 1, "2 policies evaluated, 0 inactive, 1 finding, 0 undecided");
}

#[test]
fn what_terraform_has_installed() {
    let listed = |json: &str| {
        tree(&[
            ("main.tf", &call("a", "acme/psp/kubernetes", "ipc = true")),
            (".terraform/modules/a/main.tf", &module()),
            (".terraform/modules/modules.json", json),
        ])
    };
    let sound = r#"{"Modules":[{"Key":"a","Source":"acme/psp/kubernetes","Dir":".terraform/modules/a"}]}"#;
    check(listed(sound).path(), &[], 1, "[main.tf:1:1]");
    check(listed(sound).path(), &[], 1, "1 policy evaluated, 0 inactive, 1 finding");
    for broken in ["{", "[]", "{\"Modules\": 1}", "{\"Modules\":[{\"Key\":\"a\",\"Dir\":\"../../..\"}]}"] {
        check(listed(broken).path(), &[], 0, "Run `terraform init` before the scan.");
    }
    check(listed("{").path(), &[], 0, "The modules that it lists count as not installed");
    // What was installed before the source was changed is not what Terraform would use.
    let stale = sound.replace("acme/psp", "registry.terraform.io/acme/old");
    check(listed(&stale).path(), &[], 0, "the module acme/psp/kubernetes is not installed");
    let registry = sound.replace("acme/psp", "registry.terraform.io/acme/psp");
    check(listed(&registry).path(), &[], 1, "[main.tf:1:1]");
}

#[test]
fn what_is_installed_for_a_part_of_a_tree() {
    let listed =
        r#"{"Modules":[{"Key":"l","Dir":"l"},{"Key":"l.m","Source":"acme/psp/k","Dir":".terraform/modules/l.m"}]}"#;
    let directory = tree(&[
        ("main.tf", &call("l", "./l", "")),
        ("l/main.tf", &call("m", "acme/psp/k", "ipc = true")),
        (".terraform/modules/l.m/main.tf", &module()),
        (".terraform/modules/modules.json", listed),
    ]);
    check(directory.path(), &[], 1, "[l/main.tf:1:1]");
    check(directory.path(), &["--root", ".", "l"], 1, "[l/main.tf:1:1]");
}

#[test]
fn policies_that_are_outside_of_what_is_scanned() {
    let directory = tree(&[
        ("envs/prod/main.tf", &call("p", "../../modules/outer", "")),
        ("modules/outer/main.tf", &call("q", "../psp", "ipc = true")),
        ("modules/psp/main.tf", &module()),
        ("modules/plain/main.tf", ""),
        ("envs/plain/main.tf", &call("p", "../../modules/plain", "")),
    ]);
    let said = "`module.p` calls modules/psp, which is not scanned";
    check(directory.path(), &["--root", ".", "envs"], 0, said);
    check(directory.path(), &["--include", "envs/**"], 0, said);
    check(directory.path(), &[], 1, "1 finding, 0 undecided");
    for arguments in [&["scan", "--root", "."][..], &["scan", "--root", ".", "envs/plain"]] {
        assert!(!podgate(directory.path(), arguments).out.contains("not scanned, so"), "{arguments:?}");
    }
}

#[test]
fn sources_that_lead_nowhere() {
    let directory = tree(&[
        (
            "main.tf",
            &[call("out", "../elsewhere", ""), call("file", "./a.txt", ""), policy("x", "host_ipc = false")].concat(),
        ),
        ("a.txt", ""),
        ("empty/readme", ""),
    ]);
    check(directory.path(), &["--root", "."], 3, "which is no directory below the root");
    let computed = call("c", "./${local.x}", "");
    let directory = tree(&[("main.tf", &format!("{computed}{}", policy("x", "host_ipc = true")))]);
    check(directory.path(), &[], 3, "the source of the module `c` is not a");
    // Where nothing else is of interest, it is as undecided as a module that is not installed.
    let nothing_else = |source: &str| tree(&[("main.tf", &call("a", source, "")), ("a.txt", "")]);
    check(nothing_else("./gone").path(), &[], 0, "main.tf:1: module.a (there is no directory ./gone)");
    check(nothing_else("./a.txt").path(), &[], 0, "1 undecided");
    check(nothing_else("./${local.x}").path(), &["--undecided", "fail"], 1, "is not a literal string");
    check(nothing_else("../").path(), &["--root", "."], 0, "Set `--root` to a directory that contains both.");
}

#[test]
fn a_module_that_is_not_there_is_said_once() {
    let directory = tree(&[
        ("main.tf", &call("a", "./nothing", "")),
        ("nothing/readme.txt", ""),
        ("x.tf", &policy("x", "host_ipc = false")),
    ]);
    let ran = podgate(directory.path(), &["scan", "-o", "gitlab"]);
    let issues: Value = serde_json::from_str(&ran.out).expect("JSON");
    assert_eq!(issues.as_array().expect("issues").len(), 1, "{issues}");
}

#[test]
fn how_a_source_is_written_does_not_matter() {
    for source in [r#"("./m")"#, r#""./${"m"}""#, r#""./m""#] {
        let caller = format!("module \"m\" {{\n  source = {source}\n  ipc = true\n}}\n");
        let directory = tree(&[("main.tf", &caller), ("m/main.tf", &module())]);
        check(directory.path(), &[], 1, "module.m.kubernetes_pod_security_policy");
    }
    let json = r#"{"module": {"m": {"source": ".\/m", "ipc": true}}}"#;
    let directory = tree(&[("main.tf.json", json), ("m/main.tf", &module())]);
    check(directory.path(), &[], 1, "module.m.kubernetes_pod_security_policy");
}

#[test]
fn a_module_of_the_same_name_is_installed_elsewhere() {
    let json = r#"{"Modules":[{"Key":"a","Source":"acme/psp/kubernetes","Dir":".terraform/modules/a"}]}"#;
    let directory = tree(&[
        ("one/main.tf", &call("a", "acme/psp/kubernetes", "ipc = true")),
        ("one/.terraform/modules/a/main.tf", &module()),
        ("one/.terraform/modules/modules.json", json),
        ("two/main.tf", &call("a", "acme/psp/kubernetes", "ipc = true")),
    ]);
    check(directory.path(), &[], 1, "[one/main.tf:1:1]");
    check(directory.path(), &[], 1, "two/main.tf:1: module.a (the module acme/psp/kubernetes is not installed)");
}

#[test]
fn calls_without_end() {
    let own = tree(&[("main.tf", &format!("{}{}", call("a", "./", ""), policy("x", "host_ipc = true")))]);
    check(own.path(), &[], 3, "the module `a` calls itself (. -> .)");
    let deep = tree(&[]);
    for n in 0..1_000 {
        write(deep.path(), &format!("m{n}/main.tf"), call("n", &format!("../m{}", n + 1), "").as_bytes());
    }
    write(deep.path(), "m1000/main.tf", module().as_bytes());
    check(deep.path(), &[], 3, "modules are called more than 200 levels deep, which is podgate's limit");
}

#[test]
fn equal_calls_are_evaluated_once() {
    // Four calls at each of six levels: 4,096 leaves, all of them the same.
    let directory = tree(&[]);
    for level in 0..6 {
        let calls: String =
            (0..4).map(|n| call(&format!("c{n}"), &format!("../l{}", level + 1), "ipc = true")).collect();
        write(directory.path(), &format!("l{level}/main.tf"), format!("{VARIABLE}{calls}").as_bytes());
    }
    write(directory.path(), "l6/main.tf", module().as_bytes());
    check(directory.path(), &[], 1, "and 4091 more");
}

#[test]
fn moving_a_value_does_not_change_the_verdict() {
    let instance = |files: &[(&str, &str)]| -> Vec<String> {
        let directory = tree(files);
        let sarif = podgate(directory.path(), &["scan", "-o", "sarif"]).out;
        let sarif: Value = serde_json::from_str(&sarif).expect("JSON");
        let results = sarif["runs"][0]["results"].as_array().expect("results").clone();
        let instances = results.iter().map(|result| result["properties"]["instances"].to_string());
        instances.collect()
    };
    for value in ["true", "false"] {
        let direct = policy("x", &format!("host_ipc = {value}"));
        let json = format!(
            r#"{{"resource": {{"kubernetes_pod_security_policy": {{"x": {{"spec": {{"host_ipc": {value}}}}}}}}}}}"#
        );
        let variable = policy("x", "host_ipc = var.v");
        let declared = format!("variable \"v\" {{\n  default = {value}\n}}\n");
        let expected = instance(&[("main.tf", &direct)]);
        assert_eq!(expected.len(), usize::from(value == "true"));
        for files in [
            vec![("renamed.tf", direct.clone())],
            vec![("main.tf.json", json)],
            vec![("main.tf", format!("{declared}{variable}"))],
            vec![("a.tf", declared), ("b.tf", variable.clone())],
            vec![("main.tf", format!("locals {{\n  v = {value}\n}}\n{}", policy("x", "host_ipc = local.v")))],
            vec![
                ("main.tf", format!("variable \"v\" {{}}\n{variable}")),
                ("terraform.tfvars", format!("v = {value}\n")),
            ],
            vec![
                ("main.tf", format!("variable \"v\" {{}}\n{variable}")),
                ("x.auto.tfvars.json", format!("{{\"v\": {value}}}")),
            ],
        ] {
            let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (*name, text.as_str())).collect();
            assert_eq!(instance(&files), expected, "{files:?}");
        }
        let called = [("main.tf", call("m", "./m", &format!("ipc = {value}"))), ("m/main.tf", module())];
        let called: Vec<(&str, &str)> = called.iter().map(|(name, text)| (*name, text.as_str())).collect();
        let inlined: Vec<String> = instance(&called).iter().map(|instance| instance.replace("module.m.", "")).collect();
        assert_eq!(inlined, expected);
    }
}
