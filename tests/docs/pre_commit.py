"""Runs pre-commit with the configuration of docs/platforms/pre-commit.md as it stands there.

    pre_commit.py DIRECTORY PODGATE PRE_COMMIT

The wheel is made here of PODGATE, so that this needs no release. A commit with a finding must be refused, and one without
any accepted.
"""

import base64
import hashlib
import os
import pathlib
import shutil
import subprocess
import sys
import tomllib
import zipfile

import snippets

ROOT = pathlib.Path(__file__).parent.parent.parent
PAGE = pathlib.Path("docs/platforms/pre-commit.md")


def wheel(directory, podgate):
    """A wheel of the program as maturin makes it, in as few files as pip takes."""
    version = tomllib.loads((ROOT / "Cargo.toml").read_text())["package"]["version"]
    info = f"podgate-{version}.dist-info"
    files = {
        f"podgate-{version}.data/scripts/podgate": podgate.read_bytes(),
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: podgate\nVersion: {version}\n".encode(),
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: false\nTag: py3-none-any\n",
    }
    record = "".join(f"{name},sha256={base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b'=').decode()},{len(data)}\n"
                     for name, data in files.items())
    files[f"{info}/RECORD"] = f"{record}{info}/RECORD,,\n".encode()
    with zipfile.ZipFile(directory / f"podgate-{version}-py3-none-any.whl", "w") as archive:
        for name, data in files.items():
            entry = zipfile.ZipInfo(name)
            entry.external_attr = 0o100755 << 16  # pip keeps the right to execute
            archive.writestr(entry, data, zipfile.ZIP_DEFLATED)


def main():
    directory, podgate, pre_commit = (pathlib.Path(argument).absolute() for argument in sys.argv[1:])
    shutil.rmtree(directory, ignore_errors=True)
    repository, wheels = directory / "repository", directory / "wheels"
    wheels.mkdir(parents=True)
    wheel(wheels, podgate)
    first = snippets.snippets_of(PAGE, (ROOT / PAGE).read_text())[0]
    shutil.copytree(ROOT / "examples/cluster", repository)
    (repository / ".pre-commit-config.yaml").write_text(first.text)
    environment = {**os.environ, "PIP_FIND_LINKS": str(wheels), "PRE_COMMIT_HOME": str(directory / "home"),
                   "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"):
        environment.pop(name, None)

    def run(*command):
        return subprocess.run([str(part) for part in command], cwd=repository, env=environment, capture_output=True, text=True)

    def commit():
        run("git", "add", "--all")
        return run("git", "-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "-m", "A change")

    run("git", "init", "--quiet")
    run(pre_commit, "install")
    refused = commit()
    if refused.returncode == 0 or "kubernetes_pod_security_policy.node_agents" not in refused.stdout + refused.stderr:
        sys.exit(f"pre-commit lets a finding pass, or does not run: {refused.stdout}{refused.stderr}")
    (repository / "node_agents.tf").unlink()
    accepted = commit()
    if accepted.returncode:
        sys.exit(f"pre-commit refuses a commit without findings: {accepted.stdout}{accepted.stderr}")
    (repository / "notes.txt").write_text("nothing for podgate\n")
    skipped = commit()
    if skipped.returncode or "Skipped" not in skipped.stdout + skipped.stderr:
        sys.exit(f"pre-commit runs podgate for a text file: {skipped.stdout}{skipped.stderr}")
    print("pre-commit: refuses a finding, accepts a clean commit, and skips what podgate does not read")


if __name__ == "__main__":
    main()
