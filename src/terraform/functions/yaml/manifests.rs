//! The functions of the provider `hashicorp/kubernetes`: `manifest_decode`, `manifest_decode_multi` and `manifest_encode`
//! (<https://registry.terraform.io/providers/hashicorp/kubernetes/2.38.0/docs/functions/manifest_decode>).

use super::super::cost::{Cost, deep};
use super::super::{Call, Reading};
use super::{Data, Evaluated, Evaluator, Failure, Reader, Value, document, steps};
use crate::terraform::value::KnownText;

/// The functions of the provider `hashicorp/kubernetes` that podgate computes, sorted by name.
pub(in crate::terraform::functions) const PROVIDED: &[(&str, Cost, Reading)] = &[
    ("provider::kubernetes::manifest_decode", Cost::By(steps), manifest_decode),
    ("provider::kubernetes::manifest_decode_multi", Cost::By(steps), manifest_decode_multi),
    ("provider::kubernetes::manifest_encode", deep(20, 20), manifest_encode),
];

/// What an object must have to be a manifest.
const FIELDS: [&str; 3] = ["apiVersion", "kind", "metadata"];

fn manifest_decode(call: &Call<'_>, evaluator: &Evaluator<'_>) -> Evaluated {
    match decoded(call, evaluator)? {
        Ok(manifests) => match manifests.as_slice() {
            [] => call.refuse("the provider's function refuses a text without a manifest"),
            [only] => Ok(only.clone()),
            _ => call.refuse("the provider's function refuses more than one manifest"),
        },
        Err(unknown) => Ok(unknown),
    }
}

fn manifest_decode_multi(call: &Call<'_>, evaluator: &Evaluator<'_>) -> Evaluated {
    Ok(decoded(call, evaluator)?.map_or_else(|unknown| unknown, Value::tuple))
}

/// The manifests of a text, or a value that is not known.
fn decoded(call: &Call<'_>, evaluator: &Evaluator<'_>) -> Result<Result<Vec<Value>, Value>, super::super::Refusal> {
    let [value] = call.exactly()?;
    let text = call.string(value)?;
    // Each piece is looked for in the text.
    let pieces = pieces(&text);
    if let Err(unknown) = call.spend(pieces.len().saturating_mul(100 + text.len() / 10)) {
        return Ok(Err(unknown));
    }
    let mut manifests = Vec::new();
    for piece in pieces {
        let located = match evaluator.located(value, piece) {
            Ok(located) => located,
            Err(reason) => return Ok(Err(call.unknown(reason))),
        };
        let manifest = match document(piece, Reader::Manifest, &located) {
            Ok(manifest) => manifest,
            Err(Failure::Refused(what)) => return call.refuse(format!("the provider's function refuses {what}")),
            Err(Failure::NotDone(what)) => return Ok(Err(call.unknown(format!("it depends on {what}")))),
        };
        match manifest.as_ref().map(|manifest| &manifest.data) {
            None | Some(Data::Null) => continue,
            Some(Data::Object(entries)) if entries.is_empty() => continue,
            Some(Data::Object(entries)) if FIELDS.iter().all(|field| entries.contains_key(*field)) => {}
            _ => return call.refuse("the provider's function refuses what is not a manifest"),
        }
        manifests.extend(manifest);
    }
    Ok(Ok(manifests))
}

/// White space as Go's regular expressions have it.
const SPACE: [char; 5] = ['\t', '\n', '\u{c}', '\r', ' '];

/// The pieces of a text between separators: `---` at the start of the text or of a line, with all white space around.
pub(super) fn pieces(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let (mut start, mut from) = (0, 0);
    while let Some(at) = text[from..].find("---").map(|at| from + at) {
        let before = text[start..at].trim_end_matches(SPACE);
        let is_separator = at == 0 || text[start..at].ends_with('\n');
        from = at + 3;
        if !is_separator {
            continue;
        }
        pieces.push(before);
        start = text.len() - text[from..].trim_start_matches(SPACE).len();
        from = start;
    }
    pieces.push(&text[start..]);
    pieces
}

/// The text of a manifest. podgate does not write it out, but knows what it stands for.
fn manifest_encode(call: &Call<'_>, _: &Evaluator<'_>) -> Evaluated {
    let [value] = call.exactly()?;
    let is_manifest = |value: &Value| match &value.data {
        Data::Object(entries) | Data::Map(entries) => FIELDS.iter().all(|field| entries.contains_key(*field)),
        _ => false,
    };
    let text = call.unknown("podgate does not write the text of `manifest_encode` out");
    match &value.data {
        Data::Object(_) | Data::Map(_) if is_manifest(value) => {
            Ok(text.with_known_text(KnownText::Encodes(value.clone())))
        }
        Data::List(manifests) | Data::Set(manifests) | Data::Tuple(manifests) if manifests.iter().all(is_manifest) => {
            Ok(match &**manifests {
                [] => Value::string(""),
                [only] => text.with_known_text(KnownText::Encodes(only.clone())),
                _ => text,
            })
        }
        _ => call.refuse("the provider's function refuses what is not a manifest"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_split_as_the_provider_splits_it() {
        assert_eq!(pieces("---\na: 1\n---\nb: 2\n"), ["", "a: 1", "b: 2\n"]);
        assert_eq!(pieces("a: 1 \n \n---b: 2"), ["a: 1", "b: 2"]);
        assert_eq!(pieces("a: x---y\n----\n"), ["a: x---y", "-\n"]);
        assert_eq!(pieces("---\n---\na: 1"), ["", "---\na: 1"]);
    }
}
