//! Which of the paths below a named directory count.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use globset::{Glob, GlobBuilder, GlobSet, GlobSetBuilder};

use super::Request;
use super::paths::Root;
use crate::error::Error;
use crate::source::{Notification, Place};

/// The globs of `--include` and `--exclude`.
#[derive(Clone)]
pub(super) struct Filter {
    root: Root,
    include: Option<Globs>,
    exclude: Globs,
}

/// Globs of one option, and which of them have matched something.
#[derive(Clone)]
struct Globs {
    option: &'static str,
    each: Vec<Glob>,
    set: GlobSet,
    /// In the order of `globs`. What a filter for a part of the tree meets counts for all.
    used: Vec<Arc<AtomicBool>>,
}

impl Globs {
    fn new(option: &'static str, globs: Vec<Glob>) -> Result<Self, Error> {
        let used = globs.iter().map(|_| Arc::default()).collect();
        Ok(Self { option, set: set(&globs)?, each: globs, used })
    }

    /// Those of the globs that `keep` wants; the others count as used.
    fn kept(&self, keep: impl Fn(&Glob) -> Result<bool, Error>) -> Result<Self, Error> {
        let (mut globs, mut used) = (Vec::new(), Vec::new());
        for (glob, flag) in self.each.iter().zip(&self.used) {
            if keep(glob)? {
                globs.push(glob.clone());
                used.push(flag.clone());
            } else {
                flag.store(true, Ordering::Relaxed);
            }
        }
        Ok(Self { option: self.option, set: set(&globs)?, each: globs, used })
    }

    fn is_match(&self, path: &Path) -> bool {
        if !self.set.is_match(path) {
            return false;
        }
        for index in self.set.matches(path) {
            self.used[index].store(true, Ordering::Relaxed);
        }
        true
    }

    /// The globs that have matched nothing.
    fn unused(&self) -> impl Iterator<Item = String> {
        let pairs = self.each.iter().zip(&self.used).filter(|(_, used)| !used.load(Ordering::Relaxed));
        pairs.map(|(glob, _)| format!("{} {}", self.option, glob.glob()))
    }
}

impl Filter {
    pub(super) fn new(request: &Request, root: &Root) -> Result<Self, Error> {
        let include = globs(&request.include)?;
        let include = if include.is_empty() { None } else { Some(Globs::new("--include", include)?) };
        Ok(Self { root: root.clone(), include, exclude: Globs::new("--exclude", globs(&request.exclude)?)? })
    }

    /// The filter for what lies below a path that was named: a glob that excludes the path itself, or a directory
    /// around it, does not apply there.
    pub(super) fn below(&self, named: &Path) -> Result<Self, Error> {
        let relative = self.root.relative(named);
        let around: Vec<&Path> = relative.ancestors().filter(|around| !around.as_os_str().is_empty()).collect();
        let exclude = self.exclude.kept(|glob| {
            // `a/**` excludes all of `a`, though it does not match `a` itself.
            let directory =
                glob.glob().strip_suffix("/**").map(|directory| compile(directory, directory)).transpose()?;
            let whole = |path: &&Path| {
                [Some(glob), directory.as_ref()].into_iter().flatten().any(|glob| glob.compile_matcher().is_match(path))
            };
            Ok(!around.iter().any(whole))
        })?;
        Ok(Self { exclude, ..self.clone() })
    }

    /// Whether a directory is to be walked.
    pub(super) fn enters(&self, directory: &Path) -> bool {
        !self.exclude.is_match(&self.root.relative(directory))
    }

    /// Whether a file is to be reported on.
    pub(super) fn takes(&self, file: &Path) -> bool {
        let relative = self.root.relative(file);
        // All are asked, so that each glob that matches counts as used.
        let included = |include: &Globs| relative.ancestors().filter(|path| include.is_match(path)).count() > 0;
        self.include.as_ref().is_none_or(included) && !self.exclude.is_match(&relative)
    }

    /// Looks at a file that is not Terraform's: a glob may be for such files.
    pub(super) fn passes_over(&self, file: &Path) {
        if !self.exclude.each.is_empty() {
            self.exclude.is_match(&self.root.relative(file));
        }
    }

    /// A warning for every glob that has matched nothing: it may be misspelt.
    pub(super) fn unused(&self) -> impl Iterator<Item = Notification> {
        let unused = self.include.iter().flat_map(Globs::unused).chain(self.exclude.unused());
        unused.map(|glob| {
            Notification::warning(
                Place::Path(PathBuf::from(".")),
                format!("`{glob}` matches nothing that was searched."),
            )
        })
    }
}

/// Globs relative to the root. One that ends in `/` stands for all that is in the directory.
fn globs(given: &[String]) -> Result<Vec<Glob>, Error> {
    let glob = |given: &String| {
        let pattern = given.strip_prefix("./").unwrap_or(given);
        match pattern.strip_suffix('/') {
            Some(directory) => compile(&format!("{directory}/**"), given),
            None => compile(pattern, given),
        }
    };
    given.iter().map(glob).collect()
}

/// A glob in which `*` stays within a directory and `**` does not; `given` is what the user wrote.
fn compile(pattern: &str, given: &str) -> Result<Glob, Error> {
    let glob = GlobBuilder::new(pattern).literal_separator(true).build();
    glob.map_err(|error| Error::glob(given, &error))
}

fn set(globs: &[Glob]) -> Result<GlobSet, Error> {
    let mut builder = GlobSetBuilder::new();
    for glob in globs {
        builder.add(glob.clone());
    }
    builder.build().map_err(|error| Error::glob(error.glob().unwrap_or_default(), &error))
}
