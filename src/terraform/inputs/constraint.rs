//! Type constraints: what a variable's `type` says
//! (<https://developer.hashicorp.com/terraform/language/expressions/type-constraints>).

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::hcl::expression::{Call, Expression, Item, Kind, parse};
use crate::hcl::{is_identifier, json};
use crate::source::Span;
use crate::terraform::evaluate::Evaluator;
use crate::terraform::limits::{STEPS_OF_CONVERSION, STEPS_OF_PARSED_BYTE};
use crate::terraform::value::{Type, Unknown};

impl Evaluator<'_> {
    /// The type that the constraint at a span stands for.
    pub(in crate::terraform) fn constraint(&self, span: Span) -> Result<Type, Arc<Unknown>> {
        let text = self.sources().text(span);
        let steps = STEPS_OF_PARSED_BYTE.saturating_mul(text.len());
        self.budget().spend(steps).map_err(|reason| Unknown::new(reason, span))?;
        let expression =
            if self.sources()[span.file].is_json() { json::keyword(text, span) } else { parse(text, span) };
        let expression = expression.map_err(|error| Unknown::new(error.message, error.span))?;
        match &expression.kind {
            // As configurations for Terraform 0.11 wrote them; inside of a type they are none.
            Kind::Variable(keyword) if &**keyword == "list" => Ok(Type::List(Box::new(Type::Any))),
            Kind::Variable(keyword) if &**keyword == "map" => Ok(Type::Map(Box::new(Type::Any))),
            Kind::String(_) => Err(Unknown::refused("Terraform refuses a type in quotation marks", expression.span)),
            _ => self.type_of(&expression),
        }
    }

    fn type_of(&self, expression: &Expression) -> Result<Type, Arc<Unknown>> {
        match &expression.kind {
            Kind::Variable(keyword) => match &**keyword {
                "any" => Ok(Type::Any),
                "bool" => Ok(Type::Bool),
                "number" => Ok(Type::Number),
                "string" => Ok(Type::String),
                _ => Err(no_type(expression)),
            },
            Kind::Call(call) => self.constructed(call, expression),
            _ => Err(no_type(expression)),
        }
    }

    fn constructed(&self, call: &Call, whole: &Expression) -> Result<Type, Arc<Unknown>> {
        match (&*call.name, call.arguments.as_slice()) {
            ("list", [element]) => Ok(Type::List(Box::new(self.type_of(element)?))),
            ("set", [element]) => Ok(Type::Set(Box::new(self.type_of(element)?))),
            ("map", [element]) => Ok(Type::Map(Box::new(self.type_of(element)?))),
            ("tuple", [Expression { kind: Kind::Tuple(elements), .. }]) => {
                Ok(Type::Tuple(elements.iter().map(|element| self.type_of(element)).collect::<Result<_, _>>()?))
            }
            ("object", [Expression { kind: Kind::Object(items), .. }]) => {
                let mut attributes = BTreeMap::new();
                for item in items {
                    let (name, to) = self.attribute_of(item)?;
                    if attributes.insert(name, to).is_some() {
                        return Err(Unknown::refused("this type has an attribute twice", item.key.span));
                    }
                }
                Ok(Type::Object(attributes))
            }
            _ => Err(no_type(whole)),
        }
    }

    fn attribute_of(&self, item: &Item) -> Result<(Arc<str>, Type), Arc<Unknown>> {
        let Kind::String(name) = &item.key.kind else { return Err(no_type(&item.key)) };
        let is_json = self.sources()[item.key.span.file].is_json();
        if !is_json && !is_identifier(self.sources().text(item.key.span)) {
            return Err(Unknown::refused(
                "Terraform wants the names of attributes in a type without quotation marks",
                item.key.span,
            ));
        }
        let to = match &item.value.kind {
            Kind::Call(call) if &*call.name == "optional" => match call.arguments.as_slice() {
                [inner] => Type::Optional(Box::new(self.type_of(inner)?), None),
                [inner, default] => {
                    let inner = self.type_of(inner)?;
                    let value = self.evaluate(default, None)?;
                    self.budget()
                        .spend(value.weight() * STEPS_OF_CONVERSION)
                        .map_err(|reason| Unknown::new(reason, default.span))?;
                    let refused = |why| {
                        Unknown::refused(
                            format!("Terraform refuses the default of an attribute, which {why}"),
                            default.span,
                        )
                    };
                    value.convert(&inner).map_err(refused)?;
                    Type::Optional(Box::new(inner), Some(Box::new(value)))
                }
                _ => return Err(no_type(&item.value)),
            },
            _ => self.type_of(&item.value)?,
        };
        Ok((name.as_ref().into(), to))
    }
}

fn no_type(expression: &Expression) -> Arc<Unknown> {
    Unknown::refused("Terraform refuses this for a type", expression.span)
}
