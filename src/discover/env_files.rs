//! Where people keep files of values that Terraform does not read by itself: `terraform plan -var-file=env/prod.tfvars`.
//!
//! They lie in a root module's directory or below it, in a folder of a usual name beside it, or in one around it. A
//! directory with Terraform files of its own keeps what lies in it and below it: `stacks/db/db.tfvars` is for
//! `stacks/db`, whatever is above. In a folder that several root modules share, a file or folder that is called as one of
//! them is for that one: of `vars/app.tfvars` and `vars/db.tfvars`, `app` takes the first.

use std::collections::{HashMap, VecDeque};
use std::ffi::OsStr;
use std::path::{Component, Path, PathBuf};
use std::rc::Rc;

use super::paths::Root;
use super::walk::{SKIPPED, is_terraform};
use crate::source::read;

/// What folders are called that hold nothing but values.
const USUAL_NAMES: [&str; 6] = ["env", "envs", "environments", "vars", "tfvars", "config"];

/// Calls from below a directory of such a name are trials of a module and do not stand for how it is used; nor do values
/// from there.
const TRIALS: [&str; 5] = ["example", "examples", "test", "tests", "fixtures"];

/// Whether a path leads through a directory in which modules are only tried out.
#[must_use]
pub fn is_trial(path: &Path) -> bool {
    path.components().any(|part| TRIALS.iter().any(|name| part.as_os_str() == *name))
}

/// Files of values, sorted, and whether these are all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Listed {
    /// The files.
    pub files: Vec<PathBuf>,
    /// Whether something was left out, since there is more than anybody lists.
    pub is_cut: bool,
}

/// Looks for files of values. What several root modules share is listed once.
#[derive(Debug, Default)]
pub struct EnvFiles {
    /// What is in folders and below. Looked up, never listed.
    below: HashMap<PathBuf, Rc<Listed>>,
    /// Whether directories hold Terraform files. Looked up, never listed.
    modules: HashMap<PathBuf, bool>,
}

impl EnvFiles {
    /// The files that may be meant for the root module in a directory, but for those that Terraform reads by itself.
    #[must_use]
    pub fn of(&mut self, directory: &Path, root: &Root) -> Listed {
        let mut all = below(directory, true);
        all.files.retain(|file| file.parent() != Some(directory) || !is_automatic(file));
        for folder in beside(directory, root) {
            let listed = self.listed(&folder);
            all.is_cut |= listed.is_cut;
            let wanted = listed.files.iter().filter(|file| !self.is_for_another(file, &folder, directory));
            let wanted: Vec<PathBuf> = wanted.cloned().collect();
            all.files.extend(wanted);
        }
        for folder in around(directory, root) {
            let listed = entries(&folder);
            if !listed.is_module {
                all.files.extend(listed.files);
            }
        }
        all.files.sort();
        all.files.dedup();
        all
    }

    fn listed(&mut self, folder: &Path) -> Rc<Listed> {
        let listed = || Rc::new(below(folder, false));
        self.below.entry(folder.to_owned()).or_insert_with(listed).clone()
    }

    /// Whether a file in a folder beside a root module is called as another module that is beside it, or lies in a folder
    /// that is.
    fn is_for_another(&mut self, file: &Path, folder: &Path, directory: &Path) -> bool {
        let Some(parent) = directory.parent() else { return false };
        let inside = file.strip_prefix(folder).unwrap_or(file);
        let stem = |name: &OsStr| name.to_str().and_then(|name| name.split('.').next()).map(ToOwned::to_owned);
        let names: Vec<String> = inside.iter().filter_map(stem).filter(|name| !name.is_empty()).collect();
        names.iter().map(|name| parent.join(name)).any(|other| other != directory && self.is_module(&other))
    }

    fn is_module(&mut self, directory: &Path) -> bool {
        let is_module = || is_folder(directory) && entries(directory).is_module;
        *self.modules.entry(directory.to_owned()).or_insert_with(is_module)
    }
}

/// The folders of the usual names beside a directory, inside of the root.
fn beside(directory: &Path, root: &Root) -> Vec<PathBuf> {
    let parent = directory.parent().filter(|parent| directory != root.path() && parent.starts_with(root.path()));
    let named = parent.into_iter().flat_map(|parent| USUAL_NAMES.map(|name| parent.join(name)));
    named.filter(|folder| folder != directory && is_folder(folder)).collect()
}

/// The folders around a directory from one of a usual name on: of `environments/prod/app` these are `environments` and
/// `environments/prod`. What the root itself is called says nothing: it is a checkout.
fn around(directory: &Path, root: &Root) -> Vec<PathBuf> {
    let Ok(inside) = directory.strip_prefix(root.path()) else { return Vec::new() };
    let (mut folder, mut folders) = (root.path().to_owned(), Vec::new());
    for part in inside.parent().into_iter().flat_map(Path::components) {
        let Component::Normal(name) = part else { continue };
        folder.push(name);
        if !folders.is_empty() || USUAL_NAMES.iter().any(|usual| name == *usual) {
            folders.push(folder.clone());
        }
    }
    folders
}

/// The files of values in a folder and below it, what is near first when there are too many. Links to folders are not
/// followed, and folders with Terraform files are left out, but for a start that is the root module itself.
fn below(start: &Path, is_root_module: bool) -> Listed {
    let mut listed = Listed::default();
    let mut seen = 0;
    let mut pending = VecDeque::from([start.to_owned()]);
    while let Some(folder) = pending.pop_front() {
        let Entries { files, folders, is_module, count } = entries(&folder);
        seen += count;
        if is_module && !(is_root_module && folder == start) {
            continue;
        }
        listed.files.extend(files);
        pending.extend(folders);
        if seen > read::MOST_LISTED {
            listed.is_cut = true;
            break;
        }
    }
    listed.files.sort();
    listed
}

/// What a folder holds.
#[derive(Default)]
struct Entries {
    /// The files of values.
    files: Vec<PathBuf>,
    /// The folders to look into, sorted.
    folders: Vec<PathBuf>,
    /// Whether there are Terraform files.
    is_module: bool,
    /// How many entries there are.
    count: usize,
}

fn entries(folder: &Path) -> Entries {
    let mut entries = Entries::default();
    for entry in folder.read_dir().into_iter().flatten().flatten().take(read::MOST_LISTED + 1) {
        entries.count += 1;
        let path = entry.path();
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            let name = entry.file_name();
            let is_left_out = SKIPPED.iter().chain(&TRIALS).any(|known| name == *known);
            if !is_left_out {
                entries.folders.push(path);
            }
        } else if is_values(&path) {
            entries.files.push(path);
        } else {
            entries.is_module |= is_terraform(&path);
        }
    }
    if entries.count > read::MOST_LISTED {
        // Which of them come first would be chance.
        return Entries { files: Vec::new(), folders: Vec::new(), ..entries };
    }
    entries.folders.sort();
    entries
}

/// Whether a path is a directory, and no link to one.
fn is_folder(path: &Path) -> bool {
    path.symlink_metadata().is_ok_and(|metadata| metadata.is_dir())
}

fn is_values(path: &Path) -> bool {
    let name = path.file_name().map_or(&[][..], OsStr::as_encoded_bytes);
    let is_hidden = name.starts_with(b".") || name.ends_with(b"~");
    !is_hidden && (name.ends_with(b".tfvars") || name.ends_with(b".tfvars.json"))
}

/// Whether Terraform reads a file of this name by itself, in a root module's directory.
#[must_use]
pub(super) fn is_automatic(path: &Path) -> bool {
    let name = path.file_name().map_or(&[][..], OsStr::as_encoded_bytes);
    matches!(name, b"terraform.tfvars" | b"terraform.tfvars.json")
        || name.ends_with(b".auto.tfvars")
        || name.ends_with(b".auto.tfvars.json")
}
