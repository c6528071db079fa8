//! What all formats must hold: nothing is lost in one, nothing of the scanned code acts in one, equal trees give equal
//! bytes.

use std::path::Path;

use podgate::discover::Request;
use podgate::output::Format;
use podgate::rules;
use podgate::scan::{Scan, scan};
use podgate::source::Level;
use quick_xml::events::Event;
use serde_json::Value;

use crate::invariants::formats::{assert_no_control, rendered};
use crate::support::{podgate, policy, repository, scan_directory, tree, write};

fn json(scan: &Scan, format: Format) -> Value {
    let text = rendered(scan, format);
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

fn count(value: &Value) -> usize {
    value.as_array().expect("a list").len()
}

/// All fixtures and the examples, scanned.
fn scans() -> Vec<Scan> {
    let fixtures = repository().join("tests/fixtures");
    let entries = fixtures.read_dir().expect("the fixtures").map(|entry| entry.expect("an entry").path());
    entries.chain([repository().join("examples")]).map(|directory| scan_directory(&directory)).collect()
}

/// The names of the elements of a document, with the texts of their attributes.
fn elements(xml: &str) -> Vec<(String, Vec<(String, String)>)> {
    let mut reader = quick_xml::Reader::from_str(xml);
    let mut elements = Vec::new();
    loop {
        match reader.read_event().expect("XML") {
            Event::Start(start) | Event::Empty(start) => {
                let attributes = start.attributes().map(|attribute| {
                    let attribute = attribute.expect("an attribute");
                    let value =
                        attribute.normalized_value(quick_xml::XmlVersion::Implicit1_0).expect("a value").into_owned();
                    (attribute.key.as_ref().to_owned(), value)
                });
                elements.push((start.name().as_ref().to_owned(), attributes.collect()));
            }
            Event::Eof => return elements,
            _ => {}
        }
    }
}

/// How many findings, errors, undecided places and warnings a report holds.
#[derive(Debug, PartialEq, Eq)]
struct Counts {
    findings: usize,
    errors: usize,
    undecided: usize,
    warnings: usize,
}

#[test]
fn what_goes_in_comes_out_of_every_format() {
    for scan in scans() {
        let report = &scan.report;
        let of_level = |level| report.notifications.iter().filter(|note| note.level == level).count();
        let (errors, warnings, notes) = (of_level(Level::Error), of_level(Level::Warning), of_level(Level::Note));
        let undecided = report.undecided.len() + report.missing.len();
        // The formats that list things have an entry for a module that is not there, however often it is called.
        let listed = report.undecided.len() + report.missing_modules().len();
        let expected = Counts { findings: report.findings.len(), errors, undecided: listed, warnings };
        let place = scan.root.path().display();

        for format in [Format::Sarif, Format::Datadog] {
            let run = &json(&scan, format)["runs"][0];
            let said = &run["invocations"][0]["toolExecutionNotifications"];
            assert_eq!(count(&run["results"]), expected.findings, "{place}");
            assert_eq!(count(said), errors + warnings + notes + undecided, "{place}");
        }
        let own = json(&scan, Format::Json);
        assert_eq!(count(&own["findings"]), expected.findings, "{place}");
        assert_eq!(count(&own["undecided"]) + count(&own["missing_modules"]), undecided, "{place}");
        assert_eq!(count(&own["notifications"]), errors + warnings + notes, "{place}");

        let gitlab = json(&scan, Format::Gitlab);
        let named =
            |name: &str| gitlab.as_array().expect("a list").iter().filter(|issue| issue["check_name"] == name).count();
        let counted = Counts {
            findings: named(rules::ALL[0].id),
            errors: named("podgate-not-analysed"),
            undecided: named("podgate-undecided"),
            warnings: named("podgate-warning"),
        };
        assert_eq!(counted, expected, "{place}");
        let fingerprints = gitlab.as_array().expect("a list").iter().map(|issue| issue["fingerprint"].to_string());
        let distinct: std::collections::BTreeSet<String> = fingerprints.collect();
        assert_eq!(distinct.len(), count(&gitlab), "{place}: GitLab shows one of a fingerprint");

        let github = rendered(&scan, Format::Github);
        let titled =
            |title: &str| github.lines().filter(|line| line.contains(&format!("title=podgate%3A {title}::"))).count();
        let counted = Counts {
            findings: titled(rules::ALL[0].name),
            errors: titled("Not analysed"),
            undecided: titled("Undecided"),
            warnings: titled("Warning"),
        };
        assert_eq!(counted, expected, "{place}");

        let junit = elements(&rendered(&scan, Format::Junit));
        let of = |name: &str| junit.iter().filter(|(element, _)| element == name).count();
        assert_eq!((of("failure"), of("error"), of("skipped")), (expected.findings, errors, listed), "{place}");
        let suite = &junit.iter().find(|(element, _)| element == "testsuite").expect("a suite").1;
        let stated = |key: &str| suite.iter().find(|(name, _)| name == key).expect(key).1.parse::<usize>().expect(key);
        assert_eq!(stated("tests"), of("testcase"), "{place}");
        assert_eq!((stated("failures"), stated("errors"), stated("skipped")), (expected.findings, errors, listed));
        assert!(of("testcase") > 0, "{place}: Jenkins takes no suite without a case");

        let human = format!("\n{}", rendered(&scan, Format::Human));
        assert_eq!(human.matches("\n  × ").count(), expected.findings, "{human}");
        assert_eq!(human.matches("\n  ⚠ Not analysed: ").count(), errors, "{human}");

        let markdown = rendered(&scan, Format::Markdown);
        let tables = markdown.matches("|---").count() > 0;
        let rows = markdown.lines().filter(|line| line.starts_with("| ")).count();
        let heads = markdown.lines().filter(|line| line.starts_with("|---")).count();
        let entries = expected.findings + errors + listed + warnings;
        assert_eq!((rows - heads, tables), (entries, entries > 0), "{place}");
    }
}

/// Makes a schema refuse what it does not describe.
fn close(schema: &mut Value) {
    match schema {
        Value::Object(fields) => {
            fields.values_mut().for_each(close);
            if fields.contains_key("required") {
                fields.insert("additionalProperties".to_owned(), false.into());
            }
        }
        Value::Array(values) => values.iter_mut().for_each(close),
        _ => {}
    }
}

#[test]
fn our_json_is_as_its_schema_says() {
    let schema = std::fs::read_to_string(repository().join("docs/report.schema.json")).expect("the schema");
    let mut schema: Value = serde_json::from_str(&schema).expect("JSON");
    // What is published lets fields be added; what is written is all described.
    close(&mut schema);
    assert!(jsonschema::meta::is_valid(&schema), "the schema itself");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    for scan in scans() {
        let report = json(&scan, Format::Json);
        let errors: Vec<String> = validator.iter_errors(&report).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{}: {errors:?}", scan.root.path().display());
        let mut broken = report.clone();
        broken["summary"]["files"] = Value::from(-1);
        assert!(!validator.is_valid(&broken), "the schema is not checked");
        let mut more = report.clone();
        more["summary"]["more"] = true.into();
        assert!(!validator.is_valid(&more), "what is not described passes");
    }
}

#[test]
fn our_json_quotes_what_stands_at_a_place() {
    for scan in scans() {
        for finding in json(&scan, Format::Json)["findings"].as_array().expect("findings") {
            let location = &finding["location"];
            let path = scan.root.path().join(location["path"].as_str().expect("a path"));
            let bytes = std::fs::read(path).expect("the file");
            let text = String::from_utf8_lossy(&bytes);
            let Some(snippet) = location["snippet"].as_str() else {
                assert!(holds_an_object(&text, location), "only what holds other values is not quoted: {finding}");
                continue;
            };
            let line = usize::try_from(location["start"]["line"].as_u64().expect("a line")).expect("a small one");
            assert!(text.lines().nth(line - 1).expect("the line").contains(snippet.lines().next().expect("a line")));
        }
    }
}

/// Whether an object or a heredoc is written out in the lines of a location.
fn holds_an_object(text: &str, location: &Value) -> bool {
    let line = |end: &str| usize::try_from(location[end]["line"].as_u64().expect("a line")).expect("a small one");
    text.lines().take(line("end")).skip(line("start") - 1).any(|line| line.contains(['{', '<']))
}

#[test]
fn order_and_threads_do_not_matter() {
    let fixtures = repository().join("tests/fixtures");
    let entries = fixtures.read_dir().expect("the fixtures").map(|entry| entry.expect("an entry").path());
    let mut paths: Vec<_> = entries.collect();
    let mut scanned = |threads: usize, turn: usize| {
        paths.sort();
        let turned = paths.len() * turn / 3;
        paths.rotate_left(turned);
        if turn == 2 {
            paths.reverse();
        }
        let request = Request { paths: paths.clone(), threads, ..Request::default() };
        let scan = scan(&request, rules::ALL).expect("the fixtures can be scanned");
        Format::ALL.map(|format| rendered(&scan, format))
    };
    let first = scanned(1, 0);
    for (threads, turn) in [(8, 0), (8, 1), (3, 2), (1, 1)] {
        let again = scanned(threads, turn);
        for (format, (one, other)) in Format::ALL.iter().zip(first.iter().zip(&again)) {
            assert!(one == other, "{format:?} with {threads} threads, turn {turn}");
        }
    }
}

/// A scan of a tree in which names and values do their worst.
fn hostile() -> (tempfile::TempDir, Scan) {
    let name = "x\\n::set-output name=a::b\\u001b[31m <b>&amp;</b> ]]> | `*_[y](z) @someone \\u202eevil";
    let unknown = format!("variable \"a_b\" {{}}\n{}", policy("u", "host_ipc = var.a_b"));
    let directory = tree(&[("d/a b%20#c:d,e.tf", &policy(name, "host_ipc = true")), ("d/unknown.tf", &unknown)]);
    let names: [&[u8]; 4] = [b"n\n::error::x.tf", "\u{202e}fdp.tf".as_bytes(), b"-rf|`<i>*.tf", b"\xff\xfe.tf"];
    for (index, name) in names.into_iter().enumerate() {
        use std::os::unix::ffi::OsStrExt;
        let path = directory.path().join("d").join(std::ffi::OsStr::from_bytes(name));
        std::fs::write(path, policy(&format!("p{index}"), "host_ipc = true")).expect("a file");
    }
    write(
        directory.path(),
        "d/broken.tf",
        b"resource \"kubernetes_pod_security_policy\" \"::error::\xff\" { spec { host_ipc = \"]]>\x1b[2J\n",
    );
    let scan = scan_directory(directory.path());
    assert_eq!(scan.report.findings.len(), 5, "{:?}", scan.report);
    assert!(scan.report.is_incomplete() && !scan.report.undecided.is_empty());
    (directory, scan)
}

#[test]
fn no_format_holds_what_a_terminal_or_a_runner_acts_on() {
    let name = "x\u{7f}\u{9b}31m\u{85}\u{2028}\u{202e}##[error]y##vso[task.setvariable variable=a]z\u{feff}";
    let directory = tree(&[
        ("main.tf", &policy(name, "host_ipc = true")),
        ("broken.tf", &format!("# {name}\n{}", policy(name, "host_ipc = true }"))),
    ]);
    write(directory.path(), &format!("{name}.tf"), policy("other", "host_ipc = true").as_bytes());
    let scan = scan_directory(directory.path());
    for format in Format::ALL {
        let text = rendered(&scan, format);
        assert_no_control(&text, format);
        for command in ["##[", "##vso["] {
            assert!(!text.contains(command), "{format:?}: {command} in {text}");
        }
    }
    let names = json(&scan, Format::Json)["findings"].to_string();
    assert!(names.contains("##vso[task.setvariable variable=a]z"), "JSON says what the code says: {names}");
}

#[test]
fn a_workflow_command_stays_on_its_line() {
    let (_directory, scan) = hostile();
    let text = rendered(&scan, Format::Github);
    assert_no_control(&text, Format::Github);
    let lines: Vec<&str> = text.lines().collect();
    for line in &lines[..lines.len() - 1] {
        let (_, rest) = line.split_once(' ').expect("properties");
        let (properties, message) = rest.split_once("::").expect("a message");
        assert!(["::error ", "::warning ", "::notice "].iter().any(|name| line.starts_with(name)), "{line}");
        for property in properties.split(',') {
            let (name, value) = property.split_once('=').unwrap_or_else(|| panic!("{property} in {line}"));
            assert!(["file", "line", "endLine", "col", "endColumn", "title"].contains(&name), "{line}");
            assert!(!value.contains(':'), "{line}");
        }
        assert!(!message.is_empty());
    }
    assert!(text.contains("file=d/a b%2520#c%3Ad%2Ce.tf,"), "{text}");
}

#[test]
fn xml_is_well_formed_whatever_the_code_says() {
    let (_directory, scan) = hostile();
    let text = rendered(&scan, Format::Junit);
    assert_no_control(&text, Format::Junit);
    let messages = elements(&text).into_iter().filter(|(name, _)| name == "failure");
    let messages: Vec<String> = messages.map(|(_, attributes)| attributes[0].1.clone()).collect();
    assert_eq!(messages.len(), 5);
    assert!(messages.iter().any(|message| message.contains("<b>&amp;</b> ]]>")), "{messages:?}");
}

#[test]
fn markdown_shows_and_does_not_act() {
    let (_directory, scan) = hostile();
    let text = rendered(&scan, Format::Markdown);
    assert_no_control(&text, Format::Markdown);
    for line in text.lines().filter(|line| line.starts_with("| ")) {
        assert!([3, 4].contains(&line.matches('|').count()), "{line}");
        let tags = ["<code>", "</code>", "<br>", "<wbr>"];
        let bare = tags.iter().fold(line.to_owned(), |line, tag| line.replace(tag, ""));
        assert!(!bare.contains(['<', '`', '*', '@']), "{line}");
        let links = line.matches("](").count();
        assert_eq!(links, line.matches("](https://docs.datadoghq.com/").count(), "{line}");
    }
}

#[test]
fn json_formats_hold_what_the_code_says() {
    let (_directory, scan) = hostile();
    for format in [Format::Sarif, Format::Datadog, Format::Json, Format::Gitlab] {
        let text = rendered(&scan, format);
        let raw = |c: char| c.is_control() && c != '\n';
        assert!(!text.contains(raw), "{format:?}");
        serde_json::from_str::<Value>(&text).unwrap_or_else(|error| panic!("{format:?}: {error}"));
    }
    for issue in json(&scan, Format::Gitlab).as_array().expect("issues") {
        assert_no_control(issue["description"].as_str().expect("a description"), Format::Gitlab);
    }
    for result in json(&scan, Format::Sarif)["runs"][0]["results"].as_array().expect("results") {
        assert_no_control(result["message"]["text"].as_str().expect("a message"), Format::Sarif);
        let uri = &result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
        let uri = uri.as_str().expect("a URI");
        assert!(uri.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~/%".contains(&byte)), "{uri}");
    }
}

#[test]
fn a_terminal_sees_no_control_characters() {
    let (directory, scan) = hostile();
    assert_no_control(&rendered(&scan, Format::Human), Format::Human);
    for format in Format::ALL {
        let ran = podgate(directory.path(), &["scan", "-o", format.name()]);
        assert_no_control(&ran.err, format);
    }
}

#[test]
fn every_format_goes_to_a_file_and_decides_no_exit_code() {
    let directory = tree(&[("main.tf", &policy("x", "host_ipc = true"))]);
    let reports: Vec<String> = Format::ALL.map(|format| format!("{0}={0}.out", format.name())).to_vec();
    let mut arguments = vec!["scan"];
    arguments.extend(reports.iter().flat_map(|report| ["-o", report]));
    let ran = podgate(directory.path(), &arguments);
    assert_eq!(ran.code, 1, "{ran:?}");
    for format in Format::ALL {
        let path = directory.path().join(format!("{}.out", format.name()));
        assert!(std::fs::read_to_string(path).expect("a report").len() > 100, "{format:?}");
        assert_eq!(podgate(directory.path(), &["scan", "-o", format.name()]).code, 1, "{format:?}");
    }
}

#[test]
fn a_clean_report_says_so() {
    let directory = tree(&[("main.tf", &policy("x", "host_ipc = false"))]);
    let scan = scan_directory(directory.path());
    assert_eq!(json(&scan, Format::Gitlab), Value::Array(Vec::new()), "an empty list closes what was open");
    assert_eq!(rendered(&scan, Format::Github).lines().count(), 1);
    let cases = elements(&rendered(&scan, Format::Junit));
    assert!(cases.iter().any(|(name, _)| name == "testcase") && cases.iter().all(|(name, _)| name != "failure"));
    assert!(!rendered(&scan, Format::Markdown).contains('|'));
}

/// A directory that is used as it stands.
fn datadog(directory: &Path) -> Value {
    json(&scan_directory(directory), Format::Datadog)["runs"][0].clone()
}

#[test]
fn datadog_gets_what_its_ingestion_reads() {
    let directory = tree(&[("main.tf", &policy("x", "host_ipc = true")), ("other.tf", "")]);
    let run = datadog(directory.path());
    let driver = &run["tool"]["driver"];
    assert_eq!((&driver["name"], &driver["version"]), (&"Datadog IaC Scanning".into(), &"full_scan".into()));
    assert_eq!(driver["properties"]["tags"], serde_json::json!(["DATADOG_SCANNED_FILE_COUNT:2"]));
    let rule = &driver["rules"][0];
    let tags = [
        "DATADOG_RULE_TYPE:IAC_SCANNING",
        "DATADOG_CATEGORY:Insecure Configurations",
        "CWE:250",
        "DATADOG_PLATFORM:Terraform",
        "DATADOG_PROVIDER:Kubernetes",
        "DATADOG_SCANNED_FILE_COUNT:2",
    ];
    assert_eq!(rule["properties"]["tags"], serde_json::json!(tags));
    let result = &run["results"][0];
    assert_eq!((&result["level"], &rule["defaultConfiguration"]["level"]), (&"warning".into(), &"warning".into()));
    let tags = ["IAC_RESOURCE_TYPE:kubernetes_pod_security_policy", "IAC_RESOURCE_NAME:x"];
    assert_eq!(result["properties"]["tags"], serde_json::json!(tags));
    assert!(result.get("suppressions").is_none());
}

/// A scan whose finding is there this many times, each with an instance of this name.
fn multiplied(count: usize, instance: impl Fn(usize) -> String) -> Scan {
    let directory = tree(&[("main.tf", &policy("x", "host_ipc = true"))]);
    let mut scan = scan_directory(directory.path());
    let [finding] = scan.report.findings.as_slice() else { panic!("one finding") };
    let copy = |at: usize| {
        let mut copy = finding.clone();
        copy.instances[0].address = instance(at);
        copy
    };
    scan.report.findings = (0..count).map(copy).collect();
    scan
}

fn said(run: &Value) -> Vec<String> {
    let said = run["invocations"][0]["toolExecutionNotifications"].as_array().expect("notifications");
    said.iter().map(|said| said["message"]["text"].as_str().expect("a text").to_owned()).collect()
}

#[test]
fn sarif_keeps_to_the_number_of_results_that_code_scanning_takes() {
    let scan = multiplied(25_001, |at| at.to_string());
    let run = &json(&scan, Format::Sarif)["runs"][0];
    assert_eq!(count(&run["results"]), 25_000);
    assert!(said(run)[0].starts_with("1 finding is left out"), "{:?}", said(run));
}

#[test]
fn sarif_keeps_to_the_size_that_code_scanning_takes() {
    // Hexadecimal digits of a generator compress by half.
    let mut state = 1u64;
    let mut noise = |_| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        format!("{state:016x}")
    };
    let names: Vec<String> = (0..32).map(|_| (0..50_000).map(&mut noise).collect()).collect();
    let scan = multiplied(names.len(), |at| names[at].clone());
    let text = rendered(&scan, Format::Sarif);
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    std::io::Write::write_all(&mut packed, text.as_bytes()).expect("memory");
    let size = packed.finish().expect("memory").len();
    assert!((5_000_000..10_000_000).contains(&size), "{size}");
    let run = &serde_json::from_str::<Value>(&text).expect("JSON")["runs"][0];
    let kept = count(&run["results"]);
    assert!(said(run)[0].starts_with(&format!("{} findings are left out", 32 - kept)), "{kept}");
}

#[test]
fn a_message_is_as_long_as_consumers_take_it() {
    let name = "x".repeat(3_000);
    let directory =
        tree(&[("main.tf", &format!("variable \"v\" {{ default = true }}\n{}", policy(&name, "host_ipc = var.v")))]);
    let run = &json(&scan_directory(directory.path()), Format::Sarif)["runs"][0];
    let result = &run["results"][0];
    let message = result["message"]["text"].as_str().expect("a message");
    assert!(message.len() <= 2_048 && message.ends_with("(shortened)."), "{message}");
    assert!(result.get("relatedLocations").is_none(), "nothing links to them");
}

#[test]
fn a_category_is_one_and_not_a_run() {
    let directory = tree(&[("main.tf", "")]);
    let id = |arguments: &[&str]| {
        let ran = podgate(directory.path(), &[&["scan", "-o", "sarif"], arguments].concat());
        let sarif: Value = serde_json::from_str(&ran.out).expect("JSON");
        sarif["runs"][0]["automationDetails"]["id"].clone()
    };
    // Without one, the one who uploads says it: what the report says would win.
    assert_eq!(id(&[]), Value::Null);
    assert_eq!(id(&["--category", "prod"]), "prod/");
    assert_eq!(id(&["--category", "a/b/"]), "a/b/");
    assert_eq!(podgate(directory.path(), &["scan", "--category", ""]).code, 2);
}
