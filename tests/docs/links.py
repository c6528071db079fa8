"""Checks the links of the documentation without a network: files and headings of the sources, and of the built book."""

import collections
import html.parser
import pathlib
import re
import sys
import tomllib
import urllib.parse

import snippets

ROOT = pathlib.Path(__file__).parent.parent.parent
REPOSITORY = tomllib.loads((ROOT / "Cargo.toml").read_text())["package"]["repository"]
LINK = re.compile(r"!?\[(?:[^\[\]]|\[[^\]]*\])*\]\(\s*<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\s*\)")
REFERENCE = re.compile(r"^ {0,3}\[[^\]]+\]:\s*(\S+)", re.M)


def prose(text):
    """A page without its fenced blocks and inline code: what looks like a link there is none."""
    kept, inside = [], None
    for line in text.split("\n"):
        fence = snippets.FENCE.match(line)
        if fence and inside is None:
            inside = fence["fence"]
        elif fence and not fence["info"] and fence["fence"].startswith(inside or "?"):
            inside = None
        elif inside is None:
            kept.append(re.sub(r"(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)", "", line))
    return "\n".join(kept)


def anchors(text):
    """The anchors of a page's headings, as GitHub makes them."""
    found, seen, inside = set(), collections.Counter(), None
    for line in text.split("\n"):
        fence = snippets.FENCE.match(line)
        if fence:
            inside = None if inside else fence
        heading = None if inside else re.match(r"#{1,6}\s+(.*?)\s*#*$", line)
        if heading:
            words = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading[1]).lower()
            slug = re.sub(r"[^\w\- ]", "", words).replace(" ", "-")
            found.add(slug if not seen[slug] else f"{slug}-{seen[slug]}")
            seen[slug] += 1
    return found


def page_problems(page):
    """The links of a page that lead nowhere. Pages of the book link to each other, and to the rest by address."""
    text = (ROOT / page).read_text()
    in_book = page.parts[0] == "docs"
    plain = prose(text)
    for target in [*LINK.findall(plain), *REFERENCE.findall(plain)]:
        if target.startswith((f"{REPOSITORY}/blob/main/", f"{REPOSITORY}/tree/main/")):
            path = target.removeprefix(REPOSITORY).split("/main/", 1)[1].partition("#")[0]
            if not (ROOT / path).exists():
                yield f"{target}: there is no {path}"
            continue
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        file = ROOT / page.parent / urllib.parse.unquote(path) if path else ROOT / page
        if not file.exists():
            yield f"{target}: there is no such file"
        elif in_book and not file.resolve().is_relative_to(ROOT / "docs"):
            yield f"{target}: is outside of the book; link to {REPOSITORY}/blob/main/{file.resolve().relative_to(ROOT)}"
        elif anchor and file.suffix == ".md" and anchor not in anchors(file.read_text()):
            yield f"{target}: {file.name} has no such heading"


def pages():
    """All of the repository's pages but those below target and of fixtures."""
    left_out = ("target", "tests", ".git", "fuzz")
    found = (page.relative_to(ROOT) for page in ROOT.rglob("*.md"))
    return sorted(page for page in found if page.parts[0] not in left_out)


class Page(html.parser.HTMLParser):
    """The ids and the links of a page of the built book."""

    def __init__(self, text):
        super().__init__()
        self.ids, self.links = set(), []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        self.ids.add(given.get("id"))
        self.ids.add(given.get("name"))
        self.links += [given[name] for name in ("href", "src") if given.get(name)]


def book_problems(book):
    """The links of the built book that lead nowhere."""
    built = {file.resolve(): Page(file.read_text()) for file in book.rglob("*.html")}
    for file, page in built.items():
        if file.name in ("404.html", "toc.html"):  # these two have links that are relative to another page
            continue
        for link in page.links:
            if re.match(r"[a-z]+:|//", link):
                continue
            path, _, anchor = link.partition("#")
            target = (file.parent / urllib.parse.unquote(path)).resolve() if path else file
            if target.is_dir():
                target /= "index.html"
            if not target.exists():
                yield f"{file.name}: {link}"
            elif anchor and target in built and urllib.parse.unquote(anchor) not in built[target].ids:
                yield f"{file.name}: {link}: no such anchor"


def unlisted():
    """Pages of docs that the book has not."""
    listed = set(LINK.findall((ROOT / "docs/SUMMARY.md").read_text()))
    for page in sorted((ROOT / "docs").rglob("*.md")):
        name = str(page.relative_to(ROOT / "docs"))
        if name not in listed and name != "SUMMARY.md":
            yield f"docs/{name} is not in docs/SUMMARY.md"


def unseen_faults():
    """What the checks above do not see of what they must."""
    page = pathlib.Path("docs/planted-fault.md")
    faults = ["[a](missing.md)", "[a](platforms/github.md#missing)", "[a](../README.md)", f"[a]({REPOSITORY}/blob/main/missing)"]
    for fault in faults:
        (ROOT / page).write_text(f"# A page\n\n{fault}\n")
        try:
            if not list(page_problems(page)) or not list(unlisted()):
                yield f"planted fault: nobody sees {fault}"
        finally:
            (ROOT / page).unlink()


def main():
    found = pages()
    problems = [f"{page}: {problem}" for page in found for problem in page_problems(page)]
    problems += [*unlisted(), *book_problems(pathlib.Path(sys.argv[1])), *unseen_faults()]
    for problem in problems:
        print(problem, file=sys.stderr)
    print(f"links: {len(found)} pages, {len(problems)} problems")
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
