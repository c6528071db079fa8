//! `format` and `formatlist`.

use num_bigint::BigInt;

use super::super::limits::MOST_WIDTH;
use super::super::value::Notation;
use super::cost::{Size, elements, of_bytes};
use super::{Call, Data, Evaluated, Refusal, Type, Value, is_too_long, json, strings};

/// As many places are written behind a point when a verb does not say how many.
const PLACES: usize = 6;

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

/// The digits at the start of a text as a number, the largest one when there are too many, and what is behind them.
fn number(text: &str) -> (Option<usize>, &str) {
    let behind = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let digits = &text[..text.len() - behind.len()];
    ((!digits.is_empty()).then(|| digits.parse().unwrap_or(usize::MAX)), behind)
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
    let (width, mut rest) = number(flags);
    verb.width = width.unwrap_or(0);
    if let Some(behind) = rest.strip_prefix('.') {
        let (precision, behind) = number(behind);
        verb.precision = Some(precision.unwrap_or(0));
        rest = behind;
    }
    if let Some(behind) = rest.strip_prefix('[') {
        let (argument, after) = number(behind);
        verb.argument = Some(argument.filter(|_| !behind.starts_with('0'))?);
        rest = after.strip_prefix(']')?;
    }
    let letter = rest.chars().next().filter(char::is_ascii_alphabetic)?;
    verb.letter = letter;
    Some((verb, &rest[1..]))
}

fn text_of(value: &Value) -> Result<String, Failure> {
    match value.convert(&Type::String).map(|value| value.data) {
        Ok(Data::String(text)) => Ok(text.to_string()),
        _ => Err(Failure::Refused("an argument that is not a string")),
    }
}

fn json_of(value: &Value) -> Result<String, Failure> {
    if json::holds_infinity(value) {
        return Err(Failure::Refused("infinity inside of a value"));
    }
    Ok(json::encoded(value))
}

impl Verb {
    fn format(&self, value: &Value) -> Result<String, Failure> {
        // Of a `null` without a type Terraform does not know the result, and of one with a type it refuses most verbs.
        if matches!(value.data, Data::Null) {
            return Err(Failure::NotDone(self.letter));
        }
        match self.letter {
            'v' => Ok(self.padded(&match &value.data {
                Data::String(text) if !self.sharp => text.to_string(),
                Data::Number(number) if !self.sharp && number.is_infinite() => number.to_string(),
                Data::Number(number) if !self.sharp => number.written(Notation::General('e'), None),
                _ => json_of(value)?,
            })),
            's' => Ok(self.padded(&self.cut(&text_of(value)?))),
            'q' => Ok(self.padded(&json::encoded(&Value::string(&self.cut(&text_of(value)?))))),
            't' => match value.convert(&Type::Bool).map(|value| value.data) {
                Ok(Data::Bool(value)) => Ok(value.to_string()),
                _ => Err(Failure::Refused("an argument that is not a bool")),
            },
            'b' | 'd' | 'o' | 'x' | 'X' | 'e' | 'E' | 'f' | 'g' | 'G' => self.number(value),
            _ => Err(Failure::Refused("an unknown verb")),
        }
    }

    fn number(&self, value: &Value) -> Result<String, Failure> {
        let number = match value.convert(&Type::Number).map(|value| value.data) {
            Ok(Data::Number(number)) => number,
            Ok(Data::Unknown(_)) => return Err(Failure::NotDone(self.letter)),
            _ => return Err(Failure::Refused("an argument that is not a number")),
        };
        let (notation, places) = match self.letter {
            'f' => (Notation::Fixed, self.precision.or(Some(PLACES))),
            'e' | 'E' => (Notation::Exponent(self.letter), self.precision.or(Some(PLACES))),
            'g' => (Notation::General('e'), self.precision),
            'G' => (Notation::General('E'), self.precision),
            _ => {
                let whole = number.to_whole().ok_or(Failure::Refused("a number that is not whole"))?;
                return Ok(self.whole(&whole));
            }
        };
        let text = if number.is_infinite() { number.to_string() } else { number.written(notation, places) };
        let (sign, digits) = self.signed(&text);
        let missing = self.width.saturating_sub(sign.len() + digits.len());
        Ok(match () {
            () if self.zero && !number.is_infinite() => format!("{sign}{}{digits}", "0".repeat(missing)),
            () if self.left => format!("{sign}{digits}{}", " ".repeat(missing)),
            () => format!("{}{sign}{digits}", " ".repeat(missing)),
        })
    }

    /// A whole number, as Go's `big.Int` formats itself.
    fn whole(&self, number: &BigInt) -> String {
        let (radix, prefix) = match self.letter {
            'b' => (2, "0b"),
            'o' => (8, "0"),
            'x' => (16, "0x"),
            'X' => (16, "0X"),
            _ => (10, ""),
        };
        let text = number.to_str_radix(radix);
        let (sign, digits) = self.signed(&text);
        let digits = if self.letter == 'X' { digits.to_uppercase() } else { digits.to_owned() };
        if self.precision == Some(0) && digits == "0" {
            return String::new();
        }
        let prefix = if self.sharp { prefix } else { "" };
        let mut zeros = self.precision.unwrap_or(0).saturating_sub(digits.len());
        let missing = self.width.saturating_sub(sign.len() + prefix.len() + zeros + digits.len());
        let (mut before, mut behind) = (0, 0);
        match () {
            () if self.left => behind = missing,
            () if self.zero && self.precision.is_none() => zeros = missing,
            () => before = missing,
        }
        let (before, zeros, behind) = (" ".repeat(before), "0".repeat(zeros), " ".repeat(behind));
        format!("{before}{sign}{prefix}{zeros}{digits}{behind}")
    }

    /// The sign of a number, with those that the flags ask for, and its digits.
    fn signed<'t>(&self, text: &'t str) -> (&'static str, &'t str) {
        if let Some(digits) = text.strip_prefix('-') {
            return ("-", digits);
        }
        // Infinity has its own plus.
        let (has_plus, digits) = text.strip_prefix('+').map_or((false, text), |digits| (true, digits));
        match (has_plus, self.plus, self.space) {
            (true, _, true) | (false, false, true) => (" ", digits),
            (true, _, false) | (false, true, _) => ("+", digits),
            (false, false, false) => ("", digits),
        }
    }

    fn cut(&self, text: &str) -> String {
        // The precision 0 cuts nothing.
        let kept = self.precision.filter(|precision| *precision > 0).unwrap_or(usize::MAX);
        strings::characters(text).take(kept).collect()
    }

    /// A text filled up to the width, also with zeros.
    fn padded(&self, text: &str) -> String {
        let missing = self.width.saturating_sub(strings::characters(text).count());
        let filled = if self.zero { "0" } else { " " }.repeat(missing);
        if self.left { format!("{text}{filled}") } else { format!("{filled}{text}") }
    }
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
        if verb.width.max(verb.precision.unwrap_or(0)) > MOST_WIDTH || verb.argument == Some(usize::MAX) {
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
    if arguments.iter().any(|argument| matches!(argument.data, Data::Null)) {
        return Ok(call.unknown("it depends on `formatlist` with `null`"));
    }
    let lengths = arguments.iter().filter(is_list).map(|list| call.elements(list).map(<[Value]>::len));
    let mut lengths = lengths.collect::<Result<Vec<_>, _>>()?;
    lengths.dedup();
    if arguments.is_empty() {
        return Ok(Value::list(vec![finished(call, formatted(&format, &[]))?]));
    }
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
