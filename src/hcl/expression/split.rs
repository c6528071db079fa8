//! Expressions that hcl-edit refuses and Terraform takes: deep ones, long ones, and objects with a key that is there
//! twice.
//!
//! Such an expression is taken apart here, at its operators and brackets; what is left of it, strings, references and
//! `for`, hcl-edit parses piece by piece. hcl-edit comes first in any case: this is only for what it refuses, and for
//! [`large`](super::large) objects.

use std::collections::HashMap;
use std::ops::Range;

use super::parse::{ParseError, Written, whole};
use super::{
    Binary, BinaryOperator, Call, Conditional, Expression, Item, Kind, Step, StepKind, Traversal, UnaryOperator,
};
use crate::hcl::lexis;
use crate::source::Span;

/// Expressions are taken apart to this depth. Evaluation goes no deeper either.
const MOST_DEPTH: usize = 400;

/// Binary operators, those that bind least first. Longer ones stand before those that they start with.
const OPERATORS: [(&str, BinaryOperator, u8); 13] = [
    ("||", BinaryOperator::Or, 1),
    ("&&", BinaryOperator::And, 2),
    ("==", BinaryOperator::Equal, 3),
    ("!=", BinaryOperator::NotEqual, 3),
    (">=", BinaryOperator::GreaterOrEqual, 4),
    ("<=", BinaryOperator::LessOrEqual, 4),
    (">", BinaryOperator::Greater, 4),
    ("<", BinaryOperator::Less, 4),
    ("+", BinaryOperator::Add, 5),
    ("-", BinaryOperator::Subtract, 5),
    ("*", BinaryOperator::Multiply, 6),
    ("/", BinaryOperator::Divide, 6),
    ("%", BinaryOperator::Modulo, 6),
];

type Parsed = Result<Expression, ParseError>;

/// Parses an expression by taking it apart.
pub(super) fn split(written: Written<'_>) -> Parsed {
    let Written { text, depth, .. } = written;
    Splitter { text, written, closings: lexis::closings(text), depth }.expression(0..text.len())
}

/// Takes apart a text; ranges are bytes of it.
struct Splitter<'t> {
    text: &'t str,
    written: Written<'t>,
    /// Where strings and brackets end, by where they start: looked for once, since expressions nest.
    closings: HashMap<usize, usize>,
    depth: usize,
}

impl Splitter<'_> {
    fn at(&self, range: &Range<usize>) -> Span {
        self.written.at(range)
    }

    /// Behind the unit at a byte, which is in front of `end`. A bracket that is not closed ends there.
    fn next(&self, at: usize, end: usize) -> usize {
        let closing = self.closings.get(&at).copied();
        closing.unwrap_or_else(|| lexis::unit_end(self.text, at)).min(end)
    }

    /// What the bracket at a byte holds; `None` when it is not closed in front of `end`.
    fn bracketed(&self, open: usize, end: usize) -> Option<Range<usize>> {
        let close = self.next(open, end);
        self.text.get(open + 1..close)?.ends_with([')', ']', '}']).then(|| open + 1..close - 1)
    }

    fn error<T>(&self, range: &Range<usize>, message: &str) -> Result<T, ParseError> {
        Err(ParseError { span: self.at(range), message: message.to_owned() })
    }

    /// A range without the white space and comments at its ends.
    fn trimmed(&self, range: Range<usize>) -> Range<usize> {
        let mut start = range.start;
        let mut end = range.start;
        let mut at = range.start;
        while at < range.end {
            let next = self.next(at, range.end);
            if !lexis::is_space(self.text, at) {
                if end == range.start {
                    start = at;
                }
                end = next;
            }
            at = next;
        }
        start..end.max(start)
    }

    fn expression(&mut self, range: Range<usize>) -> Parsed {
        let range = self.trimmed(range);
        if range.is_empty() {
            return self.error(&range, "an expression is missing here");
        }
        if self.depth >= MOST_DEPTH {
            let limit =
                format!("the expression is nested more than {MOST_DEPTH} levels deep, which is podgate's limit");
            return self.error(&range, &limit);
        }
        self.depth += 1;
        let parsed = match self.find(&range, "?") {
            Some(mark) => self.conditional(range, mark),
            None => self.operation(range),
        };
        self.depth -= 1;
        parsed
    }

    /// Where a mark stands in a range, outside of brackets and strings.
    fn find(&self, range: &Range<usize>, mark: &str) -> Option<usize> {
        let mut at = range.start;
        while at < range.end {
            if self.text[at..].starts_with(mark) {
                return Some(at);
            }
            at = self.next(at, range.end);
        }
        None
    }

    fn conditional(&mut self, range: Range<usize>, question: usize) -> Parsed {
        // The colon that belongs to this question mark: those in between belong to others.
        let (mut at, mut open) = (question + 1, 0);
        let colon = loop {
            match self.text[at..range.end].chars().next() {
                None => return self.error(&range, "a `:` is missing after the `?`"),
                Some('?') => open += 1,
                Some(':') if open == 0 => break at,
                Some(':') if !self.text[at..].starts_with("::") => open -= 1,
                Some(_) => {}
            }
            at = self.next(at, range.end);
        };
        let condition = self.expression(range.start..question)?;
        let consequent = self.expression(question + 1..colon)?;
        let alternative = self.expression(colon + 1..range.end)?;
        let kind = Kind::Conditional(Box::new(Conditional { condition, consequent, alternative }));
        Ok(Expression { span: self.at(&range), kind })
    }

    /// Operands and the operators between them.
    fn operation(&mut self, range: Range<usize>) -> Parsed {
        let (mut operands, mut operators) = (Vec::new(), Vec::new());
        let mut start = range.start;
        let mut at = range.start;
        // An operator stands behind an operand; in front of one `-` and `!` are part of it.
        let mut behind_operand = false;
        while at < range.end {
            let is_space = lexis::is_space(self.text, at);
            let operator = OPERATORS.iter().find(|(sign, ..)| self.text[at..range.end].starts_with(sign));
            let may_be = behind_operand && !is_space && lexis::heredoc(self.text, at).is_none();
            if let Some((sign, operator, binding)) = operator.filter(|_| may_be) {
                operands.push(start..at);
                operators.push((*operator, *binding));
                at += sign.len();
                start = at;
                behind_operand = false;
            } else {
                behind_operand |= !is_space && !self.text[at..].starts_with(['!', '-']);
                at = self.next(at, range.end);
            }
        }
        if operators.is_empty() {
            return self.unary(range);
        }
        operands.push(start..range.end);
        let operands = operands.into_iter().map(|operand| {
            let operand = self.trimmed(operand);
            self.unary(operand)
        });
        let operands = operands.collect::<Result<Vec<_>, _>>()?;
        Ok(combined(operands, &operators))
    }

    fn unary(&mut self, range: Range<usize>) -> Parsed {
        let operator = match self.text[range.clone()].chars().next() {
            Some('!') => UnaryOperator::Not,
            Some('-') => UnaryOperator::Negate,
            _ => return self.term(range),
        };
        let operand = self.trimmed(range.start + 1..range.end);
        if operand.is_empty() {
            return self.error(&range, "an operand is missing here");
        }
        if self.depth >= MOST_DEPTH {
            return self.error(&range, "the expression has more signs than podgate reads");
        }
        self.depth += 1;
        let operand = self.unary(operand);
        self.depth -= 1;
        Ok(Expression { span: self.at(&range), kind: Kind::Unary(operator, Box::new(operand?)) })
    }

    /// Something without operators: a value and the steps into it.
    fn term(&mut self, range: Range<usize>) -> Parsed {
        let name_end = lexis::name_end(self.text, range.start);
        let open = match name_end {
            Some(end) => self.trimmed(end..range.end).start,
            None => range.start,
        };
        let bracket = self.text[open..range.end].chars().next();
        let bracket = match (name_end, bracket) {
            (Some(_), Some('(')) | (None, Some('(' | '[' | '{')) => bracket,
            _ => None,
        };
        let (Some(bracket), Some(inner)) = (bracket, self.bracketed(open, range.end)) else {
            return self.leaf(range);
        };
        let close = inner.end + 1;
        let first = self.trimmed(inner.clone()).start;
        let is_for = lexis::name_end(self.text, first).is_some_and(|end| &self.text[first..end] == "for");
        let kind = match (name_end, bracket) {
            (_, '[' | '{') if is_for => {
                let base = self.leaf(range.start..close)?;
                return self.steps(base, close..range.end);
            }
            (Some(end), _) => self.call(range.start..end, inner)?,
            (None, '(') => Kind::Parenthesis(Box::new(self.expression(inner)?)),
            (None, '[') => {
                let elements = self.parts(inner, &[","])?.into_iter().map(|part| self.expression(part));
                Kind::Tuple(elements.collect::<Result<_, _>>()?)
            }
            (None, _) => self.object(inner)?,
        };
        let base = Expression { span: self.at(&(range.start..close)), kind };
        self.steps(base, close..range.end)
    }

    /// What hcl-edit parses as it is.
    fn leaf(&self, range: Range<usize>) -> Parsed {
        whole(Written { depth: self.depth, ..self.written.part(range) })
    }

    fn call(&mut self, name: Range<usize>, mut arguments: Range<usize>) -> Result<Kind, ParseError> {
        let trimmed = self.trimmed(arguments.clone());
        let expand_last = self.text[trimmed.clone()].ends_with("...");
        if expand_last {
            arguments = trimmed.start..trimmed.end - 3;
        }
        let parts = self.parts(arguments, &[","])?.into_iter().map(|part| self.expression(part));
        let arguments = parts.collect::<Result<Vec<_>, _>>()?;
        Ok(Kind::Call(Box::new(Call { name: self.text[name].into(), arguments, expand_last })))
    }

    fn object(&mut self, inner: Range<usize>) -> Result<Kind, ParseError> {
        let mut items = Vec::new();
        for part in self.parts(inner, &[",", "\n"])? {
            let part = self.trimmed(part);
            let sign = self.find(&part, "=").into_iter().chain(self.find(&part, ":")).min();
            let Some(sign) = sign else { return self.error(&part, "this is no `key = value`") };
            let key = self.trimmed(part.start..sign);
            let name = lexis::name_end(self.text, key.start).filter(|end| *end == key.end && !key.is_empty());
            let key = match name {
                Some(_) => Expression { span: self.at(&key), kind: Kind::String(self.text[key].into()) },
                None => self.expression(key)?,
            };
            items.push(Item { key, value: self.expression(sign + 1..part.end)? });
        }
        Ok(Kind::Object(items))
    }

    /// The parts of a range between separators. One may be empty at the end, and in front of a line end.
    fn parts(&self, range: Range<usize>, separators: &[&str]) -> Result<Vec<Range<usize>>, ParseError> {
        let mut parts = Vec::new();
        let (mut start, mut at) = (range.start, range.start);
        while at < range.end {
            let next = self.next(at, range.end);
            let separator = separators.iter().find(|separator| self.text[at..next].starts_with(**separator));
            if let Some(separator) = separator {
                let is_empty = self.trimmed(start..at).is_empty();
                if is_empty && *separator == "," {
                    return self.error(&(at..next), "an element is missing before this comma");
                }
                if !is_empty {
                    parts.push(start..at);
                }
                start = next;
            }
            at = next;
        }
        if !self.trimmed(start..range.end).is_empty() {
            parts.push(start..range.end);
        }
        Ok(parts)
    }

    /// The steps behind a value. hcl-edit parses them behind a name that stands for the value.
    fn steps(&mut self, base: Expression, range: Range<usize>) -> Parsed {
        let range = self.trimmed(range);
        let mut steps = Vec::new();
        let mut at = range.start;
        while at < range.end {
            let start = at;
            let kind = if self.text[at..].starts_with('[') {
                let Some(inner) = self.bracketed(at, range.end) else {
                    return self.error(&(at..range.end), "a bracket is not closed here");
                };
                at = inner.end + 1;
                if self.text[inner.clone()].trim() == "*" {
                    StepKind::FullSplat
                } else {
                    StepKind::Index(self.expression(inner)?)
                }
            } else if self.text[at..].starts_with(".*") {
                at += 2;
                StepKind::AttributeSplat
            } else if let Some(end) = self.text[at..].strip_prefix('.').and_then(|_| lexis::name_end(self.text, at + 1))
            {
                let name = self.text[at + 1..end].into();
                at = end;
                StepKind::Attribute(name)
            } else if lexis::is_space(self.text, at) {
                at = self.next(at, range.end);
                continue;
            } else {
                return self.error(&(at..range.end), "the expression is not valid here");
            };
            steps.push(Step { span: self.at(&(start..at.min(range.end))), kind });
        }
        if steps.is_empty() {
            return Ok(base);
        }
        let span = Span { end: self.at(&range).end, ..base.span };
        Ok(Expression { span, kind: Kind::Traversal(Box::new(Traversal { base, steps })) })
    }
}

/// The tree of operands and the operators between them: what binds more is deeper, and of equals the one on the left.
fn combined(operands: Vec<Expression>, operators: &[(BinaryOperator, u8)]) -> Expression {
    let mut pending: Vec<(Expression, BinaryOperator, u8)> = Vec::new();
    let mut operands = operands.into_iter();
    let mut right = operands.next().expect("there is an operand in front of every operator");
    for ((operator, binding), operand) in operators.iter().zip(operands) {
        while let Some((left, operator, _)) = pending.pop_if(|(.., other)| *other >= *binding) {
            right = operation(left, operator, right);
        }
        pending.push((right, *operator, *binding));
        right = operand;
    }
    while let Some((left, operator, _)) = pending.pop() {
        right = operation(left, operator, right);
    }
    right
}

fn operation(left: Expression, operator: BinaryOperator, right: Expression) -> Expression {
    let span = left.span.to(right.span);
    Expression { span, kind: Kind::Binary(Box::new(Binary { left, operator, right })) }
}
