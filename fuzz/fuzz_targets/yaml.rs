//! See `tests/it/invariants/yaml.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| podgate_fuzz::invariants::yaml::holds(data));
