//! Lists and maps.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use super::super::limits::MOST_WEIGHT;
use super::conversions::like;
use super::{Call, Data, Evaluated, Marks, Number, Refusal, Type, Unknown, Value, results};

/// `range` of Terraform makes no longer list.
const LONGEST_RANGE: usize = 1024;

fn entries<'v>(call: &Call<'_>, value: &'v Value) -> Result<&'v BTreeMap<Arc<str>, Value>, Refusal> {
    match &value.data {
        Data::Map(entries) | Data::Object(entries) => Ok(entries),
        _ => Err(call.wrong_type(value)),
    }
}

/// A list of bools: the first element that is `wanted`, with where it comes from. What is not known before it stands
/// in the way; with `looks_on` only when there is none.
fn first_bool(call: &Call<'_>, wanted: bool, looks_on: bool) -> Evaluated {
    let [list] = call.exactly()?;
    let mut missing = None;
    for element in call.elements(list)? {
        let is_wanted = match &element.data {
            Data::Bool(value) => *value == wanted,
            // `null` is not true.
            Data::Null => !wanted,
            Data::Unknown(unknown) if looks_on => {
                missing = missing.or(Some(unknown));
                false
            }
            Data::Unknown(unknown) => return Ok(unknown.clone().into()),
            _ => return Err(call.wrong_type(element)),
        };
        if is_wanted {
            return Ok(list.handing(element).about(Data::Bool(wanted)).computed_if_read(call.span));
        }
    }
    Ok(missing.map_or_else(|| Value::from(!wanted), |unknown| unknown.clone().into()))
}

pub(super) fn alltrue(call: &Call<'_>) -> Evaluated {
    first_bool(call, false, false)
}

pub(super) fn anytrue(call: &Call<'_>) -> Evaluated {
    first_bool(call, true, true)
}

pub(super) fn chunklist(call: &Call<'_>) -> Evaluated {
    let [list, size] = call.exactly()?;
    let (elements, size) = (call.elements(list)?, call.whole(size)?);
    let Ok(size) = usize::try_from(size) else { return call.refused("a negative size") };
    let size = if size == 0 { elements.len().max(1) } else { size };
    Ok(Value::list(elements.chunks(size).map(|chunk| Value::list(chunk.to_vec())).collect()))
}

/// `coalesce`: the first argument that is neither `null` nor an empty string. All take one type.
pub(super) fn coalesce(call: &Call<'_>) -> Evaluated {
    let to = results::coalesce(call)?;
    let mut marks = Marks::default();
    for argument in call.arguments {
        let Ok(value) = argument.convert(&to) else {
            return Ok(call.unknown("the arguments of `coalesce` are of different types"));
        };
        marks = marks.and(value.marks);
        match &value.data {
            Data::Null => {}
            Data::String(text) if text.is_empty() => {}
            _ => return Ok(value.marked(marks)),
        }
    }
    call.refused("arguments that are all null or empty")
}

pub(super) fn coalescelist(call: &Call<'_>) -> Evaluated {
    results::coalescelist(call)?;
    for argument in call.arguments.iter().filter(|argument| !matches!(argument.data, Data::Null)) {
        if !call.elements(argument)?.is_empty() {
            return Ok(argument.clone());
        }
    }
    call.refused("arguments that are all null or empty")
}

pub(super) fn compact(call: &Call<'_>) -> Evaluated {
    let [list] = call.exactly()?;
    let is_empty = |element: &Value| match &element.data {
        Data::String(text) => text.is_empty(),
        _ => true,
    };
    Ok(Value::list(call.elements(list)?.iter().filter(|element| !is_empty(element)).cloned().collect()))
}

pub(super) fn concat(call: &Call<'_>) -> Evaluated {
    if call.arguments.is_empty() {
        return Err(call.wrong_count());
    }
    let common = results::common_list(call.arguments);
    let mut all = Vec::new();
    for argument in call.arguments {
        let argument = match &common {
            Some(list) => argument.convert(list).map_err(|_| call.wrong_type(argument))?,
            None if matches!(argument.data, Data::Set(_)) => return Err(call.wrong_type(argument)),
            None => argument.clone(),
        };
        all.extend(call.elements(&argument)?.iter().map(|element| argument.handing(element)));
    }
    Ok(if common.is_some() { Value::list(all) } else { Value::tuple(all) })
}

/// Why it is not known whether an element is the one that is looked for, if none is for certain.
type Search = Result<Option<usize>, Arc<Unknown>>;

/// The first element that equals a value, as far as all before it are known.
fn position(elements: &[Value], wanted: &Value) -> Search {
    for (at, element) in elements.iter().enumerate() {
        if element.equals(wanted)? {
            return Ok(Some(at));
        }
    }
    Ok(None)
}

pub(super) fn contains(call: &Call<'_>) -> Evaluated {
    let [list, wanted] = call.exactly()?;
    let elements = call.elements(list)?;
    if elements.iter().any(|element| element.equals(wanted) == Ok(true)) {
        return Ok(true.into());
    }
    Ok(position(elements, wanted).map_or_else(Value::from, |found| found.is_some().into()))
}

pub(super) fn distinct(call: &Call<'_>) -> Evaluated {
    let [list] = call.exactly()?;
    let mut seen: HashSet<&Value> = HashSet::new();
    Ok(Value::list(call.elements(list)?.iter().filter(|element| seen.insert(element)).cloned().collect()))
}

pub(super) fn element(call: &Call<'_>) -> Evaluated {
    let [list, at] = call.exactly()?;
    if matches!(list.data, Data::Set(_)) {
        return Err(call.wrong_type(list));
    }
    let elements = call.elements(list)?;
    let index = call.number(at)?.to_i64();
    let (Some(index), Ok(count)) = (index, i64::try_from(elements.len())) else {
        return Err(call.wrong_type(at));
    };
    if count == 0 {
        return call.refused("an empty list");
    }
    // Terraform 1.11 counts from the end of a list, and refuses to do so in a tuple.
    let index = match &list.data {
        Data::List(_) => index.rem_euclid(count),
        _ => index % count,
    };
    let Ok(index) = usize::try_from(index) else { return call.refused("a negative index") };
    Ok(list.handing(&elements[index]))
}

pub(super) fn flatten(call: &Call<'_>) -> Evaluated {
    fn flat(value: &Value, elements: &[Value], into: &mut Vec<Value>) {
        for element in elements.iter().map(|element| value.handing(element)) {
            match &element.data {
                Data::List(inner) | Data::Set(inner) | Data::Tuple(inner) => flat(&element, inner, into),
                _ => into.push(element),
            }
        }
    }
    let [list] = call.exactly()?;
    // What holds much is shared, and would be copied here.
    if list.weight() > MOST_WEIGHT {
        return call.too_large();
    }
    // Elements of a set that are not known may be equal.
    if let (Data::Set(_), Some(unknown)) = (&list.data, list.missing()) {
        return Ok(unknown.clone().into());
    }
    let mut all = Vec::new();
    flat(list, call.elements(list)?, &mut all);
    // What is not known may be a list itself.
    let may_be_list =
        |element: &&Value| matches!(Type::of(element), Type::Any | Type::List(_) | Type::Set(_) | Type::Tuple(_));
    if let Some(unknown) = all.iter().filter(may_be_list).find_map(Value::missing_itself) {
        return Ok(unknown.clone().into());
    }
    Ok(Value::tuple(all))
}

pub(super) fn index(call: &Call<'_>) -> Evaluated {
    let [list, wanted] = call.exactly()?;
    if matches!(list.data, Data::Set(_)) {
        return Err(call.wrong_type(list));
    }
    match position(call.elements(list)?, wanted) {
        Ok(Some(at)) => Ok(Number::counted(at).into()),
        Ok(None) => call.refused("a list that does not hold the value"),
        Err(unknown) => Ok(unknown.into()),
    }
}

pub(super) fn keys(call: &Call<'_>) -> Evaluated {
    let [map] = call.exactly()?;
    let keys = entries(call, map)?.keys().map(|key| map.about(Data::String(key.clone()))).collect();
    Ok(if matches!(map.data, Data::Map(_)) { Value::list(keys) } else { Value::tuple(keys) })
}

pub(super) fn values(call: &Call<'_>) -> Evaluated {
    let [map] = call.exactly()?;
    let values = entries(call, map)?.values().map(|value| map.handing(value)).collect();
    Ok(if matches!(map.data, Data::Map(_)) { Value::list(values) } else { Value::tuple(values) })
}

pub(super) fn length(call: &Call<'_>) -> Evaluated {
    let [value] = call.exactly()?;
    let length = match &value.data {
        Data::Map(entries) | Data::Object(entries) => entries.len(),
        Data::String(text) => super::strings::characters(text).count(),
        // Elements of a set that are not known may be equal.
        Data::Set(_) if value.missing().is_some() => return Ok(call.unknown("it depends on the size of a set")),
        _ => call.elements(value)?.len(),
    };
    Ok(Number::counted(length).into())
}

pub(super) fn lookup(call: &Call<'_>) -> Evaluated {
    let (map, key, default) = match call.arguments {
        [map, key] => (map, key, None),
        [map, key, default] => (map, key, Some(default)),
        _ => return Err(call.wrong_count()),
    };
    let held = entries(call, map)?;
    let found = held.get(&call.string(key)?);
    // What is written out in the table, or as the default, comes from the key that was looked up.
    let from_key = |value: Value| if value.origin.is_read() { value } else { value.computed(call.span, [key]) };
    match (found, default) {
        (Some(value), _) => {
            results::lookup(call)?;
            Ok(from_key(map.handing(value)))
        }
        (None, Some(default)) => {
            let to = results::lookup(call)?;
            default.convert(&to).map(from_key).map_err(|_| call.wrong_type(default))
        }
        (None, None) => call.refused("a key that is not in the map"),
    }
}

pub(super) fn matchkeys(call: &Call<'_>) -> Evaluated {
    let [values, keys, wanted] = call.exactly()?;
    let to = results::common(call, &[keys.clone(), wanted.clone()])?;
    let as_common = |value: &Value| value.convert(&to).map_err(|_| call.wrong_type(value));
    let (keys, wanted) = (as_common(keys)?, as_common(wanted)?);
    let (values, keys, wanted) = (call.elements(values)?, call.elements(&keys)?, call.elements(&wanted)?);
    if values.len() != keys.len() {
        return call.refused("lists of different lengths");
    }
    let wanted: HashSet<&Value> = wanted.iter().collect();
    let matching = values.iter().zip(keys).filter(|(_, key)| wanted.contains(key)).map(|(value, _)| value.clone());
    Ok(Value::list(matching.collect()))
}

pub(super) fn merge(call: &Call<'_>) -> Evaluated {
    let mut all = BTreeMap::new();
    let has_null = call.arguments.iter().any(|argument| matches!(argument.data, Data::Null));
    results::merge(call)?;
    for argument in call.arguments.iter().filter(|argument| !matches!(argument.data, Data::Null)) {
        if matches!(argument.data, Data::List(_) | Data::Set(_) | Data::Tuple(_)) && has_null {
            // Beside a `null` Terraform takes some of what it refuses otherwise.
            return Ok(call.unknown("it depends on a `merge` of values that are not all maps"));
        }
        all.extend(entries(call, argument)?.iter().map(|(key, value)| (key.clone(), argument.handing(value))));
    }
    // Maps of one type make a map; of different types, an object.
    let is_map = match call.arguments {
        [first, rest @ ..] => {
            matches!(Type::of(first), Type::Map(_)) && rest.iter().all(|other| other.has_type_of(first))
        }
        [] => false,
    };
    Ok(like(is_map, all))
}

pub(super) fn one(call: &Call<'_>) -> Evaluated {
    let [list] = call.exactly()?;
    if matches!(list.data, Data::Set(_)) && list.missing().is_some() {
        return Ok(call.unknown("it depends on the size of a set"));
    }
    match call.elements(list)? {
        [] => Ok(Data::Null.into()),
        [only] => Ok(list.handing(only)),
        _ => call.refused("more than one element"),
    }
}

pub(super) fn range(call: &Call<'_>) -> Evaluated {
    let numbers = call.arguments.iter().map(|argument| call.number(argument)).collect::<Result<Vec<_>, _>>()?;
    let (zero, one) = (Number::counted(0), Number::counted(1));
    let (start, end, step) = match numbers.as_slice() {
        [end] => (zero.clone(), end.clone(), if end.is_negative() { one.negated() } else { one }),
        [start, end] => (start.clone(), end.clone(), if end < start { one.negated() } else { one }),
        [start, end, step] => (start.clone(), end.clone(), step.clone()),
        _ => return Err(call.wrong_count()),
    };
    if step.is_zero() || (start < end && step.is_negative()) || (end < start && !step.is_negative()) {
        return call.refused("a step that never reaches the end");
    }
    let mut numbers = Vec::new();
    let mut next = start;
    while if step.is_negative() { next > end } else { next < end } {
        if numbers.len() >= LONGEST_RANGE {
            return call.refuse(format!("Terraform refuses a `range` of more than {LONGEST_RANGE} numbers"));
        }
        numbers.push(Value::from(next.clone()));
        let Some(sum) = next.plus(&step) else { return call.refused("infinities of different signs") };
        next = sum;
    }
    Ok(Value::list(numbers))
}

pub(super) fn reverse(call: &Call<'_>) -> Evaluated {
    let [list] = call.exactly()?;
    let reversed = call.elements(list)?.iter().rev().map(|element| list.handing(element)).collect();
    Ok(if matches!(list.data, Data::Tuple(_)) { Value::tuple(reversed) } else { Value::list(reversed) })
}

pub(super) fn slice(call: &Call<'_>) -> Evaluated {
    let [list, start, end] = call.exactly()?;
    if matches!(list.data, Data::Set(_)) {
        return Err(call.wrong_type(list));
    }
    let elements = call.elements(list)?;
    let place = |value: &Value| usize::try_from(call.whole(value)?).map_err(|_| call.wrong_type(value));
    let (start, end) = (place(start)?, place(end)?);
    if end > elements.len() || start > end {
        return call.refused("indexes that are not in the list");
    }
    let kept = elements[start..end].iter().map(|element| list.handing(element)).collect();
    Ok(if matches!(list.data, Data::Tuple(_)) { Value::tuple(kept) } else { Value::list(kept) })
}

pub(super) fn sort(call: &Call<'_>) -> Evaluated {
    let [list] = call.exactly()?;
    let texts = call.elements(list)?.iter().map(|element| Ok((call.string(element)?, element)));
    let mut texts = texts.collect::<Result<Vec<_>, _>>()?;
    texts.sort_by(|(one, _), (other, _)| one.cmp(other));
    Ok(Value::list(texts.into_iter().map(|(text, element)| element.about(Data::String(text))).collect()))
}

pub(super) fn sum(call: &Call<'_>) -> Evaluated {
    let [list] = call.exactly()?;
    let numbers = call.elements(list)?.iter().map(|element| call.number(element)).collect::<Result<Vec<_>, _>>()?;
    let Some((first, rest)) = numbers.split_first() else { return call.refused("an empty list") };
    let sum = rest.iter().try_fold(first.clone(), |sum, number| sum.plus(number));
    sum.map_or_else(|| call.refused("infinities of different signs"), |sum| Ok(sum.into()))
}

pub(super) fn transpose(call: &Call<'_>) -> Evaluated {
    let [map] = call.exactly()?;
    let mut turned: BTreeMap<Arc<str>, Vec<Value>> = BTreeMap::new();
    for (key, texts) in entries(call, map)? {
        if matches!(texts.data, Data::Null) {
            return Err(call.wrong_type(texts));
        }
        for text in call.elements(texts)? {
            turned.entry(call.string(text)?).or_default().push(Value::from(Data::String(key.clone())));
        }
    }
    Ok(Value::map(turned.into_iter().map(|(key, texts)| (key, Value::list(texts))).collect()))
}

pub(super) fn zipmap(call: &Call<'_>) -> Evaluated {
    let [keys, values] = call.exactly()?;
    let (names, held) = (call.elements(keys)?, call.elements(values)?);
    if matches!(values.data, Data::Set(_)) {
        return Err(call.wrong_type(values));
    }
    if let Some(unknown) = names.iter().find_map(Value::missing) {
        return Ok(unknown.clone().into());
    }
    if names.len() != held.len() {
        return call.refused("lists of different lengths");
    }
    let (mut all, mut marks) = (BTreeMap::new(), Marks::default());
    for (name, value) in names.iter().zip(held) {
        marks = marks.and(name.marks);
        all.insert(call.string(name)?, values.handing(value));
    }
    Ok(like(matches!(values.data, Data::List(_)), all).marked(marks))
}
