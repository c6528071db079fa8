//! Globs as `fileset` reads them: those of the Go library doublestar 1.1
//! (<https://pkg.go.dev/github.com/bmatcuk/doublestar@v1.1.5>), which Terraform uses.
//!
//! A pattern is a path. A part of it may have `*`, `?`, `[a-z]`, `{a,b}` and `\` in it; `**` stands for any directories.

/// A part of a pattern is so long at most, in bytes: no name is longer.
const LONGEST_PART: usize = 1_000;

/// Why it is not known whether a name matches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Failure {
    /// The pattern is one that the library refuses.
    BadPattern,
    /// It takes too long to find out.
    TooLong,
}

/// Whether a part of a pattern is more than a name.
pub(super) fn is_glob(part: &str) -> bool {
    part.contains(['*', '?', '[', '{', '\\'])
}

/// Where a character stands that no backslash stands in front of.
fn find_unescaped(text: &str, wanted: char) -> Option<usize> {
    let mut from = 0;
    loop {
        let at = from + text[from..].find(wanted)?;
        // The library looks at what is behind an escaped character on its own.
        if at == from || !text[from..at].ends_with('\\') {
            return Some(at);
        }
        from = at + wanted.len_utf8();
    }
}

/// The parts of a text between characters that no backslash stands in front of.
pub(super) fn split(text: &str, separator: char) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some(at) = find_unescaped(rest, separator) {
        parts.push(&rest[..at]);
        rest = &rest[at + separator.len_utf8()..];
    }
    parts.push(rest);
    parts
}

/// How many steps it takes at most to match a name with a part of a pattern.
pub(super) fn steps(part: &str, name: &str) -> usize {
    10 * (part.len() + 1) * (name.len() + 1)
}

/// Whether a part of a pattern matches a name.
pub(super) fn matches(part: &str, name: &str) -> Result<bool, Failure> {
    if part.len() > LONGEST_PART {
        return Err(Failure::TooLong);
    }
    Matcher { left: steps(part, name) }.matches(part, name)
}

/// What is left of the steps that matching may take: patterns of many stars take for ever.
struct Matcher {
    left: usize,
}

impl Matcher {
    fn matches(&mut self, mut pattern: &str, mut name: &str) -> Result<bool, Failure> {
        if pattern.is_empty() || (name.is_empty() && pattern != "*") {
            return Ok(pattern.is_empty() && name.is_empty());
        }
        while let (Some(wanted), Some(given)) = (pattern.chars().next(), name.chars().next()) {
            self.left = self.left.checked_sub(1).ok_or(Failure::TooLong)?;
            let behind = &pattern[wanted.len_utf8()..];
            match wanted {
                '\\' => {
                    let escaped = behind.chars().next().filter(|c| *c != char::REPLACEMENT_CHARACTER);
                    let escaped = escaped.ok_or(Failure::BadPattern)?;
                    if escaped != given {
                        return Ok(false);
                    }
                    pattern = &behind[escaped.len_utf8()..];
                }
                '*' => return self.matches_star(behind, name),
                '[' => {
                    let end = find_unescaped(behind, ']').ok_or(Failure::BadPattern)?;
                    if !in_class(&behind[..end], given)? {
                        return Ok(false);
                    }
                    pattern = &behind[end + 1..];
                }
                '{' => {
                    let end = find_unescaped(behind, '}').ok_or(Failure::BadPattern)?;
                    return self.matches_one(&behind[..end], &behind[end + 1..], name);
                }
                wanted if wanted == '?' || wanted == given => pattern = behind,
                _ => return Ok(false),
            }
            name = &name[given.len_utf8()..];
        }
        Ok((pattern.is_empty() && name.is_empty()) || (name.is_empty() && pattern == "*") || pattern == "**")
    }

    /// Whether what is behind a star matches some end of a name. What is wrong there is no fault.
    fn matches_star(&mut self, behind: &str, name: &str) -> Result<bool, Failure> {
        if behind.is_empty() {
            return Ok(true);
        }
        for (at, _) in name.char_indices() {
            match self.matches(behind, &name[at..]) {
                Ok(true) => return Ok(true),
                Err(Failure::TooLong) => return Err(Failure::TooLong),
                Ok(false) | Err(Failure::BadPattern) => {}
            }
        }
        Ok(false)
    }

    /// Whether one of these alternatives, and what is behind them, matches a name.
    fn matches_one(&mut self, alternatives: &str, behind: &str, name: &str) -> Result<bool, Failure> {
        for alternative in split(alternatives, ',') {
            self.left = self.left.checked_sub(1 + behind.len() / 10).ok_or(Failure::TooLong)?;
            if self.matches(&format!("{alternative}{behind}"), name)? {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// Whether a class without its brackets holds a character. Only `^` negates it.
fn in_class(class: &str, given: char) -> Result<bool, Failure> {
    let is_negated = class.starts_with('^');
    let mut rest = class[usize::from(is_negated)..].chars().peekable();
    if class.is_empty() {
        return Err(Failure::BadPattern);
    }
    let mut is_held = false;
    while let Some(first) = rest.next() {
        let mut member = |c: char| match c {
            '-' => Err(Failure::BadPattern),
            '\\' => rest.next().ok_or(Failure::BadPattern),
            c => Ok(c),
        };
        let low = member(first)?;
        let mut high = low;
        if rest.next_if_eq(&'-').is_some() {
            let last = rest.next().ok_or(Failure::BadPattern)?;
            high = match last {
                '-' => return Err(Failure::BadPattern),
                '\\' => rest.next().ok_or(Failure::BadPattern)?,
                last => last,
            };
        }
        is_held |= low <= given && given <= high;
    }
    Ok(is_held != is_negated)
}

/// A path as it is from another one, both cleaned; `None` when only the file system knows.
pub(super) fn relative(base: &str, path: &str) -> Option<String> {
    let parts = |path: &str| -> Vec<String> {
        path.split('/').filter(|part| !matches!(*part, "" | ".")).map(ToOwned::to_owned).collect()
    };
    let (base, path) = (parts(base), parts(path));
    let common = base.iter().zip(&path).take_while(|(one, other)| one == other).count();
    if base[common..].iter().any(|part| part == "..") {
        return None;
    }
    let up = std::iter::repeat_n("..", base.len() - common);
    let relative: Vec<&str> = up.chain(path[common..].iter().map(String::as_str)).collect();
    Some(if relative.is_empty() { ".".to_owned() } else { relative.join("/") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_match_as_the_library_says() {
        for (pattern, name, expected) in [
            ("*", "a", Ok(true)),
            ("?", "é", Ok(true)),
            ("[!a]", "!", Ok(true)),
            ("[!a]", "b", Ok(false)),
            ("[^a]", "b", Ok(true)),
            ("{a,b}*.txt", "b1.txt", Ok(true)),
            ("{a,}b", "b", Ok(true)),
            (r"\*", "*", Ok(true)),
            ("[a", "a", Err(Failure::BadPattern)),
            ("*[a", "a", Ok(false)),
            ("{a", "a", Err(Failure::BadPattern)),
            ("[a-]", "a", Err(Failure::BadPattern)),
            ("[]", "a", Err(Failure::BadPattern)),
            ("a**", "a", Ok(true)),
        ] {
            assert_eq!(matches(pattern, name), expected, "{pattern} {name}");
        }
    }

    #[test]
    fn many_stars_end() {
        assert_eq!(matches(&"*a".repeat(100), &"a".repeat(99)), Err(Failure::TooLong));
    }

    #[test]
    fn paths_are_relative_to_others() {
        assert_eq!(relative("a/b", "a/c/d").as_deref(), Some("../c/d"));
        assert_eq!(relative(".", "a").as_deref(), Some("a"));
        assert_eq!(relative("..", "a"), None);
        assert_eq!(relative("../x", "../x/y").as_deref(), Some("y"));
    }
}
