//! How Terraform converts values from type to type
//! (<https://developer.hashicorp.com/terraform/language/expressions/types#type-conversion>).

use std::collections::BTreeMap;
use std::fmt::{self, Display};
use std::sync::Arc;

use super::set::set_of;
use super::unify::{NoType, types_of, unify};
use super::{Data, Marks, NoNumber, Number, Type, Unknown, Value};

/// Why a value does not convert: a clause about the value, which never tells what the value is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mismatch {
    why: String,
    /// Whether a limit of podgate's is why, so that Terraform may convert the value.
    pub is_limit: bool,
}

impl Mismatch {
    fn new(why: impl Into<String>) -> Self {
        Self { why: why.into(), is_limit: false }
    }

    /// The mismatch of a part, said of the whole.
    fn within(self, part: &str) -> Self {
        Self { why: format!("{part}: it {}", self.why), ..self }
    }

    fn between(what: &str, why: NoType) -> Self {
        match why {
            NoType::Incompatible => Self::new(format!("contains {what} of incompatible types")),
            NoType::TooMany => {
                let why = format!("contains {what} of more different types than podgate compares");
                Self { why, is_limit: true }
            }
        }
    }
}

impl Display for Mismatch {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.why)
    }
}

/// The one type that all of these values convert to.
///
/// # Errors
///
/// When there is none.
pub(in crate::terraform) fn unified<'v>(values: impl IntoIterator<Item = &'v Value>) -> Result<Type, NoType> {
    unify(&types_of(values)?)
}

impl Value {
    /// Converts the value to a type. What is not known stays so, and `null` is a value of every type. The result comes
    /// from where the value comes from.
    ///
    /// # Errors
    ///
    /// When Terraform has no such conversion.
    pub fn convert(&self, to: &Type) -> Result<Self, Mismatch> {
        match to {
            Type::Any => Ok(self.clone()),
            Type::Optional(inner, _) => self.convert(inner),
            to => self.converted(to),
        }
    }

    /// The number that a string stands for. One of too many digits is a number that podgate does not know.
    fn number_of(&self, text: &str) -> Result<Data, Mismatch> {
        match (Number::read(text), self.origin.hops().last()) {
            (Ok(number), _) => Ok(Data::Number(number)),
            (Err(NoNumber::TooLong), Some(hop)) => {
                let reason = "this number has more digits than podgate computes with";
                Ok(Data::Unknown(Unknown::new(reason, hop.span)))
            }
            (Err(_), _) => Err(Mismatch::new("is no decimal number")),
        }
    }

    fn converted(&self, to: &Type) -> Result<Self, Mismatch> {
        let mismatch = || Mismatch::new(format!("is {}, not {}", self.kind(), to.name()));
        if let Some(tells) = self.type_if_bare(to) {
            if !tells.converts_to(to) {
                return Err(mismatch());
            }
            let filled = to.without_optional().filled_from(&tells);
            let converted = self.about(self.empty_of(&filled)).of_type(&filled);
            return Ok(if filled == tells { converted.with_known_text_of(self) } else { converted });
        }
        let data = match (&self.data, to) {
            (Data::Bool(_), Type::Bool) | (Data::Number(_), Type::Number) | (Data::String(_), Type::String) => {
                self.data.clone()
            }
            (Data::Bool(value), Type::String) => Data::String(if *value { "true" } else { "false" }.into()),
            (Data::Number(number), Type::String) => Data::String(number.to_string().into()),
            (Data::String(text), Type::Bool) => bool_of(text).map(Data::Bool)?,
            (Data::String(text), Type::Number) => self.number_of(text)?,
            (Data::Set(_), Type::List(_)) if self.missing().is_some() => {
                // Elements that are not known may be equal, so that nobody knows how many there are.
                let unknown = self.missing().cloned().map_or_else(|| self.data.clone(), Data::Unknown);
                return Ok(self.about(unknown).of_type(&to.without_optional().filled_from(&Type::of(self))));
            }
            (Data::List(elements) | Data::Set(elements), Type::List(element)) => {
                Data::List(converted_alike(elements, element)?.into())
            }
            (Data::List(elements) | Data::Set(elements), Type::Set(element)) => {
                set_of(converted_alike(elements, element)?)
            }
            (Data::Tuple(elements), Type::List(element) | Type::Set(element)) => {
                return self.tuple_to_elements(elements, element, matches!(to, Type::Set(_)));
            }
            (Data::Tuple(elements), Type::Tuple(types)) if elements.len() == types.len() => {
                let converted = elements.iter().zip(types).map(|(value, to)| value.convert(to));
                Data::Tuple(converted.collect::<Result<Vec<_>, _>>()?.into())
            }
            (Data::Map(entries) | Data::Object(entries), Type::Map(element)) => {
                return self.entries_to_map(entries, element);
            }
            (Data::Map(entries) | Data::Object(entries), Type::Object(types)) => {
                let converted =
                    types.iter().map(|(name, to)| Ok((name.clone(), attribute(entries.get(name), name, to)?)));
                Data::Object(Arc::new(converted.collect::<Result<_, Mismatch>>()?))
            }
            // A partial object may hold what is not known; as a whole it is not known.
            (Data::Partial(_, unknown), _) => return Ok(self.about(Data::Unknown(unknown.clone())).of_type(to)),
            _ => return Err(mismatch()),
        };
        Ok(self.about(data))
    }

    /// The type of a value that holds nothing by which its conversion could be tried: `null`, unknown, empty. Of an empty
    /// map it is left to try what an object must have.
    fn type_if_bare(&self, to: &Type) -> Option<Type> {
        let is_bare = match &self.data {
            Data::Null | Data::Unknown(_) => true,
            Data::List(held) | Data::Set(held) | Data::Tuple(held) => held.is_empty(),
            Data::Map(held) => held.is_empty() && !matches!(to, Type::Object(_)),
            _ => false,
        };
        is_bare.then(|| Type::of(self))
    }

    /// What an empty collection is as a value of another type; anything else stays what it is.
    fn empty_of(&self, to: &Type) -> Data {
        match (&self.data, to) {
            (Data::Null | Data::Unknown(_), _) => self.data.clone(),
            (_, Type::List(_)) => Data::List(Arc::default()),
            (_, Type::Set(_)) => Data::Set(Arc::default()),
            (_, Type::Map(_)) => Data::Map(Arc::default()),
            _ => self.data.clone(),
        }
    }

    /// A list or a set of the elements of a tuple. Whether elements of which podgate does not know the type fit to others
    /// is not known.
    fn tuple_to_elements(&self, elements: &[Self], element: &Type, is_set: bool) -> Result<Self, Mismatch> {
        match elements_of_tuple(elements, element, is_set) {
            Ok(converted) => {
                let data = if is_set { set_of(converted) } else { Data::List(converted.into()) };
                Ok(self.about(data).marked(guessed(elements.iter())))
            }
            Err(mismatch) => match elements.iter().find_map(untyped) {
                Some(unknown) if *element == Type::Any => Ok(self.about(Data::Unknown(unknown.clone()))),
                _ => Err(mismatch),
            },
        }
    }

    /// A map of the entries of a map or an object.
    fn entries_to_map(&self, entries: &BTreeMap<Arc<str>, Self>, element: &Type) -> Result<Self, Mismatch> {
        let is_object = matches!(self.data, Data::Object(_));
        let to = match element {
            Type::Any if entries.is_empty() => Type::Any,
            Type::Any if is_object => unified(entries.values()).map_err(|why| Mismatch::between("values", why))?,
            known => known.clone(),
        };
        let entry = |(key, value): (&Arc<str>, &Self)| {
            let converted = value.convert(&to).map_err(|why| why.within("has a wrong element"))?;
            Ok((key.clone(), converted))
        };
        let converted: BTreeMap<_, _> = entries.iter().map(entry).collect::<Result<_, Mismatch>>()?;
        let converted = if to.has_any() && !converted.is_empty() { alike(converted, &to)? } else { converted };
        let is_empty = converted.is_empty();
        let value = self.about(Data::Map(Arc::new(converted))).marked(guessed(entries.values()));
        Ok(if is_empty { value.of_type(&Type::map_of(to.without_optional())) } else { value })
    }
}

/// The elements of a tuple as values of one type.
fn elements_of_tuple(elements: &[Value], element: &Type, is_set: bool) -> Result<Vec<Value>, Mismatch> {
    let different = |why| Mismatch::between("elements", why);
    let to = match element {
        Type::Any => {
            let types = types_of(elements).map_err(different)?;
            let unified = unify(&types).map_err(different)?;
            // Terraform finds no type for a `null` beside structures, since it could be of any.
            if unified == Type::Any && types.len() > 1 {
                return Err(different(NoType::Incompatible));
            }
            unified
        }
        known => known.clone(),
    };
    let converted = convert_all(elements, &to)?;
    if !to.has_any() {
        return Ok(converted);
    }
    let types = types_of(&converted).map_err(different)?;
    match types.as_slice() {
        [_] => Ok(converted),
        _ if is_set => Err(different(NoType::Incompatible)),
        several => convert_all(&converted, &unify(several).map_err(different)?),
    }
}

/// Entries whose types may differ in parts, as values of one type.
fn alike(entries: BTreeMap<Arc<str>, Value>, to: &Type) -> Result<BTreeMap<Arc<str>, Value>, Mismatch> {
    let unifies = to.element().is_some() || matches!(to, Type::Object(_));
    let types = types_of(entries.values()).map_err(|why| Mismatch::between("values", why))?;
    let told: Vec<Type> = types.into_iter().filter(|of_entry| *of_entry != Type::Any).collect();
    let to = match told.as_slice() {
        [] => return Ok(entries),
        [only] => only.clone(),
        several if unifies => unify(several).map_err(|why| Mismatch::between("values", why))?,
        _ => return Err(Mismatch::between("values", NoType::Incompatible)),
    };
    entries.into_iter().map(|(key, value)| Ok((key, value.convert(&to)?))).collect()
}

/// Why a value is not known, of which podgate does not know the type either.
fn untyped(value: &Value) -> Option<&Arc<Unknown>> {
    value.missing_itself().filter(|_| value.hint.is_none())
}

/// The mark of what was converted to a type that it has in common with values of which podgate does not know the type.
fn guessed<'v>(mut values: impl Iterator<Item = &'v Value>) -> Marks {
    Marks { loose: values.any(|value| untyped(value).is_some()), ..Marks::default() }
}

/// The attribute of an object that a type constraint asks for: what is given; what the constraint says, when nothing
/// or `null` is given for an optional one.
fn attribute(given: Option<&Value>, name: &str, to: &Type) -> Result<Value, Mismatch> {
    let given = given.filter(|value| !matches!((&value.data, to), (Data::Null, Type::Optional(_, Some(_)))));
    let converted = match (given, to) {
        (Some(value), to) => value.convert(to),
        (None, Type::Optional(inner, Some(default))) => default.convert(inner),
        (None, Type::Optional(inner, None)) => Ok(Value::from(Data::Null).of_type(&inner.without_optional())),
        (None, _) => return Err(Mismatch::new(format!("lacks the attribute `{name}`"))),
    };
    converted.map_err(|why| why.within(&format!("has a wrong attribute `{name}`")))
}

/// The elements of a list or a set, which are of one type, converted.
fn converted_alike(elements: &[Value], to: &Type) -> Result<Vec<Value>, Mismatch> {
    let converted = convert_all(elements, to)?;
    if *to == Type::Any || !to.has_any() {
        return Ok(converted);
    }
    match types_of(&converted) {
        Ok(types) if types.len() > 1 => Err(Mismatch::between("elements", NoType::Incompatible)),
        Ok(_) => Ok(converted),
        Err(why) => Err(Mismatch::between("elements", why)),
    }
}

/// Converts the elements of a collection.
fn convert_all(elements: &[Value], to: &Type) -> Result<Vec<Value>, Mismatch> {
    let converted = elements.iter().map(|element| element.convert(to));
    converted.collect::<Result<_, _>>().map_err(|why| why.within("has a wrong element"))
}

/// The bool that a string stands for.
fn bool_of(text: &str) -> Result<bool, Mismatch> {
    match text {
        "true" | "1" => Ok(true),
        "false" | "0" => Ok(false),
        _ => Err(Mismatch::new("is neither \"true\" nor \"false\"")),
    }
}
