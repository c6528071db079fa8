//! The structure of a file: blocks, labels, attributes and the extent of their expressions.
//!
//! The outline scanner finds where things start and end, and makes no tree of any expression. It checks their grammar
//! all the same: a file without a [`SyntaxError`] is one whose syntax Terraform takes, and the other way round
//! (`tests/it/strict.rs`). So nothing can stand where podgate does not look.
//!
//! What Terraform refuses becomes a [`SyntaxError`], and what it hides is read where that can be done without much doubt:
//! the second argument of a line, the block in a block that may not hold one, the policy in a list.

mod anchor;
mod body;
mod grammar;
mod scanner;
mod stretch;
mod template;
mod token;

use crate::source::{FileId, Span};

/// Blocks nested deeper than this are passed over as one stretch, with a [`SyntaxError`]. Terraform's own schemas
/// stay below ten levels.
pub const MAX_DEPTH: usize = 200;

/// So many errors of a file are listed; a file that is no HCL at all has one in every line.
pub const MOST_ERRORS: usize = 20;

/// The structure of one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outline {
    /// What stands at the top level.
    pub body: Body,
    /// All comments in the order of the file, each with its `#`, `//` or `/* */` and without its line end.
    pub comments: Vec<Span>,
    /// The stretches that could not be understood, in the order of the file; the first [`MOST_ERRORS`] that were met.
    pub errors: Vec<SyntaxError>,
    /// How many more there are.
    pub more_errors: usize,
}

/// Attributes and blocks, each in the order of the file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Body {
    /// `name = expression`.
    pub attributes: Vec<Attribute>,
    /// `kind "label" { ... }`.
    pub blocks: Vec<Block>,
}

impl Body {
    /// The attribute of a name. Of a name that is written twice (an error in HCL, and reported as one) the first.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|attribute| &*attribute.name == name)
    }

    /// The blocks of a kind.
    pub fn blocks<'b>(&'b self, kind: &'b str) -> impl Iterator<Item = &'b Block> {
        self.blocks.iter().filter(move |block| &*block.kind == kind)
    }
}

/// `name = expression`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribute {
    /// The name.
    pub name: Box<str>,
    /// Where the name stands.
    pub name_span: Span,
    /// Where the expression stands, without the white space and comments around it; empty when there is none.
    pub expression: Span,
}

impl Attribute {
    /// From the name to the end of the expression.
    #[must_use]
    pub fn span(&self) -> Span {
        self.name_span.to(self.expression)
    }
}

/// `kind "label" { ... }`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// The word in front: `resource`, `spec`.
    pub kind: Box<str>,
    /// The labels between the kind and the brace.
    pub labels: Vec<Label>,
    /// The kind and the labels, without the brace.
    pub header: Span,
    /// From the kind to the closing brace; to the end of what was understood when that brace is missing.
    pub span: Span,
    /// What stands between the braces.
    pub body: Body,
}

impl Block {
    /// The text of the label at `index`, 0-based.
    #[must_use]
    pub fn label(&self, index: usize) -> Option<&str> {
        self.labels.get(index).map(|label| &*label.text)
    }
}

/// A block's label, `"quoted"` or bare.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// What the label says: unquoted, escapes resolved.
    pub text: Box<str>,
    /// Where it stands, quotes included.
    pub span: Span,
}

/// A stretch of a file that is not HCL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyntaxError {
    /// Where to look: the place that explains the error, not necessarily all that it costs.
    pub span: Span,
    /// What is wrong and what it costs, as sentences.
    pub message: String,
}

/// Finds the structure of a text, the contents of `file`. Never fails: what cannot be understood is in
/// [`Outline::errors`]. The time is linear in the length of the text.
#[must_use]
pub fn outline(file: FileId, text: &str) -> Outline {
    // A file is first taken at its word. Only one that turns out to be broken is read again with an eye for places
    // where a lost brace can be made good, since such a place may also stand in a sound heredoc.
    match scanner::scan(file, text, scanner::Mode::Strict) {
        Ok(scanned) => scanned.outline,
        Err(scanner::Broken) => scanner::recover(file, text),
    }
}
