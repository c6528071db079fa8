//! Where a value comes from: the places that it was read at, back to the one that wrote it.

use std::sync::Arc;

use crate::source::Span;

/// A chain keeps so many hops at most: the first ones, which are nearest to where the value was written, and the last.
/// A value that is handed on and on stays small.
const MOST_HOPS: u32 = 16;

/// Where a value comes from; nowhere, for what Terraform itself supplies. Cheap to clone: chains share what they have
/// in common.
#[derive(Debug, Clone, Default)]
pub struct Origin(Option<Arc<Link>>);

/// A hop, and where the value was before it.
#[derive(Debug)]
struct Link {
    hop: Hop,
    before: Origin,
    /// The hops up to and with this one.
    length: u32,
    /// Whether the value was read at one of them.
    is_read: bool,
}

/// A place on a value's way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hop {
    /// What happened there.
    pub kind: HopKind,
    /// The expression.
    pub span: Span,
}

/// What happens to a value at a hop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HopKind {
    /// It is written out: `true`.
    Written,
    /// It is written out, and must not be shown, whatever becomes of it.
    Hidden,
    /// It is read by a reference: `var.share_ipc`.
    Read,
    /// A reference reads a collection that holds it: `local.policies`.
    Held,
    /// It is computed: `!var.isolated`.
    Computed,
}

impl HopKind {
    /// Whether the value is read from elsewhere there, alone or with others.
    fn is_read(self) -> bool {
        matches!(self, Self::Read | Self::Held)
    }
}

impl Origin {
    /// The origin of what is written at a place.
    #[must_use]
    pub fn written(span: Span) -> Self {
        Self::default().then(HopKind::Written, span)
    }

    /// The origin after one more hop.
    #[must_use]
    pub fn then(self, kind: HopKind, span: Span) -> Self {
        // What is computed from what is written in another file comes from there.
        let is_read = kind.is_read() || self.is_read() || self.is_foreign(span);
        if kind == HopKind::Computed
            && let Some(link) = &self.0
            && !link.hop.kind.is_read()
            && !self.is_foreign(span)
        {
            // What is computed from something computed, or from what is written out beside it, is one thing to a reader.
            let before = if is_read { link.before.clone() } else { Self::default() };
            return before.append(kind, span, is_read);
        }
        self.append(kind, span, is_read)
    }

    /// Whether the last hop is in another file than a place.
    #[must_use]
    pub fn is_foreign(&self, span: Span) -> bool {
        self.0.as_ref().is_some_and(|link| link.hop.span.file != span.file)
    }

    fn append(self, kind: HopKind, span: Span, is_read: bool) -> Self {
        let length = self.0.as_ref().map_or(0, |link| link.length) + 1;
        let (before, length) = match &self.0 {
            // The last hop so far gives way to this one.
            Some(link) if length > MOST_HOPS => (link.before.clone(), MOST_HOPS),
            _ => (self, length),
        };
        Self(Some(Arc::new(Link { hop: Hop { kind, span }, before, length, is_read })))
    }

    /// The origin of a value that must not be shown where it is written.
    #[must_use]
    pub fn hidden(&self) -> Self {
        let hops: Vec<Hop> = self.hops().collect();
        hops.into_iter().rev().fold(Self::default(), |origin, hop| {
            let kind = if hop.kind == HopKind::Written { HopKind::Hidden } else { hop.kind };
            origin.then(kind, hop.span)
        })
    }

    /// Whether the value is written where it must not be shown.
    #[must_use]
    pub fn is_hidden(&self) -> bool {
        self.hops().any(|hop| hop.kind == HopKind::Hidden)
    }

    /// The origin after being read wherever `other` was read.
    #[must_use]
    pub fn along(&self, other: &Self) -> Self {
        if !other.is_read() {
            return self.clone();
        }
        let reads: Vec<Hop> = other.hops().filter(|hop| hop.kind.is_read()).collect();
        reads.into_iter().rev().fold(self.clone(), |origin, hop| origin.then(HopKind::Held, hop.span))
    }

    /// Whether the value was read from elsewhere.
    #[must_use]
    pub fn is_read(&self) -> bool {
        self.0.as_ref().is_some_and(|link| link.is_read)
    }

    /// Whether a value comes the same way as another one.
    #[must_use]
    pub fn is_same_way(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Some(one), Some(other)) if Arc::ptr_eq(one, other) => true,
            (Some(one), Some(other)) => {
                (one.hop, one.length) == (other.hop, other.length) && one.before.is_same_way(&other.before)
            }
            (None, None) => true,
            _ => false,
        }
    }

    /// The origin with another way up to some hop: the one that `other` gives for the longest part that it knows.
    #[must_use]
    pub fn with_tail(&self, other: impl Fn(&Self) -> Option<Self>) -> Option<Self> {
        let (mut behind, mut at) = (Vec::new(), self);
        loop {
            if let Some(tail) = other(at) {
                return Some(behind.into_iter().rev().fold(tail, |origin, hop: Hop| origin.then(hop.kind, hop.span)));
            }
            let link = at.0.as_deref()?;
            behind.push(link.hop);
            at = &link.before;
        }
    }

    /// How many hops there are.
    #[must_use]
    pub fn length(&self) -> usize {
        self.0.as_ref().map_or(0, |link| link.length as usize)
    }

    /// The hops, the last one first, back to where the value was written.
    pub fn hops(&self) -> impl Iterator<Item = Hop> + '_ {
        let mut next = self;
        std::iter::from_fn(move || {
            let link = next.0.as_deref()?;
            next = &link.before;
            Some(link.hop)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{Sources, read};

    #[test]
    fn a_long_way_stays_short() {
        let file = Sources::default().add("a.tf".into(), read::text(b"x".to_vec()).expect("text"));
        let at = |start: usize| Span::new(file, start, start);
        let origin = (1..1000).fold(Origin::written(at(0)), |origin, n| origin.then(HopKind::Read, at(n)));
        let hops: Vec<u32> = origin.hops().map(|hop| hop.span.start).collect();
        assert_eq!(hops.len(), MOST_HOPS as usize);
        assert_eq!((hops.first(), hops.last()), (Some(&999), Some(&0)));
        assert!(origin.is_read() && !Origin::written(at(0)).is_read());
    }
}
