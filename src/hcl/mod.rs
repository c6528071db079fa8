//! Floor 1: HCL as written.
//!
//! [`outline`] finds the structure of a file without parsing a single expression; [`expression`] parses the
//! expressions that evaluation asks for, one at a time; [`json`] reads what is written in HCL's JSON syntax. None knows
//! what Terraform makes of it.

pub mod expression;
pub mod json;
mod lexis;
pub mod outline;

pub use lexis::is_identifier;
