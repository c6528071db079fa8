//! Expressions that would take for ever, or all memory: each ends quickly, as undecided, with the limit in the message.

use crate::support::{podgate, policy, tree};

/// Scans a policy whose `host_ipc` is an expression over these locals, and checks the reason why it is undecided.
#[track_caller]
fn check(expression: &str, locals: &str, reason: &str) {
    let text = format!("locals {{\n{locals}}}\n{}", policy("x", &format!("host_ipc = {expression}")));
    let directory = tree(&[("main.tf", &text)]);
    let scanned = podgate(directory.path(), &["scan", "-o", "sarif"]);
    assert_eq!(scanned.code, 0, "{}", scanned.err);
    assert!(scanned.out.contains(reason), "{reason}: {}", scanned.out);
}

/// Locals that double each other so many times, from `start` on.
fn doubling(start: &str, times: usize, double: impl Fn(usize) -> String) -> String {
    let doubled = (0..times).map(|n| format!("  l{} = {}\n", n + 1, double(n)));
    std::iter::once(format!("  l0 = {start}\n")).chain(doubled).collect()
}

#[test]
fn a_circle_is_named() {
    let circle = "  a = local.b\n  b = !local.c\n  c = local.a\n";
    check("local.b", circle, "it depends on itself (`local.b -> local.c -> local.a -> local.b`)");
    check("try(local.a, true)", "  a = local.a\n", "it depends on itself (`local.a -> local.a`)");
    check("try(local.b, true)", "  a = 1\n", "there is no local value called `b`");
}

#[test]
fn locals_without_end() {
    let chain: String = (0..10_000).map(|n| format!("  a{n} = local.a{}\n", n + 1)).collect();
    check(
        "local.a0",
        &format!("{chain}  a10000 = true\n"),
        "nested more than 400 levels deep, which is podgate's limit",
    );
}

#[test]
fn loops_without_end() {
    let cube = "length([for a in range(1000): [for b in range(1000): [for c in range(1000): c]]]) > 3";
    check(cube, "", "takes more than 1000000 steps to compute, which is podgate's limit");
    check("length(range(1000000)) > 3", "", "Terraform refuses a `range` of more than 1024 numbers");
}

#[test]
fn collections_that_double() {
    let lists = doubling("[1, 1]", 60, |n| format!("[local.l{n}, local.l{n}]"));
    let objects = doubling("{}", 60, |n| format!("{{ a = local.l{n}, b = local.l{n} }}"));
    for expression in ["local.l60 == local.l59", "length(flatten(local.l60)) > 3", "contains(local.l60, local.l58)"] {
        check(expression, &lists, "holds more than 100000 values, which is podgate's limit");
    }
    check("local.l60 == local.l59", &objects, "holds more than 100000 values, which is podgate's limit");
}

#[test]
fn texts_that_double() {
    let texts = doubling("\"xxxxxxxxxxxxxxxx\"", 60, |n| format!("\"${{local.l{n}}}${{local.l{n}}}\""));
    check("local.l60 == \"\"", &texts, "longer than 10000000 bytes, which is podgate's limit");
}

#[test]
fn instances_without_end() {
    let text = policy("x", "host_ipc = count.index == 999999").replace("  spec", "  count = 1000000\n  spec");
    let directory = tree(&[("main.tf", &text)]);
    assert!(podgate(directory.path(), &["scan"]).out.contains("podgate looks at 1000 instances only"));
    let text = policy("x", "host_ipc = false").replace("  spec", "  count = 1000\n  spec");
    let directory = tree(&[("main.tf", &text)]);
    assert!(podgate(directory.path(), &["scan"]).out.contains("0 undecided"));
}
