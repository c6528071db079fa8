//! Floor 2: HCL as Terraform reads it.
//!
//! A directory is a [`Module`]; its resource blocks, overrides merged, become [`Resource`]s whose settings an
//! [`Evaluator`] computes when a rule asks for them. This floor knows Terraform's language and nothing of rules.

mod checks;
mod circles;
mod detour;
mod documents;
mod environment;
mod evaluate;
mod expand;
mod functions;
mod inputs;
mod limits;
mod module;
mod plan;
mod provider;
mod resource;
mod schema;
mod tree;
mod value;
mod yaml;

pub use checks::refusal;
pub use detour::Detour;
pub use documents::{Document, Field};
pub use environment::{Environment, Walk};
pub use evaluate::{Evaluated, Evaluator, Refusal};
pub use expand::{Instance, Instances};
pub use inputs::{Argument, Inputs, Layer};
pub use module::{Module, ModuleCall, ModuleFile, ResourceBlock, overrides};
pub use plan::{Plan, Planned, plan};
pub use resource::{InstanceValue, Resource, Setting};
pub use tree::{Library, Locked, Tree, constant_text};
pub use value::{
    Attributes, Data, Hop, HopKind, Marks, Mismatch, NoNumber, Notation, Number, Origin, Private, Standing, Type,
    Unknown, Value,
};
