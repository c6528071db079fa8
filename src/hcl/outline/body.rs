//! Bodies: what comes after what at every level of a file.

use std::collections::HashSet;
use std::ops::Range;

use super::scanner::{Broken, Mode, Scanner};
use super::stretch::{Stop, Stretch};
use super::{Attribute, Block, Body, Label, MAX_DEPTH, anchor};
use crate::hcl::lexis;

/// What was read last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Previous {
    /// A line end, or nothing.
    LineEnd,
    /// The brace of a block, on the current line.
    Brace,
    /// An argument behind that.
    OneArgument,
    /// Something else that must be followed by a line end.
    Item,
}

/// What is open.
enum Level<'s> {
    /// A block.
    Block(Block),
    /// An expression that a block interrupts.
    Expression(Stretch<'s>),
}

impl<'s> Scanner<'s> {
    /// Reads the whole file. What is open is on a stack of our own: its depth is the input's to choose.
    pub(super) fn body(&mut self) -> Result<Body, Broken> {
        let mut top = Body::default();
        let mut open: Vec<Level<'s>> = Vec::new();
        loop {
            if self.skip_space()? {
                self.behind_line_end(&open)?;
            }
            if !open.is_empty() && (self.at == self.bytes.len() || self.at_lost_brace()) {
                self.close_unclosed(&mut open, &mut top)?;
            }
            self.depth = open.len();
            let Some(byte) = self.bytes.get(self.at) else {
                break;
            };
            if *byte == b'}' {
                self.close(&mut open, &mut top)?;
            } else if matches!(byte, b',' | b';') {
                self.separator()?;
            } else if let Some(end) = lexis::identifier_end(self.text, self.at) {
                self.item(end, &mut open, &mut top)?;
            } else {
                self.junk(self.at, "An argument or a block is expected here.", &mut open, &mut top)?;
            }
        }
        self.check_names(&top)?;
        top.blocks.sort_by_key(|block| block.span);
        Ok(top)
    }

    /// Notes a block with an argument on the line of its brace that does not end on that line.
    fn behind_line_end(&mut self, open: &[Level<'s>]) -> Result<(), Broken> {
        let previous = std::mem::replace(&mut self.previous, Previous::LineEnd);
        match (previous, open.last()) {
            (Previous::OneArgument, Some(Level::Block(block))) => {
                let message = "This block has an argument on the line of its brace, so it must be closed on that line, \
                               too. It was read anyway.";
                self.error(block.header.range(), message)
            }
            _ => Ok(()),
        }
    }

    /// Passes over what others separate arguments with.
    fn separator(&mut self) -> Result<(), Broken> {
        let sign = char::from(self.bytes[self.at]);
        let message = format!("Arguments are separated by line ends, not by `{sign}`. The rest of the line was read.");
        self.error(self.at..self.at + 1, message)?;
        self.at += 1;
        self.previous = Previous::LineEnd;
        Ok(())
    }

    /// Enters a block whose brace is the current byte.
    fn open(&mut self, block: Block, open: &mut Vec<Level<'s>>, top: &mut Body) -> Result<(), Broken> {
        if open.len() < MAX_DEPTH {
            self.at += 1;
            self.previous = Previous::Brace;
            open.push(Level::Block(block));
            return Ok(());
        }
        self.is_too_deep = true;
        let message =
            format!("Blocks are nested more than {MAX_DEPTH} levels deep. The innermost blocks were skipped.");
        self.error(block.header.range(), message)?;
        self.take(Stretch::passed_over(self.at), open, top)
    }

    /// Leaves the innermost block at its brace.
    fn close(&mut self, open: &mut Vec<Level<'s>>, top: &mut Body) -> Result<(), Broken> {
        let brace = self.at;
        self.at += 1;
        if self.previous == Previous::Item {
            let is_stray = matches!(self.mode, Mode::Recover(reading) if self.odd_braces < reading.stray_braces);
            self.odd_braces += 1;
            let meaning = if is_stray { "It was skipped." } else { "It was taken for the end of the block." };
            self.error(brace..self.at, format!("This brace must stand on a line of its own. {meaning}"))?;
            if is_stray {
                return Ok(());
            }
        }
        self.previous = Previous::Item;
        match open.pop() {
            Some(Level::Block(block)) => self.finish(block, self.at, open, top)?,
            Some(Level::Expression(_)) | None => {
                self.surplus += 1;
                self.error(brace..self.at, "This brace closes nothing. It was skipped.")?;
            }
        }
        self.take_up(open, top)
    }

    /// Goes on with an expression that the block interrupted which has been closed.
    fn take_up(&mut self, open: &mut Vec<Level<'s>>, top: &mut Body) -> Result<(), Broken> {
        match open.pop() {
            Some(Level::Expression(stretch)) => self.take(stretch, open, top),
            Some(block) => {
                open.push(block);
                Ok(())
            }
            None => Ok(()),
        }
    }

    /// Gives a block its end and its parent, which is the file where Terraform takes such a block there only.
    fn finish(&mut self, mut block: Block, end: usize, open: &mut [Level<'s>], top: &mut Body) -> Result<(), Broken> {
        self.check_names(&block.body)?;
        block.span = block.span.to(self.span(end..end));
        match open.last_mut() {
            Some(Level::Block(parent)) if !anchor::is_misplaced(&block, parent) => parent.body.blocks.push(block),
            Some(Level::Block(_)) => {
                let message = format!(
                    "Terraform takes a block `{}` at the top level only. This one was read as if it stood there.",
                    block.kind
                );
                self.error(block.header.range(), message)?;
                top.blocks.push(block);
            }
            Some(Level::Expression(_)) | None => top.blocks.push(block),
        }
        Ok(())
    }

    /// Leaves all that is open where the file ends or is taken up again.
    fn close_unclosed(&mut self, open: &mut Vec<Level<'s>>, top: &mut Body) -> Result<(), Broken> {
        let end = self.text[..self.at].trim_end().len();
        let outermost = open.iter().find_map(|level| if let Level::Block(block) = level { Some(block) } else { None });
        if let Some(outermost) = outermost {
            let message = format!(
                "The block `{}` is never closed. Its content was read as far as the line ends show it.",
                outermost.kind
            );
            self.error(outermost.header.range(), message)?;
        }
        while let Some(level) = open.pop() {
            match level {
                Level::Block(block) => self.finish(block, end, open, top)?,
                Level::Expression(stretch) => self.add(&stretch, open, top),
            }
        }
        Ok(())
    }

    /// Reads what starts with an identifier, an attribute or the header of a block.
    fn item(&mut self, name_end: usize, open: &mut Vec<Level<'s>>, top: &mut Body) -> Result<(), Broken> {
        let name = self.at..name_end;
        self.at = name_end;
        self.skip_inline_space()?;
        let is_attribute = self.bytes.get(self.at) == Some(&b'=') && self.bytes.get(self.at + 1) != Some(&b'=');
        match self.previous {
            Previous::LineEnd => {}
            Previous::Brace if is_attribute => {}
            Previous::Brace | Previous::OneArgument | Previous::Item => {
                let message = "This must start on a line of its own. It was read anyway.";
                self.error(name.clone(), message)?;
            }
        }
        if !is_attribute {
            return self.block(name, open, top);
        }
        self.at += 1;
        self.skip_inline_space()?;
        let stretch = Stretch::of_argument(name, self.at);
        let is_first = self.previous == Previous::Brace;
        self.take(stretch, open, top)?;
        if is_first && self.previous == Previous::Item {
            self.previous = Previous::OneArgument;
        }
        Ok(())
    }

    /// Reads an expression, or the rest of one. A block that interrupts it is entered.
    fn take(&mut self, mut stretch: Stretch<'s>, open: &mut Vec<Level<'s>>, top: &mut Body) -> Result<(), Broken> {
        if self.stretch(&mut stretch)? == Stop::End {
            // Where the end is a guess, what stands behind it on the line has been spoken of.
            self.previous = if stretch.is_lost { Previous::LineEnd } else { Previous::Item };
            self.add(&stretch, open, top);
            return Ok(());
        }
        open.push(Level::Expression(stretch));
        let Some(end) = lexis::identifier_end(self.text, self.at) else { return Ok(()) };
        let header = self.at..end;
        let message = "A block cannot stand in an expression. This one was read as if it stood at the top level.";
        self.error(header.clone(), message)?;
        self.at = end;
        self.block(header, open, top)
    }

    /// Adds the argument that an expression belongs to, if it belongs to one.
    fn add(&mut self, stretch: &Stretch<'s>, open: &mut [Level<'s>], top: &mut Body) {
        let Some(name) = stretch.name.clone() else { return };
        let body = match open.last_mut() {
            Some(Level::Block(block)) => &mut block.body,
            Some(Level::Expression(_)) | None => top,
        };
        body.attributes.push(Attribute {
            name: self.text[name.clone()].into(),
            name_span: self.span(name),
            expression: self.span(stretch.start..stretch.end.max(stretch.start)),
        });
    }

    /// Reads a block's labels and enters it. What has no brace is passed over.
    fn block(&mut self, kind: Range<usize>, open: &mut Vec<Level<'s>>, top: &mut Body) -> Result<(), Broken> {
        let mut labels: Vec<Label> = Vec::new();
        loop {
            self.skip_inline_space()?;
            let end = match self.bytes.get(self.at) {
                Some(b'{') => break,
                Some(b'"') => lexis::quoted_label_end(self.bytes, self.at),
                _ => lexis::identifier_end(self.text, self.at),
            };
            let Some(end) = end else {
                if self.brace_follows_all_the_same()? {
                    break;
                }
                return self.junk(kind.start, "An argument needs `=` here, a block needs `{`.", open, top);
            };
            labels.push(self.label(self.at..end)?);
            self.at = end;
        }
        let header_end = labels.last().map_or(kind.end, |label| label.span.end as usize);
        let header = self.span(kind.start..header_end);
        let kind = self.text[kind].into();
        self.open(Block { kind, labels, header, span: header, body: Body::default() }, open, top)
    }

    fn label(&mut self, range: Range<usize>) -> Result<Label, Broken> {
        let written = &self.text[range.clone()];
        if !written.starts_with('"') {
            return Ok(Label { text: written.into(), span: self.span(range) });
        }
        if !lexis::is_sound_label(written) {
            self.error(
                range.clone(),
                "This label contains characters that Terraform does not allow in a label. It was read as written.",
            )?;
        }
        Ok(Label { text: lexis::unquote(written).into(), span: self.span(range) })
    }

    /// Whether the brace of a header stands on a later line, or behind a sign that does not belong there: an error, but
    /// one that leaves no doubt.
    fn brace_follows_all_the_same(&mut self) -> Result<bool, Broken> {
        let space = |at: usize| at + self.bytes[at..].iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        let sign = matches!(self.bytes.get(self.at), Some(b'=' | b':'));
        let brace = space(self.at + usize::from(sign));
        if self.bytes.get(brace) != Some(&b'{') {
            return Ok(false);
        }
        if sign {
            self.error(
                self.at..self.at + 1,
                "This sign is not allowed before the brace of a block. The block was read.",
            )?;
        } else {
            let message = "This brace must stand on the line of its block's header. The block was read.";
            self.error(brace..brace + 1, message)?;
        }
        self.at = brace;
        Ok(true)
    }

    /// Passes over what is neither an attribute nor a block, to the end of its line or of the brackets that it opens.
    fn junk(&mut self, start: usize, expected: &str, open: &mut Vec<Level<'s>>, top: &mut Body) -> Result<(), Broken> {
        let line = self.line_from(start);
        self.error(line, format!("{expected} The line was skipped."))?;
        if matches!(self.bytes.get(self.at), Some(b')' | b']')) {
            self.at += 1;
        }
        self.take(Stretch::passed_over(self.at), open, top)
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
