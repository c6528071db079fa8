//! podgate: a scanner.
#![allow(missing_docs)]
pub mod hcl;
pub mod source;
