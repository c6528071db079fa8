//! What depends on itself: locals, resources, outputs, and these through called modules.
//!
//! Terraform orders what it evaluates by the references, whether they are evaluated or not. In the graph of a module a
//! called module stands for its outputs; each depends on those arguments of the call that lead to it inside.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;

use super::references::KEYWORDS;
use super::walk::{Bound, Reference, Visitor, walk};
use super::{Check, Checked, refuse};
use crate::hcl::expression::{Expression, Kind};
use crate::hcl::json;
use crate::hcl::outline::{Block, Body};
use crate::source::Span;
use crate::terraform::limits::STEPS_OF_NAME;
use crate::terraform::module::{Module, nested_type};

/// Checks that nothing depends on itself.
pub(super) const CYCLES: Check = |checked| {
    let Some(graph) = checked.graph() else { return Ok(()) };
    let Some((circle, span)) = graph.circle(checked) else { return Ok(()) };
    let circle: Vec<String> = circle.iter().map(|name| format!("`{name}`")).collect();
    refuse(format!("{} depends on itself", circle.join(", which depends on ")), span)
};

/// A name in a circle is listed up to this many.
const MOST_NAMED: usize = 10;

/// The variables that each output of a module depends on.
pub(super) type Summary = BTreeMap<String, BTreeSet<String>>;

/// The summaries of modules. Looked up, never listed.
pub(super) type Summaries = HashMap<*const Module, Option<Rc<Summary>>>;

/// What depends on what in a module.
#[derive(Debug, Default)]
struct Graph {
    nodes: BTreeMap<String, Node>,
}

#[derive(Debug)]
struct Node {
    span: Span,
    needs: BTreeSet<String>,
}

/// Collects what an expression refers to.
struct Needs<'c, 'm> {
    checked: &'c Checked<'c, 'm>,
    needs: BTreeSet<String>,
}

impl Visitor for Needs<'_, '_> {
    fn deeper(&mut self, inner: &mut dyn FnMut(&mut Self)) {
        let checked = self.checked;
        checked.within(|| inner(self));
    }

    fn reference(&mut self, reference: Reference<'_>) {
        let Some((address, steps)) = reference.address() else { return };
        if reference.root != "module" {
            self.needs.insert(address);
            return;
        }
        let output = (steps..reference.steps.len()).find_map(|step| reference.attribute(step));
        match output {
            Some(output) => _ = self.needs.insert(format!("{address}.{output}")),
            None => _ = self.needs.insert(address),
        }
    }
}

impl Checked<'_, '_> {
    fn graph(&self) -> Option<Graph> {
        let mut graph = Graph::default();
        for (name, span) in self.evaluator.local_expressions() {
            graph.add(format!("local.{name}"), span, self.needs(&[span]));
        }
        for (kind, prefix) in [("resource", ""), ("data", "data."), ("ephemeral", "ephemeral.")] {
            for (labels, declaration) in self.declarations(kind) {
                let [resource_type, name] = labels else { continue };
                let own = format!("{prefix}{}.{}", resource_type.text, name.text);
                let mut needs = self.needs_of_body(&declaration.body);
                needs.remove(&own);
                graph.add(own, declaration.header, needs);
            }
        }
        for (labels, declaration) in self.declarations("output") {
            let [name] = labels else { continue };
            graph.add(format!("output.{}", name.text), declaration.header, self.needs_of_body(&declaration.body));
        }
        for (labels, declaration) in self.declarations("variable") {
            let [name] = labels else { continue };
            let own = format!("var.{}", name.text);
            let conditions = declaration.body.blocks("validation");
            let mut needs: BTreeSet<_> = conditions.flat_map(|block| self.needs_of_body(&block.body)).collect();
            needs.remove(&own);
            graph.add(own, declaration.header, needs);
        }
        self.add_calls(&mut graph)?;
        let size = graph.nodes.values().map(|node| 1 + node.needs.len()).sum::<usize>();
        self.evaluator.budget().spend(size * STEPS_OF_NAME).ok()?;
        Some(graph)
    }

    fn add_calls(&self, graph: &mut Graph) -> Option<()> {
        for call in self.module.calls() {
            let own = format!("module.{}", call.name);
            let repeats = ["count", "for_each"].into_iter().filter_map(|name| call.body.attribute(name));
            let mut needs = self.needs(&repeats.map(|repeat| repeat.expression).collect::<Vec<_>>());
            needs.extend(self.dependencies_of(&call.body));
            let summary = self.evaluator.called(&call).and_then(|called| self.summary(&called));
            for (output, variables) in summary.iter().flat_map(|summary| summary.iter()) {
                let given = variables.iter().filter_map(|variable| call.body.attribute(variable));
                let mut needs = self.needs(&given.map(|argument| argument.expression).collect::<Vec<_>>());
                needs.insert(own.clone());
                graph.add(format!("{own}.{output}"), call.header, needs);
            }
            graph.add(own, call.header, needs);
            let size = summary.map_or(0, |summary| summary.values().map(|variables| 1 + variables.len()).sum());
            self.evaluator.budget().spend(size * STEPS_OF_NAME).ok()?;
        }
        Some(())
    }

    /// The variables that each output of a called module depends on; nothing when there is nothing left to spend.
    fn summary(&self, called: &crate::terraform::evaluate::Evaluator<'_>) -> Option<Rc<Summary>> {
        let module = called.module()?;
        let key = std::ptr::from_ref(module);
        if let Some(known) = self.summaries.borrow().get(&key) {
            return known.clone();
        }
        // Of what calls itself there is none, which is said elsewhere.
        self.summaries.borrow_mut().insert(key, None);
        let below = Checked { evaluator: called, module, is_root: false, summaries: self.summaries };
        let graph = below.graph()?;
        let mut summary = Summary::new();
        for output in module.outputs() {
            let reached = graph.reached(&format!("output.{output}"), &below)?;
            let variables = reached.into_iter().filter_map(|name| name.strip_prefix("var.").map(ToOwned::to_owned));
            summary.insert(output.to_owned(), variables.collect());
        }
        let summary = Some(Rc::new(summary));
        self.summaries.borrow_mut().insert(key, summary.clone());
        summary
    }

    fn needs(&self, expressions: &[Span]) -> BTreeSet<String> {
        let mut needs = Needs { checked: self, needs: BTreeSet::new() };
        for expression in expressions.iter().filter_map(|span| self.parsed(*span)) {
            walk(&expression, &Bound::default(), &mut needs);
        }
        needs.needs
    }

    fn needs_of_body(&self, body: &Body) -> BTreeSet<String> {
        let mut needs = Needs { checked: self, needs: BTreeSet::new() };
        self.add_body(body, &Bound::default(), &mut needs);
        needs.needs.extend(self.dependencies_of(body));
        needs.needs
    }

    fn add_body(&self, body: &Body, bound: &Bound<'_>, needs: &mut Needs<'_, '_>) {
        let is_block = |span: Span| body.blocks.iter().any(|block| block.header == span);
        for attribute in &body.attributes {
            if !KEYWORDS.contains(&&*attribute.name) && !is_block(attribute.name_span) {
                self.add(attribute.expression, bound, needs);
            }
        }
        // What a provisioner refers to when it destroys is no matter of order.
        let blocks = body.blocks.iter().filter(|block| !matches!(&*block.kind, "provisioner" | "connection"));
        for block in blocks {
            self.add_block(block, bound, needs);
        }
    }

    fn add_block(&self, block: &Block, bound: &Bound<'_>, needs: &mut Needs<'_, '_>) {
        if &*block.kind != "dynamic" {
            return self.add_body(&block.body, bound, needs);
        }
        if let Some(for_each) = block.body.attribute("for_each") {
            self.add(for_each.expression, bound, needs);
        }
        let iterator = block.body.attribute("iterator").map(|iterator| self.text(iterator.expression));
        let bound = bound.with(iterator.unwrap_or(nested_type(block)).trim_matches('"'));
        block.body.blocks("content").for_each(|content| self.add_body(&content.body, &bound, needs));
    }

    fn add(&self, expression: Span, bound: &Bound<'_>, needs: &mut Needs<'_, '_>) {
        if let Some(expression) = self.parsed(expression) {
            walk(&expression, bound, needs);
        }
    }

    /// What `depends_on` names.
    fn dependencies_of(&self, body: &Body) -> BTreeSet<String> {
        let mut needs = Needs { checked: self, needs: BTreeSet::new() };
        let Some(depends_on) = body.attribute("depends_on").map(|argument| argument.expression) else {
            return needs.needs;
        };
        let parsed: Option<Rc<Expression>> = if self.is_json(depends_on) {
            json::keyword(self.text(depends_on), depends_on).ok().map(Rc::new)
        } else {
            self.parsed(depends_on)
        };
        if let Some(Kind::Tuple(elements)) = parsed.as_ref().map(|parsed| &parsed.kind) {
            for element in elements {
                walk(element, &Bound::default(), &mut needs);
            }
        }
        needs.needs
    }
}

impl Graph {
    fn add(&mut self, name: String, span: Span, needs: BTreeSet<String>) {
        self.nodes.entry(name).or_insert(Node { span, needs });
    }

    /// All that a node depends on; nothing when there is nothing left to spend.
    fn reached(&self, start: &str, checked: &Checked<'_, '_>) -> Option<BTreeSet<&str>> {
        let mut reached = BTreeSet::new();
        let mut pending = vec![self.nodes.get_key_value(start)?];
        while let Some((name, node)) = pending.pop() {
            if reached.insert(name.as_str()) {
                checked.evaluator.budget().spend((1 + node.needs.len()) * STEPS_OF_NAME).ok()?;
                pending.extend(node.needs.iter().filter_map(|name| self.nodes.get_key_value(name)));
            }
        }
        Some(reached)
    }

    /// Names that depend on each other in a circle, the first of them again last, and where the first stands.
    fn circle(&self, checked: &Checked<'_, '_>) -> Option<(Vec<&str>, Span)> {
        let mut done: BTreeSet<&str> = BTreeSet::new();
        for start in self.nodes.keys() {
            // The names on the way, each with those that are still to be looked at: on the heap, since the way may be long.
            let mut way: Vec<(&str, Vec<&str>)> = Vec::new();
            let mut on_way: BTreeSet<&str> = BTreeSet::new();
            let mut next = Some(start.as_str());
            loop {
                if let Some(name) = next.take().filter(|name| !done.contains(name)) {
                    if on_way.contains(name) {
                        let circle = way.iter().map(|(name, _)| *name).skip_while(|other| *other != name);
                        return Some((circle.take(MOST_NAMED).collect(), self.nodes[name].span));
                    }
                    checked.evaluator.budget().spend(STEPS_OF_NAME).ok()?;
                    let needs = self.nodes[name].needs.iter().filter_map(|name| self.nodes.get_key_value(name));
                    way.push((name, needs.map(|(name, _)| name.as_str()).collect()));
                    on_way.insert(name);
                }
                let Some((name, rest)) = way.last_mut() else { break };
                let name = *name;
                next = rest.pop();
                if next.is_none() {
                    way.pop();
                    on_way.remove(name);
                    done.insert(name);
                }
            }
        }
        None
    }
}
