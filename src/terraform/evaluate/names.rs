//! What has a name in a module is evaluated once, when it is first asked for.

use super::{Evaluated, Evaluator};
use crate::source::Span;
use crate::terraform::value::Value;

/// Something of a module that has a value and is evaluated once.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Name {
    Local(Box<str>),
    Variable(Box<str>),
    Output(Box<str>),
    /// A resource or a module call, by its address in the module, as far as an attribute of it is asked for.
    Block(Box<str>, Option<Box<str>>),
}

impl std::fmt::Display for Name {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Local(name) => write!(f, "local.{name}"),
            Self::Variable(name) => write!(f, "var.{name}"),
            Self::Output(name) => write!(f, "output.{name}"),
            Self::Block(address, None) => f.write_str(address),
            Self::Block(address, Some(attribute)) => write!(f, "{address}.{attribute}"),
        }
    }
}

impl Evaluator<'_> {
    /// The value of a name, computed when first asked for. `span` is where it is asked for.
    pub(super) fn once(&self, name: Name, span: Span, compute: impl FnOnce() -> Evaluated) -> Evaluated {
        let known = self.known.borrow().get(&name).cloned();
        match known {
            Some(Some(value)) => return value,
            Some(None) => return Ok(Value::unknown(self.cycle(&name), span)),
            None => {}
        }
        self.known.borrow_mut().insert(name.clone(), None);
        self.under_way.borrow_mut().push(name.clone());
        let (met, before) = (self.budget().met(), self.budget().spent());
        let mut value = compute();
        if let Ok(computed) = &value
            && let Err(reason) = self.budget().keep(computed.weight(), self.budget().spent() - before)
        {
            value = Ok(Value::unknown(reason, span));
        }
        self.under_way.borrow_mut().pop();
        if self.budget().met() == met {
            self.known.borrow_mut().insert(name, Some(value.clone()));
        } else {
            // Where podgate stopped depends on what was asked for, and is not the value of the name.
            self.known.borrow_mut().remove(&name);
        }
        value
    }

    /// Lets a variable that is being evaluated have its value already.
    pub(in crate::terraform) fn settle(&self, variable: &str, value: Value) {
        self.known.borrow_mut().insert(Name::Variable(variable.into()), Some(Ok(value)));
    }

    /// Names a cycle that closes at a name.
    fn cycle(&self, name: &Name) -> String {
        let under_way = self.under_way.borrow();
        let circle = under_way.iter().skip_while(|other| *other != name).chain([name]);
        let circle: Vec<String> = circle.map(ToString::to_string).collect();
        format!("it depends on itself (`{}`)", circle.join(" -> "))
    }
}
