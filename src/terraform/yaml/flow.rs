//! Scalars in quotes and without: their lines are folded.

use super::input::Fault;
use super::scan::Scanner;
use super::token::{Style, TokenKind};

/// White space between parts of a scalar, which may go over lines.
#[derive(Debug, Default)]
struct Gap {
    /// The blanks on one line.
    blanks: String,
    /// The first line end.
    first: String,
    /// The others.
    rest: String,
    /// Whether there is a line end.
    is_broken: bool,
}

impl Gap {
    /// Adds what the white space stands for, and starts anew.
    fn fold(&mut self, into: &mut String) {
        if !self.is_broken {
            into.push_str(&self.blanks);
            self.blanks.clear();
            return;
        }
        // One line feed is a space; those separators of Unicode that the scanner keeps stay what they are.
        match (self.first.as_str(), self.rest.as_str()) {
            ("\n", "") => into.push(' '),
            ("\n", rest) => into.push_str(rest),
            (first, rest) => into.extend([first, rest]),
        }
        self.first.clear();
        self.rest.clear();
    }
}

impl Scanner<'_> {
    pub(super) fn fetch_quoted(&mut self, is_single: bool) -> Result<(), Fault> {
        self.save_key()?;
        self.may_start_key = false;
        let start = self.input.mark;
        self.input.skip();
        let (mut text, mut gap) = (String::new(), Gap::default());
        let quote = if is_single { b'\'' } else { b'"' };
        loop {
            self.input.need(4)?;
            if self.input.is_document_line() || self.input.here() == 0 {
                return Err(Fault::Syntax);
            }
            gap.is_broken = false;
            while !self.input.is_space_or_end(0) {
                match self.input.here() {
                    b'\'' if is_single && self.input.ahead(1) == b'\'' => {
                        text.push('\'');
                        self.input.skip();
                        self.input.skip();
                    }
                    here if here == quote => break,
                    b'\\' if !is_single && self.input.is_break(1) => {
                        self.input.need(3)?;
                        self.input.skip();
                        self.input.skip_line();
                        gap.is_broken = true;
                        break;
                    }
                    b'\\' if !is_single => self.escape(&mut text)?,
                    _ => self.input.read(&mut text),
                }
                self.input.need(2)?;
            }
            self.input.need(1)?;
            if self.input.here() == quote {
                break;
            }
            self.white_space(&mut gap, None)?;
            gap.fold(&mut text);
        }
        self.input.skip();
        self.push(TokenKind::Scalar { text, style: Style::Quoted }, start);
        Ok(())
    }

    /// Reads blanks and line ends. In a plain scalar outside of brackets, a tab in front of a column is an error.
    fn white_space(&mut self, gap: &mut Gap, least: Option<isize>) -> Result<(), Fault> {
        while self.input.is_blank(0) || self.input.is_break(0) {
            if self.input.is_blank(0) {
                let column = isize::try_from(self.input.mark.column).unwrap_or(isize::MAX);
                if gap.is_broken && self.input.here() == b'\t' && least.is_some_and(|least| column < least) {
                    return Err(Fault::Syntax);
                }
                if gap.is_broken { self.input.skip() } else { self.input.read(&mut gap.blanks) }
            } else {
                self.input.need(2)?;
                if gap.is_broken {
                    self.input.read_line(&mut gap.rest);
                } else {
                    gap.blanks.clear();
                    self.input.read_line(&mut gap.first);
                    gap.is_broken = true;
                }
            }
            self.input.need(1)?;
        }
        Ok(())
    }

    /// Reads an escape sequence.
    fn escape(&mut self, into: &mut String) -> Result<(), Fault> {
        let digits = match self.input.ahead(1) {
            b'x' => 2,
            b'u' => 4,
            b'U' => 8,
            sign => {
                into.push(escaped(sign).ok_or(Fault::Syntax)?);
                0
            }
        };
        self.input.skip();
        self.input.skip();
        if digits == 0 {
            return Ok(());
        }
        self.input.need(digits)?;
        let mut value = 0;
        for _ in 0..digits {
            let digit = char::from(self.input.here()).to_digit(16).ok_or(Fault::Syntax)?;
            value = (value << 4) | digit;
            self.input.skip();
        }
        into.push(char::from_u32(value).ok_or(Fault::Syntax)?);
        Ok(())
    }

    pub(super) fn fetch_plain(&mut self) -> Result<(), Fault> {
        self.save_key()?;
        self.may_start_key = false;
        let (mut text, mut gap) = (String::new(), Gap::default());
        let least = self.indent + 1;
        let start = self.input.mark;
        let mut end = start;
        loop {
            self.input.need(4)?;
            if self.input.is_document_line() || self.input.here() == b'#' {
                break;
            }
            while !self.input.is_space_or_end(0) && !self.ends_plain() {
                if gap.is_broken || !gap.blanks.is_empty() {
                    gap.fold(&mut text);
                    gap.is_broken = false;
                }
                self.input.read(&mut text);
                end = self.input.mark;
                self.input.need(2)?;
            }
            if !(self.input.is_blank(0) || self.input.is_break(0)) {
                break;
            }
            self.input.need(1)?;
            self.white_space(&mut gap, Some(least))?;
            let column = isize::try_from(self.input.mark.column).unwrap_or(isize::MAX);
            if self.brackets == 0 && column < least {
                break;
            }
        }
        self.push_until(TokenKind::Scalar { text, style: Style::Plain }, start, end);
        if gap.is_broken {
            self.may_start_key = true;
        }
        Ok(())
    }

    /// Whether a sign is here that no plain scalar goes over.
    fn ends_plain(&self) -> bool {
        match self.input.here() {
            b':' => self.input.is_space_or_end(1),
            b',' | b'?' | b'[' | b']' | b'{' | b'}' => self.brackets > 0,
            _ => false,
        }
    }
}

/// What a sign behind a backslash stands for, if it is one character.
fn escaped(sign: u8) -> Option<char> {
    Some(match sign {
        b'0' => '\0',
        b'a' => '\u{7}',
        b'b' => '\u{8}',
        b't' | b'\t' => '\t',
        b'n' => '\n',
        b'v' => '\u{b}',
        b'f' => '\u{c}',
        b'r' => '\r',
        b'e' => '\u{1b}',
        b' ' => ' ',
        b'"' => '"',
        b'\'' => '\'',
        b'\\' => '\\',
        b'N' => '\u{85}',
        b'_' => '\u{a0}',
        b'L' => '\u{2028}',
        b'P' => '\u{2029}',
        _ => return None,
    })
}
