//! Files that expressions read. They lie inside the boundary of the scan, or are not known.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{Evaluator, Refusal, refuse};
use crate::source::{Span, read};
use crate::terraform::limits::{LETTERS, MOST_TEXT};
use crate::terraform::value::{HopKind, Origin, Unknown, Value};

/// Something of a file, or why it is not known.
pub(in crate::terraform) type Found<T> = Result<T, Arc<Unknown>>;

/// Where a text that is being decoded stands, so that what is in it has a place.
#[derive(Debug)]
pub(in crate::terraform) struct Located {
    /// The place of the text: it stands there byte for byte, if it is as long.
    whole: Span,
    /// Whether the places of what is in the text are known.
    exact: bool,
    /// Where the text comes from.
    origin: Origin,
}

impl Located {
    /// The place of the whole text.
    pub(in crate::terraform) fn whole(&self) -> Span {
        self.whole
    }

    /// A value that stands at a range of the text.
    pub(in crate::terraform) fn place(&self, value: Value, range: Range<usize>) -> Value {
        if !self.exact {
            return value.from_origin(self.origin.clone());
        }
        let start = self.whole.start as usize;
        let span = Span::new(self.whole.file, start + range.start, start + range.end);
        value.from_origin(Origin::written(span).along(&self.origin))
    }
}

impl Evaluator<'_> {
    /// Where the text of a value stands: in a file that was read, or in a heredoc.
    pub(in crate::terraform) fn located(&self, value: &Value, text: &str) -> Located {
        let written =
            value.origin.hops().find(|hop| matches!(hop.kind, HopKind::Written | HopKind::Hidden)).map(|hop| hop.span);
        let whole = written.or_else(|| value.origin.hops().next().map(|hop| hop.span));
        let found = written.and_then(|span| {
            let around = self.sources.text(span);
            // A heredoc's text starts behind its first line.
            let from = if around.starts_with("<<") { around.find('\n')? + 1 } else { 0 };
            Some((span, from + around[from..].find(text)?))
        });
        match (found, whole) {
            (Some((span, at)), _) if !text.is_empty() => {
                let start = span.start as usize + at;
                let whole = Span::new(span.file, start, start + text.len());
                Located { whole, exact: true, origin: value.origin.clone() }
            }
            (_, Some(whole)) => Located { whole, exact: false, origin: value.origin.clone() },
            (_, None) => Located { whole: self.nowhere(), exact: false, origin: Origin::default() },
        }
    }

    /// A place for what has none: the start of the module.
    fn nowhere(&self) -> Span {
        self.locals.values().next().copied().unwrap_or_else(|| self.sources.start_of_first())
    }

    /// The path of a file that an expression names.
    pub(in crate::terraform) fn file_path(&self, path: &str, span: Span) -> Found<PathBuf> {
        let Some(directory) = &self.environment.directory else {
            return Err(Unknown::new("it depends on a file", span));
        };
        let outside = || Unknown::new(format!("it depends on {path}, which is outside of the root"), span);
        if path.starts_with('~') {
            return Err(outside());
        }
        let path = directory.join(path);
        // What is not there cannot be resolved; then the directory decides.
        let resolved = path.canonicalize().or_else(|_| lexical(&path).ok_or(()));
        match resolved {
            Ok(resolved) if resolved.starts_with(self.environment.boundary) => Ok(resolved),
            _ => Err(outside()),
        }
    }

    /// The bytes of a file that an expression names.
    pub(in crate::terraform) fn file_bytes(&self, path: &str, span: Span) -> Result<Found<Vec<u8>>, Refusal> {
        match self.file_path(path, span) {
            Err(unknown) => Ok(Err(unknown)),
            Ok(found) if !found.is_file() => refuse(format!("there is no file {path}"), span),
            Ok(found) => {
                let bytes = read::bytes(&found).map_err(|error| Unknown::new(format!("{path} {error}"), span));
                Ok(bytes.and_then(|bytes| match self.budget().spend(bytes.len() / LETTERS) {
                    Ok(()) if bytes.len() <= MOST_TEXT => Ok(bytes),
                    Ok(()) => {
                        let reason = format!("{path} is longer than {MOST_TEXT} bytes, which is podgate's limit");
                        Err(Unknown::new(self.budget().meet(reason), span))
                    }
                    Err(reason) => Err(Unknown::new(reason, span)),
                }))
            }
        }
    }

    /// The text of a file that an expression names, as a value that is written there.
    pub(in crate::terraform) fn file(&self, path: &str, span: Span) -> Result<Found<Value>, Refusal> {
        let resolved = match self.file_path(path, span) {
            Ok(resolved) => resolved,
            Err(unknown) => return Ok(Err(unknown)),
        };
        if let Some(known) = self.shared.files.borrow().get(&resolved) {
            return Ok(Ok(known.clone()));
        }
        let bytes = match self.file_bytes(path, span)? {
            Ok(bytes) => bytes,
            Err(unknown) => return Ok(Err(unknown)),
        };
        let contents = match read::text(bytes) {
            Ok(contents) if contents.is_damaged() => return refuse(format!("{path} is not UTF-8 text"), span),
            Ok(contents) => contents,
            Err(error) => return Ok(Err(Unknown::new(format!("{path} {error}"), span))),
        };
        let shown = resolved.strip_prefix(self.environment.boundary).unwrap_or(&resolved).to_owned();
        let file = self.sources.add_private(shown, contents);
        let text = self.sources[file].text();
        let value = Value::string(text).written(Span::new(file, 0, text.len()));
        self.shared.files.borrow_mut().insert(resolved, value.clone());
        Ok(Ok(value))
    }
}

/// A path without `.` and `..`, links not followed.
fn lexical(path: &Path) -> Option<PathBuf> {
    let mut cleaned = PathBuf::new();
    for part in path.components() {
        match part {
            std::path::Component::ParentDir => cleaned.pop().then_some(())?,
            std::path::Component::CurDir => {}
            part => cleaned.push(part),
        }
    }
    Some(cleaned)
}
