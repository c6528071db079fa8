//! The program: wires the standard streams to [`podgate::cli`] and maps its result to an exit code.

use std::io;
use std::process::ExitCode;

use podgate::cli::{self, Streams, Terminal};

/// Reading and evaluating allocate much, for which musl's own allocator is too slow.
#[cfg(target_env = "musl")]
#[global_allocator]
static ALLOCATOR: dlmalloc::GlobalDlmalloc = dlmalloc::GlobalDlmalloc;

#[expect(clippy::disallowed_methods, reason = "this is where the streams come from")]
fn main() -> ExitCode {
    podgate::scan::silence_panics();
    // Locked, stderr would hang a thread that panics.
    let (mut out, mut err) = (io::stdout().lock(), io::stderr());
    let (out_terminal, err_terminal) = (Terminal::of_stdout(), Terminal::of_stderr());
    let mut streams = Streams { out: &mut out, out_terminal, err: &mut err, err_terminal };
    cli::run(std::env::args_os(), &mut streams).into()
}
