//! What holds whatever the bytes are: one function for each kind of input, which panics where it does not hold.
//!
//! The fuzz targets in `fuzz/` include this folder and call the functions with what the fuzzer makes up; `corpora`
//! calls them with what the fuzzer has kept.

pub mod expression;
pub mod file_list;
pub mod formats;
pub mod json;
pub mod outline;
pub mod plan;
pub mod scanned;
pub mod spans;
pub mod tfvars;
pub mod tree;
pub mod yaml;

/// A kind of input, and what holds for all of it.
pub type Invariant = fn(&[u8]);

/// The kinds of input, by the names of the fuzz targets.
pub const ALL: [(&str, Invariant); 8] = [
    ("expression", expression::holds),
    ("file_list", file_list::holds),
    ("json", json::holds),
    ("outline", outline::holds),
    ("plan", plan::holds),
    ("tfvars", tfvars::holds),
    ("tree", tree::holds),
    ("yaml", yaml::holds),
];
