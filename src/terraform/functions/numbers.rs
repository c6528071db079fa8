//! Numbers.

use num_bigint::BigInt;

use super::super::limits::MOST_DIGITS;
use super::{Call, Data, Evaluated, Number, Refusal, Value, floats};

fn of_one(call: &Call<'_>, compute: fn(&Number) -> Number) -> Evaluated {
    let [value] = call.exactly()?;
    Ok(compute(&call.number(value)?).into())
}

pub(super) fn abs(call: &Call<'_>) -> Evaluated {
    of_one(call, Number::abs)
}

pub(super) fn ceil(call: &Call<'_>) -> Evaluated {
    of_one(call, Number::ceil)
}

pub(super) fn floor(call: &Call<'_>) -> Evaluated {
    of_one(call, Number::floor)
}

pub(super) fn signum(call: &Call<'_>) -> Evaluated {
    let [value] = call.exactly()?;
    let number = call.number(value)?;
    // Terraform takes whole numbers here, and no others.
    if number.to_i64().is_none() {
        return Err(call.wrong_type(value));
    }
    let sign = if number.is_zero() { 0 } else { 1 - 2 * i32::from(number.is_negative()) };
    Ok(Number::counted(sign).into())
}

fn extreme(call: &Call<'_>, better: fn(&Number, &Number) -> bool) -> Evaluated {
    let mut best: Option<Number> = None;
    for argument in call.arguments {
        let number = call.number(argument)?;
        if best.as_ref().is_none_or(|best| better(&number, best)) {
            best = Some(number);
        }
    }
    best.map(Value::from).ok_or_else(|| call.wrong_count())
}

pub(super) fn max(call: &Call<'_>) -> Evaluated {
    extreme(call, |one, other| one > other)
}

pub(super) fn min(call: &Call<'_>) -> Evaluated {
    extreme(call, |one, other| one < other)
}

/// A function of two 64-bit floats, which is what Terraform computes these with: to the last bit, or not at all.
fn of_floats(call: &Call<'_>, compute: fn(f64, f64) -> Option<f64>) -> Evaluated {
    let [one, other] = call.exactly()?;
    let (Some(one), Some(other)) = (call.number(one)?.to_f64(), call.number(other)?.to_f64()) else {
        return call.refused("a number that is too large for a 64-bit float");
    };
    let Some(result) = compute(one, other) else {
        return Ok(call.unknown(format!("the last digit of this `{}` depends on the processor", call.name)));
    };
    Number::from_f64(result).map_or_else(|| call.refused("numbers that have no result"), |number| Ok(number.into()))
}

/// `log(number, base)`.
pub(super) fn log(call: &Call<'_>) -> Evaluated {
    of_floats(call, |number, base| Some(floats::ln(number) / floats::ln(base)))
}

pub(super) fn pow(call: &Call<'_>) -> Evaluated {
    of_floats(call, floats::power)
}

/// `parseint`: digits of a base from 2 to 62.
pub(super) fn parseint(call: &Call<'_>) -> Evaluated {
    let [text, base] = call.exactly()?;
    let Data::String(digits) = &text.data else { return Err(call.wrong_type(text)) };
    let base = call.whole(base)?;
    let base = u32::try_from(base).ok().filter(|base| (2..=62).contains(base)).ok_or_else(|| call.wrong_type(text))?;
    if digits.len() > usize::from(MOST_DIGITS) {
        let reason = format!("it depends on a number of more than {MOST_DIGITS} digits, which is podgate's limit");
        return Ok(call.unknown(reason));
    }
    match parse(digits, base) {
        Some(number) => Ok(Number::counted(number).into()),
        None => Err(Refusal::new("Terraform's `parseint` refuses this text", call.span)),
    }
}

fn parse(text: &str, base: u32) -> Option<BigInt> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if digits.is_empty() {
        return None;
    }
    let mut number = BigInt::from(0);
    for digit in digits.chars() {
        // Up to base 36 the case of a letter does not matter; beyond, the capital ones come last.
        let value = match digit {
            '0'..='9' => u32::from(digit) - u32::from('0'),
            'a'..='z' => u32::from(digit) - u32::from('a') + 10,
            'A'..='Z' if base <= 36 => u32::from(digit) - u32::from('A') + 10,
            'A'..='Z' => u32::from(digit) - u32::from('A') + 36,
            _ => return None,
        };
        if value >= base {
            return None;
        }
        number = number * base + value;
    }
    Some(if negative { -number } else { number })
}
