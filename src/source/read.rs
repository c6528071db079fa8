//! The one reader of files: bytes from the disk, as text whose byte offsets are the file's.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

/// Stands for every byte that is not UTF-8: an ASCII control character that HCL has no use for, so that byte offsets
/// stay true and an expression that holds one does not parse.
pub const UNREADABLE: char = '\u{1a}';

/// Files from this size on are refused: spans count bytes with 32 bits.
const TOO_LARGE: u64 = u32::MAX as u64;

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
    #[error("cannot be read ({0}); the file was left out")]
    Io(#[from] io::Error),
    /// A directory, a socket, a pipe or a device.
    #[error("is {0}, not a file; it was left out")]
    NotAFile(&'static str),
    /// Beyond what spans can count.
    #[error("is {0} bytes long; files of 4 GiB or more are left out")]
    TooLarge(u64),
    /// Encrypted by git-crypt.
    #[error("is encrypted by git-crypt; the file was left out - run `git-crypt unlock` before the scan")]
    GitCrypt,
    /// Text, but not in UTF-8.
    #[error("is not UTF-8 text (it starts, on line 1, with the byte-order mark of UTF-16); the file was left out")]
    Utf16,
}

/// Reads a file's bytes. Anything but a regular file (or a link to one) is refused before it is opened, since opening
/// a pipe would wait for ever.
///
/// # Errors
///
/// When the path is no file, cannot be read, or is too large.
#[expect(clippy::disallowed_methods, reason = "this is the reader that the lint points to")]
pub fn bytes(path: &Path) -> Result<Vec<u8>, ReadError> {
    let metadata = fs::metadata(path)?;
    if !metadata.is_file() {
        return Err(ReadError::NotAFile(kind(&metadata)));
    }
    if metadata.len() >= TOO_LARGE {
        return Err(ReadError::TooLarge(metadata.len()));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or(0) + 1);
    File::open(path)?.take(TOO_LARGE).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// So many files of a directory are listed.
pub const MOST_LISTED: usize = 20_000;

/// Whether a path leads into git's own directory. Some file systems do not tell capitals from small letters.
#[must_use]
pub fn is_gits(path: &Path) -> bool {
    path.components().any(|part| part.as_os_str().eq_ignore_ascii_case(".git"))
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
