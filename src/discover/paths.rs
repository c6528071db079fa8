//! The paths of the command line, and the root that reported paths are relative to.

use std::collections::BTreeSet;
use std::env;
use std::io;
use std::path::{Path, PathBuf};

use super::Request;
use crate::error::Error;
use crate::source::{Notification, Place, read, slashed};

/// The directory that reported paths are relative to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Root(PathBuf);

impl Root {
    /// The directory itself, absolute and without links.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// A path as reports show it: relative to the root, or as it is when it lies elsewhere. The root itself is `.`.
    #[must_use]
    pub fn relative(&self, path: &Path) -> PathBuf {
        match path.strip_prefix(&self.0) {
            Ok(inside) if inside.as_os_str().is_empty() => PathBuf::from("."),
            Ok(inside) => inside.to_owned(),
            Err(_) => path.to_owned(),
        }
    }
}

/// The path that a link leads to, if that is inside of the root; any other path as it is. A file that has several names
/// is known by one.
#[must_use]
pub fn resolved(path: &Path, root: &Root) -> PathBuf {
    let resolved = if path.is_symlink() { path.canonicalize().ok() } else { None };
    resolved.filter(|resolved| resolved.starts_with(root.path())).unwrap_or_else(|| path.to_owned())
}

/// What to scan, absolute and without links.
#[derive(Debug, Default)]
pub(super) struct Targets {
    /// The files and directories that are named.
    pub(super) named: Vec<PathBuf>,
    /// The files and directories that a list names, sorted; `None` without a list.
    pub(super) listed: Option<BTreeSet<PathBuf>>,
    /// What is wrong with entries of the list.
    pub(super) problems: Vec<Notification>,
}

/// The root, and what to scan.
pub(super) fn resolve(request: &Request) -> Result<(Root, Targets), Error> {
    let current = canonical(Path::new("."))?;
    let mut named = request.paths.iter().map(|path| scannable(path)).collect::<Result<Vec<_>, _>>()?;
    if named.is_empty() && request.listed.is_none() {
        named.push(current.clone());
    }
    let root = if let Some(root) = &request.root {
        given_root(root, &named)?
    } else {
        stay_inside(request, &named, &current)?;
        // What a list names may be a stranger's choice, and says nothing of where the root is.
        let list_starts = request.listed.is_some().then(|| current.clone());
        found_root(&current, &named.iter().cloned().chain(list_starts).collect::<Vec<_>>())
    };
    let mut targets = Targets { named, ..Targets::default() };
    let root = Root(root);
    if let Some(entries) = &request.listed {
        targets.listed = Some(list(entries, &current, &root, &mut targets.problems)?);
    }
    Ok((root, targets))
}

/// The entries of a list that are there and inside of the root.
fn list(
    entries: &[PathBuf],
    current: &Path,
    root: &Root,
    problems: &mut Vec<Notification>,
) -> Result<BTreeSet<PathBuf>, Error> {
    let mut listed = BTreeSet::new();
    for entry in entries {
        if entry.symlink_metadata().is_err() {
            return Err(Error::NotThere(entry.clone()));
        }
        let message = match entry.canonicalize() {
            Ok(path) if path.starts_with(root.path()) => {
                listed.insert(path);
                continue;
            }
            Ok(path) if entry.is_symlink() => {
                format!("This link leads out of the root, to {}, and was not followed.", slashed(&path))
            }
            Ok(path) => format!(
                "This path in the list is outside of the root (it leads to {}). It was left out.",
                slashed(&path)
            ),
            Err(error) => format!("This link leads nowhere ({error}). It was left out."),
        };
        let lexical = read::cleaned(&current.join(entry));
        problems.push(Notification::error(Place::Path(root.relative(&lexical)), message));
        listed.insert(lexical);
    }
    Ok(listed)
}

/// Refuses a named path inside of the repository, or of the working directory, that a link leads out of there: the tree
/// must not say what is scanned.
fn stay_inside(request: &Request, named: &[PathBuf], current: &Path) -> Result<(), Error> {
    let home = git_root(current).unwrap_or(current);
    for (given, path) in request.paths.iter().zip(named) {
        let lexical = read::cleaned(&current.join(given));
        if lexical.starts_with(home) && !path.starts_with(home) {
            return Err(Error::LeadsOut { path: given.clone(), target: path.clone() });
        }
    }
    Ok(())
}

/// Whether a path is inside of the root as it is written, and leads elsewhere.
pub(super) fn leads_out(path: &Path, root: &Root) -> bool {
    let resolved = path.canonicalize();
    read::cleaned(path).starts_with(root.path()) && resolved.is_ok_and(|resolved| !resolved.starts_with(root.path()))
}

/// A path of the command line that can be scanned.
fn scannable(path: &Path) -> Result<PathBuf, Error> {
    let resolved = canonical(path)?;
    if resolved.is_dir() || resolved.is_file() { Ok(resolved) } else { Err(Error::NotScannable(path.to_owned())) }
}

fn canonical(path: &Path) -> Result<PathBuf, Error> {
    path.canonicalize().map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => Error::NoSuchPath(path.to_owned()),
        _ => Error::Path { path: path.to_owned(), error },
    })
}

fn given_root(root: &Path, paths: &[PathBuf]) -> Result<PathBuf, Error> {
    let root = canonical(root)?;
    match paths.iter().find(|path| !path.starts_with(&root)) {
        Some(outside) => Err(Error::OutsideRoot { path: outside.clone(), root }),
        None => Ok(root),
    }
}

/// The git repository around the working directory when all paths lie in it, else the one around the paths; without
/// a repository what is named, or the directory that holds all that is: never one above, which may be anything.
///
/// Git itself is never run: in a container it refuses trees that belong to somebody else.
fn found_root(current: &Path, paths: &[PathBuf]) -> PathBuf {
    let encloses = |directory: &Path| paths.iter().all(|path| path.starts_with(directory));
    let common = common_directory(paths);
    let repository = [current, &common].into_iter().filter_map(git_root).find(|root| encloses(root));
    match repository {
        Some(root) => root.to_owned(),
        None => common,
    }
}

/// The nearest directory from `start` upwards that holds `.git`: a directory, or a file in worktrees and submodules.
#[must_use]
pub fn git_root(start: &Path) -> Option<&Path> {
    start.ancestors().find(|directory| directory.join(".git").exists())
}

/// The deepest directory that holds all paths.
fn common_directory(paths: &[PathBuf]) -> PathBuf {
    let directory = |path: &PathBuf| {
        if path.is_dir() { path.clone() } else { path.parent().unwrap_or(Path::new("/")).to_owned() }
    };
    let mut common = paths.first().map_or_else(|| env::current_dir().unwrap_or_default(), directory);
    while !paths.iter().all(|path| path.starts_with(&common)) && common.pop() {}
    common
}
