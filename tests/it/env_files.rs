//! Values where people keep them: files that Terraform does not read by itself, beside the root modules that need them.

use std::os::unix::fs::symlink;
use std::path::Path;

use serde_json::Value;

use crate::support::{podgate, policy, tree, write};

/// A root module with one policy whose `host_ipc` is a variable that nothing gives a value.
fn root() -> String {
    format!("variable \"ipc\" {{}}\n{}", policy("x", "host_ipc = var.ipc"))
}

/// What a scan finds: the instances of all findings, and how many places are undecided.
fn found(directory: &Path, arguments: &[&str]) -> (Vec<String>, u64) {
    let ran = podgate(directory, &[&["scan", "-o", "json"], arguments].concat());
    let report: Value = serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{error}: {ran:?}"));
    let findings = report["findings"].as_array().expect("findings");
    let instances = findings.iter().flat_map(|finding| finding["instances"].as_array().expect("instances"));
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let instances = instances.map(|instance| {
        let (address, values) = (text(&instance["address"]), text(&instance["values"]));
        format!("{}{values}", address.replace("kubernetes_pod_security_policy.x", "x@"))
    });
    (instances.collect(), report["summary"]["undecided"].as_u64().expect("a count"))
}

#[track_caller]
fn check(files: &[(&str, &str)], instances: &[&str], undecided: u64) {
    let directory = tree(files);
    let expected = (instances.iter().map(|instance| (*instance).to_owned()).collect(), undecided);
    assert_eq!(found(directory.path(), &["--root", "."]), expected, "{files:?}");
}

const ON: &str = "ipc = true\n";
const OFF: &str = "ipc = false\n";

#[test]
fn the_usual_layouts() {
    let root = root();
    let root = root.as_str();
    for (module, on) in [
        ("main.tf", "env/prod.tfvars"),
        ("main.tf", "prod.tfvars"),
        ("main.tf", "prod.tfvars.json"),
        ("main.tf", "environments/prod/terraform.tfvars"),
        ("main.tf", "deploy/eu/west/prod.auto.tfvars"),
        ("infra/main.tf", "vars/prod.tfvars"),
        ("infra/main.tf", "config/infra/prod.tfvars"),
        ("infra/main.tf", "tfvars/eu/prod.tfvars"),
        ("a/infra/main.tf", "a/envs/prod.tfvars"),
        ("environments/prod/main.tf", "environments/common.tfvars"),
        ("environments/prod/app/main.tf", "environments/prod/prod.tfvars"),
    ] {
        let text = if on.ends_with("json") { "{\"ipc\": true}" } else { ON };
        check(&[(module, root), (on, text)], &[&format!("x@{on}")], 0);
        let text = if on.ends_with("json") { "{\"ipc\": false}" } else { OFF };
        check(&[(module, root), (on, text)], &[], 0);
    }
    // Configuration of a backend beside the values is none of them.
    let backend = ("environments/prod/backend.hcl", "bucket = \"b\"\n");
    check(
        &[("main.tf", root), ("environments/prod/terraform.tfvars", ON), backend],
        &["x@environments/prod/terraform.tfvars"],
        0,
    );
}

#[test]
fn one_finding_names_the_files_with_which_it_is_so() {
    let files = [("main.tf", &*root()), ("env/dev.tfvars", ON), ("env/prod.tfvars", OFF), ("env/test.tfvars", ON)];
    check(&files, &["x@env/dev.tfvars", "x@env/test.tfvars"], 0);
    let directory = tree(&files);
    let said = podgate(directory.path(), &["scan"]).out.replace("\n  │ ", " ");
    assert!(said.contains("with the values of env/dev.tfvars, env/test.tfvars because"), "{said}");
    assert!(said.contains("1 finding, 0 undecided"), "{said}");
}

#[test]
fn files_that_do_not_fit_are_not_used() {
    let root = root();
    // Nothing fits: the module is judged as it stands.
    check(&[("main.tf", &root), ("env/prod.tfvars", "name = \"prod\"\n")], &[], 1);
    // A default, or a file that Terraform reads by itself, is what Terraform takes.
    let default = root.replace("{}", "{\n  default = false\n}");
    check(&[("main.tf", &default), ("env/prod.tfvars", ON)], &[], 0);
    check(&[("main.tf", &root), ("terraform.tfvars", OFF), ("env/prod.tfvars", ON)], &[], 0);
    // A file that leaves the variable open that matters.
    let two = format!("{root}variable \"name\" {{}}\n");
    check(&[("main.tf", &two), ("env/prod.tfvars", "name = \"prod\"\n")], &[], 1);
    check(
        &[("main.tf", &two), ("env/a.tfvars", "name = 1\n"), ("env/b.tfvars", "ipc = true\nname = [1]\n")],
        &["x@env/b.tfvars"],
        0,
    );
    // What Terraform, or who tries a module out, keeps is not for it; nor what is in a folder of any name elsewhere.
    for elsewhere in
        [".terraform/x/prod.tfvars", "examples/prod.tfvars", "test/prod.tfvars", ".prod.tfvars", "env/prod.tfvars~"]
    {
        check(&[("main.tf", &root), (elsewhere, ON)], &[], 1);
    }
    for elsewhere in ["other/prod.tfvars", "prod.tfvars", "env.d/prod.tfvars", "other/env/prod.tfvars"] {
        check(&[("infra/main.tf", &root), (elsewhere, ON)], &[], 1);
    }
}

#[test]
fn files_are_for_the_nearest_module() {
    let root = root();
    let call = "module \"m\" {\n  source = \"./modules/m\"\n  ipc = var.ipc\n}\nvariable \"ipc\" {}\n";
    // What lies in a module that is called is no value of its caller, nor does a called module take any.
    check(&[("main.tf", call), ("modules/m/main.tf", &root), ("modules/m/try.tfvars", ON)], &[], 1);
    check(&[("main.tf", call), ("modules/m/main.tf", &root), ("modules/m/env/try.tfvars", ON)], &[], 1);
    // Two stacks, each with its own.
    let stacks = [("app/main.tf", &*root), ("db/main.tf", &*root)];
    check(&[&stacks[..], &[("app/prod.tfvars", ON), ("db/prod.tfvars", OFF)]].concat(), &["x@app/prod.tfvars"], 0);
    check(&[&stacks[..], &[("vars/app.tfvars", ON), ("vars/db.tfvars", OFF)]].concat(), &["x@vars/app.tfvars"], 0);
    check(
        &[&stacks[..], &[("vars/app/p.tfvars", ON), ("vars/db/p.tfvars", OFF)]].concat(),
        &["x@vars/app/p.tfvars"],
        0,
    );
    check(
        &[&stacks[..], &[("vars/prod.app.tfvars", ON)]].concat(),
        &["x@vars/prod.app.tfvars", "x@vars/prod.app.tfvars"],
        0,
    );
    // An environment that is a root module of its own keeps its values.
    let prod = [("main.tf", &*root), ("environments/prod/main.tf", &root), ("environments/prod/p.tfvars", ON)];
    check(&prod, &["x@environments/prod/p.tfvars"], 1);
}

#[test]
fn options_replace_what_is_looked_for() {
    let directory = tree(&[("main.tf", &*root()), ("env/prod.tfvars", ON), ("off.tfvars.json", "{\"ipc\": false}")]);
    let found = |arguments: &[&str]| found(directory.path(), arguments);
    assert_eq!(found(&[]), (vec!["x@env/prod.tfvars".to_owned()], 0));
    assert_eq!(found(&["--no-env-files"]), (Vec::new(), 1));
    assert_eq!(found(&["--var-file", "off.tfvars.json"]), (Vec::new(), 0));
    assert_eq!(found(&["--each-var-file", "off.*"]), (Vec::new(), 0));
    assert_eq!(found(&["--each-var-file", "none/*"]), (Vec::new(), 1));
    assert_eq!(found(&["--var", "ipc=false"]), (Vec::new(), 0));
    // What the command line gives beats a file that is used for something else.
    write(directory.path(), "main.tf", format!("{}variable \"name\" {{}}\n", root()).as_bytes());
    write(directory.path(), "env/prod.tfvars", b"name = 1\nipc = true\n");
    assert_eq!(found(&["--var", "ipc=false"]), (Vec::new(), 0));
}

#[test]
fn files_beside_what_is_scanned_are_read_inside_of_the_root() {
    let directory = tree(&[("repo/infra/main.tf", &*root()), ("repo/env/prod.tfvars", ON)]);
    let repository = directory.path().join("repo");
    assert_eq!(found(&repository, &["--root", ".", "infra"]).0, ["x@env/prod.tfvars"]);
    // Without a repository around it, the root is what is named.
    assert_eq!(found(&repository, &["infra"]), (Vec::new(), 1));
    symlink("../../outside.tfvars", repository.join("env/link.tfvars")).expect("a link");
    symlink("prod.tfvars", repository.join("env/same.tfvars")).expect("a link");
    write(directory.path(), "outside.tfvars", b"ipc = true # hunter2\n");
    let (instances, undecided) = found(&repository, &["--root", ".", "infra"]);
    assert_eq!((instances, undecided), (vec!["x@env/prod.tfvars".to_owned()], 0));
    let said = podgate(&repository, &["scan", "--root", ".", "infra"]).out;
    assert!(said.contains("link.tfvars") && !said.contains("hunter2"), "{said}");
}

#[test]
fn what_cannot_be_read_may_set_anything() {
    for broken in [&b"\0GITCRYPT\0secret"[..], b"\xff\xfei\0p\0c\0", b"name = {{ templated }}\n"] {
        let directory = tree(&[("main.tf", &*root()), ("env/prod.tfvars", OFF)]);
        write(directory.path(), "env/broken.tfvars", broken);
        assert_eq!(found(directory.path(), &["--root", "."]), (Vec::new(), 1), "{broken:?}");
        let ran = podgate(directory.path(), &["scan"]);
        assert!(ran.code == 0 && ran.out.contains("env/broken.tfvars"), "{ran:?}");
    }
    // What is broken in a file that is used was not analysed.
    let directory = tree(&[("main.tf", &*root()), ("env/prod.tfvars", "ipc = false\nx = \n")]);
    assert_eq!(podgate(directory.path(), &["scan"]).code, 3);
}

#[test]
fn thousands_of_files_are_a_limit() {
    let directory = tree(&[("main.tf", &*root())]);
    for n in 0..300 {
        write(directory.path(), &format!("env/{n:04}.tfvars"), OFF.as_bytes());
    }
    let ran = podgate(directory.path(), &["scan"]);
    let said = ran.out.split_whitespace().filter(|word| *word != "│").collect::<Vec<_>>().join(" ");
    assert!(said.contains("More than 200 values files set variables of this root module"), "{said}");
    // What the others say is not known.
    assert!(ran.code == 0 && said.contains("1 undecided"), "{said}");
    for n in 0..20_100 {
        write(directory.path(), &format!("data/{n}.txt"), b"");
    }
    let ran = podgate(directory.path(), &["scan"]);
    assert!(
        ran.code == 0 && ran.out.contains("There are too many files below or beside this root module"),
        "{}",
        ran.out
    );
}

#[test]
fn a_called_module_that_is_a_root_of_its_own_is_evaluated_as_both() {
    let module = format!("variable \"ipc\" {{\n  default = true\n}}\n{}", policy("x", "host_ipc = var.ipc"));
    let call = "module \"m\" {\n  source = \"./m\"\n  ipc    = false\n}\n";
    let files = [("main.tf", call), ("m/main.tf", &*module)];
    check(&files, &[], 0);
    for proof in [
        ("m/terraform.tfvars", "ipc = true\n"),
        ("m/terraform.tfvars.json", "{}"),
        ("m/x.auto.tfvars", ""),
        ("m/x.auto.tfvars.json", "{}"),
        ("m/.terraform.lock.hcl", ""),
        ("m/.terraform/environment", "prod"),
        ("m/backend.tf", "terraform {\n  backend \"s3\" {}\n}\n"),
        ("m/cloud.tf", "terraform {\n  cloud {}\n}\n"),
        ("m/backend.tf.json", "{\"terraform\": {\"backend\": {\"s3\": {}}}}"),
    ] {
        check(&[&files[..], &[proof]].concat(), &["x@"], 0);
    }
    for nothing in [
        ("m/provider.tf", "provider \"kubernetes\" {}\n"),
        ("m/versions.tf", "terraform {\n  required_version = \">= 1\"\n}\n"),
        ("m/prod.tfvars", "ipc = true\n"),
        ("m/env/prod.tfvars", "ipc = true\n"),
    ] {
        check(&[&files[..], &[nothing]].concat(), &[], 0);
    }
    // Its values do not count where it is called.
    let on = call.replace("false", "true");
    check(&[("main.tf", &*on), files[1], ("m/terraform.tfvars", OFF)], &["module.m.x@"], 0);
}
