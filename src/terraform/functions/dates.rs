//! Dates and times, in the form of RFC 3339.

use num_traits::ToPrimitive;
use time::{Date, Duration, Month, OffsetDateTime, Time, UtcOffset};

use super::{Call, Evaluated, Number, Refusal, Value};

/// How strictly a timestamp is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reading {
    /// As RFC 3339 says.
    Strict,
    /// As Go's `time.Parse` does: an hour may have one digit, a comma may stand for the point, and an offset may have the
    /// hour 24 and the minute 60.
    Lenient,
}

/// A point in time, and where the clock stands there.
#[derive(Debug, Clone, Copy)]
struct Stamp {
    /// What the clock shows.
    local: OffsetDateTime,
    /// How far the clock is ahead, in seconds.
    ahead: i32,
}

impl Stamp {
    /// Reads `2024-02-29T12:34:56.789+01:00`.
    fn read(text: &str, reading: Reading) -> Option<Self> {
        let is_lenient = reading == Reading::Lenient;
        let (year, rest) = digits(text, 4)?;
        let (month, rest) = digits(rest.strip_prefix('-')?, 2)?;
        let (day, rest) = digits(rest.strip_prefix('-')?, 2)?;
        let rest = rest.strip_prefix('T')?;
        let (hour, rest) = digits(rest, if is_lenient && rest.get(1..2) == Some(":") { 1 } else { 2 })?;
        let (minute, rest) = digits(rest.strip_prefix(':')?, 2)?;
        let (second, rest) = digits(rest.strip_prefix(':')?, 2)?;
        let (nanosecond, rest) = fraction(rest, is_lenient);
        let month = Month::try_from(u8::try_from(month).ok()?).ok()?;
        let date = Date::from_calendar_date(i32::try_from(year).ok()?, month, u8::try_from(day).ok()?).ok()?;
        let small = |number: u32| u8::try_from(number).ok();
        let time = Time::from_hms_nano(small(hour)?, small(minute)?, small(second)?, nanosecond).ok()?;
        let local = OffsetDateTime::new_utc(date, time);
        if rest == "Z" {
            return Some(Self { local, ahead: 0 });
        }
        let (sign, rest) = match rest.strip_prefix('-') {
            Some(rest) => (-1, rest),
            None => (1, rest.strip_prefix('+')?),
        };
        let (hours, rest) = digits(rest, 2)?;
        let (minutes, rest) = digits(rest.strip_prefix(':')?, 2)?;
        let spare = u32::from(is_lenient);
        let is_sound = rest.is_empty() && hours < 24 + spare && minutes < 60 + spare;
        let seconds = i32::try_from((hours * 60 + minutes) * 60).ok()?;
        is_sound.then_some(Self { local, ahead: sign * seconds })
    }

    /// The time with the offset of the clock. It was read strictly.
    fn with_offset(self) -> Option<OffsetDateTime> {
        let offset = UtcOffset::from_whole_seconds(self.ahead).ok()?;
        Some(self.local.replace_offset(offset))
    }

    /// Nanoseconds since 1970.
    fn since(self) -> i128 {
        self.local.unix_timestamp_nanos() - i128::from(self.ahead) * 1_000_000_000
    }
}

/// So many digits at the start of a text as a number, and what is behind them.
fn digits(text: &str, count: usize) -> Option<(u32, &str)> {
    let (digits, rest) = text.split_at_checked(count)?;
    let is_sound = digits.bytes().all(|byte| byte.is_ascii_digit());
    if is_sound { Some((digits.parse().ok()?, rest)) } else { None }
}

/// The fraction of a second at the start of a text in nanoseconds, if there is one, and what is behind it.
fn fraction(text: &str, is_lenient: bool) -> (u32, &str) {
    let point = text.strip_prefix('.').or_else(|| text.strip_prefix(',').filter(|_| is_lenient));
    let Some(behind) = point.filter(|behind| behind.starts_with(|c: char| c.is_ascii_digit())) else {
        return (0, text);
    };
    let rest = behind.trim_start_matches(|c: char| c.is_ascii_digit());
    let digits = &behind[..behind.len() - rest.len()];
    let nanoseconds = format!("{:0<9}", &digits[..digits.len().min(9)]);
    (nanoseconds.parse().unwrap_or(0), rest)
}

fn timestamp(call: &Call<'_>, value: &Value) -> Result<OffsetDateTime, Refusal> {
    let stamp = Stamp::read(&call.string(value)?, Reading::Strict).and_then(Stamp::with_offset);
    stamp.map_or_else(|| call.refused("what is no timestamp"), Ok)
}

pub(super) fn timecmp(call: &Call<'_>) -> Evaluated {
    let [one, other] = call.exactly()?;
    let since = |value| Ok(Stamp::read(&call.string(value)?, Reading::Lenient).map(Stamp::since));
    let (Some(one), Some(other)) = (since(one)?, since(other)?) else { return call.refused("what is no timestamp") };
    Ok(Number::counted(one.cmp(&other) as i32).into())
}

pub(super) fn timeadd(call: &Call<'_>) -> Evaluated {
    let [start, duration] = call.exactly()?;
    let (start, duration) = (timestamp(call, start)?, call.string(duration)?);
    let Some(duration) = parse_duration(&duration) else { return call.refused("what is no duration") };
    let Some(end) = start.checked_add(duration) else {
        return Ok(call.unknown("it depends on a time outside of the supported range"));
    };
    let sign = if end.year() < 0 { "-" } else { "" };
    let rest = written(end, "-MM-DD'T'hh:mm:ssZ").unwrap_or_default();
    Ok(Value::string(&format!("{sign}{:04}{rest}", end.year().abs())))
}

/// The most nanoseconds of a duration below zero; one above has one less.
const MOST_NANOSECONDS: u64 = 1 << 63;

/// A duration as Go reads it: `1h30m`, `-1.5s`.
fn parse_duration(text: &str) -> Option<Duration> {
    let (is_negative, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if rest == "0" {
        return Some(Duration::ZERO);
    }
    if rest.is_empty() {
        return None;
    }
    let is_number = |c: char| c.is_ascii_digit() || c == '.';
    let mut nanoseconds = 0u64;
    while !rest.is_empty() {
        let behind = rest.trim_start_matches(|c: char| c.is_ascii_digit());
        let whole = &rest[..rest.len() - behind.len()];
        let (fraction, behind) = match behind.strip_prefix('.') {
            None => ("", behind),
            Some(behind) => {
                behind.split_at(behind.len() - behind.trim_start_matches(|c: char| c.is_ascii_digit()).len())
            }
        };
        if whole.is_empty() && fraction.is_empty() {
            return None;
        }
        let (name, behind) = behind.split_at(behind.find(is_number).unwrap_or(behind.len()));
        let part = part_of_duration(whole, fraction, unit(name)?)?;
        nanoseconds = nanoseconds.checked_add(part).filter(|sum| *sum <= MOST_NANOSECONDS)?;
        rest = behind;
    }
    let nanoseconds = i128::from(nanoseconds);
    i64::try_from(if is_negative { -nanoseconds } else { nanoseconds }).ok().map(Duration::nanoseconds)
}

/// The nanoseconds of a unit.
fn unit(name: &str) -> Option<u64> {
    Some(match name {
        "ns" => 1,
        "us" | "µs" | "μs" => 1_000,
        "ms" => 1_000_000,
        "s" => 1_000_000_000,
        "m" => 60_000_000_000,
        "h" => 3_600_000_000_000,
        _ => return None,
    })
}

/// So many units in nanoseconds. The fraction is computed with 64-bit floats, and digits beyond 63 bits do not count.
fn part_of_duration(whole: &str, fraction: &str, unit: u64) -> Option<u64> {
    let whole: u64 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
    let whole = whole.checked_mul(unit).filter(|nanoseconds| *nanoseconds <= MOST_NANOSECONDS)?;
    let (mut digits, mut scale) = (0u64, 1.0f64);
    for digit in fraction.bytes() {
        let next = digits.checked_mul(10).filter(|_| digits <= (MOST_NANOSECONDS - 1) / 10);
        let Some(next) = next.map(|next| next + u64::from(digit - b'0')).filter(|next| *next <= MOST_NANOSECONDS)
        else {
            break;
        };
        (digits, scale) = (next, scale * 10.0);
    }
    let part = (digits.to_f64()? * (unit.to_f64()? / scale)).to_u64()?;
    whole.checked_add(part).filter(|nanoseconds| *nanoseconds <= MOST_NANOSECONDS)
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
        if let Some(behind) = rest.strip_prefix("''") {
            text.push('\'');
            rest = behind;
            continue;
        }
        if first == '\'' {
            let (quoted, behind) = quoted(rest)?;
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

/// What stands in quotes at the start of a text, with doubled quotes for one, and what is behind it. At the end of the
/// text a doubled quote ends it as well.
fn quoted(text: &str) -> Option<(String, &str)> {
    let mut end = 1;
    loop {
        match text[end..].find('\'').map(|at| end + at) {
            Some(at) if text[at + 1..].starts_with('\'') => end = at + 2,
            Some(at) => {
                end = at + 1;
                break;
            }
            None => {
                end = text.len();
                break;
            }
        }
    }
    let (token, behind) = text.split_at(end);
    let inner = token.strip_prefix('\'')?.strip_suffix('\'')?;
    let mut quoted = String::new();
    let mut rest = inner.chars();
    while let Some(c) = rest.next() {
        quoted.push(c);
        if c == '\'' {
            rest.next();
        }
    }
    Some((quoted, behind))
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
