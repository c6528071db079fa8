//! What could not be decided: every reason once, every module that is not there once.

use std::collections::{BTreeSet, HashMap};
use std::io::{self, Write};

use super::{Renderer, Verbosity};
use crate::output::text;
use crate::report::Report;
use crate::rule::Undecided;
use crate::source::Span;

/// So many places that are undecided for one reason are named.
const MOST_ALIKE: usize = 10;

/// So many modules that are not there are named, unless all are asked for.
const MOST_MISSING: usize = 5;

/// What to say of the modules that are not there; nothing when all are.
pub(super) fn missing(report: &Report, renderer: &Renderer<'_>) -> Option<String> {
    let mut modules = report.missing_modules();
    let calls = report.missing.len();
    if calls == 0 {
        return None;
    }
    modules.sort_by_key(|calls| std::cmp::Reverse(calls.len()));
    let named = if renderer.style.verbosity == Verbosity::Verbose { modules.len() } else { MOST_MISSING };
    let mut lines = Vec::new();
    for calls in modules.iter().take(named) {
        let [first, others @ ..] = calls.as_slice() else { continue };
        let more = match others.len() {
            0 => String::new(),
            1 => ", 1 more call".to_owned(),
            count => format!(", {count} more calls"),
        };
        let (place, why) = (renderer.line(first.span), text::line(&first.absence.why()));
        lines.push(format!("    {place}: module.{} ({why}){more}", text::line(&first.name)));
    }
    let rest = modules.len().saturating_sub(named);
    if rest > 0 {
        lines.push(format!("    and {rest} more modules; `-v` lists them all"));
    }
    let subject = if calls == 1 { "a module call creates".to_owned() } else { format!("{calls} module calls create") };
    let remedies: BTreeSet<&str> = report.missing.iter().map(|missing| missing.absence.remedy()).collect();
    let remedies = remedies.into_iter().collect::<Vec<_>>().join(" ");
    Some(format!(
        "  {} What {subject} could not be decided, because the modules are not available:\n{}\n  help: {remedies}",
        renderer.signs.advice,
        lines.join("\n")
    ))
}

/// Writes what could not be decided, every reason once.
pub(super) fn write_undecided(report: &Report, renderer: &Renderer<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut reasons: Vec<Vec<&Undecided>> = Vec::new();
    let mut known: HashMap<(Span, &str), usize> = HashMap::new();
    for undecided in &report.undecided {
        let reason = (undecided.because.span, &*undecided.because.reason);
        let at = *known.entry(reason).or_insert(reasons.len());
        if at == reasons.len() {
            reasons.push(Vec::new());
        }
        reasons[at].push(undecided);
    }
    let shown = renderer.shown(reasons.len());
    for (index, same) in reasons.iter().enumerate() {
        let [first, others @ ..] = same.as_slice() else { continue };
        if index >= shown {
            let message = first.message.sentence(|span| renderer.line(span));
            let brief = format!("{}: {}", renderer.place(first.site.span), text::line(&message));
            writeln!(out, "{}", renderer.marked(renderer.signs.advice, &brief))?;
        } else {
            renderer.write(&renderer.undecided(first), out)?;
        }
        if !others.is_empty() {
            writeln!(out, "{}", alike(others, renderer))?;
        }
        if !others.is_empty() || index >= shown {
            writeln!(out)?;
        }
    }
    Ok(())
}

/// The places that are undecided for a reason that is said already.
fn alike(others: &[&Undecided], renderer: &Renderer<'_>) -> String {
    let shown = if renderer.style.verbosity == Verbosity::Verbose { others.len() } else { MOST_ALIKE };
    let place =
        |other: &&Undecided| format!("`{}` ({})", text::line(&other.site.address), renderer.place(other.site.span));
    let mut places: Vec<String> = others.iter().take(shown).map(place).collect();
    match others.len().saturating_sub(shown) {
        0 => {}
        more => places.push(format!("{more} more (`-v` lists them)")),
    }
    let text = format!("These are undecided for the same reason: {}.", places.join(", "));
    renderer.marked(renderer.signs.advice, &text)
}
