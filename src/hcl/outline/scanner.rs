//! Bodies: what comes after what at every level of a file.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use super::{Attribute, Block, Body, Label, MAX_DEPTH, MOST_ERRORS, Outline, SyntaxError, anchor};
use crate::hcl::lexis;
use crate::source::{FileId, Span};

/// How a broken structure is met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// The first error ends the scan.
    Strict,
    /// Errors are collected, and a header of a top-level block at the start of a line closes all that is open.
    Recover,
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
    /// The last line on which a word stands alone, for every such word: where a heredoc may end. Filled to recover.
    pub(super) lone_words: HashMap<&'s str, usize>,
    file: FileId,
    comments: Vec<Span>,
    /// Whether no `*/` follows any more; looked for once, since a file may open a comment in every line.
    comments_stay_open: bool,
    errors: Vec<SyntaxError>,
    more_errors: usize,
}

/// Scans a text; in strict mode a broken one is `Err`.
pub(super) fn scan(file: FileId, text: &str, mode: Mode) -> Result<Outline, Broken> {
    let mut scanner = Scanner {
        text,
        bytes: text.as_bytes(),
        at: if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 },
        mode,
        lone_words: HashMap::new(),
        file,
        comments: Vec::new(),
        comments_stay_open: false,
        errors: Vec::new(),
        more_errors: 0,
    };
    if mode == Mode::Recover {
        scanner.lone_words = lone_words(text);
    }
    let body = scanner.body()?;
    scanner.errors.sort_by_key(|error| error.span);
    let Scanner { comments, errors, more_errors, .. } = scanner;
    Ok(Outline { body, comments, errors, more_errors })
}

/// Scans a text that is known to be broken.
pub(super) fn recover(file: FileId, text: &str) -> Outline {
    scan(file, text, Mode::Recover).expect("only a strict scan ends early")
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
        if self.mode == Mode::Strict {
            return Err(Broken);
        }
        if self.is_full() {
            self.more_errors += 1;
        } else {
            let span = self.span(range);
            self.errors.push(SyntaxError { span, message: message.into() });
        }
        Ok(())
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
        self.mode == Mode::Recover && line_starts && anchor::is_anchor(self.text, self.at)
    }

    /// Passes over the comment at the current byte, if there is one.
    pub(super) fn comment(&mut self) -> Result<bool, Broken> {
        let start = self.at;
        let end = match lexis::comment(self.bytes, start, self.comments_stay_open) {
            None => return Ok(false),
            Some(lexis::Comment::Line(end) | lexis::Comment::Inline(Some(end))) => end,
            Some(lexis::Comment::Inline(None)) => {
                self.comments_stay_open = true;
                self.error(start..start + 2, "This comment is never closed. Only its first line was passed over.")?;
                lexis::line_end(self.bytes, start)
            }
        };
        let span = self.span(start..end);
        self.comments.push(span);
        self.at = end;
        Ok(true)
    }

    /// Passes over white space, line ends and comments.
    fn skip_space(&mut self) -> Result<(), Broken> {
        loop {
            match self.bytes.get(self.at) {
                Some(b' ' | b'\t' | b'\r' | b'\n') => self.at += 1,
                Some(b'#' | b'/') if self.comment()? => {}
                _ => return Ok(()),
            }
        }
    }

    /// Passes over blanks and comments that do not end the line.
    fn skip_inline_space(&mut self) -> Result<(), Broken> {
        loop {
            self.at = lexis::skip_blanks(self.bytes, self.at);
            if !(self.bytes[self.at..].starts_with(b"/*") && self.comment()?) {
                return Ok(());
            }
        }
    }

    /// Reads the whole file. The blocks that are open are on a stack of our own: their depth is the input's to choose.
    fn body(&mut self) -> Result<Body, Broken> {
        let mut top = Body::default();
        let mut open: Vec<Block> = Vec::new();
        loop {
            self.skip_space()?;
            if !open.is_empty() && (self.at == self.bytes.len() || self.at_anchor()) {
                self.close_unclosed(&mut open, &mut top)?;
            }
            let Some(byte) = self.bytes.get(self.at) else {
                break;
            };
            let body = open.last_mut().map_or(&mut top, |block| &mut block.body);
            if *byte == b'}' {
                self.close(&mut open, &mut top)?;
            } else if let Some(end) = lexis::identifier_end(self.text, self.at) {
                if let Some(block) = self.item(end, body)? {
                    self.open(block, &mut open)?;
                }
            } else {
                self.junk(self.at, "An argument or a block is expected here.")?;
            }
        }
        self.check_names(&top)?;
        Ok(top)
    }

    /// Enters a block whose brace is the current byte.
    fn open(&mut self, block: Block, open: &mut Vec<Block>) -> Result<(), Broken> {
        if open.len() < MAX_DEPTH {
            self.at += 1;
            open.push(block);
            return Ok(());
        }
        let message = format!("Blocks are nested more than {MAX_DEPTH} levels deep. The innermost were passed over.");
        self.error(block.header.range(), message)?;
        self.stretch().map(|_| ())
    }

    /// Leaves the innermost block at its brace.
    fn close(&mut self, open: &mut Vec<Block>, top: &mut Body) -> Result<(), Broken> {
        let brace = self.at;
        self.at += 1;
        match open.pop() {
            Some(block) => self.finish(block, self.at, open, top),
            None => self.error(brace..self.at, "This brace closes nothing. It was passed over."),
        }
    }

    /// Gives a block its end and its parent.
    fn finish(&mut self, mut block: Block, end: usize, open: &mut [Block], top: &mut Body) -> Result<(), Broken> {
        self.check_names(&block.body)?;
        block.span = block.span.to(self.span(end..end));
        open.last_mut().map_or(top, |parent| &mut parent.body).blocks.push(block);
        Ok(())
    }

    /// Leaves all open blocks where the file ends or is taken up again.
    fn close_unclosed(&mut self, open: &mut Vec<Block>, top: &mut Body) -> Result<(), Broken> {
        let end = self.text[..self.at].trim_end().len();
        if let Some(outermost) = open.first() {
            let message = format!(
                "The block `{}` is never closed. What stands in it was read as far as line ends tell.",
                outermost.kind
            );
            self.error(outermost.header.range(), message)?;
        }
        while let Some(block) = open.pop() {
            self.finish(block, end, open, top)?;
        }
        Ok(())
    }

    /// Reads what starts with an identifier: an attribute goes to the body, a block (with the current byte at its
    /// brace) is returned.
    fn item(&mut self, name_end: usize, body: &mut Body) -> Result<Option<Block>, Broken> {
        let name = self.at..name_end;
        self.at = name_end;
        self.skip_inline_space()?;
        if self.bytes.get(self.at) == Some(&b'=') && self.bytes.get(self.at + 1) != Some(&b'=') {
            let attribute = self.attribute(name)?;
            body.attributes.push(attribute);
            return Ok(None);
        }
        self.block(name)
    }

    /// Reads an attribute from its `=` on.
    fn attribute(&mut self, name: Range<usize>) -> Result<Attribute, Broken> {
        self.at += 1;
        self.skip_inline_space()?;
        let expression = self.stretch()?;
        Ok(Attribute {
            name: self.text[name.clone()].into(),
            name_span: self.span(name),
            expression: self.span(expression),
        })
    }

    /// Reads a block's labels up to its brace; `None` when it has none, behind what it costs.
    fn block(&mut self, kind: Range<usize>) -> Result<Option<Block>, Broken> {
        let mut labels: Vec<Label> = Vec::new();
        loop {
            self.skip_inline_space()?;
            let end = match self.bytes.get(self.at) {
                Some(b'{') => break,
                Some(b'"') => lexis::quoted_label_end(self.bytes, self.at),
                _ => lexis::identifier_end(self.text, self.at),
            };
            let Some(end) = end else {
                if self.brace_follows_on_a_later_line()? {
                    break;
                }
                self.junk(kind.start, "An argument needs `=` here, a block needs `{`.")?;
                return Ok(None);
            };
            labels.push(self.label(self.at..end));
            self.at = end;
        }
        let header_end = labels.last().map_or(kind.end, |label| label.span.end as usize);
        let header = self.span(kind.start..header_end);
        let kind = self.text[kind].into();
        Ok(Some(Block { kind, labels, header, span: header, body: Body::default() }))
    }

    fn label(&self, range: Range<usize>) -> Label {
        let written = &self.text[range.clone()];
        let text = if written.starts_with('"') { lexis::unquote(written) } else { written.to_owned() };
        Label { text: text.into(), span: self.span(range) }
    }

    /// Whether the brace of a header stands on a later line: an error, but one that leaves no doubt.
    fn brace_follows_on_a_later_line(&mut self) -> Result<bool, Broken> {
        let brace = self.at + self.bytes[self.at..].iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        if self.bytes.get(brace) != Some(&b'{') {
            return Ok(false);
        }
        self.error(brace..brace + 1, "This brace must stand on the line of its block's header. The block was read.")?;
        self.at = brace;
        Ok(true)
    }

    /// Passes over what is neither an attribute nor a block, to the end of its line or of the brackets that it opens.
    fn junk(&mut self, start: usize, expected: &str) -> Result<(), Broken> {
        let line = self.line_from(start);
        self.error(line, format!("{expected} The line was passed over."))?;
        if matches!(self.bytes.get(self.at), Some(b')' | b']')) {
            self.at += 1;
        }
        self.stretch().map(|_| ())
    }

    /// Notes attributes that are written twice in one body.
    fn check_names(&mut self, body: &Body) -> Result<(), Broken> {
        let mut seen = HashSet::new();
        for attribute in &body.attributes {
            if !seen.insert(&*attribute.name) {
                let message =
                    format!("The argument `{}` is set twice in one block. The first setting was used.", attribute.name);
                self.error(attribute.name_span.range(), message)?;
            }
        }
        Ok(())
    }
}
