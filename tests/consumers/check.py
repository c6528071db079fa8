"""Runs podgate on every fixture and the examples, and each report through those who read it.

Then plants a fault of every class into a sound report, and fails if nobody sees it: a check that cannot fail is none.
"""

import collections
import copy
import csv
import json
import os
import pathlib
import re
import subprocess
import sys
import urllib.parse

import jenkins_parsers

HERE = pathlib.Path(__file__).parent
REPOSITORY = HERE.parent.parent
FORMATS = ["human", "sarif", "datadog", "json", "github", "gitlab", "junit", "markdown"]
ENDINGS = {"human": "log", "sarif": "sarif", "datadog": "datadog.sarif", "json": "json", "github": "txt", "gitlab": "gitlab.json",
           "junit": "xml", "markdown": "md"}

# What SARIF Multitool warns of and podgate means: (rule, part of the message, why).
MEANT = [
    ("SARIF2005", "full_scan", "Datadog's ingestion knows scans by this version"),
]


def hostile(directory):
    """A tree whose names and values would act, if anybody let them."""
    tree = directory / "hostile"
    tree.mkdir(exist_ok=True)
    labels = ["x\\n::set-output name=a::b", "<b>&amp;</b> ]]>", "| `*_[y](z)", "@someone HTTP://evil.example www.evil.example",
              "me@evil.example ftp://evil.example", "##[add-mask]true ##vso[task.complete]", "a\\u202eb\\u001b[31m"]
    names = ["a b%20#c:d,e", "n\n::error::x", "\u202efdp", "-rf|`<i>*", "plain"]
    policy = 'resource "kubernetes_pod_security_policy" "%s" {\n  spec {\n    host_ipc = true # ##[error]\n  }\n}\n'
    for index, name in enumerate(names):
        (tree / f"{name}.tf").write_text("".join(policy % f"{label}{index}" for label in labels))
    with open(os.fsencode(tree) + b"/\xff\xfe.tf", "w") as file:
        file.write(policy % "invalid")
    unknown = policy % "unknown"
    (tree / "unknown.tf").write_text(unknown.replace("true", "var.nobody_knows"))
    return tree


def reports(podgate, directory):
    """Scans the fixtures, the examples and a hostile tree: a dictionary of format to files."""
    made = collections.defaultdict(list)
    fixtures = sorted((REPOSITORY / "tests/fixtures").iterdir())
    for scanned in [*fixtures, REPOSITORY / "examples", hostile(directory.parent)]:
        outputs = {name: directory / f"{scanned.name}.{ENDINGS[name]}" for name in FORMATS}
        command = [podgate, "scan", "--root", ".", "--quiet"]
        for name, file in outputs.items():
            command += ["-o", f"{name}={file}"]
        ran = subprocess.run(command, cwd=scanned, capture_output=True, text=True)
        if ran.returncode not in (0, 1, 3):
            sys.exit(f"podgate fails on {scanned}: {ran.stderr}")
        for name, file in outputs.items():
            made[name].append(file)
    return made


class Consumers:
    """Those who read the reports. Each gives its problems, a list for each file."""

    def __init__(self, cache):
        self.cache = cache.resolve()
        self.python = self.cache / "venv/bin"
        self.modules = self.cache / "node_modules"

    def run(self, *command, **options):
        command = [str(part) for part in command]
        return subprocess.run(command, capture_output=True, text=True, **options)

    def multitool(self, files):
        """Microsoft's validator, with the rules of the standard and of GitHub. It exits with 0 whatever it finds."""
        log = self.cache / "multitool.sarif"
        log.unlink(missing_ok=True)
        tool = self.modules / "@microsoft/sarif-multitool-linux/Sarif.Multitool"
        ran = self.run(tool, "validate", *files, "--rule-kind", "Sarif;Ghas", "-o", log, "--log", "ForceOverwrite",
                       env={**os.environ, "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1"})
        if not log.exists():
            sys.exit(f"the SARIF Multitool wrote no log: {ran.stdout}{ran.stderr}")
        problems = {file: [] for file in files}
        by_name = {file.name: file for file in files}
        for run in json.loads(log.read_text(encoding="utf-8-sig"))["runs"]:
            rules = {rule["id"]: rule for rule in run["tool"]["driver"].get("rules", [])}
            for result in run.get("results", []):
                rule = result["ruleId"].split("/")[0]
                message = result["message"]
                strings = rules.get(rule, {}).get("messageStrings", {})
                text = message.get("text") or strings.get(message.get("id"), {}).get("text", message.get("id", ""))
                for index, argument in enumerate(message.get("arguments", [])):
                    text = text.replace(f"{{{index}}}", argument)
                if result.get("level", "warning") in ("error", "warning"):
                    if not any(rule == known and part in text for known, part, _ in MEANT):
                        location = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
                        name = urllib.parse.unquote(location).rsplit("/", 1)[-1]
                        problems[by_name[name]].append(f"{rule}: {text}")
            for invocation in run.get("invocations", []):
                for said in invocation.get("toolConfigurationNotifications", []):
                    if said.get("level") == "error":
                        sys.exit(f"the SARIF Multitool fails: {said}")
        return problems

    def upload_gate(self, files):
        """What GitHub's upload action checks on its side."""
        ran = self.run("node", HERE / "upload_gate.js", self.cache, *files)
        if ran.returncode:
            sys.exit(ran.stderr)
        return {pathlib.Path(file): found for file, found in json.loads(ran.stdout).items()}

    def datadog(self, files):
        """Datadog's upload, without the upload. It reports of the repository that it stands in."""
        repository = self.cache / "repository"
        if not (repository / ".git").exists():
            repository.mkdir(exist_ok=True)
            self.run("git", "init", "--quiet", cwd=repository)
            self.run("git", "remote", "add", "origin", "https://example.com/repository.git", cwd=repository)
            who = ["-c", "user.name=podgate", "-c", "user.email=podgate@example.com"]
            self.run("git", *who, "commit", "--quiet", "--allow-empty", "-m", "Start", cwd=repository)
        # It takes for a pull request what says so, and refuses those.
        environment = {name: value for name, value in os.environ.items()
                       if not name.startswith(("GITHUB_", "CI_", "GITLAB_", "JENKINS_", "BUILD_"))}
        environment["DD_API_KEY"] = "unused"
        ran = self.run(self.modules / ".bin/datadog-ci", "sarif", "upload", "--dry-run", "--env", "ci", *files,
                       cwd=repository, env=environment)
        accepted = set(re.findall(r"\[DRYRUN\] Uploading SARIF report to (\S+)", ran.stdout))
        return {file: [] if str(file) in accepted else [f"refused: {ran.stdout[-400:]}{ran.stderr[-400:]}"]
                for file in files}

    def sarif_tools(self, files):
        """Reads the reports as sarif-tools does, which many pipelines count findings with; all at once, for its start
        takes a second."""
        table = self.cache / "sarif-tools.csv"
        table.unlink(missing_ok=True)
        ran = self.run(self.python / "sarif", "csv", "-o", table, *files)
        try:
            expected = sum(len(json.loads(file.read_text())["runs"][0]["results"]) for file in files)
            with table.open(newline="") as rows:
                read = len(list(csv.DictReader(rows)))
        except (OSError, LookupError) as error:
            return {file: [f"{type(error).__name__}: {ran.stderr[-300:]}"] for file in files}
        sound = ran.returncode == 0 and read == expected
        return {file: [] if sound else [f"{read} rows of {expected}"] for file in files}

    def schema(self, schema):
        """Checks JSON against a schema."""
        def check(files):
            problems = {}
            ran = self.run(self.python / "check-jsonschema", "--schemafile", schema, "--output-format", "json", *files)
            try:
                said = json.loads(ran.stdout)
            except ValueError:
                sys.exit(f"check-jsonschema fails: {ran.stdout}{ran.stderr}")
            problems = {file: [] for file in files}
            for error in [*said.get("errors", []), *said.get("parse_errors", [])]:
                problems[pathlib.Path(error["filename"])].append(error.get("message", "cannot be parsed"))
            return problems
        check.__name__ = pathlib.Path(schema).name
        return check

    def junit(self, files):
        """Reads the suites as a parser of JUnit's XML does, and counts."""
        script = ("import sys, json, junitparser\n"
                  "kinds = lambda case: [type(result).__name__ for result in case.result]\n"
                  "def read(file):\n"
                  "    try:\n"
                  "        suites = list(junitparser.JUnitXml.fromfile(file))\n"
                  "    except Exception as error:\n"
                  "        return str(error)\n"
                  "    return [[suite.tests, suite.failures, [kinds(case) for case in suite]] for suite in suites]\n"
                  "print(json.dumps({file: read(file) for file in sys.argv[1:]}))\n")
        ran = self.run(self.python / "python", "-c", script, *files)
        if ran.returncode:
            sys.exit(ran.stderr)
        problems = {}
        for file, suites in json.loads(ran.stdout).items():
            file = pathlib.Path(file)
            if isinstance(suites, str):
                problems[file] = [suites]
                continue
            own = json.loads(file.with_suffix(".json").read_text())["summary"]
            [(tests, failures, cases)] = suites
            failed = sum(kinds == ["Failure"] for kinds in cases)
            sound = tests == len(cases) and failures == failed == own["findings"]
            problems[file] = [] if sound else [f"{tests} tests, {failures} failures, {failed} of {len(cases)} cases"]
        return problems

    def markdown(self, files):
        """Renders the summaries as GitHub's own library does; nothing but tables, text and our links may come out."""
        script = ("import sys, json, cmarkgfm\n"
                  "from cmarkgfm.cmark import Options\n"
                  "read = lambda file: open(file, encoding='utf-8').read()\n"
                  "print(json.dumps({file: cmarkgfm.github_flavored_markdown_to_html(read(file),\n"
                  "    Options.CMARK_OPT_UNSAFE) for file in sys.argv[1:]}))\n")
        ran = self.run(self.python / "python", "-c", script, *files)
        if ran.returncode:
            sys.exit(ran.stderr)
        allowed = {"h2", "h3", "p", "table", "thead", "tbody", "tr", "th", "td", "code", "a", "br", "wbr"}
        problems = {}
        for file, html in json.loads(ran.stdout).items():
            file = pathlib.Path(file)
            own = json.loads(file.with_suffix(".json").read_text())["summary"]
            found = [f"<{tag}>" for tag in set(re.findall(r"</?([a-z0-9]+)", html)) - allowed]
            links = set(re.findall(r'href="([^"]*)"', html))
            found += [link for link in links if not link.startswith("https://docs.datadoghq.com/")]
            shown = html.count("<td>high</td>")
            if shown != own["findings"]:
                found.append(f"{shown} of {own['findings']} findings")
            problems[file] = found
        return problems

    def workflow_commands(self, files):
        """Reads a log as a runner does (`ActionCommand.TryParseV2` of actions/runner)."""
        problems = {}
        for file in files:
            own = json.loads(file.with_suffix(".json").read_text())["summary"]
            found, errors = [], 0
            for line in file.read_text().splitlines():
                if not line.startswith("::"):
                    continue
                command = re.fullmatch(r"::(error|warning|notice) ([^:]*)::(.+)", line)
                if not command:
                    found.append(f"no command: {line}")
                    continue
                pairs = [pair.partition("=") for pair in command[2].split(",")]
                unknown = {name for name, _, _ in pairs} - {"file", "line", "endLine", "col", "endColumn", "title"}
                found += [f"unknown properties {unknown}: {line}"] if unknown else []
                errors += command[1] == "error"
            problems[file] = found if errors == own["findings"] else [*found, f"{errors} of {own['findings']} findings"]
        return problems

    def runner(self, files):
        """Reads a log as GitHub's runner and Azure's agent do: nothing in it may be a command for them."""
        acts = re.compile(r"^\s*::|##\[|##vso\[", re.M)
        return {file: [repr(found[0]) for found in acts.finditer(file.read_text())] for file in files}

    def widget(self, files):
        """GitLab's widget shows one issue of a fingerprint."""
        problems = {}
        for file in files:
            try:
                fingerprints = [issue["fingerprint"] for issue in json.loads(file.read_text())]
            except (KeyError, ValueError) as error:
                problems[file] = [repr(error)]
                continue
            problems[file] = [] if len(set(fingerprints)) == len(fingerprints) else ["a fingerprint is there twice"]
        return problems

    def paths(self, files):
        """What no validator sees and GitHub's server does: paths that lead nowhere, levels and rules that are missing."""
        problems = {}
        for file in files:
            sarif, found = json.loads(file.read_text()), []
            stack = [sarif]
            while stack:
                value = stack.pop()
                if isinstance(value, dict):
                    uri = value.get("artifactLocation", {}).get("uri") if "artifactLocation" in value else "a"
                    parts = (uri or "").split("/")
                    if not uri or "" in parts or "." in parts or ".." in parts or re.search(r"[^\w\-./%~]", uri, re.A):
                        found.append(f"the URI {uri!r}")
                    stack.extend(value.values())
                elif isinstance(value, list):
                    stack.extend(value)
            for run in sarif["runs"]:
                declared = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
                if len(set(declared)) < len(declared):
                    found.append("a rule is declared twice")
                for rule in run["tool"]["driver"]["rules"]:
                    severity = rule.get("properties", {}).get("security-severity", "8.0")
                    if not isinstance(severity, str):
                        found.append("a security-severity that is no string")
                for result in run["results"]:
                    index = result.get("ruleIndex", -1)
                    if not 0 <= index < len(declared) or declared[index] != result.get("ruleId"):
                        found.append("a result without its rule")
                    if not result.get("locations") or "level" not in result:
                        found.append("a result without a location or a level")
            problems[file] = found
        return problems


def checks(consumers):
    """The consumers of each format."""
    sarif = [consumers.multitool, consumers.upload_gate, consumers.datadog, consumers.sarif_tools, consumers.paths]
    jenkins = jenkins_parsers.checks(consumers.cache)
    return {
        "sarif": [*sarif, *jenkins["sarif"]],
        "datadog": sarif,
        "json": [consumers.schema(REPOSITORY / "docs/report.schema.json")],
        "gitlab": [consumers.schema(HERE / "codequality.schema.json"), consumers.widget, *jenkins["gitlab"]],
        "junit": [consumers.junit, *jenkins["junit"]],
        "markdown": [consumers.markdown],
        "github": [consumers.workflow_commands],
        "human": [consumers.runner],
    }


def sarif_faults(sound):
    """Sound SARIF with one fault of each class: a name, who must see it, and the document."""
    def fault(name, *seers):
        def plant(change):
            document = copy.deepcopy(sound)
            change(document["runs"][0])
            planted.append((name, seers, document))
        return plant

    planted = []
    region = lambda run: run["results"][0]["locations"][0]["physicalLocation"]["region"]
    artifact = lambda run: run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]
    rules = lambda run: run["tool"]["driver"]["rules"]
    fault("line 0", "multitool", "upload_gate")(lambda run: region(run).update(startLine=0))
    fault("column 0", "upload_gate")(lambda run: region(run).update(startColumn=0))
    fault("null", "upload_gate")(lambda run: run["results"][0].update(hostedViewerUri=None))
    fault("duplicate rule", "upload_gate", "paths")(lambda run: rules(run).append(rules(run)[0]))
    fault("dot path", "paths")(lambda run: artifact(run).update(uri="./" + artifact(run)["uri"]))
    fault("colon path", "paths")(lambda run: artifact(run).update(uri="a:b.tf"))
    fault("no ruleId", "sarif_tools", "datadog", "paths")(lambda run: run["results"][0].pop("ruleId"))
    fault("undeclared rule", "datadog", "paths")(lambda run: run["results"][0].update(ruleId="other"))
    fault("no location", "multitool", "paths")(lambda run: run["results"][0].update(locations=[]))
    fault("no results", "upload_gate")(lambda run: run.pop("results"))
    fault("fix without changes", "upload_gate")(lambda run: run["results"][0].update(fixes=[{"description": {"text": "a."}}]))
    fault("rule index", "paths")(lambda run: run["results"][0].update(ruleIndex=7))
    fault("numeric severity", "paths")(lambda run: rules(run)[0]["properties"].update({"security-severity": 8.0}))
    fault("no description", "multitool")(lambda run: rules(run)[0].pop("fullDescription"))
    twice = copy.deepcopy(sound)
    twice["runs"] *= 2
    return [*planted, ("two runs", ("upload_gate",), twice)]


def self_test(consumers, made, directory):
    """Plants faults and gives those that those who must see them do not see."""
    unseen = []
    [examples] = [file for file in made["sarif"] if file.name == "examples.sarif"]
    sound = json.loads(examples.read_text())
    for name, seers, document in sarif_faults(sound):
        file = directory / f"fault-{name.replace(' ', '-')}.sarif"
        file.write_text(json.dumps(document))
        for seer in seers:
            try:
                problems = getattr(consumers, seer)([file])[file]
            except (KeyError, TypeError) as error:
                problems = [repr(error)]
            if not problems:
                unseen.append(f"{name}: {seer} does not see it")
    own = examples.with_suffix(".json")
    texts = [
        ("gitlab", '[{"description": "x"}]', "fault.gitlab.json"),
        ("json", own.read_text().replace('"version": 1', '"version": 0'), "fault-own.json"),
        ("junit", examples.with_suffix(".xml").read_text().replace("</failure>", "</failed>"), "fault.xml"),
        ("markdown", examples.with_suffix(".md").read_text() + "\n<img src=x>\n", "fault.md"),
        ("github", examples.with_suffix(".txt").read_text() + "\n::set-output name=a::b\n", "fault.txt"),
        ("human", examples.with_suffix(".log").read_text() + "\n  ::add-mask::b\n", "fault.log"),
    ]
    (directory / "fault.json").write_text(own.read_text())
    issues = json.loads(examples.with_suffix(".gitlab.json").read_text())
    twins = directory / "fault-twins.gitlab.json"
    twins.write_text(json.dumps([issues[0], issues[0]]))
    if not consumers.widget([twins])[twins]:
        unseen.append("gitlab: nobody sees a fingerprint that is there twice")
    unseen += jenkins_self_test(consumers, examples, directory)
    for form, text, name in texts:
        file = directory / name
        file.write_text(text)
        if not any(check([file])[file] for check in checks(consumers)[form]):
            unseen.append(f"{form}: nobody sees a fault")
    return unseen


def jenkins_self_test(consumers, examples, directory):
    """Plants what Jenkins' parsers trip over, and gives what each version of them does not see."""
    issues = json.loads(examples.with_suffix(".gitlab.json").read_text())
    no_category = directory / "fault-category.gitlab.json"
    no_category.write_text(json.dumps([{name: issue[name] for name in issue if name != "categories"} for issue in issues]))
    sarif = json.loads(examples.read_text())
    for result in sarif["runs"][0]["results"]:
        result["locations"][0]["physicalLocation"]["region"].pop("message", None)
    no_sentence = directory / "fault-sentence.sarif"
    no_sentence.write_text(json.dumps(sarif))
    no_message = directory / "fault-message.xml"
    no_message.write_text(re.sub(r'<failure message="[^"]*"', "<failure", examples.with_suffix(".xml").read_text()))
    faults = [("gitlab", no_category, "an entry without categories"), ("junit", no_message, "a failure without a message"),
              ("sarif", no_sentence, "a result without its sentence")]
    return [f"{check.__name__} does not see {fault}" for form, file, fault in faults
              for check in jenkins_parsers.checks(consumers.cache)[form] if not check([file])[file]]


def main():
    podgate, cache = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2])
    directory = cache.resolve() / "reports"
    directory.mkdir(exist_ok=True)
    for old in directory.iterdir():
        old.unlink()
    made = reports(podgate, directory)
    consumers = Consumers(cache)
    failures = 0
    for form, readers in checks(consumers).items():
        for check in readers:
            problems = check(made[form])
            if set(problems) != set(made[form]):
                sys.exit(f"{check.__name__} has not looked at all of {form}")
            bad = [(file.name, found) for file, found in problems.items() if found]
            failures += len(bad)
            print(f"{form:9} {check.__name__:26} {len(problems) - len(bad)} of {len(problems)} reports")
            for name, found in bad[:5]:
                print(f"    {name}: {'; '.join(found[:3])}")
    unseen = self_test(consumers, made, directory)
    for fault in unseen:
        print(f"planted fault: {fault}")
    print(f"planted faults: {'all seen' if not unseen else f'{len(unseen)} unseen'}")
    sys.exit(1 if failures or unseen else 0)


main()
