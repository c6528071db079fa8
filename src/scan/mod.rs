//! Floor 6: the one place that knows the order of the stages: discover, read, outline, evaluate, check, report.

mod calls;
mod load;
mod values;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use load::Loader;

use crate::discover::{self, Discovery, Request, Root};
use crate::error::Error;
use crate::report::{Inactive, Report};
use crate::rule::{Rule, Sink, Site, Verdicts};
use crate::source::{FileId, Sources, Span};
use crate::terraform::{Environment, Evaluator, Inputs, Module, Resource};

/// The stack of a scan, in bytes: several times what evaluation needs at its deepest. It is memory only as far as it is
/// used.
const STACK: usize = 128 << 20;

/// A finished scan: the report, and the sources that its spans point into.
#[derive(Debug)]
pub struct Scan {
    /// What there is to say.
    pub report: Report,
    /// The files that were outlined.
    pub sources: Sources,
    /// What paths are relative to.
    pub root: Root,
}

/// Scans what a request names for violations of the rules.
///
/// # Errors
///
/// When the request itself cannot be met; see [`discover::discover`]. What goes wrong with a single file is in the
/// report.
///
/// # Panics
///
/// When the operating system gives no thread.
pub fn scan(request: &Request, rules: &[&'static Rule]) -> Result<Scan, Error> {
    // Expressions are evaluated by recursion, as deep as evaluation's own limit allows. The stack for that must not
    // depend on who calls.
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, || run(request, rules));
        let finished = thread.expect("there is a thread").join();
        finished.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

fn run(request: &Request, rules: &[&'static Rule]) -> Result<Scan, Error> {
    let words: Vec<&str> = rules.iter().flat_map(|rule| rule.resource_types).copied().collect();
    let Discovery { root, directories, callers, files, notifications } = discover::discover(request, &words)?;
    let mut loader = Loader::new(root, notifications);
    let mut values = values::Values::new(&request.inputs, &mut loader)?;
    let called = if directories.is_empty() { BTreeMap::new() } else { calls::called(&callers, &mut loader) };
    let mut check = Check { rules, verdicts: Verdicts::default(), resources: BTreeMap::new() };
    for (directory, selected) in &directories {
        let module = loader.load(directory, selected);
        let runs = match called.get(directory) {
            Some(_) => Vec::new(),
            None => values.runs(directory, &module, &mut loader)?,
        };
        let boundary = loader.root.path().to_owned();
        let environment = Environment {
            workspace: request.inputs.workspace.as_deref().unwrap_or("default"),
            directory: Some(directory),
            boundary: &boundary,
            ..Environment::default()
        };
        if let Some(call) = called.get(directory) {
            check.module(&module, &mut loader, Inputs::Called(*call), environment, None);
        }
        for run in &runs {
            check.module(&module, &mut loader, Inputs::Root(&run.layers), environment, run.name.as_deref());
        }
    }
    values.finish(&mut loader);
    let mut report = Report { rules: rules.to_vec(), ..Report::default() };
    report.counts.files = files;
    check.finish(&loader, &mut report);
    let Loader { root, sources, notifications, .. } = loader;
    report.notifications = notifications;
    report.sort(&sources);
    Ok(Scan { report, sources, root })
}

/// The rules at work.
struct Check<'r> {
    rules: &'r [&'static Rule],
    verdicts: Verdicts,
    /// The resources that were looked at, by their headers: their addresses, and whether none has an instance.
    resources: BTreeMap<Span, (String, bool)>,
}

impl Check<'_> {
    /// Lets the rules look at the resources of their types.
    fn module(
        &mut self,
        module: &Module,
        loader: &mut Loader,
        inputs: Inputs<'_>,
        environment: Environment<'_>,
        name: Option<&str>,
    ) {
        let evaluator = Evaluator::new(&loader.sources, module, inputs, environment);
        let kinds: BTreeSet<&str> = self.rules.iter().flat_map(|rule| rule.resource_types).copied().collect();
        for kind in kinds {
            for block in module.resources(kind, &mut loader.notifications) {
                let resource = Resource::new(&evaluator, block);
                let inactive = resource.instances().is_empty();
                let looked_at =
                    self.resources.entry(resource.header()).or_insert_with(|| (resource.address(), inactive));
                looked_at.1 &= inactive;
                if inactive {
                    continue;
                }
                for rule in self.rules.iter().filter(|rule| rule.resource_types.contains(&kind)) {
                    (rule.check)(&resource, &mut Sink::new(rule, &resource, name, &mut self.verdicts));
                }
            }
        }
    }

    /// Puts what stands in the selected files into the report.
    fn finish(self, loader: &Loader, report: &mut Report) {
        let selected = |file: FileId| loader.is_selected(file);
        for (span, (address, inactive)) in self.resources {
            if selected(span.file) {
                report.counts.resources += 1;
                report.inactive.extend(inactive.then_some(Inactive { address, span }));
            }
        }
        let (findings, undecided) = self.verdicts.finish(&loader.sources);
        let reported = |site: &Site| selected(site.span.file);
        report.findings = findings.into_iter().filter(|finding| reported(&finding.site)).collect();
        report.undecided = undecided.into_iter().filter(|undecided| reported(&undecided.site)).collect();
    }
}

/// The name of a file, for a message.
fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
