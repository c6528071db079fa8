//! What calls of functions cost, in steps (`terraform/limits`): charged before they run.
//!
//! Each function of the tables says here by what its work grows. The charges are upper bounds: of text, some letters are
//! much dearer than others; of numbers, the long ones; and every value that is made takes memory as well.

use super::super::limits::{LETTERS, MOST_NESTED, MOST_TEXT, STEPS_OF_CONVERSION, STEPS_OF_DIGITS};
use super::{Call, Data, Needs, Value};

/// By what the work of a function grows.
#[derive(Debug, Clone, Copy)]
pub(super) enum Cost {
    /// By nothing but the number of its arguments.
    Fixed,
    /// By all that its arguments hold: so many steps for every unit of weight, and for every 100 bytes of text.
    Deep { value: usize, text: usize },
    /// By the elements that its arguments hold themselves: so many steps for each, and those of handing it out.
    Flat(usize),
    /// By what the function says.
    By(fn(&Call<'_>) -> usize),
}

/// What every call takes.
const OF_CALL: usize = 10;

/// What every argument takes.
const OF_ARGUMENT: usize = 10;

/// What 100 bytes take that are not ASCII and may have to be brought into normal form, or be cut into characters.
const OF_WIDE: usize = 500;

/// What conversions of all that is held cost.
pub(super) const CONVERTED: Cost = deep(STEPS_OF_CONVERSION, 20);

/// What functions of numbers cost. A number may be written as a text.
pub(super) const NUMBERS: Cost = deep(50, 100);

/// What functions cost that copy a text or look through it once. Instead of a text there may be a number.
pub(super) const COPIED: Cost = deep(STEPS_OF_DIGITS, 10);

/// What functions of single characters cost.
pub(super) const CHARACTERS: Cost = deep(STEPS_OF_DIGITS, 120);

/// A cost of so many steps for each value at any depth, and for 100 bytes of text.
pub(super) const fn deep(value: usize, text: usize) -> Cost {
    Cost::Deep { value, text }
}

/// How much arguments hold, at any depth.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Size {
    /// Values, numbers by their weight.
    pub(super) values: usize,
    /// Bytes of text, keys included.
    pub(super) bytes: usize,
    /// Bytes of text that is not ASCII.
    wide: usize,
}

impl Size {
    /// The size of a value.
    pub(super) fn of(value: &Value) -> Self {
        let mut size = Self::default();
        size.add(value);
        size
    }

    /// The size of all arguments.
    pub(super) fn of_all(values: &[Value]) -> Self {
        let mut size = Self::default();
        for value in values {
            size.add(value);
        }
        size
    }

    fn add(&mut self, value: &Value) {
        self.values += 1;
        match &value.data {
            Data::List(held) | Data::Set(held) | Data::Tuple(held) => held.iter().for_each(|value| self.add(value)),
            Data::Map(held) | Data::Object(held) | Data::Partial(held, _) => {
                for (key, value) in held.iter() {
                    self.text(key);
                    self.add(value);
                }
            }
            Data::String(text) => self.text(text),
            // Of an empty collection or `null` the type may be large.
            _ => self.values += value.weight() - 1,
        }
    }

    fn text(&mut self, text: &str) {
        self.bytes += text.len();
        self.wide += if text.is_ascii() { 0 } else { text.len() };
    }

    /// The steps for so many a value and so many for 100 bytes of text.
    pub(super) fn steps(self, value: usize, text: usize) -> usize {
        let wide = self.wide.saturating_mul(OF_WIDE) / LETTERS;
        self.values.saturating_mul(value).saturating_add(self.bytes.saturating_mul(text) / LETTERS).saturating_add(wide)
    }
}

impl Cost {
    /// What a call takes whatever the function does: to look at its arguments, as deep as the function needs them, and to
    /// find out how much they hold.
    pub(super) fn of_call(self, call: &Call<'_>, needs: Needs) -> usize {
        let looks_deep = needs == Needs::All || matches!(self, Self::Deep { .. } | Self::By(_));
        let weight = |value: &Value| if looks_deep { 2 * value.weight() } else { 0 };
        OF_CALL
            + call.arguments.iter().map(|value| OF_ARGUMENT + value.steps_of_handing() + weight(value)).sum::<usize>()
    }

    /// What the function itself takes.
    pub(super) fn of_work(self, call: &Call<'_>) -> usize {
        match self {
            Self::Fixed => 0,
            Self::Deep { value, text } => Size::of_all(call.arguments).steps(value, text),
            Self::Flat(each) => {
                call.arguments.iter().map(|value| elements(value) * (each + value.steps_of_handing())).sum()
            }
            Self::By(steps) => steps(call),
        }
    }
}

/// How many elements a value holds itself.
pub(in crate::terraform) fn elements(value: &Value) -> usize {
    match &value.data {
        Data::List(held) | Data::Set(held) | Data::Tuple(held) => held.len(),
        Data::Map(held) | Data::Object(held) | Data::Partial(held, _) => held.len(),
        _ => 0,
    }
}

/// What it takes to copy so many bytes, or to make them.
pub(super) fn of_bytes(bytes: usize) -> usize {
    bytes / 10
}

/// What it takes to make a text of so many bytes, and to bring it into normal form when it is not ASCII.
pub(super) fn of_text(bytes: usize, is_ascii: bool) -> usize {
    if is_ascii { of_bytes(bytes) } else { bytes.saturating_mul(OF_WIDE / LETTERS) }
}

fn text(value: Option<&Value>) -> &str {
    match value.map(|value| &value.data) {
        Some(Data::String(text)) => text,
        _ => "",
    }
}

/// `concat`: lists become one list, whose elements get one type; of tuples the elements are handed on.
pub(super) fn of_concat(call: &Call<'_>) -> usize {
    let lists = call.arguments.iter().all(|argument| matches!(argument.data, Data::List(_)));
    let converted = if lists { Size::of_all(call.arguments).steps(STEPS_OF_CONVERSION, 20) } else { 0 };
    Cost::Flat(5).of_work(call) + converted
}

/// `flatten`: every element is handed out as often as collections hold it, each of which was read where those around it
/// were.
pub(super) fn of_flatten(call: &Call<'_>) -> usize {
    fn steps(value: &Value, around: usize) -> usize {
        let each = value.steps_of_handing().max(around);
        match &value.data {
            Data::List(held) | Data::Set(held) | Data::Tuple(held) => {
                held.iter().map(|element| 5 + each + steps(element, each)).sum()
            }
            _ => 0,
        }
    }
    call.arguments.iter().map(|value| 2 * steps(value, 0)).sum()
}

/// `indent`: spaces for every line.
pub(super) fn of_indent(call: &Call<'_>) -> usize {
    let spaces = match call.arguments.first().map(|spaces| &spaces.data) {
        Some(Data::Number(spaces)) => spaces.to_usize().unwrap_or(0),
        _ => 0,
    };
    let lines = text(call.arguments.get(1)).bytes().filter(|byte| *byte == b'\n').count();
    let added = spaces.saturating_mul(lines);
    // More is not made.
    let is_ascii = text(call.arguments.get(1)).is_ascii();
    CHARACTERS.of_work(call) + of_text(if added > MOST_TEXT { 0 } else { added }, is_ascii)
}

/// `join`: the separator as often as there are elements.
pub(super) fn of_join(call: &Call<'_>) -> usize {
    let count: usize = call.arguments.iter().skip(1).map(elements).sum();
    let separator = call.arguments.first().map_or(0, |separator| Size::of(separator).steps(1, 10));
    deep(STEPS_OF_DIGITS, 10).of_work(call).saturating_add(separator.saturating_mul(count))
}

/// `range`: as many numbers as lie between its limits, 1024 at most.
pub(super) fn of_range(call: &Call<'_>) -> usize {
    let numbers: Vec<Option<i64>> = call.arguments.iter().map(|value| call.number(value).ok()?.to_i64()).collect();
    let count = match *numbers.as_slice() {
        [Some(end)] => end.unsigned_abs(),
        [Some(start), Some(end)] => start.abs_diff(end),
        _ => u64::MAX,
    };
    NUMBERS.of_work(call) + 20 * usize::try_from(count.min(1024)).unwrap_or(1024)
}

/// `setproduct`: all that its products hold.
pub(super) fn of_setproduct(call: &Call<'_>) -> usize {
    let products = call.arguments.iter().map(elements).fold(1usize, usize::saturating_mul);
    if products > super::super::limits::MOST_PRODUCTS {
        return CONVERTED.of_work(call);
    }
    // Products grow by one argument after the other.
    let copied = products.saturating_mul(call.arguments.len().saturating_mul(call.arguments.len()));
    let held = super::sets::weight_of_products(call.arguments);
    CONVERTED.of_work(call).saturating_add(copied.saturating_mul(5)).saturating_add(held.saturating_mul(40))
}

/// `split`: as many parts as there are.
pub(super) fn of_split(call: &Call<'_>) -> usize {
    CHARACTERS.of_work(call) + 25 * super::strings::parts(text(call.arguments.first()), text(call.arguments.get(1)))
}

/// `trim`: every character at the ends is looked up in those to be cut.
pub(super) fn of_trim(call: &Call<'_>) -> usize {
    let cut = text(call.arguments.get(1)).len();
    CHARACTERS.of_work(call).saturating_add(text(call.arguments.first()).len().saturating_mul(1 + cut / 10))
}

/// `yamlencode`: every line is indented as deep as what it holds.
pub(super) fn of_yamlencode(call: &Call<'_>) -> usize {
    let deepest = call.arguments.iter().map(Value::depth).max().unwrap_or(0).min(MOST_NESTED);
    deep(80 + of_text(2 * usize::from(deepest), false), 400).of_work(call)
}
