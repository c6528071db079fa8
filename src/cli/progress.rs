//! How far a long scan has come, on the standard error of a terminal.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use crate::discover::{Progress, Request};
use crate::error::Error;
use crate::rule::Rule;
use crate::scan::{Scan, scan};

/// A scan that takes no longer than this needs no bar.
const PATIENCE: Duration = Duration::from_secs(1);

/// How often the bar moves.
const TICK: Duration = Duration::from_millis(100);

/// Scans, and shows how far that has come when it takes its time. Nothing stays on the terminal.
pub(super) fn shown(request: Request, rules: &[&'static Rule], color: bool) -> Result<Scan, Error> {
    shown_after(PATIENCE, request, rules, color)
}

fn shown_after(patience: Duration, mut request: Request, rules: &[&'static Rule], color: bool) -> Result<Scan, Error> {
    let progress = Arc::new(Progress::default());
    request.progress = Some(progress.clone());
    let (done, waiting) = channel::<()>();
    std::thread::scope(|scope| {
        scope.spawn(move || {
            let is_over = |patience| waiting.recv_timeout(patience) != Err(RecvTimeoutError::Timeout);
            if is_over(patience) {
                return;
            }
            let bar = ProgressBar::new_spinner();
            loop {
                draw(&bar, &progress, color);
                if is_over(TICK) {
                    break bar.finish_and_clear();
                }
            }
        });
        let scanned = scan(&request, rules);
        drop(done);
        scanned
    })
}

/// Draws how far the scan has come: a count while files are searched, a bar once it is known what there is to do.
fn draw(bar: &ProgressBar, progress: &Progress, color: bool) {
    let roots = progress.roots.load(Ordering::Relaxed);
    let template = match (roots, color) {
        (0, true) => "{spinner:.cyan} {msg} ({elapsed})",
        (0, false) => "{spinner} {msg} ({elapsed})",
        (_, true) => "[{bar:30.cyan}] {msg} ({elapsed})",
        (_, false) => "[{bar:30}] {msg} ({elapsed})",
    };
    bar.set_style(ProgressStyle::with_template(template).expect("the template is sound").progress_chars("=> "));
    if roots > 0 {
        bar.set_length(roots as u64);
        bar.set_position(progress.evaluated.load(Ordering::Relaxed) as u64);
    }
    bar.set_message(message(progress));
    bar.tick();
}

fn message(progress: &Progress) -> String {
    let (roots, evaluated) = (progress.roots.load(Ordering::Relaxed), progress.evaluated.load(Ordering::Relaxed));
    match roots {
        0 => format!("{} files searched", progress.files.load(Ordering::Relaxed)),
        roots => format!("root module {evaluated} of {roots}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_done_is_said() {
        let progress = Progress::default();
        progress.files.store(1234, Ordering::Relaxed);
        assert_eq!(message(&progress), "1234 files searched");
        progress.roots.store(5, Ordering::Relaxed);
        progress.evaluated.store(2, Ordering::Relaxed);
        assert_eq!(message(&progress), "root module 2 of 5");
    }

    #[test]
    fn a_scan_is_the_same_with_somebody_watching() {
        let examples = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
        let request = Request { paths: vec![examples], ..Request::default() };
        let plain = scan(&request, crate::rules::ALL).expect("a scan").report;
        for color in [true, false] {
            let watched = shown_after(Duration::ZERO, request.clone(), crate::rules::ALL, color).expect("a scan");
            assert_eq!(watched.report.findings, plain.findings);
            assert_eq!(watched.report.counts, plain.counts);
        }
    }

    #[test]
    fn what_is_drawn_has_a_template_for_every_stage() {
        let (bar, progress) = (ProgressBar::hidden(), Progress::default());
        draw(&bar, &progress, true);
        progress.roots.store(2, Ordering::Relaxed);
        progress.evaluated.store(1, Ordering::Relaxed);
        draw(&bar, &progress, false);
        assert_eq!((bar.length(), bar.position(), bar.message()), (Some(2), 1, "root module 1 of 2".to_owned()));
    }
}
