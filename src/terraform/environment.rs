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
    /// When Terraform evaluates it.
    pub walk: Walk,
}

/// When Terraform evaluates a configuration. What it does not know yet depends on that.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Walk {
    /// When it has applied a plan: nothing is open that the configuration says.
    #[default]
    Apply,
    /// When it plans what is not there yet.
    Plan,
    /// Before that, when it checks each module for itself: variables, resources and instances are not known.
    Validate,
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
        Self {
            workspace: "default",
            module_path: ".".into(),
            directory: None,
            boundary: Path::new(""),
            walk: Walk::default(),
        }
    }
}
