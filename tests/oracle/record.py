"""Asks Terraform what expressions are worth, and records its answers.

Usage: python3 tests/oracle/record.py expressions [--check] > tests/oracle/answers.tsv
       python3 tests/oracle/record.py unknown > tests/oracle/unknown.tsv
       python3 tests/oracle/record.py variables > tests/oracle/variables.tsv
       python3 tests/oracle/record.py configurations [--check] > tests/oracle/configurations.jsonl.gz

Needs Go, and with `--check` also `terraform` 1.11 on the PATH: the judge (`judge.py`) is Terraform itself, but built by
another version of Go, whose libraries differ in details; the program's answer wins, and the difference is told.

Every line of the record is an expression, a tab, the value, a tab, and its type. The value is `error` where Terraform
refuses the expression, or JSON in which a number is a string that starts with `#` and a string one that starts with
`'`, so that neither loses anything, and `"?"` is not known; `sensitive ` stands before what is. The type is cty's. In
`unknown.tsv`, a fourth column is the value that an unknown one has whatever the variables are, as far as was tried. The
expressions are the same in every run: those written below, in `functions.txt`, and in `questions.py`, and some that are
put together by dice. They see the files of the directory `files`.

A line of the configurations is the files, and either the verdict about every instance or the errors. They are those of
`cases.py`, and those that `configurations.py` puts together. `--check` also asks the program about some of them, to
which the judge serves as the providers.
"""

import gzip
import itertools
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile

import cases
import configurations
import judge
import questions

BATCH = 1000
# How many random configurations are tried; those that are longer, in letters, are not recorded.
CONFIGURATIONS = 6000
LONGEST = 4000
HERE = os.path.dirname(os.path.abspath(__file__))
TABLE = os.path.join(HERE, "..", "..", "src", "terraform", "schema", "table.tsv")

# One or more values of every type, and what is easily taken for another.
VALUES = [
    "null", "true", "false", "0", "1", "-1", "2.5", "10", '""', '"a"', '"true"', '"false"', '"1"', '"0"', '"2.5"', '"True"',
    "[]", "[1]", '["a", "b"]', '[1, "a"]', "[null]", "{}", "{ a = 1 }", '{ a = "x", b = true }',
    "tolist([])", 'tolist(["a", "b"])', "tolist([1, 2])", 'toset(["b", "a", "b"])', "toset([])", "toset([2, 1])",
    "tomap({})", 'tomap({ a = "x", b = "y" })', "tomap({ a = 1 })",
]

UNARY = ["!{}", "-{}", "({})", '"${{{}}}"', '"x${{{}}}y"', "{}[0]", '{}["a"]', "{}.a", "{}[*]", "{}.*", "{}[*].a",
         "[for x in {}: x]", "[for k, v in {}: k]", "{{for k, v in {}: k => v}}", "[for x in {}: x if x != null]",
         "{} == null", "{} ? 1 : 2", "true ? {} : null", "false ? null : {}", "[...{}]", "can({})", "try({}.a.b, 7)"]

BINARY = ["==", "!=", "<", "<=", ">", ">=", "+", "-", "*", "/", "%", "&&", "||"]

OF_ONE = ["abs", "alltrue", "anytrue", "ceil", "chomp", "coalesce", "coalescelist", "compact", "concat", "distinct",
          "flatten", "floor", "keys", "length", "lower", "max", "merge", "min", "one", "range", "reverse", "signum",
          "tobool", "tolist", "tomap", "tonumber", "toset", "tostring", "trimspace", "upper", "values"]

OF_TWO = ["coalesce", "coalescelist", "concat", "contains", "element", "endswith", "join", "lookup", "max", "merge",
          "range", "split", "startswith", "strcontains", "trimprefix", "trimsuffix", "zipmap"]

OF_THREE = ["lookup", "coalesce", "range", "merge", "concat", "min"]

BY_HAND = r'''
0.1 + 0.2
1 / 3
2 / 3 * 3
tostring(1 / 3)
tostring(2 / 3)
tostring(10 / 4)
length([1]) / 3
tostring(length([1]) / length([1, 2, 3]))
1e3
1.50
tostring(1e100)
123456789012345678901234567890 + 1
9007199254740993
-7 % 3
7 % -3
7.5 % -2
5.5 % 2
1 / 0
0 / 0
1 % 0
true ? [1] : ["a", 2]
true ? [1] : ["a"]
true ? { a = 1 } : { b = 2 }
true ? { a = 1 } : { a = "x" }
false ? { a = 1 } : { a = "x", b = 2 }
true ? 1 : "a"
true ? true : "a"
true ? 1 : true
true ? tolist([1]) : []
true ? [1] : tolist(["a"])
true ? tomap({ a = 1 }) : {}
"$${a} %%{b} $5 50%"
"$$${1}"
"a${1}b${true}c${"d"}"
"${"${"x"}"}"
"  ${~ 1 ~}  x"
"a %{if true}yes%{else}no%{endif} b"
"a %{~ if false ~} yes %{~ else ~} no %{~ endif ~} b"
"%{for x in [1, 2]}<${x}>%{endfor}"
"%{for k, v in { a = 1, b = 2 }}${k}=${v};%{endfor}"
"%{for x in []}x%{endfor}"
"${[1]}x"
"${null}"
"${null}x"
"\u00e9\t\"\\"
{ a = 1, "b" = 2, (true ? "c" : "d") = 3 }
{ a = 1, a = 2 }
{ 1 = "x" }
{ null = 1 }
{ (null) = 1 }
[for i, x in ["a", "b"]: "${i}${x}"]
{for x in ["a", "b"]: x => upper(x)}
{for x in ["a", "a"]: x => 1}
{for x in ["a", "b", "a"]: x => 1...}
{for k, v in { a = 1, b = 2 }: v => k if v > 1}
[for x in toset(["b", "a"]): x]
[for x in [1, 2, 3]: x if x % 2 == 1]
[for x in [[1, 2], [3]]: [for y in x: y * 2]]
[1, 2, 3][*]
[{ a = 1 }, { a = 2 }].*.a
[{ a = [1, 2] }, { a = [3] }][*].a[0]
[{ a = [1, 2] }, { a = [3] }].*.a[0]
null[*]
"x"[*]
{ a = 1 }[*].a
[1, 2, 3][1.5]
[1, 2, 3]["1"]
[1, 2, 3][-1]
[1, 2, 3][3]
[1, 2, 3].1
{ a = { b = [true] } }.a.b[0]
{ "1" = "x" }[1]
false && 1 / 0 == 1
true || 1 / 0 == 1
true && null
false || null
null || true
null && false
!null
-null
null + 1
null == 1
[] == []
[1, 2] == [1, 2]
[1] == ["1"]
{ a = 1 } == { a = 1 }
{ a = 1 } == tomap({ a = 1 })
tolist([1]) == [1]
toset([1, 2]) == toset([2, 1])
try(1 / 0, "x")
try({ a = 1 }.b, [1][3], "last")
try({ a = 1 }.b)
can({ a = 1 }.b)
can(1 / 0)
can()
try()
max()
max([1, 2, 3]...)
min([2, 1]..., 3)
concat([[1], [2]]...)
merge([{ a = 1 }, { b = 2 }]...)
coalesce([null, "x"]...)
coalesce("", "x")
coalesce(null, false)
coalesce(null, null)
coalesce(1, "a")
coalesce(true, 1)
lookup({ a = true }, "a", false)
lookup({ a = true }, "b", false)
lookup({ a = true }, "b")
lookup({ a = true }, "b", "x")
lookup(tomap({ a = true }), "b", false)
lookup(tomap({ a = true }), "b", "x")
lookup(tomap({ a = "true" }), "b", false)
element(["a", "b"], 3)
element(["a", "b"], -1)
element([], 0)
contains([1, "a"], "1")
contains(["1"], 1)
contains(tolist(["1"]), 1)
flatten([[1, [2]], [], 3])
flatten([])
flatten([tolist(["a"]), toset(["b"])])
split(",", "a,b,,c")
split("", "abc")
split(",", "")
join(",", ["a", "b"])
join(",", [1, true])
join(",", [])
join(",", ["a"], ["b"])
join(",", [null])
compact(["a", "", null, "b"])
distinct(["a", "b", "a"])
distinct([1, "1"])
keys({ b = 1, a = 2 })
values({ b = 1, a = 2 })
zipmap(["a", "b"], [1, "x"])
zipmap(["a", "a"], [1, 2])
zipmap(["a"], [1, 2])
range(3)
range(1, 10, 3)
range(3, 0)
range(0, 1, 0.25)
range(0, 3, -1)
range(-3)
range(2000)
reverse([1, "a"])
one([])
one(["x"])
one([1, 2])
one(toset(["x"]))
tobool("yes")
tobool(1)
tobool(null)
tonumber("1e3")
tonumber("0x10")
tonumber("")
tostring(true)
tostring([])
toset([1, "1"])
tolist([1, true])
tolist(["a", true])
tolist([[1], ["a"]])
tolist([{ a = 1 }, { a = "x" }])
tolist([{ a = 1 }, { b = 2 }])
tomap({ a = 1, b = "x" })
tomap({ a = [1], b = "x" })
core::tobool("true")
core::nonsense(1)
nonsense(1)
length("abc")
length({ a = 1 })
length(null)
length(1)
upper("straße")
lower("ÀÉ")
trimspace("  a b \n")
chomp("a\r\n\n")
startswith("abc", "ab")
strcontains("abc", "z")
abs(-1.5)
signum(-2)
signum(0.5)
ceil(1.2)
floor(-1.2)
alltrue([])
alltrue([true, "true"])
alltrue([true, null])
anytrue([])
anytrue(["false", "true"])
anytrue([null, true])
'''


# Type constraints, and values that are tried on each besides those above.
TYPES = [
    "any", "bool", "number", "string", "list(string)", "list(any)", "list(bool)", "set(string)", "set(any)", "map(string)",
    "map(any)", "map(bool)", "list", "map", "object({ a = bool })", "object({ a = optional(bool, true) })",
    'object({ a = optional(bool), b = optional(string, "x") })', "object({})", "object({ a = any })",
    "tuple([string, bool])", "tuple([])", "list(object({ a = optional(bool, true) }))",
    "map(object({ ipc = optional(bool, false) }))", "object({ a = optional(object({ b = optional(bool, true) }), {}) })",
    "object({ a = optional(list(string), [1]) })", "set(number)", "list(list(string))", "map(list(bool))", "set(object({ a = string }))",
    "map(map(string))", "object({ a = optional(number, \"1\") })",
]
TYPED = [
    "{ a = null }", '{ a = "true" }', "{ a = {} }", "{ a = { b = false } }", '{ a = { b = "x" } }', "[{}]",
    "[{ a = false }, {}]", "{ x = {} }", '{ x = { ipc = "true" } }', '{ x = { ipc = null }, y = { ipc = true } }',
    '[["a"], [1]]', "{ a = [true] }", '{ a = ["true", 0] }', '["x", true]', '["x", "true"]', '["x", "y"]', "[[]]", "[null, {}]",
    '{ a = true, z = "more" }', '{ a = 1, b = null }', '"[1]"', "[{ a = 1 }, { a = true }]", "[1, 1, 2]", '[true, "true"]',
    "{ x = { y = 1 } }", "{ x = null }", '{ a = [] }', '{ "a" = true, "b" = "false" }',
]


def tree(kind, depth, dice):
    """A random expression that is well typed: of this kind, so many levels deep."""
    inner = lambda kind: tree(kind, depth - 1, dice)
    if depth == 0 or dice.random() < 0.1:
        return dice.choice({
            "bool": ["true", "false", '"true"', "!false"],
            "number": ["0", "1", "-2", "0.5", "1e2", '"3"', "7"],
            "string": ['""', '"a"', '"b-c"', '"x y"', '"true"', '"10"'],
            "list": ["[]", '["a"]', '["b", "a", "b"]', 'tolist(["x", "y"])'],
            "map": ["{}", '{ a = "x" }', '{ b = "y", c = "z" }', 'tomap({ a = "m" })'],
        }[kind])
    return dice.choice({
        "bool": [
            lambda: f'({inner("bool")} && {inner("bool")})', lambda: f'({inner("bool")} || {inner("bool")})',
            lambda: f'!{inner("bool")}', lambda: f'({inner("number")} < {inner("number")})',
            lambda: f'({inner("number")} >= {inner("number")})', lambda: f'({inner("string")} == {inner("string")})',
            lambda: f'({inner("number")} != {inner("number")})',
            lambda: f'contains({inner("list")}, {inner("string")})',
            lambda: f'({inner("bool")} ? {inner("bool")} : {inner("bool")})',
            lambda: f'anytrue([{inner("bool")}, {inner("bool")}])', lambda: f'can({inner("map")}["a"])',
            lambda: f'try({inner("map")}.a == "x", {inner("bool")})', lambda: f'tobool({inner("bool")})',
            lambda: f'startswith({inner("string")}, {inner("string")})',
        ],
        "number": [
            lambda: f'({inner("number")} + {inner("number")})', lambda: f'({inner("number")} - {inner("number")})',
            lambda: f'({inner("number")} * {inner("number")})', lambda: f'({inner("number")} / {inner("number")})',
            lambda: f'({inner("number")} % {inner("number")})', lambda: f'-{inner("number")}',
            lambda: f'length({inner("list")})', lambda: f'length({inner("map")})',
            lambda: f'max({inner("number")}, {inner("number")})', lambda: f'abs({inner("number")})',
            lambda: f'floor({inner("number")})', lambda: f'({inner("bool")} ? {inner("number")} : {inner("number")})',
        ],
        "string": [
            lambda: f'"<${{{inner("string")}}}>"', lambda: f'"${{{inner("number")}}}-${{{inner("bool")}}}"',
            lambda: f'upper({inner("string")})', lambda: f'join("-", {inner("list")})',
            lambda: f'try({inner("list")}[0], "none")', lambda: f'lookup({inner("map")}, "a", {inner("string")})',
            lambda: f'({inner("bool")} ? {inner("string")} : {inner("string")})',
            lambda: f'coalesce({inner("string")}, "z")', lambda: f'tostring({inner("number")})',
            lambda: f'"%{{if {inner("bool")}}}${{{inner("string")}}}%{{else}}no%{{endif}}"',
        ],
        "list": [
            lambda: f'[for x in {inner("list")}: "${{x}}!"]', lambda: f'concat({inner("list")}, {inner("list")})',
            lambda: f'[{inner("string")}, {inner("string")}]', lambda: f'tolist({inner("list")})',
            lambda: f'keys({inner("map")})', lambda: f'values({inner("map")})', lambda: f'reverse({inner("list")})',
            lambda: f'distinct({inner("list")})', lambda: f'compact({inner("list")})',
            lambda: f'[for k, v in {inner("map")}: "${{k}}${{v}}" if v != {inner("string")}]',
            lambda: f'split("-", {inner("string")})', lambda: f'{inner("list")}[*]',
        ],
        "map": [
            lambda: f'{{for x in {inner("list")}: x => {inner("string")}...}}',
            lambda: f'{{for k, v in {inner("map")}: upper(k) => "${{v}}"}}',
            lambda: f'merge({inner("map")}, {inner("map")})', lambda: f'{{ a = {inner("string")} }}',
            lambda: f'tomap({{ a = {inner("string")}, d = {inner("string")} }})',
            lambda: f'({inner("bool")} ? {inner("map")} : {inner("map")})',
        ],
    }[kind])()


def expressions():
    """All expressions, each once, always in the same order."""
    yield from BY_HAND.strip().split("\n")
    with open(os.path.join(HERE, "functions.txt")) as file:
        yield from file.read().strip().split("\n")
    yield from VALUES
    for shape, value in itertools.product(UNARY, VALUES):
        yield shape.format(value)
    simple = VALUES[:12] + ["[1]", '["a", "b"]', "{ a = 1 }", "tolist([1, 2])", 'toset(["a"])', "tomap({ a = 1 })"]
    for operator, one, other in itertools.product(BINARY, simple, simple):
        yield f"{one} {operator} {other}"
    for one, other in itertools.product(simple, simple):
        yield f"true ? {one} : {other}"
    for name, value in itertools.product(OF_ONE, VALUES):
        yield f"{name}({value})"
    dice = random.Random(20261123)
    for name in OF_TWO:
        for one, other in dice.sample(list(itertools.product(VALUES, VALUES)), 60):
            yield f"{name}({one}, {other})"
    for name in OF_THREE:
        for _ in range(40):
            yield f"{name}({', '.join(dice.choice(VALUES) for _ in range(3))})"
    for _ in range(2000):
        yield tree(dice.choice(["bool", "number", "string", "list", "map"]), dice.choice([2, 3, 4]), dice)
    yield from questions.closed()


class Number(str):
    """A number, as Terraform wrote it."""


def encoded(value):
    """A value in the record's form."""
    if isinstance(value, Number):
        return f"#{value}"
    if isinstance(value, str):
        return f"'{value}"
    if isinstance(value, list):
        return [encoded(element) for element in value]
    if isinstance(value, dict):
        return {key: encoded(element) for key, element in value.items()}
    return value


def terraform(directory, *arguments):
    settings = os.environ.get("PODGATE_SETTINGS", os.devnull)
    environment = dict(os.environ, TF_CLI_CONFIG_FILE=settings, TF_IN_AUTOMATION="1", CHECKPOINT_DISABLE="1")
    return subprocess.run(["terraform", *arguments], cwd=directory, env=environment, capture_output=True, text=True)


def expression_block(index, expression):
    """An output that asks for an expression."""
    return f'output "o{index}" {{\n  value = {expression}\n}}\n'


def answers(batch, block):
    """The answers to a batch: outputs of one plan, less those that are errors."""
    live, errors = dict(enumerate(batch)), set()
    with tempfile.TemporaryDirectory() as parent:
        directory = os.path.join(parent, "files")
        shutil.copytree(os.path.join(HERE, "files"), directory)
        while live:
            owners = []
            with open(os.path.join(directory, "main.tf"), "w") as file:
                for index, asked in live.items():
                    text = block(index, asked)
                    file.write(text)
                    owners.extend([index] * text.count("\n"))
            planned = terraform(directory, "plan", "-json", "-input=false", "-out=plan")
            messages = [json.loads(line) for line in planned.stdout.splitlines() if line.startswith("{")]
            diagnostics = [message["diagnostic"] for message in messages if message.get("@level") == "error"]
            found = {owners[one["range"]["start"]["line"] - 1] for one in diagnostics if "range" in one}
            # Infinity is a value to Terraform, but not one that a plan can hold.
            found |= {int(name) for one in diagnostics for name in re.findall(r'output value "o(\d+)"', one["detail"])}
            if not found:
                assert planned.returncode == 0, planned.stdout + planned.stderr
                break
            errors |= found
            live = {index: asked for index, asked in live.items() if index not in found}
        shown = terraform(directory, "show", "-json", "plan").stdout if live else "{}"
    shown = json.loads(shown, parse_int=Number, parse_float=Number)
    outputs = shown.get("planned_values", {}).get("outputs", {})
    for index, asked in enumerate(batch):
        value = outputs.get(f"o{index}", {}).get("value")
        yield asked, "error" if index in errors else json.dumps(encoded(value), ensure_ascii=False, sort_keys=True)


def is_agreed(judged, told):
    """Whether the program's answer is the judge's. Infinity and what is sensitive are no outputs of a plan."""
    if told == "error":
        return judged == "error" or "Inf" in judged or judged.startswith("sensitive")
    return '"?"' in judged or (judged not in ("error", "panic") and json.loads(judged) == json.loads(told))


def checked(lines):
    """The judge's answers, corrected by the program's."""
    lines = dict(line.split("\t", 1) for line in lines)
    asked = list(lines)
    for start in range(0, len(asked), BATCH):
        for question, told in answers(asked[start:start + BATCH], expression_block):
            judged, kind = lines[question].split("\t")[:2]
            told = json.dumps(json.loads(told.replace('"#-0"', '"#0"')), ensure_ascii=False, sort_keys=True) if told != "error" else told
            if not is_agreed(judged, told):
                print(f"{question}: {told}, not {judged}", file=sys.stderr)
                judged = told
            yield f"{question}\t{judged}\t{kind}"
        print(f"{min(start + BATCH, len(asked))} of {len(asked)}", file=sys.stderr)


def judged_configurations():
    """The record of the configurations: first the cases."""
    asked = [(case["files"], root) for case in cases.cases() for root in case["roots"]]
    tried = map(configurations.generated, range(CONFIGURATIONS))
    asked += [(files, "") for files in tried if sum(map(len, files.values())) <= LONGEST]
    lines = [json.dumps({"files": files, "root": root}) for files, root in asked]
    merged = {}
    for (files, _), line in zip(asked, judge.ask(lines, "configurations", "-schema", TABLE)):
        # The plans of several roots of one tree are one answer.
        told = merged.setdefault(json.dumps(files, ensure_ascii=False), {})
        for key, value in json.loads(line).items():
            told[key] = {**told.get(key, {}), **value} if key == "instances" else value
    for files, told in merged.items():
        yield {"files": json.loads(files), **told}


def planned(directory):
    """What `terraform plan` says of the policies of a directory: `{address: true, false, "unknown"}`; nothing if it refuses."""
    for command in (["get"], ["plan", "-input=false", "-lock=false", "-out=.plan"]):
        if terraform(directory, *command).returncode:
            return None
    shown = json.loads(terraform(directory, "show", "-json", ".plan").stdout)
    told = {}
    for change in shown.get("resource_changes", []):
        change, address = change["change"], change["address"]
        if "kubernetes_pod_security_policy" in address and "create" in change["actions"]:
            spec, unknown = change["after"].get("spec") or [{}], change["after_unknown"].get("spec")
            is_unknown = unknown is True or bool(unknown) and unknown[0].get("host_ipc")
            told[address] = "unknown" if is_unknown else str(spec[0].get("host_ipc")).lower()
    return told


def check_configurations(record, count=100):
    """Asks the program about a sample of the record, with the judge's stand-ins as plugins."""
    os.environ["PODGATE_TABLE"] = os.path.abspath(TABLE)
    differ = 0
    with tempfile.TemporaryDirectory() as plugins:
        for name in ("kubernetes", "kubectl"):
            os.symlink(judge.built(), os.path.join(plugins, f"terraform-provider-{name}"))
        settings = os.path.join(plugins, "settings.tfrc")
        sources = "".join(f'    "{source}" = "{plugins}"\n' for source in ("hashicorp/kubernetes", "gavinbunney/kubectl"))
        with open(settings, "w") as file:
            file.write(f"provider_installation {{\n  dev_overrides {{\n{sources}  }}\n  direct {{}}\n}}\n")
        os.environ["PODGATE_SETTINGS"] = settings
        sample = [one for one in record if all(isinstance(text, str) for text in one["files"].values())]
        for one in random.Random(1).sample(sample, count):
            with tempfile.TemporaryDirectory() as directory:
                for path, text in one["files"].items():
                    path = os.path.join(directory, path)
                    os.makedirs(os.path.dirname(path), exist_ok=True)
                    with open(path, "w", newline="") as file:
                        file.write(text)
                told = planned(directory)
            # A plan does not tell an argument that is not set from one that is not known.
            expected = None if "errors" in one else {
                address: "unknown" if verdict == "null" or verdict.startswith("unknown") else verdict
                for address, verdict in one.get("instances", {}).items() if "kubernetes_pod_security_policy" in address}
            if told != expected:
                differ += 1
                print(json.dumps(one, ensure_ascii=False), expected, told, sep="\n", file=sys.stderr)
    print(f"{differ} of {count} differ", file=sys.stderr)


def main():
    kind = sys.argv[1]
    if kind == "configurations":
        record = list(judged_configurations())
        text = "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in record)
        sys.stdout.buffer.write(gzip.compress(text.encode(), mtime=0))
        if "--check" in sys.argv:
            check_configurations(record)
        return
    files, unknown = os.path.join(HERE, "files"), os.path.join(HERE, "unknown.tf")
    if kind == "variables":
        asked = [f"{one}\t{value}" for one in TYPES for value in VALUES[:25] + TYPED if "(" not in value]
        lines = judge.ask(asked, "variables")
    elif kind == "unknown":
        asked = list(dict.fromkeys(one for one in questions.open_() if "var." in one))
        lines = judge.ask(asked, "expressions", "-unknown", unknown, "-directory", files)
    else:
        asked = list(dict.fromkeys(expressions()))
        lines = judge.ask(asked, "expressions", "-directory", files)
    assert all(one.count("\t") == (kind == "variables") for one in asked)
    for line in checked(lines) if "--check" in sys.argv else lines:
        print(line)


if __name__ == "__main__":
    main()
