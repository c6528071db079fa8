//! The ways by which values come into a module that several calls share.
//!
//! Calls with equal arguments share one evaluation, in which values come by way of the first call. To name what another
//! call does, the part of a value's way that leads to the first one's arguments is replaced by the way to its own.

use std::collections::HashMap;

use super::inputs::Argument;
use super::value::{Data, Origin, Value};
use crate::source::Span;

/// So many values of the arguments are compared.
const MOST_COMPARED: usize = 100;

/// What the way to the arguments of a call is, in place of that to those of the first call.
#[derive(Debug, Clone, Default)]
pub struct Detour {
    /// By the last place on the way of the first call's value: that way, and the other one. Looked up, never listed.
    tails: HashMap<Span, Vec<(Origin, Origin)>>,
}

impl Detour {
    /// The detour of a call with arguments that are equal to the first one's.
    pub(super) fn between(first: &[Argument], own: &[Argument]) -> Self {
        let mut detour = Self::default();
        let mut pending: Vec<(&Value, &Value)> = first.iter().zip(own).map(|(a, b)| (&a.value, &b.value)).collect();
        let mut compared = 0;
        while let Some((first, own)) = pending.pop() {
            detour.add(&first.origin, &own.origin);
            compared += 1;
            let room = MOST_COMPARED.saturating_sub(compared + pending.len());
            match (&first.data, &own.data) {
                (Data::List(a) | Data::Set(a) | Data::Tuple(a), Data::List(b) | Data::Set(b) | Data::Tuple(b)) => {
                    pending.extend(a.iter().zip(b.iter()).take(room));
                }
                (Data::Map(a) | Data::Object(a), Data::Map(b) | Data::Object(b)) => {
                    pending.extend(a.values().zip(b.values()).take(room));
                }
                _ => {}
            }
        }
        detour
    }

    fn add(&mut self, first: &Origin, own: &Origin) {
        if let Some(last) = first.hops().next()
            && !first.is_same_way(own)
        {
            self.tails.entry(last.span).or_default().push((first.clone(), own.clone()));
        }
    }

    /// A value as it comes by this call.
    #[must_use]
    pub fn taken(&self, value: &Value) -> Value {
        if self.tails.is_empty() {
            return value.clone();
        }
        let other = |tail: &Origin| {
            let known = self.tails.get(&tail.hops().next()?.span)?;
            known.iter().find(|(first, _)| first.is_same_way(tail)).map(|(_, own)| own.clone())
        };
        match value.origin.with_tail(other) {
            Some(origin) => value.clone().from_origin(origin),
            None => value.clone(),
        }
    }
}
