//! Reading directories of Terraform, each once and when it is asked for.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use super::installed::{Installed, listed};
use super::locks;
use crate::discover::{self, Root};
use crate::hcl::json::{self, parse as parse_json};
use crate::hcl::outline::{Block, Outline, outline};
use crate::source::{Disclosure, FileId, Level, Notification, Place, Sources, Span, read};
use crate::terraform::{self, Locked, Module, ModuleFile};

/// Where `terraform init` says which modules it has installed, below a root module's directory.
pub(super) const INSTALLED: &str = ".terraform/modules/modules.json";

/// What has been read so far.
#[derive(Debug)]
pub(super) struct Library {
    pub(super) root: Root,
    pub(super) sources: Sources,
    /// The files that may be reported on, by their directories; the others are context.
    selection: BTreeMap<PathBuf, BTreeSet<PathBuf>>,
    /// The resource types of interest.
    kinds: Vec<&'static str>,
    /// The paths of those that were read, as reports show them: one that is reached by two names is one. Looked up, never
    /// listed.
    selected: RefCell<HashSet<PathBuf>>,
    notifications: RefCell<Vec<Notification>>,
    /// What there is to say about files that are context only, by their directories: it is said when a verdict depends
    /// on the module.
    withheld: RefCell<HashMap<PathBuf, Vec<Notification>>>,
    modules: boxcar::Vec<Module>,
    /// The modules by directory, `None` for a directory without Terraform. Looked up, never listed.
    known: RefCell<HashMap<PathBuf, Option<usize>>>,
    /// What is installed below root modules, by the names of the calls. Looked up, never listed.
    installed: RefCell<HashMap<PathBuf, Rc<BTreeMap<String, Installed>>>>,
    /// The versions of providers that root modules are locked to. Looked up, never listed.
    locked: RefCell<HashMap<PathBuf, Rc<HashMap<String, Locked>>>>,
}

impl Library {
    pub(super) fn new(
        root: Root,
        selection: BTreeMap<PathBuf, BTreeSet<PathBuf>>,
        kinds: Vec<&'static str>,
        notifications: Vec<Notification>,
    ) -> Self {
        Self {
            root,
            sources: Sources::default(),
            selection,
            kinds,
            selected: RefCell::default(),
            notifications: RefCell::new(notifications),
            withheld: RefCell::default(),
            modules: boxcar::Vec::new(),
            known: RefCell::default(),
            installed: RefCell::default(),
            locked: RefCell::default(),
        }
    }

    /// The sources and what there is to say about them.
    pub(super) fn finish(self) -> (Root, Sources, Vec<Notification>) {
        (self.root, self.sources, self.notifications.into_inner())
    }

    /// Whether a file may be reported on.
    pub(super) fn is_selected(&self, file: FileId) -> bool {
        self.selected.borrow().contains(self.sources[file].path())
    }

    /// Whether something of a directory is scanned, and not only context.
    pub(super) fn is_scanned(&self, directory: &Path) -> bool {
        self.selection.contains_key(directory)
    }

    /// Whether a file is one of the repository, and not of a module that `terraform init` has installed.
    pub(super) fn is_in_repository(&self, file: FileId) -> bool {
        !self.sources[file].path().components().any(|part| part.as_os_str() == ".terraform")
    }

    pub(super) fn note(&self, notification: Notification) {
        self.notifications.borrow_mut().push(notification);
    }

    /// Takes back what was said since there were so many notifications.
    pub(super) fn unsay(&self, from: usize) -> Vec<Notification> {
        self.notifications.borrow_mut().split_off(from)
    }

    /// Whether an error was noted at some bytes of a file.
    pub(super) fn has_error_in(&self, span: Span) -> bool {
        let is_inside = |note: &Notification| note.place.span().is_some_and(|place| span.holds(place));
        self.notifications.borrow().iter().any(|note| note.level == Level::Error && is_inside(note))
    }

    /// Forgets the notifications that are not wanted.
    pub(super) fn keep_notifications(&self, is_wanted: impl Fn(&Notification) -> bool) {
        self.notifications.borrow_mut().retain(is_wanted);
    }

    pub(super) fn said(&self) -> usize {
        self.notifications.borrow().len()
    }

    /// Reads and outlines the files of a directory.
    fn load(&self, directory: &Path) -> Option<Module> {
        let none = BTreeSet::new();
        let selected = self.selection.get(directory).unwrap_or(&none);
        let (context, notes) = discover::module_files(directory, &self.root);
        let mut withheld = Vec::new();
        let mut unread = notes.iter().any(|note| note.level == Level::Error);
        if selected.is_empty() {
            withheld.extend(notes);
        } else {
            self.notifications.borrow_mut().extend(notes);
        }
        let paths: BTreeSet<&PathBuf> = selected.iter().chain(&context).collect();
        if paths.is_empty() && withheld.is_empty() {
            return None;
        }
        let mut complete = withheld.is_empty();
        let mut files = Vec::new();
        for path in paths {
            let said = self.said();
            let file = self.module_file(path, selected.contains(path));
            unread |= file.is_none();
            files.extend(file);
            complete &= self.said() == said;
            if !selected.contains(path) {
                // What could not be read of it leaves the module incomplete.
                withheld.extend(self.unsay(said));
            }
        }
        if !withheld.is_empty() {
            self.withheld.borrow_mut().insert(directory.to_owned(), withheld);
        }
        let module = Module::new(files, complete).with_unread(unread);
        let is_selected = |note: &Notification| match &note.place {
            Place::Span(span) => self.is_selected(span.file),
            Place::Path(_) => false,
        };
        self.notifications.borrow_mut().extend(
            module
                .contradictions(&self.kinds, |block| self.leads_to_a_directory(block, directory))
                .into_iter()
                .filter(is_selected),
        );
        Some(module)
    }

    /// Whether a module call is by relative path, and there is a directory.
    fn leads_to_a_directory(&self, call: &Block, directory: &Path) -> bool {
        let source = call.body.attribute("source");
        let source = source.and_then(|source| terraform::constant_text(source.expression, &self.sources));
        source.is_some_and(|source| source.starts_with('.') && directory.join(&*source).is_dir())
    }

    /// Reads and outlines a file of a module.
    fn module_file(&self, path: &Path, selected: bool) -> Option<ModuleFile> {
        let file = self.read(path)?;
        if selected {
            self.selected.borrow_mut().insert(self.sources[file].path().to_owned());
        }
        let outline = self.outline(file);
        Some(ModuleFile { file, name: path.file_name()?.to_owned(), outline })
    }

    /// Reads a file. One that is a link is known by the path that the link leads to, if that is inside the root: code
    /// hosts do not show links.
    pub(super) fn read(&self, path: &Path) -> Option<FileId> {
        let shown = self.root.relative(&discover::resolved(path, &self.root));
        match read::bytes(path).and_then(read::text) {
            Ok(contents) => Some(self.sources.add(shown, contents)),
            Err(error) => {
                self.note(Notification::error(Place::Path(shown), format!("This file {error}.")));
                None
            }
        }
    }

    /// Reads a plan, which may be reported on, and holds what is sensitive beside what is not.
    pub(super) fn read_plan(&self, path: &Path) -> Option<FileId> {
        let shown = self.root.relative(path);
        match read::large(path).and_then(read::text) {
            Ok(contents) => {
                let file = self.sources.add_private(shown, contents, Disclosure::Values);
                self.selected.borrow_mut().insert(self.sources[file].path().to_owned());
                Some(file)
            }
            Err(error) => {
                self.note(Notification::error(Place::Path(shown), format!("This file {error}.")));
                None
            }
        }
    }

    /// Reads a file and says nothing when that fails.
    pub(super) fn read_quietly(&self, path: &Path) -> Option<FileId> {
        let said = self.said();
        let file = self.read(path);
        _ = self.unsay(said);
        file
    }

    /// Finds the structure of a file, and says what of it could not be understood.
    pub(super) fn outline(&self, file: FileId) -> Outline {
        let text = self.sources[file].text();
        let outline = if self.sources[file].is_json() { json::outline(file, text) } else { outline(file, text) };
        for error in &outline.errors {
            self.note(Notification::error(Place::Span(error.span), &*error.message));
        }
        if outline.more_errors > 0 {
            let message = format!("There are {} more syntax errors in this file.", outline.more_errors);
            let last = outline.errors.last().map_or(Span::new(file, 0, 0), |error| error.span);
            self.note(Notification::error(Place::Span(last), message));
        }
        self.notifications.borrow_mut().extend(damage(file, &self.sources, &outline));
        outline
    }

    /// The directory of an installed module, if it is there and inside the root.
    pub(super) fn directory_of(&self, installed: &Installed) -> Option<PathBuf> {
        let directory = installed.directory.canonicalize().ok()?;
        directory.starts_with(self.root.path()).then_some(directory)
    }

    /// What is installed below a root module, by the names of the calls; nothing where nothing is.
    pub(super) fn installations(&self, root: &Path) -> Rc<BTreeMap<String, Installed>> {
        if let Some(known) = self.installed.borrow().get(root) {
            return known.clone();
        }
        let read = Rc::new(self.read_installations(root));
        self.installed.borrow_mut().insert(root.to_owned(), read.clone());
        read
    }

    fn read_installations(&self, root: &Path) -> BTreeMap<String, Installed> {
        let path = root.join(INSTALLED);
        if !path.is_file() {
            return BTreeMap::new();
        }
        if let Some(note) = discover::link_out_of_root(&path, &self.root) {
            self.note(note);
            return BTreeMap::new();
        }
        let text = match read::bytes(&path).and_then(read::text) {
            Ok(contents) => self.sources.add(self.root.relative(&path), contents),
            Err(error) => {
                let message = format!("This file {error}. The modules that it lists count as not installed.");
                self.note(Notification::warning(Place::Path(self.root.relative(&path)), message));
                return BTreeMap::new();
            }
        };
        match parse_json(self.sources[text].text()) {
            Ok(json) => listed(&json, root),
            Err(error) => {
                let at = Span::of_char(text, self.sources[text].text(), error.offset);
                let message = format!(
                    "This is not valid JSON ({}). The modules that it lists count as not installed; `terraform init` makes it \
                     anew.",
                    error.message
                );
                self.note(Notification::warning(Place::Span(at), message));
                BTreeMap::new()
            }
        }
    }
}

impl terraform::Library for Library {
    fn module(&self, directory: &Path) -> Option<&Module> {
        let known = self.known.borrow().get(directory).copied();
        let index = known.unwrap_or_else(|| {
            let index = self.load(directory).map(|module| self.modules.push(module));
            self.known.borrow_mut().insert(directory.to_owned(), index);
            index
        });
        index.map(|index| &self.modules[index])
    }

    fn installed(&self, root: &Path, names: &str, source: &str) -> Option<PathBuf> {
        let installations = self.installations(root);
        self.directory_of(installations.get(names).filter(|installed| installed.is_from(source))?)
    }

    fn locked(&self, root: &Path, provider: &str) -> Option<Locked> {
        let known = self.locked.borrow().get(root).cloned();
        let known = known.unwrap_or_else(|| {
            let read = Rc::new(locks::locked(self, root));
            self.locked.borrow_mut().insert(root.to_owned(), read.clone());
            read
        });
        known.get(provider).cloned()
    }

    fn is_of_interest(&self, module: &Module) -> bool {
        module.is_unread() || module.declares_resource(&self.kinds)
    }

    /// Says what there is to say about the files of the directory that are context only.
    fn enter(&self, directory: &Path) {
        let withheld = self.withheld.borrow_mut().remove(directory);
        self.notifications.borrow_mut().extend(withheld.into_iter().flatten());
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
        1 => "This byte is not UTF-8. The expression around it cannot be evaluated.".to_owned(),
        count => {
            format!("This byte and {} more are not UTF-8. The expressions around them cannot be evaluated.", count - 1)
        }
    };
    Some(Notification::error(Place::Span(Span::new(file, first, first + 1)), message))
}
