//! Floor 2: HCL as Terraform reads it.
//!
//! A directory is a [`Module`]; its resource blocks, overrides merged, become [`Resource`]s whose settings are
//! evaluated when a rule asks for them. This floor knows Terraform's language and nothing of rules.

mod evaluate;
mod expand;
mod module;
mod resource;
mod value;

pub use expand::Instances;
pub use module::{Module, ModuleFile, ResourceBlock};
pub use resource::{Resource, Setting};
pub use value::{Unknown, Value};
