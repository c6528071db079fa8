//! See `tests/it/invariants/tfvars.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| podgate_fuzz::invariants::tfvars::holds(data));
