//! Objects of Kubernetes that a text stands for, as the providers `kubectl` read them.

use std::sync::Arc;

use super::super::Call;
use super::{Failure, Reader, document, steps_of};
use crate::source::Span;
use crate::terraform::evaluate::Evaluator;
use crate::terraform::value::{Data, KnownText, Unknown, Value};

/// An object of Kubernetes, or why it is not known.
type Read<T> = Result<T, Arc<Unknown>>;

/// The object that the first document of a text stands for (`ParseYAML` in `yaml/parser.go` of
/// <https://github.com/gavinbunney/terraform-provider-kubectl>). What stands behind it is not looked at.
///
/// # Errors
///
/// When the provider refuses the text, or podgate does not read it.
pub(in crate::terraform) fn first_object(
    evaluator: &Evaluator<'_>,
    value: &Value,
    text: &str,
    span: Span,
) -> Read<Value> {
    let object = split_object(evaluator, value, text, span)?;
    let object = object.ok_or_else(|| refused("a manifest without a kind", span))?;
    check_object(&object, span)?;
    Ok(object)
}

/// The mapping that a piece of a text stands for; nothing when there is nothing in it. It need not be an object of
/// Kubernetes.
///
/// # Errors
///
/// When the provider refuses the text, or podgate does not read it.
pub(in crate::terraform) fn split_object(
    evaluator: &Evaluator<'_>,
    value: &Value,
    text: &str,
    span: Span,
) -> Read<Option<Value>> {
    let unknown = |reason: String| Unknown::new(reason, span);
    evaluator.budget().spend(steps_of(value, text)).map_err(unknown)?;
    let located = evaluator.located(value, text).map_err(unknown)?;
    let object = match document(text, Reader::Kubectl, &located) {
        Ok(object) => object,
        Err(Failure::Refused(what)) => {
            return Err(Unknown::flaw(format!("the YAML here is not read: {what}"), span));
        }
        Err(Failure::NotDone(what)) => return Err(unknown(format!("it depends on {what}"))),
    };
    match object {
        None | Some(Value { data: Data::Null, .. }) => Ok(None),
        Some(Value { data: Data::Object(entries), .. }) if entries.is_empty() => Ok(None),
        Some(object @ Value { data: Data::Object(_), .. }) => Ok(Some(match value.marks.private {
            Some(why) => object.with_private_contents(why),
            None => object,
        })),
        Some(_) => Err(Unknown::flaw("the YAML here is not a mapping, so it is not a Kubernetes object", span)),
    }
}

fn refused(what: &str, span: Span) -> Arc<Unknown> {
    Unknown::new(format!("the provider refuses {what}"), span)
}

/// Whether `unstructured` takes a mapping: it has a kind, and a version of at most two parts.
///
/// # Errors
///
/// When it does not.
pub(in crate::terraform) fn check_object(object: &Value, span: Span) -> Read<()> {
    let Data::Object(entries) = &object.data else { return Ok(()) };
    let text = |name: &str| match entries.get(name).map(|value| &value.data) {
        Some(Data::String(text)) => text.clone(),
        _ => "".into(),
    };
    let is_unknown = |name: &str| entries.get(name).is_some_and(|value| value.missing_itself().is_some());
    if text("kind").is_empty() && !is_unknown("kind") {
        return Err(refused("a manifest without a kind", span));
    }
    if text("apiVersion").matches('/').count() > 1 {
        return Err(refused("the `apiVersion` of a manifest", span));
    }
    Ok(())
}

/// The result of a call that is not known, with what is known of its text all the same: what an encoder was given, and what
/// a decoder reads.
pub(in crate::terraform::functions) fn partly_known_text(call: &Call<'_>, result: Value) -> Value {
    let [argument] = call.arguments else { return result };
    match call.name {
        "jsonencode" | "yamlencode" | "provider::kubernetes::manifest_encode" => {
            result.with_known_text(KnownText::Encodes(argument.clone()))
        }
        "jsondecode" | "yamldecode" | "provider::kubernetes::manifest_decode" => match argument.known_text() {
            Some(known) => result.with_known_text(KnownText::Decoded(known.clone())),
            None => result,
        },
        _ => result,
    }
}

/// What stands for a part of a text that is not known. No document that people write has this character.
const HOLE: char = '\u{f8fe}';

/// The object that a text stands for of which only parts are known; nothing when they do not decide which it is.
///
/// A part that is not known may be any text in principle, also one that starts another document. Yet people write such parts
/// where a value belongs, and what they put there is a value. So a part behind something on its line is one; a part that is
/// all of an indented line may be entries of that indent, and so the top of the document is known and nothing below it; and a
/// part at the start of a line may be anything.
pub(in crate::terraform) fn partly_known(
    evaluator: &Evaluator<'_>,
    value: &Value,
    known: &KnownText,
    reader: Reader,
) -> Option<Value> {
    let unknown = value.missing_itself()?;
    let parts = match known {
        KnownText::Encodes(object) => return Some(object.clone().marked(value.marks)),
        KnownText::Decoded(inner) => return partly_known(evaluator, value, inner, Reader::Terraform),
        KnownText::Parts(parts) => parts,
    };
    let (text, has_entries) = filled(parts)?;
    evaluator.budget().spend(steps_of(&Value::string(&text), &text)).ok()?;
    let located = evaluator.located(value, &text).ok()?;
    let object = document(&text, reader, &located).ok()??;
    let object = without_holes(&object, unknown)?;
    if !has_entries {
        return Some(object.marked(value.marks));
    }
    // Of what is below the top, anything may be replaced or added.
    let Data::Object(entries) = &object.data else { return None };
    let data = Data::Object(Arc::new(
        entries
            .iter()
            .map(|(name, value)| match value.data {
                Data::Object(_) | Data::Tuple(_) | Data::Null => (name.clone(), unknown.clone().into()),
                _ => (name.clone(), value.clone()),
            })
            .collect(),
    ));
    Some(object.about(data).marked(value.marks))
}

/// The text with a character for each part that is not known, and whether such a part may be entries of a collection.
fn filled(parts: &[Option<String>]) -> Option<(String, bool)> {
    let (mut text, mut has_entries, mut is_alone) = (String::new(), false, false);
    for part in parts {
        let Some(part) = part else {
            let line = text.rsplit('\n').next().unwrap_or_default();
            if line.is_empty() {
                return None;
            }
            if is_alone || line.trim_start_matches(' ').is_empty() {
                has_entries = true;
                is_alone = true;
                text.push('#');
            }
            text.push(HOLE);
            continue;
        };
        if part.contains(HOLE) {
            return None;
        }
        // Behind entries nothing else may stand on their line.
        if is_alone && !part.starts_with('\n') && !part.starts_with("\r\n") && !part.is_empty() {
            return None;
        }
        is_alone = is_alone && part.is_empty();
        text.push_str(part);
    }
    Some((text, has_entries))
}

/// A value in which what holds a part that is not known is not known; nothing when that is a key.
fn without_holes(value: &Value, unknown: &Arc<Unknown>) -> Option<Value> {
    let data = match &value.data {
        Data::String(text) if text.contains(HOLE) => Data::Unknown(unknown.clone()),
        Data::Tuple(elements) => {
            let elements: Option<Vec<Value>> = elements.iter().map(|element| without_holes(element, unknown)).collect();
            Data::Tuple(elements?.into())
        }
        Data::Object(entries) => {
            if entries.keys().any(|key| key.contains(HOLE)) {
                return None;
            }
            let entries = entries.iter().map(|(key, value)| Some((key.clone(), without_holes(value, unknown)?)));
            Data::Object(Arc::new(entries.collect::<Option<_>>()?))
        }
        _ => return Some(value.clone()),
    };
    Some(value.about(data))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fill(text: &str) -> Option<(String, bool)> {
        let parts: Vec<Option<String>> = text.split('@').flat_map(|part| [Some(part.to_owned()), None]).collect();
        filled(&parts[..parts.len() - 1])
    }

    #[test]
    fn a_part_at_the_start_of_a_line_may_be_anything() {
        assert_eq!(fill("@\nkind: A\n"), None);
        assert_eq!(fill("kind: A\n@"), None);
        assert_eq!(fill("kind: A\nname: b-@\n"), Some((format!("kind: A\nname: b-{HOLE}\n"), false)));
        assert_eq!(fill("kind: A\nspec:\n  @\n"), Some((format!("kind: A\nspec:\n  #{HOLE}\n"), true)));
        assert_eq!(fill("kind: A\nspec:\n  @: b\n"), None);
    }
}
