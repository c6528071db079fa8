//! How far evaluation goes. Whatever is beyond a limit is undecided, and the message names the limit; `docs/limits.md`
//! lists them all.

use std::cell::Cell;

/// So many steps are taken for the settings of one resource in one module instance, and for the inputs of one module
/// call. A step is the evaluation of one part of an expression, or the handling of one value that is held by another.
pub(super) const MOST_STEPS: u64 = 10_000_000;

/// So many steps are taken for one root module with one set of inputs.
pub(super) const MOST_STEPS_IN_ALL: u64 = 1_000_000_000;

/// A value weighs so much at most. It counts one for itself, for every value that it holds, at any depth, and for every
/// [`LETTERS`] bytes of text.
pub(super) const MOST_WEIGHT: usize = 100_000;

/// So many bytes of text weigh as much as a value.
pub(super) const LETTERS: usize = 100;

/// Text longer than this is not kept, in bytes.
pub(super) const MOST_TEXT: usize = MOST_WEIGHT * LETTERS;

/// Expressions are evaluated inside of each other, whatever they refer to included, to this depth.
pub(super) const MOST_DEPTH: u32 = 400;

/// As many instances are looked at; `count` may ask for more than anybody reads.
pub(super) const MOST_INSTANCES: usize = 1_000;

/// Calls of modules are followed to this depth.
pub(super) const MOST_CALLS: usize = 200;

/// So many modules with different inputs are evaluated below one root module.
pub(super) const MOST_MODULES: usize = 50_000;

/// Numbers of more decimal digits before or behind the point are not read: nobody writes one, and computing with it
/// takes for ever.
pub(super) const MOST_DIGITS: u16 = 1_000;

/// A product of sets has so many elements at most.
pub(super) const MOST_PRODUCTS: usize = 10_000;

/// Elements that are no strings are compared with each other up to this number.
pub(super) const MOST_COMPARED: usize = 2_000;

/// A compiled regular expression takes so many bytes of memory at most.
pub(super) const MOST_PATTERN: usize = 10_000_000;

/// Fields of `format` are so wide, and numbers have so many places, at most.
pub(super) const MOST_WIDTH: usize = 10_000;

/// What evaluation may still spend.
#[derive(Debug, Default)]
pub(super) struct Budget {
    steps: Cell<u64>,
    in_all: Cell<u64>,
    depth: Cell<u32>,
    /// How often a limit was met. What came of such an evaluation is not the value, only where podgate stopped.
    met: Cell<u64>,
}

impl Budget {
    /// Starts anew for one more resource.
    pub(super) fn start(&self) {
        self.steps.set(0);
    }

    /// Takes so many steps, or says why not.
    pub(super) fn spend(&self, steps: usize) -> Result<(), String> {
        let steps = u64::try_from(steps).unwrap_or(u64::MAX);
        let (here, in_all) = (self.steps.get().saturating_add(steps), self.in_all.get().saturating_add(steps));
        self.steps.set(here);
        self.in_all.set(in_all);
        if here > MOST_STEPS {
            return Err(
                self.meet(format!("it takes more than {MOST_STEPS} steps to compute, which is podgate's limit"))
            );
        }
        if in_all > MOST_STEPS_IN_ALL {
            let reason = format!("its root module takes more than {MOST_STEPS_IN_ALL} steps, which is podgate's limit");
            return Err(self.meet(reason));
        }
        Ok(())
    }

    /// Goes one level deeper for as long as `inner` runs, or says why not.
    pub(super) fn deeper<T>(&self, inner: impl FnOnce() -> T) -> Result<T, String> {
        let depth = self.depth.get();
        if depth >= MOST_DEPTH {
            let reason = format!("it is nested more than {MOST_DEPTH} levels deep, which is podgate's limit");
            return Err(self.meet(reason));
        }
        self.depth.set(depth + 1);
        let result = inner();
        self.depth.set(depth);
        Ok(result)
    }

    /// Notes that a limit was met.
    pub(super) fn meet(&self, reason: String) -> String {
        self.met.set(self.met.get() + 1);
        reason
    }

    /// How often a limit was met so far.
    pub(super) fn met(&self) -> u64 {
        self.met.get()
    }
}
