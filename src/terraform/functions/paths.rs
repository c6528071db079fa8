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

/// `abspath`: a path that is absolute already. Where the others start depends on the machine.
pub(super) fn abspath(call: &Call<'_>) -> Evaluated {
    let text = call.only_string()?;
    if !text.starts_with('/') {
        return Ok(call.unknown(format!("podgate does not compute this `{}`: it depends on the machine", call.name)));
    }
    Ok(Value::string(&cleaned(&text)))
}

/// `pathexpand`: a path that does not start with a home directory, which depends on the machine.
pub(super) fn pathexpand(call: &Call<'_>) -> Evaluated {
    let text = call.only_string()?;
    match text.strip_prefix('~') {
        None => Ok(Value::string(&text)),
        Some(behind) if behind.is_empty() || behind.starts_with(['/', '\\']) => {
            Ok(call.unknown(format!("podgate does not compute this `{}`: it depends on the machine", call.name)))
        }
        Some(_) => call.refused("the home directory of a user"),
    }
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
