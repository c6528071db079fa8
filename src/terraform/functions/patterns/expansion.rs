//! What stands for a match in the replacement of `replace`: `$1` and `${name}`, as Go's `Regexp.Expand` reads them.

use regex::{Captures, Regex};

use super::{Call, Value};

/// Beyond this Go counts no digits.
const MOST_COUNTED: usize = 100_000_000;

/// The steps that the letters and digits of Unicode take to compile.
const STEPS_OF_LETTERS: usize = 50_000;

/// A part of a replacement.
#[derive(Debug)]
enum Part<'t> {
    Text(&'t str),
    Group(usize),
    Name(&'t str),
}

/// A replacement that was read.
#[derive(Debug)]
pub(super) struct Replacement<'t>(Vec<Part<'t>>);

impl<'t> Replacement<'t> {
    /// Reads a replacement, or says why it is not known.
    pub(super) fn new(call: &Call<'_>, by: &'t str) -> Result<Self, Value> {
        if !by.contains('$') {
            return Ok(Self(vec![Part::Text(by)]));
        }
        call.spend(by.len())?;
        // Letters and digits beyond ASCII belong to a name as well.
        let letters = if by.is_ascii() {
            Regex::new("^[0-9A-Za-z_]+")
        } else {
            call.spend(STEPS_OF_LETTERS)?;
            Regex::new(r"^[\p{L}\p{Nd}_]+")
        };
        let letters = letters.map_err(|_| call.unknown("it depends on a replacement that podgate does not read"))?;
        let (mut parts, mut rest) = (Vec::new(), by);
        while let Some((before, behind)) = rest.split_once('$') {
            parts.push(Part::Text(before));
            let (part, behind) = match behind.strip_prefix('$') {
                Some(behind) => (Part::Text("$"), behind),
                None => reference(&letters, behind).unwrap_or((Part::Text("$"), behind)),
            };
            parts.push(part);
            rest = behind;
        }
        parts.push(Part::Text(rest));
        Ok(Self(parts))
    }

    /// Appends the replacement to a text, with what the groups of a match hold.
    pub(super) fn expand(&self, names: &[Option<Box<str>>], captures: &Captures<'_>, into: &mut String) {
        for part in &self.0 {
            let group = match part {
                Part::Text(text) => {
                    into.push_str(text);
                    continue;
                }
                Part::Group(group) => captures.get(*group),
                // Of groups of one name the first one counts that is there.
                Part::Name(name) => {
                    let mut groups = names.iter().enumerate().filter(|(_, known)| known.as_deref() == Some(*name));
                    groups.find_map(|(at, _)| captures.get(at + 1))
                }
            };
            into.push_str(group.map_or("", |group| group.as_str()));
        }
    }
}

/// What stands behind a dollar sign, and what is behind that.
fn reference<'t>(letters: &Regex, text: &'t str) -> Option<(Part<'t>, &'t str)> {
    let (in_braces, text) = text.strip_prefix('{').map_or((false, text), |text| (true, text));
    let (name, behind) = text.split_at(letters.find(text)?.end());
    let behind = if in_braces { behind.strip_prefix('}')? } else { behind };
    let is_number = name.bytes().all(|byte| byte.is_ascii_digit()) && (name == "0" || !name.starts_with('0'));
    let number = name.parse().ok().filter(|number| is_number && *number < 10 * MOST_COUNTED);
    Some((number.map_or(Part::Name(name), Part::Group), behind))
}
