//! Floor 6: which files to read.
//!
//! Walks the named paths, reads every Terraform file once and searches its bytes for the words that the enabled rules
//! look for. Only directories that hold a hit are handed on: a repository without a policy costs what a search costs.

mod env_files;
mod filter;
mod ignored;
mod inputs;
pub mod list;
mod named;
mod paths;
mod walk;

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;

use crate::error::Error;
use crate::source::{Notification, Place, read};

pub use env_files::{EnvFiles, is_trial};
pub use inputs::{Given, InputRequest, matching_files, value_files};
use paths::Targets;
pub use paths::{Root, git_root, resolved};
pub use walk::{has_old_line_ends, old_line_ends};

/// What to look for, and where.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// The files and directories to scan; none means the working directory.
    pub paths: Vec<PathBuf>,
    /// Files and directories that a list names, whatever they are: what they have a say in is reported. All of the root
    /// is searched for that.
    pub listed: Option<Vec<PathBuf>>,
    /// The directory that reported paths are relative to, if it is not to be found.
    pub root: Option<PathBuf>,
    /// Globs, relative to the root: only files that match one are reported on.
    pub include: Vec<String>,
    /// Globs, relative to the root: files and directories that match one are left out.
    pub exclude: Vec<String>,
    /// Whether to leave out what `.gitignore` files say to ignore.
    pub respect_ignore_files: bool,
    /// Whether to count the Terraform files in directories that are passed over as such.
    pub count_passed_over: bool,
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
    /// What could not be read of the root besides what is scanned: it may hold callers, too.
    pub outer_problems: Vec<Notification>,
    /// The named files that are plans, sorted.
    pub plans: Vec<PathBuf>,
    /// The files and directories that a list names, if there is one: what no listed file has a say in is not reported.
    pub listed: Option<BTreeSet<PathBuf>>,
    /// The directories that were passed over as such: git's own, and what `terraform init` and Terragrunt download.
    pub passed_over: Vec<PathBuf>,
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
    let (root, Targets { mut named, listed, problems }) = paths::resolve(request)?;
    let filter = filter::Filter::new(request, &root)?;
    // What a listed file has a say in may stand anywhere.
    let listed = listed.map(|listed| listed.into_iter().chain(named.clone()).collect::<BTreeSet<_>>());
    if listed.as_ref().is_some_and(|listed| !listed.is_empty()) {
        named.push(root.path().to_owned());
    }
    let mut discovery = Discovery {
        root,
        directories: BTreeSet::new(),
        selection: BTreeMap::new(),
        callers: Vec::new(),
        outer_callers: Vec::new(),
        outer_problems: Vec::new(),
        plans: Vec::new(),
        listed,
        passed_over: Vec::new(),
        files: 0,
        notifications: problems,
    };
    let mut hits = walk::Hits::new(words, request.progress.clone());
    for path in &named {
        let searched = walk::search(path, &filter.below(path)?, request, &hits, &discovery.root);
        if searched.is_empty() && path.is_dir() {
            discovery.notifications.push(nothing_in(path, request, &discovery.root));
        }
        hits.add(searched);
    }
    hits.into_discovery(&mut discovery);
    discovery.notifications.extend(filter.unused());
    let whole = discovery.root.path();
    // What the filters leave out is context all the same.
    let is_part = named.iter().all(|path| path != whole) || !(request.include.is_empty() && request.exclude.is_empty());
    // A call may lead to something of interest that is installed where the caller is called from.
    let needs_context = !discovery.directories.is_empty() || !discovery.callers.is_empty();
    if needs_context && is_part {
        let everywhere =
            Request { include: Vec::new(), exclude: Vec::new(), respect_ignore_files: false, ..request.clone() };
        let filter = filter::Filter::new(&everywhere, &discovery.root)?;
        let mut hits = walk::Hits::new(&[], request.progress.clone());
        hits.add(walk::search(whole, &filter, &everywhere, &hits, &discovery.root));
        let known: HashSet<&PathBuf> = discovery.callers.iter().collect();
        discovery.outer_problems = hits.problems().collect();
        let outer = hits.callers().filter(|path| !known.contains(path)).collect();
        discovery.outer_callers = outer;
    }
    Ok(discovery)
}

/// What to say of a named directory in which nothing was searched.
fn nothing_in(directory: &Path, request: &Request, root: &Root) -> Notification {
    let place = Place::Path(root.relative(directory));
    if !(request.include.is_empty() && request.exclude.is_empty()) {
        let message =
            "No Terraform file in this directory passes `--include` and `--exclude`, so nothing was searched.";
        return Notification::warning(place, message);
    }
    let hint = match named::plan_in(directory) {
        Some(plan) => format!(" It holds a plan, {plan}: name it, and it is read."),
        None => String::new(),
    };
    let message = format!("There is no Terraform file in this directory, so nothing was searched.{hint}");
    Notification::warning(place, message)
}

/// How many Terraform files are in directories that were passed over.
#[must_use]
pub fn count_passed_over(directories: &[PathBuf]) -> usize {
    let files = directories.iter().filter_map(|directory| read::files_below(directory)).flatten();
    files.filter(|file| walk::is_terraform(Path::new(file))).count()
}

/// What to say of a file of the root that a link, on whatever part of its path, leads out of there, and that is not read
/// therefore; nothing for any other.
#[must_use]
pub fn link_out_of_root(path: &Path, root: &Root) -> Option<Notification> {
    (path.is_symlink() || paths::leads_out(path, root)).then(|| walk::file_link_out(path, root)).flatten()
}

/// Where a path of the caller's leads, if it is inside of the root as it is written and a link leads it out.
#[must_use]
pub fn led_out(path: &Path, root: &Root) -> Option<PathBuf> {
    let absolute = std::path::absolute(path).ok()?;
    paths::leads_out(&absolute, root).then(|| path.canonicalize().ok()).flatten()
}

/// The directory on the way of a path that is passed over as such, if there is one inside of the root.
#[must_use]
pub fn passed_over(path: &Path, root: &Root) -> Option<&'static str> {
    walk::passed_over(&root.relative(path))
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
