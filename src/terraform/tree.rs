//! The tree of modules below a root module: calls, their inputs, and what flows back.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Component, Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

use super::environment::Environment;
use super::evaluate::{Evaluator, Scope, Shared};
use super::expand::{self, Instance, Instances};
use super::inputs::{Argument, Inputs, Layer};
use super::limits::{self, MOST_CALLS, MOST_MODULES};
use super::module::{Module, ModuleCall};
use super::value::{Data, Unknown, Value};
use crate::source::{Sources, Span};

/// The arguments of a module call that are Terraform's own and no variables of the module.
const META_ARGUMENTS: [&str; 6] = ["source", "version", "count", "for_each", "providers", "depends_on"];

/// Where modules are found.
pub trait Library: fmt::Debug {
    /// The module in a directory, which is absolute and without links; `None` when there is no Terraform.
    fn module(&self, directory: &Path) -> Option<&Module>;

    /// The directory in which `terraform init` has installed the module that the root module in `root` calls by these
    /// names: `network`, or `network.subnets` for a call in the module that it calls `network`. What was installed from
    /// elsewhere than `source` does not count: Terraform wants it to be installed anew.
    fn installed(&self, root: &Path, names: &str, source: &str) -> Option<PathBuf>;

    /// Whether a module declares something of interest, so that a call that leads to it is worth following.
    fn is_of_interest(&self, module: &Module) -> bool;

    /// Takes note that something depends on the module in a directory.
    fn enter(&self, directory: &Path);
}

/// A root module and all that it calls. Modules with equal inputs are evaluated once.
#[derive(Debug)]
pub struct Tree<'m> {
    sources: &'m Sources,
    library: &'m dyn Library,
    root: PathBuf,
    boundary: &'m Path,
    workspace: &'m str,
    shared: Rc<Shared>,
    /// The evaluators of called modules. Looked up, never listed.
    nodes: RefCell<HashMap<Called, Vec<Rc<Evaluator<'m>>>>>,
    /// How many these are.
    evaluators: Cell<usize>,
    /// Whether calls in a directory lead to something of interest, and whether all calls below it are by relative path.
    surveyed: RefCell<HashMap<(PathBuf, String), Survey>>,
    /// Whether all calls below directories are by relative path. Looked up, never listed.
    local_only: RefCell<HashMap<PathBuf, bool>>,
}

/// What called modules are known by: the directory, the names of the calls (where these matter), and a digest of the
/// inputs.
type Called = (PathBuf, String, u64);

/// What can be said of a directory's calls without evaluating anything.
#[derive(Debug, Clone, Copy)]
struct Survey {
    of_interest: bool,
    /// No call below looks for an installed module, so that the names of the calls do not matter.
    self_contained: bool,
}

/// Where a module stands in the tree.
#[derive(Debug, Clone)]
pub(super) struct Node {
    /// Its directory.
    pub(super) directory: PathBuf,
    /// The names of the calls that lead here, with dots; empty for the root.
    pub(super) names: String,
    /// The directories of the modules that call it, the root first.
    callers: Vec<PathBuf>,
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
        let module = library.module(root)?;
        library.enter(root);
        let tree = Rc::new(Self {
            sources,
            library,
            root: root.to_owned(),
            boundary: environment.boundary,
            workspace: environment.workspace,
            shared: Rc::default(),
            nodes: RefCell::default(),
            evaluators: Cell::default(),
            surveyed: RefCell::default(),
            local_only: RefCell::default(),
        });
        let node = Node { directory: root.to_owned(), names: String::new(), callers: Vec::new() };
        let evaluator = Evaluator::in_tree(&tree, module, Inputs::Root(layers), tree.environment(root), node);
        Some((tree.clone(), Rc::new(evaluator)))
    }

    /// Whether an expression has asked for one of these files, or for a directory that holds one.
    #[must_use]
    pub fn has_asked_for(&self, files: &BTreeSet<PathBuf>) -> bool {
        self.shared.has_asked_for(files)
    }

    pub(super) fn sources(&self) -> &'m Sources {
        self.sources
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
        }
    }

    /// Where a call leads.
    fn target(&self, caller: &Node, call: &ModuleCall<'_>) -> Result<PathBuf, Arc<Unknown>> {
        let name = call.name;
        let Some(source) = call.body.attribute("source") else {
            return Err(Unknown::new(format!("the call of the module `{name}` has no source"), call.header));
        };
        let Some(text) = constant_text(source.expression, self.sources) else {
            let reason = format!("the source of the module `{name}` is not a literal text");
            return Err(Unknown::new(reason, source.expression));
        };
        let found = if text.starts_with("./") || text.starts_with("../") {
            let directory = caller.directory.join(&*text).canonicalize();
            let directory = directory.ok().filter(|directory| directory.starts_with(self.boundary));
            directory.ok_or_else(|| {
                let reason =
                    format!("the module `{name}` is called from {text}, where there is no directory in the root");
                Unknown::new(reason, source.expression)
            })?
        } else {
            let installed = self.library.installed(&self.root, &joined(&caller.names, name), &text);
            installed.ok_or_else(|| missing(name, &text, call.header))?
        };
        if self.library.module(&found).is_none() {
            let reason = format!("the module `{name}` is called from {text}, where there is no Terraform");
            return Err(Unknown::new(reason, source.expression));
        }
        Ok(found)
    }

    /// What can be said of a directory's calls without evaluating anything.
    fn survey(&self, node: &Node) -> Survey {
        // The names of the calls matter only where something below is installed.
        let names = if self.is_local_only(&node.directory) { String::new() } else { node.names.clone() };
        let key = (node.directory.clone(), names);
        if let Some(known) = self.surveyed.borrow().get(&key) {
            return *known;
        }
        let module = self.library.module(&node.directory);
        let mut survey = Survey {
            of_interest: module.is_some_and(|module| self.library.is_of_interest(module)),
            self_contained: true,
        };
        for call in module.into_iter().flat_map(Module::calls) {
            let is_relative = call.body.attribute("source").is_some_and(|source| {
                self.sources.text(source.expression).starts_with("\"./")
                    || self.sources.text(source.expression).starts_with("\"../")
            });
            survey.self_contained &= is_relative;
            match self.child(node, &call) {
                Ok(child) => {
                    let below = self.survey(&child);
                    survey.of_interest |= below.of_interest;
                    survey.self_contained &= below.self_contained;
                }
                // What is wrong there is worth saying; what is only not installed is said in any case.
                Err(unknown) => survey.of_interest |= unknown.remedy.is_empty(),
            }
        }
        self.surveyed.borrow_mut().insert(key, survey);
        survey
    }

    /// Whether all calls in a directory, and below, are by relative path.
    fn is_local_only(&self, directory: &Path) -> bool {
        if let Some(known) = self.local_only.borrow().get(directory) {
            return *known;
        }
        // A call that leads back here changes nothing about it.
        self.local_only.borrow_mut().insert(directory.to_owned(), true);
        let is_local_only = self.library.module(directory).into_iter().flat_map(Module::calls).all(|call| {
            let source = call.body.attribute("source");
            let source = source.and_then(|source| constant_text(source.expression, self.sources)).unwrap_or_default();
            let is_relative = source.starts_with("./") || source.starts_with("../");
            is_relative && directory.join(&*source).canonicalize().is_ok_and(|below| self.is_local_only(&below))
        });
        self.local_only.borrow_mut().insert(directory.to_owned(), is_local_only);
        is_local_only
    }

    /// The place that a call leads to.
    fn child(&self, caller: &Node, call: &ModuleCall<'_>) -> Result<Node, Arc<Unknown>> {
        let directory = self.target(caller, call)?;
        let mut callers = caller.callers.clone();
        callers.push(caller.directory.clone());
        if let Some(start) = callers.iter().position(|above| *above == directory) {
            let circle = callers[start..].iter().chain([&directory]).map(|directory| self.shown(directory));
            let circle = circle.collect::<Vec<_>>().join(" -> ");
            return Err(Unknown::new(format!("the module `{}` calls itself ({circle})", call.name), call.header));
        }
        if callers.len() > MOST_CALLS {
            let reason = format!("modules are called more than {MOST_CALLS} levels deep, which is podgate's limit");
            return Err(Unknown::new(reason, call.header));
        }
        Ok(Node { directory, names: joined(&caller.names, call.name), callers })
    }

    /// A directory as it is shown: relative to the boundary of the scan.
    fn shown(&self, directory: &Path) -> String {
        let shown = directory.strip_prefix(self.boundary).unwrap_or(directory);
        if shown.as_os_str().is_empty() { ".".to_owned() } else { shown.display().to_string() }
    }

    /// The evaluator of a called module with these inputs: the one there is, or a new one.
    fn node(
        self: &Rc<Self>,
        node: Node,
        module: &'m Module,
        arguments: Vec<Argument>,
    ) -> Result<Rc<Evaluator<'m>>, Arc<Unknown>> {
        let names = if self.survey(&node).self_contained { String::new() } else { node.names.clone() };
        let mut hasher = DefaultHasher::new();
        for argument in &arguments {
            argument.name.hash(&mut hasher);
            argument.value.digest(&mut hasher);
        }
        let key = (node.directory.clone(), names, hasher.finish());
        let same = |evaluator: &&Rc<Evaluator<'m>>| evaluator.inputs().are(&arguments);
        if let Some(known) = self.nodes.borrow().get(&key).and_then(|known| known.iter().find(same)) {
            return Ok(known.clone());
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
        Ok(evaluator)
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

impl Evaluator<'_> {
    /// Which instances of a call there are.
    #[must_use]
    pub fn call_instances(&self, call: &ModuleCall<'_>) -> Instances {
        expand::instances(self, &call.body)
    }

    /// Where a call leads, and whether that is of interest.
    ///
    /// # Errors
    ///
    /// When the module is not there, or calls itself.
    pub fn leads_to_interest(&self, call: &ModuleCall<'_>) -> Result<bool, Arc<Unknown>> {
        let (tree, node) = self.place()?;
        Ok(tree.survey(&tree.child(node, call)?).of_interest)
    }

    /// The evaluator of the module that an instance of a call makes; without an instance, of what all of them have in
    /// common when it is not known which there are.
    ///
    /// # Errors
    ///
    /// When the module is not there, or calls itself.
    pub fn enter(
        &self,
        call: &ModuleCall<'_>,
        instance: Result<&Instance, &Arc<Unknown>>,
    ) -> Result<Rc<Self>, Arc<Unknown>> {
        let (tree, node) = self.place()?;
        let child = tree.child(node, call)?;
        let module = tree.library.module(&child.directory).expect("a child is a module");
        tree.library.enter(&child.directory);
        let arguments = match instance {
            Ok(instance) => self.arguments(call, module, Some(&Scope::with(None, instance.name, &instance.value))),
            Err(unknown) => {
                let name = Value::from(unknown.clone());
                let count = Scope::with(None, "count", &name);
                self.arguments(call, module, Some(&Scope::with(Some(&count), "each", &name)))
            }
        };
        tree.node(child, module, arguments)
    }

    /// The values that a call gives to the variables of a module.
    fn arguments(&self, call: &ModuleCall<'_>, module: &Module, scope: Option<&Scope<'_>>) -> Vec<Argument> {
        let is_variable = |name: &str| !META_ARGUMENTS.contains(&name) && module.declares_variable(name);
        let given = call.body.attributes.iter().filter(|attribute| is_variable(&attribute.name));
        let mut arguments: Vec<Argument> = given
            .map(|attribute| Argument {
                name: attribute.name.clone(),
                value: self.value(attribute.expression, scope),
                span: attribute.span(),
            })
            .collect();
        arguments.sort_by(|one, other| one.name.cmp(&other.name));
        arguments
    }

    /// The outputs of a called module, as far as one is asked for.
    pub(super) fn outputs(&self, call: &ModuleCall<'_>, wanted: Option<&str>) -> Value {
        let outputs = |instance: Result<&Instance, &Arc<Unknown>>| match self.enter(call, instance) {
            Ok(child) => child.output_object(wanted),
            Err(unknown) => unknown.into(),
        };
        let instances = match self.call_instances(call) {
            Instances::Known(instances) => instances,
            Instances::Many(_) => {
                let reason = format!("podgate looks at {} instances only", limits::MOST_INSTANCES);
                return Value::unknown(reason, call.header);
            }
            Instances::Unknown(unknown) => return unknown.into(),
        };
        if call.body.attribute("count").is_some() {
            Value::tuple(instances.iter().map(|instance| outputs(Ok(instance))).collect())
        } else if call.body.attribute("for_each").is_some() {
            let keyed = instances.iter().filter_map(|instance| Some((instance.each_key()?, outputs(Ok(instance)))));
            Value::object(keyed.collect())
        } else {
            instances.first().map_or_else(|| Data::Null.into(), |instance| outputs(Ok(instance)))
        }
    }

    /// The outputs of this module as an object.
    fn output_object(&self, wanted: Option<&str>) -> Value {
        let names = self.output_names().filter(|name| wanted.is_none_or(|wanted| wanted == *name));
        let outputs: BTreeMap<Arc<str>, Value> = names.map(|name| (name.into(), self.output(name))).collect();
        Value::object(outputs)
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
    if path.as_os_str().is_empty() { ".".to_owned() } else { path.to_string_lossy().into_owned() }
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
