//! Unicode as Terraform knows it: version 15.0, which is Go's. The tables that podgate is built with are newer.

/// What was not assigned in Unicode 15.0, as far as newer versions have something there, sorted.
const NEW: [(u32, u32); 34] = [
    (0x892, 0x897),
    (0x1b4d, 0x1b4f),
    (0x1b7f, 0x1b7f),
    (0x1c89, 0x1c8f),
    (0x2427, 0x243f),
    (0x2ffc, 0x2fff),
    (0x31e4, 0x31ef),
    (0xa7cb, 0xa7cf),
    (0xa7d2, 0xa7d2),
    (0xa7d4, 0xa7d4),
    (0xa7da, 0xa7f1),
    (0x105bd, 0x105ff),
    (0x10d3a, 0x10e5f),
    (0x10eb2, 0x10efc),
    (0x11375, 0x113ff),
    (0x116ca, 0x116ff),
    (0x11b0a, 0x11bff),
    (0x11f5a, 0x11faf),
    (0x13456, 0x143ff),
    (0x14647, 0x167ff),
    (0x16b90, 0x16e3f),
    (0x16ea0, 0x16eb8),
    (0x16ebb, 0x16ed3),
    (0x18cd6, 0x18cff),
    (0x1bca4, 0x1ceff),
    (0x1e4fa, 0x1e7df),
    (0x1f8b2, 0x1f8ff),
    (0x1fa89, 0x1fa8f),
    (0x1fabe, 0x1fabe),
    (0x1fac6, 0x1facd),
    (0x1fadc, 0x1fadf),
    (0x1fae9, 0x1faef),
    (0x1fbcb, 0x1fbef),
    (0x2ebe1, 0x2f7ff),
];

/// What had other properties in Unicode 15.0, or cases and equivalents that do not differ from it in newer versions.
const CHANGED: [char; 11] = [
    '\u{19b}',
    '\u{264}',
    '\u{390}',
    '\u{3b0}',
    '\u{1fd3}',
    '\u{1fe3}',
    '\u{a7d3}',
    '\u{a7d5}',
    '\u{fb05}',
    '\u{fb06}',
    '\u{1171e}',
];

/// Whether Unicode says of a character now what it did not say in version 15.0.
pub(super) fn is_contested(c: char) -> bool {
    !c.is_ascii() && (is_new(c) || CHANGED.contains(&c))
}

fn is_new(c: char) -> bool {
    let code = u32::from(c);
    let at = NEW.partition_point(|(_, last)| *last < code);
    NEW.get(at).is_some_and(|(first, _)| *first <= code)
}

/// A character in another case. Go knows cases of single characters only: `ß` stays.
fn single(c: char, mut cased: impl Iterator<Item = char>) -> char {
    match (cased.next(), cased.next()) {
        (Some(cased), None) if !is_contested(c) && !is_new(cased) => cased,
        _ => c,
    }
}

/// A character in lower case.
pub(super) fn lower_case(c: char) -> char {
    // Its lower case has a dot above it, which Go leaves out.
    if c == '\u{130}' { 'i' } else { single(c, c.to_lowercase()) }
}

/// A character in upper case.
pub(super) fn upper_case(c: char) -> char {
    // Of Greek letters with an iota, which has a place of its own in upper case, Go takes those of titles.
    let offset = match c {
        '\u{1f80}'..='\u{1f87}' | '\u{1f90}'..='\u{1f97}' | '\u{1fa0}'..='\u{1fa7}' => 8,
        '\u{1fb3}' | '\u{1fc3}' | '\u{1ff3}' => 9,
        _ => return single(c, c.to_uppercase()),
    };
    char::from_u32(u32::from(c) + offset).unwrap_or(c)
}

/// A character as the first one of a title.
pub(super) fn title_case(c: char) -> char {
    match c {
        '\u{1c4}'..='\u{1c6}' => '\u{1c5}',
        '\u{1c7}'..='\u{1c9}' => '\u{1c8}',
        '\u{1ca}'..='\u{1cc}' => '\u{1cb}',
        '\u{1f1}'..='\u{1f3}' => '\u{1f2}',
        // Georgian has capital letters for whole words only.
        '\u{10d0}'..='\u{10fa}' | '\u{10fd}'..='\u{10ff}' => c,
        c => upper_case(c),
    }
}

#[cfg(test)]
mod tests {
    use sha2::{Digest, Sha256};

    use super::super::encoding::hex;
    use super::*;

    /// A hash of all characters that a function changes, each with what it becomes, in UTF-8.
    fn digest(change: fn(char) -> char) -> String {
        let changed = ('\0'..=char::MAX).filter(|c| change(*c) != *c);
        let text: String = changed.flat_map(|c| [c, change(c)]).collect();
        hex(&Sha256::digest(text))
    }

    /// The hashes are those of Go 1.23: `unicode.ToUpper`, `unicode.ToLower` and `unicode.ToTitle` of every rune.
    #[test]
    fn all_characters_have_the_cases_that_go_gives_them() {
        assert_eq!(digest(upper_case), "cbf6a0187709aec333291540181a20ac21382ae92c41e44ebb70abc7d862587d");
        assert_eq!(digest(lower_case), "189dcc4ea3717b06b9292507d65e0a30e1e362663a591d1769d84ecc3436153c");
        assert_eq!(digest(title_case), "4255428dee63910e4b7fe8e363d0b17a12a8e7ee13d1de548f9b91185e0e6ea7");
    }

    #[test]
    fn tables_are_sorted() {
        assert!(NEW.is_sorted() && NEW.iter().all(|(first, last)| first <= last) && CHANGED.is_sorted());
        assert!(is_contested('\u{1c89}') && is_contested('\u{19b}') && !is_contested('\u{e9}') && !is_contested('a'));
    }
}
