//! Resources of a known schema as references read them: as the plan has them that creates them.
//!
//! An argument has the type that the schema gives it. What is not set is null, or the provider's default, or unknown when
//! the provider computes it (`SetUnknowns` in `helper/schema` of <https://github.com/hashicorp/terraform-plugin-sdk>).

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Evaluator, Scope, turn_object};
use crate::hcl::outline::{self, Body};
use crate::source::Span;
use crate::terraform::limits::{STEPS_OF_CONVERSION, STEPS_OF_PART};
use crate::terraform::module::{Mode, nested_type};
use crate::terraform::schema::{Attribute, Block, Item, Nested, Nesting};
use crate::terraform::value::{Data, Marks, Standing, Type, Unknown, Value};

/// An object that is being read: a resource, or a block in it.
#[derive(Clone, Copy)]
pub(super) struct Reading<'r> {
    pub(super) mode: Mode,
    /// How it is written: `kubernetes_pod.x.spec[0]`.
    pub(super) path: &'r str,
    /// Where the resource is declared.
    pub(super) header: Span,
    /// Whether it stands in a set of blocks.
    pub(super) is_in_set: bool,
}

impl Reading<'_> {
    /// What the provider alone knows of the object.
    fn computed(self, name: &str) -> Arc<Unknown> {
        let (when, standing) = match self.mode {
            Mode::Data => ("is read from the provider", Standing::Open),
            Mode::Managed => ("is known after apply", Standing::AfterApply),
        };
        Unknown::standing(format!("it depends on `{}.{name}`, which {when}", self.path), self.header, standing)
    }
}

impl Evaluator<'_> {
    /// The object that a body stands for, or as much of it as is `wanted`.
    pub(super) fn planned_object(
        &self,
        block: Block,
        body: &Body,
        wanted: Option<&str>,
        scope: Option<&Scope<'_>>,
        reading: Reading<'_>,
    ) -> Value {
        let items: Vec<_> = match wanted {
            Some(wanted) => block.items().filter(|(name, _)| *name == wanted).collect(),
            None => block.items().collect(),
        };
        // All arguments and blocks are looked through for each item.
        let compared = items.len() * (body.attributes.len() + body.blocks.len());
        if let Err(reason) = self.budget().spend(STEPS_OF_PART * (10 + 4 * items.len()) + compared) {
            return Value::unknown(reason, reading.header);
        }
        let mut attributes: BTreeMap<Arc<str>, Value> = BTreeMap::new();
        for (name, item) in items {
            let value = match item {
                Item::Attribute(attribute) => {
                    let written = body.attribute(name);
                    self.planned_attribute(name, attribute, written, scope, reading)
                }
                Item::Nested(nested) => self.planned_blocks(name, nested, body, scope, reading),
            };
            attributes.insert(name.into(), value);
        }
        Value::object(attributes)
    }

    fn planned_attribute(
        &self,
        name: &str,
        attribute: Attribute,
        written: Option<&outline::Attribute>,
        scope: Option<&Scope<'_>>,
        reading: Reading<'_>,
    ) -> Value {
        let to = attribute.to_type();
        let marks = Marks { sensitive: attribute.is_sensitive(), ..Marks::default() };
        let given = written.map(|written| {
            let value = self.at(written.expression, scope).unwrap_or_else(super::unknown_of);
            if let Err(reason) = self.budget().spend(value.weight() * STEPS_OF_CONVERSION) {
                return Value::unknown(reason, written.expression);
            }
            value.convert(&to).unwrap_or_else(|mismatch| {
                let reason = format!("Terraform refuses the value of `{name}`: it {mismatch}");
                Unknown::refused(reason, written.expression).into()
            })
        });
        let given = given.map(without_nulls).filter(|value| !is_left_to_provider(attribute, &value.data));
        let value = match (given, attribute.default) {
            _ if attribute.is_write_only() => Data::Null.into(),
            (Some(value), _) => value,
            (None, Some(default)) => {
                Value::string(default).convert(&to).unwrap_or_else(|_| reading.computed(name).into())
            }
            (None, None) if attribute.is_computed() || reading.mode == Mode::Data => reading.computed(name).into(),
            // Providers make the elements of a set anew, and what is not set comes to be empty there.
            (None, None) if reading.is_in_set && to == Type::String => Value::string(""),
            (None, None) if reading.is_in_set => reading.computed(name).into(),
            (None, None) => Data::Null.into(),
        };
        value.of_type(&to).marked(marks)
    }

    /// What nested blocks of one type are together.
    fn planned_blocks(
        &self,
        name: &str,
        nested: Nested,
        body: &Body,
        scope: Option<&Scope<'_>>,
        reading: Reading<'_>,
    ) -> Value {
        let blocks: Vec<_> = body.blocks.iter().filter(|block| nested_type(block) == name).collect();
        let is_in_set = reading.is_in_set || nested.nesting == Nesting::Set;
        let mut elements = Vec::new();
        let known = blocks.iter().try_for_each(|block| {
            let into = &mut elements;
            self.planned_turns(block, nested.block(), scope, Reading { is_in_set, ..reading }, into)
        });
        if let Err(unknown) = known {
            return self.typed(unknown.into(), nested, reading);
        }
        if elements.is_empty() && (nested.is_computed || reading.mode == Mode::Data) {
            return self.typed(reading.computed(name).into(), nested, reading);
        }
        let weight = elements.iter().map(Value::weight).sum::<usize>();
        let each = if nested.nesting == Nesting::Set { STEPS_OF_CONVERSION } else { 1 };
        if let Err(reason) = self.budget().spend(weight.saturating_mul(each)) {
            return Value::unknown(reason, reading.header);
        }
        let elements = elements.into_iter();
        match nested.nesting {
            Nesting::Single => match elements.last() {
                Some(element) => element,
                None => self.typed(Data::Null.into(), nested, reading),
            },
            Nesting::List => self.typed(Value::list(elements.collect()), nested, reading),
            Nesting::Set => self.typed(Value::set(elements.collect()), nested, reading),
            Nesting::Map => {
                let labels = blocks.iter().filter_map(|block| block.label(0)).map(Into::into);
                self.typed(Value::map(labels.zip(elements).collect()), nested, reading)
            }
        }
    }

    /// The value of nested blocks with their type, where that is not in what they hold.
    fn typed(&self, value: Value, nested: Nested, reading: Reading<'_>) -> Value {
        if !value.is_bare() {
            return value;
        }
        match self.budget().spend(nested.block().size() * STEPS_OF_PART) {
            Ok(()) => value.of_type(&nested.to_type()),
            Err(reason) => Value::unknown(reason, reading.header),
        }
    }

    /// The objects that a nested block, or a `dynamic` block that generates some, stands for.
    fn planned_turns(
        &self,
        written: &outline::Block,
        block: Block,
        scope: Option<&Scope<'_>>,
        reading: Reading<'_>,
        objects: &mut Vec<Value>,
    ) -> Result<(), Arc<Unknown>> {
        let mut add = |body: &Body, scope: Option<&Scope<'_>>, name: &str| {
            let path = format!("{}.{name}[{}]", reading.path, objects.len());
            let reading = Reading { path: &path, ..reading };
            objects.push(self.planned_object(block, body, None, scope, reading));
        };
        let name = nested_type(written);
        if &*written.kind != "dynamic" {
            add(&written.body, scope, name);
            return Ok(());
        }
        let content = written.body.blocks("content").next();
        let (Some(for_each), Some(content)) = (written.body.attribute("for_each"), content) else {
            return Err(reading.computed(name));
        };
        let iterator = self.iterator(written);
        let collection = self.at(for_each.expression, scope).unwrap_or_else(super::unknown_of);
        let turns = self.turns(&collection, for_each.expression).map_err(Arc::<Unknown>::from)??;
        for turn in turns {
            let element = turn_object(turn);
            add(&content.body, Some(&Scope::with(scope, iterator, &element)), name);
        }
        Ok(())
    }

    /// The name by which the content of a `dynamic` block knows what it stands for.
    pub(in crate::terraform) fn iterator<'b>(&'b self, dynamic: &'b outline::Block) -> &'b str {
        let iterator = dynamic.body.attribute("iterator").map(|iterator| self.sources.text(iterator.expression));
        // In JSON syntax it is a string.
        iterator.map_or(nested_type(dynamic), |iterator| iterator.trim_matches('"'))
    }
}

/// Whether a provider takes what is given for an argument that is not set.
fn is_left_to_provider(attribute: Attribute, given: &Data) -> bool {
    match given {
        Data::Null => true,
        Data::Map(entries) => entries.is_empty(),
        Data::String(text) => text.is_empty() && attribute.is_computed(),
        _ => false,
    }
}

/// A map without the entries that are null, which providers leave out.
fn without_nulls(value: Value) -> Value {
    match &value.data {
        Data::Map(entries) if entries.values().any(|entry| matches!(entry.data, Data::Null)) => {
            let set = entries.iter().filter(|(_, entry)| !matches!(entry.data, Data::Null));
            let set = set.map(|(key, entry)| (key.clone(), entry.clone())).collect();
            value.about(Data::Map(Arc::new(set)))
        }
        _ => value,
    }
}
