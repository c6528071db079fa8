//! The tokens of code: what stands in an expression outside of quoted strings and heredocs.

use crate::hcl::lexis;

/// A token; strings, heredocs and brackets are there by what opens and closes them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token<'t> {
    /// An identifier.
    Name(&'t str),
    /// A number that Terraform can read.
    Number {
        /// Whether it has a fraction, so that it is no index.
        has_dot: bool,
    },
    /// Digits and dots that are no number.
    BadNumber,
    /// `"`.
    Quote,
    /// `<<MARKER` with its line end.
    Heredoc,
    /// `(`, `[` or `{`.
    Open(u8),
    /// `)`, `]` or `}`.
    Close(u8),
    /// `~}`.
    TrimmingClose,
    /// An operator between two operands, `-` and `*` included.
    Operator(u8),
    /// `!`.
    Not,
    /// `?`.
    Question,
    /// `:`.
    Colon,
    /// `::`.
    DoubleColon,
    /// `.`.
    Dot,
    /// `...`.
    Ellipsis,
    /// `,`.
    Comma,
    /// `=`.
    Equal,
    /// `=>`.
    Arrow,
    /// The end of a line.
    LineEnd,
    /// What no HCL has: a single character.
    Unknown,
}

/// The token that starts at `at`, which is inside of the text and no blank or comment, and where it ends.
pub(super) fn token(text: &str, at: usize) -> (Token<'_>, usize) {
    if let Some(end) = lexis::identifier_end(text, at) {
        return (Token::Name(&text[at..end]), end);
    }
    let bytes = text.as_bytes();
    let (token, length) = match bytes[at..] {
        [b'\n', ..] => (Token::LineEnd, 1),
        [b'\r', b'\n', ..] => (Token::LineEnd, 2),
        [b'0'..=b'9', ..] => return number(bytes, at),
        [b'"', ..] => (Token::Quote, 1),
        [b'<', b'<', ..] if lexis::heredoc(text, at).is_some() => (Token::Heredoc, 2),
        [byte @ (b'(' | b'[' | b'{'), ..] => (Token::Open(byte), 1),
        [byte @ (b')' | b']' | b'}'), ..] => (Token::Close(byte), 1),
        [b'~', b'}', ..] => (Token::TrimmingClose, 2),
        [b'.', b'.', b'.', ..] => (Token::Ellipsis, 3),
        [b'.', ..] => (Token::Dot, 1),
        [b':', b':', ..] => (Token::DoubleColon, 2),
        [b':', ..] => (Token::Colon, 1),
        [b'=', b'>', ..] => (Token::Arrow, 2),
        [b'=' | b'!' | b'<' | b'>', b'=', ..] | [b'&', b'&', ..] | [b'|', b'|', ..] => (Token::Operator(b'='), 2),
        [b'=', ..] => (Token::Equal, 1),
        [b'!', ..] => (Token::Not, 1),
        [byte @ (b'+' | b'-' | b'*' | b'/' | b'%' | b'<' | b'>'), ..] => (Token::Operator(byte), 1),
        [b'?', ..] => (Token::Question, 1),
        [b',', ..] => (Token::Comma, 1),
        _ => (Token::Unknown, text[at..].chars().next().map_or(1, char::len_utf8)),
    };
    (token, at + length)
}

/// The number at `at`. As HCL's scanner does, it takes all digits, dots and exponents for one, but for dots at the end;
/// so not all of these are numbers (`1.2.3`).
fn number(bytes: &[u8], at: usize) -> (Token<'static>, usize) {
    let (mut end, mut dots, mut exponents) = (at, 0, 0);
    let mut is_number = true;
    loop {
        let dotted = bytes[end..].iter().take_while(|byte| **byte == b'.').count();
        let (length, is_exponent) = match bytes[end + dotted..] {
            [b'0'..=b'9', ..] => (1, false),
            [b'e' | b'E', b'+' | b'-', b'0'..=b'9', ..] => (3, true),
            [b'e' | b'E', b'0'..=b'9', ..] => (2, true),
            _ => break,
        };
        is_number &= dotted == 0 || exponents == 0;
        dots += dotted;
        exponents += usize::from(is_exponent);
        end += dotted + length;
    }
    is_number &= dots <= 1 && exponents <= 1;
    (if is_number { Token::Number { has_dot: dots > 0 } } else { Token::BadNumber }, end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_those_of_terraform() {
        let number = |text: &'static str| token(text, 0);
        for (text, end) in
            [("1", 1), ("01", 2), ("1.5", 3), ("1e5", 3), ("1.e5", 4), ("1.2e+5-1", 6), ("1.", 1), ("1e", 1)]
        {
            assert_eq!(number(text), (Token::Number { has_dot: text[..end].contains('.') }, end), "{text}");
        }
        assert_eq!(number("1..."), (Token::Number { has_dot: false }, 1));
        for text in ["1..2", "1.2.3", "1e5.5", "1.2.e5", "1e5e6"] {
            assert_eq!(number(text), (Token::BadNumber, text.len()), "{text}");
        }
    }

    #[test]
    fn longer_signs_come_first() {
        for (text, expected) in [
            ("==", Token::Operator(b'=')),
            ("=>", Token::Arrow),
            ("=", Token::Equal),
            ("!=", Token::Operator(b'=')),
            ("!", Token::Not),
            ("::", Token::DoubleColon),
            ("<", Token::Operator(b'<')),
            ("<<E\n", Token::Heredoc),
            ("~}", Token::TrimmingClose),
            ("~", Token::Unknown),
            ("\r", Token::Unknown),
            ("\r\n", Token::LineEnd),
            ("\u{a0}", Token::Unknown),
        ] {
            assert_eq!(token(text, 0).0, expected, "{text:?}");
        }
    }
}
