//! Block scalars, `|` and `>`.

use super::input::{Fault, Mark};
use super::scan::Scanner;
use super::token::{Style, TokenKind};

/// What becomes of the line ends behind a block scalar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Chomping {
    /// `-`: they are taken away.
    Strip,
    /// One is kept.
    Clip,
    /// `+`: all are kept.
    Keep,
}

impl Scanner<'_> {
    pub(super) fn fetch_block_scalar(&mut self, is_literal: bool) -> Result<(), Fault> {
        self.remove_key()?;
        self.may_start_key = true;
        let start = self.input.mark;
        self.input.skip();
        let (chomping, increment) = self.block_head()?;
        self.input.end_line()?;
        let mut indent = increment.map(|increment| self.indent.max(0) + increment);
        let mut end = self.input.mark;
        let (mut text, mut first, mut rest) = (String::new(), String::new(), String::new());
        self.block_breaks(&mut indent, &mut rest, &mut end)?;
        self.input.need(1)?;
        let mut was_blank = false;
        while isize::try_from(self.input.mark.column).ok() == indent && self.input.here() != 0 {
            let is_blank = self.input.is_blank(0);
            // A line of a folded scalar joins the one before it, unless one of them is indented.
            if !is_literal && !was_blank && !is_blank && first.starts_with('\n') {
                if rest.is_empty() {
                    text.push(' ');
                }
            } else {
                text.push_str(&first);
            }
            first.clear();
            text.push_str(&rest);
            rest.clear();
            was_blank = is_blank;
            while !self.input.is_break_or_end(0) {
                self.input.read(&mut text);
                self.input.need(1)?;
            }
            self.input.need(2)?;
            self.input.read_line(&mut first);
            self.block_breaks(&mut indent, &mut rest, &mut end)?;
        }
        if chomping != Chomping::Strip {
            text.push_str(&first);
        }
        if chomping == Chomping::Keep {
            text.push_str(&rest);
        }
        self.push_until(TokenKind::Scalar { text, style: Style::Block }, start, end);
        Ok(())
    }

    /// The signs behind `|` or `>`, in either order.
    fn block_head(&mut self) -> Result<(Chomping, Option<isize>), Fault> {
        self.input.need(1)?;
        let mut chomping = self.chomping();
        if chomping.is_some() {
            self.input.need(1)?;
        }
        let increment = match self.input.here() {
            b'0' => return Err(Fault::Syntax),
            digit @ b'1'..=b'9' => {
                self.input.skip();
                Some(isize::from(digit - b'0'))
            }
            _ => None,
        };
        if chomping.is_none() && increment.is_some() {
            self.input.need(1)?;
            chomping = self.chomping();
        }
        Ok((chomping.unwrap_or(Chomping::Clip), increment))
    }

    fn chomping(&mut self) -> Option<Chomping> {
        let chomping = match self.input.here() {
            b'+' => Chomping::Keep,
            b'-' => Chomping::Strip,
            _ => return None,
        };
        self.input.skip();
        Some(chomping)
    }

    /// Reads the indent of a line and the empty lines before it; finds out the indent where it is not said.
    fn block_breaks(&mut self, indent: &mut Option<isize>, rest: &mut String, end: &mut Mark) -> Result<(), Fault> {
        *end = self.input.mark;
        let mut deepest = 0;
        loop {
            self.input.need(1)?;
            let column = |mark: Mark| isize::try_from(mark.column).unwrap_or(isize::MAX);
            let is_inside = |mark: Mark| indent.is_none_or(|indent| column(mark) < indent);
            while is_inside(self.input.mark) && self.input.here() == b' ' {
                self.input.skip();
                self.input.need(1)?;
            }
            deepest = deepest.max(column(self.input.mark));
            if is_inside(self.input.mark) && self.input.here() == b'\t' {
                return Err(Fault::Syntax);
            }
            if !self.input.is_break(0) {
                break;
            }
            self.input.need(2)?;
            self.input.read_line(rest);
            *end = self.input.mark;
        }
        *indent = Some(indent.unwrap_or_else(|| deepest.max(self.indent + 1).max(1)));
        Ok(())
    }
}
