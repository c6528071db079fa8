//! What the fuzzer has kept, and what it once broke something with, is tried again: `fuzz/corpus/<target>/`.

use std::path::{Path, PathBuf};

use crate::invariants::{ALL, Invariant};
use crate::support::repository;

/// The inputs of a fuzz target, sorted.
fn inputs(target: &str) -> Vec<PathBuf> {
    let directory = repository().join("fuzz/corpus").join(target);
    let entries = directory.read_dir().unwrap_or_else(|error| panic!("{}: {error}", directory.display()));
    let mut inputs: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    inputs.sort();
    inputs
}

/// Tries one input. A panic names it.
fn replay(holds: Invariant, input: &Path) -> Option<String> {
    let data = std::fs::read(input).expect("an input");
    std::panic::catch_unwind(|| holds(&data)).err().map(|_| input.display().to_string())
}

#[test]
fn every_input_that_the_fuzzer_has_kept_holds() {
    if !repository().join("fuzz").is_dir() {
        // The published package has no corpora.
        return;
    }
    let mut broken = Vec::new();
    for (target, holds) in ALL {
        let inputs = inputs(target);
        assert!(inputs.len() >= 5, "{target} has seeds");
        broken.extend(inputs.iter().filter_map(|input| replay(holds, input)));
    }
    assert!(broken.is_empty(), "these break what must hold:\n{}", broken.join("\n"));
}
