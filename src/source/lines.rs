//! From byte offsets to lines and columns.

use std::ops::Range;

/// A place as people and SARIF count it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The line, 1-based.
    pub line: u32,
    /// The column, 1-based, in UTF-16 code units (SARIF's `columnKind: utf16CodeUnits`). A byte-order mark at the
    /// start of the file takes no column.
    pub column: u32,
}

/// Where the lines of a text start. A line ends with LF or CR LF; a CR alone is not a line end, as in HCL.
#[derive(Debug)]
pub struct Lines {
    starts: Vec<u32>,
}

/// U+FEFF, which editors write at the start of a file and do not show.
const BYTE_ORDER_MARK: char = '\u{feff}';

impl Lines {
    pub(super) fn new(text: &str) -> Self {
        let behind_newline = memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| at + 1);
        let starts = std::iter::once(0).chain(behind_newline);
        Self { starts: starts.map(|at| u32::try_from(at).expect("the reader refuses files of 4 GiB")).collect() }
    }

    /// The number of lines; text behind the last line end is one, also when it is empty.
    #[must_use]
    pub fn count(&self) -> u32 {
        u32::try_from(self.starts.len()).expect("there are no more lines than bytes")
    }

    /// The line and column of a byte offset of `text`, the text this index was built from.
    #[must_use]
    pub fn position(&self, text: &str, offset: u32) -> Position {
        let line = self.line(offset);
        let start = self.starts[line as usize - 1];
        let before = &text[start as usize..offset as usize];
        let before = if start == 0 { before.trim_start_matches(BYTE_ORDER_MARK) } else { before };
        let units = before.encode_utf16().count();
        Position { line, column: u32::try_from(units).expect("a column is within the file") + 1 }
    }

    /// The 1-based line that holds a byte offset.
    #[must_use]
    pub fn line(&self, offset: u32) -> u32 {
        let line = self.starts.partition_point(|start| *start <= offset);
        u32::try_from(line).expect("there are no more lines than bytes")
    }

    /// The bytes of a 1-based line of `text`, without its line end. A line behind the last one is empty.
    #[must_use]
    pub fn bytes(&self, text: &str, line: u32) -> Range<usize> {
        let bound = |line: u32| self.starts.get(line as usize).map_or(text.len(), |start| *start as usize);
        let start = bound(line - 1);
        let content = text[start..bound(line)].trim_end_matches('\n');
        start..start + content.strip_suffix('\r').unwrap_or(content).len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn position(text: &str, offset: u32) -> (u32, u32) {
        let Position { line, column } = Lines::new(text).position(text, offset);
        (line, column)
    }

    #[test]
    fn columns_count_utf16_units() {
        assert_eq!(position("a = \"😀\" b", 9), (1, 8), "an astral character is two units");
        assert_eq!(position("é = 1", 3), (1, 3), "an accented letter is one");
        assert_eq!(position("\ta", 1), (1, 2), "so is a tab");
    }

    #[test]
    fn lines_end_with_lf_or_crlf_but_not_with_cr() {
        assert_eq!(position("a\r\nb\nc\rd", 3), (2, 1));
        assert_eq!(position("a\r\nb\nc\rd", 7), (3, 3));
    }

    #[test]
    fn a_byte_order_mark_takes_no_column() {
        assert_eq!(position("\u{feff}a", 3), (1, 1));
        assert_eq!(position("\u{feff}\na", 4), (2, 1));
    }

    #[test]
    fn the_bytes_of_a_line_leave_its_end_out() {
        let text = "a\r\nbc\n";
        let lines = Lines::new(text);
        assert_eq!(lines.count(), 3);
        assert_eq!([lines.bytes(text, 1), lines.bytes(text, 2), lines.bytes(text, 3)], [0..1, 3..5, 6..6]);
    }
}
