//! `fileset`: the files whose paths match a pattern. Links are followed, as far as they stay inside of the root.

use std::path::{Path, PathBuf};

use super::globs::{self, Failure};
use super::{Call, Evaluated, Evaluator, Value, paths};
use crate::source::read::{self, Entry};
use crate::terraform::limits::STEPS_OF_FILE;

/// What it takes to list a file, in steps.
const STEPS_OF_ENTRY: usize = 100;

/// Why it is not known which files there are.
enum Stop {
    /// It depends on something that podgate does not read or do.
    Unknown(Value),
    /// Terraform refuses it: a part of the pattern, or a link to nothing that matches.
    Refused(&'static str),
}

impl From<Value> for Stop {
    fn from(unknown: Value) -> Self {
        Self::Unknown(unknown)
    }
}

/// A search for files.
struct Search<'c> {
    call: &'c Call<'c>,
    boundary: &'c Path,
    /// The paths that match, as they are shown.
    found: Vec<String>,
}

/// A place in the tree that is searched.
#[derive(Clone)]
struct Place {
    /// Where it is.
    path: PathBuf,
    /// How the paths of what is in it begin.
    shown: String,
    /// How many parts of the pattern matched by wildcards on the way.
    depth: usize,
}

impl Place {
    fn inner(&self, name: &str, path: PathBuf) -> Self {
        let slash = if self.shown.is_empty() || self.shown.ends_with('/') { "" } else { "/" };
        Self { path, shown: format!("{}{slash}{name}", self.shown), depth: self.depth + 1 }
    }
}

/// `fileset(directory, pattern)`. The directory is a part of the pattern.
pub(super) fn fileset(call: &Call<'_>, evaluator: &Evaluator<'_>) -> Evaluated {
    let [directory, pattern] = call.exactly()?;
    let (directory, pattern) = (call.string(directory)?, call.string(pattern)?);
    let base = paths::cleaned(&directory);
    let whole = paths::cleaned(&format!("{base}/{pattern}"));
    if read::is_gits(Path::new(&whole)) {
        return Ok(call.unknown("it depends on git's own files, which podgate does not read for expressions"));
    }
    let parts = globs::split(&whole, '/');
    let named = parts.iter().take_while(|part| !globs::is_glob(part)).count();
    let shown = parts[..named].join("/");
    let shown = if shown.is_empty() && whole.starts_with('/') { "/".to_owned() } else { shown };
    let path = match evaluator.file_path(if shown.is_empty() { "." } else { &shown }, call.span) {
        Ok(path) => path,
        Err(unknown) => return Ok(unknown.into()),
    };
    let mut search = Search { call, boundary: evaluator.boundary(), found: Vec::new() };
    let place = Place { path, shown, depth: 0 };
    let searched = match parts.get(named..).filter(|parts| !parts.is_empty()) {
        Some(parts) => search.below(&place, parts),
        None => search.take(&place),
    };
    match searched {
        Ok(()) => {}
        Err(Stop::Unknown(unknown)) => return Ok(unknown),
        Err(Stop::Refused(what)) => return call.refused(what),
    }
    let relative = search.found.iter().map(|path| globs::relative(&base, path));
    match relative.collect::<Option<Vec<_>>>() {
        Some(paths) => Ok(Value::set(paths.iter().map(|path| Value::string(path)).collect())),
        None => call.refused("a directory above the one where Terraform runs"),
    }
}

impl Search<'_> {
    /// Takes what is in a directory, no link, and matches, if it is a file.
    fn take_entry(&mut self, place: &Place) {
        if place.path.is_file() {
            self.found.push(place.shown.clone());
        }
    }

    /// Takes a path that matches, if it leads to a file.
    fn take(&mut self, place: &Place) -> Result<(), Stop> {
        self.call.spend(STEPS_OF_FILE)?;
        if place.path.symlink_metadata().is_err() {
            return Ok(());
        }
        let Some(resolved) = self.resolved(&place.path)? else {
            return Err(Stop::Refused("a link to nothing that matches"));
        };
        if resolved.is_file() {
            self.found.push(place.shown.clone());
        }
        Ok(())
    }

    /// Where a path leads; `None` when it leads nowhere.
    fn resolved(&self, path: &Path) -> Result<Option<PathBuf>, Stop> {
        let Ok(resolved) = path.canonicalize() else { return Ok(None) };
        if !resolved.starts_with(self.boundary) {
            let reason = "a link among the files that it lists leads out of the root";
            return Err(self.call.unknown(reason).into());
        }
        if read::is_gits(&resolved) {
            let reason = "it depends on git's own files, which podgate does not read for expressions";
            return Err(self.call.unknown(reason).into());
        }
        Ok(Some(resolved))
    }

    /// What is in a directory, charged.
    fn entries(&self, directory: &Path) -> Result<Vec<(String, Entry)>, Stop> {
        self.call.spend(STEPS_OF_FILE)?;
        let most = read::MOST_LISTED;
        let entries = read::entries(directory).ok_or_else(|| {
            self.call.unknown(format!("it depends on a directory of more than {most} files, which is podgate's limit"))
        })?;
        self.call.spend(entries.len() * STEPS_OF_ENTRY)?;
        Ok(entries)
    }

    /// Searches below a place for what the parts of a pattern match, of which the first one is no mere name.
    fn below(&mut self, place: &Place, parts: &[&str]) -> Result<(), Stop> {
        // A link may lead to a directory above it.
        self.call.budget.deeper(|| self.within(place, parts)).map_err(|reason| self.call.unknown(reason))?
    }

    fn within(&mut self, place: &Place, mut parts: &[&str]) -> Result<(), Stop> {
        let entries = self.entries(&place.path)?;
        if parts[0] == "**" {
            self.in_all(place, &entries, parts)?;
            parts = &parts[1..];
        }
        let Some((part, rest)) = parts.split_first() else { return Ok(()) };
        for (name, entry) in &entries {
            self.call.spend(10 + globs::steps(part, name) / 10)?;
            match globs::matches(part, name) {
                Ok(false) => {}
                Ok(true) => {
                    let inner = place.inner(name, place.path.join(name));
                    match entry {
                        Entry::File if rest.is_empty() => self.take_entry(&inner),
                        Entry::File => {}
                        _ => self.at(&inner, rest)?,
                    }
                }
                // Deeper down, Terraform forgets it when it looks at something else behind.
                Err(Failure::BadPattern) if place.depth == 0 => return Err(Stop::Refused("this pattern")),
                Err(_) => return Err(self.call.unknown("podgate does not decide what this pattern matches").into()),
            }
        }
        Ok(())
    }

    /// Searches in all directories for what is behind `**`, and for `**` itself.
    fn in_all(&mut self, place: &Place, entries: &[(String, Entry)], parts: &[&str]) -> Result<(), Stop> {
        let is_last = parts.len() == 1;
        for (name, entry) in entries {
            let mut inner = place.inner(name, place.path.join(name));
            let is_directory = match entry {
                Entry::Link => match self.resolved(&inner.path)? {
                    Some(resolved) if place.path.starts_with(&resolved) => {
                        let reason = "a link among the directories that it lists leads to one that it is in";
                        return Err(self.call.unknown(reason).into());
                    }
                    Some(resolved) => {
                        inner.path = resolved;
                        inner.path.is_dir()
                    }
                    None => continue,
                },
                entry => *entry == Entry::Directory,
            };
            if is_directory {
                self.below(&inner, parts)?;
            } else if is_last {
                self.take_entry(&inner);
            }
        }
        Ok(())
    }

    /// Goes on from a place with what is left of a pattern.
    fn at(&mut self, place: &Place, parts: &[&str]) -> Result<(), Stop> {
        let named = parts.iter().take_while(|part| !globs::is_glob(part)).count();
        let mut place = place.clone();
        for name in &parts[..named] {
            place = place.inner(name, place.path.join(name));
        }
        if named == parts.len() {
            return self.take(&place);
        }
        self.call.spend(STEPS_OF_FILE)?;
        match self.resolved(&place.path)? {
            Some(resolved) if resolved.is_dir() => {
                place.path = resolved;
                self.below(&place, &parts[named..])
            }
            _ => Ok(()),
        }
    }
}
