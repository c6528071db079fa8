//! Data sources that do no more than find, read, render and split files: those of the provider `kubectl`, as its sources
//! have it (<https://github.com/gavinbunney/terraform-provider-kubectl>, `kubernetes/data_source_*.go` and `yaml/`),
//! `local_file` (<https://registry.terraform.io/providers/hashicorp/local/latest/docs/data-sources/file>) and
//! `template_file` (<https://registry.terraform.io/providers/hashicorp/template/latest/docs/data-sources/file>).

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Evaluator, glob};
use crate::source::Span;
use crate::terraform::documents::entry;
use crate::terraform::functions;
use crate::terraform::value::{Data, HopKind, KnownText, Marks, Type, Unknown, Value};

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

    /// The documents of a text. The provider refuses all of them for one that it does not read.
    fn split(&self, content: &Value) -> Made<Vec<Document>> {
        let text = self.text(content)?;
        // Each piece is copied, and gets a place.
        let steps = text.len() + 50 * text.matches("\n---").count();
        self.evaluator.budget().spend(steps).map_err(|reason| Unknown::new(reason, self.header))?;
        let mut documents = Vec::new();
        for piece in pieces(&text) {
            let origin = content.origin.clone().then(HopKind::Held, self.header);
            let text = Value::string(piece).from_origin(origin).with_own_marks(content.marks);
            // A document that says nothing is left out.
            let Some(object) = functions::split_object(self.evaluator, &text, piece, self.header)? else { continue };
            functions::check_object(&object, self.header)?;
            documents.push(Document { text, object });
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
            // The provider writes the object anew; podgate knows what the text stands for.
            let reason = "podgate does not write the text of a manifest out";
            let text = Value::unknown(reason, self.header).with_own_marks(document.text.marks);
            let text = text.from_origin(document.text.origin.clone());
            let text = text.with_known_text(KnownText::Encodes(document.object.clone()));
            if manifests.insert(link.as_str().into(), text).is_some() {
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
        let mut matches = glob::matches(self.evaluator, pattern, self.header)?;
        matches.sort();
        Ok(matches)
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

/// A piece is so long at most, in bytes, unless there is a longer one between two separators.
const LONGEST_PIECE: usize = 65_536;

/// The pieces of a text between lines that start with `---`, without white space around them. One on the first line belongs
/// to its document. The provider splits with a scanner of Go that stops without a word where a piece does not end: where the
/// line of the separator is the last one, unless it is that and nothing else, and where it does not fit into the buffer.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let longest = text
        .split("\n---")
        .map(str::len)
        .fold(LONGEST_PIECE, |most, length| if length >= most { length + 100 } else { most });
    let mut rest = Some(text).filter(|text| !text.is_empty());
    std::iter::from_fn(move || {
        let here = rest.take()?;
        let Some((piece, behind)) = here.split_once("\n---") else {
            return (here.len() < longest).then(|| here.trim());
        };
        if behind.is_empty() {
            return (here.len() < longest).then(|| piece.trim());
        }
        let (line, next) = behind.split_once('\n')?;
        rest = Some(next).filter(|text| !text.is_empty());
        (piece.len() + line.len() + 5 <= longest).then(|| piece.trim())
    })
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;
    use crate::source::{Sources, read};

    #[test]
    fn text_is_split_as_the_provider_splits_it() {
        let split = |text| pieces(text).collect::<Vec<_>>();
        assert_eq!(split("---\na: 1\n--- # two\nb: 2\n"), ["---\na: 1", "b: 2"]);
        assert_eq!(split("a: 1\n---\n"), ["a: 1"]);
        assert_eq!(split("a: 1\n---"), ["a: 1"]);
        assert_eq!(split("a: 1\n---\nb: 2\n--- # two"), ["a: 1"]);
        assert_eq!(split("a: |\n  ---\nb: 2"), ["a: |\n  ---\nb: 2"]);
    }

    #[test]
    fn text_is_split_as_the_record_says() {
        let packed: &[u8] = include_bytes!("../../../tests/oracle/yaml/splits.tsv.gz");
        let mut lines = String::new();
        flate2::read::GzDecoder::new(packed).read_to_string(&mut lines).expect("text");
        let sources = Sources::default();
        let file = sources.add("a.tf".into(), read::text(b"x".to_vec()).expect("text"));
        let (evaluator, span) = (Evaluator::of_plan(&sources), Span::new(file, 0, 1));
        let value = Value::string("x").written(span);
        for line in lines.lines() {
            evaluator.budget().start();
            let (text, expected) = line.split_once('\t').expect("a text and an answer");
            let text: String = serde_json::from_str(text).expect("a text");
            let documents = pieces(&text).filter_map(|piece| {
                let object = functions::split_object(&evaluator, &value, piece, span);
                object.map(|object| object.map(|_| piece)).transpose()
            });
            match (documents.collect::<Made<Vec<&str>>>(), serde_json::from_str::<Vec<String>>(expected)) {
                (Ok(documents), Ok(expected)) => assert_eq!(documents, expected, "{text:?}"),
                (documents, expected) => assert!(documents.is_err() && expected.is_err(), "{text:?}"),
            }
        }
        assert!(lines.lines().count() >= 2_000, "the record is there");
    }
}
