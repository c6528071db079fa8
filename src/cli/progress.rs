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
pub(super) fn shown(mut request: Request, rules: &[&'static Rule]) -> Result<Scan, Error> {
    let progress = Arc::new(Progress::default());
    request.progress = Some(progress.clone());
    let (done, waiting) = channel::<()>();
    std::thread::scope(|scope| {
        scope.spawn(move || {
            let is_over = |patience| waiting.recv_timeout(patience) != Err(RecvTimeoutError::Timeout);
            if is_over(PATIENCE) {
                return;
            }
            let bar = ProgressBar::new_spinner().with_style(style());
            bar.set_message(message(&progress));
            while !is_over(TICK) {
                bar.set_message(message(&progress));
                bar.tick();
            }
            bar.finish_and_clear();
        });
        let scanned = scan(&request, rules);
        drop(done);
        scanned
    })
}

fn style() -> ProgressStyle {
    ProgressStyle::with_template("{spinner:.cyan} {msg} ({elapsed})").expect("the template is sound")
}

fn message(progress: &Progress) -> String {
    let count = |count: &std::sync::atomic::AtomicUsize| count.load(Ordering::Relaxed);
    let files = count(&progress.files);
    match count(&progress.roots) {
        0 => format!("searching: {files} files"),
        roots => format!("evaluating: root module {} of {roots}", count(&progress.evaluated)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_done_is_said() {
        let progress = Progress::default();
        progress.files.store(1234, Ordering::Relaxed);
        assert_eq!(message(&progress), "searching: 1234 files");
        progress.roots.store(5, Ordering::Relaxed);
        progress.evaluated.store(2, Ordering::Relaxed);
        assert_eq!(message(&progress), "evaluating: root module 2 of 5");
    }

    #[test]
    fn a_scan_is_the_same_with_somebody_watching() {
        let directory = tempfile::tempdir().expect("a directory");
        let request = Request { paths: vec![directory.path().to_owned()], ..Request::default() };
        assert_eq!(shown(request, crate::rules::ALL).expect("a scan").report.counts.files, 0);
    }
}
