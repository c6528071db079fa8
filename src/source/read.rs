//! The one reader of files: bytes from the disk, as text whose byte offsets are the file's.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};

/// Stands for every byte that is not UTF-8: an ASCII control character that HCL has no use for, so that byte offsets
/// stay true and an expression that holds one does not parse.
pub const UNREADABLE: char = '\u{1a}';

/// Files from this size on are refused: spans count bytes with 32 bits.
const TOO_LARGE: u64 = u32::MAX as u64;

/// Files from this size on are refused unless they are plans: nobody writes a text so long, but a file with holes costs
/// nothing to make.
const TOO_LONG: u64 = 256_000_000;

/// So many bytes at the start of a file tell whether it is text.
const HEAD: usize = 8_192;

/// How a file starts that git-crypt has not been asked to unlock
/// (<https://github.com/AGWA/git-crypt>, `commands.cpp`: ten bytes).
const GIT_CRYPT: &[u8] = b"\0GITCRYPT\0";

/// What a file holds, as [`Sources`](super::Sources) keeps it.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Contents {
    pub(super) text: String,
    pub(super) decoded: Option<String>,
    pub(super) damage: Vec<u32>,
}

impl Contents {
    /// The text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether some bytes were not UTF-8.
    #[must_use]
    pub fn is_damaged(&self) -> bool {
        !self.damage.is_empty()
    }
}

/// Why a file has no text. Each message says what podgate did about it.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The operating system refused.
    #[error("cannot be read ({0}). The file was left out")]
    Io(#[from] io::Error),
    /// A directory, a socket, a pipe or a device.
    #[error("is {0}, not a file. It was left out")]
    NotAFile(&'static str),
    /// Beyond what spans can count.
    #[error("is {0} bytes long, which is beyond podgate's limit (256 MB, for plans 4 GiB). The file was left out")]
    TooLarge(u64),
    /// Not text: NUL bytes from the start on, as in an image, a program, a file with holes.
    #[error("is not text (its first bytes are NUL, most of them). The file was left out")]
    Binary,
    /// Encrypted by git-crypt.
    #[error("is encrypted by git-crypt. The file was left out: run `git-crypt unlock` before the scan")]
    GitCrypt,
    /// Text, but not in UTF-8.
    #[error("is not UTF-8 text (it starts, on line 1, with the byte-order mark of UTF-16). The file was left out")]
    Utf16,
}

/// Reads a file's bytes. Anything but a regular file (or a link to one) is refused before it is opened, since opening
/// a pipe would wait for ever; so is what its first bytes say is no text, before the rest is read.
///
/// # Errors
///
/// When the path is no file, cannot be read, is too large, or is not text.
pub fn bytes(path: &Path) -> Result<Vec<u8>, ReadError> {
    bytes_up_to(path, TOO_LONG)
}

/// Reads the bytes of a file that may be a plan, which can be large.
///
/// # Errors
///
/// As for [`bytes`].
pub fn large(path: &Path) -> Result<Vec<u8>, ReadError> {
    bytes_up_to(path, TOO_LARGE)
}

fn bytes_up_to(path: &Path, limit: u64) -> Result<Vec<u8>, ReadError> {
    let (mut file, size) = opened(path)?;
    let mut bytes = Vec::with_capacity(HEAD.min(usize::try_from(size).unwrap_or(HEAD)) + 1);
    (&mut file).take(HEAD as u64).read_to_end(&mut bytes)?;
    if is_binary(&bytes) {
        return Err(ReadError::Binary);
    }
    if size >= limit {
        return Err(ReadError::TooLarge(size));
    }
    if bytes.len() == HEAD {
        bytes.reserve_exact(usize::try_from(size).unwrap_or(0).saturating_sub(HEAD) + 1);
        file.take(limit).read_to_end(&mut bytes)?;
    }
    Ok(bytes)
}

/// The first bytes of a file.
///
/// # Errors
///
/// When the path is no regular file, or cannot be read.
pub fn head(path: &Path) -> Result<Vec<u8>, ReadError> {
    let mut bytes = Vec::new();
    opened(path)?.0.take(HEAD as u64).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// A regular file, opened, and its size in bytes.
#[expect(clippy::disallowed_methods, reason = "this is the reader that the lint points to")]
fn opened(path: &Path) -> Result<(File, u64), ReadError> {
    let metadata = fs::metadata(path)?;
    if !metadata.is_file() {
        return Err(ReadError::NotAFile(kind(&metadata)));
    }
    Ok((File::open(path)?, metadata.len()))
}

/// Reads what the caller has named for podgate to read: a file, or a pipe that a shell has made.
///
/// # Errors
///
/// When it cannot be read, or is longer than anybody lists.
#[expect(clippy::disallowed_methods, reason = "this is the reader that the lint points to")]
pub fn given(path: &Path) -> io::Result<Vec<u8>> {
    bounded(File::open(path)?)
}

/// Reads a stream that the caller gives, as far as anybody needs it.
///
/// # Errors
///
/// When it cannot be read, or is longer than that.
pub fn bounded(stream: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    stream.take(MOST_GIVEN + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MOST_GIVEN {
        return Err(io::Error::other(format!("it is longer than {MOST_GIVEN} bytes")));
    }
    Ok(bytes)
}

/// Whether the first bytes of a file are not those of text: mostly NUL. UTF-16 is told by [`text`], which names it.
fn is_binary(head: &[u8]) -> bool {
    let is_utf16 = head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff");
    let zeros = memchr::memchr_iter(0, head).count();
    !is_utf16 && !head.starts_with(GIT_CRYPT) && zeros > 16 && zeros * 4 > head.len()
}

/// A list of paths is so long at most, in bytes.
const MOST_GIVEN: u64 = 64_000_000;

/// So many files of a directory are listed.
pub const MOST_LISTED: usize = 20_000;

/// A path without `.` and `..`, links not followed.
#[must_use]
pub fn cleaned(path: &Path) -> PathBuf {
    let mut cleaned = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => _ = cleaned.pop(),
            Component::CurDir => {}
            part => cleaned.push(part),
        }
    }
    cleaned
}

/// Whether a path leads into git's own directory. Some file systems do not tell capitals from small letters.
#[must_use]
pub fn is_gits(path: &Path) -> bool {
    path.components().any(|part| part.as_os_str().eq_ignore_ascii_case(".git"))
}

/// What a name in a directory stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entry {
    /// A directory.
    Directory,
    /// A link to something.
    Link,
    /// A file, or something else.
    File,
}

/// What is in a directory, sorted by name; nothing when it cannot be listed, and `None` when there is more than anybody
/// lists. Git's own directory is left out.
#[must_use]
pub fn entries(directory: &Path) -> Option<Vec<(String, Entry)>> {
    let mut entries = Vec::new();
    for entry in directory.read_dir().into_iter().flatten().flatten() {
        let Ok(name) = entry.file_name().into_string() else { continue };
        let kind = match entry.file_type() {
            Ok(_) if is_gits(Path::new(&name)) => continue,
            Ok(kind) if kind.is_dir() => Entry::Directory,
            Ok(kind) if kind.is_symlink() => Entry::Link,
            _ => Entry::File,
        };
        if entries.len() == MOST_LISTED {
            return None;
        }
        entries.push((name, kind));
    }
    entries.sort_by(|(one, _), (other, _)| one.cmp(other));
    Some(entries)
}

/// The files below a directory, by their paths from there with slashes, sorted; `None` when there are more than anybody
/// lists. Links to directories are not followed; git's own directory and what cannot be listed are left out.
#[must_use]
pub fn files_below(directory: &Path) -> Option<Vec<String>> {
    let mut files = Vec::new();
    let mut pending = vec![(directory.to_owned(), String::new())];
    while let Some((directory, prefix)) = pending.pop() {
        for entry in directory.read_dir().into_iter().flatten().flatten() {
            let Ok(name) = entry.file_name().into_string() else { continue };
            let path = format!("{prefix}{name}");
            match entry.file_type() {
                Ok(_) if is_gits(Path::new(&name)) => {}
                Ok(kind) if kind.is_dir() => pending.push((entry.path(), format!("{path}/"))),
                _ if entry.path().is_file() => files.push(path),
                _ => {}
            }
            if files.len() + pending.len() > MOST_LISTED {
                return None;
            }
        }
    }
    files.sort();
    Some(files)
}

/// The names of what a directory holds, sorted; nothing for what is no directory, and `None` when there are more than anybody
/// lists. Git's own directory and what cannot be listed are left out.
#[must_use]
pub fn names_in(directory: &Path) -> Option<Vec<String>> {
    let mut names = Vec::new();
    for entry in directory.read_dir().into_iter().flatten().flatten() {
        let Ok(name) = entry.file_name().into_string() else { continue };
        if !is_gits(Path::new(&name)) {
            names.push(name);
        }
        if names.len() > MOST_LISTED {
            return None;
        }
    }
    names.sort();
    Some(names)
}

/// What something that is not a regular file is, for a message.
fn kind(metadata: &fs::Metadata) -> &'static str {
    if metadata.is_dir() { "a directory" } else { "a socket, a pipe or a device" }
}

/// Makes text of a file's bytes. Invalid bytes in otherwise sound text are replaced and listed, since Terraform itself
/// takes them in comments; a file that is not text at all is an error.
///
/// # Errors
///
/// When the bytes are encrypted by git-crypt, or UTF-16.
pub fn text(bytes: Vec<u8>) -> Result<Contents, ReadError> {
    if bytes.starts_with(GIT_CRYPT) {
        return Err(ReadError::GitCrypt);
    }
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        return Err(ReadError::Utf16);
    }
    match String::from_utf8(bytes) {
        Ok(text) if !text.contains('\0') => Ok(Contents { text, ..Contents::default() }),
        Ok(text) => Ok(replace_damage(text.as_bytes())),
        Err(error) => Ok(replace_damage(error.as_bytes())),
    }
}

/// Replaces every byte that is invalid or NUL by [`UNREADABLE`], byte for byte.
fn replace_damage(bytes: &[u8]) -> Contents {
    let mut contents = Contents {
        text: String::with_capacity(bytes.len()),
        decoded: Some(String::from_utf8_lossy(bytes).into_owned()),
        damage: Vec::new(),
    };
    let mut replace = |text: &mut String| {
        contents.damage.push(u32::try_from(text.len()).expect("files of 4 GiB are refused"));
        text.push(UNREADABLE);
    };
    for chunk in bytes.utf8_chunks() {
        for (index, sound) in chunk.valid().split('\0').enumerate() {
            if index > 0 {
                replace(&mut contents.text);
            }
            contents.text.push_str(sound);
        }
        chunk.invalid().iter().for_each(|_| replace(&mut contents.text));
    }
    contents
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn damage_keeps_byte_offsets() {
        let contents = text(b"a = \"f\xfcr\" # \xe2\x82\n".to_vec()).expect("text");
        assert_eq!(contents.text.len(), 15);
        assert_eq!(contents.damage, [6, 12, 13]);
        assert_eq!(contents.decoded.as_deref(), Some("a = \"f\u{fffd}r\" # \u{fffd}\n"));
    }

    #[test]
    fn what_is_no_text_is_named() {
        let message = |bytes: &[u8]| text(bytes.to_vec()).expect_err("no text").to_string();
        assert!(message(b"\xff\xfea\0").contains("UTF-16"));
        assert_eq!(text(b"a\0b".to_vec()).expect("Terraform takes a NUL").damage, [1]);
        assert!(message(b"\0GITCRYPT\0xyz").contains("git-crypt unlock"));
    }
}
