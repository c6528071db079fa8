//! Floor 6: the one place that knows the order of the stages: discover, read, outline, evaluate, check, report.

mod calls;
mod installed;
mod library;
mod values;
mod visit;

use std::path::Path;
use std::sync::atomic::Ordering;

use calls::Estate;
use library::Library;
use values::Values;
use visit::Visit;

use crate::discover::{self, Discovery, Request, Root};
use crate::error::Error;
use crate::report::{Inactive, Report};
use crate::rule::{Rule, Site};
use crate::source::{FileId, Sources};
use crate::terraform::{Environment, Library as _, Tree};

/// The stack of a scan, in bytes: several times what evaluation needs at its deepest. It is memory only as far as it is
/// used.
const STACK: usize = 256 << 20;

/// A finished scan: the report, and the sources that its spans point into.
#[derive(Debug)]
pub struct Scan {
    /// What there is to say.
    pub report: Report,
    /// The files that were read.
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
    let kinds: Vec<&'static str> = rules.iter().flat_map(|rule| rule.resource_types).copied().collect();
    let discovery = discover::discover(request, &kinds)?;
    let Discovery { root, directories, selection, callers, outer_callers, plans, files, notifications } = discovery;
    let library = Library::new(root, selection, kinds, notifications);
    let mut values = Values::new(&request.inputs, &library)?;
    let Estate { roots, missing } = calls::estate(directories, &callers, &outer_callers, &library);
    let mut report = Report { rules: rules.to_vec(), missing, ..Report::default() };
    report.counts.files = files;
    let mut found = evaluate(&roots, request, rules, &library, &mut values)?;
    for plan in &plans {
        found.take_plan(plan, rules, &library);
    }
    values.finish(&library);
    found.into_report(&library, &mut report);
    let (root, sources, notifications) = library.finish();
    report.notifications = notifications;
    report.sort(&sources);
    Ok(Scan { report, sources, root })
}

/// Evaluates every root module with all its inputs.
fn evaluate(
    roots: &std::collections::BTreeSet<std::path::PathBuf>,
    request: &Request,
    rules: &[&'static Rule],
    library: &Library,
    values: &mut Values,
) -> Result<visit::Found, Error> {
    let mut found = visit::Found::default();
    let environment = Environment {
        workspace: request.inputs.workspace.as_deref().unwrap_or("default"),
        boundary: library.root.path(),
        ..Environment::default()
    };
    let progress = request.progress.as_deref();
    if let Some(progress) = progress {
        progress.roots.store(roots.len(), Ordering::Relaxed);
    }
    for root in roots {
        if let Some(progress) = progress {
            progress.evaluated.fetch_add(1, Ordering::Relaxed);
        }
        let Some(module) = library.module(root) else { continue };
        for run in values.runs(root, module, library)? {
            let tree = Tree::new(&library.sources, library, root, &environment, &run.layers);
            let Some((_tree, evaluator)) = tree else { continue };
            let mut visit = Visit::new(rules, library);
            found.take(&visit.module(&evaluator), run.name.as_deref());
        }
    }
    Ok(found)
}

impl visit::Found {
    /// Puts what stands in the selected files into the report.
    fn into_report(self, library: &Library, report: &mut Report) {
        let selected = |file: FileId| library.is_selected(file);
        for (span, resource) in self.resources {
            let is_installed = !library.is_in_repository(span.file);
            let shown_at = resource.shown_at.filter(|_| is_installed).unwrap_or(span);
            if selected(shown_at.file) {
                report.counts.resources += 1;
                let inactive = Inactive { address: resource.address, span: shown_at };
                report.inactive.extend(resource.inactive.then_some(inactive));
            }
        }
        for notification in self.notifications {
            library.note(notification);
        }
        let (findings, undecided) = self.verdicts.finish(&library.sources);
        // A site may stand in a file that a resource reads; then the resource decides.
        let reported = |site: &Site| {
            let is_read = library.sources[site.span.file].is_private();
            selected(if is_read { site.resource.file } else { site.span.file })
        };
        report.findings = findings.into_iter().filter(|finding| reported(&finding.site)).collect();
        report.undecided = undecided.into_iter().filter(|undecided| reported(&undecided.site)).collect();
    }
}

/// The name of a file, for a message.
fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
