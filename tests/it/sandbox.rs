//! What podgate asks the kernel for while it scans a hostile tree, as strace sees it: no socket, no process, nothing
//! outside of the root opened, nothing changed but the reports.
//!
//! Where there is no strace these tests are skipped with a line that says so. CI must have it.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::{Component, Path, PathBuf};
use std::process::Command;

use crate::support::{policy, write};

const FORMATS: [&str; 8] = ["human", "sarif", "github", "markdown", "gitlab", "junit", "datadog", "json"];

/// What stands in the files outside of the root.
const SECRET: &str = "TOP-SECRET-7c1f";

/// Calls that change what is on the disk, besides those that open.
const CHANGES: [&str; 24] = [
    "chmod",
    "chown",
    "fchmodat",
    "fchmodat2",
    "fchownat",
    "lchown",
    "link",
    "linkat",
    "lsetxattr",
    "mkdir",
    "mkdirat",
    "mknod",
    "mknodat",
    "mount",
    "rename",
    "renameat",
    "renameat2",
    "rmdir",
    "setxattr",
    "symlink",
    "symlinkat",
    "truncate",
    "unlink",
    "unlinkat",
];

/// What a program of Rust opens wherever it runs: the loader's files, what the C library knows of the locale and the
/// time zone, and what the kernel says of the process and of its share of the cores.
const SYSTEM: [&str; 9] = [
    "/etc/ld-musl",
    "/etc/ld.so",
    "/etc/localtime",
    "/lib",
    "/proc",
    "/sys/fs/cgroup",
    "/usr/lib",
    "/usr/share/locale",
    "/usr/share/zoneinfo",
];

/// Whether strace is there and may trace. Without it a test of this file shows nothing, which CI must not pass over.
fn can_trace() -> bool {
    let ran = Command::new("strace").args(["-f", "-o", "/dev/null", "true"]).output();
    let problem = match ran {
        Ok(ran) if ran.status.success() => return true,
        Ok(ran) => String::from_utf8_lossy(&ran.stderr).trim().to_owned(),
        Err(error) => error.to_string(),
    };
    assert!(std::env::var_os("CI").is_none(), "CI needs strace, and the right to trace: {problem}");
    // Not by `eprintln`, of which the tests' harness shows nothing when a test passes.
    let line = format!("\nSKIPPED: the sandbox tests need strace (Debian: apt-get install strace): {problem}\n");
    std::io::stderr().write_all(line.as_bytes()).expect("standard error");
    false
}

/// What a traced program did.
struct Traced {
    code: Option<i32>,
    out: String,
    /// The system calls of all its threads, in the words of strace.
    calls: Vec<String>,
}

/// Runs a program under strace in a directory.
fn traced(directory: &Path, program: &str, arguments: &[&str]) -> Traced {
    let traces = tempfile::tempdir().expect("a temporary directory");
    let mut command = Command::new("strace");
    // One file a thread (`-ff`), so that no call is cut in two by another; descriptors with their paths (`-y`).
    command.args(["-ff", "-y", "-e", "trace=%file,%network,%process,io_uring_setup", "-e", "signal=none", "-o"]);
    command.arg(traces.path().join("trace")).arg(program).args(arguments);
    let path = std::env::var_os("PATH").unwrap_or_default();
    let output = command.current_dir(directory).env_clear().env("PATH", path).output().expect("strace runs");
    let mut calls = Vec::new();
    for entry in traces.path().read_dir().expect("the traces") {
        let bytes = std::fs::read(entry.expect("an entry").path()).expect("a trace");
        calls.extend(String::from_utf8_lossy(&bytes).lines().map(str::to_owned));
    }
    let out = [output.stdout, output.stderr].concat();
    Traced { code: output.status.code(), out: String::from_utf8_lossy(&out).into_owned(), calls }
}

/// Where a program may read, and where it may write.
struct Allowed<'a> {
    root: &'a Path,
    reports: &'a Path,
}

/// The calls that break the promise.
fn violations(calls: &[String], allowed: &Allowed<'_>) -> Vec<String> {
    // The first is strace's own start of the program.
    let mut starts = 0;
    let breaks = |call: &&String| {
        let name = call.split('(').next().unwrap_or("");
        match name {
            "execve" | "execveat" => {
                starts += 1;
                starts > 1
            }
            "fork" | "vfork" => true,
            "clone" | "clone3" => !call.contains("CLONE_THREAD"),
            "open" | "openat" | "openat2" | "creat" => !may_open(call, allowed),
            // A report has no name until it is whole; then its descriptor is linked to one.
            _ if CHANGES.contains(&name) => {
                let is_elsewhere = |path: &PathBuf| !path.starts_with(allowed.reports);
                let is_descriptor = |path: &PathBuf| name == "linkat" && path.starts_with("/proc/self/fd");
                paths(call).iter().any(|path| is_elsewhere(path) && !is_descriptor(path))
            }
            // Threads end, and strace reports their ends in lines of its own.
            "exit" | "exit_group" | "wait4" | "waitid" => false,
            _ => is_network(call, name),
        }
    };
    calls.iter().filter(breaks).cloned().collect()
}

/// Whether a call is of the network, or could make such calls unseen.
fn is_network(call: &str, name: &str) -> bool {
    let named =
        ["socket", "connect", "bind", "listen", "accept", "send", "recv", "getsockopt", "setsockopt", "io_uring"];
    call.contains('(') && named.iter().any(|start| name.starts_with(start))
}

fn may_open(call: &str, allowed: &Allowed<'_>) -> bool {
    // What was opened, links followed; of what could not be opened, what was asked for.
    let opened = call.rsplit_once(" = ").and_then(|(_, result)| result.split_once('<'));
    let paths = match opened {
        Some((_, path)) => vec![PathBuf::from(unescaped(path.trim_end().trim_end_matches('>')))],
        None => paths(call),
    };
    let writes = ["O_WRONLY", "O_RDWR", "O_CREAT", "O_TRUNC", "O_APPEND"].iter().any(|flag| call.contains(flag))
        || call.starts_with("creat(");
    let may = |path: &PathBuf| {
        let read = !writes && (path.starts_with(allowed.root) || is_of_the_system(path));
        read || path.starts_with(allowed.reports)
    };
    paths.iter().all(may)
}

fn is_of_the_system(path: &Path) -> bool {
    let text = path.to_string_lossy();
    SYSTEM.iter().any(|start| text.starts_with(start))
}

/// The paths among the arguments of a call, absolute, without following links.
fn paths(call: &str) -> Vec<PathBuf> {
    let mut directory = PathBuf::from("/");
    let mut found = Vec::new();
    let mut rest = call.split_once('(').map_or("", |(_, arguments)| arguments);
    while let Some(at) = rest.find(['<', '"']) {
        let (close, is_directory) = if rest[at..].starts_with('<') { ('>', true) } else { ('"', false) };
        let inner = &rest[at + 1..];
        let Some(end) = end_of(inner, close) else { break };
        let text = unescaped(&inner[..end]);
        if is_directory {
            directory = PathBuf::from(text);
        } else {
            found.push(normal(&directory.join(text)));
        }
        rest = &inner[end + 1..];
    }
    found
}

/// Where a quoted text ends.
fn end_of(text: &str, close: char) -> Option<usize> {
    let mut escaped = false;
    text.char_indices().find_map(|(at, character)| {
        let ends = character == close && !escaped;
        escaped = character == '\\' && !escaped;
        ends.then_some(at)
    })
}

/// A text as it was before strace escaped what does not print. Octal escapes are left: no path of these tests has any.
fn unescaped(text: &str) -> String {
    text.replace("\\\"", "\"").replace("\\\\", "\\")
}

/// A path without `.` and `..`.
fn normal(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for component in path.components() {
        match component {
            Component::ParentDir => drop(normal.pop()),
            Component::CurDir => {}
            other => normal.push(other),
        }
    }
    normal
}

/// A directory with a hostile tree in `root`, and beside it what the tree points at.
fn hostile() -> tempfile::TempDir {
    let base = tempfile::tempdir().expect("a temporary directory");
    let outside = base.path().join("outside");
    write(&outside, "secret.txt", SECRET.as_bytes());
    write(&outside, "main.tf", format!("# {SECRET}\n{}", policy("outside", "host_ipc = true")).as_bytes());
    write(&outside, "values.tfvars", format!("secret = \"{SECRET}\"\n").as_bytes());
    write(&outside, "policy.yaml", format!("kind: PodSecurityPolicy\nspec: {{hostIPC: true}} # {SECRET}\n").as_bytes());
    write(&outside, "gitdir/info/exclude", b"*.tf\n");
    write(&outside, "gitdir/HEAD", b"ref: refs/heads/main\n");
    let root = base.path().join("root");
    write(&root, ".git", b"gitdir: ../outside/gitdir\n");
    write(&root, "sub/.git", format!("gitdir: {}/gitdir\n", outside.display()).as_bytes());
    write(&root, "functions/main.tf", functions(&outside).as_bytes());
    write(&root, "modules/main.tf", modules(&outside).as_bytes());
    write(&root, "modules/.terraform/modules/modules.json", installed(&outside).as_bytes());
    write(&root, "plan.json", plan(&outside).as_bytes());
    for name in
        [";touch injected;.tf", "$(touch injected).tf", "`touch injected`.tf", "|touch injected.tf", "--help.tf"]
    {
        write(&root, &format!("names/{name}"), policy(&format!("n{}", name.len()), "host_ipc = true").as_bytes());
    }
    write(&root, "sub/main.tf", policy("sub", "host_ipc = var.secret").as_bytes());
    links(&root, &outside);
    base
}

/// Links of the tree that leave it, under names of everything that podgate reads.
fn links(root: &Path, outside: &Path) {
    std::fs::create_dir_all(root.join("manifests")).expect("a directory");
    let manifests = "resource \"kubernetes_manifest\" \"m\" {\n  manifest = yamldecode(file(\"policy.yaml\"))\n}\n";
    write(root, "manifests/main.tf", manifests.as_bytes());
    for (link, target) in [
        ("link.tf", outside.join("main.tf")),
        ("relative.tf", PathBuf::from("../outside/main.tf")),
        ("directory", outside.to_owned()),
        ("parents", PathBuf::from("../..")),
        (".gitignore", PathBuf::from("/etc/passwd")),
        (".ignore", outside.join("secret.txt")),
        ("sub/.gitignore", outside.join("secret.txt")),
        ("sub/terraform.tfvars", outside.join("values.tfvars")),
        ("sub/a.auto.tfvars.json", PathBuf::from("/etc/passwd")),
        ("sub/.terraform", outside.to_owned()),
        ("manifests/policy.yaml", outside.join("policy.yaml")),
    ] {
        std::os::unix::fs::symlink(target, root.join(link)).expect("a link");
    }
}

/// Functions and data sources that are asked for files outside of the root, each where the verdict depends on it.
fn functions(outside: &Path) -> String {
    let outside = outside.display();
    let expressions = [
        "file(\"/etc/passwd\")",
        "file(\"../../outside/secret.txt\")",
        "file(\"${path.module}/../../outside/secret.txt\")",
        "file(\"~/.netrc\")",
        "file(pathexpand(\"~root/.bashrc\"))",
        "file(\"link-to-secret\")",
        "filebase64(\"/etc/passwd\")",
        "filemd5(\"/etc/passwd\")",
        "filebase64sha512(\"/etc/passwd\")",
        "templatefile(\"/etc/passwd\", {})",
        "templatefile(\"../../outside/secret.txt\", {})",
        "join(\"\", fileset(\"/\", \"*\"))",
        "join(\"\", fileset(\"../..\", \"**\"))",
        "join(\"\", fileset(path.module, \"../../outside/*\"))",
        "tostring(fileexists(\"/etc/shadow\"))",
        "data.local_file.f.content",
        "data.kubectl_file_documents.f.documents[0]",
        "data.kubectl_path_documents.f.documents[0]",
        "data.template_file.f.rendered",
    ];
    let mut text = format!(
        "data \"local_file\" \"f\" {{\n  filename = \"{outside}/secret.txt\"\n}}\n\
         data \"kubectl_file_documents\" \"f\" {{\n  content = file(\"{outside}/policy.yaml\")\n}}\n\
         data \"kubectl_path_documents\" \"f\" {{\n  pattern = \"{outside}/*.yaml\"\n}}\n\
         data \"template_file\" \"f\" {{\n  template = file(\"{outside}/secret.txt\")\n}}\n"
    );
    for (index, expression) in expressions.iter().enumerate() {
        text += &format!(
            "resource \"kubernetes_pod_security_policy\" \"f{index}\" {{\n  for_each = toset([{expression}])\n  \
             spec {{\n    host_ipc = {expression} != \"\"\n  }}\n}}\n\
             resource \"kubectl_manifest\" \"f{index}\" {{\n  yaml_body = {expression}\n}}\n"
        );
    }
    text
}

/// Calls of modules that are outside of the root, or on the network.
fn modules(outside: &Path) -> String {
    let outside = outside.display().to_string();
    let sources = [
        "../..",
        "../../outside",
        &outside,
        "/etc",
        "git::https://127.0.0.1:1/x.git",
        "git::file:///etc",
        "http://127.0.0.1:1/x.zip",
        "s3::https://127.0.0.1:1/x.zip",
        "registry.example/a/b/c",
        "./$(touch injected)",
    ];
    let calls = sources.iter().enumerate();
    let calls = calls.map(|(index, source)| format!("module \"m{index}\" {{\n  source = \"{source}\"\n}}\n"));
    calls.collect::<String>() + &policy("reads", "host_ipc = module.m0.x")
}

/// What `terraform init` would leave behind, with directories outside of the root.
fn installed(outside: &Path) -> String {
    let entries =
        [("m1", "../../outside"), ("m2", &outside.to_string_lossy()), ("m3", "/etc"), ("m8", "../../.."), ("", ".")];
    let entries = entries.map(|(key, directory)| format!(r#"{{"Key":"{key}","Source":"x","Dir":"{directory}"}}"#));
    format!(r#"{{"Modules":[{}]}}"#, entries.join(","))
}

/// A plan whose configuration names modules outside of the root.
fn plan(outside: &Path) -> String {
    format!(
        r#"{{"format_version":"1.2","terraform_version":"1.11.0","planned_values":{{"root_module":{{}}}},
        "resource_changes":[{{"address":"module.m.kubernetes_pod_security_policy.x","module_address":"module.m",
        "mode":"managed","type":"kubernetes_pod_security_policy","name":"x","change":{{"actions":["create"],
        "after":{{"spec":[{{"host_ipc":true}}]}}}}}}],
        "configuration":{{"root_module":{{"module_calls":{{"m":{{"source":"{}","module":{{}}}}}}}}}}}}"#,
        outside.display()
    )
}

/// Scans a hostile tree, one run for each format and one for all of them, and checks every call.
fn scan_within_the_root(arguments: &[&str]) {
    if !can_trace() {
        return;
    }
    let base = hostile();
    let base = base.path().canonicalize().expect("the directory");
    let (root, reports) = (base.join("root"), base.join("reports"));
    std::fs::create_dir(&reports).expect("a directory");
    let target = |format: &&str| format!("{format}={}/{format}", reports.display());
    let all: Vec<String> = FORMATS.iter().map(target).collect();
    let mut runs: Vec<Vec<&str>> = FORMATS.iter().map(|format| vec!["--output", *format]).collect();
    runs.push(all.iter().flat_map(|target| ["--output", target.as_str()]).collect());
    let mut broken = BTreeSet::new();
    for outputs in runs {
        let arguments = [&["scan"], arguments, &outputs].concat();
        let ran = traced(&root, env!("CARGO_BIN_EXE_podgate"), &arguments);
        assert!(matches!(ran.code, Some(1 | 3)), "{arguments:?}: {:?} {}", ran.code, ran.out);
        assert!(!ran.out.contains(SECRET), "{arguments:?} prints what is outside of the root: {}", ran.out);
        assert!(ran.calls.iter().any(|call| call.contains("functions/main.tf")), "the trace is whole");
        broken.extend(violations(&ran.calls, &Allowed { root: &root, reports: &reports }));
    }
    for entry in reports.read_dir().expect("the reports") {
        let path = entry.expect("an entry").path();
        let text = std::fs::read_to_string(&path).expect("a report");
        assert!(!text.contains(SECRET), "{} has what is outside of the root", path.display());
    }
    let names: Vec<_> =
        reports.read_dir().expect("the reports").map(|entry| entry.expect("an entry").file_name()).collect();
    assert_eq!(names.len(), FORMATS.len(), "nothing but the reports: {names:?}");
    let list: String = broken.iter().map(|call| format!("{call}\n")).collect();
    assert!(broken.is_empty(), "{arguments:?} leaves the root {}:\n{list}", root.display());
}

#[test]
fn a_scan_of_a_hostile_tree_stays_within_its_root() {
    scan_within_the_root(&["."]);
}

#[test]
fn a_scan_of_named_parts_of_a_hostile_tree_stays_within_its_root() {
    scan_within_the_root(&["functions", "modules/main.tf", "names", "sub", "manifests", "plan.json"]);
}

#[test]
fn a_hostile_tree_stays_within_a_root_that_is_named() {
    scan_within_the_root(&["--root", ".", "--each-var-file", "*.tfvars", "."]);
}

/// The tests above prove something: programs that do what podgate must not do are caught.
#[test]
fn what_leaves_a_root_is_noticed() {
    if !can_trace() {
        return;
    }
    let base = hostile();
    let base = base.path().canonicalize().expect("the directory");
    let (root, reports) = (base.join("root"), base.join("reports"));
    let allowed = Allowed { root: &root, reports: &reports };
    let noticed = |script: &str| {
        let broken = violations(&traced(&root, "sh", &["-c", script]).calls, &allowed);
        broken.join("\n")
    };
    assert!(noticed("exec 3< ../outside/secret.txt").contains("secret.txt"), "a path that leaves the root");
    assert!(noticed("exec 3< link.tf").contains("outside/main.tf"), "a link that leaves the root");
    assert!(noticed("exec 3< ../outside/nowhere").contains("nowhere"), "what is not there");
    assert!(noticed("exec 3> written").contains("written"), "a file that is written in the root");
    assert!(noticed("true & wait").contains("SIGCHLD"), "a process");
    assert!(noticed("exec true").contains("execve"), "another program");
    assert!(noticed("exec rm link.tf").contains("unlink"), "a file that is removed");
    assert_eq!(noticed("exec 3< functions/main.tf; exec 4< ./names/--help.tf"), "", "what is in the root");
    let socket = ["socket(AF_INET, SOCK_STREAM|SOCK_CLOEXEC, IPPROTO_IP) = 3".to_owned()];
    assert_eq!(violations(&socket, &allowed), socket, "a socket");
}
