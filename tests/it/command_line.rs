//! The command line: arguments, reports, exit codes.

use std::process::{Command, Stdio};

use crate::support::{podgate, policy, tree, write};

fn bad_tree() -> tempfile::TempDir {
    tree(&[("main.tf", &policy("x", "host_ipc = true"))])
}

#[test]
fn exit_codes_are_the_contract() {
    let code = |line: &str, arguments: &[&str]| {
        let directory = tree(&[("main.tf", &policy("x", line))]);
        podgate(directory.path(), &[&["scan"], arguments].concat()).code
    };
    assert_eq!(code("host_ipc = false", &[]), 0);
    assert_eq!(code("host_ipc = true", &[]), 1);
    assert_eq!(code("host_ipc = true", &["--fail-on", "high"]), 1);
    assert_eq!(code("host_ipc = true", &["--fail-on", "critical"]), 0);
    assert_eq!(code("host_ipc = true", &["--fail-on", "never"]), 0);
    assert_eq!(code("host_ipc = true", &["--exit-zero"]), 0);
    assert_eq!(code("host_ipc = true", &["-o", "sarif"]), 1, "the format never changes the exit code");
    assert_eq!(code("host_ipc = var.x", &[]), 0);
    assert_eq!(code("host_ipc = var.x", &["--undecided", "ignore"]), 0);
    assert_eq!(code("host_ipc = var.x", &["--undecided", "fail"]), 1);
    assert_eq!(code("host_ipc = true }", &["--fail-on", "never"]), 3);
    assert_eq!(code("host_ipc = false }", &[]), 3);
    assert_eq!(code("host_ipc = false }", &["--exit-zero"]), 0);
    assert_eq!(code("host_ipc = true", &["--rule", "nonsense"]), 2);
    assert_eq!(code("host_ipc = true", &["--nonsense"]), 2);
}

#[test]
fn a_path_that_is_not_there_is_an_error() {
    let directory = bad_tree();
    let scanned = podgate(directory.path(), &["scan", "main.tf", "nowhere"]);
    assert_eq!((scanned.code, scanned.out.as_str()), (2, ""));
    assert_eq!(scanned.err, "error: nowhere does not exist\n");
}

#[test]
fn a_directory_without_terraform_is_a_warning() {
    let directory = tree(&[("empty/README.md", ""), ("full/main.tf", "")]);
    let scanned = podgate(directory.path(), &["scan", "--root", ".", "empty", "full"]);
    assert_eq!(scanned.code, 0);
    assert!(scanned.out.contains("empty: There is no Terraform file in this directory"), "{}", scanned.out);
    assert!(!scanned.out.contains("full: "), "{}", scanned.out);
}

#[test]
fn reports_go_where_they_are_sent() {
    let directory = bad_tree();
    let scanned = podgate(directory.path(), &["scan", "-o", "human", "-o", "sarif=out.sarif"]);
    assert_eq!(scanned.code, 1);
    assert!(scanned.out.contains("1 finding") && scanned.err.is_empty(), "{scanned:?}");
    let file = std::fs::read_to_string(directory.path().join("out.sarif")).expect("the report");
    assert!(file.starts_with("{\n") && file.ends_with("}\n"));

    let scanned = podgate(directory.path(), &["scan", "-o", "sarif=-"]);
    assert_eq!(scanned.out, file);
    assert!(
        scanned.err.contains("podgate: 1 file searched, 1 policy evaluated, 1 finding, 0 undecided"),
        "{scanned:?}"
    );

    let both = podgate(directory.path(), &["scan", "-o", "human", "-o", "sarif"]);
    assert_eq!(both.code, 2);
    assert!(both.err.contains("only one report can go to the standard output"), "{both:?}");
}

#[test]
fn a_report_that_cannot_be_written_is_an_error() {
    let directory = bad_tree();
    let scanned = podgate(directory.path(), &["scan", "-o", "sarif=missing/out.sarif"]);
    assert_eq!(scanned.code, 2);
    assert!(
        scanned.err.contains("the report missing/out.sarif could not be written: there is no directory "),
        "{scanned:?}"
    );
    let same = podgate(directory.path(), &["scan", "-o", "sarif=a", "-o", "human=./a"]);
    assert!(same.code == 2 && same.err.contains("two reports cannot go to one file"), "{same:?}");
    let unknown = podgate(directory.path(), &["scan", "-o", "xml"]);
    assert_eq!(unknown.code, 2);
    assert!(unknown.err.contains("`xml` is not a report format. The formats are human, sarif"), "{unknown:?}");
}

#[test]
fn an_old_report_is_replaced_and_a_device_is_not() {
    let directory = bad_tree();
    for format in ["sarif", "datadog", "json", "gitlab", "junit", "markdown", "human", "github"] {
        let output = format!("{format}=out");
        for _ in 0..2 {
            let scanned = podgate(directory.path(), &["scan", "-o", &output]);
            assert_eq!(scanned.code, 1, "{format}: {scanned:?}");
        }
    }
    write(directory.path(), "empty", b"");
    assert_eq!(podgate(directory.path(), &["scan", "-o", "sarif=empty"]).code, 1, "mktemp makes such files");
    assert_eq!(podgate(directory.path(), &["scan", "-o", "sarif=/dev/null"]).code, 1);
    assert!(!std::path::Path::new("/dev/null").is_file(), "it is still a device");
    let left: Vec<_> = directory.path().read_dir().expect("a directory").collect();
    assert_eq!(left.len(), 3, "no temporary file is left: {left:?}");
}

#[test]
fn a_file_of_the_scanned_tree_is_not_overwritten() {
    let outside = tree(&[("profile", "export A=1")]);
    let directory = bad_tree();
    write(directory.path(), "package.json", b"{}");
    write(directory.path(), "sub/x", b"");
    let main = std::fs::read(directory.path().join("main.tf")).expect("a policy");
    let link =
        |to: &std::path::Path, at: &str| std::os::unix::fs::symlink(to, directory.path().join(at)).expect("a link");
    link(&outside.path().join("profile"), "link.sarif");
    link(&outside.path().join("new"), "dangling.sarif");
    link(outside.path(), "out");
    link(std::path::Path::new("sub"), "inside");
    write(directory.path(), ".git/HEAD", b"ref");
    for (target, said) in [
        ("main.tf", "is not a report of podgate"),
        ("sub/../main.tf", "is not a report of podgate"),
        ("package.json", "is not a report of podgate"),
        ("link.sarif", "is a link in the scanned tree"),
        ("dangling.sarif", "is a link in the scanned tree"),
        ("out/new.sarif", "a link in the scanned tree leads to"),
        ("inside/new.sarif", "a link in the scanned tree leads to"),
        (".git/hooks.sarif", "it is in git's own directory, `.git`"),
        ("sub", "it is a directory"),
    ] {
        for beside in [&[][..], &["-o", "json=fine.json"]] {
            let output = format!("sarif={target}");
            let scanned = podgate(directory.path(), &[&["scan", "-o", &output], beside].concat());
            assert!(scanned.code == 2 && scanned.err.contains(said), "{target}: {scanned:?}");
            assert!(!directory.path().join("fine.json").exists(), "all are written, or none: {target}");
        }
    }
    assert_eq!(std::fs::read(directory.path().join("main.tf")).expect("a policy"), main);
    assert_eq!(std::fs::read_to_string(outside.path().join("profile")).expect("a file"), "export A=1");
    assert!(!outside.path().join("new").exists() && !outside.path().join("new.sarif").exists());
    // Elsewhere a file that is no report is kept, too, and links are the caller's.
    let elsewhere = format!("sarif={}", outside.path().join("profile").display());
    assert_eq!(podgate(directory.path(), &["scan", "-o", &elsewhere]).code, 2);
    // What is named may be a part of what lies in the working directory.
    let part = tree(&[("a/main.tf", &policy("x", "host_ipc = true")), ("b/main.tf", "b = 1")]);
    std::os::unix::fs::symlink(outside.path(), part.path().join("out")).expect("a link");
    for target in ["b/main.tf", "out/new.sarif"] {
        let scanned = podgate(part.path(), &["scan", "a", "-o", &format!("sarif={target}")]);
        assert_eq!(scanned.code, 2, "{scanned:?}");
    }
    assert_eq!(std::fs::read_to_string(part.path().join("b/main.tf")).expect("a file"), "b = 1");
}

#[test]
fn a_pipe_is_no_place_for_a_report() {
    let directory = bad_tree();
    let made = Command::new("mkfifo").arg(directory.path().join("pipe")).status().expect("mkfifo runs");
    assert!(made.success());
    let scanned = podgate(directory.path(), &["scan", "-o", "sarif=pipe"]);
    assert!(scanned.code == 2 && scanned.err.contains("it is a pipe or a socket"), "{scanned:?}");
}

#[test]
fn when_one_report_fails_the_others_stay_as_they_were() {
    let directory = bad_tree();
    podgate(directory.path(), &["scan", "-o", "json=old.json"]);
    let old = std::fs::read(directory.path().join("old.json")).expect("a report");
    write(directory.path(), "more.tf", policy("y", "host_ipc = true").as_bytes());
    let scanned = podgate(directory.path(), &["scan", "-o", "json=old.json", "-o", "sarif=missing/out.sarif"]);
    assert_eq!(scanned.code, 2, "{scanned:?}");
    assert_eq!(std::fs::read(directory.path().join("old.json")).expect("a report"), old);
    let names: Vec<_> =
        directory.path().read_dir().expect("a directory").flatten().map(|entry| entry.file_name()).collect();
    assert!(names.iter().all(|name| !name.to_string_lossy().starts_with('.')), "{names:?}");
}

#[cfg(unix)]
#[test]
fn a_file_in_memory_is_a_file() {
    let Ok(memory) = tempfile::tempdir_in("/dev/shm") else { return };
    let directory = bad_tree();
    let report = memory.path().join("report.json");
    let output = format!("json={}", report.display());
    for _ in 0..2 {
        assert_eq!(podgate(directory.path(), &["scan", "-o", &output]).code, 1);
        let text = std::fs::read_to_string(&report).expect("a report");
        serde_json::from_str::<serde_json::Value>(&text).expect("one report, and not two");
    }
    let twice = podgate(directory.path(), &["scan", "-o", "human", "-o", "sarif=/dev/stdout"]);
    assert_eq!(twice.code, 2, "{twice:?}");
}

#[test]
fn a_report_can_be_read_by_others() {
    use std::os::unix::fs::PermissionsExt;
    let directory = bad_tree();
    podgate(directory.path(), &["scan", "-o", "sarif=out.sarif"]);
    write(directory.path(), "ordinary", b"");
    let mode = |name: &str| directory.path().join(name).metadata().expect("a file").permissions().mode();
    assert_eq!(mode("out.sarif"), mode("ordinary"));
    let private = std::fs::Permissions::from_mode(0o600);
    std::fs::set_permissions(directory.path().join("out.sarif"), private).expect("a mode");
    podgate(directory.path(), &["scan", "-o", "sarif=out.sarif"]);
    assert_eq!(mode("out.sarif") & 0o777, 0o600, "a report that was private stays so");
    // A link that leads elsewhere is followed where the scanned tree has not laid it.
    let elsewhere = tree(&[]);
    std::os::unix::fs::symlink("new.sarif", elsewhere.path().join("dangling")).expect("a link");
    let output = format!("sarif={}", elsewhere.path().join("dangling").display());
    podgate(directory.path(), &["scan", "-o", &output]);
    assert!(elsewhere.path().join("dangling").is_symlink() && elsewhere.path().join("new.sarif").is_file());
}

#[test]
fn the_verdict_stands_when_nobody_listens_on_the_standard_error() {
    let directory = bad_tree();
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").expect("a device that takes nothing");
    let mut command = Command::new(env!("CARGO_BIN_EXE_podgate"));
    command.args(["scan", "-o", "sarif=out.sarif"]).current_dir(directory.path()).stderr(full);
    assert_eq!(command.status().expect("podgate runs").code(), Some(1));
}

#[test]
fn a_reader_that_has_seen_enough_is_no_error() {
    let files: Vec<(String, String)> =
        (0..500).map(|n| (format!("{n}.tf"), policy(&format!("x{n}"), "host_ipc = true"))).collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let directory = tree(&files);
    for format in ["human", "sarif"] {
        let mut child = Command::new(env!("CARGO_BIN_EXE_podgate"))
            .args(["scan", "-o", format])
            .current_dir(directory.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("podgate runs");
        drop(child.stdout.take());
        let output = child.wait_with_output().expect("podgate ends");
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        assert!(!String::from_utf8_lossy(&output.stderr).contains("error"), "{output:?}");
    }
}

#[test]
fn quiet_and_verbose() {
    let inactive = policy("off", "host_ipc = true").replace("  spec", "  count = 0\n  spec");
    let directory = tree(&[("a.tf", &inactive), ("b.tf", &policy("x", "host_ipc = var.x"))]);
    let quiet = podgate(directory.path(), &["scan", "-q"]);
    assert_eq!((quiet.out.as_str(), quiet.err.as_str()), ("", ""));
    let failing = podgate(directory.path(), &["scan", "-q", "--undecided", "fail"]);
    assert!(failing.code == 1 && failing.out.contains("var.x"), "what fails the run is said: {failing:?}");
    assert_eq!(podgate(directory.path(), &["scan", "--threads", "1000"]).code, 2);
    let normal = podgate(directory.path(), &["scan"]);
    assert!(normal.out.contains("1 undecided") && !normal.out.contains("inactive"), "{}", normal.out);
    let verbose = podgate(directory.path(), &["scan", "-v"]);
    let line = "inactive: kubernetes_pod_security_policy.off (a.tf:1:1) has no instances";
    assert!(verbose.out.contains(line), "{}", verbose.out);
    let ignored = podgate(directory.path(), &["scan", "--undecided", "ignore"]);
    assert!(ignored.out.contains("1 undecided") && !ignored.out.contains("var.x"), "{}", ignored.out);
}

#[test]
fn shown_paths_lead_to_the_file_from_where_podgate_runs() {
    let directory = tree(&[(".git/x", ""), ("a/main.tf", ""), ("b/main.tf", &policy("x", "host_ipc = true"))]);
    let scanned = podgate(&directory.path().join("a"), &["scan", ".."]);
    assert!(scanned.out.contains("[../b/main.tf:3:5]"), "{}", scanned.out);
    let scanned = podgate(&directory.path().join("b"), &["scan"]);
    assert!(scanned.out.contains("[main.tf:3:5]"), "{}", scanned.out);
}

#[test]
fn the_instances_of_a_finding_are_named() {
    let some = policy("x", "host_ipc = count.index > 0").replace("  spec", "  count = 9\n  spec");
    let directory = tree(&[("main.tf", &some)]);
    let words = podgate(directory.path(), &["scan"]).out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("note: The instances are kubernetes_pod_security_policy.x[1], "), "{words}");
    assert!(words.contains("kubernetes_pod_security_policy.x[5] and 3 more."), "{words}");
}

#[test]
fn a_file_name_does_not_start_a_line() {
    let directory = tree(&[("a\n::error::b.tf", &policy("x", "host_ipc = true"))]);
    for arguments in [&["scan"][..], &["scan", "-o", "sarif=o"]] {
        let scanned = podgate(directory.path(), arguments);
        assert!(!scanned.out.contains("\n::") && !scanned.err.contains("\n::"), "{scanned:?}");
    }
}

#[test]
fn colour_is_asked_for_or_left_out() {
    let directory = bad_tree();
    let colored =
        |arguments: &[&str]| podgate(directory.path(), &[&["scan"], arguments].concat()).out.contains('\u{1b}');
    assert!(!colored(&[]), "a pipe is not a terminal");
    assert!(colored(&["--color", "always"]));
    assert!(!colored(&["--color", "never"]));
}

#[test]
fn help_has_the_exit_codes_and_two_examples() {
    let directory = tree(&[]);
    for arguments in [&["--help"][..], &["scan", "--help"]] {
        let help = podgate(directory.path(), arguments);
        assert_eq!((help.code, help.err.as_str()), (0, ""));
        for needle in ["Exit codes:", "  3  no finding, but", "Examples:", "podgate scan --exclude"] {
            assert!(help.out.contains(needle), "{needle}: {}", help.out);
        }
    }
    let version = podgate(directory.path(), &["--version"]);
    assert_eq!(version.out, format!("podgate {}\n", env!("CARGO_PKG_VERSION")));
    assert_eq!(podgate(directory.path(), &[]).code, 2);
}

#[test]
fn rules_are_listed_and_explained_offline() {
    let directory = tree(&[]);
    let listed = podgate(directory.path(), &["rules"]);
    assert!(listed.out.starts_with("terraform-kubernetes-psp-allows-sharing-host-ipc\n"), "{}", listed.out);
    let page = podgate(directory.path(), &["explain", "51BED0AC-a8ae-407a-895e-90c6cb0610ce"]);
    assert!(page.code == 0 && page.out.starts_with("# PSP allows sharing host IPC\n"), "{}", page.out);
    assert_eq!(podgate(directory.path(), &["explain"]).out, page.out);
    let unknown = podgate(directory.path(), &["explain", "nonsense"]);
    assert_eq!(unknown.code, 2);
    assert!(unknown.err.contains("no rule is called `nonsense`; `podgate rules` lists them all"), "{unknown:?}");
}

#[test]
fn what_the_scanned_code_says_never_reaches_the_terminal_as_is() {
    let name = "x\u{1b}]0;title\u{7}\u{202e}y";
    let directory = tree(&[("main.tf", &policy(name, "host_ipc = true")), ("b.tf", &policy(name, "host_ipc = 1 }"))]);
    for arguments in [&["scan"][..], &["scan", "-v", "-o", "sarif=o"]] {
        let scanned = podgate(directory.path(), arguments);
        let bad = |c: char| c.is_control() && c != '\n' || c == '\u{202e}';
        assert!(!scanned.out.contains(bad) && !scanned.err.contains(bad), "{scanned:?}");
    }
}

#[test]
fn shells_and_man_get_what_they_read() {
    let directory = tree(&[]);
    for (shell, start) in
        [("bash", "_podgate()"), ("zsh", "#compdef podgate"), ("fish", "# Print"), ("powershell", "\nusing")]
    {
        let printed = podgate(directory.path(), &["completions", shell]);
        assert_eq!(printed.code, 0, "{printed:?}");
        assert!(printed.out.contains(start) && printed.out.contains("each-var-file"), "{shell}: {}", printed.out);
    }
    assert_eq!(podgate(directory.path(), &["completions", "csh"]).code, 2);
    let page = podgate(directory.path(), &["man"]).out;
    assert!(page.contains(".TH podgate 1") && page.contains("podgate\\-scan"), "{page}");
    let page = podgate(directory.path(), &["man", "scan"]).out;
    assert!(page.contains(".TH podgate-scan 1") && page.contains("\\-\\-each\\-var\\-file"), "{page}");
}

#[test]
fn a_page_that_goes_to_a_file_is_as_it_is_written() {
    let directory = tree(&[]);
    assert_eq!(podgate(directory.path(), &["explain"]).out, podgate::rules::ALL[0].page);
}
