//! Which directories are root modules: what calls what, as far as the sources of calls tell.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZero;
use std::ops::Range;
use std::path::{Path, PathBuf};

use super::installed::Installed;
use super::library::{INSTALLED, Library};
use crate::discover::{self, Root};
use crate::hcl::json;
use crate::hcl::outline::{Block, outline};
use crate::report::{Absence, Missing};
use crate::source::{FileId, Notification, Place, Sources, Span, read, slashed};
use crate::terraform::{self, Library as _, Module, constant_text};

/// What the calls in a scan come to.
#[derive(Debug, Default)]
pub(super) struct Estate {
    /// The directories to evaluate: those that lead to something of interest and that nothing else covers.
    pub(super) roots: BTreeSet<PathBuf>,
    /// The calls of modules that are not there.
    pub(super) missing: Vec<Missing>,
    /// What is broken in scanned files that call modules, or could: a call may be lost there.
    pub(super) broken: Vec<Notification>,
}

/// What a file says of module calls.
#[derive(Default)]
struct Said {
    calls: Vec<Call>,
    /// What is broken in it, at bytes of the file.
    broken: Vec<(PathBuf, Range<usize>, String)>,
}

/// A module call, as far as its source tells.
struct Call {
    /// The file of the caller.
    file: PathBuf,
    name: String,
    /// Where the module comes from; or, if that is no constant, how it is written.
    source: Result<String, String>,
    /// Its kind and label: bytes of the file.
    header: Range<usize>,
    is_trial: bool,
}

impl Call {
    /// The directory of the caller.
    fn from(&self) -> &Path {
        self.file.parent().unwrap_or(&self.file)
    }

    /// Whether it stands in a file that overrides others.
    fn overrides(&self) -> bool {
        self.file.file_name().is_some_and(terraform::overrides)
    }
}

/// Looks through the files that may call modules for what leads to one of the `candidates`.
/// The calls of the `outer` ones are followed, and nothing is said about them.
pub(super) fn estate(
    candidates: BTreeSet<PathBuf>,
    callers: &[PathBuf],
    outer: &[PathBuf],
    library: &Library,
) -> Estate {
    let Said { calls, broken } = calls_of_all(callers, &library.root);
    let mut calls = merged(calls);
    let inner = calls.len();
    calls.extend(merged(calls_of_all(outer, &library.root).calls));
    let mut edges: Vec<(&Path, PathBuf, bool)> = Vec::new();
    let mut of_interest = candidates;
    let installed = installed_for(&calls, library, &mut of_interest);
    let is_installed = |call: &Call, source: &str| {
        let found = installed.get(&(call.from().to_owned(), call.name.clone()));
        found.is_some_and(|found| found.iter().any(|installed| installed.is_from(source)))
    };
    let mut missing = Vec::new();
    let mut leading_out: Vec<(&Call, PathBuf)> = Vec::new();
    let mut files: BTreeMap<&Path, Option<FileId>> = BTreeMap::new();
    for (index, call) in calls.iter().enumerate() {
        let absence = match target(call, library) {
            Ok(Some(target)) => {
                if index < inner
                    && let Some(directory) = discover::passed_over(&target, &library.root)
                    && let Some(file) = library.read_quietly(&call.file)
                {
                    library.note(into_passed_over(call, file, directory));
                }
                if index < inner && !library.is_scanned(&target) {
                    leading_out.push((call, target.clone()));
                }
                edges.push((call.from(), target, call.is_trial));
                continue;
            }
            Ok(None) if call.source.as_ref().is_ok_and(|source| is_installed(call, source)) => continue,
            Ok(None) => Absence::NotInstalled(call.source.clone().unwrap_or_default()),
            Err(absence) => absence,
        };
        if index < inner {
            let file = *files.entry(&call.file).or_insert_with(|| library.read_quietly(&call.file));
            let span = file.map(|file| Span::new(file, call.header.start, call.header.end));
            missing.extend(span.map(|span| Missing { name: call.name.clone(), absence, span }));
        }
    }
    let mut below: BTreeMap<&Path, Vec<&Path>> = BTreeMap::new();
    for (from, to, _) in &edges {
        below.entry(from).or_default().push(to);
    }
    // What was found below a directory that several calls lead to.
    let mut found: BTreeMap<PathBuf, Option<PathBuf>> = BTreeMap::new();
    for (call, target) in leading_out {
        let found = found.entry(target).or_insert_with_key(|target| of_interest_below(target, &below, library));
        if let Some(directory) = found {
            let file = *files.entry(&call.file).or_insert_with(|| library.read_quietly(&call.file));
            if let Some(file) = file {
                library.note(not_reported(call, file, &library.root.relative(directory)));
            }
        }
    }
    let broken = broken.into_iter().filter_map(|(path, range, message)| {
        let file = library.read_quietly(&path)?;
        Some(Notification::error(Place::Span(Span::new(file, range.start, range.end)), message))
    });
    let is_own = |directory: &Path| is_root_of_its_own(directory, library);
    Estate { roots: roots(of_interest, &edges, is_own), missing, broken: broken.collect() }
}

/// What is installed for calls, by the directory of the caller and the name. Root modules for which something of interest
/// is installed are of interest.
fn installed_for(
    calls: &[Call],
    library: &Library,
    of_interest: &mut BTreeSet<PathBuf>,
) -> BTreeMap<(PathBuf, String), Vec<Installed>> {
    let mut installed: BTreeMap<(PathBuf, String), Vec<Installed>> = BTreeMap::new();
    for directory in calls.iter().map(Call::from).collect::<BTreeSet<_>>() {
        if !directory.join(INSTALLED).is_file() {
            continue;
        }
        let installations = library.installations(directory);
        for (names, found) in installations.iter() {
            let Some(module) = library.directory_of(found).and_then(|directory| library.module(&directory)) else {
                continue;
            };
            // Who calls it is listed, too.
            let (caller, name) = match names.rsplit_once('.') {
                Some((caller, name)) => {
                    (installations.get(caller).and_then(|caller| library.directory_of(caller)), name)
                }
                None => (Some(directory.to_owned()), names.as_str()),
            };
            if let Some(caller) = caller {
                installed.entry((caller, name.to_owned())).or_default().push(found.clone());
            }
            if library.is_of_interest(module) {
                of_interest.insert(directory.to_owned());
            }
        }
    }
    installed
}

/// The first directory that declares something of interest, on the way down from one that is not scanned.
fn of_interest_below(start: &Path, below: &BTreeMap<&Path, Vec<&Path>>, library: &Library) -> Option<PathBuf> {
    let mut pending = vec![start.to_owned()];
    let mut reached: BTreeSet<PathBuf> = BTreeSet::new();
    while let Some(directory) = pending.pop() {
        if library.is_scanned(&directory) || !reached.insert(directory.clone()) {
            continue;
        }
        if library.module(&directory).is_some_and(|module| library.is_of_interest(module)) {
            return Some(directory);
        }
        pending.extend(below.get(directory.as_path()).into_iter().flatten().map(|to| to.to_path_buf()));
    }
    None
}

/// What to say of a call that leads to policies that are not scanned.
fn not_reported(call: &Call, file: FileId, directory: &Path) -> Notification {
    let message = format!(
        "`module.{}` calls {}, which is not scanned, so policies there are not reported. Scan that directory as well.",
        call.name,
        slashed(directory)
    );
    Notification::warning(Place::Span(Span::new(file, call.header.start, call.header.end)), message)
}

/// What to say of a call by relative path that leads to where nothing is searched.
fn into_passed_over(call: &Call, file: FileId, directory: &str) -> Notification {
    let message = format!(
        "`module.{}` leads into {directory}, which podgate skips, so policies there are not found. Scan that directory as well.",
        call.name
    );
    Notification::error(Place::Span(Span::new(file, call.header.start, call.header.end)), message)
}

/// The directory that a call by relative path leads to; nothing if the module is to be installed.
fn target(call: &Call, library: &Library) -> Result<Option<PathBuf>, Absence> {
    let source = call.source.as_ref().map_err(|written| Absence::NotConstant(written.clone()))?;
    if !is_local(source) {
        return Ok(None);
    }
    let target = call.from().join(source).canonicalize().ok().filter(|target| target.is_dir());
    let target = target.ok_or_else(|| Absence::NoDirectory(source.clone()))?;
    if target.starts_with(library.root.path()) { Ok(Some(target)) } else { Err(Absence::Outside(source.clone())) }
}

/// Whether Terraform runs in a directory, whoever else calls it: it has values that only a root module is given, says
/// where its state is kept, or was initialised. A `provider` block proves nothing: old shared modules have them.
pub(super) fn is_root_of_its_own(directory: &Path, library: &Library) -> bool {
    let is_there = |name: &str| directory.join(name).exists();
    !discover::value_files(directory).is_empty()
        || [".terraform", ".terraform.lock.hcl"].into_iter().any(is_there)
        || library.module(directory).is_some_and(Module::has_backend)
}

/// The directories that lead to something of interest and are not called, but for trials, or are roots of their own
/// besides; and one of every circle that none of these leads into.
fn roots(
    mut of_interest: BTreeSet<PathBuf>,
    edges: &[(&Path, PathBuf, bool)],
    is_own: impl Fn(&Path) -> bool,
) -> BTreeSet<PathBuf> {
    let mut calling: BTreeMap<&Path, Vec<&Path>> = BTreeMap::new();
    let mut called: BTreeMap<&Path, Vec<&Path>> = BTreeMap::new();
    for (from, to, is_trial) in edges {
        calling.entry(to).or_default().push(from);
        if !is_trial {
            called.entry(from).or_default().push(to);
        }
    }
    let mut pending: Vec<PathBuf> = of_interest.iter().cloned().collect();
    while let Some(directory) = pending.pop() {
        for from in calling.get(directory.as_path()).into_iter().flatten() {
            if of_interest.insert(from.to_path_buf()) {
                pending.push(from.to_path_buf());
            }
        }
    }
    let covered: BTreeSet<&Path> =
        called.iter().flat_map(|(from, to)| to.iter().filter(move |to| *to != from)).copied().collect();
    let is_root = |directory: &&PathBuf| !covered.contains(directory.as_path()) || is_own(directory);
    let mut roots: BTreeSet<PathBuf> = of_interest.iter().filter(is_root).cloned().collect();
    let mut reached: BTreeSet<PathBuf> = BTreeSet::new();
    let reach = |start: &Path, reached: &mut BTreeSet<PathBuf>| {
        let mut pending = vec![start.to_owned()];
        while let Some(directory) = pending.pop() {
            if reached.insert(directory.clone()) {
                pending.extend(called.get(directory.as_path()).into_iter().flatten().map(|to| to.to_path_buf()));
            }
        }
    };
    for root in &roots {
        reach(root, &mut reached);
    }
    for directory in of_interest {
        if !reached.contains(&directory) {
            reach(&directory, &mut reached);
            roots.insert(directory);
        }
    }
    roots
}

fn is_local(source: &str) -> bool {
    source.starts_with("./") || source.starts_with("../")
}

/// The calls of files, in the order of the files. Reading and outlining them is what takes the time, so that all cores
/// share it.
fn calls_of_all(callers: &[PathBuf], root: &Root) -> Said {
    let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
    let share = callers.len().div_ceil(cores).max(1);
    std::thread::scope(|scope| {
        let calls_of_some = |some: &'_ [PathBuf]| some.iter().map(|caller| calls_of(caller, root)).collect::<Vec<_>>();
        let threads: Vec<_> = callers.chunks(share).map(|some| scope.spawn(move || calls_of_some(some))).collect();
        let finished = threads.into_iter().map(std::thread::ScopedJoinHandle::join);
        let said = finished.flat_map(|said| said.unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        said.fold(Said::default(), |mut all, said| {
            all.calls.extend(said.calls);
            all.broken.extend(said.broken);
            all
        })
    })
}

/// The calls as override files leave them: what those say of the source of a call counts instead.
fn merged(calls: Vec<Call>) -> Vec<Call> {
    let (overriding, mut calls): (Vec<Call>, Vec<Call>) = calls.into_iter().partition(Call::overrides);
    for call in overriding {
        match calls.iter_mut().find(|base| base.name == call.name && base.from() == call.from()) {
            Some(base) => base.source = call.source,
            None => calls.push(call),
        }
    }
    calls
}

/// The calls of a file. What cannot be read of it is said where the file itself is scanned.
fn calls_of(caller: &Path, root: &Root) -> Said {
    let Ok(contents) = read::bytes(caller).and_then(read::text) else { return Said::default() };
    let sources = Sources::default();
    let file = sources.add(caller.to_owned(), contents);
    let text = sources[file].text();
    let outline = if sources[file].is_json() { json::outline(file, text) } else { outline(file, text) };
    let is_trial = caller.parent().is_some_and(|directory| discover::is_trial(&root.relative(directory)));
    let call = |block: &Block| {
        let written = block.body.attribute("source")?.expression;
        let source = constant_text(written, &sources).map(Cow::into_owned).ok_or(sources.text(written).to_owned());
        let name = block.label(0)?.to_owned();
        Some(Call { file: caller.to_owned(), name, source, header: block.header.range(), is_trial })
    };
    let overrides = caller.file_name().is_some_and(terraform::overrides);
    let without_source = outline.body.blocks("module").filter(|block| block.body.attribute("source").is_none());
    let without_source = without_source.filter(|_| !overrides && !is_trial);
    let broken = outline.errors.iter().filter(|_| !is_trial).map(|error| (error.span, error.message.clone()));
    let refused =
        "This module call has no `source`, which Terraform refuses. The module that it should call was not analysed.";
    let broken = broken.chain(without_source.map(|block| (block.header, refused.to_owned())));
    Said {
        calls: outline.body.blocks("module").filter_map(call).collect(),
        broken: broken.map(|(span, message)| (caller.to_owned(), span.range(), message)).collect(),
    }
}
