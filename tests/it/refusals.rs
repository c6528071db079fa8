//! Configurations that Terraform refuses hold no finding, and those that it plans keep theirs.
//!
//! `tests/oracle/refusals/cases.txt` holds them, `record.py` beside it asks Terraform, `answers.tsv` has its answers.

use std::collections::BTreeMap;

use podgate::source::Level;

use crate::support::{repository, scan_directory, tree};

/// What stands beside every case, as in `record.py`.
const POLICY: &str = r#"resource "kubernetes_pod_security_policy" "policy" {
  metadata { name = "policy" }
  spec {
    host_ipc = true
    run_as_user { rule = "RunAsAny" }
    fs_group { rule = "RunAsAny" }
    supplemental_groups { rule = "RunAsAny" }
  }
}
"#;

/// The cases that Terraform refuses and podgate does not, each with the reason.
const LEFT_OPEN: &[(&str, &str)] = &[
    ("call_directory_missing", "what is missing may be made before the plan"),
    ("local_file_missing", "what is missing may be made before the plan"),
    ("count_late_length_of_two", "podgate does not know how long what is not known may be"),
    ("experiments", "the names of experiments differ from version to version"),
    ("lifecycle_ignore_unknown", "the attributes are those of a provider's schema"),
    ("output_ephemeral_module", "that a value is certainly not ephemeral is not looked at"),
    ("provisioner_unknown", "provisioners may be installed as plugins"),
    ("workspace_without_entry", "the plan may be made in another workspace"),
    ("required_provider_malformed", "addresses of providers are not looked at"),
];

fn read(name: &str) -> String {
    let path = repository().join("tests/oracle/refusals").join(name);
    std::fs::read_to_string(path).expect("a record")
}

/// The names of the cases, each with its files.
fn cases(text: &str) -> Vec<(&str, BTreeMap<&str, &str>)> {
    let all = text.split("\n=== ").skip(1);
    all.map(|case| {
        let (name, files) = case.split_once('\n').expect("a name");
        let files = files.strip_prefix("--- ").expect("a file").split("\n--- ");
        let files = files.map(|file| file.split_once('\n').unwrap_or((file, "")));
        (name, [("policy.tf", POLICY)].into_iter().chain(files).collect())
    })
    .collect()
}

#[test]
fn what_terraform_refuses_is_undecided_and_what_it_plans_is_found() {
    let (text, answers) = (read("cases.txt"), read("answers.tsv"));
    let answers: BTreeMap<&str, &str> = answers.lines().filter_map(|line| line.split_once('\t')).collect();
    let mut failures = Vec::new();
    let cases = cases(&text);
    assert_eq!(cases.len(), answers.len());
    for (name, files) in cases {
        let files: Vec<(&str, &str)> = files.into_iter().collect();
        let directory = tree(&files);
        let report = scan_directory(directory.path()).report;
        let warnings = report
            .notifications
            .iter()
            .filter(|note| note.level == Level::Warning && note.message.starts_with("`terraform plan` fails in `.`: "));
        let said = (report.findings.len(), report.undecided.len(), warnings.count());
        let is_open = LEFT_OPEN.iter().any(|(open, _)| *open == name);
        // What is wrong in the policy itself is said there.
        let is_elsewhere =
            report.undecided.iter().any(|undecided| undecided.because.reason.starts_with("`terraform plan`"));
        let wanted = match (answers[name], is_open) {
            ("planned", _) | (_, true) => (1, 0, 0),
            _ => (0, 1, usize::from(is_elsewhere)),
        };
        if said != wanted {
            let why = report.undecided.first().map(|undecided| undecided.because.reason.clone());
            failures.push(format!("{name}: {said:?}, Terraform: {}; {why:?}", answers[name]));
        }
    }
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}
