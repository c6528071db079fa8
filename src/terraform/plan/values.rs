//! Plans without changes: what there will be, as `planned_values` lists it.
//!
//! `terraform plan -refresh-only` plans nothing, so that its `planned_values` are empty; what it keeps is what the state
//! holds, `prior_state`.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::{Document, Place, Plan, Planned, Problem, what_is_wrong};
use crate::terraform::value::{Data, Unknown, Value};

/// What `prior_state` holds.
#[derive(Deserialize)]
struct State<'t> {
    #[serde(borrow)]
    values: Option<Values<'t>>,
}

#[derive(Deserialize)]
struct Values<'t> {
    #[serde(borrow)]
    root_module: Option<Module<'t>>,
}

/// A module, with those that it calls. How deep they nest is limited by the parser.
#[derive(Deserialize)]
struct Module<'t> {
    #[serde(borrow, default)]
    resources: Vec<&'t RawValue>,
    #[serde(borrow, default)]
    child_modules: Vec<Module<'t>>,
}

#[derive(Deserialize)]
struct Resource<'t> {
    address: Option<String>,
    mode: Option<String>,
    r#type: Option<String>,
    name: Option<String>,
    #[serde(borrow)]
    values: Option<&'t RawValue>,
    #[serde(borrow)]
    sensitive_values: Option<&'t RawValue>,
}

impl<'t> Module<'t> {
    fn into_resources(self, all: &mut Vec<&'t RawValue>) {
        all.extend(self.resources);
        for module in self.child_modules {
            module.into_resources(all);
        }
    }
}

/// Reads the resources of a plan that lists no changes.
pub(super) fn read(document: &Document<'_>, place: &Place<'_>, kinds: &[&str], plan: &mut Plan) {
    let mut resources = Vec::new();
    let mut problem = |raw: &RawValue, error: &serde_json::Error| {
        let message = format!("The values of this plan cannot be read ({}). They were left out.", what_is_wrong(error));
        plan.problems.push((place.offset(raw.get()), message));
    };
    if let Some(raw) = document.planned_values {
        match serde_json::from_str::<Values<'_>>(raw.get()) {
            Ok(values) => {
                if let Some(module) = values.root_module {
                    module.into_resources(&mut resources);
                }
            }
            Err(error) => problem(raw, &error),
        }
    }
    let is_planned = !resources.is_empty();
    if !is_planned && let Some(raw) = document.prior_state {
        match serde_json::from_str::<State<'_>>(raw.get()) {
            Ok(state) => {
                let root = state.values.and_then(|values| values.root_module);
                if let Some(module) = root {
                    module.into_resources(&mut resources);
                }
            }
            Err(error) => problem(raw, &error),
        }
    }
    for raw in resources {
        match resource(raw, place, kinds, is_planned) {
            Ok(planned) => plan.resources.extend(planned),
            Err(problem) => plan.problems.push(problem),
        }
    }
}

/// A resource, if it is a managed one of the given types. What is not known of a planned one is left out of it.
fn resource(raw: &RawValue, place: &Place<'_>, kinds: &[&str], is_planned: bool) -> Result<Option<Planned>, Problem> {
    let left_out =
        |why: &str| (place.offset(raw.get()), format!("This resource cannot be read ({why}). It was left out."));
    let missing = |name: &str| left_out(&format!("it has no `{name}`"));
    let read: Resource<'_> = serde_json::from_str(raw.get()).map_err(|error| left_out(what_is_wrong(&error)))?;
    let kind = read.r#type.ok_or_else(|| missing("type"))?;
    let mode = read.mode.ok_or_else(|| missing("mode"))?;
    let address = read.address.ok_or_else(|| missing("address"))?;
    let name = read.name.ok_or_else(|| missing("name"))?;
    if mode != "managed" || !kinds.contains(&&*kind) {
        return Ok(None);
    }
    let span = place.of_address(raw);
    let unknown = Unknown::new("the plan does not say what it is", span);
    let sensitive = place.parsed(read.sensitive_values)?.map(|(json, _)| json);
    let after = match place.parsed(read.values)? {
        Some((values, base)) => place.value(&values, base, None, sensitive.as_ref(), &unknown),
        None => unknown.clone().into(),
    };
    // Of an object that is written by hand nothing need be there; a provider lists all of its attributes.
    let after = if is_planned && !kind.ends_with("manifest") { partial(&after, &unknown) } else { after };
    Ok(Some(Planned { kind, name, address, span, after }))
}

/// A value of which what is not there is not known. How deep values nest is limited by the parser.
fn partial(value: &Value, unknown: &Arc<Unknown>) -> Value {
    match value.data.map(&|held| partial(held, unknown)) {
        Data::Object(entries) => value.about(Data::Partial(entries, unknown.clone())),
        data => value.about(data),
    }
}
