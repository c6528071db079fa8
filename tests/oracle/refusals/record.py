"""Asks Terraform which configurations it plans, and records its answers.

Usage: python3 tests/oracle/refusals/record.py PROVIDER > tests/oracle/refusals/answers.tsv

Needs `terraform` 1.11 on the PATH, and PROVIDER, a directory with a stand-in for the provider `kubernetes`: an executable
`terraform-provider-kubernetes` that plans pod security policies. Every line of the record is the name of a case of
`cases.txt`, a tab, and the answer: `planned`, or the title of the first error.
"""

import os
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

HERE = os.path.dirname(os.path.abspath(__file__))

POLICY = """\
resource "kubernetes_pod_security_policy" "policy" {
  metadata { name = "policy" }
  spec {
    host_ipc = true
    run_as_user { rule = "RunAsAny" }
    fs_group { rule = "RunAsAny" }
    supplemental_groups { rule = "RunAsAny" }
  }
}
"""


def cases():
    """The names of the cases, each with its files."""
    with open(os.path.join(HERE, "cases.txt"), encoding="utf-8") as file:
        parts = re.split(r"^=== (.*)\n", file.read(), flags=re.M)
    for name, text in zip(parts[1::2], parts[2::2]):
        files = re.split(r"^--- (.*)\n", text, flags=re.M)
        yield name, {"policy.tf": POLICY} | dict(zip(files[1::2], files[2::2]))


def terraform(directory, configuration, *arguments):
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TF_")}
    environment = kept | {"TF_CLI_CONFIG_FILE": configuration, "CHECKPOINT_DISABLE": "1", "TF_IN_AUTOMATION": "1"}
    command = ["terraform", *arguments, "-no-color"]
    return subprocess.run(command, cwd=directory, env=environment, capture_output=True, text=True, check=False)


def answer(files, configuration):
    with tempfile.TemporaryDirectory() as directory:
        for path, text in files.items():
            path = os.path.join(directory, path)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
        ran = None
        if any("module" in text for text in files.values()):
            ran = terraform(directory, configuration, "get")
        if ran is None or ran.returncode == 0:
            ran = terraform(directory, configuration, "plan", "-input=false", "-lock=false", "-refresh=false")
        if ran.returncode == 0:
            return "planned"
        return re.search(r"Error: (.*)", ran.stderr + ran.stdout).group(1).strip()


def main():
    provider = os.path.abspath(sys.argv[1])
    with tempfile.NamedTemporaryFile("w", suffix=".tfrc", encoding="utf-8") as file:
        file.write('provider_installation {\n  dev_overrides {\n')
        file.write(f'    "hashicorp/kubernetes" = "{provider}"\n  }}\n  direct {{}}\n}}\n')
        file.flush()
        with ThreadPoolExecutor(2) as pool:
            all_cases = list(cases())
            answers = pool.map(lambda case: answer(case[1], file.name), all_cases)
            for (name, _), said in zip(all_cases, answers):
                print(f"{name}\t{said}", flush=True)


if __name__ == "__main__":
    main()
