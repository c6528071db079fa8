//! Logarithms and powers of 64-bit floats, to the last bit as Go's `math` computes them on x86-64.

/// The natural logarithm, by the method of FreeBSD's `log`, in Go's order of operations.
pub(super) fn ln(x: f64) -> f64 {
    const MANTISSA: u64 = (1 << 52) - 1;
    const LN2_HIGH: f64 = 6.931_471_803_691_238e-1;
    const LN2_LOW: f64 = 1.908_214_929_270_587_7e-10;
    const ODD: [f64; 4] =
        [1.479_819_860_511_658_6e-1, 1.818_357_216_161_805e-1, 2.857_142_874_366_239e-1, 6.666_666_666_666_735e-1];
    const EVEN: [f64; 3] = [1.531_383_769_920_937_3e-1, 2.222_219_843_214_978_4e-1, 3.999_999_999_940_942e-1];
    if x.is_nan() || x < 0.0 {
        return f64::NAN;
    }
    if x.abs() <= 0.0 {
        return f64::NEG_INFINITY;
    }
    if x.is_infinite() {
        return x;
    }
    // The bits of a float below 2^-1022 are taken for those of a larger one, as processors' code for Go does.
    let mut fraction = f64::from_bits((x.to_bits() & MANTISSA) | 0.5f64.to_bits());
    let mut exponent = i32::try_from((x.to_bits() >> 52) & 0x7ff).unwrap_or(0) - 0x3fe;
    if fraction < std::f64::consts::FRAC_1_SQRT_2 {
        fraction *= 2.0;
        exponent -= 1;
    }
    let (f, k) = (fraction - 1.0, f64::from(exponent));
    let s = f / (2.0 + f);
    let squared = s * s;
    let fourth = squared * squared;
    let horner = |factors: &[f64]| factors.iter().copied().reduce(|sum, factor| sum * fourth + factor).unwrap_or(0.0);
    let rest = squared * horner(&ODD) + fourth * horner(&EVEN);
    let half = 0.5 * f * f;
    k * LN2_HIGH - ((half - (s * (half + rest) + k * LN2_LOW)) - f)
}

/// The exponential function as processors compute it that multiply and add at once, and as those that do not; `None` when
/// the results differ.
fn exp(x: f64) -> Option<f64> {
    let fused = exp_with(x, f64::mul_add);
    let separate = exp_with(x, |one, other, sum| one * other + sum);
    (fused.total_cmp(&separate).is_eq()).then_some(fused)
}

/// The exponential function: a sixteenth of what is left beside a power of 2, by its series, squared four times.
fn exp_with(x: f64, multiply_add: fn(f64, f64, f64) -> f64) -> f64 {
    const LN2_HIGH: f64 = 0.693_147_180_559_663;
    const LN2_LOW: f64 = 2.823_529_056_303_157_7e-13;
    const SERIES: [f64; 8] = [
        2.480_158_730_158_73e-5,
        1.984_126_984_126_984e-4,
        1.388_888_888_888_889e-3,
        8.333_333_333_333_333e-3,
        4.166_666_666_666_666_4e-2,
        1.666_666_666_666_666_6e-1,
        0.5,
        1.0,
    ];
    if x > 7.097_827_128_933_84e2 {
        return f64::INFINITY;
    }
    // Below, all results are zero.
    let power = (x.max(-1e5) * std::f64::consts::LOG2_E).round_ties_even();
    let rest = multiply_add(-power, LN2_LOW, multiply_add(-power, LN2_HIGH, x)) * 0.0625;
    let sum = SERIES.into_iter().reduce(|sum, factor| multiply_add(sum, rest, factor)).unwrap_or(0.0);
    let mut result = rest * sum;
    for _ in 0..3 {
        result *= result + 2.0;
    }
    result = multiply_add(result, result + 2.0, 1.0);
    scaled(result, power)
}

/// `value * 2^power`, a small result rounded as Go rounds it.
fn scaled(value: f64, power: f64) -> f64 {
    let whole = power.clamp(-1e5, 1e5).to_string().parse().unwrap_or(0);
    libm::ldexp(value, whole)
}

fn is_odd(value: f64) -> bool {
    value.abs() < 9_007_199_254_740_992.0 && value.fract().abs() <= 0.0 && (value % 2.0).abs() > 0.5
}

/// A power as Go's `math.Pow`: not a number where there is none. `None` when it is not the same on all processors.
pub(super) fn power(base: f64, exponent: f64) -> Option<f64> {
    if let Some(special) = special_power(base, exponent) {
        return Some(special);
    }
    let (mut whole, mut fraction) = (exponent.abs().trunc(), exponent.abs().fract());
    if fraction > 0.0 && base < 0.0 {
        return Some(f64::NAN);
    }
    if whole >= 9.223_372_036_854_776e18 {
        return Some(match base.abs() {
            _ if base.total_cmp(&-1.0).is_eq() => 1.0,
            size if (size < 1.0) == (exponent > 0.0) => 0.0,
            _ => f64::INFINITY,
        });
    }
    let mut result = 1.0;
    if fraction > 0.0 {
        if fraction > 0.5 {
            fraction -= 1.0;
            whole += 1.0;
        }
        result = exp(fraction * ln(base))?;
    }
    let (result, scale) = times_whole_power(result, base, whole.to_string().parse().unwrap_or(u64::MAX));
    let (result, scale) = if exponent < 0.0 { (1.0 / result, -scale) } else { (result, scale) };
    Some(libm::ldexp(result, i32::try_from(scale).unwrap_or(if scale < 0 { i32::MIN } else { i32::MAX })))
}

/// The powers that Go does not compute bit by bit.
fn special_power(base: f64, exponent: f64) -> Option<f64> {
    let is = |value: f64, other: f64| value.total_cmp(&other).is_eq();
    let (is_zero, is_minus) = (base.abs() <= 0.0, base.is_sign_negative() && is_odd(exponent));
    Some(match () {
        () if exponent.abs() <= 0.0 || is(base, 1.0) => 1.0,
        () if is(exponent, 1.0) => base,
        () if is_zero && exponent < 0.0 => {
            if is_minus {
                f64::NEG_INFINITY
            } else {
                f64::INFINITY
            }
        }
        () if is_zero => {
            if is_minus {
                base
            } else {
                0.0
            }
        }
        () if exponent.is_infinite() && is(base, -1.0) => 1.0,
        () if exponent.is_infinite() && (base.abs() < 1.0) == (exponent > 0.0) => 0.0,
        () if exponent.is_infinite() => f64::INFINITY,
        () if is(base, f64::NEG_INFINITY) => return special_power(-0.0, -exponent),
        () if base.is_infinite() => {
            if exponent < 0.0 {
                0.0
            } else {
                f64::INFINITY
            }
        }
        () if is(exponent, 0.5) => base.sqrt(),
        () if is(exponent, -0.5) => 1.0 / base.sqrt(),
        () => return None,
    })
}

/// `start * base^exponent`, by squares, as a float and the power of 2 that it is to be multiplied with.
fn times_whole_power(start: f64, base: f64, exponent: u64) -> (f64, i64) {
    let (mut result, mut scale) = (start, 0i64);
    let (mut factor, factor_scale) = libm::frexp(base);
    let mut factor_scale = i64::from(factor_scale);
    let mut left = exponent;
    while left != 0 {
        if factor_scale.abs() > 1 << 12 {
            // It is beyond the range of a float, and would go on growing.
            return (result, scale + factor_scale);
        }
        if left & 1 == 1 {
            result *= factor;
            scale += factor_scale;
        }
        factor *= factor;
        factor_scale *= 2;
        if factor < 0.5 {
            factor += factor;
            factor_scale -= 1;
        }
        left >>= 1;
    }
    (result, scale)
}
