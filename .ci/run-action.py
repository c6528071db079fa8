"""Runs the scan step of action.yml as GitHub would, with a podgate that is built already.

Usage: run-action.py PODGATE
"""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import yaml


def scan(action, podgate, workspace, inputs):
    """Runs the step in a workspace. Returns its exit code and its outputs."""
    step = next(step for step in action["runs"]["steps"] if step.get("id") == "scan")
    values = {name: given.get("default", "") for name, given in action["inputs"].items()} | inputs
    with tempfile.TemporaryDirectory() as temporary:
        temporary = pathlib.Path(temporary)
        (temporary / "podgate/release").mkdir(parents=True)
        shutil.copy(podgate, temporary / "podgate/release/podgate")
        output = temporary / "output"
        output.touch()
        environment = {"PATH": os.environ["PATH"], "RUNNER_TEMP": str(temporary), "GITHUB_OUTPUT": str(output)}
        for variable, expression in step["env"].items():
            name = expression.removeprefix("${{ inputs.").removesuffix(" }}")
            environment[variable] = values[name]
        shell = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]]
        code = subprocess.run(shell, cwd=workspace, env=environment, check=False).returncode
        outputs = dict(line.split("=", 1) for line in output.read_text().splitlines())
    return code, outputs


def main():
    podgate = pathlib.Path(sys.argv[1]).resolve()
    action = yaml.safe_load(pathlib.Path("action.yml").read_text())
    policy = 'resource "kubernetes_pod_security_policy" "x" {{\n  spec {{\n    host_ipc = {}\n  }}\n}}\n'
    with tempfile.TemporaryDirectory() as workspace:
        workspace = pathlib.Path(workspace)
        for directory, value in [("a b", "true"), ("good", "false"), ("$(touch injected)", "false")]:
            (workspace / directory).mkdir()
            (workspace / directory / "main.tf").write_text(policy.format(value))
        cases = [
            ({}, 1),
            ({"path": "good"}, 0),
            ({"path": "good\r\na b\n"}, 1),
            ({"path": "$(touch injected)"}, 0),
            ({"path": "a b", "fail-on": "critical"}, 0),
            ({"path": "a b", "sarif-file": "out/x y.sarif"}, 1),
            ({"path": "--help"}, 2),
        ]
        for inputs, expected in cases:
            code, outputs = scan(action, podgate, workspace, inputs)
            sarif = inputs.get("sarif-file", "podgate.sarif")
            assert code == expected, (inputs, code)
            written = {} if expected == 2 else {"sarif-file": sarif}
            assert outputs == written | {"exit-code": str(expected)}, (inputs, outputs)
            assert expected == 2 or (workspace / sarif).stat().st_size > 0, inputs
            assert not (workspace / "injected").exists(), "an input was run by the shell"
    print(f"{len(cases)} runs of the action's scan are as expected")


main()
