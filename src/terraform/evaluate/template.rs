//! Templates: strings with `${...}` and `%{...}` in them, and heredocs.

use std::sync::Arc;

use super::{Evaluated, Evaluator, LETTERS, MOST_TEXT, Refusal, STEPS_OF_PART, Scope, steps_of_text};
use crate::hcl::expression::{ForPart, IfPart, Part, Template};
use crate::source::Span;
use crate::terraform::value::{Data, KnownText, Type, Unknown, Value};

/// The text of a template, or why it is not known.
type Text = Result<Result<String, Arc<Unknown>>, Refusal>;

/// The parts of a template's text, nothing for one that is not known.
type Known = Vec<Option<String>>;

/// What went into a template: the first value that was read from elsewhere stands for where the text comes from.
type Parts = Vec<Value>;

impl Evaluator<'_> {
    /// The value of a template. One that is a single interpolation is worth what it interpolates, of whatever type.
    pub(super) fn template(&self, template: &Template, span: Span, scope: Option<&Scope<'_>>) -> Evaluated {
        if let [Part::Interpolation(only, _)] = template.as_slice() {
            return self.evaluate(only, scope);
        }
        let (mut parts, mut known) = (Parts::new(), Known::new());
        let value = match self.text(template, span, scope, &mut parts, &mut known)? {
            Ok(text) => {
                // It is brought into normal form.
                let steps = if text.is_ascii() { text.len() / LETTERS } else { text.len().saturating_mul(5) };
                match self.budget().spend(steps) {
                    Ok(()) => Value::string(&text),
                    Err(reason) => Value::unknown(reason, span),
                }
            }
            Err(unknown) => Value::from(unknown).of_type(&Type::String).with_known_text(KnownText::Parts(known)),
        };
        Ok(if parts.is_empty() { value.written(span) } else { value.computed(span, &parts) })
    }

    /// The text of a template; what is known of it when it is not known, too.
    fn text(
        &self,
        template: &Template,
        span: Span,
        scope: Option<&Scope<'_>>,
        parts: &mut Parts,
        known: &mut Known,
    ) -> Text {
        let mut text = String::new();
        let mut missing = None;
        // Where the text stands in `known` whose parts are all known.
        let mut start = 0;
        for part in template {
            match self.part(part, span, scope, parts)? {
                Ok(part) => {
                    // It was copied, is copied here, and the whole of it once more.
                    let steps = STEPS_OF_PART + if part.is_ascii() { part.len() / LETTERS } else { 5 * part.len() };
                    if let Err(reason) = self.budget().spend(steps) {
                        return Ok(Err(Unknown::new(reason, span)));
                    }
                    text.push_str(&part);
                }
                Err(unknown) => {
                    known.extend([Some(text[start..].to_owned()), None]);
                    start = text.len();
                    missing = missing.or(Some(unknown));
                }
            }
            if text.len() > MOST_TEXT {
                let reason = format!("its text is longer than {MOST_TEXT} bytes, which is podgate's limit");
                return Ok(Err(Unknown::new(reason, span)));
            }
        }
        if missing.is_some() {
            known.push(Some(text[start..].to_owned()));
        }
        Ok(missing.map_or(Ok(text), Err))
    }

    fn part(&self, part: &Part, span: Span, scope: Option<&Scope<'_>>, parts: &mut Parts) -> Text {
        match part {
            Part::Literal(literal) => Ok(Ok(literal.to_string())),
            Part::Interpolation(expression, _) => {
                let value = self.evaluate(expression, scope)?;
                if let Err(reason) = self.budget().spend(steps_of_text(&value)) {
                    return Ok(Err(Unknown::new(reason, span)));
                }
                let text = match (&value.data, value.convert(&Type::String).map(|value| value.data)) {
                    (_, Ok(Data::String(text))) => Ok(text.to_string()),
                    // Terraform does not look at the type of what is not known.
                    (Data::Unknown(unknown) | Data::Partial(_, unknown), _) => Err(unknown.clone()),
                    _ => {
                        let reason = format!("Terraform refuses {} in a text", value.kind());
                        return Err(Refusal::new(reason, expression.span));
                    }
                };
                note(parts, &value);
                Ok(text)
            }
            Part::If(part) => self.if_part(part, span, scope, parts),
            Part::For(part) => self.for_part(part, span, scope, parts),
        }
    }

    fn if_part(&self, part: &IfPart, span: Span, scope: Option<&Scope<'_>>, parts: &mut Parts) -> Text {
        let (condition, decided) = self.condition(&part.condition, scope)?;
        note(parts, &condition);
        match decided {
            Ok(true) => self.text(&part.consequent, span, scope, parts, &mut Known::new()),
            Ok(false) => self.text(&part.alternative, span, scope, parts, &mut Known::new()),
            Err(unknown) => Ok(Err(unknown)),
        }
    }

    fn for_part(&self, part: &ForPart, span: Span, scope: Option<&Scope<'_>>, parts: &mut Parts) -> Text {
        let collection = self.evaluate(&part.intro.collection, scope)?;
        let turns = match self.turns(&collection, part.intro.collection.span)? {
            Ok(turns) => turns,
            Err(unknown) => return Ok(Err(unknown)),
        };
        let mut text = String::new();
        for (key, value) in &turns {
            let inner = Scope::turn(scope, &part.intro.value, value);
            // When there is nothing left to spend, no turn comes to anything.
            if let Err(reason) = self.budget().spend(STEPS_OF_PART) {
                return Ok(Err(Unknown::new(reason, span)));
            }
            let with_key = part.intro.key.as_deref().map(|name| Scope::turn(Some(&inner), name, key));
            let scope = Some(with_key.as_ref().unwrap_or(&inner));
            match self.text(&part.body, span, scope, parts, &mut Known::new())? {
                Ok(turn) => text.push_str(&turn),
                Err(unknown) => return Ok(Err(unknown)),
            }
            if text.len() > MOST_TEXT {
                break;
            }
        }
        note(parts, &collection);
        Ok(Ok(text))
    }
}

/// Remembers a value that went into a template, as far as it says more than those before.
fn note(parts: &mut Parts, value: &Value) {
    let is_known = |part: &Value| part.marks == value.marks && (part.origin.is_read() || !value.origin.is_read());
    if !parts.iter().any(is_known) {
        parts.push(value.about(Data::Null));
    }
}
