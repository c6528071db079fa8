//! Byte spans: where something stands in a file.

use std::ops::Range;

/// Names a file of the scan; the ids ascend in the order in which [`Sources`](super::Sources) got the files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(u32);

impl FileId {
    pub(super) fn new(id: u32) -> Self {
        Self(id)
    }

    pub(super) fn index(self) -> usize {
        self.0 as usize
    }
}

/// A stretch of a file: `start..end` in bytes, 0-based, end exclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The file.
    pub file: FileId,
    /// The first byte.
    pub start: u32,
    /// The byte behind the last one.
    pub end: u32,
}

impl Span {
    /// The span from byte `start` to before byte `end`.
    ///
    /// # Panics
    ///
    /// When an offset is beyond `u32::MAX`; [`read`](super::read) refuses files of that size.
    #[must_use]
    pub fn new(file: FileId, start: usize, end: usize) -> Self {
        let offset = |at: usize| u32::try_from(at).expect("the reader refuses files of 4 GiB");
        Self { file, start: offset(start), end: offset(end) }
    }

    /// The span as a range that slices the file's text.
    #[must_use]
    pub fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    /// From the start of this span to the end of `last`, which stands in the same file.
    #[must_use]
    pub fn to(self, last: Span) -> Self {
        debug_assert_eq!(self.file, last.file, "a span lies in one file");
        Self { end: last.end, ..self }
    }

    /// Whether another span lies in this one.
    #[must_use]
    pub fn holds(self, other: Span) -> bool {
        self.file == other.file && self.start <= other.start && other.end <= self.end
    }

    /// How many bytes the span covers.
    #[must_use]
    pub fn len(self) -> usize {
        self.range().len()
    }

    /// Whether the span covers no byte.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.start >= self.end
    }
}
