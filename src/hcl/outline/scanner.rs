//! What a scan of a text knows, and its smallest steps.

use std::collections::HashMap;
use std::ops::Range;

use super::body::Previous;
use super::{MAX_DEPTH, MOST_ERRORS, Outline, SyntaxError, anchor};
use crate::hcl::lexis;
use crate::source::{FileId, Span};

/// How a broken structure is met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// The first error ends the scan.
    Strict,
    /// Errors are collected, and what follows them is read.
    Recover(Reading),
}

/// How a broken file is read where it can be read in two ways.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Reading {
    /// Whether a header of a top-level block at the start of a line closes all that is open, since a brace was lost in
    /// front of it.
    pub(super) lost_braces: bool,
    /// So many of the braces that stand behind something on their line close nothing, the first ones.
    pub(super) stray_braces: usize,
}

/// The text has an error, so that a strict scan ended.
#[derive(Debug)]
pub(super) struct Broken;

/// Reads a text in one go.
pub(super) struct Scanner<'s> {
    pub(super) text: &'s str,
    pub(super) bytes: &'s [u8],
    /// The next byte to read.
    pub(super) at: usize,
    pub(super) mode: Mode,
    pub(super) previous: Previous,
    /// How many levels are open around what is read.
    pub(super) depth: usize,
    /// Whether a carriage return is taken for a line end: in a broken file that has no other.
    returns_end_lines: bool,
    /// The last line on which a word stands alone, for every such word: where a heredoc may end. Filled to recover.
    pub(super) lone_words: HashMap<&'s str, usize>,
    file: FileId,
    comments: Vec<Span>,
    /// Whether no `*/` follows any more; looked for once, since a file may open a comment in every line.
    comments_stay_open: bool,
    errors: Vec<SyntaxError>,
    more_errors: usize,
    /// Whether blocks were passed over since they nest too deep.
    pub(super) is_too_deep: bool,
    /// How many braces stood behind something on their line.
    pub(super) odd_braces: usize,
    /// How many braces closed nothing.
    pub(super) surplus: usize,
}

/// What a scan came to, and what tells how far it can be relied on.
pub(super) struct Scanned {
    pub(super) outline: Outline,
    /// Whether blocks were passed over since they nest too deep: what stands in them has no errors.
    is_too_deep: bool,
    /// How many braces closed nothing.
    surplus: usize,
}

/// Scans a text; in strict mode a broken one is `Err`.
pub(super) fn scan(file: FileId, text: &str, mode: Mode) -> Result<Scanned, Broken> {
    let mut scanner = Scanner {
        text,
        bytes: text.as_bytes(),
        at: if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 },
        mode,
        previous: Previous::LineEnd,
        depth: 0,
        returns_end_lines: mode != Mode::Strict && !text.contains('\n'),
        lone_words: if mode == Mode::Strict { HashMap::new() } else { lone_words(text) },
        file,
        comments: Vec::new(),
        comments_stay_open: false,
        errors: Vec::new(),
        more_errors: 0,
        is_too_deep: false,
        odd_braces: 0,
        surplus: 0,
    };
    let body = scanner.body()?;
    scanner.errors.sort_by_key(|error| error.span);
    let Scanner { comments, errors, more_errors, is_too_deep, surplus, .. } = scanner;
    Ok(Scanned { outline: Outline { body, comments, errors, more_errors }, is_too_deep, surplus })
}

/// Scans a text that is known to be broken, in all readings; what was meant is the one that leaves the fewest errors.
pub(super) fn recover(file: FileId, text: &str) -> Outline {
    let read = |lost_braces: bool, stray_braces: usize| {
        let mode = Mode::Recover(Reading { lost_braces, stray_braces });
        scan(file, text, mode).expect("only a strict scan ends early")
    };
    let mut readings = Vec::new();
    for lost_braces in [true, false] {
        let all_close = read(lost_braces, 0);
        // Braces that close nothing are too many: then some of those that should not stand where they stand closed what
        // they should not.
        if all_close.surplus > 0 {
            readings.push(read(lost_braces, all_close.surplus));
            readings.push(read(lost_braces, usize::MAX));
        }
        readings.push(all_close);
    }
    let errors =
        |Scanned { outline, is_too_deep, .. }: &Scanned| (*is_too_deep, outline.errors.len() + outline.more_errors);
    readings.into_iter().min_by_key(errors).expect("there are several readings").outline
}

/// The start of the last line on which each lone word stands.
fn lone_words(text: &str) -> HashMap<&str, usize> {
    let mut at = 0;
    let mut words = HashMap::new();
    for line in text.split_inclusive('\n') {
        if lexis::is_identifier(line.trim()) {
            words.insert(line.trim(), at);
        }
        at += line.len();
    }
    words
}

impl Scanner<'_> {
    pub(super) fn span(&self, range: Range<usize>) -> Span {
        Span::new(self.file, range.start, range.end)
    }

    /// Notes an error, or ends a strict scan.
    pub(super) fn error(&mut self, range: Range<usize>, message: impl Into<String>) -> Result<(), Broken> {
        self.strict()?;
        if self.is_full() {
            self.more_errors += 1;
        } else {
            let span = self.span(range);
            self.errors.push(SyntaxError { span, message: message.into() });
        }
        Ok(())
    }

    /// Ends a strict scan.
    pub(super) fn strict(&self) -> Result<(), Broken> {
        if self.mode == Mode::Strict { Err(Broken) } else { Ok(()) }
    }

    /// Whether further errors are only counted.
    fn is_full(&self) -> bool {
        self.errors.len() >= MOST_ERRORS
    }

    /// From a byte to the end of its line. Looked for only where it will be said: a line may be the whole file.
    pub(super) fn line_from(&self, start: usize) -> Range<usize> {
        let end = if self.is_full() { start } else { lexis::line_end(self.bytes, start) };
        start..start + self.text[start..end].trim_end().len()
    }

    /// Whether the file is broken and can be taken up again at the current byte.
    pub(super) fn at_anchor(&self) -> bool {
        let line_starts = self.at == 0 || self.bytes[self.at - 1] == b'\n';
        self.mode != Mode::Strict && line_starts && anchor::is_anchor(self.text, self.at)
    }

    /// Whether a brace was lost in front of the current byte: a block of the top level starts there.
    pub(super) fn at_lost_brace(&self) -> bool {
        matches!(self.mode, Mode::Recover(reading) if reading.lost_braces) && self.at_anchor()
    }

    /// Whether the file is broken and a block of the top level starts with the word at the current byte.
    pub(super) fn at_block(&self, word: &str) -> bool {
        self.mode != Mode::Strict && anchor::is_kind(word) && anchor::is_anchor(self.text, self.at)
    }

    /// Whether an argument or a block starts at a byte, as far as its line tells.
    pub(super) fn starts_item(&self, at: usize) -> bool {
        anchor::is_item(self.text, at)
    }

    /// Whether an expression and a block in it can still be entered.
    pub(super) fn may_nest(&self) -> bool {
        self.depth + 2 <= MAX_DEPTH
    }

    /// Whether a line holds the marker of a heredoc whose text starts at a byte. A strict scan finds out by reading it.
    pub(super) fn heredoc_ends(&self, marker: &str, text_start: usize) -> bool {
        self.mode == Mode::Strict || self.lone_words.get(marker).is_some_and(|last| *last >= text_start)
    }

    /// At a carriage return that belongs to no line end.
    pub(super) fn carriage_return(&mut self, at: usize) -> Result<(), Broken> {
        let message = "A carriage return alone does not end a line. Terraform refuses it.";
        self.error(at..at + 1, message)
    }

    /// Passes over the comment at the current byte, if there is one.
    pub(super) fn comment(&mut self) -> Result<bool, Broken> {
        let start = self.at;
        let end = match lexis::comment(self.bytes, start, self.comments_stay_open) {
            None => return Ok(false),
            Some(lexis::Comment::Line(end)) if self.returns_end_lines => {
                memchr::memchr(b'\r', &self.bytes[start..end]).map_or(end, |length| start + length)
            }
            Some(lexis::Comment::Line(end) | lexis::Comment::Inline(Some(end))) => end,
            Some(lexis::Comment::Inline(None)) => {
                self.comments_stay_open = true;
                self.error(start..start + 2, "This comment is never closed. Only its first line was skipped.")?;
                lexis::line_end(self.bytes, start)
            }
        };
        let span = self.span(start..end);
        self.comments.push(span);
        self.at = end;
        Ok(true)
    }

    /// Passes over white space, line ends and comments, and says whether a line end was among them.
    pub(super) fn skip_space(&mut self) -> Result<bool, Broken> {
        let mut passed = false;
        loop {
            match self.bytes[self.at..] {
                [b' ' | b'\t', ..] => self.at += 1,
                [b'\n', ..] | [b'\r', b'\n', ..] => {
                    self.at += 1;
                    passed = true;
                }
                [b'\r', ..] => {
                    self.carriage_return(self.at)?;
                    self.at += 1;
                    passed = true;
                }
                [b'#' | b'/', ..] if self.comment()? => {}
                _ => return Ok(passed),
            }
        }
    }

    /// Passes over blanks and comments that do not end the line.
    pub(super) fn skip_inline_space(&mut self) -> Result<(), Broken> {
        loop {
            self.at = lexis::skip_blanks(self.bytes, self.at);
            if !(self.bytes[self.at..].starts_with(b"/*") && self.comment()?) {
                return Ok(());
            }
        }
    }
}
