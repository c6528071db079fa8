//! Getting reports to where they are wanted.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::Streams;
use super::args::Target;
use crate::error::Error;
use crate::output::{self, Input};

/// Writes a report to each target. All are made before the first is written, and files before the standard output, so
/// that a failure leaves as little behind as it can.
pub(super) fn deliver(targets: &[Target], input: Input<'_>, streams: &mut Streams<'_>) -> Result<(), Error> {
    let reports = targets.iter().map(|target| Ok((target, output::to_bytes(target.format, input)?)));
    let mut reports = reports.collect::<Result<Vec<_>, Error>>()?;
    reports.sort_by_key(|(target, _)| target.path.is_none());
    for (target, bytes) in reports {
        match &target.path {
            Some(path) => write_file(path, &bytes).map_err(|error| Error::Write { path: path.clone(), error })?,
            None => forgive_broken_pipe(streams.out.write_all(&bytes).and_then(|()| streams.out.flush()))
                .map_err(stdout_error)?,
        }
    }
    Ok(())
}

/// Prints text to the standard output.
pub(super) fn print(text: &str, streams: &mut Streams<'_>) -> Result<(), Error> {
    forgive_broken_pipe(streams.out.write_all(text.as_bytes()).and_then(|()| streams.out.flush())).map_err(stdout_error)
}

/// A reader that has seen enough (`podgate ... | head`) is no failure.
pub(super) fn forgive_broken_pipe(result: io::Result<()>) -> io::Result<()> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => result,
    }
}

pub(super) fn stdout_error(error: io::Error) -> Error {
    Error::Write { path: PathBuf::from("-"), error }
}

/// Writes a file in one step: nobody ever sees half a report, and a failure leaves the old one. What is there and is
/// no regular file (`/dev/null`, a pipe) is written to, not replaced.
fn write_file(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let target = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    if target.exists() && !target.is_file() {
        return OpenOptions::new().write(true).open(&target)?.write_all(bytes);
    }
    let directory = target.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = temporary(directory)?;
    file.write_all(bytes)?;
    file.persist(&target).map_err(|error| error.error)?;
    Ok(())
}

/// A temporary file that, once it has its name, can be read by whoever can read files made here.
fn temporary(directory: &Path) -> io::Result<tempfile::NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".podgate-");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    builder.tempfile_in(directory)
}
