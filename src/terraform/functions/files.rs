//! Functions that read files, and those that evaluate templates.

use std::path::Path;

use globset::GlobBuilder;

use super::{Call, Data, Evaluated, Evaluator, Value, encoding, paths, refuse};
use crate::hcl::expression::parse_template;
use crate::source::{Span, read};
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

/// `fileset(directory, pattern)`: the files below a directory whose paths match.
pub(super) fn fileset(call: &Call<'_>, evaluator: &Evaluator<'_>) -> Evaluated {
    let [directory, pattern] = call.exactly()?;
    let (directory, pattern) = (call.string(directory)?, call.string(pattern)?);
    let directory = match evaluator.file_path(&directory, call.span) {
        Ok(directory) => directory,
        Err(unknown) => return Ok(unknown.into()),
    };
    let cleaned = paths::cleaned(&pattern);
    if read::is_gits(Path::new(&cleaned)) {
        return Ok(call.unknown("it depends on git's own files, which podgate does not read for expressions"));
    }
    if cleaned.starts_with("..") {
        return Ok(call.unknown("it depends on files outside of the directory that `fileset` looks at"));
    }
    let Ok(glob) = GlobBuilder::new(&cleaned).literal_separator(true).build() else {
        return call.refused("this pattern");
    };
    let matcher = glob.compile_matcher();
    let files = match evaluator.files_below(&directory) {
        Ok(files) => files,
        Err(reason) => return Ok(call.unknown(reason)),
    };
    if let Err(unknown) = call.spend(steps_of_matching(&files, &cleaned)) {
        return Ok(unknown);
    }
    Ok(Value::set(files.iter().filter(|file| matcher.is_match(file)).map(|file| Value::string(file)).collect()))
}

/// What it takes to match the paths of files with a pattern, in steps.
pub(in crate::terraform) fn steps_of_matching(files: &[String], pattern: &str) -> usize {
    files.iter().map(|file| 30 + file.len() * (1 + pattern.len() / 10)).sum()
}

/// The value of a template in which only these names stand for something.
fn rendered(call: &Call<'_>, evaluator: &Evaluator<'_>, template: &Value, names: &Value) -> Evaluated {
    let (Data::Map(names) | Data::Object(names)) = &names.data else { return Err(call.wrong_type(names)) };
    render(evaluator, template, &call.string(template)?, names, call.span)
}

/// What the text of a template comes to, in which only these names stand for something. It is wanted at `span`.
pub(in crate::terraform) fn render(
    evaluator: &Evaluator<'_>,
    template: &Value,
    text: &str,
    names: &Attributes,
    span: Span,
) -> Evaluated {
    let place = evaluator.budget().spend(STEPS_OF_PARSED_BYTE.saturating_mul(text.len()));
    let place = match place.and_then(|()| evaluator.located(template, text)) {
        Ok(place) => place,
        Err(reason) => return Ok(Value::unknown(reason, span)),
    };
    let marks = template.all_marks();
    let rendered = match parse_template(text, place.whole()) {
        Ok(expression) => evaluator.evaluate(&expression, Some(&Scope::closed(names))),
        Err(error) => Ok(Value::unknown(error.message, span)),
    };
    // A message about what stands in a template of a file would quote the file.
    let reason = "it depends on a template that podgate or Terraform refuses";
    match rendered {
        Err(_) if marks.are_secret() => refuse(reason, span),
        Ok(Value { data: Data::Unknown(unknown), .. })
            if marks.are_secret() && unknown.span.file == place.whole().file =>
        {
            Ok(Value::unknown(reason, span).marked(marks))
        }
        rendered => Ok(rendered?.marked(marks)),
    }
}

pub(super) fn templatefile(call: &Call<'_>, evaluator: &Evaluator<'_>) -> Evaluated {
    let [path, names] = call.exactly()?;
    match evaluator.file(&call.string(path)?, call.span)? {
        Ok(text) => rendered(call, evaluator, &text, names),
        Err(unknown) => Ok(unknown.into()),
    }
}

pub(super) fn templatestring(call: &Call<'_>, evaluator: &Evaluator<'_>) -> Evaluated {
    let [template, names] = call.exactly()?;
    rendered(call, evaluator, template, names)
}
