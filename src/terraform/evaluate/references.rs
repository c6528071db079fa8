//! References: what the names of a module stand for.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::objects::Reading;
use super::{Evaluated, Evaluator, Name, Scope, data_sources, turn_object, unknown_of};
use crate::hcl::expression::{Kind, Step, StepKind};
use crate::hcl::outline::{Attribute, Block, Body};
use crate::source::Span;
use crate::terraform::environment::Walk;
use crate::terraform::expand::{self, Instances};
use crate::terraform::limits::{self, LETTERS, STEPS_OF_NAME, STEPS_OF_PART};
use crate::terraform::module::{Declaration, Mode, Module, nested_type};
use crate::terraform::schema;
use crate::terraform::value::{Data, Marks, Unknown, Value};

/// The arguments of a resource that are Terraform's own and no attributes of it.
const META_ARGUMENTS: [&str; 5] = ["count", "for_each", "provider", "depends_on", "lifecycle"];

/// A resource that is referred to.
#[derive(Clone, Copy)]
struct Referred<'r> {
    mode: Mode,
    kind: &'r str,
    name: &'r str,
}

impl Referred<'_> {
    /// The schema, where podgate knows it.
    fn schema(self) -> Option<schema::Block> {
        match self.mode {
            Mode::Managed => schema::Block::of_resource(self.kind),
            Mode::Data => schema::Block::of_data(self.kind),
        }
    }

    fn address(self) -> String {
        format!("{}{}.{}", if self.mode == Mode::Data { "data." } else { "" }, self.kind, self.name)
    }
}

impl Evaluator<'_> {
    /// The value of a name and the steps behind it.
    pub(super) fn reference(&self, root: &str, steps: &[Step], span: Span, scope: Option<&Scope<'_>>) -> Evaluated {
        if let Err(reason) = self.budget().spend(STEPS_OF_NAME + root.len() / LETTERS) {
            return Ok(Value::unknown(reason, span));
        }
        if let Some(value) = scope.and_then(|scope| scope.find(root)) {
            let value = self.walk(value.clone(), steps, scope)?;
            // The variable of a `for` means nothing outside of it: what it stands for comes from elsewhere.
            let is_turn = scope.is_some_and(|scope| scope.is_turn(root));
            return Ok(if is_turn { value } else { value.read(span) });
        }
        if self.module.is_none() {
            return super::refuse("Terraform allows no reference here", span);
        }
        if scope.is_some_and(Scope::is_closed) {
            return super::refuse(format!("the template has no variable `{root}`"), span);
        }
        let (value, rest) = match (root, steps) {
            ("local", [Step { kind: StepKind::Attribute(name), .. }, rest @ ..]) => (self.local(name, span)?, rest),
            ("var", [Step { kind: StepKind::Attribute(name), .. }, rest @ ..]) => (self.variable(name, span)?, rest),
            ("path", [Step { kind: StepKind::Attribute(name), .. }, rest @ ..]) => (self.path(name, span), rest),
            ("terraform", [Step { kind: StepKind::Attribute(name), .. }, rest @ ..]) if &**name == "workspace" => {
                (self.workspace(span), rest)
            }
            (
                "data",
                [Step { kind: StepKind::Attribute(kind), .. }, Step { kind: StepKind::Attribute(name), .. }, rest @ ..],
            ) => (self.resource(Referred { mode: Mode::Data, kind, name }, rest, span)?, rest),
            ("each" | "count", _) => {
                let needed = if root == "each" { "for_each" } else { "count" };
                return Ok(Value::unknown(
                    format!("`{root}` does not exist here, because the block has no `{needed}`"),
                    span,
                ));
            }
            ("module", [Step { kind: StepKind::Attribute(name), .. }, rest @ ..]) => {
                (self.module_call(name, rest, span)?, rest)
            }
            ("module" | "self" | "data" | "terraform" | "ephemeral", _) => {
                return Ok(Value::unknown(format!("it depends on `{}`", written(root, steps)), span));
            }
            (kind, [Step { kind: StepKind::Attribute(name), .. }, rest @ ..]) => {
                (self.resource(Referred { mode: Mode::Managed, kind, name }, rest, span)?, rest)
            }
            _ => return Ok(Value::unknown(format!("there is no `{root}` that could be referred to"), span)),
        };
        Ok(self.walk(value, rest, scope)?.read(span))
    }

    /// The value of a local.
    ///
    /// # Errors
    ///
    /// When Terraform refuses its expression. `span` is where it is asked for.
    pub fn local(&self, name: &str, span: Span) -> Evaluated {
        let address = format!("local.{name}");
        if let Some(contradiction) = self.contradiction(&address, span) {
            return Ok(contradiction);
        }
        let Some(expression) = self.locals.get(name) else {
            return Ok(self.not_there("local value", &address, span));
        };
        self.once(Name::Local(name.into()), *expression, || self.at(*expression, None))
    }

    /// The value of an input variable.
    pub(in crate::terraform) fn variable(&self, name: &str, span: Span) -> Evaluated {
        let is_settled = self.known.borrow().contains_key(&Name::Variable(name.into()));
        if let Some(open) = self.before_plan(&format!("var.{name}"), span).filter(|_| !is_settled) {
            return Ok(open);
        }
        self.once(Name::Variable(name.into()), span, || {
            let address = format!("var.{name}");
            if let Some(contradiction) = self.contradiction(&address, span) {
                return Ok(contradiction);
            }
            Ok(match self.declaration(&address) {
                Some(declaration) => self.input(name, &declaration),
                None => self.not_there("variable", &address, span),
            })
        })
    }

    /// The value of an output.
    pub(in crate::terraform) fn output(&self, name: &str) -> Value {
        let address = format!("output.{name}");
        let Some(declaration) = self.declaration(&address) else {
            return Value::unknown(format!("there is no output `{name}`"), self.sources.start_of_first());
        };
        let value = self.once(Name::Output(name.into()), declaration.header, || {
            let value = declaration.body.attribute("value").map(|value| self.at(value.expression, None));
            // What is wrong in another module is an error there, which `try` does not see here.
            Ok(value.unwrap_or(Ok(Data::Null.into())).unwrap_or_else(unknown_of))
        });
        let flag = |name: &str| {
            let flag = declaration.body.attribute(name).map(|flag| self.at(flag.expression, None));
            matches!(flag, Some(Ok(Value { data: Data::Bool(true), .. })))
        };
        let marks = Marks { sensitive: flag("sensitive"), ephemeral: flag("ephemeral"), ..Marks::default() };
        value.unwrap_or_else(unknown_of).marked(marks)
    }

    /// The names of the module's outputs.
    pub(in crate::terraform) fn output_names(&self) -> impl Iterator<Item = &'_ str> {
        self.module.into_iter().flat_map(Module::outputs)
    }

    /// The outputs of a called module, as far as the steps ask for them.
    fn module_call(&self, name: &str, steps: &[Step], span: Span) -> Evaluated {
        let address = format!("module.{name}");
        if let Some(contradiction) = self.contradiction(&address, span) {
            return Ok(contradiction);
        }
        if let Some(open) = self.before_plan(&address, span) {
            return Ok(open);
        }
        let wanted = wanted(steps);
        self.once(Name::Block(address.as_str().into(), wanted.map(Into::into)), span, || {
            let call = self.module.and_then(|module| module.calls().find(|call| call.name == name));
            let Some(call) = call else { return Ok(self.not_there("module call", &address, span)) };
            Ok(self.outputs(&call, wanted))
        })
    }

    /// What a name stands for that Terraform does not look up before it plans.
    fn before_plan(&self, address: &str, span: Span) -> Option<Value> {
        let is_open = self.environment.walk == Walk::Validate;
        is_open.then(|| Value::unknown(format!("it depends on `{address}`, which no plan has looked up yet"), span))
    }

    fn declaration(&self, address: &str) -> Option<Declaration<'_>> {
        self.module.and_then(|module| module.declaration(address))
    }

    /// What a name stands for that the module declares more than once: Terraform refuses the module, and what it means
    /// cannot be told.
    fn contradiction(&self, address: &str, span: Span) -> Option<Value> {
        let is_contradictory = self.module.is_some_and(|module| module.declares_twice(address));
        is_contradictory.then(|| {
            Unknown::flaw(format!("`{address}` is declared more than once, which Terraform refuses"), span).into()
        })
    }

    /// What a name stands for that the module does not declare. Terraform refuses the whole module for it, so that
    /// `try` does not help.
    fn not_there(&self, what: &str, name: &str, span: Span) -> Value {
        if !self.module.is_some_and(Module::is_complete) {
            let reason = format!("`{name}` is not in the part of the module that could be read");
            return Unknown::flaw(reason, span).into();
        }
        let reason = match name.rsplit_once('.') {
            Some(("local" | "var", name)) => format!("there is no {what} called `{name}`"),
            _ => format!("there is no {what} `{name}`"),
        };
        Value::unknown(reason, span)
    }

    /// `terraform.workspace`. Where nobody names one, a plan that fails for Terraform's default may be one that nobody makes.
    fn workspace(&self, span: Span) -> Value {
        if self.environment.walk != Walk::Apply && self.environment.workspace == "default" {
            return Value::unknown("it depends on `terraform.workspace`", span);
        }
        Value::string(self.environment.workspace).marked(self.environment.workspace_marks())
    }

    fn path(&self, name: &str, span: Span) -> Value {
        match name {
            "module" => Value::string(&self.environment.module_path),
            "root" => Value::string("."),
            _ => Value::unknown(format!("it depends on `path.{name}`, which differs from machine to machine"), span),
        }
    }

    /// The value of a resource, as far as the configuration says: one object, or with `count` a tuple and with
    /// `for_each` an object of them. Only what the steps ask for is evaluated.
    fn resource(&self, referred: Referred<'_>, steps: &[Step], span: Span) -> Evaluated {
        let address = referred.address();
        if self.is_subject(&address) {
            let reason = format!("Terraform refuses a reference of `{address}` to itself");
            return Ok(Value::unknown(reason, span));
        }
        if let Some(contradiction) = self.contradiction(&address, span) {
            return Ok(contradiction);
        }
        if let Some((reason, at)) = self.refused_reference(referred, steps) {
            return Ok(Unknown::refused(reason, at).into());
        }
        if let Some(open) = self.before_plan(&address, span) {
            return Ok(open);
        }
        let wanted = wanted(steps);
        self.once(Name::Block(address.clone().into(), wanted.map(Into::into)), span, || {
            let what = if referred.mode == Mode::Data { "data source" } else { "resource" };
            Ok(match self.declaration(&address) {
                Some(declaration) => self.instances_of(referred, &declaration, wanted),
                None => self.not_there(what, &address, span),
            })
        })
    }

    /// Why Terraform refuses steps into a resource before it evaluates anything, so that `try` does not help, and where
    /// (`internal/terraform/evaluate_valid.go`). A key that must be evaluated ends what can be checked so early.
    fn refused_reference(&self, referred: Referred<'_>, steps: &[Step]) -> Option<(String, Span)> {
        let declaration = self.declaration(&referred.address())?;
        let repeats = ["count", "for_each"].into_iter().find(|name| declaration.body.attribute(name).is_some());
        let step = steps.first()?;
        let rest = match (&step.kind, repeats) {
            (StepKind::Attribute(_), None) => steps,
            (StepKind::Attribute(_), Some(repeats)) => {
                let reason = format!(
                    "`{}` has `{repeats}`, so that a reference requires the key of one instance",
                    referred.address()
                );
                return Some((reason, step.span));
            }
            (StepKind::Index(index), repeats) if matches!(index.kind, Kind::Number(_) | Kind::String(_)) => {
                if repeats.is_none() {
                    let reason =
                        format!("`{}` has neither `count` nor `for_each`, so that it has no key", referred.address());
                    return Some((reason, step.span));
                }
                &steps[1..]
            }
            _ => return None,
        };
        schema::refused_step(referred.schema()?, rest)
    }

    fn instances_of(&self, referred: Referred<'_>, declaration: &Declaration<'_>, wanted: Option<&str>) -> Value {
        let body = &declaration.body;
        let object = |scope: Option<&Scope<'_>>| self.resource_object(referred, declaration, wanted, scope);
        let instances = match expand::instances(self, body) {
            Instances::Known(instances) => instances,
            Instances::Many(_) => {
                let reason = format!("podgate looks at {} instances only", limits::MOST_INSTANCES);
                return Value::unknown(reason, declaration.header);
            }
            Instances::Unknown(unknown) => return unknown.into(),
        };
        let scoped = |instance: &expand::Instance| object(Some(&Scope::with(None, instance.name, &instance.value)));
        if body.attribute("count").is_some() {
            Value::tuple(instances.iter().map(scoped).collect())
        } else if body.attribute("for_each").is_some() {
            let keyed = instances.iter().filter_map(|instance| Some((instance.each_key()?, scoped(instance))));
            Value::object(keyed.collect())
        } else {
            object(None)
        }
    }

    /// What the configuration says of one instance of a resource.
    fn resource_object(
        &self,
        referred: Referred<'_>,
        declaration: &Declaration<'_>,
        wanted: Option<&str>,
        scope: Option<&Scope<'_>>,
    ) -> Value {
        let address = referred.address();
        // What is made of the arguments needs all of them.
        let wanted = wanted.filter(|_| !data_sources::knows(referred.kind) && referred.kind != "terraform_data");
        let schema = referred.schema();
        let mut value = match schema {
            Some(block) => {
                let reading =
                    Reading { mode: referred.mode, path: &address, header: declaration.header, is_in_set: false };
                self.planned_object(block, &declaration.body, wanted, scope, reading)
            }
            None => self.loose_object(referred, declaration, wanted, scope),
        };
        if let Data::Partial(attributes, _) | Data::Object(attributes) = &mut value.data {
            let attributes = Arc::make_mut(attributes);
            if referred.mode == Mode::Data && data_sources::knows(referred.kind) {
                let is_written = |name: &str| declaration.body.attribute(name).is_some();
                let written = attributes.iter().filter(|(name, _)| is_written(name));
                let written = written.map(|(name, value)| (name.clone(), value.clone())).collect();
                let computed = data_sources::computed(self, referred.kind, &written, declaration.header);
                attributes.extend(computed.into_iter().map(|(name, value)| (name.into(), value)));
            }
            // What this resource puts out is what it is given, so that podgate knows it, though a plan that creates
            // the resource shows it as known after apply only.
            if referred.kind == "terraform_data"
                && let Some(input) = attributes.get("input").cloned()
            {
                attributes.insert("output".into(), input);
            }
            if referred.mode == Mode::Managed {
                self.add_late((referred.kind, &address), wanted, attributes, declaration.header);
            }
        }
        value
    }

    /// What the configuration says of one instance of a resource whose schema is not known. What it does not say, the
    /// provider may compute.
    fn loose_object(
        &self,
        referred: Referred<'_>,
        declaration: &Declaration<'_>,
        wanted: Option<&str>,
        scope: Option<&Scope<'_>>,
    ) -> Value {
        let address = referred.address();
        let what = wanted.map_or(address.clone(), |attribute| format!("{address}.{attribute}"));
        let when = if referred.mode == Mode::Data { "is read from the provider" } else { "is known after apply" };
        let unknown = Unknown::new(format!("it depends on `{what}`, which {when}"), declaration.header);
        let value = self.body_object(&declaration.body, wanted, scope, &unknown);
        if let Err(reason) = self.budget().spend(value.weight() * STEPS_OF_PART) {
            return Value::unknown(reason, declaration.header);
        }
        value.with_marks(&|marks| Marks { loose: true, ..marks })
    }

    /// What `self` stands for in the postconditions of an instance of a resource.
    pub(in crate::terraform) fn own_value(
        &self,
        (mode, kind, name): (Mode, &str, &str),
        declaration: &Declaration<'_>,
        scope: Option<&Scope<'_>>,
    ) -> Value {
        self.resource_object(Referred { mode, kind, name }, declaration, None, scope)
    }

    /// The arguments and nested blocks of a body as an object whose other attributes are not known.
    fn body_object(
        &self,
        body: &Body,
        wanted: Option<&str>,
        scope: Option<&Scope<'_>>,
        unknown: &Arc<Unknown>,
    ) -> Value {
        let is_wanted = |name: &str| wanted.is_none_or(|wanted| wanted == name) && !META_ARGUMENTS.contains(&name);
        let mut attributes: BTreeMap<Arc<str>, Value> = BTreeMap::new();
        // In JSON syntax what stands for blocks is listed as an argument, too; which it is only a schema tells.
        let is_block = |attribute: &Attribute| body.blocks.iter().any(|block| block.header == attribute.name_span);
        let arguments = body.attributes.iter().filter(|attribute| !is_block(attribute));
        for attribute in arguments.filter(|attribute| is_wanted(&attribute.name)) {
            let value = self.at(attribute.expression, scope).unwrap_or_else(unknown_of);
            // A provider may compute what is left to it.
            if !matches!(value.data, Data::Null) {
                let converted = schema::type_by_name(&attribute.name).and_then(|to| value.convert(&to).ok());
                attributes.insert((*attribute.name).into(), converted.unwrap_or(value));
            }
        }
        let mut nested: BTreeMap<&str, Vec<&Block>> = BTreeMap::new();
        for block in body.blocks.iter().filter(|block| is_wanted(nested_type(block))) {
            nested.entry(nested_type(block)).or_default().push(block);
        }
        for (name, blocks) in nested {
            let mut elements = Vec::new();
            let known = blocks.iter().try_for_each(|block| self.block_objects(block, scope, unknown, &mut elements));
            let value = match known {
                // Every provider of the old kind has this block, and in all of them it is one object.
                Ok(()) if name == "timeouts" && elements.len() == 1 => elements.swap_remove(0),
                Ok(()) => Value::list(elements),
                Err(unknown) => unknown.into(),
            };
            attributes.insert(name.into(), value);
        }
        Data::Partial(Arc::new(attributes), unknown.clone()).into()
    }

    /// The objects that a nested block, or a `dynamic` block that generates some, stands for.
    fn block_objects(
        &self,
        block: &Block,
        scope: Option<&Scope<'_>>,
        unknown: &Arc<Unknown>,
        objects: &mut Vec<Value>,
    ) -> Result<(), Arc<Unknown>> {
        if &*block.kind != "dynamic" {
            objects.push(self.body_object(&block.body, None, scope, unknown));
            return Ok(());
        }
        let (Some(for_each), Some(content)) = (block.body.attribute("for_each"), block.body.blocks("content").next())
        else {
            return Err(unknown.clone());
        };
        let iterator = self.iterator(block);
        let collection = self.at(for_each.expression, scope).unwrap_or_else(unknown_of);
        for turn in self.turns(&collection, for_each.expression).map_err(|_| unknown.clone())?? {
            let element = turn_object(turn);
            objects.push(self.body_object(&content.body, None, Some(&Scope::with(scope, iterator, &element)), unknown));
        }
        Ok(())
    }
}

/// The attribute that steps take, behind the index of an instance.
fn wanted(steps: &[Step]) -> Option<&str> {
    steps.iter().find_map(|step| match &step.kind {
        StepKind::Attribute(name) => Some(&**name),
        _ => None,
    })
}

/// How a reference is written: `var.share_ipc`, `local.a.b`. Steps behind the first index are left out.
fn written(root: &str, steps: &[Step]) -> String {
    let mut text = root.to_owned();
    for step in steps {
        let StepKind::Attribute(name) = &step.kind else { break };
        text.push('.');
        text.push_str(name);
    }
    text
}
