//! The outline scanner on real files: does it agree with hcl-edit, and how fast are both?
//!
//! `cargo bench --bench outline -- DIR...`; without a directory, `examples`. Ends with an error when the two differ.
#![allow(clippy::print_stdout, clippy::disallowed_methods, reason = "a bench reads and reports on its own")]
#![allow(unreachable_pub, reason = "a bench has no public interface")]

#[path = "../tests/it/support/agreement.rs"]
mod agreement;

use std::path::Path;
use std::time::{Duration, Instant};

use agreement::Agreement;

#[derive(Default)]
struct Totals {
    bytes: usize,
    same: usize,
    not_parsed: Vec<(String, usize)>,
    ours: Duration,
    theirs: Duration,
}

fn main() {
    let mut directories: Vec<_> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    if directories.is_empty() {
        directories.push("examples".to_owned());
    }
    for directory in directories {
        let mut totals = Totals::default();
        for entry in ignore::WalkBuilder::new(&directory).standard_filters(false).build().flatten() {
            if entry.path().extension().is_some_and(|extension| extension == "tf") {
                measure(entry.path(), &mut totals);
            }
        }
        report(&directory, &totals);
    }
}

fn measure(path: &Path, totals: &mut Totals) {
    let Ok(text) = std::fs::read_to_string(path) else {
        return;
    };
    totals.bytes += text.len();
    let start = Instant::now();
    let outline = agreement::outline_of(&text);
    totals.ours += start.elapsed();
    let start = Instant::now();
    let parsed = hcl_edit::parser::parse_body(&text);
    totals.theirs += start.elapsed();
    drop(parsed);
    match agreement::compare(&text) {
        Agreement::Same => totals.same += 1,
        Agreement::NotParsed | Agreement::Refused => {
            totals.not_parsed.push((path.display().to_string(), outline.errors.len()));
        }
    }
}

#[allow(clippy::cast_precision_loss, reason = "rates are for reading")]
fn report(directory: &str, totals: &Totals) {
    let rate = |time: Duration| totals.bytes as f64 / 1e6 / time.as_secs_f64();
    println!("{directory}: {} files agree, {} are not parsed by hcl-edit", totals.same, totals.not_parsed.len());
    println!("  outline {:.0} MB/s, hcl-edit {:.0} MB/s", rate(totals.ours), rate(totals.theirs));
    for (path, errors) in &totals.not_parsed {
        println!("  not parsed: {path} ({errors} errors in the outline)");
    }
}
