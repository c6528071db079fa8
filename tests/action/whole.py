"""Runs the whole action, every step and its outputs, with nektos/act in self-hosted mode.

Usage: whole.py BINARY ACT

The action is a checkout as a release has it: `.github/action/SHA256SUMS` is there, and the archive that it names holds
BINARY and is served from a directory. The action that uploads is a stand-in at the very commit that action.yml pins: it
notes what it was given, and fails where a case says so. There is no Rust on the PATH, only what `PROGRAMS` lists.
"""

import dataclasses
import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile

import yaml

REPOSITORY = pathlib.Path(__file__).resolve().parent.parent.parent
VERSION = re.search(r'^version = "(.*)"$', (REPOSITORY / "Cargo.toml").read_text(), re.M)[1]
UPLOAD = re.search(r"uses: (github/codeql-action)/upload-sarif@([0-9a-f]{40}) ", (REPOSITORY / "action.yml").read_text())
TARGET = {"x86_64": "x86_64-unknown-linux-musl", "aarch64": "aarch64-unknown-linux-musl"}[os.uname().machine]
NAME = f"podgate-{VERSION}-{TARGET}"
ARCHIVE = f"{NAME}.tar.gz"
# What a step of the action may need of a machine. The last ones are for the test's own steps.
PROGRAMS = "cat chmod cp curl grep gzip head mkdir mktemp mv rm sed sha256sum tar uname wc git tee".split()
OUTPUTS = {"sarif-file", "findings", "undecided", "not-analysed", "exit-code"}
POLICY = 'resource "kubernetes_pod_security_policy" "x" {{\n  spec {{\n    host_ipc = {}\n  }}\n}}\n'
SUMMARY = "  \u2699  Summary - "
COMMAND = re.compile("::(error|warning|notice) (title=podgate::|file=[^:]*::)")
TOKEN = "token-of-the-job"

STUB = """
name: Stand-in for upload-sarif
description: Notes its inputs
inputs:
  sarif_file: {required: true}
  checkout_path: {required: true}
  category: {required: true}
runs:
  using: composite
  steps:
    - shell: bash
      env:
        SARIF: ${{ inputs.sarif_file }}
        CHECKOUT: ${{ inputs.checkout_path }}
        CATEGORY: ${{ inputs.category }}
      run: |
        printf '%s\\n' "$CHECKOUT" "$CATEGORY" > "$RESULTS/$GITHUB_JOB.upload"
        cp "$SARIF" "$RESULTS/$GITHUB_JOB.sarif"
        if [ -n "${STUB_UPLOAD_FAILS:-}" ]; then echo "Resource not accessible by integration"; exit 1; fi
"""

# act starts this as bash. GitHub's runner gives a step no terminal, and keeps all that it prints; act does neither. The
# steps run with the bash that ACTION_BASH names (one of version 3.2, as macOS has, say), by default the machine's.
BASH = f"""#!/bin/bash
'{os.environ.get("ACTION_BASH") or shutil.which("bash")}' "$@" < /dev/null 2>&1 | tee -a "$RESULTS/$GITHUB_JOB.log"
exit "${{PIPESTATUS[0]}}"
"""

# Answers as gh does in the case that STUB_GH names, and refuses to run where it could be led astray.
GH = """#!/bin/bash
case $PWD in *hostexecutor*) echo "gh runs in the workspace"; exit 99 ;; esac
if [ "$HOME-$GH_CONFIG_DIR" != "$PWD/home-$PWD/home" ]; then echo "gh has another home"; exit 99; fi
if [ "$GH_TOKEN" != token-of-the-job ] || [ -n "${GITHUB_OUTPUT:-}" ]; then echo "gh has the wrong environment"; exit 99; fi
echo "$2" >> "$RESULTS/gh.$STUB_JOB"
case $STUB_GH-$2 in
  offline-download) echo "##[add-mask]error connecting to api.github.com" >&2; exit 1 ;;
  noroots-trusted-root) echo "error fetching the trusted root" >&2; exit 1 ;;
  none-download) echo "No attestations found" ;;
  *-download) echo '{}' > sha256:0.jsonl ;;
  *-trusted-root) echo '{}' ;;
  bad-verify) echo "Error: verifying with issuer" >&2; exit 1 ;;
  *-verify) case " $* " in *" --signer-workflow podgate/podgate/.github/workflows/release.yml "*) ;; *) exit 98 ;; esac ;;
esac
"""


@dataclasses.dataclass
class Case:
    """One use of the action in a job of its own, and what is expected of it."""

    name: str
    inputs: dict = dataclasses.field(default_factory=dict)
    code: str = "1"
    counts: tuple | None = None  # findings, undecided, not analysed
    error: str = ""  # part of the one error line; a failing case has exactly one
    log: tuple = ()
    no_log: tuple = ()
    uploaded: bool = True
    annotated: int = 0  # how many annotations of findings
    summary: tuple = ("podgate",)
    no_summary: tuple = ()
    fails: bool | None = None  # whether the step fails; by default where the exit code is not 0
    sarif: str = ""  # where the report is, in the workspace
    environment: dict = dataclasses.field(default_factory=dict)
    ref: str = "v1"
    before: str = ""  # a script that runs before the action
    gh: tuple | None = None  # what gh was asked


@dataclasses.dataclass
class Group:
    """Cases that one run of act has as jobs: of one event, and one machine."""

    cases: list
    event: str = "push"
    payload: dict = dataclasses.field(default_factory=dict)
    gh: bool = False
    poisoned: bytes = b""


def archive(directory, binary, tampered=False):
    """Makes a release below a directory: its archive and its SHA256SUMS. A tampered archive no longer fits these."""
    place = directory / f"v{VERSION}"
    place.mkdir(parents=True)
    with tarfile.open(place / ARCHIVE, "w:gz") as packed:
        packed.add(binary, f"{NAME}/podgate")
        packed.add(REPOSITORY / "LICENSE-MIT", f"{NAME}/LICENSE-MIT")
    sums = f"{hashlib.sha256((place / ARCHIVE).read_bytes()).hexdigest()}  {ARCHIVE}\n"
    (place / "SHA256SUMS").write_text("0" * 64 + "  another.zip\n" + sums)
    if tampered:
        with (place / ARCHIVE).open("ab") as file:
            file.write(b"tampered")
    return directory


def check_out(target, sums=None):
    """Puts the action where a checkout of it would be; with checksums it is a release."""
    for name in ["action.yml", "Cargo.toml"]:
        write(target / name, (REPOSITORY / name).read_text())
    shutil.copytree(REPOSITORY / ".github/action", target / ".github/action")
    if sums is not None:
        write(target / ".github/action/SHA256SUMS", sums)
    return target


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def git(directory, *arguments):
    command = ["git", "-c", "user.name=Test", "-c", "user.email=test@example.com", "-C", str(directory), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def repository(directory):
    """The repository that is scanned: a directory for each verdict, and names that a shell or a runner would act on."""
    for name, value in [
        ("findings", "true"),
        ("clean", "false"),
        ("a b", "true"),
        ("$(touch injected)", "true"),
        ("`touch injected`", "true"),
        ("--help", "true"),
        ("%0A::add-mask::x", "true"),
        ("::set-output name=exit-code::0", "true"),
        ("##[add-mask]x", "true"),
    ]:
        write(directory / name / "main.tf", POLICY.format(value))
    write(directory / "undecided/main.tf", 'variable "x" {}\n' + POLICY.format("var.x"))
    # Nothing finds this file by itself; the other one is found beside its module.
    write(directory / "values/prod.tfvars", "x = true\n")
    write(directory / "each/main.tf", 'variable "x" {}\n' + POLICY.format("var.x"))
    write(directory / "each/prod.tfvars", "x = true\n")
    write(directory / "broken/main.tf", POLICY.format("false") + 'resource "x" "y" {\n')
    write(directory / "workspace/main.tf", POLICY.format('terraform.workspace == "prod"'))
    policies = [POLICY.replace('"x"', f'"x{number}"').format("true") for number in range(3000)]
    write(directory / "many/main.tf", "\n".join(policies))
    (directory / "out").mkdir()
    (directory / "out/.keep").touch()
    (directory / "leads-out").symlink_to("/etc")
    git(directory, "init", "--quiet", "--initial-branch=main")
    git(directory, "remote", "add", "origin", "https://github.com/owner/name.git")
    git(directory, "add", "--all")
    git(directory, "commit", "--quiet", "--message=x")
    return directory


def job(case, scanned):
    """The job of a case, as a workflow has it."""
    return {
        "runs-on": "ubuntu-24.04",
        "env": {"STUB_JOB": case.name, **case.environment},
        "steps": [
            {"run": f"cp -R '{scanned}/.' .\n{case.before}"},
            {
                "id": "podgate",
                "uses": f"podgate/podgate@{case.ref}",
                "continue-on-error": True,
                "with": case.inputs,
            },
            {
                "env": {"RESULT": "${{ toJSON(steps.podgate) }}"},
                "run": 'printf "%s" "$RESULT" > "$RESULTS/$GITHUB_JOB.json"\n'
                'if [ -d .git ]; then git status --porcelain --ignored; fi > "$RESULTS/$GITHUB_JOB.status"\n'
                'printf "%s" "$GITHUB_WORKSPACE" > "$RESULTS/$GITHUB_JOB.workspace"\n',
            },
        ],
    }


class Runner:
    """Runs groups of cases with act, below one directory."""

    def __init__(self, base, binary, act):
        self.base, self.act, self.count, self.failures = base, act, 0, 0
        self.scanned = repository(base / "scanned")
        self.releases = archive(base / "releases", binary)
        self.tampered = archive(base / "tampered", binary, tampered=True)
        sums = (self.releases / f"v{VERSION}/SHA256SUMS").read_text()
        self.actions = {
            "v1": check_out(base / "actions/v1", sums),
            "other-platform": check_out(base / "actions/other", "0" * 64 + "  podgate.zip\n"),
            "nonsense": check_out(base / "actions/nonsense", f"../../x  {ARCHIVE}\n"),
            "main": check_out(base / "actions/main"),
        }
        write(base / "stub/upload-sarif/action.yml", STUB)
        self.programs = base / "programs"
        self.programs.mkdir()
        for name in PROGRAMS:
            (self.programs / name).symlink_to(shutil.which(name))
        write(self.programs / "bash", BASH).chmod(0o755)

    def run(self, number, group):
        """Runs a group and compares every case."""
        place = self.base / f"group-{number}"
        results = place / "results"
        results.mkdir(parents=True)
        workflow = {"on": group.event, "jobs": {case.name: job(case, self.scanned) for case in group.cases}}
        workflow = write(place / "workflow.yml", yaml.safe_dump(workflow, sort_keys=False, allow_unicode=True))
        payload = write(place / "event.json", json.dumps(group.payload))
        path = str(self.programs)
        if group.gh:
            write(place / "gh/gh", GH).chmod(0o755)
            path += f":{place}/gh"
        cache = place / "cache"
        if group.poisoned:
            kept = write(cache / f"tool_cache/podgate/{VERSION}/{ARCHIVE}", "")
            kept.write_bytes(group.poisoned)
        environment = {
            "HOME": str(place),
            "PATH": path,
            "LANG": "C.UTF-8",
            "RESULTS": str(results),
            "PODGATE_RELEASES_URL": f"file://{self.releases}",
        }
        local = [f"podgate/podgate@{ref}={directory}" for ref, directory in self.actions.items()]
        local.append(f"{UPLOAD[1]}@{UPLOAD[2]}={self.base}/stub")
        command = [self.act, group.event, "--json", "--no-cache-server", "--workflows", workflow]
        command += ["--directory", self.scanned, "--eventpath", payload, "--action-cache-path", cache]
        command += ["--platform", "ubuntu-24.04=-self-hosted", "--secret", f"GITHUB_TOKEN={TOKEN}"]
        command += [part for name in local for part in ("--local-repository", name)]
        ran = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        summaries = {case.name: "" for case in group.cases}
        for line in ran.stdout.splitlines():
            entry = json.loads(line) if line.startswith("{") else {}
            if entry.get("msg", "").startswith(SUMMARY):
                summaries[entry["jobID"]] += entry["msg"].removeprefix(SUMMARY)
        if ran.returncode != 0:
            raise AssertionError(f"act: exit code {ran.returncode}\n{ran.stdout[-5000:]}\n{ran.stderr[-3000:]}")
        for case in group.cases:
            self.count += 1
            log = (results / f"{case.name}.log").read_text()
            try:
                compare(case, results, log, summaries[case.name])
            except (AssertionError, FileNotFoundError) as failure:
                self.failures += 1
                print(f"-- {case}\n{log}\n-- {case.name}: {failure}", flush=True)


def compare(case, results, log, summary):
    """Compares what a case has come to with what is expected of it."""
    result = json.loads((results / f"{case.name}.json").read_text())
    outputs = {name: value for name, value in result["outputs"].items() if value}
    fails = case.code != "0" if case.fails is None else case.fails
    assert result["outcome"] == ("failure" if fails else "success"), result
    assert set(outputs) <= OUTPUTS and outputs["exit-code"] == case.code, outputs
    compare_report(case, results, outputs)
    compare_log(case, log, fails)

    upload = results / f"{case.name}.upload"
    assert upload.exists() == case.uploaded, f"uploaded: {upload.exists()}"
    if case.uploaded:
        checkout, category = upload.read_text().splitlines()
        assert category == case.inputs.get("category", ""), category
        workspace = (results / f"{case.name}.workspace").read_text()
        assert checkout == workspace or (case.before and checkout.startswith(workspace + "/")), checkout
        json.loads((results / f"{case.name}.sarif").read_text())

    for text in case.summary:
        assert text in summary, f"no {text} in the summary:\n{summary[-3000:]}"
    for text in case.no_summary:
        assert text not in summary, f"{text} in the summary:\n{summary[-3000:]}"
    assert case.summary or not summary, summary
    assert len(summary) < 1 << 20

    # Nothing is in the workspace that was not there before, but for the report.
    status = (results / f"{case.name}.status").read_text().splitlines()
    written = os.path.normpath(case.sarif)
    strange = [line for line in status if not (case.sarif and written in line)]
    assert not strange or case.before, strange
    if case.gh is not None:
        asked = results / f"gh.{case.name}"
        assert tuple(asked.read_text().split() if asked.exists() else ()) == case.gh, asked


def compare_report(case, results, outputs):
    workspace = (results / f"{case.name}.workspace").read_text()
    if case.code in ("0", "1", "3"):
        counts = [outputs[name] for name in ("findings", "undecided", "not-analysed")]
        assert case.counts is None or counts == [str(count) for count in case.counts], counts
        if case.sarif:
            assert outputs["sarif-file"] == f"{workspace}/{case.sarif}", outputs
        else:
            assert outputs["sarif-file"].endswith("/podgate.sarif"), outputs
            assert not outputs["sarif-file"].startswith(workspace), outputs
    else:
        assert "sarif-file" not in outputs, outputs


def compare_log(case, log, fails):
    errors = [line for line in log.splitlines() if "::error title=podgate::" in line]
    assert len(errors) == fails, errors
    assert not fails or case.error in errors[0], errors
    annotations = re.findall(r"::(?:error|warning|notice) file=", log)
    assert len(annotations) == case.annotated, f"{len(annotations)} annotations"
    for text in case.log:
        assert text in log, f"no {text} in the log"
    for text in case.no_log:
        assert text not in log, f"{text} in the log"
    # Of what the runner acts on, nothing but the action's own lines: see `ActionCommand` of actions/runner.
    for line in log.splitlines():
        assert "##[" not in line, line
        assert not line.lstrip().startswith("::") or COMMAND.match(line), line


def verdicts():
    """What podgate found decides the step, and every effect is there."""
    findings = {"path": "findings"}
    yield Case("findings", findings, counts=(1, 0, 0), error="1 finding.", summary=("findings/main.tf", "/blob/"))
    yield Case("clean", {"path": "clean"}, "0", (0, 0, 0))
    yield Case("all", {"path": ".", "exclude": "many\nbroken"}, error="9 findings.", counts=(9, 1, 0))
    yield Case("undecided", {"path": "undecided"}, "0", (0, 1, 0))
    yield Case("undecided-fails", {"path": "undecided", "undecided": "fail"}, "1", (0, 1, 0), "1 place could not be dec")
    both = {"path": "findings\nundecided", "undecided": "fail"}
    yield Case("both", both, "1", (1, 1, 0), "1 finding, and 1 place could not be decided.")
    yield Case("not-analysed", {"path": "broken"}, "3", (0, 0, 1), "No finding, but 1 place was not analysed")
    yield Case("bad-option", {**findings, "args": "--no-such-option"}, "2", error="could not scan", summary=(), uploaded=False)
    yield Case("no-path", {"path": "nowhere"}, "2", error="could not scan", summary=(), uploaded=False)
    yield Case("help", {**findings, "args": "--help"}, "2", error="no report", summary=(), uploaded=False)
    yield Case("dashes", {"args": "--"}, "2", error="must not have the argument", summary=(), uploaded=False)
    yield Case("never", {**findings, "fail-on": "never"}, "0", (1, 0, 0))
    yield Case("exit-zero", {**findings, "args": "--exit-zero"}, "0", (1, 0, 0))
    yield Case("no-upload", {**findings, "upload": "false"}, counts=(1, 0, 0), error="1 finding.", uploaded=False, annotated=1)
    yield Case("quiet", {**findings, "upload": "false", "annotations": "false"}, error="1 finding.", uploaded=False)
    yield Case("loud", {**findings, "annotations": "true"}, error="1 finding.", annotated=1)
    yield Case("no-summary", {**findings, "summary": "false"}, error="1 finding.", summary=())
    yield Case("category", {**findings, "category": "infra"}, error="1 finding.")
    yield Case("terraform-workspace", {"path": "workspace", "workspace": "prod"}, counts=(1, 0, 0))
    yield Case("var-file", {"path": "undecided", "var-file": "values/prod.tfvars"}, counts=(1, 0, 0))
    yield Case("each-var-file", {"path": "each", "each-var-file": "*.tfvars"}, counts=(1, 0, 0))
    yield Case("directory", {"working-directory": "a b", "path": "main.tf"}, counts=(1, 0, 0), summary=("a b/main.tf",))
    yield Case("report", {**findings, "sarif-file": "out/x y.sarif"}, sarif="out/x y.sarif")
    there = {"working-directory": "findings", "sarif-file": "../out/x.sarif"}
    yield Case("report-from-directory", there, sarif="findings/../out/x.sarif")
    yield Case("empty", dict.fromkeys(INPUTS, "") | findings, error="1 finding.", counts=(1, 0, 0))
    shown = ("GitHub shows ten of the 3000 annotations",)
    yield Case("many", {"path": "many", "annotations": "true"}, counts=(3000, 0, 0), log=shown, annotated=3000, summary=("more.",))


def uploads():
    """What happens when the upload fails."""
    failing = {"STUB_UPLOAD_FAILS": "yes"}
    said = ("::notice title=podgate::The report could not be uploaded to code scanning",)
    for name, inputs, code, error, annotated in [
        ("auto", {"path": "findings"}, "1", "1 finding.", 1),
        ("auto-clean", {"path": "clean"}, "0", "", 0),
        ("auto-quiet", {"path": "findings", "annotations": "false"}, "1", "1 finding.", 0),
    ]:
        yield Case(f"upload-{name}", inputs, code, error=error, log=said, annotated=annotated, environment=failing)
    required = "could not be uploaded to code scanning, and `upload` is true"
    for name, path, code, annotated in [("findings", "findings", "1", 1), ("clean", "clean", "0", 0), ("part", "broken", "3", 1)]:
        inputs = {"path": path, "upload": "true"}
        yield Case(
            f"required-{name}", inputs, code, error=required, no_log=said, annotated=annotated, environment=failing, fails=True
        )


INPUTS = [name for name in yaml.safe_load((REPOSITORY / "action.yml").read_text())["inputs"]]
LISTS = ("path", "exclude", "var-file", "each-var-file", "args")
HOSTILE = {
    "command": "$(touch injected)",
    "backticks": "`touch injected`",
    "option": "--help",
    "workflow": "%0A::add-mask::x",
    "output": "::set-output name=exit-code::0",
    "old": "##[add-mask]x",
}


def hostile_values():
    """No value of an input is run, becomes an option, a command to the runner or a further output."""
    refused = {"summary": (), "uploaded": False}
    for input_name in INPUTS:
        if input_name not in LISTS:
            for number, value in enumerate(["x\nexit-code=0", "x\r", "x\x1b[2J", "--exit-zero\n"]):
                inputs = {"path": "findings", input_name: value}
                error = f"The input `{input_name}` must not have line breaks"
                yield Case(f"control-{input_name}-{number}", inputs, "2", error=error, **refused)
        for kind, value in HOSTILE.items():
            inputs = {"path": "findings", input_name: value}
            name = f"{kind}-{input_name}"
            if input_name in ("path", "exclude", "each-var-file", "category", "workspace", "working-directory"):
                yield Case(name, inputs | ({"path": "."} if input_name == "working-directory" else {}), "1")
            elif input_name == "sarif-file":
                yield Case(name, inputs | {"sarif-file": f"{value}.sarif"}, sarif=f"{value}.sarif")
            elif input_name == "var-file" or (input_name == "args" and kind != "option"):
                # A file of variables that is not there is not analysed; a further argument is a further path.
                yield Case(name, inputs)
            else:
                yield Case(name, inputs, "2", **refused)
    lines = "clean\n" + "\n".join(HOSTILE.values()) + "\r\n\na b\n"
    yield Case("lines", {"path": lines}, counts=(len(HOSTILE) + 1, 0, 0))
    yield Case("arguments", {"path": "findings", "args": "--exclude\nx y\n--root=."}, counts=(1, 0, 0), no_summary=("/blob/",))
    yield Case("directory-leads-out", {"working-directory": "leads-out"}, "2", error="leads out of the workspace", **refused)
    yield Case("directory-outside", {"working-directory": "/etc"}, "2", error="leads out of the workspace", **refused)
    yield Case("directory-above", {"working-directory": ".."}, "2", error="leads out of the workspace", **refused)
    yield Case("directory-dash", {"working-directory": "-"}, "2", error="no directory of the workspace", **refused)
    yield Case("report-over-source", {"path": "findings", "sarif-file": "clean/main.tf"}, "2", **refused)
    yield Case("report-by-link", {"path": "findings", "sarif-file": "leads-out/x.sarif"}, "2", **refused)


def installs(runner):
    """podgate comes from the release that the action's commit names, or not at all."""
    refused = {"summary": (), "uploaded": False, "code": "2"}
    clean = {"path": "clean"}
    elsewhere = {"PODGATE_RELEASES_URL": f"file://{runner.tampered}"}
    nowhere = {"PODGATE_RELEASES_URL": "file:///nowhere"}
    ordinary = Case("ordinary", clean, "0", log=(f"podgate {VERSION} for {TARGET} is installed",))
    yield Group([dataclasses.replace(ordinary, log=(*ordinary.log, "gh is not installed"))])
    not_there = [
        Case("wrong-checksum", clean, error="has not the checksum", environment=elsewhere, **refused),
        Case("missing", clean, error="could not be downloaded", environment=nowhere, **refused),
        Case("by-http", clean, error="must start with https", environment={"PODGATE_RELEASES_URL": "http://x"}, **refused),
        Case("relative", clean, error="must start with https", environment={"PODGATE_RELEASES_URL": "releases"}, **refused),
        Case("other-platform", clean, error="has no checksum for", ref="other-platform", **refused),
        Case("nonsense", clean, error="has no checksum for", ref="nonsense", **refused),
        Case("no-rust", clean, error="Rust 1.88 or later is needed", ref="main", **refused),
        Case("no-version", clean | {"version": "9.9.9"}, error="could not be downloaded", **refused),
        Case("v-version", clean | {"version": f"v{VERSION}"}, error="such as 1.2.3", **refused),
        Case("path-version", clean | {"version": "../1.2.3"}, error="such as 1.2.3", **refused),
    ]
    yield Group(not_there)
    of_release = "The checksums are those that the release"
    yield Group([Case("version", clean | {"version": VERSION}, "0", ref="main", log=(of_release,))])
    yield Group([Case("own-version", clean | {"version": VERSION}, "0", no_log=(of_release,))])
    replaced = ("in the tool cache had a wrong checksum", "is installed")
    yield Group([dataclasses.replace(ordinary, name="poisoned", log=replaced)], poisoned=b"poison")
    in_cache = f"{ARCHIVE} is in the tool cache"
    kept = (runner.releases / f"v{VERSION}/{ARCHIVE}").read_bytes()
    yield Group([Case("cached", clean, "0", log=(in_cache,), environment=nowhere)], poisoned=kept)
    still = {"environment": elsewhere | {"STUB_GH": "good"}, "error": "has not the checksum"}
    yield Group([Case("tampered-and-attested", clean, gh=(), **still, **refused)], gh=True)
    for kind, code, said, asked in [
        ("good", "0", "The attestation was verified", ("download", "trusted-root", "verify")),
        ("offline", "0", "The attestation was not verified: gh could not download it", ("download",)),
        ("noroots", "0", "not verified: gh could not get the keys", ("download", "trusted-root")),
        ("none", "2", "There is no attestation", ("download",)),
        ("bad", "2", f"The attestation of {ARCHIVE} is bad", ("download", "trusted-root", "verify")),
    ]:
        no_effect = {"summary": (), "uploaded": False} if code == "2" else {}
        case = Case(f"gh-{kind}", clean, code, log=(said,), gh=asked, environment={"STUB_GH": kind}, **no_effect)
        yield Group([case], gh=True)


def checkouts(runner):
    """Several checkouts in a workspace, and events whose commit is another one."""
    head = git(runner.scanned, "rev-parse", "HEAD")
    link = f"https://github.com/owner/name/blob/{head}/findings/main.tf#L3"
    move = "mkdir one two; for x in .git *; do case $x in one | two) ;; *) mv \"$x\" one ;; esac; done\n"
    move += "git init --quiet two; cp -R one/findings two/findings"
    yield Group(
        [
            Case("commit", {"path": "findings"}, summary=(link,)),
            Case("sub", {"working-directory": "one", "path": "findings"}, before=move, summary=(link,)),
            Case("sub-by-path", {"path": "one/findings\none/clean"}, before=move, summary=(link,)),
            Case("other", {"working-directory": "two", "path": "."}, before=move, summary=("findings/main.tf",), no_summary=("/blob/",)),
            Case("both", {"path": "one/findings\ntwo"}, before=move, summary=("one/findings/main.tf",), no_summary=("/blob/",)),
            Case("download", {"path": "findings"}, before="rm -rf .git; git init -q x; mv x/.git .git; git -c user.name=x -c user.email=x commit --allow-empty -qm x", no_summary=("/blob/",)),
            Case("no-git", {"path": "findings"}, before="rm -rf .git", summary=("findings/main.tf",), no_summary=("/blob/",)),
        ]
    )
    other = "1" * 40
    pull = {"pull_request": {"number": 1, "head": {"sha": other, "ref": "x", "repo": {"full_name": "stranger/name"}}, "base": {"ref": "main"}}}
    fork = ("The token of a pull request from a fork may read only.",)
    fails = {"STUB_UPLOAD_FAILS": "yes"}
    yield Group(
        [Case("fork", {"path": "findings"}, summary=(f"/blob/{other}/",), log=fork, annotated=1, environment=fails)],
        event="pull_request",
        payload=pull,
    )


def groups(runner):
    yield Group([*verdicts()])
    yield Group([*uploads()])
    yield Group([*hostile_values()])
    yield from installs(runner)
    yield from checkouts(runner)


def main():
    binary, act = (pathlib.Path(argument).resolve() for argument in sys.argv[1:])
    with tempfile.TemporaryDirectory() as base:
        # act itself takes no blanks in its paths: hostile.py has them.
        runner = Runner(pathlib.Path(base).resolve(), binary, act)
        only = os.environ.get("ONLY")
        for number, group in enumerate(groups(runner)):
            if only:
                group.cases = [case for case in group.cases if re.search(only, case.name)]
            if group.cases:
                runner.run(number, group)
    if runner.failures:
        sys.exit(f"{runner.failures} of {runner.count} runs of the whole action are not as expected")
    print(f"{runner.count} runs of the whole action are as expected")


main()
