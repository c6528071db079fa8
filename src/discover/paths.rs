//! The paths of the command line, and the root that reported paths are relative to.

use std::env;
use std::io;
use std::path::{Path, PathBuf};

use super::Request;
use crate::error::Error;

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

/// A file or directory to scan, absolute and without links.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NamedPath {
    pub(super) path: PathBuf,
    /// Whether it comes from a list, which may hold anything.
    pub(super) is_listed: bool,
}

/// The root, and what to scan.
pub(super) fn resolve(request: &Request) -> Result<(Root, Vec<NamedPath>), Error> {
    let current = canonical(Path::new("."))?;
    let named = request.paths.iter().map(|path| (path, false));
    let listed = request.listed.iter().map(|path| (path, true));
    let target = |(path, is_listed): (&PathBuf, bool)| Ok(NamedPath { path: scannable(path)?, is_listed });
    let mut targets = named.chain(listed).map(target).collect::<Result<Vec<_>, _>>()?;
    if targets.is_empty() && !request.nothing_else {
        targets.push(NamedPath { path: current.clone(), is_listed: false });
    }
    let paths: Vec<PathBuf> = targets.iter().map(|target| target.path.clone()).collect();
    let root = match &request.root {
        Some(root) => given_root(root, &paths)?,
        None => found_root(&current, &paths),
    };
    Ok((Root(root), targets))
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
/// a repository the working directory, or the directory that holds the paths when they lie elsewhere.
///
/// Git itself is never run: in a container it refuses trees that belong to somebody else.
fn found_root(current: &Path, paths: &[PathBuf]) -> PathBuf {
    let encloses = |directory: &Path| paths.iter().all(|path| path.starts_with(directory));
    let common = common_directory(paths);
    let repository = [current, &common].into_iter().filter_map(git_root).find(|root| encloses(root));
    match repository {
        Some(root) => root.to_owned(),
        None if encloses(current) => current.to_owned(),
        None => common,
    }
}

/// The nearest directory from `start` upwards that holds `.git`: a directory, or a file in worktrees and submodules.
fn git_root(start: &Path) -> Option<&Path> {
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
