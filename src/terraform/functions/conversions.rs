//! Conversions.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Call, Evaluated, Refusal, Type, Value};

fn converted(call: &Call<'_>, to: &Type) -> Evaluated {
    let [value] = call.exactly()?;
    match value.convert(to) {
        Ok(converted) => Ok(converted),
        Err(why) if why.is_limit => Ok(call.unknown(format!("the argument of `{}` {why}", call.name))),
        Err(why) => {
            let reason = format!("Terraform's `{}` refuses {} that {why}", call.name, value.kind());
            Err(Refusal::new(reason, call.span))
        }
    }
}

pub(super) fn tobool(call: &Call<'_>) -> Evaluated {
    converted(call, &Type::Bool)
}

pub(super) fn tonumber(call: &Call<'_>) -> Evaluated {
    converted(call, &Type::Number)
}

pub(super) fn tostring(call: &Call<'_>) -> Evaluated {
    converted(call, &Type::String)
}

pub(super) fn tolist(call: &Call<'_>) -> Evaluated {
    converted(call, &Type::List(Box::new(Type::Any)))
}

pub(super) fn toset(call: &Call<'_>) -> Evaluated {
    converted(call, &Type::Set(Box::new(Type::Any)))
}

pub(super) fn tomap(call: &Call<'_>) -> Evaluated {
    converted(call, &Type::Map(Box::new(Type::Any)))
}

/// The values as elements of one type; as a tuple where there is none that podgate knows of.
pub(in crate::terraform) fn unified(elements: Vec<Value>) -> Value {
    let tuple = Value::tuple(elements);
    tuple.convert(&Type::List(Box::new(Type::Any))).unwrap_or(tuple)
}

/// A map or an object of these entries.
pub(super) fn like(map: bool, entries: BTreeMap<Arc<str>, Value>) -> Value {
    if map { Value::map(entries) } else { Value::object(entries) }
}
