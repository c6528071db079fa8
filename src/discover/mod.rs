//! Floor 6: which files to read.
//!
//! Walks the named paths, reads every Terraform file once and searches its bytes for the words that the enabled rules
//! look for. Only directories that hold a hit are handed on: a repository without a policy costs what a search costs.

mod filter;
mod inputs;
mod named;
mod paths;
mod walk;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;

use crate::error::Error;
use crate::source::{Notification, Place};

pub use inputs::{Given, InputRequest, matching_files, value_files};
use paths::NamedPath;
pub use paths::Root;

/// What to look for, and where.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// The files and directories to scan; none means the working directory.
    pub paths: Vec<PathBuf>,
    /// More of them, from a list that may hold anything: files that are not Terraform's are passed over.
    pub listed: Vec<PathBuf>,
    /// Whether no path means that there is nothing to scan.
    pub nothing_else: bool,
    /// The directory that reported paths are relative to, if it is not to be found.
    pub root: Option<PathBuf>,
    /// Globs, relative to the root: only files that match one are reported on.
    pub include: Vec<String>,
    /// Globs, relative to the root: files and directories that match one are left out.
    pub exclude: Vec<String>,
    /// Whether to read what `.gitignore` and its like say to ignore.
    pub no_ignore: bool,
    /// How many threads search; 0 leaves it to the machine.
    pub threads: usize,
    /// What the variables of root modules are given.
    pub inputs: InputRequest,
    /// Where to count what is done, for who watches.
    pub progress: Option<Arc<Progress>>,
}

/// How far a scan has come. Another thread may look at it.
#[derive(Debug, Default)]
pub struct Progress {
    /// Files that were searched.
    pub files: AtomicUsize,
    /// Root modules that there are to evaluate; 0 until that is known.
    pub roots: AtomicUsize,
    /// Root modules that were evaluated.
    pub evaluated: AtomicUsize,
}

/// What was found.
#[derive(Debug)]
pub struct Discovery {
    /// What reported paths are relative to.
    pub root: Root,
    /// The directories that hold something of interest.
    pub directories: BTreeSet<PathBuf>,
    /// The files that may be reported on, by their directories.
    pub selection: BTreeMap<PathBuf, BTreeSet<PathBuf>>,
    /// The files that seem to call modules, sorted.
    pub callers: Vec<PathBuf>,
    /// More such files, elsewhere in the root: what is scanned may be called from there.
    pub outer_callers: Vec<PathBuf>,
    /// The named files that are plans, sorted.
    pub plans: Vec<PathBuf>,
    /// How many files were searched.
    pub files: usize,
    /// What went wrong on the way.
    pub notifications: Vec<Notification>,
}

/// Searches for files that hold one of `words`.
///
/// # Errors
///
/// When a named path does not exist or is no file or directory, when it lies outside a given root, or when a glob is
/// not valid.
pub fn discover(request: &Request, words: &[&str]) -> Result<Discovery, Error> {
    let (root, targets) = paths::resolve(request)?;
    let filter = filter::Filter::new(request, &root)?;
    let (directories, selection) = (BTreeSet::new(), BTreeMap::new());
    let (callers, notifications) = (Vec::new(), Vec::new());
    let mut discovery = Discovery {
        root,
        directories,
        selection,
        callers,
        outer_callers: Vec::new(),
        plans: Vec::new(),
        files: 0,
        notifications,
    };
    let mut hits = walk::Hits::new(words, request.progress.clone());
    for target in &targets {
        let path = &target.path;
        let searched = walk::search(target, &filter.below(path)?, request, &hits, &discovery.root);
        if searched.is_empty() && path.is_dir() {
            let place = Place::Path(discovery.root.relative(path));
            let message = if request.include.is_empty() && request.exclude.is_empty() {
                "There is no Terraform file in this directory, so nothing was searched."
            } else {
                "No Terraform file in this directory passes `--include` and `--exclude`, so nothing was searched."
            };
            discovery.notifications.push(Notification::warning(place, message));
        }
        hits.add(searched);
    }
    hits.into_discovery(&mut discovery);
    let whole = NamedPath { path: discovery.root.path().to_owned(), is_listed: false };
    // What the filters leave out is context all the same.
    let is_part = targets.iter().all(|target| target.path != whole.path)
        || !(request.include.is_empty() && request.exclude.is_empty());
    // A call may lead to something of interest that is installed where the caller is called from.
    let needs_context = !discovery.directories.is_empty() || !discovery.callers.is_empty();
    if needs_context && is_part {
        let everywhere = Request { include: Vec::new(), exclude: Vec::new(), ..request.clone() };
        let filter = filter::Filter::new(&everywhere, &discovery.root)?;
        let mut hits = walk::Hits::new(&[], request.progress.clone());
        hits.add(walk::search(&whole, &filter, request, &hits, &discovery.root));
        discovery.outer_callers = hits.callers().filter(|path| !discovery.callers.contains(path)).collect();
    }
    Ok(discovery)
}

/// What to say of a file that is a link out of the root, and is not read therefore; nothing for any other.
#[must_use]
pub fn link_out_of_root(path: &Path, root: &Root) -> Option<Notification> {
    path.is_symlink().then(|| walk::file_link_out(path, root)).flatten()
}

/// The Terraform files that stand in a directory, sorted: the module that Terraform would read; and what is to be said
/// about it. Links that lead out of the root are left out.
#[must_use]
pub fn module_files(directory: &Path, root: &Root) -> (Vec<PathBuf>, Vec<Notification>) {
    let (mut files, mut notifications) = (Vec::new(), Vec::new());
    let entries = match directory.read_dir().and_then(Iterator::collect::<Result<Vec<_>, _>>) {
        Ok(entries) => entries,
        Err(error) => {
            let message = format!("This directory cannot be listed ({error}); only the named files were read.");
            let note = Notification::error(Place::Path(root.relative(directory)), message);
            return (files, vec![note]);
        }
    };
    for path in entries.into_iter().map(|entry| entry.path()) {
        if !walk::is_terraform(&path) || path.is_dir() {
            continue;
        }
        match link_out_of_root(&path, root) {
            Some(notification) => notifications.push(notification),
            None => files.push(path),
        }
    }
    files.sort();
    (files, notifications)
}
