//! The tree of modules below a root module: calls, their inputs, and what flows back.

mod entry;

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Component, Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

use super::circles::{Calls, Circles};
use super::detour::Detour;
use super::environment::{Environment, Walk};
use super::evaluate::{Evaluator, Shared};
use super::inputs::{Argument, Inputs, Layer};
use super::limits::{Budget, MOST_CALLS, MOST_MODULES, STEPS_OF_FILE, STEPS_OF_PART};
use super::module::{Module, ModuleCall};
use super::value::{Data, Unknown};
use crate::source::{Sources, Span, slashed};

/// The arguments of a module call that are Terraform's own and no variables of the module.
pub(super) const META_ARGUMENTS: [&str; 6] = ["source", "version", "count", "for_each", "providers", "depends_on"];

/// Where modules are found.
pub trait Library: fmt::Debug {
    /// The module in a directory, which is absolute and without links; `None` when there is no Terraform.
    fn module(&self, directory: &Path) -> Option<&Module>;

    /// The directory in which `terraform init` has installed the module that the root module in `root` calls by these
    /// names: `network`, or `network.subnets` for a call in the module that it calls `network`. What was installed from
    /// elsewhere than `source` does not count: Terraform wants it to be installed anew.
    fn installed(&self, root: &Path, names: &str, source: &str) -> Option<PathBuf>;

    /// The version of a provider, by its full address, that `terraform init` has selected for the root module in `root`.
    fn locked(&self, root: &Path, provider: &str) -> Option<Locked>;

    /// Whether a module declares something of interest, so that a call that leads to it is worth following.
    fn is_of_interest(&self, module: &Module) -> bool;

    /// Takes note that something depends on the module in a directory.
    fn enter(&self, directory: &Path);
}

/// The version of a provider that a lock file selects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Locked {
    /// The version: digits, letters, and `.`, `-`, `+`.
    pub version: String,
    /// Where it is written.
    pub span: Span,
}

/// A root module and all that it calls. Modules with equal inputs are evaluated once.
#[derive(Debug)]
pub struct Tree<'m> {
    sources: &'m Sources,
    library: &'m dyn Library,
    root: PathBuf,
    boundary: &'m Path,
    workspace: &'m str,
    walk: Walk,
    shared: Rc<Shared>,
    /// The evaluators of called modules. Looked up, never listed.
    nodes: RefCell<HashMap<Called, Vec<Rc<Evaluator<'m>>>>>,
    /// How many these are.
    evaluators: Cell<usize>,
    /// Whether a place leads to something of interest, by its directory, the names that lead there, where these matter, and
    /// where its component was entered. Looked up, never listed.
    surveyed: RefCell<HashMap<(PathBuf, String, PathBuf), bool>>,
    circles: Circles,
}

/// What called modules are known by: the directory, the names of the calls (where these matter), where the component was
/// entered, and a digest of the inputs.
type Called = (PathBuf, String, PathBuf, u64);

/// Where a module stands in the tree.
#[derive(Debug, Clone)]
pub(super) struct Node {
    /// Its directory.
    pub(super) directory: PathBuf,
    /// The names of the calls that lead here, with dots; empty for the root.
    pub(super) names: String,
    /// The directories of the modules that call it, the root first.
    callers: Vec<PathBuf>,
    /// Where the component of its directory was entered.
    entry: PathBuf,
}

impl<'m> Tree<'m> {
    /// The tree below the root module in a directory, and the evaluator of the root itself, with these inputs.
    pub fn new(
        sources: &'m Sources,
        library: &'m dyn Library,
        root: &Path,
        environment: &Environment<'m>,
        layers: &'m [Layer],
    ) -> Option<(Rc<Self>, Rc<Evaluator<'m>>)> {
        Self::with(sources, library, root, (environment, Shared::with(Budget::default())), layers)
    }

    /// The tree once more, in another environment and with a budget of its own.
    pub(super) fn again(
        &self,
        environment: &Environment<'m>,
        budget: Budget,
        layers: &'m [Layer],
    ) -> Option<(Rc<Self>, Rc<Evaluator<'m>>)> {
        Self::with(self.sources, self.library, &self.root, (environment, self.shared.again(budget)), layers)
    }

    fn with(
        sources: &'m Sources,
        library: &'m dyn Library,
        root: &Path,
        (environment, shared): (&Environment<'m>, Shared),
        layers: &'m [Layer],
    ) -> Option<(Rc<Self>, Rc<Evaluator<'m>>)> {
        let module = library.module(root)?;
        library.enter(root);
        let tree = Rc::new(Self {
            sources,
            library,
            root: root.to_owned(),
            boundary: environment.boundary,
            workspace: environment.workspace,
            walk: environment.walk,
            shared: Rc::new(shared),
            nodes: RefCell::default(),
            evaluators: Cell::default(),
            surveyed: RefCell::default(),
            circles: Circles::default(),
        });
        let node =
            Node { directory: root.to_owned(), names: String::new(), callers: Vec::new(), entry: root.to_owned() };
        let evaluator = Evaluator::in_tree(&tree, module, Inputs::Root(layers), tree.environment(root), node);
        Some((tree.clone(), Rc::new(evaluator)))
    }

    /// Whether an expression has asked for one of these files, or for a directory that holds one.
    #[must_use]
    pub fn has_asked_for(&self, files: &BTreeSet<PathBuf>) -> bool {
        self.shared.has_asked_for(files)
    }

    /// What its evaluation has taken so far, in steps.
    #[must_use]
    pub fn spent(&self) -> u64 {
        self.shared.budget.spent()
    }

    pub(super) fn sources(&self) -> &'m Sources {
        self.sources
    }

    /// The version of a provider that the root module is locked to.
    pub(super) fn locked(&self, provider: &str) -> Option<Locked> {
        self.library.locked(&self.root, provider)
    }

    pub(super) fn shared(&self) -> Rc<Shared> {
        self.shared.clone()
    }

    fn environment(&self, directory: &Path) -> Environment<'m> {
        Environment {
            workspace: self.workspace,
            module_path: relative(directory, &self.root).into(),
            directory: Some(self.root.as_path().into()),
            boundary: self.boundary,
            walk: self.walk,
        }
    }

    /// Where a call leads.
    fn target(&self, caller: &Node, call: &ModuleCall<'_>) -> Result<PathBuf, Arc<Unknown>> {
        let name = call.name;
        let Some(source) = call.body.attribute("source") else {
            return Err(Unknown::new(format!("the call of the module `{name}` has no source"), call.header));
        };
        let Some(text) = constant_text(source.expression, self.sources) else {
            let reason = format!("the source of the module `{name}` is not a literal string");
            return Err(Unknown::new(reason, source.expression));
        };
        let found = if text.starts_with("./") || text.starts_with("../") {
            self.below(&caller.directory, &text).ok_or_else(|| {
                let reason = format!("the module `{name}` has the source {text}, which is no directory below the root");
                // Where nothing is at all, nothing can hide.
                match caller.directory.join(&*text).canonicalize() {
                    Ok(_) => Unknown::new(reason, source.expression),
                    Err(_) => Unknown::curable(reason, source.expression, "Correct the `source`."),
                }
            })?
        } else {
            let installed = self.library.installed(&self.root, &joined(&caller.names, name), &text);
            installed.ok_or_else(|| missing(name, &text, call.header))?
        };
        if self.library.module(&found).is_none() {
            let reason = format!("the module `{name}` has the source {text}, a directory without Terraform files");
            return Err(Unknown::new(reason, source.expression));
        }
        Ok(found)
    }

    /// Where a relative path leads from a directory, inside the boundary.
    fn below(&self, directory: &Path, source: &str) -> Option<PathBuf> {
        let target = directory.join(source).canonicalize().ok()?;
        (target.starts_with(self.boundary) && target.is_dir()).then_some(target)
    }

    /// The calls of a directory, as far as their sources tell.
    fn calls(&self, directory: &Path) -> Calls {
        let mut calls = Calls { relative: Vec::new(), are_all_relative: true };
        for call in self.library.module(directory).into_iter().flat_map(Module::calls) {
            let source = call.body.attribute("source");
            let source = source.and_then(|source| constant_text(source.expression, self.sources)).unwrap_or_default();
            let is_relative = source.starts_with("./") || source.starts_with("../");
            let below = if is_relative { self.below(directory, &source) } else { None };
            calls.are_all_relative &= below.is_some();
            calls.relative.extend(below.map(|below| (call.header, below)));
        }
        calls
    }

    /// The names of the calls that lead to a place, where they matter: only where something below is installed.
    fn names_that_matter(&self, node: &Node) -> String {
        let is_local_only = self.circles.is_local_only(&node.directory, &|directory| self.calls(directory));
        if is_local_only { String::new() } else { node.names.clone() }
    }

    /// Whether a place leads to something of interest; looked at without evaluating anything.
    fn survey(&self, node: &Node) -> bool {
        let key = (node.directory.clone(), self.names_that_matter(node), node.entry.clone());
        if let Some(known) = self.surveyed.borrow().get(&key) {
            return *known;
        }
        // Beyond the limit it is not looked at, but followed, until that comes to its own limit.
        if self.surveyed.borrow().len() >= MOST_MODULES {
            return true;
        }
        let module = self.library.module(&node.directory);
        let mut of_interest = module.is_some_and(|module| self.library.is_of_interest(module));
        for call in module.into_iter().flat_map(Module::calls) {
            of_interest |= match self.child(node, &call) {
                Ok(child) => self.survey(&child),
                // What is wrong there is worth saying; what is only not installed is said in any case.
                Err(unknown) => unknown.remedy.is_empty(),
            };
        }
        self.surveyed.borrow_mut().insert(key, of_interest);
        of_interest
    }

    /// The place that a call leads to.
    fn child(&self, caller: &Node, call: &ModuleCall<'_>) -> Result<Node, Arc<Unknown>> {
        let directory = self.target(caller, call)?;
        let mut callers = caller.callers.clone();
        callers.push(caller.directory.clone());
        let calls = |directory: &Path| self.calls(directory);
        let is_inside = self.circles.are_one(&caller.directory, &directory, &calls);
        let starts = callers.iter().position(|above| *above == directory);
        if starts.is_some() || (is_inside && !self.circles.follows(&caller.entry, call.header)) {
            // Either back to a caller, or to one that is called from elsewhere, and from there to where all this starts.
            let starts = starts.or_else(|| callers.iter().position(|above| *above == caller.entry)).unwrap_or(0);
            let back = self.circles.way_back(&caller.entry, &directory);
            let back = if callers[starts] == directory { &[] } else { back.as_slice() };
            let circle =
                callers[starts..].iter().chain([&directory]).chain(back).map(|directory| self.shown(directory));
            let circle = circle.collect::<Vec<_>>().join(" -> ");
            let reason = format!("the module `{}` calls itself ({circle})", call.name);
            return Err(Unknown::refused(reason, call.header));
        }
        if callers.len() > MOST_CALLS {
            let reason = format!("modules are called more than {MOST_CALLS} levels deep, which is podgate's limit");
            return Err(Unknown::new(reason, call.header));
        }
        let entry = if is_inside { caller.entry.clone() } else { directory.clone() };
        Ok(Node { directory, names: joined(&caller.names, call.name), callers, entry })
    }

    /// A directory as it is shown: relative to the boundary of the scan.
    fn shown(&self, directory: &Path) -> String {
        let shown = directory.strip_prefix(self.boundary).unwrap_or(directory);
        if shown.as_os_str().is_empty() { ".".to_owned() } else { slashed(shown) }
    }

    /// The evaluator of a called module with these inputs: the one there is, or a new one.
    fn node(
        self: &Rc<Self>,
        node: Node,
        module: &'m Module,
        arguments: Vec<Argument>,
    ) -> Result<(Rc<Evaluator<'m>>, Detour), Arc<Unknown>> {
        // The values are gone through for the digest, and to compare them with those of the modules that there are.
        let weight: usize = arguments.iter().map(|argument| argument.value.weight()).sum();
        let steps = STEPS_OF_FILE + weight.saturating_mul(2 * STEPS_OF_PART);
        self.shared.budget.spend(steps).map_err(|reason| Unknown::new(reason, self.sources.start_of_first()))?;
        let names = self.names_that_matter(&node);
        let mut hasher = DefaultHasher::new();
        for argument in &arguments {
            argument.name.hash(&mut hasher);
            argument.value.digest(&mut hasher);
        }
        let key = (node.directory.clone(), names, node.entry.clone(), hasher.finish());
        let same = |evaluator: &&Rc<Evaluator<'m>>| evaluator.inputs().are(&arguments);
        if let Some(known) = self.nodes.borrow().get(&key).and_then(|known| known.iter().find(same)) {
            let Inputs::Called(first) = known.inputs() else { return Ok((known.clone(), Detour::default())) };
            return Ok((known.clone(), Detour::between(first, &arguments)));
        }
        if self.evaluators.get() >= MOST_MODULES {
            let reason = format!("there are more than {MOST_MODULES} different module calls, which is podgate's limit");
            return Err(Unknown::new(self.shared.budget.meet(reason), self.sources.start_of_first()));
        }
        self.evaluators.set(self.evaluators.get() + 1);
        let environment = self.environment(&node.directory);
        let inputs = Inputs::Called(arguments.into());
        let evaluator = Rc::new(Evaluator::in_tree(self, module, inputs, environment, node));
        self.nodes.borrow_mut().entry(key).or_default().push(evaluator.clone());
        Ok((evaluator, Detour::default()))
    }
}

/// The text of an expression without names and calls, as Terraform wants the sources of modules; nothing of others.
#[must_use]
pub fn constant_text(expression: Span, sources: &Sources) -> Option<Cow<'_, str>> {
    let written = sources.text(expression);
    let plain = written.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    // Nearly all are. The others are worth an evaluator.
    if let Some(plain) = plain.filter(|plain| !plain.contains(['\\', '"', '$', '%'])) {
        return Some(Cow::Borrowed(plain));
    }
    match &Evaluator::of_constants(sources).value(expression, None).data {
        Data::String(text) => Some(Cow::Owned(text.to_string())),
        _ => None,
    }
}

/// Why a module that is not installed is not known.
fn missing(name: &str, source: &str, call: Span) -> Arc<Unknown> {
    let reason = format!("the module `{name}` ({source}) is not installed");
    Unknown::curable(reason, call, "Run `terraform init` before the scan.")
}

/// The names of the calls that lead to a module, with one more.
fn joined(names: &str, name: &str) -> String {
    if names.is_empty() { name.to_owned() } else { format!("{names}.{name}") }
}

/// A directory as Terraform writes it from the root module's: `.`, `modules/a`, `../b`.
fn relative(directory: &Path, root: &Path) -> String {
    let shared = directory.components().zip(root.components()).take_while(|(one, other)| one == other).count();
    let up = root.components().skip(shared).map(|_| Component::ParentDir);
    let path: PathBuf = up.chain(directory.components().skip(shared)).collect();
    if path.as_os_str().is_empty() { ".".to_owned() } else { slashed(&path) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_modules_are_relative_to_the_root() {
        let shown = |directory: &str| relative(Path::new(directory), Path::new("/a/b"));
        assert_eq!([shown("/a/b"), shown("/a/b/c"), shown("/a/d/e")], [".", "c", "../d/e"]);
    }
}
