//! Which directories are root modules: what calls what, as far as the sources of calls tell.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::library::{INSTALLED, Library};
use crate::hcl::json;
use crate::hcl::outline::{Outline, outline};
use crate::report::Missing;
use crate::source::Span;
use crate::terraform::Library as _;

/// Calls from below a directory of such a name are trials of a module and do not stand for how it is used.
const TRIALS: [&str; 5] = ["example", "examples", "test", "tests", "fixtures"];

/// What the calls in a scan come to.
#[derive(Debug, Default)]
pub(super) struct Estate {
    /// The directories to evaluate: those that lead to something of interest and that nothing else covers.
    pub(super) roots: BTreeSet<PathBuf>,
    /// The calls of modules that are not there.
    pub(super) missing: Vec<Missing>,
}

/// A module call, as far as its source tells.
struct Call {
    /// The directory of the caller.
    from: PathBuf,
    name: String,
    source: String,
    header: Span,
    is_trial: bool,
}

/// Looks through the files that may call modules for what leads to one of the `candidates`.
/// The calls of the `outer` ones are followed, and nothing is said about them.
pub(super) fn estate(
    candidates: BTreeSet<PathBuf>,
    callers: &[PathBuf],
    outer: &[PathBuf],
    library: &Library,
) -> Estate {
    let mut calls: Vec<Call> = callers.iter().flat_map(|caller| calls_of(caller, library)).collect();
    let inner = calls.len();
    calls.extend(outer.iter().flat_map(|caller| calls_of(caller, library)));
    let mut edges: Vec<(&Path, PathBuf, bool)> = Vec::new();
    let mut installed_names: BTreeSet<String> = BTreeSet::new();
    let mut of_interest = candidates;
    for directory in calls.iter().map(|call| call.from.as_path()).collect::<BTreeSet<_>>() {
        if !directory.join(INSTALLED).is_file() {
            continue;
        }
        for names in library.installations(directory).keys() {
            let found = library.installed(directory, names).and_then(|directory| library.module(&directory));
            let name = names.rsplit('.').next().filter(|_| found.is_some());
            installed_names.extend(name.map(ToOwned::to_owned));
            if found.is_some_and(|module| library.is_of_interest(module)) {
                of_interest.insert(directory.to_owned());
            }
        }
    }
    let mut missing = Vec::new();
    for (index, call) in calls.iter().enumerate() {
        if is_local(&call.source) {
            let target = call.from.join(&call.source).canonicalize().ok();
            edges.extend(target.map(|target| (call.from.as_path(), target, call.is_trial)));
        } else if index < inner && !installed_names.contains(&call.name) {
            missing.push(Missing { name: call.name.clone(), source: call.source.clone(), span: call.header });
        }
    }
    Estate { roots: roots(of_interest, &edges), missing }
}

/// The directories that lead to something of interest and are not called, but for trials; and one of every circle that
/// none of these leads into.
fn roots(mut of_interest: BTreeSet<PathBuf>, edges: &[(&Path, PathBuf, bool)]) -> BTreeSet<PathBuf> {
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
    let mut roots: BTreeSet<PathBuf> =
        of_interest.iter().filter(|directory| !covered.contains(directory.as_path())).cloned().collect();
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

fn is_trial(path: &Path) -> bool {
    path.components().any(|part| part.as_os_str().to_str().is_some_and(|name| TRIALS.contains(&name)))
}

/// The calls of a file. What cannot be read of it is said where the file itself is scanned.
fn calls_of(caller: &Path, library: &Library) -> Vec<Call> {
    let (Some(from), Some(file)) = (caller.parent(), library.read_quietly(caller)) else { return Vec::new() };
    let text = library.sources[file].text();
    let is_trial = is_trial(&library.root.relative(from));
    let outline = if library.sources[file].is_json() { json::outline(file, text) } else { outline(file, text) };
    let sources = sources(text, &outline);
    let call = |(name, source, header)| Call { from: from.to_owned(), name, source, header, is_trial };
    sources.into_iter().map(call).collect()
}

/// The calls of a file: the name and the source of each, and where it stands.
fn sources(text: &str, outline: &Outline) -> Vec<(String, String, Span)> {
    let calls = outline.body.blocks("module").filter_map(|block| {
        let source = &text[block.body.attribute("source")?.expression.range()];
        let source = source.strip_prefix('"')?.strip_suffix('"')?;
        Some((block.label(0)?.to_owned(), source.to_owned(), block.header))
    });
    calls.collect()
}
