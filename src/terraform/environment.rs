//! Where a module is evaluated.

use std::path::Path;
use std::sync::Arc;

use super::value::{Marks, Private};

/// What is around a module when it is evaluated.
#[derive(Debug, Clone)]
pub struct Environment<'m> {
    /// `terraform.workspace`.
    pub workspace: &'m str,
    /// `path.module`: the module's directory as Terraform writes it, relative to the root module's.
    pub module_path: Arc<str>,
    /// The directory of the root module, where Terraform is taken to run. Functions that read files start here; without
    /// one there are no files.
    pub directory: Option<Arc<Path>>,
    /// Files outside of this directory are not read.
    pub boundary: &'m Path,
}

impl Environment<'_> {
    /// The marks of `terraform.workspace`: one that is not Terraform's default comes from the command line.
    pub(super) fn workspace_marks(&self) -> Marks {
        if self.workspace == "default" { Marks::default() } else { Marks::private(Private::Argument) }
    }
}

impl Default for Environment<'_> {
    /// No files, and the workspace that Terraform starts with.
    fn default() -> Self {
        Self { workspace: "default", module_path: ".".into(), directory: None, boundary: Path::new("") }
    }
}
