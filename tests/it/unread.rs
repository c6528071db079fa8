//! What cannot be read or parsed is said where a verdict depends on it, and is never taken for undecided; what cannot
//! hide a finding is no alarm.

use std::path::Path;
use std::process::Command;

use crate::support::{Ran, podgate, policy, tree, write};

/// Ways in which a file cannot be read as what it should be.
const WAYS: [&str; 5] = ["git-crypt", "UTF-16", "pipe", "broken", "zeros"];

/// Spoils a file in one of these ways.
fn spoil(directory: &Path, path: &str, way: &str) {
    write(directory, path, b"");
    let file = directory.join(path);
    match way {
        "git-crypt" => write(directory, path, b"\0GITCRYPT\0\x01\x02"),
        "UTF-16" => write(directory, path, b"\xff\xfer\0e\0s\0"),
        "zeros" => write(directory, path, &vec![0; 9_000]),
        "broken" => write(directory, path, b"resource \"kubernetes_pod_security_policy\" \"x\" {\n  spec {\n"),
        _ => {
            std::fs::remove_file(&file).expect("it is there");
            assert!(Command::new("mkfifo").arg(&file).status().expect("mkfifo runs").success());
        }
    }
}

fn scanned(directory: &Path, arguments: &[&str]) -> Ran {
    podgate(directory, &[&["scan", "--root", "."], arguments].concat())
}

#[test]
fn a_sibling_of_a_named_file_has_a_say() {
    for way in WAYS {
        for sibling in ["override.tf", "more_override.tf", "other.tf"] {
            let directory = tree(&[("main.tf", &policy("x", "host_ipc = false"))]);
            spoil(directory.path(), sibling, way);
            let ran = scanned(directory.path(), &["main.tf"]);
            assert_eq!(ran.code, 3, "{sibling}, {way}: {}", ran.out);
            assert!(ran.out.contains(sibling), "{sibling}, {way}: {}", ran.out);
            let excluded = scanned(directory.path(), &["--exclude", sibling]);
            assert_eq!(excluded.code, 3, "{sibling}, {way}: {}", excluded.out);
        }
    }
}

#[test]
fn an_installed_module_has_a_say() {
    for way in WAYS {
        let directory = tree(&[
            ("main.tf", "module \"m\" {\n  source = \"acme/psp/kubernetes\"\n}\n"),
            (
                ".terraform/modules/modules.json",
                "{\"Modules\": [{\"Key\": \"m\", \"Source\": \"acme/psp/kubernetes\", \"Dir\": \".terraform/modules/m\"}]}",
            ),
        ]);
        spoil(directory.path(), ".terraform/modules/m/main.tf", way);
        let ran = scanned(directory.path(), &[]);
        assert_eq!(ran.code, 3, "{way}: {}", ran.out);
        assert!(ran.out.contains(".terraform/modules/m/main.tf"), "{way}: {}", ran.out);
    }
}

#[test]
fn a_called_module_outside_of_the_named_part_has_a_say() {
    for way in WAYS {
        let call = format!("module \"m\" {{\n  source = \"../psp\"\n}}\n{}", policy("x", "host_ipc = module.m.ipc"));
        let called = "output \"ipc\" {\n  value = false\n}\n";
        let directory = tree(&[("env/main.tf", &call), ("psp/main.tf", called)]);
        spoil(directory.path(), "psp/override.tf", way);
        let ran = scanned(directory.path(), &["env"]);
        assert_eq!(ran.code, 3, "{way}: {}", ran.out);
        assert!(ran.out.contains("psp/override.tf"), "{way}: {}", ran.out);
    }
}

#[test]
fn a_caller_that_cannot_be_read_has_a_say_in_a_module_that_takes_inputs() {
    let module = format!("variable \"ipc\" {{\n  default = false\n}}\n{}", policy("x", "host_ipc = var.ipc"));
    let directory = tree(&[("psp/main.tf", &module), ("prod/main.tf", &module), ("prod/terraform.tfvars", "")]);
    spoil(directory.path(), "env/main.tf", "git-crypt");
    let open = scanned(directory.path(), &["psp"]);
    assert!(open.code == 3 && open.out.contains("env/main.tf"), "{}", open.out);
    let root = scanned(directory.path(), &["prod"]);
    assert_eq!(root.code, 0, "what is a root module of its own is called by nobody: {}", root.out);
}

#[test]
fn a_manifest_that_cannot_be_read_is_not_analysed() {
    let resource = "resource \"kubectl_manifest\" \"x\" {\n  yaml_body = file(\"psp.yaml\")\n}\n";
    let typed = "resource \"kubernetes_manifest\" \"x\" {\n  manifest = yamldecode(file(\"psp.yaml\"))\n}\n";
    let template = resource.replace("file(\"psp.yaml\")", "templatefile(\"psp.yaml\", {})");
    let source = format!(
        "data \"local_file\" \"f\" {{\n  filename = \"psp.yaml\"\n}}\n{}",
        resource.replace("file(\"psp.yaml\")", "data.local_file.f.content")
    );
    for text in [resource, typed, &template, &source] {
        for way in ["git-crypt", "UTF-16", "pipe", "zeros", "missing"] {
            let directory = tree(&[("main.tf", text)]);
            if way != "missing" {
                spoil(directory.path(), "psp.yaml", way);
            }
            let ran = scanned(directory.path(), &[]);
            assert_eq!(ran.code, 3, "{way}: {text}: {}", ran.out);
            assert!(ran.out.contains("0 undecided") && ran.out.contains("psp.yaml"), "{way}: {text}: {}", ran.out);
        }
    }
    let tried =
        typed.replace("yamldecode(file(\"psp.yaml\"))", "try(yamldecode(file(\"psp.yaml\")), { kind = \"Pod\" })");
    let directory = tree(&[("main.tf", &tried)]);
    assert_eq!(scanned(directory.path(), &[]).code, 0, "what `try` catches is no matter");
}

#[test]
fn undecided_is_what_lacks_an_input() {
    for (line, code) in [
        ("host_ipc = var.x", 0),
        ("host_ipc = data.a.b.c", 0),
        ("host_ipc = timestamp() == \"\"", 0),
        ("host_ipc = \"maybe\"", 0),
        ("host_ipc = (true", 3),
        ("host_ipc = true true", 1),
        ("host_ipc = ", 3),
        ("host_ipc = ?", 3),
    ] {
        let text = format!("variable \"x\" {{}}\n{}", policy("p", line));
        let directory = tree(&[("main.tf", &text)]);
        let ran = scanned(directory.path(), &[]);
        assert!(ran.code == code || (code == 1 && ran.code == 3), "{line}: {}", ran.out);
    }
}

#[test]
fn what_cannot_hide_a_finding_is_no_alarm() {
    let sound = policy("x", "host_ipc = false");
    let pod = "resource \"kubernetes_pod\" \"x\" {}\n";
    let twice = "variable \"a\" {}\nvariable \"a\" {}\nlocals {\n  b = 1\n}\nlocals {\n  b = 2\n}\noutput \"o\" {\n  value = 1\n}\noutput \"o\" {\n  value = 2\n}\n";
    let mixin = "provider \"kubernetes\" {}\nvariable \"enabled\" {}\ndata \"a\" \"b\" {}\n";
    let directory = tree(&[
        ("main.tf", &format!("{sound}{pod}{pod}{twice}")),
        ("mixins/one.mixin.tf", mixin),
        ("mixins/two.mixin.tf", mixin),
        ("mixins/manifest.tf", "resource \"kubernetes_manifest\" \"m\" {\n  manifest = { kind = \"Pod\" }\n}\n"),
    ]);
    let ran = scanned(directory.path(), &[]);
    assert_eq!(ran.code, 0, "{}", ran.out);
    assert!(ran.out.contains("`kubernetes_pod.x` is declared here again"), "it is said: {}", ran.out);
    // Where a verdict depends on it, nobody can tell which one counts.
    for (more, line) in [
        ("variable \"a\" {\n  default = false\n}\n", "host_ipc = var.a"),
        ("locals {\n  a = false\n}\n", "host_ipc = local.a"),
    ] {
        let text = format!("{more}{}{}", more.replace("false", "true"), policy("x", line));
        let directory = tree(&[("main.tf", &text)]);
        let ran = scanned(directory.path(), &[]);
        assert_eq!(ran.code, 3, "{line}: {}", ran.out);
    }
    let call = "module \"m\" {\n  source = \"./m\"\n  ipc    = false\n}\n";
    let module = format!("variable \"ipc\" {{}}\n{}", policy("x", "host_ipc = var.ipc"));
    let directory = tree(&[("main.tf", &format!("{call}{}", call.replace("false", "true"))), ("m/main.tf", &module)]);
    assert_eq!(scanned(directory.path(), &[]).code, 3, "the second call may be the one that counts");
}

#[test]
fn a_plan_in_a_directory_is_pointed_out() {
    let directory = tree(&[
        ("out/plan.json", "{\"format_version\":\"1.2\",\"terraform_version\":\"1.11.4\"}"),
        ("out/package.json", "{}"),
    ]);
    let ran = scanned(directory.path(), &["out"]);
    let words = ran.out.split_whitespace().filter(|word| *word != "│").collect::<Vec<_>>().join(" ");
    assert!(words.contains("It holds a plan, plan.json: name it"), "{words}");
}

#[test]
fn a_comment_in_configuration_is_no_plan() {
    let json = "{\"//\": {\"format_version\": \"1.2\", \"resource_changes\": []}, \"resource\": {\"kubernetes_pod_security_policy\": {\"x\": {\"spec\": {\"host_ipc\": true}}}}}";
    let directory = tree(&[("main.tf.json", json)]);
    for arguments in [&["main.tf.json"][..], &[]] {
        assert_eq!(scanned(directory.path(), arguments).code, 1);
    }
}

#[test]
fn little_memory_is_said_or_enough() {
    let directory = tree(&[("main.tf", &policy("x", "host_ipc = true"))]);
    let mut codes = Vec::new();
    for kilobytes in [40_000, 100_000, 200_000, 1_000_000] {
        let script = format!("ulimit -v {kilobytes} && exec \"$0\" scan --root .");
        let mut command = Command::new("sh");
        command.args(["-c", &script, env!("CARGO_BIN_EXE_podgate")]).current_dir(directory.path());
        let output = command.output().expect("a shell");
        let code = output.status.code();
        // A program that does not even start is the system's to explain.
        assert!(matches!(code, Some(1 | 2 | 126 | 127)), "{kilobytes}: {output:?}");
        codes.push(code);
    }
    assert_eq!(codes.last(), Some(&Some(1)), "with enough it is found");
}
