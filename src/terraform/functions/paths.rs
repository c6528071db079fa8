//! Paths, as texts: what Go's `path/filepath` makes of them on a machine with slashes.

use super::{Call, Evaluated, Value};

pub(super) fn basename(call: &Call<'_>) -> Evaluated {
    let text = call.only_string()?;
    let trimmed = text.trim_end_matches('/');
    Ok(Value::string(match (trimmed.rsplit('/').next(), &*text) {
        (_, "") => ".",
        (Some("") | None, _) => "/",
        (Some(last), _) => last,
    }))
}

pub(super) fn dirname(call: &Call<'_>) -> Evaluated {
    let text = call.only_string()?;
    let directory = text.rfind('/').map_or("", |at| &text[..=at]);
    Ok(Value::string(&cleaned(directory)))
}

/// The shortest path that means the same, as Go's `filepath.Clean` writes it.
pub(in crate::terraform) fn cleaned(path: &str) -> String {
    let rooted = path.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => _ = parts.pop(),
            ".." if rooted => {}
            part => parts.push(part),
        }
    }
    match (rooted, parts.is_empty()) {
        (true, _) => format!("/{}", parts.join("/")),
        (false, true) => ".".to_owned(),
        (false, false) => parts.join("/"),
    }
}
