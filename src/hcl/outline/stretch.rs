//! The extent of an expression: from where it starts to the end of its line, past all that its brackets, strings and
//! heredocs hold.
//!
//! On the way its grammar is checked ([`grammar`](super::grammar)), so that what Terraform refuses ends a strict scan. In
//! a file that is known to be broken an expression ends where Terraform's parser would stop, if no bracket is open there:
//! in `a = 1 b = 2` what follows is read as the next argument. Inside of brackets the rest of them is passed over, but for
//! blocks of the top level, which interrupt the expression: they are read, and then the expression is taken up again.

use std::ops::Range;

use super::grammar::{Code, Context, Effect};
use super::scanner::{Broken, Scanner};
use super::template::Directives;
use super::token::{Token, token};
use crate::hcl::lexis;

/// How many open brackets are tried for a closing one that does not fit: enough for code, and a bound for what is not.
const REACH: usize = 64;

/// What is open at a byte of an expression. The stack of these is our own, since its depth is the input's to choose.
pub(super) enum Frame<'s> {
    /// Brackets, or a template sequence, that start at this byte.
    Code(usize, Code),
    /// A quoted template that starts at this byte.
    Quote(usize, Directives),
    /// A heredoc that starts at `start`; `line_starts` while nothing of the current line was read.
    Heredoc { start: usize, marker: &'s str, line_starts: bool, directives: Directives },
}

/// An expression of which the start was read.
pub(super) struct Stretch<'s> {
    /// The name of the argument that it belongs to; `None` for what is passed over.
    pub(super) name: Option<Range<usize>>,
    pub(super) start: usize,
    /// Behind the last token of it.
    pub(super) end: usize,
    /// Behind the token in front of that one.
    before_last: usize,
    /// Where the last token starts.
    last: usize,
    /// What was read of it outside of brackets.
    line: Code,
    open: Vec<Frame<'s>>,
    /// Whether its end is a guess, since something in it is not closed.
    pub(super) is_lost: bool,
}

impl Stretch<'_> {
    /// The expression of an argument that starts at `at`.
    pub(super) fn of_argument(name: Range<usize>, at: usize) -> Self {
        Self::new(Some(name), Context::Line, at)
    }

    /// What is passed over from `at` on.
    pub(super) fn passed_over(at: usize) -> Self {
        Self::new(None, Context::Broken, at)
    }

    fn new(name: Option<Range<usize>>, context: Context, at: usize) -> Self {
        let line = Code::new(context);
        Self { name, start: at, end: at, before_last: at, last: at, line, open: Vec::new(), is_lost: false }
    }

    /// The state of the innermost code.
    fn code(&mut self) -> &mut Code {
        match self.open.last_mut() {
            Some(Frame::Code(_, code)) => code,
            _ => &mut self.line,
        }
    }
}

/// Where an expression stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stop {
    /// At its end.
    End,
    /// In front of a block of the top level, behind which it goes on.
    Block,
}

/// What a step over some bytes met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    /// A part of the expression.
    Part,
    /// White space or a comment, which is part of it only if more follows.
    Space,
    /// The end.
    End,
    /// A block of the top level.
    Block,
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
    /// Passes over the expression at the current byte. The current byte is then what ends it: the line end, a `}` that
    /// closes the block around it, or, where the file is broken, what does not belong to it.
    pub(super) fn stretch(&mut self, stretch: &mut Stretch<'s>) -> Result<Stop, Broken> {
        loop {
            let at = self.at;
            let step = match stretch.open.last() {
                Some(Frame::Quote(..)) => self.step_in_quote(stretch)?,
                Some(Frame::Heredoc { .. }) => self.step_in_heredoc(stretch)?,
                Some(Frame::Code(..)) | None => self.step_in_code(stretch)?,
            };
            match step {
                Step::Part => {
                    stretch.before_last = stretch.end;
                    stretch.last = at;
                    stretch.end = self.at;
                }
                Step::Space => {}
                Step::Block => return Ok(Stop::Block),
                Step::End => break,
            }
        }
        if let Some(frame) = stretch.open.first() {
            stretch.is_lost = true;
            self.unclosed(frame)?;
        } else if !stretch.is_lost && !stretch.line.is_complete() {
            let what = if stretch.end == stretch.start { "is missing" } else { "is not complete" };
            let place = self.place_of(stretch);
            self.error(place, format!("The expression {what} here."))?;
        }
        Ok(Stop::End)
    }

    /// Where to point for the whole of an expression: at its first line, or at the argument's name.
    fn place_of(&self, stretch: &Stretch<'_>) -> Range<usize> {
        let start = stretch.name.as_ref().map_or(stretch.start, |name| name.start);
        let line = self.line_from(start);
        start..line.end.min(stretch.end).max(start)
    }

    fn step_in_code(&mut self, stretch: &mut Stretch<'s>) -> Result<Step, Broken> {
        let Some(byte) = self.bytes.get(self.at) else {
            return Ok(Step::End);
        };
        match byte {
            b' ' | b'\t' => {
                self.at = lexis::skip_blanks(self.bytes, self.at);
                return Ok(Step::Space);
            }
            b'\r' if !stretch.open.is_empty() && self.bytes.get(self.at + 1) != Some(&b'\n') => {
                self.carriage_return(self.at)?;
                self.at += 1;
                return Ok(Step::Space);
            }
            b'#' | b'/' if self.comment()? => return Ok(Step::Space),
            b'\n' | b'\r' | b'}' if stretch.open.is_empty() => return Ok(Step::End),
            _ => {}
        }
        let (token, end) = token(self.text, self.at);
        match token {
            Token::Close(closer) => return self.close_bracket(closer, stretch),
            Token::Name(name) if !stretch.open.is_empty() && self.at_block(name) && self.may_nest() => {
                *stretch.code() = Code::new(Context::Broken);
                return Ok(Step::Block);
            }
            Token::Name(_) if stretch.open.is_empty() && stretch.line.is_broken() && self.starts_item(self.at) => {
                return Ok(Step::End);
            }
            _ => {}
        }
        self.step_over(token, end, stretch)
    }

    /// Passes over a token that is no bracket that closes.
    fn step_over(&mut self, token: Token<'s>, end: usize, stretch: &mut Stretch<'s>) -> Result<Step, Broken> {
        let is_directive = stretch.code().is_directive();
        let was_name = stretch.code().is_behind_name();
        let start = self.at;
        match stretch.code().take(token) {
            Effect::Unexpected => return self.unexpected(token, end, was_name, stretch),
            Effect::Closes => {
                self.at = end;
                stretch.open.pop();
                return Ok(Step::Part);
            }
            Effect::Opens(context) => stretch.open.push(Frame::Code(start, Code::new(context))),
            Effect::Space => {
                self.at = end;
                return Ok(if self.at_lost_brace() { Step::End } else { Step::Space });
            }
            Effect::Part => {}
        }
        if let (true, Token::Name(word)) = (is_directive, token) {
            self.direct(word, stretch)?;
        }
        match token {
            Token::Heredoc => return self.open_heredoc(stretch),
            Token::Quote => stretch.open.push(Frame::Quote(start, Directives::default())),
            _ => {}
        }
        self.at = end;
        Ok(Step::Part)
    }

    /// Counts a directive of a template: the frame below the directive's.
    fn direct(&mut self, word: &str, stretch: &mut Stretch<'s>) -> Result<(), Broken> {
        let Some(below) = stretch.open.len().checked_sub(2) else { return Ok(()) };
        let is_sound = match &mut stretch.open[below] {
            Frame::Quote(_, directives) | Frame::Heredoc { directives, .. } => directives.take(word),
            Frame::Code(..) => true,
        };
        if is_sound {
            return Ok(());
        }
        self.error(self.at..self.at + word.len(), format!("This `{word}` belongs to no template directive."))
    }

    /// At a token that Terraform's parser does not take.
    fn unexpected(
        &mut self,
        token: Token<'s>,
        end: usize,
        was_name: bool,
        stretch: &mut Stretch<'s>,
    ) -> Result<Step, Broken> {
        if stretch.open.is_empty() {
            self.strict()?;
            self.step_back(was_name, stretch);
            return Ok(Step::End);
        }
        if token == Token::LineEnd {
            self.error(self.at..self.at, "The expression cannot end its line here.")?;
        } else {
            self.error(self.at..end, "Terraform does not expect this here. The expression was not understood.")?;
        }
        *stretch.code() = Code::new(Context::Broken);
        Ok(Step::Space)
    }

    /// Takes the name in front of the current token back out of an expression when it is what starts the next argument
    /// or block: `a = b = true`, `a = spec {`.
    fn step_back(&mut self, was_name: bool, stretch: &mut Stretch<'s>) {
        let is_word = matches!(&self.text[stretch.last..stretch.end], "true" | "false" | "null");
        if !was_name || is_word || stretch.name.is_none() {
            return;
        }
        if self.starts_item(stretch.last) {
            self.at = stretch.last;
            stretch.end = stretch.before_last;
            stretch.line = Code::new(Context::Line);
        }
    }

    /// At the start of a heredoc.
    fn open_heredoc(&mut self, stretch: &mut Stretch<'s>) -> Result<Step, Broken> {
        let start = self.at;
        let Some((marker, text_start)) = lexis::heredoc(self.text, start) else {
            return Ok(Step::Part);
        };
        self.at = text_start;
        if self.heredoc_ends(marker, text_start) {
            let directives = Directives::default();
            stretch.open.push(Frame::Heredoc { start, marker, line_starts: true, directives });
            return Ok(Step::Part);
        }
        let message = format!("No line holds the marker `{marker}` alone, so this heredoc never ends.");
        let line = self.line_from(start);
        self.error(line, message)?;
        stretch.open.clear();
        stretch.is_lost = true;
        while self.at < self.bytes.len() && !self.at_anchor() {
            self.at = (lexis::line_end(self.bytes, self.at) + 1).min(self.bytes.len());
        }
        Ok(Step::End)
    }

    /// At a closing bracket.
    fn close_bracket(&mut self, closer: u8, stretch: &mut Stretch<'s>) -> Result<Step, Broken> {
        if closer == b'}' && stretch.open.is_empty() {
            return Ok(Step::End);
        }
        match stretch.open.last() {
            Some(frame) if self.closes(frame, closer) => {
                let is_sound = matches!(stretch.code().take(Token::Close(closer)), Effect::Closes);
                if !is_sound {
                    self.error(self.at..self.at + 1, "Something is missing before this bracket.")?;
                }
                stretch.open.pop();
            }
            Some(frame) => match self.mismatched(closer, &stretch.open) {
                Mismatch::Closes(index) => {
                    self.unclosed(frame)?;
                    stretch.open.truncate(index);
                }
                Mismatch::ClosesBlock => {
                    self.unclosed(frame)?;
                    stretch.open.clear();
                    stretch.is_lost = true;
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
        let is_bracket = |frame: &&Frame<'_>| matches!(frame, Frame::Code(start, _) if !self.is_sequence(*start));
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

    /// Whether the code that starts at a byte is a template sequence, `${` or `%{`.
    fn is_sequence(&self, start: usize) -> bool {
        matches!(self.bytes[start], b'$' | b'%')
    }

    /// Whether a closing bracket is the one that closes a frame.
    fn closes(&self, frame: &Frame<'_>, closer: u8) -> bool {
        let Frame::Code(start, _) = frame else { return false };
        matches!((self.bytes[*start], closer), (b'(', b')') | (b'[', b']') | (b'{' | b'$' | b'%', b'}'))
    }

    /// Notes that something is never closed.
    pub(super) fn unclosed(&mut self, frame: &Frame<'_>) -> Result<(), Broken> {
        let (start, what) = match frame {
            Frame::Code(start, _) if self.is_sequence(*start) => (*start, "The template sequence".to_owned()),
            Frame::Code(start, _) => (*start, format!("The bracket `{}`", char::from(self.bytes[*start]))),
            Frame::Quote(start, _) => (*start, "The string".to_owned()),
            Frame::Heredoc { start, marker, .. } => (*start, format!("The heredoc `{marker}`")),
        };
        let line = self.line_from(start);
        self.error(line, format!("{what} that starts here is not closed."))
    }

    fn step_in_quote(&mut self, stretch: &mut Stretch<'s>) -> Result<Step, Broken> {
        match self.bytes[self.at..] {
            [] | [b'\n', ..] | [b'\r', b'\n', ..] => {
                if let Some(frame) = stretch.open.pop() {
                    self.unclosed(&frame)?;
                }
            }
            [b'\r', ..] => {
                self.carriage_return(self.at)?;
                self.at += 1;
            }
            [b'"', ..] => {
                if let Some(Frame::Quote(start, directives)) = stretch.open.pop() {
                    self.check_directives(start, &directives)?;
                }
                self.at += 1;
            }
            [b'\\', ..] => self.escape()?,
            _ => self.step_in_template(stretch),
        }
        Ok(Step::Part)
    }

    fn step_in_heredoc(&mut self, stretch: &mut Stretch<'s>) -> Result<Step, Broken> {
        let Some(Frame::Heredoc { start, marker, line_starts, directives }) = stretch.open.last_mut() else {
            return Ok(Step::Part);
        };
        if std::mem::take(line_starts)
            && let Some(end) = lexis::heredoc_end(self.bytes, self.at, marker)
        {
            let (start, directives) = (*start, std::mem::take(directives));
            stretch.open.pop();
            self.check_directives(start, &directives)?;
            return self.close_heredoc(end);
        }
        match self.bytes[self.at..] {
            [] => return Ok(Step::End),
            [b'\n', ..] => {
                *line_starts = true;
                self.at += 1;
            }
            [b'\r', next, ..] if next != b'\n' => {
                self.carriage_return(self.at)?;
                self.at += 1;
            }
            _ => self.step_in_template(stretch),
        }
        Ok(Step::Part)
    }

    /// Leaves a heredoc whose marker, on the current line, ends at `end`.
    fn close_heredoc(&mut self, end: usize) -> Result<Step, Broken> {
        let line_end = lexis::line_end(self.bytes, end);
        if let Some(length) = memchr::memchr(b'\r', &self.bytes[self.at..line_end]) {
            self.carriage_return(self.at + length)?;
        }
        if line_end == self.bytes.len() {
            self.error(self.at..end, "The line of a heredoc's marker must have a line end.")?;
        }
        self.at = end;
        Ok(Step::Part)
    }

    /// Passes over one piece of a template: an escaped sequence, the start of a sequence, or text up to what may be one.
    fn step_in_template(&mut self, stretch: &mut Stretch<'s>) {
        let start = self.at;
        let context = match self.bytes[start..] {
            [b'$', b'$', b'{', ..] | [b'%', b'%', b'{', ..] => {
                self.at += 3;
                return;
            }
            [b'$', b'{', ..] => Context::Interpolation,
            [b'%', b'{', ..] => Context::Directive,
            _ => {
                self.at += 1;
                let is_special = |byte: &u8| matches!(byte, b'"' | b'\\' | b'\n' | b'\r' | b'$' | b'%');
                let rest = &self.bytes[self.at..];
                self.at += rest.iter().position(is_special).unwrap_or(rest.len());
                return;
            }
        };
        stretch.open.push(Frame::Code(start, Code::new(context)));
        self.at += 2 + usize::from(self.bytes.get(start + 2) == Some(&b'~'));
    }
}
