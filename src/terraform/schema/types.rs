//! Types as the table writes them: `map(string)`, `list(object({name=string}))`.

use std::collections::BTreeMap;

use crate::terraform::value::Type;

/// The type that a text of the table stands for. Anything else is any type; a test reads all of the table.
pub(super) fn parse(text: &str) -> Type {
    let (parsed, rest) = prefix(text);
    if rest.is_empty() { parsed } else { Type::Any }
}

/// The type at the start of a text, and what stands behind it.
fn prefix(text: &str) -> (Type, &str) {
    let end = text.find(|c: char| !c.is_ascii_lowercase()).unwrap_or(text.len());
    let (word, rest) = text.split_at(end);
    let simple = match word {
        "bool" => Some(Type::Bool),
        "number" => Some(Type::Number),
        "string" => Some(Type::String),
        "any" => Some(Type::Any),
        _ => None,
    };
    if let Some(simple) = simple {
        return (simple, rest);
    }
    let inside = rest.strip_prefix('(').unwrap_or(rest);
    if word == "object" {
        let (attributes, rest) = attributes(inside.strip_prefix('{').unwrap_or(inside));
        return (attributes, rest.strip_prefix(')').unwrap_or(rest));
    }
    let (element, rest) = prefix(inside);
    let rest = rest.strip_prefix(')').unwrap_or(rest);
    let element = Box::new(element);
    match word {
        "list" => (Type::List(element), rest),
        "set" => (Type::Set(element), rest),
        "map" => (Type::Map(element), rest),
        _ => (Type::Any, rest),
    }
}

/// The attributes of an object type, up to the brace behind them.
fn attributes(mut text: &str) -> (Type, &str) {
    let mut types = BTreeMap::new();
    while let Some((name, behind)) = text.split_once('=')
        && !text.starts_with('}')
    {
        let (inner, rest) = prefix(behind);
        types.insert(name.into(), inner);
        text = rest.strip_prefix(',').unwrap_or(rest);
    }
    (Type::Object(types), text.strip_prefix('}').unwrap_or(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_read_as_they_are_written() {
        let object = |entries: &[(&str, Type)]| {
            Type::Object(entries.iter().map(|(name, of)| ((*name).into(), of.clone())).collect())
        };
        assert_eq!(parse("map(string)"), Type::Map(Box::new(Type::String)));
        assert_eq!(
            parse("list(object({a=set(number),b=object({c=any}),d=bool}))"),
            Type::List(Box::new(object(&[
                ("a", Type::Set(Box::new(Type::Number))),
                ("b", object(&[("c", Type::Any)])),
                ("d", Type::Bool),
            ])))
        );
        assert_eq!(parse("object({})"), object(&[]));
    }
}
