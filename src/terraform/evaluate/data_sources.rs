//! Data sources that do no more than find, read, render and split files: those of the provider `kubectl`, as its sources
//! have it (<https://github.com/gavinbunney/terraform-provider-kubectl>, `kubernetes/data_source_*.go` and `yaml/`),
//! `local_file` (<https://registry.terraform.io/providers/hashicorp/local/latest/docs/data-sources/file>) and
//! `template_file` (<https://registry.terraform.io/providers/hashicorp/template/latest/docs/data-sources/file>).

use std::collections::BTreeMap;
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;

use globset::GlobBuilder;

use super::Evaluator;
use crate::source::Span;
use crate::terraform::documents::entry;
use crate::terraform::functions;
use crate::terraform::value::{Data, HopKind, Marks, Type, Unknown, Value};

/// Something that a data source makes, or why it is not known.
type Made<T> = Result<T, Arc<Unknown>>;

/// A document of YAML: its text, and the object that it stands for.
struct Document {
    text: Value,
    object: Value,
}

/// A data source: its arguments, and where it is declared.
struct DataSource<'s, 'm> {
    evaluator: &'s Evaluator<'m>,
    arguments: &'s BTreeMap<Arc<str>, Value>,
    header: Span,
}

/// Whether podgate knows what a data source of this type makes of its arguments.
pub(super) fn knows(kind: &str) -> bool {
    let known =
        ["kubectl_file_documents", "kubectl_filename_list", "kubectl_path_documents", "local_file", "template_file"];
    known.contains(&kind)
}

/// What a data source makes of its arguments, by the names of its attributes. `header` is that of its block.
pub(super) fn computed(
    evaluator: &Evaluator<'_>,
    kind: &str,
    arguments: &BTreeMap<Arc<str>, Value>,
    header: Span,
) -> Vec<(&'static str, Value)> {
    let source = DataSource { evaluator, arguments, header };
    let known = |attribute: Made<Value>| attribute.unwrap_or_else(Value::from);
    let documents = match kind {
        "local_file" => return vec![("content", known(source.contents()))],
        "template_file" => return vec![("rendered", known(source.template()))],
        "kubectl_file_documents" => source.split(&source.argument("content")),
        "kubectl_path_documents" => source.rendered(),
        "kubectl_filename_list" => return source.filenames(),
        _ => return Vec::new(),
    };
    let texts = documents.as_deref().map(|all| Value::list(all.iter().map(|document| document.text.clone()).collect()));
    let manifests = documents.as_deref().map_err(Clone::clone).and_then(|all| source.by_link(all));
    vec![("documents", known(texts.map_err(Clone::clone))), ("manifests", known(manifests))]
}

impl DataSource<'_, '_> {
    fn argument(&self, name: &str) -> Value {
        self.arguments.get(name).cloned().unwrap_or_else(|| Data::Null.into())
    }

    fn unknown<T>(&self, reason: impl Into<String>) -> Made<T> {
        Err(Unknown::new(reason, self.header))
    }

    /// The text of the file that is named.
    fn contents(&self) -> Made<Value> {
        let name = self.argument("filename");
        let path = self.text(&name)?;
        self.discreet(self.file(&path), &name)
    }

    /// What was made by way of an argument, without a word about one that must not be shown.
    fn discreet<T>(&self, made: Made<T>, argument: &Value) -> Made<T> {
        let is_secret = argument.all_marks().are_secret() || argument.origin.is_hidden();
        made.or_else(
            |unknown| if is_secret { self.unknown("it depends on a file with a private name") } else { Err(unknown) },
        )
    }

    /// The template, rendered.
    fn template(&self) -> Made<Value> {
        let template = self.argument("template");
        self.text(&template)?;
        self.render(&template, &Data::Object(Arc::new(self.names()?)).into())
    }

    fn file(&self, path: &str) -> Made<Value> {
        self.evaluator.file(path, self.header)?
    }

    /// The documents of a text.
    fn split(&self, content: &Value) -> Made<Vec<Document>> {
        let text = self.text(content)?;
        // Each piece is copied, and gets a place.
        let steps = text.len() + 50 * text.matches("\n---").count();
        self.evaluator.budget().spend(steps).map_err(|reason| Unknown::new(reason, self.header))?;
        let mut documents = Vec::new();
        for piece in pieces(&text) {
            let origin = content.origin.clone().then(HopKind::Held, self.header);
            let text = Value::string(piece).from_origin(origin).with_own_marks(content.marks);
            match functions::first_yaml_document(self.evaluator, &text, piece, self.header) {
                Some(Value { data: Data::Unknown(unknown), .. }) => return Err(unknown),
                // A document that says nothing is left out.
                None | Some(Value { data: Data::Null, .. }) => {}
                Some(Value { data: Data::Object(entries), .. }) if entries.is_empty() => {}
                Some(object @ Value { data: Data::Object(_), .. }) => documents.push(Document { text, object }),
                Some(_) => return self.unknown("the provider refuses a YAML document that is not a mapping"),
            }
        }
        Ok(documents)
    }

    /// The documents of all files that a pattern matches, rendered as templates.
    fn rendered(&self) -> Made<Vec<Document>> {
        let raw = self.argument("disable_template").to_bool(self.header)?.unwrap_or(false);
        let names = Data::Object(Arc::new(self.names()?)).into();
        let mut documents = Vec::new();
        for path in self.matches()? {
            let file = self.file(&path)?;
            let content = if raw { file } else { self.render(&file, &names)? };
            documents.extend(self.split(&content)?);
        }
        Ok(documents)
    }

    /// What a template may name.
    fn names(&self) -> Made<BTreeMap<Arc<str>, Value>> {
        let mut names = BTreeMap::new();
        for argument in ["vars", "sensitive_vars"] {
            let given = self.argument(argument);
            let given = given.convert(&Type::Map(Box::new(Type::String))).unwrap_or(given);
            match &given.data {
                Data::Null => {}
                Data::Unknown(unknown) => return Err(unknown.clone()),
                Data::Map(given) => names.extend(given.iter().map(|(name, value)| (name.clone(), value.clone()))),
                _ => return self.unknown(format!("the provider requires a map of strings as `{argument}`")),
            }
        }
        Ok(names)
    }

    fn render(&self, template: &Value, names: &Value) -> Made<Value> {
        let (Data::String(text), Data::Object(names)) = (&template.data, &names.data) else {
            return self.unknown("a template is a string");
        };
        let rendered = functions::render(self.evaluator, template, text, names, self.header);
        let rendered = rendered?;
        rendered
            .convert(&Type::String)
            .or_else(|_| self.unknown("the provider requires a template that renders to a string"))
    }

    /// The documents by the links to their objects, which must differ.
    fn by_link(&self, documents: &[Document]) -> Made<Value> {
        let private = documents.iter().find_map(|document| document.text.marks.private);
        let mut manifests: BTreeMap<Arc<str>, Value> = BTreeMap::new();
        for document in documents {
            let link = self::link(&document.object)?;
            if manifests.insert(link.as_str().into(), document.text.clone()).is_some() {
                let named = if private.is_none() { format!(", `{link}`") } else { String::new() };
                return self.unknown(format!("the provider refuses two documents for the same object{named}"));
            }
        }
        // The provider makes the keys of what the documents say.
        Ok(Value::map(manifests).marked(Marks { private, ..Marks::default() }))
    }

    /// The files that a pattern matches, and their names.
    fn filenames(&self) -> Vec<(&'static str, Value)> {
        let pattern = self.argument("pattern");
        let listed = |texts: Vec<&str>| {
            let texts = texts.into_iter().map(|text| Value::string(text).computed(self.header, [&pattern]));
            Value::list(texts.collect())
        };
        match self.matches() {
            Ok(files) => {
                let names = files.iter().map(|file| file.rsplit('/').next().unwrap_or(file)).collect();
                let files = files.iter().map(String::as_str).collect();
                vec![("matches", listed(files)), ("basenames", listed(names))]
            }
            Err(unknown) => vec![("matches", unknown.clone().into()), ("basenames", unknown.into())],
        }
    }

    /// The paths that the argument `pattern` matches as Go's `filepath.Glob` does, sorted: relative to the root module's
    /// directory, in which a provider works.
    fn matches(&self) -> Made<Vec<String>> {
        let pattern = self.argument("pattern");
        self.discreet(self.text(&pattern).and_then(|text| self.matching(&text)), &pattern)
    }

    fn matching(&self, pattern: &str) -> Made<Vec<String>> {
        let fixed = pattern.find(['*', '?', '[', '\\']).unwrap_or(pattern.len());
        let (base, rest) = match pattern[..fixed].rfind('/') {
            Some(slash) => pattern.split_at(slash + 1),
            None => ("", pattern),
        };
        let base = functions::cleaned(base);
        // A star stays within a directory however often it is written, and a brace is no more than that.
        let glob = rest.replace("**", "*").replace('{', "[{]").replace('}', "[}]");
        let glob = GlobBuilder::new(&glob).literal_separator(true).build();
        // A `!` at the start of a class negates it for globset and is one of its characters for Go.
        let (Ok(glob), false) = (glob, rest.contains("..") || rest.contains("[!")) else {
            return self.unknown(format!("podgate does not know which files `{pattern}` matches"));
        };
        let matcher = glob.compile_matcher();
        let directory = self.evaluator.file_path(&base, self.header)?;
        let files = self.files_below(&directory)?;
        let steps = functions::steps_of_matching(&files, rest);
        self.evaluator.budget().spend(steps).map_err(|reason| Unknown::new(reason, self.header))?;
        let path = |file: &String| if base == "." { file.clone() } else { format!("{base}/{file}") };
        Ok(files.iter().filter(|file| matcher.is_match(file)).map(path).collect())
    }

    fn files_below(&self, directory: &Path) -> Made<Rc<[String]>> {
        self.evaluator.files_below(directory).or_else(|reason| self.unknown(reason))
    }

    fn text(&self, value: &Value) -> Made<Arc<str>> {
        match &value.data {
            Data::String(text) => Ok(text.clone()),
            Data::Unknown(unknown) => Err(unknown.clone()),
            _ => self.unknown("the provider requires a string here"),
        }
    }
}

/// The link to an object: `/apis/policy/v1beta1/podsecuritypolicys/name` (`buildSelfLink` in `yaml/manifest.go`).
fn link(object: &Value) -> Made<String> {
    let metadata = entry(object, "metadata").unwrap_or_else(|| Data::Null.into());
    let field = |object: &Value, name: &str| match entry(object, name) {
        Some(Value { data: Data::Unknown(unknown), .. }) => Err(unknown),
        Some(Value { data: Data::String(text), .. }) => Ok(text.to_string()),
        _ => Ok(String::new()),
    };
    let given = field(&metadata, "selfLink")?;
    if !given.is_empty() {
        return Ok(given);
    }
    let version = field(object, "apiVersion")?;
    let mut link = if version == "v1" { "/api".to_owned() } else { "/apis".to_owned() };
    let mut add = |before: &str, part: &str, behind: &str| {
        if !part.is_empty() {
            link.extend([before, part, behind]);
        }
    };
    add("/", &version, "");
    add("/namespaces/", &field(&metadata, "namespace")?, "");
    let kind = field(object, "kind")?;
    add("/", &kind.to_lowercase(), if kind.ends_with('s') { "es" } else { "s" });
    add("/", &field(&metadata, "name")?, "");
    Ok(link)
}

/// The pieces of a text between lines that start with `---`, without white space around them. One on the first line
/// belongs to its document.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let here = rest?;
        let Some((piece, behind)) = here.split_once("\n---") else {
            rest = None;
            return Some(here.trim());
        };
        rest = behind.split_once('\n').map(|(_, next)| next);
        Some(piece.trim())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_split_as_the_provider_splits_it() {
        let split = |text| pieces(text).collect::<Vec<_>>();
        assert_eq!(split("---\na: 1\n--- # two\nb: 2\n"), ["---\na: 1", "b: 2"]);
        assert_eq!(split("a: 1\n---\n"), ["a: 1", ""]);
        assert_eq!(split("a: |\n  ---\nb: 2"), ["a: |\n  ---\nb: 2"]);
    }
}
