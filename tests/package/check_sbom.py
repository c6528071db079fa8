"""Checks a bill of materials by CycloneDX's own schema and by what cargo says: check_sbom.py FILE VERSION"""

import json
import pathlib
import subprocess
import sys

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator


def crates():
    """The crates of the program, without those of the tests, as `name version`."""
    tree = ["cargo", "tree", "--locked", "--edges", "normal,build", "--prefix", "none", "--format", "{p}"]
    printed = subprocess.run([*tree, "--target", "all"], check=True, stdout=subprocess.PIPE, text=True).stdout
    return {" v".join(line.split(" v")[:2]).split(" (")[0] for line in printed.splitlines() if line}


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
    listed = {f"{component['name']} v{component['version']}" for component in bill["components"]}
    known = crates()
    assert listed <= known, f"not of the program: {listed - known}"
    assert {name.split(" ")[0] for name in listed} >= {"clap", "hcl-edit", "serde_json", "sha2"}, listed
    assert not any(name.startswith("jsonschema ") for name in listed), "crates of the tests are listed"
    assert all(component.get("purl") for component in bill["components"]), "a crate has no package URL"
    print(f"{len(listed)} crates, CycloneDX {bill['specVersion']}")


main()
