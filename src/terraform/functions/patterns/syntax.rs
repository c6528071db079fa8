//! Go's syntax of regular expressions (<https://pkg.go.dev/regexp/syntax>, of Go 1.23), read by its own rules and written
//! as a pattern of the crate `regex` that matches the same.
//!
//! Every piece is written with the flags that hold for it, so that nothing depends on where flags begin and end: `(?i)a*`
//! is written `(?:(?i:\x{61}))*`. A character is written by its number, and a class by its ranges.

use std::fmt::Write as _;

use super::classes::{self, Class};

/// As often may something be repeated, all repetitions around it included.
const MOST_REPEATED: u64 = 1_000;

/// Beyond this Go counts no digits of a repetition.
const MOST_COUNTED: u64 = 100_000_000;

/// A pattern that was read.
#[derive(Debug, Default)]
pub(super) struct Syntax {
    /// What the crate `regex` takes.
    pub(super) translated: String,
    /// The names of the groups, in the order of their brackets.
    pub(super) names: Vec<Option<Box<str>>>,
    /// Whether what it matches depends on the version of Unicode: on properties or on the case of letters.
    pub(super) is_of_unicode: bool,
    /// The characters beyond ASCII that it names.
    pub(super) named: Vec<char>,
}

/// What Go refuses about a pattern, a noun.
pub(super) type Fault = &'static str;

/// What is switched on and off by `(?i)` and its like.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "flags are independent of each other")]
struct Flags {
    folds_case: bool,
    is_multiline: bool,
    dot_is_all: bool,
    is_lazy: bool,
}

/// A piece of a concatenation.
#[derive(Debug)]
struct Piece {
    text: String,
    /// How often repetitions repeat what is in it.
    repeated: u64,
}

/// What is inside of a pair of brackets, or of none.
#[derive(Debug, Default)]
struct Frame {
    /// What stands in front of its contents.
    opening: String,
    /// The flags that hold behind it.
    outer: Flags,
    /// The alternatives that are complete.
    alternatives: String,
    pieces: Vec<Piece>,
    /// How often repetitions repeat what is in the alternatives that are complete.
    repeated: u64,
}

impl Frame {
    fn new(opening: &str, outer: Flags) -> Self {
        Self { opening: opening.to_owned(), outer, repeated: 1, ..Self::default() }
    }

    fn end_alternative(&mut self) {
        for piece in self.pieces.drain(..) {
            self.alternatives.push_str(&piece.text);
            self.repeated = self.repeated.max(piece.repeated);
        }
    }
}

/// A reader of a pattern.
struct Reader<'p> {
    rest: &'p str,
    flags: Flags,
    frames: Vec<Frame>,
    syntax: Syntax,
}

/// Reads a pattern, or says what Go refuses about it.
pub(super) fn read(pattern: &str) -> Result<Syntax, Fault> {
    let frames = vec![Frame::new("", Flags::default())];
    let mut reader = Reader { rest: pattern, flags: Flags::default(), frames, syntax: Syntax::default() };
    let mut after_repetition = false;
    while let Some(first) = reader.rest.chars().next() {
        after_repetition = reader.step(first, after_repetition)?;
    }
    let (Some(mut frame), true) = (reader.frames.pop(), reader.frames.is_empty()) else {
        return Err("a bracket that is not closed");
    };
    frame.end_alternative();
    reader.syntax.translated = frame.alternatives;
    Ok(reader.syntax)
}

impl Reader<'_> {
    /// Reads one thing, and says whether it was a repetition.
    fn step(&mut self, first: char, after_repetition: bool) -> Result<bool, Fault> {
        match first {
            '(' if self.rest.starts_with("(?") => self.flags_or_group()?,
            '(' => {
                self.rest = &self.rest[1..];
                self.open_group(None);
            }
            '|' => {
                self.rest = &self.rest[1..];
                let frame = self.frame();
                frame.end_alternative();
                frame.alternatives.push('|');
            }
            ')' => self.close()?,
            '^' => self.push_one(if self.flags.is_multiline { "(?m:^)" } else { r"\A" }),
            '$' => self.push_one(if self.flags.is_multiline { "(?m:$)" } else { r"\z" }),
            '.' => self.push_one(if self.flags.dot_is_all { "(?s:.)" } else { r"[^\n]" }),
            '[' => self.class()?,
            '*' | '+' | '?' => {
                self.rest = &self.rest[1..];
                self.repeat(&first.to_string(), None, after_repetition)?;
                return Ok(true);
            }
            '{' => match counts(self.rest) {
                Some((counts, behind)) => {
                    self.rest = behind;
                    self.repeat_counted(counts, after_repetition)?;
                    return Ok(true);
                }
                None => self.literal_at(first),
            },
            '\\' => self.escaped()?,
            first => self.literal_at(first),
        }
        Ok(false)
    }

    fn frame(&mut self) -> &mut Frame {
        self.frames.last_mut().expect("the outermost frame is never closed")
    }

    fn push(&mut self, text: String, repeated: u64) {
        self.frame().pieces.push(Piece { text, repeated });
    }

    /// Takes a single byte, which stands for this.
    fn push_one(&mut self, text: &str) {
        self.rest = &self.rest[1..];
        self.push(text.to_owned(), 1);
    }

    fn literal_at(&mut self, character: char) {
        self.rest = &self.rest[character.len_utf8()..];
        self.literal(u32::from(character));
    }

    /// A character, by its number; half of a pair of UTF-16 is in no text.
    fn literal(&mut self, code: u32) {
        let mut class = Class::default();
        class.add(code, code);
        self.note(code);
        self.push_class(&class, false);
    }

    /// Remembers a character that the pattern names.
    fn note(&mut self, code: u32) {
        self.syntax.named.extend(char::from_u32(code).filter(|c| !c.is_ascii()));
    }

    fn push_class(&mut self, class: &Class, is_negated: bool) {
        self.syntax.is_of_unicode |= class.is_of_unicode() || self.flags.folds_case;
        let class = class.written(is_negated);
        self.push(if self.flags.folds_case { format!("(?i:{class})") } else { class }, 1);
    }

    fn open_group(&mut self, name: Option<&str>) {
        self.syntax.names.push(name.map(Into::into));
        self.frames.push(Frame::new("(", self.flags));
    }

    fn close(&mut self) -> Result<(), Fault> {
        self.rest = &self.rest[1..];
        if self.frames.len() < 2 {
            return Err("a bracket that was not opened");
        }
        let Some(mut frame) = self.frames.pop() else { return Ok(()) };
        frame.end_alternative();
        self.flags = frame.outer;
        self.push(format!("{}{})", frame.opening, frame.alternatives), frame.repeated);
        Ok(())
    }

    /// `(?P<name>`, `(?<name>`, `(?i)` or `(?i:`.
    fn flags_or_group(&mut self) -> Result<(), Fault> {
        let named = self.rest.strip_prefix("(?P<").or_else(|| self.rest.strip_prefix("(?<"));
        if let Some(named) = named.filter(|named| !named.is_empty()) {
            let (name, behind) = named.split_once('>').ok_or("the name of a group without an end")?;
            if name.is_empty() || !name.chars().all(|c| c == '_' || c.is_ascii_alphanumeric()) {
                return Err("the name of a group");
            }
            self.rest = behind;
            self.open_group(Some(name));
            return Ok(());
        }
        let (mut flags, mut is_on, mut has_flag) = (self.flags, true, false);
        for (at, c) in self.rest.char_indices().skip(2) {
            let flag = match c {
                'i' => &mut flags.folds_case,
                'm' => &mut flags.is_multiline,
                's' => &mut flags.dot_is_all,
                'U' => &mut flags.is_lazy,
                '-' if is_on => {
                    (is_on, has_flag) = (false, false);
                    continue;
                }
                ':' | ')' if is_on || has_flag => {
                    self.rest = &self.rest[at + 1..];
                    if c == ':' {
                        self.frames.push(Frame::new("(?:", self.flags));
                    }
                    self.flags = flags;
                    return Ok(());
                }
                _ => break,
            };
            (*flag, has_flag) = (is_on, true);
        }
        Err("flags or a group")
    }

    /// Repeats the last piece.
    fn repeat(&mut self, operator: &str, times: Option<u64>, after_repetition: bool) -> Result<(), Fault> {
        let mut is_lazy = self.flags.is_lazy;
        if let Some(behind) = self.rest.strip_prefix('?') {
            self.rest = behind;
            is_lazy = !is_lazy;
        }
        if after_repetition {
            return Err("a repetition of a repetition");
        }
        let piece = self.frame().pieces.pop().ok_or("a repetition of nothing")?;
        let repeated = times.map_or(piece.repeated, |times| piece.repeated.saturating_mul(times));
        self.push(format!("(?:{}){operator}{}", piece.text, if is_lazy { "?" } else { "" }), repeated);
        Ok(())
    }

    fn repeat_counted(&mut self, (least, most): (u64, Option<u64>), after_repetition: bool) -> Result<(), Fault> {
        let is_sound = least <= MOST_REPEATED && most.is_none_or(|most| most <= MOST_REPEATED && least <= most);
        if !is_sound {
            return Err("a number of repetitions");
        }
        let operator = match most {
            None => format!("{{{least},}}"),
            Some(most) => format!("{{{least},{most}}}"),
        };
        self.repeat(&operator, Some(most.unwrap_or(least).max(1)), after_repetition)?;
        let Some(piece) = self.frame().pieces.last_mut() else { return Ok(()) };
        if most == Some(0) {
            // What is never there is not repeated.
            piece.repeated = 1;
        }
        let is_too_often = piece.repeated > MOST_REPEATED && (least >= 2 || most.is_some_and(|most| most >= 2));
        if is_too_often { Err("a number of repetitions") } else { Ok(()) }
    }

    /// What begins with a backslash, outside of a class.
    fn escaped(&mut self) -> Result<(), Fault> {
        let letter = self.rest[1..].chars().next();
        let anchor = match letter {
            Some('A') => r"\A",
            Some('b') => r"(?-u:\b)",
            Some('B') => r"(?-u:\B)",
            Some('z') => r"\z",
            Some('Q') => {
                let quoted = &self.rest[2..];
                let (quoted, behind) = quoted.split_once(r"\E").unwrap_or((quoted, ""));
                for c in quoted.chars() {
                    self.literal(u32::from(c));
                }
                self.rest = behind;
                return Ok(());
            }
            _ => {
                let mut class = Class::default();
                if let Some(behind) = class.take_escape(self.rest)? {
                    self.rest = behind;
                    self.push_class(&class, false);
                } else {
                    let (code, behind) = classes::character(self.rest)?;
                    self.rest = behind;
                    self.literal(code);
                }
                return Ok(());
            }
        };
        self.rest = &self.rest[2..];
        self.push(anchor.to_owned(), 1);
        Ok(())
    }

    /// A class in square brackets.
    fn class(&mut self) -> Result<(), Fault> {
        let is_negated = self.rest.starts_with("[^");
        let mut rest = &self.rest[1 + usize::from(is_negated)..];
        let mut class = Class::default();
        let mut is_first = true;
        while is_first || !rest.starts_with(']') {
            is_first = false;
            if let Some(behind) = class.take_named(rest)? {
                rest = behind;
                continue;
            }
            if let Some(behind) = class.take_escape(rest)? {
                rest = behind;
                continue;
            }
            let (low, behind) = classes::character(rest)?;
            rest = behind;
            let mut high = low;
            // In front of the end a minus stands for itself.
            if let Some(behind) = rest.strip_prefix('-').filter(|behind| !behind.is_empty() && !behind.starts_with(']'))
            {
                (high, rest) = classes::character(behind)?;
            }
            if high < low {
                return Err("a range of characters");
            }
            self.note(low);
            self.note(high);
            class.add(low, high);
        }
        self.rest = &rest[1..];
        self.push_class(&class, is_negated);
        Ok(())
    }
}

/// The counts of a repetition, `{2}`, `{2,}` or `{2,5}`, and what is behind it; otherwise a brace is a brace.
fn counts(text: &str) -> Option<((u64, Option<u64>), &str)> {
    let (least, rest) = count(text.strip_prefix('{')?)?;
    let (most, rest) = match rest.strip_prefix(',') {
        None => (Some(least), rest),
        Some(rest) if rest.starts_with('}') => (None, rest),
        Some(rest) => count(rest).map(|(most, rest)| (Some(most), rest))?,
    };
    Some(((least, most), rest.strip_prefix('}')?))
}

/// A number without zeros in front, and what is behind it.
fn count(text: &str) -> Option<(u64, &str)> {
    let behind = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let digits = &text[..text.len() - behind.len()];
    if digits.is_empty() || (digits.len() > 1 && digits.starts_with('0')) {
        return None;
    }
    Some((digits.parse().unwrap_or(MOST_COUNTED), behind))
}

/// Writes a range of characters by their numbers, as far as these are characters.
pub(super) fn write_range(low: u32, high: u32, into: &mut String) {
    for (low, high) in [(low, high.min(0xd7ff)), (low.max(0xe000), high)] {
        if low == high {
            _ = write!(into, r"\x{{{low:x}}}");
        } else if low < high {
            _ = write!(into, r"\x{{{low:x}}}-\x{{{high:x}}}");
        }
    }
}
