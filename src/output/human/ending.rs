//! What is said at the end of a scan without findings, to somebody who looks on: what was looked at, and what was not.
//! In a log it would repeat itself with every run.

use std::io::{self, Write};

use super::{Style, Verbosity};
use crate::output::text;
use crate::report::Report;

/// What no scan looks at.
const NOT_SEARCHED: &str = "Not searched: .git, .terraform and .terragrunt-cache (installed modules are read where a \
    call leads to them), OpenTofu's .tofu files, Helm charts, and Kubernetes YAML that no Terraform resource reads. \
    `podgate rules` lists what is checked.";

/// Writes it.
pub(super) fn write(report: &Report, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let is_wanted = style.is_terminal || style.verbosity == Verbosity::Verbose;
    if !is_wanted || !report.findings.is_empty() {
        return Ok(());
    }
    let wrapped = |said: &str| textwrap::fill(said, text::wrapping(style.width, "", ""));
    writeln!(out, "{}\n{}\n", wrapped(verdict(report)), wrapped(NOT_SEARCHED))
}

/// What it means that there is no finding.
fn verdict(report: &Report) -> &'static str {
    if report.is_incomplete() {
        "No finding, but not everything could be analysed: see above."
    } else if report.counts.resources == 0 && report.counts.undecided == 0 {
        "No finding: the Terraform files have no resource that a rule looks at."
    } else if report.counts.undecided > 0 {
        "No finding, but not everything could be decided: see above."
    } else {
        "No finding: all resources that a rule looks at are as they should be."
    }
}
