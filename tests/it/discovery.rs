//! Which files are searched, and what their paths are relative to.

use std::path::Path;

use serde_json::Value;

use crate::support::{podgate, policy, tree};

/// The paths that a scan reports on, sorted.
fn reported(directory: &Path, arguments: &[&str]) -> Vec<String> {
    let scanned = podgate(directory, &[&["scan", "-o", "sarif"], arguments].concat());
    let sarif: Value = serde_json::from_str(&scanned.out).unwrap_or_else(|error| panic!("{error}: {scanned:?}"));
    let results = sarif["runs"][0]["results"].as_array().expect("results");
    let uri = |result: &Value| result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].clone();
    results.iter().map(|result| uri(result).as_str().expect("a URI").to_owned()).collect()
}

fn bad() -> String {
    policy("x", "host_ipc = true")
}

fn estate() -> tempfile::TempDir {
    let bad = bad();
    tree(&[
        (".git/config", ""),
        (".git/hidden.tf", &bad),
        (".gitignore", "ignored/\n*.local.tf\n"),
        (".github/main.tf", &bad),
        (".terraform/modules/m/main.tf", &bad),
        (".hidden.tf", &bad),
        ("a/main.tf", &bad),
        ("a/main.tf~", &bad),
        ("a/main.tf.bak", &bad),
        ("a/x.local.tf", &bad),
        ("b/.gitignore", "secret.tf\n"),
        ("b/main.tf", &bad),
        ("b/secret.tf", &bad),
        ("ignored/main.tf", &bad),
    ])
}

#[test]
fn what_terraform_and_git_leave_out_is_left_out() {
    let estate = estate();
    assert_eq!(reported(estate.path(), &[]), [".github/main.tf", "a/main.tf", "b/main.tf"]);
    let all = [".github/main.tf", "a/main.tf", "a/x.local.tf", "b/main.tf", "b/secret.tf", "ignored/main.tf"];
    assert_eq!(reported(estate.path(), &["--no-ignore"]), all);
}

#[test]
fn ignore_files_above_the_repository_do_not_count() {
    let bad = bad();
    let files = [(".gitignore", "*\n"), ("repo/.git/x", ""), ("repo/main.tf", &bad), ("repo/a/main.tf", &bad)];
    let directory = tree(&files);
    assert_eq!(reported(&directory.path().join("repo"), &[]), ["a/main.tf", "main.tf"]);
    assert_eq!(reported(&directory.path().join("repo/a"), &[]), ["a/main.tf"]);
}

#[test]
fn an_override_that_is_a_link_overrides() {
    let mended = policy("x", "host_ipc = false");
    let directory =
        tree(&[("a/main.tf", &bad()), ("common/policy.tf", &mended), ("b/main.tf", &mended), ("common/b.tf", &bad())]);
    let link = |to: &str, at: &str| std::os::unix::fs::symlink(to, directory.path().join(at)).expect("a link");
    link("../common/policy.tf", "a/override.tf");
    link("../common/b.tf", "b/override.tf");
    assert_eq!(reported(directory.path(), &["a"]), Vec::<String>::new());
    assert_eq!(reported(directory.path(), &["b", "common/b.tf"]), ["common/b.tf"]);
}

#[test]
fn what_is_excluded_is_not_complained_about() {
    let directory = tree(&[("main.tf", &policy("x", "host_ipc = local.x")), ("broken.tf", "locals {")]);
    let scanned = podgate(directory.path(), &["scan", "--exclude", "broken.tf"]);
    assert_eq!(scanned.code, 0, "{scanned:?}");
    assert!(scanned.out.contains("`local.x` is not in what could be read of the module"), "{}", scanned.out);
}

#[test]
fn globs_include_and_exclude() {
    let estate = estate();
    assert_eq!(reported(estate.path(), &["--exclude", "a/**"]), [".github/main.tf", "b/main.tf"]);
    assert_eq!(reported(estate.path(), &["--exclude", "a/"]), [".github/main.tf", "b/main.tf"]);
    assert_eq!(reported(estate.path(), &["--exclude", "a"]), [".github/main.tf", "b/main.tf"]);
    assert_eq!(reported(estate.path(), &["--exclude", "*/main.tf"]), Vec::<String>::new());
    assert_eq!(reported(estate.path(), &["--exclude", "main.tf"]).len(), 3, "a glob is relative to the root");
    assert_eq!(reported(estate.path(), &["--include", "{a,b}/*.tf"]), ["a/main.tf", "b/main.tf"]);
    assert_eq!(reported(estate.path(), &["--include", "./a/**", "--exclude", "b/**"]), ["a/main.tf"]);
    assert_eq!(reported(estate.path(), &["--include", "a"]), ["a/main.tf"], "a directory stands for what is in it");
    let none = podgate(estate.path(), &["scan", "--include", "nowhere/**"]);
    assert!(none.out.contains("passes `--include` and `--exclude`"), "{none:?}");
    let broken = podgate(estate.path(), &["scan", "--include", "a["]);
    assert_eq!(broken.code, 2);
    assert!(broken.err.contains("`a[` is not a valid glob: unclosed character class"), "{broken:?}");
}

#[test]
fn a_named_path_beats_every_filter() {
    let estate = estate();
    let named = |path: &str| reported(estate.path(), &["--exclude", "**/main.tf", "--exclude", "a", path]);
    assert_eq!(named("a/main.tf"), ["a/main.tf"]);
    assert_eq!(named("a/main.tf.bak"), ["a/main.tf.bak"]);
    assert_eq!(named("a/x.local.tf"), ["a/x.local.tf"]);
    assert_eq!(reported(estate.path(), &["ignored"]), ["ignored/main.tf"]);
    assert_eq!(reported(estate.path(), &[".terraform"]), [".terraform/modules/m/main.tf"]);
    assert_eq!(reported(estate.path(), &["--exclude", "a/**", "a"]), ["a/main.tf"]);
    assert_eq!(reported(estate.path(), &["--exclude", "a/main.tf", "a"]), Vec::<String>::new());
}

#[test]
fn a_file_is_reported_alone() {
    let directory = tree(&[("a.tf", &bad()), ("b.tf", &bad())]);
    assert_eq!(reported(directory.path(), &["b.tf"]), ["b.tf"]);
    assert_eq!(reported(directory.path(), &["b.tf", ".", "b.tf"]), ["a.tf", "b.tf"], "each once");
}

#[test]
fn an_override_beside_a_named_file_counts() {
    let mended = policy("x", "host_ipc = false");
    let directory = tree(&[("main.tf", &bad()), ("override.tf", &mended)]);
    assert_eq!(reported(directory.path(), &["main.tf"]), Vec::<String>::new());
}

#[test]
fn paths_are_relative_to_the_git_root_wherever_podgate_runs() {
    let estate = estate();
    let root = estate.path();
    let absolute = root.join("a");
    let absolute = absolute.to_str().expect("a path in UTF-8");
    assert_eq!(reported(&root.join("a"), &[]), ["a/main.tf"]);
    assert_eq!(reported(&root.join("a"), &["../b"]), ["b/main.tf"]);
    assert_eq!(reported(root, &["./b/../a"]), ["a/main.tf"]);
    assert_eq!(reported(root, &[absolute]), ["a/main.tf"]);
    let elsewhere = tree(&[]);
    assert_eq!(reported(elsewhere.path(), &[absolute]), ["a/main.tf"]);
    assert_eq!(reported(root, &["--root", "a", "a"]), ["main.tf"]);
    let outside = podgate(root, &["scan", "--root", "a", "b"]);
    assert_eq!(outside.code, 2);
    assert!(outside.err.contains("/b is not inside the root "), "{outside:?}");
}

#[test]
fn without_git_paths_are_relative_to_the_working_directory() {
    let directory = tree(&[("a/b/main.tf", &bad())]);
    assert_eq!(reported(directory.path(), &["a/b"]), ["a/b/main.tf"]);
    let elsewhere = tree(&[]);
    let absolute = directory.path().join("a");
    assert_eq!(reported(elsewhere.path(), &[absolute.to_str().expect("a path in UTF-8")]), ["b/main.tf"]);
}

#[test]
fn links_to_files_are_read_and_links_to_directories_are_not_walked() {
    let directory = tree(&[("shared/main.tf", &bad()), ("a/b.tf", ""), (".git/x", "")]);
    let link = |to: &str, at: &str| std::os::unix::fs::symlink(to, directory.path().join(at)).expect("a link");
    link("../shared/main.tf", "a/main.tf");
    link("../shared", "a/shared");
    assert_eq!(reported(directory.path(), &["a"]), ["shared/main.tf"], "a link is reported where it leads to");
    assert_eq!(reported(directory.path(), &[]), ["shared/main.tf"], "and once");

    let outside = tree(&[("main.tf", &bad())]);
    link(outside.path().to_str().expect("a path in UTF-8"), "out");
    let scanned = podgate(directory.path(), &["scan", "--root", "."]);
    assert!(scanned.out.contains("out: This link leads out of what is scanned, to "), "{}", scanned.out);
    assert!(!scanned.out.contains("not analysed"), "what is not in the repository is not missed: {}", scanned.out);
}

#[test]
fn a_link_to_a_file_outside_of_the_root_is_not_read() {
    let outside = tree(&[("secret", "password = hunter2 }")]);
    let directory = tree(&[("main.tf", &policy("x", "host_ipc = false")), ("a/main.tf", "")]);
    let secret = outside.path().join("secret");
    for at in ["x.tf", "a/x.tf"] {
        std::os::unix::fs::symlink(&secret, directory.path().join(at)).expect("a link");
    }
    for arguments in [&["scan", "--root", "."][..], &["scan", "--root", ".", "main.tf"]] {
        let scanned = podgate(directory.path(), arguments);
        assert_eq!(scanned.code, 3, "{scanned:?}");
        assert!(scanned.out.contains("x.tf: This link leads out of the root, to "), "{}", scanned.out);
        assert!(!scanned.out.contains("hunter2"), "{}", scanned.out);
    }
}

#[test]
fn a_word_that_is_spelled_by_escapes_is_found() {
    let escaped = bad().replace("kubernetes_pod", "kubernetes_p\\u006fd");
    let long = bad().replace("kubernetes_pod", "kubernetes\\U0000005fpod");
    let directory = tree(&[("a/main.tf", &escaped), ("b/main.tf", &long), ("c/main.tf", "# \\u003c")]);
    assert_eq!(reported(directory.path(), &[]), ["a/main.tf", "b/main.tf"]);
    let json = r#"{"resource": {"kubernetes_p\u006fd_security_policy": {"x": {"spec": {"host_ipc": true}}}}}"#;
    let directory = tree(&[("main.tf.json", json)]);
    assert_eq!(podgate(directory.path(), &["scan"]).code, 1);
}

#[test]
fn what_is_context_only_is_not_counted() {
    let directory = tree(&[("a.tf", &bad()), ("b.tf", &policy("y", "host_ipc = true"))]);
    let scanned = podgate(directory.path(), &["scan", "a.tf"]);
    assert!(scanned.out.contains("1 file searched, 1 policy evaluated, 1 finding"), "{}", scanned.out);
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let files: Vec<(String, String)> = (0..300).map(|n| (format!("{}/{n}.tf", n % 17), bad())).collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let directory = tree(&files);
    let sarif = |threads: &str| podgate(directory.path(), &["scan", "-o", "sarif", "--threads", threads]).out;
    let one = sarif("1");
    assert_eq!(reported(directory.path(), &[]).len(), 300);
    for threads in ["2", "8", "0"] {
        assert!(sarif(threads) == one, "{threads} threads");
    }
}
