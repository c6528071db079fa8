//! What gives values to variables: options, files, and what goes wrong with them.

use std::path::Path;

use crate::support::{Ran, podgate, policy, tree, write};

const VARIABLE: &str = "variable \"ipc\" {\n  type    = bool\n  default = false\n}\n";

/// A root module with one policy whose `host_ipc` is this expression, over a variable `ipc` that is false by default.
fn module(expression: &str) -> tempfile::TempDir {
    tree(&[("main.tf", &format!("{VARIABLE}{}", policy("x", &format!("host_ipc = {expression}"))))])
}

/// Scans with these options and checks what is said.
#[track_caller]
fn check(directory: &Path, options: &[&str], code: i32, said: &str) -> Ran {
    let arguments: Vec<&str> = ["scan", "-v"].iter().chain(options).copied().collect();
    let ran = podgate(directory, &arguments);
    // Long lines are broken for the terminal, at white space or behind a slash.
    let flat = ran.out.replace("\n  │ ", " ").replace("/ ", "/");
    assert_eq!(ran.code, code, "{}{}", ran.out, ran.err);
    assert!(flat.contains(said) || ran.err.contains(said), "{said} is not in\n{flat}{}", ran.err);
    ran
}

#[test]
fn a_value_of_the_command_line_beats_the_default_and_the_files() {
    let directory = module("var.ipc");
    check(directory.path(), &[], 0, "0 findings");
    check(directory.path(), &["--var", "ipc=true"], 1, "because `var.ipc` is true (--var).");
    write(directory.path(), "terraform.tfvars", b"ipc = true\n");
    check(directory.path(), &[], 1, "because `var.ipc` is true (terraform.tfvars:1).");
    check(directory.path(), &["--var", "ipc=false"], 0, "0 findings");
}

#[test]
fn of_several_values_the_last_one_counts() {
    let directory = module("var.ipc");
    write(directory.path(), "yes.tfvars", b"ipc = true\n");
    write(directory.path(), "no.json", b"{\"ipc\": false}\n");
    check(directory.path(), &["--var-file", "no.json", "--var-file", "yes.tfvars"], 1, "(yes.tfvars:1)");
    check(directory.path(), &["--var-file", "yes.tfvars", "--var-file", "no.json"], 0, "0 findings");
    check(directory.path(), &["--var-file", "yes.tfvars", "--var", "ipc=false"], 0, "0 findings");
    check(directory.path(), &["--var", "ipc=false", "--var-file", "yes.tfvars"], 1, "(yes.tfvars:1)");
    check(directory.path(), &["--var", "ipc=true", "--var=ipc=false"], 0, "0 findings");
}

#[test]
fn the_text_of_a_value_means_what_the_type_makes_of_it() {
    // Without a type, and for simple ones, a value is text; for others it is an expression.
    let untyped = "variable \"a\" {}\nvariable \"b\" {\n  type = list(bool)\n}\n";
    let text = format!("{untyped}{}{}", policy("x", "host_ipc = var.a"), policy("y", "host_ipc = var.b[0]"));
    let directory = tree(&[("main.tf", &text)]);
    check(directory.path(), &["--var", "a=true", "--var", "b=[true]"], 1, "2 findings");
    check(directory.path(), &["--var", "a=[true]", "--var", "b=[false]"], 0, "Terraform refuses this string");
    check(directory.path(), &["--var", "a=0", "--var", "b=nonsense"], 0, "Terraform allows no reference here (--var)");
}

#[test]
fn every_file_that_matches_is_evaluated_and_named() {
    let directory = module("var.ipc");
    write(directory.path(), "env/prod.tfvars", b"ipc = false\n");
    write(directory.path(), "env/dev.tfvars", b"ipc = true\n");
    write(directory.path(), "env/test.tfvars", b"ipc = true\n");
    check(
        directory.path(),
        &["--each-var-file", "env/*.tfvars"],
        1,
        "with the values of env/dev.tfvars, env/test.tfvars",
    );
    check(directory.path(), &["--each-var-file", "env/prod.tfvars"], 0, "0 findings, 0 undecided");
    check(directory.path(), &["--each-var-file", "none/*"], 0, "matches `--each-var-file none/*`");
    check(directory.path(), &["--each-var-file", "[a"], 2, "not a valid glob");
}

#[test]
fn a_module_that_needs_a_file_is_not_judged_without_one() {
    let text = format!("variable \"ipc\" {{}}\n{}", policy("x", "host_ipc = var.ipc"));
    let directory = tree(&[("main.tf", &text), ("prod.tfvars", "ipc = false\n")]);
    let said = "because `var.ipc` has no value (main.tf:1)";
    let scanned = check(directory.path(), &["--no-env-files"], 0, said);
    assert!(scanned.out.contains("Give `var.ipc` a value with `--var` or `--var-file`, or a default."));
    check(directory.path(), &["--each-var-file", "*.tfvars"], 0, "0 findings, 0 undecided");
}

#[test]
fn the_workspace_is_default_or_given() {
    let directory = module("terraform.workspace == \"prod\"");
    check(directory.path(), &[], 0, "0 findings, 0 undecided");
    check(directory.path(), &["--workspace", "prod"], 1, "because `terraform.workspace == \"prod\"` is true.");
}

#[test]
fn what_is_sensitive_is_used_and_never_shown() {
    let variable = "variable \"secret\" {\n  sensitive = true\n}\n";
    let expressions = [
        "host_ipc = var.secret == \"hunter2\"",
        "host_ipc = lookup({ a = true }, var.secret)",
        "host_ipc = { a = true }[var.secret]",
        "host_ipc = tobool(var.secret)",
        "host_ipc = var.secret + 1",
        "host_ipc = file(var.secret)",
    ];
    for (n, line) in expressions.into_iter().enumerate() {
        let directory = tree(&[
            ("variables.tf", variable),
            ("main.tf", &policy("p", line).replace("hunter2", "hun${\"ter2\"}")),
            ("terraform.tfvars", "secret = \"hunter2\"\n"),
        ]);
        // What Terraform refuses for the value is refused without a word about it.
        let (code, said) =
            if n == 0 { (1, "because `var.secret`, which is sensitive, makes it so") } else { (0, "1 undecided") };
        check(directory.path(), &["--color", "never"], code, said);
        no_format_says_the_secret(directory.path(), code);
    }
}

/// Checks that no report of a directory says what must not be said.
fn no_format_says_the_secret(directory: &Path, code: i32) {
    for format in podgate::output::Format::ALL {
        let ran = check(directory, &["-o", format.name()], code, "");
        assert!(!ran.out.contains("hunter2") && !ran.err.contains("hunter2"), "{format:?}: {ran:?}");
    }
}

#[test]
fn what_stands_beside_a_value_is_not_shown() {
    let text = "variable \"ipc\" {}\nvariable \"n\" {\n  sensitive = true\n}\n";
    let policies = [
        policy("x", "host_ipc = var.ipc"),
        policy("y", "host_ipc = yamldecode(file(\"s.yaml\")).ipc"),
        policy("z", "host_ipc = var.n == \"1\""),
    ];
    let keys = "resource \"kubernetes_pod_security_policy\" \"k\" {\n  for_each = { (var.s) = true }\n  spec {\n    host_ipc = true\n  }\n}\nvariable \"s\" {\n  sensitive = true\n}\n";
    let exists = policy("e", "host_ipc = fileexists(\"/x/${var.s}\")");
    let directory = tree(&[
        ("main.tf", &format!("{text}{}", policies.concat())),
        ("terraform.tfvars", "before = \"hunter2\"\nipc = true\nafter = \"hunter2\"\nn = \"hunter2\"\n"),
        ("refused/main.tf", &format!("{keys}{exists}")),
        ("refused/terraform.tfvars", "s = \"hunter2\"\n"),
        ("s.yaml", "password: hunter2\nipc: true\ntoken: hunter2\n"),
    ]);
    check(directory.path(), &[], 1, "2 findings");
    no_format_says_the_secret(directory.path(), 1);
}

#[test]
fn a_file_of_values_that_leads_out_of_the_root_is_not_read() {
    let directory = tree(&[
        ("outside.txt", "hunter2\n"),
        ("root/main.tf", &format!("{VARIABLE}{}", policy("x", "host_ipc = var.ipc"))),
    ]);
    std::os::unix::fs::symlink("../outside.txt", directory.path().join("root/terraform.tfvars")).expect("a link");
    let scanned = check(directory.path(), &["--root", "root", "root"], 3, "This link leads out of the root");
    assert!(!scanned.out.contains("hunter2"), "{}", scanned.out);
}

#[test]
fn values_that_nothing_declares_are_said() {
    let directory = module("var.ipc");
    write(directory.path(), "terraform.tfvars", b"ipc = false\nicp = true\n");
    let scanned = check(directory.path(), &[], 0, "The module declares no variable `icp`; the value is not used.");
    assert!(scanned.out.contains("terraform.tfvars:2:1"), "{}", scanned.out);
    check(directory.path(), &["--var", "nothing=1"], 0, "No scanned root module declares a variable `nothing`");
}

#[test]
fn options_that_make_no_sense_stop_the_run() {
    let directory = module("var.ipc");
    check(directory.path(), &["--var-file", "missing.tfvars"], 2, "missing.tfvars does not exist");
    check(directory.path(), &["--var", "ipc"], 2, "the form is NAME=VALUE");
}

#[test]
fn files_of_values_that_cannot_be_read() {
    let directory = module("var.ipc");
    let needing = format!("variable \"needed\" {{}}\n{}", policy("y", "host_ipc = var.needed"));
    write(directory.path(), "needing.tf", needing.as_bytes());
    write(directory.path(), "terraform.tfvars", b"\0GITCRYPT\0secret");
    let said = "only terraform.tfvars could set `var.needed`, and it cannot be read";
    check(directory.path(), &[], 3, said);
    check(directory.path(), &[], 3, "git-crypt unlock");
    write(directory.path(), "terraform.tfvars", b"needed = false\nipc = true }\n");
    check(directory.path(), &[], 1, "terraform.tfvars:2:12");
    write(directory.path(), "terraform.tfvars", b"needed = false\n");
    write(directory.path(), "x.auto.tfvars.json", b"{\n  \"ipc\": tru\n}\n");
    check(directory.path(), &[], 3, "x.auto.tfvars.json:2:10");
    write(directory.path(), "x.auto.tfvars.json", b"[{\"ipc\": true}]\n");
    check(directory.path(), &[], 1, "(x.auto.tfvars.json:1)");
    write(directory.path(), "x.auto.tfvars.json", b"true\n");
    check(directory.path(), &[], 3, "Terraform requires an object here");
}

#[test]
fn a_value_that_is_broken_is_said_where_it_stands() {
    let directory = module("var.ipc");
    write(directory.path(), "c.tfvars", b"# nothing\nipc = \n");
    for options in [["--var-file", "c.tfvars"], ["--each-var-file", "*.tfvars"]] {
        check(directory.path(), &options, 3, "Not analysed: c.tfvars:2:1: ");
        check(directory.path(), &options, 3, "The value of `ipc` cannot be read");
    }
}

#[test]
fn files_outside_of_the_root_are_not_read() {
    let directory = tree(&[
        ("secret.yaml", "ipc: true\n"),
        ("root/main.tf", &policy("x", "host_ipc = yamldecode(file(\"../secret.yaml\")).ipc")),
        ("root/inside.tf", &policy("y", "host_ipc = fileexists(\"/etc/passwd\")")),
    ]);
    let scanned = check(directory.path(), &["--root", "root", "root"], 0, "2 undecided");
    assert!(scanned.out.contains("is outside of the root"), "{}", scanned.out);
    check(directory.path(), &["--root", ".", "root"], 1, "is true (secret.yaml:1)");
}
