//! `moved`, `removed` and `import` blocks, which name what must not be there any more, or must be.

use std::collections::HashMap;

use super::walk::Reference;
use super::{Check, Checked, refuse};
use crate::hcl::expression::{Expression, Kind, StepKind};
use crate::hcl::json;
use crate::hcl::outline::Block;
use crate::source::Span;
use crate::terraform::evaluate::Refusal;

/// Checks these blocks.
pub(super) const MOVES: Check = |checked| {
    for (_, block) in checked.blocks() {
        match &*block.kind {
            "removed" => checked.removed(block)?,
            "import" if !checked.is_root => return refuse("only a root module may import", block.header),
            "import" => checked.imported(block)?,
            _ => {}
        }
    }
    // Whether a called module has instances decides elsewhere.
    if checked.is_root { checked.moved() } else { Ok(()) }
};

/// What a block names.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Address {
    /// The resource or module call, in the module itself.
    of: String,
    /// The key of an instance.
    key: Option<String>,
    /// Whether something in a called module is named.
    is_deeper: bool,
}

impl Address {
    fn is_module(&self) -> bool {
        self.of.starts_with("module.")
    }
}

impl Checked<'_, '_> {
    fn address(&self, block: &Block, argument: &str) -> Option<(Address, Span)> {
        let span = block.body.attribute(argument)?.expression;
        if !self.is_json(span) {
            return Some((address(&*self.parsed(span)?)?, span));
        }
        Some((address(&json::keyword(self.text(span), span).ok()?)?, span))
    }

    fn removed(&self, block: &Block) -> Result<(), Refusal> {
        for lifecycle in block.body.blocks("lifecycle") {
            if let Some(destroy) = lifecycle.body.attribute("destroy") {
                self.evaluator.constants().at(destroy.expression, None)?;
            }
        }
        let Some((from, span)) = self.address(block, "from") else { return Ok(()) };
        if from.of.starts_with("data.") {
            return refuse("a `removed` block takes no data source", span);
        }
        if from.key.is_some() && !from.is_deeper {
            return refuse("a `removed` block takes no instance", span);
        }
        if !from.is_deeper && self.module.declares(&from.of) {
            return refuse(format!("`{}` is still declared, and a `removed` block names it", from.of), span);
        }
        Ok(())
    }

    fn imported(&self, block: &Block) -> Result<(), Refusal> {
        if block.body.attribute("id").is_none() && !self.is_json(block.header) {
            return refuse("an `import` block needs the argument `id`", block.header);
        }
        let Some((to, span)) = self.address(block, "to") else { return Ok(()) };
        if !to.is_deeper && !self.module.declares(&to.of) {
            return refuse(format!("there is no resource `{}` to import to", to.of), span);
        }
        Ok(())
    }

    fn moved(&self) -> Result<(), Refusal> {
        let mut moves: Vec<(Address, Address, Span)> = Vec::new();
        for (_, block) in self.blocks().filter(|(_, block)| &*block.kind == "moved") {
            let Some(((from, span), (to, _))) = self.address(block, "from").zip(self.address(block, "to")) else {
                continue;
            };
            if from.is_deeper || to.is_deeper {
                continue;
            }
            if from == to {
                return refuse("a `moved` block moves something to where it is", span);
            }
            if from.is_module() != to.is_module() {
                return refuse("a `moved` block moves a resource to a module, or a module to a resource", span);
            }
            let is_whole = from.key.is_none() && to.key.is_none();
            if !from.of.starts_with("data.") && self.is_live(&from, is_whole) {
                return refuse(format!("`{}` is still there, and a `moved` block moves it away", from.of), span);
            }
            moves.push((from, to, span));
        }
        unambiguous(&moves)
    }

    /// Whether what is named is certainly there.
    fn is_live(&self, address: &Address, is_whole: bool) -> bool {
        let Some(declaration) = self.module.declaration(&address.of) else { return false };
        let repeat = |name| declaration.body.attribute(name).is_some();
        match (&address.key, repeat("count") || repeat("for_each")) {
            (None, false) => true,
            // Without instances there is nothing to move.
            (None, true) => is_whole && self.has_instances(&declaration.body, None),
            (Some(_), false) => false,
            (Some(key), true) => self.has_instances(&declaration.body, Some(key)),
        }
    }

    /// Whether a block certainly has an instance, or that of a key.
    fn has_instances(&self, body: &crate::hcl::outline::Body, key: Option<&str>) -> bool {
        match crate::terraform::expand::instances(self.evaluator, body) {
            crate::terraform::expand::Instances::Known(known) => {
                known.iter().any(|instance| key.is_none_or(|key| instance.key == key))
            }
            _ => false,
        }
    }
}

/// Checks that nothing is moved to two places, no two to one, and none in a circle.
fn unambiguous(moves: &[(Address, Address, Span)]) -> Result<(), Refusal> {
    let (mut by_from, mut by_to) = (HashMap::new(), HashMap::new());
    for (from, to, span) in moves {
        if by_from.insert(from, to).is_some_and(|other| other != to)
            || by_to.insert(to, from).is_some_and(|other| other != from)
        {
            return refuse("two `moved` blocks contradict each other", *span);
        }
    }
    for (from, _, span) in moves {
        let mut at = from;
        for _ in moves {
            let Some(next) = by_from.get(at) else { break };
            if *next == from {
                return refuse("`moved` blocks form a circle", *span);
            }
            at = next;
        }
    }
    Ok(())
}

/// What an expression names.
fn address(expression: &Expression) -> Option<Address> {
    let Kind::Traversal(traversal) = &expression.kind else { return None };
    let Kind::Variable(root) = &traversal.base.kind else { return None };
    let reference = Reference { root, steps: &traversal.steps, span: expression.span };
    let (of, steps) = reference.address()?;
    let mut rest = traversal.steps[steps..].iter().peekable();
    let key = match rest.peek().map(|step| &step.kind) {
        Some(StepKind::Index(index)) => {
            rest.next();
            Some(match &index.kind {
                Kind::Number(number) => format!("[{number}]"),
                Kind::String(text) => format!("[\"{text}\"]"),
                _ => return None,
            })
        }
        _ => None,
    };
    Some(Address { of, key, is_deeper: rest.next().is_some() })
}
