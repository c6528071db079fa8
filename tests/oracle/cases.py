"""Configurations that were judged wrongly once: each is a policy whose value tells whether it is read right."""

REST = "".join(f'    {name} {{\n      rule = "RunAsAny"\n    }}\n' for name in ("run_as_user", "fs_group", "supplemental_groups"))


def policy(value, name="shares", head="", spec=""):
    """A policy whose `host_ipc` is an expression; without the argument where that is empty."""
    argument = f"    host_ipc = {value}\n" if value else ""
    return f'resource "kubernetes_pod_security_policy" "{name}" {{\n{head}  metadata {{\n    name = "{name}"\n  }}\n  spec {{\n{argument}{spec}{REST}  }}\n}}\n'


READ = "kubernetes_pod_security_policy.read.spec[0]"

# Expressions that are true.
TRUE = [
    # What is empty has the type that it was made with.
    'setintersection(["x"], ["y"]) != toset([])',
    'setsubtract(["x"], ["x"]) != toset([])',
    'sort(compact([""])) != tolist([])',
    'slice(tolist(["x"]), 0, 0) != tolist([])',
    'fileset(".", "nothing") != toset([])',
    "chunklist([], 1) != tolist([])",
    "range(0) != tolist([])",
    'csvdecode("x\\n") != tolist([])',
    '!contains([toset([])], setintersection(["x"], ["y"]))',
    '!can(join(",", setproduct([], [])))',
    '!can(compact(setproduct([""], [])))',
    # So has null.
    "tolist([tostring(null)]) != tolist([tonumber(null)])",
    "[tostring(null)] != [null]",
    "tomap({ x = tostring(null) }) != tomap({ x = tonumber(null) })",
    # Functions.
    'can(tonumber("Inf"))',
    'can(regex("(?P<n>a)(?P<n>b)", "ab"))',
    'can(regex("\\\\141", "a"))',
    'length("क्त") == 2',
    '{ a = yamldecode("act: 1").act == false, (upper("b")) : [true].0 }["B"]',
]

# What is read from another policy: the arguments of that, and an expression that is true once it is applied.
READS = [
    ("", f"!coalesce({READ}.host_ipc, true)"),
    ("", f"{READ}.host_pid != null"),
    ('    read_only_root_filesystem = "true"\n', f"{READ}.read_only_root_filesystem == true"),
    ('    allowed_host_paths {\n      path_prefix = "/"\n      read_only   = "true"\n    }\n', f"{READ}.allowed_host_paths[0].read_only == true"),
    ('    volumes = ["secret"]\n', f'{READ}.volumes == tolist(["secret"])'),
    ("    allowed_capabilities = [1]\n", f'{READ}.allowed_capabilities[0] == "1"'),
]


def cases():
    """All cases: `{"files": ..., "roots": [directories to plan in]}`."""
    alone = [{"main.tf": policy(value)} for value in TRUE]
    alone += [{"main.tf": policy(value) + policy("", "read", spec=spec)} for spec, value in READS]
    alone += [
        # A refusal, though `||` would be true.
        {"main.tf": policy('true || contains(compact(["x"]), null)')},
        # Patterns of files: a link to a directory, a letter beyond ASCII.
        {"main.tf": policy('length(fileset("d", "l/*")) == 1'), "d/b/x": "", "d/l": {"link": "b"}},
        {"main.tf": policy('length(fileset("d", "?")) == 1'), "d/é": ""},
        # An instance beside one that is true as well.
        {"main.tf": policy("each.value", head='  for_each = { a = true, b = format("%g", 1e21) == "1e+21" }\n')},
        # Templates.
        {"main.tf": policy('templatefile("t.tpl", {}) == "x"'), "t.tpl": "\ufeffx"},
        {"main.tf": policy('templatestring(local.t, { x = true }) == "true"') + 'locals {\n  t = "$${x}"\n}\n'},
        # Values files that cannot be read, here and elsewhere.
        {"main.tf": policy("true"), "x.auto.tfvars.json": "{é: 1}"},
        {"main.tf": policy("true"), "other/main.tf": policy("false") + 'variable "x" {\n}\n', "other/terraform.tfvars.json": '\ufeff{"x": true}'},
    ]
    yield from ({"files": files, "roots": [""]} for files in alone)
    # A module that is called, and a root of its own.
    called = 'variable "x" {\n  type    = bool\n  default = false\n}\n' + policy("var.x")
    yield {"files": {"main.tf": 'module "c" {\n  source = "./m"\n  x      = false\n}\n', "m/main.tf": called, "m/terraform.tfvars": "x = true\n"}, "roots": ["", "m"]}
