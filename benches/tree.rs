//! How evaluation grows with the tree of modules: equal calls, calls with different inputs, and nesting.
//!
//! `cargo bench --bench tree`.
#![allow(clippy::print_stdout, clippy::disallowed_methods, reason = "a bench reads and reports on its own")]

use std::fmt::Write as _;
use std::path::Path;
use std::time::Instant;

use podgate::discover::Request;
use podgate::rules;

const LEAF: &str = "variable \"ipc\" {\n  type    = bool\n  default = false\n}\n\nvariable \"name\" {\n  default = \"x\"\n}\n\n\
    resource \"kubernetes_pod_security_policy\" \"x\" {\n  metadata {\n    name = var.name\n  }\n  spec {\n    \
    host_ipc = var.ipc\n  }\n}\n";

fn write(directory: &Path, name: &str, text: &str) {
    std::fs::create_dir_all(directory.join(name)).expect("a directory");
    std::fs::write(directory.join(name).join("main.tf"), text).expect("a file");
}

/// So many calls of the next level in each module, at so many levels, all of them equal.
fn fan(directory: &Path, calls: usize, levels: usize) {
    for level in 0..levels {
        let mut text = String::from("variable \"ipc\" {\n  default = true\n}\n");
        for call in 0..calls {
            write!(text, "module \"c{call}\" {{\n  source = \"../l{}\"\n  ipc    = var.ipc\n}}\n", level + 1)
                .expect("text");
        }
        write(directory, &format!("l{level}"), &text);
    }
    write(directory, &format!("l{levels}"), LEAF);
}

/// So many calls of one module, each with a name of its own.
fn different(directory: &Path, calls: usize) {
    let mut text = String::new();
    for call in 0..calls {
        let ipc = call % 100 == 0;
        write!(text, "module \"c{call}\" {{\n  source = \"../leaf\"\n  name   = \"n{call}\"\n  ipc    = {ipc}\n}}\n")
            .expect("text");
    }
    write(directory, "root", &text);
    write(directory, "leaf", LEAF);
}

fn measure(what: &str, instances: usize, build: impl FnOnce(&Path)) {
    let directory = tempfile::tempdir().expect("a temporary directory");
    build(directory.path());
    let request = Request {
        paths: vec![directory.path().to_owned()],
        root: Some(directory.path().to_owned()),
        ..Request::default()
    };
    let start = Instant::now();
    let scan = podgate::scan::scan(&request, rules::ALL).expect("a directory can be scanned");
    let elapsed = start.elapsed().as_secs_f64() * 1e3;
    let [finding] = scan.report.findings.as_slice() else { panic!("{what}: {:?}", scan.report.findings.len()) };
    assert_eq!(finding.instances.len() + finding.unlisted, instances, "{what}");
    println!("{what}: {elapsed:.1} ms, {instances} instances");
}

fn main() {
    measure("4 equal calls at each of 6 levels", 4_096, |directory| fan(directory, 4, 6));
    measure("1 call at each of 50 levels", 1, |directory| fan(directory, 1, 50));
    for calls in [100, 1_000, 10_000] {
        measure(&format!("{calls} calls with different inputs"), calls / 100, |directory| different(directory, calls));
    }
}
