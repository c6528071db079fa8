//! Which directories are called as modules, so that they are no roots.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::load::Loader;
use crate::hcl::json::{Json, JsonKind, Member, parse as parse_json};
use crate::hcl::outline::outline;
use crate::source::{FileId, Span};

/// Calls from below a directory of such a name are trials of a module and do not stand for how it is used.
const TRIALS: [&str; 5] = ["example", "examples", "test", "tests", "fixtures"];

/// The directories that files call, each with one of the calls. What cannot be read of a caller is said where the file
/// itself is scanned.
pub(super) fn called(callers: &[PathBuf], loader: &mut Loader) -> BTreeMap<PathBuf, Span> {
    let mut called = BTreeMap::new();
    for caller in callers {
        if is_trial(&loader.root.relative(caller)) {
            continue;
        }
        let noted = loader.notifications.len();
        let file = loader.read(caller);
        loader.notifications.truncate(noted);
        let (Some(file), Some(directory)) = (file, caller.parent()) else { continue };
        let text = loader.sources[file].text();
        let calls = if loader.sources[file].is_json() {
            let whole = Span::new(file, 0, text.len());
            json_sources(text).into_iter().map(|source| (whole, source)).collect()
        } else {
            sources(text, file)
        };
        for (call, source) in calls {
            let local = source.starts_with("./") || source.starts_with("../");
            if let Some(target) = local.then(|| directory.join(source).canonicalize().ok()).flatten() {
                called.entry(target).or_insert(call);
            }
        }
    }
    called
}

fn is_trial(path: &Path) -> bool {
    path.parent().is_some_and(|directory| {
        directory.components().any(|part| part.as_os_str().to_str().is_some_and(|name| TRIALS.contains(&name)))
    })
}

/// The calls of a file: where each stands, and its source.
fn sources(text: &str, file: FileId) -> Vec<(Span, String)> {
    let outline = outline(file, text);
    let calls = outline.body.blocks("module").filter_map(|block| {
        let source = &text[block.body.attribute("source")?.expression.range()];
        Some((block.header, source.strip_prefix('"')?.strip_suffix('"')?.to_owned()))
    });
    calls.collect()
}

/// The sources of the calls of a file in JSON syntax.
fn json_sources(text: &str) -> Vec<String> {
    fn members(json: &Json) -> Vec<&Member> {
        match &json.kind {
            JsonKind::Object(members) => members.iter().collect(),
            JsonKind::Array(elements) => elements.iter().flat_map(members).collect(),
            _ => Vec::new(),
        }
    }
    let Ok(json) = parse_json(text) else { return Vec::new() };
    let calls = members(&json).into_iter().filter(|member| &*member.name == "module");
    let calls = calls.flat_map(|member| members(&member.value)).flat_map(|call| members(&call.value));
    let sources = calls.filter(|member| &*member.name == "source").filter_map(|member| match &member.value.kind {
        JsonKind::String(source) => Some(source.to_string()),
        _ => None,
    });
    sources.collect()
}
