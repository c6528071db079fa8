//! See `tests/it/invariants/tree.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| podgate_fuzz::invariants::tree::holds(data));
