//! The extent of an expression: from where it starts to the end of its line, past all that its brackets, strings and
//! heredocs hold.

use std::ops::Range;

use super::scanner::{Broken, Mode, Scanner};
use crate::hcl::lexis;

/// How many open brackets are tried for a closing one that does not fit: enough for code, and a bound for what is not.
const REACH: usize = 64;

/// What is open at a byte of an expression. The stack of these is our own, since its depth is the input's to choose.
enum Frame<'s> {
    /// `(`, `[` or `{` at this byte.
    Bracket(usize),
    /// A quoted template that starts at this byte.
    Quote(usize),
    /// `${` or `%{` at this byte, inside a template.
    Sequence(usize),
    /// A heredoc that starts at `start`; `line_starts` while nothing of the current line was read.
    Heredoc { start: usize, marker: &'s str, line_starts: bool },
}

/// What a step over some bytes met.
enum Step {
    /// A part of the expression.
    Part,
    /// White space or a comment, which is part of it only if more follows.
    Space,
    /// The end.
    End,
}

/// What a closing bracket that does not fit the innermost frame does.
enum Mismatch {
    /// It closes the frame at this index, and all that is open inside of it.
    Closes(usize),
    /// It closes the block around the expression.
    ClosesBlock,
    /// It closes nothing.
    Stray,
}

impl<'s> Scanner<'s> {
    /// Passes over the expression at the current byte and says where it stands, without what surrounds it. The
    /// current byte is then the line end, or a `}` that closes the block around the expression.
    pub(super) fn stretch(&mut self) -> Result<Range<usize>, Broken> {
        let start = self.at;
        let mut end = start;
        let mut open: Vec<Frame<'s>> = Vec::new();
        loop {
            let step = match open.last() {
                Some(Frame::Quote(_)) => self.step_in_quote(&mut open)?,
                Some(Frame::Heredoc { .. }) => self.step_in_heredoc(&mut open),
                Some(Frame::Bracket(_) | Frame::Sequence(_)) | None => self.step_in_code(&mut open)?,
            };
            match step {
                Step::Part => end = self.at,
                Step::Space => {}
                Step::End => break,
            }
        }
        if let Some(frame) = open.first() {
            self.unclosed(frame)?;
        }
        Ok(start..end)
    }

    fn step_in_code(&mut self, open: &mut Vec<Frame<'s>>) -> Result<Step, Broken> {
        let Some(byte) = self.bytes.get(self.at) else {
            return Ok(Step::End);
        };
        match byte {
            b'\n' if open.is_empty() => return Ok(Step::End),
            b'\n' => {
                self.at += 1;
                return Ok(if self.at_anchor() { Step::End } else { Step::Space });
            }
            b'\r' if open.is_empty() && self.bytes.get(self.at + 1) == Some(&b'\n') => {
                return Ok(Step::End);
            }
            b' ' | b'\t' | b'\r' => {
                self.at += 1;
                return Ok(Step::Space);
            }
            b'#' | b'/' if self.comment()? => return Ok(Step::Space),
            b'<' => return self.step_over_arrow(open),
            b')' | b']' | b'}' => return self.close_bracket(*byte, open),
            b'"' => open.push(Frame::Quote(self.at)),
            b'(' | b'[' | b'{' => open.push(Frame::Bracket(self.at)),
            _ => {}
        }
        self.at += 1;
        Ok(Step::Part)
    }

    /// At a `<`: the start of a heredoc, or an operator.
    fn step_over_arrow(&mut self, open: &mut Vec<Frame<'s>>) -> Result<Step, Broken> {
        let Some((marker, text_start)) = lexis::heredoc(self.text, self.at) else {
            self.at += 1;
            return Ok(Step::Part);
        };
        let start = self.at;
        self.at = text_start;
        let ends = self.mode == Mode::Strict || self.lone_words.get(marker).is_some_and(|last| *last >= text_start);
        if ends {
            open.push(Frame::Heredoc { start, marker, line_starts: true });
            return Ok(Step::Part);
        }
        let message = format!("No line holds the marker `{marker}` alone, so this heredoc never ends.");
        let line = self.line_from(start);
        self.error(line, message)?;
        open.clear();
        while self.at < self.bytes.len() && !self.at_anchor() {
            self.at = (lexis::line_end(self.bytes, self.at) + 1).min(self.bytes.len());
        }
        Ok(Step::End)
    }

    /// At a closing bracket.
    fn close_bracket(&mut self, closer: u8, open: &mut Vec<Frame<'s>>) -> Result<Step, Broken> {
        if closer == b'}' && open.is_empty() {
            return Ok(Step::End);
        }
        match open.last() {
            Some(frame) if self.closes(frame, closer) => _ = open.pop(),
            Some(frame) => match self.mismatched(closer, open) {
                Mismatch::Closes(index) => {
                    self.unclosed(frame)?;
                    open.truncate(index);
                }
                Mismatch::ClosesBlock => {
                    self.unclosed(frame)?;
                    open.clear();
                    return Ok(Step::End);
                }
                Mismatch::Stray => self.closes_nothing(closer)?,
            },
            None => self.closes_nothing(closer)?,
        }
        self.at += 1;
        Ok(Step::Part)
    }

    fn closes_nothing(&mut self, closer: u8) -> Result<(), Broken> {
        self.error(self.at..self.at + 1, format!("This `{}` closes nothing.", char::from(closer)))
    }

    /// What a closing bracket that does not close the innermost frame closes: the nearest frame that it fits, within
    /// reach and within the innermost template.
    fn mismatched(&self, closer: u8, open: &[Frame<'s>]) -> Mismatch {
        let is_bracket = |frame: &&Frame<'_>| matches!(frame, Frame::Bracket(_));
        let reach = open.iter().rev().take(REACH).take_while(is_bracket).count();
        let inner = open.len() - reach;
        if let Some(index) = (inner..open.len()).rev().find(|index| self.closes(&open[*index], closer)) {
            return Mismatch::Closes(index);
        }
        match inner.checked_sub(1) {
            Some(outer) if self.closes(&open[outer], closer) => Mismatch::Closes(outer),
            _ if closer == b'}' => Mismatch::ClosesBlock,
            _ => Mismatch::Stray,
        }
    }

    /// Whether a closing bracket is the one that closes a frame.
    fn closes(&self, frame: &Frame<'_>, closer: u8) -> bool {
        match frame {
            Frame::Bracket(start) => {
                matches!((self.bytes[*start], closer), (b'(', b')') | (b'[', b']') | (b'{', b'}'))
            }
            Frame::Sequence(_) => closer == b'}',
            Frame::Quote(_) | Frame::Heredoc { .. } => false,
        }
    }

    fn step_in_quote(&mut self, open: &mut Vec<Frame<'s>>) -> Result<Step, Broken> {
        match self.bytes[self.at..] {
            [] | [b'\n', ..] => {
                if let Some(frame) = open.pop() {
                    self.unclosed(&frame)?;
                }
            }
            [b'"', ..] => {
                open.pop();
                self.at += 1;
            }
            [b'\\', next, ..] if next != b'\n' => self.at += 2,
            _ => self.step_in_template(open),
        }
        Ok(Step::Part)
    }

    fn step_in_heredoc(&mut self, open: &mut Vec<Frame<'s>>) -> Step {
        let Some(Frame::Heredoc { marker, line_starts, .. }) = open.last_mut() else {
            return Step::Part;
        };
        if std::mem::take(line_starts)
            && let Some(end) = lexis::heredoc_end(self.bytes, self.at, marker)
        {
            open.pop();
            self.at = end;
            return Step::Part;
        }
        match self.bytes.get(self.at) {
            None => return Step::End,
            Some(b'\n') => {
                *line_starts = true;
                self.at += 1;
            }
            Some(_) => self.step_in_template(open),
        }
        Step::Part
    }

    /// Passes over one piece of a template: an escaped sequence, the start of a sequence, or one byte.
    fn step_in_template(&mut self, open: &mut Vec<Frame<'s>>) {
        match self.bytes[self.at..] {
            [b'$', b'$', b'{', ..] | [b'%', b'%', b'{', ..] => self.at += 3,
            [b'$' | b'%', b'{', ..] => {
                open.push(Frame::Sequence(self.at));
                self.at += 2;
            }
            _ => self.at += 1,
        }
    }

    /// Notes that something is never closed.
    fn unclosed(&mut self, frame: &Frame<'_>) -> Result<(), Broken> {
        let (start, what) = match frame {
            Frame::Bracket(start) => (*start, format!("The bracket `{}`", char::from(self.bytes[*start]))),
            Frame::Quote(start) => (*start, "The string".to_owned()),
            Frame::Sequence(start) => (*start, "The template sequence".to_owned()),
            Frame::Heredoc { start, marker, .. } => (*start, format!("The heredoc `{marker}`")),
        };
        let line = self.line_from(start);
        self.error(line, format!("{what} that starts here is not closed."))
    }
}
