//! What the documents say is so.

use std::collections::{BTreeMap, BTreeSet};

use crate::support::{podgate, repository};

fn read(path: &str) -> String {
    std::fs::read_to_string(repository().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Text without what differs from run to run: the time in the summary.
fn timeless(text: &str) -> String {
    let lines =
        text.lines().map(|line| line.rsplit_once(" (").filter(|_| line.ends_with("s)")).map_or(line, |(l, _)| l));
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn the_picture_in_the_readme_is_what_the_terminal_shows() {
    let readme = read("README.md");
    let picture = readme.split("$ podgate scan examples/cluster\n").nth(1).and_then(|rest| rest.split("```").next());
    let shown = podgate(repository(), &["scan", "examples/cluster"]);
    assert_eq!(timeless(picture.expect("a picture")).trim(), timeless(&shown.out).trim());
}

/// The picture of a terminal of 90 columns. `PODGATE_BLESS=1 cargo test picture` draws it anew.
#[test]
fn the_picture_of_a_terminal_is_what_it_shows() {
    let shown = podgate(repository(), &["scan", "--color", "always", "examples/teams"]).out;
    let seconds = shown.rsplit_once(" (").map_or(&*shown, |(shown, _)| shown);
    let text = format!("\u{1b}[1m$ podgate scan examples/teams\u{1b}[0m\n\n{seconds} (1 ms)\n");
    let picture = anstyle_svg::Term::new().render_svg(&text);
    let path = repository().join("docs/terminal.svg");
    if std::env::var_os("PODGATE_BLESS").is_some() {
        std::fs::write(&path, &picture).expect("the picture can be written");
    }
    assert!(read("docs/terminal.svg") == picture, "PODGATE_BLESS=1 cargo test picture");
}

/// The page with the help of every command. `PODGATE_BLESS=1 cargo test options` writes it anew.
#[test]
fn the_page_of_the_options_is_what_the_help_says() {
    let mut page = "# Options\n\nThis page is the help of podgate and of its commands.\n".to_owned();
    for command in ["", "scan", "explain", "rules", "completions", "man"] {
        let (title, arguments) = match command {
            "" => ("podgate".to_owned(), vec!["--help"]),
            command => (format!("podgate {command}"), vec![command, "--help"]),
        };
        let help = podgate(repository(), &arguments).out;
        let help = help.lines().map(str::trim_end).collect::<Vec<_>>().join("\n");
        page.push_str(&format!("\n## {title}\n\n```text\n{}\n```\n", help.trim_end()));
    }
    let path = repository().join("docs/options.md");
    if std::env::var_os("PODGATE_BLESS").is_some() {
        std::fs::write(&path, &page).expect("the page can be written");
    }
    assert!(read("docs/options.md") == page, "PODGATE_BLESS=1 cargo test options");
}

#[test]
fn the_readme_has_the_exit_codes_of_the_help() {
    let readme = read("README.md");
    let help = podgate(repository(), &["--help"]).out;
    let table = help.split("Exit codes:\n").nth(1).and_then(|rest| rest.split("\n\n").next()).expect("a table");
    for line in table.lines() {
        let (code, meaning) = line.trim().split_once("  ").expect("a code and its meaning");
        let meaning = meaning.replace("--fail-on", "`--fail-on`").replace("--undecided fail", "`--undecided fail`");
        assert!(readme.contains(&format!("| {code} | {meaning}")), "{line}");
    }
}

#[test]
fn the_examples_are_what_their_readme_says() {
    let scanned = podgate(repository(), &["scan", "examples"]);
    assert_eq!(scanned.code, 1);
    for (file, finding) in [
        ("cluster/node_agents.tf:15:5", true),
        ("cluster/restricted.tf", false),
        ("platform/batch.tf:7:5", true),
        ("platform/tenants.tf:12:5", true),
        ("teams/policies.tf:16:5", true),
        ("legacy/broken.tf:3:1", true),
        ("legacy/broken.tf:17:5", true),
    ] {
        assert_eq!(scanned.out.contains(&format!("[examples/{file}")), finding, "{file}: {}", scanned.out);
        let path = file.split(':').next().unwrap_or(file);
        assert!(read("examples/README.md").contains(&format!("| `{path}` |")), "{path}");
    }
    assert!(scanned.out.contains("4 findings, 1 undecided, 1 place not analysed"), "{}", scanned.out);
}

#[test]
fn every_link_in_the_documents_leads_somewhere() {
    for document in [
        "README.md",
        "ARCHITECTURE.md",
        "CONTRIBUTING.md",
        "SECURITY.md",
        "CHANGELOG.md",
        "benches/README.md",
        "docs/threat-model.md",
        "docs/dependencies.md",
    ] {
        let text = read(document);
        let directory = repository().join(document);
        let directory = directory.parent().expect("a directory");
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let exists = link.starts_with("https://") || link.starts_with('#') || directory.join(link).exists();
            assert!(exists, "{document}: {link}");
        }
    }
}

#[test]
fn every_lesson_has_its_test() {
    let document = read("docs/consumers.md");
    let lessons = document.split("## Twenty lessons").nth(1).expect("the lessons");
    let rows: Vec<&str> = lessons.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| |")).collect();
    assert_eq!(rows.len(), 20);
    for row in rows {
        let test = row.split('`').rev().nth(1).expect("a test");
        let (file, name) = test.split_once("::").expect("a file and a name");
        let tests = read(&format!("tests/it/{file}.rs"));
        assert!(tests.contains(&format!("#[test]\nfn {name}()")), "{row}");
    }
}

#[test]
fn every_promise_has_its_test() {
    let document = read("docs/threat-model.md");
    let promises = document.split("## What is promised").nth(1).and_then(|rest| rest.split("\n## ").next());
    let rows: Vec<&str> =
        promises.expect("the promises").lines().filter(|line| line.starts_with("| ")).skip(1).collect();
    assert!(rows.len() > 20, "{}", rows.len());
    for row in rows {
        let test = row.split('`').rev().nth(1).expect("a test");
        let (file, name) = test.split_once("::").expect("a file and a name");
        if file.starts_with("tests/") {
            assert!(read(file).contains(&format!("\ndef {name}(")), "{row}");
            continue;
        }
        // A promise of one room has its test beside the code.
        let place = if file.contains('/') { format!("src/{file}.rs") } else { format!("tests/it/{file}.rs") };
        let tests = read(&place);
        let behind = tests.split(&format!("fn {name}()")).next().filter(|before| before.len() < tests.len());
        let attributes = behind.unwrap_or_else(|| panic!("{row}")).rsplit("\n\n").next().unwrap_or_default();
        assert!(attributes.contains("#[test]"), "{row}");
    }
}

#[test]
fn the_architecture_names_what_is_there_and_stays_short() {
    let text = read("ARCHITECTURE.md");
    assert!(text.lines().count() <= 150, "the page is short");
    let quoted = text.split('`').skip(1).step_by(2);
    for path in quoted.filter(|quoted| quoted.contains('/') || quoted.ends_with(".rs")) {
        let places = ["", "src", "tests/it"].map(|base| repository().join(base).join(path));
        let there = places.iter().any(|place| place.exists() || place.with_extension("rs").exists());
        assert!(there, "{path}");
    }
    for entry in repository().join("src").read_dir().expect("the sources") {
        let name = entry.expect("an entry").file_name().into_string().expect("UTF-8");
        let room = name.trim_end_matches(".rs");
        assert!(text.contains(&format!("`{room}`")) || ["lib", "main"].contains(&room), "{room}");
    }
}

#[test]
fn every_shape_has_the_verdict_that_is_listed() {
    let page = read("docs/shapes.md");
    let rows: Vec<&str> = page.lines().filter(|line| line.starts_with("| [")).collect();
    assert!(rows.len() >= 67, "{}", rows.len());
    for row in rows {
        let address = row.split("](").nth(1).and_then(|rest| rest.split(')').next()).expect("an address");
        let path = address.split("/main/").nth(1).expect("a place in the repository");
        let path = repository().join(path);
        let expected = row.rsplit('|').nth(1).expect("a verdict").trim();
        let name = path.file_name().expect("a name").to_str().expect("UTF-8");
        let (directory, name) =
            if path.is_dir() { (path.as_path(), ".") } else { (path.parent().expect("a directory"), name) };
        let scanned = podgate(directory, &["scan", "--root", ".", name]).out;
        let says = scanned.lines().last().expect("a summary");
        let verdict = match (says.contains(" 0 findings"), says.contains(" 0 undecided")) {
            (false, _) => "1 finding",
            (true, false) => "undecided",
            (true, true) => "0 findings",
        };
        assert_eq!(verdict, expected, "{row}: {says}");
    }
}

/// The names in a section of Cargo.toml.
fn declared(section: &str) -> BTreeSet<String> {
    let manifest = read("Cargo.toml");
    let lines = manifest.lines().skip_while(|line| *line != format!("[{section}]")).skip(1);
    let lines = lines.take_while(|line| !line.starts_with('['));
    lines.filter_map(|line| line.split_once(" = ")).map(|(name, _)| name.to_owned()).collect()
}

/// The packages of Cargo.lock, each with those it depends on. A package is named as Cargo.lock refers to it: by its
/// version as well where there are several.
fn locked() -> BTreeMap<String, Vec<String>> {
    let lock = read("Cargo.lock");
    let value = |block: &str, key: &str| {
        let line = block.lines().find_map(|line| line.strip_prefix(&format!("{key} = \"")));
        line.and_then(|line| line.strip_suffix('"')).expect("a value").to_owned()
    };
    let blocks: Vec<&str> = lock.split("[[package]]\n").skip(1).collect();
    let names: Vec<String> = blocks.iter().map(|block| value(block, "name")).collect();
    let packages = blocks.iter().zip(&names).map(|(block, name)| {
        let several = names.iter().filter(|other| *other == name).count() > 1;
        let key = if several { format!("{name} {}", value(block, "version")) } else { name.clone() };
        let list = block.split("dependencies = [\n").nth(1).and_then(|list| list.split("]\n").next()).unwrap_or("");
        let needs = list.lines().map(|line| line.trim().trim_matches(['"', ','].as_slice()).to_owned());
        (key, needs.collect())
    });
    packages.collect()
}

/// What these packages come to with all that they need.
fn closure<'a>(packages: &'a BTreeMap<String, Vec<String>>, from: Vec<&'a str>) -> BTreeSet<&'a str> {
    let (mut reached, mut open) = (BTreeSet::new(), from);
    while let Some(name) = open.pop() {
        if reached.insert(name) {
            open.extend(packages.get(name).unwrap_or_else(|| panic!("{name} is locked")).iter().map(String::as_str));
        }
    }
    reached
}

#[test]
fn every_dependency_has_its_reason_and_its_weight() {
    let page = read("docs/dependencies.md");
    let packages = locked();
    assert!(page.contains(&format!("`Cargo.lock` holds {} packages", packages.len())), "{} packages", packages.len());
    let direct: Vec<&str> = packages["podgate"].iter().map(String::as_str).collect();
    let all = closure(&packages, direct.clone());
    for (heading, section) in [
        ("## Of the program", "dependencies"),
        ("## Of the static program for Linux alone", "target.'cfg(target_env = \"musl\")'.dependencies"),
        ("## Of the tests alone", "dev-dependencies"),
    ] {
        let table = page.split(heading).nth(1).and_then(|rest| rest.split("\n## ").next()).expect("a table");
        let rows = table.lines().take_while(|line| !line.starts_with("| |"));
        let rows = rows.filter(|line| line.starts_with("| ") && !line.starts_with("| dependency"));
        let rows: Vec<Vec<&str>> = rows.map(|row| row.split('|').map(str::trim).collect()).collect();
        let named: BTreeSet<String> = rows.iter().map(|row| row[1].to_owned()).collect();
        assert_eq!(named, declared(section), "{heading} in docs/dependencies.md and [{section}] in Cargo.toml");
        for row in rows {
            let package = *direct
                .iter()
                .find(|package| package.split(' ').next() == Some(row[1]))
                .unwrap_or_else(|| panic!("{} is locked", row[1]));
            let others = direct.iter().copied().filter(|other| *other != package).collect();
            let crates = closure(&packages, vec![package]).len();
            let own = all.len() - closure(&packages, others).len();
            assert_eq!(row[2..4], [crates.to_string(), own.to_string()], "{}: crates, own", row[1]);
            assert!(!row[4].is_empty() && !row[5].is_empty(), "{} has its reason", row[1]);
        }
    }
}

/// The owner and the name of the repository stand in `Cargo.toml`. Whatever else names them must agree.
#[test]
fn the_repository_has_one_name() {
    let manifest = read("Cargo.toml");
    let address =
        manifest.split("\nrepository = \"").nth(1).and_then(|rest| rest.split('"').next()).expect("an address");
    let own = address.strip_prefix("https://github.com/").expect("a repository on GitHub");
    let named = regex::Regex::new(r"(?:github\.com/|ghcr\.io/|uses: +|repos/|--repo +)([\w-]+/podgate\b[\w-]*)")
        .expect("a pattern");
    let mut count = 0;
    let mut walk = ignore::WalkBuilder::new(repository());
    walk.hidden(false).require_git(false).filter_entry(|entry| entry.file_name() != ".git");
    for entry in walk.build().map(|entry| entry.expect("an entry")) {
        let Ok(text) = std::fs::read_to_string(entry.path()) else { continue };
        for names in named.captures_iter(&text) {
            assert_eq!(&names[1], own, "{}", entry.path().display());
            count += 1;
        }
    }
    assert!(count > 20, "{count} places name the repository");
}

#[test]
fn one_toolchain_builds_what_is_shipped() {
    let build = read(".github/action/build.sh");
    let toolchain = build.split("export RUSTUP_TOOLCHAIN=").nth(1).and_then(|rest| rest.lines().next());
    let toolchain = toolchain.expect("a toolchain");
    assert!(read("docs/dependencies.md").contains(&format!("export RUSTUP_TOOLCHAIN={toolchain}\n")), "{toolchain}");
    assert!(read("Dockerfile").contains(&format!("RUST_IMAGE=rust:{toolchain}-")), "{toolchain}");
}
