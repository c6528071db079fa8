//! From tokens to events: the parser's interface, documents and nodes. `states` has what stands in collections.

use std::ops::Range;

use super::input::{Fault, Mark};
use super::scan::{Dialect, Scanner};
use super::states::State;
use super::token::{Style, Token, TokenKind};

/// What happens in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::terraform) struct Event {
    pub(in crate::terraform) kind: EventKind,
    /// Where, in bytes.
    pub(in crate::terraform) range: Range<usize>,
}

/// What an event is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::terraform) enum EventKind {
    /// The text is over.
    StreamEnd,
    /// A document starts.
    DocumentStart,
    /// A document ends.
    DocumentEnd,
    /// A node that was named before.
    Alias(String),
    /// A scalar.
    Scalar(Scalar),
    /// A sequence starts.
    SequenceStart(Properties),
    /// A sequence ends.
    SequenceEnd,
    /// A mapping starts.
    MappingStart(Properties),
    /// A mapping ends.
    MappingEnd,
}

/// What may stand before a node.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(in crate::terraform) struct Properties {
    /// The name that aliases have for it.
    pub(in crate::terraform) anchor: Option<String>,
    /// The tag with its prefix; empty where there is none.
    pub(in crate::terraform) tag: String,
}

/// A scalar as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::terraform) struct Scalar {
    pub(in crate::terraform) properties: Properties,
    pub(in crate::terraform) text: String,
    pub(in crate::terraform) style: Style,
    /// Whether what it stands for follows from how it looks: it is plain and has no tag, or its tag is `!`.
    pub(in crate::terraform) is_implicit: bool,
}

/// Makes events of a text. After the end of the text or an error there is nothing more to ask for.
#[derive(Debug)]
pub(in crate::terraform) struct Parser<'t> {
    pub(super) scanner: Scanner<'t>,
    pub(super) state: State,
    pub(super) states: Vec<State>,
    /// Handles and the prefixes that they stand for.
    prefixes: Vec<(String, String)>,
}

/// Prefixes that every document has.
const PREFIXES: [(&str, &str); 2] = [("!", "!"), ("!!", "tag:yaml.org,2002:")];

/// So many `%TAG` directives are read: each is compared with those before it.
const MOST_PREFIXES: usize = 1_000;

impl<'t> Parser<'t> {
    /// A parser at the start of a text.
    pub(in crate::terraform) fn new(text: &'t str, dialect: Dialect) -> Self {
        let scanner = Scanner::new(text, dialect);
        Self { scanner, state: State::StreamStart, states: Vec::new(), prefixes: Vec::new() }
    }

    /// The next event.
    ///
    /// # Errors
    ///
    /// When the text is no YAML, or nests too deep.
    pub(in crate::terraform) fn event(&mut self) -> Result<Event, Fault> {
        match self.state {
            State::StreamStart => {
                self.scanner.peek()?;
                self.scanner.next();
                self.state = State::ImplicitDocument;
                self.event()
            }
            State::ImplicitDocument => self.document_start(true),
            State::Document => self.document_start(false),
            State::DocumentContent => self.document_content(),
            State::DocumentEnd => self.document_end(),
            state => self.in_collection(state),
        }
    }

    /// What the next token is.
    pub(super) fn kind(&mut self) -> Result<&TokenKind, Fault> {
        Ok(&self.scanner.peek()?.kind)
    }

    /// Where the next token starts and ends.
    pub(super) fn place(&mut self) -> Result<(Mark, Mark), Fault> {
        let token = self.scanner.peek()?;
        Ok((token.start, token.end))
    }

    /// Takes the next token if it is of a kind.
    pub(super) fn take(&mut self, kind: &TokenKind) -> Result<Option<Token>, Fault> {
        let is_next = self.kind()? == kind;
        Ok(is_next.then(|| self.scanner.next()))
    }

    pub(super) fn pop_state(&mut self) {
        self.state = self.states.pop().unwrap_or(State::Document);
    }

    /// Parses a node, and then goes on with a state.
    pub(super) fn node_before(&mut self, then: State, allows: Allows) -> Result<Event, Fault> {
        self.states.push(then);
        self.node(allows)
    }

    /// An empty scalar at a place, and then a state.
    pub(super) fn nothing(&mut self, at: Mark, then: State) -> Event {
        self.state = then;
        empty(at)
    }

    fn document_start(&mut self, is_implicit: bool) -> Result<Event, Fault> {
        while !is_implicit && self.take(&TokenKind::DocumentEnd)?.is_some() {}
        let (start, end) = self.place()?;
        match self.kind()? {
            TokenKind::StreamEnd => {
                self.scanner.next();
                Ok(event(EventKind::StreamEnd, start, end))
            }
            TokenKind::Version(..) | TokenKind::TagDirective { .. } | TokenKind::DocumentStart => {
                self.explicit_document(start)
            }
            _ if is_implicit => {
                self.directives()?;
                self.states.push(State::DocumentEnd);
                self.state = State::BlockNode;
                Ok(event(EventKind::DocumentStart, start, end))
            }
            _ => self.explicit_document(start),
        }
    }

    fn explicit_document(&mut self, start: Mark) -> Result<Event, Fault> {
        self.directives()?;
        let sign = self.take(&TokenKind::DocumentStart)?.ok_or(Fault::Syntax)?;
        self.states.push(State::DocumentEnd);
        self.state = State::DocumentContent;
        Ok(event(EventKind::DocumentStart, start, sign.end))
    }

    fn document_content(&mut self) -> Result<Event, Fault> {
        let (start, _) = self.place()?;
        match self.kind()? {
            TokenKind::Version(..)
            | TokenKind::TagDirective { .. }
            | TokenKind::DocumentStart
            | TokenKind::DocumentEnd
            | TokenKind::StreamEnd => {
                self.pop_state();
                Ok(empty(start))
            }
            _ => self.node(Allows::BLOCK),
        }
    }

    fn document_end(&mut self) -> Result<Event, Fault> {
        let (start, _) = self.place()?;
        let end = self.take(&TokenKind::DocumentEnd)?.map_or(start, |token| token.end);
        self.prefixes.clear();
        self.state = State::Document;
        Ok(event(EventKind::DocumentEnd, start, end))
    }

    /// Takes the directives of a document.
    fn directives(&mut self) -> Result<(), Fault> {
        let mut has_version = false;
        while matches!(self.kind()?, TokenKind::Version(..) | TokenKind::TagDirective { .. }) {
            match self.scanner.next().kind {
                // The libraries read YAML 1.1, whatever else they say.
                TokenKind::Version(1, 1) if !has_version => has_version = true,
                TokenKind::TagDirective { handle, prefix } => {
                    if self.prefixes.len() >= MOST_PREFIXES {
                        return Err(Fault::Depth);
                    }
                    if self.prefixes.iter().any(|(known, _)| *known == handle) {
                        return Err(Fault::Syntax);
                    }
                    self.prefixes.push((handle, prefix));
                }
                _ => return Err(Fault::Syntax),
            }
        }
        for (handle, prefix) in PREFIXES {
            if self.prefixes.iter().all(|(known, _)| known != handle) {
                self.prefixes.push((handle.to_owned(), prefix.to_owned()));
            }
        }
        Ok(())
    }

    /// Parses a node.
    pub(super) fn node(&mut self, allows: Allows) -> Result<Event, Fault> {
        let (start, end) = self.place()?;
        if let TokenKind::Alias(_) = self.kind()? {
            self.pop_state();
            let TokenKind::Alias(name) = self.scanner.next().kind else { return Err(Fault::Syntax) };
            return Ok(event(EventKind::Alias(name), start, end));
        }
        let (properties, is_any) = self.properties()?;
        let (content, end) = self.place()?;
        let kind = match self.kind()? {
            TokenKind::BlockEntry if allows.indentless => {
                self.state = State::IndentlessEntry;
                EventKind::SequenceStart(properties)
            }
            TokenKind::Scalar { .. } => return self.scalar(properties, content),
            TokenKind::FlowSequenceStart => {
                self.state = State::FlowSequenceFirst;
                EventKind::SequenceStart(properties)
            }
            TokenKind::FlowMappingStart => {
                self.state = State::FlowMappingFirst;
                EventKind::MappingStart(properties)
            }
            TokenKind::BlockSequenceStart if allows.block => {
                self.state = State::BlockSequenceFirst;
                EventKind::SequenceStart(properties)
            }
            TokenKind::BlockMappingStart if allows.block => {
                self.state = State::BlockMappingFirst;
                EventKind::MappingStart(properties)
            }
            _ if is_any => {
                self.pop_state();
                let is_implicit = properties.tag.is_empty();
                let scalar = Scalar { properties, text: String::new(), style: Style::Plain, is_implicit };
                return Ok(event(EventKind::Scalar(scalar), content, content));
            }
            _ => return Err(Fault::Syntax),
        };
        Ok(event(kind, content, end))
    }

    fn scalar(&mut self, properties: Properties, start: Mark) -> Result<Event, Fault> {
        self.pop_state();
        let token = self.scanner.next();
        let TokenKind::Scalar { text, style } = token.kind else { return Err(Fault::Syntax) };
        let tag = properties.tag.as_str();
        let is_implicit = (tag.is_empty() && style == Style::Plain) || tag == "!";
        Ok(event(EventKind::Scalar(Scalar { properties, text, style, is_implicit }), start, token.end))
    }

    /// The anchor and the tag before a node, in either order, and whether there is any.
    fn properties(&mut self) -> Result<(Properties, bool), Fault> {
        let mut properties = Properties::default();
        let mut tag = None;
        for _ in 0..2 {
            let takes = match self.kind()? {
                TokenKind::Anchor(_) => properties.anchor.is_none(),
                TokenKind::Tag { .. } => tag.is_none(),
                _ => false,
            };
            if !takes {
                break;
            }
            match self.scanner.next().kind {
                TokenKind::Anchor(name) => properties.anchor = Some(name),
                TokenKind::Tag { handle, suffix } => tag = Some((handle, suffix)),
                _ => {}
            }
            self.scanner.peek()?;
        }
        if let Some((handle, suffix)) = tag {
            properties.tag = if handle.is_empty() { suffix } else { self.resolved(&handle, &suffix)? };
        }
        let is_any = properties.anchor.is_some() || !properties.tag.is_empty();
        Ok((properties, is_any))
    }

    /// The tag that a handle and a suffix stand for.
    fn resolved(&self, handle: &str, suffix: &str) -> Result<String, Fault> {
        let prefix = self.prefixes.iter().find(|(known, _)| known == handle).map(|(_, prefix)| prefix);
        prefix.map(|prefix| format!("{prefix}{suffix}")).ok_or(Fault::Syntax)
    }
}

/// Which nodes may stand at a place.
#[derive(Debug, Clone, Copy)]
pub(super) struct Allows {
    block: bool,
    indentless: bool,
}

impl Allows {
    pub(super) const BLOCK: Self = Self { block: true, indentless: false };
    pub(super) const BLOCK_OR_INDENTLESS: Self = Self { block: true, indentless: true };
    pub(super) const FLOW: Self = Self { block: false, indentless: false };
}

/// An event between two places.
pub(super) fn event(kind: EventKind, start: Mark, end: Mark) -> Event {
    Event { kind, range: start.at..end.at.max(start.at) }
}

fn empty(at: Mark) -> Event {
    let scalar =
        Scalar { properties: Properties::default(), text: String::new(), style: Style::Plain, is_implicit: true };
    event(EventKind::Scalar(scalar), at, at)
}
