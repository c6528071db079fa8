//! Floor 6: the one place that knows the order of the stages: discover, read, outline, evaluate, check, report.

mod calls;
mod env_files;
mod guard;
mod installed;
mod library;
mod locks;
mod relevant;
mod values;
mod visit;

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;

use calls::Estate;
pub use guard::silence_panics;
use library::Library;
use values::Values;
use visit::Visit;

use crate::discover::{self, Discovery, Request, Root};
use crate::error::Error;
use crate::report::{Inactive, Report};
use crate::rule::{Rule, Site, Undecided};
use crate::source::{FileId, Notification, Place, Sources, Span, slashed};
use crate::terraform::{Environment, Library as _, Tree, refusal};

/// The stack of a scan, in bytes: several times what evaluation needs at its deepest. It is memory only as far as it is
/// used; where the address space is short, the smaller one is enough, too.
const STACKS: [usize; 2] = [256 << 20, 64 << 20];

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
pub fn scan(request: &Request, rules: &[&'static Rule]) -> Result<Scan, Error> {
    // Expressions are evaluated by recursion, as deep as evaluation's own limit allows. The stack for that must not
    // depend on who calls.
    std::thread::scope(|scope| {
        let run = || guard::caught(|| run(request, rules));
        let thread = |stack| std::thread::Builder::new().stack_size(stack).spawn_scoped(scope, run);
        let thread = thread(STACKS[0]).or_else(|_| thread(STACKS[1])).map_err(Error::NoThread)?;
        let finished = thread.join().unwrap_or_else(|_| Err(String::new()));
        finished.unwrap_or_else(|place| Err(Error::Internal(place)))
    })
}

fn run(request: &Request, rules: &[&'static Rule]) -> Result<Scan, Error> {
    let kinds: Vec<&'static str> = rules.iter().flat_map(|rule| rule.resource_types).copied().collect();
    let discovery = discover::discover(request, &kinds)?;
    let Discovery { root, directories, selection, callers, outer_callers, plans, notifications, .. } = discovery;
    let library = Library::new(root, selection, kinds, notifications);
    let mut values = Values::new(&request.inputs, &library)?;
    let Estate { roots, missing, broken } = calls::estate(directories, &callers, &outer_callers, &library);
    let mut report = Report { rules: rules.to_vec(), missing, ..Report::default() };
    report.counts.files = discovery.files;
    if request.count_passed_over {
        report.counts.passed_over = Some(discover::count_passed_over(&discovery.passed_over));
    }
    let is_open = roots.iter().any(|root| is_open_to_callers(root, &library));
    if is_open {
        discovery.outer_problems.into_iter().for_each(|problem| library.note(problem));
    }
    // Where a call leads nowhere, what is broken beside it may be why.
    let of_missing: HashSet<FileId> = report.missing.iter().map(|missing| missing.span.file).collect();
    let path = |file: FileId| library.sources[file].path();
    let leads_nowhere = |problem: &Notification| {
        let place = problem.place.span().map(|span| path(span.file));
        of_missing.iter().any(|file| Some(path(*file)) == place)
    };
    broken.into_iter().filter(|problem| is_open || leads_nowhere(problem)).for_each(|problem| library.note(problem));
    let mut found = evaluate(&roots, request, rules, &library, &mut values, discovery.listed.as_ref())?;
    found.verdicts.unite(&library.sources);
    for plan in &plans {
        let mut planned = visit::Found::default();
        match guard::caught(|| planned.take_plan(plan, rules, &library)) {
            Ok(()) => found.take_plans(planned, &library.root.relative(plan)),
            Err(place) => library.note(internal_error(&place, plan, &library.root)),
        }
    }
    values.finish(&library);
    found.into_report(&library, &mut report);
    if let Some(listed) = &discovery.listed {
        relevant::keep(&mut report, listed, &library);
    }
    let (root, sources, notifications) = library.finish();
    report.notifications.extend(notifications);
    report.sort(&sources);
    Ok(Scan { report, sources, root })
}

/// Whether a caller that cannot be read could change what a directory comes to: it takes inputs, and nothing about it
/// says that it is a root module of its own.
fn is_open_to_callers(directory: &Path, library: &Library) -> bool {
    !calls::is_root_of_its_own(directory, library)
        && library.module(directory).is_some_and(crate::terraform::Module::takes_inputs)
}

/// What to say of a root module, or a plan, in which podgate itself failed.
fn internal_error(place: &str, path: &Path, root: &Root) -> Notification {
    let message = format!("podgate failed here (internal error{place}), so this was not analysed. Please report it.");
    Notification::error(Place::Path(root.relative(path)), message)
}

/// Evaluates every root module with all its inputs.
fn evaluate(
    roots: &BTreeSet<PathBuf>,
    request: &Request,
    rules: &[&'static Rule],
    library: &Library,
    values: &mut Values,
    listed: Option<&BTreeSet<PathBuf>>,
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
            let evaluated = guard::caught(|| {
                let (tree, evaluator) = Tree::new(&library.sources, library, root, &environment, &run.layers)?;
                let below = Visit::new(rules, library).module(&evaluator);
                let is_fed = listed.is_some_and(|listed| {
                    tree.has_asked_for(listed) || run.layers.iter().any(|layer| relevant::names(layer, listed, library))
                });
                let refused = below.verdicts.has_violation().then(|| refusal(&tree, &environment, &run.layers));
                let plan = visit::Planned { root: library.root.relative(root), refused: refused.flatten() };
                Some((below, is_fed, plan))
            });
            match evaluated {
                Ok(Some((below, is_fed, plan))) => found.take(&below, run.name.as_deref(), is_fed, &plan),
                Ok(None) => {}
                Err(place) => library.note(internal_error(&place, root, &library.root)),
            }
        }
    }
    Ok(found)
}

impl visit::Found {
    /// Puts what stands in the selected files into the report.
    fn into_report(self, library: &Library, report: &mut Report) {
        let selected = |file: FileId| library.is_selected(file);
        // A file may have been read under several names.
        let mut resources: BTreeMap<(PathBuf, u32), visit::LookedAt> = BTreeMap::new();
        for (span, resource) in self.resources {
            let is_installed = !library.is_in_repository(span.file);
            let shown_at = resource.shown_at.filter(|_| is_installed).unwrap_or(span);
            let at = (library.sources[span.file].path().to_owned(), span.start);
            let resource = visit::LookedAt { shown_at: Some(shown_at), ..resource };
            let known = resources.entry(at).or_insert_with(|| resource.clone());
            known.inactive &= resource.inactive;
        }
        for resource in resources.into_values() {
            if let Some(span) = resource.shown_at.filter(|span| selected(span.file)) {
                report.counts.resources += 1;
                let inactive = Inactive { address: resource.address, span };
                report.inactive.extend(resource.inactive.then_some(inactive));
            }
        }
        for notification in self.notifications {
            library.note(notification);
        }
        let (findings, undecided, unanalysed) = self.verdicts.finish(&library.sources);
        // A site may stand in a file that a resource reads; then the resource decides.
        let reported = |site: &Site| {
            let is_read = library.sources[site.span.file].is_private();
            selected(if is_read { site.resource.file } else { site.span.file })
        };
        report.findings = findings.into_iter().filter(|finding| reported(&finding.site)).collect();
        report.undecided = undecided.into_iter().filter(|undecided| reported(&undecided.site)).collect();
        // Where an error says what is broken in the setting itself, that is enough.
        let unanalysed = unanalysed.into_iter();
        let unanalysed = unanalysed.filter(|open| reported(&open.site) && !library.has_error_in(open.site.span));
        report.notifications.extend(unanalysed.map(|undecided| not_analysed(&undecided, &library.sources)));
    }
}

/// What to say of a site that was not analysed since something that it hangs on is broken, missing or contradictory.
fn not_analysed(undecided: &Undecided, sources: &Sources) -> Notification {
    let place = |span: Span| format!("{}:{}", slashed(sources[span.file].path()), sources.start(span).line);
    Notification::error(Place::Span(undecided.site.span), undecided.message.sentence(place))
}

/// The name of a file, for a message.
fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
