//! `format` and `formatlist`.

use super::super::limits::MOST_WIDTH;
use super::cost::{Size, elements, of_bytes};
use super::{Call, Data, Evaluated, Refusal, Type, Value, is_too_long, json, strings};

/// A verb of a format: `%-10.3s`, `%[2]d`.
#[derive(Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "the flags of a verb are independent of each other")]
struct Verb {
    left: bool,
    plus: bool,
    space: bool,
    zero: bool,
    sharp: bool,
    width: usize,
    precision: Option<usize>,
    /// The argument that it names, 1-based.
    argument: Option<usize>,
    letter: char,
}

/// Why a format cannot be followed: Terraform refuses it, or podgate does not do what it asks for.
enum Failure {
    Refused(&'static str),
    NotDone(char),
}

/// A verb behind its percent sign, and what is behind it.
fn verb(text: &str) -> Option<(Verb, &str)> {
    let mut verb = Verb::default();
    let flags = text.trim_start_matches(['-', '+', ' ', '0', '#']);
    for flag in text[..text.len() - flags.len()].chars() {
        match flag {
            '-' => verb.left = true,
            '+' => verb.plus = true,
            ' ' => verb.space = true,
            '0' => verb.zero = true,
            _ => verb.sharp = true,
        }
    }
    let number = |text: &str| -> (Option<usize>, usize) {
        let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        (text[..digits].parse().ok(), digits)
    };
    let (width, digits) = number(flags);
    verb.width = width.unwrap_or(0);
    let mut rest = &flags[digits..];
    if let Some(behind) = rest.strip_prefix('.') {
        let (precision, digits) = number(behind);
        verb.precision = Some(precision.unwrap_or(0));
        rest = &behind[digits..];
    }
    if let Some(behind) = rest.strip_prefix('[') {
        let (argument, digits) = number(behind);
        verb.argument = Some(argument?);
        rest = behind[digits..].strip_prefix(']')?;
    }
    let letter = rest.chars().next()?;
    verb.letter = letter;
    Some((verb, &rest[letter.len_utf8()..]))
}

fn text_of(value: &Value) -> Result<String, Failure> {
    match value.convert(&Type::String).map(|value| value.data) {
        Ok(Data::String(text)) => Ok(text.to_string()),
        _ => Err(Failure::Refused("an argument that is not a string")),
    }
}

impl Verb {
    fn format(&self, value: &Value) -> Result<String, Failure> {
        if matches!(value.data, Data::Null) {
            return Err(Failure::NotDone(self.letter));
        }
        match self.letter {
            'v' if self.sharp => Ok(self.padded(json::encoded(value))),
            'v' => match &value.data {
                Data::String(_) | Data::Bool(_) => Ok(self.cut_and_padded(&text_of(value)?)),
                Data::Number(number) => {
                    if self.precision.is_some() {
                        return Err(Failure::NotDone('v'));
                    }
                    Ok(self.padded(self.signed(general(&number.to_string()))))
                }
                _ => Ok(self.padded(json::encoded(value))),
            },
            's' => Ok(self.cut_and_padded(&text_of(value)?)),
            'q' => {
                let text = self.cut(&text_of(value)?);
                Ok(self.padded(json::encoded(&Value::string(&text))))
            }
            't' => match value.convert(&Type::Bool).map(|value| value.data) {
                Ok(Data::Bool(value)) => Ok(self.padded(value.to_string())),
                _ => Err(Failure::Refused("an argument that is not a bool")),
            },
            'b' | 'd' | 'o' | 'x' | 'X' | 'e' | 'E' | 'f' | 'g' | 'G' => self.number(value),
            _ => Err(Failure::Refused("an unknown verb")),
        }
    }

    fn number(&self, value: &Value) -> Result<String, Failure> {
        let Ok(Data::Number(number)) = value.convert(&Type::Number).map(|value| value.data) else {
            return Err(Failure::Refused("an argument that is not a number"));
        };
        let whole = number.to_whole();
        if whole.is_none() && matches!(self.letter, 'b' | 'd' | 'o' | 'x' | 'X') {
            return Err(Failure::Refused("a number that is not whole"));
        }
        let digits = match self.letter {
            'f' => number.to_fixed(self.precision.unwrap_or(6)),
            'd' if self.precision.is_none() => number.truncated().to_string(),
            'b' | 'o' | 'x' | 'X' if self.precision.is_none() && !self.sharp => {
                let radix = [('b', 2), ('o', 8)].iter().find(|(letter, _)| *letter == self.letter);
                let digits = number.truncated().to_str_radix(radix.map_or(16, |(_, radix)| *radix));
                if self.letter == 'X' { digits.to_uppercase() } else { digits }
            }
            letter => return Err(Failure::NotDone(letter)),
        };
        Ok(self.padded(self.signed(digits)))
    }

    fn signed(&self, digits: String) -> String {
        match (digits.starts_with('-'), self.plus, self.space) {
            (true, ..) | (_, false, false) => digits,
            (_, true, _) => format!("+{digits}"),
            (_, _, true) => format!(" {digits}"),
        }
    }

    fn cut(&self, text: &str) -> String {
        strings::characters(text).take(self.precision.unwrap_or(usize::MAX)).collect()
    }

    fn cut_and_padded(&self, text: &str) -> String {
        self.padded(self.cut(text))
    }

    fn padded(&self, text: String) -> String {
        let missing = self.width.saturating_sub(strings::characters(&text).count());
        if missing == 0 {
            return text;
        }
        if self.left {
            return format!("{text}{}", " ".repeat(missing));
        }
        if !self.zero {
            return format!("{}{text}", " ".repeat(missing));
        }
        let (sign, digits) = text.split_at(usize::from(text.starts_with(['-', '+', ' '])));
        format!("{sign}{}{digits}", "0".repeat(missing))
    }
}

/// A number as Go's `%g` writes it: with an exponent when that is below -4 or above 5.
fn general(decimal: &str) -> String {
    let (sign, digits) = decimal.strip_prefix('-').map_or(("", decimal), |digits| ("-", digits));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all = format!("{whole}{fraction}");
    let leading = all.len() - all.trim_start_matches('0').len();
    let significant = all.trim_matches('0');
    // The place of the first digit that counts: 0 is that of ones.
    let exponent = whole.len().cast_signed() - 1 - leading.cast_signed();
    if significant.is_empty() || (-4..6).contains(&exponent) {
        return decimal.to_owned();
    }
    let (first, rest) = significant.split_at(1);
    let point = if rest.is_empty() { "" } else { "." };
    let direction = if exponent < 0 { '-' } else { '+' };
    format!("{sign}{first}{point}{rest}e{direction}{:02}", exponent.unsigned_abs())
}

/// What `format` takes, in steps: every verb writes its argument, and fills up as many places as it asks for.
pub(super) fn steps(call: &Call<'_>) -> usize {
    let [Value { data: Data::String(format), .. }, arguments @ ..] = call.arguments else { return 0 };
    let sizes: Vec<usize> = arguments.iter().map(|argument| Size::of(argument).steps(100, 150)).collect();
    steps_of_verbs(format, &sizes, 1)
}

/// What `formatlist` takes, in steps: as much as `format` for every element. `sizes` has all elements of a list in one.
pub(super) fn steps_of_list(call: &Call<'_>) -> usize {
    let [Value { data: Data::String(format), .. }, arguments @ ..] = call.arguments else { return 0 };
    let times = arguments.iter().map(elements).max().unwrap_or(0).max(1);
    let size = |argument: &Value| {
        let all = Size::of(argument).steps(100, 150);
        if elements(argument) > 0 { all } else { all.saturating_mul(times) }
    };
    steps_of_verbs(format, &arguments.iter().map(size).collect::<Vec<_>>(), times)
}

/// What it takes to write a format so many times, with arguments of which all together take so many steps each.
fn steps_of_verbs(format: &str, sizes: &[usize], times: usize) -> usize {
    let mut steps = times.saturating_mul(10 + format.len());
    let (mut next, mut rest) = (0, format);
    while let Some((_, behind)) = rest.split_once('%') {
        if let Some(behind) = behind.strip_prefix('%') {
            rest = behind;
            continue;
        }
        let Some((verb, behind)) = verb(behind) else { break };
        let index = verb.argument.map_or(next, |argument| argument.wrapping_sub(1));
        next = index.wrapping_add(1);
        let places = verb.width.min(MOST_WIDTH) + 10 * verb.precision.unwrap_or(0).min(MOST_WIDTH);
        let filled = times.saturating_mul(20 + of_bytes(10 * places));
        steps = steps.saturating_add(filled).saturating_add(sizes.get(index).copied().unwrap_or(0));
        rest = behind;
    }
    steps
}

/// A text made of a format and arguments.
fn formatted(format: &str, arguments: &[Value]) -> Result<String, Failure> {
    let mut text = String::new();
    let (mut next, mut used) = (0, 0);
    let mut rest = format;
    while let Some((before, behind)) = rest.split_once('%') {
        text.push_str(before);
        if let Some(behind) = behind.strip_prefix('%') {
            text.push('%');
            rest = behind;
            continue;
        }
        let (verb, behind) = verb(behind).ok_or(Failure::Refused("an unfinished verb"))?;
        if verb.width.max(verb.precision.unwrap_or(0)) > MOST_WIDTH {
            return Err(Failure::NotDone(verb.letter));
        }
        let index = verb.argument.map_or(next, |argument| argument.wrapping_sub(1));
        let value = arguments.get(index).ok_or(Failure::Refused("a verb without an argument"))?;
        text.push_str(&verb.format(value)?);
        next = index + 1;
        used = used.max(next);
        rest = behind;
        if is_too_long(&text) {
            return Err(Failure::NotDone(verb.letter));
        }
    }
    if used < arguments.len() {
        return Err(Failure::Refused("an argument without a verb"));
    }
    text.push_str(rest);
    Ok(text)
}

fn finished(call: &Call<'_>, result: Result<String, Failure>) -> Result<Value, Refusal> {
    match result {
        Ok(text) => Ok(Value::string(&text)),
        Err(Failure::Refused(what)) => call.refused(what),
        Err(Failure::NotDone(letter)) => Ok(call.unknown(format!("podgate does not format this with `%{letter}`"))),
    }
}

pub(super) fn format(call: &Call<'_>) -> Evaluated {
    let [format, arguments @ ..] = call.arguments else { return Err(call.wrong_count()) };
    finished(call, formatted(&call.string(format)?, arguments))
}

/// `formatlist`: a text for every element of the lists; what is no list stands for itself in each.
pub(super) fn formatlist(call: &Call<'_>) -> Evaluated {
    let [format, arguments @ ..] = call.arguments else { return Err(call.wrong_count()) };
    let format = call.string(format)?;
    let is_list = |value: &&Value| matches!(value.data, Data::List(_) | Data::Set(_) | Data::Tuple(_));
    let lengths = arguments.iter().filter(is_list).map(|list| call.elements(list).map(<[Value]>::len));
    let mut lengths = lengths.collect::<Result<Vec<_>, _>>()?;
    if arguments.is_empty() {
        return Ok(call.unknown("it depends on `formatlist` without lists"));
    }
    lengths.dedup();
    let [length] = *(if lengths.is_empty() { vec![1] } else { lengths }) else {
        return call.refused("lists of different lengths");
    };
    let texts = (0..length).map(|index| {
        let turn = arguments.iter().map(|argument| match call.elements(argument) {
            Ok(elements) => elements[index].clone(),
            Err(_) => argument.clone(),
        });
        finished(call, formatted(&format, &turn.collect::<Vec<_>>()))
    });
    Ok(Value::list(texts.collect::<Result<_, _>>()?))
}
