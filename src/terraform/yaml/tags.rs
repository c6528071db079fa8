//! Directives, anchors, aliases and tags.

use super::input::Fault;
use super::scan::Scanner;
use super::token::TokenKind;

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-'
}

impl Scanner<'_> {
    pub(super) fn fetch_directive(&mut self) -> Result<(), Fault> {
        self.end_blocks()?;
        let start = self.input.mark;
        self.input.skip();
        let name = self.word()?;
        if name.is_empty() || !self.input.is_space_or_end(0) {
            return Err(Fault::Syntax);
        }
        let kind = match name.as_str() {
            "YAML" => {
                self.input.skip_blanks()?;
                let major = self.version_number()?;
                if self.input.here() != b'.' {
                    return Err(Fault::Syntax);
                }
                self.input.skip();
                TokenKind::Version(major, self.version_number()?)
            }
            "TAG" => self.tag_directive()?,
            _ => return Err(Fault::Syntax),
        };
        let end = self.input.mark;
        self.input.end_line()?;
        self.push_until(kind, start, end);
        Ok(())
    }

    fn word(&mut self) -> Result<String, Fault> {
        let mut word = String::new();
        self.input.need(1)?;
        while is_word(self.input.here()) {
            self.input.read(&mut word);
            self.input.need(1)?;
        }
        Ok(word)
    }

    /// A number of one or two digits.
    fn version_number(&mut self) -> Result<u8, Fault> {
        let mut digits = String::new();
        self.input.need(1)?;
        while self.input.here().is_ascii_digit() {
            if digits.len() == 2 {
                return Err(Fault::Syntax);
            }
            self.input.read(&mut digits);
            self.input.need(1)?;
        }
        digits.parse().map_err(|_| Fault::Syntax)
    }

    fn tag_directive(&mut self) -> Result<TokenKind, Fault> {
        self.input.skip_blanks()?;
        let handle = self.tag_handle()?;
        if handle.len() > 1 && !handle.ends_with('!') {
            return Err(Fault::Syntax);
        }
        self.input.need(1)?;
        if !self.input.is_blank(0) {
            return Err(Fault::Syntax);
        }
        self.input.skip_blanks()?;
        let prefix = self.tag_address(None)?;
        self.input.need(1)?;
        if !self.input.is_space_or_end(0) {
            return Err(Fault::Syntax);
        }
        Ok(TokenKind::TagDirective { handle, prefix })
    }

    pub(super) fn fetch_anchor(&mut self, is_alias: bool) -> Result<(), Fault> {
        self.save_key()?;
        self.may_start_key = false;
        let start = self.input.mark;
        self.input.skip();
        let name = self.word()?;
        let is_over = matches!(self.input.here(), b'?' | b':' | b',' | b']' | b'}' | b'%' | b'@' | b'`');
        if name.is_empty() || !(is_over || self.input.is_space_or_end(0)) {
            return Err(Fault::Syntax);
        }
        self.push(if is_alias { TokenKind::Alias(name) } else { TokenKind::Anchor(name) }, start);
        Ok(())
    }

    pub(super) fn fetch_tag(&mut self) -> Result<(), Fault> {
        self.save_key()?;
        self.may_start_key = false;
        let start = self.input.mark;
        self.input.need(2)?;
        let (handle, suffix) = if self.input.ahead(1) == b'<' {
            self.input.skip();
            self.input.skip();
            let address = self.tag_address(None)?;
            if self.input.here() != b'>' {
                return Err(Fault::Syntax);
            }
            self.input.skip();
            (String::new(), address)
        } else {
            self.short_tag()?
        };
        self.input.need(1)?;
        if !self.input.is_space_or_end(0) {
            return Err(Fault::Syntax);
        }
        self.push(TokenKind::Tag { handle, suffix }, start);
        Ok(())
    }

    /// A tag with a handle: `!!bool`, `!e!bool`, `!bool`, or `!` alone, which has a suffix and no handle.
    fn short_tag(&mut self) -> Result<(String, String), Fault> {
        let handle = self.tag_handle()?;
        if handle.len() > 1 && handle.ends_with('!') {
            let suffix = self.tag_address(None)?;
            return Ok((handle, suffix));
        }
        let suffix = self.tag_address(Some(&handle))?;
        Ok(if suffix.is_empty() { (suffix, "!".to_owned()) } else { ("!".to_owned(), suffix) })
    }

    /// `!`, `!!`, or `!` and a word that may end with one.
    fn tag_handle(&mut self) -> Result<String, Fault> {
        self.input.need(1)?;
        if self.input.here() != b'!' {
            return Err(Fault::Syntax);
        }
        let mut handle = String::new();
        self.input.read(&mut handle);
        handle.push_str(&self.word()?);
        if self.input.here() == b'!' {
            self.input.read(&mut handle);
        }
        Ok(handle)
    }

    /// The address in a tag. What was read as a handle may be its start, without the `!`.
    fn tag_address(&mut self, head: Option<&str>) -> Result<String, Fault> {
        let mut address = head.and_then(|head| head.get(1..)).unwrap_or_default().to_owned();
        let mut is_there = head.is_some();
        self.input.need(1)?;
        loop {
            match self.input.here() {
                b'%' => self.address_escape(&mut address)?,
                here if is_word(here) || b";/?:@&=+$,.!~*'()[]".contains(&here) => self.input.read(&mut address),
                _ => break,
            }
            self.input.need(1)?;
            is_there = true;
        }
        if is_there { Ok(address) } else { Err(Fault::Syntax) }
    }

    /// The escaped bytes of a character.
    fn address_escape(&mut self, into: &mut String) -> Result<(), Fault> {
        let (mut bytes, mut width) = (Vec::new(), None);
        while width.is_none_or(|width| bytes.len() < width) {
            self.input.need(3)?;
            let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
            let (high, low) = (digit(self.input.ahead(1)), digit(self.input.ahead(2)));
            let (b'%', Some(high), Some(low)) = (self.input.here(), high, low) else { return Err(Fault::Syntax) };
            let byte = (high << 4) | low;
            if width.is_none() {
                width = Some(match byte {
                    0x00..=0x7f => 1,
                    0xc0..=0xdf => 2,
                    0xe0..=0xef => 3,
                    0xf0..=0xf7 => 4,
                    _ => return Err(Fault::Syntax),
                });
            } else if byte & 0xc0 != 0x80 {
                return Err(Fault::Syntax);
            }
            bytes.push(byte);
            for _ in 0..3 {
                self.input.skip();
            }
        }
        into.push_str(&String::from_utf8_lossy(&bytes));
        Ok(())
    }
}
