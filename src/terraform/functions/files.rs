//! Functions that read files, and those that evaluate templates.

use super::{Call, Data, Evaluated, Evaluator, Type, Value, encoding, refuse};
use crate::hcl::expression::{Expression, free_names, parse_template};
use crate::hcl::is_identifier;
use crate::source::Span;
use crate::terraform::evaluate::{Found, Scope};
use crate::terraform::limits::STEPS_OF_PARSED_BYTE;
use crate::terraform::value::Attributes;

/// The bytes of the file that the first argument names.
fn bytes(call: &Call<'_>, evaluator: &Evaluator<'_>) -> Result<Found<Vec<u8>>, super::Refusal> {
    let [path] = call.exactly()?;
    evaluator.file_bytes(&call.string(path)?, call.span)
}

pub(super) fn file(call: &Call<'_>, evaluator: &Evaluator<'_>) -> Evaluated {
    let [path] = call.exactly()?;
    Ok(evaluator.file(&call.string(path)?, call.span)?.unwrap_or_else(Value::from))
}

pub(super) fn fileexists(call: &Call<'_>, evaluator: &Evaluator<'_>) -> Evaluated {
    let [path] = call.exactly()?;
    Ok(match evaluator.file_path(&call.string(path)?, call.span) {
        Ok(path) if path.is_dir() => return call.refused("a directory"),
        Ok(path) => Value::from(path.is_file()),
        Err(unknown) => unknown.into(),
    })
}

/// The hash, or the base 64, of a file.
fn of_bytes(call: &Call<'_>, evaluator: &Evaluator<'_>) -> Evaluated {
    Ok(match bytes(call, evaluator)? {
        Ok(bytes) => {
            let marks = evaluator.file_marks(&call.only_string()?, call.span);
            Value::string(&encoding::hashed(call.name, &bytes)).marked(marks)
        }
        Err(unknown) => unknown.into(),
    })
}

pub(super) fn filebase64(call: &Call<'_>, evaluator: &Evaluator<'_>) -> Evaluated {
    of_bytes(call, evaluator)
}

pub(super) fn filebase64sha256(call: &Call<'_>, evaluator: &Evaluator<'_>) -> Evaluated {
    of_bytes(call, evaluator)
}

pub(super) fn filebase64sha512(call: &Call<'_>, evaluator: &Evaluator<'_>) -> Evaluated {
    of_bytes(call, evaluator)
}

pub(super) fn filemd5(call: &Call<'_>, evaluator: &Evaluator<'_>) -> Evaluated {
    of_bytes(call, evaluator)
}

pub(super) fn filesha1(call: &Call<'_>, evaluator: &Evaluator<'_>) -> Evaluated {
    of_bytes(call, evaluator)
}

pub(super) fn filesha256(call: &Call<'_>, evaluator: &Evaluator<'_>) -> Evaluated {
    of_bytes(call, evaluator)
}

pub(super) fn filesha512(call: &Call<'_>, evaluator: &Evaluator<'_>) -> Evaluated {
    of_bytes(call, evaluator)
}

/// The value of a template in which only these names stand for something.
fn rendered<'n>(
    call: &Call<'_>,
    evaluator: &Evaluator<'_>,
    template: &Value,
    names: &'n Value,
    scope: fn(&'n Attributes) -> Scope<'n>,
) -> Evaluated {
    let (Data::Map(names) | Data::Object(names)) = &names.data else { return Err(call.wrong_type(names)) };
    if names.keys().any(|name| !is_identifier(name)) {
        return call.refused("a variable whose name no template can name");
    }
    let text = call.string(template)?;
    // A byte order mark in front is no part of a template.
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let rendered = within(evaluator, template, text, call.span, |expression| {
        // All names count, also in what is not evaluated.
        if free_names(expression).iter().any(|name| !names.contains_key(*name)) {
            return call.refused("a template with a name that is not among its variables");
        }
        evaluator.evaluate(expression, Some(&scope(names)))
    })?;
    if matches!(rendered.data, Data::Null) {
        return call.refused("a template that comes to null");
    }
    Ok(rendered)
}

/// What the text of a template comes to, in which only these names stand for something. It is wanted at `span`.
pub(in crate::terraform) fn render(
    evaluator: &Evaluator<'_>,
    template: &Value,
    text: &str,
    names: &Attributes,
    span: Span,
) -> Evaluated {
    within(evaluator, template, text, span, |expression| evaluator.evaluate(expression, Some(&Scope::closed(names))))
}

/// What the expression comes to that the text of a template is. Nothing of a text that is private is shown.
fn within(
    evaluator: &Evaluator<'_>,
    template: &Value,
    text: &str,
    span: Span,
    evaluate: impl FnOnce(&Expression) -> Evaluated,
) -> Evaluated {
    let place = evaluator.budget().spend(STEPS_OF_PARSED_BYTE.saturating_mul(text.len()));
    let place = match place.and_then(|()| evaluator.located(template, text)) {
        Ok(place) => place,
        Err(reason) => return Ok(Value::unknown(reason, span)),
    };
    let marks = template.all_marks();
    let rendered = match parse_template(text, place.whole()) {
        Ok(expression) => evaluate(&expression),
        Err(error) => Ok(Value::unknown(error.message, span)),
    };
    // A message about what stands in a template of a file would quote the file.
    let reason = "it depends on a template that podgate or Terraform refuses";
    match rendered {
        Err(_) if marks.are_secret() => refuse(reason, span),
        Ok(ref rendered @ Value { data: Data::Unknown(ref unknown), .. })
            if marks.are_secret() && unknown.span.file == place.whole().file =>
        {
            let known = rendered.known_text().map(|known| (**known).clone());
            let value = Value::unknown(reason, span).marked(marks);
            Ok(match known {
                Some(known) => value.with_known_text(known),
                None => value,
            })
        }
        rendered => Ok(rendered?.marked(marks)),
    }
}

pub(super) fn templatefile(call: &Call<'_>, evaluator: &Evaluator<'_>) -> Evaluated {
    let [path, names] = call.exactly()?;
    match evaluator.file(&call.string(path)?, call.span)? {
        Ok(text) => rendered(call, evaluator, &text, names, Scope::closed),
        Err(unknown) => Ok(unknown.into()),
    }
}

/// `templatestring(template, names)`: the template is a string, and what it comes to becomes one.
pub(super) fn templatestring(call: &Call<'_>, evaluator: &Evaluator<'_>) -> Evaluated {
    let [template, names] = call.exactly()?;
    if !matches!(template.data, Data::String(_)) {
        return Err(call.wrong_type(template));
    }
    let rendered = rendered(call, evaluator, template, names, Scope::without_files)?;
    rendered.convert(&Type::String).or_else(|_| call.refused("a template that comes to no string"))
}
