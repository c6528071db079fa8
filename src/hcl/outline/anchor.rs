//! Places where a broken file can be taken up again: the headers of Terraform's top-level blocks.
//!
//! A brace that is missing makes everything behind it part of the block that lacks it. When a file is known to be
//! broken, a line that starts, unindented, with the header of a top-level block is taken as one: what was open
//! before it is closed, with an error.

use super::Block;
use crate::hcl::lexis;

/// Terraform's top-level blocks and the number of their labels
/// (<https://developer.hashicorp.com/terraform/language>, version 1.11).
const TOP_LEVEL: [(&str, usize); 13] = [
    ("check", 1),
    ("data", 2),
    ("ephemeral", 2),
    ("import", 0),
    ("locals", 0),
    ("module", 1),
    ("moved", 0),
    ("output", 1),
    ("provider", 1),
    ("removed", 0),
    ("resource", 2),
    ("terraform", 0),
    ("variable", 1),
];

/// How many bytes of comments are passed over in a header.
const LONGEST_COMMENT: usize = 1_000;

/// Whether the header of a top-level block starts at `at`.
pub(super) fn is_anchor(text: &str, at: usize) -> bool {
    let Some(end) = lexis::identifier_end(text, at) else {
        return false;
    };
    let Some((_, labels)) = TOP_LEVEL.iter().find(|(kind, _)| *kind == &text[at..end]) else {
        return false;
    };
    (0..*labels)
        .try_fold(end, |at, _| label_end(text, skip_space(text, at)))
        .is_some_and(|end| text.as_bytes().get(skip_space(text, end)) == Some(&b'{'))
}

/// Whether a word starts the header of a top-level block: a first, quick look.
pub(super) fn is_kind(word: &str) -> bool {
    TOP_LEVEL.iter().any(|(kind, _)| *kind == word)
}

/// Whether an argument or the header of a block starts at `at`: a word, and `=`; or a word, up to two labels, a brace.
pub(super) fn is_item(text: &str, at: usize) -> bool {
    let Some(mut end) = lexis::identifier_end(text, at) else { return false };
    for labels in 0..=2 {
        let next = skip_space(text, end);
        match text.as_bytes()[next..] {
            [b'{', ..] => return true,
            [b'=', b'=' | b'>', ..] => return false,
            [b'=', ..] => return labels == 0,
            _ => {}
        }
        let Some(behind) = label_end(text, next) else { return false };
        end = behind;
    }
    false
}

/// Whether Terraform takes such a block at the top level only: no other block has one of that name with labels, but for
/// `data` in a `check`, and `provider` in blocks of newer versions.
pub(super) fn is_misplaced(block: &Block, parent: &Block) -> bool {
    let wanted = TOP_LEVEL.iter().find(|(kind, _)| *kind == &*block.kind).map_or(0, |(_, labels)| *labels);
    let may_nest = matches!((&*block.kind, &*parent.kind), ("provider" | "check", _) | ("data", "check"));
    wanted > 0 && wanted == block.labels.len() && !may_nest
}

/// Behind the blanks and the comments at `at`, as far as they leave the line open.
fn skip_space(text: &str, at: usize) -> usize {
    let mut at = lexis::skip_blanks(text.as_bytes(), at);
    // A comment may reach to the end of the file, and such a header may be asked for anywhere.
    let window = &text.as_bytes()[..text.len().min(at + LONGEST_COMMENT)];
    while let Some(lexis::Comment::Inline(Some(end))) = lexis::comment(window, at, false) {
        at = lexis::skip_blanks(window, end);
    }
    at
}

/// Where the label at `at` ends, quoted or bare. The words of a `for` are none.
fn label_end(text: &str, at: usize) -> Option<usize> {
    match text.as_bytes().get(at)? {
        b'"' => lexis::quoted_label_end(text.as_bytes(), at),
        _ => lexis::identifier_end(text, at).filter(|end| !matches!(&text[at..*end], "if" | "in")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn anchors_have_the_labels_of_their_kind() {
        for anchor in ["resource \"a\" \"b\" {", "resource a b{", "locals {", "module \"m\" {"] {
            assert!(is_anchor(anchor, 0), "{anchor}");
        }
        for item in ["a =", "a=1", "a {", "a b \"c\" {", "a /* b */ {"] {
            assert!(is_item(item, 0), "{item}");
        }
        for other in ["a == b", "a b = c", "a b c d {", "a", "1 = 2", "a + b {"] {
            assert!(!is_item(other, 0), "{other}");
        }
        for other in ["resource \"a\" {", "locals = {", "spec {", "module {", "resource \"a\" \"b\"", "", "\"a\""] {
            assert!(!is_anchor(other, 0), "{other}");
        }
    }
}
