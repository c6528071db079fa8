//! What is said of a file that cannot be parsed is podgate's own: a parser's message names its own rules, and may quote
//! what must not be shown.

use crate::support::{podgate, policy, tree};

/// What parsers say: hcl-edit, jsonc-parser, `serde_json`, saphyr-parser, regex, globset.
const FOREIGN: [&str; 24] = [
    "expected `",
    "Expected ",
    "expected value",
    "unexpected",
    "Unexpected",
    "EOF while",
    " at line ",
    " column ",
    "missing field",
    "duplicate field",
    "invalid type",
    "invalid value",
    "nterminated",
    "trailing c",
    "recursion limit",
    "Maximum nesting",
    "regex parse error",
    "error parsing glob",
    "unclosed",
    "while parsing",
    "while scanning",
    "did not find",
    "not allowed",
    "key must be",
];

#[track_caller]
fn check(files: &[(&str, &str)], arguments: &[&str], said: &str) {
    let directory = tree(files);
    for format in ["human", "json"] {
        let ran = podgate(directory.path(), &[&["scan", "--root", ".", "-o", format], arguments].concat());
        let words = format!("{}{}", ran.out, ran.err);
        let words = words.split_whitespace().filter(|word| *word != "│").collect::<Vec<_>>().join(" ");
        // The JSON report has names of its own.
        let messages = words.replace("\"column\"", "");
        for foreign in FOREIGN {
            assert!(!messages.contains(foreign), "{foreign:?} in\n{messages}\nof {files:?}");
        }
        assert!(words.contains(said), "{said:?} is not in\n{words}\nof {files:?}");
    }
}

#[test]
fn broken_json() {
    let module = format!("variable \"ipc\" {{\n  default = true\n}}\n{}", policy("x", "host_ipc = var.ipc"));
    for (text, said) in [
        ("{\"ipc\" 1}", "a colon is missing"),
        ("{\"ipc\": }", "a value is"),
        ("{\"ipc\": 1,}", "is not"),
        ("{\"a\": 1 \"b\": 2}", "a comma is missing"),
        ("{\"a\": [1, 2", "not closed"),
        ("{\"a\": {", "not closed"),
        ("{\"a\": \"x", "not closed"),
        ("{'a': 1}", "JSON"),
        ("{a: 1}", "JSON"),
        ("{\"a\": +1}", "JSON"),
        ("{\"a\": 0x1}", "JSON"),
        ("{\"a\": -}", "JSON"),
        ("{\"a\": 1e}", "JSON"),
        ("{\"a\": \"\\q\"}", "escape"),
        ("{\"a\": \"\\ud800\"}", "escape"),
        ("{} {}", "follows the end of the value"),
        ("// c\n{}", "no comments"),
        ("{\"a\": nul}", "a value is expected here"),
        ("]", "a value is expected here"),
        ("\u{feff}{}", "byte-order mark"),
        ("", "there is no value"),
    ] {
        check(&[("main.tf", &*module), ("terraform.tfvars.json", text)], &[], said);
        check(&[("main.tf", &*module), ("b.tf.json", text)], &[], said);
        let installed = (".terraform/modules/modules.json", text);
        check(&[("main.tf", &format!("{module}module \"m\" {{\n  source = \"a/b/c\"\n}}\n")), installed], &[], said);
    }
    let deep = format!("{{\"a\": {}{}}}", "[".repeat(600), "]".repeat(600));
    check(&[("main.tf", &*module), ("terraform.tfvars.json", &deep)], &[], "512 levels deep");
}

#[test]
fn broken_expressions_and_templates() {
    for (line, said) in [
        ("host_ipc = templatefile(\"t.tpl\", {}) == \"a\"", "on its line 2"),
        ("host_ipc = \"${ 1 + }\"", "Something is missing before this bracket"),
        ("host_ipc = regex(\"(a\", \"a\") == \"a\"", "could not be decided"),
        ("host_ipc = jsondecode(\"{a\")", "could not be decided"),
        ("host_ipc = yamldecode(\"a: [\")", "could not be decided"),
        ("host_ipc = csvdecode(\"a,a\\n1\")", "could not be decided"),
        ("host_ipc = length(fileset(\".\", \"[\")) == 0", "could not be decided"),
    ] {
        let files = [("main.tf", &*policy("x", line)), ("t.tpl", "fine\nsecret ${ 1 + }\n")];
        check(&files, &[], said);
    }
    let deep = format!("host_ipc = {}true{}", "(".repeat(200), ")".repeat(200));
    check(&[("main.tf", &policy("x", &deep))], &[], "1 ");
    let json = r#"{"resource": {"kubernetes_pod_security_policy": {"x": {"spec": {"host_ipc": "${1 +}"}}}}}"#;
    check(&[("main.tf.json", json)], &[], "the template is not valid");
    check(
        &[("main.tf", &policy("x", "host_ipc = var.x")), ("v.tf.json", r#"{"variable": {"x": {"type": "list("}}}"#)],
        &[],
        "the expression is not valid",
    );
}

#[test]
fn broken_plans() {
    for (text, said) in [
        ("{\"format_version\": \"1.2\", \"resource_changes\": [", "it ends too early"),
        ("{\"format_version\": \"1.2\", \"resource_changes\": {}}", "not of the form that a plan has"),
        ("{\"format_version\": \"1.2\", \"resource_changes\": []} x", "this is not JSON"),
        ("{\"format_version\": 1, \"resource_changes\": []}", "not of the form that a plan has"),
        ("{\"format_version\": \"1.2\", \"resource_changes\": [{\"mode\": 1}]}", "not of the form that a plan has"),
        ("{\"format_version\": \"1.2\", \"resource_changes\": [{}]}", "it has no `type`"),
        (
            "{\"format_version\": \"1.2\", \"planned_values\": {\"root_module\": {\"resources\": [{}]}}}",
            "it has no `type`",
        ),
    ] {
        check(&[("p.json", text)], &["p.json"], said);
    }
}

#[test]
fn globs_that_are_none() {
    for (glob, said) in [
        ("[a", "a `[` is not closed"),
        ("{a", "a `{` is not closed"),
        ("[b-a]", "the end comes before"),
        ("a\\", "nothing follows"),
    ] {
        for option in ["--exclude", "--include", "--each-var-file", "--rule"] {
            let ran = podgate(tree(&[("main.tf", &policy("x", "host_ipc = true"))]).path(), &["scan", option, glob]);
            assert!(ran.code == 2 && ran.err.contains(said), "{option} {glob}: {ran:?}");
        }
    }
}

#[test]
fn a_table_without_the_workspace_names_the_option_and_the_keys() {
    let workspace = "local.t[terraform.workspace]";
    let table = |entries: &str, expression: &str| {
        let locals = format!(
            "locals {{\n  t = {{ {entries} }}\n  w = terraform.workspace\n}}\nvariable \"s\" {{\n  sensitive = true\n  default = \"k\"\n}}\n"
        );
        format!("{locals}{}", policy("x", &format!("host_ipc = {expression}")))
    };
    for expression in [workspace, "local.t[local.w]", "local.t[\"${terraform.workspace}\"]"] {
        let said = "Give the workspace with `--workspace`; the keys are `dev`, `prod`.";
        check(&[("main.tf", &*table("dev = true, prod = false", expression))], &[], said);
        check(
            &[("main.tf", &*table("dev = true, prod = false", expression))],
            &[],
            "has no entry for the key `default`",
        );
    }
    let files = tree(&[("main.tf", &*table("dev = true, prod = false", workspace))]);
    assert_eq!(podgate(files.path(), &["scan", "--workspace", "dev"]).code, 1);
    // A workspace of the command line is not repeated.
    let ran = podgate(files.path(), &["scan", "--workspace", "hunter2"]);
    assert!(ran.out.contains("this key") && !ran.out.contains("hunter2"), "{}", ran.out);
    // `try` sees that Terraform refuses it.
    let tried = tree(&[("main.tf", &*table("dev = false", &format!("try({workspace}, true)")))]);
    assert_eq!(podgate(tried.path(), &["scan"]).code, 1);
    // Keys that must not be shown are not; of many, a few are.
    let file =
        [("main.tf", &*table("", "yamldecode(file(\"t.yaml\"))[terraform.workspace]")), ("t.yaml", "hunter2: true\n")];
    let ran = podgate(tree(&file).path(), &["scan"]);
    assert!(ran.out.contains("Give the workspace with") && !ran.out.contains("hunter2"), "{}", ran.out);
    let keys: String = (10..40).map(|n| format!("k{n} = true, ")).collect();
    check(&[("main.tf", &*table(&keys, workspace))], &[], "`k19` and 20 more.");
}
