//! Which instances of a block there are: `count` and `for_each`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::evaluate::{Evaluator, turn_object};
use super::limits::{MOST_INSTANCES, STEPS_OF_INSTANCE};
use super::value::{Data, Marks, Number, Origin, Private, Type, Unknown, Value};
use crate::hcl::outline::Body;
use crate::source::{FileId, Sources, Span, slashed};

/// The instances of a resource block.
#[derive(Debug, Clone)]
pub enum Instances {
    /// These are all. Empty when there is none.
    Known(Vec<Instance>),
    /// These are the first, and there are more than podgate looks at.
    Many(Vec<Instance>),
    /// It is not known which there are.
    Unknown(Arc<Unknown>),
}

/// One instance of a resource.
#[derive(Debug, Clone)]
pub struct Instance {
    /// The key as it stands in an address: `[0]`, `["a"]`, or nothing for the only instance of a block without
    /// `count` and `for_each`.
    pub key: String,
    /// The name that the instance's expressions know it by, `count` or `each`, and what that stands for.
    pub(super) name: &'static str,
    pub(super) value: Value,
    /// Where `count` or `for_each` comes from.
    origin: Origin,
}

impl Instances {
    /// Whether it is known that there is no instance.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        matches!(self, Self::Known(instances) if instances.is_empty())
    }

    pub(super) fn single() -> Self {
        Self::Known(vec![Instance {
            key: String::new(),
            name: "",
            value: Data::Null.into(),
            origin: Origin::default(),
        }])
    }

    /// The files that have a say in which instances there are.
    #[must_use]
    pub fn files(&self) -> BTreeSet<FileId> {
        match self {
            Self::Known(instances) | Self::Many(instances) => {
                let first = instances.first().into_iter();
                first.flat_map(|instance| instance.origin.hops()).map(|hop| hop.span.file).collect()
            }
            Self::Unknown(unknown) => BTreeSet::from([unknown.span.file]),
        }
    }
}

impl Instance {
    /// The key of an instance of a block with `for_each`.
    pub(super) fn each_key(&self) -> Option<Arc<str>> {
        let Data::Object(each) = &self.value.data else { return None };
        match each.get("key").map(|key| &key.data) {
            Some(Data::String(key)) => Some(key.clone()),
            _ => None,
        }
    }
}

/// The instances that a block's body asks for.
pub(super) fn instances(evaluator: &Evaluator<'_>, body: &Body) -> Instances {
    let instances = asked_for(evaluator, body);
    let count = match &instances {
        Instances::Known(instances) | Instances::Many(instances) => instances.len(),
        Instances::Unknown(_) => 0,
    };
    // Each of them is evaluated, judged and reported.
    match evaluator.budget().spend(count * STEPS_OF_INSTANCE) {
        Ok(()) => instances,
        Err(reason) => {
            let at = body.attribute("count").or(body.attribute("for_each")).map(|argument| argument.expression);
            Instances::Unknown(Unknown::new(reason, at.unwrap_or_else(|| evaluator.sources().start_of_first())))
        }
    }
}

fn asked_for(evaluator: &Evaluator<'_>, body: &Body) -> Instances {
    match (body.attribute("count"), body.attribute("for_each")) {
        (None, None) => Instances::single(),
        (Some(count), None) => from_count(&evaluator.value(count.expression, None), count.expression),
        (None, Some(for_each)) => {
            from_for_each(evaluator, &evaluator.value(for_each.expression, None), for_each.expression)
        }
        // Of one that overrides the other, `count` counts in either case.
        (Some(count), Some(for_each)) if count.name_span.file != for_each.name_span.file => {
            from_count(&evaluator.value(count.expression, None), count.expression)
        }
        (Some(_), Some(for_each)) => {
            refused("Terraform refuses `count` and `for_each` in one block", for_each.name_span)
        }
    }
}

fn refused(reason: &str, span: Span) -> Instances {
    Instances::Unknown(Unknown::refused(reason, span))
}

fn from_count(value: &Value, span: Span) -> Instances {
    if value.marks.ephemeral {
        return refused("Terraform refuses an ephemeral value for `count`", span);
    }
    let count = match value.convert(&Type::Number).map(|value| value.data) {
        Ok(Data::Number(count)) => count.to_usize(),
        Ok(Data::Unknown(unknown)) => return Instances::Unknown(unknown),
        _ => return refused("Terraform refuses a `count` that is not a number", span),
    };
    let Some(count) = count else {
        return refused("Terraform refuses a `count` that is not a whole number of at least 0", span);
    };
    let instance = |index: usize| Instance {
        key: format!("[{index}]"),
        name: "count",
        value: Value::object(BTreeMap::from([(
            "index".into(),
            Value::from(Number::counted(index)).marked(value.marks),
        )])),
        origin: value.origin.clone(),
    };
    let instances = (0..count.min(MOST_INSTANCES)).map(instance).collect();
    if count > MOST_INSTANCES { Instances::Many(instances) } else { Instances::Known(instances) }
}

fn from_for_each(evaluator: &Evaluator<'_>, value: &Value, span: Span) -> Instances {
    if value.all_marks().ephemeral || value.marks.sensitive {
        return refused("Terraform refuses a sensitive or ephemeral value for `for_each`", span);
    }
    let turns = match &value.data {
        Data::Map(_) | Data::Object(_) | Data::Set(_) => evaluator.turns(value, span),
        Data::Unknown(unknown) => return Instances::Unknown(unknown.clone()),
        _ => return refused("Terraform refuses a `for_each` that is neither a map nor a set of strings", span),
    };
    if let Ok(Err(unknown)) = turns {
        return Instances::Unknown(unknown);
    }
    let Ok(Ok(turns)) = turns else {
        return refused("Terraform refuses a `for_each` that is neither a map nor a set of strings", span);
    };
    let many = turns.len() > MOST_INSTANCES;
    let mut instances = Vec::new();
    for (position, (key, element)) in (1..).zip(turns.into_iter().take(MOST_INSTANCES)) {
        match &key.data {
            Data::String(text) => instances.push(Instance {
                key: shown_key(text, key.marks, position, evaluator.sources()),
                name: "each",
                value: turn_object((key.clone(), element)),
                origin: value.origin.clone(),
            }),
            Data::Unknown(unknown) => return Instances::Unknown(unknown.clone()),
            _ => return refused("Terraform refuses a `for_each` that is neither a map nor a set of strings", span),
        }
    }
    if many { Instances::Many(instances) } else { Instances::Known(instances) }
}

/// A key as it stands in an address. One that must not be printed is told by its position, 1-based, and by where it comes
/// from: the same in every report and from run to run.
fn shown_key(key: &str, marks: Marks, position: usize, sources: &Sources) -> String {
    let source = match marks.private {
        Some(Private::File(file)) => escaped(&slashed(sources[file].path())),
        Some(Private::Argument) => "the command line".to_owned(),
        Some(Private::Sensitive) => "a sensitive value".to_owned(),
        None if marks.sensitive => "a sensitive value".to_owned(),
        None => return format!("[\"{}\"]", escaped(key)),
    };
    format!("[\"<key {position} of {source}>\"]")
}

/// A key as Terraform writes it in an address: with the escapes of a quoted string.
fn escaped(key: &str) -> String {
    let mut text = String::with_capacity(key.len());
    for c in key.chars() {
        match c {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            other => text.push(other),
        }
    }
    text.replace("${", "$${").replace("%{", "%%{")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_written_as_in_addresses() {
        assert_eq!(escaped("a\"b\\c\n${d}é"), r#"a\"b\\c\n$${d}é"#);
    }
}
