//! What may follow what in an expression.
//!
//! A [`Code`] is the state of one pair of brackets (or of the line, where none is open) while its tokens go by: what has
//! been read of the expression in it, and what the brackets are. It tells the token at which Terraform's parser
//! (`hashicorp/hcl`, `hclsyntax/parser.go`) stops. What is nested in the brackets has a state of its own, on the stack of
//! [`stretch`](super::stretch), so that nesting costs no recursion. In `f(a, {b = c})` there are three: the line's, which
//! has read an operand when `f(...)` is closed, the call's, and the object's.

use super::token::Token;

/// What encloses an expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Context {
    /// Nothing: it ends with its line.
    Line,
    /// `(`: one expression.
    Parenthesis,
    /// `f(`: arguments.
    Call,
    /// `[`: elements, or `for`.
    Tuple,
    /// `{`: items, or `for`.
    Object,
    /// `a[`: one expression, or `*`, with which line ends matter if they do around the brackets.
    Index {
        /// Whether they do.
        in_lines: bool,
    },
    /// `${`: one expression.
    Interpolation,
    /// `%{`: a directive, whose word decides what follows.
    Directive,
    /// `[for`, `{for` or `%{ for`.
    For(Form, Phase),
    /// Anything: behind the first error, in text that is passed over.
    Broken,
}

/// What a `for` makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// `[for ...]`.
    Tuple,
    /// `{for ...}`.
    Object,
    /// `%{ for ... }`.
    Directive,
}

/// How far a `for` has been read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// In front of the first name.
    First,
    /// Behind it: a comma or `in`.
    BehindFirst,
    /// In front of the second name.
    Second,
    /// Behind it: `in`.
    In,
    /// In what is iterated.
    Collection,
    /// In what stands behind the colon: the value of a tuple, the key of an object.
    Result,
    /// In an object's value.
    Value,
    /// Behind `...`.
    Grouped,
    /// In the condition behind `if`.
    Condition,
}

/// What has been read of an expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Nothing, behind the opening bracket: it may be closed at once.
    Opened,
    /// Nothing, behind a separator: it may be closed.
    Separated,
    /// An operand must follow.
    Operand,
    /// An operand that may turn out to be the name of a function.
    Name,
    /// `::`, so that a function's name must follow.
    Namespace,
    /// A name behind `::`, so that the function's arguments must follow.
    Function,
    /// `.`.
    Dot,
    /// `.*` and steps behind it.
    Splat,
    /// `.` behind that.
    SplatDot,
    /// An operand.
    Value,
    /// `*` in an index, or `...` in a call, or a directive without an expression: it must be closed.
    Done,
}

/// The state of an expression and of what encloses it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Code {
    context: Context,
    state: State,
    /// How many `?` wait for their `:`.
    questions: usize,
    /// Whether this is an object's key, and not a value of it.
    in_key: bool,
}

/// What a token does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Effect {
    /// It is part of the expression.
    Part,
    /// It opens brackets that enclose expressions of their own.
    Opens(Context),
    /// It closes the brackets.
    Closes,
    /// It is white space here.
    Space,
    /// Terraform does not expect it here.
    Unexpected,
}

impl Code {
    /// Behind what opens a context.
    pub(super) fn new(context: Context) -> Self {
        let state = match context {
            Context::Tuple | Context::Object | Context::Call | Context::Index { .. } => State::Opened,
            _ => State::Operand,
        };
        Self { context, state, questions: 0, in_key: context == Context::Object }
    }

    /// Whether this is text that is passed over.
    pub(super) fn is_broken(&self) -> bool {
        self.context == Context::Broken
    }

    /// Whether a directive's word is expected.
    pub(super) fn is_directive(&self) -> bool {
        self.context == Context::Directive && self.state == State::Operand
    }

    /// Whether an operand was read and nothing of the expression is missing.
    pub(super) fn is_complete(&self) -> bool {
        self.is_broken()
            || self.questions == 0 && matches!(self.state, State::Name | State::Splat | State::Value | State::Done)
    }

    /// Whether the last token was a name that could as well start something else.
    pub(super) fn is_behind_name(&self) -> bool {
        self.state == State::Name
    }

    /// Takes the next token.
    pub(super) fn take(&mut self, token: Token<'_>) -> Effect {
        match self.context {
            Context::Broken => return Self::pass_over(token),
            Context::Line | Context::Object => {}
            Context::Index { in_lines: true } if token == Token::LineEnd => return self.line_end_in_index(),
            _ if token == Token::LineEnd => return Effect::Space,
            _ => {}
        }
        match self.state {
            State::Opened | State::Separated => self.first(token),
            State::Operand => self.operand(token),
            State::Name => match token {
                Token::Open(b'(') => self.opens(Context::Call),
                Token::DoubleColon => self.becomes(State::Namespace),
                _ => self.behind_operand(token),
            },
            State::Namespace if matches!(token, Token::Name(_)) => self.becomes(State::Function),
            State::Function => match token {
                Token::Open(b'(') => self.opens(Context::Call),
                Token::DoubleColon => self.becomes(State::Namespace),
                _ => Effect::Unexpected,
            },
            State::Dot | State::SplatDot => self.step(token),
            State::Splat if token == Token::Dot => self.becomes(State::SplatDot),
            State::Splat | State::Value => self.behind_operand(token),
            State::Done => self.end(token),
            State::Namespace => Effect::Unexpected,
        }
    }

    /// A line end that is white space around an expression, and not around `*`.
    fn line_end_in_index(&mut self) -> Effect {
        match self.state {
            State::Opened => self.state = State::Operand,
            State::Done => return Effect::Unexpected,
            _ => {}
        }
        Effect::Space
    }

    fn becomes(&mut self, state: State) -> Effect {
        self.state = state;
        Effect::Part
    }

    /// Opens brackets; behind them stands an operand.
    fn opens(&mut self, context: Context) -> Effect {
        self.state = State::Value;
        Effect::Opens(context)
    }

    fn pass_over(token: Token<'_>) -> Effect {
        match token {
            Token::Open(_) => Effect::Opens(Context::Broken),
            Token::Close(_) | Token::TrimmingClose => Effect::Closes,
            Token::LineEnd => Effect::Space,
            _ => Effect::Part,
        }
    }

    /// Where brackets may be closed without an expression, and a `for` may start.
    fn first(&mut self, token: Token<'_>) -> Effect {
        let form = match self.context {
            Context::Tuple => Some(Form::Tuple),
            Context::Object => Some(Form::Object),
            _ => None,
        };
        match (token, form, self.context) {
            (Token::Name("for"), Some(form), _) if self.state == State::Opened => {
                self.context = Context::For(form, Phase::First);
                self.becomes(State::Operand)
            }
            (Token::LineEnd, ..) => Effect::Space,
            (Token::Close(_), _, Context::Tuple | Context::Object | Context::Call) => Effect::Closes,
            (Token::Operator(b'*'), _, Context::Index { .. }) => self.becomes(State::Done),
            _ => self.operand(token),
        }
    }

    /// Where an operand must stand.
    fn operand(&mut self, token: Token<'_>) -> Effect {
        match self.context {
            Context::Directive => return self.directive(token),
            Context::For(form, phase @ (Phase::First | Phase::BehindFirst | Phase::Second | Phase::In)) => {
                return self.names(form, phase, token);
            }
            _ => {}
        }
        match token {
            Token::Name(_) => self.becomes(State::Name),
            Token::Number { .. } | Token::Quote | Token::Heredoc => self.becomes(State::Value),
            Token::Operator(b'-') | Token::Not => self.becomes(State::Operand),
            Token::Open(b'(') => self.opens(Context::Parenthesis),
            Token::Open(b'[') => self.opens(Context::Tuple),
            Token::Open(_) => self.opens(Context::Object),
            _ => Effect::Unexpected,
        }
    }

    /// The word of a directive.
    fn directive(&mut self, token: Token<'_>) -> Effect {
        match token {
            Token::Name("if") => {
                self.context = Context::Interpolation;
                Effect::Part
            }
            Token::Name("for") => {
                self.context = Context::For(Form::Directive, Phase::First);
                Effect::Part
            }
            Token::Name("else" | "endif" | "endfor") => self.becomes(State::Done),
            _ => Effect::Unexpected,
        }
    }

    /// The names that a `for` gives.
    fn names(&mut self, form: Form, phase: Phase, token: Token<'_>) -> Effect {
        let next = match (phase, token) {
            (Phase::First, Token::Name(_)) => Phase::BehindFirst,
            (Phase::BehindFirst, Token::Comma) => Phase::Second,
            (Phase::BehindFirst | Phase::In, Token::Name("in")) => Phase::Collection,
            (Phase::Second, Token::Name(_)) => Phase::In,
            _ => return Effect::Unexpected,
        };
        self.context = Context::For(form, next);
        Effect::Part
    }

    /// Behind a dot: a step into the operand.
    fn step(&mut self, token: Token<'_>) -> Effect {
        let state = if self.state == State::SplatDot { State::Splat } else { State::Value };
        match token {
            Token::Name(_) | Token::Number { has_dot: false } => self.becomes(state),
            Token::Operator(b'*') if self.state == State::Dot => self.becomes(State::Splat),
            _ => Effect::Unexpected,
        }
    }

    fn behind_operand(&mut self, token: Token<'_>) -> Effect {
        match token {
            Token::Dot => self.becomes(State::Dot),
            Token::Open(b'[') => {
                self.opens(Context::Index { in_lines: matches!(self.context, Context::Line | Context::Object) })
            }
            Token::Operator(_) => self.becomes(State::Operand),
            Token::Question => {
                self.questions += 1;
                self.becomes(State::Operand)
            }
            Token::Colon if self.questions > 0 => {
                self.questions -= 1;
                self.becomes(State::Operand)
            }
            _ if self.questions > 0 => Effect::Unexpected,
            _ => self.end(token),
        }
    }

    /// What may stand behind a whole expression.
    fn end(&mut self, token: Token<'_>) -> Effect {
        match (self.context, token) {
            (Context::For(form, phase), _) => self.end_in_for(form, phase, token),
            (Context::Line | Context::Broken, Token::Close(_)) => Effect::Unexpected,
            (Context::Object, Token::Close(_)) if self.in_key => Effect::Unexpected,
            (_, Token::Close(_)) | (Context::Interpolation | Context::Directive, Token::TrimmingClose) => {
                Effect::Closes
            }
            (Context::Object, Token::Equal | Token::Colon) if self.in_key => {
                self.in_key = false;
                self.becomes(State::Operand)
            }
            (Context::Object, Token::Comma | Token::LineEnd) if !self.in_key => {
                self.in_key = true;
                self.becomes(State::Separated)
            }
            (Context::Tuple | Context::Call, Token::Comma) if self.state != State::Done => {
                self.becomes(State::Separated)
            }
            (Context::Call, Token::Ellipsis) if self.state != State::Done => self.becomes(State::Done),
            _ => Effect::Unexpected,
        }
    }

    /// What may stand behind a whole expression of a `for`.
    fn end_in_for(&mut self, form: Form, phase: Phase, token: Token<'_>) -> Effect {
        let (next, state) = match (phase, token) {
            (Phase::Collection, Token::Close(b'}') | Token::TrimmingClose) if form == Form::Directive => {
                return Effect::Closes;
            }
            (Phase::Collection, Token::Colon) if form != Form::Directive => (Phase::Result, State::Operand),
            (Phase::Result, Token::Arrow) if form == Form::Object => (Phase::Value, State::Operand),
            (Phase::Value, Token::Ellipsis) => (Phase::Grouped, State::Done),
            (Phase::Result, Token::Name("if")) if form == Form::Tuple => (Phase::Condition, State::Operand),
            (Phase::Value | Phase::Grouped, Token::Name("if")) => (Phase::Condition, State::Operand),
            (Phase::Result, Token::Close(_)) if form == Form::Tuple => return Effect::Closes,
            (Phase::Value | Phase::Grouped | Phase::Condition, Token::Close(_)) => return Effect::Closes,
            _ => return Effect::Unexpected,
        };
        self.context = Context::For(form, next);
        self.becomes(state)
    }
}
