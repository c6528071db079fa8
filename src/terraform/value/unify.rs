//! Which types convert to which, and the one type that several convert to.
//!
//! The rules are those of `cty/convert` in version 1.16 of `github.com/zclconf/go-cty`, which Terraform 1.11 uses, in
//! the mode that may fail for a value (`UnifyUnsafe`, `GetConversionUnsafe`).

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Type, Value};

/// So many different types are unified, at most: every one is compared with every other.
const MOST_TYPES: usize = 100;

/// Why several types do not unify.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::terraform) enum NoType {
    /// There is no type that all of them convert to.
    Incompatible,
    /// There are more of them than podgate compares.
    TooMany,
}

impl NoType {
    /// Whether a limit of podgate's is why, so that there may be such a type.
    #[must_use]
    pub(in crate::terraform) fn is_limit(self) -> bool {
        self == Self::TooMany
    }
}

/// The types of values, each once, in the order of the values.
///
/// # Errors
///
/// When there are more than podgate compares.
pub(super) fn types_of<'v>(values: impl IntoIterator<Item = &'v Value>) -> Result<Vec<Type>, NoType> {
    let mut known: Vec<&Value> = Vec::new();
    for value in values {
        // Neighbours are mostly of one type, so that the last one found comes first.
        if !known.iter().rev().any(|other| other.has_type_of(value)) {
            known.push(value);
        }
        if known.len() > MOST_TYPES {
            return Err(NoType::TooMany);
        }
    }
    Ok(known.into_iter().map(Type::of).collect())
}

/// The type that all of these convert to.
///
/// Types of one structure (all objects, all tuples, maps beside objects, ...) unify part by part, which may make a type
/// that is none of them. Otherwise the most general of them is tried first, until all others convert to one.
///
/// # Errors
///
/// When there is none, also of no types at all.
pub(super) fn unify(types: &[Type]) -> Result<Type, NoType> {
    let mut distinct: Vec<&Type> = Vec::new();
    for candidate in types {
        if !distinct.contains(&candidate) {
            distinct.push(candidate);
        }
        if distinct.len() > MOST_TYPES {
            return Err(NoType::TooMany);
        }
    }
    match distinct.as_slice() {
        [] => Err(NoType::Incompatible),
        [only] => Ok((*only).clone()),
        several => match by_structure(several) {
            Some(Err(NoType::TooMany)) => Err(NoType::TooMany),
            Some(unified) => unified,
            None => by_preference(several),
        },
    }
}

/// The type that types of one structure unify to part by part; `None` when their structure does not say.
fn by_structure(types: &[&Type]) -> Option<Result<Type, NoType>> {
    let count = |is: fn(&Type) -> bool| types.iter().filter(|candidate| is(candidate)).count();
    let maps = count(|candidate| matches!(candidate, Type::Map(_)));
    let lists = count(|candidate| matches!(candidate, Type::List(_)));
    let sets = count(|candidate| matches!(candidate, Type::Set(_)));
    let objects = count(|candidate| matches!(candidate, Type::Object(_)));
    let tuples = count(|candidate| matches!(candidate, Type::Tuple(_)));
    let any = count(|candidate| matches!(candidate, Type::Any));
    let are_all = |some: usize| some + any == types.len();
    // Nothing can be said of what is built from a part of any type.
    let open = || (any > 0).then_some(Ok(Type::Any));
    if maps > 0 && are_all(maps) {
        open().or_else(|| Some(elements(types).map(Type::map_of)))
    } else if maps > 0 && are_all(maps + objects) {
        beside(types, |candidate| matches!(candidate, Type::Object(_)), Type::map_of)
    } else if lists > 0 && are_all(lists) {
        open().or_else(|| Some(elements(types).map(Type::list_of)))
    } else if lists > 0 && are_all(lists + tuples) {
        beside(types, |candidate| matches!(candidate, Type::Tuple(_)), Type::list_of)
    } else if sets > 0 && are_all(sets) {
        open().or_else(|| Some(elements(types).map(Type::set_of)))
    } else if objects > 0 && are_all(objects) {
        open().or_else(|| Some(unify_objects(types)))
    } else if tuples > 0 && are_all(tuples) {
        open().or_else(|| Some(unify_tuples(types)))
    } else if objects > 0 && tuples > 0 {
        Some(Err(NoType::Incompatible))
    } else {
        None
    }
}

/// The type that the elements of collection types unify to.
fn elements(types: &[&Type]) -> Result<Type, NoType> {
    unify(&types.iter().filter_map(|candidate| candidate.element().cloned()).collect::<Vec<_>>())
}

/// Collections beside structures that may be taken for such collections: objects beside maps, tuples beside lists.
/// `None` when they may not.
fn beside(
    types: &[&Type],
    is_structure: fn(&Type) -> bool,
    collection: fn(Type) -> Type,
) -> Option<Result<Type, NoType>> {
    let structures: Vec<&Type> = types.iter().copied().filter(|candidate| is_structure(candidate)).collect();
    let taken = match unify(&parts(&structures)) {
        Ok(part) => collection(part),
        Err(NoType::TooMany) => return Some(Err(NoType::TooMany)),
        Err(NoType::Incompatible) => return None,
    };
    let all: Vec<Type> = types
        .iter()
        .map(|candidate| if is_structure(candidate) { taken.clone() } else { (*candidate).clone() })
        .collect();
    match unify(&all) {
        Ok(unified) if std::mem::discriminant(&unified) == std::mem::discriminant(&taken) => Some(Ok(unified)),
        Err(NoType::TooMany) => Some(Err(NoType::TooMany)),
        _ => None,
    }
}

/// The types of the attributes of objects, or of the elements of tuples.
fn parts(types: &[&Type]) -> Vec<Type> {
    let mut parts = Vec::new();
    for candidate in types {
        match candidate {
            Type::Object(attributes) => parts.extend(attributes.values().cloned()),
            Type::Tuple(elements) => parts.extend(elements.iter().cloned()),
            _ => {}
        }
    }
    parts
}

/// Objects unify attribute by attribute when they have the same ones, and otherwise as maps.
fn unify_objects(types: &[&Type]) -> Result<Type, NoType> {
    let objects: Vec<&BTreeMap<Arc<str>, Type>> = types.iter().filter_map(|candidate| candidate.attributes()).collect();
    let [first, rest @ ..] = objects.as_slice() else { return Err(NoType::Incompatible) };
    if rest.iter().any(|other| !first.keys().eq(other.keys())) {
        return unify(&parts(types)).map(Type::map_of);
    }
    let attribute = |name: &Arc<str>| {
        let across: Vec<Type> = objects.iter().map(|attributes| attributes[name].clone()).collect();
        Ok((name.clone(), unify(&across)?))
    };
    Ok(Type::Object(first.keys().map(attribute).collect::<Result<_, NoType>>()?))
}

/// Tuples unify element by element when they are equally long, and otherwise as lists.
fn unify_tuples(types: &[&Type]) -> Result<Type, NoType> {
    let tuples: Vec<&[Type]> = types
        .iter()
        .filter_map(|candidate| if let Type::Tuple(elements) = candidate { Some(elements.as_slice()) } else { None })
        .collect();
    let [first, rest @ ..] = tuples.as_slice() else { return Err(NoType::Incompatible) };
    if rest.iter().any(|other| other.len() != first.len()) {
        return unify(&parts(types)).map(Type::list_of);
    }
    let element = |at: usize| unify(&tuples.iter().map(|elements| elements[at].clone()).collect::<Vec<_>>());
    Ok(Type::Tuple((0..first.len()).map(element).collect::<Result<_, NoType>>()?))
}

/// The first of the types, the most general ones before others, that all others convert to.
fn by_preference(types: &[&Type]) -> Result<Type, NoType> {
    let wanted = by_generality(types)
        .into_iter()
        .find(|wanted| types.iter().all(|candidate| candidate == wanted || candidate.converts_to(wanted)));
    wanted.cloned().ok_or(NoType::Incompatible)
}

/// The types in a topological order of "is more general than"; otherwise in the order given.
fn by_generality<'t>(types: &[&'t Type]) -> Vec<&'t Type> {
    let is_before = |one: usize, other: usize| generality(types[one], types[other]) == Ordering::Less;
    let mut waiting: Vec<usize> =
        (0..types.len()).map(|at| (0..types.len()).filter(|other| is_before(*other, at)).count()).collect();
    let mut order: Vec<usize> = (0..types.len()).filter(|at| waiting[*at] == 0).collect();
    let mut next = 0;
    while let Some(&at) = order.get(next) {
        next += 1;
        for other in (0..types.len()).filter(|other| is_before(at, *other)) {
            waiting[other] -= 1;
            if waiting[other] == 0 {
                order.push(other);
            }
        }
    }
    order.into_iter().map(|at| types[at]).collect()
}

/// Compares types by how general they are: `Less` for one that is preferred, since the other converts to it.
fn generality(one: &Type, other: &Type) -> Ordering {
    match (one, other) {
        (Type::Any, Type::Any) => Ordering::Equal,
        (Type::Any, _)
        | (Type::Bool | Type::Number, Type::String)
        | (Type::Set(_), Type::List(_) | Type::Tuple(_))
        | (Type::Tuple(_), Type::List(_))
        | (Type::Object(_), Type::Map(_)) => Ordering::Greater,
        (_, Type::Any)
        | (Type::String, Type::Bool | Type::Number)
        | (Type::List(_) | Type::Tuple(_), Type::Set(_))
        | (Type::List(_), Type::Tuple(_))
        | (Type::Map(_), Type::Object(_)) => Ordering::Less,
        (Type::List(one), Type::List(other))
        | (Type::Set(one), Type::Set(other))
        | (Type::Map(one), Type::Map(other)) => generality(one, other),
        (Type::Object(one), Type::Object(other)) if one.keys().eq(other.keys()) => {
            generality_of_parts(one.values().zip(other.values()))
        }
        (Type::Tuple(one), Type::Tuple(other)) if one.len() == other.len() => {
            generality_of_parts(one.iter().zip(other))
        }
        _ => Ordering::Equal,
    }
}

/// One structure is more general than another when some of its parts are and none is less so.
fn generality_of_parts<'t>(parts: impl Iterator<Item = (&'t Type, &'t Type)>) -> Ordering {
    let (mut less, mut greater) = (false, false);
    for (one, other) in parts {
        let order = generality(one, other);
        less |= order == Ordering::Less;
        greater |= order == Ordering::Greater;
    }
    match (less, greater) {
        (true, false) => Ordering::Less,
        (false, true) => Ordering::Greater,
        _ => Ordering::Equal,
    }
}

impl Type {
    /// The attributes of an object type.
    #[must_use]
    pub fn attributes(&self) -> Option<&BTreeMap<Arc<str>, Self>> {
        if let Self::Object(attributes) = self { Some(attributes) } else { None }
    }

    /// Whether Terraform has a conversion from this type to another. It may still fail for a value: not every string
    /// is a number.
    #[must_use]
    pub fn converts_to(&self, to: &Self) -> bool {
        match (self, to) {
            (_, Self::Any) | (Self::Any, _) => true,
            (from, Self::Optional(inner, _)) => from.converts_to(inner),
            (Self::Bool, Self::Number) | (Self::Number, Self::Bool) => false,
            (from, to) if from.is_primitive() && to.is_primitive() => true,
            (Self::List(from) | Self::Set(from), Self::List(to) | Self::Set(to)) | (Self::Map(from), Self::Map(to)) => {
                from.converts_to(to)
            }
            (Self::Tuple(from), Self::Tuple(to)) => {
                from.len() == to.len() && from.iter().zip(to).all(|(from, to)| from.converts_to(to))
            }
            (Self::Tuple(from), Self::List(to) | Self::Set(to)) => match &**to {
                Self::Any => from.is_empty() || is_one_type(from),
                to => from.iter().all(|from| from.converts_to(to)),
            },
            (Self::Object(from), Self::Map(to)) => match &**to {
                Self::Any => from.is_empty() || unify(&from.values().cloned().collect::<Vec<_>>()).is_ok(),
                to => from.values().all(|from| from.converts_to(to)),
            },
            (Self::Object(from), Self::Object(to)) => to.iter().all(|(name, to)| match from.get(name) {
                Some(from) => from.converts_to(to),
                None => matches!(to, Self::Optional(..)),
            }),
            (Self::Map(from), Self::Object(to)) => {
                to.values().all(|to| from.converts_to(to) || matches!(to, Self::Optional(..)))
            }
            _ => false,
        }
    }

    /// This type, which a value of another type is converted to, with the parts that may be of any type taken from
    /// there (`dynamicReplace` in go-cty).
    #[must_use]
    pub(super) fn filled_from(&self, from: &Self) -> Self {
        let element = |to: &Self| match from {
            Self::List(from) | Self::Set(from) | Self::Map(from) => to.filled_from(from),
            Self::Tuple(types) => unify(types).map_or_else(|_| to.clone(), |from| to.filled_from(&from)),
            Self::Object(types) => {
                let types: Vec<Self> = types.values().cloned().collect();
                unify(&types).map_or_else(|_| to.clone(), |from| to.filled_from(&from))
            }
            _ => to.clone(),
        };
        match (self, from) {
            (to, Self::Any) => to.clone(),
            (Self::Any, from) => from.clone(),
            (Self::List(to), _) => Self::list_of(element(to)),
            (Self::Set(to), _) => Self::set_of(element(to)),
            (Self::Map(to), _) => Self::map_of(element(to)),
            (Self::Object(to), Self::Map(from)) => {
                Self::Object(to.iter().map(|(name, to)| (name.clone(), to.filled_from(from))).collect())
            }
            (Self::Object(to), Self::Object(from)) => {
                let filled = |(name, to): (&Arc<str>, &Self)| {
                    (name.clone(), from.get(name).map_or_else(|| to.clone(), |from| to.filled_from(from)))
                };
                Self::Object(to.iter().map(filled).collect())
            }
            (Self::Tuple(to), Self::Tuple(from)) if to.len() == from.len() => {
                Self::Tuple(to.iter().zip(from).map(|(to, from)| to.filled_from(from)).collect())
            }
            (to, _) => to.clone(),
        }
    }

    /// Whether a type may be this one, where parts of any type may be of every type (`TestConformance` in go-cty).
    #[must_use]
    pub(super) fn conforms_to(&self, to: &Self) -> bool {
        match (self, to) {
            (_, Self::Any) => true,
            (Self::List(one), Self::List(to)) | (Self::Set(one), Self::Set(to)) | (Self::Map(one), Self::Map(to)) => {
                one.conforms_to(to)
            }
            (Self::Tuple(one), Self::Tuple(to)) => {
                one.len() == to.len() && one.iter().zip(to).all(|(one, to)| one.conforms_to(to))
            }
            (Self::Object(one), Self::Object(to)) => {
                one.keys().eq(to.keys()) && one.values().zip(to.values()).all(|(one, to)| one.conforms_to(to))
            }
            (one, to) => one == to,
        }
    }
}

/// Whether the elements of a tuple may become those of a list or a set. Terraform finds no type for a `null` beside
/// structures, since it could be of any.
fn is_one_type(types: &[Type]) -> bool {
    unify(types).is_ok_and(|unified| unified != Type::Any || types.iter().all(|candidate| *candidate == Type::Any))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(attributes: &[(&str, Type)]) -> Type {
        Type::Object(attributes.iter().map(|(name, of)| ((*name).into(), of.clone())).collect())
    }

    #[test]
    fn structures_unify_part_by_part_and_else_as_collections() {
        let tuple = |types: &[Type]| Type::Tuple(types.to_vec());
        let cases = [
            (vec![Type::Bool, Type::String], Ok(Type::String)),
            (vec![Type::Bool, Type::Number], Err(NoType::Incompatible)),
            (vec![tuple(&[]), tuple(&[Type::Bool])], Ok(Type::list_of(Type::Bool))),
            (vec![tuple(&[Type::Number]), tuple(&[Type::String])], Ok(tuple(&[Type::String]))),
            (vec![tuple(&[Type::Number]), Type::list_of(Type::String)], Ok(Type::list_of(Type::String))),
            (vec![tuple(&[]), object(&[])], Err(NoType::Incompatible)),
            (vec![Type::Any, tuple(&[])], Ok(Type::Any)),
            (vec![Type::Any, Type::Bool], Ok(Type::Bool)),
            (vec![object(&[("a", Type::Bool)]), object(&[("b", Type::String)])], Ok(Type::map_of(Type::String))),
            (vec![Type::set_of(Type::Number), Type::list_of(Type::String)], Ok(Type::list_of(Type::String))),
        ];
        for (types, unified) in cases {
            assert_eq!(unify(&types), unified, "{types:?}");
        }
    }

    #[test]
    fn too_many_different_types_are_a_limit_and_no_refusal() {
        let many: Vec<Type> = (0..=MOST_TYPES).map(|count| Type::Tuple(vec![Type::Bool; count])).collect();
        assert_eq!(unify(&many), Err(NoType::TooMany));
    }
}
