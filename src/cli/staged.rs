//! Files that are written in one step: nobody ever sees half a report, and a failure leaves the old one.

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// A file that is written and has not its name yet.
pub(super) struct Staged {
    content: Content,
    target: PathBuf,
}

enum Content {
    /// Without any name, so that nothing stays behind when podgate is killed. Linux has such files, on most file systems.
    #[cfg(target_os = "linux")]
    Unnamed(File),
    /// With a name that is taken away again when it is not put in place.
    Named(tempfile::NamedTempFile),
}

impl Staged {
    /// Writes what is to become the file `target` in a directory. It can be read by whoever can read files made here,
    /// or could read the file that it replaces.
    pub(super) fn new(target: &Path, directory: &Path, bytes: &[u8]) -> io::Result<Self> {
        let mut content = Content::new(directory)?;
        content.file().write_all(bytes)?;
        if let Ok(old) = target.metadata() {
            content.file().set_permissions(old.permissions())?;
        }
        Ok(Self { content, target: target.to_owned() })
    }

    /// Gives the file its name, instead of the file that has it.
    pub(super) fn put_in_place(self) -> io::Result<()> {
        match self.content {
            #[cfg(target_os = "linux")]
            Content::Unnamed(file) => put_unnamed(&file, &self.target),
            Content::Named(file) => file.persist(&self.target).map(|_| ()).map_err(|error| error.error),
        }
    }
}

impl Content {
    fn new(directory: &Path) -> io::Result<Self> {
        #[cfg(target_os = "linux")]
        if let Ok(file) = unnamed(directory) {
            return Ok(Self::Unnamed(file));
        }
        let mut builder = tempfile::Builder::new();
        builder.prefix(".podgate-");
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        builder.tempfile_in(directory).map(Self::Named)
    }

    fn file(&mut self) -> &mut File {
        match self {
            #[cfg(target_os = "linux")]
            Self::Unnamed(file) => file,
            Self::Named(file) => file.as_file_mut(),
        }
    }
}

#[cfg(target_os = "linux")]
fn unnamed(directory: &Path) -> io::Result<File> {
    use rustix::fs::{Mode, OFlags};
    // Where /proc is not mounted the file could not be named later on.
    std::fs::metadata("/proc/self/fd")?;
    let flags = OFlags::WRONLY | OFlags::TMPFILE | OFlags::CLOEXEC;
    Ok(rustix::fs::open(directory, flags, Mode::from_raw_mode(0o666))?.into())
}

/// Names a file that has no name. One that is to replace another needs a name of its own for a moment, since a link is
/// never made over a file.
#[cfg(target_os = "linux")]
fn put_unnamed(file: &File, target: &Path) -> io::Result<()> {
    use rustix::fs::{AtFlags, CWD};
    let source = format!("/proc/self/fd/{}", std::os::fd::AsRawFd::as_raw_fd(file));
    let link =
        |name: &Path| rustix::fs::linkat(CWD, &*source, CWD, name, AtFlags::SYMLINK_FOLLOW).map_err(io::Error::from);
    match link(target) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        result => return result,
    }
    let directory = target.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let named = tempfile::Builder::new().prefix(".podgate-").make_in(directory, |name| link(name))?;
    named.into_temp_path().persist(target).map_err(|error| error.error)
}
