//! Floor 6: the one place that knows the order of the stages: discover, read, outline, evaluate, check, report.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::discover::{self, Discovery, Request, Root};
use crate::error::Error;
use crate::hcl::outline::{Outline, outline};
use crate::report::{Inactive, Report};
use crate::rule::{Rule, Sink, Site};
use crate::source::{FileId, Notification, Place, Sources, Span, read};
use crate::terraform::{Evaluator, Module, ModuleFile, Resource};

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
pub fn scan(request: &Request, rules: &[&'static Rule]) -> Result<Scan, Error> {
    let words: Vec<&str> = rules.iter().flat_map(|rule| rule.resource_types).copied().collect();
    let Discovery { root, directories, files, notifications } = discover::discover(request, &words)?;
    let mut report = Report { rules: rules.to_vec(), notifications, ..Report::default() };
    report.counts.files = files;
    let mut scanner = Scanner { root, sources: Sources::default(), report, selected: BTreeSet::new() };
    for (directory, selected) in &directories {
        let module = scanner.load(directory, selected);
        scanner.check(&module, rules);
    }
    let Scanner { root, sources, mut report, .. } = scanner;
    report.sort(&sources);
    Ok(Scan { report, sources, root })
}

/// A scan under way.
struct Scanner {
    root: Root,
    sources: Sources,
    report: Report,
    /// The files that may be reported on; the others are context.
    selected: BTreeSet<FileId>,
}

impl Scanner {
    /// Reads and outlines the files of a directory.
    fn load(&mut self, directory: &Path, selected: &BTreeSet<PathBuf>) -> Module {
        let notifications = &mut self.report.notifications;
        let context = discover::module_files(directory, &self.root, notifications).unwrap_or_else(|error| {
            let place = Place::Path(self.root.relative(directory));
            let message = format!("This directory cannot be listed ({error}); only the named files were read.");
            self.report.notifications.push(Notification::error(place, message));
            Vec::new()
        });
        let paths: BTreeSet<&PathBuf> = selected.iter().chain(&context).collect();
        let mut complete = true;
        let mut files = Vec::new();
        for path in paths {
            let noted = self.report.notifications.len();
            files.extend(self.module_file(path, selected.contains(path)));
            complete &= self.report.notifications.len() == noted;
            if !selected.contains(path) {
                // What is only context is not reported on; what could not be read of it leaves the module incomplete.
                self.report.notifications.truncate(noted);
            }
        }
        Module::new(files, complete)
    }

    /// Reads and outlines a file of a module.
    fn module_file(&mut self, path: &Path, selected: bool) -> Option<ModuleFile> {
        let file = self.read(path)?;
        if selected {
            self.selected.insert(file);
        }
        let outline = self.outline(file, path)?;
        Some(ModuleFile { file, name: path.file_name()?.to_owned(), outline })
    }

    /// Reads a file. One that is a link is known by the path that the link leads to, if that is inside the root: code
    /// hosts do not show links.
    fn read(&mut self, path: &Path) -> Option<FileId> {
        let resolved = if path.is_symlink() { path.canonicalize().ok() } else { None };
        let resolved = resolved.filter(|resolved| resolved.starts_with(self.root.path()));
        let shown = self.root.relative(resolved.as_deref().unwrap_or(path));
        match read::bytes(path).and_then(read::text) {
            Ok(contents) => Some(self.sources.add(shown, contents)),
            Err(error) => {
                let message = format!("This file {error}.");
                self.report.notifications.push(Notification::error(Place::Path(self.root.relative(path)), message));
                None
            }
        }
    }

    /// Finds the structure of a file, and says what of it could not be understood.
    fn outline(&mut self, file: FileId, path: &Path) -> Option<Outline> {
        if path.extension().is_some_and(|extension| extension == "json") {
            let message = "Terraform's JSON syntax is not read by this version; the file was left out.";
            let start = Place::Span(Span::new(file, 0, 0));
            self.report.notifications.push(Notification::error(start, message));
            return None;
        }
        let outline = outline(file, self.sources[file].text());
        let errors = outline.errors.iter();
        let errors = errors.map(|error| Notification::error(Place::Span(error.span), &*error.message));
        self.report.notifications.extend(errors);
        if outline.more_errors > 0 {
            let message = format!("There are {} more syntax errors in this file.", outline.more_errors);
            let last = outline.errors.last().map_or(Span::new(file, 0, 0), |error| error.span);
            self.report.notifications.push(Notification::error(Place::Span(last), message));
        }
        self.report.notifications.extend(damage(file, &self.sources, &outline));
        Some(outline)
    }

    /// Lets the rules look at the resources of their types.
    fn check(&mut self, module: &Module, rules: &[&'static Rule]) {
        let evaluator = Evaluator::new(&self.sources, module);
        let kinds: BTreeSet<&str> = rules.iter().flat_map(|rule| rule.resource_types).copied().collect();
        for kind in kinds {
            for block in module.resources(kind, &mut self.report.notifications) {
                let resource = Resource::new(&evaluator, block);
                let selected = self.selected.contains(&resource.header().file);
                self.report.counts.resources += usize::from(selected);
                if resource.instances().is_empty() {
                    let inactive = Inactive { address: resource.address(), span: resource.header() };
                    self.report.inactive.extend(selected.then_some(inactive));
                    continue;
                }
                for rule in rules.iter().filter(|rule| rule.resource_types.contains(&kind)) {
                    let mut sink = Sink::new(rule, &resource);
                    (rule.check)(&resource, &mut sink);
                    let Sink { findings, undecided, .. } = sink;
                    let reported = |site: &Site| self.selected.contains(&site.span.file);
                    self.report.findings.extend(findings.into_iter().filter(|finding| reported(&finding.site)));
                    self.report.undecided.extend(undecided.into_iter().filter(|undecided| reported(&undecided.site)));
                }
            }
        }
    }
}

/// What to say of bytes that are not UTF-8. Terraform takes them in comments, so those are no matter.
fn damage(file: FileId, sources: &Sources, outline: &Outline) -> Option<Notification> {
    let in_comment = |at: u32| {
        let behind = outline.comments.partition_point(|comment| comment.start <= at);
        behind > 0 && at < outline.comments[behind - 1].end
    };
    let damaged: Vec<u32> = sources[file].damage().iter().copied().filter(|at| !in_comment(*at)).collect();
    let first = *damaged.first()? as usize;
    let message = match damaged.len() {
        1 => "This byte is not UTF-8. What it stands in cannot be evaluated.".to_owned(),
        count => format!("This byte and {} more are not UTF-8. What they stand in cannot be evaluated.", count - 1),
    };
    Some(Notification::error(Place::Span(Span::new(file, first, first + 1)), message))
}
