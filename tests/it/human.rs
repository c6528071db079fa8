//! The report for people: readable at every width, in colour and without, however much there is.

use std::time::Duration;

use podgate::output::{Format, Input, human, to_bytes};
use podgate::scan::Scan;
use unicode_width::UnicodeWidthStr;

use crate::support::{podgate, policy, repository, scan_directory, tree};

/// How a test looks at a report.
struct Look {
    width: usize,
    color: bool,
    links: bool,
    verbosity: human::Verbosity,
    is_terminal: bool,
}

const PLAIN: Look =
    Look { width: 100, color: false, links: false, verbosity: human::Verbosity::Normal, is_terminal: false };

fn shown(scan: &Scan, look: &Look) -> String {
    let style = human::Style {
        color: look.color,
        links: look.links,
        width: look.width,
        is_ascii: false,
        is_terminal: look.is_terminal,
        verbosity: look.verbosity,
        undecided_fails: false,
        base: scan.root.path().to_owned(),
        root: scan.root.path().to_owned(),
        elapsed: Duration::from_millis(1),
    };
    let input = Input { report: &scan.report, sources: &scan.sources, style: &style, category: None, source_url: None };
    String::from_utf8(to_bytes(Format::Human, &input).expect("a report")).expect("UTF-8")
}

#[test]
fn prose_keeps_to_the_width() {
    let scan = scan_directory(&repository().join("examples"));
    for width in [80, 120, 200] {
        let text = shown(&scan, &Look { width, ..PLAIN });
        // Code is as wide as it is, an address is not broken, and the summary is one line for who looks for it.
        let is_summary = |line: &str| line.contains(" files searched, ");
        let is_prose =
            |line: &&str| !line.contains("://") && !line.contains([':', '·', '│', '╭']) || line.contains("  │ ");
        for line in text.lines().filter(|line| is_prose(line) && !is_summary(line)) {
            assert!(line.width() <= width, "{width}: {line}");
        }
        assert!(text.lines().any(|line| line.width() > 60), "{width}: the width is used");
    }
}

#[test]
fn colour_changes_nothing_but_the_colour() {
    let scan = scan_directory(&repository().join("examples"));
    let (plain, colored) = (shown(&scan, &PLAIN), shown(&scan, &Look { color: true, ..PLAIN }));
    assert!(!plain.contains('\u{1b}') && colored.contains("\u{1b}["));
    assert_eq!(anstream::adapter::strip_str(&colored).to_string(), plain);
    let linked = shown(&scan, &Look { links: true, ..PLAIN });
    assert!(linked.contains("\u{1b}]8;;https://docs.datadoghq.com/"), "{linked}");
}

#[test]
fn what_is_marked_is_what_is_meant() {
    // A tab is as wide as the theme's four columns, a wide character takes two.
    let text = policy("x", "\thost_ipc = true # 日本\r").replace("spec {", "spec { # 漢字\t");
    let directory = tree(&[("main.tf", &text)]);
    let text = shown(&scan_directory(directory.path()), &PLAIN);
    let lines: Vec<&str> = text.lines().collect();
    let at = lines.iter().position(|line| line.contains("host_ipc = true")).expect("the line");
    let start = lines[at].split("host_ipc").next().expect("what is before").width();
    let mark = lines[at + 1];
    let marked = mark.find('─').map(|byte| mark[..byte].width()).expect("a mark");
    assert_eq!(marked, start, "{text}");
    assert_eq!(mark.matches(['─', '┬']).count(), "host_ipc = true".len(), "{text}");
    assert!(!text.contains('\r'), "{text}");
}

#[test]
fn the_same_cause_is_explained_once() {
    let uses = |name: &str| policy(name, "host_ipc = local.share");
    let known = format!(
        "variable \"v\" {{\n  default = true\n}}\nlocals {{\n  share = var.v\n}}\n{}",
        ["a", "b", "c"].map(uses).concat()
    );
    let directory = tree(&[("main.tf", &known)]);
    let text = shown(&scan_directory(directory.path()), &PLAIN);
    assert_eq!(text.matches("`var.v` is true here").count(), 1, "{text}");
    assert_eq!(text.matches("shown for `kubernetes_pod_security_policy.a` above").count(), 2, "{text}");
    assert_eq!(text.matches("main.tf (3 findings)").count(), 1, "{text}");
    assert_eq!(text.matches("Remove `host_ipc`").count(), 1, "{text}");

    let directory = tree(&[("main.tf", &known.replace("\n  default = true", ""))]);
    let text = shown(&scan_directory(directory.path()), &PLAIN);
    assert_eq!(text.matches("has no value").count(), 1, "{text}");
    let others = "These are undecided for the same reason: `kubernetes_pod_security_policy.b` (main.tf:13:5),";
    assert!(text.contains(others) && text.contains("`kubernetes_pod_security_policy.c` (main.tf:18:5)."), "{text}");
    assert!(text.contains("3 undecided"), "{text}");
}

#[test]
fn many_findings_stay_readable_and_none_is_lost() {
    let names: Vec<String> = (0..60).map(|at| format!("p{at}")).collect();
    let text: String = names.iter().map(|name| policy(name, "host_ipc = true")).collect();
    let directory = tree(&[("main.tf", &text)]);
    let scan = scan_directory(directory.path());
    let (normal, verbose) =
        (shown(&scan, &PLAIN), shown(&scan, &Look { verbosity: human::Verbosity::Verbose, ..PLAIN }));
    for name in &names {
        let said = format!("`kubernetes_pod_security_policy.{name}`");
        assert!(normal.contains(&said) && verbose.contains(&said), "{name}");
    }
    assert_eq!((normal.matches("╭─[").count(), verbose.matches("╭─[").count()), (25, 60));
    assert!(normal.contains("  × main.tf:298:"), "{normal}");
}

#[test]
fn paths_and_code_are_not_broken() {
    let long = format!("environments/{}/modules-of-policies.tf", "production-".repeat(4));
    let text = format!(
        "variable \"share_ipc\" {{\n  default = true\n}}\n{}",
        policy("a-name-with-dashes", "host_ipc = var.share_ipc")
    );
    let directory = tree(&[(&long, &text)]);
    let text = shown(&scan_directory(directory.path()), &Look { width: 80, ..PLAIN });
    assert!(text.lines().any(|line| line.contains(&format!("({long}:2)."))), "{text}");
}

#[test]
fn one_file_with_a_heading_gives_all_of_them_one() {
    let two = [policy("a", "host_ipc = true"), policy("b", "host_ipc = true")].concat();
    let directory = tree(&[("a.tf", &two), ("b.tf", &policy("c", "host_ipc = true"))]);
    let text = shown(&scan_directory(directory.path()), &PLAIN);
    assert!(text.contains("a.tf (2 findings)") && text.contains("b.tf (1 finding)"), "{text}");
}

#[test]
fn a_module_that_is_missing_often_is_named_once() {
    let call = |name: usize| format!("module \"m{name}\" {{\n  source = \"acme/psp/kubernetes\"\n}}\n");
    let directory = tree(&[("main.tf", &(0..9).map(call).collect::<String>())]);
    let text = shown(&scan_directory(directory.path()), &PLAIN);
    assert!(
        text.contains("main.tf:1: module.m0 (the module acme/psp/kubernetes is not installed), 8 more calls"),
        "{text}"
    );
    assert!(text.contains("9 undecided (9 of them module calls)"), "{text}");
}

#[test]
fn who_looks_on_learns_what_was_not_searched() {
    let clean = tree(&[("main.tf", &policy("x", "host_ipc = false"))]);
    let on_terminal = Look { is_terminal: true, ..PLAIN };
    let quiet = Look { verbosity: human::Verbosity::Quiet, ..on_terminal };
    let (clean, examples) = (scan_directory(clean.path()), scan_directory(&repository().join("examples")));
    assert!(shown(&clean, &on_terminal).contains("Not searched: .git"));
    assert!(!shown(&clean, &PLAIN).contains("Not searched"), "every run of a job would say it again");
    assert_eq!(shown(&clean, &quiet), "");
    assert!(!shown(&examples, &on_terminal).contains("Not searched"));
}

#[test]
fn progress_is_for_terminals_only() {
    let directory = tree(&[("main.tf", "")]);
    for arguments in [&["scan"][..], &["scan", "--no-progress"]] {
        assert_eq!(podgate(directory.path(), arguments).err, "");
    }
}
