//! Numbers as decimal digits, and the notations of Go's `big.Float` (<https://pkg.go.dev/math/big#Float.Text>).

use num_bigint::BigUint;
use num_traits::One;

/// How a number is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notation {
    /// Without an exponent, as `%f`.
    Fixed,
    /// With an exponent behind this letter, as `%e` and `%E`.
    Exponent(char),
    /// With an exponent behind this letter when that is below -4 or not below the precision, as `%g` and `%G`.
    General(char),
}

/// Up to this many digits in front of the point, the shortest general notation has no exponent.
const MOST_GENERAL: i64 = 6;

/// A number that is not negative: `0.digits * 10^point`, without zeros at either end of its digits.
#[derive(Debug)]
pub(super) struct Decimal {
    digits: Vec<u8>,
    point: i64,
}

impl Decimal {
    /// The number `mantissa * 2^exponent`, all digits of it.
    pub(super) fn new(mantissa: BigUint, exponent: i64) -> Self {
        let zeros = mantissa.trailing_zeros().unwrap_or(0).min((-exponent).max(0).unsigned_abs());
        let (mantissa, exponent) = (mantissa >> zeros, exponent + i64::try_from(zeros).unwrap_or(0));
        // A half is five tenths.
        let (whole, places) = if exponent >= 0 {
            (mantissa << exponent.unsigned_abs(), 0)
        } else {
            let power = BigUint::from(5u32).pow(u32::try_from(exponent.unsigned_abs()).unwrap_or(u32::MAX));
            (mantissa * power, exponent)
        };
        let digits = whole.to_string().into_bytes();
        let point = length(&digits) + places;
        let mut decimal = Self { digits, point };
        decimal.trim();
        decimal
    }

    fn trim(&mut self) {
        while self.digits.last() == Some(&b'0') {
            self.digits.pop();
        }
        if self.digits.is_empty() {
            self.point = 0;
        }
    }

    /// The digit at a place, of which there are as many zeros as one asks for.
    fn at(&self, place: i64) -> u8 {
        usize::try_from(place).ok().and_then(|place| self.digits.get(place)).copied().unwrap_or(b'0')
    }

    /// Cuts all but the first digits, and rounds up.
    fn round_up(&mut self, mut kept: usize) {
        while kept > 0 && self.digits[kept - 1] == b'9' {
            kept -= 1;
        }
        self.digits.truncate(kept.max(1));
        if kept == 0 {
            self.digits[0] = b'1';
            self.point += 1;
        } else {
            self.digits[kept - 1] += 1;
        }
    }

    /// Cuts all but the first digits.
    fn round_down(&mut self, kept: usize) {
        self.digits.truncate(kept);
        self.trim();
    }

    /// Cuts all but the first digits and rounds to the nearest, ties to even.
    fn round(&mut self, kept: i64) {
        let Some(kept) = usize::try_from(kept).ok().filter(|kept| *kept < self.digits.len()) else { return };
        let is_tie = self.digits[kept] == b'5' && kept + 1 == self.digits.len();
        let up = if is_tie { kept > 0 && self.digits[kept - 1] % 2 == 1 } else { self.digits[kept] >= b'5' };
        if up { self.round_up(kept) } else { self.round_down(kept) }
    }

    /// Rounds to so many places, as a notation counts them.
    pub(super) fn round_to(&mut self, notation: Notation, places: usize) {
        let places = i64::try_from(places).unwrap_or(i64::MAX);
        self.round(match notation {
            Notation::Fixed => self.point.saturating_add(places),
            Notation::Exponent(_) => places.saturating_add(1),
            Notation::General(_) => places.max(1),
        });
    }

    /// Cuts the digits to the fewest that stand for `mantissa * 2^exponent` and for no other number of a precision.
    ///
    /// All decimals between the halves of the last bit below and above stand for it, and these themselves if the number
    /// is even. Digit by digit, the first place counts at which the number, cut or rounded up, is in between. Go compares
    /// the digits by their place from the first one on, also where the bounds have one digit more or less.
    pub(super) fn shorten(&mut self, mantissa: &BigUint, exponent: i64, precision: u64) {
        if self.digits.is_empty() {
            return;
        }
        // One bit more than the precision has: half of the last bit.
        let bits = mantissa.bits();
        let widened = (precision + 1).saturating_sub(bits);
        let cut = bits.saturating_sub(precision + 1);
        let mantissa = (mantissa << widened) >> cut;
        let exponent = exponent - i64::try_from(widened).unwrap_or(0) + i64::try_from(cut).unwrap_or(0);
        let lower = Self::new(&mantissa - BigUint::one(), exponent);
        let upper = Self::new(&mantissa + BigUint::one(), exponent);
        let is_inclusive = !mantissa.bit(1);
        for place in 0..self.digits.len() {
            let index = i64::try_from(place).unwrap_or(i64::MAX);
            let (below, digit, above) = (lower.at(index), self.digits[place], upper.at(index));
            let down = below != digit || (is_inclusive && place + 1 == lower.digits.len());
            let up = digit != above && (is_inclusive || digit + 1 < above || place + 1 < upper.digits.len());
            match (down, up) {
                (true, true) => return self.round(index + 1),
                (true, false) => return self.round_down(place + 1),
                (false, true) => return self.round_up(place + 1),
                (false, false) => {}
            }
        }
    }

    /// As many places as it takes to write all digits.
    pub(super) fn places(&self, notation: Notation) -> usize {
        let digits = length(&self.digits);
        let places = match notation {
            Notation::Fixed => digits - self.point,
            Notation::Exponent(_) => digits - 1,
            Notation::General(_) => digits,
        };
        usize::try_from(places).unwrap_or(0)
    }

    /// The digits in a notation with so many places, which are the fewest that it takes if `is_shortest`.
    pub(super) fn written(&self, notation: Notation, places: usize, is_shortest: bool) -> String {
        let places = i64::try_from(places).unwrap_or(i64::MAX);
        let digits = length(&self.digits);
        match notation {
            Notation::Fixed => self.fixed(places),
            Notation::Exponent(letter) => self.with_exponent(letter, places),
            Notation::General(letter) => {
                let places = if is_shortest { places } else { places.max(1) };
                let limit = match () {
                    () if is_shortest => MOST_GENERAL,
                    () if places > digits && digits >= self.point => digits,
                    () => places,
                };
                let exponent = self.point - 1;
                if exponent < -4 || exponent >= limit {
                    return self.with_exponent(letter, places.min(digits) - 1);
                }
                let places = if places > self.point { digits } else { places };
                self.fixed((places - self.point).max(0))
            }
        }
    }

    fn fixed(&self, places: i64) -> String {
        let whole = (0..self.point.max(0)).map(|place| char::from(self.at(place)));
        let mut text: String = whole.collect();
        if text.is_empty() {
            text.push('0');
        }
        if places > 0 {
            text.push('.');
            text.extend((0..places).map(|place| char::from(self.at(self.point.saturating_add(place)))));
        }
        text
    }

    fn with_exponent(&self, letter: char, places: i64) -> String {
        let mut text = String::from(char::from(self.at(0)));
        if places > 0 {
            text.push('.');
            text.extend((1..=places).map(|place| char::from(self.at(place))));
        }
        let exponent = if self.digits.is_empty() { 0 } else { self.point - 1 };
        let sign = if exponent < 0 { '-' } else { '+' };
        format!("{text}{letter}{sign}{:02}", exponent.unsigned_abs())
    }
}

fn length(digits: &[u8]) -> i64 {
    i64::try_from(digits.len()).unwrap_or(i64::MAX)
}
