//! What scalars look like: the words and the notations of numbers that all readers share.

/// A word that is no string.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Word {
    Null,
    Bool(bool),
    Infinity { is_negative: bool },
    NotANumber,
}

/// The word that a text is.
pub(super) fn word(text: &str) -> Option<Word> {
    Some(match text {
        "" | "~" | "null" | "Null" | "NULL" => Word::Null,
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => Word::Bool(true),
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => Word::Bool(false),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => Word::Infinity { is_negative: false },
        "-.inf" | "-.Inf" | "-.INF" => Word::Infinity { is_negative: true },
        ".nan" | ".NaN" | ".NAN" => Word::NotANumber,
        _ => return None,
    })
}

/// By its first character, what a scalar may be besides a string.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Looks {
    /// A word, or nothing at all.
    Word,
    /// A number that starts with a point.
    Point,
    /// A number or a time.
    Number,
}

/// What a scalar may be besides a string; nothing when it is a string for certain.
pub(super) fn looks(text: &str) -> Option<Looks> {
    Some(match text.as_bytes().first() {
        None | Some(b'y' | b'Y' | b'n' | b'N' | b't' | b'T' | b'f' | b'F' | b'o' | b'O' | b'~') => Looks::Word,
        Some(b'.') => Looks::Point,
        Some(b'+' | b'-' | b'0'..=b'9') => Looks::Number,
        Some(_) => return None,
    })
}

fn digits(text: &str) -> (&str, &str) {
    text.split_at(text.bytes().take_while(u8::is_ascii_digit).count())
}

fn unsigned(text: &str) -> &str {
    text.strip_prefix(['-', '+']).unwrap_or(text)
}

/// Whether a text is a decimal number: digits, a point, an exponent.
pub(super) fn is_decimal(text: &str) -> bool {
    let (whole, mut rest) = digits(unsigned(text));
    if let Some(behind) = rest.strip_prefix('.') {
        let (fraction, behind) = digits(behind);
        if whole.is_empty() && fraction.is_empty() {
            return false;
        }
        rest = behind;
    } else if whole.is_empty() {
        return false;
    }
    match rest.strip_prefix(['e', 'E']) {
        Some(exponent) => matches!(digits(unsigned(exponent)), (digits, "") if !digits.is_empty()),
        None => rest.is_empty(),
    }
}

/// Whether a text is an integer as YAML 1.2 writes it: decimal, or octal or hexadecimal behind `0o` or `0x`.
pub(super) fn is_core_integer(text: &str) -> bool {
    let all = |digits: &str, radix| !digits.is_empty() && digits.chars().all(|digit| digit.is_digit(radix));
    match (text.strip_prefix("0o"), text.strip_prefix("0x")) {
        (Some(octal), _) => all(octal, 8),
        (_, Some(hexadecimal)) => all(hexadecimal, 16),
        _ => all(unsigned(text), 10),
    }
}

/// The integer that Go's `strconv` reads with base 0, if it fits into 64 bits; one without a sign may be as large as those
/// without signs are.
pub(super) fn go_integer(text: &str) -> Option<i128> {
    let magnitude = unsigned(text);
    let (radix, digits) = match magnitude.as_bytes() {
        [b'0', b'x' | b'X', ..] => (16, &magnitude[2..]),
        [b'0', b'o' | b'O', ..] => (8, &magnitude[2..]),
        [b'0', b'b' | b'B', ..] => (2, &magnitude[2..]),
        [b'0', _, ..] => (8, &magnitude[1..]),
        _ => (10, magnitude),
    };
    in_radix(text, digits, radix)
}

/// The integer of digits in a base, with the sign that a text starts with.
pub(super) fn in_radix(signed: &str, digits: &str, radix: u32) -> Option<i128> {
    if digits.is_empty() || !digits.chars().all(|digit| digit.is_digit(radix)) {
        return None;
    }
    let magnitude = i128::from(u64::from_str_radix(digits, radix).ok()?);
    let value = if signed.starts_with('-') { -magnitude } else { magnitude };
    let is_unsigned = !signed.starts_with(['-', '+']);
    (is_unsigned || i64::try_from(value).is_ok()).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_go_reads_them() {
        for (text, value) in [
            ("0", Some(0)),
            ("-0x1F", Some(-31)),
            ("017", Some(15)),
            ("0O17", Some(15)),
            ("08", None),
            ("0x", None),
            ("18446744073709551615", Some(18_446_744_073_709_551_615)),
            ("+18446744073709551615", None),
            ("-9223372036854775808", Some(-9_223_372_036_854_775_808)),
        ] {
            assert_eq!(go_integer(text), value, "{text}");
        }
        for text in ["1", "-.5", "+1.", "1e5", "1.5E-3"] {
            assert!(is_decimal(text), "{text}");
        }
        for text in ["", ".", "+", "1e", "e5", "1.5.", "0x1"] {
            assert!(!is_decimal(text), "{text}");
        }
    }
}
