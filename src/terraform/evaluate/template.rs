//! Templates: strings with `${...}` and `%{...}` in them, and heredocs.

use std::sync::Arc;

use super::{Evaluated, Evaluator, Refusal, Scope, turns};
use crate::hcl::expression::{ForPart, IfPart, Part, Strip, Template};
use crate::source::Span;
use crate::terraform::value::{Type, Unknown, Value};

/// Text longer than this is not built, in bytes.
const MOST_TEXT: usize = 10_000_000;

/// The text of a template, or why it is not known.
type Text = Result<Result<String, Arc<Unknown>>, Refusal>;

impl Evaluator<'_> {
    /// The value of a template. One that is a single interpolation is worth what it interpolates, of whatever type.
    pub(super) fn template(&self, template: &Template, span: Span, scope: Option<&Scope<'_>>) -> Evaluated {
        if let [Part::Interpolation(only, _)] = template.as_slice() {
            return self.evaluate(only, scope);
        }
        Ok(match self.text(template, NO_STRIP, span, scope)? {
            Ok(text) => Value::String(text.into()),
            Err(unknown) => Value::Unknown(unknown),
        })
    }

    /// The text of a template that stands between these strip marks.
    fn text(&self, template: &Template, around: Strip, span: Span, scope: Option<&Scope<'_>>) -> Text {
        let mut text = String::new();
        let mut missing = None;
        for (index, part) in template.iter().enumerate() {
            // What stands in front of a literal takes its white space away, and so does what stands behind it.
            let before = index.checked_sub(1).map_or(around.after, |at| strips_behind(&template[at]));
            let after = template.get(index + 1).map_or(around.before, strips_in_front);
            match self.part(part, before, after, span, scope)? {
                Ok(part) => text.push_str(&part),
                Err(unknown) => missing = missing.or(Some(unknown)),
            }
            if text.len() > MOST_TEXT {
                let reason = format!("its text is longer than {MOST_TEXT} bytes, which is podgate's limit");
                return Ok(Err(Arc::new(Unknown { reason, span })));
            }
        }
        Ok(missing.map_or(Ok(text), Err))
    }

    fn part(&self, part: &Part, before: bool, after: bool, span: Span, scope: Option<&Scope<'_>>) -> Text {
        match part {
            Part::Literal(literal) => {
                let literal = if before { literal.trim_start() } else { literal };
                Ok(Ok(if after { literal.trim_end() } else { literal }.to_owned()))
            }
            Part::Interpolation(expression, _) => {
                let value = self.evaluate(expression, scope)?;
                match value.convert(&Type::String) {
                    Ok(Value::String(text)) => Ok(Ok(text.to_string())),
                    Ok(Value::Unknown(unknown)) => Ok(Err(unknown)),
                    _ => {
                        let reason = format!("Terraform refuses {} in a text", value.kind());
                        Err(Refusal { reason, span: expression.span })
                    }
                }
            }
            Part::If(part) => self.if_part(part, span, scope),
            Part::For(part) => self.for_part(part, span, scope),
        }
    }

    fn if_part(&self, part: &IfPart, span: Span, scope: Option<&Scope<'_>>) -> Text {
        let middle = part.else_strip.unwrap_or(part.end_strip);
        let consequent = Strip { before: middle.before, after: part.if_strip.after };
        let alternative = Strip { before: part.end_strip.before, after: middle.after };
        match self.bool_operand(&part.condition, scope, "as a condition")? {
            Ok(true) => self.text(&part.consequent, consequent, span, scope),
            Ok(false) => self.text(&part.alternative, alternative, span, scope),
            Err(unknown) => Ok(Err(unknown)),
        }
    }

    fn for_part(&self, part: &ForPart, span: Span, scope: Option<&Scope<'_>>) -> Text {
        let collection = self.evaluate(&part.intro.collection, scope)?;
        let turns = match turns(&collection, part.intro.collection.span)? {
            Ok(turns) => turns,
            Err(unknown) => return Ok(Err(unknown)),
        };
        let around = Strip { before: part.end_strip.before, after: part.for_strip.after };
        let mut text = String::new();
        for (key, value) in &turns {
            let inner = Scope::with(scope, &part.intro.value, value);
            let with_key = part.intro.key.as_deref().map(|name| Scope::with(Some(&inner), name, key));
            match self.text(&part.body, around, span, Some(with_key.as_ref().unwrap_or(&inner)))? {
                Ok(turn) => text.push_str(&turn),
                Err(unknown) => return Ok(Err(unknown)),
            }
        }
        Ok(Ok(text))
    }
}

/// No strip marks.
const NO_STRIP: Strip = Strip { before: false, after: false };

/// Whether a part takes away the white space of the text in front of it.
fn strips_in_front(part: &Part) -> bool {
    match part {
        Part::Literal(_) => false,
        Part::Interpolation(_, strip) => strip.before,
        Part::If(part) => part.if_strip.before,
        Part::For(part) => part.for_strip.before,
    }
}

/// Whether a part takes away the white space of the text behind it.
fn strips_behind(part: &Part) -> bool {
    match part {
        Part::Literal(_) => false,
        Part::Interpolation(_, strip) => strip.after,
        Part::If(part) => part.end_strip.after,
        Part::For(part) => part.end_strip.after,
    }
}
