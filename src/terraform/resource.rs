//! A resource as rules see it.

use super::evaluate;
use super::expand::{self, Instances};
use super::module::ResourceBlock;
use super::value::{Unknown, Value};
use crate::hcl::outline::{Block, Body};
use crate::source::{Sources, Span};

/// A resource block whose settings can be asked for.
#[derive(Debug)]
pub struct Resource<'m> {
    sources: &'m Sources,
    block: ResourceBlock<'m>,
    instances: Instances,
}

/// One place that sets an attribute of a resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// From the attribute's name to the end of its value: what a report points at.
    pub span: Span,
    /// The value's expression.
    pub expression: Span,
    /// What the expression is worth.
    pub value: Value,
}

impl<'m> Resource<'m> {
    /// The resource that a block declares.
    #[must_use]
    pub fn new(sources: &'m Sources, block: ResourceBlock<'m>) -> Self {
        let instances = expand::instances(sources, &block.body);
        Self { sources, block, instances }
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

    /// The source text of a span.
    #[must_use]
    pub fn text(&self, span: Span) -> &str {
        self.sources.text(span)
    }

    /// The places that set `attribute` in the nested block `block`, which the provider allows once. What keeps one
    /// from being evaluated is a setting of an unknown value.
    #[must_use]
    pub fn settings(&self, block: &str, attribute: &str) -> Vec<Setting> {
        let mut settings = Vec::new();
        if let Some(misused) = self.block.body.attribute(block) {
            let reason = format!("Terraform wants `{block}` as a block, not as an argument");
            settings.push(unknown(misused.span(), reason, misused.name_span));
        }
        let written: Vec<&Block> = self.block.body.blocks(block).collect();
        if let [first, second, ..] = written.as_slice() {
            let reason = format!("Terraform allows only one `{block}` block, and here is another");
            let sets = self.attribute(&first.body, attribute).or_else(|| self.attribute(&second.body, attribute));
            settings.extend(sets.map(|setting| unknown(setting.span, reason, second.header)));
            return settings;
        }
        settings.extend(written.first().and_then(|block| self.attribute(&block.body, attribute)));
        settings.extend(self.generators(block).filter_map(|generator| self.generated(generator, block, attribute)));
        settings
    }

    fn attribute(&self, body: &Body, name: &str) -> Option<Setting> {
        let attribute = body.attribute(name)?;
        let value = evaluate::evaluate(self.sources, attribute.expression);
        Some(Setting { span: attribute.span(), expression: attribute.expression, value })
    }

    /// The `dynamic` blocks that generate blocks of a type.
    fn generators<'b>(&'b self, block: &'b str) -> impl Iterator<Item = &'b Block> {
        self.block.body.blocks("dynamic").filter(move |dynamic| dynamic.label(0) == Some(block))
    }

    /// The setting in what a `dynamic` block generates, if it generates anything.
    fn generated(&self, generator: &Block, block: &str, attribute: &str) -> Option<Setting> {
        let content = generator.body.blocks("content").next()?;
        let setting = self.attribute(&content.body, attribute)?;
        let Some(for_each) = generator.body.attribute("for_each") else {
            let reason = "Terraform refuses a `dynamic` block without `for_each`".to_owned();
            return Some(unknown(setting.span, reason, generator.header));
        };
        let harmless = matches!(setting.value, Value::Null | Value::Bool(false));
        let elements = evaluate::evaluate(self.sources, for_each.expression);
        match elements.element_count(for_each.expression) {
            Ok(0) => None,
            Ok(1) => Some(setting),
            Ok(_) => {
                let reason = format!("Terraform allows only one `{block}` block, and this generates more");
                Some(unknown(setting.span, reason, generator.header))
            }
            Err(_) if harmless => Some(setting),
            Err(reason) => Some(Setting { value: Value::Unknown(reason), ..setting }),
        }
    }
}

fn unknown(span: Span, reason: String, at: Span) -> Setting {
    Setting { span, expression: span, value: Value::Unknown(Unknown { reason, span: at }) }
}
