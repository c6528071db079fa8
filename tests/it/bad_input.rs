//! Bad input gets a clear answer: which file, which line, what is wrong, what podgate did about it - and nothing else
//! is lost.

use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::net::UnixListener;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use crate::support::{Ran, podgate, policy, ran, tree, write};

/// A tree with a good and a bad policy, to see that nothing is lost, and one more file.
fn tree_with(path: &str, bytes: &[u8]) -> tempfile::TempDir {
    let directory = tree(&[("good.tf", &policy("good", "host_ipc = false"))]);
    write(directory.path(), path, bytes);
    directory
}

/// Runs a scan of the tree as it is, which must end with `alone`, and with a bad policy beside, which must be found
/// all the same. Both print `message`.
#[track_caller]
fn check(directory: &Path, alone: i32, message: &str) {
    let scanned = podgate(directory, &["scan", "--root", "."]);
    assert_eq!(scanned.code, alone, "{scanned:?}");
    assert!(unwrapped(&scanned.out).contains(message), "{message}\nis not in\n{}", scanned.out);
    for beside in ["bad.tf", "sub/bad.tf"] {
        write(directory, beside, policy("bad", "host_ipc = true").as_bytes());
        let scanned = podgate(directory, &["scan", "--root", "."]);
        assert_eq!(scanned.code, 1, "{scanned:?}");
        assert!(unwrapped(&scanned.out).contains(message), "{message}\nis not in\n{}", scanned.out);
        assert!(scanned.out.contains(&format!("[{beside}:3:5]")), "{}", scanned.out);
    }
}

/// Text without the line breaks that the report's width makes.
fn unwrapped(text: &str) -> String {
    let words = text.split_whitespace().filter(|word| *word != "│");
    words.collect::<Vec<_>>().join(" ")
}

#[test]
fn unbalanced_braces() {
    let broken = format!("{}{{\n", policy("broken", "host_ipc = false"));
    let directory = tree_with("broken.tf", broken.as_bytes());
    check(directory.path(), 3, "An argument or a block is expected here.");
    check(directory.path(), 1, "[broken.tf:6:1]");

    let unclosed = "resource \"kubernetes_pod_security_policy\" \"x\" {\n  spec {\n    host_ipc = false\n";
    let directory = tree_with("broken.tf", unclosed.as_bytes());
    check(directory.path(), 3, "[broken.tf:1:1]");
}

#[test]
fn a_file_that_is_not_utf8() {
    let latin = [b"locals {\n  a = \"".as_slice(), b"\xfc", b"\"\n}\n"].concat();
    check(tree_with("latin.tf", &latin).path(), 3, "This byte is not UTF-8.");
    check(tree_with("latin.tf", &latin).path(), 3, "[latin.tf:2:8]");
    let utf16 = b"\xff\xfel\0o\0c\0a\0l\0s\0";
    check(
        tree_with("wide.tf", utf16).path(),
        3,
        "wide.tf: This file is not UTF-8 text (it starts, on line 1, with the byte-order",
    );
    let crypt = b"\0GITCRYPT\0\x01\x02\x03";
    check(tree_with("secret.tf", crypt).path(), 3, "secret.tf: This file is encrypted by git-crypt. ");
    let comment = tree_with("comment.tf", b"# f\xfcr Terraform, comments may hold anything\n");
    assert_eq!(podgate(comment.path(), &["scan"]).code, 0, "Terraform takes it, and nothing can hide in it");
}

#[test]
fn a_file_that_may_not_be_read() {
    let directory = tree_with("secret.tf", policy("x", "host_ipc = true").as_bytes());
    write(directory.path(), "bad/bad.tf", policy("bad", "host_ipc = true").as_bytes());
    set_mode(&directory.path().join("secret.tf"), 0o000);
    let scanned = podgate_unprivileged(directory.path());
    assert_eq!(scanned.code, 1, "{scanned:?}");
    let message = "secret.tf: This file cannot be read (Permission denied (os error 13)). The file was left out.";
    assert!(unwrapped(&scanned.out).contains(message), "{}", scanned.out);
    assert!(scanned.out.contains("[bad/bad.tf:3:5]"), "{}", scanned.out);

    set_mode(&directory.path().join("bad"), 0o000);
    let scanned = podgate_unprivileged(directory.path());
    assert_eq!(scanned.code, 3, "{scanned:?}");
    assert!(unwrapped(&scanned.out).contains("bad: This directory cannot be read"), "{}", scanned.out);
    set_mode(&directory.path().join("bad"), 0o755);
}

/// Runs a scan as somebody whom file modes bind: root reads everything.
fn podgate_unprivileged(directory: &Path) -> Ran {
    let is_root = std::fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0);
    let mut command = if is_root {
        let program = directory.join("podgate");
        std::fs::copy(env!("CARGO_BIN_EXE_podgate"), &program).expect("the program can be copied");
        set_mode(directory, 0o755);
        let mut command = Command::new(program);
        command.uid(65_534).gid(65_534);
        command
    } else {
        Command::new(env!("CARGO_BIN_EXE_podgate"))
    };
    command.args(["scan", "--root", "."]).current_dir(directory).env_clear();
    ran(&command.output().expect("podgate runs"))
}

fn set_mode(path: &Path, mode: u32) {
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).expect("the mode can be set");
}

#[test]
fn an_empty_file() {
    let directory = tree_with("empty.tf", b"");
    check(directory.path(), 0, "0 undecided");
}

#[test]
fn an_endless_line() {
    let long = format!("/* {} */ host_ipc = true # {}", "x".repeat(95_993), "y".repeat(96_000));
    let directory = tree(&[("long.tf", &policy("long", &long))]);
    let scanned = podgate(directory.path(), &["scan", "--root", "."]);
    assert_eq!(scanned.code, 1);
    assert!(scanned.out.contains("[long.tf:3:96005]"), "{}", scanned.out);
    assert!(scanned.out.len() < 3_000, "the line is cut: {}", scanned.out.len());
    let sarif = podgate(directory.path(), &["scan", "-o", "sarif"]);
    assert!(sarif.out.len() < 30_000, "the line is not in the SARIF: {}", sarif.out.len());

    let comment = format!("# {}\n", "x".repeat(96_000));
    check(tree_with("comment.tf", comment.as_bytes()).path(), 0, "0 undecided");
}

#[test]
fn nesting_without_end() {
    let parentheses = format!("host_ipc = {}true{}", "(".repeat(10_000), ")".repeat(10_000));
    check(
        tree_with("deep.tf", policy("deep", &parentheses).as_bytes()).path(),
        0,
        "nested more than 400 levels deep, which is podgate's limit",
    );

    let open = format!("host_ipc = {}true", "(".repeat(10_000));
    check(tree_with("deep.tf", policy("deep", &open).as_bytes()).path(), 3, "The bracket `(` that starts here");

    let templates = format!("host_ipc = {}true{}", "\"${".repeat(10_000), "}\"".repeat(10_000));
    check(
        tree_with("deep.tf", policy("deep", &templates).as_bytes()).path(),
        0,
        "deeper or longer than podgate parses (64 nested levels)",
    );

    let blocks = format!("kubernetes_pod_security_policy {{\n{}{}}}\n", "b {\n".repeat(100_000), "}\n".repeat(100_000));
    check(tree_with("deep.tf", blocks.as_bytes()).path(), 3, "Blocks are nested more than 200 levels deep.");
}

#[test]
fn a_directory_named_like_a_file() {
    let directory = tree_with("x.tf/inner.tf", policy("inner", "host_ipc = false").as_bytes());
    assert!(podgate(directory.path(), &["scan"]).out.contains("2 files searched, 2 policies evaluated"));
    check(directory.path(), 0, "0 undecided");
    let named = podgate(directory.path(), &["scan", "x.tf"]);
    assert_eq!(named.code, 0, "{named:?}");
}

#[test]
fn a_socket() {
    let directory = tree_with("a.tf", b"");
    let _socket = UnixListener::bind(directory.path().join("socket.tf")).expect("a socket");
    check(directory.path(), 3, "socket.tf: This file is a socket, a pipe or a device, not a file. It was left out.");
    let named = podgate(directory.path(), &["scan", "socket.tf"]);
    assert_eq!(named.code, 2);
    assert!(named.err.contains("socket.tf is a socket, a pipe or a device; name a file or a directory"), "{named:?}");
}

#[test]
fn a_link_that_leads_nowhere_and_one_in_a_circle() {
    let directory = tree_with("sub/a.tf", b"");
    std::os::unix::fs::symlink("nowhere", directory.path().join("gone.tf")).expect("a link");
    std::os::unix::fs::symlink("..", directory.path().join("sub/circle")).expect("a link");
    check(directory.path(), 3, "gone.tf: This file cannot be read (No such file or directory (os error 2)). ");
}

#[test]
fn json_that_is_none() {
    let json = "{\n  \"resource\": {\"kubernetes_pod_security_policy\": {\"x\": {,}}}\n}";
    check(tree_with("main.tf.json", json.as_bytes()).path(), 3, "This is not valid JSON");
    check(tree_with("main.tf.json", json.as_bytes()).path(), 3, "main.tf.json:2:57");
    check(
        tree_with("main.tf.json", b"\"kubernetes_pod_security_policy\"").path(),
        3,
        "Terraform requires an object here",
    );
}

#[test]
fn what_json_sets_twice() {
    let argument =
        r#"{"resource": {"kubernetes_pod_security_policy": {"x": {"spec": {"host_ipc": false, "host_ipc": true}}}}}"#;
    check(tree_with("main.tf.json", argument.as_bytes()).path(), 3, "`host_ipc` is set twice in one object");
    // Blocks may be written so.
    let policy = |name: &str| {
        format!(r#""resource": {{"kubernetes_pod_security_policy": {{"{name}": {{"spec": {{"host_ipc": true}}}}}}}}"#)
    };
    let blocks = format!("{{{}, {}}}", policy("one"), policy("two"));
    let directory = tree_with("main.tf.json", blocks.as_bytes());
    let scanned = podgate(directory.path(), &["scan", "-o", "sarif"]);
    assert_eq!(scanned.code, 1, "{}", scanned.err);
    assert!(
        scanned.out.contains("kubernetes_pod_security_policy.one")
            && scanned.out.contains("kubernetes_pod_security_policy.two")
    );
}

#[test]
fn a_file_that_is_no_terraform_at_all() {
    let policies = [policy("first", "host_ipc = true"), policy("last", "host_ipc = true")];
    for garbage in ["@\n", "}", "}\n", "a\n", "/*\n", "a = \"\n", "a = (}", "a = ([}", "x = <<A\nlocals {\n"] {
        // Big enough that anything but linear time would be noticed by whoever waits for the tests.
        let text = format!("{}{}\n{}", policies[0], garbage.repeat(500_000 / garbage.len()), policies[1]);
        let directory = tree(&[("garbage.tf", &text)]);
        let scanned = podgate(directory.path(), &["scan", "-o", "sarif"]);
        assert_eq!(scanned.code, 1, "{garbage:?}: {}", scanned.err);
        assert!(scanned.out.contains("kubernetes_pod_security_policy.first"), "{garbage:?}");
        assert!(scanned.out.contains("kubernetes_pod_security_policy.last"), "{garbage:?}");
        assert!(scanned.out.contains(" more syntax errors in this file."), "{garbage:?}");
        assert!(scanned.out.len() < 100_000, "the report stays small: {garbage:?}: {}", scanned.out.len());
    }
}
