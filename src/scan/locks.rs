//! Which versions of providers `terraform init` has selected for a root module: `.terraform.lock.hcl`
//! (<https://developer.hashicorp.com/terraform/language/files/dependency-lock>).

use std::collections::HashMap;
use std::path::Path;

use serde::Deserialize;

use super::library::Library;
use crate::discover;
use crate::source::{FileId, Notification, Place, Sources, Span, read};
use crate::terraform::Locked;

/// The name of the file in a root module's directory.
const LOCK_FILE: &str = ".terraform.lock.hcl";

/// A larger file is not read, in bytes. One of fifty providers is a tenth as large.
const MOST_BYTES: usize = 1_000_000;

/// What podgate reads of the file.
#[derive(Debug, Deserialize)]
struct LockFile {
    /// The providers, by their addresses.
    #[serde(default)]
    provider: HashMap<String, Provider>,
}

#[derive(Debug, Deserialize)]
struct Provider {
    version: String,
}

/// The versions that the lock file of a root module's directory selects, by the addresses of the providers; none where
/// there is no file.
pub(super) fn locked(library: &Library, root: &Path) -> HashMap<String, Locked> {
    let path = root.join(LOCK_FILE);
    if !path.is_file() {
        return HashMap::new();
    }
    if let Some(note) = discover::link_out_of_root(&path, &library.root) {
        library.note(note);
        return HashMap::new();
    }
    let shown = library.root.relative(&path);
    let file = match read::bytes(&path).and_then(read::text) {
        Ok(contents) => library.sources.add(shown, contents),
        Err(error) => {
            let message = format!("This file {error}. The versions of the providers that it selects are not known.");
            library.note(Notification::warning(Place::Path(shown), message));
            return HashMap::new();
        }
    };
    let text = library.sources[file].text();
    let parsed = if text.len() > MOST_BYTES { None } else { hcl::from_str::<LockFile>(text).ok() };
    let Some(parsed) = parsed else {
        let message = "This is not a lock file that podgate can read. The versions of the providers that it selects are \
            not known.";
        library.note(Notification::warning(Place::Path(shown_path(&library.sources, file)), message));
        return HashMap::new();
    };
    let versions = parsed.provider.into_iter().filter(|(_, provider)| is_version(&provider.version));
    let locked = versions.map(|(address, Provider { version })| {
        let span = place(&library.sources, file, &address, &version);
        (address, Locked { version, span })
    });
    locked.collect()
}

fn shown_path(sources: &Sources, file: FileId) -> std::path::PathBuf {
    sources[file].path().to_owned()
}

/// Whether a text can be a version, so that it may be printed.
fn is_version(text: &str) -> bool {
    text.len() <= 64
        && text.starts_with(|c: char| c.is_ascii_digit())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || ".-+".contains(c))
}

/// Where a provider's version stands: behind the provider's address.
fn place(sources: &Sources, file: FileId, address: &str, version: &str) -> Span {
    let text = sources[file].text();
    let block = text.find(&format!("\"{address}\"")).unwrap_or(0);
    match text[block..].find(&format!("\"{version}\"")) {
        Some(at) => Span::new(file, block + at, block + at + version.len() + 2),
        None => Span::new(file, block, block),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_printed_is_a_version() {
        for (text, expected) in [("3.0.1", true), ("3.0.0-beta1+x", true), ("", false), ("x", false), ("3 <b>", false)]
        {
            assert_eq!(is_version(text), expected, "{text}");
        }
    }

    #[test]
    fn lock_files_are_read_as_they_are_written() {
        let text = "# maintained by terraform init\nprovider \"registry.terraform.io/hashicorp/kubernetes\" {\n  \
            version     = \"2.38.0\"\n  constraints = \"~> 2.0\"\n  hashes = [\n    \"h1:a=\",\n  ]\n}\n\
            provider \"registry.terraform.io/hashicorp/null\" {\n  version = \"3.2.4\"\n}\n";
        let parsed: LockFile = hcl::from_str(text).expect("a lock file");
        assert_eq!(parsed.provider["registry.terraform.io/hashicorp/kubernetes"].version, "2.38.0");
        assert_eq!(parsed.provider.len(), 2);
        assert!(hcl::from_str::<LockFile>("").expect("an empty one").provider.is_empty());
    }
}
