//! Regular expressions, in the syntax of RE2 as Go implements it (<https://pkg.go.dev/regexp/syntax>).
//!
//! The crate `regex` has the same syntax but for a few details, and the same promise: one search takes at most the length
//! of the text times the size of the compiled pattern. That is what is charged, for every search: in `aaaa` the pattern
//! `.*b|a` finds four matches, and goes to the end of the text for each.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};

use regex::{Captures, Regex, RegexBuilder};

use super::super::limits::{MOST_PATTERN, MOST_TEXT};
use super::cost::of_text;
use super::{Call, Data, Evaluated, MOST_WEIGHT, Refusal, Value};

/// As many compiled patterns are kept: each holds some memory for the states of its search.
const MOST_KEPT: usize = 100;

/// The sizes of compiled patterns, in bytes, that are tried one after the other: what is charged is the size that is
/// enough.
const SIZES: [usize; 9] = [1 << 10, 1 << 11, 1 << 12, 1 << 13, 1 << 14, 1 << 16, 1 << 18, 1 << 20, MOST_PATTERN];

/// The regular expressions that were compiled. Looked up, never listed.
#[derive(Debug, Default)]
pub(in crate::terraform) struct Patterns(RefCell<HashMap<Box<str>, Pattern>>);

/// A compiled regular expression.
#[derive(Debug, Clone)]
struct Pattern {
    regex: Regex,
    /// How many bytes it takes at most.
    size: usize,
}

impl Pattern {
    /// What a search of so many bytes takes at most, in steps: for each byte all states, of about 32 bytes, of which each
    /// keeps where the groups are.
    fn steps(&self, bytes: usize) -> usize {
        let each = self.size / 32 * (1 + self.regex.captures_len() / 4);
        20 + (bytes + 1).saturating_mul(each) / 4
    }
}

/// What one dialect has and the other has not, or reads otherwise: repeated repetitions, flags other than Go's four,
/// operations of sets, escapes for code points, long names of classes, braces that count nothing.
fn is_dubious(pattern: &str) -> bool {
    let pairs = [
        "**", "*+", "+*", "++", "?*", "?+", "*{", "+{", "}*", "}+", "}{", "--", "&&", "~~", "\\u", "\\U", "\\<", "\\>",
        "(?x", "(?<",
    ];
    let flags = pattern.split("(?").skip(1).any(|behind| {
        let flags = behind.split([')', ':', '<', '=', '!', 'P']).next().unwrap_or_default();
        flags.contains(['x', 'u', 'R'])
    });
    let has_long_name =
        |behind: &str| behind.split('}').next().is_some_and(|name| name.trim_start_matches('^').len() > 2);
    let classes = ["\\p{", "\\P{"].iter().any(|start| pattern.split(start).skip(1).any(has_long_name));
    let braces = pattern.split('{').skip(1).any(|behind| {
        let count = behind.split('}').next().unwrap_or_default();
        !count.starts_with(|c: char| c.is_ascii_digit())
            && !count.starts_with(|c: char| c.is_ascii_uppercase() || c == '^')
    });
    flags || classes || braces || pairs.iter().any(|pair| pattern.contains(pair))
}

/// A pattern, or why it is not known what it matches.
fn compiled(call: &Call<'_>, pattern: &str) -> Result<Result<Pattern, Value>, Refusal> {
    if let Some(known) = call.patterns.0.borrow().get(pattern) {
        return Ok(Ok(known.clone()));
    }
    if let Err(unknown) = call.spend(steps_of_reading(pattern)) {
        return Ok(Err(unknown));
    }
    if is_dubious(pattern) {
        return Ok(Err(
            call.unknown("it depends on a regular expression that podgate does not read in the way Go does")
        ));
    }
    if repeats_too_often(pattern) {
        return call.refused("this regular expression");
    }
    let compiled = match built(call, &translated(pattern))? {
        Ok(pattern) => pattern,
        Err(unknown) => return Ok(Err(unknown)),
    };
    let named = compiled.regex.capture_names().skip(1).flatten().count();
    if named > 0 && named + 1 < compiled.regex.captures_len() && call.name != "replace" {
        return call.refused("a mix of named and unnamed groups");
    }
    let mut known = call.patterns.0.borrow_mut();
    if known.len() >= MOST_KEPT {
        known.clear();
    }
    known.insert(pattern.into(), compiled.clone());
    Ok(Ok(compiled))
}

/// What it takes to read a pattern, in steps: a class may stand for all letters there are, and in either case.
fn steps_of_reading(pattern: &str) -> usize {
    let classes = pattern.bytes().filter(|byte| matches!(byte, b'[' | b'\\' | b'.')).count();
    let of_class = if pattern.contains("(?") && pattern.contains('i') { 100_000 } else { 5_000 };
    let length = pattern.len();
    2_000 + length.saturating_mul(100 + length / 100).saturating_add(classes.saturating_mul(of_class))
}

/// A pattern of the crate's, compiled; or why it is not.
fn built(call: &Call<'_>, pattern: &str) -> Result<Result<Pattern, Value>, Refusal> {
    for size in SIZES {
        if let Err(unknown) = call.spend(500 + size) {
            return Ok(Err(unknown));
        }
        match RegexBuilder::new(pattern).size_limit(size).build() {
            Ok(regex) => return Ok(Ok(Pattern { regex, size })),
            Err(regex::Error::CompiledTooBig(_)) => {}
            Err(_) => return call.refused("this regular expression"),
        }
    }
    let reason =
        format!("it depends on a regular expression of more than {MOST_PATTERN} bytes, which is podgate's limit");
    Ok(Err(call.unknown(reason)))
}

/// Whether a pattern asks for more than a thousand repetitions, which Go refuses.
fn repeats_too_often(pattern: &str) -> bool {
    let counts = pattern.split('{').skip(1).filter_map(|behind| behind.split_once('}')).map(|(counts, _)| counts);
    let numbers = counts.filter(|counts| counts.bytes().all(|byte| byte.is_ascii_digit() || byte == b','));
    numbers
        .flat_map(|counts| counts.split(','))
        .any(|count| count.len() > 4 || count.parse().is_ok_and(|n: u32| n > 1000))
}

/// A pattern of Go's as one of ours: `\d`, `\s`, `\w` and `\b` mean ASCII, `\Q...\E` quotes.
fn translated(pattern: &str) -> String {
    let mut text = String::with_capacity(pattern.len());
    let mut rest = pattern;
    let mut in_class = false;
    while let Some(c) = rest.chars().next() {
        let (piece, behind) = if c == '\\' { escape(rest, in_class) } else { (None, &rest[c.len_utf8()..]) };
        match c {
            '[' if !in_class => {
                in_class = true;
                // A bracket that closes at once is one of the characters.
                let start = if behind.starts_with("^]") {
                    "^\\]"
                } else if behind.starts_with(']') {
                    "\\]"
                } else {
                    ""
                };
                text.push('[');
                text.push_str(start);
                rest = &behind[if start.is_empty() { 0 } else { start.len() - 1 }..];
                continue;
            }
            // A bracket in brackets, and what would be an operation of sets, are characters; `[:alpha:]` is a class.
            '[' if !behind.starts_with(':') => text.push_str("\\["),
            '[' => {
                let end = behind.find(":]").map_or(0, |at| at + 2);
                text.push('[');
                text.push_str(&behind[..end]);
                rest = &behind[end..];
                continue;
            }
            ']' => {
                in_class = false;
                text.push(']');
            }
            '&' | '~' if in_class => text.extend(['\\', c]),
            '-' if in_class && behind.starts_with('-') => text.push_str("\\-"),
            _ => match piece {
                Some(piece) => text.push_str(&piece),
                None => text.push_str(&rest[..rest.len() - behind.len()]),
            },
        }
        rest = behind;
    }
    text
}

/// What an escape at the start of a text stands for, where that is not the same for us, and what is behind it.
fn escape(text: &str, in_class: bool) -> (Option<String>, &str) {
    let Some(letter) = text[1..].chars().next() else { return (None, "") };
    let behind = &text[1 + letter.len_utf8()..];
    let class = |members: &str, negated: bool| match (in_class, negated) {
        (true, false) => members.to_owned(),
        (_, negated) => format!("[{}{members}]", if negated { "^" } else { "" }),
    };
    let piece = match letter {
        'd' => class("0-9", false),
        'D' => class("0-9", true),
        's' => class(r"\t\n\f\r ", false),
        'S' => class(r"\t\n\f\r ", true),
        'w' => class("0-9A-Za-z_", false),
        'W' => class("0-9A-Za-z_", true),
        'b' => r"(?-u:\b)".to_owned(),
        'B' => r"(?-u:\B)".to_owned(),
        'Q' => {
            let (quoted, behind) = behind.split_once("\\E").unwrap_or((behind, ""));
            return (Some(regex::escape(quoted)), behind);
        }
        _ => return (None, behind),
    };
    (Some(piece), behind)
}

/// What a match is worth: the text, or what its groups hold.
fn matched(pattern: &Regex, captures: &Captures<'_>) -> Value {
    let group = |index: usize| captures.get(index).map_or(Data::Null.into(), |found| Value::string(found.as_str()));
    let names: Vec<Option<&str>> = pattern.capture_names().skip(1).collect();
    if names.is_empty() {
        return group(0);
    }
    if names.iter().all(Option::is_none) {
        return Value::tuple((1..=names.len()).map(group).collect());
    }
    let mut attributes = BTreeMap::new();
    for (index, name) in names.iter().enumerate() {
        let name = name.expect("all groups have names, or none has");
        attributes.insert(name.into(), group(index + 1));
    }
    Value::object(attributes)
}

pub(super) fn regex(call: &Call<'_>) -> Evaluated {
    let [pattern, text] = call.exactly()?;
    let text = call.string(text)?;
    let pattern = match compiled(call, &call.string(pattern)?)? {
        Ok(pattern) => pattern,
        Err(unknown) => return Ok(unknown),
    };
    if let Err(unknown) = call.spend(pattern.steps(text.len())) {
        return Ok(unknown);
    }
    match pattern.regex.captures(&text) {
        Some(captures) => Ok(matched(&pattern.regex, &captures)),
        None => call.refused("a text that does not match"),
    }
}

/// Takes every match in a text, until one is not taken. Each search is charged as if it went to the end of the text.
fn each_match<'t>(
    call: &Call<'_>,
    pattern: &Pattern,
    text: &'t str,
    mut take: impl FnMut(Captures<'t>) -> Result<(), Value>,
) -> Result<(), Value> {
    let mut matches = pattern.regex.captures_iter(text);
    let mut from = 0;
    loop {
        call.spend(pattern.steps(text.len() - from))?;
        let Some(captures) = matches.next() else { return Ok(()) };
        from = captures.get(0).map_or(from, |whole| whole.end());
        take(captures)?;
    }
}

pub(super) fn regexall(call: &Call<'_>) -> Evaluated {
    let [pattern, text] = call.exactly()?;
    let text = call.string(text)?;
    let pattern = match compiled(call, &call.string(pattern)?)? {
        Ok(pattern) => pattern,
        Err(unknown) => return Ok(unknown),
    };
    let (mut all, mut weight) = (Vec::new(), 0);
    let finished = each_match(call, &pattern, &text, |captures| {
        let found = &captures[0];
        call.spend(of_text(found.len().saturating_mul(captures.len()), found.is_ascii()) + 20 * captures.len())?;
        let value = matched(&pattern.regex, &captures);
        weight += value.weight();
        all.push(value);
        if weight > MOST_WEIGHT { Err(call.larger()) } else { Ok(()) }
    });
    Ok(finished.map_or_else(|unknown| unknown, |()| Value::list(all)))
}

/// `replace(text, what, by)`: what stands between slashes is a regular expression.
pub(super) fn replace(call: &Call<'_>) -> Evaluated {
    let [text, what, by] = call.exactly()?;
    let (text, what, by) = (call.string(text)?, call.string(what)?, call.string(by)?);
    let pattern = what.strip_prefix('/').and_then(|pattern| pattern.strip_suffix('/'));
    let replaced = if let Some(pattern) = pattern {
        match compiled(call, pattern)? {
            Ok(pattern) => replaced(call, &pattern, &text, &by),
            Err(unknown) => Err(unknown),
        }
    } else {
        let growth = text.matches(&*what).count().saturating_mul(by.len());
        if growth > MOST_TEXT {
            return call.too_large();
        }
        let is_ascii = text.is_ascii() && by.is_ascii();
        call.spend(of_text(text.len() + growth, is_ascii)).map(|()| text.replace(&*what, &by))
    };
    match replaced {
        Ok(replaced) if super::is_too_long(&replaced) => call.too_large(),
        Ok(replaced) => Ok(Value::string(&replaced)),
        Err(unknown) => Ok(unknown),
    }
}

/// A text with all matches replaced.
fn replaced(call: &Call<'_>, pattern: &Pattern, text: &str, by: &str) -> Result<String, Value> {
    let is_ascii = text.is_ascii() && by.is_ascii();
    call.spend(of_text(text.len(), is_ascii))?;
    let (mut replaced, mut behind) = (String::new(), 0);
    each_match(call, pattern, text, |captures| {
        let whole = captures.get(0).map_or(behind..behind, |whole| whole.range());
        // A replacement may name the match in every third byte.
        let growth = by.len().saturating_add((by.len() / 2).saturating_mul(whole.len()));
        if replaced.len().saturating_add(growth) > 10 * MOST_TEXT {
            return Err(call.larger());
        }
        call.spend(of_text(growth, is_ascii) + by.len())?;
        replaced.push_str(&text[behind..whole.start]);
        captures.expand(by, &mut replaced);
        behind = whole.end;
        if replaced.len() > MOST_TEXT { Err(call.larger()) } else { Ok(()) }
    })?;
    replaced.push_str(&text[behind..]);
    Ok(replaced)
}

#[cfg(test)]
mod tests {
    use super::translated;

    #[test]
    fn patterns_are_translated() {
        for (go, ours) in [
            (r"a\d+[\w-]", "a[0-9]+[0-9A-Za-z_-]"),
            (r"[]a]", r"[\]a]"),
            (r"[^]a[]", r"[^\]a\[]"),
            (r"[[:alpha:]&&x]", r"[[:alpha:]\&\&x]"),
            (r"\Qa.b\E.", r"a\.b."),
            (r"\bx\.", r"(?-u:\b)x\."),
            (r"[^\D]\\", r"[^[^0-9]]\\"),
        ] {
            assert_eq!(translated(go), ours, "{go}");
        }
    }
}
