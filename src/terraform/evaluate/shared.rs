//! What the evaluators of a tree have in common: what was read and parsed, and what may still be spent.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::PathBuf;
use std::rc::Rc;

use crate::hcl::expression::{Expression, ParseError};
use crate::source::{FileId, Span};
use crate::terraform::functions::Patterns;
use crate::terraform::limits::Budget;
use crate::terraform::value::Value;

/// An expression, or why there is none.
pub(in crate::terraform) type Parsed = Result<Rc<Expression>, ParseError>;

/// What the evaluators of a tree share.
#[derive(Debug, Default)]
pub(in crate::terraform) struct Shared {
    /// The files that expressions have read, as values, by their paths. Looked up, never listed.
    pub(super) files: RefCell<HashMap<PathBuf, Value>>,
    /// The files of which expressions have read the bytes alone, by their paths. Looked up, never listed.
    pub(super) bytes_of: RefCell<HashMap<PathBuf, FileId>>,
    /// The files and directories that expressions have asked for. Looked up, never listed.
    pub(super) asked: RefCell<HashSet<PathBuf>>,
    /// The expressions that were parsed, by their places, and whether as constants. Looked up, never listed.
    /// A tree that is evaluated once more has the same ones.
    pub(super) parsed: Rc<RefCell<HashMap<(Span, bool), Parsed>>>,
    /// The regular expressions that were compiled.
    pub(super) patterns: Patterns,
    /// What may still be spent.
    pub(in crate::terraform) budget: Budget,
}

impl Shared {
    /// Nothing yet, and what may be spent.
    pub(in crate::terraform) fn with(budget: Budget) -> Self {
        Self { budget, ..Self::default() }
    }

    /// Nothing yet but what was parsed, and what may be spent.
    pub(in crate::terraform) fn again(&self, budget: Budget) -> Self {
        Self { parsed: self.parsed.clone(), ..Self::with(budget) }
    }

    /// Whether an expression has asked for one of these files, or for a directory that holds one.
    pub(in crate::terraform) fn has_asked_for(&self, files: &BTreeSet<PathBuf>) -> bool {
        let asked = self.asked.borrow();
        files.iter().any(|file| file.ancestors().any(|path| asked.contains(path)))
    }
}
