//! Numbers that are written: what Go's `big.ParseFloat` reads with base 10, rounded as it rounds.

use num_bigint::{BigInt, BigUint};
use num_traits::Zero;

use super::{Number, WRITTEN};
use crate::terraform::limits::MOST_DIGITS;

/// The largest exponent of a `big.Float`, to base 2; the smallest is as far below zero.
const MOST_EXPONENT: i64 = 1 << 31;

/// Bits of the power of 5 beyond those of the number that is multiplied with it.
const SPARE: u64 = 64;

/// As large powers of 5 are in a table of Go's; larger ones it computes.
const MOST_EXACT: u64 = 27;

/// Why a text is not read as a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoNumber {
    /// Terraform does not take it for one either.
    Refused,
    /// It has more digits than podgate computes with.
    TooLong,
}

/// What a number is written as.
struct Written<'a> {
    is_negative: bool,
    whole: &'a str,
    fraction: &'a str,
    exponent: i64,
    is_binary: bool,
}

impl<'a> Written<'a> {
    /// Digits with a point, and an exponent to base 10 behind an `e` or to base 2 behind a `p`.
    fn new(text: &'a str) -> Option<Self> {
        let (is_negative, text) = sign(text);
        let (digits, exponent, is_binary) = match text.find(['e', 'E', 'p', 'P']) {
            Some(at) => (&text[..at], exponent(&text[at + 1..])?, matches!(text.as_bytes()[at], b'p' | b'P')),
            None => (text, 0, false),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let is_sound = is_digits(whole) && is_digits(fraction) && !(whole.is_empty() && fraction.is_empty());
        is_sound.then_some(Self { is_negative, whole, fraction, exponent, is_binary })
    }
}

/// The sign in front of digits, and what is behind it.
fn sign(text: &str) -> (bool, &str) {
    match text.strip_prefix('-') {
        Some(behind) => (true, behind),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    }
}

fn is_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

fn exponent(text: &str) -> Option<i64> {
    let (is_negative, digits) = sign(text);
    let is_sound = !digits.is_empty() && is_digits(digits);
    let value: i64 = if is_sound { digits.parse().ok()? } else { return None };
    Some(if is_negative { -value } else { value })
}

impl Number {
    /// Reads a number: digits, a point, an exponent; or infinity.
    ///
    /// # Errors
    ///
    /// When the text is no number, or one of too many digits.
    pub fn read(text: &str) -> Result<Self, NoNumber> {
        if let (is_negative, "Inf" | "inf") = sign(text) {
            return Ok(Self::infinity(is_negative));
        }
        let written = Written::new(text).ok_or(NoNumber::Refused)?;
        let length = written.whole.len() + written.fraction.len();
        if length > usize::from(MOST_DIGITS) {
            return Err(NoNumber::TooLong);
        }
        let digits = format!("{}{}", written.whole, written.fraction);
        let mantissa: BigUint = digits.parse().map_err(|_| NoNumber::Refused)?;
        if mantissa.is_zero() {
            return Ok(Self::zero(written.is_negative, WRITTEN));
        }
        let places = i64::try_from(written.fraction.len()).map_err(|_| NoNumber::TooLong)?;
        let of_ten = if written.is_binary { -places } else { written.exponent.saturating_sub(places) };
        let of_two = if written.is_binary { written.exponent.saturating_sub(places) } else { of_ten };
        let end = i64::try_from(mantissa.bits()).unwrap_or(i64::MAX).saturating_add(of_two);
        if !(-MOST_EXPONENT..MOST_EXPONENT).contains(&end) {
            return Err(NoNumber::Refused);
        }
        if of_ten.abs().max(of_two.abs()) > MOST_DIGITS.into() {
            return Err(NoNumber::TooLong);
        }
        let mantissa = BigInt::from(mantissa);
        let mantissa = if written.is_negative { -mantissa } else { mantissa };
        let power = power_of_five(of_ten.unsigned_abs(), WRITTEN + SPARE);
        let mut number = if of_ten < 0 {
            Self::ratio(&mantissa, &power.mantissa, WRITTEN)
        } else {
            Self::rounded(mantissa * &power.mantissa, 0, WRITTEN)
        };
        number.exponent += of_two + if of_ten < 0 { -power.exponent } else { power.exponent };
        Ok(number)
    }

    /// Reads a number; `None` for what is none or too long.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::read(text).ok()
    }
}

/// A power of 5 as Go computes it for the digits of a number: by squares, each rounded to so many bits.
fn power_of_five(exponent: u64, precision: u64) -> Number {
    let exact = BigInt::from(5).pow(u32::try_from(exponent.min(MOST_EXACT)).unwrap_or(0));
    let mut power = Number::rounded(exact, 0, precision);
    let mut factor = Number::rounded(5.into(), 0, precision + SPARE);
    let mut left = exponent.saturating_sub(MOST_EXACT);
    while left > 0 {
        if left & 1 == 1 {
            power = product(&power, &factor, precision);
        }
        factor = product(&factor, &factor, precision + SPARE);
        left >>= 1;
    }
    power
}

fn product(one: &Number, other: &Number, precision: u64) -> Number {
    Number::rounded(&one.mantissa * &other.mantissa, one.exponent + other.exponent, precision)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn binary_exponents_and_infinity_are_read() {
        for (text, expected) in [("1p3", "8"), ("-1.5P-2", "-0.375"), (".5", "0.5"), ("5.", "5"), ("+7", "7")] {
            assert_eq!(Number::read(text).map(|number| number.to_string()).as_deref(), Ok(expected), "{text}");
        }
        for (text, expected) in [("Inf", "+Inf"), ("+inf", "+Inf"), ("-Inf", "-Inf"), ("-0", "-0")] {
            assert_eq!(Number::read(text).map(|number| number.to_string()).as_deref(), Ok(expected), "{text}");
        }
    }

    #[test]
    fn what_is_too_long_is_told_from_what_is_no_number() {
        for text in ["1e5000", "1e-5000", "1e1000000000", "1p100000"] {
            assert_eq!(Number::read(text), Err(NoNumber::TooLong), "{text}");
        }
        for text in ["1e99999999999999", "1e99999999999999999999", "INF", "0x1", "1_0", "infinity", "1e+", "e5", "."] {
            assert_eq!(Number::read(text), Err(NoNumber::Refused), "{text}");
        }
    }
}
