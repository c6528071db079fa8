//! Providers' schemas: which arguments, nested blocks and computed attributes a resource type has.
//!
//! They are the lines of `table.tsv`, which `generate.py` makes of the providers' own schema documents and explains. A
//! line is found by its name, and read each time that it is asked for: that takes less than it would to keep it.

mod traversal;
mod types;

use std::collections::BTreeMap;

use super::value::Type;

pub(super) use traversal::refused_step;

/// The lines of all schemas, sorted by their names.
const TABLE: &str = include_str!("table.tsv");

/// The resource types that a later version of the provider has removed; the table says which version.
pub(super) const REMOVED: [&str; 2] = ["kubernetes_pod_security_policy", "kubernetes_pod_security_policy_v1beta1"];

/// Arguments of these names are maps of strings in every provider that has them.
const TEXT_MAPS: [&str; 6] = ["annotations", "keepers", "labels", "match_labels", "tags", "triggers"];

/// The schema of a block: of a resource, a data source, or a block in these.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Block {
    /// How many types there are in the block's type.
    size: usize,
    items: &'static str,
}

/// What may stand in a block, or be read of it, under a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Item {
    /// An attribute, which an argument sets unless it is computed only.
    Attribute(Attribute),
    /// Nested blocks.
    Nested(Nested),
}

/// The schema of an attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Attribute {
    flags: &'static str,
    type_text: &'static str,
    /// What the provider takes when it is not set, as a string.
    pub(super) default: Option<&'static str>,
}

/// The schema of nested blocks of one type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Nested {
    /// How several of them are one value.
    pub(super) nesting: Nesting,
    /// So many there are at least.
    pub(super) least: usize,
    /// So many there are at most, if there is a limit.
    pub(super) most: Option<usize>,
    /// Whether the provider may make some when none is written.
    pub(super) is_computed: bool,
    /// The number of what stands in each of them.
    block: &'static str,
}

/// How nested blocks of one type are one value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Nesting {
    /// An object, or null.
    Single,
    /// A list of objects.
    List,
    /// A set of objects.
    Set,
    /// A map of objects, by the label of each.
    Map,
}

impl Block {
    /// The schema of a resource type.
    pub(super) fn of_resource(resource_type: &str) -> Option<Self> {
        Self::named("resource", resource_type)
    }

    /// The schema of a data source.
    pub(super) fn of_data(data_source: &str) -> Option<Self> {
        Self::named("data", data_source)
    }

    fn named(section: &str, name: &str) -> Option<Self> {
        Self::numbered(line(&format!("{section} {name}"))?.split('\t').next()?)
    }

    fn numbered(number: &str) -> Option<Self> {
        let (size, items) = line(&format!("block {number}"))?.split_once('\t')?;
        Some(Self { size: size.parse().ok()?, items })
    }

    /// How many types there are in the block's type: what it takes to look through it.
    pub(super) fn size(self) -> usize {
        self.size
    }

    /// All that may stand in the block, or be read of it, sorted by name.
    pub(super) fn items(self) -> impl Iterator<Item = (&'static str, Item)> {
        self.items.split('\t').filter_map(item)
    }

    /// What is under a name.
    pub(super) fn item(self, name: &str) -> Option<Item> {
        let behind = |text: &&str| text.strip_prefix(name).is_some_and(|rest| rest.starts_with([':', '@']));
        self.items.split('\t').find(behind).and_then(item).map(|(_, item)| item)
    }

    /// The type of the object that the block is.
    pub(super) fn to_type(self) -> Type {
        let types = self.items().map(|(name, item)| (name.into(), item.to_type()));
        Type::Object(types.collect::<BTreeMap<_, _>>())
    }
}

impl Item {
    /// The type of the value.
    pub(super) fn to_type(self) -> Type {
        match self {
            Self::Attribute(attribute) => attribute.to_type(),
            Self::Nested(nested) => nested.to_type(),
        }
    }
}

impl Attribute {
    fn is(self, flag: char) -> bool {
        self.flags.contains(flag)
    }

    /// Whether the configuration must set it.
    pub(super) fn is_required(self) -> bool {
        self.is('r')
    }

    /// Whether the configuration may set it.
    pub(super) fn is_settable(self) -> bool {
        self.is('r') || self.is('o')
    }

    /// Whether the provider computes it, unless it is set.
    pub(super) fn is_computed(self) -> bool {
        self.is('c')
    }

    /// Whether its value must not be shown.
    pub(super) fn is_sensitive(self) -> bool {
        self.is('s')
    }

    /// Whether it can be set and never be read.
    pub(super) fn is_write_only(self) -> bool {
        self.is('w')
    }

    /// The type of the value.
    pub(super) fn to_type(self) -> Type {
        types::parse(self.type_text)
    }
}

impl Nested {
    /// What stands in each of the blocks.
    pub(super) fn block(self) -> Block {
        Block::numbered(self.block).unwrap_or(Block { size: 1, items: "" })
    }

    /// The type of the value.
    pub(super) fn to_type(self) -> Type {
        let object = self.block().to_type();
        match self.nesting {
            Nesting::Single => object,
            Nesting::List => Type::List(Box::new(object)),
            Nesting::Set => Type::Set(Box::new(object)),
            Nesting::Map => Type::Map(Box::new(object)),
        }
    }
}

/// The major version of the provider that has removed a resource type, if one has.
pub(super) fn removed_in(resource_type: &str) -> Option<u64> {
    line(&format!("resource {resource_type}"))?.split('\t').nth(1)?.parse().ok()
}

/// The type that an argument has by its name, where the schema of its resource type is not known.
pub(super) fn type_by_name(argument: &str) -> Option<Type> {
    TEXT_MAPS.contains(&argument).then(|| Type::Map(Box::new(Type::String)))
}

/// What stands behind the name of a line of the table.
fn line(name: &str) -> Option<&'static str> {
    let (mut start, mut end) = (0, TABLE.len());
    while start < end {
        let middle = start + (end - start) / 2;
        let from = TABLE[start..middle].rfind('\n').map_or(start, |at| start + at + 1);
        let to = TABLE[middle..end].find('\n').map_or(end, |at| middle + at);
        let (found, rest) = TABLE[from..to].split_once('\t')?;
        match found.cmp(name) {
            std::cmp::Ordering::Equal => return Some(rest),
            std::cmp::Ordering::Less => start = to + 1,
            std::cmp::Ordering::Greater => end = from,
        }
    }
    None
}

/// One item of a line of the table.
fn item(text: &'static str) -> Option<(&'static str, Item)> {
    let (name, rest) = text.split_at(text.find([':', '@'])?);
    if let Some(rest) = rest.strip_prefix('@') {
        return Some((name, Item::Nested(nested(rest)?)));
    }
    let mut fields = rest[1..].splitn(3, ':');
    let (flags, type_text) = (fields.next()?, fields.next()?);
    Some((name, Item::Attribute(Attribute { flags, type_text, default: fields.next() })))
}

fn nested(text: &'static str) -> Option<Nested> {
    let mut fields = text.split(':');
    let nesting = match fields.next()? {
        "single" | "group" => Nesting::Single,
        "list" => Nesting::List,
        "set" => Nesting::Set,
        _ => Nesting::Map,
    };
    let (least, most): (usize, usize) = (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
    let block = fields.next()?;
    let most = if nesting == Nesting::Single { Some(1) } else { Some(most).filter(|most| *most > 0) };
    Some(Nested { nesting, least, most, is_computed: fields.next().is_some(), block })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::terraform::value::{Data, Value};

    fn size(of: &Type) -> usize {
        match of {
            Type::List(inner) | Type::Set(inner) | Type::Map(inner) => 1 + size(inner),
            Type::Object(types) => 1 + types.values().map(size).sum::<usize>(),
            _ => 1,
        }
    }

    /// All of the table is read, so that nothing of it is passed over in silence.
    #[test]
    fn the_table_is_sound() {
        assert!(TABLE.is_ascii());
        let mut before = "";
        for text in TABLE.lines() {
            let (name, rest) = text.split_once('\t').expect("a name");
            assert!(before < name, "{name}");
            before = name;
            assert_eq!(line(name), Some(rest), "{name}");
            let named = rest.split('\t').next().expect("a number");
            let block = Block::numbered(name.strip_prefix("block ").unwrap_or(named));
            let block = block.expect("a block");
            assert_eq!(
                block.items().count(),
                block.items.split('\t').filter(|item| !item.is_empty()).count(),
                "{name}"
            );
            assert_eq!(size(&block.to_type()), block.size, "{name}");
            for (name, item) in block.items() {
                assert_eq!(block.item(name), Some(item));
                if let Item::Nested(nested) = item {
                    assert!(Block::numbered(nested.block).is_some(), "{name}");
                } else if let Item::Attribute(attribute) = item {
                    assert!(attribute.is_settable() || attribute.is_computed(), "{name}");
                    assert!(!attribute.is_required() || attribute.default.is_none(), "{name}");
                    let is_any = attribute.to_type() == Type::Any;
                    assert_eq!(is_any, attribute.type_text == "any", "{name}: {}", attribute.type_text);
                    let default = attribute.default.map(|default| Value::string(default).convert(&attribute.to_type()));
                    assert!(default.is_none_or(|value| value.is_ok_and(|value| value.data != Data::Null)), "{name}");
                }
            }
        }
    }

    #[test]
    fn the_policy_is_as_the_provider_has_it() {
        for name in ["kubernetes_pod_security_policy", "kubernetes_pod_security_policy_v1beta1"] {
            let Some(Item::Nested(spec)) = Block::of_resource(name).and_then(|policy| policy.item("spec")) else {
                panic!("{name} has no block `spec`");
            };
            assert_eq!((spec.nesting, spec.least, spec.most), (Nesting::List, 1, Some(1)));
            let Some(Item::Attribute(flag)) = spec.block().item("host_ipc") else { panic!("no `host_ipc`") };
            assert!(flag.is_settable() && flag.is_computed() && !flag.is_required() && flag.to_type() == Type::Bool);
        }
    }

    #[test]
    fn what_was_removed_is_listed() {
        let named = TABLE.lines().filter_map(|text| text.strip_prefix("resource ")?.split('\t').next());
        let removed: Vec<&str> = named.filter(|name| removed_in(name).is_some()).collect();
        assert_eq!(removed, REMOVED);
    }

    #[test]
    fn unknown_resource_types_have_no_schema() {
        for name in ["aws_instance", "", "kubernetes_po", "kubernetes_pod_v11", "zzz"] {
            assert_eq!(Block::of_resource(name), None, "{name}");
        }
        assert!(Block::of_data("kubernetes_pod").is_some() && Block::of_data("kubernetes_deployment").is_none());
    }
}
