//! What jobs on GitHub take from podgate: outputs of a step, and a summary that links to the lines.

use std::collections::BTreeMap;

use crate::support::{podgate, policy, tree, write};

fn outputs(directory: &std::path::Path) -> BTreeMap<String, String> {
    let text = std::fs::read_to_string(directory.join("outputs")).expect("outputs");
    let lines = text.lines().map(|line| line.split_once('=').expect("NAME=VALUE"));
    lines.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

fn expected(values: [&str; 5]) -> BTreeMap<String, String> {
    let names = ["findings", "undecided", "not-analysed", "sarif-file", "exit-code"];
    names.iter().zip(values).map(|(name, value)| ((*name).to_owned(), value.to_owned())).collect()
}

#[test]
fn the_outputs_of_a_step_are_appended() {
    let files = [
        ("a/main.tf", policy("x", "host_ipc = true")),
        ("b/main.tf", policy("x", "host_ipc = var.x")),
        ("c/main.tf", policy("x", "host_ipc = false }")),
    ];
    let files = files.iter().map(|(name, text)| (*name, text.as_str())).collect::<Vec<_>>();
    let directory = tree(&files);
    let scan = |arguments: &[&str]| {
        std::fs::remove_file(directory.path().join("outputs")).ok();
        write(directory.path(), "outputs", b"before=1\n");
        let code = podgate(directory.path(), &[&["scan", "-o", "github-output=outputs"], arguments].concat()).code;
        let mut told = outputs(directory.path());
        assert_eq!(told.remove("before").as_deref(), Some("1"), "what other steps have written stays");
        (code, told)
    };
    assert_eq!(scan(&[]), (1, expected(["1", "1", "1", "", "1"])));
    assert_eq!(scan(&["-o", "sarif=s=1.sarif", "-o", "human"]), (1, expected(["1", "1", "1", "s=1.sarif", "1"])));
    assert_eq!(scan(&["b", "--undecided", "ignore"]), (0, expected(["0", "1", "0", "", "0"])));
    assert_eq!(scan(&["c"]), (3, expected(["0", "0", "1", "", "3"])));
    assert_eq!(scan(&["--exit-zero"]), (0, expected(["1", "1", "1", "", "0"])));
    // A report that is not written is not promised to who comes later.
    let failed = scan(&["-o", "sarif=nowhere/s.sarif"]);
    assert_eq!(failed, (2, expected(["1", "1", "1", "", "2"])));
}

#[test]
fn a_file_is_made_or_the_outputs_are_printed() {
    let directory = tree(&[("main.tf", "")]);
    assert_eq!(podgate(directory.path(), &["scan", "-o", "github-output=outputs"]).code, 0);
    assert_eq!(outputs(directory.path())["findings"], "0");
    let printed = podgate(directory.path(), &["scan", "-o", "github-output"]);
    assert!(printed.out.starts_with("findings=0\n"), "{}", printed.out);
}

#[test]
fn no_output_carries_a_line_of_its_own() {
    let directory = tree(&[("main.tf", "")]);
    for name in ["a\nexit-code=0", "a\r", "\u{1b}[2J", "a\u{85}b"] {
        let scanned =
            podgate(directory.path(), &["scan", "-o", "github-output=outputs", "-o", &format!("sarif={name}")]);
        assert_eq!(scanned.code, 2, "{name:?}");
        assert!(scanned.err.contains("must be UTF-8 without control characters"), "{}", scanned.err);
        assert!(!directory.path().join("outputs").exists());
    }
}

#[test]
fn outputs_do_not_follow_a_link_of_the_scanned_tree() {
    let outside = tree(&[("profile", "export A=1\n")]);
    let directory = tree(&[("main.tf", "")]);
    std::os::unix::fs::symlink(outside.path().join("profile"), directory.path().join("outputs")).expect("a link");
    let scanned = podgate(directory.path(), &["scan", "-o", "github-output=outputs"]);
    assert_eq!(scanned.code, 2, "{}", scanned.err);
    assert_eq!(std::fs::read_to_string(outside.path().join("profile")).expect("a file"), "export A=1\n");
}

#[test]
fn the_summary_links_to_the_lines() {
    let directory =
        tree(&[("a b/(x).tf", &policy("x", "host_ipc = true")), ("c.tf", &policy("y", "host_ipc = false }"))]);
    let scanned = podgate(directory.path(), &["scan", "-o", "markdown", "--source-url", "https://h/o/r/blob/1f/"]);
    let link = "[<code>a b/&#40;x&#41;.tf&#58;<wbr>3</code>](https://h/o/r/blob/1f/a%20b/%28x%29.tf#L3)";
    assert!(scanned.out.contains(link), "{}", scanned.out);
    assert!(scanned.out.contains("](https://h/o/r/blob/1f/c.tf#L"), "{}", scanned.out);
    let without = podgate(directory.path(), &["scan", "-o", "markdown"]);
    assert!(without.out.contains("| <code>a b/"), "{}", without.out);
}

#[test]
fn an_address_that_would_end_its_link_is_refused() {
    let directory = tree(&[("main.tf", "")]);
    for url in ["ftp://x", "javascript:x", "https://x/ y", "https://x)y", "https://x\n", "https://é", "https://x](y"] {
        let scanned = podgate(directory.path(), &["scan", "-o", "markdown", "--source-url", url]);
        assert_eq!(scanned.code, 2, "{url:?}: {}", scanned.out);
    }
}
