//! Tables by workspace: `local.settings[terraform.workspace]`. Which workspaces there are stands in no file, so that one
//! without an entry for the workspace `default` is the usual case, and no mistake.

use super::{Evaluator, Refusal};
use crate::source::{Disclosure, Span};
use crate::terraform::value::{Data, HopKind, Value};

/// So many keys of a table are named.
const MOST_KEYS: usize = 10;

/// A key that is longer, in bytes, is not named.
const LONGEST_KEY: usize = 60;

/// A table that is written longer than this, in bytes, is not searched for its keys.
const LONGEST_TABLE: usize = 4_096;

/// What the search takes, in steps.
const STEPS: usize = 1_000;

impl Evaluator<'_> {
    /// Whether a key is the name of the workspace, or made of it.
    pub(super) fn is_workspace(&self, key: &Value) -> bool {
        key.origin.hops().any(|hop| self.sources().text(hop.span) == "terraform.workspace")
    }

    /// That a table has no entry for the workspace, and which it has, as far as its keys may be shown.
    pub(super) fn without_entry(&self, table: &Value, key: &Value, span: Span) -> Refusal {
        let which = match &key.data {
            Data::String(name) if !key.marks.are_secret() && !key.origin.is_hidden() => format!("the key `{name}`"),
            _ => "this key".to_owned(),
        };
        let reason = format!("{} has no entry for {which}, which comes from `terraform.workspace`", table.kind());
        let keys = self.named_keys(table);
        let keys = if keys.is_empty() { String::new() } else { format!("; the keys are {keys}") };
        Refusal { remedy: format!("Give the workspace with `--workspace`{keys}."), ..Refusal::new(reason, span) }
    }

    /// The keys that stand in configuration, where the table is written. Others may be from where nothing is shown of.
    fn named_keys(&self, table: &Value) -> String {
        let (Data::Map(entries) | Data::Object(entries)) = &table.data else { return String::new() };
        let written = table.origin.hops().last().filter(|hop| hop.kind != HopKind::Hidden).map(|hop| hop.span);
        let is_shown =
            |span: &Span| span.len() <= LONGEST_TABLE && self.sources()[span.file].disclosure() == Disclosure::Open;
        let Some(written) = written.filter(is_shown) else { return String::new() };
        if table.marks.are_secret() || self.budget().spend(STEPS).is_err() {
            return String::new();
        }
        let text = self.sources().text(written);
        let may_be_shown =
            |key: &&str| (1..=LONGEST_KEY).contains(&key.len()) && !key.contains(['`', '\n']) && text.contains(*key);
        let keys = entries.keys().take(MOST_KEYS).map(|key| &**key).filter(may_be_shown);
        let named: Vec<String> = keys.map(|key| format!("`{key}`")).collect();
        let more = entries.len() - named.len();
        match (named.is_empty(), more) {
            (true, _) => String::new(),
            (false, 0) => named.join(", "),
            (false, more) => format!("{} and {more} more", named.join(", ")),
        }
    }
}
