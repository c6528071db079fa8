//! See `tests/it/invariants/expression.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| podgate_fuzz::invariants::expression::holds(data));
