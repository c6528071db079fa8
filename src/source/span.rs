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

    /// The character of a file's `text` that holds the byte `offset`, which may come from a parser that counts bytes; the
    /// end of the text for an offset behind it.
    ///
    /// # Panics
    ///
    /// As [`Span::new`].
    #[must_use]
    pub fn of_char(file: FileId, text: &str, offset: usize) -> Self {
        let mut start = offset.min(text.len());
        while !text.is_char_boundary(start) {
            start -= 1;
        }
        let end = start + text[start..].chars().next().map_or(0, char::len_utf8);
        Self::new(file, start, end)
    }

    /// The span of a text's part as one of the whole text, in which the part starts at the byte `base`.
    ///
    /// # Panics
    ///
    /// As [`Span::new`].
    #[must_use]
    pub fn from_base(self, base: usize) -> Self {
        Self::new(self.file, base + self.start as usize, base + self.end as usize)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_character_is_spanned_whole() {
        let at = |offset| Span::of_char(FileId::new(0), "aé😀", offset).range();
        assert_eq!([0, 1, 2, 3, 4, 6].map(at), [0..1, 1..3, 1..3, 3..7, 3..7, 3..7]);
        assert_eq!([7, 8, usize::MAX].map(at), [7..7, 7..7, 7..7]);
        assert_eq!(Span::of_char(FileId::new(0), "", 1).range(), 0..0);
        assert_eq!(Span::of_char(FileId::new(0), "é", 0).from_base(5).range(), 5..7);
    }
}
