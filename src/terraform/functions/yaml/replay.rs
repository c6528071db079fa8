//! Every reader against the Go libraries themselves: `tests/oracle/yaml` records what they make of generated texts.

use std::io::Read as _;

use serde_json::{Map, Value as Json, json};

use super::*;
use crate::source::{Sources, Span, read};
use crate::terraform::Evaluator;

/// How many of the answers podgate may leave unknown, in ten thousand.
const MOST_UNKNOWN: usize = 20;

/// What podgate makes of a text, in the notation of the record; nothing for what is not known.
fn written(value: &Value) -> Option<Json> {
    Some(match &value.data {
        Data::Null => Json::Null,
        Data::Bool(value) => json!(value),
        Data::Number(number) => json!({ "#": number.to_string() }),
        Data::String(text) => json!(&**text),
        Data::Tuple(elements) => Json::Array(elements.iter().map(written).collect::<Option<_>>()?),
        Data::Object(entries) => {
            let entries = entries.iter().map(|(key, value)| Some((key.to_string(), written(value)?)));
            Json::Object(entries.collect::<Option<Map<_, _>>>()?)
        }
        _ => return None,
    })
}

struct Replay<'s> {
    evaluator: &'s Evaluator<'s>,
    span: Span,
}

impl Replay<'_> {
    /// The document of a text, if there is one; `Err(None)` for what podgate does not know.
    fn document(&self, text: &str, reader: Reader) -> Result<Option<Value>, Option<&'static str>> {
        let value = Value::string("x").written(self.span);
        let located = self.evaluator.located(&value, text).expect("steps");
        document(text, reader, &located).map_err(|failure| match failure {
            Failure::Refused(what) => Some(what),
            Failure::NotDone(_) => None,
        })
    }

    /// The answer to a question of the record.
    fn answer(&self, text: &str, reader: Reader) -> Option<String> {
        let refused = || "!".to_owned();
        if reader == Reader::Manifest {
            let mut all = Vec::new();
            for piece in manifests::pieces(text) {
                match self.document(piece, reader) {
                    Err(failure) => return failure.map(|_| refused()),
                    Ok(None | Some(Value { data: Data::Null, .. })) => {}
                    Ok(Some(Value { data: Data::Object(entries), .. })) if entries.is_empty() => {}
                    Ok(Some(value @ Value { data: Data::Object(_), .. })) => all.push(written(&value)?),
                    Ok(Some(_)) => return Some(refused()),
                }
            }
            return Some(Json::Array(all).to_string());
        }
        match (self.document(text, reader), reader) {
            (Err(failure), _) => failure.map(|_| refused()),
            (Ok(None), Reader::Terraform) => Some(refused()),
            (Ok(Some(value)), Reader::Terraform) => Some(written(&value)?.to_string()),
            (Ok(None | Some(Value { data: Data::Null, .. })), _) => Some("~".to_owned()),
            (Ok(Some(Value { data: Data::Object(entries), .. })), _) if entries.is_empty() => Some("~".to_owned()),
            (Ok(Some(value @ Value { data: Data::Object(_), .. })), _) => {
                let sign = if check_object(&value, self.span).is_ok() { '+' } else { '-' };
                Some(format!("{sign}{}", written(&value)?))
            }
            (Ok(Some(_)), _) => Some(refused()),
        }
    }
}

#[test]
fn every_reader_reads_what_its_library_reads() {
    let packed: &[u8] = include_bytes!("../../../../tests/oracle/yaml/answers.tsv.gz");
    let mut lines = String::new();
    flate2::read::GzDecoder::new(packed).read_to_string(&mut lines).expect("the record is text");
    let sources = Sources::default();
    let file = sources.add("a.tf".into(), read::text(b"x".to_vec()).expect("text"));
    let replay = Replay { evaluator: &Evaluator::of_plan(&sources), span: Span::new(file, 0, 1) };
    let (mut asked, mut unknown, mut wrong) = (0, Vec::new(), Vec::new());
    for line in lines.lines() {
        replay.evaluator.budget().start();
        let fields: Vec<&str> = line.split('\t').collect();
        let [text, answers @ ..] = fields.as_slice() else { panic!("a text and its answers") };
        let text: String = serde_json::from_str(text).expect("a text");
        for (reader, expected) in [Reader::Terraform, Reader::Kubectl, Reader::Manifest].into_iter().zip(answers) {
            asked += 1;
            match replay.answer(&text, reader) {
                None if *expected == "?" => {}
                None => unknown.push(format!("{reader:?} {text:?}: {expected}")),
                Some(answer) if same(&answer, expected) => {}
                Some(answer) => wrong.push(format!("{reader:?} {text:?}: {expected}, not {answer}")),
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {asked} differ:\n{}", wrong.len(), wrong.join("\n"));
    assert!(asked > 60_000, "the record is there");
    let most = asked * MOST_UNKNOWN / 10_000;
    assert!(unknown.len() < most, "{} of {asked} are unknown:\n{}", unknown.len(), unknown.join("\n"));
}

/// Whether two answers are the same, however their strings are written.
fn same(one: &str, other: &str) -> bool {
    let parsed = |answer: &str| {
        let (sign, rest) = answer.split_at(usize::from(answer.starts_with(['+', '-'])));
        serde_json::from_str::<Json>(rest).map(|value| (sign.to_owned(), value)).ok()
    };
    one == other || parsed(one).is_some_and(|one| Some(one) == parsed(other))
}
