//! See `tests/it/invariants/outline.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| podgate_fuzz::invariants::outline::holds(data));
