//! What gives values to variables: options of the command line, and files in a module's directory.

use std::path::{Path, PathBuf};

use globset::GlobBuilder;

use super::env_files::is_automatic;
use crate::error::Error;
use crate::source::read;

/// What the variables of root modules are given.
#[derive(Debug, Clone, Default)]
pub struct InputRequest {
    /// Values and files of values, each of which beats those in front of it.
    pub given: Vec<Given>,
    /// Globs, relative to a root module's directory: the module is evaluated once more with every file that matches.
    pub each_file: Vec<String>,
    /// Whether root modules are not evaluated with the files of values that people keep beside them and that Terraform
    /// does not read by itself.
    pub no_env_files: bool,
    /// `terraform.workspace`, if it is not `default`.
    pub workspace: Option<String>,
}

/// Something that gives values to variables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Given {
    /// `--var name=value`.
    Argument {
        /// The variable.
        name: String,
        /// Its value, as Terraform's `-var` takes it.
        value: String,
    },
    /// `--var-file`: a file of values.
    File(PathBuf),
}

/// The files of values that Terraform reads by itself in a module's directory, in the order in which they count, the
/// last one most (<https://developer.hashicorp.com/terraform/language/values/variables#variable-definition-precedence>).
#[must_use]
pub fn value_files(directory: &Path) -> Vec<PathBuf> {
    let first = ["terraform.tfvars", "terraform.tfvars.json"].map(|name| directory.join(name));
    let entries = directory.read_dir().into_iter().flatten().flatten().map(|entry| entry.path());
    let mut automatic: Vec<PathBuf> = entries.filter(|path| is_automatic(path) && !first.contains(path)).collect();
    automatic.sort();
    let all = first.into_iter().chain(automatic);
    // Terraform takes a directory of such a name for a file, and fails to read it.
    all.filter(|path| path.symlink_metadata().is_ok()).collect()
}

/// The files below a directory that a glob matches, sorted. A glob may start with `../`.
///
/// # Errors
///
/// When a glob is not valid.
pub fn matching_files(directory: &Path, globs: &[String]) -> Result<Vec<PathBuf>, Error> {
    let mut files = Vec::new();
    for given in globs {
        let invalid = |reason: String| Error::Glob { glob: given.clone(), reason };
        let mut glob = given.strip_prefix("./").unwrap_or(given);
        let mut base = directory.to_owned();
        while let Some(above) = glob.strip_prefix("../") {
            base.pop();
            glob = above;
        }
        // What stands before the first wildcard needs no search.
        while let Some((part, rest)) = glob.split_once('/')
            && !part.contains(['*', '?', '[', '{', '\\'])
        {
            base.push(part);
            glob = rest;
        }
        let matcher =
            GlobBuilder::new(glob).literal_separator(true).build().map_err(|error| Error::glob(given, &error))?;
        let matcher = matcher.compile_matcher();
        let listed = read::files_below(&base).ok_or_else(|| invalid("there are too many files".to_owned()))?;
        files.extend(listed.into_iter().filter(|file| matcher.is_match(file)).map(|file| base.join(file)));
    }
    files.sort();
    files.dedup();
    Ok(files)
}
