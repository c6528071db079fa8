//! What the variables of a module are worth
//! (<https://developer.hashicorp.com/terraform/language/values/variables>).

mod constraint;

use std::ops::ControlFlow;
use std::rc::Rc;
use std::sync::Arc;

use super::evaluate::Evaluator;
use super::limits::STEPS_OF_CONVERSION;
use super::module::Declaration;
use super::value::{Data, Marks, Private, Type, Unknown, Value};
use crate::hcl::outline::Attribute;
use crate::source::{Disclosure, FileId, Span};

/// What sets the variables of a module.
#[derive(Debug, Clone, Default)]
pub enum Inputs<'m> {
    /// Their defaults only.
    #[default]
    Defaults,
    /// The root module's layers, each of which beats those in front of it.
    Root(&'m [Layer]),
    /// The arguments of a module call.
    Called(Rc<[Argument]>),
}

/// An argument of a module call.
#[derive(Debug, Clone)]
pub struct Argument {
    /// The variable that it sets.
    pub name: Box<str>,
    /// Its value.
    pub value: Value,
    /// From its name to the end of its value.
    pub span: Span,
}

impl Inputs<'_> {
    /// Whether these are the arguments: of the same names and values, wherever they come from.
    pub(super) fn are(&self, arguments: &[Argument]) -> bool {
        let Self::Called(own) = self else { return false };
        let same = |(one, other): (&Argument, &Argument)| {
            one.name == other.name && one.value == other.value && one.value.all_marks() == other.value.all_marks()
        };
        own.len() == arguments.len() && own.iter().zip(arguments).all(same)
    }
}

/// A source of values for the variables of a root module.
#[derive(Debug, Clone)]
pub enum Layer {
    /// A file of values: `terraform.tfvars` and its like.
    File(FileId, Vec<Attribute>),
    /// A file of values that could not be read; its path, for a message.
    Unreadable(String),
    /// `--var name=value`: the name, and where the value stands.
    Argument(String, Span),
}

impl Layer {
    /// The variables that the layer sets.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let (file, argument) = match self {
            Self::File(_, values) => (&values[..], None),
            Self::Argument(name, _) => (&[][..], Some(name.as_str())),
            Self::Unreadable(_) => (&[][..], None),
        };
        file.iter().map(|value| &*value.name).chain(argument)
    }

    /// The file of values, if it is one that could be read.
    #[must_use]
    pub fn file(&self) -> Option<FileId> {
        if let Self::File(file, _) = self { Some(*file) } else { None }
    }

    /// Where the layer sets a variable: the name (or what stands for it), and the value.
    fn sets(&self, variable: &str) -> Option<(Span, Span)> {
        match self {
            Self::File(_, values) => {
                // What is set twice, an error to Terraform, counts as it was set first.
                let value = values.iter().find(|value| &*value.name == variable);
                value.map(|value| (value.name_span, value.expression))
            }
            Self::Argument(name, value) => (name == variable).then_some((*value, *value)),
            Self::Unreadable(_) => None,
        }
    }
}

impl Evaluator<'_> {
    /// The value of a declared variable.
    pub(super) fn input(&self, name: &str, declaration: &Declaration<'_>) -> Value {
        let flag = |name: &str| {
            let attribute = declaration.body.attribute(name);
            attribute.map(|attribute| self.constants().value(attribute.expression, None))
        };
        let is =
            |name: &str| flag(name).is_some_and(|value| matches!(value.to_bool(declaration.header), Ok(Some(true))));
        let marks = Marks { sensitive: is("sensitive"), ephemeral: is("ephemeral"), ..Marks::default() };
        let nullable =
            !flag("nullable").is_some_and(|value| matches!(value.to_bool(declaration.header), Ok(Some(false))));
        match self.converted_input(name, declaration, nullable, marks) {
            Ok(value) => {
                let value = if marks.sensitive || marks.ephemeral { value.hidden() } else { value };
                self.validated(name, declaration, value.marked(marks))
            }
            Err(unknown) => {
                let constraint = declaration.body.attribute("type");
                let of = constraint.and_then(|constraint| self.constants().constraint(constraint.expression).ok());
                Value::from(unknown).of_type(&of.unwrap_or(Type::Any).without_optional()).marked(marks)
            }
        }
    }

    /// The value that the inputs, or the default, give a variable, as its type wants it.
    fn converted_input(
        &self,
        name: &str,
        declaration: &Declaration<'_>,
        nullable: bool,
        marks: Marks,
    ) -> Result<Value, Arc<Unknown>> {
        let constants = self.constants();
        let constraint = match declaration.body.attribute("type") {
            Some(constraint) => Some(constants.constraint(constraint.expression)?),
            None => None,
        };
        let to = constraint.as_ref().unwrap_or(&Type::Any);
        let convert = |value: Value, at: Span| {
            // A report shows what stands at the place of a reason.
            let at = if marks.sensitive { declaration.header } else { at };
            let steps = value.weight() * STEPS_OF_CONVERSION;
            self.budget().spend(steps).map_err(|reason| Unknown::new(reason, at))?;
            let refused =
                |why| Unknown::refused(format!("Terraform refuses the value of `var.{name}`, which {why}"), at);
            value.convert(to).map_err(refused)
        };
        let default = declaration.body.attribute("default").map(|default| default.expression);
        let given = self.given(name, declaration, constraint.as_ref(), default.is_none())?;
        let refused_null = match given {
            Some((value, at)) if !nullable && matches!(value.data, Data::Null) => Some(at),
            Some((value, at)) => return convert(value, at),
            None => None,
        };
        let Some(default) = default else {
            if let Some(at) = refused_null {
                return Err(Unknown::refused(format!("Terraform refuses `null` for `var.{name}`"), at));
            }
            let reason = format!("`var.{name}` has no value");
            let remedy = match self.inputs() {
                Inputs::Called(_) => format!("Set `{name}` in the call of the module, or give `var.{name}` a default."),
                _ => format!("Give `var.{name}` a value with `--var` or `--var-file`, or a default."),
            };
            return Err(Unknown::curable(reason, declaration.header, remedy));
        };
        convert(constants.value(default, None), default)
    }

    /// The value that the inputs give a variable, and where.
    fn given(
        &self,
        name: &str,
        declaration: &Declaration<'_>,
        constraint: Option<&Type>,
        needed: bool,
    ) -> Result<Option<(Value, Span)>, Arc<Unknown>> {
        let layers = match self.inputs() {
            Inputs::Defaults => return Ok(None),
            Inputs::Root(layers) => layers,
            Inputs::Called(arguments) => {
                let argument = arguments.iter().find(|argument| &*argument.name == name);
                return Ok(argument.map(|argument| (argument.value.clone(), argument.span)));
            }
        };
        let mut unreadable = None;
        let set = layers.iter().rev().try_for_each(|layer| {
            if let Layer::Unreadable(path) = layer {
                unreadable = unreadable.or(Some(path));
            }
            layer.sets(name).map_or(ControlFlow::Continue(()), |set| ControlFlow::Break((layer, set)))
        });
        match (set, unreadable) {
            (ControlFlow::Break((layer, (key, value))), _) => {
                let constants = self.constants();
                let is_text = matches!(layer, Layer::Argument(..))
                    && matches!(constraint, None | Some(Type::String | Type::Number | Type::Bool));
                let file = &self.sources()[value.file];
                let is_outside = file.disclosure() == Disclosure::Content;
                let marks = if is_outside { Marks::private(Private::Argument) } else { Marks::default() };
                let given = if is_text {
                    Value::string(self.sources().text(value)).written(value)
                } else {
                    constants.value(value, None)
                };
                Ok(Some((given.marked(marks), if matches!(layer, Layer::File(..)) { key.to(value) } else { value })))
            }
            (ControlFlow::Continue(()), Some(path)) if needed => {
                let reason = format!("only {path} could set `var.{name}`, and it cannot be read");
                Err(Unknown::new(reason, declaration.header))
            }
            (ControlFlow::Continue(()), _) => Ok(None),
        }
    }

    /// The value, unless a `validation` block of the variable is known to refuse it.
    fn validated(&self, name: &str, declaration: &Declaration<'_>, value: Value) -> Value {
        // The condition may ask for the variable itself.
        self.settle(name, value.clone());
        let mut conditions =
            declaration.body.blocks("validation").filter_map(|block| block.body.attribute("condition"));
        let refusing = conditions.find(|condition| {
            let verdict = self.at(condition.expression, None);
            matches!(verdict.map(|verdict| verdict.data), Ok(Data::Bool(false)))
        });
        match refusing {
            Some(condition) => {
                let reason = format!("Terraform refuses the value of `var.{name}`: its validation fails");
                Unknown::refused(reason, condition.expression).into()
            }
            None => value,
        }
    }
}
