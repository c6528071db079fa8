//! Floor 0: the files of a scan, as text with byte positions.
//!
//! Everything above this floor speaks of places as [`Span`]s: bytes in a file. Lines and columns exist only when
//! something is rendered, by way of [`Lines`]. This room also holds the one reader of files ([`read`]) and the
//! [`Notification`], which any floor may raise. It knows nothing of HCL.

mod disclosure;
mod lines;
mod notification;
pub mod read;
mod slashes;
mod span;

use std::ops::Index;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

pub use disclosure::Disclosure;
pub use lines::{Lines, Position};
pub use notification::{Level, Notification, Place};
pub use slashes::slashed;
pub use span::{FileId, Span};

/// One file of the scan, held as text.
#[derive(Debug)]
pub struct SourceFile {
    path: PathBuf,
    text: String,
    decoded: Option<String>,
    damage: Vec<u32>,
    lines: OnceLock<Lines>,
    is_argument: bool,
    disclosure: Disclosure,
    is_json: bool,
}

impl SourceFile {
    /// Whether of the file no more is shown than what is spoken of: it holds values, or an expression has read it.
    #[must_use]
    pub fn is_private(&self) -> bool {
        self.disclosure != Disclosure::Open
    }

    /// How much of the file reports may show.
    #[must_use]
    pub fn disclosure(&self) -> Disclosure {
        self.disclosure
    }

    /// Whether this is no file but a text of the command line; its path is then the option that gave it.
    #[must_use]
    pub fn is_argument(&self) -> bool {
        self.is_argument
    }

    /// Whether the file's name says that it is JSON; for a link that is the link's name.
    #[must_use]
    pub fn is_json(&self) -> bool {
        self.is_json
    }

    fn new(path: PathBuf, contents: read::Contents) -> Self {
        let read::Contents { text, decoded, damage } = contents;
        let is_json = path.extension().is_some_and(|extension| extension == "json");
        let disclosure = Disclosure::Open;
        Self { path, text, decoded, damage, lines: OnceLock::new(), is_argument: false, disclosure, is_json }
    }

    /// Where the file lies, relative to the root that reports speak of, or absolute when it lies outside of it.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The text. A byte-order mark is part of it; a byte that is not UTF-8 is replaced by [`read::UNREADABLE`], so
    /// that byte offsets are those of the file on disk.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The text as a lenient decoder sees it: each invalid sequence is one U+FFFD. Byte offsets differ from
    /// [`text`](Self::text) where the file is damaged; consumers of reports hash this form.
    #[must_use]
    pub fn decoded(&self) -> &str {
        self.decoded.as_deref().unwrap_or(&self.text)
    }

    /// The byte offsets of the bytes that are not UTF-8, ascending; empty for a sound file.
    #[must_use]
    pub fn damage(&self) -> &[u32] {
        &self.damage
    }

    /// The index from byte offsets to lines and columns, built when first asked for.
    #[must_use]
    pub fn lines(&self) -> &Lines {
        self.lines.get_or_init(|| Lines::new(&self.text))
    }
}

/// The files of a scan, in the order in which they were added.
#[derive(Debug, Default)]
pub struct Sources {
    files: boxcar::Vec<SourceFile>,
}

impl Sources {
    /// Adds a file that was read and gives it its id. Files that evaluation reads are added while others are in use.
    ///
    /// # Panics
    ///
    /// When more than `u32::MAX` files are added.
    pub fn add(&self, path: PathBuf, contents: read::Contents) -> FileId {
        self.push(SourceFile::new(path, contents))
    }

    /// Adds a file of which reports show less than all.
    ///
    /// # Panics
    ///
    /// When more than `u32::MAX` files are added.
    pub fn add_private(&self, path: PathBuf, contents: read::Contents, disclosure: Disclosure) -> FileId {
        self.push(SourceFile { disclosure, ..SourceFile::new(path, contents) })
    }

    /// Adds a file of values that is JSON or not, whatever the name under which it is known says. One outside of the
    /// root is no part of the repository, and its content stays private.
    ///
    /// # Panics
    ///
    /// When more than `u32::MAX` files are added.
    pub fn add_values(&self, path: PathBuf, contents: read::Contents, is_json: bool) -> FileId {
        let disclosure = if path.is_absolute() { Disclosure::Content } else { Disclosure::Values };
        self.push(SourceFile { disclosure, is_json, ..SourceFile::new(path, contents) })
    }

    /// Adds a text that was given on the command line, with the option that gave it: `--var`.
    ///
    /// # Panics
    ///
    /// When more than `u32::MAX` files are added.
    pub fn add_argument(&self, option: &str, text: &str) -> FileId {
        let contents = read::Contents { text: text.to_owned(), ..read::Contents::default() };
        let file = SourceFile::new(option.into(), contents);
        self.push(SourceFile { is_argument: true, disclosure: Disclosure::Content, ..file })
    }

    fn push(&self, file: SourceFile) -> FileId {
        FileId::new(u32::try_from(self.files.push(file)).expect("a scan has fewer than 2^32 files"))
    }

    /// The start of the first file.
    ///
    /// # Panics
    ///
    /// When there is no file.
    #[must_use]
    pub fn start_of_first(&self) -> Span {
        assert!(self.files.count() > 0, "there is a file");
        Span::new(FileId::new(0), 0, 0)
    }

    /// The text that a span covers. Ends inside of a character are moved to its start, and what is behind the text is
    /// left out: whatever a span is, showing it does not fail.
    #[must_use]
    pub fn text(&self, span: Span) -> &str {
        let text = &*self[span.file].text;
        let (start, end) = (boundary(text, span.start as usize), boundary(text, span.end as usize));
        text.get(start..end).unwrap_or_default()
    }

    /// The position (line and column) at which a span starts.
    #[must_use]
    pub fn start(&self, span: Span) -> Position {
        let file = &self[span.file];
        file.lines().position(&file.text, span.start)
    }

    /// The position (line and column) just behind a span.
    #[must_use]
    pub fn end(&self, span: Span) -> Position {
        let file = &self[span.file];
        file.lines().position(&file.text, span.end)
    }
}

/// The start of the character that holds a byte of a text; the end of the text, for a byte behind it.
pub(crate) fn boundary(text: &str, at: usize) -> usize {
    let at = at.min(text.len());
    (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

impl Index<FileId> for Sources {
    type Output = SourceFile;

    fn index(&self, id: FileId) -> &SourceFile {
        &self.files[id.index()]
    }
}
