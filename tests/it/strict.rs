//! Nothing that Terraform refuses is passed over in silence: it is an error with its place, and the policy that it might
//! hide is found all the same.

use podgate::source::{Level, Place};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use crate::support::agreement::outline_of;
use crate::support::{podgate, policy, scan_directory, tree};

/// What a scan of a text comes to.
#[derive(Debug)]
struct Scanned {
    /// Where findings stand: offsets of the file.
    findings: Vec<usize>,
    /// The messages of errors that point at the file.
    errors: Vec<String>,
}

fn scanned(text: &str) -> Scanned {
    let scan = scan_directory(tree(&[("main.tf", text)]).path());
    let errors = scan.report.notifications.iter().filter(|note| note.level == Level::Error);
    let errors = errors.filter(|note| matches!(note.place, Place::Span(_))).map(|note| note.message.clone());
    let findings = scan.report.findings.iter().map(|finding| finding.site.span.start as usize);
    Scanned { findings: findings.collect(), errors: errors.collect() }
}

/// Checks that the policy in a text is found at its place, and that the file has an error in any case.
#[track_caller]
fn found_and_said(text: &str) {
    let at = text.find("host_ipc = true").expect("the policy is bad");
    let scanned = scanned(text);
    assert!(scanned.findings.contains(&at), "not found at {at}: {scanned:?}\n{text}");
    assert!(!scanned.errors.is_empty(), "{text}");
    said(&text.replace("host_ipc = true", "host_ipc = false"));
}

/// Checks that a text has an error, and no finding.
#[track_caller]
fn said(text: &str) {
    let scanned = scanned(text);
    assert!(scanned.findings.is_empty() && !scanned.errors.is_empty(), "{scanned:?}\n{text}");
}

#[test]
fn an_argument_ends_at_the_end_of_its_line() {
    for line in [
        "privileged = false host_ipc = true",
        "privileged = false, host_ipc = true",
        "privileged = false; host_ipc = true",
        "privileged = false /* a\n b */ host_ipc = true",
        "privileged = var.p host_ipc = true",
        "privileged = \"${var.p}\" host_ipc = true",
        "privileged = f(1)[0].x host_ipc = true",
        "privileged = [1] host_ipc = true",
        "privileged = {} host_ipc = true",
        "privileged = a ? b : c host_ipc = true",
        "privileged = <<E host_ipc = true",
        "privileged = host_ipc = true",
        "privileged = host_ipc = true, x = 1",
        "privileged = ! host_ipc = true",
        "privileged = false && host_ipc = true",
        "privileged = 1 2 host_ipc = true",
        "privileged = a.* host_ipc = true",
        "privileged = a.b host_ipc = true",
        "privileged = (a b) host_ipc = true",
        "privileged = , host_ipc = true",
        "privileged = 1) host_ipc = true",
        "host_ports {} host_ipc = true",
        "host_ports { min = 1 } host_ipc = true",
        "host_ports { min = 1 max = 2 } host_ipc = true",
        ", host_ipc = true",
        "; host_ipc = true",
    ] {
        found_and_said(&policy("p", line));
    }
}

#[test]
fn a_brace_behind_an_argument_may_close_its_block_or_not() {
    let header = "resource \"kubernetes_pod_security_policy\" \"p\" {";
    for body in [
        "metadata {\n name = \"x\"}\n spec {\n host_ipc = true\n }\n}",
        "spec {\n privileged = false}\n host_ipc = true\n }\n}",
        "spec {\n privileged = false }\n host_ipc = true }\n}",
        "spec { host_ipc = true\n }\n}",
        "spec { privileged = false\n host_ipc = true\n }\n}",
        "spec { privileged = false, host_ipc = true }\n}",
        "spec { host_ports {} \n host_ipc = true }\n}",
        "count = 1 spec {\n host_ipc = true\n }\n}",
        "count = 1, spec {\n host_ipc = true\n }\n}",
        "metadata {} spec { host_ipc = true }\n}",
        "metadata { name = \"x\" } spec { host_ipc = true }\n}",
        "spec = {\n host_ipc = false\n }\n spec : {\n host_ipc = true\n }\n}",
    ] {
        found_and_said(&format!("{header}\n{body}\n"));
        found_and_said(&format!("{header} {body}\n"));
    }
}

#[test]
fn a_policy_is_found_wherever_it_stands() {
    let bad = policy("p", "host_ipc = true");
    for (before, behind) in [
        ("x = ", ""),
        ("x = 1 ", ""),
        ("x = 1, ", ""),
        ("x = 1 + ", ""),
        ("locals {\n x = 1 ", "}"),
        ("locals {\n x = ", "}"),
        ("locals {\n", "}"),
        ("locals {\n  ", "}"),
        ("locals { ", "}"),
        ("locals {\n x = [", "]\n}"),
        ("locals {\n x = [1, ", "]\n}"),
        ("locals {\n x = [\n", "]\n}"),
        ("locals {\n x = (\n  ", ")\n}"),
        ("locals {\n x = {\n  ", "}\n}"),
        ("locals {\n x = {a = ", "}\n}"),
        ("locals {\n x = f(a, ", ")\n}"),
        ("locals {\n x = a[", "]\n}"),
        ("locals {\n x = \"${", "}\"\n}"),
        ("locals {\n x = \"a ${ b ", "}\"\n}"),
        ("locals {\n x = \"%{ if ", "}%{ endif }\"\n}"),
        ("locals {\n x = <<E\n ${", "}\nE\n}"),
        ("locals {\n x = [for a in ", " : a]\n}"),
        ("module \"m\" {\n source = \"./m\"\n ", "}"),
        ("resource \"a\" \"b\" {\n c {\n ", "}\n}"),
        ("resource \"a\" \"b\" { ", "}"),
        ("( ", ")"),
        ("[", "]"),
        ("{", "}"),
        ("\"a\" = [", "]"),
        ("a b = {", "}"),
        ("a {} ", ""),
        ("a { b = 1 } ", ""),
        ("; ", ""),
        ("/* a\n */ x = 1 /* b\n */ ", ""),
    ] {
        found_and_said(&format!("{before}{}{behind}\n", bad.trim_end()));
        found_and_said(&format!("{before}{bad}{behind}\n"));
    }
    found_and_said(&bad.replace("\" {", "\" = {"));
    found_and_said(&bad.replace("\" {", "\" /* { */ : {"));
    found_and_said(&bad.replace("spec {", "spec: {"));
}

#[test]
fn a_carriage_return_alone_ends_no_line() {
    let sound = policy("p", "privileged = false\n    host_ipc = true");
    found_and_said(&sound.replace('\n', "\r"));
    found_and_said(&sound.replace("false\n", "false # a comment\n").replace('\n', "\r"));
    found_and_said(&sound.replacen("false\n", "false\r", 1));
    found_and_said(&sound.replacen("false\n", "false\r\r\n", 1));
    found_and_said(&sound.replacen("{\n", "{\r", 1));
    said(&policy("p", "privileged = \"a\rb\""));
    said(&policy("p", "privileged = <<E\na\rb\nE"));
    let comment = tree(&[("main.tf", &format!("# a comment\rof one line\n{}", policy("p", "host_ipc = false")))]);
    assert_eq!(podgate(comment.path(), &["scan"]).code, 0, "Terraform takes it");
}

#[test]
fn calls_and_manifests_that_share_a_line() {
    let module = "variable \"ipc\" {\n  default = false\n}\n".to_owned() + &policy("p", "host_ipc = var.ipc");
    for call in [
        "module \"m\" {\n source = \"./m\" ipc = true\n}\n",
        "module \"m\" {\n ipc = true source = \"./m\"\n}\n",
        "module \"m\" {\n ipc = true, source = \"./m\"\n}\n",
        "module \"m\" { source = \"./m\", ipc = true }\n",
        "locals {\n x = [ module \"m\" {\n source = \"./m\"\n ipc = true\n} ]\n}\n",
    ] {
        let directory = tree(&[("main.tf", call), ("m/main.tf", &module)]);
        let scanned = podgate(directory.path(), &["scan"]);
        assert_eq!(scanned.code, 1, "{call}\n{}", scanned.out);
        assert!(scanned.out.contains("[m/main.tf:6:5]") && scanned.out.contains("main.tf:"), "{}", scanned.out);
    }
    let document =
        "kind: PodSecurityPolicy\napiVersion: policy/v1beta1\nmetadata:\n  name: x\nspec:\n  hostIPC: true\n";
    let manifest =
        format!("resource \"kubectl_manifest\" \"p\" {{\n  wait = true, yaml_body = <<EOF\n{document}EOF\n}}\n");
    let directory = tree(&[("main.tf", &manifest)]);
    assert_eq!(podgate(directory.path(), &["scan"]).code, 1, "{manifest}");
}

#[test]
fn what_terraform_refuses_in_an_expression_is_said() {
    for expression in [
        "",
        "1 2",
        "a b",
        "a =",
        "a ? b",
        "a ? b : c : d",
        "[1 2]",
        "[,]",
        "{a = 1 b = 2}",
        "{a}",
        "{a = 1,, b = 2}",
        "f(1 2)",
        "f(,)",
        "f(a..., b)",
        "a[]",
        "a..b",
        "a.",
        "a.0.1",
        "1.2.3",
        "a.*.b.*.c",
        "a::b",
        "'a'",
        "a & b",
        "a;",
        "(a",
        "[for a : b]",
        "[for a in b : c => d]",
        "{for a in b : c}",
        "[for a in b : c...]",
        "(for a in b : c)",
        "\"${}\"",
        "\"${a b}\"",
        "\"\\q\"",
        "\"\\ud800\"",
        "\"%{ if a }\"",
        "\"%{ else }\"",
        "\"%{ endfor }\"",
        "\"%{ x }\"",
        "a => b",
        "!",
        "1 +",
        "a ~",
        "a[\n*]",
        "a[*\n]",
        "<<E\n\rE",
    ] {
        said(&policy("p", &format!("privileged = {expression}")));
    }
    // What nothing depends on does not matter, but for what could stand there instead.
    said(&format!("locals {{\n  x = a b\n}}\n{}", policy("p", "host_ipc = false")));
}

#[test]
fn what_terraform_takes_is_no_error() {
    let expressions = [
        "f (1)",
        "core :: f(1)",
        "- - !1",
        "{ a.b = 1 }",
        "1.e5",
        "a.*.b[0].*.c",
        "a.0.b",
        "b -c",
        "a ? b ? c : d : e ? f : g",
        "[\n1,\n]",
        "{\n a = 1\n\n b : 2,\n c = 3 }",
        "{a ? b : c : d}",
        "[for x in a ? b : c : d ? e : f]",
        "[for if in if : if if if]",
        "{\n# c\nfor x in y :\nx => x... if x }",
        "\"${~ a ~}%{~ if a ~}%{ else }%{ endif }\"",
        "\"%{ for a, b in c }%{ if a }%{ endif }%{ endfor }\"",
        "\"$ % $$ $${ %%{ \\u00e9 \\U0001f600\"",
        "\"${\na\n}\"",
        "<<E\n\\q $${x} ${a}\n E ",
        "(<<-E\n E\n)",
        "true /* a\n b */",
        "(a # b\n)",
        "a[*]",
        "a[\n0\n]",
        "f(a...)",
        "[for\nx in y : x]",
        "{ (a) = b, \"c${d}\" = e }",
        "a[0][\"b\"].c",
        "(a)[0]",
        "true ? \"${\"${\"a\"}\"}\" : null",
    ];
    let lines: Vec<String> = expressions.iter().enumerate().map(|(n, text)| format!("  x{n} = {text}\n")).collect();
    let sound = format!("locals {{\n{}}}\n", lines.concat());
    assert_eq!(outline_of(&sound).errors, [], "{sound}");
    for sound in [
        "a {\n}",
        "a { }",
        "a { b = 1 }",
        "a { /* x\ny */ b = 1 }",
        "a { b = [\n1\n] }",
        "a b \"c\" /* d */ {} # e",
        "\u{feff}a = 1\r\n",
        "check \"a\" {\n data \"b\" \"c\" {\n }\n}",
        "a {\n resource {\n }\n}",
        "terraform {\n x \"y\" {\n provider \"z\" {}\n }\n}",
        "a \"$${b} \\\" \\u00e9\" {}",
        "a = 1 # b",
        "/**/a = 1",
    ] {
        assert_eq!(outline_of(sound).errors, [], "{sound}");
    }
}

/// `tests/oracle/syntax.py` asked Terraform which of many texts are HCL.
#[test]
fn the_outline_has_errors_where_terraform_has() {
    let record = include_str!("../oracle/syntax.tsv");
    let mut wrong = Vec::new();
    for line in record.lines() {
        let (verdict, text) = line.split_once('\t').expect("a verdict and a text");
        let text: String = serde_json::from_str(text).expect("the text is JSON");
        let errors = outline_of(&text).errors;
        if errors.is_empty() != (verdict == "taken") {
            wrong.push(format!("{verdict} by Terraform: {text:?}: {errors:?}"));
        }
    }
    assert!(record.lines().count() > 1_500, "the record is there");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What stands between the pieces of a policy instead of line ends.
const SEPARATORS: [&str; 12] =
    ["\n", "\n", " ", ", ", "; ", "", "\r", "\r\n", " /* a */ ", " /* a\n b */ ", " # a\n", "\t"];

/// What is put around a policy.
const WRAPPERS: [(&str, &str); 20] = [
    ("x = ", ""),
    ("x = 1 ", ""),
    ("locals {\n x = 1, ", "\n}"),
    ("locals {\n", "\n}"),
    ("locals { ", " }"),
    ("locals {\n x = [", "]\n}"),
    ("locals {\n x = (", ")\n}"),
    ("locals {\n x = {\n", "\n}\n}"),
    ("locals {\n x = { a = ", " }\n}"),
    ("locals {\n x = \"${", "}\"\n}"),
    ("locals {\n x = <<E\n${", "}\nE\n}"),
    ("module \"m\" {\n", "\n}"),
    ("resource \"a\" \"b\" {\n c {\n", "\n}\n}"),
    ("(", ")"),
    ("[", "]"),
    ("; ", " ;"),
    ("a {} ", " b {}"),
    ("a { b = 1 } ", " c { d = 1 }"),
    ("a b = {\n", "\n}"),
    ("/* a\n */ ", " /* b\n */"),
];

/// A bad policy whose pieces stand together as it pleases the dice.
fn rearranged() -> impl Strategy<Value = String> {
    let pieces = [
        "resource \"kubernetes_pod_security_policy\" \"p\" {",
        "metadata {",
        "name = \"x\"",
        "}",
        "spec {",
        "privileged = false",
        "host_ipc = true",
        "volumes = [\"a\"]",
        "}",
        "}",
    ];
    let separators = vec(prop_oneof![2 => Just("\n"), 1 => select(&SEPARATORS[..])], pieces.len());
    (separators, vec(select(&WRAPPERS[..]), 0..3)).prop_map(move |(separators, wrappers)| {
        let policy: String =
            pieces.iter().zip(separators).map(|(piece, separator)| format!("{piece}{separator}")).collect();
        wrappers.iter().fold(policy, |text, (before, behind)| format!("{before}{text}{behind}\n"))
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_arrangement_hides_a_policy(text in rearranged()) {
        let at = text.find("host_ipc = true").expect("the policy is bad");
        let scanned = scanned(&text);
        let found = scanned.findings.contains(&at);
        prop_assert!(found || !scanned.errors.is_empty(), "neither found nor said");
        prop_assert!(!found || outline_of(&text).errors.is_empty() == scanned.errors.is_empty(), "{:?}", scanned);
    }
}
