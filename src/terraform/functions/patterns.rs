//! Regular expressions, in the syntax of RE2 as Go implements it (<https://pkg.go.dev/regexp/syntax>).
//!
//! `syntax` reads a pattern as Go does and writes it for the crate `regex`, which makes the same promise: one search takes
//! at most the length of the text times the size of the compiled pattern. That is what is charged, for every search: in
//! `aaaa` the pattern `.*b|a` finds four matches, and goes to the end of the text for each.

mod classes;
mod expansion;
mod syntax;

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use regex::{Captures, Regex, RegexBuilder};

use super::super::limits::{MOST_PATTERN, MOST_TEXT};
use super::cost::of_text;
use super::{Call, Evaluated, MOST_WEIGHT, Refusal, Type, Value, unicode};
use expansion::Replacement;
use syntax::Syntax;

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
    /// The names of its groups.
    names: Arc<[Option<Box<str>>]>,
    /// Whether what it matches depends on properties of Unicode or on the case of letters.
    is_of_unicode: bool,
    /// Whether it does for a character that it names, of which versions of Unicode say different things.
    is_contested: bool,
}

impl Pattern {
    /// What a search of so many bytes takes at most, in steps: for each byte all states, of about 32 bytes, of which each
    /// keeps where the groups are.
    fn steps(&self, bytes: usize) -> usize {
        let each = self.size / 32 * (1 + self.regex.captures_len() / 4);
        20 + (bytes + 1).saturating_mul(each) / 4
    }

    /// Whether it is known what the pattern matches in a text: Go's tables of Unicode are older than ours.
    fn fit_for(&self, call: &Call<'_>, text: &str) -> Result<(), Value> {
        if !self.is_of_unicode || (!self.is_contested && !text.chars().any(unicode::is_contested)) {
            return Ok(());
        }
        Err(call.unknown("it depends on a character whose properties differ between versions of Unicode"))
    }
}

/// A pattern, or why it is not known what it matches.
fn compiled(call: &Call<'_>, pattern: &str) -> Result<Result<Pattern, Value>, Refusal> {
    if let Some(known) = call.patterns.0.borrow().get(pattern) {
        return checked(call, known.clone());
    }
    if let Err(unknown) = call.spend(steps_of_reading(pattern)) {
        return Ok(Err(unknown));
    }
    let syntax = match syntax::read(pattern) {
        Ok(syntax) => syntax,
        Err(fault) => return call.refused(&format!("a regular expression for {fault}")),
    };
    let compiled = match built(call, syntax) {
        Ok(pattern) => pattern,
        Err(unknown) => return Ok(Err(unknown)),
    };
    let mut known = call.patterns.0.borrow_mut();
    if known.len() >= MOST_KEPT {
        known.clear();
    }
    known.insert(pattern.into(), compiled.clone());
    checked(call, compiled)
}

/// A pattern whose groups are what a function takes. `replace` takes all.
fn checked(call: &Call<'_>, pattern: Pattern) -> Result<Result<Pattern, Value>, Refusal> {
    let named = pattern.names.iter().flatten().count();
    if named > 0 && named < pattern.names.len() && call.name != "replace" {
        return call.refused("a mix of named and unnamed groups");
    }
    Ok(Ok(pattern))
}

/// What it takes to read a pattern, in steps: a class may stand for all letters there are, and in either case.
fn steps_of_reading(pattern: &str) -> usize {
    let classes = pattern.bytes().filter(|byte| matches!(byte, b'[' | b'\\' | b'.')).count();
    let of_class = if pattern.contains("(?") && pattern.contains('i') { 100_000 } else { 5_000 };
    let length = pattern.len();
    2_000 + length.saturating_mul(100 + length / 100).saturating_add(classes.saturating_mul(of_class))
}

/// A pattern that was read, compiled; or why it is not.
fn built(call: &Call<'_>, syntax: Syntax) -> Result<Pattern, Value> {
    for size in SIZES {
        call.spend(500 + size)?;
        match RegexBuilder::new(&syntax.translated).size_limit(size).build() {
            Ok(regex) => {
                let is_of_unicode = syntax.is_of_unicode;
                let is_contested = is_of_unicode && syntax.named.iter().any(|c| unicode::is_contested(*c));
                return Ok(Pattern { regex, size, names: syntax.names.into(), is_of_unicode, is_contested });
            }
            Err(regex::Error::CompiledTooBig(_)) => {}
            // Go takes deeper brackets than the crate does.
            Err(_) => return Err(call.unknown("it depends on a regular expression that podgate does not compile")),
        }
    }
    let reason =
        format!("it depends on a regular expression of more than {MOST_PATTERN} bytes, which is podgate's limit");
    Err(call.unknown(reason))
}

/// What a match is worth: the text, or what its groups hold. Of groups of one name the last one counts.
fn matched(pattern: &Pattern, captures: &Captures<'_>) -> Value {
    let group = |index: usize| match captures.get(index) {
        Some(found) => Value::string(found.as_str()),
        None => Value::null_of(&Type::String),
    };
    if pattern.names.is_empty() {
        return group(0);
    }
    if pattern.names.iter().all(Option::is_none) {
        return Value::tuple((1..=pattern.names.len()).map(group).collect());
    }
    let named =
        pattern.names.iter().enumerate().filter_map(|(at, name)| Some((name.as_deref()?.into(), group(at + 1))));
    Value::object(named.collect::<BTreeMap<_, _>>())
}

/// The type of what a match is worth.
fn type_of_match(pattern: &Pattern) -> Type {
    if pattern.names.is_empty() {
        return Type::String;
    }
    if pattern.names.iter().all(Option::is_none) {
        return Type::Tuple(vec![Type::String; pattern.names.len()]);
    }
    Type::Object(pattern.names.iter().flatten().map(|name| (name.clone().into(), Type::String)).collect())
}

/// The pattern and the text of a call, or why it is not known what it matches.
fn pattern_and_text(call: &Call<'_>) -> Result<Result<(Pattern, Arc<str>), Value>, Refusal> {
    let [pattern, text] = call.exactly()?;
    let text = call.string(text)?;
    let pattern = match compiled(call, &call.string(pattern)?)? {
        Ok(pattern) => pattern,
        Err(unknown) => return Ok(Err(unknown)),
    };
    Ok(pattern.fit_for(call, &text).map(|()| (pattern, text)))
}

pub(super) fn regex(call: &Call<'_>) -> Evaluated {
    let (pattern, text) = match pattern_and_text(call)? {
        Ok(found) => found,
        Err(unknown) => return Ok(unknown),
    };
    if let Err(unknown) = call.spend(pattern.steps(text.len())) {
        return Ok(unknown);
    }
    match pattern.regex.captures(&text) {
        Some(captures) => Ok(matched(&pattern, &captures)),
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
    let (pattern, text) = match pattern_and_text(call)? {
        Ok(found) => found,
        Err(unknown) => return Ok(unknown),
    };
    let (mut all, mut weight) = (Vec::new(), 0);
    let finished = each_match(call, &pattern, &text, |captures| {
        let found = &captures[0];
        call.spend(of_text(found.len().saturating_mul(captures.len()), found.is_ascii()) + 20 * captures.len())?;
        let value = matched(&pattern, &captures);
        weight += value.weight();
        all.push(value);
        if weight > MOST_WEIGHT { Err(call.larger()) } else { Ok(()) }
    });
    let of = Type::list_of(type_of_match(&pattern));
    Ok(finished.map_or_else(|unknown| unknown, |()| Value::list(all)).of_type(&of))
}

/// `replace(text, what, by)`: what stands between slashes is a regular expression.
pub(super) fn replace(call: &Call<'_>) -> Evaluated {
    let [text, what, by] = call.exactly()?;
    let (text, what, by) = (call.string(text)?, call.string(what)?, call.string(by)?);
    let pattern = what.strip_prefix('/').and_then(|pattern| pattern.strip_suffix('/'));
    let replaced = if let Some(pattern) = pattern {
        match compiled(call, pattern)? {
            Ok(pattern) => pattern.fit_for(call, &text).and_then(|()| replaced(call, &pattern, &text, &by)),
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
    let replacement = Replacement::new(call, by)?;
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
        replacement.expand(&pattern.names, &captures, &mut replaced);
        behind = whole.end;
        if replaced.len() > MOST_TEXT { Err(call.larger()) } else { Ok(()) }
    })?;
    replaced.push_str(&text[behind..]);
    Ok(replaced)
}

#[cfg(test)]
mod tests {
    use super::syntax::read;

    #[test]
    fn patterns_are_translated() {
        for (go, ours) in [
            (r"a.", r"[\x{61}][^\n]"),
            (r"(?i)a|(b)*?", r"(?i:[\x{61}])|(?:((?i:[\x{62}])))*?"),
            (r"(?U)[]a-c]+", r"(?:[\x{5d}\x{61}-\x{63}])+?"),
            (r"[^\D]\07", r"[^[^\x{30}-\x{39}]][\x{7}]"),
            (r"\P{^Greek}$", r"[\p{sc=Greek}]\z"),
            (r"x{,2}", r"[\x{78}][\x{7b}][\x{2c}][\x{32}][\x{7d}]"),
            (r"\Qa*", r"[\x{61}][\x{2a}]"),
        ] {
            assert_eq!(read(go).map(|syntax| syntax.translated).as_deref(), Ok(ours), "{go}");
        }
    }

    #[test]
    fn what_go_refuses_is_refused() {
        for pattern in [
            "a**",
            "*",
            "(",
            ")",
            "[a",
            r"\8",
            r"\1",
            r"\pX",
            r"\p{greek}",
            "a{1001}",
            "(a{100}){11}",
            "(?<1-2>a)",
            "(?i-)a",
            r"[b-a]",
            r"[[:x:]]",
            r"\x{110000}",
            r"\C",
            r"\E",
            "(?x)a",
            "(?=a)",
            "a{2}{3}",
            r"\",
        ] {
            assert!(read(pattern).is_err(), "{pattern}");
        }
    }
}
