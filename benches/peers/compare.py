#!/usr/bin/env python3
"""Compares podgate with other scanners on the shapes of docs/shapes.md, and prints the tables of docs/comparison.md.

    cargo build --release
    python3 -m venv target/peers && target/peers/bin/pip install checkov==3.3.30
    python3 benches/peers/compare.py --checkov target/peers/bin/checkov

The truth is the column "policies in the plan" of docs/shapes.md: what `terraform plan` made of the shape. A scanner is

- right, if it reports something exactly when the plan has a policy that shares the host's IPC namespace,
- missing it, if the plan has one and the scanner reports nothing,
- false, if it reports something and the plan has none.

Each scanner runs only its rule for this attribute, on a copy of the shape in a directory of its own. A scanner without
an answer after a minute reports nothing. `--timing` measures times as well, on one generated file and on a thousand.
On a busy machine compare the processor times.

KICS and Datadog's scanner are optional: docs/comparison.md says how to build them.
"""

import argparse
import json
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
ROW = re.compile(r"^\| \[(?P<name>\w+)\]\(https://[^)]+/main/(?P<path>[^)]+)\):.*\| (?P<policies>\d+) \| [^|]+ \|$")
RULE_ID = "51bed0ac-a8ae-407a-895e-90c6cb0610ce"  # of KICS and Datadog
SECONDS = 60  # for one shape
POLICY = """\
resource "kubernetes_pod_security_policy" "p{number}" {{
  metadata {{
    name = "p{number}"
  }}
  spec {{
    host_ipc = {value}
    run_as_user {{
      rule = "RunAsAny"
    }}
    fs_group {{
      rule = "RunAsAny"
    }}
    supplemental_groups {{
      rule = "RunAsAny"
    }}
    se_linux {{
      rule = "RunAsAny"
    }}
  }}
}}
"""


@dataclass(frozen=True)
class Shape:
    """A configuration or a plan, and how many policies of its plan share the host's IPC namespace."""

    name: str
    path: Path
    policies: int


@dataclass(frozen=True)
class Scanner:
    """A scanner: its command for a path and a directory for reports, and how to count what it has reported."""

    name: str
    command: Callable[[Path, Path], list[str]]
    count: Callable[[subprocess.CompletedProcess, Path], int]
    #: What must be done to a directory before it can be scanned.
    prepare: Callable[[Path], None] = lambda _: None
    #: The working directory; by default one of its own.
    directory: Path | None = None


def shapes() -> list[Shape]:
    """The shapes of docs/shapes.md."""
    lines = (REPOSITORY / "docs/shapes.md").read_text(encoding="utf-8").splitlines()
    rows = [line for line in lines if line.startswith("| [")]
    matches = [ROW.match(row) for row in rows]
    if not rows or None in matches:
        sys.exit("docs/shapes.md has rows that are not understood")
    return [Shape(m["name"], REPOSITORY / m["path"], int(m["policies"])) for m in matches]


def podgate(program: Path) -> Scanner:
    """podgate, whose exit code is 1 if there are findings."""

    def count(process: subprocess.CompletedProcess, _: Path) -> int:
        return len(json.loads(process.stdout)["findings"])

    return Scanner("podgate", lambda path, _: [str(program), "scan", "--output", "json", str(path)], count)


def checkov(program: Path) -> Scanner:
    """Checkov, with its one check for the attribute. It prints a list if several frameworks have found files."""

    def command(path: Path, _: Path) -> list[str]:
        kind = "--file" if path.is_file() else "--directory"
        return [str(program), kind, str(path), "--check", "CKV_K8S_3", "--output", "json", "--compact", "--quiet"]

    def count(process: subprocess.CompletedProcess, _: Path) -> int:
        report = json.loads(process.stdout)
        reports = report if isinstance(report, list) else [report]
        return sum(len(one["results"]["failed_checks"]) for one in reports if "results" in one)

    return Scanner("Checkov", command, count)


def kics(program: Path, queries: Path) -> Scanner:
    """KICS, with its one query for the attribute."""

    def command(path: Path, reports: Path) -> list[str]:
        libraries = queries.parent / "libraries"
        return [
            str(program), "scan", "--path", str(path), "--queries-path", str(queries), "--libraries-path", str(libraries),
            "--include-queries", RULE_ID, "--report-formats", "json", "--output-path", str(reports),
            "--no-progress", "--silent", "--disable-secrets",
        ]  # fmt: skip

    def count(_: subprocess.CompletedProcess, reports: Path) -> int:
        report = json.loads((reports / "results.json").read_text(encoding="utf-8"))
        return sum(len(query["files"]) for query in report.get("queries", []))

    return Scanner("KICS", command, count)


def datadog(program: Path, sources: Path) -> Scanner:
    """Datadog's scanner, with its one rule for the attribute. It wants a git repository with a commit and a remote."""

    def command(path: Path, reports: Path) -> list[str]:
        return [str(program), "scan", "--type", "Terraform", "--path", str(path), "--output-path", str(reports)]

    def count(_: subprocess.CompletedProcess, reports: Path) -> int:
        report = json.loads((reports / "datadog-iac-scanner-result.sarif").read_text(encoding="utf-8"))
        return sum(len(run["results"] or []) for run in report["runs"])

    def prepare(directory: Path) -> None:
        (directory / "dd-iac-scan.config").write_text(f"include-queries:\n  - {RULE_ID}\n", encoding="utf-8")
        who = ["-c", "user.name=peers", "-c", "user.email=peers@example.com"]
        remote = ["remote", "add", "origin", "https://example.com/peers"]
        commit = [*who, "commit", "--quiet", "--message=peers"]
        for arguments in (["init", "--quiet"], remote, ["add", "--all", "--force"], commit):
            subprocess.run(["git", "-C", str(directory), *arguments], check=True, capture_output=True)

    return Scanner("Datadog", command, count, prepare, sources)


def scan(scanner: Scanner, path: Path, seconds: float) -> tuple[int | None, float]:
    """How many results a scanner has for a path, or None if it gives no answer; and the seconds it has taken."""
    with tempfile.TemporaryDirectory() as reports:
        directory = scanner.directory or Path(reports)
        start = time.perf_counter()
        try:
            process = subprocess.run(
                scanner.command(path, Path(reports)), capture_output=True, text=True, timeout=seconds, cwd=directory
            )
        except subprocess.TimeoutExpired:
            return None, seconds
        took = time.perf_counter() - start
        try:
            return scanner.count(process, Path(reports)), took
        except (OSError, ValueError, KeyError) as error:
            print(f"{scanner.name}: {path.name}: {error!r}\n{process.stderr[-500:]}", file=sys.stderr)
            return None, took


def scan_prepared(scanner: Scanner, path: Path, seconds: float) -> tuple[int | None, float]:
    """The same for a path that the scanner has not seen."""
    scanner.prepare(path if path.is_dir() else path.parent)
    return scan(scanner, path, seconds)


def copied(shape: Shape, into: Path) -> Path:
    """A copy of a shape in a directory of its own, with nothing beside it."""
    target = into / shape.name
    if shape.path.is_dir():
        return Path(shutil.copytree(shape.path, target, symlinks=True))
    target.mkdir()
    return Path(shutil.copy(shape.path, target))


def judged(policies: int, found: int | None) -> str:
    """What a scanner's answer is, by what the plan has."""
    if bool(policies) == bool(found):
        return "right"
    return "missed" if policies else "false"


def compare(scanners: list[Scanner]) -> bool:
    """Prints the tables of verdicts. Whether podgate, the first of the scanners, is right about all."""
    totals = {scanner.name: Counter() for scanner in scanners}
    rows = []
    with tempfile.TemporaryDirectory() as directory:
        for shape in shapes():
            path = copied(shape, Path(directory))
            answers = [scan_prepared(scanner, path, SECONDS)[0] for scanner in scanners]
            verdicts = [judged(shape.policies, found) for found in answers]
            for scanner, verdict, found in zip(scanners, verdicts, answers):
                totals[scanner.name][verdict] += 1
                totals[scanner.name]["no answer"] += found is None
            if set(verdicts) != {"right"}:
                rows.append(f"| `{shape.name}` | {shape.policies} | {' | '.join(verdicts)} |")
    columns = ("right", "missed", "false", "no answer")
    print("| scanner | right | missed | false | of these without an answer |\n|---|---|---|---|---|")
    for name, total in totals.items():
        print(f"| {name} | {' | '.join(str(total[column]) for column in columns)} |")
    names = " | ".join(scanner.name for scanner in scanners)
    print(f"\n| shape | policies in the plan | {names} |\n|---|---|{'---|' * len(scanners)}")
    print("\n".join(rows))
    return totals[scanners[0].name]["right"] == sum(totals[scanners[0].name][column] for column in columns[:3])


def measure(scanners: list[Scanner], runs: int, seconds: float) -> None:
    """Prints median times on one generated file and on a thousand in one directory, of which one has a finding."""
    print("\n| scanner | one file | processor time | 1,000 files | processor time |\n|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as directory:
        for scanner in scanners:
            medians = []
            for count in (1, 1000):
                path = Path(directory) / f"{count}_files"
                path.mkdir(exist_ok=True)
                for number in range(count):
                    text = POLICY.format(number=number, value="true" if number == 0 else "false")
                    (path / f"{number}.tf").write_text(text, encoding="utf-8")
                scanner.prepare(path)
                medians += median(scanner, path, runs, seconds)
            print(f"| {scanner.name} | {' | '.join(medians)} |", flush=True)


def median(scanner: Scanner, path: Path, runs: int, seconds: float) -> tuple[str, str]:
    """The median wall and processor times of some runs, which must all find the policy. A slow scanner runs once."""
    walls, processors = [], []
    while len(walls) < runs and sum(walls) < seconds / 20:
        before = processor_seconds()
        found, wall = scan(scanner, path, seconds)
        if found != 1:
            return (f"no answer in {wall:.0f} s" if found is None else f"{found} findings instead of 1"), "-"
        walls.append(wall)
        processors.append(processor_seconds() - before)
    return shown(statistics.median(walls)), shown(statistics.median(processors))


def processor_seconds() -> float:
    """The processor time of all processes that have been started and have ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def shown(seconds: float) -> str:
    """A time with two or three digits."""
    if seconds < 0.1:
        return f"{seconds * 1000:.0f} ms"
    return f"{seconds:.2f} s" if seconds < 1 else f"{seconds:.1f} s" if seconds < 10 else f"{seconds:.0f} s"


def main() -> int:
    """Runs the comparison; 1 if podgate is wrong about a shape."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--podgate", type=Path, default=REPOSITORY / "target/release/podgate")
    parser.add_argument("--checkov", type=Path, help="its program")
    parser.add_argument("--kics", type=Path, help="its program")
    parser.add_argument("--kics-queries", type=Path, help="the directory assets/queries of its sources")
    parser.add_argument("--datadog", type=Path, help="the program of Datadog's scanner")
    parser.add_argument("--datadog-sources", type=Path, help="the directory of its sources, which holds assets/queries")
    parser.add_argument("--timing", action="store_true", help="measure wall times too")
    parser.add_argument("--runs", type=int, default=11, help="how often each time is measured (default: 11)")
    parser.add_argument("--seconds", type=float, default=900, help="when a timed run is given up (default: 900)")
    arguments = parser.parse_args()
    if bool(arguments.kics) != bool(arguments.kics_queries):
        parser.error("--kics and --kics-queries need each other")
    if bool(arguments.datadog) != bool(arguments.datadog_sources):
        parser.error("--datadog and --datadog-sources need each other")
    scanners = [podgate(arguments.podgate.resolve())]
    if arguments.checkov:
        scanners.append(checkov(arguments.checkov.absolute()))
    if arguments.kics:
        scanners.append(kics(arguments.kics.resolve(), arguments.kics_queries.resolve()))
    if arguments.datadog:
        scanners.append(datadog(arguments.datadog.resolve(), arguments.datadog_sources.resolve()))
    right = compare(scanners)
    if arguments.timing:
        measure(scanners, arguments.runs, arguments.seconds)
    return 0 if right else 1


if __name__ == "__main__":
    sys.exit(main())
