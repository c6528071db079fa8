//! Getting reports to where they are wanted.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::Streams;
use super::args::Target;
use super::streams::LOG_WIDTH;
use crate::error::Error;
use crate::output::human::Style;
use crate::output::{self, Input};

/// Writes a report to each target. All are made before the first is written, and files before the standard output, so
/// that a failure leaves as little behind as it can.
pub(super) fn deliver(targets: &[Target], input: &Input<'_>, streams: &mut Streams<'_>) -> Result<(), Error> {
    // A file is no terminal, whatever the standard output is.
    let plain = Style { color: false, links: false, width: LOG_WIDTH, ..input.style.clone() };
    let reports = targets.iter().map(|target| {
        let style = if target.path.is_some() { &plain } else { input.style };
        Ok((target, output::to_bytes(target.format, &Input { style, ..*input })?))
    });
    let mut reports = reports.collect::<Result<Vec<_>, Error>>()?;
    reports.sort_by_key(|(target, _)| target.path.is_none());
    for (target, bytes) in reports {
        match &target.path {
            Some(path) => write_file(path, &bytes).map_err(|error| Error::Write { path: path.clone(), error })?,
            None => write_out(streams.out, &bytes).map_err(Error::Stdout)?,
        }
    }
    Ok(())
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
        None => "only one report can go to the standard output; give the others a file: `-o FORMAT=FILE`",
        Some(_) => "two reports cannot go to one file",
    })
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

/// Writes a file in one step: nobody ever sees half a report, and a failure leaves the old one. What is there and is
/// no regular file (`/dev/null`, a pipe) is written to, not replaced, and so is what `/dev/stdout` and its like lead to.
fn write_file(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if is_stream(path) || (path.exists() && !path.is_file()) {
        return OpenOptions::new().append(true).open(path)?.write_all(bytes);
    }
    let target = followed(path);
    let directory = target.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if !directory.is_dir() {
        let message = format!("there is no directory {}", directory.display());
        return Err(io::Error::new(io::ErrorKind::NotFound, message));
    }
    let mut file = temporary(directory)?;
    file.write_all(bytes)?;
    if let Ok(old) = target.metadata() {
        file.as_file().set_permissions(old.permissions())?;
    }
    file.persist(&target).map_err(|error| error.error)?;
    Ok(())
}

/// Whether a path stands for a stream that is open already, whatever that leads to.
fn is_stream(path: &Path) -> bool {
    let named = ["/dev/stdin", "/dev/stdout", "/dev/stderr"].iter().any(|stream| path == Path::new(stream));
    named || path.starts_with("/dev/fd") || path.starts_with("/proc/self/fd")
}

/// Where a path leads, also if nothing is there yet.
fn followed(path: &Path) -> PathBuf {
    let link = path.read_link().map(|target| path.parent().unwrap_or(Path::new("")).join(target));
    path.canonicalize().or(link).unwrap_or_else(|_| path.to_owned())
}

/// A temporary file that, once it has its name, can be read by whoever can read files made here.
fn temporary(directory: &Path) -> io::Result<tempfile::NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".podgate-");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    builder.tempfile_in(directory)
}
