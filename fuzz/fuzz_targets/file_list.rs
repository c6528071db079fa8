//! See `tests/it/invariants/file_list.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| podgate_fuzz::invariants::file_list::holds(data));
