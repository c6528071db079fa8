"""Prints the notes of a release, which are the changelog's section of its version: notes.py VERSION [CHANGELOG]

A changelog without that section, or with an empty one, ends the release.
"""

import pathlib
import re
import sys

CHANGELOG = pathlib.Path(__file__).resolve().parents[2] / "CHANGELOG.md"


def notes(text, version):
    """The section's text, without its heading and the links at the end of the file; None if there is no such section."""
    sections = re.split(r"^## ", text, flags=re.MULTILINE)[1:]
    for section in sections:
        heading, _, body = section.partition("\n")
        if re.match(rf"\[?{re.escape(version)}\]?(\s|$)", heading):
            return re.sub(r"^\[[^\]]+\]: \S+\n?", "", body, flags=re.MULTILINE).strip() or None
    return None


def main():
    version, *path = sys.argv[1:]
    found = notes(pathlib.Path(*path or [CHANGELOG]).read_text(encoding="utf-8"), version)
    if found is None:
        sys.exit(f"CHANGELOG.md has no section `## [{version}]` with text in it")
    sys.stdout.reconfigure(encoding="utf-8", newline="\n")
    print(found)


if __name__ == "__main__":
    main()
