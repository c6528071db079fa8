//! The integration tests of podgate, in one binary.
#![allow(unreachable_pub, reason = "a test binary has no public interface")]

mod outline_agrees;
mod support;
