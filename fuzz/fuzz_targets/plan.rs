//! See `tests/it/invariants/plan.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| podgate_fuzz::invariants::plan::holds(data));
