//! Large objects, which hcl-edit takes the square of their length for.
//!
//! They are taken out of a text before hcl-edit sees it, wherever they stand: in brackets, in a `for`, in the sequences
//! of a template. In their place stands a name in parentheses of the same length, `(x      )`, so that all else keeps its
//! place; where the name comes back, so does the object, which [`split`](super::split) has taken apart.

use std::collections::HashSet;
use std::ops::Range;

use super::Expression;
use super::parse::{ParseError, Written};
use super::split;
use crate::hcl::lexis;

/// Objects of so many bytes are large. Below that the square of their length is no matter.
const LARGE: usize = 4 << 10;

/// What stands in the text around a bracket.
enum Frame<'t> {
    /// `(`, `[` or `{` at this byte.
    Bracket(usize),
    /// `${` or `%{`.
    Sequence,
    /// A quoted template.
    Quote,
    /// A heredoc with this marker; whether nothing of the current line was read.
    Heredoc(&'t str, bool),
    /// The text of a template.
    Template,
}

/// A text without its large objects.
pub(super) struct Reduced {
    /// The text, as long as it was.
    pub(super) text: String,
    /// What stands for the objects: this and their number.
    name: String,
    /// Where they stood.
    objects: Vec<Range<usize>>,
}

/// The large objects of a text, by the names that stand for them.
#[derive(Default)]
pub(super) struct Objects {
    name: String,
    parsed: Vec<Expression>,
}

impl Objects {
    /// The object for which a name stands, if it stands for one.
    pub(super) fn get(&self, name: &str) -> Option<&Expression> {
        if self.parsed.is_empty() {
            return None;
        }
        self.parsed.get(name.strip_prefix(&self.name)?.parse::<usize>().ok()?)
    }
}

impl Reduced {
    /// Parses what was taken out of a text.
    pub(super) fn objects(self, written: Written<'_>) -> Result<Objects, ParseError> {
        let Self { name, objects, .. } = self;
        let parsed = objects.into_iter().map(|range| split::split(written.part(range)));
        Ok(Objects { name, parsed: parsed.collect::<Result<_, _>>()? })
    }
}

/// Takes the large objects out of a text, an expression or a template; nothing where there are none.
///
/// # Errors
///
/// When brackets do not fit, with the place of one: hcl-edit would take long to find out.
pub(super) fn reduced(text: &str, is_template: bool) -> Result<Option<Reduced>, Range<usize>> {
    if text.len() < LARGE || !text.contains('{') {
        return Ok(None);
    }
    let objects = Walk { text, at: 0, open: Vec::new(), objects: Vec::new() }.objects(is_template)?;
    if objects.is_empty() {
        return Ok(None);
    }
    let name = unused_name(text);
    let mut reduced = String::with_capacity(text.len());
    let mut behind = 0;
    for (number, object) in objects.iter().enumerate() {
        reduced.push_str(&text[behind..object.start]);
        let stand_in = format!("({name}{number}");
        reduced.push_str(&stand_in);
        reduced.extend(std::iter::repeat_n(' ', object.len() - stand_in.len() - 1));
        reduced.push(')');
        behind = object.end;
    }
    reduced.push_str(&text[behind..]);
    Ok(Some(Reduced { text: reduced, name, objects }))
}

/// What no name of a text starts with: `x`, a number, `_`.
fn unused_name(text: &str) -> String {
    let number = |behind: &str| behind.split_once('_')?.0.parse::<usize>().ok();
    let used: HashSet<usize> = text.split('x').skip(1).filter_map(number).collect();
    let unused = (0..=used.len()).find(|number| !used.contains(number)).unwrap_or_default();
    format!("x{unused}_")
}

/// A way through a text from bracket to bracket.
struct Walk<'t> {
    text: &'t str,
    at: usize,
    open: Vec<Frame<'t>>,
    objects: Vec<Range<usize>>,
}

impl<'t> Walk<'t> {
    /// The outermost large objects, in the order of the text.
    fn objects(mut self, is_template: bool) -> Result<Vec<Range<usize>>, Range<usize>> {
        let least = usize::from(is_template);
        self.open.extend(is_template.then_some(Frame::Template));
        while self.at < self.text.len() {
            match self.open.last_mut() {
                Some(Frame::Quote) => self.in_quote(),
                Some(Frame::Template) => self.in_template(),
                Some(Frame::Heredoc(marker, line_starts)) => {
                    let (marker, starts) = (*marker, std::mem::take(line_starts));
                    self.in_heredoc(marker, starts);
                }
                Some(Frame::Bracket(_) | Frame::Sequence) | None => self.in_code()?,
            }
        }
        match self.open.get(least) {
            None => Ok(self.objects),
            Some(Frame::Bracket(start)) => Err(*start..*start + 1),
            Some(_) => Err(self.text.len()..self.text.len()),
        }
    }

    fn in_quote(&mut self) {
        match self.text.as_bytes()[self.at..] {
            [b'"', ..] => {
                self.open.pop();
                self.at += 1;
            }
            [b'\\', ..] => self.at += 2,
            _ => self.in_template(),
        }
    }

    fn in_heredoc(&mut self, marker: &'t str, line_starts: bool) {
        let bytes = self.text.as_bytes();
        let end = line_starts.then(|| lexis::heredoc_end(bytes, self.at, marker)).flatten();
        if let Some(end) = end {
            self.open.pop();
            self.at = end;
        } else if bytes[self.at] == b'\n' {
            self.at += 1;
            if let Some(Frame::Heredoc(_, line_starts)) = self.open.last_mut() {
                *line_starts = true;
            }
        } else {
            self.in_template();
        }
    }

    fn in_template(&mut self) {
        match self.text.as_bytes()[self.at..] {
            [b'$', b'$', b'{', ..] | [b'%', b'%', b'{', ..] => self.at += 3,
            [b'$' | b'%', b'{', ..] => {
                self.open.push(Frame::Sequence);
                self.at += 2;
            }
            _ => self.at += 1,
        }
    }

    fn in_code(&mut self) -> Result<(), Range<usize>> {
        let start = self.at;
        match self.text.as_bytes()[start] {
            b'"' => self.open.push(Frame::Quote),
            b'(' | b'[' | b'{' => self.open.push(Frame::Bracket(start)),
            closer @ (b')' | b']' | b'}') => self.close(closer)?,
            b'<' => {
                if let Some((marker, text_start)) = lexis::heredoc(self.text, start) {
                    self.open.push(Frame::Heredoc(marker, true));
                    self.at = text_start;
                    return Ok(());
                }
            }
            _ => {
                self.at = lexis::unit_end(self.text, start);
                return Ok(());
            }
        }
        self.at += 1;
        Ok(())
    }

    fn close(&mut self, closer: u8) -> Result<(), Range<usize>> {
        let end = self.at + 1;
        match self.open.pop() {
            Some(Frame::Sequence) if closer == b'}' => Ok(()),
            Some(Frame::Bracket(start)) if fits(self.text.as_bytes()[start], closer) => {
                if closer == b'}' && end - start >= LARGE && !self.is_for(start) {
                    while self.objects.pop_if(|object| object.start > start).is_some() {}
                    self.objects.push(start..end);
                }
                Ok(())
            }
            _ => Err(self.at..end),
        }
    }

    /// Whether the bracket at a byte holds a `for`, which is no object that could be taken apart.
    fn is_for(&self, start: usize) -> bool {
        let mut at = start + 1;
        while lexis::is_space(self.text, at) {
            at = if self.text.as_bytes()[at].is_ascii_whitespace() { at + 1 } else { lexis::unit_end(self.text, at) };
        }
        lexis::name_end(self.text, at).is_some_and(|end| &self.text[at..end] == "for")
    }
}

fn fits(opener: u8, closer: u8) -> bool {
    matches!((opener, closer), (b'(', b')') | (b'[', b']') | (b'{', b'}'))
}

#[cfg(test)]
mod tests {
    use crate::hcl::expression::{Kind, parse, parse_string, parse_template};
    use crate::source::{Sources, Span, read};

    /// An object of so many keys.
    fn object(keys: usize) -> String {
        let items: Vec<String> = (0..keys).map(|n| format!("k{n} = \"{n}\"\n")).collect();
        format!("{{\n{}}}", items.concat())
    }

    fn spanned(text: &str) -> Span {
        let file = Sources::default().add("a.tf".into(), read::text(b"x".to_vec()).expect("text"));
        Span::new(file, 0, text.len())
    }

    #[test]
    fn large_objects_are_parsed_as_small_ones_are() {
        let frames = [
            "@",
            "(@)",
            "[1, @, @]",
            "merge(@, @)",
            "@.k1",
            "[for x in@: x]",
            "[for x in y : @ if x]",
            "{for k, v in @ : k => @}",
            "\"a${@.k0}b\"",
            "\"%{ if @ }@%{ endif }\"",
            "<<-E\n  a ${jsonencode(@)}\n  b\nE\n",
            "a ? @ : @",
            "{ a = @, (@) = 1 }",
            "f(<<E\n}${ { a = @ } }\nE\n, \"$${\", @)",
            "-@ % @",
            "[<<E\nE1 ${@}\nE\n, @]",
        ];
        for frame in frames {
            let (small, large) = (frame.replace('@', &object(3)), frame.replace('@', &object(600)));
            let shape = |text: &str| {
                let parsed = parse(text.trim_end(), spanned(text.trim_end()));
                let printed = format!("{:?}", parsed.unwrap_or_else(|error| panic!("{frame}: {error:?}")));
                printed.matches("Object(").count()
            };
            assert_eq!(shape(&large), shape(&small), "{frame}");
        }
    }

    #[test]
    fn large_objects_keep_their_places() {
        let text = format!("[for x in y : merge({}, x).k1]", object(600));
        let Kind::For(parsed) = parse(&text, spanned(&text)).expect("an expression").kind else { panic!("a for") };
        let Kind::Traversal(steps) = parsed.value.kind else { panic!("steps") };
        let Kind::Call(call) = steps.base.kind else { panic!("a call") };
        assert!(text[call.arguments[0].span.range()].starts_with("{\nk0"), "{:?}", call.arguments[0].span);
        assert!(text[call.arguments[0].span.range()].ends_with("\"599\"\n}"), "{:?}", call.arguments[0].span);
        let Kind::Object(items) = &call.arguments[0].kind else { panic!("an object") };
        assert_eq!((items.len(), &text[items[599].value.span.range()]), (600, "\"599\""));
    }

    #[test]
    fn many_keys_take_no_time() {
        let large = object(15_000);
        for text in [&*large, &format!("[for x in y : {large}]"), &format!("\"${{{large}}}\"")] {
            assert!(parse(text, spanned(text)).is_ok());
            assert!(parse(&text[..text.len() - 1], spanned(text)).is_err());
        }
        let template = format!("${{{large}}}");
        assert!(parse_template(&template, spanned(&template)).is_ok());
        assert!(parse_string(&template, spanned("x"), true).is_ok());
    }
}
