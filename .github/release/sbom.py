"""Copies the bill of materials, in the format of CycloneDX, out of a wheel: sbom.py WHEEL FILE

maturin lists in it the crates that the program is made of, none of the tests, and a few optional crates of dependencies that
are not compiled.
"""

import pathlib
import sys
import zipfile


def main():
    wheel, target = sys.argv[1:]
    with zipfile.ZipFile(wheel) as archive:
        found = [name for name in archive.namelist() if name.endswith(".cyclonedx.json")]
        if len(found) != 1:
            sys.exit(f"{wheel} holds {len(found)} bills of materials")
        pathlib.Path(target).write_bytes(archive.read(found[0]))


main()
