//! Plans, as `terraform show -json` writes them
//! (<https://developer.hashicorp.com/terraform/internals/json-format>, format 1.x).

mod values;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::error::Category;
use serde_json::value::RawValue;

use crate::hcl::json::{Json, JsonKind, parse};
use crate::source::{FileId, Span};
use crate::terraform::documents::{entry, site};
use crate::terraform::evaluate::Evaluator;
use crate::terraform::resource::{InstanceValue, Setting};
use crate::terraform::value::{Data, Number, Unknown, Value};

/// What podgate reads of a plan. The changes are read one by one, since plans are large.
#[derive(Default)]
struct Document<'t> {
    format_version: Option<String>,
    changes: Vec<&'t RawValue>,
    /// Whether it lists changes, even if there are none.
    has_changes: bool,
    /// The values that there will be, and those that there were before planning.
    planned_values: Option<&'t RawValue>,
    prior_state: Option<&'t RawValue>,
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
    address: Option<String>,
    mode: Option<String>,
    r#type: Option<String>,
    name: Option<String>,
    #[serde(borrow, rename = "change")]
    outcome: Option<Outcome<'t>>,
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
    pub problems: Vec<Problem>,
}

/// The byte at which something could not be read, and what is to be said of that.
pub(super) type Problem = (usize, String);

/// Reads a plan, as far as it can be read, for resources of the given types.
#[must_use]
pub fn plan(file: FileId, text: &str, kinds: &[&str]) -> Plan {
    let mut document = Document::default();
    let mut plan = Plan::default();
    let body = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut json = serde_json::Deserializer::from_str(body);
    let read = json.deserialize_map(Reader(&mut document)).and_then(|()| json.end());
    if let Err(error) = read {
        let why = what_is_wrong(&error);
        let message = match document.changes.len() {
            0 => format!("This plan cannot be read ({why}). It was left out."),
            1 => format!("This plan cannot be read beyond this point ({why}). The change before it counts."),
            count => {
                format!("This plan cannot be read beyond this point ({why}). The {count} changes before it count.")
            }
        };
        plan.problems.push((text.len() - body.len() + offset(body, &error), message));
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
    if !document.has_changes {
        values::read(&document, &place, kinds, &mut plan);
    }
    for raw in document.changes {
        match place.change(raw, kinds) {
            Ok(planned) => plan.resources.extend(planned),
            Err(problem) => plan.problems.push(problem),
        }
    }
    plan
}

/// What is wrong with a text that cannot be read, a clause.
fn what_is_wrong(error: &serde_json::Error) -> &'static str {
    match error.classify() {
        Category::Eof => "it ends too early",
        Category::Data => "something in it is not of the form that a plan has",
        Category::Syntax | Category::Io => "this is not JSON, or nests too deep",
    }
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
                "planned_values" => self.0.planned_values = map.next_value()?,
                "prior_state" => self.0.prior_state = map.next_value()?,
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
        deserializer.deserialize_any(self)
    }
}

impl<'t> Visitor<'t> for Changes<'_, 't> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of changes")
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'t>>(self, mut changes: A) -> Result<(), A::Error> {
        self.0.has_changes = true;
        while let Some(change) = changes.next_element()? {
            self.0.changes.push(change);
        }
        Ok(())
    }
}

impl Outcome<'_> {
    /// Whether the resource is there afterwards.
    fn is_kept(&self) -> bool {
        self.actions.iter().any(|action| matches!(&**action, "create" | "update" | "no-op"))
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

    /// The resource that a change leaves behind, if it is a managed one of the given types.
    fn change(&self, raw: &RawValue, kinds: &[&str]) -> Result<Option<Planned>, Problem> {
        let left_out =
            |why: &str| (self.offset(raw.get()), format!("This change cannot be read ({why}). It was left out."));
        let missing = |name: &str| left_out(&format!("it has no `{name}`"));
        let change: Change<'_> = serde_json::from_str(raw.get()).map_err(|error| left_out(what_is_wrong(&error)))?;
        let kind = change.r#type.ok_or_else(|| missing("type"))?;
        let mode = change.mode.ok_or_else(|| missing("mode"))?;
        let outcome = change.outcome.ok_or_else(|| missing("change"))?;
        let address = change.address.ok_or_else(|| missing("address"))?;
        let name = change.name.ok_or_else(|| missing("name"))?;
        if mode != "managed" || !outcome.is_kept() || !kinds.contains(&&*kind) {
            return Ok(None);
        }
        let span = self.of_address(raw);
        let unknown = Unknown::new("the plan says that it is known only after apply", span);
        let after_unknown = self.parsed(outcome.after_unknown)?.map(|(json, _)| json);
        let sensitive = self.parsed(outcome.after_sensitive)?.map(|(json, _)| json);
        let after = match self.parsed(outcome.after)? {
            Some((after, base)) => self.value(&after, base, after_unknown.as_ref(), sensitive.as_ref(), &unknown),
            // A resource is there afterwards, and nothing is said of it.
            None => unknown.into(),
        };
        Ok(Some(Planned { kind, name, address, span, after }))
    }

    /// Where a piece of the plan names an address.
    fn of_address(&self, raw: &RawValue) -> Span {
        let start = self.offset(raw.get());
        let address = "\"address\"";
        match raw.get().find(address) {
            Some(at) => Span::new(self.file, start + at, start + at + address.len()),
            None => Span::of_char(self.file, self.text, start),
        }
    }

    /// A part of the plan, and where it starts.
    fn parsed(&self, part: Option<&RawValue>) -> Result<Option<(Json, usize)>, Problem> {
        let Some(part) = part else { return Ok(None) };
        let at = self.offset(part.get());
        parse(part.get()).map(|json| Some((json, at))).map_err(|error| {
            (at + error.offset, format!("This change cannot be read ({}). It was left out.", error.message))
        })
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
