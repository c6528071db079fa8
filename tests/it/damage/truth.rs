//! What Terraform would make of a damaged tree, told without podgate: by hcl-edit, `serde_json` and a port of libyaml.
//!
//! It knows the trees of `tree` and no others. Where it is in doubt it wants something to be said.

use std::collections::BTreeMap;
use std::os::unix::ffi::OsStrExt;

use hcl_edit::Span as _;
use hcl_edit::expr::Expression;
use hcl_edit::structure::{Block, Body};
use serde::Deserialize as _;
use serde_json::Value as Json;

use super::tree::{Files, Node};

/// What has to come of a scan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Truth {
    /// All is sound, and no policy that shares the host's IPC namespace is left: nothing need be said.
    Disarmed,
    /// All is sound as far as syntax goes, and the value is no longer the one that was planted: something is to be said
    /// about the policy.
    Changed,
    /// The policy is there, or something cannot be read: it is found, or something is named, with a non-zero exit.
    Wanted,
}

/// What an attribute is set to.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Setting {
    True,
    False,
    /// An expression, as it is written.
    Text(String),
}

/// What a directory says that matters here.
#[derive(Debug, Default)]
struct Seen {
    is_unreadable: bool,
    /// Something that Terraform would refuse about a policy, though the syntax is sound.
    is_odd: bool,
    policies: Vec<Setting>,
    variables: BTreeMap<String, Variable>,
    /// The sources of module calls, and what they give to `ipc`.
    calls: Vec<(Setting, Option<Setting>)>,
}

/// What is written of a variable.
#[derive(Debug)]
struct Variable {
    default: Option<Setting>,
    is_bool: bool,
}

/// The resource types that the rule looks at, as far as the trees use them, and where each has what decides.
const TYPES: [(&str, &[&str]); 3] = [
    ("kubernetes_pod_security_policy", &["spec", "host_ipc"]),
    ("kubectl_manifest", &["yaml_body"]),
    ("kubernetes_manifest", &["manifest"]),
];

fn path_of(resource_type: &str) -> Option<&'static [&'static str]> {
    let known = TYPES.iter().find(|(name, _)| *name == resource_type.trim_end_matches("_v1beta1"));
    known.map(|(_, path)| *path)
}

/// What has to come of a scan of a tree.
pub fn truth(files: &Files) -> Truth {
    let (root, agents) = (directory(files, b""), directory(files, b"agents/"));
    let mut truth = of_directory(&root, files, &values(files));
    let mut is_called = false;
    for (source, ipc) in &root.calls {
        if *source == Setting::Text("./agents".to_owned()) {
            let given = Values { is_unreadable: false, ipc: ipc.clone() };
            truth = truth.max(of_directory(&agents, files, &given));
            is_called = true;
        } else {
            truth = truth.max(Truth::Changed);
        }
    }
    if is_called { truth } else { truth.max(of_directory(&agents, files, &Values::default())) }
}

/// What gives a value to `ipc`: a call, or files of values.
#[derive(Debug, Default)]
struct Values {
    is_unreadable: bool,
    ipc: Option<Setting>,
}

fn of_directory(seen: &Seen, files: &Files, values: &Values) -> Truth {
    let mut truth = Truth::Disarmed;
    if seen.is_odd {
        truth = Truth::Changed;
    }
    if seen.is_unreadable || (values.is_unreadable && !seen.policies.is_empty()) {
        truth = Truth::Wanted;
    }
    for policy in &seen.policies {
        truth = truth.max(match policy {
            Setting::True => Truth::Wanted,
            Setting::False => Truth::Disarmed,
            Setting::Text(text) => of_expression(text, seen, files, values),
        });
    }
    truth
}

fn of_expression(text: &str, seen: &Seen, files: &Files, values: &Values) -> Truth {
    const FILE: &str = "file(\"${path.module}/policy.yaml\")";
    if text == FILE || text == format!("yamldecode({FILE})") {
        return of_manifest(files);
    }
    if text != "var.ipc" {
        return Truth::Changed;
    }
    let given = values.ipc.as_ref();
    let Some(variable) = seen.variables.get("ipc").filter(|variable| variable.is_bool) else { return Truth::Changed };
    match given.or(variable.default.as_ref()) {
        Some(Setting::True) => Truth::Wanted,
        Some(Setting::False) => Truth::Disarmed,
        Some(Setting::Text(_)) | None => Truth::Changed,
    }
}

/// The bytes of a file as Terraform reads it; `None` when it cannot be read.
fn bytes(node: &Node) -> Option<&[u8]> {
    match node {
        Node::File(bytes) | Node::Link(_, Some(bytes)) => Some(bytes),
        _ => None,
    }
}

/// The text of some bytes, without a mark.
fn text(bytes: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(bytes).ok()?;
    Some(text.strip_prefix('\u{feff}').unwrap_or(text))
}

/// A file as hcl-edit reads it, and the text that its places are in.
fn hcl(bytes: &[u8]) -> Option<(Body, String)> {
    let text = text(bytes)?;
    // Where lines end by a carriage return, the first comment is the whole file to Terraform, and nobody means that.
    let has_lines = text.contains('\n') || !text.contains('\r');
    let text: String = text.split_inclusive('\n').map(without_returns_in_comment).collect();
    let body = hcl_edit::parser::parse_body(&text).ok().filter(|_| has_lines)?;
    Some((body, text))
}

/// A line, and if it is a comment, without what Terraform takes in one and hcl-edit does not.
fn without_returns_in_comment(line: &str) -> String {
    if line.trim_start().starts_with('#') { line.replace('\r', " ") } else { line.to_owned() }
}

/// Reads the configuration of a directory; `prefix` is its path with a slash.
fn directory(files: &Files, prefix: &[u8]) -> Seen {
    let mut seen = Seen::default();
    for (path, node) in files {
        let Some(name) = path.as_bytes().strip_prefix(prefix).filter(|name| !name.contains(&b'/')) else { continue };
        let is_ignored = name.starts_with(b".") || name.ends_with(b"~") || (name[0] == b'#' && name.ends_with(b"#"));
        let (is_hcl, is_json) = (name.ends_with(b".tf"), name.ends_with(b".tf.json"));
        if is_ignored || !(is_hcl || is_json) || *node == Node::Directory {
            continue;
        }
        let read = bytes(node).and_then(|bytes| if is_json { seen.json(bytes) } else { seen.hcl(bytes) });
        seen.is_unreadable |= read.is_none() && bytes(node).is_none_or(mentions_policies);
    }
    seen
}

/// Whether bytes that are no sound configuration can hold a policy, or lead to one. Of a file that breaks off before
/// its first policy nobody can tell.
fn mentions_policies(bytes: &[u8]) -> bool {
    const NO_TEXT: [&[u8]; 3] = [b"\xff\xfe", b"\xfe\xff", b"\0GITCRYPT\0"];
    // UTF-16 without a mark is this, but for the NULs.
    let text = String::from_utf8_lossy(bytes).replace('\0', "");
    let calls = |line: &str| line.contains("module \"") && !line.starts_with('#');
    NO_TEXT.iter().any(|start| bytes.starts_with(start))
        || TYPES.iter().any(|(resource_type, _)| text.contains(resource_type))
        || (text.lines().any(calls) && text.contains("./agents"))
}

impl Seen {
    fn hcl(&mut self, bytes: &[u8]) -> Option<()> {
        let (body, text) = &hcl(bytes)?;
        for block in body.blocks() {
            let labels: Vec<&str> = block.labels.iter().map(hcl_edit::structure::BlockLabel::as_str).collect();
            self.is_odd |= holds_resource(&block.body);
            match (block.ident.as_str(), labels.as_slice()) {
                ("resource", [resource_type, _]) => self.resource(block, path_of(resource_type), text),
                ("resource", labels) => self.is_odd |= labels.iter().any(|label| path_of(label).is_some()),
                ("variable", [name]) => {
                    let default = attribute(&block.body, "default", text);
                    let kind = attribute(&block.body, "type", text);
                    let is_bool = kind.is_none_or(|kind| kind == Setting::Text("bool".to_owned()));
                    self.variables.insert((*name).to_owned(), Variable { default, is_bool });
                }
                ("module", [_]) => {
                    let source = attribute(&block.body, "source", text);
                    let source = source.unwrap_or_else(|| Setting::Text(String::new()));
                    self.calls.push((source, attribute(&block.body, "ipc", text)));
                }
                ("module", _) => self.is_odd = true,
                _ => {}
            }
        }
        Some(())
    }

    fn resource(&mut self, block: &Block, path: Option<&[&str]>, text: &str) {
        match path {
            Some([outer, name]) => {
                let inner = block.body.get_blocks(outer);
                self.policies.extend(inner.filter_map(|inner| attribute(&inner.body, name, text)));
            }
            Some([name]) => self.policies.extend(attribute(&block.body, name, text)),
            _ => {}
        }
    }

    fn json(&mut self, bytes: &[u8]) -> Option<()> {
        let document: Json = serde_json::from_str(text(bytes)?).ok()?;
        if !matches!(document, Json::Object(_) | Json::Array(_)) {
            return None;
        }
        for (resource_type, path) in TYPES {
            let resources = below(&document, "resource").into_iter().flat_map(|types| below(types, resource_type));
            let bodies: Vec<&Json> = resources.flat_map(members).collect();
            let [outer, name] = path else { continue };
            let settings = bodies.into_iter().flat_map(|body| below(body, outer)).flat_map(|spec| below(spec, name));
            self.policies.extend(settings.map(of_json));
        }
        Some(())
    }
}

/// Whether a resource of interest stands where none may.
fn holds_resource(body: &Body) -> bool {
    body.blocks().any(|block| {
        let is_resource = block.ident.as_str() == "resource";
        let is_of_interest = block.labels.iter().any(|label| path_of(label.as_str()).is_some());
        (is_resource && is_of_interest) || holds_resource(&block.body)
    })
}

fn attribute(body: &Body, name: &str, text: &str) -> Option<Setting> {
    let value = &body.get_attribute(name)?.value;
    let of_text = |text: &str| match text {
        "true" => Setting::True,
        "false" => Setting::False,
        other => Setting::Text(other.to_owned()),
    };
    Some(match value {
        Expression::Bool(value) => of_text(if *value.value() { "true" } else { "false" }),
        Expression::String(value) => of_text(value.as_str()),
        other => Setting::Text(text[other.span().expect("a parsed expression has a span")].trim().to_owned()),
    })
}

/// The values under a name, in an object or in any of a list of objects.
fn below<'j>(value: &'j Json, name: &str) -> Vec<&'j Json> {
    match value {
        Json::Array(values) => values.iter().flat_map(|value| below(value, name)).collect(),
        other => other.get(name).into_iter().collect(),
    }
}

/// The values of an object, or of all objects of a list.
fn members(value: &Json) -> Vec<&Json> {
    match value {
        Json::Array(values) => values.iter().flat_map(members).collect(),
        Json::Object(fields) => fields.values().collect(),
        _ => Vec::new(),
    }
}

fn of_json(value: &Json) -> Setting {
    match value {
        Json::Bool(true) => Setting::True,
        Json::Bool(false) | Json::Null => Setting::False,
        Json::String(text) if text == "true" => Setting::True,
        other => Setting::Text(other.to_string()),
    }
}

/// What the file of the manifest says.
fn of_manifest(files: &Files) -> Truth {
    let Some(text) = files.get("policy.yaml".as_ref() as &std::ffi::OsStr).and_then(bytes).and_then(text) else {
        return Truth::Wanted;
    };
    let mut truth = Truth::Disarmed;
    for document in serde_yaml_ng::Deserializer::from_str(text) {
        match serde_yaml_ng::Value::deserialize(document) {
            Ok(value) => truth = truth.max(of_document(&value)),
            // The documents behind an error do not end.
            Err(_) => return Truth::Wanted,
        }
    }
    truth
}

fn of_document(document: &serde_yaml_ng::Value) -> Truth {
    if document["kind"] != "PodSecurityPolicy" {
        return Truth::Disarmed;
    }
    match document.get("spec").and_then(|spec| spec.get("hostIPC")) {
        None | Some(serde_yaml_ng::Value::Bool(false) | serde_yaml_ng::Value::Null) => Truth::Disarmed,
        Some(serde_yaml_ng::Value::Bool(true)) => Truth::Wanted,
        Some(_) => Truth::Changed,
    }
}

/// What the files of values that Terraform reads by itself say.
fn values(files: &Files) -> Values {
    let mut values = Values::default();
    for (path, node) in files {
        let name = path.as_bytes();
        let is_hcl = name == b"terraform.tfvars" || name.ends_with(b".auto.tfvars");
        let is_json = name == b"terraform.tfvars.json" || name.ends_with(b".auto.tfvars.json");
        if name.contains(&b'/') || !(is_hcl || is_json) {
            continue;
        }
        let read = bytes(node).and_then(|bytes| if is_json { values.json(bytes) } else { values.hcl(bytes) });
        values.is_unreadable |= read.is_none();
    }
    values
}

impl Values {
    fn hcl(&mut self, bytes: &[u8]) -> Option<()> {
        let (body, text) = &hcl(bytes)?;
        self.ipc = attribute(body, "ipc", text).or(self.ipc.take());
        Some(())
    }

    fn json(&mut self, bytes: &[u8]) -> Option<()> {
        let document: Json = serde_json::from_str(text(bytes)?).ok()?;
        if !matches!(document, Json::Object(_) | Json::Array(_)) {
            return None;
        }
        self.ipc = below(&document, "ipc").first().map(|value| of_json(value)).or(self.ipc.take());
        Some(())
    }
}
