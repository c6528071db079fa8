"""Asks Terraform which texts are HCL, and records its answers.

Usage: python3 tests/oracle/syntax.py > tests/oracle/syntax.tsv

Needs `terraform` 1.11 on the PATH and nothing else. Every line of the record is `taken` or `refused`, a tab, and the text
as JSON. The texts are the same in every run: heaps of tokens, and sound files that are damaged a little. With two numbers
behind its name the script compares instead: so many texts from another throw of the dice, judged by the program named
by PODGATE_SYNTAX, which prints `taken` or `refused` for every file name on its standard input.
"""

import json
import os
import random
import re
import subprocess
import sys
import tempfile

COUNT = 2000
LONGEST = 160

TOKENS = ["resource", "a", "spec", "host_ipc", "=", "==", "=>", "{", "}", "{", "}", "(", ")", "[", "]", '"', '"x"', '"${', '}"',
          "${", "%{", "$${", "%%{", "~}", '\\"', "\\", "#", "//", "/*", "*/", "<<EOT\n", "<<-EOT\n", "EOT", "\nEOT\n", "\n",
          "\r\n", "\n", " ", "\t", "1", "true", ",", ".", "?", ":", "!", "é", "😀", "\r", "...", "::", "*", "-", "+", "&&", "||",
          "for", "in", "if", "else", "endif", "endfor", "1.5", "1e5", ";", "'", "%", "<", "<=", "a.0", "a[*]", "~", "\\u00e9"]

SEPARATORS = ["\n", "\n", "\n", " ", ", ", "; ", "\r", "\r\n", "/* x\n y */", "# c\n", ""]

LITERALS = ["true", "null", "-1.5e3", '""', '"a\\"b}"', '"$${x} %%{y} # // {"', '"${true}"', "var.x", "a.0.b", "a[*].b",
            '"\\u00e9"', '"%{ if a }b%{ else }c%{ endif }"', '"%{ for x in y }${x}%{ endfor }"', "f()", "f(1, 2...)",
            "core::f(x)", "!a", "-b", "a.*.b", "1 < 2", "a ? b : c", "[]", "{}", '"${~ a ~}"']


class Dice:
    """Makes texts."""

    def __init__(self, seed):
        self.random = random.Random(seed)

    def one(self, choices):
        return self.random.choice(choices)

    def some(self, most, make, separator):
        return separator.join(make() for _ in range(self.random.randint(0, most)))

    def expression(self, depth):
        if depth <= 0 or self.random.random() < 0.3:
            return self.one(LITERALS)
        inner = lambda: self.expression(depth - 1)
        line = lambda: self.one(["", "\n", " ", "# c\n"])
        item = lambda: self.one(["k", '"k"', "(k)", "k.l"]) + self.one([" = ", " : ", "="]) + inner()
        makers = [
            lambda: "[" + line() + self.some(3, inner, "," + line()) + self.one(["", ","]) + line() + "]",
            lambda: "{" + self.one("\n ") + self.some(3, item, self.one(["\n", ", ", ",\n"])) + self.one("\n ") + "}",
            lambda: "(" + line() + inner() + line() + ")",
            lambda: "f(" + line() + inner() + self.one(["", ", " + inner(), "..."]) + ")",
            lambda: inner() + self.one([" ? ", "?"]) + inner() + self.one([" : ", ":"]) + inner(),
            lambda: inner() + self.one([" + ", "-", " == ", " && ", "||", "*", " / ", " % ", "<", ">="]) + inner(),
            lambda: "[for " + self.one(["x", "k, v", "if", "in"]) + " in " + inner() + " : " + inner()
            + self.one(["", " if " + inner()]) + "]",
            lambda: "{for " + self.one(["x", "k, v"]) + " in " + inner() + " : " + line() + inner() + " => " + inner()
            + self.one(["", "..."]) + self.one(["", " if " + inner()]) + "}",
            lambda: '"a${' + inner() + '}b"',
            lambda: '"%{if ' + inner() + '}x%{endif}"',
            lambda: "<<EOT\n  t ${" + inner() + '} " }\n  EOT\n',
            lambda: "(<<-EOT\n  t ${" + inner() + "} EOTX\n  EOT\n)",
            lambda: inner() + "[" + inner() + "]",
            lambda: inner() + self.one([".x", "[*].y", ".*.z", ".0"]),
            lambda: self.one("!-") + inner(),
        ]
        return self.one(makers)()

    def body(self, depth):
        lines = []
        for number in range(self.random.randint(0, 3)):
            if depth and self.random.random() < 0.4:
                header = self.one(["spec", 'a "b"', "x y", 'things "a" "b"', 'w /* c */ "$${l}"'])
                if self.random.random() < 0.3:
                    lines.append(header + " { " + self.one(["", "a = " + self.expression(1) + " "]) + "}")
                else:
                    lines.append(header + " {\n" + self.body(depth - 1) + "\n}")
            else:
                lines.append(f"a{number} = " + self.expression(2))
        return self.one(["\n", "\n", "\n# c\n", "\n\n"]).join(lines)

    def damaged(self, text):
        for _ in range(self.random.randint(0, 2)):
            start = self.random.randrange(len(text) + 1)
            end = min(len(text), start + self.one([0, 0, 1, 1, 2, 5]))
            kind = self.random.random()
            ends = [at for at, sign in enumerate(text) if sign == "\n"]
            if kind < 0.5:
                text = text[:start] + self.one(TOKENS + SEPARATORS) + text[end:]
            elif kind < 0.7:
                text = text[:start] + text[end:]
            elif kind < 0.85 and ends:
                at = self.one(ends)
                text = text[:at] + self.one(SEPARATORS) + text[at + 1:]
            elif text:
                at = self.random.randrange(len(text))
                text = text[:start] + text[at:at + self.random.randint(1, 8)] + text[start:]
        return text

    def text(self):
        if self.random.random() < 0.3:
            return "".join(self.one(TOKENS) for _ in range(self.random.randint(0, self.one([8, 14, 30]))))
        text = self.damaged(self.body(2) + self.one(["\n", "\n", ""]))
        return text.replace("\n", "\r\n") if self.random.random() < 0.1 else text


def refused(directory):
    """The names of the files of a directory that Terraform refuses."""
    command = ["terraform", "fmt", "-no-color", "-write=false", "-list=false", directory]
    environment = {**os.environ, "TF_CLI_CONFIG_FILE": os.devnull}
    ran = subprocess.run(command, capture_output=True, text=True, errors="replace", env=environment)
    return set(re.findall(r"on \S*?(\d+\.tf) line \d+", ran.stdout + ran.stderr))


def judged(texts):
    """Pairs of what Terraform says of each text, and the text."""
    with tempfile.TemporaryDirectory() as directory:
        for number, text in enumerate(texts):
            with open(os.path.join(directory, f"{number}.tf"), "w", newline="", encoding="utf-8") as file:
                file.write(text)
        bad = refused(directory)
        ours = {}
        if "PODGATE_SYNTAX" in os.environ:
            names = "".join(os.path.join(directory, f"{number}.tf") + "\n" for number in range(len(texts)))
            ran = subprocess.run([os.environ["PODGATE_SYNTAX"]], input=names, capture_output=True, text=True, check=True)
            ours = dict(enumerate(ran.stdout.split()))
    for number, text in enumerate(texts):
        yield "refused" if f"{number}.tf" in bad else "taken", ours.get(number), text


def record():
    dice = Dice(1)
    texts = []
    while len(texts) < COUNT:
        text = dice.text()
        if len(text) <= LONGEST:
            texts.append(text)
    for verdict, _, text in judged(texts):
        print(verdict, json.dumps(text, ensure_ascii=False), sep="\t")


def compare(count, seed):
    dice = Dice(seed)
    texts = [dice.text() for _ in range(count)]
    apart = [(verdict, text) for verdict, ours, text in judged(texts) if verdict != ours]
    for verdict, text in apart:
        print(verdict, json.dumps(text, ensure_ascii=False), sep="\t")
    print(f"{count} texts, {len(apart)} judged otherwise", file=sys.stderr)
    sys.exit(bool(apart))


if __name__ == "__main__":
    if len(sys.argv) > 2:
        compare(int(sys.argv[1]), int(sys.argv[2]))
    else:
        record()
