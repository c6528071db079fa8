//! What git's ignore files say, for who asks that they be respected. A stranger may have written them: they are read as
//! small regular files inside of the root, and nothing else of git is.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder};

use crate::source::{Notification, Place, read};

use super::paths::Root;

/// An ignore file that is larger is not read, in bytes.
const MOST_BYTES: u64 = 1_000_000;

/// The ignore files of a repository, each read when it is first asked for.
pub(super) struct IgnoreFiles {
    root: Root,
    /// The directory up to which ignore files count.
    top: PathBuf,
    known: Mutex<HashMap<PathBuf, Arc<Gitignore>>>,
    problems: Mutex<Vec<Notification>>,
}

impl IgnoreFiles {
    /// The ignore files that count for what is below a named directory: within a git repository those up to its top,
    /// unless they ignore the directory as a whole; elsewhere those below the directory.
    pub(super) fn new(named: &Path, root: &Root) -> Self {
        let is_top = |directory: &&Path| directory.join(".git").exists();
        let repository = named.ancestors().take_while(|above| above.starts_with(root.path())).find(is_top);
        let files = |top: &Path| Self {
            root: root.clone(),
            top: top.to_owned(),
            known: Mutex::default(),
            problems: Mutex::default(),
        };
        let all = files(repository.unwrap_or(named));
        let ignores = named.ancestors().take_while(|above| above.starts_with(&all.top) && *above != all.top);
        if ignores.into_iter().any(|directory| all.ignores(directory, true)) { files(named) } else { all }
    }

    /// Whether a path is ignored. Directories that are ignored are taken to be left out already.
    pub(super) fn ignores(&self, path: &Path, is_directory: bool) -> bool {
        let above = path.ancestors().skip(1).take_while(|above| above.starts_with(&self.top));
        // The nearest file that has something to say decides.
        let said = above.map(|directory| match self.of(directory).matched(path, is_directory) {
            Match::Ignore(_) => Some(true),
            Match::Whitelist(_) => Some(false),
            Match::None => None,
        });
        said.flatten().next().unwrap_or(false)
    }

    /// What went wrong with ignore files.
    pub(super) fn problems(&self) -> Vec<Notification> {
        std::mem::take(&mut *self.problems.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The ignore file of a directory.
    fn of(&self, directory: &Path) -> Arc<Gitignore> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.entry(directory.to_owned()).or_insert_with(|| Arc::new(self.read(directory))).clone()
    }

    fn read(&self, directory: &Path) -> Gitignore {
        let path = directory.join(".gitignore");
        let Ok(metadata) = path.symlink_metadata() else { return Gitignore::empty() };
        let text = if metadata.is_symlink() {
            Err("is a link".to_owned())
        } else if metadata.len() > MOST_BYTES {
            Err(format!("is longer than {MOST_BYTES} bytes"))
        } else {
            read::bytes(&path).map_err(|error| error.to_string())
        };
        let mut builder = GitignoreBuilder::new(directory);
        match text {
            // A line that is no glob ignores nothing, as in git.
            Ok(text) => {
                for line in String::from_utf8_lossy(&text).lines() {
                    _ = builder.add_line(None, line);
                }
            }
            Err(why) => {
                let message = format!("This ignore file {why}; it ignores nothing.");
                let note = Notification::warning(Place::Path(self.root.relative(&path)), message);
                self.problems.lock().unwrap_or_else(PoisonError::into_inner).push(note);
            }
        }
        builder.build().unwrap_or_else(|_| Gitignore::empty())
    }
}
