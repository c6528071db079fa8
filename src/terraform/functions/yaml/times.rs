//! Times, in the four notations in which the libraries read them, with Go's `time.Parse` and its liberties.

/// A date, and perhaps a time of day with a distance to UTC in minutes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Time {
    date: [u32; 3],
    clock: [u32; 3],
    offset: i32,
}

/// The time that a text stands for, as RFC 3339 writes it: to the second, in its own time zone.
pub(super) fn rfc3339(text: &str) -> Option<String> {
    let Time { date: [year, month, day], clock: [hour, minute, second], offset } = parsed(text)?;
    let zone = if offset == 0 {
        "Z".to_owned()
    } else {
        let sign = if offset < 0 { '-' } else { '+' };
        format!("{sign}{:02}:{:02}", offset.abs() / 60, offset.abs() % 60)
    };
    Some(format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{zone}"))
}

fn parsed(text: &str) -> Option<Time> {
    let year = text.get(..4).filter(|year| year.bytes().all(|byte| byte.is_ascii_digit()))?;
    let rest = text[4..].strip_prefix('-')?;
    let (month, rest) = number(rest)?;
    let (day, rest) = number(rest.strip_prefix('-')?)?;
    let year: u32 = year.parse().ok()?;
    if !(1..=12).contains(&month) || day < 1 || day > days(year, month) {
        return None;
    }
    let date = [year, month, day];
    if rest.is_empty() {
        return Some(Time { date, clock: [0; 3], offset: 0 });
    }
    // Behind a space there is no time zone. The space may be more than one.
    if let Some(clock) = rest.strip_prefix(' ') {
        let (clock, rest) = clock_of(clock.trim_start_matches(' '))?;
        return rest.is_empty().then_some(Time { date, clock, offset: 0 });
    }
    let (clock, rest) = clock_of(rest.strip_prefix(['T', 't'])?)?;
    Some(Time { date, clock, offset: offset(rest)? })
}

/// Hours, minutes and seconds. Fractions of a second are read and forgotten.
fn clock_of(text: &str) -> Option<([u32; 3], &str)> {
    let (hour, rest) = number(text)?;
    let (minute, rest) = number(rest.strip_prefix(':')?)?;
    let (second, rest) = number(rest.strip_prefix(':')?)?;
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let fraction = rest.strip_prefix(['.', ',']).unwrap_or_default();
    let digits = fraction.bytes().take_while(u8::is_ascii_digit).count();
    Some(([hour, minute, second], if digits > 0 { &fraction[digits..] } else { rest }))
}

/// A number of one or two digits.
fn number(text: &str) -> Option<(u32, &str)> {
    let count = text.bytes().take(2).take_while(u8::is_ascii_digit).count();
    Some((text[..count].parse().ok()?, &text[count..]))
}

/// A time zone: `Z`, or hours and minutes.
fn offset(text: &str) -> Option<i32> {
    if text == "Z" {
        return Some(0);
    }
    let sign = if text.starts_with('-') { -1 } else { 1 };
    let (hours, minutes) = text.strip_prefix(['-', '+'])?.split_once(':')?;
    if hours.len() != 2 || minutes.len() != 2 {
        return None;
    }
    let ((hours, ""), (minutes, "")) = (number(hours)?, number(minutes)?) else { return None };
    (hours <= 24 && minutes <= 60).then(|| sign * i32::try_from(hours * 60 + minutes).unwrap_or(0))
}

fn days(year: u32, month: u32) -> u32 {
    let is_leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        4 | 6 | 9 | 11 => 30,
        2 => 28 + u32::from(is_leap),
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_go_reads_them() {
        for (text, time) in [
            ("2001-01-01", Some("2001-01-01T00:00:00Z")),
            ("2001-1-2", Some("2001-01-02T00:00:00Z")),
            ("2001-12-14t21:59:43.10-05:00", Some("2001-12-14T21:59:43-05:00")),
            ("2001-12-14   1:2:3,5", Some("2001-12-14T01:02:03Z")),
            ("2001-12-14T21:59:43+00:00", Some("2001-12-14T21:59:43Z")),
            ("2001-12-14T21:59:43", None),
            ("2001-12-14 21:59:43Z", None),
            ("2001-02-29", None),
            ("2001-13-01", None),
        ] {
            assert_eq!(rfc3339(text).as_deref(), time, "{text}");
        }
    }
}
