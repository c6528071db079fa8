//! From events to the value of a document, by the rules of one reader.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::sync::Arc;

use super::keys::{self, KeyKind};
use super::{Failure, Reader, TOO_DEEP, TOO_LARGE, aliases, cty, v2};
use crate::terraform::evaluate::Located;
use crate::terraform::limits::{MOST_DEPTH, MOST_NESTED, MOST_WEIGHT};
use crate::terraform::value::{Data, Type, Unknown, Value};
use crate::terraform::yaml::{Event, EventKind, Parser, Properties, Scalar};

const NOT_A_MAPPING: Failure = Failure::Refused("a merge of a value that is not a mapping");

/// A collection that is being read.
struct Open {
    held: Held,
    anchor: Option<String>,
    /// Where it starts, in bytes.
    start: usize,
    /// How much was decoded before it.
    decoded: u64,
}

/// What a collection holds so far.
enum Held {
    Sequence(Vec<Value>),
    Mapping(BTreeMap<Arc<str>, Value>, Option<Key>),
}

/// The key that waits for its value.
enum Key {
    Name(Arc<str>),
    /// `<<`
    Merge,
}

/// A node that has an anchor.
enum Anchored {
    /// It is being read, so many collections deep.
    Open(usize),
    Done(Value, u64),
}

/// Builds the value of one document from a parser's events.
pub(super) struct Builder<'l> {
    reader: Reader,
    located: &'l Located,
    open: Vec<Open>,
    anchors: HashMap<String, Anchored>,
    /// How many values were put somewhere.
    added: usize,
    aliases: aliases::Count,
    /// Of which kind a key of each name is.
    keys: HashMap<Arc<str>, KeyKind>,
    /// Whether a key was met whose name depends on the depth at which it is read.
    has_odd_key: bool,
    /// What stands for a number that JSON does not have.
    not_json: Arc<Unknown>,
    unread: Arc<Unknown>,
}

impl<'l> Builder<'l> {
    pub(super) fn new(reader: Reader, located: &'l Located) -> Self {
        let unknown = |reason| Unknown::new(reason, located.whole());
        Self {
            reader,
            located,
            open: Vec::new(),
            anchors: HashMap::new(),
            added: 0,
            aliases: aliases::Count::default(),
            keys: HashMap::new(),
            has_odd_key: false,
            not_json: unknown("it depends on a number of YAML that JSON does not have"),
            unread: unknown("it depends on a number of YAML that podgate does not read"),
        }
    }

    /// The value of the next node; `first` is its first event.
    pub(super) fn node(&mut self, parser: &mut Parser<'_>, first: Event) -> Result<Value, Failure> {
        let mut event = first;
        loop {
            if let Some(value) = self.take(event)? {
                // Aliases make a small text a value that takes for ever to look through.
                if value.weight() > MOST_WEIGHT {
                    return Err(TOO_LARGE);
                }
                if self.reader != Reader::Terraform && holds(&value, &self.not_json) {
                    return Err(Failure::Refused("a number that JSON does not have"));
                }
                return Ok(value);
            }
            event = parser.event()?;
        }
    }

    /// Takes an event, and says what the whole node is when it is over.
    fn take(&mut self, event: Event) -> Result<Option<Value>, Failure> {
        if self.open.len() > MOST_DEPTH as usize {
            return Err(TOO_DEEP);
        }
        let Event { kind, range } = event;
        match kind {
            EventKind::Scalar(scalar) if self.wants_key() => self.key(&scalar, range),
            EventKind::Scalar(scalar) => {
                let value = self.located.place(self.scalar(&scalar)?, range);
                self.add(value, scalar.properties.anchor, 1)
            }
            EventKind::SequenceStart(properties) => self.start(Held::Sequence(Vec::new()), properties, range.start),
            EventKind::MappingStart(properties) => {
                self.start(Held::Mapping(BTreeMap::new(), None), properties, range.start)
            }
            EventKind::SequenceEnd | EventKind::MappingEnd => self.end(range.end),
            EventKind::Alias(name) => self.alias(&name),
            EventKind::StreamEnd | EventKind::DocumentStart | EventKind::DocumentEnd => {
                Err(Failure::Refused("what is not YAML"))
            }
        }
    }

    fn wants_key(&self) -> bool {
        matches!(self.open.last(), Some(Open { held: Held::Mapping(_, None), .. }))
    }

    /// Whether the next value is merged.
    fn merges(&self) -> bool {
        matches!(self.open.last(), Some(Open { held: Held::Mapping(_, Some(Key::Merge)), .. }))
    }

    fn start(&mut self, held: Held, properties: Properties, start: usize) -> Result<Option<Value>, Failure> {
        if self.wants_key() {
            return Err(Failure::Refused("a key that is no string"));
        }
        let tag = if matches!(held, Held::Sequence(_)) { "tag:yaml.org,2002:seq" } else { "tag:yaml.org,2002:map" };
        if self.reader == Reader::Terraform && !properties.tag.is_empty() && properties.tag != tag {
            return Err(Failure::Refused("an unknown tag"));
        }
        if let Some(name) = &properties.anchor {
            self.anchors.insert(name.clone(), Anchored::Open(self.open.len()));
        }
        self.aliases.count(1)?;
        self.open.push(Open { held, anchor: properties.anchor, start, decoded: self.aliases.decoded() });
        Ok(None)
    }

    fn end(&mut self, end: usize) -> Result<Option<Value>, Failure> {
        let Some(Open { held, anchor, start, decoded }) = self.open.pop() else {
            return Err(Failure::Refused("what is not YAML"));
        };
        let value = match held {
            Held::Sequence(elements) => Value::tuple(elements),
            Held::Mapping(entries, _) => Value::object(entries),
        };
        let value = self.located.place(value, start..end.max(start));
        // For all libraries but Terraform's a name is taken where the node starts.
        let is_mine =
            |anchored: Option<&Anchored>| matches!(anchored, Some(Anchored::Open(depth)) if *depth == self.open.len());
        let anchor = anchor.filter(|name| self.reader == Reader::Terraform || is_mine(self.anchors.get(name)));
        let inside = self.aliases.decoded() - decoded + 1;
        if let Some(name) = anchor {
            self.anchors.insert(name, Anchored::Done(value.clone(), inside));
        }
        self.add_counted(value)
    }

    fn alias(&mut self, name: &str) -> Result<Option<Value>, Failure> {
        let is_key = self.wants_key();
        if is_key && self.reader == Reader::Terraform {
            return Err(Failure::Refused("a key that is no string"));
        }
        // A name that an open node of Terraform's has means that node, whatever has it since.
        let is_open =
            self.reader == Reader::Terraform && self.open.iter().any(|open| open.anchor.as_deref() == Some(name));
        let (value, inside) = match self.anchors.get(name) {
            Some(Anchored::Done(value, inside)) if !is_open => (value.clone(), *inside),
            Some(_) => return Err(Failure::Refused("an anchor that contains itself")),
            None => return Err(Failure::Refused("an unknown anchor")),
        };
        if usize::from(value.depth()) + self.open.len() > usize::from(MOST_NESTED) {
            return Err(TOO_DEEP);
        }
        self.aliases.expand(inside, self.reader != Reader::Terraform)?;
        // Several mappings are merged only where they are listed.
        if self.merges() && !matches!(value.data, Data::Object(_)) {
            return Err(NOT_A_MAPPING);
        }
        if is_key {
            // What the key is called depends on how it was written, which a value does not tell.
            let name = match &value.data {
                Data::String(name) => name.clone(),
                Data::Object(_) | Data::Tuple(_) => return Err(Failure::Refused("a key that is no string")),
                _ => return Err(Failure::NotDone("a key of YAML that podgate does not read")),
            };
            self.set_key(Key::Name(name));
            return Ok(None);
        }
        self.add_counted(value)
    }

    fn set_key(&mut self, name: Key) {
        if let Some(Open { held: Held::Mapping(_, key), .. }) = self.open.last_mut() {
            *key = Some(name);
        }
    }

    fn key(&mut self, scalar: &Scalar, range: Range<usize>) -> Result<Option<Value>, Failure> {
        if self.reader == Reader::Terraform {
            let key = match cty::resolve(scalar)? {
                cty::Resolved::Merge => Key::Merge,
                resolved => Key::Name(keys::of_cty(resolved)?),
            };
            self.set_key(key);
            return Ok(None);
        }
        if v2::is_merge(scalar) {
            self.set_key(Key::Merge);
            return Ok(None);
        }
        self.aliases.count(1)?;
        let typed = v2::resolve(scalar)?;
        if let Some(anchor) = &scalar.properties.anchor {
            let value = self.located.place(self.value(&typed), range);
            self.anchors.insert(anchor.clone(), Anchored::Done(value, 1));
        }
        let is_top = self.open.len() == 1;
        let name = if self.reader == Reader::Kubectl && is_top {
            keys::literal(&typed, &scalar.text)
        } else {
            let (name, kind) = keys::of_v2(&typed, self.reader)?;
            self.has_odd_key |= *name != *keys::literal(&typed, &scalar.text);
            // Which of two keys with one name the providers take is a matter of chance.
            if *self.keys.entry(name.clone()).or_insert(kind) != kind {
                return Err(Failure::NotDone("keys of YAML that differ in their type alone"));
            }
            name
        };
        self.set_key(Key::Name(name));
        Ok(None)
    }

    fn scalar(&self, scalar: &Scalar) -> Result<Value, Failure> {
        if self.reader != Reader::Terraform {
            return Ok(self.value(&v2::resolve(scalar)?));
        }
        let value: Value = match cty::resolve(scalar)? {
            cty::Resolved::Null => Data::Null.into(),
            cty::Resolved::Bool(value) => value.into(),
            cty::Resolved::Number(number) => number.into(),
            cty::Resolved::Text(text) => Value::string(&text),
            cty::Resolved::Merge => Value::string("<<"),
            cty::Resolved::Unread => self.unread.clone().into(),
        };
        // What has quotes or is a block is a string, though its text may be read as something else first.
        let is_string = scalar.properties.tag.is_empty() && !scalar.is_implicit;
        if !is_string {
            return Ok(value);
        }
        value.convert(&Type::String).map_err(|_| Failure::Refused("a value that is no string"))
    }

    /// The value of a scalar, after a way through JSON.
    fn value(&self, typed: &v2::Typed) -> Value {
        let unread = || Value::from(self.unread.clone());
        match typed {
            v2::Typed::Null => Data::Null.into(),
            v2::Typed::Bool(value) => (*value).into(),
            v2::Typed::Integer(value) => keys::integer(*value, self.reader).map_or_else(unread, Value::from),
            v2::Typed::Float(value) if !value.is_finite() => self.not_json.clone().into(),
            v2::Typed::Float(value) => keys::float(*value).map_or_else(unread, Value::from),
            v2::Typed::Text(text) | v2::Typed::Binary(text) => Value::string(text),
        }
    }

    /// Puts a value that took so much decoding where the next one belongs.
    fn add(&mut self, value: Value, anchor: Option<String>, decoded: u64) -> Result<Option<Value>, Failure> {
        self.aliases.count(decoded)?;
        if let Some(name) = anchor {
            self.anchors.insert(name, Anchored::Done(value.clone(), decoded));
        }
        self.add_counted(value)
    }

    fn add_counted(&mut self, value: Value) -> Result<Option<Value>, Failure> {
        self.added += 1;
        if self.added > MOST_WEIGHT {
            return Err(TOO_LARGE);
        }
        let is_top = self.open.len() == 1;
        match self.open.last_mut().map(|open| &mut open.held) {
            None => return Ok(Some(value)),
            Some(Held::Sequence(elements)) => elements.push(value),
            Some(Held::Mapping(entries, key)) => match key.take() {
                None => return Err(Failure::Refused("a key that is no string")),
                Some(Key::Name(name)) => _ = entries.insert(name, value),
                Some(Key::Merge) => {
                    if is_top && self.has_odd_key && self.reader == Reader::Kubectl {
                        return Err(Failure::NotDone("a merge of keys that are no strings"));
                    }
                    self.added += merged(&value, self.reader)?;
                    if self.added > MOST_WEIGHT {
                        return Err(TOO_LARGE);
                    }
                    merge_into(entries, &value);
                }
            },
        }
        Ok(None)
    }
}

/// How many entries a value has that is merged: a mapping, or several.
fn merged(value: &Value, reader: Reader) -> Result<usize, Failure> {
    match &value.data {
        Data::Object(entries) => Ok(entries.len()),
        Data::Tuple(several) if reader != Reader::Terraform => {
            several.iter().try_fold(0, |count, one| match &one.data {
                Data::Object(entries) => Ok(count + entries.len()),
                _ => Err(NOT_A_MAPPING),
            })
        }
        _ => Err(NOT_A_MAPPING),
    }
}

/// Merges a mapping into another, or several of which the first counts most. What comes last counts, merged or not.
fn merge_into(into: &mut BTreeMap<Arc<str>, Value>, value: &Value) {
    match &value.data {
        Data::Object(entries) => into.extend(entries.iter().map(|(key, value)| (key.clone(), value.clone()))),
        Data::Tuple(several) => several.iter().rev().for_each(|one| merge_into(into, one)),
        _ => {}
    }
}

/// Whether a value is not known for a reason, or holds one that is not.
fn holds(value: &Value, reason: &Arc<Unknown>) -> bool {
    match &value.data {
        Data::Unknown(unknown) => Arc::ptr_eq(unknown, reason),
        Data::Tuple(elements) => elements.iter().any(|element| holds(element, reason)),
        Data::Object(entries) => entries.values().any(|value| holds(value, reason)),
        _ => false,
    }
}
