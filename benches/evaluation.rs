//! How evaluation grows with the number of policies in one directory, each through a local, a variable and a `for_each`.
//!
//! `cargo bench --bench evaluation`; with numbers behind `--` for other sizes.

#![allow(clippy::print_stdout, clippy::disallowed_methods, reason = "a bench reads and reports on its own")]
#![allow(clippy::cast_precision_loss, reason = "the figures are for people")]

use std::fmt::Write as _;
use std::time::Instant;

use podgate::discover::Request;
use podgate::rules;

/// The policies that are tried when no numbers are given.
const SIZES: [usize; 3] = [1_000, 10_000, 100_000];

/// A module of so many policies. One in a thousand shares the host's IPC namespace.
fn module(policies: usize) -> String {
    let mut text = String::from("locals {\n  flags = { a = var.shared, b = false }\n}\n");
    for n in 0..policies {
        let shared = n % 1_000 == 0;
        write!(
            text,
            "variable \"v{n}\" {{\n  type    = bool\n  default = {shared}\n}}\n\
             locals {{\n  l{n} = {{ for key, flag in local.flags : key => {{ ipc = flag && var.v{n} }} }}\n}}\n\
             resource \"kubernetes_pod_security_policy\" \"p{n}\" {{\n  for_each = local.l{n}\n  metadata {{\n    \
             name = \"p{n}-${{each.key}}\"\n  }}\n  spec {{\n    host_ipc = each.value.ipc\n  }}\n}}\n"
        )
        .expect("a string takes everything");
    }
    text + "variable \"shared\" {\n  default = true\n}\n"
}

fn main() {
    let given: Vec<usize> = std::env::args().skip(1).filter_map(|argument| argument.parse().ok()).collect();
    let sizes = if given.is_empty() { SIZES.to_vec() } else { given };
    for policies in sizes {
        let directory = tempfile::tempdir().expect("a temporary directory");
        std::fs::write(directory.path().join("main.tf"), module(policies)).expect("a file");
        let request = Request {
            paths: vec![directory.path().to_owned()],
            root: Some(directory.path().to_owned()),
            ..Request::default()
        };
        let start = Instant::now();
        let scan = podgate::scan::scan(&request, rules::ALL).expect("a directory can be scanned");
        let elapsed = start.elapsed();
        assert_eq!(scan.report.counts.resources, policies);
        assert_eq!(scan.report.findings.len(), policies.div_ceil(1_000));
        let each = elapsed.as_secs_f64() * 1e6 / policies as f64;
        println!("{policies:>7} policies: {:>6.0} ms, {each:.1} us each", elapsed.as_secs_f64() * 1e3);
    }
}
