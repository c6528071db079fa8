//! The integration tests of podgate, in one binary.

// Links, pipes, modes of files and names that are not UTF-8 are made as Unix has them. On Windows the tests beside the
// sources run, and the program on the examples.
#![cfg(unix)]
#![allow(unreachable_pub, missing_docs, reason = "a test binary has no public interface")]
#![allow(
    clippy::case_sensitive_file_extension_comparisons,
    clippy::format_collect,
    clippy::format_push_string,
    clippy::similar_names,
    reason = "tests are written to be read, not to be fast"
)]
#![allow(clippy::disallowed_methods, reason = "tests make the files that the scanner reads")]

mod any_text;
mod architecture;
mod bad_input;
mod command_line;
mod configurations;
mod corpora;
mod damage;
mod discovery;
mod documents;
mod env_files;
mod evaluation;
mod first_minutes;
mod fixtures;
mod formats;
mod github_jobs;
mod human;
mod inputs;
mod instances;
mod invariants;
mod leaks;
mod lessons;
mod limits;
mod lists;
mod modules;
mod oracle;
mod outline_agrees;
mod own_words;
mod plans;
mod refusals;
mod rules;
#[cfg(target_os = "linux")]
mod sandbox;
mod sarif;
mod schema;
mod strict;
mod support;
mod trees;
mod unread;
mod unrelated;
