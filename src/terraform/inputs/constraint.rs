//! Type constraints: what a variable's `type` says
//! (<https://developer.hashicorp.com/terraform/language/expressions/type-constraints>).

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::hcl::expression::{Call, Expression, Item, Kind, parse};
use crate::hcl::json;
use crate::source::Span;
use crate::terraform::evaluate::Evaluator;
use crate::terraform::limits::STEPS_OF_PARSED_BYTE;
use crate::terraform::value::{Type, Unknown};

impl Evaluator<'_> {
    /// The type that the constraint at a span stands for.
    pub(super) fn constraint(&self, span: Span) -> Result<Type, Arc<Unknown>> {
        let text = self.sources().text(span);
        let steps = STEPS_OF_PARSED_BYTE.saturating_mul(text.len());
        self.budget().spend(steps).map_err(|reason| Unknown::new(reason, span))?;
        let expression =
            if self.sources()[span.file].is_json() { json::keyword(text, span) } else { parse(text, span) };
        let expression = expression.map_err(|error| Unknown::new(error.message, error.span))?;
        self.type_of(&expression)
    }

    fn type_of(&self, expression: &Expression) -> Result<Type, Arc<Unknown>> {
        match &expression.kind {
            Kind::Parenthesis(inner) => self.type_of(inner),
            Kind::Variable(keyword) | Kind::String(keyword) => match &**keyword {
                "any" => Ok(Type::Any),
                "bool" => Ok(Type::Bool),
                "number" => Ok(Type::Number),
                "string" => Ok(Type::String),
                // As configurations for Terraform 0.11 wrote them.
                "list" => Ok(Type::List(Box::new(Type::Any))),
                "map" => Ok(Type::Map(Box::new(Type::Any))),
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
            ("object", [Expression { kind: Kind::Object(items), .. }]) => Ok(Type::Object(
                items.iter().map(|item| self.attribute_of(item)).collect::<Result<BTreeMap<_, _>, _>>()?,
            )),
            _ => Err(no_type(whole)),
        }
    }

    fn attribute_of(&self, item: &Item) -> Result<(Arc<str>, Type), Arc<Unknown>> {
        let Kind::String(name) = &item.key.kind else { return Err(no_type(&item.key)) };
        let to = match &item.value.kind {
            Kind::Call(call) if &*call.name == "optional" => match call.arguments.as_slice() {
                [inner] => Type::Optional(Box::new(self.type_of(inner)?), None),
                [inner, default] => {
                    let default = self.evaluate(default, None)?;
                    Type::Optional(Box::new(self.type_of(inner)?), Some(Box::new(default)))
                }
                _ => return Err(no_type(&item.value)),
            },
            _ => self.type_of(&item.value)?,
        };
        Ok((name.as_ref().into(), to))
    }
}

fn no_type(expression: &Expression) -> Arc<Unknown> {
    Unknown::new("Terraform refuses this for a type", expression.span)
}
