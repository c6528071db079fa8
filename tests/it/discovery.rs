//! Which files are searched, and what their paths are relative to.

use std::path::Path;

use serde_json::Value;

use crate::support::{podgate, policy, tree, write};

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
        ("a/main.tf.bak", &policy("old", "host_ipc = true")),
        ("a/x.local.tf", &policy("local", "host_ipc = true")),
        ("b/.gitignore", "secret.tf\n"),
        ("b/main.tf", &bad),
        ("b/secret.tf", &policy("secret", "host_ipc = true")),
        ("ignored/main.tf", &bad),
    ])
}

#[test]
fn what_terraform_leaves_out_is_left_out_and_what_git_does_only_when_asked() {
    let estate = estate();
    let all = [".github/main.tf", "a/main.tf", "a/x.local.tf", "b/main.tf", "b/secret.tf", "ignored/main.tf"];
    assert_eq!(reported(estate.path(), &[]), all);
    let respected = [".github/main.tf", "a/main.tf", "b/main.tf"];
    assert_eq!(reported(estate.path(), &["--respect-ignore-files"]), respected);
}

#[test]
fn ignore_files_above_the_repository_do_not_count() {
    let bad = bad();
    let files = [(".gitignore", "*\n"), ("repo/.git/x", ""), ("repo/main.tf", &bad), ("repo/a/main.tf", &bad)];
    let directory = tree(&files);
    let respect = ["--respect-ignore-files"];
    assert_eq!(reported(&directory.path().join("repo"), &respect), ["a/main.tf", "main.tf"]);
    assert_eq!(reported(&directory.path().join("repo/a"), &respect), ["a/main.tf"]);
}

#[test]
fn an_override_that_is_a_link_overrides() {
    let mended = policy("x", "host_ipc = false");
    let directory = tree(&[
        (".git/HEAD", ""),
        ("a/main.tf", &bad()),
        ("common/policy.tf", &mended),
        ("b/main.tf", &mended),
        ("common/b.tf", &bad()),
    ]);
    let link = |to: &str, at: &str| std::os::unix::fs::symlink(to, directory.path().join(at)).expect("a link");
    link("../common/policy.tf", "a/override.tf");
    link("../common/b.tf", "b/override.tf");
    assert_eq!(reported(directory.path(), &["a"]), Vec::<String>::new());
    assert_eq!(reported(directory.path(), &["b", "common/b.tf"]), ["common/b.tf"]);
}

#[test]
fn what_is_excluded_is_complained_about_where_a_verdict_depends_on_it() {
    let directory = tree(&[
        ("main.tf", &policy("x", "host_ipc = local.x")),
        ("broken.tf", "locals {"),
        ("other/broken.tf", "locals {"),
    ]);
    let scanned = podgate(directory.path(), &["scan", "--exclude", "**/broken.tf"]);
    assert_eq!(scanned.code, 3, "{scanned:?}");
    assert!(scanned.out.contains("`local.x` is not in the part of the module that"), "{}", scanned.out);
    assert!(scanned.out.contains("[broken.tf:1:1]") && !scanned.out.contains("other/"), "{}", scanned.out);
}

#[test]
fn globs_include_and_exclude() {
    let estate = estate();
    let but_a = [".github/main.tf", "b/main.tf", "b/secret.tf", "ignored/main.tf"];
    for glob in ["a/**", "a/", "a", "./a"] {
        assert_eq!(reported(estate.path(), &["--exclude", glob]), but_a, "{glob}");
    }
    assert_eq!(reported(estate.path(), &["--exclude", "*/main.tf"]), ["a/x.local.tf", "b/secret.tf"]);
    assert_eq!(reported(estate.path(), &["--exclude", "main.tf"]).len(), 6, "a glob is relative to the root");
    assert_eq!(reported(estate.path(), &["--include", "{a,b}/m*.tf"]), ["a/main.tf", "b/main.tf"]);
    let in_a = ["a/main.tf", "a/x.local.tf"];
    assert_eq!(reported(estate.path(), &["--include", "./a/**", "--exclude", "b/**"]), in_a);
    assert_eq!(reported(estate.path(), &["--include", "a"]), in_a, "a directory stands for what is in it");
    let none = podgate(estate.path(), &["scan", "--include", "nowhere/**"]);
    assert!(none.out.contains("passes `--include` and `--exclude`"), "{none:?}");
    let broken = podgate(estate.path(), &["scan", "--include", "a["]);
    assert_eq!(broken.code, 2);
    assert!(broken.err.contains("`a[` is not a valid glob: a `[` is not closed"), "{broken:?}");
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
    assert_eq!(reported(estate.path(), &["--exclude", "a/**", "a"]), ["a/main.tf", "a/x.local.tf"]);
    assert_eq!(reported(estate.path(), &["--exclude", "a/main.tf", "a"]), ["a/x.local.tf"]);
}

#[test]
fn a_file_is_reported_alone() {
    let directory = tree(&[("a.tf", &bad()), ("b.tf", &policy("y", "host_ipc = true"))]);
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
    let in_a = ["a/main.tf", "a/x.local.tf"];
    let in_b = ["b/main.tf", "b/secret.tf"];
    let absolute = root.join("a");
    let absolute = absolute.to_str().expect("a path in UTF-8");
    assert_eq!(reported(&root.join("a"), &[]), in_a);
    assert_eq!(reported(&root.join("a"), &["../b"]), in_b);
    assert_eq!(reported(root, &["./b/../a"]), in_a);
    assert_eq!(reported(root, &[absolute]), in_a);
    let elsewhere = tree(&[]);
    assert_eq!(reported(elsewhere.path(), &[absolute]), in_a);
    assert_eq!(reported(root, &["--root", "a", "a"]), ["main.tf", "x.local.tf"]);
    let outside = podgate(root, &["scan", "--root", "a", "b"]);
    assert_eq!(outside.code, 2);
    assert!(outside.err.contains("/b is not inside the root "), "{outside:?}");
}

#[test]
fn without_git_paths_are_relative_to_what_is_named() {
    let directory = tree(&[("a/b/main.tf", &bad()), ("a/c/main.tf", &bad())]);
    assert_eq!(reported(directory.path(), &["a/b"]), ["main.tf"]);
    assert_eq!(reported(directory.path(), &["a/b", "a/c/main.tf"]), ["b/main.tf", "c/main.tf"]);
    assert_eq!(reported(directory.path(), &[]), ["a/b/main.tf", "a/c/main.tf"]);
    let elsewhere = tree(&[]);
    let absolute = directory.path().join("a");
    let absolute = absolute.to_str().expect("a path in UTF-8");
    assert_eq!(reported(elsewhere.path(), &[absolute]), ["b/main.tf", "c/main.tf"]);
    // What stands beside it is not looked at, whatever that is.
    let outside = policy("x", "host_ipc = fileexists(\"../secret\")");
    let directory = tree(&[("secret", ""), ("a/main.tf", &outside)]);
    let scanned = podgate(directory.path(), &["scan", "a"]);
    assert!(scanned.out.contains("it depends on ../secret, which is outside of the root"), "{}", scanned.out);
}

#[test]
fn a_strangers_ignore_file_hides_nothing() {
    let directory = tree(&[(".git/HEAD", ""), (".gitignore", "*.tf\n*\n"), (".ignore", "*.tf\n"), ("main.tf", &bad())]);
    write(directory.path(), ".git/info/exclude", b"*.tf\n");
    assert_eq!(reported(directory.path(), &[]), ["main.tf"]);
    assert_eq!(reported(directory.path(), &["main.tf"]), ["main.tf"]);
}

#[test]
fn ignore_files_are_small_regular_files_inside_of_the_root() {
    let outside = tree(&[("ignore", "*.tf\n")]);
    let outside = outside.path().join("ignore");
    for target in [outside.to_str().expect("UTF-8"), "/dev/stdin", "/dev/zero", "nowhere", "other"] {
        let directory = tree(&[("main.tf", &bad()), ("other", "*.tf\n")]);
        std::os::unix::fs::symlink(target, directory.path().join(".gitignore")).expect("a link");
        assert_eq!(reported(directory.path(), &["--respect-ignore-files"]), ["main.tf"], "{target}");
        let said = podgate(directory.path(), &["scan", "--respect-ignore-files"]).out;
        assert!(said.contains(".gitignore: This ignore file is a link; it ignores nothing."), "{said}");
    }
    let directory = tree(&[("main.tf", &bad()), (".gitignore", &"*.tf\n".repeat(300_000))]);
    assert_eq!(reported(directory.path(), &["--respect-ignore-files"]), ["main.tf"]);
    let directory = tree(&[("a/main.tf", &bad()), ("a/.gitignore", "!main.tf\n[\n"), (".gitignore", "*.tf\n")]);
    assert_eq!(reported(directory.path(), &["--respect-ignore-files"]), ["a/main.tf"], "the nearest decides");
}

#[test]
fn what_is_passed_over_is_said_where_something_leads_there() {
    for hidden in [".git", ".terraform", ".terragrunt-cache"] {
        let directory = tree(&[("main.tf", ""), (&format!("{hidden}/m/main.tf"), &bad())]);
        let plain = podgate(directory.path(), &["scan", "-v"]);
        assert!(plain.code == 0 && plain.out.contains("1 file skipped"), "{hidden}: {}", plain.out);
        std::os::unix::fs::symlink(format!("{hidden}/m"), directory.path().join("link")).expect("a link");
        let linked = podgate(directory.path(), &["scan"]);
        assert!(linked.code == 3 && linked.out.contains("link: This link leads into"), "{hidden}: {}", linked.out);
        let directory = tree(&[("main.tf", ""), (&format!("{hidden}/m/main.tf"), &bad())]);
        std::os::unix::fs::symlink(format!("{hidden}/m/main.tf"), directory.path().join("link.tf")).expect("a link");
        let linked = podgate(directory.path(), &["scan"]);
        assert!(linked.code == 3 && linked.out.contains("link.tf: This link leads into"), "{hidden}: {}", linked.out);
        let call = format!("module \"m\" {{\n  source = \"./{hidden}/m\"\n}}\n");
        let directory = tree(&[("main.tf", &call), (&format!("{hidden}/m/main.tf"), &bad())]);
        let called = podgate(directory.path(), &["scan"]);
        assert!(called.code == 3 && called.out.contains("`module.m` leads into"), "{hidden}: {}", called.out);
    }
}

#[test]
fn a_glob_that_matches_nothing_is_a_warning() {
    let directory = tree(&[(".git/HEAD", ""), ("a/main.tf", &bad()), ("b/main.tf", ""), ("README.md", "")]);
    let said = |arguments: &[&str]| podgate(directory.path(), &[&["scan"], arguments].concat()).out;
    assert!(said(&["--exclude", "aa"]).contains("`--exclude aa` matches nothing that was searched."));
    assert!(said(&["--include", "c/**", "--include", "b"]).contains("`--include c/**` matches nothing"));
    for used in [
        &["--exclude", "b"][..],
        &["--exclude", "*.md"],
        &["--include", "a", "--include", "a/main.tf"],
        &["--exclude", "a", "a"],
    ] {
        assert!(!said(used).contains("matches nothing"), "{used:?}: {}", said(used));
    }
}

#[test]
fn a_named_link_does_not_lead_out() {
    let outside = tree(&[("main.tf", &bad())]);
    let directory = tree(&[("a/main.tf", "")]);
    std::os::unix::fs::symlink(outside.path(), directory.path().join("out")).expect("a link");
    for path in ["out", "out/main.tf", "a/../out"] {
        let scanned = podgate(directory.path(), &["scan", path]);
        assert!(scanned.code == 2 && scanned.err.contains("leads out of the repository, to "), "{path}: {scanned:?}");
    }
    let named = outside.path().to_str().expect("UTF-8");
    assert_eq!(podgate(directory.path(), &["scan", named]).code, 1, "what is named itself is scanned");
}

#[test]
fn files_that_are_no_text_are_told_by_their_start() {
    let directory = tree(&[("main.tf", "")]);
    let sparse = std::fs::File::create(directory.path().join("sparse.tf")).expect("a file");
    sparse.set_len(3_000_000_000).expect("a file of holes");
    write(directory.path(), "zeros.tf", &vec![0; 100_000]);
    let long = std::fs::File::create(directory.path().join("long.tf")).expect("a file");
    std::io::Write::write_all(&mut &long, bad().as_bytes()).expect("a policy");
    long.set_len(3_000_000_000).expect("a file with a hole");
    let scanned = podgate(directory.path(), &["scan"]);
    assert_eq!(scanned.code, 3, "{scanned:?}");
    let words = scanned.out.split_whitespace().filter(|word| *word != "│").collect::<Vec<_>>().join(" ");
    for said in
        ["sparse.tf: This file is not text", "zeros.tf: This file is not text", "long.tf: This file is not text"]
    {
        assert!(words.contains(said), "{said}: {words}");
    }
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
    assert!(scanned.out.contains("out: This link leads out of the scanned directories, to "), "{}", scanned.out);
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
    let files: Vec<(String, String)> =
        (0..300).map(|n| (format!("{}/{n}.tf", n % 17), policy(&format!("p{n}"), "host_ipc = true"))).collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let directory = tree(&files);
    let sarif = |threads: &str| podgate(directory.path(), &["scan", "-o", "sarif", "--threads", threads]).out;
    let one = sarif("1");
    assert_eq!(reported(directory.path(), &[]).len(), 300);
    for threads in ["2", "8", "0"] {
        assert!(sarif(threads) == one, "{threads} threads");
    }
}
