//! References that no schema allows. Terraform checks them before it evaluates anything, so that `try` and `can` do not
//! help (`StaticValidateTraversal` in `internal/configs/configschema`).

use super::{Block, Item, Nested, Nesting};
use crate::hcl::expression::{Kind, Step, StepKind};
use crate::source::Span;
use crate::terraform::value::{Number, Type};

/// A step that is written out, so that it can be checked beforehand.
enum Written<'s> {
    /// `.name`.
    Name(&'s str),
    /// `["key"]`.
    Key(&'s str),
    /// `[0]`.
    Number,
}

/// Why Terraform refuses steps into a resource, and where, if it does. The steps are those behind the key of an instance.
pub(in crate::terraform) fn refused_step(block: Block, steps: &[Step]) -> Option<(String, Span)> {
    let (step, rest) = steps.split_first()?;
    let Written::Name(name) = written(step)? else {
        return Some(("Terraform allows only an attribute here, with a dot".to_owned(), step.span));
    };
    match block.item(name) {
        Some(Item::Attribute(attribute)) => in_type(&attribute.to_type(), rest),
        Some(Item::Nested(nested)) => in_nested(nested, name, rest),
        None => Some((format!("the provider's schema has no `{name}` here"), step.span)),
    }
}

fn in_nested(nested: Nested, name: &str, steps: &[Step]) -> Option<(String, Span)> {
    let block = nested.block();
    if nested.nesting == Nesting::Single {
        return refused_step(block, steps);
    }
    let (step, rest) = steps.split_first()?;
    match (nested.nesting, written(step)?) {
        (Nesting::Set, _) => Some((format!("`{name}` is a set of blocks, which has no index"), step.span)),
        (Nesting::List, Written::Name(_)) => {
            Some((format!("`{name}` is a list of blocks, which requires an index: `{name}[0]`"), step.span))
        }
        _ => refused_step(block, rest),
    }
}

fn in_type(known: &Type, steps: &[Step]) -> Option<(String, Span)> {
    let (step, rest) = steps.split_first()?;
    match (known, written(step)?) {
        (Type::Any, _) => None,
        (Type::Object(types), Written::Name(name) | Written::Key(name)) => match types.get(name) {
            Some(inner) => in_type(inner, rest),
            None => Some((format!("the provider's schema has no `{name}` here"), step.span)),
        },
        (Type::Map(element), _) | (Type::List(element), Written::Number) => in_type(element, rest),
        (Type::List(element), Written::Key(key)) if Number::parse(key).is_some() => in_type(element, rest),
        (known, Written::Name(name)) => Some((format!("Terraform refuses `.{name}` on {}", known.name()), step.span)),
        (known, _) => Some((format!("Terraform refuses this index into {}", known.name()), step.span)),
    }
}

/// What a step says without being evaluated; nothing, if it must be.
fn written(step: &Step) -> Option<Written<'_>> {
    match &step.kind {
        StepKind::Attribute(name) => Some(Written::Name(name)),
        StepKind::Index(index) => match &index.kind {
            Kind::String(key) => Some(Written::Key(key)),
            Kind::Number(_) => Some(Written::Number),
            _ => None,
        },
        StepKind::FullSplat | StepKind::AttributeSplat => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hcl::expression::parse;
    use crate::source::{Sources, read};

    fn refused(path: &str) -> Option<String> {
        let text = format!("x.{path}");
        let file = Sources::default().add("a.tf".into(), read::text(b"x".to_vec()).expect("text"));
        let expression = parse(&text, Span::new(file, 0, text.len())).expect("an expression");
        let Kind::Traversal(traversal) = expression.kind else { panic!("{path} is no traversal") };
        let policy = Block::of_resource("kubernetes_pod_security_policy").expect("a schema");
        refused_step(policy, &traversal.steps).map(|(reason, _)| reason)
    }

    #[test]
    fn steps_are_checked_against_the_schema() {
        for sound in [
            "spec",
            "spec[0].host_ipc",
            "spec[0].volumes[0]",
            "spec[0].volumes[\"0\"]",
            "spec.0.host_ipc",
            "metadata[0].labels.any",
            "metadata[0].labels[\"any\"]",
            "metadata[7].name",
            "spec[*].nope",
            "spec[var.x].nope",
            "id",
        ] {
            assert_eq!(refused(sound), None, "{sound}");
        }
        for refused_path in [
            "nope",
            "spec.host_ipc",
            "spec[0].nope",
            "spec[0].host_ipc.a",
            "spec[0].host_ipc[0]",
            "spec[0].volumes.a",
            "spec[0].volumes[\"a\"]",
            "spec[0].run_as_user.rule",
            "spec[0][\"host_ipc\"]",
            "metadata[0].labels.a.b",
        ] {
            assert!(refused(refused_path).is_some(), "{refused_path}");
        }
    }
}
