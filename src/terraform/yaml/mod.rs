//! YAML as events, exactly as the family of libyaml reads it: Terraform's decoder (`zclconf/go-cty-yaml` 1.1.0), and what
//! the providers use (`gopkg.in/yaml.v2` 2.4.0 and its copy in `sigs.k8s.io/yaml`).
//!
//! All of them share one scanner and one parser of YAML 1.1, with odd corners that no specification has. What a scalar, a
//! tag, a merge key or a doubled key stands for differs between them; that is not here (`functions/yaml`).

mod block;
mod flow;
mod input;
mod parse;
mod scan;
mod states;
mod tags;
mod token;

pub(super) use input::Fault;
pub(super) use parse::{Event, EventKind, Parser, Properties, Scalar};
pub(super) use scan::Dialect;
pub(super) use token::Style;

#[cfg(test)]
mod tests;
