//! The blocks of Terraform's own language and what they take, as of version 1.11
//! (<https://developer.hashicorp.com/terraform/language>).

/// What a block takes.
#[derive(Debug)]
pub(super) struct Form {
    /// The kinds of the blocks around it and its own: `resource/lifecycle`.
    pub(super) path: &'static str,
    /// How many labels it has.
    pub(super) labels: usize,
    /// The arguments that it must have.
    pub(super) required: &'static [&'static str],
    /// The others.
    pub(super) optional: &'static [&'static str],
    /// The kinds of blocks that it may hold.
    pub(super) blocks: &'static [&'static str],
    /// Of what it takes besides these, something else decides: a provider, a module, the user.
    pub(super) open: Open,
}

/// What a block takes that Terraform's language does not name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Open {
    /// Nothing.
    Closed,
    /// Any arguments.
    Arguments,
    /// Any arguments and blocks.
    All,
}

use Open::{All, Arguments, Closed};

const fn form(
    path: &'static str,
    labels: usize,
    (required, optional): (&'static [&'static str], &'static [&'static str]),
    blocks: &'static [&'static str],
    open: Open,
) -> Form {
    Form { path, labels, required, optional, blocks, open }
}

const CONDITIONS: &[&str] = &["precondition", "postcondition"];
const CONDITION: (&[&str], &[&str]) = (&["condition", "error_message"], &[]);
const LIFECYCLE: (&[&str], &[&str]) =
    (&[], &["create_before_destroy", "ignore_changes", "prevent_destroy", "replace_triggered_by"]);
const NONE: (&[&str], &[&str]) = (&[], &[]);

/// What stands at the top level.
pub(super) const TOP: Form = form(
    "",
    0,
    NONE,
    &[
        "check",
        "data",
        "ephemeral",
        "import",
        "locals",
        "module",
        "moved",
        "output",
        "provider",
        "removed",
        "resource",
        "terraform",
        "variable",
    ],
    Closed,
);

/// The blocks, by their paths. What is in a block that is open and not listed is its own matter.
pub(super) const FORMS: [Form; 32] = [
    form("check", 1, NONE, &["assert", "data"], Closed),
    form("check/assert", 0, CONDITION, &[], Closed),
    form("check/data", 2, NONE, &[], All),
    form("data", 2, NONE, &[], All),
    form("data/lifecycle", 0, NONE, CONDITIONS, Closed),
    form("data/lifecycle/postcondition", 0, CONDITION, &[], Closed),
    form("data/lifecycle/precondition", 0, CONDITION, &[], Closed),
    form("dynamic", 1, (&["for_each"], &["iterator", "labels"]), &["content"], Closed),
    form("dynamic/content", 0, NONE, &[], All),
    form("ephemeral", 2, NONE, &[], All),
    form("import", 0, (&["to"], &["for_each", "id", "provider"]), &[], Closed),
    form("locals", 0, NONE, &[], Arguments),
    form("module", 1, NONE, &[], Arguments),
    form("moved", 0, (&["from", "to"], &[]), &[], Closed),
    form("output", 1, (&[], &["depends_on", "description", "ephemeral", "sensitive", "value"]), CONDITIONS, Closed),
    form("output/precondition", 0, CONDITION, &[], Closed),
    form("provider", 1, NONE, &[], All),
    form("removed", 0, (&["from"], &[]), &["connection", "lifecycle", "provisioner"], Closed),
    form("removed/lifecycle", 0, (&[], &["destroy"]), &[], Closed),
    form("resource", 2, NONE, &[], All),
    form("resource/lifecycle", 0, LIFECYCLE, CONDITIONS, Closed),
    form("resource/lifecycle/postcondition", 0, CONDITION, &[], Closed),
    form("resource/lifecycle/precondition", 0, CONDITION, &[], Closed),
    form("terraform", 0, (&[], &["experiments", "language", "required_version"]), SETTINGS, Closed),
    form("terraform/backend", 1, NONE, &[], All),
    form("terraform/cloud", 0, NONE, &[], All),
    form("terraform/provider_meta", 1, NONE, &[], All),
    form("terraform/required_providers", 0, NONE, &[], Arguments),
    form(
        "variable",
        1,
        (&[], &["default", "description", "ephemeral", "nullable", "sensitive", "type"]),
        &["validation"],
        Closed,
    ),
    form("variable/validation", 0, CONDITION, &[], Closed),
    form("removed/provisioner", 1, NONE, &[], All),
    form("resource/provisioner", 1, NONE, &[], All),
];

const SETTINGS: &[&str] = &["backend", "cloud", "provider_meta", "required_providers"];

/// What the provisioners of Terraform take, and `when`, `on_failure` and a `connection` besides.
pub(super) const PROVISIONERS: [(&str, &[&str], &[&str]); 3] = [
    ("file", &["destination"], &["content", "source"]),
    ("local-exec", &["command"], &["environment", "interpreter", "quiet", "working_dir"]),
    ("remote-exec", &[], &["inline", "script", "scripts"]),
];

/// Names that variables must not have, since calls of modules have arguments of these names.
pub(super) const RESERVED_VARIABLES: [&str; 8] =
    ["count", "depends_on", "for_each", "lifecycle", "locals", "providers", "source", "version"];
