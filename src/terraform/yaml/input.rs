//! The text that is scanned, character by character.

/// Why a text cannot be read as YAML.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::terraform) enum Fault {
    /// The text holds a character that YAML does not allow.
    Character,
    /// The text is no YAML.
    Syntax,
    /// The text nests deeper than podgate reads.
    Depth,
}

/// A place in the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Mark {
    /// In bytes.
    pub(super) at: usize,
    /// In characters. A carriage return and a line feed may count as one.
    pub(super) index: usize,
    pub(super) line: usize,
    pub(super) column: usize,
}

/// The libraries read their input in pieces of so many bytes. That shows in two ways: a character that is not allowed is
/// no error as long as nobody gets near it, and a byte order mark is looked for where the buffer starts.
const PIECE: usize = 512;

const BYTE_ORDER_MARK: &str = "\u{feff}";

/// A text with a place in it.
#[derive(Debug)]
pub(super) struct Input<'t> {
    text: &'t str,
    pub(super) mark: Mark,
    /// How many characters were decoded and not yet read; those that stand for the end included.
    unread: isize,
    /// So many bytes were decoded.
    decoded: usize,
    /// So many bytes were taken from the text.
    taken: usize,
    /// Where the buffer of decoded characters starts.
    buffer: usize,
    /// Whether the end of the text was met.
    ended: bool,
}

impl<'t> Input<'t> {
    /// The start of a text, behind its byte order mark.
    pub(super) fn new(text: &'t str) -> Self {
        // The libraries make a line of nothing.
        let text = if text.is_empty() { "\n" } else { text };
        let start = if text.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len() } else { 0 };
        let mark = Mark { at: start, ..Mark::default() };
        let taken = text.len().min(PIECE);
        Self { text, mark, unread: 0, decoded: start, taken, buffer: start, ended: false }
    }

    /// Sees to it that so many characters can be looked at.
    pub(super) fn need(&mut self, count: isize) -> Result<(), Fault> {
        if self.unread >= count {
            return Ok(());
        }
        self.buffer = self.mark.at;
        let mut is_first = true;
        while self.unread < count {
            if !is_first || self.decoded == self.taken {
                self.take();
            }
            is_first = false;
            self.decode()?;
            if self.ended {
                self.unread += 1;
                break;
            }
        }
        Ok(())
    }

    /// Takes the next piece of the text.
    fn take(&mut self) {
        if self.taken == self.text.len() {
            self.ended = true;
        }
        self.taken = self.text.len().min(self.decoded + PIECE);
    }

    /// Decodes the characters that were taken as a whole.
    fn decode(&mut self) -> Result<(), Fault> {
        while let Some(next) = self.text[self.decoded..].chars().next() {
            if self.decoded + next.len_utf8() > self.taken {
                break;
            }
            // https://yaml.org/spec/1.1/#c-printable
            let is_allowed = matches!(next, '\t' | '\n' | '\r' | ' '..='~' | '\u{85}' | '\u{a0}'..='\u{d7ff}'
                | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
            if !is_allowed {
                return Err(Fault::Character);
            }
            self.decoded += next.len_utf8();
            self.unread += 1;
        }
        Ok(())
    }

    /// The byte so many bytes ahead; 0 at the end.
    pub(super) fn ahead(&self, bytes: usize) -> u8 {
        self.text.as_bytes().get(self.mark.at + bytes).copied().unwrap_or(0)
    }

    /// The byte here; 0 at the end.
    pub(super) fn here(&self) -> u8 {
        self.ahead(0)
    }

    /// Whether a blank stands so many bytes ahead.
    pub(super) fn is_blank(&self, bytes: usize) -> bool {
        matches!(self.ahead(bytes), b' ' | b'\t')
    }

    /// Whether a line ends so many bytes ahead.
    pub(super) fn is_break(&self, bytes: usize) -> bool {
        self.width_of_break(bytes) > 0
    }

    /// Whether a line or the text ends so many bytes ahead.
    pub(super) fn is_break_or_end(&self, bytes: usize) -> bool {
        self.ahead(bytes) == 0 || self.is_break(bytes)
    }

    /// Whether a blank, or the end of a line or the text, is so many bytes ahead.
    pub(super) fn is_space_or_end(&self, bytes: usize) -> bool {
        self.is_blank(bytes) || self.is_break_or_end(bytes)
    }

    /// How many bytes the line end takes that is so many bytes ahead, a carriage return alone; 0 when there is none.
    fn width_of_break(&self, bytes: usize) -> usize {
        match (self.ahead(bytes), self.ahead(bytes + 1), self.ahead(bytes + 2)) {
            (b'\r' | b'\n', ..) => 1,
            (0xc2, 0x85, _) => 2,
            (0xe2, 0x80, 0xa8 | 0xa9) => 3,
            _ => 0,
        }
    }

    /// Whether a line of a document's start or end is here.
    pub(super) fn is_document_line(&self) -> bool {
        let sign = [self.here(), self.ahead(1), self.ahead(2)];
        self.mark.column == 0 && (sign == *b"---" || sign == *b"...") && self.is_space_or_end(3)
    }

    /// Whether the buffer starts with a byte order mark. The libraries look there, wherever they are.
    pub(super) fn starts_with_mark(&self) -> bool {
        self.text.get(self.buffer..).is_some_and(|text| text.starts_with(BYTE_ORDER_MARK))
    }

    /// Goes over a character.
    pub(super) fn skip(&mut self) {
        let width = match self.here() {
            0x00..=0x7f => 1,
            0x80..=0xdf => 2,
            0xe0..=0xef => 3,
            0xf0.. => 4,
        };
        self.mark.at += width;
        self.mark.index += 1;
        self.mark.column += 1;
        self.unread -= 1;
    }

    /// Reads a character.
    pub(super) fn read(&mut self, into: &mut String) {
        let start = self.mark.at;
        self.skip();
        into.push_str(self.text.get(start..self.mark.at).unwrap_or_default());
    }

    /// Goes over the end of a line, if it is here.
    pub(super) fn skip_line(&mut self) {
        self.read_line(&mut String::new());
    }

    /// Reads the end of a line, if it is here: one line feed, whatever is written, but for the two separators of Unicode.
    pub(super) fn read_line(&mut self, into: &mut String) {
        let (width, characters) = match (self.here(), self.ahead(1)) {
            (b'\r', b'\n') => (2, 2),
            _ => (self.width_of_break(0), 1),
        };
        if width == 0 {
            return;
        }
        let written = self.text.get(self.mark.at..self.mark.at + width).unwrap_or_default();
        into.push_str(if width == 3 { written } else { "\n" });
        self.mark.at += width;
        self.mark.index += characters;
        self.mark.column = 0;
        self.mark.line += 1;
        self.unread -= isize::try_from(characters).unwrap_or(1);
    }

    /// Goes over blanks.
    pub(super) fn skip_blanks(&mut self) -> Result<(), Fault> {
        self.need(1)?;
        while self.is_blank(0) {
            self.skip();
            self.need(1)?;
        }
        Ok(())
    }

    /// Goes over a comment, if one is here.
    pub(super) fn skip_comment(&mut self) -> Result<(), Fault> {
        if self.here() == b'#' {
            while !self.is_break_or_end(0) {
                self.skip();
                self.need(1)?;
            }
        }
        Ok(())
    }

    /// Goes over what may stand behind a directive or the head of a block scalar, and over the end of the line.
    pub(super) fn end_line(&mut self) -> Result<(), Fault> {
        self.skip_blanks()?;
        self.skip_comment()?;
        if !self.is_break_or_end(0) {
            return Err(Fault::Syntax);
        }
        if self.is_break(0) {
            self.need(2)?;
            self.skip_line();
        }
        Ok(())
    }
}
