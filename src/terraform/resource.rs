//! A resource as rules see it.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::BTreeSet;
use std::sync::Arc;

use super::evaluate::{Evaluator, Scope, turn_object};
use super::expand::{self, Instances};
use super::limits;
use super::module::{Module, ResourceBlock};
use super::plan::Planned;
use super::value::{Data, Unknown, Value};
use super::{provider, schema};
use crate::hcl::outline::{Attribute, Block, Body};
use crate::source::{FileId, Span};

/// A resource block whose settings can be asked for.
#[derive(Debug)]
pub struct Resource<'e, 'm> {
    evaluator: &'e Evaluator<'m>,
    block: ResourceBlock<'m>,
    instances: Instances,
    /// What a plan says of the resource, for one that is known from a plan.
    planned: Option<&'m Planned>,
    /// Why Terraform refuses the resource, looked for when it first matters.
    misfit: OnceCell<Option<Arc<Unknown>>>,
}

/// One place that sets an attribute of a resource.
#[derive(Debug, Clone, PartialEq)]
pub struct Setting {
    /// From the attribute's name to the end of its value: what a report points at.
    pub span: Span,
    /// The value's expression.
    pub expression: Span,
    /// What the expression is worth for every instance that it is set for.
    pub values: Vec<InstanceValue>,
}

/// What a setting is worth for one instance.
#[derive(Debug, Clone, PartialEq)]
pub struct InstanceValue {
    /// The instance's address in its module. Without a key when it is not known which instances there are.
    pub address: String,
    /// The value.
    pub value: Value,
}

impl<'e, 'm> Resource<'e, 'm> {
    /// The resource that a block declares.
    #[must_use]
    pub fn new(evaluator: &'e Evaluator<'m>, block: ResourceBlock<'m>) -> Self {
        evaluator.turn_to(format!("{}.{}", block.kind, block.name));
        let instances = expand::instances(evaluator, &block.body);
        Self { evaluator, block, instances, planned: None, misfit: OnceCell::new() }
    }

    /// The resource that a plan speaks of.
    #[must_use]
    pub fn planned(evaluator: &'e Evaluator<'m>, planned: &'m Planned) -> Self {
        let body = Cow::Owned(Body::default());
        let block = ResourceBlock { kind: &planned.kind, name: &planned.name, header: planned.span, body };
        Self { evaluator, block, instances: Instances::single(), planned: Some(planned), misfit: OnceCell::new() }
    }

    /// The resource type.
    #[must_use]
    pub fn kind(&self) -> &str {
        self.block.kind
    }

    /// The name that the configuration gives it.
    #[must_use]
    pub fn name(&self) -> &str {
        self.block.name
    }

    /// The resource's address in its module, without instance keys: `kubernetes_pod_security_policy.x`.
    #[must_use]
    pub fn address(&self) -> String {
        format!("{}.{}", self.kind(), self.name())
    }

    /// The block's kind and labels.
    #[must_use]
    pub fn header(&self) -> Span {
        self.block.header
    }

    /// Which instances there are.
    #[must_use]
    pub fn instances(&self) -> &Instances {
        &self.instances
    }

    /// The files that have a say in which instances there are.
    #[must_use]
    pub fn instance_files(&self) -> BTreeSet<FileId> {
        self.instances.files()
    }

    /// The source text of a span.
    #[must_use]
    pub fn text(&self, span: Span) -> &str {
        self.evaluator.sources().text(span)
    }

    /// The address in the root module, without instance keys, as far as it is known: of a resource of the configuration
    /// that in its own module.
    #[must_use]
    pub fn place_in_tree(&self) -> String {
        self.planned.map_or_else(|| self.address(), |planned| without_keys(&planned.address))
    }

    /// What evaluates the resource.
    pub(super) fn evaluator(&self) -> &'e Evaluator<'m> {
        self.evaluator
    }

    /// What an argument of the resource itself is worth; nothing when it is not set.
    #[must_use]
    pub fn argument(&self, name: &str) -> Option<Setting> {
        if let Some(planned) = self.planned {
            return Some(planned.setting(planned.argument(name)?, name, self.evaluator));
        }
        let argument = self.block.body.attribute(name)?;
        Some(self.setting(argument, |scope| vec![self.evaluator.value(argument.expression, scope)]))
    }

    /// The places that set `attribute` in the nested block `block`, which the provider allows once. What keeps one
    /// from being evaluated is a setting of an unknown value.
    #[must_use]
    pub fn settings(&self, block: &str, attribute: &str) -> Vec<Setting> {
        if let Some(planned) = self.planned {
            let nested = planned.nested(block, attribute);
            return nested.map(|value| planned.setting(value, attribute, self.evaluator)).into_iter().collect();
        }
        let mut settings = Vec::new();
        if let Some(misused) = self.block.body.attribute(block).filter(|attribute| !self.stands_for_blocks(attribute)) {
            let reason = format!("Terraform wants `{block}` as a block, not as an argument");
            settings.push(self.unknown(misused.span(), reason, misused.name_span));
        }
        let written: Vec<&Block> = self.block.body.blocks(block).collect();
        if let [_, second, ..] = written.as_slice() {
            let reason = format!("Terraform allows only one `{block}` block, and here is another");
            let sets = written.iter().find_map(|block| block.body.attribute(attribute));
            settings.extend(sets.map(|sets| self.unknown(sets.span(), reason, second.header)));
            return settings;
        }
        let is_written = !written.is_empty();
        let written = written.first().and_then(|block| block.body.attribute(attribute));
        settings
            .extend(written.map(|sets| self.setting(sets, |scope| vec![self.evaluator.value(sets.expression, scope)])));
        let generators = self.block.body.blocks("dynamic").filter(|dynamic| dynamic.label(0) == Some(block));
        settings.extend(generators.filter_map(|generator| self.generated(generator, is_written, block, attribute)));
        settings.into_iter().map(|setting| self.checked(setting)).collect()
    }

    /// Whether a property of JSON syntax stands for blocks of its name.
    fn stands_for_blocks(&self, attribute: &Attribute) -> bool {
        let is_empty = || matches!(self.text(attribute.expression), "[]" | "{}" | "null");
        let mut blocks = self.block.body.blocks(&attribute.name);
        self.evaluator.sources()[attribute.name_span.file].is_json()
            && (is_empty() || blocks.any(|block| block.header == attribute.name_span))
    }

    /// A setting, unknown where Terraform refuses the resource: that is looked for only where the setting is more than
    /// false or not there.
    pub(super) fn checked(&self, setting: Setting) -> Setting {
        let says_nothing = |instance: &InstanceValue| {
            let is_unknown = matches!(instance.value.data, Data::Unknown(_));
            is_unknown || matches!(instance.value.to_bool(setting.expression), Ok(Some(false) | None))
        };
        if setting.values.iter().all(says_nothing) {
            return setting;
        }
        let misfit = self.misfit.get_or_init(|| self.find_misfit());
        // What is wrong with the setting itself, whoever asks for it sees.
        let Some(misfit) = misfit.as_ref().filter(|misfit| misfit.span != setting.expression) else { return setting };
        let refused = |instance: InstanceValue| InstanceValue { value: misfit.clone().into(), ..instance };
        Setting { values: setting.values.into_iter().map(refused).collect(), ..setting }
    }

    /// Why Terraform refuses the resource, if it does for any instance. Where that is not known, it may not. What was read
    /// of a broken module may not be what is meant, and is judged by what it says.
    fn find_misfit(&self) -> Option<Arc<Unknown>> {
        if !self.evaluator.module().is_some_and(Module::is_complete) {
            return None;
        }
        let schema = schema::Block::of_resource(self.kind()).filter(|_| self.planned.is_none())?;
        if !provider::is_known(self.evaluator, self.kind(), &self.block.body) {
            return None;
        }
        let lacks = provider::lacks(self.evaluator, self.kind(), &self.block.body);
        if lacks.is_some() {
            return lacks;
        }
        let misfit =
            |scope: &Scope<'_>| self.evaluator.misfit_or_gap(schema, &self.block.body, self.header(), Some(scope));
        match &self.instances {
            Instances::Known(instances) | Instances::Many(instances) => {
                instances.iter().find_map(|instance| misfit(&Scope::with(None, instance.name, &instance.value)))
            }
            Instances::Unknown(unknown) => {
                let name = Value::from(unknown.clone());
                let count = Scope::with(None, "count", &name);
                misfit(&Scope::with(Some(&count), "each", &name))
            }
        }
    }

    /// The setting in what a `dynamic` block generates. `beside` says that such a block is written out as well.
    fn generated(&self, generator: &Block, beside: bool, block: &str, attribute: &str) -> Option<Setting> {
        let contents: Vec<&Block> = generator.body.blocks("content").collect();
        let sets = contents.iter().find_map(|content| content.body.attribute(attribute))?;
        if let [_, second, ..] = contents.as_slice() {
            let reason = "Terraform allows only one `content` block, and here is another".to_owned();
            return Some(self.unknown(sets.span(), reason, second.header));
        }
        let Some(for_each) = generator.body.attribute("for_each") else {
            let reason = "Terraform refuses a `dynamic` block without `for_each`".to_owned();
            return Some(self.unknown(sets.span(), reason, generator.header));
        };
        let iterator = self.evaluator.iterator(generator);
        let setting = self.setting(sets, |scope| {
            let collection = self.evaluator.value(for_each.expression, scope);
            let turns = match self.evaluator.turns(&collection, for_each.expression) {
                Ok(Ok(turns)) => turns,
                Ok(Err(unknown)) => {
                    // It is not known whether the block is there; a value that is harmless in any case stays so.
                    let name = Value::from(unknown.clone());
                    let value = self.evaluator.value(sets.expression, Some(&Scope::with(scope, iterator, &name)));
                    let harmless = matches!(value.to_bool(sets.expression), Ok(Some(false) | None));
                    return vec![if harmless { value } else { unknown.into() }];
                }
                Err(_) => {
                    let reason = "Terraform refuses a `for_each` that is no collection";
                    return vec![Value::unknown(reason, for_each.expression)];
                }
            };
            if turns.len() + usize::from(beside) > 1 && !turns.is_empty() {
                let reason = format!("Terraform allows only one `{block}` block, and this generates more");
                return vec![Unknown::flaw(reason, generator.header).into()];
            }
            let value =
                |element: Value| self.evaluator.value(sets.expression, Some(&Scope::with(scope, iterator, &element)));
            turns.into_iter().map(turn_object).map(value).collect()
        });
        (!setting.values.is_empty()).then_some(setting)
    }

    /// A setting whose values are computed for every instance.
    fn setting(&self, sets: &Attribute, values: impl Fn(Option<&Scope<'_>>) -> Vec<Value>) -> Setting {
        let mut all = Vec::new();
        let mut add = |key: &str, values: Vec<Value>| {
            let address = format!("{}{key}", self.address());
            all.extend(values.into_iter().map(|value| InstanceValue { address: address.clone(), value }));
        };
        match &self.instances {
            Instances::Known(instances) | Instances::Many(instances) => {
                for instance in instances {
                    add(&instance.key, values(Some(&Scope::with(None, instance.name, &instance.value))));
                }
                if matches!(self.instances, Instances::Many(_)) {
                    let reason = format!("podgate looks at {} instances only", limits::MOST_INSTANCES);
                    add("", vec![Value::unknown(reason, self.header())]);
                }
            }
            Instances::Unknown(unknown) => {
                let name = Value::from(unknown.clone());
                let count = Scope::with(None, "count", &name);
                add("", values(Some(&Scope::with(Some(&count), "each", &name))));
            }
        }
        Setting { span: sets.span(), expression: sets.expression, values: all }
    }

    /// A setting of a block that Terraform refuses: it was not analysed.
    fn unknown(&self, span: Span, reason: String, at: Span) -> Setting {
        let value = InstanceValue { address: self.address(), value: Unknown::flaw(reason, at).into() };
        Setting { span, expression: span, values: vec![value] }
    }
}

impl Drop for Resource<'_, '_> {
    fn drop(&mut self) {
        self.evaluator.turn_away();
    }
}

/// An address without the keys of instances: `module.a["x"].type.name[0]` is `module.a.type.name`.
fn without_keys(address: &str) -> String {
    let (mut bare, mut rest) = (String::new(), address);
    while let Some((before, key)) = rest.split_once('[') {
        bare.push_str(before);
        let quoted = key.strip_prefix('"').map(|text| {
            let mut escaped = false;
            let end = text.find(|c| {
                let ends = c == '"' && !escaped;
                escaped = c == '\\' && !escaped;
                ends
            });
            end.map_or("", |end| &text[end + 1..])
        });
        let behind = quoted.unwrap_or(key);
        rest = behind.split_once(']').map_or("", |(_, rest)| rest);
    }
    bare.push_str(rest);
    bare
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_no_part_of_a_block() {
        assert_eq!(without_keys("a.b"), "a.b");
        assert_eq!(without_keys(r#"module.m["x].y"].module.n[0].a.b["\"]\\"]"#), "module.m.module.n.a.b");
    }
}
