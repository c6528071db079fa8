//! Expressions, parsed one at a time and only when asked for.
//!
//! This room is the only door to hcl-edit ([`parse`]). Behind it an expression is a tree of our own in which every
//! node knows where it stands in its file, so that no other room depends on the parser's types.

mod convert;
mod large;
mod lines;
mod names;
mod parse;
mod split;

use crate::source::Span;

pub use names::free_names;
pub use parse::{ParseError, parse, parse_string, parse_template};

/// An expression and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Expression {
    /// Where it stands, without surrounding white space.
    pub span: Span,
    /// What it is.
    pub kind: Kind,
}

/// What an expression is.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number, as written: Terraform's numbers are more precise than any of Rust's.
    Number(Box<str>),
    /// A quoted string without sequences, escapes resolved.
    String(Box<str>),
    /// A quoted string or a heredoc with `${...}` or `%{...}` in it, or any heredoc.
    Template(Template),
    /// `[a, b]`.
    Tuple(Vec<Expression>),
    /// `{ a = b }`.
    Object(Vec<Item>),
    /// A name: the root of a reference, or a `for` variable.
    Variable(Box<str>),
    /// `(a)`.
    Parenthesis(Box<Expression>),
    /// `!a` or `-a`.
    Unary(UnaryOperator, Box<Expression>),
    /// `a + b`.
    Binary(Box<Binary>),
    /// `a ? b : c`.
    Conditional(Box<Conditional>),
    /// `f(a, b...)`.
    Call(Box<Call>),
    /// `a.b[0].*.c`.
    Traversal(Box<Traversal>),
    /// `[for ...]` or `{for ...}`.
    For(Box<For>),
}

/// An item of an object: `key = value` or `key : value`.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// The key; a bare name is a [`Kind::String`] here, as HCL means it.
    pub key: Expression,
    /// The value.
    pub value: Expression,
}

/// An operator in front of its operand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnaryOperator {
    /// `!`.
    Not,
    /// `-`.
    Negate,
}

/// `left operator right`.
#[derive(Debug, Clone, PartialEq)]
pub struct Binary {
    /// The operand in front.
    pub left: Expression,
    /// The operator.
    pub operator: BinaryOperator,
    /// The operand behind.
    pub right: Expression,
}

/// An operator between its operands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BinaryOperator {
    /// `==`.
    Equal,
    /// `!=`.
    NotEqual,
    /// `<=`.
    LessOrEqual,
    /// `>=`.
    GreaterOrEqual,
    /// `<`.
    Less,
    /// `>`.
    Greater,
    /// `+`.
    Add,
    /// `-`.
    Subtract,
    /// `*`.
    Multiply,
    /// `/`.
    Divide,
    /// `%`.
    Modulo,
    /// `&&`.
    And,
    /// `||`.
    Or,
}

/// `condition ? consequent : alternative`.
#[derive(Debug, Clone, PartialEq)]
pub struct Conditional {
    /// What decides.
    pub condition: Expression,
    /// The result when the condition is true.
    pub consequent: Expression,
    /// The result when the condition is false.
    pub alternative: Expression,
}

/// A function call.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// The function's name, with its namespace: `tobool`, `core::tobool`, `provider::kubernetes::manifest_decode`.
    pub name: Box<str>,
    /// The arguments.
    pub arguments: Vec<Expression>,
    /// Whether `...` follows the last argument, so that its elements are the last arguments.
    pub expand_last: bool,
}

/// A value and the steps into it.
#[derive(Debug, Clone, PartialEq)]
pub struct Traversal {
    /// Where the steps start.
    pub base: Expression,
    /// The steps, at least one.
    pub steps: Vec<Step>,
}

/// One step into a value, and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// Where it stands, with its dot or brackets.
    pub span: Span,
    /// What it does.
    pub kind: StepKind,
}

/// What a step into a value does.
#[derive(Debug, Clone, PartialEq)]
pub enum StepKind {
    /// `.name`.
    Attribute(Box<str>),
    /// `[expression]`, or `.0` as older configurations write it.
    Index(Expression),
    /// `.*`: the attribute steps behind it are taken for every element.
    AttributeSplat,
    /// `[*]`: all steps behind it are taken for every element.
    FullSplat,
}

/// `[for key, value in collection : result if condition]` or `{for ... : key => value...}`.
#[derive(Debug, Clone, PartialEq)]
pub struct For {
    /// What is iterated, and under which names.
    pub intro: ForIntro,
    /// The key expression: with one the result is an object, without one a tuple.
    pub key: Option<Expression>,
    /// The value expression.
    pub value: Expression,
    /// Whether `...` groups the values of equal keys.
    pub group: bool,
    /// The filter behind `if`.
    pub condition: Option<Expression>,
}

/// What a `for` iterates, and the names that it gives.
#[derive(Debug, Clone, PartialEq)]
pub struct ForIntro {
    /// The name of the key or index.
    pub key: Option<Box<str>>,
    /// The name of the value.
    pub value: Box<str>,
    /// What is iterated.
    pub collection: Expression,
}

/// The parts of a template, in order.
pub type Template = Vec<Part>;

/// One part of a template.
#[derive(Debug, Clone, PartialEq)]
pub enum Part {
    /// Text, escapes resolved.
    Literal(Box<str>),
    /// `${expression}`.
    Interpolation(Expression, Strip),
    /// `%{if condition}consequent%{else}alternative%{endif}`.
    If(Box<IfPart>),
    /// `%{for value in collection}body%{endfor}`.
    For(Box<ForPart>),
}

/// Which sides of a template sequence take the white space away from their neighbours (`~`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Strip {
    /// `${~`: from the text in front.
    pub before: bool,
    /// `~}`: from the text behind.
    pub after: bool,
}

/// An `if` directive.
#[derive(Debug, Clone, PartialEq)]
pub struct IfPart {
    /// What decides.
    pub condition: Expression,
    /// The text when it is true.
    pub consequent: Template,
    /// The text when it is false; empty without an `else`.
    pub alternative: Template,
    /// The strip marks of `%{if}`.
    pub if_strip: Strip,
    /// The strip marks of `%{else}`, where there is one.
    pub else_strip: Option<Strip>,
    /// The strip marks of `%{endif}`.
    pub end_strip: Strip,
}

/// A `for` directive.
#[derive(Debug, Clone, PartialEq)]
pub struct ForPart {
    /// What is iterated, and under which names.
    pub intro: ForIntro,
    /// The text of every turn.
    pub body: Template,
    /// The strip marks of `%{for}`.
    pub for_strip: Strip,
    /// The strip marks of `%{endfor}`.
    pub end_strip: Strip,
}
