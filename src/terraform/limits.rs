//! How far evaluation goes. Whatever is beyond a limit is undecided, and the message names the limit; `docs/limits.md`
//! lists them all.

use std::cell::Cell;

/// So many steps are taken for the settings of one resource in one module instance, and for the inputs of one module
/// call. A step is up to 20 nanoseconds of work (in a release build, on the machine of `docs/limits.md`).
///
/// Work is charged before it is done, by the size of what goes in, and where more comes out, by that. The charges are
/// upper bounds: most work takes less than it is charged. `benches/bombs.rs` measures them.
pub(super) const MOST_STEPS: u64 = 20_000_000;

/// So many steps are taken for one root module with one set of inputs: five seconds at most, and about twice as much on a busy machine.
pub(super) const MOST_STEPS_IN_ALL: u64 = 250_000_000;

/// To find out whether Terraform plans a root module at all takes so many steps at most, and one for every
/// [`CHECKED_SHARE`] that its evaluation took.
const STEPS_OF_CHECKS: u64 = 300_000;

/// See [`STEPS_OF_CHECKS`].
const CHECKED_SHARE: u64 = 50;

/// The values of names that are kept for one root module weigh so much at most. A unit of weight takes 100 bytes of
/// memory, so that these take 2 GB at most.
pub(super) const MOST_KEPT: u64 = 20_000_000;

/// What the evaluation of one part of an expression takes, in steps.
pub(super) const STEPS_OF_PART: usize = 5;

/// What the evaluation of a name takes, in steps.
pub(super) const STEPS_OF_NAME: usize = 20;

/// What the unification of types and a conversion take for every unit of weight, in steps.
pub(super) const STEPS_OF_CONVERSION: usize = 70;

/// What it takes to write a number out, or to read it, for every unit of its weight, in steps.
pub(super) const STEPS_OF_DIGITS: usize = 70;

/// What an instance of a block takes besides its expressions, in steps: it is judged, listed and reported.
pub(super) const STEPS_OF_INSTANCE: usize = 300;

/// What it takes to refuse work, in steps.
const STEPS_OF_REFUSAL: u64 = 50;

/// What it takes to find a file, in steps.
pub(super) const STEPS_OF_FILE: usize = 1_000;

/// What it takes to parse a byte of an expression or a template, in steps.
pub(super) const STEPS_OF_PARSED_BYTE: usize = 5;

/// A value weighs so much at most. It counts one for itself, for every value that it holds, at any depth, and for every
/// [`LETTERS`] bytes of text and [`DIGITS`] bits of a number; and an empty one as much as the type that it has.
pub(super) const MOST_WEIGHT: usize = 100_000;

/// So many bytes of text weigh as much as a value.
pub(super) const LETTERS: usize = 100;

/// So many bits of a number weigh as much as a value.
pub(super) const DIGITS: usize = 128;

/// Text longer than this is not kept, in bytes.
pub(super) const MOST_TEXT: usize = MOST_WEIGHT * LETTERS;

/// Values hold each other to this depth. JSON may nest 512 levels deep.
pub(super) const MOST_NESTED: u16 = 600;

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

/// A compiled regular expression takes so many bytes of memory at most.
pub(super) const MOST_PATTERN: usize = 10_000_000;

/// Fields of `format` are so wide, and numbers have so many places, at most.
pub(super) const MOST_WIDTH: usize = 10_000;

/// What evaluation may still spend.
#[derive(Debug)]
pub(super) struct Budget {
    /// The limits: [`MOST_STEPS`] and [`MOST_STEPS_IN_ALL`], but for tests.
    most: (u64, u64),
    steps: Cell<u64>,
    in_all: Cell<u64>,
    /// How much the values weigh that are kept.
    kept: Cell<u64>,
    depth: Cell<u32>,
    /// How often a limit was met. What came of such an evaluation is not the value, only where podgate stopped.
    met: Cell<u64>,
}

impl Default for Budget {
    fn default() -> Self {
        Self::of(MOST_STEPS, MOST_STEPS_IN_ALL)
    }
}

impl Budget {
    /// A budget of so many steps for a resource, and for all of them.
    pub(super) fn of(steps: u64, in_all: u64) -> Self {
        Self {
            most: (steps, in_all),
            steps: Cell::default(),
            in_all: Cell::default(),
            kept: Cell::default(),
            depth: Cell::default(),
            met: Cell::default(),
        }
    }

    /// A budget for finding out whether there is a plan, where evaluation took so many steps.
    pub(super) fn of_checks(spent: u64) -> Self {
        let steps = STEPS_OF_CHECKS + spent / CHECKED_SHARE;
        Self::of(steps, steps)
    }

    /// Whether nothing is left to spend.
    pub(super) fn is_spent(&self) -> bool {
        self.steps.get() >= self.most.0 || self.in_all.get() >= self.most.1
    }

    /// Starts anew for one more resource.
    pub(super) fn start(&self) {
        self.steps.set(0);
    }

    /// Takes so many steps, or says why not.
    pub(super) fn spend(&self, steps: usize) -> Result<(), String> {
        let steps = u64::try_from(steps).unwrap_or(u64::MAX);
        let (most, most_in_all) = self.most;
        let (here, in_all) = (self.steps.get().saturating_add(steps), self.in_all.get().saturating_add(steps));
        self.steps.set(here);
        if here > most {
            // What the refused work would have taken was not spent; to refuse it takes a moment.
            self.in_all.set(self.in_all.get().saturating_add(STEPS_OF_REFUSAL));
            return Err(self.meet(format!("it takes more than {most} steps to compute, which is podgate's limit")));
        }
        if in_all > most_in_all {
            let reason = format!("its root module takes more than {most_in_all} steps, which is podgate's limit");
            return Err(self.meet(reason));
        }
        self.in_all.set(in_all);
        Ok(())
    }

    /// How many steps were taken so far.
    pub(super) fn spent(&self) -> u64 {
        self.in_all.get()
    }

    /// Keeps a value of so much weight that took so many steps, or says why not. The memory that a value takes grows with
    /// both: it may hold much, and of what it holds each may have come a long way.
    pub(super) fn keep(&self, weight: usize, steps: u64) -> Result<(), String> {
        let weight = u64::try_from(weight).unwrap_or(u64::MAX);
        // Small ones are as many as the configuration has names.
        let memory =
            if weight < 1_000 { weight } else { weight.saturating_add(steps / 4).min(weight.saturating_mul(10)) };
        let kept = self.kept.get().saturating_add(memory);
        if kept > MOST_KEPT {
            let reason = format!("the names of its root module weigh more than {MOST_KEPT}, which is podgate's limit");
            return Err(self.meet(reason));
        }
        self.kept.set(kept);
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
