"""The fenced snippets of the documentation, as they stand there, and what each one is."""

import dataclasses
import pathlib
import re

FENCE = re.compile(r"^(?P<indent> *)(?P<fence>```+|~~~+) *(?P<info>[^`]*)$")


@dataclasses.dataclass(frozen=True)
class Snippet:
    """A fenced block: the page, the line of its first line of text, its info string and its text."""

    page: pathlib.Path
    line: int
    language: str
    text: str

    def __str__(self):
        return f"{self.page}:{self.line}"


def pages(root):
    """README.md and all that is below docs."""
    return [pathlib.Path("README.md"), *sorted(page.relative_to(root) for page in (root / "docs").rglob("*.md"))]


def snippets_of(page, text):
    """The fenced blocks of a page."""
    found, opening, body = [], None, []
    for number, line in enumerate(text.split("\n"), 1):
        fence = FENCE.match(line)
        if opening is None:
            if fence:
                opening, start, body = fence, number + 1, []
        elif fence and not fence["info"] and fence["fence"].startswith(opening["fence"]):
            indent = len(opening["indent"])
            text = "".join(one[min(indent, len(one) - len(one.lstrip(" "))):] + "\n" for one in body)
            found.append(Snippet(page, start, opening["info"].strip(), text))
            opening = None
        else:
            body.append(line)
    if opening:
        raise SystemExit(f"{page}:{start}: the fence is never closed")
    return found


def spans_of(text):
    """The lines and texts of inline code, outside of fenced blocks."""
    inside = None
    for number, line in enumerate(text.split("\n"), 1):
        fence = FENCE.match(line)
        if fence:
            if inside is None:
                inside = fence["fence"]
            elif not fence["info"] and fence["fence"].startswith(inside):
                inside = None
        elif inside is None:
            for span in re.finditer(r"(?<!`)`([^`]+)`(?!`)", line):
                yield number, span[1]


# What a YAML file is, by the keys at its top. The first line that fits decides.
YAML = [
    ("GitHub workflow", lambda keys: "jobs" in keys and True in keys),
    ("Dependabot", lambda keys: {"version", "updates"} <= keys),
    ("pre-commit", lambda keys: "repos" in keys),
    ("Azure pipeline", lambda keys: "steps" in keys and keys & {"trigger", "pool"}),
    ("Kubernetes", lambda keys: {"apiVersion", "kind"} <= keys),
    ("GitLab pipeline", lambda keys: "jobs" not in keys and "steps" not in keys),
]
LANGUAGES = {"sh": "shell", "bash": "shell", "console": "console", "groovy": "Jenkinsfile", "json": "JSON",
             "terraform": "Terraform", "hcl": "Terraform", "dockerfile": "Dockerfile", "toml": "TOML", "xml": "XML",
             "text": "text", "rust": "Rust"}


def kind(snippet, load):
    """What a snippet is, by its language, and for YAML by its keys. An unknown one is an error, and so is none."""
    if snippet.language != "yaml":
        return LANGUAGES.get(snippet.language)
    documents = [document for document in load(snippet.text) if document is not None]
    kinds = {next((name for name, fits in YAML if isinstance(document, dict) and fits(set(document))), None)
             for document in documents}
    return kinds.pop() if len(kinds) == 1 else None
