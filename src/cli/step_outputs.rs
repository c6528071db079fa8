//! The outputs of a GitHub step: what later steps of a job ask for, as lines of the file that `GITHUB_OUTPUT` names
//! (<https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#setting-an-output-parameter>).

use std::path::{Path, PathBuf};

use super::target::{Content, Target};
use crate::output::Format;
use crate::report::Report;

/// Why the reports that are wanted cannot be named in outputs: a line end in a name would start an output of its own.
pub(super) fn refusal(targets: &[Target]) -> Option<&'static str> {
    let wants = targets.iter().any(|target| target.content == Content::StepOutputs);
    let is_plain = |path: &Path| path.to_str().is_some_and(|path| !path.contains(char::is_control));
    let told = sarif_file(targets).is_none_or(is_plain);
    (wants && !told)
        .then_some("the name of a SARIF file that is to become an output must be UTF-8 without control characters")
}

/// The SARIF report that later steps are told of: the first that goes to a file.
fn sarif_file(targets: &[Target]) -> Option<&Path> {
    let mut files = targets.iter().filter(|target| target.content == Content::Report(Format::Sarif));
    files.find_map(|target| target.path.as_deref())
}

/// The places that want the outputs.
pub(super) fn wanted(targets: &[Target]) -> impl Iterator<Item = Option<&PathBuf>> {
    targets.iter().filter(|target| target.content == Content::StepOutputs).map(|target| target.path.as_ref())
}

/// The outputs, one a line. `are_written` says whether the reports are.
pub(super) fn lines(report: &Report, targets: &[Target], exit_code: u8, are_written: bool) -> String {
    let file = sarif_file(targets).filter(|_| are_written).and_then(Path::to_str).unwrap_or_default();
    format!(
        "findings={}\nundecided={}\nnot-analysed={}\nsarif-file={file}\nexit-code={exit_code}\n",
        report.findings.len(),
        report.counts.undecided,
        report.errors(),
    )
}
