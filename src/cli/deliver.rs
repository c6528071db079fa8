//! Getting reports to where they are wanted.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::Streams;
use super::staged::Staged;
use super::streams::LOG_WIDTH;
use super::target::{Content, Target};
use crate::discover;
use crate::error::Error;
use crate::output::human::Style;
use crate::output::{self, Input};
use crate::source::read;

/// Writes a report to each target, or none: all are made before the first is written, and all are written before the
/// first takes the place of an older one.
pub(super) fn deliver(targets: &[Target], input: &Input<'_>, streams: &mut Streams<'_>) -> Result<(), Error> {
    // A file is no terminal, whatever the standard output is.
    let plain = Style { color: false, links: false, width: LOG_WIDTH, ..input.style.clone() };
    let reports = targets.iter().filter_map(|target| match target.content {
        Content::Report(format) => Some((format, target.path.as_deref())),
        Content::StepOutputs => None,
    });
    let reports = reports.map(|(format, path)| {
        let style = if path.is_some() { &plain } else { input.style };
        Ok((path, output::to_bytes(format, &Input { style, ..*input })?))
    });
    let reports = reports.collect::<Result<Vec<_>, Error>>()?;
    let failed = |path: &Path, error: io::Error| Error::Write { path: path.to_owned(), error };
    let (mut staged, mut others) = (Vec::new(), Vec::new());
    for (path, bytes) in &reports {
        match path {
            Some(path) if !is_stream(path) => {
                let made = stage(path, bytes, &input.style.root).map_err(|error| failed(path, error))?;
                staged.extend(made.map(|made| (*path, made)));
            }
            _ => {}
        }
        if path.is_none_or(is_stream) {
            others.push((path, bytes));
        }
    }
    for (path, bytes) in others {
        match path {
            Some(path) => append(path, bytes).map_err(|error| failed(path, error))?,
            None => write_out(streams.out, bytes).map_err(Error::Stdout)?,
        }
    }
    staged.into_iter().try_for_each(|(path, made)| made.put_in_place().map_err(|error| failed(path, error)))
}

/// Why not all of these reports can be written: two would go to one place.
pub(super) fn conflict(targets: &[Target]) -> Option<&'static str> {
    let is_stdout = |path: &&PathBuf| {
        ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"].iter().any(|stdout| path.as_path() == Path::new(stdout))
    };
    let place = |target: &Target| {
        target
            .path
            .as_ref()
            .filter(|path| !is_stdout(path))
            .map(|path| path.canonicalize().or_else(|_| std::path::absolute(path)).unwrap_or(path.clone()))
    };
    let places: Vec<Option<PathBuf>> = targets.iter().map(place).collect();
    let twice = places.iter().enumerate().find(|(index, place)| places[..*index].contains(place));
    twice.map(|(_, place)| match place {
        None => "only one report can go to the standard output; write the others to files: `-o FORMAT=FILE`",
        Some(_) => "two reports cannot go to one file",
    })
}

/// Appends lines to a file that is there or is made, or prints them when none is named.
pub(super) fn append_lines(
    path: Option<&Path>,
    lines: &str,
    root: &Path,
    streams: &mut Streams<'_>,
) -> Result<(), Error> {
    let Some(path) = path else { return print(lines, streams) };
    let appended = if is_stream(path) { append(path, lines.as_bytes()) } else { append_to_file(path, lines, root) };
    appended.map_err(|error| Error::Write { path: path.to_owned(), error })
}

fn append_to_file(path: &Path, lines: &str, root: &Path) -> io::Result<()> {
    refuse_links(path, root)?;
    match path.metadata() {
        Ok(there) if !there.is_file() && !is_device(&there) => Err(io::Error::other("it is not a regular file")),
        _ => OpenOptions::new().append(true).create(true).open(path)?.write_all(lines.as_bytes()),
    }
}

/// Prints text to the standard output.
pub(super) fn print(text: &str, streams: &mut Streams<'_>) -> Result<(), Error> {
    write_out(streams.out, text.as_bytes()).map_err(Error::Stdout)
}

/// Writes to a stream. A reader that has seen enough (`podgate ... | head`) is no failure.
pub(super) fn write_out(stream: &mut dyn Write, bytes: &[u8]) -> io::Result<()> {
    match stream.write_all(bytes).and_then(|()| stream.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => result,
    }
}

/// Writes a report that is to become this file. What is there and is a device (`/dev/null`) gets it at once.
fn stage(path: &Path, bytes: &[u8], root: &Path) -> io::Result<Option<Staged>> {
    refuse_links(path, root)?;
    match path.metadata() {
        Ok(there) if there.is_dir() => return Err(io::Error::other("it is a directory")),
        Ok(there) if there.is_file() => {
            if there.len() > 0 && !read::bytes(path).is_ok_and(|old| output::is_report(&old)) {
                return Err(io::Error::other("it exists and is not a report of podgate"));
            }
        }
        Ok(there) if is_device(&there) => return append(path, bytes).map(|()| None),
        // Opening a pipe would wait for who reads it.
        Ok(_) => return Err(io::Error::other("it is a pipe or a socket; a report goes to a file, or to `-`")),
        Err(_) => {}
    }
    let target = followed(path);
    let directory = target.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if !directory.is_dir() {
        let message = format!("there is no directory {}", directory.display());
        return Err(io::Error::new(io::ErrorKind::NotFound, message));
    }
    Staged::new(&target, directory, bytes).map(Some)
}

/// Refuses a path in the scanned tree, or in the repository around the working directory, that leads elsewhere by a link:
/// whoever wrote the tree may have laid it.
fn refuse_links(path: &Path, root: &Path) -> io::Result<()> {
    let here = std::env::current_dir().and_then(|directory| directory.canonicalize())?;
    let lexical = read::cleaned(&here.join(path));
    let trees = [root, discover::git_root(&here).unwrap_or(&here)];
    let Some(tree) = trees.into_iter().find(|tree| lexical.starts_with(tree)) else { return Ok(()) };
    if lexical.is_symlink() {
        return Err(io::Error::other("it is a link in the scanned tree; name the file itself"));
    }
    let directory = lexical.parent().unwrap_or(tree);
    match directory.canonicalize() {
        Ok(resolved) if resolved != directory => {
            let message =
                format!("a link in the scanned tree leads to {}; name that directory itself", resolved.display());
            Err(io::Error::other(message))
        }
        Ok(resolved) if read::is_gits(resolved.strip_prefix(tree).unwrap_or(&resolved)) => {
            Err(io::Error::other("it is in git's own directory, `.git`"))
        }
        _ => Ok(()),
    }
}

/// Whether a path stands for a stream that is open already, whatever that leads to.
fn is_stream(path: &Path) -> bool {
    let named = ["/dev/stdin", "/dev/stdout", "/dev/stderr"].iter().any(|stream| path == Path::new(stream));
    named || path.starts_with("/dev/fd") || path.starts_with("/proc/self/fd")
}

fn append(path: &Path, bytes: &[u8]) -> io::Result<()> {
    OpenOptions::new().append(true).open(path)?.write_all(bytes)
}

#[cfg(unix)]
fn is_device(metadata: &std::fs::Metadata) -> bool {
    std::os::unix::fs::FileTypeExt::is_char_device(&metadata.file_type())
}

#[cfg(not(unix))]
fn is_device(_metadata: &std::fs::Metadata) -> bool {
    true
}

/// Where a path leads, also if nothing is there yet.
fn followed(path: &Path) -> PathBuf {
    let link = path.read_link().map(|target| path.parent().unwrap_or(Path::new("")).join(target));
    path.canonicalize().or(link).unwrap_or_else(|_| path.to_owned())
}
