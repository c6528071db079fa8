//! Lists, sets, maps.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::conversions::{like, unified};
use super::{
    Evaluated, Number, Refusal, Type, Value, elements, exactly, number, refuse, string, wrong_count, wrong_type,
};
use crate::source::Span;

/// `range` of Terraform makes no longer list.
const LONGEST_RANGE: usize = 1024;

fn entries<'v>(name: &str, value: &'v Value, span: Span) -> Result<&'v BTreeMap<Arc<str>, Value>, Refusal> {
    match value {
        Value::Map(entries) | Value::Object(entries) => Ok(entries),
        _ => Err(wrong_type(name, value, span)),
    }
}

/// The elements of a list of bools; `None` stands for `null`.
fn bools(name: &str, arguments: &[Value], span: Span) -> Result<Vec<Option<bool>>, Refusal> {
    let [list] = exactly(name, arguments, span)?;
    let bools = elements(name, list, span)?.iter().map(|element| match element.convert(&Type::Bool) {
        Ok(Value::Bool(value)) => Ok(Some(value)),
        Ok(Value::Null) => Ok(None),
        _ => Err(wrong_type(name, element, span)),
    });
    bools.collect()
}

pub(super) fn alltrue(arguments: &[Value], span: Span) -> Evaluated {
    Ok(Value::Bool(bools("alltrue", arguments, span)?.into_iter().all(|value| value == Some(true))))
}

pub(super) fn anytrue(arguments: &[Value], span: Span) -> Evaluated {
    Ok(Value::Bool(bools("anytrue", arguments, span)?.contains(&Some(true))))
}

/// `coalesce`: the first argument that is neither `null` nor an empty string. All take one type.
pub(super) fn coalesce(arguments: &[Value], span: Span) -> Evaluated {
    let types: Vec<Type> = arguments.iter().map(Type::of).collect();
    let Some(to) = types.iter().try_fold(Type::Any, |unified, other| unified.unify(other)) else {
        return Ok(Value::unknown("the arguments of `coalesce` are of different types", span));
    };
    for argument in arguments {
        match argument.convert(&to) {
            Ok(Value::Null) => {}
            Ok(Value::String(text)) if text.is_empty() => {}
            Ok(value) => return Ok(value),
            Err(_) => return Ok(Value::unknown("the arguments of `coalesce` are of different types", span)),
        }
    }
    refuse("Terraform refuses a `coalesce` of which every argument is null or empty", span)
}

pub(super) fn coalescelist(arguments: &[Value], span: Span) -> Evaluated {
    if let Some(other) = arguments.iter().find(|argument| !matches!(argument, Value::List(_) | Value::Tuple(_))) {
        return Err(wrong_type("coalescelist", other, span));
    }
    for argument in arguments {
        if !elements("coalescelist", argument, span)?.is_empty() {
            return Ok(argument.clone());
        }
    }
    refuse("Terraform refuses a `coalescelist` of which every argument is null or empty", span)
}

pub(super) fn compact(arguments: &[Value], span: Span) -> Evaluated {
    let [list] = exactly("compact", arguments, span)?;
    let mut kept = Vec::new();
    for element in elements("compact", list, span)? {
        if matches!(element, Value::Null) {
            continue;
        }
        let text = string("compact", element, span)?;
        if !text.is_empty() {
            kept.push(Value::String(text));
        }
    }
    Ok(Value::List(kept.into()))
}

pub(super) fn concat(arguments: &[Value], span: Span) -> Evaluated {
    if arguments.is_empty() {
        return Err(wrong_count("concat", span));
    }
    let mut all = Vec::new();
    for argument in arguments {
        if matches!(argument, Value::Set(_)) {
            return Err(wrong_type("concat", argument, span));
        }
        all.extend_from_slice(elements("concat", argument, span)?);
    }
    let lists = arguments.iter().all(|argument| matches!(argument, Value::List(_)));
    Ok(if lists { unified(all) } else { Value::tuple(all) })
}

pub(super) fn contains(arguments: &[Value], span: Span) -> Evaluated {
    let [list, wanted] = exactly("contains", arguments, span)?;
    if matches!(wanted, Value::Null) {
        return Ok(Value::unknown("it depends on `contains` with `null`", span));
    }
    Ok(Value::Bool(elements("contains", list, span)?.contains(wanted)))
}

pub(super) fn distinct(arguments: &[Value], span: Span) -> Evaluated {
    let [list] = exactly("distinct", arguments, span)?;
    if matches!(list, Value::Set(_)) {
        return Ok(Value::unknown("it depends on the order of a set", span));
    }
    let Value::List(elements) = unified(elements("distinct", list, span)?.to_vec()) else {
        return Ok(Value::unknown("it depends on `distinct` over different types", span));
    };
    let mut kept: Vec<Value> = Vec::new();
    for element in elements.iter() {
        if !kept.contains(element) {
            kept.push(element.clone());
        }
    }
    Ok(Value::List(kept.into()))
}

pub(super) fn element(arguments: &[Value], span: Span) -> Evaluated {
    let [list, at] = exactly("element", arguments, span)?;
    if matches!(list, Value::Set(_)) {
        return Err(wrong_type("element", list, span));
    }
    let elements = elements("element", list, span)?;
    let index = number("element", at, span)?.to_i64();
    let (Some(index), Ok(count)) = (index, i64::try_from(elements.len())) else {
        return Err(wrong_type("element", at, span));
    };
    if count == 0 {
        return refuse("Terraform refuses `element` of an empty list", span);
    }
    let Ok(index) = usize::try_from(index % count) else {
        return refuse("Terraform refuses `element` with a negative index", span);
    };
    Ok(elements[index].clone())
}

pub(super) fn flatten(arguments: &[Value], span: Span) -> Evaluated {
    fn flat(elements: &[Value], into: &mut Vec<Value>) {
        for element in elements {
            match element {
                Value::List(inner) | Value::Set(inner) | Value::Tuple(inner) => flat(inner, into),
                other => into.push(other.clone()),
            }
        }
    }
    let [list] = exactly("flatten", arguments, span)?;
    let mut all = Vec::new();
    flat(elements("flatten", list, span)?, &mut all);
    Ok(Value::tuple(all))
}

pub(super) fn keys(arguments: &[Value], span: Span) -> Evaluated {
    let [map] = exactly("keys", arguments, span)?;
    let keys = entries("keys", map, span)?.keys().map(|key| Value::String(key.clone())).collect::<Vec<_>>();
    Ok(if matches!(map, Value::Map(_)) { Value::List(keys.into()) } else { Value::tuple(keys) })
}

pub(super) fn values(arguments: &[Value], span: Span) -> Evaluated {
    let [map] = exactly("values", arguments, span)?;
    let values = entries("values", map, span)?.values().cloned().collect::<Vec<_>>();
    Ok(if matches!(map, Value::Map(_)) { Value::List(values.into()) } else { Value::tuple(values) })
}

pub(super) fn length(arguments: &[Value], span: Span) -> Evaluated {
    let [value] = exactly("length", arguments, span)?;
    let length = match value {
        Value::Map(entries) | Value::Object(entries) => entries.len(),
        // Terraform counts what a reader sees as one character; for plain text that is a character.
        Value::String(text) if text.is_ascii() && !text.contains('\r') => text.len(),
        Value::String(_) => return Ok(Value::unknown("it depends on the length of a text", span)),
        // Elements of a set that are not known may be equal.
        Value::Set(_) if value.missing().is_some() => {
            return Ok(Value::unknown("it depends on the size of a set", span));
        }
        _ => elements("length", value, span)?.len(),
    };
    Ok(Value::Number(Number::counted(length)))
}

pub(super) fn lookup(arguments: &[Value], span: Span) -> Evaluated {
    let (map, key, default) = match arguments {
        [map, key] => (map, key, None),
        [map, key, default] => (map, key, Some(default)),
        _ => return Err(wrong_count("lookup", span)),
    };
    let key = string("lookup", key, span)?;
    let found = entries("lookup", map, span)?.get(&key);
    match (found, default) {
        (Some(value), None) => Ok(value.clone()),
        (Some(value), Some(default)) if matches!(map, Value::Object(_)) || Type::of(value) == Type::of(default) => {
            Ok(value.clone())
        }
        (None, Some(default)) if matches!(map, Value::Object(_)) => Ok(default.clone()),
        (found, Some(default)) => {
            let of_map = entries("lookup", map, span)?.values().next().map_or(Type::Any, Type::of);
            let chosen = found.unwrap_or(default);
            chosen.convert(&of_map).map_err(|_| wrong_type("lookup", default, span))
        }
        (None, None) => refuse(format!("Terraform finds no {key:?} in this `lookup`"), span),
    }
}

pub(super) fn merge(arguments: &[Value], span: Span) -> Evaluated {
    let mut all = BTreeMap::new();
    let mut maps = true;
    for argument in arguments {
        if matches!(argument, Value::Null) {
            continue;
        }
        if matches!(argument, Value::List(_) | Value::Set(_) | Value::Tuple(_)) && arguments.contains(&Value::Null) {
            // Beside a `null` Terraform takes some of what it refuses otherwise.
            return Ok(Value::unknown("it depends on a `merge` of more than maps", span));
        }
        maps &= matches!(argument, Value::Map(_));
        all.extend(entries("merge", argument, span)?.iter().map(|(key, value)| (key.clone(), value.clone())));
    }
    let first = if maps && !arguments.is_empty() { Value::Map(Arc::default()) } else { Value::Object(Arc::default()) };
    Ok(like(&first, all))
}

pub(super) fn one(arguments: &[Value], span: Span) -> Evaluated {
    let [list] = exactly("one", arguments, span)?;
    if matches!(list, Value::Set(_)) && list.missing().is_some() {
        return Ok(Value::unknown("it depends on the size of a set", span));
    }
    match elements("one", list, span)? {
        [] => Ok(Value::Null),
        [only] => Ok(only.clone()),
        _ => refuse("Terraform refuses `one` of more than one element", span),
    }
}

pub(super) fn range(arguments: &[Value], span: Span) -> Evaluated {
    let numbers = arguments.iter().map(|argument| number("range", argument, span)).collect::<Result<Vec<_>, _>>()?;
    let (zero, one) = (Number::counted(0), Number::counted(1));
    let (start, end, step) = match numbers.as_slice() {
        [end] => (zero.clone(), end.clone(), if end.is_negative() { one.negated() } else { one }),
        [start, end] => (start.clone(), end.clone(), if end < start { one.negated() } else { one }),
        [start, end, step] => (start.clone(), end.clone(), step.clone()),
        _ => return Err(wrong_count("range", span)),
    };
    if step.is_zero() || (start < end && step.is_negative()) || (end < start && !step.is_negative()) {
        return refuse("Terraform refuses a `range` whose step does not lead to its end", span);
    }
    let mut numbers = Vec::new();
    let mut next = start;
    while if step.is_negative() { next > end } else { next < end } {
        if numbers.len() >= LONGEST_RANGE {
            return refuse(format!("Terraform refuses a `range` of more than {LONGEST_RANGE} numbers"), span);
        }
        numbers.push(Value::Number(next.clone()));
        next = next.plus(&step);
    }
    Ok(Value::List(numbers.into()))
}

pub(super) fn reverse(arguments: &[Value], span: Span) -> Evaluated {
    let [list] = exactly("reverse", arguments, span)?;
    let reversed = elements("reverse", list, span)?.iter().rev().cloned().collect::<Vec<_>>();
    Ok(if matches!(list, Value::Tuple(_)) { Value::tuple(reversed) } else { Value::List(reversed.into()) })
}

pub(super) fn zipmap(arguments: &[Value], span: Span) -> Evaluated {
    let [keys, values] = exactly("zipmap", arguments, span)?;
    let (names, held) = (elements("zipmap", keys, span)?, elements("zipmap", values, span)?);
    if names.len() != held.len() || matches!(values, Value::Set(_)) || matches!(keys, Value::Set(_)) {
        return refuse("Terraform refuses a `zipmap` of lists of different lengths", span);
    }
    let mut all = BTreeMap::new();
    for (name, value) in names.iter().zip(held) {
        if let Some(unknown) = name.missing() {
            return Ok(Value::Unknown(unknown.clone()));
        }
        all.insert(string("zipmap", name, span)?, value.clone());
    }
    Ok(if matches!(values, Value::List(_)) { Value::Map(Arc::new(all)) } else { Value::object(all) })
}
