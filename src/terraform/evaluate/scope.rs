//! The names that expressions can use besides those of the module.

use crate::terraform::value::{Attributes, Value};

/// The names that are in scope besides the module's own: `each`, `count`, iterators, the variables of `for`.
#[derive(Debug, Clone, Copy)]
pub(in crate::terraform) struct Scope<'s> {
    parent: Option<&'s Scope<'s>>,
    names: Names<'s>,
}

/// What a scope names.
#[derive(Debug, Clone, Copy)]
enum Names<'s> {
    One(&'s str, &'s Value),
    /// The variable of a `for`, which is known in its own expression only.
    Turn(&'s str, &'s Value),
    /// These, and no others: the variables of a template file.
    Only(&'s Attributes),
    /// The same, where no function may read a file: the variables of a template that is a string.
    WithoutFiles(&'s Attributes),
}

impl<'s> Scope<'s> {
    /// The scope in which one more name stands for a value.
    pub(in crate::terraform) fn with(parent: Option<&'s Scope<'s>>, name: &'s str, value: &'s Value) -> Self {
        Self { parent, names: Names::One(name, value) }
    }

    /// The scope in which the variable of a `for` stands for a value.
    pub(in crate::terraform) fn turn(parent: Option<&'s Scope<'s>>, name: &'s str, value: &'s Value) -> Self {
        Self { parent, names: Names::Turn(name, value) }
    }

    /// Whether a name is the variable of a `for`.
    pub(super) fn is_turn(&self, name: &str) -> bool {
        match self.names {
            Names::Turn(own, _) if own == name => true,
            Names::One(own, _) if own == name => false,
            Names::One(..) | Names::Turn(..) => self.parent.is_some_and(|parent| parent.is_turn(name)),
            Names::Only(_) | Names::WithoutFiles(_) => false,
        }
    }

    /// The scope in which these names stand for something and nothing else does.
    pub(in crate::terraform) fn closed(names: &'s Attributes) -> Self {
        Self { parent: None, names: Names::Only(names) }
    }

    /// The scope in which these names stand for something, nothing else does, and no function may read a file.
    pub(in crate::terraform) fn without_files(names: &'s Attributes) -> Self {
        Self { parent: None, names: Names::WithoutFiles(names) }
    }

    /// Whether functions may not read files here.
    pub(super) fn is_without_files(&self) -> bool {
        match self.names {
            Names::One(..) | Names::Turn(..) => self.parent.is_some_and(Self::is_without_files),
            Names::Only(_) => false,
            Names::WithoutFiles(_) => true,
        }
    }

    pub(super) fn find(&self, name: &str) -> Option<&'s Value> {
        match self.names {
            Names::One(own, value) | Names::Turn(own, value) if own == name => Some(value),
            Names::One(..) | Names::Turn(..) => self.parent.and_then(|parent| parent.find(name)),
            Names::Only(names) | Names::WithoutFiles(names) => names.get(name),
        }
    }

    /// Whether the module's names do not count here.
    pub(super) fn is_closed(&self) -> bool {
        match self.names {
            Names::One(..) | Names::Turn(..) => self.parent.is_some_and(Self::is_closed),
            Names::Only(_) | Names::WithoutFiles(_) => true,
        }
    }
}
