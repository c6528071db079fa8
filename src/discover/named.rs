//! A file that is named: what it is, by its contents, whatever it is called.

use std::path::Path;

use memchr::memmem;

use super::walk::is_terraform;

/// What a named file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Configuration, by its name.
    Terraform,
    /// A plan, as `terraform show -json` writes it.
    Plan,
    /// Nothing that podgate reads: why not, as a sentence.
    Other(&'static str),
    /// Nothing that could be told.
    Unknown,
}

impl Kind {
    /// What a file of this name and with these bytes is.
    pub(super) fn of(path: &Path, bytes: &[u8]) -> Self {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
        let holds = |word: &str| memmem::find(bytes, word.as_bytes()).is_some();
        if bytes.starts_with(b"PK\x03\x04") {
            return Self::Other(
                "This is a plan as `terraform plan -out` saves it. `terraform show -json` makes one that podgate reads.",
            );
        }
        let is_object = bytes.starts_with(b"{");
        let is_plan = holds("\"resource_changes\"") || holds("\"planned_values\"");
        match (is_object && holds("\"format_version\""), is_terraform(path)) {
            (true, _) if is_plan => Self::Plan,
            (_, true) => Self::Terraform,
            (true, _) if holds("\"values\"") => {
                Self::Other("This is a state, and podgate reads plans: what Terraform has made is not judged.")
            }
            // One that breaks off early.
            (true, _) => Self::Plan,
            _ if is_object && holds("\"@message\"") => Self::Other(
                "This is the log of a run. `terraform plan -out` and `terraform show -json` make a plan that podgate reads.",
            ),
            _ if bytes.is_empty() && is_called(path, "json") => {
                Self::Other("This file is empty: whatever should have written a plan has not.")
            }
            _ if is_called(path, "yaml") || is_called(path, "yml") => {
                Self::Other("podgate reads YAML where a resource of Terraform does, and not by itself.")
            }
            _ if is_called(path, "tfvars") => Self::Other(
                "This file gives values to variables: `--var-file` takes it, or the module that it stands beside.",
            ),
            _ if is_called(path, "tofu") => Self::Other("This is OpenTofu's, and Terraform does not read it."),
            _ if is_object => Self::Other(
                "This JSON is neither a plan, as `terraform show -json` writes it, nor configuration, which is called `*.tf.json`.",
            ),
            _ => Self::Unknown,
        }
    }
}

fn is_called(path: &Path, ending: &str) -> bool {
    path.extension().is_some_and(|extension| extension == ending)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contents_tell_what_a_file_is() {
        let kind = |name: &str, text: &str| Kind::of(Path::new(name), text.as_bytes());
        assert_eq!(kind("a.tf", "{"), Kind::Terraform);
        assert_eq!(kind("a.tf.json", "{\"resource\": {}}"), Kind::Terraform);
        assert_eq!(kind("a", "\u{feff} {\"format_version\": \"1.2\", \"planned_values\": {}}"), Kind::Plan);
        assert_eq!(kind("a", "{\"format_version\": \"1.2\", \"terr"), Kind::Plan);
        assert_eq!(kind("notes.txt", "resource"), Kind::Unknown);
        let others = ["PK\x03\x04", "{\"format_version\": \"1.0\", \"values\": {}}", "{\"@message\": \"\"}", "{}"];
        for other in others {
            assert!(matches!(kind("a.json", other), Kind::Other(_)), "{other}");
        }
        for name in ["a.yaml", "b.yml", "c.tfvars", "d.tofu", "e.json"] {
            assert!(matches!(kind(name, ""), Kind::Other(_)), "{name}");
        }
    }
}
