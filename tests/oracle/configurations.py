"""Random configurations: trees of modules with policies whose `host_ipc` comes from everywhere.

`generated(seed)` is a configuration: `{path: text}`. The same seed gives the same configuration. What an expression is
made of is chosen by its type, so that most configurations are plans; in some, something is broken on purpose.
"""

import json
import random

POLICIES = ["kubernetes_pod_security_policy", "kubernetes_pod_security_policy", "kubernetes_pod_security_policy_v1beta1"]
NAMES = ["a", "b", "c", "x", "on", "prod", "dev", "k1"]
KEYS = ["a", "b", "prod", "x y", "é", "1", "on"]
REQUIRED = "\n".join(f'    {name} {{\n      rule = "RunAsAny"\n    }}' for name in ("run_as_user", "fs_group", "supplemental_groups"))

# Pieces with quotes, for templates.
QUOTED_KEY, NOT_A, SECRET, AT = '"${k}"', ' if k != "a"', '["secret"]', '["a"]'

# Expressions of a type that are easily taken for another, or that only their type tells apart.
ODD = {
    "bool": ['setintersection(["a"], ["b"]) == toset([])', "tolist([]) == []", "[] == []", 'tolist([tostring(null)]) == tolist([tonumber(null)])', 'compact([""]) == tolist([])',
             '"true" == true', "1 == \"1\"", "toset([1]) == toset([\"1\"])", "null == tostring(null)", "{} == tomap({})", "range(0) == tolist([])", 'try(tobool("x"), true)', 'can(tonumber("Inf"))', "can(tonumber(\"0x1p4\"))",
             "can([][0])", 'can(regex("\\\\141", "a"))', 'length("क्षि") == 1', "lookup({}, \"a\", true)", "coalesce(null, true)", 'alltrue([])', "anytrue([])", "contains([1], \"1\")", "contains(tolist([\"1\"]), 1)",
             'can(tobool("True"))', "tobool(null) == null", "1 / 0 > 1", "pow(2, 0.5) > 1.4", 'format("%g", 1e21) == "1e+21"', 'title("éa") == "Éa"', "jsondecode(\"null\") == null", "keys({}) == []", "keys(tomap({})) == []",
             'yamldecode("a: yes").a == true', "one([]) == null", 'try(null.a, false)', "(true ? [] : [1]) == tolist([])", 'csvdecode("a\\n") == tolist([])', 'substr("abc", -1, 1) == "c"', "merge({ a = true }, { a = null }).a == null",
             'trimspace("\u00a0a") == "a"', 'sort(["b", "A"])[0] == "A"', "flatten([[], [[]]]) == []", 'values({ b = 1, a = 2 })[0] == 2', 'element(["a", "b"], 3) == "b"', 'templatestring("x", {}) == "x"', "issensitive(sensitive(1))",
             "nonsensitive(sensitive(true))", 'tonumber("1e2") == 100', "-0 == 0", "0.1 + 0.2 == 0.3", 'zipmap([], []) == {}', "setproduct([], [1]) == toset([])", 'fileset(".", "*.nope") == toset([])', 'distinct(["a", "a"]) == tolist(["a"])', 'base64decode("YQ==") == "a"'],
    "string": ['tostring(null)', '"${null == null}"', 'join(",", [])', 'jsonencode({ a = null })', 'yamlencode([])', 'format("%v", [1])', 'trimprefix("aa", "a")', 'replace("a.b", "/\\\\./", "-")', 'strrev("ab")', 'terraform.workspace', "path.module", "basename(path.root)", 'lower("É")'],
    "number": ['length({})', 'length("é")', "1 / 3", 'tonumber("1")', "max([]...)", "sum([1])", 'parseint("ff", 16)', "length(path.module)"],
}


class Module:
    """What of a module others see, and what is written in it."""

    def __init__(self, directory, depth):
        self.directory, self.depth = directory, depth
        self.references = []
        self.variables = {}
        self.outputs = {}
        self.inside = set()


class Generator:
    def __init__(self, seed):
        self.dice, self.files, self.count, self.modules = random.Random(seed), {}, 0, []
        self.is_broken = self.chance(0.13)

    # Dice.
    def chance(self, share):
        return self.dice.random() < share

    def pick(self, *options):
        return self.dice.choice(options)

    def name(self, prefix):
        self.count += 1
        return f"{prefix}{self.count}" + self.pick("", "", "", "", "_x", "-y", "é")

    # Types: "bool", "number", "string", ("list", t), ("set", t), ("map", t), ("object", {name: t}).
    def type(self, depth=2):
        simple = self.pick("bool", "bool", "bool", "string", "number")
        if depth == 0 or self.chance(0.45):
            return simple
        kind = self.pick("list", "map", "map", "object", "object", "set")
        if kind == "object":
            names = self.dice.sample(NAMES, self.dice.randint(1, 3))
            return ("object", tuple((name, self.type(depth - 1)) for name in sorted(names)))
        return (kind, self.pick("string", "number", "bool") if kind == "set" else self.type(depth - 1))

    def constraint(self, kind, given):
        """A type constraint that values of a type meet. `given` says which attributes may be left out."""
        if isinstance(kind, str):
            return self.pick(kind, kind, kind, kind, "any", "string" if kind != "string" else "any")
        if kind[0] == "object":
            parts = []
            for name, inner in kind[1]:
                text = self.constraint(inner, given) if not self.exact else self.exact_constraint(inner)
                if self.chance(0.35):
                    given.add(name)
                    default = f", {self.literal(inner)}" if self.chance(0.6) else ""
                    text = f"optional({self.exact_constraint(inner)}{default})"
                parts.append(f"{name} = {text}")
            joined = ", ".join(parts)
            return f"object({{ {joined} }})"
        return f"{kind[0]}({self.constraint(kind[1], given)})"

    exact = True

    def exact_constraint(self, kind):
        if isinstance(kind, str):
            return kind
        if kind[0] == "object":
            joined = ", ".join(f"{name} = {self.exact_constraint(inner)}" for name, inner in kind[1])
            return f"object({{ {joined} }})"
        return f"{kind[0]}({self.exact_constraint(kind[1])})"

    # Values without references: for defaults, tfvars.
    def constant(self, kind, without=()):
        if kind == "bool":
            return self.pick(True, False, True, False, "true", "false")
        if kind == "number":
            return self.pick(0, 1, 2, 1.5, -1, "1")
        if kind == "string":
            return self.pick("", "a", "b", "true", "prod", "x y", "é", "1", True)
        if kind[0] in ("list", "set"):
            return [self.constant(kind[1], without) for _ in range(self.pick(0, 1, 1, 2, 3))]
        if kind[0] == "map":
            return {key: self.constant(kind[1], without) for key in self.dice.sample(KEYS, self.pick(0, 1, 2, 2))}
        return {name: (None if self.chance(0.05) else self.constant(inner, without)) for name, inner in kind[1] if name not in without or self.chance(0.5)}

    def hcl(self, value):
        if isinstance(value, list):
            return "[" + ", ".join(map(self.hcl, value)) + "]"
        if isinstance(value, dict):
            one = ", ".join(f"{self.key(key)} = {self.hcl(inner)}" for key, inner in value.items())
            return f"{{ {one} }}" if one else "{}"
        text = json.dumps(value, ensure_ascii=False)
        return text.replace("${", "$${").replace("%{", "%%{") if isinstance(value, str) else text

    def key(self, key):
        return key if key.isascii() and key.isalpha() and self.chance(0.6) else json.dumps(key, ensure_ascii=False)

    def literal(self, kind, without=()):
        return self.hcl(self.constant(kind, without))

    # Expressions of a type.
    def reference(self, kind, module):
        found = [text for known, text in module.references if known == kind]
        return self.dice.choice(found[-12:]) if found else None

    def expression(self, kind, module, depth=2):
        known = self.reference(kind, module)
        if known and self.chance(0.45 if depth > 0 else 0.8):
            return known
        if depth <= 0:
            return self.literal(kind)
        if isinstance(kind, str) and self.chance(0.1):
            return f"({self.dice.choice(ODD[kind])})"
        inner = lambda other, less=1: self.expression(other, module, depth - less)
        if self.chance(0.16):
            return self.general(kind, inner)
        return self.dice.choice(self.ways(kind, inner))()

    def general(self, kind, inner):
        """Ways to an expression of any type."""
        return self.dice.choice([
            lambda: f'({inner("bool")} ? {inner(kind)} : {inner(kind)})',
            lambda: f"try({inner(kind)}, {inner(kind)})",
            lambda: f'try({{ a = 1 }}.{self.pick("b", "c.d")}, {inner(kind)})',
            lambda: f"[{inner(kind)}][0]",
            lambda: f"{{ it = {inner(kind)} }}.it",
            lambda: f"coalesce({self.pick('null, ', '')}{inner(kind)})" if isinstance(kind, str) else f"[null, {inner(kind)}][1]",
            lambda: f"one([{inner(kind)}])",
            lambda: f"jsondecode(jsonencode({inner(kind)}))" if kind != "number" else f"yamldecode(yamlencode({inner(kind)}))",
            lambda: f"lookup({{ a = {inner(kind)} }}, \"{self.pick('a', 'a', 'z')}\", {inner(kind)})",
            lambda: f"element([{inner(kind)}, {inner(kind)}], {self.pick('0', '1', '5')})",
            lambda: f"values({{ a = {inner(kind)} }})[0]",
            lambda: f"[for x in [{inner(kind)}]: x][0]",
            lambda: f"{{ for k in [\"a\"]: k => {inner(kind)} }}.a",
            lambda: f"merge({{ it = {inner(kind)} }}, {self.pick('{}', '{ other = 1 }')}).it",
        ])()

    def ways(self, kind, inner):
        if kind == "bool":
            other = self.type(1)
            maps, lists, strings = ("map", "bool"), ("list", "bool"), ("list", "string")
            objects = ("list", ("object", (("on", "bool"), ("x", "string"))))
            return [
                lambda: f"!{self.pick('', '(')}{inner('bool')}".replace("!(", "!(") + (")" if False else "") if False else f"!({inner('bool')})",
                lambda: f"({inner('bool')} {self.pick('&&', '||')} {inner('bool')})",
                lambda: f"({inner('number')} {self.pick('<', '>', '<=', '>=', '==', '!=')} {inner('number')})",
                lambda: f"({inner('string')} {self.pick('==', '!=')} {inner('string')})",
                lambda: f"({inner(other)} {self.pick('==', '!=')} {inner(other)})",
                lambda: f"({inner(other)} {self.pick('==', '!=')} {inner(self.type(1))})",
                lambda: f"({inner(other)} {self.pick('==', '!=')} null)",
                lambda: f"contains({inner(strings)}, {inner('string')})",
                lambda: f"contains({inner(lists)}, {inner('bool')})",
                lambda: f"{self.pick('anytrue', 'alltrue')}({inner(lists)})",
                lambda: f"lookup({inner(maps)}, {inner('string')}, {inner('bool')})",
                lambda: f"try({inner(maps)}[{inner('string')}], {inner('bool')})",
                lambda: f"can({inner(other)}{self.pick('', '.on', '[0]')})",
                lambda: f"(length({inner(self.pick(maps, lists, strings, ('set', 'string')))}) {self.pick('>', '==')} {inner('number')})",
                lambda: f"anytrue({inner(objects)}{self.pick('[*]', '.*')}.on)",
                lambda: f"anytrue([for o in {inner(objects)}: o.on{self.pick('', ' if o.x != null')}])",
                lambda: f"tobool(\"${{{inner('bool')}}}\")",
                lambda: f"{self.pick('startswith', 'strcontains', 'endswith')}({inner('string')}, {inner('string')})",
                lambda: f"can(regex(\"{self.pick('^a', 'o', '^$', '[[:alpha:]]+')}\", {inner('string')}))",
                lambda: f"alltrue([for k, v in {inner(maps)}: v])",
                lambda: f"tobool({self.pick('', 'tostring(')}{inner('bool')}" + ")" if False else f"tobool(tostring({inner('bool')}))",
                lambda: f"nonsensitive(sensitive({inner('bool')}))",
                lambda: f"jsondecode(file(\"${{path.module}}/data.json\")).{self.pick('on', 'off')}",
                lambda: f"yamldecode(file(\"${{path.module}}/data.yaml\")).{self.pick('on', 'deep.on', 'list[0]', 'copy.on')}",
                lambda: f"tobool(trimspace(templatefile(\"${{path.module}}/flag.tpl\", {{ on = {inner('bool')}, names = {inner(strings)} }})))",
            ]
        if kind == "number":
            return [
                lambda: f"({inner('number')} {self.pick('+', '-', '*')} {inner('number')})",
                lambda: f"length({inner(self.pick(('list', 'string'), ('map', 'string'), 'string'))})",
                lambda: f"{self.pick('max', 'min')}({inner('number')}, {inner('number')})",
                lambda: f"sum(concat([0], {inner(('list', 'number'))}))",
                lambda: f"tonumber(\"${{{inner('number')}}}\")",
                lambda: f"{self.pick('abs', 'floor', 'ceil', 'signum')}({inner('number')})",
            ]
        if kind == "string":
            return [
                lambda: f"\"{self.pick('', 'x', 'é')}${{{inner(self.pick('string', 'bool', 'number'))}}}\"",
                lambda: f"{self.pick('upper', 'lower', 'trimspace', 'title')}({inner('string')})",
                lambda: f"join(\"{self.pick(',', '')}\", {inner(('list', 'string'))})",
                lambda: f"\"%{{ if {inner('bool')} }}{self.pick('true', 'a')}%{{ else }}{self.pick('false', 'b')}%{{ endif }}\"",
                lambda: f"tostring({inner(self.pick('bool', 'number'))})",
                lambda: f"replace({inner('string')}, \"a\", {inner('string')})",
                lambda: f"format(\"{self.pick('%s', '%s-x', '%v')}\", {inner('string')})",
                lambda: f"try({inner(('map', 'string'))}[{inner('string')}], {inner('string')})",
                lambda: f"trim({inner('string')}, \"a\")",
            ]
        of = kind[1]
        if kind[0] == "list":
            return [
                lambda: f"[{', '.join(inner(of) for _ in range(self.pick(0, 1, 2)))}]",
                lambda: f"tolist([{', '.join(inner(of) for _ in range(self.pick(0, 1, 2)))}])",
                lambda: f"[for x in {inner(kind)}: x{self.pick('', '', ' if x != null', ' if false')}]",
                lambda: f"concat({inner(kind)}, {inner(kind)})",
                lambda: f"values({inner(('map', of))})",
                lambda: f"{self.pick('reverse', 'distinct', 'flatten' if isinstance(of, str) else 'reverse')}({inner(kind)})",
                lambda: f"{inner(kind)}[*]",
                lambda: f"{self.pick('compact', 'sort')}({inner(kind)})" if of == "string" else f"slice({inner(kind)}, 0, 0)",
                lambda: f"keys({inner(('map', 'bool'))})" if of == "string" else f"coalescelist({inner(kind)}, [{inner(of)}])",
                lambda: f"[for k, v in {inner(('map', of))}: v]",
                lambda: f"tolist({inner(('set', of))})" if isinstance(of, str) else inner(kind),
                lambda: f"split(\",\", {inner('string')})" if of == "string" else f"[{inner(of)}]",
            ]
        if kind[0] == "set":
            return [
                lambda: f"toset({inner(('list', of))})",
                lambda: f"{self.pick('setunion', 'setintersection', 'setsubtract')}({inner(kind)}, {inner(kind)})",
                lambda: f"toset([for x in {inner(kind)}: x{self.pick('', ' if x != null')}])",
                lambda: "toset([])",
                lambda: f"toset([{inner(of)}])",
            ]
        if kind[0] == "map":
            return [
                lambda: f"{{ {', '.join(f'{self.key(key)} = {inner(of)}' for key in self.dice.sample(KEYS, self.pick(0, 1, 2)))} }}",
                lambda: f"tomap({{ {', '.join(f'{self.key(key)} = {inner(of)}' for key in self.dice.sample(KEYS, self.pick(0, 1, 2)))} }})",
                lambda: f"merge({inner(kind)}, {inner(kind)})",
                lambda: f"{{ for k, v in {inner(kind)}: {self.pick('k', 'upper(k)', QUOTED_KEY)} => v{self.pick('', '', NOT_A, ' if v != null')} }}",
                lambda: f"{{ for k in {inner(('set', 'string'))}: k => {inner(of)} }}",
                lambda: f"zipmap([{json.dumps(self.pick(*KEYS))}], [{inner(of)}])",
                lambda: f"{{ for i, x in {inner(('list', of))}: \"k${{i}}\" => x }}",
            ]
        return [lambda: "{ " + ", ".join(f"{name} = {inner(one)}" for name, one in kind[1]) + " }",
                lambda: f"merge({inner(kind)}, {{ {kind[1][0][0]} = {inner(kind[1][0][1])} }})"]

    # Files.
    def write(self, module, text, name=None):
        name = name or self.pick("main.tf", "main.tf", "main.tf", "policies.tf", "z.tf")
        path = f"{module.directory}/{name}".lstrip("/")
        self.files[path] = self.files.get(path, "") + text

    def learn(self, module, kind, text):
        """Remembers a reference, and what can be read from it."""
        module.references.append((kind, text))
        if isinstance(kind, tuple) and kind[0] == "object":
            for name, inner in kind[1]:
                self.learn(module, inner, f"{text}.{name}")
        if isinstance(kind, tuple) and kind[0] in ("list", "map") and isinstance(kind[1], str) and self.chance(0.5):
            at = "[0]" if kind[0] == "list" else f"[\"{self.pick('a', 'b')}\"]"
            module.references.append((kind[1], f"try({text}{at}, {self.literal(kind[1])})"))

    def block(self, lines, indent="  "):
        return "".join(f"{indent}{line}\n" for line in lines if line)

    # The parts of a module.
    def variable(self, module, inputs):
        name, kind, optional = self.name("v"), self.type(), set()
        constraint = self.constraint(kind, optional) if self.chance(0.85) else None
        if constraint in ("any", "string") and kind != constraint and isinstance(kind, str):
            kind_seen = "string" if constraint == "string" else kind
        else:
            kind_seen = kind
        lines = [f"type = {constraint}"] if constraint else []
        has_default = self.chance(0.6)
        is_nullable = self.chance(0.12)
        if has_default:
            lines.append(f"default = {'null' if is_nullable else self.literal(kind, optional)}")
        if self.chance(0.1) and not is_nullable:
            lines.append("nullable = false")
        is_sensitive = self.chance(0.06)
        if is_sensitive:
            lines.append("sensitive = true")
        if self.chance(0.08):
            condition = self.pick(f"var.{name} == var.{name}", f"can(tostring(var.{name})) || true", f"length(jsonencode(var.{name})) < {self.pick(1000, 1000, 12)}")
            lines.append(f"validation {{\n    condition     = {condition}\n    error_message = \"Not allowed.\"\n  }}")
        self.dice.shuffle(lines)
        if self.chance(0.12) and not any("validation" in line for line in lines):
            attributes = {}
            if constraint:
                attributes["type"] = constraint
            if has_default:
                attributes["default"] = None if is_nullable else self.constant(kind, optional)
            self.files[f"{module.directory}/{name}.tf.json".lstrip("/")] = json.dumps({"variable": {name: attributes}}, ensure_ascii=False)
            is_sensitive = False
        else:
            self.write(module, f'variable "{name}" {{\n{self.block(lines)}}}\n')
        if is_sensitive:
            module.references.append(("bool", f"nonsensitive(var.{name} == null)"))
        elif is_nullable:
            module.references.append(("bool", f"(var.{name} == null)"))
            if isinstance(kind, str):
                self.learn(module, kind_seen, f"coalesce(var.{name}, {self.literal(kind)})")
        else:
            self.learn(module, kind_seen, f"var.{name}")
        module.variables[name] = (kind, has_default, optional, is_nullable)
        if inputs is not None and (not has_default or self.chance(0.3)):
            inputs[name] = (kind, optional)

    def inputs(self, module, inputs):
        for name, (kind, optional) in inputs.items():
            for _ in range(self.pick(1, 1, 1, 2)):
                style = self.pick("terraform.tfvars", "terraform.tfvars", "a.auto.tfvars", "z.auto.tfvars", "terraform.tfvars.json", f"{name}.auto.tfvars.json")
                value = self.constant(kind, optional)
                if style.endswith(".json"):
                    path = f"{module.directory}/{style}".lstrip("/")
                    known = json.loads(self.files.get(path, "{}"))
                    known[name] = value
                    self.files[path] = json.dumps(known, ensure_ascii=False)
                elif f"\n{name} = " not in "\n" + self.files.get(style, ""):
                    self.write(module, f"{name} = {self.hcl(value)}\n", style)
        if self.chance(0.06):
            self.write(module, "undeclared = true\n", "terraform.tfvars")

    def local(self, module):
        name, kind = self.name("l"), self.type()
        text = self.expression(kind, module, self.pick(1, 2, 2, 3))
        if self.chance(0.1):
            self.files[f"{module.directory}/{name}.tf.json".lstrip("/")] = json.dumps({"locals": {name: f"${{{text}}}"}}, ensure_ascii=False)
        else:
            self.write(module, f"locals {{\n  {name} = {text}\n}}\n")
        if self.chance(0.04):
            self.write(module, f"locals {{\n  {name} = {self.literal(kind)}\n}}\n", "b_override.tf")
        self.learn(module, kind, f"local.{name}")

    def other(self, module):
        """A resource that is no policy, and what can be read from it."""
        name = self.name("r")
        kind = self.pick("data", "map", "map", "space")
        if kind == "data":
            of = self.type(1)
            self.write(module, f'resource "terraform_data" "{name}" {{\n  input = {self.expression(of, module, 1)}\n}}\n')
            self.learn(module, of, f"terraform_data.{name}.{self.pick('input', 'input', 'input', 'output')}")
            module.references.append(("bool", f"(terraform_data.{name}.triggers_replace == null)"))
        elif kind == "map":
            self.write(module, f'resource "kubernetes_config_map" "{name}" {{\n  metadata {{\n    name = "{self.pick("n", "true")}"\n'
                               + self.pick("", '    labels = { a = true, b = 1 }\n', f'    annotations = {self.expression(("map", "string"), module, 1)}\n')
                               + f'  }}\n  data = {{ on = {self.expression("bool", module, 1)}, x = {self.expression("string", module, 1)} }}\n}}\n')
            at = f"kubernetes_config_map.{name}"
            for type_, text in (("bool", f"({at}.data.on == \"true\")"), ("string", f"{at}.data.x"), ("map", None), ("bool", f"({at}.immutable == null)"), ("string", f"{at}.metadata[0].name"),
                                ("bool", f"({at}.metadata[0].labels == null)"), ("bool", f"(length({at}.metadata) == 1)"), ("bool", f"tobool({at}.data[\"on\"])"), ("bool", f"({at}.metadata[0].uid == null)"),
                                ("bool", f"can({at}.metadata[0].nope)"), ("bool", f"({at}.metadata[0].labels == tomap({{ a = \"true\", b = \"1\" }}))")):
                if text and self.chance(0.4):
                    module.references.append((type_, text))
        else:
            self.write(module, f'resource "kubernetes_namespace" "{name}" {{\n  metadata {{\n    name = {self.expression("string", module, 1)}\n  }}\n}}\n')
            module.references.append(("string", f"kubernetes_namespace.{name}.metadata[0].name"))
            if self.chance(0.2):
                module.references.append(("string", f"kubernetes_namespace.{name}.id"))

    def policy(self, module):
        name, kind = self.name("p"), self.dice.choice(POLICIES)
        view = Module(module.directory, module.depth)
        view.references = list(module.references)
        meta = self.repetition(view)
        depth = self.pick(0, 1, 2, 2, 3)
        value = self.expression("bool", view, depth)
        if self.chance(0.1):
            value = self.pick("null", f"tostring({value})", f"({value} ? true : null)", f"\"${{{value}}}\"", "true", "false")
        if self.chance(0.08) and "each" not in meta and not meta:
            self.json_policy(module, kind, name, value)
        else:
            extra = self.extra(view)
            spec = self.pick("plain", "plain", "plain", "plain", "dynamic", "each", "none")
            lines = "" if spec == "none" else f"    host_ipc = {value}\n"
            body = f"{lines}{extra}{REQUIRED}\n"
            if spec == "dynamic":
                over = self.pick("[1]", "[1]", "toset([\"a\"])", "{ a = 1 }", f"{self.expression('bool', view, 1)} ? [1] : [2]")
                body = f"  dynamic \"spec\" {{\n    for_each = {over}\n    content {{\n{body}    }}\n  }}\n"
            elif spec == "each":
                over = f"[{self.expression('bool', view, 1)}]"
                iterator = self.pick("", "    iterator = it\n")
                word = "it" if iterator else "spec"
                body = body.replace(lines, f"    host_ipc = {self.pick('', '!')}{word}.value\n", 1)
                body = f"  dynamic \"spec\" {{\n    for_each = {over}\n{iterator}    content {{\n{body}    }}\n  }}\n"
            else:
                body = f"  spec {{\n{body}  }}\n"
            self.write(module, f'resource "{kind}" "{name}" {{\n{meta}  metadata {{\n    name = "p"\n  }}\n{body}{self.lifecycle(view)}}}\n')
        if self.chance(0.06):
            self.write(module, f'resource "{kind}" "{name}" {{\n  spec {{\n    host_ipc = {self.pick("true", "false", "null")}\n{REQUIRED}\n  }}\n}}\n', self.pick("override.tf", "p_override.tf"))
        self.read_policy(module, f"{kind}.{name}", meta)

    def extra(self, module):
        return "".join(line for share, line in (
            (0.15, f"    privileged = {self.expression('bool', module, 1)}\n"),
            (0.1, f"    read_only_root_filesystem = {self.literal('bool')}\n"),
            (0.1, f"    volumes = {self.pick(SECRET, '[]', '[1, true]')}\n"),
            (0.06, "    allowed_host_paths {\n      path_prefix = \"/\"\n      read_only = \"true\"\n    }\n"),
            (0.05, f"    dynamic \"allowed_host_paths\" {{\n      for_each = {self.expression(('list', 'string'), module, 1)}\n      content {{\n        path_prefix = allowed_host_paths.value\n      }}\n    }}\n"),
            (0.05, "    host_ports {\n      min = 1\n      max = \"2\"\n    }\n"),
        ) if self.chance(share))

    def lifecycle(self, module):
        if not self.chance(0.07):
            return ""
        which = self.pick("precondition", "postcondition", "ignore")
        if which == "ignore":
            return "  lifecycle {\n    ignore_changes = [metadata]\n  }\n"
        condition = self.expression("bool", module, 1)
        if self.chance(0.5):
            condition = f"{condition} || true"
        return f"  lifecycle {{\n    {which} {{\n      condition     = {condition}\n      error_message = \"Not so.\"\n    }}\n  }}\n"

    def repetition(self, view):
        """A `count` or a `for_each`, or neither; and what can be read in it."""
        which = self.pick("", "", "", "", "count", "map", "set", "objects", "list")
        if which == "count":
            count = self.pick("0", "1", "2", f"{self.expression('bool', view, 1)} ? 1 : 0", f"length({self.expression(('list', 'string'), view, 1)})", "true ? 1 : 0", '"1"')
            view.references += [("number", "count.index"), ("bool", "(count.index == 0)"), ("bool", "(count.index == 1)")]
            return f"  count = {count}\n"
        if which in ("map", "set", "objects"):
            kind = {"map": ("map", "bool"), "set": ("set", "string"), "objects": ("map", ("object", (("on", "bool"), ("x", "string"))))}[which]
            text = self.expression(kind, view, self.pick(1, 1, 2))
            if which == "set" and not text.startswith(("toset", "set", "local", "var")):
                text = f"toset({text})"
            view.references.append(("string", "each.key"))
            if which == "set":
                view.references += [("string", "each.value"), ("bool", '(each.key == "a")')]
            elif which == "map":
                view.references += [("bool", "each.value")] * 3
            else:
                view.references += [("bool", "each.value.on")] * 3 + [("string", "each.value.x")]
            return f"  for_each = {text}\n"
        if which == "list":
            view.references += [("string", "each.key"), ("bool", "each.value.on"), ("bool", "each.value.on")]
            return f"  for_each = {{ for i, o in {self.expression(('list', ('object', (('on', 'bool'), ('x', 'string')))), view, 1)}: \"k${{i}}\" => o }}\n"
        return ""

    def read_policy(self, module, address, meta):
        at = address if not meta else f"{address}[0]" if "count" in meta else None
        if at is None:
            module.references.append(("number", f"length({address})"))
            if self.chance(0.3):
                module.references.append((("list", "string"), f"[for k, p in {address}: k]"))
                module.references.append(("bool", f"anytrue([for p in {address}: try(p.spec[0].host_ipc, false)])"))
            return
        wrap = (lambda text: f"try({text}, false)") if meta else (lambda text: text)
        for text in (f"{at}.spec[0].host_ipc", f"({at}.spec[0].privileged == null)", f"({at}.spec[0].host_pid == null)", f"{at}.spec[0].read_only_root_filesystem", f"({at}.spec[0].volumes == tolist([\"secret\"]))",
                     f"(length({at}.spec[0].volumes) == 0)", f"({at}.metadata[0].name == \"p\")", f"({at}.spec[0].host_ports == [])", f"({at}.spec[0].run_as_user[0].rule == \"RunAsAny\")", f"(length({at}.spec[0].allowed_host_paths) == 1)",
                     f"({at}.spec[0].allowed_host_paths[0].read_only == true)", f"contains({at}.spec[*].run_as_user[0].rule, \"RunAsAny\")", f"({at}.spec[0].host_ports[0].max == 2)", f"coalesce({at}.spec[0].host_network, {self.pick('true', 'false')})"):
            if self.chance(0.16):
                module.references.append(("bool", wrap(text)))

    def json_policy(self, module, kind, name, value):
        host = self.pick(f"${{{value}}}", f"${{{value}}}", True, False, "true", None)
        spec = {"host_ipc": host, **{part: {"rule": "RunAsAny"} for part in ("run_as_user", "fs_group", "supplemental_groups")}}
        body = {"metadata": self.pick({"name": "p"}, [{"name": "p"}]), "spec": self.pick(spec, [spec])}
        if self.chance(0.25):
            body["spec"] = []
            del body["spec"]
            body["dynamic"] = {"spec": {"for_each": [1], "content": spec}}
        self.files[f"{module.directory}/{name}.tf.json".lstrip("/")] = json.dumps({"resource": {kind: {name: body}}}, ensure_ascii=False)

    def manifest(self, module):
        name = self.name("m")
        view = Module(module.directory, module.depth)
        view.references = list(module.references)
        meta = self.repetition(view) if self.chance(0.3) else ""
        value = self.expression("bool", view, self.pick(0, 1, 2))
        kind = self.pick('"PodSecurityPolicy"', '"PodSecurityPolicy"', '"PodSecurityPolicy"', '"ConfigMap"', f'"${{"Pod"}}SecurityPolicy"')
        shape = self.pick("object", "object", "merge", "yaml", "yamldecode", "template", "heredoc", "jsondecode")
        spec = f"{{ hostIPC = {value}, privileged = false }}"
        thing = f'{{ apiVersion = "policy/v1beta1", kind = {kind}, metadata = {{ name = "m" }}, spec = {spec} }}'
        heredoc = f"<<-EOT\n    apiVersion: policy/v1beta1\n    kind: PodSecurityPolicy\n    metadata:\n      name: m\n    spec:\n      hostIPC: ${{{value}}}\n  EOT\n"
        if shape == "merge":
            thing = f'merge({{ apiVersion = "v1", kind = {kind}, metadata = {{ name = "m" }} }}, {{ spec = {spec} }})'
        elif shape == "yamldecode":
            thing = f"yamldecode({heredoc}  )"
        elif shape == "jsondecode":
            thing = f"jsondecode(jsonencode({thing}))"
        elif shape == "template":
            thing = f'yamldecode(templatefile("${{path.module}}/policy.yaml.tpl", {{ ipc = {value} }}))'
        if shape in ("yaml", "heredoc"):
            body = f"yamlencode({thing})\n" if shape == "yaml" else heredoc
            self.write(module, f'resource "kubectl_manifest" "{name}" {{\n{meta}  yaml_body = {body}}}\n')
            self.needs_kubectl = True
        else:
            self.write(module, f'resource "kubernetes_manifest" "{name}" {{\n{meta}  manifest = {thing}\n}}\n')
            if not meta and self.chance(0.4):
                module.references.append(("bool", f"try(tobool(kubernetes_manifest.{name}.manifest.spec.hostIPC), false)"))

    needs_kubectl = False

    def call(self, module, child):
        name = self.name("c")
        view = Module(module.directory, module.depth)
        view.references = list(module.references)
        meta = self.repetition(view) if self.chance(0.4) else ""
        lines = []
        for variable, (kind, has_default, optional, is_nullable) in child.variables.items():
            if has_default and self.chance(0.4):
                continue
            value = "null" if is_nullable and self.chance(0.3) else self.expression(kind, view, self.pick(0, 1, 2))
            lines.append(f"{variable} = {value}")
        self.dice.shuffle(lines)
        depth = module.directory.count("/") + 1 if module.directory else 0
        source = "./" + "../" * depth + child.directory
        self.write(module, f'module "{name}" {{\n  source = "{source}"\n{meta}{self.block(lines)}}}\n')
        for output, kind in child.outputs.items():
            if not meta:
                self.learn(module, kind, f"module.{name}.{output}")
            elif "count" in meta:
                self.learn(module, ("list", kind), f"module.{name}[*].{output}")
            else:
                module.references.append((("map", kind), f"{{ for k, m in module.{name}: k => m.{output} }}"))
                if isinstance(kind, str):
                    module.references.append((("list", kind), f"values(module.{name})[*].{output}"))

    def output(self, module):
        name, kind = self.name("o"), self.type(1)
        self.write(module, f'output "{name}" {{\n  value = {self.expression(kind, module, self.pick(0, 1, 2))}\n}}\n')
        module.outputs[name] = kind

    def module(self, directory, depth):
        module = Module(directory, depth)
        inputs = {} if depth == 0 else None
        for _ in range(self.pick(0, 1, 1, 2, 3)):
            self.variable(module, inputs)
        if inputs:
            self.inputs(module, inputs)
        for _ in range(self.pick(0, 0, 1, 2, 3)):
            self.local(module)
        if self.chance(0.35):
            self.other(module)
        if depth < 2:
            for _ in range(self.pick(0, 0, 0, 1, 1, 2)):
                child = self.child(module, depth)
                if child:
                    self.call(module, child)
        for _ in range(self.pick(1, 1, 2) if depth or self.chance(0.9) else 0):
            self.policy(module)
        if self.chance(0.14):
            self.manifest(module)
        for _ in range(self.pick(0, 1, 1, 2) if depth else self.pick(0, 0, 1)):
            self.output(module)
        return module

    def child(self, module, depth):
        fitting = [known for known in self.modules if known.depth > depth]
        if fitting and self.chance(0.4):
            return self.dice.choice(fitting)
        if len(self.modules) > 3:
            return None
        self.count += 1
        child = self.module(f"{self.pick('modules', 'modules', 'mods/deep')}/m{self.count}", depth + 1)
        self.modules.append(child)
        return child

    def around(self, root):
        """What stands beside the modules: files that functions read, settings, and what changes nothing."""
        directories = {path.rpartition("/")[0] for path in self.files}
        texts = {
            "data.json": '{"on": %s, "off": %s}\n' % (self.pick("true", "false", '"true"'), self.pick("false", "null")),
            "data.yaml": "on_: 1\n\"on\": %s\ndeep: {\"on\": %s}\nlist: [%s, x]\nbase: &b {\"on\": %s}\ncopy: *b\n" % tuple(self.pick("true", "false") for _ in range(4)),
            "flag.tpl": self.pick("${on}\n", "%{ if on }true%{ else }false%{ endif }", "%{ if length(names) > 0 ~}\n${on}\n%{ else ~}\nfalse\n%{ endif ~}\n"),
            "policy.yaml.tpl": "apiVersion: policy/v1beta1\nkind: PodSecurityPolicy\nmetadata:\n  name: t\nspec:\n  hostIPC: ${ipc}\n",
        }
        for directory in sorted(directories):
            for name, text in texts.items():
                if any(name in inner for path, inner in self.files.items() if path.rpartition("/")[0] == directory):
                    self.files[f"{directory}/{name}".lstrip("/")] = text
        if self.needs_kubectl:
            for directory in sorted(directories):
                if any("kubectl_manifest" in inner for path, inner in self.files.items() if path.rpartition("/")[0] == directory):
                    self.files[f"{directory}/versions.tf".lstrip("/")] = 'terraform {\n  required_providers {\n    kubectl = {\n      source = "gavinbunney/kubectl"\n    }\n  }\n}\n'
        if self.chance(0.2):
            self.write(root, 'provider "kubernetes" {\n  host = "x"\n}\n')
        if self.chance(0.06):
            self.write(root, self.pick('moved {\n  from = terraform_data.old\n  to   = terraform_data.new\n}\n', "removed {\n  from = terraform_data.gone\n  lifecycle {\n    destroy = false\n  }\n}\n",
                                       'terraform {\n  required_version = ">= 1.3, < 2.0"\n}\n', 'check "c" {\n  assert {\n    condition     = false\n    error_message = "x"\n  }\n}\n'))

    def breakage(self, module):
        """Something that Terraform refuses, or nearly."""
        name = self.name("bad")
        policy = lambda spec, meta="": f'resource "kubernetes_pod_security_policy" "{name}" {{\n{meta}  metadata {{\n    name = "x"\n  }}\n{spec}}}\n'
        whole = f"  spec {{\n    host_ipc = true\n{REQUIRED}\n  }}\n"
        self.write(module, self.dice.choice([
            f"locals {{\n  {name} = local.{name}\n}}\n",
            f"locals {{\n  {name} = nope.x\n}}\n",
            f"locals {{\n  {name} = var.undeclared\n}}\n",
            f"locals {{\n  {name} = local.undeclared\n}}\n",
            f"locals {{\n  {name} = nonsense(1)\n}}\n",
            f"locals {{\n  {name} = 1 +\n}}\n",
            f"locals {{\n  {name} = [][0]\n}}\n",
            f"locals {{\n  {name} = tobool(\"x\")\n}}\n",
            f'variable "{name}" {{\n  type    = bool\n  default = "yes"\n}}\n',
            f'variable "{name}" {{\n  type = "bool"\n}}\n',
            f'variable "{name}" {{\n  type    = "string"\n  default = "a"\n}}\n',
            f'variable "{name}" {{\n  type = nonsense\n}}\n',
            f'variable "{name}" {{}}\n',
            f'variable "{name}" {{\n  default = 1\n  validation {{\n    condition     = var.{name} > 1\n    error_message = "Too small."\n  }}\n}}\n',
            f'variable "{name}" {{\n  default = 1\n  validation {{\n    condition     = var.{name} > 0\n    error_message = "Too small."\n  }}\n}}\n',
            f'variable "{name}" {{\n  nullable = false\n  default  = null\n}}\n',
            f'output "{name}" {{\n  value = var.undeclared\n}}\n',
            f'output "{name}" {{\n  value = sensitive(1)\n}}\n',
            f'output "{name}" {{\n  value = 1\n  precondition {{\n    condition     = false\n    error_message = "No."\n  }}\n}}\n',
            f'module "{name}" {{\n  source = "./nope"\n}}\n',
            policy(""),
            policy(whole, "  for_each = [1]\n"),
            policy(whole, '  for_each = ["a"]\n'),
            policy(whole, "  for_each = toset([1])\n"),
            policy(whole, "  for_each = null\n"),
            policy(whole, "  count = null\n"),
            policy(whole, "  count = -1\n"),
            policy(whole, "  count = 1.5\n"),
            policy(whole, '  count = "x"\n'),
            policy(whole, "  count    = 1\n  for_each = {}\n"),
            policy(whole, "  for_each = { a = terraform_data.nope }\n"),
            policy(whole, "  nope = 1\n"),
            policy(whole, "  provider = kubernetes.other\n"),
            policy(whole, "  depends_on = [terraform_data.nope]\n"),
            policy(whole + whole),
            policy(whole.replace("true", "1", 1)),
            policy(whole.replace("true", '"yes"', 1)),
            policy(whole.replace("true", '"True"', 1)),
            policy(whole.replace("true", "[]", 1)),
            policy(whole.replace("    host_ipc", "    nope = 1\n    host_ipc", 1)),
            policy(whole.replace("    host_ipc", "    volumes = \"x\"\n    host_ipc", 1)),
            policy(whole.replace("    host_ipc", "    volumes {\n    }\n    host_ipc", 1)),
            policy(whole.replace("run_as_user {", "run_as_nobody {", 1)),
            policy(whole.replace(REQUIRED, "", 1)),
            policy(whole.replace("RunAsAny", "${null}", 1)),
            policy(whole.replace('rule = "RunAsAny"', "rule = null", 1)),
            policy(whole.replace('rule = "RunAsAny"', "", 1)),
            policy(whole.replace("  spec {", "  spec = {", 1)),
            policy(whole + "  lifecycle {\n    precondition {\n      condition     = false\n      error_message = \"No.\"\n    }\n  }\n"),
            policy(whole + "  lifecycle {\n    postcondition {\n      condition     = self.spec[0].host_ipc == false\n      error_message = \"No.\"\n    }\n  }\n"),
            policy(whole + "  lifecycle {\n    nope = 1\n  }\n"),
            policy(whole + "  lifecycle {\n    create_before_destroy = \"x\"\n  }\n"),
            policy(whole) + policy(whole),
            policy(whole) + f'moved {{\n  from = kubernetes_pod_security_policy.{name}\n  to   = kubernetes_pod_security_policy.{name}2\n}}\n',
            policy(whole) + f'moved {{\n  from = kubernetes_pod_security_policy.{name}2\n  to   = kubernetes_pod_security_policy.{name}\n}}\n',
            policy(whole) + f"removed {{\n  from = kubernetes_pod_security_policy.{name}\n  lifecycle {{\n    destroy = false\n  }}\n}}\n",
            policy(whole, f"  for_each = toset([terraform_data.{name}.id])\n") + f'resource "terraform_data" "{name}" {{\n}}\n',
            policy(whole, f"  count = length(terraform_data.{name}.id)\n") + f'resource "terraform_data" "{name}" {{\n}}\n',
            policy(whole, f"  for_each = {{ a = terraform_data.{name}.id }}\n") + f'resource "terraform_data" "{name}" {{\n}}\n',
            policy(f'  dynamic "spec" {{\n    for_each = [1, 2]\n    content {{\n      host_ipc = true\n{REQUIRED}\n    }}\n  }}\n'),
            policy(f'  dynamic "spec" {{\n    for_each = []\n    content {{\n      host_ipc = true\n{REQUIRED}\n    }}\n  }}\n'),
            policy(f'  dynamic "spec" {{\n    for_each = null\n    content {{\n      host_ipc = true\n{REQUIRED}\n    }}\n  }}\n'),
            'terraform {\n  required_version = ">= 2.0"\n}\n',
            'terraform {\n  required_version = "~> 1.11.0"\n}\n',
            'terraform {\n  nope = 1\n}\n',
            'resource "kubernetes_nope" "x" {\n}\n',
            'resource "kubernetes_pod_security_policy" {\n}\n',
            "nonsense {\n}\n",
            f'data "kubernetes_nope" "x" {{\n}}\n',
            f'resource "terraform_data" "{name}" {{\n  input = 1\n  nope  = 2\n}}\n',
            f'resource "terraform_data" "{name}" {{\n  id = "x"\n}}\n',
            f'resource "kubernetes_config_map" "{name}" {{\n  data = {{ a = [] }}\n  metadata {{\n  }}\n}}\n',
            f'resource "kubernetes_config_map" "{name}" {{\n  data = {{ a = 1 }}\n}}\n',
            f'import {{\n  to = kubernetes_namespace.{name}\n  id = "x"\n}}\n',
        ]))

    def configuration(self):
        root = self.module("", 0)
        if self.is_broken:
            self.breakage(self.pick(root, root, *self.modules))
            if self.chance(0.1):
                called = [text for text in self.files if text.endswith(".tf") and "module \"" in self.files[text]]
                if called:
                    self.files[called[0]] = self.files[called[0]].replace("  source =", "  surplus = 1\n  source =", 1)
        self.around(root)
        style = self.dice.random()
        if style < 0.03:
            self.files = {path: text.replace("\n", "\r\n") if path.endswith((".tf", ".tfvars")) else text for path, text in self.files.items()}
        elif style < 0.06:
            self.files = {path: "\ufeff" + text if path.endswith(".tf") else text for path, text in self.files.items()}
        return {path: self.files[path] for path in sorted(self.files)}


def generated(seed):
    """The configuration of a seed."""
    return Generator(seed).configuration()
