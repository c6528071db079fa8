//! The types of results that depend on the arguments.
//!
//! They are what the functions' `Type` says in `cty/function/stdlib` of `github.com/zclconf/go-cty` 1.16 and in
//! `internal/lang/funcs` of Terraform 1.11. What podgate does not know the type of makes a result of any type.

use super::super::value::unified;
use super::{Call, Data, Refusal, Type, Value};

/// The type of the first argument.
pub(super) fn first(call: &Call<'_>) -> Result<Type, Refusal> {
    call.arguments.first().map(Type::of).ok_or_else(|| call.wrong_count())
}

pub(super) fn chunklist(call: &Call<'_>) -> Result<Type, Refusal> {
    first(call).map(Type::list_of)
}

/// The one type that all arguments take.
pub(super) fn coalesce(call: &Call<'_>) -> Result<Type, Refusal> {
    common(call, call.arguments)
}

/// The one type of several values; any type beyond podgate's limit.
pub(super) fn common(call: &Call<'_>, values: &[Value]) -> Result<Type, Refusal> {
    match unified(values) {
        Ok(unified) => Ok(unified),
        Err(why) if why.is_limit() => Ok(Type::Any),
        Err(_) => call.refused("arguments of incompatible types"),
    }
}

pub(super) fn coalescelist(call: &Call<'_>) -> Result<Type, Refusal> {
    let mut all: Option<&Value> = None;
    for argument in call.arguments {
        if argument.missing_itself().is_some() {
            return Ok(Type::Any);
        }
        if !matches!(Type::of(argument), Type::List(_) | Type::Tuple(_)) {
            return Err(call.wrong_type(argument));
        }
        if all.is_some_and(|first| !first.has_type_of(argument)) {
            return Ok(Type::Any);
        }
        all = Some(argument);
    }
    all.map(Type::of).ok_or_else(|| call.wrong_count())
}

/// Lists make a list when their elements have a type in common. Otherwise, and beside tuples, they make a tuple.
pub(super) fn concat(call: &Call<'_>) -> Result<Type, Refusal> {
    if let Some(list) = common_list(call.arguments) {
        return Ok(list);
    }
    let mut elements = Vec::new();
    for argument in call.arguments {
        match (Type::of(argument), &argument.data) {
            (Type::List(element), Data::List(held)) => elements.extend(held.iter().map(|_| (*element).clone())),
            // Of how many elements the tuple is, is not known.
            (Type::List(_) | Type::Any, _) => return Ok(Type::Any),
            (Type::Tuple(types), _) => elements.extend(types),
            _ => return Err(call.wrong_type(argument)),
        }
    }
    Ok(Type::Tuple(elements))
}

/// The list type that arguments that are all lists have in common.
pub(super) fn common_list(arguments: &[Value]) -> Option<Type> {
    let is_list = |argument: &Value| match &argument.data {
        Data::List(_) => true,
        Data::Unknown(_) => matches!(Type::of(argument), Type::List(_)),
        _ => false,
    };
    if !arguments.iter().all(is_list) {
        return None;
    }
    unified(arguments).ok()
}

pub(super) fn element(call: &Call<'_>) -> Result<Type, Refusal> {
    let [list, index] = call.exactly()?;
    Ok(match Type::of(list) {
        Type::List(element) => *element,
        Type::Tuple(types) => match &index.data {
            Data::Number(at) => {
                let count = i64::try_from(types.len()).ok();
                let at = at.to_i64().zip(count).and_then(|(at, count)| usize::try_from(at.checked_rem(count)?).ok());
                types[at.ok_or_else(|| call.wrong_type(index))?].clone()
            }
            _ => Type::Any,
        },
        Type::Any => Type::Any,
        _ => return Err(call.wrong_type(list)),
    })
}

pub(super) fn keys(call: &Call<'_>) -> Result<Type, Refusal> {
    let [map] = call.exactly()?;
    Ok(match Type::of(map) {
        Type::Map(_) => Type::list_of(Type::String),
        Type::Object(types) => Type::Tuple(types.values().map(|_| Type::String).collect()),
        Type::Any => Type::Any,
        _ => return Err(call.wrong_type(map)),
    })
}

pub(super) fn lookup(call: &Call<'_>) -> Result<Type, Refusal> {
    let (map, key, default) = match call.arguments {
        [map, key] => (map, key, None),
        [map, key, default] => (map, key, Some(default)),
        _ => return Err(call.wrong_count()),
    };
    match (Type::of(map), &key.data) {
        (Type::Map(element), _) => match default {
            Some(default) if default.convert(&element).is_err() => Err(call.wrong_type(default)),
            _ => Ok(*element),
        },
        (Type::Object(types), Data::String(key)) => match (types.get(key), default) {
            (Some(of_attribute), _) => Ok(of_attribute.clone()),
            (None, Some(default)) => Ok(Type::of(default)),
            (None, None) => call.refused("a key that is not in the map"),
        },
        (Type::Object(_) | Type::Any, _) => Ok(Type::Any),
        _ => Err(call.wrong_type(map)),
    }
}

/// Maps of one type make a map of it, anything else an object. `null` alone says nothing.
pub(super) fn merge(call: &Call<'_>) -> Result<Type, Refusal> {
    let [first, rest @ ..] = call.arguments else { return Ok(Type::Object(std::collections::BTreeMap::new())) };
    if matches!(Type::of(first), Type::Map(_)) && rest.iter().all(|other| other.has_type_of(first)) {
        return Ok(Type::of(first));
    }
    for argument in call.arguments {
        match Type::of(argument) {
            Type::Any => return Ok(Type::Any),
            Type::Map(_) | Type::Object(_) => {}
            _ => return Err(call.wrong_type(argument)),
        }
    }
    Ok(Type::Any)
}

pub(super) fn one(call: &Call<'_>) -> Result<Type, Refusal> {
    let [list] = call.exactly()?;
    Ok(match Type::of(list) {
        Type::List(element) | Type::Set(element) => *element,
        Type::Tuple(mut types) if types.len() < 2 => types.pop().unwrap_or(Type::Any),
        Type::Any => Type::Any,
        _ => return Err(call.wrong_type(list)),
    })
}

pub(super) fn reverse(call: &Call<'_>) -> Result<Type, Refusal> {
    let [list] = call.exactly()?;
    Ok(match Type::of(list) {
        Type::List(element) | Type::Set(element) => Type::List(element),
        Type::Tuple(types) => Type::Tuple(types.into_iter().rev().collect()),
        Type::Any => Type::Any,
        _ => return Err(call.wrong_type(list)),
    })
}

/// Sets of one type, which is the one that the elements have in common. An empty set of any type has no say.
pub(super) fn set_operation(call: &Call<'_>) -> Result<Type, Refusal> {
    let mut elements = Vec::new();
    for argument in call.arguments {
        let of_set = Type::of(argument);
        match of_set {
            Type::Set(element)
                if matches!(&argument.data, Data::Set(held) if held.is_empty()) && *element == Type::Any => {}
            Type::Set(element) => elements.push(Value::null_of(&element)),
            _ => return Ok(Type::Any),
        }
    }
    let element = if elements.is_empty() { Type::Any } else { common(call, &elements)? };
    Ok(Type::set_of(element))
}

/// Tuples of one element of each argument: a set when one of them is, a list otherwise.
pub(super) fn setproduct(call: &Call<'_>) -> Result<Type, Refusal> {
    if call.arguments.len() < 2 {
        return Err(call.wrong_count());
    }
    let (mut types, mut has_set) = (Vec::new(), false);
    for argument in call.arguments {
        types.push(match Type::of(argument) {
            Type::Set(element) => {
                has_set = true;
                *element
            }
            Type::List(element) => *element,
            Type::Tuple(elements) if elements.is_empty() => Type::Any,
            Type::Tuple(elements) => common(call, &elements.iter().map(Value::null_of).collect::<Vec<_>>())?,
            Type::Any => return Ok(Type::Any),
            _ => return Err(call.wrong_type(argument)),
        });
    }
    let product = Type::Tuple(types);
    Ok(if has_set { Type::set_of(product) } else { Type::list_of(product) })
}

pub(super) fn slice(call: &Call<'_>) -> Result<Type, Refusal> {
    let [list, ..] = call.exactly::<3>()?;
    match Type::of(list) {
        list @ Type::List(_) => Ok(list),
        // What is left of a tuple is a tuple, which tells its own type.
        Type::Tuple(_) | Type::Any => Ok(Type::Any),
        _ => Err(call.wrong_type(list)),
    }
}

pub(super) fn values(call: &Call<'_>) -> Result<Type, Refusal> {
    let [map] = call.exactly()?;
    Ok(match Type::of(map) {
        Type::Map(element) => Type::List(element),
        Type::Object(types) => Type::Tuple(types.into_values().collect()),
        Type::Any => Type::Any,
        _ => return Err(call.wrong_type(map)),
    })
}

pub(super) fn zipmap(call: &Call<'_>) -> Result<Type, Refusal> {
    let [_, values] = call.exactly()?;
    match Type::of(values) {
        Type::List(element) => Ok(Type::Map(element)),
        // An object tells its own type.
        Type::Tuple(_) | Type::Any => Ok(Type::Any),
        _ => Err(call.wrong_type(values)),
    }
}
