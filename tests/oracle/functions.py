"""Calls of functions that are put together by dice, a family for each kind of function, and Terraform's answers.

Usage: python3 tests/oracle/functions.py > tests/oracle/functions.tsv

Needs `terraform` 1.11 on the PATH and nothing else. Every family draws from edge values of what its functions take; the
calls are the same in every run. The record has the form that `record.py` describes. Terraform's console evaluates
hundreds of calls as one expression, each in a `try` of its own, which takes a minute where plans take an hour.
"""

import base64
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile

BATCH = 200
LOCK = ".terraform.tfstate.lock.info"
HERE = os.path.dirname(os.path.abspath(__file__))

NUMBERS = ["0", "1", "-1", "2", "3", "7", "10", "0.1", "-0.1", "0.5", "-0.5", "1.5", "2.5", "-2.5", "0.3", "1e3", "1e-3",
           "123456789", "1e21", "1e-7", "1e100", "1e-100", "123456789012345678901234567890", "0.000001", "0.00001234",
           "999999.5", "1234567.891", "4294967296", "9223372036854775807", "-9223372036854775808", "18446744073709551616",
           "1/3", "2/3", "-1/3", "10/3", "1/7", "1e200", "1e300 * 3", "1e-300 / 7", "1/0", "-1/0", "0 * -1",
           "length([1]) / length([1, 2, 3])", "pow(10, -1)", "pow(2, 0.5)", "parseint(\"123456789012345678901234567890\", 10)",
           "parseint(\"ffffffffffffffffffff\", 16) / 7", "1e155", "1e154 + 1", "3e160 / 7", "tonumber(\"1e400\")", "-tonumber(\"1e400\")"]

# What is a number to Terraform's conversion, and what is easily taken for one.
WRITTEN = ["Inf", "inf", "+Inf", "-Inf", "-inf", "INF", "infinity", "nan", "NaN", "0x10", "0X1p3", "0b11", "0o7", "010", "1p3",
           "1P3", "1p-3", "1p+3", "1.5p2", "1e+3", "1e-3", "1E3", "1e", "1p", "e3", ".5", "5.", ".", "+5", "-5", "--5", "+-5",
           "1_000", "1 ", " 1", "", "1e3.5", "1.2.3", "0.1e1", "00.10", "-0", "+0", "0e99999", "1e309", "1e-400", "1,5", "½",
           "٣", "1e99999999999999", "1e-99999999999999", "1p1p1", "1e1e1", "1234567890" * 20, "0." + "0123456789" * 20,
           "3" * 160, "3" * 200, "7" * 155 + "e30", "1" + "0" * 300, "9" * 154 + "5", "1e200", "3e250", "7e-250"]

OPERATORS = ["+", "-", "*", "/", "%", "==", "!=", "<", "<=", ">", ">="]


def numbers(dice):
    """Arithmetic, and functions of numbers."""
    for text in WRITTEN:
        for shape in ['tonumber("{}")', 'tostring(tonumber("{}"))', 'tonumber("{}") / 3', 'jsonencode(tonumber("{}") * 7)',
                      'tonumber("{}") > 1']:
            yield shape.format(text)
    for _ in range(2500):
        one, other = dice.choice(NUMBERS), dice.choice(NUMBERS)
        yield f"tostring(({one}) {dice.choice(OPERATORS[:5])} ({other}))"
        if dice.random() < 0.4:
            yield f"({one}) {dice.choice(OPERATORS)} ({other})"
            yield f"jsonencode([({one}) {dice.choice(OPERATORS[:5])} ({other})])"
    for number in NUMBERS:
        for name in ["abs", "ceil", "floor", "signum", "jsonencode", "yamlencode", "tostring", "tobool"]:
            yield f"{name}({number})"
            yield f'"<${{{name}({number})}}>"'
    for _ in range(900):
        held = [f"({dice.choice(NUMBERS)})" for _ in range(dice.choice([1, 2, 3]))]
        yield f"\"<${{{dice.choice(['sum', 'max', 'min', 'range', 'distinct', 'toset'])}([{', '.join(held)}]...)}}>\""
        yield f"jsonencode({dice.choice(['sum', 'sort', 'distinct', 'toset', 'reverse'])}([{', '.join(held)}]))"
    for _ in range(700):
        few = ["0", "1", "2", "3", "10", "0.5", "1.5", "-1", "-2", "-0.5", "0.1", "100", "1e10", "1e-10", "1/3", "2.5", "7",
               "1/0", "-1/0", "0 * -1", "1e308", "1e-308", "1e308 * 100", "4503599627370497.5", "63", "64", "0.25", "1.1"]
        yield f"tostring({dice.choice(['pow', 'pow', 'log'])}({dice.choice(few)}, {dice.choice(few)}))"
    digits = "0129azAZfF_-+. é"
    for _ in range(400):
        text = "".join(dice.choice(digits) for _ in range(dice.choice([0, 1, 2, 3, 5, 30, 90])))
        yield f'tostring(parseint("{text}", {dice.choice([1, 2, 8, 10, 16, 36, 37, 60, 62, 63, 2.5])}) / 3)'


ARGUMENTS = ["0", "1", "-1", "10", "255", "-255", "0.5", "-2.5", "1e21", "1e6", "999999", "1234567.891", "0.00001234", "1e-7",
             "123456789012345678901234567890", "1/3", "1/0", "-1/0", "0 * -1", '"a"', '"é"', '"e\u0301x"', '""', '"10"', '"-0.5"',
             '"0x1"', '"<&>\\"\\\\"', '"日本語"', '"👨‍👩‍👧x"', '"true"', "true", "false", "null", "[1, \"a\"]", "{ a = 1 }", "[]", "[1/0]", '"\\n\u2028"']

VERBS = ["v", "#v", "s", "q", "t", "d", "b", "o", "x", "X", "e", "E", "f", "g", "G", "c", "U", "p", "T", "%", "i", "F", "z"]


def verb(dice):
    """A verb of a format, most of them sound."""
    flags = "".join(dice.choice(["", "", "", "-", "+", " ", "0", "#"]) for _ in range(3))
    width = dice.choice(["", "", "", "1", "5", "12", "30", "*", "05"])
    precision = dice.choice(["", "", "", ".", ".0", ".1", ".3", ".10", ".40", ".*", ".-1"])
    index = dice.choice([""] * 8 + ["[1]", "[2]", "[0]", "[01]", "[3]", "[", "[a]"])
    return f"%{flags}{width}{precision}{index}{dice.choice(VERBS)}"


def formats(dice):
    """`format` and `formatlist`."""
    for _ in range(6000):
        one = dice.choice(ARGUMENTS)
        yield f'format("{verb(dice)}", {one})'
    for _ in range(600):
        count = dice.choice([0, 1, 2, 3])
        text = "".join(dice.choice(["a", "é", "%%", verb(dice)]) for _ in range(dice.choice([1, 2, 3])))
        held = "".join(f", {dice.choice(ARGUMENTS)}" for _ in range(count))
        yield f'format("{text}"{held})'
        lists = ['["a", "b"]', "[1, 2]", "[]", 'toset(["x", "y"])', "null", '"c"', "[null, 1]", "[1]", "5", "[1, 2, 3]"]
        held = "".join(f", {dice.choice(lists)}" for _ in range(count))
        yield f'formatlist("{text}"{held})'


ATOMS = ["a", "b", "x", "é", "k", ".", "\\\\.", "\\\\d", "\\\\D", "\\\\w", "\\\\W", "\\\\s", "\\\\S", "\\\\b", "\\\\B", "\\\\A", "\\\\z", "\\\\Z", "\\\\C",
         "^", "$", "[ab]", "[^ab]", "[a-k]", "[]a]", "[^]a]", "[a-]", "[-a]", "[a\\\\-k]", "[b-a]", "[[:alpha:]]", "[[:^digit:]x]",
         "[[:word:][:space:]]", "[[:foo:]]", "[[:alpha:]", "[:alpha:]", "[a[b]", "[a&&b]", "[a--b]", "[a~~b]", "[\\\\d-z]", "[a-\\\\d]",
         "[\\\\w.]", "[^\\\\W]", "[\\\\pL]", "[\\\\x41-\\\\x{5a}]", "[\\\\b]", "[\\\\Qa]", "[", "]", "{", "}", "{1}", "\\\\pL", "\\\\PL", "\\\\pX",
         "\\\\p{Greek}", "\\\\p{^Greek}", "\\\\P{^Lu}", "\\\\p{Lu}", "\\\\p{greek}", "\\\\p{Letter}", "\\\\p{Any}", "\\\\p{C}", "\\\\p{Cn}", "\\\\p{Cs}", "\\\\p{",
         "\\\\p", "\\\\x41", "\\\\x{41}", "\\\\x{}", "\\\\x4", "\\\\x{110000}", "\\\\x{d800}", "\\\\0", "\\\\07", "\\\\101", "\\\\1", "\\\\8", "\\\\12", "\\\\a", "\\\\f",
         "\\\\t", "\\\\n", "\\\\r", "\\\\v", "\\\\e", "\\\\_", "\\\\é", "\\\\-", "\\\\/", "\\\\Qa.b\\\\E", "\\\\Q[", "\\\\E", "\\\\u0041", "\\\\G", "\\\\K", "(?i)", "(?s)",
         "(?m)", "(?U)", "(?-i)", "(?i-s)", "(?x)", "(?i-)", "(?)", "(?-)", "(?ii)", "(?i--s)", "(?#a)", "()", "(?:)", "(?i:a)", "(?i:K)", "(?s:.)",
         "(?P<n>a)", "(?<n>b)", "(?P<1>a)", "(?P<a-b>c)", "(?P=n)", "(?<m>x)", "(?'n'a)", "(?=a)", "(?!a)", "(?<=a)", "(?>a)", "(?P<>a)", "|",
         "(", ")", "ſ", "K", "Σ", "\\\\"]
REPETITIONS = ["", "", "", "", "*", "+", "?", "*?", "+?", "??", "{2}", "{1,}", "{0,2}", "{2}?", "{,3}", "{1001}", "{3,2}", "{01}", "{0}",
               "**", "*+", "{2}{3}", "{1000}", "{99999999999}", "{ 1}", "{1", "{-1}"]
TEXTS = ["", "a", "abab", "xaabbx", "Ab K", "a.b", "é a\\n b", "aé\\nb", "kKK", "A1_-z", "σΣς", "[]&&-~", "a{2}b{,3}", "ſs",
         "\\u0000\\u0007\\t\\u000b", "日本 x", "a/b\\\\c", "aaaa", "\\u1c89x", "ab\\n"]


def pattern(dice, depth=2):
    """A regular expression, often one that is refused."""
    pieces = []
    for _ in range(dice.choice([1, 1, 2, 3])):
        if depth and dice.random() < 0.35:
            inner = pattern(dice, depth - 1)
            shape = dice.choice(["({})", "(?:{})", "(?i:{})", "({})", "(?P<g>{})", "(?P<h>{})", "{}|"])
            pieces.append(shape.replace("{}", inner))
        else:
            pieces.append(dice.choice(ATOMS if dice.random() < 0.6 else ATOMS[:20]))
        pieces.append(dice.choice(REPETITIONS))
    return "".join(pieces)


def patterns(dice):
    """`regex`, `regexall` and `replace`."""
    for atom in ATOMS:
        for times in REPETITIONS[3:]:
            yield f'regexall("{atom}{times}", "xaabbx é[Ab K\\n")'
    for _ in range(5000):
        name = dice.choice(["regex", "regexall", "regexall"])
        yield f'{name}("{pattern(dice)}", "{dice.choice(TEXTS)}")'
    by = ["", "<$0>", "$1", "${1}x", "$1x", "${g}", "$g$h", "$$", "$", "${", "${}", "$é", "${1é}", "$01", "$2", "[$n]", "${x", "\\\\0"]
    for _ in range(2500):
        yield f'replace("{dice.choice(TEXTS)}", "/{pattern(dice)}/", "{dice.choice(by)}")'.replace("${", "$${")


CHARACTERS = ["a", "b", "é", "e\u0301", "क", "्", "ष", "ि", "क्षि", "👨", "\u200d", "👩", "🇩", "🇪", "한", "ᄒ", "ᅡ", "ᆫ", "\\r", "\\n", "\\t",
              " ", "\u0600", "\u0903", "\ufe0f", "🏽", "ß", "ŉ", "İ", "ı", "ǆ", "ᾳ", "ა", "ﬁ", "Σ", "ς", "\u1c89", "\u2028", "\u00a0", "\u3000",
              "_", "-", "1", "\u0e33", "\u0d4e", "\ud4db", "\u11a8", "©", "™", "\U000e0020", "\u094d", "\u0dca", "ꞏ", "Ǆ", "ⓐ", "ⅰ", "ꭰ"]


def text(dice, most=6):
    """A text of characters that are not always what they seem."""
    return "".join(dice.choice(CHARACTERS) for _ in range(dice.randrange(most + 1)))


def strings(dice):
    """Functions of text."""
    functions = ["length", "strrev", "upper", "lower", "title", "trimspace", "chomp"]
    numbers = [0, 1, 2, 3, -1, -2, -3, 100, -100]
    for _ in range(700):
        held, part = text(dice), text(dice, 2)
        yield "[" + ", ".join(f'{name}("{held}")' for name in functions) + "]"
        yield f'format("%{dice.choice(["5", "-5", "05", ".2", "5.3"])}{dice.choice("sqv")}", "{held}")'
        yield f'substr("{held}", {dice.choice(numbers)}, {dice.choice(numbers)})'
        yield f'[trim("{held}", "{part}"), trimprefix("{held}", "{part}"), trimsuffix("{held}", "{part}"), split("{part}", "{held}")]'
        yield f'[replace("{held}", "{part}", "<>"), indent(2, "{held}"), jsonencode("{held}"), join("{part}", split("a", "{held}"))]'
    for number in ["0", "-1", "1.5", "1/0", "1e30", "5"]:
        yield f'substr("abc", {number}, 1)'
        yield f'substr("abc", 1, {number})'
        yield f'indent({number}, "a\\nb")'


JSON = ["1", "-0", "1.50", "1e3", "1E+2", "01", "1.", ".5", "+1", "-", "0x1", "Infinity", "NaN", "true", "false", "null", "True", "nul", '""',
        '"a"', "'a'", '"\\\\u00e9"', '"\\\\ud83d\\\\ude00"', '"\\\\ud83d"', '"\\\\ude00x"', '"\\\\x41"', '"\\\\/"', '"a\\tb"', '"\u2028"', '"\\\\u2028"',
        '"\\\\u0000"', '"<>&"', "[]", "[1]", "[1,]", "[,]", "[1 2]", '[1,"a"]', "[1,2]", "[null]", '[[1],["a"]]', "{}", '{"a":1}', '{"a":1,}', "{a:1}",
        '{"a":1,"a":2}', '{"a" 1}', '{"b":[1,{"c":null}]}', '{"":1}', "[1]x", " 1 ", "\ufeff1", "1 2", "", " ", "\u2028 1", "\u00a01", "/* a */ 1",
        "// a\\n1", "1 // a", "#", "[1;2]", '"a', "[", "{", "]", "123456789012345678901234567890", "0.1234567890123456789012345678901234567890",
        "1e400", "1e-400", "-1E-2", '"\\n"', "\\u000b1", '"\\\\u00E9\\\\u0301"', '"e\\\\u0301"', '{"e\\\\u0301":1,"\\\\u00e9":2}', "\\t[1,\\r\\n2]\\n",
        '{"a":1}{"b":2}', "null null", "-a", "--1", "1e", "1e+", "1.e1", '"\\\\"', '"\\\\u12"', "[1/**/]", '{"a":/**/1}', "'", '{"a":1 "b":2}']
FIELDS = ["a", "b", "c", "", '\\"a\\"', '\\"a,b\\"', '\\"a\\nb\\"', '\\"a\\"\\"b\\"', 'a\\"b', '\\"a\\"b', '\\"', " a", ' \\"a\\"', "é", "#", "\\r",
          "a\\rb", "1", "\ufeffa", '\\"\\r\\n\\"', '\\"\\r\\"']


def documents(dice):
    """`jsonencode`, `jsondecode` and `csvdecode`."""
    quoted = [document.replace('"', '\\"') for document in JSON]
    for document in quoted:
        yield f'jsondecode("{document}")'
        yield f'jsonencode(jsondecode("{document}"))'
    for _ in range(1200):
        inner = [dice.choice(quoted) for _ in range(dice.choice([1, 2, 3]))]
        shape = dice.choice(["[@]", '{\\"k\\":@}', "[@]", "@"])
        yield f'jsondecode("{shape.replace("@", ",".join(inner))}")'
    for _ in range(300):
        yield f'jsonencode("{text(dice)}<\u2028\\u0001\u007f>")'
        yield f'jsonencode({{ "{text(dice, 3)}" = [{dice.choice(NUMBERS)}, null, true], b = {{}} }})'
    for _ in range(2500):
        lines = []
        width = dice.choice([1, 2, 3])
        for _ in range(dice.choice([1, 2, 2, 3])):
            lines.append(",".join(dice.choice(FIELDS) for _ in range(width if dice.random() < 0.9 else dice.choice([0, 1, 4]))))
        ends = dice.choice(["\\n", "\\r\\n", "\\n\\n"])
        yield f'csvdecode("{ends.join(lines)}{dice.choice(["", ends])}")'


STAMPS = ["2024-02-29T12:34:56Z", "2023-02-29T12:34:56Z", "2024-12-31T23:59:59Z", "2024-12-31T23:59:60Z", "2024-01-01T00:00:00+02:00",
          "2024-01-01T00:00:00-00:30", "2024-01-01T24:00:00Z", "2024-13-01T00:00:00Z", "2024-1-1T00:00:00Z", "2024-01-01 00:00:00Z",
          "2024-01-01t00:00:00z", "2024-01-01T00:00:00", "2024-01-01", "", "2024-01-01T00:00:00.123456789Z", "2024-01-01T00:00:00.Z",
          "2024-01-01T00:00:00,5Z", "0000-01-01T00:00:00Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "10000-01-01T00:00:00Z",
          "-001-01-01T00:00:00Z", "2024-01-01T00:00:00+24:00", "2024-01-01T00:00:00+23:59", "2024-01-01T00:00:00+1:00", "2024-01-01T12:00:00+00:00",
          "2024-01-01T00:00:00-00:00", "2024-04-31T00:00:00Z", "2024-01-00T00:00:00Z", "2024-00-01T00:00:00Z", "2024-01-01T0:00:00Z",
          "2024-01-01T00:60:00Z", "2024-01-01T00:00:00+00:60", "2024-01-01T00:00:00Zx", " 2024-01-01T00:00:00Z", "2024-01-01T11:59:59+05:30",
          "2024-01-01T00:00:0Z", "2024-01-01T00:00:00+0000", "2024-01-01T00:00:00UTC", "1969-07-20T20:17:40-04:00", "2024-01-01T00:00:00.5+01:00"]
SOUND = [STAMPS[at] for at in (0, 2, 4, 5, 25, 26, 35, 39, 40)]
DURATIONS = ["1h", "-1h", "1.5h", "1h30m", "0", "-0", "+5s", "1ns", "1us", "1µs", "1μs", "1ms", "1m1", "1", "", "h", ".5h", "5.h", ".h", "1d", "1H",
             "2562047h47m16.854775807s", "2562047h47m16.854775808s", "-2562047h47m16.854775808s", "9999999h", "1h-1m", "1 h", "0.000000001s",
             "0.0000000001s", "1.00000000000000000000001s", "87600h", "-8760000h", "1e3s", "1h1h", "9223372036854775807ns", "9223372036854775808ns",
             "0.3h", "0.1ns", "99999999999999999999s"]
LETTERS = ["YYYY", "YY", "Y", "YYY", "YYYYY", "MMMM", "MMM", "MM", "M", "MMMMM", "DD", "D", "DDD", "EEEE", "EEE", "EE", "hh", "h", "hhh", "HH", "H",
           "AA", "aa", "A", "a", "mm", "m", "ss", "s", "sss", "ZZZZZ", "ZZZZ", "ZZZ", "ZZ", "Z", "ZZZZZZ", "'T'", "''", "'it''s'", "'", "-", ":", "é",
           " ", "x", "T", "1", "'é", "'" * 4, "\\n"]


def times(dice):
    """`formatdate`, `timeadd` and `timecmp`."""
    for stamp in STAMPS:
        yield f'formatdate("YYYY-MM-DD hh:mm:ss EEE Z ZZZ ZZZZ ZZZZZ", "{stamp}")'
        yield f'timeadd("{stamp}", "0s")'
        yield f'timecmp("{stamp}", "2024-01-01T00:00:00Z")'
    for letters in LETTERS:
        yield f'formatdate("{letters}", "2024-03-05T15:04:09+02:00")'
        yield f'formatdate("{letters}", "2024-11-25T00:04:09Z")'
    for duration in DURATIONS:
        yield f'timeadd("2024-01-31T12:00:00+02:00", "{duration}")'
    for _ in range(1200):
        stamp, other = (dice.choice(STAMPS if dice.random() < 0.3 else SOUND) for _ in range(2))
        yield f'formatdate("{"".join(dice.choice(LETTERS) for _ in range(dice.choice([1, 2, 3, 5])))}", "{stamp}")'
        yield f'timeadd("{stamp}", "{dice.choice(DURATIONS)}")'
        yield f'timecmp("{stamp}", "{other}")'


GLOBS = ["*", "**", "a*", "?", "?.txt", "*.txt", "[!a]*", "[^a]*", "[a-c].*", "{a,b}.*", "{a,}*", "sub", "nope", "[", "[a", "{a", "[]", "[a-]*",
         "[-a]*", "\\\\a*", "*[", "*{", "..", ".", "", "*.{txt,tpl}", "{sub,x}", "s*", "[\\\\]a]*", "{*.txt,x}", "*b*", "**b", "{a,b", "[!x", "![a]*",
         "***", "a**", "**.tpl", "{,a}.json", "a.json", "b.txt"]
TEMPLATES = ["hello.tpl", "loop.tpl", "flag.tpl", "nested.tpl", "binary.bin", "nope.tpl", "sub", "a.json"]
VARIABLES = ["{}", "{ name = 1 }", '{ name = "x", names = ["a"], flag = true }', "{ name = null }", '{ "a b" = 1 }', '{ "1a" = 1 }', '{ "a-b" = 1 }',
             "{ _a = 1 }", "{ é = 1 }", 'tomap({ name = "q" })', "[1]", "null", '"x"', '{ "" = 1 }']
PATHS = ["a", "/a/../b", "~x", "", "a~", "/", "//x//y/./z", "/..", "/../a", "a/", "a//", "/a/b/", "..", "../", "a/..", "./a", "a/./b", "é/e\u0301"]
NETWORKS = ["10.0.0.0/8", "10.1.2.3/24", "::/0", "2001:db8::/32", "010.0.0.0/8", "10.0.0.0/08", "10.0.0/8", "10.0.0.0/33", "fe80::1%eth0/64",
            "0.0.0.0/0", "10.0.0.0/+8", "1.2.3.4/32", "2001:db8::/128", "255.255.255.255/31", " 10.0.0.0/8", "10.0.0.0/", "10.0.0.0"]
ENCODED = ["YQ==", "YQ", "YR==", "YW=", "", "Y Q==", "YQ==\\n", "Y\\nQ==", "YQ===", "_-8=", "+/8=", "w7w=", "/w==", "YWJj", "YWJjZA==", "é", "77+9"]
ENCODINGS = ["UTF-8", "UTF-16LE", "utf-16be", "nope", "utf8", ""]


def files(_):
    """Functions of files, templates, paths, networks and encodings: all of few values."""
    for glob in GLOBS:
        yield from (f'fileset("{directory}", "{glob}")' for directory in [".", "sub", "nope", "s*", "sub/..", "a.json", ""])
        yield from (f'fileset(".", "{glob}/{other}")' for other in ["*", "*.txt", "b.txt", "[", ".."])
    for template in TEMPLATES:
        yield from (f'templatefile("{template}", {variables})' for variables in VARIABLES)
        yield from (f'{name}("{template}")' for name in ["file", "fileexists", "filemd5", "filebase64", "filesha256"])
    for path in PATHS:
        yield from (f'{name}("{path}")' for name in ["basename", "dirname", "pathexpand"])
        yield from (f'{name}("/{path}")' for name in ["abspath"])
    for network in NETWORKS:
        yield from (f'cidrhost("{network}", {number})' for number in [0, 1, -1, 5, 255, 256, 1.5, 4294967296, -256])
        yield from (f'cidrsubnet("{network}", {bits}, {number})' for bits in [0, 1, 4, 8, 33, 96, 1.5] for number in [0, 1, 15, 255, 256])
        yield from (f'cidrsubnets("{network}", {bits})' for bits in ["4, 4", "1, 1, 1", "8", "0", "-1", "33", "16, 1, 4", "32, 32", "4, 1, 8, 8"])
        yield f'cidrnetmask("{network}")'
    for text in ENCODED:
        yield f'base64decode("{text}")'
        yield f'[urlencode("{text} +/?&=~-_.*é"), uuidv5("dns", "{text}"), sha1("{text}"), base64encode("{text}")]'
        yield from (f'textdecodebase64("{text}", "{encoding}")' for encoding in ENCODINGS)
        yield from (f'textencodebase64("{text}", "{encoding}")' for encoding in ENCODINGS)
    for stamp in STAMPS:
        yield from (f'timecmp("{stamp}", "{other}")' for other in [stamp, STAMPS[0], STAMPS[33]])


# The families, and how many of their calls are recorded.
FAMILIES = {"numbers": (numbers, 2000), "formats": (formats, 2000), "patterns": (patterns, 2800), "strings": (strings, 1200),
            "documents": (documents, 1500), "times": (times, 900), "files": (files, 3000)}


def calls(*families):
    """The calls of these families, or of all."""
    for name, (family, _) in FAMILIES.items():
        if not families or name in families:
            yield from family(random.Random(f"podgate {name}"))


class Number(str):
    """A number, as Terraform wrote it."""


def encoded(value):
    """A value in the record's form."""
    if isinstance(value, Number):
        # A plan does not tell the zeros apart.
        return "#0" if value == "-0" else f"#{value}"
    if isinstance(value, str):
        return f"'{value}"
    if isinstance(value, list):
        return [encoded(element) for element in value]
    if isinstance(value, dict):
        return {name: encoded(member) for name, member in value.items()}
    return value


def answers(asked, directory):
    """The answers to some calls; what Terraform does not know has none."""
    batch = ", ".join(f"try({{ v = jsonencode({call}) }}, {{}})" for call in asked)
    environment = dict(os.environ, TF_CLI_CONFIG_FILE="/dev/null", CHECKPOINT_DISABLE="1")
    # In base 64, since the console quotes texts in its own way.
    console = subprocess.run(["terraform", "console"], input=f"base64encode(jsonencode([{batch}]))\n", cwd=directory, env=environment,
                             capture_output=True, text=True)
    if console.returncode == 0 and console.stdout.startswith('"'):
        for call, answer in zip(asked, json.loads(base64.b64decode(console.stdout.strip()[1:-1]))):
            value = encoded(json.loads(answer["v"], parse_int=Number, parse_float=Number)) if "v" in answer else None
            yield call, json.dumps(value, ensure_ascii=False, sort_keys=True) if "v" in answer else "error"
    elif len(asked) > 1:
        yield from answers(asked[:len(asked) // 2], directory)
        yield from answers(asked[len(asked) // 2:], directory)
    elif console.returncode != 0:
        yield asked[0], "error"


def main():
    """Records some calls of every family, each once."""
    with tempfile.TemporaryDirectory() as parent:
        directory = os.path.join(parent, "files")
        shutil.copytree(os.path.join(HERE, "files"), directory)
        for name, (_, most) in FAMILIES.items():
            found = [call for call in dict.fromkeys(calls(name)) if "\t" not in call and "\n" not in call]
            found = random.Random(name).sample(found, min(most, len(found)))
            for start in range(0, len(found), BATCH):
                for call, answer in answers(found[start:start + BATCH], directory):
                    # Where the console locks its state in a file, that is no answer.
                    if LOCK not in answer:
                        print(f"{call}\t{answer}")
            print(f"{name}: {len(found)}", file=sys.stderr)


if __name__ == "__main__":
    main()
