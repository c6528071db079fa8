//! Sets.

use std::collections::HashSet;

use super::super::limits::{MOST_PRODUCTS, MOST_WEIGHT};
use super::cost::elements;
use super::{Call, Data, Evaluated, Type, Value, results};

/// Combines sets of one type: `keep` says of an element of all of them, and of which of them hold it, whether it stays.
fn combined(call: &Call<'_>, keep: fn(&[bool]) -> bool) -> Evaluated {
    let to = results::set_operation(call)?;
    let converted = call.arguments.iter().map(|argument| argument.convert(&to).map_err(|_| call.wrong_type(argument)));
    let converted = converted.collect::<Result<Vec<Value>, _>>()?;
    if converted.windows(2).any(|pair| !pair[0].has_type_of(&pair[1])) {
        return call.refused("sets of different types");
    }
    let mut sets = Vec::new();
    for set in &converted {
        sets.push(call.elements(set)?.to_vec());
    }
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
    let of_result = results::setproduct(call)?;
    let Some(Type::Tuple(types)) = of_result.element() else { return call.too_large() };
    let mut products: Vec<Vec<Value>> = vec![Vec::new()];
    for (argument, to) in call.arguments.iter().zip(types) {
        let converted = call.elements(argument)?.iter().map(|element| element.convert(to));
        let elements: Vec<Value> = converted.collect::<Result<_, _>>().map_err(|_| call.wrong_type(argument))?;
        let extended = products
            .iter()
            .flat_map(|product| elements.iter().map(move |element| product.iter().chain([element]).cloned().collect()));
        products = extended.collect();
    }
    let tuples: Vec<Value> = products.into_iter().map(Value::tuple).collect();
    Ok(if matches!(of_result, Type::Set(_)) { Value::set(tuples) } else { Value::list(tuples) })
}
