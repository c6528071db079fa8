//! The structure of a `.tf.json` file, as Terraform maps JSON to blocks
//! (<https://developer.hashicorp.com/terraform/language/syntax/json>).
//!
//! What is a block and what an argument depends on a schema that podgate does not have. So an object, or a list of
//! objects, is both here, and who asks for one finds it.

use std::collections::HashSet;

use super::{Json, JsonError, JsonKind, Member, parse};
use crate::hcl::outline::{Attribute, Block, Body, Label, MOST_ERRORS, Outline, SyntaxError};
use crate::source::{FileId, Span};

/// The blocks at the top level that have labels, and how many.
const LABELS: [(&str, usize); 9] = [
    ("resource", 2),
    ("data", 2),
    ("ephemeral", 2),
    ("variable", 1),
    ("output", 1),
    ("module", 1),
    ("provider", 1),
    ("check", 1),
    ("dynamic", 1),
];

/// Blocks that are nothing else, so that their contents are not arguments.
const ONLY_BLOCKS: [&str; 3] = ["dynamic", "lifecycle", "validation"];

/// Finds the structure of a text, the contents of `file`. What is no JSON has none, and an error.
#[must_use]
pub fn outline(file: FileId, text: &str) -> Outline {
    let mut outline = Outline { body: Body::default(), comments: Vec::new(), errors: Vec::new(), more_errors: 0 };
    let reader = Reader { file };
    match parse(text) {
        Ok(json) => {
            for member in members(&json) {
                reader.top(member, &mut outline.body);
            }
            reader.repeated(&json, &mut outline.errors);
            if !matches!(json.kind, JsonKind::Object(_) | JsonKind::Array(_)) {
                let message = "Terraform requires an object here. The file was left out.".to_owned();
                outline.errors.push(SyntaxError { span: reader.span(&json.range), message });
            }
        }
        Err(JsonError { offset, message, .. }) => {
            let message = format!("This is not valid JSON ({message}). The file was left out.");
            outline.errors.push(SyntaxError { span: Span::of_char(file, text, offset), message });
        }
    }
    outline
}

/// The members of an object, or of all objects of a list; those that are comments left out.
fn members(json: &Json) -> Vec<&Member> {
    match &json.kind {
        JsonKind::Object(members) => members.iter().filter(|member| &*member.name != "//").collect(),
        JsonKind::Array(elements) => elements.iter().flat_map(members).collect(),
        _ => Vec::new(),
    }
}

/// Whether a value can stand for blocks.
fn is_block(json: &Json) -> bool {
    match &json.kind {
        JsonKind::Object(_) => true,
        JsonKind::Array(elements) => {
            !elements.is_empty() && elements.iter().all(|element| matches!(element.kind, JsonKind::Object(_)))
        }
        _ => false,
    }
}

struct Reader {
    file: FileId,
}

impl Reader {
    fn span(&self, range: &std::ops::Range<usize>) -> Span {
        Span::new(self.file, range.start, range.end)
    }

    /// What is set twice in one object. Objects and lists may be blocks, of which there may be several with one name;
    /// which of them are none only a schema tells.
    fn repeated(&self, json: &Json, errors: &mut Vec<SyntaxError>) {
        match &json.kind {
            JsonKind::Array(elements) => elements.iter().for_each(|element| self.repeated(element, errors)),
            JsonKind::Object(all) => {
                let mut names = HashSet::new();
                for member in all {
                    let may_be_block = matches!(member.value.kind, JsonKind::Object(_) | JsonKind::Array(_));
                    let is_repeated = !names.insert(&*member.name) && !may_be_block && &*member.name != "//";
                    if is_repeated && errors.len() < MOST_ERRORS {
                        let message = format!("`{}` is set twice in one object. The first one was used.", member.name);
                        errors.push(SyntaxError { span: self.span(&member.name_range), message });
                    }
                    self.repeated(&member.value, errors);
                }
            }
            _ => {}
        }
    }

    /// A member at the top level: `"resource": {"type": {"name": {...}}}`.
    fn top(&self, member: &Member, body: &mut Body) {
        self.labelled(&member.name, &[], member, &member.value, body);
    }

    /// The blocks of a kind below some labels.
    fn labelled(&self, kind: &str, labels: &[Label], named: &Member, value: &Json, body: &mut Body) {
        let wanted = LABELS.iter().find(|(known, _)| *known == kind).map_or(0, |(_, count)| *count);
        if labels.len() == wanted {
            let bodies: Vec<&Json> = match &value.kind {
                JsonKind::Array(elements) => elements.iter().collect(),
                _ => vec![value],
            };
            let header = self.span(&named.name_range);
            body.blocks.extend(bodies.into_iter().map(|json| Block {
                kind: kind.into(),
                labels: labels.to_vec(),
                header,
                span: header.to(self.span(&json.range)),
                body: self.body(json),
            }));
            return;
        }
        for member in members(value) {
            let label = Label { text: member.name.clone(), span: self.span(&member.name_range) };
            let labels: Vec<Label> = labels.iter().cloned().chain([label]).collect();
            self.labelled(kind, &labels, member, &member.value, body);
        }
    }

    /// What stands in a block.
    fn body(&self, json: &Json) -> Body {
        let mut body = Body::default();
        for member in members(json) {
            let name = &*member.name;
            if name == "dynamic" || (is_block(&member.value) && !LABELS.iter().any(|(known, _)| *known == name)) {
                self.labelled(name, &[], member, &member.value, &mut body);
            }
            if !ONLY_BLOCKS.contains(&name) {
                body.attributes.push(Attribute {
                    name: member.name.clone(),
                    name_span: self.span(&member.name_range),
                    expression: self.span(&member.value.range),
                });
            }
        }
        body
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{Sources, read};

    #[test]
    fn blocks_are_objects_or_lists() {
        let text = r#"{"//": "x", "resource": [{"t": {"a": {"spec": {"b": 1}}, "c": [{"dynamic": {"spec": {"for_each": [1], "content": {}}}}]}}], "locals": {"x": {"y": 1}}}"#;
        let file = Sources::default().add("a.tf.json".into(), read::text(b"x".to_vec()).expect("text"));
        let outline = outline(file, text);
        let names: Vec<_> = outline.body.blocks("resource").map(|block| (block.label(0), block.label(1))).collect();
        assert_eq!(names, [(Some("t"), Some("a")), (Some("t"), Some("c"))]);
        let resources: Vec<_> = outline.body.blocks("resource").collect();
        assert_eq!(resources[0].body.blocks("spec").count(), 1);
        assert!(resources[0].body.attribute("spec").is_some());
        let dynamic = resources[1].body.blocks("dynamic").next().expect("a dynamic block");
        assert_eq!(dynamic.label(0), Some("spec"));
        assert!(dynamic.body.attribute("for_each").is_some() && dynamic.body.blocks("content").count() == 1);
        assert!(outline.body.blocks("locals").all(|locals| locals.body.attribute("x").is_some()));
    }
}
