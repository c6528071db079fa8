//! Strings. What Terraform counts as a character is what a reader sees as one: a grapheme cluster.

use unicode_segmentation::UnicodeSegmentation;

use super::{Call, Evaluated, HopKind, MOST_WEIGHT, Value, is_too_long, unicode};

fn of_one(call: &Call<'_>, compute: impl Fn(&str) -> Value) -> Evaluated {
    Ok(compute(&call.only_string()?))
}

fn of_two(call: &Call<'_>, compute: impl Fn(&str, &str) -> Value) -> Evaluated {
    let [one, other] = call.exactly()?;
    Ok(compute(&call.string(one)?, &call.string(other)?))
}

/// The characters of a text.
pub(super) fn characters(text: &str) -> impl DoubleEndedIterator<Item = &str> {
    text.graphemes(true)
}

pub(super) fn lower(call: &Call<'_>) -> Evaluated {
    of_one(call, |text| Value::string(&text.chars().map(unicode::lower_case).collect::<String>()))
}

pub(super) fn upper(call: &Call<'_>) -> Evaluated {
    of_one(call, |text| Value::string(&text.chars().map(unicode::upper_case).collect::<String>()))
}

/// `title`: in another case every letter that does not follow a letter, a digit or an underscore, as Go's
/// `strings.Title`.
pub(super) fn title(call: &Call<'_>) -> Evaluated {
    of_one(call, |text| {
        let mut in_word = false;
        let titled = text.chars().map(|c| {
            let titled = if in_word { c } else { unicode::title_case(c) };
            in_word = if c.is_ascii() { c.is_ascii_alphanumeric() || c == '_' } else { !c.is_whitespace() };
            titled
        });
        Value::string(&titled.collect::<String>())
    })
}

pub(super) fn trimspace(call: &Call<'_>) -> Evaluated {
    of_one(call, |text| Value::string(text.trim()))
}

pub(super) fn chomp(call: &Call<'_>) -> Evaluated {
    of_one(call, |text| Value::string(text.trim_end_matches(['\r', '\n'])))
}

pub(super) fn trim(call: &Call<'_>) -> Evaluated {
    of_two(call, |text, cut| Value::string(text.trim_matches(|c| cut.contains(c))))
}

pub(super) fn trimprefix(call: &Call<'_>) -> Evaluated {
    of_two(call, |text, prefix| Value::string(text.strip_prefix(prefix).unwrap_or(text)))
}

pub(super) fn trimsuffix(call: &Call<'_>) -> Evaluated {
    of_two(call, |text, suffix| Value::string(text.strip_suffix(suffix).unwrap_or(text)))
}

pub(super) fn startswith(call: &Call<'_>) -> Evaluated {
    of_two(call, |text, prefix| Value::from(text.starts_with(prefix)))
}

pub(super) fn endswith(call: &Call<'_>) -> Evaluated {
    of_two(call, |text, suffix| Value::from(text.ends_with(suffix)))
}

pub(super) fn strcontains(call: &Call<'_>) -> Evaluated {
    of_two(call, |text, part| Value::from(text.contains(part)))
}

pub(super) fn strrev(call: &Call<'_>) -> Evaluated {
    of_one(call, |text| Value::string(&characters(text).rev().collect::<String>()))
}

/// `substr(text, offset, length)`: from an offset, counted from the end when negative, so many characters, or all when
/// the length is negative.
pub(super) fn substr(call: &Call<'_>) -> Evaluated {
    let [text, offset, length] = call.exactly()?;
    let (text, mut offset, length) = (call.string(text)?, call.whole(offset)?, call.whole(length)?);
    let from_end = offset < 0;
    if from_end {
        offset += i64::try_from(characters(&text).count()).unwrap_or(i64::MAX);
    } else if length == 0 {
        return Ok(Value::string(""));
    }
    let kept = characters(&text).skip(usize::try_from(offset).unwrap_or(0));
    // Terraform takes the length 0 behind a negative offset for all that is left.
    let limit = if length > 0 { usize::try_from(length).unwrap_or(usize::MAX) } else { usize::MAX };
    Ok(Value::string(&kept.take(limit).collect::<String>()))
}

pub(super) fn indent(call: &Call<'_>) -> Evaluated {
    let [spaces, text] = call.exactly()?;
    let (spaces, text) = (call.whole(spaces)?, call.string(text)?);
    let Ok(spaces) = usize::try_from(spaces) else { return call.refused("a negative number of spaces") };
    let lines = text.matches('\n').count();
    if spaces.saturating_mul(lines) > super::super::limits::MOST_TEXT {
        return call.too_large();
    }
    Ok(Value::string(&text.replace('\n', &format!("\n{}", " ".repeat(if lines == 0 { 0 } else { spaces })))))
}

/// How many parts `split` makes of a text.
pub(super) fn parts(separator: &str, text: &str) -> usize {
    if separator.is_empty() { text.chars().count() } else { text.matches(separator).count() + 1 }
}

/// The parts of a text. Each comes from where the text does, so that what is decoded of it has a place there.
pub(super) fn split(call: &Call<'_>) -> Evaluated {
    let origin = call.arguments.get(1).map(|text| text.origin.clone()).unwrap_or_default();
    let origin = if origin.hops().next().is_some() { origin.then(HopKind::Held, call.span) } else { origin };
    let [separator, text] = call.exactly()?;
    // Each part is a value.
    if parts(&call.string(separator)?, &call.string(text)?) > MOST_WEIGHT {
        return call.too_large();
    }
    of_two(call, |separator, text| {
        let part = |part: &str| Value::string(part).from_origin(origin.clone());
        let parts = if separator.is_empty() {
            text.chars().map(|c| part(c.encode_utf8(&mut [0; 4]))).collect()
        } else {
            text.split(separator).map(part).collect()
        };
        Value::list(parts)
    })
}

pub(super) fn join(call: &Call<'_>) -> Evaluated {
    let [separator, lists @ ..] = call.arguments else { return Err(call.wrong_count()) };
    if lists.is_empty() {
        return Err(call.wrong_count());
    }
    let separator = call.string(separator)?;
    let mut joined = String::new();
    let mut is_first = true;
    for list in lists {
        for element in call.elements(list)? {
            if !is_first {
                joined.push_str(&separator);
            }
            joined.push_str(&call.string(element)?);
            is_first = false;
            if is_too_long(&joined) {
                return call.too_large();
            }
        }
    }
    Ok(Value::string(&joined))
}
