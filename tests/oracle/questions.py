"""Random expressions with an eye on types: what is empty, null or unknown keeps the type that it was made with.

`closed` are expressions without references, `open_` such that refer to the variables of `unknown.tf`, whose values
nobody knows. Both are the same in every run.
"""

import itertools
import random

# Values by the kind of parameter that takes them. Every pool has something empty, something null and something of
# another type that converts.
POOLS = {
    "bool": ["true", "false", '"true"', "tobool(null)", '!tobool("false")', "null"],
    "number": ["0", "1", "2", "-1", "1.5", '"3"', "1e3", "tonumber(null)", "length([])", "null", "7 / 2"],
    "string": ['""', '"a"', '"a-b"', '"true"', '"1"', '"é"', '"A,b,"', "tostring(null)", 'join("", [])', '" x\\n"', "null", "1", "true"],
    "strings": ['tolist(["a", "b"])', "tolist([])", "tolist([tostring(null)])", 'compact([""])', 'split(",", "")', "[]", '["a"]',
                "[null]", "keys({})", 'slice(tolist(["a"]), 0, 0)', '["a", 1, true]', 'toset(["b", "a"])', "tolist(null)", 'sort(["b", ""])'],
    "bools": ["[]", "[true]", "tolist([tobool(null)])", '["true", "false"]', "tolist([])", "values({ a = true })", "[null]", "tolist([false, true])"],
    "list": ['tolist(["a", "b"])', "tolist([])", "[]", "[1, \"a\"]", "[[]]", "[null]", "tolist([1, 2])", "[{ a = 1 }, { b = 2 }]", "[true]",
             "tolist([[], []])", 'toset(["b", "a"])', "range(0)", "range(2)", "tolist([{ a = 1 }])", "chunklist([], 1)", "[tostring(null)]", "tolist(toset([]))",
             'split(",", "a,b")', "flatten([])", "values({})", "tolist([tonumber(null)])", "tolist(null)"],
    "set": ["toset([])", 'toset(["a"])', 'setintersection(["a"], ["b"])', "toset([1, 2])", 'setsubtract(["a"], ["a"])', '["a", "b"]', "[]",
            "toset([null])", "toset([tostring(null)])", "toset([[], [1]])", "setunion([], [])", "toset(range(0))", "setproduct([], [])", "toset(null)", "[1, \"1\"]"],
    "map": ["{}", "tomap({})", 'tomap({ a = "x" })', "{ a = 1 }", '{ a = "x", b = true }', "tomap({ a = tostring(null) })", "zipmap([], [])", "merge({}, {})",
            "{ a = null }", "{ for k in []: k => k }", "{ for k in tolist([]): k => k }", 'jsondecode("{}")', "tomap({ a = [], b = [] })", "transpose({})",
            '{ a = ["x"] }', "tomap(null)", 'yamldecode("{a: 1}")', "{ a = { b = true } }", "tomap({ a = true, b = false })"],
    "regex": ['"a"', '"(a)(b)?"', '"(?P<n>[a-z]+)"', '""', '"("', '"^$"', '"[[:upper:]]"', '"a|b"', '"\\\\d+"', '"(?i)A"', '"(?P<x>z)?a"'],
    "path": ['"a.json"', '"hello.tpl"', '"nope"', '"sub/b.txt"', '"."', '"./a.yaml"', '"binary.bin"', '"/a/b/"', '""', '"sub"', 'tostring(null)'],
    "glob": ['"*"', '"**"', '"*.tpl"', '"sub/*"', '"?.json"', '"[a-b].*"', '"{a,b}.*"', '"zz"', '""', '"**/*.txt"', '"["'],
    "cidr": ['"10.0.0.0/8"', '"192.168.1.7/24"', '"fe80::/10"', '"10.0.0.0"', '"0.0.0.0/0"', '""', '"10.1.2.3/32"'],
    "time": ['"2024-02-29T12:30:45Z"', '"2020-01-01T00:00:00+01:00"', '"yesterday"', '""', '"1999-12-31T23:59:59.5Z"'],
    "duration": ['"1h"', '"-90m"', '"1.5s"', '"x"', '"0"', '"24h30m"'],
    "layout": ['"YYYY-MM-DD"', '"EEEE, DD-MMM-YY hh:mm:ss ZZZ"', '"HH\'h\' aa"', '"Q"', '""', '"MMMM D hhZ"'],
    "verbs": ['"%s"', '"%d"', '"%v %v"', '"%q"', '"%#v"', '"%5.2f|%-5s|"', '"%%"', '"%t"', '"%[2]s %[1]s"', '"%x"', '"%e"', '"%g"', '"%03d"', '"%b"', '"%s-%s"', '"plain"'],
    "json": ['"{}"', '"[]"', '"null"', '"[1, \\"a\\", null]"', '"{\\"a\\": {\\"b\\": []}}"', '"1.50"', '"x"', '""', '"true"', '"\\"s\\""', '"[[], {}]"'],
    "yaml": ['"{}"', '"[]"', '"null"', '"a: 1"', '"- true\\n- no\\n- ~"', '"a: [1, x]\\nb: {c: }"', '""', '"x"', '"1.5"', '"a: &q [1]\\nb: *q"', '"--- a\\n--- b"', '"[a, 1]: 2"', '"t: 2001-01-01"'],
    "csv": ['"a,b\\n1,2\\n"', '"a\\n"', '""', '"a,a\\n1,2\\n"', '"a,b\\n1\\n"', '"a\\n\\"x\\ny\\"\\n"'],
    "digits": ['"ff"', '"10"', '"12"', '"z"', '""', '"-7"', "10", '"0b1"'],
    "base": ["16", "10", "2", "36", "62", "63", "1", '"8"', "10.5"],
    "encoding": ['"UTF-16LE"', '"utf-8"', '"latin1"', '"Windows-1252"', '"nope"', '"US-ASCII"'],
    "space": ['"dns"', '"url"', '"6ba7b810-9dad-11d1-80b4-00c04fd430c8"', '"x"'],
    "coded": ['"YQ=="', '"YQ"', '""', '"4pyTIMOg"', '"!"', '"YWI="'],
    "vars": ["{}", '{ name = "n", names = ["a"] }', "{ on = true }", '{ l = [] }', '{ items = ["x", "y"] }', '{ "1" = 2 }', "null", "[]"],
}
POOLS["any"] = list(dict.fromkeys(itertools.chain(*(POOLS[kind] for kind in ("bool", "number", "string", "list", "set", "map", "strings")))))

# Functions, and the kinds of their parameters; the last one repeats after a star.
SIGNATURES = """
abs number|alltrue bools|anytrue bools|base64decode coded|base64encode string|base64sha256 string|base64sha512 string|basename path
can any|ceil number|chomp string|chunklist list number|cidrhost cidr number|cidrnetmask cidr|cidrsubnet cidr number number
cidrsubnets cidr *number|coalesce *any|coalescelist *list|compact strings|concat *list|contains list any|csvdecode csv|dirname path
distinct list|element list number|endswith string string|file path|filebase64 path|fileexists path|filemd5 path|fileset path glob
filesha256 path|flatten list|floor number|format verbs *any|formatdate layout time|formatlist verbs *list|indent number string
index list any|issensitive any|join string *strings|jsondecode json|jsonencode any|keys map|length any|log number number
lookup map string *any|lower string|matchkeys list list list|max *number|md5 string|merge *map|min *number|nonsensitive any|one list
parseint digits base|pathexpand path|pow number number|range *number|regex regex string|regexall regex string
replace string string string|reverse list|setintersection set *set|setproduct *set|setsubtract set set|setunion set *set|sha1 string
sha256 string|sha512 string|signum number|slice list number number|sort strings|split string string|startswith string string
strcontains string string|strrev string|substr string number number|sum list|templatefile path vars|textdecodebase64 coded encoding
textencodebase64 string encoding|timeadd time duration|timecmp time time|title string|tobool any|tolist any|tomap any|tonumber any
toset any|tostring any|transpose map|trim string string|trimprefix string string|trimspace string|trimsuffix string string
try any *any|upper string|urlencode string|uuidv5 space string|values map|yamldecode yaml|yamlencode any|zipmap strings list
ephemeralasnull any|sensitive any|templatestring string vars
"""

# What is empty, null, or of a type that only its origin tells. Any two are compared.
TELLTALES = [
    "[]", "{}", "null", "tolist([])", "toset([])", "tomap({})", "tostring(null)", "tonumber(null)", "tobool(null)", "tolist(null)",
    "[null]", "[tostring(null)]", "tolist([tostring(null)])", "tolist([tonumber(null)])", "{ a = null }", "{ a = tobool(null) }",
    "tomap({ a = tostring(null) })", "tomap({ a = tonumber(null) })", "toset([tostring(null)])", "toset([null])",
    'setintersection(["a"], ["b"])', 'setsubtract(["a"], ["a"])', "setunion([], [])", "setproduct([], [])", "setproduct([1], [])",
    'compact([""])', 'sort(compact([""]))', 'slice(tolist(["a"]), 0, 0)', "slice([1], 0, 0)", "range(0)", "chunklist([], 1)", 'csvdecode("a\\n")',
    'fileset(".", "zz")', "keys({})", "keys(tomap({}))", "values({})", "values(tomap({}))", "flatten([])", "distinct([])", "distinct(tolist([]))",
    "concat([], [])", "concat(tolist([]), [])", "reverse([])", "reverse(tolist([]))", "merge({}, {})", "merge(tomap({}), {})", "zipmap([], [])",
    "transpose({})", 'regexall("b", "a")', 'regexall("(b)", "a")', "matchkeys([], [], [])", 'matchkeys(["a"], ["b"], ["c"])', 'split(",", "")',
    "[for x in []: x]", "[for x in tolist([]): x]", "{for x in []: x => x}", "[for x in tolist([1]): x if false]", "{for k, v in tomap({}): k => v}",
    "{for x in []: x => x...}", "[][*]", "tolist([])[*]", "null[*]", "tostring(null)[*]", "tolist([])[*].a", "tolist([[]])[0]", "tolist([[], [1]])[0]",
    "tomap({ a = [], b = [1] }).a", "true ? [] : [1]", "true ? {} : { a = 1 }", 'true ? tolist([]) : tolist(["a"])', "true ? null : 1", 'true ? null : "a"',
    "false ? 1 : null", "true ? toset([]) : toset([1])", "true ? tomap({}) : { a = 1 }", 'jsondecode("[]")', 'jsondecode("{}")', 'jsondecode("null")',
    'yamldecode("[]")', 'yamldecode("{}")', 'coalesce(tolist([]), tolist([1]))', "coalescelist([], [null])", "try([], 1)", "try(tolist([]), 1)", "one([])",
    "one(tolist([]))", 'one(tolist(["a"]))', "lookup({}, \"a\", [])", 'lookup(tomap({}), "a", "x")', "element([[]], 0)", "element(tolist([[], [1]]), 0)",
    "nonsensitive(sensitive([]))", "tolist(toset([]))", "toset(tolist([]))", "tolist([{}])", "tolist([[]])", "[[]]", "[{}]", "tomap({ a = {} })",
    "tolist([true])", "tolist([1])", 'tolist(["1"])', "[1]", '["1"]', "toset([1])", 'toset(["1"])', "{ a = 1 }", '{ a = "1" }', "tomap({ a = 1 })", "1", '"1"', "true", '"true"', '""', "0",
]

OPEN = ["var.any", "var.bool", "var.number", "var.string", "var.list", "var.numbers", "var.set", "var.map", "var.flags", "var.object",
        "var.objects", "var.tuple", "var.empty", "var.object.a", "var.object.b", "var.object.l", "var.tuple[0]", "var.tuple[1]", "var.list[0]", 'var.map["a"]',
        "var.map.a", "var.flags.a", "var.objects[0].a", "var.objects[*].n", "var.any.x", "var.any[0]", '"${var.string}"', '"x${var.string}"', "!var.bool", "-var.number",
        "var.number + 1", "var.bool && false", "var.bool || true", "var.bool && true", "false && var.bool", "[var.string]", "{ a = var.bool }", "[var.bool, 1]",
        "tolist([var.string])", "toset([var.string, \"a\"])", "tomap({ a = var.string })", "length(var.list)", "keys(var.map)", "values(var.flags)",
        "[for x in var.list: x]", "[for x in var.set: upper(x)]", "{for k, v in var.map: k => v}", "{for o in var.objects: o.n => o.a}", "var.string == null", "var.any == null",
        "var.list == []", "[for x in [1, 2]: x if var.bool]", "var.bool ? 1 : 2", "var.bool ? [] : [1]", 'var.bool ? "a" : "a"', "var.bool ? null : true", 'true ? var.string : "a"', "var.bool ? var.string : 1",
        "coalesce(var.string, \"a\")", "try(var.any.x, 1)", "can(var.any.x)", "can(var.object.zz)", "try(var.object.zz, 2)", "merge(var.map, { a = \"x\" })", "concat(var.list, [\"a\"])",
        "lookup(var.map, \"a\", \"x\")", "contains(var.list, \"a\")", "tobool(var.string)", "tostring(var.bool)", "jsonencode({ a = var.bool })", "jsondecode(var.string)", "var.list[*]", "var.string[*]", "var.any[*]",
        "var.object[*].a", "one(var.list)", "element(var.list, 0)", "setunion(var.set, [\"a\"])", "distinct(var.list)", "sort(var.list)", "compact(var.list)", "flatten([var.list, [\"a\"]])", "slice(var.list, 0, 1)",
        "zipmap(var.list, var.numbers)", "max(var.number, 1)", "sum(var.numbers)", "range(var.number)", "nonsensitive(sensitive(var.string))", "sensitive(var.string)"]

ONE = ["{}", "{} == null", "null == {}", "{} != null", "{} == {}", "can({})", "try({}, 7)", "[{}]", "{{ a = {} }}", "tolist([{}])", "toset([{}])", "tomap({{ a = {} }})", "length({})", "{}[*]", "{}.*",
       "[for x in {}: x]", "[for k, v in {}: k]", "{{for k, v in {}: k => v}}", "[for x in {}: x if x != null]", "[for x in {}: x == null]", "{}[0]", '{}["a"]', "{}.a", "{}.a.b", "{}[*].a", "!{}", "-{}", "{} + 1",
       '"${{{}}}"', '"<${{{}}}>"', "{} ? 1 : 2", "{} && true", "{} || true", "true || {}", "false && {}", "true ? {} : null", "false ? 1 : {}", "true ? 1 : {}", 'true ? "a" : {}', "true ? [] : {}", "true ? {{}} : {}",
       "true ? [1] : {}", 'true ? {{ a = "x" }} : {}', "can(tostring({}))", "can(tonumber({}))", "can(tolist({}))", "can(toset({}))", "can(tomap({}))", "jsonencode({})", "contains([{}], null)", "contains([[]], {})",
       "coalesce({}, 1)", "merge({}, {{ z = 1 }})", "concat({}, [1])", "flatten([{}])", "distinct([{}, {}])", "type({})", "%{if", '"%{{ if {} }}y%{{ else }}n%{{ endif }}"', '"%{{ for x in {} }}<${{x}}>%{{ endfor }}"', "{} > 0", "{} == 0",
       "[...{}]", "max({}...)", "concat({}...)", "{{ ({}) = 1 }}", "{{ a = {} }}.a", "[1, 2][{}]", "{{ a = 1 }}[{}]", "tolist([1, 2])[{}]", "one({})", "values({{ a = {} }})", "lookup({{ a = {} }}, \"a\", 1)", "lookup({{}}, \"b\", {})"]

TWO = ["{} == {}", "{} != {}", "true ? {} : {}", "false ? {} : {}", "[{}, {}]", "tolist([{}, {}])", "[for x in [{}, {}]: x]", "tomap({{ a = {}, b = {} }})", "{{ a = {}, b = {} }}", "contains([{}], {})", "concat({}, {})",
       "merge({}, {})", "coalesce({}, {})", "try({}, {})", "setunion({}, {})", "(true ? {} : {}) == []", "var.bool ? {} : {}", "can(true ? {} : {})", "tolist([{}]) == tolist([{}])", "toset([{}, {}])", "{} && {}", "{} < {}"]


def argument(kind, pools, dice):
    """An argument for a parameter; of another kind now and then."""
    if dice.random() < 0.08:
        kind = "any"
    return dice.choice(pools[kind])


def calls(pools, each, dice):
    """Calls of all functions with arguments of every kind."""
    for signature in SIGNATURES.replace("\n", "|").strip("|").split("|"):
        name, *kinds = signature.split()
        simple = name in ("md5", "sha1", "sha256", "sha512", "base64sha256", "base64sha512", "filemd5", "filesha256", "pathexpand")
        for _ in range(each // 4 if simple else each):
            arguments = []
            for kind in kinds:
                many = dice.choice([0, 1, 1, 2, 2, 3]) if kind.startswith("*") else 1
                arguments += [argument(kind.lstrip("*"), pools, dice) for _ in range(many)]
            if dice.random() < 0.02:
                arguments = arguments[:-1] if dice.random() < 0.5 else arguments + ["1"]
            expanded = "..." if arguments and dice.random() < 0.03 else ""
            yield f"{name}({', '.join(arguments)}{expanded})"


def shapes(values, shapes_, count, dice):
    """So many expressions of these shapes over these values."""
    for _ in range(count):
        shape = dice.choice(shapes_)
        yield shape.format(*(dice.choice(values) for _ in range(shape.replace("{{", "").count("{}"))))


def one_shapes(values, count, dice):
    """Shapes in which all holes are one value."""
    for _ in range(count):
        shape, value = dice.choice([shape for shape in ONE if "{}" in shape]), dice.choice(values)
        yield shape.format(*[value] * 3)


def closed():
    """Expressions without references."""
    dice = random.Random(20261125)
    shapes_ = [shape for shape in TWO if "var." not in shape]
    yield from TELLTALES
    yield from calls(POOLS, 40, dice)
    yield from one_shapes(TELLTALES, 1100, dice)
    yield from shapes(TELLTALES, ["{} == {}", "{} != {}"], 900, dice)
    yield from shapes(TELLTALES, shapes_, 1500, dice)


def open_():
    """Expressions over variables that have no value."""
    dice = random.Random(20261126)
    pools = {kind: list(pool) for kind, pool in POOLS.items()}
    for kind, more in {"bool": ["var.bool", "var.any"], "number": ["var.number"], "string": ["var.string", '"a${var.string}"'], "strings": ["var.list", "[var.string]", "var.set"],
                       "bools": ["[var.bool]", "values(var.flags)"], "list": ["var.list", "var.objects", "[var.any, 1]"], "set": ["var.set", "[var.string]"], "map": ["var.map", "var.object", "{ a = var.any }"],
                       "any": OPEN, "regex": ["var.string"], "path": ["var.string"], "verbs": ["var.string"], "json": ["var.string"], "yaml": ["var.string"], "csv": ["var.string"], "vars": ["{ name = var.string }"]}.items():
        pools[kind] += more * 4
    yield from OPEN
    yield from one_shapes(OPEN, 1200, dice)
    yield from shapes(OPEN + TELLTALES, TWO, 900, dice)
    yield from (one for one in calls(pools, 16, dice) if "var." in one)
