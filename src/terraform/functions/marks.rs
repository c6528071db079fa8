//! What Terraform watches about values.

use super::{Call, Evaluated, Marks, Private, Type, Value};

pub(super) fn sensitive(call: &Call<'_>) -> Evaluated {
    let [value] = call.exactly()?;
    Ok(value.clone().marked(Marks { sensitive: true, ..Marks::default() }))
}

pub(super) fn nonsensitive(call: &Call<'_>) -> Evaluated {
    let [value] = call.exactly()?;
    // What it holds keeps its marks. What was sensitive stays out of reports: whoever wrote the configuration says that it
    // is no secret, and that may be the stranger whose change is scanned.
    let was = value.marks.sensitive.then_some(Private::Sensitive);
    Ok(value.clone().with_own_marks(Marks { sensitive: false, private: value.marks.private.or(was), ..value.marks }))
}

pub(super) fn issensitive(call: &Call<'_>) -> Evaluated {
    let [value] = call.exactly()?;
    if let Some(unknown) = value.missing_itself() {
        return Ok(unknown.clone().into());
    }
    Ok(Value::from(value.marks.sensitive))
}

pub(super) fn ephemeralasnull(call: &Call<'_>) -> Evaluated {
    fn without(value: &Value) -> Value {
        if value.marks.ephemeral {
            return Value::null_of(&Type::of(value));
        }
        value.about(value.data.map(&without)).of_type(&Type::of(value))
    }
    let [value] = call.exactly()?;
    Ok(without(value))
}
