//! Templates: strings with `${...}` and `%{...}` in them, and heredocs.

use std::sync::Arc;

use super::{Evaluated, Evaluator, MOST_TEXT, Refusal, Scope, turns};
use crate::hcl::expression::{ForPart, IfPart, Part, Strip, Template};
use crate::source::Span;
use crate::terraform::value::{Data, Type, Unknown, Value};

/// The text of a template, or why it is not known.
type Text = Result<Result<String, Arc<Unknown>>, Refusal>;

/// What went into a template: the first value that was read from elsewhere stands for where the text comes from.
type Parts = Vec<Value>;

impl Evaluator<'_> {
    /// The value of a template. One that is a single interpolation is worth what it interpolates, of whatever type.
    pub(super) fn template(&self, template: &Template, span: Span, scope: Option<&Scope<'_>>) -> Evaluated {
        if let [Part::Interpolation(only, _)] = template.as_slice() {
            return self.evaluate(only, scope);
        }
        let mut parts = Parts::new();
        let value = match self.text(template, NO_STRIP, span, scope, &mut parts)? {
            Ok(text) => Value::string(&text),
            Err(unknown) => unknown.into(),
        };
        Ok(if parts.is_empty() { value.written(span) } else { value.computed(span, &parts) })
    }

    /// The text of a template that stands between these strip marks.
    fn text(
        &self,
        template: &Template,
        around: Strip,
        span: Span,
        scope: Option<&Scope<'_>>,
        parts: &mut Parts,
    ) -> Text {
        let mut text = String::new();
        let mut missing = None;
        for (index, part) in template.iter().enumerate() {
            // What stands in front of a literal takes its white space away, and so does what stands behind it.
            let before = index.checked_sub(1).map_or(around.after, |at| strips_behind(&template[at]));
            let after = template.get(index + 1).map_or(around.before, strips_in_front);
            match self.part(part, (before, after), span, scope, parts)? {
                Ok(part) => text.push_str(&part),
                Err(unknown) => missing = missing.or(Some(unknown)),
            }
            if text.len() > MOST_TEXT {
                let reason = format!("its text is longer than {MOST_TEXT} bytes, which is podgate's limit");
                return Ok(Err(Unknown::new(reason, span)));
            }
        }
        Ok(missing.map_or(Ok(text), Err))
    }

    fn part(
        &self,
        part: &Part,
        (before, after): (bool, bool),
        span: Span,
        scope: Option<&Scope<'_>>,
        parts: &mut Parts,
    ) -> Text {
        match part {
            Part::Literal(literal) => {
                let literal = if before { literal.trim_start() } else { literal };
                Ok(Ok(if after { literal.trim_end() } else { literal }.to_owned()))
            }
            Part::Interpolation(expression, _) => {
                let value = self.evaluate(expression, scope)?;
                let text = match value.convert(&Type::String).map(|value| value.data) {
                    Ok(Data::String(text)) => Ok(text.to_string()),
                    Ok(Data::Unknown(unknown)) => Err(unknown),
                    _ => {
                        let reason = format!("Terraform refuses {} in a text", value.kind());
                        return Err(Refusal { reason, span: expression.span });
                    }
                };
                note(parts, value);
                Ok(text)
            }
            Part::If(part) => self.if_part(part, span, scope, parts),
            Part::For(part) => self.for_part(part, span, scope, parts),
        }
    }

    fn if_part(&self, part: &IfPart, span: Span, scope: Option<&Scope<'_>>, parts: &mut Parts) -> Text {
        let middle = part.else_strip.unwrap_or(part.end_strip);
        let consequent = Strip { before: middle.before, after: part.if_strip.after };
        let alternative = Strip { before: part.end_strip.before, after: middle.after };
        let (condition, decided) = self.bool_operand(&part.condition, scope, "as a condition")?;
        note(parts, condition);
        match decided {
            Ok(true) => self.text(&part.consequent, consequent, span, scope, parts),
            Ok(false) => self.text(&part.alternative, alternative, span, scope, parts),
            Err(unknown) => Ok(Err(unknown)),
        }
    }

    fn for_part(&self, part: &ForPart, span: Span, scope: Option<&Scope<'_>>, parts: &mut Parts) -> Text {
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
            match self.text(&part.body, around, span, Some(with_key.as_ref().unwrap_or(&inner)), parts)? {
                Ok(turn) => text.push_str(&turn),
                Err(unknown) => return Ok(Err(unknown)),
            }
            if text.len() > MOST_TEXT {
                break;
            }
        }
        note(parts, collection);
        Ok(Ok(text))
    }
}

/// Remembers a value that went into a template, as far as it says more than those before.
fn note(parts: &mut Parts, value: Value) {
    let is_known = |part: &Value| part.origin.is_read() || !value.origin.is_read();
    if parts.is_empty() || value.marks != parts[0].marks || !parts.iter().any(is_known) {
        parts.push(value.about(Data::Null));
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
