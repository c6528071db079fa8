//! Expressions: any bytes as one, and expressions whose value Terraform has told beside any bytes.

use std::path::Path;
use std::sync::OnceLock;

use podgate::hcl::expression::{parse, parse_string, parse_template};
use podgate::hcl::outline::outline;
use podgate::source::{Sources, Span, read};
use podgate::terraform::{Data, Environment, Evaluated, Evaluator, Inputs, Module, ModuleFile, Value};
use serde_json::Value as Json;

use super::{scanned, spans};

/// The files that recorded expressions read.
const FILES: [(&str, &[u8]); 8] = [
    ("a.json", include_bytes!("../../oracle/files/a.json")),
    ("a.yaml", include_bytes!("../../oracle/files/a.yaml")),
    ("binary.bin", include_bytes!("../../oracle/files/binary.bin")),
    ("flag.tpl", include_bytes!("../../oracle/files/flag.tpl")),
    ("hello.tpl", include_bytes!("../../oracle/files/hello.tpl")),
    ("loop.tpl", include_bytes!("../../oracle/files/loop.tpl")),
    ("nested.tpl", include_bytes!("../../oracle/files/nested.tpl")),
    ("sub/b.txt", include_bytes!("../../oracle/files/sub/b.txt")),
];

/// Ways to ask for an expression, `Q`, that change nothing about its value. What stands beside is the fuzzer's.
const WAYS: [&str; 12] = [
    "Q",
    "(Q)",
    "[Q][0]",
    "[1, Q, null].1",
    "{ a = Q }.a",
    "{ a = Q, b = 1 }[\"a\"]",
    "[for x in [Q] : x][0]",
    "{ for k, x in { k = Q } : k => x }.k",
    "([[Q]][*][0])[0]",
    "[for x in [local.hostile, 1] : Q][1]",
    "[Q, local.hostile][0]",
    "{ a = Q, b = local.hostile }.a",
];

/// The first three bytes choose a recorded question and a way to ask it, the rest is a file beside it. Then all bytes
/// are an expression themselves.
pub fn holds(data: &[u8]) {
    scanned::on_deep_stack(|| {
        parses(data);
        if let [first, second, way, beside @ ..] = data {
            beside_recorded(usize::from(u16::from_be_bytes([*first, *second])), usize::from(*way), beside);
        }
    });
}

/// Whatever an expression is parsed to has spans within it.
fn parses(data: &[u8]) {
    let Ok(contents) = read::text(data.to_vec()) else { return };
    let sources = Sources::default();
    let file = sources.add("a.tf".into(), contents);
    let text = sources[file].text();
    let whole = Span::new(file, 0, text.len());
    let all = [parse(text, whole), parse_template(text, whole), parse_string(text, whole, true)];
    for parsed in all.into_iter().chain([parse_string(text, whole, false)]) {
        match parsed {
            Ok(expression) => spans::assert_expression(&expression, whole, text),
            Err(error) => {
                spans::assert_inside(error.span, text);
                assert!(!error.message.is_empty());
            }
        }
    }
    let module = [b"locals {\n  it = ".as_slice(), data, b"\n}\n"].concat();
    let reason = evaluated(&[&module], |value| match value {
        Ok(value) => value.missing().map(|unknown| unknown.reason.clone()),
        Err(refusal) => Some(refusal.reason),
    });
    assert_ne!(reason.flatten().as_deref(), Some(""), "what is not known has a reason");
}

/// A recorded question and Terraform's answer; `None` is a refusal.
type Recorded = (&'static str, Option<Json>);

fn record() -> &'static [Recorded] {
    static RECORD: OnceLock<Vec<Recorded>> = OnceLock::new();
    RECORD.get_or_init(|| {
        let lines = include_str!("../../oracle/answers.tsv").lines();
        let fields = lines.map(|line| line.split('\t').collect::<Vec<_>>());
        fields.map(|fields| (fields[0], serde_json::from_str(fields[1]).ok())).collect()
    })
}

/// What stands beside an expression does not change its value: it is as recorded, or not known.
fn beside_recorded(question: usize, way: usize, beside: &[u8]) {
    let record = record();
    let (question, answer) = &record[question % record.len()];
    let way = WAYS[way % WAYS.len()];
    let own = format!("locals {{\n  it = {}\n}}\n", way.replace('Q', &format!("({question}\n)")));
    let hostile = [b"locals {\n  hostile = ".as_slice(), beside, b"\n}\n"].concat();
    let difference = evaluated(&[own.as_bytes(), &hostile], |value| match (value, answer) {
        (Ok(value), _) if value.missing().is_some() => None,
        (Ok(value), None) if value.all_marks().sensitive => None,
        (Ok(value), Some(answer)) => (recorded(&value) != *answer).then(|| recorded(&value).to_string()),
        (Ok(value), None) => Some(recorded(&value).to_string()),
        (Err(_), None) => None,
        // What stands beside may be what is refused.
        (Err(refusal), Some(_)) => (!way.contains("hostile")).then_some(refusal.reason),
    });
    assert_eq!(difference.flatten(), None, "{own}: Terraform says {answer:?}");
}

/// A value as the record writes it.
pub fn recorded(value: &Value) -> Json {
    match &value.data {
        Data::Null => Json::Null,
        Data::Bool(value) => Json::Bool(*value),
        Data::Number(number) if number.is_zero() => Json::String("#0".to_owned()),
        Data::Number(number) => Json::String(format!("#{number}")),
        Data::String(text) => Json::String(format!("'{text}")),
        Data::List(elements) | Data::Set(elements) | Data::Tuple(elements) => {
            Json::Array(elements.iter().map(recorded).collect())
        }
        Data::Map(entries) | Data::Object(entries) => {
            Json::Object(entries.iter().map(|(key, value)| (key.to_string(), recorded(value))).collect())
        }
        Data::Unknown(unknown) | Data::Partial(_, unknown) => panic!("not known: {unknown:?}"),
    }
}

/// What a look at the local value `it` of a module of these files gives; nothing when one is not text.
fn evaluated<T>(files: &[&[u8]], look: impl FnOnce(Evaluated) -> T) -> Option<T> {
    let sources = Sources::default();
    let mut module_files = Vec::new();
    for (index, bytes) in files.iter().enumerate() {
        let file = sources.add("a.tf".into(), read::text(bytes.to_vec()).ok()?);
        let outline = outline(file, sources[file].text());
        module_files.push(ModuleFile { file, name: format!("{index}.tf").into(), outline });
    }
    let start = Span::new(module_files.first()?.file, 0, 0);
    let module = Module::new(module_files, true);
    let directory = files_of_the_record();
    let environment = Environment { directory: Some(directory.into()), boundary: directory, ..Environment::default() };
    Some(look(Evaluator::new(&sources, &module, Inputs::Defaults, environment).local("it", start)))
}

/// The files that recorded expressions read: a copy, since a fuzz target may run anywhere.
fn files_of_the_record() -> &'static Path {
    static DIRECTORY: OnceLock<tempfile::TempDir> = OnceLock::new();
    let directory = DIRECTORY.get_or_init(|| {
        let directory = tempfile::tempdir().expect("a temporary directory");
        for (name, bytes) in FILES {
            scanned::write(directory.path(), name.as_ref(), bytes);
        }
        directory
    });
    directory.path()
}
