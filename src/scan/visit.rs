//! Letting the rules look at a module, and at the modules that it calls.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use super::library::Library;
use crate::rule::{Rule, Sink, Source, Through, Verdicts};
use crate::source::{Notification, Place, Span, slashed};
use crate::terraform::{Evaluator, Instance, Instances, ModuleCall, Plan, Refusal, Resource, Unknown, plan};

/// What the rules found.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) verdicts: Verdicts,
    /// The resources that were looked at, by their headers.
    pub(super) resources: BTreeMap<Span, LookedAt>,
    pub(super) notifications: Notifications,
}

/// Notifications, in order and each once.
#[derive(Debug, Default)]
pub(super) struct Notifications {
    all: Vec<Notification>,
    /// Looked up, never listed.
    known: HashSet<Notification>,
}

impl Notifications {
    fn push(&mut self, notification: Notification) {
        if self.known.insert(notification.clone()) {
            self.all.push(notification);
        }
    }

    fn extend(&mut self, notifications: impl IntoIterator<Item = Notification>) {
        notifications.into_iter().for_each(|notification| self.push(notification));
    }
}

impl IntoIterator for Notifications {
    type Item = Notification;
    type IntoIter = std::vec::IntoIter<Notification>;

    fn into_iter(self) -> Self::IntoIter {
        self.all.into_iter()
    }
}

/// Whether Terraform makes a plan for a root module.
#[derive(Debug)]
pub(super) struct Planned {
    /// Its directory, as it is shown.
    pub(super) root: PathBuf,
    /// Why there is none.
    pub(super) refused: Option<Refusal>,
}

impl Planned {
    /// What to say once of a root module that has no plan.
    fn notification(&self, inputs: Option<&str>) -> Option<Notification> {
        let Refusal { reason, span, .. } = self.refused.as_ref()?;
        let root = slashed(&self.root);
        let root = if root.is_empty() { "." } else { &root };
        let with = inputs.map_or(String::new(), |inputs| format!(" with {inputs}"));
        let message = format!("`terraform plan` fails in `{root}`{with}: {reason}. What it would create is undecided.");
        Some(Notification::warning(Place::Span(*span), message))
    }
}

/// So many calls of one root module that lead nowhere are said, one by one.
const MOST_REFUSED: usize = 1_000;

/// A resource that was looked at.
#[derive(Debug, Clone)]
pub(super) struct LookedAt {
    pub(super) address: String,
    /// Whether it is known to have no instance, in all evaluations so far.
    pub(super) inactive: bool,
    /// The call that leads to it, when that stands in the repository and the resource does not.
    pub(super) shown_at: Option<Span>,
}

impl Found {
    /// Takes what was found in one evaluation of a root module, with a file of values if it was named for that.
    /// `is_fed` says that a file that the scan was asked about gives it values, or is read in it.
    pub(super) fn take(&mut self, other: &Self, inputs: Option<&str>, is_fed: bool, plan: &Planned) {
        let unknown = plan
            .refused
            .as_ref()
            .map(|Refusal { reason, span, .. }| Unknown::refused(format!("`terraform plan` fails: {reason}"), *span));
        self.notifications.extend(plan.notification(inputs));
        let (root, inputs) = (Some(slashed(&plan.root).into()), inputs.map(ToOwned::to_owned));
        self.take_through(other, &Through { root, inputs, unknown, is_fed, ..Through::default() });
    }

    /// Takes what was found in a plan of this name.
    pub(super) fn take_plans(&mut self, planned: Self, name: &Path) {
        self.verdicts.take_plan(&planned.verdicts, &name.to_string_lossy());
        self.resources.extend(planned.resources);
        self.notifications.extend(planned.notifications);
    }

    /// Takes what the rules find in a plan.
    pub(super) fn take_plan(&mut self, path: &Path, rules: &[&'static Rule], library: &Library) {
        let Some(file) = library.read_plan(path) else { return };
        let kinds: Vec<&str> = rules.iter().flat_map(|rule| rule.resource_types).copied().collect();
        let text = library.sources[file].text();
        let Plan { resources, problems } = plan(file, text, &kinds);
        let problem = |(at, message)| Notification::error(Place::Span(Span::of_char(file, text, at)), message);
        self.notifications.extend(problems.into_iter().map(problem));
        let evaluator = Evaluator::of_plan(&library.sources);
        for planned in &resources {
            let resource = Resource::planned(&evaluator, planned);
            let mut concerned = !planned.kind.ends_with("manifest");
            for rule in rules.iter().filter(|rule| rule.resource_types.contains(&&*planned.kind)) {
                let mut sink = Sink::new(rule, &resource, Source::Plan, &mut self.verdicts);
                (rule.check)(&resource, &mut sink);
                concerned |= sink.has_judged();
            }
            let looked_at = LookedAt { address: planned.address.clone(), inactive: false, shown_at: None };
            self.resources.extend(concerned.then_some((planned.span, looked_at)));
        }
    }

    fn take_through(&mut self, other: &Self, through: &Through) {
        self.verdicts.take(&other.verdicts, through);
        for (span, resource) in &other.resources {
            let known = self.resources.entry(*span).or_insert_with(|| resource.clone());
            known.inactive &= resource.inactive;
            known.shown_at = known.shown_at.or(resource.shown_at).or(through.shown_at);
        }
        self.notifications.extend(other.notifications.all.iter().cloned());
    }
}

/// The rules at work on one tree of modules.
pub(super) struct Visit<'r> {
    rules: &'r [&'static Rule],
    library: &'r Library,
    /// What was found in the modules of the tree, each of which is looked at once. Looked up, never listed.
    visited: HashMap<*const Evaluator<'r>, Rc<Found>>,
    /// How many calls led nowhere.
    refused: usize,
}

impl<'r> Visit<'r> {
    pub(super) fn new(rules: &'r [&'static Rule], library: &'r Library) -> Self {
        Self { rules, library, visited: HashMap::new(), refused: 0 }
    }

    /// What the rules find in a module and in those that it calls.
    pub(super) fn module(&mut self, evaluator: &Rc<Evaluator<'r>>) -> Rc<Found> {
        let identity = Rc::as_ptr(evaluator);
        if let Some(known) = self.visited.get(&identity) {
            return known.clone();
        }
        let mut found = Found::default();
        self.resources(evaluator, &mut found);
        for call in evaluator.module().into_iter().flat_map(crate::terraform::Module::calls) {
            self.call(evaluator, &call, &mut found);
        }
        let found = Rc::new(found);
        self.visited.insert(identity, found.clone());
        found
    }

    /// Lets the rules look at the resources of their types.
    fn resources(&self, evaluator: &Evaluator<'r>, found: &mut Found) {
        let Some(module) = evaluator.module() else { return };
        let kinds: BTreeSet<&str> = self.rules.iter().flat_map(|rule| rule.resource_types).copied().collect();
        for kind in kinds {
            let mut notifications = Vec::new();
            let blocks = module.resources(kind, &mut notifications);
            found.notifications.extend(notifications);
            for block in blocks {
                let resource = Resource::new(evaluator, block);
                let inactive = resource.instances().is_empty();
                let mut concerned = inactive || !kind.ends_with("manifest");
                let in_repository = self.library.is_in_repository(resource.header().file);
                let source = if in_repository { Source::Repository } else { Source::Installed };
                for rule in self.rules.iter().filter(|rule| !inactive && rule.resource_types.contains(&kind)) {
                    let mut sink = Sink::new(rule, &resource, source, &mut found.verdicts);
                    (rule.check)(&resource, &mut sink);
                    concerned |= sink.has_judged();
                }
                if concerned {
                    let looked_at = LookedAt { address: resource.address(), inactive, shown_at: None };
                    found.resources.insert(resource.header(), looked_at);
                }
            }
        }
    }

    /// Says that a call leads nowhere; of very many not each.
    fn refuse(&mut self, call: &ModuleCall<'_>, reason: &str, found: &mut Found) {
        self.refused += 1;
        let message = match self.refused {
            MOST_REFUSED => format!("What `module.{}` and further modules create is not known.", call.name),
            refused if refused > MOST_REFUSED => return,
            _ => format!("What `module.{}` creates is not known: {reason}.", call.name),
        };
        found.notifications.push(Notification::error(Place::Span(call.header), message));
    }

    /// Looks at the module that a call leads to, for every instance of the call. One that is not there is said where
    /// something depends on it.
    fn call(&mut self, evaluator: &Rc<Evaluator<'r>>, call: &ModuleCall<'_>, found: &mut Found) {
        match evaluator.leads_to_interest(call) {
            Ok(true) => {}
            Ok(false) => return,
            Err(unknown) => {
                if unknown.remedy.is_empty() {
                    self.refuse(call, &unknown.reason, found);
                }
                return;
            }
        }
        let shown_at = self.library.is_in_repository(call.header.file).then_some(call.header);
        evaluator.turn_to_call();
        let instances = evaluator.call_instances(call);
        let mut files = instances.files();
        files.insert(call.header.file);
        let path = format!("module.{}.", call.name);
        let known: &[Instance] = match &instances {
            Instances::Known(known) | Instances::Many(known) => known,
            Instances::Unknown(_) => &[],
        };
        if let Instances::Unknown(unknown) = &instances
            && let Ok((child, detour)) = evaluator.enter(call, Err(unknown))
        {
            let path = path.clone();
            let files = files.clone();
            let unknown = Some(unknown.clone());
            let through = Through { path, detour, unknown, shown_at, files, ..Through::default() };
            let below = self.module(&child);
            found.take_through(&below, &through);
        }
        for instance in known {
            let (child, detour) = match evaluator.enter(call, Ok(instance)) {
                Ok(entered) => entered,
                Err(unknown) => {
                    self.refuse(call, &unknown.reason, found);
                    return;
                }
            };
            let below = self.module(&child);
            let prefix = format!("module.{}{}.", call.name, instance.key);
            let (path, files) = (path.clone(), files.clone());
            found.take_through(&below, &Through { path, prefix, detour, shown_at, files, ..Through::default() });
        }
    }
}
