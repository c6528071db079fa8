//! Objects of Kubernetes that a resource holds as an argument: as an object, or as YAML.

use super::evaluate::Evaluator;
use super::functions;
use super::resource::{InstanceValue, Resource, Setting};
use super::value::{Data, HopKind, KnownText, Type, Unknown, Value};
use crate::source::Span;

/// An object of Kubernetes, for one instance of the resource that holds it.
#[derive(Debug, Clone)]
pub struct Document {
    /// The instance's address in its module.
    address: String,
    /// The object; not known, when it is not known what it is.
    value: Value,
    /// The argument that holds it, from its name to the end of its value.
    argument: Span,
    /// Whether it is written as YAML that goes to Kubernetes as it is, and not through the provider's types.
    is_text: bool,
}

/// A name is looked for so many bytes in front of its value, at most.
const REACH: usize = 200;

/// What an object of Kubernetes says of a field.
#[derive(Debug, Clone)]
pub enum Field {
    /// It is of another kind.
    OtherKind,
    /// It may set the field, or not.
    Setting(Setting),
}

impl Resource<'_, '_> {
    /// The objects that an argument holds, for every instance: an object, or in `yaml_body` YAML of which the first document
    /// counts.
    #[must_use]
    pub fn documents(&self, argument: &str) -> Vec<Document> {
        let Some(setting) = self.argument(argument) else { return Vec::new() };
        let is_text = argument == "yaml_body";
        let document = |InstanceValue { address, value }| {
            let value = if is_text {
                self.of_text(&value, setting.expression)
            } else {
                self.of_object(value, setting.expression)
            };
            Document { address, value, argument: setting.span, is_text }
        };
        setting.values.into_iter().map(document).collect()
    }

    /// The object that a text stands for.
    fn of_text(&self, value: &Value, span: Span) -> Value {
        let evaluator = self.evaluator();
        let refused = || Value::unknown(format!("the provider wants a text of YAML here, not {}", value.kind()), span);
        match &value.data {
            Data::Unknown(_) => {
                self.partly_known(value, functions::Reader::Kubectl, span).unwrap_or_else(|| value.clone())
            }
            // Terraform makes texts of numbers and bools, which are no objects.
            _ => match value.convert(&Type::String).map(|text| text.data) {
                Ok(Data::String(text)) => {
                    functions::first_object(evaluator, value, &text, span).unwrap_or_else(Value::from)
                }
                _ => refused(),
            },
        }
    }

    fn of_object(&self, value: Value, span: Span) -> Value {
        match &value.data {
            Data::Unknown(_) => self.partly_known(&value, functions::Reader::Terraform, span).unwrap_or(value),
            Data::Map(_) | Data::Object(_) | Data::Partial(..) => value,
            _ => Value::unknown(format!("the provider wants an object here, not {}", value.kind()), span),
        }
    }

    /// The object that a value stands for which is not known as a whole.
    fn partly_known(&self, value: &Value, reader: functions::Reader, span: Span) -> Option<Value> {
        let known = value.known_text()?;
        let is_decoded = matches!(**known, KnownText::Decoded(_));
        // A text is no object, and an object is no text.
        if is_decoded == (reader == functions::Reader::Kubectl) {
            return None;
        }
        let object = functions::partly_known(self.evaluator(), value, known, reader)?;
        if reader == functions::Reader::Kubectl
            && let Err(unknown) = functions::check_object(&object, span)
        {
            return Some(unknown.into());
        }
        matches!(object.data, Data::Map(_) | Data::Object(_) | Data::Partial(..)).then_some(object)
    }

    /// What a document says of a field that is true or false, if it is of a kind: `spec.hostIPC` of a `PodSecurityPolicy`.
    #[must_use]
    pub fn field(&self, document: &Document, kind: &str, path: [&str; 2]) -> Field {
        let evaluator = self.evaluator();
        let known = entry(&document.value, "kind");
        let value = match known.as_ref().map(|known| &known.data) {
            Some(Data::String(known)) if **known == *kind => entry(&document.value, path[0]),
            Some(Data::Unknown(_)) => known.clone(),
            _ => return Field::OtherKind,
        };
        let value = match value {
            Some(value) if matches!(value.data, Data::Unknown(_)) => value,
            Some(object) => entry(&object, path[1]).unwrap_or_else(|| Data::Null.into()),
            None => Data::Null.into(),
        };
        let (span, expression) = site(evaluator, &value, path[1]).unwrap_or((document.argument, document.argument));
        let value = as_bool(value, document.is_text, expression);
        let values = vec![InstanceValue { address: document.address.clone(), value }];
        Field::Setting(self.checked(Setting { span, expression, values }))
    }
}

/// A field that is true or false, as what takes the object has it. The provider `kubernetes` makes a bool of a string as Go's
/// `strconv.ParseBool` does (`morphStringToType` in `manifest/morph/morph.go` of
/// <https://github.com/hashicorp/terraform-provider-kubernetes>); Kubernetes itself takes nothing but a bool in JSON.
fn as_bool(value: Value, is_text: bool, span: Span) -> Value {
    let parsed = match &value.data {
        Data::Null | Data::Bool(_) | Data::Unknown(_) | Data::Partial(..) => return value,
        Data::String(text) if !is_text => match &**text {
            "1" | "t" | "T" | "TRUE" | "true" | "True" => Some(true),
            "0" | "f" | "F" | "FALSE" | "false" | "False" => Some(false),
            _ => None,
        },
        _ => None,
    };
    let data = parsed.map_or_else(
        || {
            let refuses = if is_text { "Kubernetes refuses" } else { "the provider refuses" };
            let reason = format!("{refuses} {} for a field that is true or false", value.kind());
            Data::Unknown(Unknown::new(reason, span))
        },
        Data::Bool,
    );
    value.about(data)
}

/// The entry of an object; not known, when the object is not.
pub(super) fn entry(value: &Value, name: &str) -> Option<Value> {
    match &value.data {
        Data::Map(entries) | Data::Object(entries) => entries.get(name).map(|held| value.handing(held)),
        Data::Partial(entries, unknown) => Some(
            entries.get(name).map_or_else(|| value.about(Data::Unknown(unknown.clone())), |held| value.handing(held)),
        ),
        Data::Unknown(_) => Some(value.clone()),
        _ => None,
    }
}

/// Whether a text is nothing, or what may stand between a sign and its value: in YAML an anchor or a tag, the start of a
/// string or of a template's sequence.
fn is_property(text: &str) -> bool {
    let opens = |word: &str| matches!(word, "\"" | "'" | "${" | "${~" | "\"${" | "'${");
    text.split_whitespace().all(|word| word.starts_with(['&', '!']) || opens(word))
}

/// The place that sets a field, from its name to the end of its value: on the way of the value, the first one behind
/// whose name it stands on one line.
pub(super) fn site(evaluator: &Evaluator<'_>, value: &Value, name: &str) -> Option<(Span, Span)> {
    value.origin.hops().filter(|hop| !matches!(hop.kind, HopKind::Held | HopKind::Hidden)).find_map(|hop| {
        let file = &evaluator.sources()[hop.span.file];
        let text = file.text();
        let end = hop.span.start as usize;
        // A line may be a whole file, in which nobody wants to look for its start.
        let nearest = (end.saturating_sub(REACH)..=end).find(|at| text.is_char_boundary(*at))?;
        let line_starts = text[nearest..end].rfind('\n').map_or(nearest, |at| nearest + at + 1);
        let named = line_starts + text[line_starts..end].rfind(name)?;
        // Anything else between them is another value, which must not come to stand in a report.
        let between = text[named + name.len()..end].trim_start_matches('"').trim_start();
        let is_sign = |rest: &str| rest.strip_prefix(['=', ':']).is_some_and(is_property);
        if !is_sign(between) {
            return None;
        }
        let quoted = named > line_starts && text.as_bytes()[named - 1] == b'"';
        Some((
            Span { start: hop.span.start.min(u32::try_from(named - usize::from(quoted)).ok()?), ..hop.span },
            hop.span,
        ))
    })
}
