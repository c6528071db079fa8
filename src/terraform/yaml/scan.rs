//! From characters to tokens.
//!
//! YAML needs to know of a node whether a `:` follows that makes it a key. So each level of brackets keeps one place where
//! such a *simple key* may have started; as long as it may still become one, the tokens from there on wait in a queue, and a
//! `:` inserts the tokens of the key in front of them. A key is at most a line, and 1024 characters, long.

use std::collections::{HashMap, VecDeque};

use super::input::{Fault, Input, Mark};
use super::token::{Token, TokenKind};

/// The libraries differ in when they find out that a simple key is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::terraform) enum Dialect {
    /// `zclconf/go-cty-yaml`: all keys are looked at before each token.
    Cty,
    /// `yaml.v2`: a key is looked at when it matters. It forgets that the tokens of a key that is an empty collection in
    /// brackets must wait.
    V2,
}

/// Brackets and blocks nest so deep at most: deeper ones are refused where values are built, too.
const MOST_LEVELS: usize = 500;

/// A place where a key may have started.
#[derive(Debug, Clone, Copy)]
struct SimpleKey {
    is_possible: bool,
    /// Whether a key must stand here.
    is_required: bool,
    /// The number of its first token.
    token: usize,
    mark: Mark,
}

/// Makes tokens of a text.
#[derive(Debug)]
pub(super) struct Scanner<'t> {
    pub(super) input: Input<'t>,
    dialect: Dialect,
    queue: VecDeque<Token>,
    /// How many tokens were taken from the queue.
    taken: usize,
    is_started: bool,
    /// Whether the first token of the queue may be taken.
    is_ready: bool,
    /// How many brackets are open.
    pub(super) brackets: usize,
    /// The column of the block that is open; -1 outside of all.
    pub(super) indent: isize,
    indents: Vec<isize>,
    /// Whether a simple key may start here.
    pub(super) may_start_key: bool,
    /// One place for each level of brackets.
    keys: Vec<SimpleKey>,
    /// No key below this level is possible.
    settled: usize,
    /// The levels of the keys that start with a token.
    by_token: HashMap<usize, usize>,
}

impl<'t> Scanner<'t> {
    /// A scanner at the start of a text.
    pub(super) fn new(text: &'t str, dialect: Dialect) -> Self {
        Self {
            input: Input::new(text),
            dialect,
            queue: VecDeque::new(),
            taken: 0,
            is_started: false,
            is_ready: false,
            brackets: 0,
            indent: -1,
            indents: Vec::new(),
            may_start_key: true,
            keys: Vec::new(),
            settled: 0,
            by_token: HashMap::new(),
        }
    }

    /// The next token, which stays.
    pub(super) fn peek(&mut self) -> Result<&Token, Fault> {
        if !self.is_ready {
            while self.must_fetch()? {
                self.fetch()?;
            }
            self.is_ready = true;
        }
        Ok(self.queue.front().expect("a token was fetched"))
    }

    /// Takes the next token, which was looked at.
    pub(super) fn next(&mut self) -> Token {
        self.is_ready = false;
        self.taken += 1;
        self.queue.pop_front().expect("the token was looked at")
    }

    /// Whether more tokens are needed before the first one may be taken.
    fn must_fetch(&mut self) -> Result<bool, Fault> {
        if self.queue.is_empty() {
            return Ok(true);
        }
        match self.dialect {
            Dialect::Cty => {
                self.forget_stale_keys()?;
                let waits = |key: &SimpleKey| key.is_possible && key.token == self.taken;
                Ok(self.keys[self.settled..].iter().any(waits))
            }
            Dialect::V2 => match self.by_token.get(&self.taken) {
                Some(level) => self.is_valid_key(*level),
                None => Ok(false),
            },
        }
    }

    /// Notes which keys are no longer possible. Those further out started earlier.
    fn forget_stale_keys(&mut self) -> Result<(), Fault> {
        while self.settled < self.keys.len() {
            if self.is_valid_key(self.settled)? {
                break;
            }
            self.settled += 1;
        }
        for level in self.settled..self.keys.len() {
            self.is_valid_key(level)?;
        }
        Ok(())
    }

    /// Whether the key of a level is still possible.
    fn is_valid_key(&mut self, level: usize) -> Result<bool, Fault> {
        let here = self.input.mark;
        let Some(key) = self.keys.get_mut(level).filter(|key| key.is_possible) else { return Ok(false) };
        if key.mark.line < here.line || key.mark.index + 1024 < here.index {
            if key.is_required {
                return Err(Fault::Syntax);
            }
            key.is_possible = false;
            return Ok(false);
        }
        Ok(true)
    }

    /// The number that the next token will have.
    fn number(&self) -> usize {
        self.taken + self.queue.len()
    }

    /// Notes that a key may start here.
    pub(super) fn save_key(&mut self) -> Result<(), Fault> {
        if !self.may_start_key {
            return Ok(());
        }
        let is_required = self.brackets == 0 && usize::try_from(self.indent) == Ok(self.input.mark.column);
        let key = SimpleKey { is_possible: true, is_required, token: self.number(), mark: self.input.mark };
        self.remove_key()?;
        let level = self.keys.len() - 1;
        self.by_token.insert(key.token, level);
        self.settled = self.settled.min(level);
        self.keys[level] = key;
        Ok(())
    }

    /// Notes that what may have been a key is none.
    pub(super) fn remove_key(&mut self) -> Result<(), Fault> {
        if let Some(key) = self.keys.last_mut().filter(|key| key.is_possible) {
            if key.is_required {
                return Err(Fault::Syntax);
            }
            key.is_possible = false;
            self.by_token.remove(&key.token);
        }
        Ok(())
    }

    fn open_bracket(&mut self) -> Result<(), Fault> {
        let (token, mark) = (self.number(), self.input.mark);
        self.keys.push(SimpleKey { is_possible: false, is_required: false, token, mark });
        self.brackets += 1;
        if self.brackets > MOST_LEVELS { Err(Fault::Depth) } else { Ok(()) }
    }

    fn close_bracket(&mut self) {
        if self.brackets > 0 {
            self.brackets -= 1;
            if let Some(key) = self.keys.pop() {
                self.by_token.remove(&key.token);
            }
            self.settled = self.settled.min(self.keys.len());
        }
    }

    /// Puts a token where the one with a number is, or at the end.
    fn insert(&mut self, number: Option<usize>, token: Token) {
        match number.and_then(|number| number.checked_sub(self.taken)) {
            Some(at) if at <= self.queue.len() => self.queue.insert(at, token),
            _ => self.queue.push_back(token),
        }
    }

    /// Puts a token at the end of the queue.
    pub(super) fn push(&mut self, kind: TokenKind, start: Mark) {
        self.queue.push_back(Token { kind, start, end: self.input.mark });
    }

    /// Puts a token at the end of the queue that ends before here.
    pub(super) fn push_until(&mut self, kind: TokenKind, start: Mark, end: Mark) {
        self.queue.push_back(Token { kind, start, end });
    }

    /// Opens a block at a column, if it is further in.
    fn roll_indent(&mut self, column: usize, number: Option<usize>, kind: TokenKind, at: Mark) -> Result<(), Fault> {
        let column = isize::try_from(column).map_err(|_| Fault::Depth)?;
        if self.brackets > 0 || self.indent >= column {
            return Ok(());
        }
        self.indents.push(self.indent);
        self.indent = column;
        if self.indents.len() > MOST_LEVELS {
            return Err(Fault::Depth);
        }
        self.insert(number, Token::empty(kind, at));
        Ok(())
    }

    /// Closes the blocks that are further in than a column.
    fn unroll_indent(&mut self, column: isize) {
        if self.brackets > 0 {
            return;
        }
        while self.indent > column {
            self.queue.push_back(Token::empty(TokenKind::BlockEnd, self.input.mark));
            self.indent = self.indents.pop().unwrap_or(-1);
        }
    }

    /// Fetches a token.
    fn fetch(&mut self) -> Result<(), Fault> {
        self.input.need(1)?;
        if !self.is_started {
            self.is_started = true;
            self.keys.push(SimpleKey { is_possible: false, is_required: false, token: 0, mark: Mark::default() });
            self.push(TokenKind::StreamStart, self.input.mark);
            return Ok(());
        }
        self.skip_space()?;
        if self.dialect == Dialect::Cty {
            self.forget_stale_keys()?;
        }
        self.unroll_indent(isize::try_from(self.input.mark.column).map_err(|_| Fault::Depth)?);
        self.input.need(4)?;
        if self.input.here() == 0 {
            return self.fetch_stream_end();
        }
        if self.input.mark.column == 0 && self.input.here() == b'%' {
            return self.fetch_directive();
        }
        if self.input.is_document_line() {
            return self.fetch_document_line();
        }
        self.fetch_sign()
    }

    /// Fetches the token that a sign starts, or a plain scalar.
    fn fetch_sign(&mut self) -> Result<(), Fault> {
        let is_alone = self.input.is_space_or_end(1);
        let is_flow = self.brackets > 0;
        match self.input.here() {
            b'[' => self.fetch_bracket(TokenKind::FlowSequenceStart),
            b'{' => self.fetch_bracket(TokenKind::FlowMappingStart),
            b']' => self.fetch_closing(TokenKind::FlowSequenceEnd),
            b'}' => self.fetch_closing(TokenKind::FlowMappingEnd),
            b',' => {
                self.remove_key()?;
                self.may_start_key = true;
                self.one(TokenKind::FlowEntry);
                Ok(())
            }
            b'-' if is_alone => {
                self.open_block(TokenKind::BlockSequenceStart)?;
                self.remove_key()?;
                self.may_start_key = true;
                self.one(TokenKind::BlockEntry);
                Ok(())
            }
            b'?' if is_flow || is_alone => {
                self.open_block(TokenKind::BlockMappingStart)?;
                self.remove_key()?;
                self.may_start_key = !is_flow;
                self.one(TokenKind::Key);
                Ok(())
            }
            b':' if is_flow || is_alone => self.fetch_value(),
            b'*' => self.fetch_anchor(true),
            b'&' => self.fetch_anchor(false),
            b'!' => self.fetch_tag(),
            b'|' if !is_flow => self.fetch_block_scalar(true),
            b'>' if !is_flow => self.fetch_block_scalar(false),
            b'\'' => self.fetch_quoted(true),
            b'"' => self.fetch_quoted(false),
            b'-' if !self.input.is_blank(1) => self.fetch_plain(),
            b'?' | b':' if !is_flow && !is_alone => self.fetch_plain(),
            b'-' | b'?' | b':' | b'#' | b'|' | b'>' | b'%' | b'@' | b'`' | b'\t' => Err(Fault::Syntax),
            _ if self.input.is_space_or_end(0) => Err(Fault::Syntax),
            _ => self.fetch_plain(),
        }
    }

    /// A token of one character.
    fn one(&mut self, kind: TokenKind) {
        let start = self.input.mark;
        self.input.skip();
        self.push(kind, start);
    }

    /// Opens a block here, outside of brackets, where one may start.
    fn open_block(&mut self, kind: TokenKind) -> Result<(), Fault> {
        if self.brackets > 0 {
            return Ok(());
        }
        if !self.may_start_key {
            return Err(Fault::Syntax);
        }
        self.roll_indent(self.input.mark.column, None, kind, self.input.mark)
    }

    fn fetch_bracket(&mut self, kind: TokenKind) -> Result<(), Fault> {
        self.save_key()?;
        self.open_bracket()?;
        self.may_start_key = true;
        self.one(kind);
        Ok(())
    }

    fn fetch_closing(&mut self, kind: TokenKind) -> Result<(), Fault> {
        self.remove_key()?;
        self.close_bracket();
        self.may_start_key = false;
        self.one(kind);
        Ok(())
    }

    fn fetch_value(&mut self) -> Result<(), Fault> {
        let level = self.keys.len() - 1;
        let is_key = match self.dialect {
            Dialect::Cty => self.keys[level].is_possible,
            Dialect::V2 => self.is_valid_key(level)?,
        };
        if is_key {
            let SimpleKey { token, mark, .. } = self.keys[level];
            self.insert(Some(token), Token::empty(TokenKind::Key, mark));
            self.roll_indent(mark.column, Some(token), TokenKind::BlockMappingStart, mark)?;
            self.keys[level].is_possible = false;
            self.by_token.remove(&token);
            self.may_start_key = false;
        } else {
            self.open_block(TokenKind::BlockMappingStart)?;
            self.may_start_key = self.brackets == 0;
        }
        self.one(TokenKind::Value);
        Ok(())
    }

    fn fetch_stream_end(&mut self) -> Result<(), Fault> {
        if self.input.mark.column != 0 {
            self.input.mark.column = 0;
            self.input.mark.line += 1;
        }
        self.end_blocks()?;
        self.push(TokenKind::StreamEnd, self.input.mark);
        Ok(())
    }

    /// Closes all blocks, before what stands outside of documents.
    pub(super) fn end_blocks(&mut self) -> Result<(), Fault> {
        self.unroll_indent(-1);
        self.remove_key()?;
        self.may_start_key = false;
        Ok(())
    }

    fn fetch_document_line(&mut self) -> Result<(), Fault> {
        let kind = if self.input.here() == b'-' { TokenKind::DocumentStart } else { TokenKind::DocumentEnd };
        self.end_blocks()?;
        let start = self.input.mark;
        for _ in 0..3 {
            self.input.skip();
        }
        self.push(kind, start);
        Ok(())
    }

    /// Goes over white space and comments. A tab is white space where no key may start.
    fn skip_space(&mut self) -> Result<(), Fault> {
        loop {
            self.input.need(1)?;
            if self.input.mark.column == 0 && self.input.starts_with_mark() {
                self.input.skip();
            }
            self.input.need(1)?;
            let takes_tabs = self.brackets > 0 || !self.may_start_key;
            while self.input.here() == b' ' || (takes_tabs && self.input.here() == b'\t') {
                self.input.skip();
                self.input.need(1)?;
            }
            self.input.skip_comment()?;
            if !self.input.is_break(0) {
                return Ok(());
            }
            self.input.need(2)?;
            self.input.skip_line();
            if self.brackets == 0 {
                self.may_start_key = true;
            }
        }
    }
}
