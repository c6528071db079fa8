//! Plans, as `terraform show -json` writes them
//! (<https://developer.hashicorp.com/terraform/internals/json-format>, format 1.x).

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::documents::{entry, site};
use super::evaluate::Evaluator;
use super::resource::{InstanceValue, Setting};
use super::value::{Data, Number, Unknown, Value};
use crate::hcl::json::{Json, JsonKind, parse};
use crate::source::{FileId, Span};

/// What podgate reads of a plan. The changes are read one by one, since plans are large.
#[derive(Default)]
struct Document<'t> {
    format_version: Option<String>,
    changes: Vec<&'t RawValue>,
    /// Whether planning ended in an error, so that changes may be missing.
    is_errored: bool,
}

/// A change that waits for a later run, as `deferred_changes` lists it.
#[derive(Deserialize)]
struct Deferred<'t> {
    #[serde(borrow, rename = "resource_change")]
    change: &'t RawValue,
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

/// What a plan says.
#[derive(Debug, Default)]
pub struct Plan {
    /// The resources of the types of interest that it leaves behind: created, updated, replaced or kept.
    pub resources: Vec<Planned>,
    /// What could not be read of it, each with the byte at which that shows.
    pub problems: Vec<(usize, String)>,
}

/// Reads a plan, as far as it can be read, for resources of the given types.
#[must_use]
pub fn plan(file: FileId, text: &str, kinds: &[&str]) -> Plan {
    let mut document = Document::default();
    let mut plan = Plan::default();
    let mut json = serde_json::Deserializer::from_str(text);
    let read = json.deserialize_map(Reader(&mut document)).and_then(|()| json.end());
    if let Err(error) = read {
        let message = match document.changes.len() {
            0 => format!("This plan cannot be read ({error}). It was left out."),
            1 => format!("This plan cannot be read beyond this point ({error}). The change before it counts."),
            count => {
                format!("This plan cannot be read beyond this point ({error}). The {count} changes before it count.")
            }
        };
        plan.problems.push((offset(text, &error), message));
    }
    match document.format_version.as_deref() {
        Some(version) if version.starts_with("1.") => {}
        Some(version) => {
            let message =
                format!("This plan has the format version {version}, and podgate reads 1.x. It was left out.");
            return Plan { problems: vec![(0, message)], ..plan };
        }
        None if plan.problems.is_empty() => {
            return Plan {
                problems: vec![(0, "This plan has no `format_version`; it was left out.".to_owned())],
                ..plan
            };
        }
        None => return plan,
    }
    if document.is_errored {
        let message = "Terraform could not finish this plan, so changes may be missing. The changes in it count.";
        plan.problems.push((0, message.to_owned()));
    }
    let place = Place { file, text };
    for raw in document.changes {
        match serde_json::from_str::<Change<'_>>(raw.get()) {
            Ok(change) if change.leaves_behind(kinds) => match place.planned(raw, change) {
                Ok(planned) => plan.resources.push(planned),
                Err(problem) => plan.problems.push(problem),
            },
            Ok(_) => {}
            Err(error) => {
                plan.problems
                    .push((place.offset(raw.get()), format!("This change cannot be read ({error}). It was left out.")));
            }
        }
    }
    plan
}

/// The byte of a text at which reading it failed.
fn offset(text: &str, error: &serde_json::Error) -> usize {
    let line_starts = text.match_indices('\n').map(|(at, _)| at + 1).nth(error.line().saturating_sub(2));
    let line_starts = if error.line() < 2 { 0 } else { line_starts.unwrap_or(text.len()) };
    let at = (line_starts + error.column().saturating_sub(1)).min(text.len());
    (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

/// Reads a plan into a document, which keeps what was read before an error.
struct Reader<'d, 't>(&'d mut Document<'t>);

impl<'t> Visitor<'t> for Reader<'_, 't> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'t>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<Cow<'t, str>>()? {
            match &*key {
                "format_version" => self.0.format_version = Some(map.next_value()?),
                "errored" => self.0.is_errored = map.next_value()?,
                "resource_changes" => map.next_value_seed(Changes(&mut *self.0))?,
                "deferred_changes" => {
                    let deferred = map.next_value::<Option<Vec<Deferred<'t>>>>()?;
                    self.0.changes.extend(deferred.into_iter().flatten().map(|deferred| deferred.change));
                }
                _ => _ = map.next_value::<IgnoredAny>()?,
            }
        }
        Ok(())
    }
}

/// Reads the changes of a plan.
struct Changes<'d, 't>(&'d mut Document<'t>);

impl<'t> DeserializeSeed<'t> for Changes<'_, 't> {
    type Value = ();

    fn deserialize<D: Deserializer<'t>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'t> Visitor<'t> for Changes<'_, 't> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of changes")
    }

    fn visit_seq<A: SeqAccess<'t>>(self, mut changes: A) -> Result<(), A::Error> {
        while let Some(change) = changes.next_element()? {
            self.0.changes.push(change);
        }
        Ok(())
    }
}

impl Change<'_> {
    /// Whether a managed resource of one of these types is there afterwards.
    fn leaves_behind(&self, kinds: &[&str]) -> bool {
        let is_kept = |action: &String| matches!(&**action, "create" | "update" | "no-op");
        self.mode == "managed" && self.outcome.actions.iter().any(is_kept) && kinds.contains(&&*self.r#type)
    }
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

    fn planned(&self, raw: &RawValue, change: Change<'_>) -> Result<Planned, (usize, String)> {
        let start = self.offset(raw.get());
        let address = "\"address\"";
        let span = match raw.get().find(address) {
            Some(at) => Span::new(self.file, start + at, start + at + address.len()),
            None => Span::of_char(self.file, self.text, start),
        };
        let parsed = |part: Option<&RawValue>| {
            let Some(part) = part else { return Ok(None) };
            let at = self.offset(part.get());
            parse(part.get()).map(|json| Some((json, at))).map_err(|error| {
                (at + error.offset, format!("This change cannot be read ({}). It was left out.", error.message))
            })
        };
        let unknown = Unknown::new("the plan says that it is known only after apply", span);
        let after_unknown = parsed(change.outcome.after_unknown)?.map(|(json, _)| json);
        let sensitive = parsed(change.outcome.after_sensitive)?.map(|(json, _)| json);
        let after = match parsed(change.outcome.after)? {
            Some((after, base)) => self.value(&after, base, after_unknown.as_ref(), sensitive.as_ref(), &unknown),
            // A resource is there afterwards, and nothing is said of it.
            None => unknown.into(),
        };
        Ok(Planned { kind: change.r#type, name: change.name, address: change.address, span, after })
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
