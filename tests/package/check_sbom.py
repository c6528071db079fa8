"""Checks a bill of materials by CycloneDX's own schema and by what cargo says: check_sbom.py FILE VERSION"""

import json
import pathlib
import platform
import subprocess
import sys

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator


# Crates of the tests: of those the program is not made.
OF_TESTS = {"jsonschema", "proptest", "serde_yaml_ng"}


def crates():
    """The crates that this machine's program is made of, build scripts and macros included, as `name version`."""
    tree = ["cargo", "tree", "--locked", "--edges", "normal,build", "--prefix", "none", "--format", "{p}"]
    target = ["--target", f"{platform.machine()}-unknown-linux-musl"]
    printed = subprocess.run([*tree, *target], check=True, stdout=subprocess.PIPE, text=True).stdout
    found = {" ".join(line.split(" ")[:2]).replace(" v", " ") for line in printed.splitlines() if line}
    return {crate for crate in found if not crate.startswith("podgate ")}


def main():
    path, version = sys.argv[1:]
    text = pathlib.Path(path).read_text(encoding="utf-8")
    bill = json.loads(text)
    schema = SchemaVersion.from_version(bill["specVersion"])
    error = JsonStrictValidator(schema).validate_str(text)
    assert error is None, error
    # The control: the validator does see errors.
    assert JsonStrictValidator(schema).validate_str(text.replace('"components"', '"compnents"', 1)) is not None
    described = bill["metadata"]["component"]
    assert (described["name"], described["version"]) == ("podgate", version), described
    listed = {f"{component['name']} {component['version']}" for component in bill["components"]}
    missing = crates() - listed
    assert not missing, f"not listed: {missing}"
    wrong = OF_TESTS & {name.split(" ")[0] for name in listed}
    assert not wrong, f"crates of the tests are listed: {wrong}"
    assert all(component.get("purl") for component in bill["components"]), "a crate has no package URL"
    print(f"{len(listed)} crates, CycloneDX {bill['specVersion']}")


main()
