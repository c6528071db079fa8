//! What draws a diagnostic, with the characters that a terminal has.

use std::fmt;
use std::io::{self, Write};

use miette::{GraphicalReportHandler, GraphicalTheme, ThemeCharacters, ThemeStyles};

use super::Style;
use super::shown::Shown;
use crate::output::text;

/// The signs in front of what is said.
#[derive(Debug, Clone, Copy)]
pub(super) struct Signs {
    /// Of a finding.
    pub(super) finding: &'static str,
    /// Of what is neither a finding nor a warning.
    pub(super) advice: &'static str,
    /// Of a place on the way of a value.
    pub(super) way: &'static str,
    /// Where a line of code was cut.
    pub(super) cut: &'static str,
}

impl Signs {
    pub(super) fn of(style: &Style) -> Self {
        if style.is_ascii {
            Self { finding: "x", advice: ">", way: "^", cut: "..." }
        } else {
            Self { finding: "×", advice: "☞", way: "↳", cut: "…" }
        }
    }
}

/// Draws diagnostics.
pub(super) struct Drawing {
    handler: GraphicalReportHandler,
    style: Style,
}

impl Drawing {
    /// `advice` is the sign in front of what is neither an error nor a warning.
    pub(super) fn new(style: &Style, advice: &str) -> Self {
        let characters = if style.is_ascii { ThemeCharacters::ascii() } else { ThemeCharacters::unicode() };
        let error = Signs::of(style).finding.to_owned();
        let theme = GraphicalTheme {
            characters: ThemeCharacters { advice: advice.to_owned(), error, ..characters },
            styles: if style.color { ThemeStyles::ansi() } else { ThemeStyles::none() },
        };
        // Paths, addresses and code are not broken: nobody could copy or open their parts.
        let handler = GraphicalReportHandler::new_themed(theme)
            .with_links(style.links)
            .with_width(style.width)
            .with_context_lines(1)
            .with_break_words(false)
            .with_word_separator(textwrap::WordSeparator::AsciiSpace)
            .with_word_splitter(textwrap::WordSplitter::NoHyphenation)
            .without_syntax_highlighting();
        Self { handler, style: style.clone() }
    }

    /// Draws a diagnostic, and its note below it: what miette calls help is help.
    pub(super) fn draw(&self, shown: &Shown<'_>, out: &mut dyn Write) -> io::Result<()> {
        let mut rendered = String::new();
        self.handler
            .render_report(&mut rendered, shown)
            .map_err(|fmt::Error| io::Error::other("cannot be rendered"))?;
        if let Some(note) = &shown.note {
            rendered.push_str(&self.note(note));
            rendered.push('\n');
        }
        writeln!(out, "{rendered}")
    }

    fn note(&self, note: &str) -> String {
        const LABEL: &str = "  note: ";
        let label = anstyle::AnsiColor::Cyan.on_default();
        let filled = textwrap::fill(note, text::wrapping(self.style.width, LABEL, "        "));
        match filled.strip_prefix(LABEL) {
            Some(rest) if self.style.color => format!("  {} {rest}", text::painted("note:", label)),
            _ => filled,
        }
    }
}
