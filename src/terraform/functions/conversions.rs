//! Conversions and numbers.

use std::sync::Arc;

use super::{Evaluated, Number, Refusal, Type, Value, exactly, number, wrong_count, wrong_type};
use crate::source::Span;

fn converted(name: &str, arguments: &[Value], to: &Type, span: Span) -> Evaluated {
    let [value] = exactly(name, arguments, span)?;
    value.convert(to).map_err(|why| {
        let reason = format!("Terraform's `{name}` refuses {} that {why}", value.kind());
        Refusal { reason, span }
    })
}

pub(super) fn tobool(arguments: &[Value], span: Span) -> Evaluated {
    converted("tobool", arguments, &Type::Bool, span)
}

pub(super) fn tonumber(arguments: &[Value], span: Span) -> Evaluated {
    converted("tonumber", arguments, &Type::Number, span)
}

pub(super) fn tostring(arguments: &[Value], span: Span) -> Evaluated {
    converted("tostring", arguments, &Type::String, span)
}

pub(super) fn tolist(arguments: &[Value], span: Span) -> Evaluated {
    converted("tolist", arguments, &Type::List(Box::new(Type::Any)), span)
}

pub(super) fn toset(arguments: &[Value], span: Span) -> Evaluated {
    converted("toset", arguments, &Type::Set(Box::new(Type::Any)), span)
}

pub(super) fn tomap(arguments: &[Value], span: Span) -> Evaluated {
    converted("tomap", arguments, &Type::Map(Box::new(Type::Any)), span)
}

fn of_one(name: &str, arguments: &[Value], compute: fn(&Number) -> Number, span: Span) -> Evaluated {
    let [value] = exactly(name, arguments, span)?;
    Ok(Value::Number(compute(&number(name, value, span)?)))
}

pub(super) fn abs(arguments: &[Value], span: Span) -> Evaluated {
    of_one("abs", arguments, Number::abs, span)
}

pub(super) fn ceil(arguments: &[Value], span: Span) -> Evaluated {
    of_one("ceil", arguments, Number::ceil, span)
}

pub(super) fn floor(arguments: &[Value], span: Span) -> Evaluated {
    of_one("floor", arguments, Number::floor, span)
}

pub(super) fn signum(arguments: &[Value], span: Span) -> Evaluated {
    let [value] = exactly("signum", arguments, span)?;
    let number = number("signum", value, span)?;
    // Terraform takes whole numbers here, and no others.
    if number.to_whole().is_none() {
        return Err(wrong_type("signum", value, span));
    }
    Ok(Value::Number(Number::counted(if number.is_zero() { 0 } else { 1 - 2 * i32::from(number.is_negative()) })))
}

fn extreme(name: &str, arguments: &[Value], better: fn(&Number, &Number) -> bool, span: Span) -> Evaluated {
    let mut best: Option<Number> = None;
    for argument in arguments {
        let number = number(name, argument, span)?;
        if best.as_ref().is_none_or(|best| better(&number, best)) {
            best = Some(number);
        }
    }
    best.map(Value::Number).ok_or_else(|| wrong_count(name, span))
}

pub(super) fn max(arguments: &[Value], span: Span) -> Evaluated {
    extreme("max", arguments, |one, other| one > other, span)
}

pub(super) fn min(arguments: &[Value], span: Span) -> Evaluated {
    extreme("min", arguments, |one, other| one < other, span)
}

/// The values as elements of one type; as a tuple where there is none that podgate knows of.
pub(super) fn unified(elements: Vec<Value>) -> Value {
    let tuple = Value::tuple(elements);
    tuple.convert(&Type::List(Box::new(Type::Any))).unwrap_or(tuple)
}

/// A map or an object of these entries, as what they were taken from.
pub(super) fn like(original: &Value, entries: std::collections::BTreeMap<Arc<str>, Value>) -> Value {
    if matches!(original, Value::Map(_)) { Value::Map(Arc::new(entries)) } else { Value::object(entries) }
}
