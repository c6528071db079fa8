//! Dates and times, in the form of RFC 3339.

use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};

use super::{Call, Evaluated, Number, Refusal, Value};

fn timestamp(call: &Call<'_>, value: &Value) -> Result<OffsetDateTime, Refusal> {
    let text = call.string(value)?;
    let parsed = OffsetDateTime::parse(&text, &Rfc3339).ok().filter(|_| text.contains('T'));
    parsed.map_or_else(|| call.refused("what is no timestamp"), Ok)
}

pub(super) fn timecmp(call: &Call<'_>) -> Evaluated {
    let [one, other] = call.exactly()?;
    let order = timestamp(call, one)?.cmp(&timestamp(call, other)?);
    Ok(Number::counted(order as i32).into())
}

pub(super) fn timeadd(call: &Call<'_>) -> Evaluated {
    let [start, duration] = call.exactly()?;
    let (start, duration) = (timestamp(call, start)?, call.string(duration)?);
    let Some(duration) = parse_duration(&duration) else { return call.refused("what is no duration") };
    match start.checked_add(duration) {
        Some(end) => Ok(Value::string(&written(end, "YYYY-MM-DD'T'hh:mm:ssZ").unwrap_or_default())),
        None => Ok(call.unknown("it depends on a time outside of the supported range")),
    }
}

/// A duration as Go writes it: `1h30m`, `-1.5s`.
fn parse_duration(text: &str) -> Option<Duration> {
    let (negative, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if rest == "0" {
        return Some(Duration::ZERO);
    }
    let mut nanoseconds = 0i128;
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.').len();
        let (number, behind) = rest.split_at(digits);
        let letters = behind.len() - behind.trim_start_matches(|c: char| !(c.is_ascii_digit() || c == '.')).len();
        let (unit, behind) = behind.split_at(letters);
        let unit: i128 = match unit {
            "ns" => 1,
            "us" | "µs" | "μs" => 1_000,
            "ms" => 1_000_000,
            "s" => 1_000_000_000,
            "m" => 60_000_000_000,
            "h" => 3_600_000_000_000,
            _ => return None,
        };
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        if whole.is_empty() && fraction.is_empty() || fraction.contains('.') || fraction.len() > 18 {
            return None;
        }
        let whole: i128 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
        let scale = 10i128.pow(u32::try_from(fraction.len()).ok()?);
        let fraction: i128 = if fraction.is_empty() { 0 } else { fraction.parse().ok()? };
        nanoseconds =
            nanoseconds.checked_add(whole.checked_mul(unit)?.checked_add(fraction.checked_mul(unit)? / scale)?)?;
        rest = behind;
    }
    // Go counts nanoseconds in 64 bits.
    i64::try_from(if negative { -nanoseconds } else { nanoseconds }).ok().map(Duration::nanoseconds)
}

pub(super) fn formatdate(call: &Call<'_>) -> Evaluated {
    let [format, time] = call.exactly()?;
    let (format, time) = (call.string(format)?, timestamp(call, time)?);
    match written(time, &format) {
        Some(text) => Ok(Value::string(&text)),
        None => call.refused("this format"),
    }
}

/// A time in Terraform's format, whose letters are those of its documentation; `None` for a letter that it does not
/// know and for a quote without end.
fn written(time: OffsetDateTime, format: &str) -> Option<String> {
    let mut text = String::new();
    let mut rest = format;
    while let Some(first) = rest.chars().next() {
        if first == '\'' {
            let (quoted, behind) = quoted(&rest[1..])?;
            text.push_str(&quoted);
            rest = behind;
            continue;
        }
        let run = rest.len() - rest.trim_start_matches(first).len();
        let (letters, behind) = rest.split_at(run);
        if first.is_ascii_alphabetic() {
            text.push_str(&part(time, letters)?);
        } else {
            text.push_str(letters);
        }
        rest = behind;
    }
    Some(text)
}

/// What stands in quotes, with doubled quotes for one, and what is behind it.
fn quoted(text: &str) -> Option<(String, &str)> {
    let mut quoted = String::new();
    let mut rest = text;
    loop {
        let (before, behind) = rest.split_once('\'')?;
        quoted.push_str(before);
        match behind.strip_prefix('\'') {
            Some(behind) => {
                quoted.push('\'');
                rest = behind;
            }
            None => return Some((quoted, behind)),
        }
    }
}

fn part(time: OffsetDateTime, letters: &str) -> Option<String> {
    let half = match time.hour() % 12 {
        0 => 12,
        hour => hour,
    };
    let offset = time.offset();
    let (hours, minutes, _) = offset.as_hms();
    let zone = |separator: &str| {
        let sign = if offset.is_negative() { '-' } else { '+' };
        format!("{sign}{:02}{separator}{:02}", hours.abs(), minutes.abs())
    };
    let (month, day) = (time.month().to_string(), time.weekday().to_string());
    Some(match letters {
        "YYYY" => format!("{:04}", time.year()),
        "YY" => format!("{:02}", time.year() % 100),
        "MMMM" => month,
        "MMM" => month[..3].to_owned(),
        "MM" => format!("{:02}", u8::from(time.month())),
        "M" => u8::from(time.month()).to_string(),
        "DD" => format!("{:02}", time.day()),
        "D" => time.day().to_string(),
        "EEEE" => day,
        "EEE" => day[..3].to_owned(),
        "hh" => format!("{:02}", time.hour()),
        "h" => time.hour().to_string(),
        "HH" => format!("{half:02}"),
        "H" => half.to_string(),
        "AA" => if time.hour() < 12 { "AM" } else { "PM" }.to_owned(),
        "aa" => if time.hour() < 12 { "am" } else { "pm" }.to_owned(),
        "mm" => format!("{:02}", time.minute()),
        "m" => time.minute().to_string(),
        "ss" => format!("{:02}", time.second()),
        "s" => time.second().to_string(),
        "ZZZ" if offset.is_utc() => "UTC".to_owned(),
        "Z" if offset.is_utc() => "Z".to_owned(),
        "ZZZ" | "ZZZZ" => zone(""),
        "Z" | "ZZZZZ" => zone(":"),
        _ => return None,
    })
}
