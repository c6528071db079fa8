//! CSV, as Go's `encoding/csv` reads it (<https://pkg.go.dev/encoding/csv>).

use std::collections::BTreeMap;
use std::sync::Arc;

use super::cost::{CHARACTERS, Size};
use super::{Call, Data, Evaluated, MOST_WEIGHT, Type, Value};

/// How many fields a text may have: one behind every comma, and one on every line.
fn fields(text: &str) -> usize {
    text.bytes().filter(|byte| matches!(byte, b',' | b'\n' | b'\r')).count() + 1
}

/// What `csvdecode` takes, in steps: a value for every field, under a name.
pub(super) fn steps(call: &Call<'_>) -> usize {
    let fields = call.arguments.iter().map(|value| match &value.data {
        Data::String(text) => fields(text),
        _ => 0,
    });
    CHARACTERS.of_work(call) + 50 * fields.sum::<usize>() + Size::of_all(call.arguments).steps(0, 20)
}

/// What is wrong with a record, a clause.
type Fault = &'static str;

/// A line of a text, without its end.
#[derive(Debug, Clone, Copy)]
struct Line<'t> {
    text: &'t str,
    has_end: bool,
}

/// The records of a text. Lines end with a line feed, in front of which a carriage return does not count.
struct Records<'t> {
    rest: &'t str,
}

impl<'t> Records<'t> {
    fn line(&mut self) -> Option<Line<'t>> {
        if self.rest.is_empty() {
            return None;
        }
        let (text, rest, has_end) = match self.rest.split_once('\n') {
            Some((text, rest)) => (text, rest, true),
            None => (self.rest, "", false),
        };
        self.rest = rest;
        Some(Line { text: text.strip_suffix('\r').unwrap_or(text), has_end })
    }

    /// The next record. Empty lines are none.
    fn record(&mut self) -> Option<Result<Vec<String>, Fault>> {
        loop {
            let line = self.line()?;
            if !line.text.is_empty() {
                return Some(self.fields(line));
            }
        }
    }

    fn fields(&mut self, mut line: Line<'t>) -> Result<Vec<String>, Fault> {
        let mut fields = Vec::new();
        loop {
            let Some(quoted) = line.text.strip_prefix('"') else {
                let (field, behind) =
                    line.text.split_once(',').map_or((line.text, None), |(one, more)| (one, Some(more)));
                if field.contains('"') {
                    return Err("a quote inside of a field");
                }
                fields.push(field.to_owned());
                match behind {
                    Some(behind) => line.text = behind,
                    None => return Ok(fields),
                }
                continue;
            };
            let field;
            (field, line) = self.quoted(Line { text: quoted, ..line })?;
            fields.push(field);
            match line.text.strip_prefix(',') {
                Some(behind) => line.text = behind,
                None if line.text.is_empty() => return Ok(fields),
                None => return Err("text behind a quoted field"),
            }
        }
    }

    /// A field whose opening quote was read, and what is behind the closing one.
    fn quoted(&mut self, mut line: Line<'t>) -> Result<(String, Line<'t>), Fault> {
        let mut field = String::new();
        loop {
            if let Some((before, behind)) = line.text.split_once('"') {
                field.push_str(before);
                let Some(more) = behind.strip_prefix('"') else {
                    return Ok((field, Line { text: behind, ..line }));
                };
                field.push('"');
                line.text = more;
                continue;
            }
            if line.text.is_empty() && !line.has_end {
                return Err("a quote that is not closed");
            }
            field.push_str(line.text);
            field.push_str(if line.has_end { "\n" } else { "" });
            line = self.line().unwrap_or(Line { text: "", has_end: false });
        }
    }
}

/// `csvdecode`: an object for every line behind the first, which names the columns.
pub(super) fn csvdecode(call: &Call<'_>) -> Evaluated {
    let text = call.only_string()?;
    let mut records = Records { rest: &text };
    let names = match records.record() {
        Some(Ok(names)) => names,
        Some(Err(fault)) => return call.refused(fault),
        None => return call.refused("a text without a header line"),
    };
    let mut sorted: Vec<&String> = names.iter().collect();
    sorted.sort_unstable();
    sorted.dedup();
    if sorted.len() != names.len() {
        return call.refused("two columns of one name");
    }
    let names: Vec<Arc<str>> = names.into_iter().map(Into::into).collect();
    let mut rows = Vec::new();
    while let Some(record) = records.record() {
        let record = match record {
            Ok(record) if record.len() == names.len() => record,
            Ok(_) => return call.refused("lines of different lengths"),
            Err(fault) => return call.refused(fault),
        };
        let entries = names.iter().zip(&record).map(|(name, field)| (name.clone(), Value::string(field)));
        rows.push(Value::object(entries.collect::<BTreeMap<_, _>>()));
        if rows.len().saturating_mul(names.len()) > MOST_WEIGHT {
            return call.too_large();
        }
    }
    let row = Type::Object(names.into_iter().map(|name| (name, Type::String)).collect());
    Ok(Value::list(rows).of_type(&Type::list_of(row)))
}
