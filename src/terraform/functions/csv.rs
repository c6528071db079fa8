//! CSV.

use std::collections::BTreeMap;

use super::{Call, Evaluated, Value};

/// `csvdecode`: an object for every line behind the first, which names the columns.
pub(super) fn csvdecode(call: &Call<'_>) -> Evaluated {
    let text = call.only_string()?;
    let mut reader = ::csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
    let mut records = reader.records();
    let Some(Ok(names)) = records.next() else { return call.refused("a text without a line of names") };
    let mut sorted: Vec<&str> = names.iter().collect();
    sorted.sort_unstable();
    sorted.dedup();
    if sorted.len() != names.len() {
        return call.refused("two columns of one name");
    }
    let mut rows = Vec::new();
    for record in records {
        let Ok(record) = record else { return call.refused("lines of different lengths") };
        let entries = names.iter().zip(&record).map(|(name, field)| (name.into(), Value::string(field)));
        rows.push(Value::object(entries.collect::<BTreeMap<_, _>>()));
    }
    Ok(Value::list(rows))
}
