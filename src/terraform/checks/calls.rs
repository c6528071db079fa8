//! The calls of modules: what they must give, and what they must not.

use super::{Check, Checked, refuse};
use crate::hcl::expression::Kind;
use crate::terraform::evaluate::Refusal;
use crate::terraform::module::ModuleCall;
use crate::terraform::tree::{META_ARGUMENTS, constant_text};

/// Checks the calls of a module.
pub(super) const CALLS: Check = |checked| checked.module.calls().try_for_each(|call| checked.call(&call));

impl Checked<'_, '_> {
    fn call(&self, call: &ModuleCall<'_>) -> Result<(), Refusal> {
        let name = call.name;
        let Some(source) = call.body.attribute("source") else {
            return refuse(format!("the call of the module `{name}` has no `source`"), call.header);
        };
        let is_constant = |expression: &Kind| matches!(expression, Kind::String(_));
        let text = constant_text(source.expression, self.evaluator.sources());
        let Some(text) = text else {
            // A heredoc is constant, too.
            let is_template = self.parsed(source.expression).is_some_and(|parsed| !is_constant(&parsed.kind));
            let reason = format!("the `source` of the module `{name}` is not written out");
            return if is_template { refuse(reason, source.expression) } else { Ok(()) };
        };
        if let Some(version) = call.body.attribute("version")
            && (text.starts_with("./") || text.starts_with("../"))
        {
            let reason = format!("the module `{name}` is a directory, and has no `version`");
            return refuse(reason, version.name_span);
        }
        let repeats = call.body.attribute("count").zip(call.body.attribute("for_each"));
        if let Some((count, for_each)) = repeats
            && count.name_span.file == for_each.name_span.file
        {
            return refuse(
                format!("the call of the module `{name}` has both `count` and `for_each`"),
                for_each.name_span,
            );
        }
        if let Some(unknown) = self.evaluator.refused_call(call) {
            return refuse(unknown.reason.clone(), unknown.span);
        }
        let Some(module) = self.evaluator.called(call).and_then(|called| called.module()) else { return Ok(()) };
        let is_surplus =
            |name: &str| !META_ARGUMENTS.contains(&name) && !module.declares_variable(name) && name != "//";
        if let Some(surplus) = call.body.attributes.iter().find(|argument| is_surplus(&argument.name)) {
            let reason = format!("the module `{name}` has no variable `{}`", surplus.name);
            return refuse(reason, surplus.name_span);
        }
        match module.required_variables().find(|variable| call.body.attribute(variable).is_none()) {
            Some(lacks) => refuse(format!("the call of the module `{name}` does not set `{lacks}`"), call.header),
            None => Ok(()),
        }
    }
}
