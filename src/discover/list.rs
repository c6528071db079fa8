//! A list of paths, as `git diff --name-only` and its like write it.

use std::path::PathBuf;

/// The paths that a list names: one a line, or with NUL bytes between them (`-z`), in which case nothing else has a
/// meaning. In a line, git puts a path that holds unusual bytes in quotes, with the escapes of C
/// (`core.quotePath` of <https://git-scm.com/docs/git-config>).
#[must_use]
pub fn entries(list: &[u8]) -> Vec<PathBuf> {
    let is_separated_by_nul = memchr::memchr(0, list).is_some();
    let separator = if is_separated_by_nul { 0 } else { b'\n' };
    let entries = list.split(|byte| *byte == separator).map(|entry| {
        if is_separated_by_nul {
            return entry.to_vec();
        }
        let line = entry.strip_suffix(b"\r").unwrap_or(entry);
        unquoted(line).unwrap_or_else(|| line.to_vec())
    });
    entries.filter(|entry| !entry.is_empty()).map(path).collect()
}

/// What a line in git's quotes stands for; nothing for a line that is not quoted so.
fn unquoted(line: &[u8]) -> Option<Vec<u8>> {
    let mut rest = line.strip_prefix(b"\"")?.strip_suffix(b"\"")?;
    let mut bytes = Vec::with_capacity(rest.len());
    while let [first, behind @ ..] = rest {
        rest = behind;
        if *first != b'\\' {
            // A quote in the path is escaped, so that this line is a path that merely looks quoted.
            bytes.push((*first != b'"').then_some(*first)?);
            continue;
        }
        let [letter, behind @ ..] = rest else { return None };
        rest = behind;
        bytes.push(match letter {
            b'a' => 0x07,
            b'b' => 0x08,
            b't' => b'\t',
            b'n' => b'\n',
            b'v' => 0x0b,
            b'f' => 0x0c,
            b'r' => b'\r',
            b'"' | b'\\' => *letter,
            b'0'..=b'3' => {
                let [middle @ b'0'..=b'7', last @ b'0'..=b'7', behind @ ..] = rest else { return None };
                rest = behind;
                (letter - b'0') * 64 + (middle - b'0') * 8 + (last - b'0')
            }
            _ => return None,
        });
    }
    Some(bytes)
}

#[cfg(unix)]
fn path(bytes: Vec<u8>) -> PathBuf {
    PathBuf::from(<std::ffi::OsString as std::os::unix::ffi::OsStringExt>::from_vec(bytes))
}

#[cfg(not(unix))]
fn path(bytes: Vec<u8>) -> PathBuf {
    PathBuf::from(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(list: &[u8]) -> Vec<String> {
        entries(list).iter().map(|path| path.to_string_lossy().into_owned()).collect()
    }

    #[test]
    fn a_line_is_a_path() {
        assert_eq!(names(b"a.tf\r\n\nb c.tf\n  d.tf"), ["a.tf", "b c.tf", "  d.tf"]);
        assert_eq!(names(b""), Vec::<String>::new());
    }

    #[test]
    fn gits_quotes_are_resolved() {
        assert_eq!(names(br#""\303\251.tf""#), ["é.tf"]);
        assert_eq!(names(br#""a\tb\"c\\d\n.tf""#), ["a\tb\"c\\d\n.tf"]);
        for literal in [r#""a"b""#, r#""\q""#, r#""\30""#, r#""open"#, r#"""#] {
            assert_eq!(names(literal.as_bytes()), [literal], "no quotes of git's");
        }
    }

    #[test]
    fn nul_separates_where_there_is_one() {
        assert_eq!(names(b"a\nb.tf\0\"c\".tf\r\0"), ["a\nb.tf", "\"c\".tf\r"]);
    }
}
