//! The white space of templates: what `~` takes away, and the indent that `<<-` does
//! (`parseTemplateParts` and `flushHeredocTemplateParts` of `hashicorp/hcl`, `hclsyntax/parser_template.go`).

use unicode_segmentation::UnicodeSegmentation;

use super::{Part, Strip, Template};
use crate::hcl::lexis;

/// What a template is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// A quoted string: its text is in one piece between sequences.
    Quoted,
    /// A heredoc or a file: every line is a piece of its own.
    Lines,
    /// A heredoc with `<<-`, whose lines lose the indent that all of them have.
    Flush,
}

/// A piece of a template, in the order of the text.
enum Piece {
    Literal(String),
    Sequence(Strip),
}

/// Applies the strip marks of a template, and takes the indent away; behind this they mean nothing more.
pub(super) fn arrange(template: &mut Template, form: Form) {
    if form == Form::Quoted {
        unescape_nested(template);
    } else {
        split_lines(template);
    }
    let mut pieces = Vec::new();
    collect(template, &mut pieces);
    strip(&mut pieces);
    if form == Form::Flush {
        flush(&mut pieces);
    }
    let mut literals = pieces.into_iter().filter_map(|piece| match piece {
        Piece::Literal(text) => Some(text),
        Piece::Sequence(_) => None,
    });
    put_back(template, &mut literals);
}

/// Resolves the escapes in what stands between directives, which hcl-edit leaves there.
fn unescape_nested(template: &mut Template) {
    fn unescape(template: &mut Template) {
        for part in template.iter_mut() {
            if let Part::Literal(text) = part
                && text.contains('\\')
            {
                *text = lexis::unquote(&format!("\"{text}\"")).into();
            }
        }
        unescape_nested(template);
    }
    for part in template {
        match part {
            Part::If(part) => {
                unescape(&mut part.consequent);
                unescape(&mut part.alternative);
            }
            Part::For(part) => unescape(&mut part.body),
            Part::Literal(_) | Part::Interpolation(..) => {}
        }
    }
}

/// Makes every line of a literal one of its own.
fn split_lines(template: &mut Template) {
    let mut parts = Vec::with_capacity(template.len());
    for mut part in template.drain(..) {
        match &mut part {
            Part::Literal(text) => {
                parts.extend(text.split_inclusive('\n').map(|line| Part::Literal(line.into())));
                continue;
            }
            Part::Interpolation(..) => {}
            Part::If(part) => {
                split_lines(&mut part.consequent);
                split_lines(&mut part.alternative);
            }
            Part::For(part) => split_lines(&mut part.body),
        }
        parts.push(part);
    }
    *template = parts;
}

fn collect(template: &Template, pieces: &mut Vec<Piece>) {
    for part in template {
        match part {
            Part::Literal(text) => pieces.push(Piece::Literal(text.to_string())),
            Part::Interpolation(_, strip) => pieces.push(Piece::Sequence(*strip)),
            Part::If(part) => {
                pieces.push(Piece::Sequence(part.if_strip));
                collect(&part.consequent, pieces);
                if let Some(strip) = part.else_strip {
                    pieces.push(Piece::Sequence(strip));
                    collect(&part.alternative, pieces);
                }
                pieces.push(Piece::Sequence(part.end_strip));
            }
            Part::For(part) => {
                pieces.push(Piece::Sequence(part.for_strip));
                collect(&part.body, pieces);
                pieces.push(Piece::Sequence(part.end_strip));
            }
        }
    }
}

/// Takes white space away from the literals beside a strip mark.
fn strip(pieces: &mut [Piece]) {
    let marks = |piece: Option<&Piece>| match piece {
        Some(Piece::Sequence(strip)) => *strip,
        _ => Strip { before: false, after: false },
    };
    for index in 0..pieces.len() {
        let behind = index.checked_sub(1).is_some_and(|before| marks(pieces.get(before)).after);
        let in_front = marks(pieces.get(index + 1)).before;
        if let Piece::Literal(text) = &mut pieces[index] {
            let kept = if behind { text.trim_start() } else { text.as_str() };
            *text = if in_front { kept.trim_end() } else { kept }.to_owned();
        }
    }
}

/// Takes away the white space that all lines start with. Blank lines do not count, and keep theirs.
fn flush(pieces: &mut [Piece]) {
    let indent = |text: &str| text[..text.len() - text.trim_start().len()].graphemes(true).count();
    let mut starts_line = true;
    let mut least = usize::MAX;
    let mut first_of_line = Vec::new();
    for (index, piece) in pieces.iter().enumerate() {
        if starts_line {
            starts_line = false;
            match piece {
                Piece::Literal(text) if text.trim_start().is_empty() && text.ends_with('\n') => {}
                Piece::Literal(text) => {
                    least = least.min(indent(text));
                    first_of_line.push(index);
                }
                Piece::Sequence(_) => least = 0,
            }
        }
        if let Piece::Literal(text) = piece {
            starts_line |= text.ends_with('\n');
        }
    }
    for index in first_of_line {
        if let Piece::Literal(text) = &mut pieces[index] {
            *text = text.graphemes(true).skip(least).collect();
        }
    }
}

fn put_back(template: &mut Template, literals: &mut impl Iterator<Item = String>) {
    for part in template {
        match part {
            Part::Literal(text) => *text = literals.next().expect("there are as many literals as before").into(),
            Part::Interpolation(..) => {}
            Part::If(part) => {
                put_back(&mut part.consequent, literals);
                put_back(&mut part.alternative, literals);
            }
            Part::For(part) => put_back(&mut part.body, literals),
        }
    }
}
