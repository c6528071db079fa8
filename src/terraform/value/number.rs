//! Terraform's numbers: binary floating point with a mantissa of up to 512 bits.
//!
//! Terraform computes with Go's `big.Float` (<https://pkg.go.dev/math/big#Float>), whose results are rounded to the
//! nearest value of the larger operand's precision, ties to even. Results here are the same to the last digit.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

use num_bigint::{BigInt, BigUint, Sign};
use num_integer::Integer;
use num_traits::{One, Signed, ToPrimitive, Zero};

use crate::terraform::limits::MOST_DIGITS;

/// The bits of a number that was written or parsed (`cty.ParseNumberVal`).
const WRITTEN: u64 = 512;

/// The bits of a number that a function counted (`cty.NumberIntVal`).
const COUNTED: u64 = 64;

/// A number: `mantissa * 2^exponent`, the mantissa odd or zero.
#[derive(Debug, Clone)]
pub struct Number {
    mantissa: BigInt,
    exponent: i64,
    /// To how many bits results are rounded.
    precision: u64,
    /// Whether a zero is one below zero: it is equal to the other, but is written `-0`.
    minus_zero: bool,
}

impl Number {
    /// Parses a number in decimal notation: digits, a point, an exponent.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (digits, exponent) = match text.find(['e', 'E']) {
            Some(at) => (&text[..at], text[at + 1..].parse::<i64>().ok()?),
            None => (text, 0),
        };
        let (negative, digits) = match digits.strip_prefix('-') {
            Some(digits) => (true, digits),
            None => (false, digits.strip_prefix('+').unwrap_or(digits)),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let all = format!("{whole}{fraction}");
        if all.is_empty() || !all.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let scale = exponent.checked_sub(i64::try_from(fraction.len()).ok()?)?;
        if scale.abs() > MOST_DIGITS.into() || all.len() > usize::from(MOST_DIGITS) {
            return None;
        }
        let value = BigInt::from_biguint(if negative { Sign::Minus } else { Sign::Plus }, all.parse().ok()?);
        let power = BigInt::from(10).pow(u32::try_from(scale.unsigned_abs()).ok()?);
        // Digits that would be lost are not shown as Terraform shows them.
        if scale >= 0 && significant_bits(&(&value * &power)) > WRITTEN {
            return None;
        }
        let mut number =
            if scale >= 0 { Self::rounded(value * power, 0, WRITTEN) } else { Self::ratio(&value, &power, WRITTEN) };
        number.minus_zero = negative && number.is_zero();
        Some(number)
    }

    /// A whole number, as functions return them.
    #[must_use]
    pub fn counted(value: impl Into<BigInt>) -> Self {
        Self::rounded(value.into(), 0, COUNTED)
    }

    /// A whole number of any size, exactly.
    #[must_use]
    pub fn whole(value: BigInt) -> Self {
        let precision = value.bits().max(WRITTEN);
        Self::rounded(value, 0, precision)
    }

    /// The number that a 64-bit float stands for; `None` for what is no number.
    #[must_use]
    pub fn from_f64(value: f64) -> Option<Self> {
        if !value.is_finite() {
            return None;
        }
        let bits = value.to_bits();
        let exponent = i64::try_from((bits >> 52) & 0x7ff).ok()?;
        let fraction = bits & ((1 << 52) - 1);
        let (mantissa, exponent) =
            if exponent == 0 { (fraction, -1074) } else { (fraction | (1 << 52), exponent - 1075) };
        let sign = if value.is_sign_negative() { Sign::Minus } else { Sign::Plus };
        Some(Self::rounded(BigInt::from_biguint(sign, mantissa.into()), exponent, 53))
    }

    /// The nearest 64-bit float.
    #[must_use]
    pub fn to_f64(&self) -> f64 {
        self.to_string().parse().unwrap_or(f64::NAN)
    }

    /// `numerator / denominator`, rounded.
    fn ratio(numerator: &BigInt, denominator: &BigInt, precision: u64) -> Self {
        // Enough bits to round to `precision`, and one below that says whether anything is left.
        let shift = (precision + 2 + denominator.bits()).saturating_sub(numerator.bits());
        let (quotient, rest) = (numerator << shift).div_rem(denominator);
        let sticky = BigInt::from(i32::from(!rest.is_zero()));
        let sign = if (numerator.sign() == Sign::Minus) == (denominator.sign() == Sign::Minus) { 1 } else { -1 };
        let mantissa = (quotient << 1) + sticky * sign;
        Self::rounded(mantissa, -i64::try_from(shift).unwrap_or(i64::MAX) - 1, precision)
    }

    /// `mantissa * 2^exponent`, rounded to the nearest value of so many bits, ties to even.
    fn rounded(mut mantissa: BigInt, mut exponent: i64, precision: u64) -> Self {
        let excess = mantissa.bits().saturating_sub(precision);
        if excess > 0 {
            let unit = BigInt::one() << excess;
            let (mut quotient, rest) = mantissa.abs().div_rem(&unit);
            let half = BigInt::one() << (excess - 1);
            if rest > half || (rest == half && quotient.is_odd()) {
                quotient += 1;
            }
            mantissa = if mantissa.is_negative() { -quotient } else { quotient };
            exponent += i64::try_from(excess).unwrap_or(i64::MAX);
        }
        let zeros = mantissa.trailing_zeros().unwrap_or(0);
        mantissa >>= zeros;
        exponent = if mantissa.is_zero() { 0 } else { exponent + i64::try_from(zeros).unwrap_or(0) };
        Self { mantissa, exponent, precision, minus_zero: false }
    }

    /// How many bits it takes to write the number down without an exponent, about.
    #[must_use]
    pub(super) fn bits(&self) -> usize {
        usize::try_from(self.mantissa.bits().saturating_add(self.exponent.unsigned_abs())).unwrap_or(usize::MAX)
    }

    /// Whether the number is 0.
    #[must_use]
    pub fn is_zero(&self) -> bool {
        self.mantissa.is_zero()
    }

    /// Whether the number is below 0.
    #[must_use]
    pub fn is_negative(&self) -> bool {
        self.mantissa.is_negative()
    }

    /// Whether the number is written with a minus.
    fn has_minus(&self) -> bool {
        self.is_negative() || self.minus_zero
    }

    /// The number as a whole number; `None` when it is none.
    #[must_use]
    pub fn to_whole(&self) -> Option<BigInt> {
        (self.exponent >= 0).then(|| &self.mantissa << self.exponent)
    }

    /// The number as an `i64`; `None` when it is not whole or too large.
    #[must_use]
    pub fn to_i64(&self) -> Option<i64> {
        self.to_whole()?.to_i64()
    }

    /// The number as an index or a count; `None` when it is not whole, negative or too large.
    #[must_use]
    pub fn to_usize(&self) -> Option<usize> {
        self.to_whole()?.to_usize()
    }

    /// The number without what is behind the point.
    #[must_use]
    pub fn truncated(&self) -> BigInt {
        self.to_whole().unwrap_or_else(|| {
            let whole: BigInt = self.mantissa.abs() >> self.exponent.unsigned_abs();
            if self.is_negative() { -whole } else { whole }
        })
    }

    /// The largest whole number that is not above this one.
    #[must_use]
    pub fn floor(&self) -> Self {
        let whole = self.truncated();
        let below = self.to_whole().is_none() && self.is_negative();
        Self::whole(if below { whole - 1 } else { whole })
    }

    /// The smallest whole number that is not below this one.
    #[must_use]
    pub fn ceil(&self) -> Self {
        let whole = self.truncated();
        let above = self.to_whole().is_none() && !self.is_negative();
        Self::whole(if above { whole + 1 } else { whole })
    }

    /// The number without its sign.
    #[must_use]
    pub fn abs(&self) -> Self {
        Self { mantissa: self.mantissa.abs(), minus_zero: false, ..self.clone() }
    }

    /// The number with the other sign.
    #[must_use]
    pub fn negated(&self) -> Self {
        Self { mantissa: -&self.mantissa, minus_zero: self.is_zero() && !self.minus_zero, ..self.clone() }
    }

    /// The sum.
    #[must_use]
    pub fn plus(&self, other: &Self) -> Self {
        let exponent = self.exponent.min(other.exponent);
        let aligned = |number: &Self| &number.mantissa << (number.exponent - exponent);
        let mut sum = Self::rounded(aligned(self) + aligned(other), exponent, self.precision.max(other.precision));
        sum.minus_zero = self.minus_zero && other.minus_zero;
        sum
    }

    /// The difference.
    #[must_use]
    pub fn minus(&self, other: &Self) -> Self {
        self.plus(&other.negated())
    }

    /// The product. It keeps more bits than its operands where it needs them, up to 512.
    #[must_use]
    pub fn times(&self, other: &Self) -> Self {
        let mut product = Self::rounded(&self.mantissa * &other.mantissa, self.exponent + other.exponent, WRITTEN);
        product.precision = self.precision.max(other.precision).max(product.mantissa.bits());
        product.minus_zero = product.is_zero() && self.has_minus() != other.has_minus();
        product
    }

    /// The quotient; `None` when `other` is 0.
    #[must_use]
    pub fn divided_by(&self, other: &Self) -> Option<Self> {
        if other.is_zero() {
            return None;
        }
        let mut quotient = Self::ratio(&self.mantissa, &other.mantissa, self.precision.max(other.precision));
        if quotient.is_zero() {
            quotient.minus_zero = self.has_minus() != other.has_minus();
        } else {
            quotient.exponent += self.exponent - other.exponent;
        }
        Some(quotient)
    }

    /// What is left of a division that is cut at the point; `None` when `other` is 0.
    #[must_use]
    pub fn modulo(&self, other: &Self) -> Option<Self> {
        let whole = Self::whole(self.divided_by(other)?.truncated());
        Some(self.minus(&other.times(&whole)))
    }

    /// The number with so many decimal places, rounded to the nearest, ties to even.
    #[must_use]
    pub fn to_fixed(&self, places: usize) -> String {
        let power = BigInt::from(10).pow(u32::try_from(places).unwrap_or(u32::MAX));
        let scaled = self.mantissa.abs() * power;
        let rounded = if self.exponent >= 0 {
            scaled << self.exponent
        } else {
            let unit = BigInt::one() << self.exponent.unsigned_abs();
            let (quotient, rest) = scaled.div_rem(&unit);
            let twice: BigInt = rest << 1;
            let up = twice > unit || (twice == unit && quotient.is_odd());
            quotient + i32::from(up)
        };
        let digits = format!("{rounded:0>width$}", rounded = rounded.to_string(), width = places + 1);
        let (whole, fraction) = digits.split_at(digits.len() - places);
        let sign = if self.has_minus() { "-" } else { "" };
        let point = if places > 0 { "." } else { "" };
        format!("{sign}{whole}{point}{fraction}")
    }

    /// The shortest whole number that stands for this one and no other of its precision.
    fn shortest(&self, whole: BigInt) -> BigInt {
        let excess = whole.bits().saturating_sub(self.precision);
        if excess == 0 {
            return whole;
        }
        let half = BigInt::one() << (excess - 1);
        let rounded = |zeros: u32| {
            let power = BigInt::from(10).pow(zeros);
            let raised: BigInt = &whole + (&power >> 1u32);
            raised.div_floor(&power) * &power
        };
        // The more zeros, the farther off.
        let is_off = |zeros: u32| (rounded(zeros) - &whole).abs() >= half;
        rounded(first(1, is_off) - 1)
    }

    /// Whether the number has more digits than anybody computes with.
    #[must_use]
    pub fn is_extreme(&self) -> bool {
        self.exponent.abs() > 4 * i64::from(MOST_DIGITS)
    }
}

/// How many bits it takes to write a number down, zeros at its end left out.
fn significant_bits(value: &BigInt) -> u64 {
    value.bits() - value.trailing_zeros().unwrap_or(0)
}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        self.mantissa == other.mantissa && self.exponent == other.exponent
    }
}

impl Eq for Number {}

impl Hash for Number {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        (&self.mantissa, self.exponent).hash(hasher);
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        let exponent = self.exponent.min(other.exponent);
        let aligned = |number: &Self| &number.mantissa << (number.exponent - exponent);
        aligned(self).cmp(&aligned(other))
    }
}

impl fmt::Display for Number {
    /// The shortest decimal that stands for this number and for no other of its precision, without an exponent.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(whole) = self.to_whole() {
            let sign = if self.minus_zero { "-" } else { "" };
            return write!(f, "{sign}{}", self.shortest(whole));
        }
        // A decimal stands for this number if it is nearer to it than half of the last bit: with value = m / 2^e and
        // bits below the precision, that is |decimal - value| * 2^(e + spare + 1) < 1.
        let point = self.exponent.unsigned_abs();
        let spare = self.precision.saturating_sub(self.mantissa.bits());
        let magnitude = self.mantissa.magnitude();
        let rounded = |digits: u32| {
            let power = BigUint::from(10u32).pow(digits);
            let scaled = magnitude * &power;
            let decimal: BigUint = ((&scaled << 1) + (BigUint::one() << point)) >> (point + 1);
            let back = &decimal << point;
            let off = if back > scaled { back - scaled } else { scaled - back };
            ((off << (spare + 1)) < power).then(|| decimal.div_rem(&power))
        };
        // The more digits, the nearer; and with as many as the binary point has it is the number itself.
        let digits = first(1, |digits| rounded(digits).is_some());
        let Some((whole, fraction)) = rounded(digits) else { return Ok(()) };
        let sign = if self.is_negative() { "-" } else { "" };
        write!(f, "{sign}{whole}.{:0>width$}", fraction.to_string(), width = digits as usize)
    }
}

/// The first number from a start on of which something holds that holds of all behind it as well.
fn first(start: u32, holds: impl Fn(u32) -> bool) -> u32 {
    let (mut before, mut step) = (start, 1);
    while !holds(before + step - 1) {
        before += step;
        step *= 2;
    }
    // It is the last of these, or one in front of it.
    let (mut low, mut high) = (before, before + step - 1);
    while low < high {
        let middle = low.midpoint(high);
        if holds(middle) { high = middle } else { low = middle + 1 }
    }
    low
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> Number {
        Number::parse(text).expect("a number")
    }

    #[test]
    fn decimals_come_back_as_they_were_written() {
        for text in ["0", "1", "-1", "0.1", "-0.25", "123456789012345678901234567890.5", "3.14159", "1000000"] {
            assert_eq!(number(text).to_string(), text);
        }
        assert_eq!(number("1.50").to_string(), "1.5");
        assert_eq!(number("1e3").to_string(), "1000");
        assert_eq!(number("25e-2").to_string(), "0.25");
        assert_eq!(number("1e100").to_string(), format!("1{}", "0".repeat(100)));
    }

    #[test]
    fn arithmetic_is_terraforms() {
        assert_eq!(number("0.1").plus(&number("0.2")).to_string(), "0.3");
        assert_eq!(number("-7").modulo(&number("3")), Some(number("-1")));
        assert_eq!(number("7.5").modulo(&number("-2")), Some(number("1.5")));
        assert_eq!(number("1").divided_by(&number("0")), None);
        assert_eq!(number("1").divided_by(&number("4")).map(|n| n.to_string()).as_deref(), Some("0.25"));
        assert_eq!(number("-1.5").floor(), number("-2"));
        assert_eq!(number("-1.5").ceil(), number("-1"));
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for text in ["", "x", "1x", "0x10", " 1", ".", "--1", "1e", "1e99999999", "-"] {
            assert!(Number::parse(text).is_none(), "{text}");
        }
    }
}
