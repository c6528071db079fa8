//! The SARIF, read back: what it says is true of the files it speaks of.

use std::path::Path;

use podgate::fingerprint;
use podgate::rules;
use serde_json::{Map, Value};

use crate::support::{podgate, policy, repository, tree};

/// The SARIF of a scan in a directory.
fn sarif(directory: &Path, arguments: &[&str]) -> Value {
    let scanned = podgate(directory, &[&["scan", "-o", "sarif"], arguments].concat());
    serde_json::from_str(&scanned.out).unwrap_or_else(|error| panic!("{error}: {scanned:?}"))
}

fn run(sarif: &Value) -> &Map<String, Value> {
    assert_eq!(sarif["runs"].as_array().expect("runs").len(), 1, "one run per file");
    sarif["runs"][0].as_object().expect("a run")
}

fn items<'v>(value: &'v Value, key: &str) -> &'v [Value] {
    value[key].as_array().map_or(&[], Vec::as_slice)
}

/// The text at a region of a file, by lines and UTF-16 columns.
fn text_at(text: &str, region: &Value) -> String {
    let number = |key: &str| usize::try_from(region[key].as_u64().expect("a number")).expect("a small one");
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let starts: Vec<usize> = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
    let offset = |line: usize, column: usize| {
        let start = starts[line - 1];
        let mut units = 0;
        let mut chars = text[start..].char_indices();
        let reached = chars.find(|(_, c)| {
            let here = units == column - 1;
            units += c.len_utf16();
            here
        });
        reached.map_or(text.len(), |(at, _)| start + at)
    };
    let start = offset(number("startLine"), region.get("startColumn").map_or(1, |_| number("startColumn")));
    let last_line = starts[number("endLine") - 1];
    let end = if region.get("endColumn").is_some() {
        offset(number("endLine"), number("endColumn"))
    } else {
        last_line + text[last_line..].lines().next().unwrap_or_default().len()
    };
    text[start..end].to_owned()
}

/// Checks every physical location below a value: a URI that code hosts take, a file that is there, and a region whose
/// text is the snippet. Returns how many there were.
fn check_locations(root: &Path, value: &Value) -> usize {
    let mut count = 0;
    if let Some(physical) = value.get("physicalLocation") {
        count += 1;
        let uri = physical["artifactLocation"]["uri"].as_str().expect("a URI");
        for bad in ["./", "../", "//", ":", "\\", " "] {
            assert!(!uri.is_empty() && !uri.contains(bad) && !uri.starts_with('/'), "{uri}");
        }
        let path = percent_encoding::percent_decode_str(uri).decode_utf8().expect("UTF-8");
        let bytes = std::fs::read(root.join(&*path)).unwrap_or_else(|error| panic!("{uri}: {error}"));
        let text = String::from_utf8_lossy(&bytes);
        for region in [&physical["region"], &physical["contextRegion"]] {
            if let Some(snippet) = region["snippet"]["text"].as_str() {
                assert_eq!(text_at(&text, region), snippet, "{uri}");
            }
        }
        if let Some(context) = physical["contextRegion"]["snippet"]["text"].as_str() {
            let snippet = physical["region"]["snippet"]["text"].as_str().expect("a snippet");
            assert!(context.contains(snippet) && context != snippet, "{uri}");
        }
    }
    match value {
        Value::Array(values) => count + values.iter().map(|value| check_locations(root, value)).sum::<usize>(),
        Value::Object(fields) => count + fields.values().map(|value| check_locations(root, value)).sum::<usize>(),
        _ => count,
    }
}

/// Checks what must hold of every report of ours.
fn check(root: &Path, sarif: &Value) {
    assert_eq!(sarif["version"], "2.1.0");
    assert_eq!(sarif["$schema"], "https://json.schemastore.org/sarif-2.1.0.json");
    let run = run(sarif);
    assert_eq!(run["columnKind"], "utf16CodeUnits");
    let rules = items(&run["tool"]["driver"], "rules");
    for result in run["results"].as_array().expect("results, also when there are none") {
        let index = usize::try_from(result["ruleIndex"].as_u64().expect("an index")).expect("a small one");
        assert_eq!(rules[index]["id"], result["ruleId"]);
        assert_eq!(rules[index]["defaultConfiguration"]["level"], result["level"]);
        assert_eq!(items(result, "locations").len(), 1);
        let message = result["message"]["text"].as_str().expect("a message");
        assert!(message.ends_with('.') && !message.contains('\n'), "{message}");
        let location = &result["locations"][0];
        let address = location["logicalLocations"][0]["fullyQualifiedName"].as_str().expect("an address");
        assert!(message.contains(address), "{message}");
        check_fingerprints(root, result);
        check_fixes(root, result);
        check_way(result);
    }
    check_locations(root, sarif);
}

/// The line hash must be the one that GitHub's action computes, or it warns.
fn check_fingerprints(root: &Path, result: &Value) {
    let physical = &result["locations"][0]["physicalLocation"];
    let uri = physical["artifactLocation"]["uri"].as_str().expect("a URI");
    let path = percent_encoding::percent_decode_str(uri).decode_utf8().expect("UTF-8");
    let text = String::from_utf8_lossy(&std::fs::read(root.join(&*path)).expect("a file")).into_owned();
    let line = usize::try_from(physical["region"]["startLine"].as_u64().expect("a line")).expect("a small one");
    let hashes = fingerprint::line_hashes(&text);
    assert_eq!(result["partialFingerprints"]["primaryLocationLineHash"], hashes[line - 1]);
    assert_eq!(result["partialFingerprints"]["podgate/v1"].as_str().map(str::len), Some(32));
}

/// Every place on the ways of a finding's values is linked from the message, and the ways end at the result.
fn check_way(result: &Value) {
    let message = result["message"]["text"].as_str().expect("a message");
    let related = items(result, "relatedLocations");
    for (index, location) in related.iter().enumerate() {
        assert_eq!(location["id"], index + 1);
        assert_eq!(message.matches(&format!("]({})", index + 1)).count(), 1, "{message}");
    }
    let flows = items(result, "codeFlows");
    assert_eq!(flows.is_empty(), related.is_empty(), "{message}");
    let related: Vec<&Value> = related.iter().map(|location| &location["physicalLocation"]).collect();
    let mut on_ways: Vec<Value> = Vec::new();
    for flow in flows {
        let way = items(&flow["threadFlows"][0], "locations");
        assert!(way.len() > 1, "a way has a place");
        let last = &way.last().expect("the site")["location"];
        let mut physical = result["locations"][0]["physicalLocation"].clone();
        let sentence = physical["region"].as_object_mut().expect("a region").remove("message");
        assert!(sentence.is_some_and(|sentence| sentence["text"].as_str().is_some_and(|text| text.ends_with('.'))));
        assert_eq!(last["physicalLocation"], physical);
        let places = way.iter().rev().skip(1).map(|hop| &hop["location"]["physicalLocation"]);
        on_ways.extend(places.cloned());
    }
    assert!(on_ways.iter().all(|place| related.contains(&place)), "{message}");
    assert!(related.iter().all(|place| on_ways.contains(place)), "{message}");
}

/// A fix replaces the value alone, and what it replaces is in the result's own region.
fn check_fixes(root: &Path, result: &Value) {
    for fix in items(result, "fixes") {
        let change = &fix["artifactChanges"][0];
        let physical = &result["locations"][0]["physicalLocation"];
        assert_eq!(change["artifactLocation"], physical["artifactLocation"]);
        let path = change["artifactLocation"]["uri"].as_str().expect("a URI");
        let path = percent_encoding::percent_decode_str(path).decode_utf8().expect("UTF-8");
        let bytes = std::fs::read(root.join(&*path)).expect("a file");
        let deleted = text_at(&String::from_utf8_lossy(&bytes), &change["replacements"][0]["deletedRegion"]);
        assert!(["true", "\"true\"", "\"1\""].contains(&deleted.as_str()), "{deleted}");
        assert!(physical["region"]["snippet"]["text"].as_str().expect("a snippet").ends_with(&deleted));
    }
}

#[test]
fn the_report_of_the_examples_is_true() {
    let sarif = sarif(repository(), &["examples"]);
    check(repository(), &sarif);
    assert!(!items(&sarif["runs"][0], "results").is_empty());
    assert!(!items(&sarif["runs"][0]["invocations"][0], "toolExecutionNotifications").is_empty());
}

#[test]
fn the_reports_of_all_fixtures_are_true() {
    let fixtures = repository().join("tests/fixtures");
    let mut results = 0;
    for entry in fixtures.read_dir().expect("the fixtures") {
        let directory = entry.expect("an entry").path();
        let sarif = sarif(&directory, &["--root", "."]);
        check(&directory, &sarif);
        results += items(&sarif["runs"][0], "results").len();
    }
    assert!(results > 30, "{results}");
}

#[test]
fn paths_and_bytes_are_the_same_from_everywhere() {
    let root = podgate(repository(), &["scan", "-o", "sarif", "examples"]).out;
    assert!(root == podgate(repository(), &["scan", "-o", "sarif", "examples"]).out, "two runs");
    assert!(root == podgate(&repository().join("examples"), &["scan", "-o", "sarif"]).out, "from a sub-directory");
    let absolute = repository().join("examples");
    let absolute = absolute.to_str().expect("a path in UTF-8");
    assert!(root == podgate(&repository().join("src"), &["scan", "-o", "sarif", absolute]).out, "an absolute path");
    assert!(root.contains("\"uri\": \"examples/"), "relative to the repository");
}

#[test]
fn a_clean_scan_is_a_run_without_results() {
    let directory = tree(&[("main.tf", &policy("x", "host_ipc = false"))]);
    let sarif = sarif(directory.path(), &[]);
    check(directory.path(), &sarif);
    assert_eq!(run(&sarif)["results"], Value::Array(Vec::new()));
    assert_eq!(run(&sarif)["invocations"][0]["executionSuccessful"], true);
}

#[test]
fn what_was_not_analysed_or_decided_is_a_notification_with_a_place() {
    let lacking = format!("variable \"x\" {{}}\n{}", policy("x", "host_ipc = var.x"));
    let directory = tree(&[("a.tf", &lacking), ("b.tf", &policy("y", "host_ipc = 1 }"))]);
    let sarif = sarif(directory.path(), &[]);
    check(directory.path(), &sarif);
    let invocation = &run(&sarif)["invocations"][0];
    assert_eq!(invocation["executionSuccessful"], false);
    let notifications = items(invocation, "toolExecutionNotifications");
    let levels: Vec<&str> = notifications.iter().map(|n| n["level"].as_str().expect("a level")).collect();
    assert_eq!(levels, ["error", "note", "note"]);
    for notification in notifications {
        assert!(!items(notification, "locations").is_empty(), "{notification}");
    }
    assert_eq!(notifications[1]["associatedRule"]["id"], rules::ALL[0].id);
}

#[test]
fn rules_say_what_code_scanning_asks_for() {
    let sarif = sarif(repository(), &["examples"]);
    let described = items(&run(&sarif)["tool"]["driver"], "rules");
    assert_eq!(described.len(), rules::ALL.len());
    for (rule, described) in rules::ALL.iter().zip(described) {
        assert_eq!(described["id"], rule.id);
        assert!(described["name"].as_str().is_some_and(|name| name.chars().all(char::is_alphanumeric)));
        for key in ["shortDescription", "fullDescription", "help"] {
            let text = described[key]["text"].as_str().expect("a text");
            assert!(!text.is_empty() && (key == "help" || text.len() <= 1024), "{key}: {text}");
        }
        assert!(described["help"]["markdown"].as_str().is_some_and(|page| page.starts_with("# ")));
        assert_eq!(described["deprecatedIds"], serde_json::json!(rule.aliases));
        let properties = &described["properties"];
        assert_eq!(properties["security-severity"], "8.0", "a string");
        assert_eq!(properties["problem.severity"], "error");
        let tags = ["security", "terraform", "kubernetes", "external/cwe/cwe-250", "CWE:250"];
        assert_eq!(properties["tags"], serde_json::json!(tags));
    }
}

#[test]
fn awkward_paths_are_encoded() {
    let paths = ["a b/main.tf", "c:d.tf", "e%20f.tf", "g#h?.tf", "ünï/ö.tf", "-x/[y].tf"];
    let policies: Vec<String> = (0..paths.len()).map(|n| policy(&format!("p{n}"), "host_ipc = true")).collect();
    let files: Vec<(&str, &str)> = paths.into_iter().zip(policies.iter().map(String::as_str)).collect();
    let directory = tree(&files);
    let sarif = sarif(directory.path(), &[]);
    check(directory.path(), &sarif);
    assert_eq!(items(&sarif["runs"][0], "results").len(), paths.len());
}

#[test]
fn what_the_code_says_is_no_link() {
    let local = "locals {\n  m = { \"[x](https://example.org)\" = true }\n}\n";
    let text = local.to_owned() + &policy("x", "host_ipc = local.m[\"[x](https://example.org)\"]");
    let directory = tree(&[("main.tf", &text)]);
    let sarif = sarif(directory.path(), &[]);
    let message = run(&sarif)["results"][0]["message"]["text"].as_str().expect("a message");
    assert!(message.contains(r"\[x\](https://example.org)"), "{message}");
}

#[test]
fn the_root_itself_has_no_uri() {
    let directory = tree(&[]);
    let sarif = sarif(directory.path(), &[]);
    let notification = &run(&sarif)["invocations"][0]["toolExecutionNotifications"][0];
    assert!(notification["message"]["text"].is_string() && notification["locations"].is_null(), "{notification}");
}

#[test]
fn the_stable_fingerprint_does_not_know_lines() {
    let line_moved = |text: &str| {
        let directory = tree(&[("main.tf", text)]);
        let sarif = sarif(directory.path(), &[]);
        run(&sarif)["results"][0]["partialFingerprints"]["podgate/v1"].clone()
    };
    let text = policy("x", "host_ipc = true");
    assert_eq!(line_moved(&text), line_moved(&format!("# a comment\n\n{text}")));
    assert_ne!(line_moved(&text), line_moved(&policy("y", "host_ipc = true")));
}
