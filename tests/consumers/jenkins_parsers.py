"""What Jenkins shows of the reports, by the parsers of its Warnings Next Generation plugin.

The parsers are the library `edu.hm.hafner:analysis-model`, which reads `gitlab` reports as Code Climate's format, and
SARIF and JUnit as such. It drops columns from all three.
"""

import collections
import json
import pathlib
import re
import subprocess
import sys
import urllib.parse
import xml.etree.ElementTree

HERE = pathlib.Path(__file__).parent
VERSIONS = ["13.5.0", "13.18.0"]

# What an entry's severity and a result's level become.
GITLAB = {"blocker": "HIGH", "critical": "HIGH", "major": "HIGH", "minor": "NORMAL", "info": "LOW"}
SARIF = {"error": "HIGH", "warning": "NORMAL", "note": "LOW", "none": "LOW"}


def libraries(cache, version):
    """The jar files of a version and of what it needs, by Maven."""
    directory = cache / "jenkins" / version
    complete = directory / "complete"
    if not complete.exists():
        command = ["mvn", "--quiet", "--batch-mode", "--file", HERE / "jenkins/pom.xml",
                   f"-Danalysis-model.version={version}", f"-DoutputDirectory={directory}",
                   "dependency:copy-dependencies"]
        ran = subprocess.run(command, capture_output=True, text=True)
        if ran.returncode:
            sys.exit(f"Maven cannot get analysis-model {version}: {ran.stdout[-2000:]}{ran.stderr[-2000:]}")
        complete.touch()
    return directory


def issues(cache, version, parser, files):
    """The issues that Jenkins shows for each file, or a string if its parser fails."""
    command = ["java", "-cp", f"{libraries(cache, version)}/*", HERE / "jenkins/Issues.java"]
    lines = "".join(f"{parser}\t{file}\n" for file in files)
    ran = subprocess.run(command, input=lines, capture_output=True, text=True, encoding="utf-8")
    if ran.returncode:
        sys.exit(f"Jenkins' parsers do not start: {ran.stderr[-2000:]}")
    answers = [json.loads(line) for line in ran.stdout.splitlines()]
    if len(answers) != len(files):
        sys.exit(f"Jenkins' parsers gave {len(answers)} answers for {len(files)} files")
    return [answer.get("issues", answer.get("error", "").splitlines()[-1:]) for answer in answers]


def file_name(path):
    """A path as Jenkins keeps it: without space around it, and with `/` for what it takes for a separator."""
    return path.strip().replace("\\", "/")


def shown(issue):
    """What counts of an issue."""
    return (file_name(issue["file"]), issue["line"], issue["severity"], issue["type"], issue["category"], issue["message"])


def code_climate(file):
    """What Jenkins is to show of a `gitlab` report: each entry, with its description alone as the message."""
    return [(file_name(entry["location"]["path"]), entry["location"]["lines"]["begin"], GITLAB[entry["severity"]],
             entry["check_name"], "Security", entry["description"]) for entry in json.loads(file.read_text())]


def compare(wanted, found):
    """The differences between two lists, in words."""
    wanted, found = collections.Counter(wanted), collections.Counter(found)
    return [f"not shown: {one}" for one in wanted - found] + [f"shown: {one}" for one in found - wanted]


def gitlab_problems(file, found):
    return compare(code_climate(file), [shown(issue) for issue in found])


def sentence(text):
    """The beginning of a message, without the links that SARIF has in it: `[shown](1)`."""
    return re.sub(r"(?<!\\)\[(.*?)(?<!\\)\]\(\d+\)", r"\1", text).replace("\\", "")[:100]


def sarif_problems(file, found):
    """Each result is shown at its line, and its own sentence comes before the page of its rule."""
    wanted, said = [], []
    for result in json.loads(file.read_text())["runs"][0]["results"]:
        location = result["locations"][0]["physicalLocation"]
        path = urllib.parse.unquote(location["artifactLocation"]["uri"])
        wanted.append((file_name(path), location["region"]["startLine"], SARIF[result["level"]], result["ruleId"],
                       sentence(result["message"]["text"])))
    for issue in found:
        path, line, severity, rule, _, message = shown(issue)
        said.append((path, line, severity, rule, sentence(message.split("\n\n")[0])))
    return compare(wanted, said)


def junit_problems(file, found):
    """Each test that fails is shown with the message of its failure. Files and lines are guessed by Jenkins' parser from
    the text, with what it takes for a path; the attributes `file` and `line` are not read."""
    left = [" ".join(issue["message"].split()) for issue in found]
    problems = []
    for case in xml.etree.ElementTree.parse(file).iter("testcase"):
        for failure in [*case.findall("failure"), *case.findall("error")]:
            message = " ".join(f"{case.get('name')} : {failure.get('message')}".split())
            matching = [text for text in left if text.startswith(message)]
            if matching:
                left.remove(matching[0])
            else:
                problems.append(f"not shown: {message}")
    return problems + [f"shown: {text}" for text in left]


def check(cache, version, parser, problems_of):
    """A consumer for `check.py`: gives the problems of each file."""
    def consumer(files):
        answers = issues(cache, version, parser, files)
        return {file: problems_of(file, found) if all(isinstance(one, dict) for one in found) else [str(found)]
                for file, found in zip(files, answers)}
    consumer.__name__ = f"jenkins_{parser}_{version}"
    return consumer


def checks(cache):
    """The consumers of each format in Jenkins."""
    parsers = {"gitlab": ("code-climate", gitlab_problems), "sarif": ("sarif", sarif_problems),
               "junit": ("junit", junit_problems)}
    return {form: [check(cache, version, *how) for version in VERSIONS] for form, how in parsers.items()}
