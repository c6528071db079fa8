//! Why a value is what it is, in words: the last cause, and a label for every place on the way from there.

use super::{Because, Hop, Site, Way, Wording};
use crate::source::{Sources, Span};
use crate::terraform::{HopKind, Value};

/// An expression longer than this, in bytes, is not repeated in a message.
const LONGEST: usize = 60;

/// Explains a value that breaks a rule at a site.
pub(super) fn explain(value: &Value, site: &Site, wording: &Wording, sources: &Sources) -> Way {
    let sensitive = value.marks.sensitive || value.origin.is_hidden();
    let way: Vec<_> = value.origin.hops().collect();
    let mut hops: Vec<Hop> = Vec::new();
    let (mut read_as, mut nearest) = (None, None);
    let mut last = None;
    for hop in &way {
        let is_written = matches!(hop.kind, HopKind::Written | HopKind::Hidden);
        let sensitive = hop.kind == HopKind::Hidden || value.marks.sensitive;
        let shown = if sensitive && is_written { None } else { short(hop.span, sources) };
        let label = match (read_as, is_written, shown, nearest) {
            (Some(name), true, Some(value), _) => format!("`{name}` is {value} here"),
            (Some(name), true, None, _) => format!("`{name}` is set here"),
            (.., Some(name)) => format!("`{name}` comes from here"),
            (.., None) => "the value comes from here".to_owned(),
        };
        // A way may pass a place twice. That something is written there says more than that it is passed.
        if is_written {
            hops.retain(|known| known.span != hop.span);
        }
        if !site.span.holds(hop.span) && hops.iter().all(|known| known.span != hop.span) {
            hops.push(Hop { span: hop.span, label, sensitive });
        }
        if is_written {
            last = Some((read_as, shown, hop.span));
        } else if hop.kind == HopKind::Read {
            read_as = short(hop.span, sources).or(read_as);
        }
        if hop.kind != HopKind::Computed {
            nearest = short(hop.span, sources).or(nearest);
        }
    }
    let last = last.filter(|(.., span)| !site.span.holds(*span));
    let why = match last {
        Some((Some(name), Some(value), _)) => format!("`{name}` is {value}"),
        Some((Some(name), None, _)) if sensitive => format!("`{name}`, which is sensitive, makes it so"),
        Some((Some(name), None, _)) => format!("`{name}` makes it so"),
        // What is written or computed at the site, or from what only an instance knows.
        _ => {
            let whole = way.first().filter(|hop| matches!(hop.kind, HopKind::Read | HopKind::Computed));
            let whole = whole.and_then(|hop| short(hop.span, sources)).filter(|text| *text != wording.violating);
            let whole = whole.unwrap_or(wording.attribute);
            format!("`{whole}` is {}", wording.violating)
        }
    };
    let place = last.map(|(.., span)| span);
    Way { because: Because { why, place }, hops }
}

/// An expression that may be repeated, and is short enough.
fn short(span: Span, sources: &Sources) -> Option<&str> {
    let text = sources.quotable(span)?;
    (text.len() <= LONGEST && !text.contains('\n') && !text.contains('`')).then_some(text)
}
