//! Places where a broken file can be taken up again: the headers of Terraform's top-level blocks.
//!
//! A brace that is missing makes everything behind it part of the block that lacks it. When a file is known to be
//! broken, a line that starts, unindented, with the header of a top-level block is taken as one: what was open
//! before it is closed, with an error.

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

/// Whether the header of a top-level block starts at `at`, which is the start of a line.
pub(super) fn is_anchor(text: &str, at: usize) -> bool {
    let Some(end) = lexis::identifier_end(text, at) else {
        return false;
    };
    let Some((_, labels)) = TOP_LEVEL.iter().find(|(kind, _)| *kind == &text[at..end]) else {
        return false;
    };
    (0..*labels)
        .try_fold(end, |at, _| label_end(text, lexis::skip_blanks(text.as_bytes(), at)))
        .is_some_and(|end| text.as_bytes().get(lexis::skip_blanks(text.as_bytes(), end)) == Some(&b'{'))
}

/// Where the label at `at` ends, quoted or bare.
fn label_end(text: &str, at: usize) -> Option<usize> {
    match text.as_bytes().get(at)? {
        b'"' => lexis::quoted_label_end(text.as_bytes(), at),
        _ => lexis::identifier_end(text, at),
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
        for other in ["resource \"a\" {", "locals = {", "spec {", "module {", "resource \"a\" \"b\"", "", "\"a\""] {
            assert!(!is_anchor(other, 0), "{other}");
        }
    }
}
