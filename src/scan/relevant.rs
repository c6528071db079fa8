//! What a list of files has a say in: the findings that stand in them, whose values come by way of them, that a call in
//! one of them leads to, or whose root module they give values or are read by.

use std::collections::{BTreeSet, HashSet};
use std::path::{Path, PathBuf};

use super::library::Library;
use crate::report::Report;
use crate::rule::Basis;
use crate::source::{FileId, Level, Notification, Place};
use crate::terraform::Layer;

/// Whether a file of values is listed.
pub(super) fn names(layer: &Layer, listed: &BTreeSet<PathBuf>, library: &Library) -> bool {
    match layer {
        Layer::File(file, _) => is_listed(*file, listed, library),
        // What cannot be read is known by its name alone.
        Layer::Unreadable(name) => listed.iter().any(|path| path.file_name().is_some_and(|listed| *listed == **name)),
        Layer::Argument(..) => false,
    }
}

/// Keeps of a report what the listed files have a say in, and says how much else there is.
pub(super) fn keep(report: &mut Report, listed: &BTreeSet<PathBuf>, library: &Library) {
    let has_say = |basis: &Basis| basis.is_fed || basis.files.iter().any(|file| is_listed(*file, listed, library));
    let before = report.findings.len() + report.undecided.len();
    report.findings.retain(|finding| has_say(&finding.basis));
    report.undecided.retain(|undecided| has_say(&undecided.basis));
    report.missing.retain(|missing| is_listed(missing.span.file, listed, library));
    let left_out = before - report.findings.len() - report.undecided.len();

    let mut directories = HashSet::new();
    let bases = report.findings.iter().map(|finding| &finding.basis);
    for basis in bases.chain(report.undecided.iter().map(|undecided| &undecided.basis)) {
        directories.extend(basis.files.iter().filter_map(|file| directory(library.sources[*file].path(), library)));
    }
    directories.extend(listed.iter().filter_map(|path| path.parent()).map(Path::to_owned));
    let concerns = |notification: &Notification| {
        let path = match &notification.place {
            Place::Span(span) => library.sources[span.file].path(),
            Place::Path(path) => path,
        };
        let path = library.root.path().join(path);
        path.is_dir() || is_below(&path, listed) || path.parent().is_some_and(|above| directories.contains(above))
    };
    report.notifications.retain(concerns);
    library.keep_notifications(concerns);
    if left_out > 0 {
        let message = format!(
            "No listed file affects {left_out} more {}, which {} not reported.",
            if left_out == 1 { "finding or undecided place" } else { "findings and undecided places" },
            if left_out == 1 { "is" } else { "are" }
        );
        library.note(Notification { level: Level::Note, message, place: Place::Path(PathBuf::from(".")) });
    }
}

fn is_listed(file: FileId, listed: &BTreeSet<PathBuf>, library: &Library) -> bool {
    is_below(&library.root.path().join(library.sources[file].path()), listed)
}

/// Whether a file, or a directory around it, is listed.
fn is_below(path: &Path, listed: &BTreeSet<PathBuf>) -> bool {
    path.ancestors().any(|path| listed.contains(path))
}

fn directory(path: &Path, library: &Library) -> Option<PathBuf> {
    library.root.path().join(path).parent().map(Path::to_owned)
}
