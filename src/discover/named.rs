//! A file that is named: what it is, by its contents, whatever it is called.

use std::ffi::OsStr;
use std::path::Path;

use memchr::memmem;
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::walk::is_terraform;
use crate::source::read;

/// So many entries of a directory are looked at for a plan.
const MOST_LOOKED_AT: usize = 1_000;

/// What a named file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Configuration, by its name.
    Terraform,
    /// A plan, as `terraform show -json` writes it.
    Plan,
    /// Nothing that podgate reads: why not, as a sentence.
    Other(&'static str),
}

impl Kind {
    /// What a file of this name and with these bytes is.
    pub(super) fn of(path: &Path, bytes: &[u8]) -> Self {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
        let holds = |word: &str| memmem::find(bytes, word.as_bytes()).is_some();
        if bytes.starts_with(b"PK\x03\x04") {
            return Self::Other("This is a plan in Terraform's binary format. Convert it with `terraform show -json`.");
        }
        let is_object = bytes.starts_with(b"{");
        if is_terraform(path) {
            return if is_object && has_members_of_a_plan(bytes) { Self::Plan } else { Self::Terraform };
        }
        let is_plan = holds("\"resource_changes\"") || holds("\"planned_values\"");
        match is_object && holds("\"format_version\"") {
            true if is_plan => Self::Plan,
            true if holds("\"values\"") => {
                Self::Other("This is a Terraform state. podgate reads configuration and plans, not states.")
            }
            // One that breaks off early.
            true => Self::Plan,
            _ if is_object && holds("\"@message\"") => Self::Other(
                "This is the log of a run, not a plan. Save a plan with `terraform plan -out` and convert it with `terraform show -json`.",
            ),
            _ if bytes.is_empty() && is_called(path, "json") => {
                Self::Other("This file is empty. The command that should have written a plan may have failed.")
            }
            _ if is_called(path, "yaml") || is_called(path, "yml") => Self::Other(
                "podgate does not scan YAML files by themselves, only where a Terraform resource reads them.",
            ),
            _ if is_called(path, "tfvars") => {
                Self::Other("This is a values file, not configuration. Pass it with `--var-file`.")
            }
            _ if is_called(path, "tofu") => Self::Other("This is an OpenTofu file. Terraform does not read it."),
            _ if is_object => Self::Other(
                "This JSON is neither a plan of `terraform show -json` nor configuration, which is called `*.tf.json`.",
            ),
            _ if bytes.starts_with(b"[") => Self::Other("This is a JSON list. A plan is a JSON object."),
            _ if is_value(bytes) => {
                Self::Other("This JSON is a single value, such as `null` or a number. A plan is a JSON object.")
            }
            _ if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") => Self::Other(
                "This file is UTF-16 text, as some shells write the output of a command. Write it as UTF-8.",
            ),
            _ if is_called(path, "json") => {
                Self::Other("This is not valid JSON, so it is not a plan. The command that wrote it may have failed.")
            }
            _ if is_like_terraform(path) => Self::Terraform,
            _ => Self::Other("This is neither configuration, by its name, nor a plan of `terraform show -json`."),
        }
    }
}

/// The name of a file in a directory that is a plan, if there is one.
pub(super) fn plan_in(directory: &Path) -> Option<String> {
    let entries = directory.read_dir().ok()?.flatten().take(MOST_LOOKED_AT).map(|entry| entry.path());
    let mut plans: Vec<_> = entries
        .filter(|path| is_called(path, "json") && !path.is_symlink())
        .filter(|path| read::head(path).is_ok_and(|head| memmem::find(&head, b"\"format_version\"").is_some()))
        .collect();
    plans.sort();
    Some(plans.first()?.file_name()?.to_string_lossy().into_owned())
}

/// Whether an object has the members of a plan, and not only their names somewhere in it: configuration may hold any.
fn has_members_of_a_plan(bytes: &[u8]) -> bool {
    #[derive(Deserialize)]
    struct Plan {
        format_version: Option<IgnoredAny>,
        resource_changes: Option<IgnoredAny>,
        planned_values: Option<IgnoredAny>,
    }
    let plan = serde_json::from_slice::<Plan>(bytes);
    plan.is_ok_and(|plan| {
        plan.format_version.is_some() && (plan.resource_changes.is_some() || plan.planned_values.is_some())
    })
}

/// Whether a text is JSON that holds no other value.
fn is_value(bytes: &[u8]) -> bool {
    let is_start = |byte: &u8| byte.is_ascii_digit() || matches!(byte, b'-' | b'"' | b'n' | b't' | b'f');
    bytes.first().is_some_and(is_start) && serde_json::from_slice::<IgnoredAny>(bytes).is_ok()
}

/// Whether a name is that of configuration, and something more: a copy (`main.tf.bak`), a hidden file.
fn is_like_terraform(path: &Path) -> bool {
    let name = path.file_name().map_or(&[][..], OsStr::as_encoded_bytes);
    memmem::find(name, b".tf").is_some()
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
        assert_eq!(kind("main.tf.bak", "resource"), Kind::Terraform);
        let comment = "{\"//\": {\"format_version\": 1, \"resource_changes\": []}}";
        assert_eq!(kind("a.tf.json", comment), Kind::Terraform);
        assert_eq!(kind("a.tf.json", "{\"format_version\": \"1.2\", \"resource_changes\": []}"), Kind::Plan);
        let others = [
            "PK\x03\x04",
            "{\"format_version\": \"1.0\", \"values\": {}}",
            "{\"@message\": \"\"}",
            "{}",
            "[]",
            "null",
            "-1.5e3",
            "\u{feff}\"text\"",
            "true",
            "Error",
        ];
        for other in others {
            assert!(matches!(kind("a.json", other), Kind::Other(_)), "{other}");
        }
        for name in ["a.yaml", "b.yml", "c.tfvars", "d.tofu", "e.json", "notes.txt", "tfplan"] {
            assert!(matches!(kind(name, ""), Kind::Other(_)), "{name}");
        }
    }
}
