//! The first ten minutes at the command line: what people type before they have read anything does what they mean.

use std::process::Command;

use crate::support::{podgate, policy, tree};

fn bad_tree() -> tempfile::TempDir {
    tree(&[("infra/main.tf", &policy("x", "host_ipc = true"))])
}

/// What podgate prints with these variables, and none that decides on colours or characters but these.
fn printed_with(directory: &std::path::Path, variables: &[(&str, &str)], arguments: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_podgate"));
    for name in ["LC_ALL", "LC_CTYPE", "LANG", "NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "CLICOLOR"] {
        command.env_remove(name);
    }
    let output = command.current_dir(directory).envs(variables.iter().copied()).args(arguments).output();
    let output = output.expect("podgate runs");
    String::from_utf8([output.stdout, output.stderr].concat()).expect("UTF-8")
}

#[test]
fn a_path_or_an_option_is_enough_to_scan() {
    let directory = bad_tree();
    let timeless = |out: &str| out.rsplit_once(" (").map_or(out, |(said, _)| said).to_owned();
    let scanned = podgate(directory.path(), &["scan", "infra"]);
    for arguments in
        [&["."][..], &["infra"], &["infra/main.tf"], &["-o", "human"], &["--no-progress"], &["--", "infra"]]
    {
        let short = podgate(directory.path(), arguments);
        assert_eq!((short.code, timeless(&short.out)), (1, timeless(&scanned.out)), "{arguments:?}");
    }
}

#[test]
fn nothing_at_all_is_helped() {
    let alone = podgate(bad_tree().path(), &[]);
    // It has not scanned, so that a pipeline that forgot the command does not pass.
    assert_eq!(alone.code, 2);
    assert!(alone.err.contains("Usage: podgate") && alone.err.contains("podgate ."), "{}", alone.err);
}

#[test]
fn a_misspelt_word_gets_a_suggestion() {
    let directory = bad_tree();
    for (arguments, meant) in [
        (&["skan"][..], "scan"),
        (&["scan", "-o", "sarfi"], "Did you mean `sarif`?"),
        (&["scan", "-o", "markdwon=x.md"], "Did you mean `markdown`?"),
        (&["scan", "-o", "report.sarif"], "Did you mean `sarif=report.sarif`?"),
        (&["scan", "--fail-on", "hihg"], "'high'"),
        (&["scan", "--exlude", "x"], "--exclude"),
        (&["explain", "psp-allow-sharing-host-ipc"], "-psp-allows-sharing-host-ipc`?"),
        (&["scan", "--rule", "terraform-kubernetes-psp-allow-host-ipc"], "did you mean `terraform-kubernetes-"),
    ] {
        let said = podgate(directory.path(), arguments);
        assert_eq!(said.code, 2, "{arguments:?}");
        assert!(said.err.starts_with("error: ") && said.err.contains(meant), "{arguments:?}: {}", said.err);
    }
    assert!(!podgate(directory.path(), &["explain", "xyz"]).err.contains("did you mean"));
}

#[test]
fn format_is_another_word_for_output() {
    let directory = bad_tree();
    let scanned = podgate(directory.path(), &["scan", "--format", "sarif"]);
    assert_eq!(scanned.code, 1);
    assert!(scanned.out.contains("\"version\": \"2.1.0\""), "{}", scanned.out);
}

#[test]
fn of_quiet_and_verbose_the_last_counts() {
    let directory = tree(&[("main.tf", &policy("x", "host_ipc = false"))]);
    assert_eq!(podgate(directory.path(), &["scan", "-v", "-q"]).out, "");
    assert!(podgate(directory.path(), &["scan", "-q", "-v"]).out.contains("0 inactive"));
}

#[test]
fn completions_know_formats_rules_and_severities() {
    let directory = tree(&[]);
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = podgate(directory.path(), &["completions", shell]);
        assert_eq!(script.code, 0, "{shell}");
        // clap writes no values for these two.
        let words = if ["powershell", "elvish"].contains(&shell) {
            &["exclude"][..]
        } else {
            &["sarif", "github-output", "critical", "terraform-kubernetes-psp-allows-sharing-host-ipc"]
        };
        for word in words {
            assert!(script.out.contains(word), "{shell}: {word}");
        }
    }
}

#[test]
fn colours_can_be_forced() {
    let directory = bad_tree();
    let colored = |variables: &[(&str, &str)]| printed_with(directory.path(), variables, &["scan"]).contains('\u{1b}');
    assert!(!colored(&[]));
    assert!(colored(&[("FORCE_COLOR", "1")]));
    assert!(!colored(&[("FORCE_COLOR", "0")]));
    assert!(!colored(&[("FORCE_COLOR", "1"), ("NO_COLOR", "1")]));
}

#[test]
fn where_the_locale_is_not_utf8_only_ascii_is_printed() {
    let text = policy("x", "host_ipc = var.ü").replace("spec {", "spec { # 漢字 é \u{9b}2J");
    let text = format!("variable \"ü\" {{\n  default = true\n}}\n{text}");
    let directory = tree(&[
        ("ä.tf", &text),
        ("broken.tf", &policy("z", "host_ipc = false }")),
        ("open.tf", &policy("y", "host_ipc = var.z")),
    ]);
    for arguments in [&["scan"][..], &["scan", "-o", "sarif=out.sarif"], &["scan", "nöwhere"], &["scan", "-ö"]] {
        for locale in [("LC_ALL", "C"), ("LANG", "de_DE.ISO-8859-1")] {
            let printed = printed_with(directory.path(), &[locale], arguments);
            assert!(!printed.is_empty() && printed.is_ascii(), "{arguments:?}: {printed}");
        }
        assert!(!printed_with(directory.path(), &[("LANG", "C.UTF-8")], arguments).contains('\u{9b}'));
    }
    let drawn = printed_with(directory.path(), &[("LC_ALL", "C")], &["scan"]);
    assert!(drawn.contains("  x high: `kubernetes_pod_security_policy.x`"), "{drawn}");
    assert!(printed_with(directory.path(), &[], &["scan"]).contains("  × high: "), "containers set no locale");
}

#[test]
fn a_finding_says_how_bad_it_is_and_about_what() {
    let text =
        policy("x", "host_ipc = each.key == \"b\"").replace("  spec", "  for_each = toset([\"a\", \"b\"])\n  spec");
    let directory = tree(&[("main.tf", &text)]);
    let scanned = podgate(directory.path(), &["scan"]);
    assert!(scanned.out.contains("× high: `kubernetes_pod_security_policy.x[\"b\"]` shares"), "{}", scanned.out);
    assert!(!scanned.out.contains("help:") && !scanned.out.contains("note:"), "{}", scanned.out);
}

#[test]
fn a_scan_without_findings_says_what_it_has_not_looked_at() {
    for (text, said) in [
        (String::new(), "No finding: the Terraform files have no resource that a rule looks at."),
        (policy("x", "host_ipc = false"), "No finding: all resources that a rule looks at are as they should be."),
        (policy("x", "host_ipc = var.x"), "No finding, but not everything could be decided: see above."),
        (policy("x", "host_ipc = false }"), "No finding, but not everything could be analysed: see above."),
    ] {
        let directory = tree(&[("main.tf", &text)]);
        let scanned = podgate(directory.path(), &["scan", "-v"]);
        assert!(scanned.out.contains(said) && scanned.out.contains("Not searched: .git"), "{}", scanned.out);
        // In the log of a job that would be said with every run.
        assert!(!podgate(directory.path(), &["scan"]).out.contains("Not searched"));
    }
    assert!(!podgate(bad_tree().path(), &["scan", "-v"]).out.contains("No finding"));
}
