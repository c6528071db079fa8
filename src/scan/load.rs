//! Reading files and finding their structure.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::discover::{self, Root};
use crate::hcl::outline::{Outline, outline};
use crate::source::{FileId, Notification, Place, Sources, Span, read};
use crate::terraform::{Module, ModuleFile};

/// What has been read so far.
pub(super) struct Loader {
    pub(super) root: Root,
    pub(super) sources: Sources,
    pub(super) notifications: Vec<Notification>,
    /// The files that may be reported on; the others are context.
    selected: BTreeSet<FileId>,
}

impl Loader {
    pub(super) fn new(root: Root, notifications: Vec<Notification>) -> Self {
        Self { root, sources: Sources::default(), notifications, selected: BTreeSet::new() }
    }

    /// Whether a file may be reported on.
    pub(super) fn is_selected(&self, file: FileId) -> bool {
        self.selected.contains(&file)
    }

    /// Reads and outlines the files of a directory.
    pub(super) fn load(&mut self, directory: &Path, selected: &BTreeSet<PathBuf>) -> Module {
        let context = discover::module_files(directory, &self.root, &mut self.notifications);
        let context = context.unwrap_or_else(|error| {
            let place = Place::Path(self.root.relative(directory));
            let message = format!("This directory cannot be listed ({error}); only the named files were read.");
            self.notifications.push(Notification::error(place, message));
            Vec::new()
        });
        let paths: BTreeSet<&PathBuf> = selected.iter().chain(&context).collect();
        let mut complete = true;
        let mut files = Vec::new();
        for path in paths {
            let noted = self.notifications.len();
            files.extend(self.module_file(path, selected.contains(path)));
            complete &= self.notifications.len() == noted;
            if !selected.contains(path) {
                // What is only context is not reported on; what could not be read of it leaves the module incomplete.
                self.notifications.truncate(noted);
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
    pub(super) fn read(&mut self, path: &Path) -> Option<FileId> {
        let resolved = if path.is_symlink() { path.canonicalize().ok() } else { None };
        let resolved = resolved.filter(|resolved| resolved.starts_with(self.root.path()));
        let shown = self.root.relative(resolved.as_deref().unwrap_or(path));
        match read::bytes(path).and_then(read::text) {
            Ok(contents) => Some(self.sources.add(shown, contents)),
            Err(error) => {
                let message = format!("This file {error}.");
                self.notifications.push(Notification::error(Place::Path(self.root.relative(path)), message));
                None
            }
        }
    }

    /// Finds the structure of a file, and says what of it could not be understood.
    fn outline(&mut self, file: FileId, path: &Path) -> Option<Outline> {
        if path.extension().is_some_and(|extension| extension == "json") {
            let message = "Terraform's JSON syntax is not read by this version; the file was left out.";
            let start = Place::Span(Span::new(file, 0, 0));
            self.notifications.push(Notification::error(start, message));
            return None;
        }
        Some(self.hcl(file))
    }

    /// Finds the structure of a file of HCL, and says what of it could not be understood.
    pub(super) fn hcl(&mut self, file: FileId) -> Outline {
        let outline = outline(file, self.sources[file].text());
        let errors = outline.errors.iter();
        let errors = errors.map(|error| Notification::error(Place::Span(error.span), &*error.message));
        self.notifications.extend(errors);
        if outline.more_errors > 0 {
            let message = format!("There are {} more syntax errors in this file.", outline.more_errors);
            let last = outline.errors.last().map_or(Span::new(file, 0, 0), |error| error.span);
            self.notifications.push(Notification::error(Place::Span(last), message));
        }
        self.notifications.extend(damage(file, &self.sources, &outline));
        outline
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
