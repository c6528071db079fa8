//! What podgate takes for input that is made to take for ever: time of the processor and peak memory, as the table of `docs/limits.md`.
//!
//! `cargo bench --bench bombs`; with a part of a name behind `--`, only what has it in its name.

#![allow(clippy::print_stdout, clippy::disallowed_methods, reason = "a bench writes, runs and reports on its own")]
#![allow(clippy::format_collect, reason = "what is made is small, and is not measured")]

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

/// For every function the call that takes longest.
const CALLS: &str = include_str!("../src/terraform/functions/bombs.tsv");

/// As many policies ask for a call of a function: together they come to the limit of a root module.
const POLICIES: usize = 20;

/// What a run of podgate took.
struct Taken {
    /// Time of the processor: that of the clock depends on what else the machine does.
    seconds: f64,
    /// Peak memory, in megabytes.
    memory: f64,
    /// Bytes of what was scanned.
    size: u64,
}

fn policy(name: &str, expression: &str) -> String {
    format!(
        "resource \"kubernetes_pod_security_policy\" \"{name}\" {{\n  spec {{\n    host_ipc = {expression}\n  }}\n}}\n"
    )
}

fn write(directory: &Path, name: &str, text: &str) {
    let path = directory.join(name);
    std::fs::create_dir_all(path.parent().expect("a directory")).expect("a directory");
    std::fs::write(path, text).expect("a file");
}

fn size(directory: &Path) -> u64 {
    let entries = std::fs::read_dir(directory).expect("a directory").flatten();
    entries
        .map(|entry| if entry.path().is_dir() { size(&entry.path()) } else { entry.metadata().map_or(0, |m| m.len()) })
        .sum()
}

/// Scans a directory with the program.
fn scan(directory: &Path) -> Taken {
    let run = Command::new("/usr/bin/time")
        .args(["-f", "%U %S %M", env!("CARGO_BIN_EXE_podgate"), "scan", "-q", "-o", "sarif", "--root"])
        .args([directory, directory])
        .output()
        .expect("GNU time is installed");
    assert!(matches!(run.status.code(), Some(0..=3)), "{}: {}", run.status, String::from_utf8_lossy(&run.stderr));
    let said = String::from_utf8_lossy(&run.stderr).into_owned();
    let figures = said.lines().last().unwrap_or_default().split(' ').map(|figure| figure.parse().unwrap_or(f64::NAN));
    let [user, system, kilobytes] = *figures.collect::<Vec<f64>>() else { panic!("GNU time says {said}") };
    Taken { seconds: user + system, memory: kilobytes / 1024.0, size: size(directory) }
}

/// The names that calls of functions use, all of them of so many elements.
fn locals(elements: usize) -> String {
    let lists = elements.div_ceil(100);
    format!(
        "locals {{\n  lists = [for a in range({lists}) : range(100)]\n  list = flatten(local.lists)\n  \
         texts = [for n in local.list : \"x\\u0301${{n}}b\"]\n  objects = [for n in local.list : {{ a = n, b = \"x${{n}}\" }}]\n  \
         map = {{ for at, n in local.list : \"k${{at}}\" => [\"a${{n}}\"] }}\n  truths = [for n in local.list : n >= 0]\n  \
         number = 1e-200 / 7\n  digits = \"{}\"\n  text = join(\"\", local.texts)\n  lines = join(\"\\n\", local.texts)\n  \
         plain = join(\"\", local.list)\n  separator = local.plain\n  base64 = base64encode(local.text)\n  \
         json = \"[${{join(\",\", local.list)}}]\"\n  yaml = local.json\n  csv = \"a\\n${{join(\"\\n\", local.list)}}\"\n  \
         template = \"$${{x}}${{local.plain}}\"\n}}\n",
        "123456789".repeat(100)
    )
}

/// A directory in which policies call a function a million times, with arguments of so many elements.
fn calling(directory: &Path, name: &str, call: &str, elements: usize) {
    let loops = format!(
        "length([for a in range(1000) : [for b in range(1000) : [for n in [a * 1000 + b] : can({call})]]]) == 1"
    );
    let policies: String = (0..POLICIES).map(|n| policy(&format!("p{n}"), &loops)).collect();
    write(directory, "main.tf", &(locals(elements) + &policies));
    write(directory, "data.txt", &"x\u{301}b1".repeat(elements));
    for n in 0..if name == "fileset" { elements.min(10_000) } else { 0 } {
        write(directory, &format!("files/d{}/{n}abcd.txt", n % 7), "");
    }
}

/// `n` modules of which each calls all others, and of which the first has a policy.
fn all_to_all(directory: &Path, n: usize) {
    for from in 0..n {
        let calls = (0..n).filter(|to| *to != from);
        let calls = calls.map(|to| format!("module \"m{to}\" {{\n  source = \"../m{to}\"\n}}\n"));
        let text = calls.collect::<String>() + &policy("x", "true");
        write(directory, &format!("m{from}/main.tf"), &text);
    }
}

/// As many levels of modules, at each of which the next one is called so often, with another input each time.
fn fan(directory: &Path, levels: usize, calls: usize) {
    for level in 0..levels {
        let call = |n: usize| {
            format!("module \"c{n}\" {{\n  source = \"../l{}\"\n  x      = \"${{var.x}}{n}\"\n}}\n", level + 1)
        };
        let text = "variable \"x\" {\n  default = \"\"\n}\n".to_owned() + &(0..calls).map(call).collect::<String>();
        write(directory, &format!("l{level}/main.tf"), &text);
    }
    let leaf = "variable \"x\" {\n}\n".to_owned() + &policy("x", "var.x == \"\"");
    write(directory, &format!("l{levels}/main.tf"), &leaf);
}

/// As many levels of modules, each called with so many instances, down to one with as many policies.
fn instances(directory: &Path, levels: usize, count: usize, policies: usize) {
    for level in 0..levels {
        let text = format!("module \"m\" {{\n  source = \"../l{}\"\n  count  = {count}\n}}\n", level + 1);
        write(directory, &format!("l{level}/main.tf"), &text);
    }
    let leaf: String =
        (0..policies).map(|n| policy(&format!("p{n}"), "true").replace("  spec", "  count = 1000\n  spec")).collect();
    write(directory, &format!("l{levels}/main.tf"), &leaf);
}

/// Names that hold as much as a value may, as many as there are.
fn kept(directory: &Path, names: usize) {
    let text: String = (0..names)
        .map(|n| format!("locals {{\n  l{n} = [for a in range(300) : [for b in range(300) : b + {n}]]\n}}\n"))
        .chain((0..names).map(|n| policy(&format!("p{n}"), &format!("local.l{n}[0][0] == -1"))))
        .collect();
    write(directory, "main.tf", &text);
}

/// Locals of which each holds the one before, asked for in order.
fn nested(directory: &Path, names: usize) {
    let mut text = "locals {\n  l0 = [1]\n}\n".to_owned();
    for n in 1..names {
        write!(text, "locals {{\n  l{n} = [local.l{}]\n}}\n", n - 1).expect("text");
        text += &policy(&format!("p{n}"), &format!("jsonencode(local.l{n}) == \"\""));
    }
    write(directory, "main.tf", &text);
}

/// A name, and what makes a directory of it.
type Bomb = (String, Box<dyn Fn(&Path)>);

fn bomb(name: impl Into<String>, make: impl Fn(&Path) + 'static) -> Bomb {
    (name.into(), Box::new(make))
}

/// A file of policies, of which the expression stands behind some locals.
fn of_expression(name: &str, locals: String, expression: String) -> Bomb {
    bomb(name, move |directory| write(directory, "main.tf", &(locals.clone() + &policy("x", &expression))))
}

/// Trees of modules.
fn of_modules() -> Vec<Bomb> {
    vec![
        bomb("30 modules that call each other", |directory| all_to_all(directory, 30)),
        bomb("100 modules that call each other", |directory| all_to_all(directory, 100)),
        bomb("300 modules that call each other", |directory| all_to_all(directory, 300)),
        bomb("200 modules, each called by the one before", |directory| fan(directory, 200, 1)),
        bomb("10 calls with other inputs at each of 8 levels", |directory| fan(directory, 8, 10)),
        bomb("1,000 instances at each of 3 levels, of 100 policies of 1,000", |directory| {
            instances(directory, 3, 1000, 100);
        }),
        bomb("8,000 calls of a missing module", |directory| {
            let call = |n: usize| format!("module \"m{n}\" {{\n  source = \"../x{n}\"\n}}\n");
            write(directory, "a/main.tf", &((0..8_000).map(call).collect::<String>() + &policy("x", "false")));
            write(directory, "b/main.tf", "module \"a\" {\n  source = \"../a\"\n}\n");
        }),
    ]
}

/// Values that are many, deep, or asked for often.
fn of_values() -> Vec<Bomb> {
    vec![
        bomb("500 names of 90,000 values each", |directory| kept(directory, 500)),
        bomb("5,000 values, each in the next", |directory| nested(directory, 5_000)),
        bomb("10,000 policies of 1,000 instances each", |directory| {
            let policy = |n| policy(&format!("p{n}"), "true").replace("  spec", "  count = 1000\n  spec");
            write(directory, "main.tf", &(0..10_000).map(policy).collect::<String>());
        }),
        bomb("10,000 policies for each of 9,000 keys", |directory| {
            let policy = |n| policy(&format!("p{n}"), "true").replace("  spec", "  for_each = local.keys\n  spec");
            let keys = "locals {\n  keys = { for n in setproduct(range(30), range(300)) : jsonencode(n) => n }\n}\n";
            write(directory, "main.tf", &(keys.to_owned() + &(0..10_000).map(policy).collect::<String>()));
        }),
    ]
}

/// Small texts that stand for much, and what is deep or wide.
fn of_texts() -> Vec<Bomb> {
    let laughs: String = (1..60).map(|n| format!("a{n}: &a{n} [*a{m}, *a{m}]\\n", m = n - 1)).collect();
    let merged = format!(
        "{{x: &a {{{}}}, {}}}",
        (0..3_000).map(|n| format!("k{n}: 1, ")).collect::<String>(),
        "y: {<<: *a}, ".repeat(3_000)
    );
    let keys: String = (0..40_000).map(|n| format!("    k{n} = {n}\n")).collect();
    vec![
        of_expression(
            "lists that double 60 times",
            doubling("[1, 1]", |n| format!("[local.l{n}, local.l{n}]")),
            "length(flatten(local.l60)) > 3".to_owned(),
        ),
        of_expression(
            "texts that double 60 times",
            doubling("\"xxxxxxxx\"", |n| format!("\"${{local.l{n}}}${{local.l{n}}}\"")),
            "local.l60 == \"\"".to_owned(),
        ),
        bomb("long numbers as text, in a double loop", |directory| {
            let loops = "length([for a in range(1000) : [for b in range(1000) : can(\"${local.number * b}\")]]) == 1";
            let policies: String = (0..POLICIES).map(|n| policy(&format!("p{n}"), loops)).collect();
            write(directory, "main.tf", &("locals {\n  number = 1e-900 / 7\n}\n".to_owned() + &policies));
        }),
        of_expression(
            "YAML that doubles 60 times",
            String::new(),
            format!("length(yamldecode(\"a0: &a0 [lol, lol]\\n{laughs}\")) > 3"),
        ),
        of_expression(
            "YAML that merges 3,000 keys 3,000 times",
            String::new(),
            format!("length(yamldecode(\"{merged}\")) > 3"),
        ),
        of_expression(
            "a list 5,000 levels deep",
            String::new(),
            format!("{}{} == 1", "[".repeat(5_000), "]".repeat(5_000)),
        ),
        of_expression(
            "5,000 levels of JSON",
            String::new(),
            format!("jsondecode(\"{}{}\") == 1", "[".repeat(5_000), "]".repeat(5_000)),
        ),
        of_expression("200,000 splats", String::new(), format!("[true]{}", "[*]".repeat(200_000))),
        of_expression(
            "40,000 keys in an object",
            format!("locals {{\n  o = {{\n{keys}  }}\n}}\n"),
            "local.o.k1 == 2".to_owned(),
        ),
    ]
}

/// Files of one long line.
fn of_lines() -> Vec<Bomb> {
    let line: String = (0..40_000).map(|n| format!("\"k{n}\":{n},")).collect();
    vec![
        bomb("10,000 findings on one line of JSON", |directory| {
            let policies: String =
                (0..10_000).map(|n| format!("\"p{n}\":{{\"spec\":{{\"host_ipc\":true}}}},")).collect();
            let text = format!(
                "{{\"resource\":{{\"kubernetes_pod_security_policy\":{{{}}}}}}}",
                policies.trim_end_matches(',')
            );
            write(directory, "main.tf.json", &text);
        }),
        bomb("a line of JSON of 40,000 keys", move |directory| {
            let policy =
                "{\"kubernetes_pod_security_policy\":{\"x\":{\"spec\":{\"host_ipc\":\"${local.o.k1 == 2}\"}}}}";
            let text = format!("{{\"locals\":{{\"o\":{{{}}}}},\"resource\":{policy}}}", line.trim_end_matches(','));
            write(directory, "main.tf.json", &text);
        }),
    ]
}

fn doubling(start: &str, double: impl Fn(usize) -> String) -> String {
    let doubled: String = (0..60).map(|n| format!("  l{} = {}\n", n + 1, double(n))).collect();
    format!("locals {{\n  l0 = {start}\n{doubled}}}\n")
}

/// Every function, with few and with many elements.
fn of_functions() -> Vec<Bomb> {
    let mut bombs = Vec::new();
    for line in CALLS.lines().filter(|line| !line.starts_with('#')) {
        let (name, call) = line.split_once('\t').expect("a name and a call");
        for elements in [100, 10_000] {
            let title = format!("`{name}` in a double loop, {elements} elements");
            bombs.push(bomb(title, move |directory| calling(directory, name, call, elements)));
        }
    }
    bombs
}

fn main() {
    let wanted: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    println!("| input | bytes | seconds | peak memory, MB |\n|---|---|---|---|");
    let (mut longest, mut largest) = (0.0f64, 0.0f64);
    for (name, make) in
        of_modules().into_iter().chain(of_values()).chain(of_texts()).chain(of_lines()).chain(of_functions())
    {
        if !wanted.is_empty() && !wanted.iter().any(|wanted| name.contains(wanted.as_str())) {
            continue;
        }
        let directory = tempfile::tempdir().expect("a temporary directory");
        make(directory.path());
        let Taken { seconds, memory, size } = scan(directory.path());
        println!("| {name} | {size} | {seconds:.2} | {memory:.0} |");
        (longest, largest) = (longest.max(seconds), largest.max(memory));
    }
    println!("\nThe longest took {longest:.2} s, the largest {largest:.0} MB.");
}
