//! Walking a named path and searching the files below it.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::path::{Component, Path, PathBuf};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};

use ignore::{DirEntry, WalkBuilder, WalkState};
use memchr::memmem::Finder;

use super::filter::Filter;
use super::ignored::IgnoreFiles;
use super::named::Kind;
use super::paths::resolved;
use super::{Discovery, Progress, Request, Root};
use crate::source::{Level, Notification, Place, read, slashed};

/// Directories that are never walked unless they are named: git's own, and what `terraform init` and Terragrunt
/// download.
pub(super) const SKIPPED: [&str; 3] = [".git", ".terraform", ".terragrunt-cache"];

/// The directory on the way of a path, relative to the root, that is passed over as such.
pub(super) fn passed_over(relative: &Path) -> Option<&'static str> {
    let name = |part: Component<'_>| SKIPPED.into_iter().find(|name| part.as_os_str() == *name);
    relative.components().find_map(name)
}

/// What the search of one path came to.
enum Searched {
    /// A Terraform file; whether it holds one of the words or must be read for another reason, and whether it seems to
    /// call a module.
    File { path: PathBuf, hit: bool, calls: bool, problem: Option<Notification> },
    /// A plan, as `terraform show -json` writes it.
    Plan(PathBuf),
    /// Something that could not be searched.
    Problem(Notification),
    /// A directory that is passed over as such.
    PassedOver(PathBuf),
}

/// The searched files, and the words that make a file worth reading.
pub(super) struct Hits {
    words: Vec<Finder<'static>>,
    /// The word that calls a module.
    call: Finder<'static>,
    searched: Vec<Searched>,
    progress: Option<Arc<Progress>>,
}

/// What was searched below one named path.
pub(super) struct Below(Vec<Searched>);

impl Below {
    /// Whether there was nothing to search.
    pub(super) fn is_empty(&self) -> bool {
        self.0.iter().all(|entry| matches!(entry, Searched::PassedOver(_)))
    }
}

impl Hits {
    /// Looks for these words. One that holds another is found by the other.
    pub(super) fn new(words: &[&str], progress: Option<Arc<Progress>>) -> Self {
        let shortest = |word: &&&str| !words.iter().any(|other| other != *word && word.contains(other));
        let words: BTreeSet<&str> = words.iter().filter(shortest).copied().collect();
        let finder = |word: &str| Finder::new(word.as_bytes()).into_owned();
        let call = finder("module");
        Self { words: words.into_iter().map(finder).collect(), call, searched: Vec::new(), progress }
    }

    pub(super) fn add(&mut self, below: Below) {
        self.searched.extend(below.0);
    }

    /// What could not be searched.
    pub(super) fn problems(&self) -> impl Iterator<Item = Notification> {
        self.searched.iter().filter_map(|entry| match entry {
            Searched::Problem(problem) if problem.level == Level::Error => Some(problem.clone()),
            _ => None,
        })
    }

    /// The files that seem to call modules, sorted.
    pub(super) fn callers(self) -> impl Iterator<Item = PathBuf> {
        let calling = self.searched.into_iter().filter_map(|entry| match entry {
            Searched::File { path, calls: true, .. } => Some(path),
            _ => None,
        });
        calling.collect::<BTreeSet<_>>().into_iter()
    }

    /// Gathers the directories that hold a hit, with all their searched files.
    pub(super) fn into_discovery(self, discovery: &mut Discovery) {
        let mut searched = BTreeSet::new();
        let mut directories = BTreeSet::new();
        let mut callers = BTreeSet::new();
        let mut plans = BTreeSet::new();
        for entry in self.searched {
            match entry {
                Searched::Problem(notification) => discovery.notifications.push(notification),
                Searched::PassedOver(directory) => discovery.passed_over.push(directory),
                Searched::Plan(path) => {
                    plans.insert(path);
                }
                Searched::File { path, hit, calls, problem } => {
                    discovery.notifications.extend(problem);
                    if calls {
                        callers.insert(path.clone());
                    }
                    if hit && let Some(directory) = path.parent() {
                        directories.insert(directory.to_owned());
                    }
                    searched.insert(path);
                }
            }
        }
        // A file that has several names is one.
        let files: BTreeSet<PathBuf> = searched.iter().map(|path| resolved(path, &discovery.root)).collect();
        discovery.files = files.len() + plans.len();
        discovery.plans = plans.into_iter().collect();
        discovery.callers = callers.into_iter().collect();
        for path in searched {
            if let Some(directory) = path.parent() {
                discovery.selection.entry(directory.to_owned()).or_default().insert(path);
            }
        }
        discovery.directories = directories;
    }

    /// Whether a file must be read as Terraform, or why it cannot be.
    fn search(&self, path: PathBuf, root: &Root) -> Searched {
        let problem = |error: &read::ReadError| {
            let shown = root.relative(&resolved(&path, root));
            Searched::Problem(Notification::error(Place::Path(shown), format!("This file {error}.")))
        };
        if let Some(progress) = &self.progress {
            progress.files.fetch_add(1, Ordering::Relaxed);
        }
        let bytes = match read::bytes(&path) {
            Ok(bytes) => bytes,
            Err(error) => return problem(&error),
        };
        let escapes = spells_by_escapes(&bytes);
        let hit = escapes || self.words.iter().any(|word| word.find(&bytes).is_some());
        let calls = escapes || self.call.find_iter(&bytes).any(|at| starts_block(&bytes, at));
        match read::text(bytes) {
            // A damaged file is read too: only its outline can tell whether the damage stands in comments alone.
            Ok(contents) => {
                let is_worth_it = (hit || calls) && has_old_line_ends(contents.text());
                let problem = is_worth_it.then(|| old_line_ends(&root.relative(&resolved(&path, root))));
                Searched::File { hit: hit || contents.is_damaged(), calls, path, problem }
            }
            Err(error) => problem(&error),
        }
    }
}

/// Whether the lines of a text end with carriage returns alone, as on a Mac of old: to HCL it is one line, and all that
/// stands behind a comment is part of that.
#[must_use]
pub fn has_old_line_ends(text: &str) -> bool {
    memchr::memchr(b'\r', text.as_bytes()).is_some() && memchr::memchr(b'\n', text.as_bytes()).is_none()
}

/// What to say of a file whose lines end so.
#[must_use]
pub fn old_line_ends(path: &Path) -> Notification {
    let message = "The lines of this file end with carriage returns alone, which Terraform takes for no line ends: to it \
                   the file is one line, and no more than a comment if it starts with one.";
    Notification::error(Place::Path(path.to_owned()), message)
}

/// Whether the word `module` at a byte could start a block: it is a word of its own, and no reference.
fn starts_block(bytes: &[u8], at: usize) -> bool {
    let before = at.checked_sub(1).map(|before| bytes[before]);
    let behind = bytes.get(at + "module".len());
    before.is_none_or(|byte| !(byte.is_ascii_alphanumeric() || b"_-.".contains(&byte)))
        && behind.is_some_and(|byte| byte.is_ascii_whitespace() || *byte == b'"' || *byte == b'/')
}

/// Whether a text spells a letter, a digit or an underscore by an escape (`\u006f`, `\U0000006f`). HCL takes escapes
/// in labels and JSON in keys, so that a word could be there without its bytes.
fn spells_by_escapes(bytes: &[u8]) -> bool {
    memchr::memchr_iter(b'\\', bytes).any(|at| {
        let digits = match bytes.get(at + 1) {
            Some(b'u') => bytes.get(at + 2..at + 6),
            Some(b'U') => bytes.get(at + 2..at + 10),
            _ => None,
        };
        let code = digits.and_then(|digits| u32::from_str_radix(str::from_utf8(digits).ok()?, 16).ok());
        code.and_then(char::from_u32).is_some_and(|c| c.is_ascii_alphanumeric() || c == '_')
    })
}

/// Whether Terraform would read a file of this name in a module's directory: `.tf` or `.tf.json`, and neither hidden
/// nor an editor's backup (`IsIgnoredFile` in Terraform's `internal/configs/parser_config_dir.go`).
pub(super) fn is_terraform(path: &Path) -> bool {
    let name = path.file_name().map_or(&[][..], OsStr::as_encoded_bytes);
    let ignored = name.starts_with(b".") || name.ends_with(b"~") || (name.starts_with(b"#") && name.ends_with(b"#"));
    !ignored && (name.ends_with(b".tf") || name.ends_with(b".tf.json"))
}

/// Searches a path: a file that is named is searched whatever it is called, a directory is walked.
pub(super) fn search(named: &Path, filter: &Filter, request: &Request, hits: &Hits, root: &Root) -> Below {
    if !named.is_dir() {
        return Below(vec![search_file(named, hits, root)]);
    }
    let searched = Mutex::new(Vec::new());
    let found = |entry: Searched| searched.lock().unwrap_or_else(PoisonError::into_inner).push(entry);
    let ignored = request.respect_ignore_files.then(|| Arc::new(IgnoreFiles::new(named, root)));
    let (walker, skipped) = walker(named, filter, request, ignored.clone());
    let take = |entry: Result<DirEntry, ignore::Error>| match entry {
        Ok(entry) => visit(entry, named, filter, ignored.as_deref(), hits, root).into_iter().for_each(&found),
        Err(error) => found(Searched::Problem(walk_problem(&error, named, root))),
    };
    if has_threads() {
        walker.build_parallel().run(|| {
            Box::new(|entry| {
                take(entry);
                WalkState::Continue
            })
        });
    } else {
        walker.build().for_each(take);
    }
    let mut searched = searched.into_inner().unwrap_or_else(PoisonError::into_inner);
    let skipped = std::mem::take(&mut *skipped.lock().unwrap_or_else(PoisonError::into_inner));
    searched.extend(skipped.into_iter().map(Searched::PassedOver));
    searched.extend(ignored.iter().flat_map(|ignored| ignored.problems()).map(Searched::Problem));
    Below(searched)
}

/// Whether the operating system gives threads. Where memory is short it may not.
fn has_threads() -> bool {
    std::thread::Builder::new().spawn(|| {}).is_ok_and(|thread| thread.join().is_ok())
}

fn search_file(file: &Path, hits: &Hits, root: &Root) -> Searched {
    match read::large(file).map(|bytes| Kind::of(file, &bytes)) {
        Ok(Kind::Plan) => Searched::Plan(file.to_owned()),
        Ok(Kind::Other(why)) => {
            let message = format!("{why} It was left out.");
            Searched::Problem(Notification::error(Place::Path(root.relative(file)), message))
        }
        Ok(Kind::Terraform) | Err(_) => hits.search(file.to_owned(), root),
    }
}

/// The directories that a walk has passed over as such.
type Skipped = Arc<Mutex<Vec<PathBuf>>>;

/// What walks a named directory. No ignore file has a say in it but by way of `ignored`.
fn walker(
    named: &Path,
    filter: &Filter,
    request: &Request,
    ignored: Option<Arc<IgnoreFiles>>,
) -> (WalkBuilder, Skipped) {
    let filter = filter.clone();
    let depth = named.components().count();
    let skipped = Skipped::default();
    let passed_over = skipped.clone();
    let mut walker = WalkBuilder::new(named);
    walker.standard_filters(false).threads(request.threads).filter_entry(move |entry| {
        let below = entry.path().components().count() > depth;
        if !below || !entry.file_type().is_some_and(|kind| kind.is_dir()) {
            return true;
        }
        if SKIPPED.iter().any(|name| entry.file_name() == *name) {
            passed_over.lock().unwrap_or_else(PoisonError::into_inner).push(entry.path().to_owned());
            return false;
        }
        filter.enters(entry.path()) && !ignored.as_ref().is_some_and(|ignored| ignored.ignores(entry.path(), true))
    });
    (walker, skipped)
}

/// What an entry of the walk is worth.
fn visit(
    entry: DirEntry,
    named: &Path,
    filter: &Filter,
    ignored: Option<&IgnoreFiles>,
    hits: &Hits,
    root: &Root,
) -> Option<Searched> {
    let is_link = entry.path_is_symlink();
    let is_directory =
        if is_link { entry.path().is_dir() } else { entry.file_type().is_some_and(|kind| kind.is_dir()) };
    if is_directory {
        return is_link.then(|| link_out(entry.path(), named, root)).flatten().map(Searched::Problem);
    }
    let path = entry.into_path();
    if !is_terraform(&path) {
        filter.passes_over(&path);
        return None;
    }
    if !filter.takes(&path) || ignored.is_some_and(|ignored| ignored.ignores(&path, false)) {
        return None;
    }
    let problem = if is_link { file_link_out(&path, root) } else { None };
    Some(problem.map_or_else(|| hits.search(path, root), Searched::Problem))
}

/// Links to directories are not followed: what they lead to within the walked directory is walked where it stands. One
/// that leads elsewhere is said.
fn link_out(link: &Path, named: &Path, root: &Root) -> Option<Notification> {
    let target = link.canonicalize().ok()?;
    if let Some(notification) = link_into_passed_over(link, &target, root) {
        return Some(notification);
    }
    if target.starts_with(named) {
        return None;
    }
    let message =
        format!("This link leads out of the scanned directories, to {}, and was not followed.", slashed(&target));
    Some(Notification::warning(Place::Path(root.relative(link)), message))
}

/// A link to where nothing is walked: what is behind it would be missed.
fn link_into_passed_over(link: &Path, target: &Path, root: &Root) -> Option<Notification> {
    let directory = passed_over(target.strip_prefix(root.path()).ok()?)?;
    let message = format!(
        "This link leads into {directory}, which podgate skips, and was not followed. A directory that is named is \
         scanned whatever it is called."
    );
    Some(Notification::error(Place::Path(root.relative(link)), message))
}

/// A file that is a link out of the root is not read: a report would show a stranger's code what lies elsewhere on the
/// machine.
pub(super) fn file_link_out(link: &Path, root: &Root) -> Option<Notification> {
    let target = link.canonicalize().ok()?;
    if target.starts_with(root.path()) {
        return link_into_passed_over(link, &target, root);
    }
    let message = format!(
        "This link leads out of the root, to {}, and was not followed, though Terraform would read it. A wider `--root` \
         lets it be read.",
        slashed(&target)
    );
    Some(Notification::error(Place::Path(root.relative(link)), message))
}

/// A part of the tree that could not be walked.
fn walk_problem(error: &ignore::Error, named: &Path, root: &Root) -> Notification {
    let mut path = named;
    let mut cause = error;
    while let ignore::Error::WithPath { err, .. } | ignore::Error::WithDepth { err, .. } = cause {
        if let ignore::Error::WithPath { path: at, .. } = cause {
            path = at;
        }
        cause = err;
    }
    let message = format!("This directory cannot be read ({cause}). Its files were not searched.");
    Notification::error(Place::Path(root.relative(path)), message)
}
