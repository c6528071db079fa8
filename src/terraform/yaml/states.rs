//! What stands in collections: the states of the parser, each of which takes the tokens of one event.

use super::input::Fault;
use super::parse::{Allows, Event, EventKind, Parser, Properties, event};
use super::token::TokenKind;

/// What the parser is about to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    StreamStart,
    /// The first document, which needs no `---`.
    ImplicitDocument,
    Document,
    DocumentContent,
    DocumentEnd,
    BlockNode,
    BlockSequenceFirst,
    BlockSequenceEntry,
    IndentlessEntry,
    BlockMappingFirst,
    BlockMappingKey,
    BlockMappingValue,
    FlowSequenceFirst,
    FlowSequenceEntry,
    /// A mapping of one pair in a sequence: `[a: b]`.
    PairKey,
    PairValue,
    PairEnd,
    FlowMappingFirst,
    FlowMappingKey,
    FlowMappingValue,
    FlowMappingEmptyValue,
}

impl Parser<'_> {
    pub(super) fn in_collection(&mut self, state: State) -> Result<Event, Fault> {
        match state {
            State::BlockSequenceFirst
            | State::BlockMappingFirst
            | State::FlowSequenceFirst
            | State::FlowMappingFirst => {
                self.scanner.peek()?;
                self.scanner.next();
                match state {
                    State::BlockSequenceFirst => self.block_sequence_entry(),
                    State::BlockMappingFirst => self.block_mapping_key(),
                    State::FlowSequenceFirst => self.flow_sequence_entry(true),
                    _ => self.flow_mapping_key(true),
                }
            }
            State::BlockSequenceEntry => self.block_sequence_entry(),
            State::IndentlessEntry => self.indentless_entry(),
            State::BlockMappingKey => self.block_mapping_key(),
            State::BlockMappingValue => self.block_mapping_value(),
            State::FlowSequenceEntry => self.flow_sequence_entry(false),
            State::PairKey => self.pair_key(),
            State::PairValue => self.pair_value(),
            State::PairEnd => {
                let (start, _) = self.place()?;
                self.state = State::FlowSequenceEntry;
                Ok(event(EventKind::MappingEnd, start, start))
            }
            State::FlowMappingKey => self.flow_mapping_key(false),
            State::FlowMappingValue => self.flow_mapping_value(),
            State::FlowMappingEmptyValue => {
                let (start, _) = self.place()?;
                Ok(self.nothing(start, State::FlowMappingKey))
            }
            _ => self.node(Allows::BLOCK),
        }
    }

    /// The end of a collection, whose last token is next.
    fn end(&mut self, kind: EventKind) -> Result<Event, Fault> {
        let (start, end) = self.place()?;
        self.scanner.next();
        self.pop_state();
        Ok(event(kind, start, end))
    }

    fn block_sequence_entry(&mut self) -> Result<Event, Fault> {
        let Some(sign) = self.take(&TokenKind::BlockEntry)? else {
            return match self.kind()? {
                TokenKind::BlockEnd => self.end(EventKind::SequenceEnd),
                _ => Err(Fault::Syntax),
            };
        };
        match self.kind()? {
            TokenKind::BlockEntry | TokenKind::BlockEnd => Ok(self.nothing(sign.end, State::BlockSequenceEntry)),
            _ => self.node_before(State::BlockSequenceEntry, Allows::BLOCK),
        }
    }

    /// An entry of a sequence that stands under its key, not further in.
    fn indentless_entry(&mut self) -> Result<Event, Fault> {
        let Some(sign) = self.take(&TokenKind::BlockEntry)? else {
            let (start, _) = self.place()?;
            self.pop_state();
            return Ok(event(EventKind::SequenceEnd, start, start));
        };
        match self.kind()? {
            TokenKind::BlockEntry | TokenKind::Key | TokenKind::Value | TokenKind::BlockEnd => {
                Ok(self.nothing(sign.end, State::IndentlessEntry))
            }
            _ => self.node_before(State::IndentlessEntry, Allows::BLOCK),
        }
    }

    fn block_mapping_key(&mut self) -> Result<Event, Fault> {
        let Some(sign) = self.take(&TokenKind::Key)? else {
            return match self.kind()? {
                TokenKind::BlockEnd => self.end(EventKind::MappingEnd),
                _ => Err(Fault::Syntax),
            };
        };
        match self.kind()? {
            TokenKind::Key | TokenKind::Value | TokenKind::BlockEnd => {
                Ok(self.nothing(sign.end, State::BlockMappingValue))
            }
            _ => self.node_before(State::BlockMappingValue, Allows::BLOCK_OR_INDENTLESS),
        }
    }

    fn block_mapping_value(&mut self) -> Result<Event, Fault> {
        let (start, _) = self.place()?;
        let Some(sign) = self.take(&TokenKind::Value)? else {
            return Ok(self.nothing(start, State::BlockMappingKey));
        };
        match self.kind()? {
            TokenKind::Key | TokenKind::Value | TokenKind::BlockEnd => {
                Ok(self.nothing(sign.end, State::BlockMappingKey))
            }
            _ => self.node_before(State::BlockMappingKey, Allows::BLOCK_OR_INDENTLESS),
        }
    }

    fn flow_sequence_entry(&mut self, is_first: bool) -> Result<Event, Fault> {
        if *self.kind()? == TokenKind::FlowSequenceEnd {
            return self.end(EventKind::SequenceEnd);
        }
        if !is_first {
            self.take(&TokenKind::FlowEntry)?.ok_or(Fault::Syntax)?;
        }
        let (start, end) = self.place()?;
        match self.kind()? {
            TokenKind::Key => {
                self.scanner.next();
                self.state = State::PairKey;
                Ok(event(EventKind::MappingStart(Properties::default()), start, end))
            }
            TokenKind::FlowSequenceEnd => self.end(EventKind::SequenceEnd),
            _ => self.node_before(State::FlowSequenceEntry, Allows::FLOW),
        }
    }

    fn pair_key(&mut self) -> Result<Event, Fault> {
        match self.kind()? {
            TokenKind::Value | TokenKind::FlowEntry | TokenKind::FlowSequenceEnd => {
                // The libraries take the token that ends the empty key, so that such a pair is hardly ever read.
                let (_, end) = self.place()?;
                self.scanner.next();
                Ok(self.nothing(end, State::PairValue))
            }
            _ => self.node_before(State::PairValue, Allows::FLOW),
        }
    }

    fn pair_value(&mut self) -> Result<Event, Fault> {
        let (start, _) = self.place()?;
        if self.take(&TokenKind::Value)?.is_some()
            && !matches!(self.kind()?, TokenKind::FlowEntry | TokenKind::FlowSequenceEnd)
        {
            return self.node_before(State::PairEnd, Allows::FLOW);
        }
        Ok(self.nothing(start, State::PairEnd))
    }

    fn flow_mapping_key(&mut self, is_first: bool) -> Result<Event, Fault> {
        if *self.kind()? == TokenKind::FlowMappingEnd {
            return self.end(EventKind::MappingEnd);
        }
        if !is_first {
            self.take(&TokenKind::FlowEntry)?.ok_or(Fault::Syntax)?;
        }
        if self.take(&TokenKind::Key)?.is_some() {
            let (start, _) = self.place()?;
            return match self.kind()? {
                TokenKind::Value | TokenKind::FlowEntry | TokenKind::FlowMappingEnd => {
                    Ok(self.nothing(start, State::FlowMappingValue))
                }
                _ => self.node_before(State::FlowMappingValue, Allows::FLOW),
            };
        }
        match self.kind()? {
            TokenKind::FlowMappingEnd => self.end(EventKind::MappingEnd),
            _ => self.node_before(State::FlowMappingEmptyValue, Allows::FLOW),
        }
    }

    fn flow_mapping_value(&mut self) -> Result<Event, Fault> {
        if self.take(&TokenKind::Value)?.is_some()
            && !matches!(self.kind()?, TokenKind::FlowEntry | TokenKind::FlowMappingEnd)
        {
            return self.node_before(State::FlowMappingKey, Allows::FLOW);
        }
        let (start, _) = self.place()?;
        Ok(self.nothing(start, State::FlowMappingKey))
    }
}
