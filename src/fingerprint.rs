//! Floor 5: what a finding is recognised by from one run to the next.

use std::collections::HashMap;
use std::fmt::Write;

use sha2::{Digest, Sha256};

/// How many UTF-16 units a line hash covers, from the start of its line on.
const WINDOW: usize = 100;

/// The unit that ends a text in a line hash.
const END: u16 = 0xFFFF;

/// The `primaryLocationLineHash` of every line of a text, computed exactly as GitHub's upload action computes it
/// (`github/codeql-action`, `src/fingerprints.ts`, v4.36.3): another value under that key makes it warn. The hash of
/// line `n` (1-based) is at `n - 1`; text behind the last line end is a line, also when it is empty.
#[must_use]
pub fn line_hashes(text: &str) -> Vec<String> {
    let units = normalised(text);
    let newline = u16::from(b'\n');
    let content = &units[..units.len() - 1];
    let starts = content.iter().enumerate().filter(|(_, unit)| **unit == newline).map(|(at, _)| at + 1);
    let mut seen: HashMap<u64, u32> = HashMap::new();
    std::iter::once(0)
        .chain(starts)
        .map(|start| {
            let hash = window_hash(&units[start..]);
            let count = seen.entry(hash).and_modify(|count| *count += 1).or_insert(1);
            format!("{hash:x}:{count}")
        })
        .collect()
}

/// The UTF-16 units that count: no spaces and tabs, and every line end a single LF.
fn normalised(text: &str) -> Vec<u16> {
    let mut units = Vec::with_capacity(text.len() + 1);
    let mut behind_cr = false;
    for unit in text.encode_utf16() {
        let dropped = matches!(unit, 0x20 | 0x09) || (behind_cr && unit == 0x0A);
        behind_cr = unit == 0x0D;
        if !dropped {
            units.push(if behind_cr { 0x0A } else { unit });
        }
    }
    units.push(END);
    units
}

/// The Rabin-Karp hash of a window that starts with these units; behind the end of the text there are zeros.
fn window_hash(units: &[u16]) -> u64 {
    let padded = units.iter().copied().chain(std::iter::repeat(0));
    padded.take(WINDOW).fold(0u64, |hash, unit| hash.wrapping_mul(37).wrapping_add(u64::from(unit)))
}

/// The fingerprint `podgate/v1`: it stays when lines move, since it knows the rule, the file, the resource and the
/// attribute but no line. Hexadecimal, 32 digits.
#[must_use]
pub fn stable(rule: &str, path: &str, address: &str, attribute: &str) -> String {
    let mut hasher = Sha256::new();
    for part in [rule, path, address, attribute] {
        hasher.update(part.len().to_le_bytes());
        hasher.update(part);
    }
    hasher.finalize()[..16].iter().fold(String::new(), |mut digits, byte| {
        write!(digits, "{byte:02x}").expect("a string takes everything");
        digits
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The vectors of codeql-action's `fingerprints.test.ts`.
    #[test]
    fn line_hashes_are_those_of_the_upload_action() {
        assert_eq!(line_hashes(""), ["c129715d7a2bc9a3:1"]);
        assert_eq!(
            line_hashes(" a\nb\n  \t\tc\n d"),
            ["271789c17abda88f:1", "54703d4cd895b18:1", "180aee12dab6264:1", "a23a3dc5e078b07b:1"]
        );
        let repeated = line_hashes(&"Lorem ipsum dolor sit amet.\n".repeat(10));
        for (index, hash) in repeated[..6].iter().enumerate() {
            assert_eq!(*hash, format!("a7f2ff13bc495cf2:{}", index + 1));
        }
        assert_eq!(
            repeated[6..],
            [
                "a7f2ff1481e87703:1",
                "a9cf91f7bbf1862b:1",
                "55ec222b86bcae53:1",
                "cc97dc7b1d7d8f7b:1",
                "c129715d7a2bc9a3:1"
            ]
        );
    }

    #[test]
    fn line_ends_do_not_matter() {
        let [lf, crlf, cr] = ["a\nb\n", "a\r\nb\r\n", "a\rb\r"].map(line_hashes);
        assert_eq!(lf, crlf);
        assert_eq!(lf, cr);
    }

    #[test]
    fn the_stable_fingerprint_tells_its_parts_apart() {
        assert_eq!(stable("r", "a", "b", "c").len(), 32);
        assert_ne!(stable("r", "ab", "c", "d"), stable("r", "a", "bc", "d"));
    }
}
