//! Any bytes as a plan.

use podgate::source::{Sources, read};
use podgate::terraform::plan;
use serde::de::IgnoredAny;

use super::{scanned, spans};

const TYPE: &str = "kubernetes_pod_security_policy";

/// Places lie in the file; a plan that cannot be read has a problem; a sound plan's policies are all there.
pub fn holds(data: &[u8]) {
    let Ok(contents) = read::text(data.to_vec()) else { return };
    let sources = Sources::default();
    let file = sources.add("plan.json".into(), contents);
    let text = sources[file].text();
    let plan = plan(file, text, &[TYPE]);
    plan.resources.iter().for_each(|planned| spans::assert_inside(planned.span, text));
    for (offset, message) in &plan.problems {
        assert!(text.is_char_boundary(*offset) && !message.is_empty(), "{offset} {message}");
    }
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if let Err(error) = serde_json::from_str::<IgnoredAny>(text) {
        assert!(!plan.problems.is_empty(), "{error}, and nothing is said");
    }
    if let Ok(document) = serde_json::from_str(text) {
        let policies = policies(&document);
        assert!(!plan.problems.is_empty() || plan.resources.len() >= policies, "{policies} policies: {plan:?}");
    }
    as_it_is_scanned(data);
}

/// How many policies a plan creates.
fn policies(document: &serde_json::Value) -> usize {
    let is_created = |change: &&serde_json::Value| {
        change["type"] == TYPE && change["mode"] == "managed" && change["change"]["actions"][0] == "create"
    };
    document["resource_changes"].as_array().map_or(0, |changes| changes.iter().filter(is_created).count())
}

fn as_it_is_scanned(data: &[u8]) {
    let directory = scanned::tree(&[("plan.json", data)]);
    scanned::sound(&scanned::scan_in(directory.path(), vec![directory.path().join("plan.json")]));
}
