//! What a template needs besides its brackets: escapes, and directives that belong together.

use super::scanner::{Broken, Scanner};
use crate::hcl::lexis;

/// The directives that are open in a template.
#[derive(Debug, Clone, Default)]
pub(super) struct Directives(Vec<Directive>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Directive {
    If,
    Else,
    For,
}

impl Directives {
    /// Takes the word of the next directive, and says whether it may stand there.
    pub(super) fn take(&mut self, word: &str) -> bool {
        let (closed, opened) = match word {
            "if" => (None, Some(Directive::If)),
            "for" => (None, Some(Directive::For)),
            "else" => (Some(&[Directive::If][..]), Some(Directive::Else)),
            "endif" => (Some(&[Directive::If, Directive::Else][..]), None),
            _ => (Some(&[Directive::For][..]), None),
        };
        if let Some(closed) = closed
            && self.0.pop_if(|innermost| closed.contains(innermost)).is_none()
        {
            return false;
        }
        self.0.extend(opened);
        true
    }
}

impl Scanner<'_> {
    /// Notes directives that are open where their template, which starts at `start`, ends.
    pub(super) fn check_directives(&mut self, start: usize, directives: &Directives) -> Result<(), Broken> {
        if directives.0.is_empty() {
            return Ok(());
        }
        let line = self.line_from(start);
        self.error(line, "The template directive that starts here is not closed.")
    }

    /// Passes over a `\` in a quoted string and what it escapes.
    pub(super) fn escape(&mut self) -> Result<(), Broken> {
        let start = self.at;
        if let Some(length) = lexis::escape_length(&self.text[start..]) {
            self.at += length;
            return Ok(());
        }
        // What is escaped may be a quote or the end of the line, which have their own meaning.
        self.at += 1;
        self.error(start..self.at, "Terraform does not know this escape sequence; a backslash is written `\\\\`.")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directives_belong_together() {
        let sound = |words: &str| {
            let mut directives = Directives::default();
            words.split(' ').all(|word| directives.take(word)) && directives.0.is_empty()
        };
        for words in ["if endif", "if else endif", "for endfor", "if for endfor else for if endif endfor endif"] {
            assert!(sound(words), "{words}");
        }
        for words in
            ["if", "else", "endif", "endfor", "for endif", "for else endfor", "if else else endif", "if endfor"]
        {
            assert!(!sound(words), "{words}");
        }
    }
}
