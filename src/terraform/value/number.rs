//! Terraform's numbers: binary floating point with a mantissa of up to 512 bits, and infinity.
//!
//! Terraform computes with Go's `big.Float` (<https://pkg.go.dev/math/big#Float>), whose results are rounded to the
//! nearest value of the larger operand's precision, ties to even. Results here are the same to the last digit.

mod decimal;
mod parse;

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

use num_bigint::{BigInt, BigUint, Sign};
use num_integer::Integer;
use num_traits::{One, Signed, ToPrimitive, Zero};

use crate::terraform::limits::MOST_DIGITS;

pub use decimal::Notation;
pub use parse::NoNumber;

use decimal::Decimal;

/// The bits of a number that was written or parsed (`cty.ParseNumberVal`).
const WRITTEN: u64 = 512;

/// The bits of a whole number that a function made, at least (`cty.NumberIntVal`).
const COUNTED: u64 = 64;

/// The bits of the mantissa of a 64-bit float.
const FLOAT: u64 = 53;

/// A number: `mantissa * 2^exponent`, the mantissa odd or zero; or infinity, with 1 or -1 for its mantissa.
#[derive(Debug, Clone)]
pub struct Number {
    mantissa: BigInt,
    exponent: i64,
    /// To how many bits results are rounded.
    precision: u64,
    /// Whether a zero is one below zero: it is equal to the other, but is written `-0`.
    minus_zero: bool,
    is_infinite: bool,
}

impl Number {
    /// A whole number, as functions make them: no bit of it is lost.
    #[must_use]
    pub fn counted(value: impl Into<BigInt>) -> Self {
        let value = value.into();
        let precision = value.bits().max(COUNTED);
        Self::rounded(value, 0, precision)
    }

    /// A whole number of any size, with the bits of one that was written.
    #[must_use]
    pub fn whole(value: BigInt) -> Self {
        let precision = value.bits().max(WRITTEN);
        Self::rounded(value, 0, precision)
    }

    /// Infinity, below zero or above.
    #[must_use]
    pub fn infinity(is_negative: bool) -> Self {
        let mantissa = if is_negative { -BigInt::one() } else { BigInt::one() };
        Self { mantissa, exponent: 0, precision: FLOAT, minus_zero: false, is_infinite: true }
    }

    /// A zero of a sign and a precision.
    fn zero(is_negative: bool, precision: u64) -> Self {
        Self { mantissa: BigInt::zero(), exponent: 0, precision, minus_zero: is_negative, is_infinite: false }
    }

    /// The number that a 64-bit float stands for; `None` for what is no number.
    #[must_use]
    pub fn from_f64(value: f64) -> Option<Self> {
        if value.is_nan() {
            return None;
        }
        if value.is_infinite() {
            return Some(Self::infinity(value.is_sign_negative()));
        }
        let bits = value.to_bits();
        let exponent = i64::try_from((bits >> 52) & 0x7ff).ok()?;
        let fraction = bits & ((1 << 52) - 1);
        let (mantissa, exponent) =
            if exponent == 0 { (fraction, -1074) } else { (fraction | (1 << 52), exponent - 1075) };
        if mantissa == 0 {
            return Some(Self::zero(value.is_sign_negative(), FLOAT));
        }
        let sign = if value.is_sign_negative() { Sign::Minus } else { Sign::Plus };
        Some(Self::rounded(BigInt::from_biguint(sign, mantissa.into()), exponent, FLOAT))
    }

    /// The nearest 64-bit float, ties to even; `None` for a number that is too large for one.
    #[must_use]
    pub fn to_f64(&self) -> Option<f64> {
        let sign = if self.has_minus() { -1.0 } else { 1.0 };
        if self.is_infinite {
            return Some(sign * f64::INFINITY);
        }
        // Floats below 2^-1022 have fewer bits: the last one is that of 2^-1074.
        let end = i64::try_from(self.mantissa.bits()).unwrap_or(i64::MAX).saturating_add(self.exponent);
        let bits = (end + 1074).clamp(0, 53).unsigned_abs();
        let float = if bits == 0 {
            let is_above_half = end == -1074 && self.mantissa.magnitude() > &BigUint::one();
            if is_above_half { f64::from_bits(1) } else { 0.0 }
        } else {
            let rounded = Self::rounded(self.mantissa.abs(), self.exponent, bits);
            libm::ldexp(rounded.mantissa.to_f64()?, i32::try_from(rounded.exponent).ok()?)
        };
        float.is_finite().then_some(sign * float)
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
        Self { mantissa, exponent, precision, minus_zero: false, is_infinite: false }
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

    /// Whether the number is infinity, below zero or above.
    #[must_use]
    pub fn is_infinite(&self) -> bool {
        self.is_infinite
    }

    /// Whether the number is written with a minus.
    fn has_minus(&self) -> bool {
        self.is_negative() || self.minus_zero
    }

    /// The number as a whole number; `None` when it is none.
    #[must_use]
    pub fn to_whole(&self) -> Option<BigInt> {
        (self.exponent >= 0 && !self.is_infinite).then(|| &self.mantissa << self.exponent)
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

    /// The number without what is behind the point. It is not infinity.
    fn truncated(&self) -> BigInt {
        self.to_whole().unwrap_or_else(|| {
            let whole: BigInt = self.mantissa.abs() >> self.exponent.unsigned_abs();
            if self.is_negative() { -whole } else { whole }
        })
    }

    /// The largest whole number that is not above this one.
    #[must_use]
    pub fn floor(&self) -> Self {
        self.to_side(|whole| whole - 1, self.is_negative())
    }

    /// The smallest whole number that is not below this one.
    #[must_use]
    pub fn ceil(&self) -> Self {
        self.to_side(|whole| whole + 1, !self.is_negative())
    }

    /// The number without what is behind the point, or the whole number next to it when something was.
    fn to_side(&self, next: fn(BigInt) -> BigInt, is_farther: bool) -> Self {
        if self.is_infinite {
            return self.clone();
        }
        let whole = self.truncated();
        let whole = if is_farther && self.exponent < 0 { next(whole) } else { whole };
        Self::rounded(whole, 0, self.precision)
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

    /// The sum; `None` for infinities of different signs.
    #[must_use]
    pub fn plus(&self, other: &Self) -> Option<Self> {
        self.added(other, self.precision.max(other.precision))
    }

    /// The sum, rounded to so many bits; `None` for infinities of different signs.
    fn added(&self, other: &Self, precision: u64) -> Option<Self> {
        match (self.is_infinite, other.is_infinite) {
            (true, true) => return (self.is_negative() == other.is_negative()).then(|| self.clone()),
            (true, false) => return Some(self.clone()),
            (false, true) => return Some(other.clone()),
            (false, false) => {}
        }
        let exponent = self.exponent.min(other.exponent);
        let aligned = |number: &Self| &number.mantissa << (number.exponent - exponent);
        let mut sum = Self::rounded(aligned(self) + aligned(other), exponent, precision);
        sum.minus_zero = self.minus_zero && other.minus_zero;
        Some(sum)
    }

    /// The difference; `None` for infinities of the same sign.
    #[must_use]
    pub fn minus(&self, other: &Self) -> Option<Self> {
        self.plus(&other.negated())
    }

    /// The product; `None` for zero times infinity. It keeps more bits than its operands where it needs them, up to 512.
    #[must_use]
    pub fn times(&self, other: &Self) -> Option<Self> {
        let mut product = self.multiplied(other, WRITTEN)?;
        product.precision = self.precision.max(other.precision).max(product.mantissa.bits());
        Some(product)
    }

    /// The product, rounded to so many bits; `None` for zero times infinity.
    fn multiplied(&self, other: &Self, precision: u64) -> Option<Self> {
        let is_negative = self.has_minus() != other.has_minus();
        if self.is_infinite || other.is_infinite {
            return (!self.is_zero() && !other.is_zero()).then(|| Self::infinity(is_negative));
        }
        let mut product = Self::rounded(&self.mantissa * &other.mantissa, self.exponent + other.exponent, precision);
        product.minus_zero = product.is_zero() && is_negative;
        Some(product)
    }

    /// The quotient, infinity for one by zero; `None` for zero by zero and for infinity by infinity.
    #[must_use]
    pub fn divided_by(&self, other: &Self) -> Option<Self> {
        if (self.is_zero() && other.is_zero()) || (self.is_infinite && other.is_infinite) {
            return None;
        }
        let is_negative = self.has_minus() != other.has_minus();
        if self.is_infinite || other.is_zero() {
            return Some(Self::infinity(is_negative));
        }
        let precision = self.precision.max(other.precision);
        if self.is_zero() || other.is_infinite {
            return Some(Self::zero(is_negative, precision));
        }
        let mut quotient = Self::ratio(&self.mantissa, &other.mantissa, precision);
        quotient.exponent += self.exponent - other.exponent;
        Some(quotient)
    }

    /// What is left of a division that is cut at the point: all of the number when `other` is 0; `None` for infinity by
    /// anything else and for anything by infinity.
    #[must_use]
    pub fn modulo(&self, other: &Self) -> Option<Self> {
        if other.is_zero() {
            return Some(self.clone());
        }
        if self.is_infinite || other.is_infinite {
            return None;
        }
        // Every step is rounded to the bits of the dividend.
        let whole = Self::rounded(self.divided_by(other)?.truncated(), 0, self.precision);
        let taken = other.multiplied(&whole, self.precision)?;
        self.added(&taken.negated(), self.precision)
    }

    /// The number in a notation of Go's, with so many places, or as many as it takes. It is not infinity.
    #[must_use]
    pub fn written(&self, notation: Notation, places: Option<usize>) -> String {
        let mut decimal = Decimal::new(self.mantissa.magnitude().clone(), self.exponent);
        let digits = if let Some(places) = places {
            decimal.round_to(notation, places);
            places
        } else {
            decimal.shorten(self.mantissa.magnitude(), self.exponent, self.precision);
            decimal.places(notation)
        };
        let sign = if self.has_minus() { "-" } else { "" };
        format!("{sign}{}", decimal.written(notation, digits, places.is_none()))
    }

    /// Whether the number has more digits than anybody computes with.
    #[must_use]
    pub fn is_extreme(&self) -> bool {
        self.exponent.abs() > 4 * i64::from(MOST_DIGITS)
    }

    /// Where a number stands to infinity: below all, in between, above all.
    fn side(&self) -> i32 {
        if self.is_infinite { 1 - 2 * i32::from(self.is_negative()) } else { 0 }
    }

    /// Whether something is behind the point.
    fn is_fraction(&self) -> bool {
        self.exponent < 0
    }
}

impl PartialEq for Number {
    /// Fractions that are rounded to different bits are equal when they are written alike, as those of `cty`.
    fn eq(&self, other: &Self) -> bool {
        if self.is_infinite != other.is_infinite || self.mantissa.sign() != other.mantissa.sign() {
            return false;
        }
        let is_same = self.mantissa == other.mantissa && self.exponent == other.exponent;
        let may_be_alike = self.is_fraction() && other.is_fraction() && self.precision != other.precision;
        is_same || (may_be_alike && self.to_string() == other.to_string())
    }
}

impl Eq for Number {}

impl Hash for Number {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        // What is equal has one text, and may have several mantissas.
        if self.is_fraction() { self.to_string().hash(hasher) } else { (&self.mantissa, self.exponent).hash(hasher) }
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Number {
    /// The order of what is equal comes from its bits, when these differ.
    fn cmp(&self, other: &Self) -> Ordering {
        if self.is_infinite || other.is_infinite {
            return self.side().cmp(&other.side());
        }
        let exponent = self.exponent.min(other.exponent);
        let aligned = |number: &Self| &number.mantissa << (number.exponent - exponent);
        aligned(self).cmp(&aligned(other))
    }
}

impl fmt::Display for Number {
    /// The shortest decimal that stands for this number and for no other of its precision, without an exponent.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_infinite {
            return f.write_str(if self.is_negative() { "-Inf" } else { "+Inf" });
        }
        match self.to_whole() {
            Some(whole) if whole.bits() <= self.precision => {
                write!(f, "{}{whole}", if self.minus_zero { "-" } else { "" })
            }
            _ => f.write_str(&self.written(Notation::Fixed, None)),
        }
    }
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
        assert_eq!(number("0.1").plus(&number("0.2")).map(|sum| sum.to_string()).as_deref(), Some("0.3"));
        assert_eq!(number("-7").modulo(&number("3")), Some(number("-1")));
        assert_eq!(number("7.5").modulo(&number("-2")), Some(number("1.5")));
        assert_eq!(number("-1").divided_by(&number("0")), Some(Number::infinity(true)));
        assert_eq!(number("0").divided_by(&number("0")), None);
        assert_eq!(number("-7").modulo(&number("0")), Some(number("-7")));
        assert_eq!(number("Inf").minus(&number("Inf")), None);
        assert_eq!(number("Inf").times(&number("0")), None);
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
