//! What the fuzz targets have in common: the invariants of podgate's own tests, which replay the corpora.
#![allow(clippy::disallowed_methods, reason = "these make the files that the scanner reads")]

#[path = "../../tests/it/support/agreement.rs"]
mod agreement;
#[path = "../../tests/it/invariants/mod.rs"]
pub mod invariants;

/// Where the invariants look for what several tests use.
mod support {
    pub(crate) use crate::agreement;
}
