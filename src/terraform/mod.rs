//! Floor 2: HCL as Terraform reads it.
//!
//! A directory is a [`Module`]; its resource blocks, overrides merged, become [`Resource`]s whose settings an
//! [`Evaluator`] computes when a rule asks for them. This floor knows Terraform's language and nothing of rules.

mod circles;
mod documents;
mod environment;
mod evaluate;
mod expand;
mod functions;
mod inputs;
mod limits;
mod module;
mod plan;
mod resource;
mod schema;
mod tree;
mod value;

pub use documents::{Document, Field};
pub use environment::Environment;
pub use evaluate::{Evaluated, Evaluator, Refusal};
pub use expand::{Instance, Instances};
pub use inputs::{Argument, Inputs, Layer};
pub use module::{Module, ModuleCall, ModuleFile, ResourceBlock, overrides};
pub use plan::{Plan, Planned, plan};
pub use resource::{InstanceValue, Resource, Setting};
pub use tree::{Library, Tree, constant_text};
pub use value::{Attributes, Data, Hop, HopKind, Marks, Mismatch, Number, Origin, Private, Type, Unknown, Value};
