//! Files that expressions read. They lie inside the boundary of the scan, or are not known.

use std::ops::Range;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use super::{Evaluator, Refusal};
use crate::source::{Disclosure, Span, read};
use crate::terraform::limits::{MOST_TEXT, STEPS_OF_FILE};
use crate::terraform::value::{Data, Hop, HopKind, Marks, Origin, Private, Type, Unknown, Value};

/// Something of a file, or why it is not known.
pub(in crate::terraform) type Found<T> = Result<T, Arc<Unknown>>;

/// What it takes to list a file, in steps.
const STEPS_OF_LISTED: usize = 100;

/// Where a text that is being decoded stands, so that what is in it has a place.
#[derive(Debug)]
pub(in crate::terraform) struct Located {
    /// The place of the text.
    whole: Span,
    /// Whether the text stands there as it is, and is not made of what was read from elsewhere.
    verbatim: bool,
    /// Where lines of the text start, in the text and in the file, ascending; empty when that is not known.
    lines: Vec<(usize, usize)>,
    /// Where the text comes from.
    origin: Origin,
    /// What is written there, if it is short.
    cause: Option<String>,
}

impl Located {
    /// The place of the whole text.
    pub(in crate::terraform) fn whole(&self) -> Span {
        self.whole
    }

    /// A value that stands at a range of the text.
    pub(in crate::terraform) fn place(&self, value: Value, range: Range<usize>) -> Value {
        let at = |offset: usize| {
            let behind = self.lines.partition_point(|(start, _)| *start <= offset);
            let (start, in_file) = self.lines.get(behind.checked_sub(1)?)?;
            Some((in_file + (offset - start)).min(self.whole.end as usize))
        };
        let (Some(start), Some(end)) = (at(range.start), at(range.end)) else {
            return value.from_origin(self.origin.clone());
        };
        let span = Span::new(self.whole.file, start, end.max(start));
        if self.origin.is_hidden() {
            return value.from_origin(Origin::written(span).hidden().along(&self.origin));
        }
        if self.verbatim {
            return value.from_origin(Origin::written(span).along(&self.origin));
        }
        // A text may be made of several values; only one that looks like this can be what it comes from.
        let is_cause = value.convert(&Type::String).is_ok_and(|value| match &value.data {
            Data::String(text) => self.cause.as_deref().is_some_and(|cause| cause.trim_matches('"') == &**text),
            _ => false,
        });
        let origin = if is_cause { self.origin.clone() } else { Origin::default() };
        value.from_origin(origin.then(HopKind::Computed, span))
    }
}

/// Where the lines of a heredoc's text, or of a part of it, start: in the text, and in the heredoc as it is written,
/// behind the indent that was taken away. Only when it has as many lines as are written, or stands there once.
fn heredoc_lines(text: &str, written: &str) -> Option<Vec<(usize, usize)>> {
    let mut offset = written.find('\n')? + 1;
    let body = &written[offset..=written.rfind('\n')?];
    let indent = |line: &str| line.len() - line.trim_start_matches([' ', '\t']).len();
    if body.lines().count() != text.lines().count() {
        return part_lines(text, body, offset);
    }
    let mut start = 0;
    let lines = body.split_inclusive('\n').zip(text.split_inclusive('\n')).map(|(line, shown)| {
        let place = (start, offset + indent(line).saturating_sub(indent(shown)));
        start += shown.len();
        offset += line.len();
        place
    });
    Some(lines.collect())
}

/// Where the lines of a part of an indented heredoc start: in the part, and in the heredoc, whose body stands at
/// `offset`.
fn part_lines(part: &str, body: &str, offset: usize) -> Option<Vec<(usize, usize)>> {
    let indent = |line: &str| line.len() - line.trim_start_matches(' ').len();
    let spare = body.lines().filter(|line| !line.trim().is_empty()).map(indent).min()?;
    let (mut text, mut starts, mut at) = (String::new(), Vec::new(), offset);
    for line in body.split_inclusive('\n') {
        let taken = indent(line).min(spare);
        starts.push((text.len(), at + taken));
        text.push_str(&line[taken..]);
        at += line.len();
    }
    if part.trim().is_empty() || text.matches(part).count() != 1 {
        return None;
    }
    let first = text.find(part)?;
    let above = starts.partition_point(|(start, _)| *start <= first) - 1;
    let (start, place) = starts[above];
    let inside = starts[above + 1..].iter().filter(|(start, _)| *start < first + part.len());
    let inside = inside.map(|(start, place)| (start - first, *place));
    Some(std::iter::once((0, place + (first - start))).chain(inside).collect())
}

impl Evaluator<'_> {
    /// Where the text of a value stands: in a file that was read, or in a heredoc.
    ///
    /// # Errors
    ///
    /// When there are not enough steps left to look for it, with the reason.
    pub(in crate::terraform) fn located(&self, value: &Value, text: &str) -> Result<Located, String> {
        // The text is compared with what stands at each place on its way, and looked for there.
        let searched: usize = value.origin.hops().map(|hop| hop.span.range().len()).sum();
        self.budget().spend((searched + text.len()) / 4)?;
        Ok(self.placed(value, text))
    }

    fn placed(&self, value: &Value, text: &str) -> Located {
        let hops: Vec<Hop> = value.origin.hops().collect();
        let whole = hops.last().or(hops.first()).map_or_else(|| self.nowhere(), |hop| hop.span);
        let origin = value.origin.clone();
        let cause = hops.last().map(|hop| self.sources.text(hop.span)).filter(|text| text.len() < 100);
        let cause = cause.map(ToOwned::to_owned);
        for hop in hops.iter().rev().filter(|hop| !matches!(hop.kind, HopKind::Read | HopKind::Held)) {
            let written = self.sources.text(hop.span);
            let lines = if written == text && !text.is_empty() {
                Some(vec![(0, 0)])
            } else if !text.trim().is_empty() && written.matches(text).count() == 1 {
                // A part of a file, as `split` gives it.
                written.find(text).map(|at| vec![(0, at)])
            } else if written.starts_with("<<") {
                heredoc_lines(text, written)
            } else {
                None
            };
            if let Some(lines) = lines {
                let start = hop.span.start as usize;
                let lines = lines.into_iter().map(|(line, at)| (line, start + at)).collect();
                let verbatim = hop.kind != HopKind::Computed;
                return Located { whole: hop.span, verbatim, lines, origin, cause };
            }
        }
        Located { whole, verbatim: false, lines: Vec::new(), origin, cause }
    }

    /// A place for what has none: the start of the module.
    fn nowhere(&self) -> Span {
        self.locals.values().next().copied().unwrap_or_else(|| self.sources.start_of_first())
    }

    /// Where files lie that may be read.
    pub(in crate::terraform) fn boundary(&self) -> &Path {
        self.environment.boundary
    }

    /// The path of a file that an expression names.
    pub(in crate::terraform) fn file_path(&self, path: &str, span: Span) -> Found<PathBuf> {
        self.budget().spend(STEPS_OF_FILE + path.len()).map_err(|reason| Unknown::new(reason, span))?;
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
            Ok(resolved) if !resolved.starts_with(self.environment.boundary) => {
                // What is inside of the root but for a link was meant to be there, and may be anything.
                let is_led_out = lexical(&path).is_some_and(|path| path.starts_with(self.environment.boundary));
                Err(if is_led_out {
                    Unknown::flaw("the file that it reads is a link that leads out of the root", span)
                } else {
                    outside()
                })
            }
            Ok(resolved) if read::is_gits(&resolved) => {
                Err(Unknown::new("it depends on git's own files, which podgate does not read for expressions", span))
            }
            Ok(resolved) => {
                self.shared.asked.borrow_mut().insert(resolved.clone());
                Ok(resolved)
            }
            Err(()) => Err(outside()),
        }
    }

    /// The mark of what is read from the bytes of a file that an expression names.
    pub(in crate::terraform) fn file_marks(&self, path: &str, span: Span) -> Marks {
        let Ok(resolved) = self.file_path(path, span) else { return Marks::default() };
        let mut known = self.shared.bytes_of.borrow_mut();
        let file = *known.entry(resolved).or_insert_with_key(|resolved| {
            let shown = resolved.strip_prefix(self.environment.boundary).unwrap_or(resolved).to_owned();
            self.sources.add_private(shown, read::Contents::default(), Disclosure::Content)
        });
        Marks::private(Private::File(file))
    }

    /// Whether the keys of a document may be shown that a text stands for: the text is all of a file as it is, and no
    /// part of the file's path is hidden.
    pub(in crate::terraform) fn is_shown_file(&self, why: Private, text: &Value) -> bool {
        let (Private::File(file), Data::String(text)) = (why, &text.data) else { return false };
        let file = &self.sources[file];
        let is_hidden = |part: Component<'_>| part.as_os_str().as_encoded_bytes().starts_with(b".");
        file.path().is_relative() && !file.path().components().any(is_hidden) && file.text() == &**text
    }

    /// The bytes of a file that an expression names.
    pub(in crate::terraform) fn file_bytes(&self, path: &str, span: Span) -> Result<Found<Vec<u8>>, Refusal> {
        match self.file_path(path, span) {
            Err(unknown) => Ok(Err(unknown)),
            Ok(found) if !found.is_file() => Err(Refusal::flaw(format!("there is no file {path}"), span)),
            Ok(found) => {
                if let Err(reason) = self.budget().spend(steps_of_reading(&found)) {
                    return Ok(Err(Unknown::new(reason, span)));
                }
                let bytes = read::bytes(&found).map_err(|error| Unknown::flaw(format!("{path} {error}"), span));
                Ok(bytes.and_then(|bytes| {
                    if bytes.len() <= MOST_TEXT {
                        return Ok(bytes);
                    }
                    let reason = format!("{path} is longer than {MOST_TEXT} bytes, which is podgate's limit");
                    Err(Unknown::new(self.budget().meet(reason), span))
                }))
            }
        }
    }

    /// What a directory holds, by name, sorted; nothing for what is no directory.
    ///
    /// # Errors
    ///
    /// When there are more than podgate lists, or not enough steps left, with the reason.
    pub(super) fn names_in(&self, directory: &Path) -> Result<Vec<String>, String> {
        self.budget().spend(STEPS_OF_FILE)?;
        let names = read::names_in(directory);
        let count = names.as_ref().map_or(read::MOST_LISTED, Vec::len);
        self.budget().spend(count * STEPS_OF_LISTED)?;
        let most = read::MOST_LISTED;
        names.ok_or_else(|| format!("it depends on a directory of more than {most} files, which is podgate's limit"))
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
            Ok(contents) if contents.is_damaged() => {
                return Err(Refusal::flaw(format!("{path} is not UTF-8 text"), span));
            }
            Ok(contents) => contents,
            Err(error) => return Ok(Err(Unknown::flaw(format!("{path} {error}"), span))),
        };
        let shown = resolved.strip_prefix(self.environment.boundary).unwrap_or(&resolved).to_owned();
        let file = self.sources.add_private(shown, contents, Disclosure::Content);
        let text = self.sources[file].text();
        let value = Value::string(text).written(Span::new(file, 0, text.len()));
        let value = value.marked(Marks::private(Private::File(file)));
        self.shared.files.borrow_mut().insert(resolved, value.clone());
        Ok(Ok(value))
    }
}

/// What it takes to read a file and to hash it, in steps. What is too long is not charged: it is not read.
fn steps_of_reading(path: &Path) -> usize {
    let length = path.metadata().map_or(0, |metadata| usize::try_from(metadata.len()).unwrap_or(usize::MAX));
    length.min(MOST_TEXT) / 2
}

/// A path without `.` and `..`, links not followed.
fn lexical(path: &Path) -> Option<PathBuf> {
    let mut cleaned = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => cleaned.pop().then_some(())?,
            Component::CurDir => {}
            part => cleaned.push(part),
        }
    }
    Some(cleaned)
}
