//! Generators of HCL: sound files, and heaps of tokens that are mostly not.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

/// Pieces that texts are made of where HCL is easily misread.
const TOKENS: [&str; 48] = [
    "resource", "a", "spec", "host_ipc", "=", "==", "=>", "{", "}", "{", "}", "(", ")", "[", "]", "\"", "\"x\"",
    "\"${", "}\"", "${", "%{", "$${", "%%{", "~}", "\\\"", "\\", "#", "//", "/*", "*/", "<<EOT\n", "<<-EOT\n", "EOT",
    "\nEOT\n", "\n", "\r\n", "\n", " ", "\t", "1", "true", ",", ".", "?", ":", "!", "é", "😀",
];

/// A heap of tokens.
pub fn tokens() -> impl Strategy<Value = String> {
    vec(select(&TOKENS[..]), 0..40).prop_map(|tokens| tokens.concat())
}

/// A file that is sound HCL.
pub fn file() -> impl Strategy<Value = String> {
    (any::<bool>(), any::<bool>(), body()).prop_map(|(mark, crlf, body)| {
        let body = if crlf { body.replace('\n', "\r\n") } else { body };
        if mark { format!("\u{feff}{body}") } else { body }
    })
}

fn body() -> impl Strategy<Value = String> {
    let attributes = vec((blank(), expression(), trailing()), 0..4).prop_map(|attributes| {
        let lines = attributes.into_iter().enumerate();
        lines.map(|(n, (blank, value, end))| format!("{blank}a{n}{blank}={blank}{value}{end}\n")).collect::<String>()
    });
    attributes.prop_recursive(4, 24, 4, |inner| {
        vec((name(), vec(label(), 0..3), inner, trailing(), any::<bool>()), 0..4).prop_map(|blocks| {
            let mut text = String::new();
            for (kind, labels, body, end, one_line) in blocks {
                let header = format!("{kind} {}", labels.join(" "));
                if one_line {
                    text.push_str(&format!("{header} {{ a = \"}}\" }}{end}\n"));
                } else {
                    text.push_str(&format!("{header} {{{end}\n{body}\n}}{end}\n/* {{ */ # }} \"\n"));
                }
            }
            text
        })
    })
}

fn name() -> impl Strategy<Value = &'static str> {
    select(&["resources", "spec", "dynamic", "host-ipc", "größe", "_x", "locals"][..])
}

fn label() -> impl Strategy<Value = &'static str> {
    select(&["\"a\"", "bare", "\"with \\\"quotes\\\"\"", "\"$${x}\"", "\"\"", "\"\\u00e9{\"", "\"a}b\""][..])
}

fn blank() -> impl Strategy<Value = &'static str> {
    select(&[" ", "\t", "  ", " /* = { */ "][..])
}

fn trailing() -> impl Strategy<Value = &'static str> {
    select(&["", " ", " # } \"", " // ${", " /* \n } */", "\t/**/ # x"][..])
}

fn expression() -> impl Strategy<Value = String> {
    let literal = select(&LITERALS[..]).prop_map(str::to_owned);
    literal.prop_recursive(4, 16, 3, |inner| {
        let inner = || inner.clone();
        prop_oneof![
            vec(inner(), 0..3).prop_map(|elements| format!("[ # ]\n{}\n]", elements.join(",\n"))),
            inner().prop_map(|value| format!("{{\n \"k}}\" = {value}\n b : 1 // }}\n}}")),
            inner().prop_map(|value| format!("(\n{value}\n)")),
            inner().prop_map(|value| format!("f(1, /* ) */ {value}...)")),
            (inner(), inner()).prop_map(|(a, b)| format!("x.y[{a}].z == [{b}] ? !true : -1")),
            inner().prop_map(|value| format!("\"a${{ {value} }}b%{{ if true }}c%{{ else }}}}%{{ endif }}\"")),
            inner().prop_map(|value| format!("[for k, v in [{value}] : v if k != \"]\"]")),
            inner().prop_map(|value| format!("[<<-END\n  text }} \" ${{[{value}]}} ENDED\n   \n  END\n]")),
        ]
    })
}

const LITERALS: [&str; 14] = [
    "true",
    "null",
    "-1.5e3",
    "\"\"",
    "\"a\\\"b}\"",
    "\"$${x} %%{y} # // /* {\"",
    "\"${true}\"",
    "var.x",
    "a.0.b",
    "a[*].b",
    "\"😀\\\\\"",
    "(<<EOT\n  }\n \"{ EOT\nEOT\n)",
    "\"${\"${\"x\"}\"}\"",
    "1 < 2",
];
