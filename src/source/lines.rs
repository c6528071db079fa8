//! From byte offsets to lines and columns.

use std::ops::Range;

use super::boundary;

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
    /// How many UTF-16 code units the text has in front of each [`STRIDE`]th byte, so that the columns of a line that is
    /// a whole file need not be counted from its start.
    units: Vec<u32>,
}

/// So many bytes are between two places at which the units are counted in advance.
const STRIDE: usize = 1_024;

/// U+FEFF, which editors write at the start of a file and do not show.
const BYTE_ORDER_MARK: char = '\u{feff}';

impl Lines {
    pub(super) fn new(text: &str) -> Self {
        let behind_newline = memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| at + 1);
        let starts = std::iter::once(0).chain(behind_newline);
        let starts = starts.map(|at| u32::try_from(at).expect("the reader refuses files of 4 GiB")).collect();
        Self { starts, units: units_by_stride(text) }
    }

    /// The number of lines; text behind the last line end is one, also when it is empty.
    #[must_use]
    pub fn count(&self) -> u32 {
        u32::try_from(self.starts.len()).expect("there are no more lines than bytes")
    }

    /// The line and column of a byte offset of `text`, the text this index was built from. An offset inside of a
    /// character is that of its start, one behind the text that of its end.
    #[must_use]
    pub fn position(&self, text: &str, offset: u32) -> Position {
        let line = self.line(offset);
        let start = self.starts[line as usize - 1];
        let mark = u32::from(start == 0 && offset > 0 && text.starts_with(BYTE_ORDER_MARK));
        let column = self.units(text, offset) - self.units(text, start) - mark;
        Position { line, column: column + 1 }
    }

    /// How many UTF-16 code units a text has in front of a byte.
    fn units(&self, text: &str, offset: u32) -> u32 {
        let offset = boundary(text, offset as usize);
        let stride = (offset / STRIDE).min(self.units.len() - 1);
        let counted = boundary(text, stride * STRIDE);
        self.units[stride] + count_units(&text[counted..offset])
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

/// How many UTF-16 code units a text has.
fn count_units(text: &str) -> u32 {
    let units = if text.is_ascii() { text.len() } else { text.encode_utf16().count() };
    u32::try_from(units).expect("a column is within the file")
}

/// The units in front of every place at which they are counted in advance. A character on the border counts behind it.
fn units_by_stride(text: &str) -> Vec<u32> {
    let places = (0..=text.len() / STRIDE).map(|stride| boundary(text, stride * STRIDE));
    let (mut units, mut from) = (0, 0);
    let counted = places.map(|place| {
        units += count_units(&text[from..place]);
        from = place;
        units
    });
    counted.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_of_a_long_line_are_those_that_counting_gives() {
        let text = format!("\u{feff}{}\n{}", "aé😀\u{1}".repeat(700), "é".repeat(2_000));
        let lines = Lines::new(&text);
        for (at, _) in text.char_indices() {
            let start = text[..at].rfind('\n').map_or(0, |newline| newline + 1);
            let counted = text[start..at].trim_start_matches('\u{feff}').encode_utf16().count() + 1;
            let column = lines.position(&text, u32::try_from(at).expect("small")).column;
            assert_eq!(column as usize, counted, "byte {at}");
        }
        assert_eq!(lines.position("é", 1).column, 1, "inside of a character");
    }

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
