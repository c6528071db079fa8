//! Trees of files, scanned.

use std::path::{Path, PathBuf};

use podgate::discover::Request;
use podgate::rules;
use podgate::scan::{Scan, scan};
use podgate::source::Level;

use super::{formats, spans};

/// The name of the planted policy. No other file knows it.
const PLANTED: &str = "planted_7f3a";

/// A directory with these files.
pub fn tree(files: &[(&str, &[u8])]) -> tempfile::TempDir {
    let directory = tempfile::tempdir().expect("a temporary directory");
    for (path, bytes) in files {
        write(directory.path(), path.as_ref(), bytes);
    }
    directory
}

/// Writes a file below a directory.
pub fn write(directory: &Path, path: &Path, bytes: &[u8]) {
    let path = directory.join(path);
    std::fs::create_dir_all(path.parent().expect("a file has a directory")).expect("a directory can be made");
    std::fs::write(path, bytes).expect("a file can be written");
}

/// Scans a directory, or these paths in it.
pub fn scan_in(directory: &Path, paths: Vec<PathBuf>) -> Scan {
    let paths = if paths.is_empty() { vec![directory.to_owned()] } else { paths };
    let request = Request { paths, root: Some(directory.to_owned()), threads: 1, ..Request::default() };
    scan(&request, rules::ALL).expect("what is there can be scanned")
}

/// Plants a policy that says in so many words that it shares the host's IPC namespace, in a directory of its own.
pub fn plant(directory: &Path) {
    let text = format!(
        "resource \"kubernetes_pod_security_policy\" \"{PLANTED}\" {{\n  spec {{\n    host_ipc = true\n  }}\n}}\n"
    );
    write(directory, format!("{PLANTED}/main.tf").as_ref(), text.as_bytes());
}

/// Whether another file knows of the planted policy: then it has a say about it.
pub fn is_known(bytes: &[u8]) -> bool {
    bytes.windows(4).any(|window| window == b"7f3a")
}

/// Scans a directory in which a policy is planted. The policy is found, all places lie in their files, and every
/// format parses.
pub fn scan_with_planted(directory: &Path) -> Scan {
    plant(directory);
    let scan = scan_in(directory, Vec::new());
    assert!(is_found(&scan, PLANTED), "the planted policy is lost: {:#?}", scan.report);
    sound(&scan);
    scan
}

/// Asserts that all places of a scan lie in their files, and that every format parses.
pub fn sound(scan: &Scan) {
    assert_places(scan);
    formats::assert_all_parse(scan);
}

/// Whether a policy of this name is among the findings.
pub fn is_found(scan: &Scan, name: &str) -> bool {
    scan.report.findings.iter().any(|finding| finding.site.resource_name == name)
}

/// Whether something is said about a policy of this name or about what keeps it from being analysed.
pub fn is_said(scan: &Scan, name: &str) -> bool {
    let of_level = |level| scan.report.notifications.iter().any(|notification| notification.level == level);
    let is_undecided = scan.report.undecided.iter().any(|undecided| undecided.site.resource_name == name);
    is_found(scan, name) || is_undecided || of_level(Level::Error)
}

fn assert_places(scan: &Scan) {
    let report = &scan.report;
    let of_findings = report.findings.iter().flat_map(|finding| {
        let hops = finding.ways.iter().flat_map(|way| &way.hops).map(|hop| hop.span);
        let fix = finding.fix.iter().map(|edit| edit.span);
        let causes = finding.message.because.iter().filter_map(|because| because.place);
        let open = finding.open.iter().map(|open| open.because.span);
        hops.chain(fix).chain(causes).chain(open).chain([finding.site.span, finding.site.resource])
    });
    let of_undecided = report.undecided.iter().flat_map(|undecided| {
        let site = [undecided.site.span, undecided.site.resource, undecided.because.span];
        site.into_iter().chain(undecided.message.because.iter().filter_map(|because| because.place))
    });
    let others = report.inactive.iter().map(|inactive| inactive.span);
    let others = others.chain(report.missing.iter().map(|missing| missing.span));
    let others = others.chain(report.notifications.iter().filter_map(|notification| notification.place.span()));
    for span in of_findings.chain(of_undecided).chain(others) {
        spans::assert_inside(span, scan.sources[span.file].text());
    }
}

/// The stack that recursion as deep as evaluation's own limit may need.
const STACK: usize = 256 << 20;

/// Runs something that recurses, on a stack as a scan gives it.
pub fn on_deep_stack<T: Send>(run: impl FnOnce() -> T + Send) -> T {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, run).expect("a thread");
        thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}
