//! See `tests/it/invariants/json.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| podgate_fuzz::invariants::json::holds(data));
