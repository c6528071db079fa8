//! podgate finds, in Terraform, the pod security policies that share the host's IPC namespace, and reports them.
//!
//! The house has floors; a room imports only from lower ones. See `ARCHITECTURE.md`.

pub mod cli;
pub mod discover;
pub mod error;
pub mod fingerprint;
pub mod hcl;
pub mod output;
pub mod report;
pub mod rule;
pub mod rules;
pub mod scan;
pub mod source;
pub mod terraform;
