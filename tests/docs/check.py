"""Checks every snippet of the documentation as it stands there, with what reads its kind; and that it can fail."""

import collections
import concurrent.futures
import json
import pathlib
import re
import subprocess
import sys
import tomllib
import xml.etree.ElementTree

import hcl2
import lark.exceptions
import yaml

import commands
import snippets

HERE = pathlib.Path(__file__).parent
ROOT = HERE.parent.parent


class Tools:
    """The programs that read snippets."""

    def __init__(self, podgate, cache):
        self.podgate, self.cache = pathlib.Path(podgate).resolve(), pathlib.Path(cache).resolve()
        self.work = self.cache / "snippets"
        manifest = tomllib.loads((ROOT / "Cargo.toml").read_text())["package"]
        self.version, self.repository = manifest["version"], manifest["repository"]

    def run(self, program, *arguments, **options):
        """Runs a program; gives what it prints, if it fails."""
        known = [self.cache / "venv/bin" / program, self.cache / "bin" / program]
        command = [next((path for path in known if path.exists()), program), *arguments]
        ran = subprocess.run([str(part) for part in command], capture_output=True, text=True, **options)
        said = f"{ran.stdout}\n{ran.stderr}".strip()
        return [f"{program}: {said[:1500] or ran.returncode}"] if ran.returncode else []

    def file(self, snippet, name):
        """The snippet as a file of its own, in a directory of its own."""
        directory = self.work / f"{str(snippet.page).replace('/', '_')}-{snippet.line}"
        file = directory / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(snippet.text)
        return file

    def schema(self, file, name, *options):
        return self.run("check-jsonschema", "--builtin-schema", f"vendor.{name}", *options, file)

    def podgate_runs(self, script):
        """What podgate does not take of a script's commands. Returns their number, too."""
        ran = commands.runs(script)
        return len(ran), [f"podgate {' '.join(run)}: {why}" for run in ran if (why := commands.refused(self.podgate, run))]

    def script(self, snippet, script, name="script.sh"):
        """Checks a script: its syntax, what shellcheck says, and the commands that run podgate."""
        directory = self.work / f"{str(snippet.page).replace('/', '_')}-{snippet.line}"
        directory.mkdir(parents=True, exist_ok=True)
        file = directory / name
        file.write_text(script)
        # SC2148: a snippet has no first line that names its shell. SC2016: a script in single quotes is meant for a shell
        # that another program starts.
        problems = self.run("bash", "-n", file)
        problems += self.run("shellcheck", "--shell=bash", "--exclude=SC2148,SC2016", file)
        return problems + self.podgate_runs(script)[1]


def scripts_in(tools, snippet):
    """Checks the scripts in a YAML file."""
    problems = []
    for index, script in enumerate(one for document in yaml.safe_load_all(snippet.text)
                                   for one in commands.scripts_of(document)):
        # `${{ … }}`, `$(Name)` and `$$` are not the shell's.
        plain = re.sub(r"\$\{\{.*?\}\}", "expression", script)
        plain = re.sub(r"\$\((\w+(?:\.\w+)+)\)", "macro", plain)
        # All these systems end a script at the first command that fails.
        problems += tools.script(snippet, f"set -e\n{plain}", f"script-{index}.sh")
    return problems


def github_workflow(tools, snippet):
    """The schema, actionlint, zizmor, and the inputs that the workflow gives to podgate's action."""
    file = tools.file(snippet, ".github/workflows/podgate.yml")
    problems = tools.schema(file, "github-workflows")
    problems += tools.run("actionlint", "-no-color", "-shellcheck", tools.cache / "venv/bin/shellcheck", file)
    problems += tools.run("zizmor", "--offline", "--quiet", "--no-config", "--format", "plain", file)
    for job in yaml.safe_load(snippet.text)["jobs"].values():
        for step in job.get("steps", []):
            problems += action_inputs(tools, step)
    return problems + scripts_in(tools, snippet)


def git(*arguments):
    return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=True).stdout


def action_inputs(tools, step):
    """What a step gives to podgate's action that it does not know."""
    name, _, commit = step.get("uses", "").partition("@")
    if name != tools.repository.removeprefix("https://github.com/"):
        return []
    ancestor = subprocess.run(["git", "merge-base", "--is-ancestor", commit, "HEAD"], cwd=ROOT, capture_output=True, text=True)
    if ancestor.returncode == 0:
        manifest = git("show", f"{commit}:action.yml")
    elif git("rev-parse", "--is-shallow-repository").strip() == "true":
        print(f"a shallow clone does not tell what the action of {commit} is: its inputs are compared with those of today")
        manifest = (ROOT / "action.yml").read_text()
    else:
        return [f"the action is pinned to {commit}, which is no commit before this one"]
    known = yaml.safe_load(manifest)["inputs"]
    problems = [f"the action of {commit} has no input `{given}`; see tests/docs/pin"
                for given in step.get("with", {}) if given not in known]
    arguments = step.get("with", {}).get("args", "").splitlines()
    refused = commands.refused(tools.podgate, ["scan", *arguments]) if arguments else None
    return problems + ([f"args: {refused}"] if refused else [])


def gitlab_pipeline(tools, snippet):
    problems = tools.schema(tools.file(snippet, ".gitlab-ci.yml"), "gitlab-ci", "--data-transform", "gitlab-ci")
    return problems + scripts_in(tools, snippet)


def azure_pipeline(tools, snippet):
    file = tools.file(snippet, "azure-pipelines.yml")
    # The schema has regular expressions that only this variant takes.
    options = ["--data-transform", "azure-pipelines", "--regex-variant", "nonunicode"]
    problems = tools.schema(file, "azure-pipelines", *options)
    return problems + scripts_in(tools, snippet)


def dependabot(tools, snippet):
    return tools.schema(tools.file(snippet, ".github/dependabot.yml"), "dependabot")


def pre_commit(tools, snippet):
    """pre-commit's own check, and hooks that .pre-commit-hooks.yaml has."""
    problems = tools.run("pre-commit", "validate-config", tools.file(snippet, ".pre-commit-config.yaml"))
    hooks = {hook["id"] for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())}
    for repository in yaml.safe_load(snippet.text)["repos"]:
        if repository.get("repo") == tools.repository:
            problems += [f"there is no hook {hook['id']}" for hook in repository["hooks"] if hook["id"] not in hooks]
    return problems + scripts_in(tools, snippet)


def kubernetes(tools, snippet):
    """The schemas of Kubernetes, strict: an unknown field is an error."""
    return tools.run("kubernetes-validate", "--strict", tools.file(snippet, "manifest.yaml")) + scripts_in(tools, snippet)


def jenkinsfile(tools, snippet):
    """Jenkins' own Groovy and the sections of a declarative pipeline; then its shell steps."""
    command = ["java", "-cp", f"{tools.cache}/groovy/*", HERE / "jenkins/Declarative.java", tools.file(snippet, "Jenkinsfile")]
    ran = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    if ran.returncode:
        return [ran.stderr.strip()]
    scripts = ran.stdout.split("\0")[:-1]
    return [problem for index, script in enumerate(scripts) for problem in tools.script(snippet, script, f"sh-{index}.sh")]


def shell(tools, snippet):
    return tools.script(snippet, snippet.text)


def console(tools, snippet):
    return tools.script(snippet, commands.prompts(snippet.text))


def json_text(tools, snippet):
    json.loads(snippet.text)
    return []


def terraform(tools, snippet):
    """A parser of HCL, and podgate: it does not parse files without a policy."""
    try:
        hcl2.loads(snippet.text)
    except lark.exceptions.LarkError as error:
        return [str(error)]
    file = tools.file(snippet, "main.tf")
    ran = subprocess.run([tools.podgate, "scan", "--root", file.parent, "-o", "json", file], capture_output=True, text=True)
    if ran.returncode == 2:
        return [ran.stderr]
    said = json.loads(ran.stdout)
    return [f"not analysed: {one['message']}" for one in said["notifications"]] if said["summary"]["not_analysed"] else []


def dockerfile(tools, snippet):
    return tools.run("hadolint", tools.file(snippet, "Dockerfile"))


def toml_text(tools, snippet):
    tomllib.loads(snippet.text)
    return []


def xml_text(tools, snippet):
    xml.etree.ElementTree.fromstring(snippet.text)
    return []


def rust(tools, snippet):
    return tools.run("rustfmt", "--edition", "2024", "--check", tools.file(snippet, "snippet.rs"))


def plain_text(tools, snippet):
    return []


READERS = {"GitHub workflow": github_workflow, "GitLab pipeline": gitlab_pipeline, "Azure pipeline": azure_pipeline,
           "Dependabot": dependabot, "pre-commit": pre_commit, "Kubernetes": kubernetes, "Jenkinsfile": jenkinsfile,
           "shell": shell, "console": console, "JSON": json_text, "Terraform": terraform, "Dockerfile": dockerfile,
           "TOML": toml_text, "XML": xml_text, "Rust": rust, "text": plain_text}


def names(tools, snippet):
    """Versions and addresses: podgate's own version and repository stand in Cargo.toml alone."""
    owner = tools.repository.removeprefix("https://github.com/")
    problems = [f"version {found} instead of {tools.version}"
                for found in re.findall(r"podgate(?:==|@|:v?|/podgate:)(\d+\.\d+\.\d+)", snippet.text) if found != tools.version]
    problems += [f"{found} instead of {owner}" for found in re.findall(r"(?:github\.com|ghcr\.io)/([\w-]+/podgate)\b", snippet.text)
                 if found != owner]
    revisions = re.findall(rf"{tools.repository}\n\s*rev: (\S+)", snippet.text)
    return problems + [f"rev {found}" for found in revisions if found != f"v{tools.version}"]


def problems_of(tools, snippet):
    """The kind of a snippet, and what is wrong with it."""
    try:
        kind = snippets.kind(snippet, yaml.safe_load_all)
        if kind is None:
            return "unknown", [f"nobody reads the language `{snippet.language}`, or this kind of it"]
        return kind, READERS[kind](tools, snippet) + names(tools, snippet)
    except (ValueError, yaml.YAMLError, xml.etree.ElementTree.ParseError) as error:
        return "unknown", [f"{type(error).__name__}: {error}"]


def check_snippets(tools):
    """Checks all snippets: the number of each kind, and the problems."""
    counts, problems = collections.Counter(), []
    all_of_them = [snippet for page in snippets.pages(ROOT)
                   for snippet in snippets.snippets_of(page, (ROOT / page).read_text())]
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        for snippet, (kind, found) in zip(all_of_them, pool.map(lambda one: problems_of(tools, one), all_of_them)):
            counts[kind] += 1
            problems += [f"{snippet}: {problem}" for problem in found]
    return counts, problems


def check_spans(tools):
    """Checks the commands in the text: inline code that begins with `podgate` and a word."""
    count, problems = 0, []
    for page in snippets.pages(ROOT):
        for line, span in snippets.spans_of((ROOT / page).read_text()):
            if not re.match(r"podgate [a-z.-]", span) or "…" in span:
                continue
            count += 1
            try:
                problems += [f"{page}:{line}: {problem}" for problem in tools.podgate_runs(span)[1]]
            except ValueError as error:
                problems.append(f"{page}:{line}: {span}: {error}")
    return count, problems


def faults(pages):
    """Snippets with one planted fault each: a name, and the snippet."""
    by_kind = collections.defaultdict(list)
    for page, text in pages:
        for snippet in snippets.snippets_of(page, text):
            by_kind[snippets.kind(snippet, yaml.safe_load_all)].append(snippet)

    def fault(kind, old, new):
        sound = next((snippet for snippet in by_kind[kind] if old in snippet.text), None)
        if sound is None:
            raise SystemExit(f"no {kind} has {old!r}, which a planted fault needs")
        return f"{kind}: {new!r}", snippets.Snippet(pathlib.Path("fault"), fault.number(), sound.language,
                                                    sound.text.replace(old, new))
    numbers = iter(range(1, 1000))
    fault.number = lambda: next(numbers)
    return [
        fault("GitHub workflow", "runs-on:", "run-on:"),
        fault("GitHub workflow", "uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1", "uses: actions/checkout@v7"),
        fault("GitHub workflow", "on:\n", "off:\n"),
        fault("GitHub workflow", "      - uses: podgate/", "      - with: {nope: x}\n        uses: podgate/"),
        fault("GitHub workflow", "podgate/podgate@", "podgate/podgate@0000000000000000000000000000000000000000 #"),
        fault("GitHub workflow", "persist-credentials: false", "fetch-depth: 1"),
        fault("GitLab pipeline", "script:", "scripts:"),
        fault("GitLab pipeline", "--exit-zero", "--exit-zer0"),
        fault("Azure pipeline", "  - script:", "  - scrpt:"),
        fault("pre-commit", "hooks:", "hook:"),
        fault("Jenkinsfile", "always {", "alway {"),
        fault("Jenkinsfile", "podgate scan", "podgate skan"),
        fault("shell", "docker", "if docker"),
        fault("Dockerfile", "FROM", "FORM"),
        fault("Kubernetes", "completions:", "completion:"),
        ("an unknown language", snippets.Snippet(pathlib.Path("fault"), 0, "brainfuck", "+\n")),
        ("no language", snippets.Snippet(pathlib.Path("fault"), 0, "", "+\n")),
        ("another repository", snippets.Snippet(pathlib.Path("fault"), 0, "sh", "docker pull ghcr.io/" "other/podgate:9.9.9\n")),
        ("broken JSON", snippets.Snippet(pathlib.Path("fault"), 0, "json", "{")),
        ("broken Terraform", snippets.Snippet(pathlib.Path("fault"), 0, "terraform", 'resource "a" "b" {\n')),
    ]


def main():
    podgate, cache = sys.argv[1:]
    tools = Tools(podgate, cache)
    counts, problems = check_snippets(tools)
    spans, wrong = check_spans(tools)
    pages = [(page, (ROOT / page).read_text()) for page in snippets.pages(ROOT)]
    planted = faults(pages)
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        seen = pool.map(lambda one: problems_of(tools, one[1])[1], planted)
        unseen = [name for (name, _), found in zip(planted, seen) if not found]
    for kind, count in sorted(counts.items()):
        print(f"{kind:16} {count:3}")
    print(f"{'inline commands':16} {spans:3}")
    print(f"{'planted faults':16} {len(planted) - len(unseen):3} of {len(planted)} seen")
    for problem in [*problems, *wrong, *(f"planted fault: nobody sees {name}" for name in unseen)]:
        print(problem, file=sys.stderr)
    failed = len(problems) + len(wrong) + len(unseen)
    print(f"docs: {sum(counts.values()) + spans + len(planted) - failed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
