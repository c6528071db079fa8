//! Every rule has what a rule needs: an id of its own, a page whose examples say what it finds, and fixtures.

use podgate::rules;

use crate::support::{policy, repository, scan_directory, tree};

#[test]
fn ids_are_sorted_and_unique() {
    let ids: Vec<&str> = rules::ALL.iter().map(|rule| rule.id).collect();
    assert!(ids.is_sorted());
    let mut names: Vec<&str> = rules::ALL.iter().flat_map(|rule| rule.aliases).copied().chain(ids).collect();
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), count, "no name stands for two rules");
}

#[test]
fn ids_do_not_change() {
    let ids: Vec<&str> = rules::ALL.iter().map(|rule| rule.id).collect();
    assert_eq!(ids, ["terraform-kubernetes-psp-allows-sharing-host-ipc"]);
}

#[test]
fn every_rule_has_a_file_and_a_page_and_every_page_a_rule() {
    let stems = |directory: &str, extension: &str| {
        let entries = repository().join(directory).read_dir().expect("a directory");
        let paths = entries.map(|entry| entry.expect("an entry").path());
        let named = paths.filter(|path| path.extension().is_some_and(|found| found == extension));
        let mut stems: Vec<String> =
            named.map(|path| path.file_stem().expect("a name").to_str().expect("UTF-8").to_owned()).collect();
        stems.retain(|stem| stem != "mod");
        stems.sort();
        stems
    };
    let ids: Vec<String> = rules::ALL.iter().map(|rule| rule.id.to_owned()).collect();
    assert_eq!(stems("docs/rules", "md"), ids);
    let files = ids.iter().map(|id| id.trim_start_matches("terraform-kubernetes-").replace('-', "_"));
    assert_eq!(stems("src/rules", "rs"), files.collect::<Vec<_>>());
}

#[test]
fn every_page_says_what_the_rule_is() {
    for rule in rules::ALL {
        assert!(rule.page.starts_with(&format!("# {}\n", rule.name)), "{}", rule.id);
        let needed = [rule.id, rule.category, rule.documentation, &format!("CWE-{}", rule.cwe), "\n## What to do\n"];
        for needed in needed.iter().chain(rule.aliases).chain(rule.resource_types) {
            assert!(rule.page.contains(needed), "{}: {needed}", rule.id);
        }
    }
}

#[test]
fn the_examples_of_every_page_are_what_they_say() {
    for rule in rules::ALL {
        for (heading, findings) in [("\n### Bad\n", 1), ("\n### Good\n", 0)] {
            let section = rule.page.split(heading).nth(1).expect("an example");
            let code = section.split("```terraform\n").nth(1).and_then(|code| code.split("```").next());
            let directory = tree(&[("main.tf", code.expect("a block of code"))]);
            let report = scan_directory(directory.path()).report;
            assert_eq!(report.findings.len(), findings, "{}: {heading}", rule.id);
            assert!(report.undecided.is_empty() && report.notifications.is_empty(), "{}: {heading}", rule.id);
        }
    }
}

#[test]
fn every_rule_has_fixtures_that_fire() {
    let report = scan_directory(&repository().join("tests/fixtures")).report;
    for rule in rules::ALL {
        for kind in rule.resource_types {
            let fires =
                |finding: &&podgate::rule::Finding| finding.rule == *rule && finding.site.resource_type == *kind;
            assert!(report.findings.iter().any(|finding| fires(&finding)), "{}: {kind}", rule.id);
        }
    }
}

#[test]
fn a_rule_that_is_not_enabled_finds_nothing() {
    let directory = tree(&[("main.tf", &policy("x", "host_ipc = true"))]);
    let scanned = crate::support::podgate(directory.path(), &["scan", "--ignore-rule", rules::ALL[0].id]);
    assert_eq!(scanned.code, 0, "{scanned:?}");
}
