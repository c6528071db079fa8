//! What several tests use.

pub mod agreement;
