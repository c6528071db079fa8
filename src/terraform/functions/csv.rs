//! CSV.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::cost::{CHARACTERS, Size};
use super::{Call, Data, Evaluated, MOST_WEIGHT, Value};

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

/// `csvdecode`: an object for every line behind the first, which names the columns.
pub(super) fn csvdecode(call: &Call<'_>) -> Evaluated {
    let text = call.only_string()?;
    let mut reader = ::csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
    let mut records = reader.records();
    let Some(Ok(names)) = records.next() else { return call.refused("a text without a header line") };
    let names: Vec<Arc<str>> = names.iter().map(Into::into).collect();
    let mut sorted: Vec<&str> = names.iter().map(|name| &**name).collect();
    sorted.sort_unstable();
    sorted.dedup();
    if sorted.len() != names.len() {
        return call.refused("two columns of one name");
    }
    let mut rows = Vec::new();
    for record in records {
        let Ok(record) = record else { return call.refused("lines of different lengths") };
        let entries = names.iter().zip(&record).map(|(name, field)| (name.clone(), Value::string(field)));
        rows.push(Value::object(entries.collect::<BTreeMap<_, _>>()));
        if rows.len().saturating_mul(names.len()) > MOST_WEIGHT {
            return call.too_large();
        }
    }
    Ok(Value::list(rows))
}
