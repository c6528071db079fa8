//! Pages in Markdown, as a terminal shows them.

use std::mem;

use anstyle::{AnsiColor, Style};
use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use super::text;

/// How a page is shown.
#[derive(Debug, Clone, Copy)]
pub struct Look {
    /// Whether to colour.
    pub color: bool,
    /// Whether the terminal follows links.
    pub links: bool,
    /// The width of the terminal, in columns.
    pub width: usize,
}

/// Lines of prose are at most so long, however wide the terminal is.
const WIDEST: usize = 96;

const HEADING: Style = AnsiColor::Cyan.on_default().bold();
const STRONG: Style = Style::new().bold();
const CODE: Style = AnsiColor::Green.on_default();
const ADDRESS: Style = AnsiColor::Blue.on_default().underline();

/// The page as text for a terminal.
#[must_use]
pub fn render(markdown: &str, look: Look) -> String {
    let mut page = Page {
        look,
        out: String::new(),
        inline: String::new(),
        lists: 0,
        cells: Vec::new(),
        rows: Vec::new(),
        link: None,
    };
    let mut code = None;
    for event in Parser::new_ext(markdown, Options::ENABLE_TABLES) {
        match (event, &mut code) {
            (Event::Start(Tag::CodeBlock(_)), code) => *code = Some(String::new()),
            (Event::End(TagEnd::CodeBlock), code) => page.code_block(&code.take().unwrap_or_default()),
            (Event::Text(text), Some(code)) => code.push_str(&text),
            (event, _) => page.take(event),
        }
    }
    page.out.trim_end().to_owned() + "\n"
}

/// A page in the making.
struct Page {
    look: Look,
    out: String,
    /// What belongs to the paragraph, heading, item or cell that is being read.
    inline: String,
    /// How many lists are open.
    lists: usize,
    cells: Vec<String>,
    rows: Vec<Vec<String>>,
    /// The address of the open link, and where its text starts.
    link: Option<(String, usize)>,
}

impl Page {
    fn take(&mut self, event: Event<'_>) {
        match event {
            Event::Text(text) => self.inline.push_str(&text),
            Event::SoftBreak | Event::HardBreak => self.inline.push(' '),
            Event::Code(code) => {
                let plain = if self.look.color { code.to_string() } else { format!("`{code}`") };
                let styled = self.styled(&plain, CODE);
                self.inline.push_str(&styled);
            }
            Event::Start(Tag::Strong) if self.look.color => self.inline.push_str(&STRONG.render().to_string()),
            Event::End(TagEnd::Strong) if self.look.color => self.inline.push_str(&STRONG.render_reset().to_string()),
            Event::Start(Tag::Link { dest_url, .. }) => self.link = Some((dest_url.to_string(), self.inline.len())),
            Event::End(TagEnd::Link) => self.end_link(),
            Event::Start(Tag::List(_)) => {
                self.item();
                self.lists += 1;
            }
            Event::End(TagEnd::List(_)) => {
                self.lists -= 1;
                self.out.push('\n');
            }
            Event::End(TagEnd::Item) => self.item(),
            Event::End(TagEnd::Heading(level)) => self.heading(level),
            Event::End(TagEnd::Paragraph) if self.lists == 0 => self.paragraph(),
            Event::End(TagEnd::TableCell) => self.cells.push(mem::take(&mut self.inline)),
            Event::End(TagEnd::TableHead | TagEnd::TableRow) => self.rows.push(mem::take(&mut self.cells)),
            Event::End(TagEnd::Table) => self.table(),
            _ => {}
        }
    }

    fn styled(&self, text: &str, style: Style) -> String {
        if self.look.color { text::painted(text, style) } else { text.to_owned() }
    }

    fn end_link(&mut self) {
        let Some((address, start)) = self.link.take() else { return };
        let text = self.inline.split_off(start);
        let shown = if self.look.links {
            text::link(&self.styled(&text, ADDRESS), &address)
        } else {
            format!("{text} ({})", self.styled(&address, ADDRESS))
        };
        self.inline.push_str(&shown);
    }

    fn heading(&mut self, level: HeadingLevel) {
        let text = mem::take(&mut self.inline);
        let rule = match level {
            HeadingLevel::H1 => "━",
            HeadingLevel::H2 => "─",
            _ => "",
        };
        let width = textwrap::core::display_width(&text);
        for line in [text, rule.repeat(width)].iter().filter(|line| !line.is_empty()) {
            let styled = self.styled(line, HEADING);
            self.out.push_str(&styled);
            self.out.push('\n');
        }
        self.out.push('\n');
    }

    fn paragraph(&mut self) {
        let text = mem::take(&mut self.inline);
        self.wrapped(&text, "", "");
        self.out.push('\n');
    }

    /// Ends an item of a list, if there is one.
    fn item(&mut self) {
        if self.inline.is_empty() || self.lists == 0 {
            return;
        }
        let text = mem::take(&mut self.inline);
        let indent = "  ".repeat(self.lists);
        self.wrapped(&text, &format!("{indent}• "), &format!("{indent}  "));
    }

    fn code_block(&mut self, code: &str) {
        for line in code.lines() {
            if !line.is_empty() {
                self.out.push_str("    ");
                let line = self.styled(line, CODE);
                self.out.push_str(&line);
            }
            self.out.push('\n');
        }
        self.out.push('\n');
    }

    /// A table: the first column as wide as it is, the others behind it.
    fn table(&mut self) {
        let rows = mem::take(&mut self.rows);
        let first = |row: &Vec<String>| row.first().map_or(0, |cell| textwrap::core::display_width(cell));
        let width = rows.iter().map(first).max().unwrap_or(0);
        for row in rows.iter().filter(|row| row.iter().any(|cell| !cell.is_empty())) {
            let [name, values @ ..] = row.as_slice() else { continue };
            let padding = " ".repeat(width - textwrap::core::display_width(name));
            let name = self.styled(name, STRONG);
            self.wrapped(&values.join("  "), &format!("  {name}{padding}  "), &" ".repeat(width + 4));
        }
        self.out.push('\n');
    }

    fn wrapped(&mut self, text: &str, first: &str, others: &str) {
        let width = self.look.width.min(WIDEST);
        for line in textwrap::wrap(text, text::wrapping(width, first, others)) {
            self.out.push_str(&line);
            self.out.push('\n');
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Look = Look { color: false, links: false, width: 40 };

    #[test]
    fn a_page_reads_like_one() {
        let markdown = "# A title\n\n| | |\n|---|---|\n| Id | `x-y` |\n| Also | a |\n\nWords that go on and on until the line is full `now`.\n\n\
                        - one\n- [two](https://a.example)\n\n```terraform\na = 1\n\nb\n```\n";
        let shown = "A title\n━━━━━━━\n\n  Id    `x-y`\n  Also  a\n\nWords that go on and on until the line\nis full `now`.\n\n\
                     \u{20} • one\n  • two (https://a.example)\n\n    a = 1\n\n    b\n";
        assert_eq!(render(markdown, PLAIN), shown);
    }

    #[test]
    fn colours_and_links_take_no_room() {
        let look = Look { color: true, links: true, width: 40 };
        let shown = render("**Bold** and `code` and [a link](https://a.example) until here.\n", look);
        assert!(shown.contains("\u{1b}]8;;https://a.example\u{1b}\\"), "{shown:?}");
        assert_eq!(shown.lines().count(), 1, "{shown:?}");
    }
}
