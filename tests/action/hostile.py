"""Runs the action's steps on workspaces whose files try to be run, with the machine's own programs and Rust.

Usage: hostile.py BINARY DIRECTORY

DIRECTORY keeps what the action builds; there is one build for all cases. BINARY is put into a release of the tests' own.
What act would do at length is done here by a small runner of its own: it starts a hundred times as fast, and lets a case
say where the temporary files are. Needs cargo, git and PyYAML.
"""

import dataclasses
import hashlib
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
POLICY = 'resource "kubernetes_pod_security_policy" "x" {{\n  spec {{\n    host_ipc = {}\n  }}\n}}\n'
EXPRESSION = re.compile(r"\$\{\{ (.*?) \}\}")
CONTEXT = re.compile(r"\b(?:inputs|steps|github)(?:\.[\w-]+)+")
TOOLCHAIN = re.search(r"RUSTUP_TOOLCHAIN=(\S+)", (REPOSITORY / ".github/action/build.sh").read_text())[1]
VERSION = re.search(r'^version = "(.*)"$', (REPOSITORY / "Cargo.toml").read_text(), re.M)[1]
NAME = f"podgate-{VERSION}-{os.uname().machine}-unknown-linux-musl"
# What the action's scripts start, apart from podgate, gh, and what builds.
PROGRAMS = (
    "cat chmod cp curl cygpath diff find grep gzip head mkdir mktemp mv rm sed sha256sum shasum tar uname unzip wc".split()
)
FILE_COMMANDS = ("GITHUB_ENV", "GITHUB_PATH", "GITHUB_OUTPUT", "GITHUB_STATE", "GITHUB_STEP_SUMMARY")


@dataclasses.dataclass
class Ran:
    """What a run of the action came to."""

    code: int
    outputs: dict
    log: str


@dataclasses.dataclass
class Job:
    """A job: where its workspace, its temporary files and the checkout of the action are."""

    workspace: pathlib.Path
    temporary: pathlib.Path
    action: pathlib.Path
    home: pathlib.Path
    environment: dict = dataclasses.field(default_factory=dict)

    def run(self, inputs):
        """Runs the action's steps in order, to the first that fails. Nothing is uploaded."""
        action = yaml.safe_load((self.action / "action.yml").read_text())
        values = {f"inputs.{name}": given["default"] for name, given in action["inputs"].items()}
        values |= {f"inputs.{name}": value for name, value in ({"upload": "false"} | inputs).items()}
        code, log = 0, ""
        for step in action["runs"]["steps"]:
            if "if" in step and not evaluate(step["if"], values):
                continue
            assert set(step) <= {"name", "id", "if", "shell", "env", "run"}, step
            assert step["shell"] == "bash" and step["env"]["BASH_ENV"] == "", step
            assert "${{" not in step["run"], "inputs reach a script by way of the environment"
            environment = {name: expand(text, values) for name, text in step["env"].items()}
            code, printed, outputs = self.step(step["run"], environment)
            log += printed
            values |= {f"steps.{step.get('id')}.outputs.{name}": value for name, value in outputs.items()}
            if code != 0:
                break
        outputs = {name: expand(output["value"], values) for name, output in action["outputs"].items()}
        return Ran(code, outputs, log)

    def step(self, script, environment):
        """Runs one step's script. What it writes for later steps of the job is checked to be outputs only."""
        with tempfile.TemporaryDirectory(dir=self.temporary) as commands:
            commands = pathlib.Path(commands)
            for name in FILE_COMMANDS:
                (commands / name).touch()
            (commands / "script.sh").write_text(script)
            ran = subprocess.run(
                ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", commands / "script.sh"],
                cwd=self.workspace,
                env=self.runner(commands) | self.environment | environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                check=False,
            )
            for name in FILE_COMMANDS:
                if name not in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY"):
                    assert not (commands / name).read_text(), f"something was written to {name}"
            lines = (commands / "GITHUB_OUTPUT").read_text().splitlines()
        return ran.returncode, ran.stdout.decode(), dict(line.split("=", 1) for line in lines)

    def runner(self, commands):
        """The environment that a runner gives to a step: the machine's own, and the job's."""
        mine = re.compile("CARGO|RUST|GITHUB_|RUNNER_|INPUT_|BASH_ENV")
        machine = {name: value for name, value in os.environ.items() if not mine.match(name)}
        # The person's cargo and rustup are what a runner's image would bring; nothing else of their home is needed.
        for name, directory in [("CARGO_HOME", ".cargo"), ("RUSTUP_HOME", ".rustup")]:
            machine[name] = os.environ.get(name, str(pathlib.Path.home() / directory))
        return machine | {
            "HOME": str(self.home),
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "GITHUB_ACTION_PATH": str(self.action),
            "GITHUB_WORKSPACE": str(self.workspace),
            "RUNNER_TEMP": str(self.temporary),
            **{name: str(commands / name) for name in FILE_COMMANDS},
        }


def evaluate(expression, values):
    """The value of an expression of action.yml. What was not set is empty, as on GitHub."""
    python = CONTEXT.sub(lambda found: repr(values.get(found[0], "")), expression)
    python = python.replace("&&", " and ").replace("||", " or ")
    return eval(python, {"__builtins__": {}})  # noqa: S307 - it is our own file


def expand(text, values):
    """Replaces the expressions in a text of action.yml."""
    return EXPRESSION.sub(lambda found: str(evaluate(found[1], values)), text)


def hostile(directory, marks, toolchain):
    """Puts into a directory what programs run of their own accord when they start there."""
    directory.mkdir(parents=True, exist_ok=True)
    evil = f"""#!/bin/sh
echo "$0 $*" >> '{marks}'
for file in "$GITHUB_ENV" "$GITHUB_PATH" "$GITHUB_OUTPUT"; do [ -z "$file" ] || echo evil=1 >> "$file"; done
exit 1
"""
    evils = ["evil.sh", "cargo", "rustc", "rustup", "cc", "ld", "git", "gh", "podgate", "bash", "env", "perl", *PROGRAMS]
    toolchains = [f"toolchain/bin/{name}" for name in ("cargo", "rustc")]
    for name in [*evils, *toolchains, "bin/cargo", "node_modules/.bin/cargo", ".bashrc", ".bash_profile", ".profile"]:
        write(directory / name, evil).chmod(0o755)
    wrong = directory / "evil.sh"
    write(
        directory / ".cargo/config.toml",
        f"""
[alias]
build = ["run", "--manifest-path", "{directory}/Cargo.toml"]
[build]
rustc = "{wrong}"
rustc-wrapper = "{wrong}"
rustc-workspace-wrapper = "{wrong}"
rustflags = ["-Clinker={wrong}"]
target-dir = "{directory}/target"
[env]
RUSTC_WRAPPER = {{ value = "{wrong}", force = true }}
[net]
git-fetch-with-cli = true
[target.'cfg(all())']
linker = "{wrong}"
runner = "{wrong}"
rustflags = ["-Clinker={wrong}"]
""",
    )
    shutil.copy(directory / ".cargo/config.toml", directory / ".cargo/config")
    path = f'[toolchain]\npath = "{directory}/toolchain"\n'
    channel = '[toolchain]\nchannel = "0.0.1"\n'
    write(directory / "rust-toolchain.toml", path if toolchain == "path" else channel)
    if toolchain == "legacy":
        (directory / "rust-toolchain.toml").unlink()
        write(directory / "rust-toolchain", path)
    run = f'fn main() {{ std::process::Command::new("{wrong}").status().unwrap(); }}\n'
    write(directory / "build.rs", run)
    if not (directory / "Cargo.toml").exists():
        write(directory / "Cargo.toml", '[package]\nname = "evil"\nversion = "0.0.0"\nedition = "2024"\n[workspace]\n')
        write(directory / "src/main.rs", run)
    write(directory / ".curlrc", "trace-ascii = injected\n")
    write(directory / ".gitattributes", "* filter=evil\n")
    write(directory / ".gitconfig", f'[filter "evil"]\n\tsmudge = {wrong}\n[core]\n\tfsmonitor = {wrong}\n')


def policies(workspace):
    """Puts the files to scan into a workspace."""
    for directory, value in [
        ("a b", "true"),
        ("good", "false"),
        ("$(touch injected)", "false"),
        ("--help", "true"),
        ("out", "false"),
    ]:
        write(workspace / directory / "main.tf", POLICY.format(value))


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def check_out(target):
    """Puts the repository's tracked files where a checkout of the action would be."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=REPOSITORY, stdout=subprocess.PIPE, check=True).stdout
    for name in listed.decode().split("\0"):
        source = REPOSITORY / name
        if name and (source.is_file() or source.is_symlink()):
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target / name, follow_symlinks=False)
    return target


def release(directory, binary):
    """Makes a release of a binary below a directory, and returns its checksums."""
    archive = directory / f"v{VERSION}/{NAME}.tar.gz"
    archive.parent.mkdir(parents=True)
    with tarfile.open(archive, "w:gz") as packed:
        packed.add(binary, f"{NAME}/podgate")
    return f"{hashlib.sha256(archive.read_bytes()).hexdigest()}  {archive.name}\n"


class Cases:
    """The cases, each in a job of its own below one directory."""

    def __init__(self, base, binary, kept):
        self.base = base
        self.marks = base / "marks"
        self.home = base / "home"
        self.home.mkdir()
        # As on GitHub's runners: `_work/_temp` and `_work/_actions` beside `_work/REPOSITORY/REPOSITORY`.
        self.temporary = kept / "_temp"
        self.actions = check_out(base / "_work/_actions/podgate/podgate/main")
        # A release of BINARY: its files are in directories with blanks.
        self.spacious = base / "a b"
        self.released = check_out(self.spacious / "_actions/podgate/podgate/v1")
        sums = release(self.spacious / "releases", binary)
        write(self.released / ".github/action/SHA256SUMS", sums)
        for directory in (self.temporary, self.spacious / "_temp", self.spacious / "tools"):
            directory.mkdir(parents=True, exist_ok=True)
        self.count = 0

    def release_job(self, name, **environment):
        """A job in a hostile workspace that takes podgate from a release."""
        job = self.job(name, **environment)
        job.action, job.temporary = self.released, self.spacious / "_temp"
        # curl takes the address as it is, so that its blank is encoded.
        url = (self.spacious / "releases").as_uri()
        job.environment = {"PODGATE_RELEASES_URL": url, "RUNNER_TOOL_CACHE": str(self.spacious / "tools")} | job.environment
        return job

    def job(self, name, toolchains=("path", "channel"), action=None, **environment):
        """A job in a workspace that is hostile, as is the directory around it."""
        workspace = self.base / "_work" / name / name
        workspace.mkdir(parents=True)
        action = check_out(workspace / action) if action else self.actions
        for directory, toolchain in [(workspace, toolchains[0]), (workspace.parent, toolchains[1])]:
            hostile(directory, self.marks, toolchain)
        policies(workspace)
        return Job(workspace, self.temporary, action, self.home, environment)

    def expect(self, job, inputs, code, sarif="new", says=""):
        """Runs the action and compares. `sarif` is the output, or "new" for a report in a place of the action's own."""
        ran = self.run(job, inputs)
        about = f"{inputs} in {job.workspace}: exit code {ran.code}, {ran.outputs}\n{ran.log}"
        assert ran.code == code and says in ran.log, about
        if sarif == "new":
            sarif = ran.outputs["sarif-file"]
            assert pathlib.Path(sarif).is_relative_to(job.temporary.resolve()), about
        elif sarif:
            sarif = str(job.workspace / sarif)
        assert not sarif or pathlib.Path(sarif).stat().st_size > 0, about
        assert ran.outputs["sarif-file"] == sarif and ran.outputs["exit-code"] == str(code), about
        assert code == 2 or ran.outputs["findings"] == ("1" if code == 1 else "0"), about

    def expect_no_build(self, job, says):
        """Runs the action, which refuses to build, so that there are no outputs but the exit code."""
        ran = self.run(job, {})
        assert ran.code == 2 and says in ran.log, f"exit code {ran.code}\n{ran.log}"
        nothing = dict.fromkeys(("sarif-file", "findings", "undecided", "not-analysed"), "")
        assert ran.outputs == nothing | {"exit-code": "2"}, ran.outputs

    def run(self, job, inputs):
        """Runs the action and checks that nothing of the workspace ran."""
        self.count += 1
        ran = job.run(inputs)
        assert not self.marks.exists(), f"{inputs} in {job.workspace} ran\n{self.marks.read_text()}\n{ran.log}"
        assert not (job.workspace / "injected").exists(), "an input was run by the shell"
        return ran


def the_hostile_files_do_run(cases):
    """Without this the other cases prove nothing: cargo started in such a workspace runs what is in it."""
    for name, toolchains in [("path", ("path", "channel")), ("legacy", ("legacy", "channel"))]:
        job = cases.job(f"control-{name}", toolchains)
        for environment in ({}, {"RUSTUP_TOOLCHAIN": TOOLCHAIN}):
            machine = job.runner(pathlib.Path("/nonexistent")) | environment
            subprocess.run(["cargo", "build"], cwd=job.workspace, env=machine, capture_output=True, check=False)
            assert cases.marks.exists(), f"{name} {environment}"
            cases.marks.unlink()
    # The same for what unpacks a release.
    archive = next(cases.spacious.glob("releases/*/*.gz"))
    for environment, command in [
        ({"PATH": f".:{os.environ['PATH']}"}, ["bash", "-c", "curl --version"]),
        ({"TAR_OPTIONS": OPTIONS["TAR_OPTIONS"]}, ["tar", "-tzf", archive]),
    ]:
        subprocess.run(command, cwd=job.workspace, env=machine | environment, capture_output=True, check=False)
        assert cases.marks.exists(), environment
        cases.marks.unlink()
    home = machine | {"HOME": str(job.workspace)}
    subprocess.run(["curl", archive.as_uri()], cwd=job.workspace, env=home, capture_output=True, check=False)
    assert (job.workspace / "injected").exists()


def wherever_the_action_lies(cases):
    """Nothing of a workspace runs, whichever way the action is used."""
    for name, toolchains, action in [
        ("outside", ("path", "channel"), None),
        ("outside-swapped", ("channel", "legacy"), None),
        ("itself", ("path", "path"), "."),
        ("itself-swapped", ("channel", "legacy"), "."),
        ("below", ("legacy", "path"), "actions/psp"),
    ]:
        job = cases.job(name, toolchains, action)
        if action:
            for directory in {job.action, job.action.parent}:
                hostile(directory, cases.marks, toolchains[0])
        cases.expect(job, {"path": "a b"}, 1)
        cases.expect(job, {"path": "good"}, 0)


# Variables that hold options or modules for the programs that unpack a release.
OPTIONS = {
    "TAR_OPTIONS": "--checkpoint=1 --checkpoint-action=exec=./evil.sh",
    "PERL5OPT": "-Mevil",
    "PERL5LIB": ".",
    "TMPDIR": "tmp",
    "LD_LIBRARY_PATH": ":lib",
}


def whatever_the_workflow_sets(cases):
    """Nothing of a workspace runs because a variable of the workflow has a relative path."""
    relative = {
        "BASH_ENV": ".bashrc",
        "CDPATH": ".:..",
        "CARGO_BUILD_RUSTC": "./evil.sh",
        "CARGO_BUILD_TARGET": "wasm32-unknown-unknown",
        "CARGO_TARGET_DIR": "target",
        "CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_LINKER": "./evil.sh",
        "RUSTC": "./rustc",
        "RUSTC_WRAPPER": "./evil.sh",
        "RUSTC_WORKSPACE_WRAPPER": "./evil.sh",
        "RUSTFLAGS": "-Clinker=./evil.sh",
        "RUSTUP_TOOLCHAIN": "./toolchain",
    }
    job = cases.job("variables", **relative)
    # The runner looks for bash itself, so that only what the script starts is of interest here.
    job.environment["PATH"] = f".::bin:node_modules/.bin:{job.workspace}:{job.workspace}/bin:{os.environ['PATH']}"
    cases.expect(job, {"path": "a b"}, 1)
    shutil.rmtree(cases.spacious / "tools")
    released = cases.release_job("released", **relative | OPTIONS)
    released.environment |= {"PATH": str(job.environment["PATH"]).replace("variables", "released")}
    released.environment |= {"HOME": str(released.workspace), "CURL_HOME": "."}
    cases.expect(released, {"path": "a b"}, 1, says=f"podgate {VERSION}")
    for variable in ("CARGO_HOME", "RUSTUP_HOME", "RUNNER_TEMP"):
        job = cases.job(f"within-{variable}")
        for name, directory in [("absolute", str(job.workspace / "home")), ("relative", "home")]:
            (job.workspace / "home").mkdir(exist_ok=True)
            job.environment = {variable: directory}
            cases.expect_no_build(job, "podgate is not built")


def links_in_the_checkout(cases):
    """What a link leads to is not compiled into podgate."""
    for name, target in [("src/lib.rs", "/etc/passwd"), ("src", "/etc"), ("docs", "moved"), ("Cargo.toml", "/dev/zero")]:
        job = cases.job(f"link-{name.replace('/', '-')}", action="actions/psp")
        path = job.action / name
        path.rename(path.with_name("moved"))
        path.symlink_to(target)
        cases.expect_no_build(job, "links or special files")
    job = cases.job("pipe", action="actions/psp")
    os.mkfifo(job.action / "src/pipe")
    cases.expect_no_build(job, "links or special files")


def a_tool_cache_of_others(cases):
    """What is in the tool cache is used when its checksum is right, and the workspace has no say in where it is."""
    tools = cases.spacious / "tools"
    shutil.rmtree(tools)
    job = cases.release_job("cache")
    cases.expect(job, {"path": "good"}, 0)
    kept = next(tools.glob("podgate/*/*"))
    assert [kept] == [*kept.parent.iterdir()] and kept.name == f"{NAME}.tar.gz", kept
    job.environment["PODGATE_RELEASES_URL"] = "file:///nowhere"
    cases.expect(job, {"path": "good"}, 0, says="is in the tool cache")
    del job.environment["PODGATE_RELEASES_URL"]
    job = cases.release_job("cache-again")
    outside = write(cases.base / "outside-cache/file", "outside")
    kept.unlink()
    kept.symlink_to(outside)
    cases.expect(job, {"path": "good"}, 0, says="had a wrong checksum")
    assert outside.read_text() == "outside" and not kept.is_symlink()
    kept.unlink()
    kept.mkdir()
    cases.expect(job, {"path": "good"}, 0)
    assert kept.is_file()
    for value in ("tools", str(job.workspace / "tools"), str(cases.base / "way")):
        (job.workspace / "tools").mkdir(exist_ok=True)
        if not (job.workspace / "tools/podgate").exists():
            (job.workspace / "tools/podgate").symlink_to(outside.parent)
            (cases.base / "way").symlink_to(job.workspace / "tools")
        job.environment["RUNNER_TOOL_CACHE"] = value
        cases.expect(job, {"path": "good"}, 0)
        assert [*outside.parent.iterdir()] == [outside], value


def inputs(cases):
    """Inputs do what their descriptions say, and nothing more."""
    job = cases.job("inputs")
    cases.expect(job, {}, 1)
    cases.expect(job, {"path": "good"}, 0)
    cases.expect(job, {"path": "good\r\na b\n"}, 1)
    cases.expect(job, {"path": "$(touch injected)"}, 0)
    cases.expect(job, {"path": "a b", "fail-on": "critical"}, 0)
    cases.expect(job, {"path": "a b", "fail-on": "`touch injected`"}, 2, sarif="")
    cases.expect(job, {"path": "good", "undecided": "fail --exit-zero"}, 2, sarif="")
    cases.expect(job, {"path": "--help"}, 1)
    cases.expect(job, {"path": "--version"}, 2, sarif="", says="--version does not exist")
    cases.expect(job, {"path": "a b", "sarif-file": "out/x y.sarif"}, 1, sarif="out/x y.sarif")
    cases.expect(job, {"path": "a b", "sarif-file": str(job.home / "x.sarif")}, 1, sarif=str(job.home / "x.sarif"))
    cases.expect(job, {"path": "a b", "sarif-file": "nowhere/x.sarif"}, 2, sarif="", says="nowhere")
    # The report of an earlier run is not taken for one of this run.
    cases.expect(job, {"path": "nowhere", "sarif-file": "out/x y.sarif"}, 2, sarif="")
    for name in ("out/x\nexit-code=0", "out/x\r", "out/x\x1b[2J", "x\n::add-mask::x"):
        cases.expect(job, {"path": "a b", "sarif-file": name}, 2, sarif="", says="::error title=podgate::The input")
    assert [path.name for path in sorted((job.workspace / "out").iterdir())] == ["main.tf", "x y.sarif"]


# What podgate itself refuses: to write a report over a file that is none of its reports, or through a link.
REFUSED_TARGETS = [
    "good/main.tf",
    "podgate.sarif",
    "linked/main.tf",
]


def targets(cases):
    """No file of the workspace is lost to a report, nor one that a link of the workspace leads to."""
    job = cases.job("targets")
    outside = write(cases.base / "outside/main.tf", "outside")
    (job.workspace / "podgate.sarif").symlink_to(outside)
    (job.workspace / "linked").symlink_to(outside.parent)
    cases.expect(job, {"path": "a b"}, 1)
    for target in REFUSED_TARGETS:
        cases.expect(job, {"path": "a b", "sarif-file": target}, 2, sarif="")
    assert (job.workspace / "good/main.tf").read_text() == POLICY.format("false")
    assert outside.read_text() == "outside" and (job.workspace / "podgate.sarif").is_symlink()


def main():
    with tempfile.TemporaryDirectory() as base:
        binary, kept = (pathlib.Path(argument).resolve() for argument in sys.argv[1:])
        cases = Cases(pathlib.Path(base).resolve(), binary, kept)
        the_hostile_files_do_run(cases)
        wherever_the_action_lies(cases)
        whatever_the_workflow_sets(cases)
        links_in_the_checkout(cases)
        a_tool_cache_of_others(cases)
        inputs(cases)
        targets(cases)
    print(f"{cases.count} runs of the action in hostile workspaces are as expected")


main()
