//! Which of the paths below a named directory count.

use std::path::Path;

use globset::{Glob, GlobBuilder, GlobSet, GlobSetBuilder};

use super::Request;
use super::paths::Root;
use crate::error::Error;

/// The globs of `--include` and `--exclude`.
#[derive(Clone)]
pub(super) struct Filter {
    root: Root,
    include: Option<GlobSet>,
    exclude: GlobSet,
    excluded: Vec<Glob>,
}

impl Filter {
    pub(super) fn new(request: &Request, root: &Root) -> Result<Self, Error> {
        let include = globs(&request.include)?;
        let excluded = globs(&request.exclude)?;
        Ok(Self {
            root: root.clone(),
            include: if include.is_empty() { None } else { Some(set(&include)?) },
            exclude: set(&excluded)?,
            excluded,
        })
    }

    /// The filter for what lies below a path that was named: a glob that excludes the path itself, or a directory
    /// around it, does not apply there.
    pub(super) fn below(&self, named: &Path) -> Result<Self, Error> {
        let relative = self.root.relative(named);
        let around: Vec<&Path> = relative.ancestors().filter(|around| !around.as_os_str().is_empty()).collect();
        let mut excluded = Vec::new();
        for glob in &self.excluded {
            // `a/**` excludes all of `a`, though it does not match `a` itself.
            let directory =
                glob.glob().strip_suffix("/**").map(|directory| compile(directory, directory)).transpose()?;
            let whole = |path: &&Path| {
                [Some(glob), directory.as_ref()].into_iter().flatten().any(|glob| glob.compile_matcher().is_match(path))
            };
            if !around.iter().any(whole) {
                excluded.push(glob.clone());
            }
        }
        Ok(Self { root: self.root.clone(), include: self.include.clone(), exclude: set(&excluded)?, excluded })
    }

    /// Whether a directory is to be walked.
    pub(super) fn enters(&self, directory: &Path) -> bool {
        !self.exclude.is_match(self.root.relative(directory))
    }

    /// Whether a file is to be reported on.
    pub(super) fn takes(&self, file: &Path) -> bool {
        let relative = self.root.relative(file);
        let included = |include: &GlobSet| relative.ancestors().any(|path| include.is_match(path));
        self.include.as_ref().is_none_or(included) && !self.exclude.is_match(&relative)
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
    glob.map_err(|error| Error::Glob { glob: given.to_owned(), reason: error.kind().to_string() })
}

fn set(globs: &[Glob]) -> Result<GlobSet, Error> {
    let mut builder = GlobSetBuilder::new();
    for glob in globs {
        builder.add(glob.clone());
    }
    builder.build().map_err(|error| Error::Glob {
        glob: error.glob().unwrap_or_default().to_owned(),
        reason: error.kind().to_string(),
    })
}
