"""Runs the scripts of docs/organisation.md as they stand there, over repositories that it makes.

    organisation.py DIRECTORY PODGATE [COUNT]

Prints how long the scan took, how many repositories that is in a second, and the memory of the largest process.
"""

import json
import os
import pathlib
import resource
import shutil
import subprocess
import sys
import time

import snippets

ROOT = pathlib.Path(__file__).parent.parent.parent
PAGE = pathlib.Path("docs/organisation.md")

POLICY = """resource "kubernetes_pod_security_policy" "agents" {{
  metadata {{
    name = "agents"
  }}
  spec {{
    host_ipc = {value}
  }}
}}
"""
SERVICE = """variable "replicas_{index}" {{
  type    = number
  default = {index}
}}

resource "kubernetes_deployment" "service_{index}" {{
  metadata {{
    name   = "service-{index}"
    labels = {{ app = "service-{index}" }}
  }}
  spec {{
    replicas = var.replicas_{index}
  }}
}}
"""
# One in ten repositories has a policy. Each gives the exit code that the last column names.
POLICIES = [("true", 1), ("false", 0), ("var.share", 0), ("true\n  # the block is never closed\n", 1)]


def write(directory, index):
    """Makes a repository of 3 to 12 files; gives the exit code that is expected."""
    directory.mkdir(parents=True)
    (directory / ".git").mkdir()
    (directory / ".git/HEAD").write_text("ref: refs/heads/main\n")
    for service in range(2 + index % 10):
        (directory / f"service_{service}.tf").write_text(SERVICE.format(index=service))
    (directory / "README.md").write_text(f"# Repository {index}\n")
    if index % 10:
        return 0
    value, code = POLICIES[index // 10 % len(POLICIES)]
    text = POLICY.format(value=value) + ('variable "share" {}\n' if "var." in value else "")
    (directory / "policies.tf").write_text(text if "closed" not in value else text.rstrip().removesuffix("}"))
    return code


def scripts():
    """The page's first two scripts: the scan on one machine, and the merge."""
    found = [one for one in snippets.snippets_of(PAGE, (ROOT / PAGE).read_text()) if one.language == "sh"]
    return found[0].text, found[1].text


def run(script, directory, podgate):
    """Runs a script with podgate on the PATH; gives the seconds that it took."""
    path = directory / "bin"
    path.mkdir(exist_ok=True)
    (path / "podgate").unlink(missing_ok=True)
    (path / "podgate").symlink_to(podgate)
    file = directory / "script.sh"
    file.write_text(script)
    start = time.monotonic()
    ran = subprocess.run(["bash", "-e", file], cwd=directory, capture_output=True, text=True,
                         env={**os.environ, "PATH": f"{path}:{os.environ['PATH']}"})
    if ran.returncode:
        sys.exit(f"{PAGE}: exit code {ran.returncode}\n{ran.stdout[-2000:]}{ran.stderr[-2000:]}")
    return time.monotonic() - start


def main():
    directory, podgate = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
    count = int(sys.argv[3]) if len(sys.argv) > 3 else 200
    shutil.rmtree(directory, ignore_errors=True)
    expected = {f"repository-{index:05}": write(directory / f"repositories/repository-{index:05}", index)
                for index in range(count)}
    scan, merge = scripts()
    seconds = run(scan, directory, podgate)
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    results = {name: int(code) for code, name in
               (line.split(" ", 1) for line in (directory / "results.txt").read_text().splitlines())}
    wrong = [f"{name}: exit code {results.get(name)} instead of {code}" for name, code in expected.items()
             if results.get(name) != code]
    merging = run(merge, directory, podgate)
    merged = json.loads((directory / "podgate.sarif").read_text(encoding="utf-8-sig"))
    found = {result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].split("/")[0]
             for one in merged["runs"] for result in one["results"]}
    wanted = {name for name, code in expected.items() if code == 1}
    wrong += [f"{name}: not in the merged report" for name in wanted - found]
    wrong += [f"{name}: in the merged report" for name in found - wanted]
    print(f"organisation: {count} repositories in {seconds:.1f} s, {count / seconds:.0f} in a second, the largest process "
          f"{memory:.0f} MB; {len(found)} with findings, merged in {merging:.1f} s")
    for problem in wrong:
        print(problem, file=sys.stderr)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
