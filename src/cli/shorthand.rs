//! `podgate PATH` and `podgate --option` for `podgate scan ...`: what most people mean who type it.

use std::ffi::{OsStr, OsString};
use std::path::Path;

use clap::CommandFactory;

use super::args::Arguments;

/// The arguments with the command that they leave out. What could be a misspelt command is left to clap, which knows
/// what is alike.
pub(super) fn expanded(mut arguments: Vec<OsString>) -> Vec<OsString> {
    if arguments.get(1).is_some_and(|first| is_for_scan(first)) {
        arguments.insert(1, "scan".into());
    }
    arguments
}

/// Whether a first argument is one of `podgate scan`: a path that is there or can be nothing else, or an option that
/// podgate itself does not have. A command is never taken for a path of the same name.
fn is_for_scan(first: &OsStr) -> bool {
    let program = Arguments::command();
    let is_command = |name: &str| name == "help" || program.find_subcommand(name).is_some();
    match first.to_str() {
        Some("-h" | "--help" | "-V" | "--version") => false,
        Some(option) if option.starts_with('-') => true,
        Some(name) if is_command(name) => false,
        // No command is written with these, so that the error is about a path.
        Some(path) if path.contains(['/', '.', std::path::MAIN_SEPARATOR]) => true,
        _ => Path::new(first).exists(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expanded(arguments: &[&str]) -> Vec<String> {
        let arguments = ["podgate"].iter().chain(arguments).map(OsString::from).collect();
        let expanded = super::expanded(arguments).into_iter().skip(1);
        expanded.map(|argument| argument.into_string().expect("UTF-8")).collect()
    }

    #[test]
    fn what_scan_takes_is_given_to_scan() {
        for arguments in [
            &["."][..],
            &["src", "-q"],
            &["-o", "sarif"],
            &["--exclude=x", "."],
            &["--", "rules"],
            &["no/x"],
            &["no.tf"],
        ] {
            assert_eq!(expanded(arguments), [&["scan"], arguments].concat());
        }
    }

    #[test]
    fn everything_else_is_left_as_it_is() {
        for arguments in [&[][..], &["scan", "."], &["rules"], &["help"], &["-h"], &["--version"], &["skan"]] {
            assert_eq!(expanded(arguments), arguments);
        }
    }
}
