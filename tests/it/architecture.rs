//! The house: imports go down only, and only the rooms that own a crate or a door name it.
//!
//! The sources are read as tokens, so that comments and strings do not count and macros do.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};

/// The floor of every room at the top of `src`. `main` stands above all and uses the command line only.
const FLOORS: [(&str, u8); 16] = [
    ("error", 0),
    ("source", 0),
    ("hcl", 1),
    ("terraform", 2),
    ("rule", 3),
    ("rules", 4),
    ("fingerprint", 5),
    ("report", 5),
    ("discover", 6),
    ("scan", 6),
    ("output", 6),
    ("cli", 7),
    ("lib", 8),
    ("main", 8),
    // Crates of ours that are named from outside.
    ("podgate", 8),
    ("tests", 9),
];

/// Rooms of one floor that may use each other all the same: a scan starts with discovery.
const NEIGHBOURS: [(&str, &str); 1] = [("scan", "discover")];

/// What only some rooms may name, and which: a path is matched as it stands in the code.
const DOORS: [(&str, &[&str]); 12] = [
    ("hcl_edit", &["hcl/expression/"]),
    // hcl-rs, for whole files as plain data. `lib` declares our own room of that name.
    ("hcl", &["scan/locks", "lib"]),
    ("clap", &["cli/"]),
    ("miette", &["output/human/", "cli/"]),
    ("serde_sarif", &["output/sarif/"]),
    ("quick_xml", &["output/junit"]),
    ("ignore", &["discover/"]),
    ("std::fs", &["source/read", "cli/deliver", "cli/staged"]),
    ("println", &[]),
    ("eprintln", &[]),
    ("print", &[]),
    ("eprint", &[]),
];

/// A use of something by a file.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Violation {
    path: String,
    line: usize,
    what: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "src/{}:{}: {}", self.path, self.line, self.what)
    }
}

/// A path in the code: its segments, and its line.
struct Mention {
    segments: Vec<String>,
    line: usize,
    is_macro: bool,
}

#[test]
fn the_house_stands() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let files = rust_files(&source);
    assert!(files.len() > 25, "the sources are there");
    let violations = files.iter().flat_map(|path| {
        let name = path.strip_prefix(&source).expect("a source").to_str().expect("a name in UTF-8");
        violations(name, &std::fs::read_to_string(path).expect("a source"))
    });
    let violations: Vec<String> = violations.map(|violation| violation.to_string()).collect();
    assert!(violations.is_empty(), "\n{}", violations.join("\n"));
}

#[test]
fn a_planted_violation_is_seen() {
    let planted = [
        ("source/span.rs", "use crate::hcl::outline::Outline;", "upwards"),
        ("hcl/outline/mod.rs", "fn f() { crate::terraform::Module::new(); }", "upwards"),
        ("hcl/outline/mod.rs", "use crate::{source::Span, rule::Rule};", "upwards"),
        ("terraform/value.rs", "use super::super::rules;", "upwards"),
        ("output/sarif.rs", "use crate::scan::Scan;", "its own floor"),
        ("discover/mod.rs", "fn f() { vec![crate::scan::x()]; }", "its own floor"),
        ("terraform/evaluate.rs", "use hcl_edit::expr::Expression;", "hcl_edit"),
        ("scan.rs", "fn f() { let x = ::clap::Command::new(); }", "clap"),
        ("report.rs", "use miette::Diagnostic;", "miette"),
        ("output/human/mod.rs", "use serde_sarif::sarif::Run;", "serde_sarif"),
        ("scan.rs", "use std::fs;", "std::fs"),
        ("scan.rs", "use std::{fs::File, io};", "std::fs"),
        ("scan.rs", "fn f() { println!(\"x\"); }", "println"),
        ("new_room.rs", "", "no floor"),
    ];
    for (path, code, what) in planted {
        let seen = violations(path, code);
        assert!(seen.iter().any(|violation| violation.what.contains(what)), "{path}: {code}: {seen:?}");
    }
    let sound = [
        ("terraform/value.rs", "// use crate::scan\nconst X: &str = \"crate::cli println!\";"),
        (
            "terraform/value.rs",
            "use crate::hcl::outline::Body; use super::module::Module; fn print() { self.print(); }",
        ),
        ("hcl/expression/convert.rs", "use hcl_edit::expr;"),
        ("scan.rs", "use crate::discover::Request; #[cfg(test)] mod tests { use super::*; use std::fs; }"),
    ];
    for (path, code) in sound {
        assert_eq!(violations(path, code), [], "{path}: {code}");
    }
}

#[test]
fn files_are_of_a_size_to_be_read() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for path in rust_files(&source) {
        let text = std::fs::read_to_string(&path).expect("a source");
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        let lines = code.lines().count();
        assert!(lines <= 450, "{} has {lines} lines", path.display());
        assert!(text.starts_with("//!"), "{} does not say what it is for", path.display());
    }
}

fn rust_files(directory: &Path) -> Vec<PathBuf> {
    let walk = ignore::WalkBuilder::new(directory).standard_filters(false).build();
    let paths = walk.map(|entry| entry.expect("an entry").into_path());
    paths.filter(|path| path.extension().is_some_and(|extension| extension == "rs")).collect()
}

/// What a file does that its room must not.
fn violations(path: &str, code: &str) -> Vec<Violation> {
    let violation = |line: usize, what: String| Violation { path: path.to_owned(), line, what };
    let room = path.split('/').next().unwrap_or(path).trim_end_matches(".rs");
    let Some(floor) = floor(room) else { return vec![violation(1, format!("`{room}` has no floor"))] };
    let tokens = TokenStream::from_str(code).unwrap_or_else(|error| panic!("{path}: {error}"));
    let mut mentions = Vec::new();
    collect(tokens, &[], &mut mentions);
    let mut violations = Vec::new();
    for mention in mentions {
        if let Some(what) = upward(room, floor, &absolute(path, &mention)) {
            violations.push(violation(mention.line, what));
        }
        if let Some(door) = closed_door(path, &mention) {
            violations.push(violation(mention.line, format!("`{door}` is not for this room")));
        }
    }
    violations
}

fn floor(room: &str) -> Option<u8> {
    FLOORS.iter().find(|(name, _)| *name == room).map(|(_, floor)| *floor)
}

/// The segments of a mention, `super` resolved.
fn absolute(path: &str, mention: &Mention) -> Vec<String> {
    let mut module: Vec<String> = path.trim_end_matches(".rs").split('/').map(str::to_owned).collect();
    module.retain(|segment| segment != "mod");
    let supers = mention.segments.iter().take_while(|segment| *segment == "super").count();
    if supers == 0 {
        return mention.segments.clone();
    }
    module.truncate(module.len().saturating_sub(supers));
    let rest = mention.segments[supers..].iter().cloned();
    std::iter::once("crate".to_owned()).chain(module).chain(rest).collect()
}

/// Why a path into our own crate must not be named by a room.
fn upward(room: &str, floor: u8, segments: &[String]) -> Option<String> {
    let [root, target, ..] = segments else { return None };
    if root != "crate" || target == room {
        return None;
    }
    let above = self::floor(target)?;
    if above > floor {
        Some(format!("`{room}` (floor {floor}) imports upwards from `{target}` (floor {above})"))
    } else if above == floor && !NEIGHBOURS.contains(&(room, target)) {
        Some(format!("`{room}` imports from `{target}` on its own floor"))
    } else {
        None
    }
}

/// The door that a mention goes through although the room has no key to it.
fn closed_door(path: &str, mention: &Mention) -> Option<&'static str> {
    let written = mention.segments.join("::");
    let (door, _) = DOORS.iter().find(|(door, rooms)| {
        let through = written == *door || written.starts_with(&format!("{door}::"));
        let is_print = door.ends_with("print") || door.ends_with("println");
        through && (!is_print || mention.is_macro) && !rooms.iter().any(|room| path.starts_with(room))
    })?;
    Some(door)
}

/// Collects the paths of a token stream, those in groups of a `use` with what stands before the group. Modules of
/// tests are left out.
fn collect(tokens: TokenStream, prefix: &[String], mentions: &mut Vec<Mention>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut at = 0;
    let mut segments: Vec<String> = prefix.to_vec();
    let mut line = 0;
    let mut flush = |segments: &mut Vec<String>, line: usize, is_macro: bool| {
        if segments.len() > prefix.len() {
            mentions.push(Mention { segments: segments.clone(), line, is_macro });
        }
        *segments = prefix.to_vec();
    };
    let mut groups = Vec::new();
    while at < tokens.len() {
        match &tokens[at] {
            TokenTree::Ident(ident) => {
                if !joined(&tokens, at) {
                    flush(&mut segments, line, false);
                }
                segments.push(ident.to_string());
                line = ident.span().start().line;
                if matches!(tokens.get(at + 1), Some(TokenTree::Punct(mark)) if mark.as_char() == '!') {
                    flush(&mut segments, line, true);
                }
            }
            TokenTree::Group(group) if joined(&tokens, at) && group.delimiter() == Delimiter::Brace => {
                groups.push((group.stream(), segments.clone()));
                segments = prefix.to_vec();
            }
            TokenTree::Group(group) => {
                flush(&mut segments, line, false);
                if !is_test_module(&tokens, at) {
                    groups.push((group.stream(), Vec::new()));
                }
            }
            TokenTree::Punct(mark) if mark.as_char() == ':' => {}
            _ => flush(&mut segments, line, false),
        }
        at += 1;
    }
    flush(&mut segments, line, false);
    for (stream, prefix) in groups {
        collect(stream, &prefix, mentions);
    }
}

/// Whether `::` stands in front of a token.
fn joined(tokens: &[TokenTree], at: usize) -> bool {
    let colon = |index: usize| matches!(&tokens[index], TokenTree::Punct(mark) if mark.as_char() == ':');
    let first = |index: usize| matches!(&tokens[index], TokenTree::Punct(mark) if mark.spacing() == Spacing::Joint);
    at >= 2 && colon(at - 1) && colon(at - 2) && first(at - 2)
}

/// Whether the group at `at` is the body of `mod tests`.
fn is_test_module(tokens: &[TokenTree], at: usize) -> bool {
    let word = |index: usize, word: &str| matches!(&tokens[index], TokenTree::Ident(ident) if ident == word);
    at >= 2 && word(at - 1, "tests") && word(at - 2, "mod")
}
