//! What has nothing to do with a policy does not change what is said about it.

use std::path::{Path, PathBuf};

use podgate::source::Span;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use crate::support::{scan_directory, write};

/// Files that can be added to any module: variables, locals, resources and values that no policy refers to.
const UNRELATED: [(&str, &str); 8] = [
    ("zz_variable.tf", "variable \"zz_unrelated\" {\n  type    = bool\n  default = true\n}\n"),
    ("aa_variable.tf", "variable \"aa_unrelated\" {}\n"),
    ("zz_locals.tf", "locals {\n  zz_unrelated = { host_ipc = true }\n}\n"),
    (
        "aa_resource.tf",
        "resource \"kubernetes_pod\" \"unrelated\" {\n  metadata {\n    name = \"x\"\n  }\n  spec {\n    host_ipc = true\n  }\n}\n",
    ),
    (
        "zz_policy.tf",
        "resource \"kubernetes_pod_security_policy\" \"unrelated\" {\n  spec {\n    host_ipc = false\n  }\n}\n",
    ),
    ("zz_data.tf", "data \"kubernetes_namespace\" \"unrelated\" {\n  metadata {\n    name = \"x\"\n  }\n}\n"),
    ("zz.auto.tfvars", "zz_unrelated = false\n"),
    ("zz.auto.tfvars.json", "{\"zz_unrelated\": false, \"aa_unrelated\": \"host_ipc\"}\n"),
];

/// The fixtures that are one module.
fn modules() -> Vec<PathBuf> {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let entries = fixtures.read_dir().expect("the fixtures are there").map(|entry| entry.expect("an entry").path());
    let is_flat =
        |path: &PathBuf| path.read_dir().expect("a fixture").all(|entry| entry.expect("an entry").path().is_file());
    let mut modules: Vec<PathBuf> = entries.filter(is_flat).collect();
    modules.sort();
    modules
}

/// What is said about the sites of a directory.
fn verdicts(directory: &Path) -> Vec<String> {
    let scan = scan_directory(directory);
    let place = |span: Span| format!("{}:{:?}", scan.sources[span.file].path().display(), scan.sources.start(span));
    let findings = scan.report.findings.iter();
    let findings = findings.map(|finding| format!("{} {:?}", finding.message.sentence(place), finding.instances));
    let undecided = scan.report.undecided.iter().map(|undecided| undecided.message.sentence(place));
    findings.chain(undecided).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn changes_no_verdict(module in select(modules()), added in vec(select(&UNRELATED[..]), 1..5)) {
        let directory = tempfile::tempdir().expect("a temporary directory");
        for entry in module.read_dir().expect("a fixture") {
            let path = entry.expect("an entry").path();
            let name = path.file_name().expect("a name").to_str().expect("UTF-8");
            write(directory.path(), name, &std::fs::read(&path).expect("a file"));
        }
        let before = verdicts(directory.path());
        for (name, text) in added {
            write(directory.path(), name, text.as_bytes());
        }
        prop_assert_eq!(before, verdicts(directory.path()));
    }
}
