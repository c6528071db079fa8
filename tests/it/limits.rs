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
    check(cube, "", "takes more than 20000000 steps to compute, which is podgate's limit");
    check("length(range(1000000)) > 3", "", "Terraform refuses a `range` of more than 1024 numbers");
}

#[test]
fn collections_that_double() {
    let lists = doubling("[1, 1]", 60, |n| format!("[local.l{n}, local.l{n}]"));
    let objects = doubling("{}", 60, |n| format!("{{ a = local.l{n}, b = local.l{n} }}"));
    for expression in ["local.l60 == local.l59", "length(flatten(local.l60)) > 3", "contains(local.l60, local.l58)"] {
        check(expression, &lists, "holds more than 100000 values");
    }
    check("local.l60 == local.l59", &objects, "holds more than 100000 values");
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

#[test]
fn functions_that_make_much_of_little() {
    for (expression, reason) in [
        (
            "length(setproduct(range(1000), range(1000), range(1000))) > 1",
            "`setproduct` makes more than 10000 elements, which is podgate's limit",
        ),
        (
            "length(join(join(\"\", [for i in range(1000) : \"xxxxxxxxxxxxxxxx\"]), range(1000))) > 1",
            "the result of `join` is larger than 100000 values or 10000000 bytes, which is podgate's limit",
        ),
        (
            "length(replace(join(\"\", range(1000)), \"\", join(\"\", [for i in range(1000) : join(\"\", range(50))]))) > 1",
            "the result of `replace` is larger than 100000 values or 10000000 bytes, which is podgate's limit",
        ),
        ("length(format(\"%999999999d\", 1)) > 1", "podgate does not format this with `%d`"),
        (
            "length(indent(999999999, \"a\\nb\")) > 1",
            "the result of `indent` is larger than 100000 values or 10000000 bytes, which is podgate's limit",
        ),
        ("length(chunklist(range(2000), 1)) > 1", "Terraform refuses a `range` of more than 1024 numbers"),
    ] {
        check(expression, "", reason);
    }
}

#[test]
fn patterns_that_would_be_tried_for_ever() {
    // What makes a backtracking engine try 2^30 ways takes this one a linear walk.
    let text = "a".repeat(100_000);
    let directory = tree(&[("main.tf", &policy("x", &format!("host_ipc = can(regex(\"^(a+)+$\", \"{text}b\"))")))]);
    assert!(podgate(directory.path(), &["scan"]).out.contains("0 findings, 0 undecided"));
    // Go refuses more than a thousand repetitions of repetitions, and takes a thousand of a large class.
    let large = "can(regex(\"\\\\PL{1000}\", \"a\"))";
    check(large, "", "it depends on a regular expression of more than 10000000 bytes, which is podgate's limit");
}

#[test]
fn yaml_that_doubles() {
    let laughs: String =
        (1..60).map(|n| format!("a{n}: &a{n} [*a{m}, *a{m}]\\n", m = n - 1)).collect::<Vec<_>>().concat();
    let bomb = format!("yamldecode(\"a0: &a0 [lol, lol]\\n{laughs}\")");
    check("length(local.it.a59) > 3", &format!("  it = {bomb}\n"), "more than 100000 values");
}

#[test]
fn json_and_yaml_without_bottom() {
    let deep = format!("{}{}", "[".repeat(5_000), "]".repeat(5_000));
    check("jsondecode(local.it) == 1", &format!("  it = \"{deep}\"\n"), "it depends on JSON that is nested too deep");
    check("yamldecode(local.it) == 1", &format!("  it = \"{deep}\"\n"), "it depends on YAML that is nested too deep");
}

#[test]
fn templates_that_render_themselves() {
    let text = policy("x", "host_ipc = templatefile(\"t.tpl\", {}) == \"\"");
    let directory = tree(&[("main.tf", &text), ("t.tpl", "x${templatefile(\"t.tpl\", {})}")]);
    // What stands in the file is not repeated.
    let said = "it depends on a template that podgate or Terraform refuses";
    assert!(podgate(directory.path(), &["scan", "-o", "sarif"]).out.contains(said));
}

#[test]
fn steps_and_expressions_without_end() {
    // A tuple in a tuple in a tuple, which is no bool at any depth.
    check(&format!("[true]{}", "[*]".repeat(200_000)), "", "Terraform refuses a tuple");
    let product = (0..20).fold("1".to_owned(), |inner, n| {
        format!("[for a{n} in [{inner}] : [{}]]", ["a"; 8].map(|a| format!("{a}{n}")).join(", "))
    });
    check(&format!("length(jsonencode({product})) > 1"), "", "holds more than 100000 values");
    let coded = (0..40).fold("\"x\"".to_owned(), |inner, _| format!("textencodebase64({inner}, \"UTF-16LE\")"));
    check(&format!("length({coded}) > 1"), "", "or 10000000 bytes of text, which is podgate's limit");
    let parentheses = format!("{}[{}]{}[0] == 1", "(".repeat(395), "1, ".repeat(200_000), ")".repeat(395));
    check(&parentheses, "", "podgate's limit");
    check("parseint(join(\"\", [for n in range(1000) : \"12345\"]), 10) > 1", "", "more than 1000 digits");
}

#[test]
fn much_of_much() {
    let big = "  big = [for a in range(300) : [for b in range(300) : b]]\n  text = join(\"\", [for a in range(100) : join(\"\", [for b in range(500) : \"abcdefghabcdefghabcdefghabcdefghabcdefghabcdefghabcdefghabcdefgh\"])])\n";
    check("length(flatten([for n in range(1000) : local.big])) > 1", big, "holds more than 100000 values");
    check("length([for n in range(1000) : \"${local.text}${n}\"]) > 1", big, "holds more than 100000 values");
    check("anytrue([for n in range(1000) : contains(local.big, n)])", big, "takes more than 20000000 steps");
}

#[test]
fn what_others_ask_for_does_not_change_a_verdict() {
    let chain: String = (0..500).map(|n| format!("  a{n} = local.a{}\n", n + 1)).collect();
    let locals = format!("locals {{\n{chain}  a500 = true\n}}\n");
    let (deep, other) = (policy("deep", "host_ipc = local.a0"), policy("other", "host_ipc = local.a300"));
    let directory = tree(&[("main.tf", &format!("{locals}{deep}{other}"))]);
    assert!(podgate(directory.path(), &["scan"]).out.contains("1 finding, 1 undecided"));
}

#[test]
fn a_million_instances_by_key() {
    let text = policy("x", "host_ipc = true").replace(
        "  spec",
        "  for_each = toset([for n in setproduct(range(1000), range(1000)) : jsonencode(n)])\n  spec",
    );
    let directory = tree(&[("main.tf", &text)]);
    assert!(podgate(directory.path(), &["scan"]).out.contains("1 undecided"));
}

#[test]
fn values_that_hold_each_other_without_end() {
    let mut text = "locals {\n  l0 = [1]\n}\n".to_owned();
    for n in 1..3_000 {
        text += &format!("locals {{\n  l{n} = [local.l{}]\n}}\n", n - 1);
        text += &policy(&format!("p{n}"), &format!("host_ipc = local.l{n} == [jsonencode(local.l{n})]"));
    }
    let directory = tree(&[("main.tf", &text)]);
    let scanned = podgate(directory.path(), &["scan", "-o", "sarif"]);
    assert_eq!(scanned.code, 0, "{}", scanned.err);
    assert!(scanned.out.contains("it holds values more than 600 levels deep, which is podgate's limit"));
}

#[test]
fn modules_that_call_each_other() {
    let directory = tree(&[]);
    for from in 0..40 {
        let calls = (0..40).filter(|to| *to != from);
        let calls: String = calls.map(|to| format!("module \"m{to}\" {{\n  source = \"../m{to}\"\n}}\n")).collect();
        let text = calls + &policy("x", "host_ipc = true");
        crate::support::write(directory.path(), &format!("m{from}/main.tf"), text.as_bytes());
    }
    let scanned = podgate(directory.path(), &["scan", "-o", "sarif"]);
    // Terraform plans nothing of this, and each call that closes a circle is named, with the circle.
    assert_eq!(scanned.code, 3, "{}", scanned.err);
    assert_eq!(scanned.out.matches("\"ruleId\"").count(), 0);
    assert!(scanned.out.contains("the module `m0` calls itself (m0 -> m1 -> m0)"));
    assert!(scanned.out.contains("the module `m2` calls itself (m0 -> m1 -> m2 -> m0)"));
    assert!(scanned.out.contains("and further modules create is not known."));
}
