//! The integration tests of podgate, in one binary.
#![allow(unreachable_pub, reason = "a test binary has no public interface")]

mod architecture;
mod bad_input;
mod command_line;
mod discovery;
mod fixtures;
mod outline_agrees;
mod rules;
mod sarif;
mod support;
