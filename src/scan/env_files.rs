//! Evaluating root modules with the files of values that people keep beside them.
//!
//! A root module whose variables all have a value needs none of them: `terraform plan` runs without. One that asks for a
//! value is evaluated once with every file that has it, and not without, unless a file could have been missed.

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use super::library::Library;
use crate::discover::EnvFiles;
use crate::source::{FileId, Level, Notification, Place};
use crate::terraform::Layer;

/// So many files of values are used for one root module.
const MOST_FILES: usize = 200;

/// So many times root modules are evaluated with such files in one scan.
const MOST_EVALUATIONS: usize = 10_000;

/// A file of values that may be used, and what there is to say about it if it is.
#[derive(Debug)]
struct Candidate {
    layer: Layer,
    notes: Vec<Notification>,
}

/// The files of values that are not named, each of which is read once.
#[derive(Debug, Default)]
pub(super) struct Unnamed {
    finder: EnvFiles,
    /// By path. Looked up, never listed.
    read: HashMap<PathBuf, Rc<Candidate>>,
    evaluations: usize,
}

/// The files that give a root module what it asks for.
#[derive(Debug, Default)]
pub(super) struct Fitting {
    pub(super) layers: Vec<Layer>,
    /// Whether there may be more, so that the module is to be evaluated without any as well.
    pub(super) is_cut: bool,
}

impl Unnamed {
    /// The files that set one of the variables of a root module that nothing else gives a value.
    pub(super) fn fitting(&mut self, directory: &Path, unset: &BTreeSet<&str>, library: &Library) -> Fitting {
        let listed = self.finder.of(directory, &library.root);
        let mut fitting = Fitting { is_cut: listed.is_cut, ..Fitting::default() };
        let mut known: BTreeSet<FileId> = BTreeSet::new();
        for path in listed.files {
            let candidate = self.candidate(&path, library);
            if !candidate.layer.names().any(|name| unset.contains(name)) {
                // What cannot be read may set anything.
                fitting.is_cut |= warn(&candidate.notes, library);
                continue;
            }
            // One file may have several names.
            if let Layer::File(file, _) = candidate.layer
                && !known.insert(file)
            {
                continue;
            }
            if fitting.layers.len() >= MOST_FILES || self.evaluations >= MOST_EVALUATIONS {
                fitting.is_cut = true;
                library.note(too_many(directory, self.evaluations >= MOST_EVALUATIONS, library));
                break;
            }
            self.evaluations += 1;
            candidate.notes.iter().cloned().for_each(|note| library.note(note));
            fitting.layers.push(candidate.layer.clone());
        }
        if listed.is_cut {
            library.note(not_listed(directory, library));
        }
        fitting
    }

    /// A file of values, read when it is first asked for, by whatever name.
    fn candidate(&mut self, path: &Path, library: &Library) -> Rc<Candidate> {
        let resolved = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        let read = || {
            let (layer, notes) = library.values_file_quietly(path);
            Rc::new(Candidate { layer, notes })
        };
        self.read.entry(resolved).or_insert_with(read).clone()
    }
}

/// Says what is wrong with a file that sets nothing of what is asked for, as far as it can be read; and whether there is
/// something.
fn warn(notes: &[Notification], library: &Library) -> bool {
    let errors = notes.iter().filter(|note| note.level == Level::Error);
    let warnings = errors.map(|note| Notification { level: Level::Warning, ..note.clone() });
    warnings.map(|note| library.note(note)).count() > 0
}

fn too_many(directory: &Path, in_all: bool, library: &Library) -> Notification {
    let many = if in_all {
        format!(
            "Root modules were evaluated {MOST_EVALUATIONS} times with values files that are not named, which is podgate's limit"
        )
    } else {
        format!("More than {MOST_FILES} values files set variables of this root module")
    };
    let message = format!("{many}. The other files were not used here. `--each-var-file` names those to use.");
    Notification::warning(Place::Path(library.root.relative(directory)), message)
}

fn not_listed(directory: &Path, library: &Library) -> Notification {
    let message = "There are too many files below or beside this root module to look through all of them for values. \
                   `--each-var-file` names those to use.";
    Notification::warning(Place::Path(library.root.relative(directory)), message)
}
