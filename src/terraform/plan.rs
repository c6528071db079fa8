//! Plans, as `terraform show -json` writes them
//! (<https://developer.hashicorp.com/terraform/internals/json-format>, format 1.x).

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::documents::{entry, site};
use super::evaluate::Evaluator;
use super::resource::{InstanceValue, Setting};
use super::value::{Data, Number, Unknown, Value};
use crate::hcl::json::{Json, JsonKind, parse};
use crate::source::{FileId, Span};

/// What podgate reads of a plan. The changes are read one by one, since plans are large.
#[derive(Deserialize)]
struct Document<'t> {
    format_version: String,
    #[serde(borrow, default)]
    resource_changes: Vec<&'t RawValue>,
}

/// A change, but for what it comes to.
#[derive(Deserialize)]
struct Change<'t> {
    address: String,
    mode: String,
    r#type: String,
    name: String,
    #[serde(borrow, rename = "change")]
    outcome: Outcome<'t>,
}

/// What a change comes to.
#[derive(Deserialize)]
struct Outcome<'t> {
    actions: Vec<String>,
    #[serde(borrow)]
    after: Option<&'t RawValue>,
    #[serde(borrow)]
    after_unknown: Option<&'t RawValue>,
    #[serde(borrow)]
    after_sensitive: Option<&'t RawValue>,
}

/// A resource as a plan leaves it.
#[derive(Debug, Clone)]
pub struct Planned {
    /// The resource type.
    pub kind: String,
    /// The name that the configuration gives it.
    pub name: String,
    /// The full address of the instance: `module.a.type.name["key"]`.
    pub address: String,
    /// Where the plan speaks of it.
    pub span: Span,
    /// Its arguments, each with its place in the plan.
    pub after: Value,
}

/// The resources of the given types that a plan leaves behind: created, updated, replaced or kept.
///
/// # Errors
///
/// When the text is no plan of format 1, with the byte at which that shows.
pub fn planned(file: FileId, text: &str, kinds: &[&str]) -> Result<Vec<Planned>, (usize, String)> {
    let document: Document<'_> = serde_json::from_str(text).map_err(|error| {
        let line_starts = text.match_indices('\n').map(|(at, _)| at + 1).nth(error.line().saturating_sub(2));
        let line_starts = if error.line() < 2 { 0 } else { line_starts.unwrap_or(text.len()) };
        let at = (line_starts + error.column().saturating_sub(1)).min(text.len());
        (at, format!("This plan cannot be read ({error}); it was left out."))
    })?;
    if !document.format_version.starts_with("1.") {
        let version = document.format_version;
        return Err((0, format!("This plan has the format {version}, and podgate reads 1.x; it was left out.")));
    }
    let mut all = Vec::new();
    for raw in document.resource_changes {
        let place = Place { file, text };
        let change: Change<'_> = serde_json::from_str(raw.get())
            .map_err(|error| (place.offset(raw.get()), format!("This change cannot be read ({error}).")))?;
        let is_kept = change.outcome.actions.iter().any(|action| matches!(&**action, "create" | "update" | "no-op"));
        if change.mode == "managed" && is_kept && kinds.contains(&&*change.r#type) {
            all.push(place.planned(raw, change));
        }
    }
    Ok(all)
}

impl Planned {
    /// What an argument is.
    pub(super) fn argument(&self, name: &str) -> Option<Value> {
        entry(&self.after, name)
    }

    /// What an argument of a nested block is, of which the provider allows one.
    pub(super) fn nested(&self, block: &str, attribute: &str) -> Option<Value> {
        let blocks = entry(&self.after, block)?;
        match &blocks.data {
            Data::Tuple(blocks) => entry(blocks.first()?, attribute),
            Data::Unknown(_) => Some(blocks),
            _ => None,
        }
    }

    /// A value of the plan as a setting, at its place.
    pub(super) fn setting(&self, value: Value, name: &str, evaluator: &Evaluator<'_>) -> Setting {
        // What is sensitive is only named, by the address.
        let place = if value.origin.is_hidden() { None } else { site(evaluator, &value, name) };
        let (span, expression) = place.unwrap_or((self.span, self.span));
        Setting { span, expression, values: vec![InstanceValue { address: self.address.clone(), value }] }
    }
}

/// Where pieces of a plan stand.
struct Place<'t> {
    file: FileId,
    text: &'t str,
}

impl Place<'_> {
    /// Where a piece of the text starts in it.
    fn offset(&self, piece: &str) -> usize {
        (piece.as_ptr() as usize).saturating_sub(self.text.as_ptr() as usize)
    }

    fn planned(&self, raw: &RawValue, change: Change<'_>) -> Planned {
        let start = self.offset(raw.get());
        let header = raw.get().find("\"address\"").map_or(start, |at| start + at);
        let length = "\"address\"".len();
        let span = Span::new(self.file, header, (header + length).min(self.text.len()));
        let parsed =
            |raw: Option<&RawValue>| raw.and_then(|raw| Some((parse(raw.get()).ok()?, self.offset(raw.get()))));
        let unknown = Unknown::new("the plan says that it is known after apply only", span);
        let after_unknown = parsed(change.outcome.after_unknown).map(|(json, _)| json);
        let sensitive = parsed(change.outcome.after_sensitive).map(|(json, _)| json);
        let after = parsed(change.outcome.after).map_or_else(
            || Data::Null.into(),
            |(after, base)| self.value(&after, base, after_unknown.as_ref(), sensitive.as_ref(), &unknown),
        );
        Planned { kind: change.r#type, name: change.name, address: change.address, span, after }
    }

    /// A value of the plan, with what is not known of it, and what is sensitive.
    fn value(
        &self,
        json: &Json,
        base: usize,
        unknown: Option<&Json>,
        sensitive: Option<&Json>,
        reason: &Arc<Unknown>,
    ) -> Value {
        let is_true = |json: Option<&Json>| matches!(json.map(|json| &json.kind), Some(JsonKind::Bool(true)));
        if is_true(unknown) {
            return reason.clone().into();
        }
        let span = Span::new(self.file, base + json.range.start, base + json.range.end);
        let value: Value = match &json.kind {
            JsonKind::Null => Data::Null.into(),
            JsonKind::Bool(value) => (*value).into(),
            JsonKind::Number(number) => Number::parse(number).map_or_else(|| reason.clone().into(), Value::from),
            JsonKind::String(text) => Value::string(text),
            JsonKind::Array(elements) => {
                let element = |(index, element): (usize, &Json)| {
                    self.value(element, base, at(unknown, index), at(sensitive, index), reason)
                };
                Value::tuple(elements.iter().enumerate().map(element).collect())
            }
            JsonKind::Object(members) => {
                let mut entries: BTreeMap<Arc<str>, Value> = members
                    .iter()
                    .map(|member| {
                        let (unknown, sensitive) = (under(unknown, &member.name), under(sensitive, &member.name));
                        (member.name.as_ref().into(), self.value(&member.value, base, unknown, sensitive, reason))
                    })
                    .collect();
                // What is not known is left out of what is.
                for member in unknown.into_iter().flat_map(members_of) {
                    if is_true(Some(&member.value)) {
                        entries.insert(member.name.as_ref().into(), reason.clone().into());
                    }
                }
                Value::object(entries)
            }
        };
        let value = value.written(span);
        if is_true(sensitive) { value.hidden() } else { value }
    }
}

fn members_of(json: &Json) -> &[crate::hcl::json::Member] {
    if let JsonKind::Object(members) = &json.kind { members } else { &[] }
}

fn under<'j>(json: Option<&'j Json>, name: &str) -> Option<&'j Json> {
    match json.map(|json| &json.kind) {
        Some(JsonKind::Object(members)) => {
            members.iter().find(|member| &*member.name == name).map(|member| &member.value)
        }
        // Of a whole that is not known, or sensitive, every part is.
        Some(JsonKind::Bool(true)) => json,
        _ => None,
    }
}

fn at(json: Option<&Json>, index: usize) -> Option<&Json> {
    match json.map(|json| &json.kind) {
        Some(JsonKind::Array(elements)) => elements.get(index),
        Some(JsonKind::Bool(true)) => json,
        _ => None,
    }
}
