//! Floor 1: HCL as written.
//!
//! [`outline`] finds the structure of a file without parsing a single expression; [`expression`] parses the
//! expressions that evaluation asks for, one at a time. Neither knows what Terraform makes of them.

pub mod expression;
pub mod outline;
