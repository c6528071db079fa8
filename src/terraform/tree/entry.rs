//! From a module into those that it calls: their instances, their arguments, and their outputs.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use super::META_ARGUMENTS;
use crate::terraform::detour::Detour;
use crate::terraform::environment::{Environment, Walk};
use crate::terraform::evaluate::{Evaluator, Scope};
use crate::terraform::expand::{self, Instance, Instances};
use crate::terraform::inputs::{Argument, Inputs};
use crate::terraform::limits;
use crate::terraform::module::{Module, ModuleCall};
use crate::terraform::value::{Data, Standing, Unknown, Value};

impl Evaluator<'_> {
    /// Which instances of a call there are.
    #[must_use]
    pub fn call_instances(&self, call: &ModuleCall<'_>) -> Instances {
        expand::instances(self, &call.body)
    }

    /// Where a call leads, and whether that is of interest.
    ///
    /// # Errors
    ///
    /// When the module is not there, or calls itself.
    pub fn leads_to_interest(&self, call: &ModuleCall<'_>) -> Result<bool, Arc<Unknown>> {
        let (tree, node) = self.place()?;
        Ok(tree.survey(&tree.child(node, call)?))
    }

    /// The evaluator of the module that an instance of a call makes; without an instance, of what all of them have in
    /// common when it is not known which there are. Values in one that an earlier call made come by the detour.
    ///
    /// # Errors
    ///
    /// When the module is not there, or calls itself.
    pub fn enter(
        &self,
        call: &ModuleCall<'_>,
        instance: Result<&Instance, &Arc<Unknown>>,
    ) -> Result<(Rc<Self>, Detour), Arc<Unknown>> {
        let (tree, node) = self.place()?;
        let child = tree.child(node, call)?;
        let module = tree.library.module(&child.directory).expect("a child is a module");
        tree.library.enter(&child.directory);
        let arguments = match instance {
            Ok(instance) => self.arguments(call, module, Some(&Scope::with(None, instance.name, &instance.value))),
            Err(unknown) => {
                let name = Value::from(unknown.clone());
                let count = Scope::with(None, "count", &name);
                self.arguments(call, module, Some(&Scope::with(Some(&count), "each", &name)))
            }
        };
        tree.node(child, module, arguments)
    }

    /// The evaluator of this module for what Terraform checks before it plans.
    pub(in crate::terraform) fn validating(&self) -> Option<Rc<Self>> {
        let (tree, node) = self.place().ok()?;
        let environment = Environment { walk: Walk::Validate, ..tree.environment(&node.directory) };
        Some(Rc::new(Self::in_tree(&tree, self.module()?, Inputs::default(), environment, node.clone())))
    }

    /// Why Terraform refuses where a call leads.
    pub(in crate::terraform) fn refused_call(&self, call: &ModuleCall<'_>) -> Option<Arc<Unknown>> {
        let (tree, node) = self.place().ok()?;
        tree.child(node, call).err().filter(|unknown| unknown.standing == Standing::Refused)
    }

    /// The evaluator of a called module for what Terraform checks before it plans, if the module is there.
    pub(in crate::terraform) fn called(&self, call: &ModuleCall<'_>) -> Option<Rc<Self>> {
        let (tree, node) = self.place().ok()?;
        let node = tree.child(node, call).ok()?;
        let module = tree.library.module(&node.directory)?;
        let environment = Environment { walk: Walk::Validate, ..tree.environment(&node.directory) };
        Some(Rc::new(Self::in_tree(&tree, module, Inputs::default(), environment, node)))
    }

    /// The values that a call gives to the variables of a module.
    fn arguments(&self, call: &ModuleCall<'_>, module: &Module, scope: Option<&Scope<'_>>) -> Vec<Argument> {
        let is_variable = |name: &str| !META_ARGUMENTS.contains(&name) && module.declares_variable(name);
        let given = call.body.attributes.iter().filter(|attribute| is_variable(&attribute.name));
        let mut arguments: Vec<Argument> = given
            .map(|attribute| Argument {
                name: attribute.name.clone(),
                value: self.value(attribute.expression, scope),
                span: attribute.span(),
            })
            .collect();
        arguments.sort_by(|one, other| one.name.cmp(&other.name));
        arguments
    }

    /// The outputs of a called module, as far as one is asked for.
    pub(in crate::terraform) fn outputs(&self, call: &ModuleCall<'_>, wanted: Option<&str>) -> Value {
        let outputs = |instance: Result<&Instance, &Arc<Unknown>>| match self.enter(call, instance) {
            Ok((child, _)) => child.output_object(wanted),
            Err(unknown) => unknown.into(),
        };
        let instances = match self.call_instances(call) {
            Instances::Known(instances) => instances,
            Instances::Many(_) => {
                let reason = format!("podgate looks at {} instances only", limits::MOST_INSTANCES);
                return Value::unknown(reason, call.header);
            }
            Instances::Unknown(unknown) => return unknown.into(),
        };
        if call.body.attribute("count").is_some() {
            Value::tuple(instances.iter().map(|instance| outputs(Ok(instance))).collect())
        } else if call.body.attribute("for_each").is_some() {
            let keyed = instances.iter().filter_map(|instance| Some((instance.each_key()?, outputs(Ok(instance)))));
            Value::object(keyed.collect())
        } else {
            instances.first().map_or_else(|| Data::Null.into(), |instance| outputs(Ok(instance)))
        }
    }

    /// The outputs of this module as an object.
    fn output_object(&self, wanted: Option<&str>) -> Value {
        let names = self.output_names().filter(|name| wanted.is_none_or(|wanted| wanted == *name));
        let outputs: BTreeMap<Arc<str>, Value> = names.map(|name| (name.into(), self.output(name))).collect();
        Value::object(outputs)
    }
}
