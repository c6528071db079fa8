//! Any bytes as a tree of files.

use std::path::{Component, Path};

use super::scanned;

/// The line in front of each file of an archive: `-- path --`.
const MARK: &[u8] = b"-- ";

/// The bytes are an archive of files. A planted policy is found whatever the others are, and every format parses.
pub fn holds(data: &[u8]) {
    if scanned::is_known(data) {
        return;
    }
    let directory = tempfile::tempdir().expect("a temporary directory");
    for (path, bytes) in files(data) {
        place(directory.path(), path, bytes);
    }
    scanned::scan_with_planted(directory.path());
}

/// The files of an archive. What stands in front of the first mark is `main.tf`.
fn files(data: &[u8]) -> Vec<(&str, &[u8])> {
    let mut files = vec![("main.tf", 0..0)];
    let mut at = 0;
    for line in data.split_inclusive(|byte| *byte == b'\n') {
        let end = at + line.len();
        match name(line) {
            Some(name) => files.push((name, end..end)),
            None => files.last_mut().expect("a file").1.end = end,
        }
        at = end;
    }
    files.into_iter().filter(|(_, range)| !range.is_empty()).map(|(name, range)| (name, &data[range])).collect()
}

fn name(line: &[u8]) -> Option<&str> {
    let name = line.strip_prefix(MARK)?.strip_suffix(b" --\n")?;
    std::str::from_utf8(name).ok().filter(|name| is_below(Path::new(name)))
}

/// Whether a path leads to something below where it starts.
fn is_below(path: &Path) -> bool {
    path.components().next().is_some() && path.components().all(|part| matches!(part, Component::Normal(_)))
}

/// Writes a file, if its name can be had.
fn place(directory: &Path, path: &str, bytes: &[u8]) {
    let path = directory.join(path);
    let parent = path.parent().expect("a file has a directory");
    if std::fs::create_dir_all(parent).is_ok() {
        _ = std::fs::write(path, bytes);
    }
}
