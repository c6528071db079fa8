//! Sets.

use std::collections::HashSet;

use super::super::limits::{MOST_PRODUCTS, MOST_WEIGHT};
use super::cost::elements;
use super::{Call, Data, Evaluated, Refusal, Type, Value};

/// The arguments as sets of one type; `None` when podgate knows of no such type.
fn sets(call: &Call<'_>) -> Result<Option<Vec<Vec<Value>>>, Refusal> {
    let mut types = Type::Any;
    for argument in call.arguments {
        for element in call.elements(argument)? {
            match types.unify(&Type::of(element)) {
                Some(unified) => types = unified,
                None => return Ok(None),
            }
        }
    }
    let mut sets = Vec::new();
    for argument in call.arguments {
        match argument.convert(&Type::Set(Box::new(types.clone()))).map(|set| set.data) {
            Ok(Data::Set(elements)) => sets.push(elements.to_vec()),
            _ => return Err(call.wrong_type(argument)),
        }
    }
    Ok(Some(sets))
}

/// Combines sets of one type: `keep` says of an element of all of them, and of which of them hold it, whether it stays.
fn combined(call: &Call<'_>, keep: fn(&[bool]) -> bool) -> Evaluated {
    if call.arguments.is_empty() {
        return Err(call.wrong_count());
    }
    let Some(sets) = sets(call)? else {
        return Ok(call.unknown(format!("it depends on `{}` over different types", call.name)));
    };
    let Value { data: Data::Set(all), .. } = Value::set(sets.concat()) else { return call.too_large() };
    let sets: Vec<HashSet<&Value>> = sets.iter().map(|set| set.iter().collect()).collect();
    let held = |element: &&Value| keep(&sets.iter().map(|set| set.contains(element)).collect::<Vec<_>>());
    Ok(Value::set(all.iter().filter(held).cloned().collect()))
}

pub(super) fn setintersection(call: &Call<'_>) -> Evaluated {
    combined(call, |held| held.iter().all(|held| *held))
}

pub(super) fn setunion(call: &Call<'_>) -> Evaluated {
    combined(call, |held| held.iter().any(|held| *held))
}

pub(super) fn setsubtract(call: &Call<'_>) -> Evaluated {
    call.exactly::<2>()?;
    combined(call, |held| held[0] && !held[1])
}

/// What all products of the elements of these weigh together: each element is in as many as the others have products.
pub(super) fn weight_of_products(arguments: &[Value]) -> usize {
    let count = arguments.iter().map(elements).fold(1usize, usize::saturating_mul);
    let each = |argument: &Value| argument.weight().saturating_mul(count) / elements(argument).max(1);
    arguments.iter().map(each).fold(count, usize::saturating_add)
}

/// `setproduct`: all ways to take one element of each, in order; sets give a set, anything else a list.
pub(super) fn setproduct(call: &Call<'_>) -> Evaluated {
    if call.arguments.len() < 2 {
        return Err(call.wrong_count());
    }
    if call.arguments.iter().map(elements).fold(1, usize::saturating_mul) > MOST_PRODUCTS {
        let reason = format!("`setproduct` makes more than {MOST_PRODUCTS} elements, which is podgate's limit");
        return Ok(call.unknown(reason));
    }
    // What products hold is shared, but is looked through in each of them.
    if weight_of_products(call.arguments) > MOST_WEIGHT {
        return call.too_large();
    }
    let mut products: Vec<Vec<Value>> = vec![Vec::new()];
    for argument in call.arguments {
        let elements = call.elements(argument)?;
        let elements = super::conversions::unified(elements.to_vec());
        if matches!(elements.data, Data::Tuple(_)) {
            return call.refused("elements of incompatible types");
        }
        let elements = call.elements(&elements)?;
        let extended = products
            .iter()
            .flat_map(|product| elements.iter().map(move |element| product.iter().chain([element]).cloned().collect()));
        products = extended.collect();
    }
    let tuples: Vec<Value> = products.into_iter().map(Value::tuple).collect();
    let has_set = call.arguments.iter().any(|argument| matches!(argument.data, Data::Set(_)));
    Ok(if has_set { Value::set(tuples) } else { Value::list(tuples) })
}
