//! The outline of any bytes.

use podgate::hcl::outline::{MOST_ERRORS, outline};
use podgate::source::{Sources, read};

use super::spans;
use crate::support::agreement;

/// Spans lie in the file, and comments follow one upon the other. In a sound file so does what stands in a body, and all
/// of it lies in its block. In a broken one a block without an end may reach over what is made good behind it. What
/// hcl-edit parses has the outline that hcl-edit gives it.
pub fn holds(data: &[u8]) {
    let Ok(contents) = read::text(data.to_vec()) else { return };
    let sources = Sources::default();
    let file = sources.add("a.tf".into(), contents);
    let text = sources[file].text();
    assert_eq!(text.len(), data.len(), "places are those of the bytes");
    let outline = outline(file, text);
    spans::assert_all_inside(&outline, text);
    if outline.errors.is_empty() {
        spans::assert_nested(&outline);
    }
    spans::assert_apart(&outline.comments);
    for comment in &outline.comments {
        let text = sources.text(*comment);
        assert!(["#", "//", "/*"].iter().any(|start| text.starts_with(start)), "{text:?} is no comment");
    }
    assert!(outline.errors.len() <= MOST_ERRORS);
    assert!(outline.more_errors == 0 || outline.errors.len() == MOST_ERRORS);
    agreement::compare(text);
}
