//! podgate finds, in Terraform, the pod security policies that share the host's IPC namespace, and reports them.
//!
//! The program is [`cli`]; as a library, [`scan::scan`] is the way in:
//!
//! ```
//! use podgate::discover::Request;
//! use podgate::rules;
//!
//! let request = Request { paths: vec!["examples/cluster".into()], ..Request::default() };
//! let scan = podgate::scan::scan(&request, rules::ALL)?;
//! let finding = &scan.report.findings[0];
//! assert_eq!(finding.site.address, "kubernetes_pod_security_policy.node_agents");
//! assert_eq!(scan.sources.start(finding.site.span).line, 15);
//! # Ok::<(), podgate::error::Error>(())
//! ```
//!
//! The house has floors; a room imports only from lower ones. See `ARCHITECTURE.md`.

pub mod cli;
pub mod discover;
pub mod error;
pub mod fingerprint;
pub mod hcl;
pub mod output;
pub mod report;
pub mod rule;
pub mod rules;
pub mod scan;
pub mod source;
pub mod terraform;
