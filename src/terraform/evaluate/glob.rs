//! Paths that match a pattern, as Go's `filepath.Glob` finds them: in each directory on the way, links to directories
//! included, the names that match a part of the pattern.

use std::path::Path;
use std::sync::Arc;

use super::Evaluator;
use crate::source::Span;
use crate::terraform::functions;
use crate::terraform::value::Unknown;

/// So many directories are looked into for one pattern.
const MOST_DIRECTORIES: usize = 10_000;

/// The paths that match a pattern, relative to the root module's directory, in which a provider works. They are in the order
/// in which they are found.
///
/// # Errors
///
/// When the provider refuses the pattern, or the files are not known.
pub(super) fn matches(evaluator: &Evaluator<'_>, pattern: &str, span: Span) -> Result<Vec<String>, Arc<Unknown>> {
    if is_match(&characters(pattern), &[]).is_none() {
        return Err(Unknown::new(NOT_SOUND, span));
    }
    let search = Search { evaluator, span };
    search.paths(pattern, 0)
}

const NOT_SOUND: &str = "the provider refuses this pattern, which is not well-formed";

struct Search<'e, 'm> {
    evaluator: &'e Evaluator<'m>,
    span: Span,
}

impl Search<'_, '_> {
    fn unknown(&self, reason: String) -> Arc<Unknown> {
        Unknown::new(reason, self.span)
    }

    fn paths(&self, pattern: &str, depth: usize) -> Result<Vec<String>, Arc<Unknown>> {
        if depth > 100 {
            return Err(self.unknown("it depends on a pattern of more than 100 directories".to_owned()));
        }
        if !has_signs(pattern) {
            let path = self.evaluator.file_path(pattern, self.span)?;
            return Ok(if path.symlink_metadata().is_ok() { vec![pattern.to_owned()] } else { Vec::new() });
        }
        let (directory, name) = match pattern.rfind('/') {
            Some(slash) => pattern.split_at(slash + 1),
            None => ("", pattern),
        };
        let directory = match directory {
            "" => ".",
            "/" => "/",
            longer => &longer[..longer.len() - 1],
        };
        let directories =
            if has_signs(directory) { self.paths(directory, depth + 1)? } else { vec![directory.to_owned()] };
        if directories.len() > MOST_DIRECTORIES {
            let reason = format!("it depends on more than {MOST_DIRECTORIES} directories, which is podgate's limit");
            return Err(self.unknown(reason));
        }
        let name = characters(name);
        let mut found = Vec::new();
        for directory in directories {
            let path = self.evaluator.file_path(&directory, self.span)?;
            self.names(&path, &directory, &name, &mut found)?;
        }
        Ok(found)
    }

    /// Adds what matches in one directory.
    fn names(
        &self,
        path: &Path,
        directory: &str,
        pattern: &[char],
        found: &mut Vec<String>,
    ) -> Result<(), Arc<Unknown>> {
        let names = self.evaluator.names_in(path).map_err(|reason| self.unknown(reason))?;
        for name in &names {
            let characters = characters(name);
            let steps = 30 + characters.len().saturating_mul(1 + pattern.len());
            self.evaluator.budget().spend(steps).map_err(|reason| self.unknown(reason))?;
            let matches = is_match(pattern, &characters).ok_or_else(|| self.unknown(NOT_SOUND.to_owned()))?;
            if matches {
                found.push(functions::cleaned(&format!("{directory}/{name}")));
            }
        }
        Ok(())
    }
}

fn characters(text: &str) -> Vec<char> {
    text.chars().collect()
}

/// Whether a pattern is more than a path.
fn has_signs(pattern: &str) -> bool {
    pattern.contains(['*', '?', '[', '\\'])
}

/// Whether a name matches a pattern as Go's `filepath.Match` says; nothing when it finds the pattern not well-formed, for
/// which it only looks as far as the name matches. A pattern is stars and what stands between them; each part is looked for
/// behind the one before it and never again.
fn is_match(pattern: &[char], name: &[char]) -> Option<bool> {
    let (mut pattern, mut name) = (pattern, name);
    'parts: while !pattern.is_empty() {
        let stars = pattern.iter().take_while(|sign| **sign == '*').count();
        let (part, rest) = pattern[stars..].split_at(length_of_part(&pattern[stars..]));
        pattern = rest;
        if stars > 0 && part.is_empty() {
            return Some(!name.contains(&'/'));
        }
        // The last part must stand for all that is left.
        let fits = |behind: &[char]| behind.is_empty() || !rest.is_empty();
        let most = if stars > 0 { name.iter().take_while(|character| **character != '/').count() } else { 0 };
        for skipped in 0..=most {
            let left = &name[skipped..];
            if let Matched::Characters(length) = matched(part, left)?
                && fits(&left[length..])
            {
                name = &left[length..];
                continue 'parts;
            }
        }
        return Some(false);
    }
    Some(name.is_empty())
}

/// How long a pattern is up to its next star. One in a class is none.
fn length_of_part(pattern: &[char]) -> usize {
    let (mut at, mut is_in_class) = (0, false);
    while let Some(sign) = pattern.get(at) {
        match sign {
            '\\' if at + 1 < pattern.len() => at += 1,
            '[' => is_in_class = true,
            ']' => is_in_class = false,
            '*' if !is_in_class => break,
            _ => {}
        }
        at += 1;
    }
    at
}

/// What a part of a pattern stands for at the start of a name.
enum Matched {
    /// So many characters.
    Characters(usize),
    /// Something else than what stands there.
    Nothing,
}

/// How much of a name a part of a pattern stands for; nothing when the part is not well-formed.
fn matched(part: &[char], name: &[char]) -> Option<Matched> {
    let (mut at, mut in_name) = (0, 0);
    let mut is_match = true;
    while let Some(sign) = part.get(at) {
        let next = name.get(in_name).copied();
        let (fits, width) = match sign {
            '?' => (next.is_some_and(|next| next != '/'), 1),
            '[' => {
                let (is_in, width) = class(&part[at..], next.unwrap_or('\0'))?;
                (is_in && next.is_some(), width)
            }
            '\\' => (next == Some(*part.get(at + 1)?), 2),
            plain => (next == Some(*plain), 1),
        };
        is_match &= fits;
        at += width;
        in_name += 1;
    }
    Some(if is_match { Matched::Characters(in_name) } else { Matched::Nothing })
}

/// Whether a character is in the class that a pattern starts with, and how long the class is; nothing when it is not
/// well-formed.
fn class(pattern: &[char], character: char) -> Option<(bool, usize)> {
    let is_negated = pattern.get(1) == Some(&'^');
    let mut at = 1 + usize::from(is_negated);
    let (mut is_in, mut is_first) = (false, true);
    while is_first || pattern.get(at) != Some(&']') {
        let (low, next) = bound(pattern, at)?;
        at = next;
        let mut high = low;
        if pattern.get(at) == Some(&'-') {
            (high, at) = bound(pattern, at + 1)?;
        }
        is_in |= (low..=high).contains(&character);
        is_first = false;
    }
    Some((is_in != is_negated, at + 1))
}

/// A character in a class, and where the next one is.
fn bound(pattern: &[char], at: usize) -> Option<(char, usize)> {
    match pattern.get(at)? {
        '-' | ']' => None,
        '\\' => Some((*pattern.get(at + 1)?, at + 2)),
        plain => Some((*plain, at + 1)),
    }
    .filter(|(_, next)| *next < pattern.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_match_as_go_matches_them() {
        let matches = |pattern: &str, name: &str| is_match(&characters(pattern), &characters(name));
        for (pattern, name) in [
            ("*.yaml", ".yaml"),
            ("p?l.yaml", "pöl.yaml"),
            ("[ä-ü].yaml", "ö.yaml"),
            ("[!a].yaml", "!.yaml"),
            ("[^a].yaml", "b.yaml"),
            ("a\\*b", "a*b"),
            ("**b*", "aabb"),
            ("{a}", "{a}"),
        ] {
            assert_eq!(matches(pattern, name), Some(true), "{pattern} {name}");
        }
        for (pattern, name) in [("[!a].yaml", "b.yaml"), ("*", "a/b"), ("?", "/"), ("a*", "b"), ("a", "ab")] {
            assert_eq!(matches(pattern, name), Some(false), "{pattern} {name}");
        }
        for pattern in ["[", "[]a]", "[a", "[-x]", "[x-]", "a\\", "[a-]"] {
            assert_eq!(matches(pattern, "a"), None, "{pattern}");
        }
    }

    #[test]
    fn names_match_as_the_record_says() {
        let record = include_str!("../../../tests/oracle/yaml/globs.tsv");
        assert!(record.lines().count() >= 6_000, "the record is there");
        for line in record.lines() {
            let fields: Vec<&str> = line.split('\t').collect();
            let [pattern, name, expected] = fields.as_slice() else { panic!("a pattern, a name and an answer") };
            let text = |field| serde_json::from_str::<String>(field).expect("a text");
            let answer = is_match(&characters(&text(pattern)), &characters(&text(name)));
            let answer = answer.map_or("!".to_owned(), |answer| answer.to_string());
            assert_eq!(answer, *expected, "{line}");
        }
    }
}
