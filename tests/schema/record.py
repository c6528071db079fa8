#!/usr/bin/env python3
"""Records what `terraform plan` with the real provider makes of every resource type of hashicorp/kubernetes.

    ./record.py DIRECTORY

DIRECTORY is initialised and requires hashicorp/kubernetes 2.38.0. Nothing is created: a plan needs no cluster, but for
`kubernetes_manifest`, which is left out. For each resource type there is a resource with only what is required, and
one that has nested blocks of every type, written into main.tf. What the provider's validations refuse is left out.
planned.tsv holds a line for every value of the plan: its path, and the value as JSON, or `?` where it is known after
apply. `tests/it/schema.rs` compares these with what references to the resources give.
"""

import json
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
# Resource types that a plan needs a cluster for.
LEFT_OUT = {"kubernetes_manifest"}
# Texts that the provider's validations take, by the names of the arguments.
TEXTS = {
    "api_group": "rbac.authorization.k8s.io", "cidr": "10.0.0.0/8", "ip": "10.0.0.1", "kind": "User", "rule": "RunAsAny",
    "effect": "NoSchedule", "operator": "In", "size_limit": "1Gi", "topology_key": "zone", "schedule": "* * * * *",
    "provisioner": "example.com/x", "storage_provisioner": "example.com/x", "version": "v1", "group": "example.com",
    "type": "Resource", "address_type": "IPv4", "port": "80", "medium": "Memory", "path_type": "Prefix", "path": "/x",
    "action": "FailJob", "scope_name": "NotTerminating", "access_mode": "ReadWriteOnce", "when_unsatisfiable":
    "DoNotSchedule", "mode": "0644", "side_effects": "None", "certificate_request": "x", "signer_name": "example.com/x",
}


class Writer:
    """Writes the body of a resource."""

    def __init__(self, is_full):
        self.is_full = is_full

    def value(self, name, of):
        if of == "string":
            return json.dumps(TEXTS.get(name, "x"))
        if of in ("number", "bool"):
            return {"number": "1", "bool": "true"}[of]
        if of == "dynamic":
            return "{}"
        constructor, inner = of
        if constructor == "map":
            return "{ a = %s }" % self.value(name, inner)
        return "[%s]" % self.value(name.removesuffix("s"), inner)

    def body(self, block, indent, depth):
        lines = []
        for name, attribute in sorted(block.get("attributes", {}).items()):
            if attribute.get("required") or (self.is_full and depth == 1 and name == "name"):
                lines.append(f"{indent}{name} = {self.value(name, attribute['type'])}")
        for name, nested in sorted(block.get("block_types", {}).items()):
            is_written = nested.get("min_items", 0) > 0 or (self.is_full and depth < 4 and name != "timeouts")
            if is_written and nested["nesting_mode"] != "single":
                inner = self.body(nested["block"], indent + "  ", depth + 1)
                lines += [f"{indent}{name} {{", *inner, f"{indent}}}"]
        return lines


def terraform(directory, *arguments):
    return subprocess.run(["terraform", *arguments], cwd=directory, capture_output=True, text=True, check=False)


def configuration(schemas):
    """The resources, by their addresses."""
    resources = {}
    for kind, schema in sorted(schemas.items()):
        if kind in LEFT_OUT:
            continue
        for name, is_full in (("required", False), ("nested", True)):
            body = Writer(is_full).body(schema["block"], "  ", 0)
            text = "\n".join([f'resource "{kind}" "{name}" {{', *body, "}"])
            resources[f"{kind}.{name}"] = text
    return resources


def planned(directory, resources):
    """The plan of those resources that the provider takes."""
    while True:
        with open(os.path.join(directory, "main.tf"), "w", encoding="utf-8") as file:
            file.write("\n\n".join(resources.values()) + "\n")
        plan = terraform(directory, "plan", "-no-color", "-input=false", "-lock=false", "-out=plan")
        if plan.returncode == 0:
            return json.loads(terraform(directory, "show", "-json", "plan").stdout)
        refused = set(re.findall(r"^  with ([a-z0-9_]+\.[a-z]+),$", plan.stderr, re.MULTILINE)) & resources.keys()
        if not refused:
            sys.exit(plan.stderr)
        for address in refused:
            del resources[address]


def flattened(path, value, unknown):
    """The values that hold no others, by their paths."""
    if unknown is True:
        yield path, "?"
    elif isinstance(value, dict) or isinstance(unknown, dict):
        value, unknown = value or {}, unknown or {}
        names = sorted(value.keys() | unknown.keys())
        if not names:
            yield path, "{}"
        for name in names:
            yield from flattened(f"{path}.{name}", value.get(name), unknown.get(name))
    elif isinstance(value, list) or isinstance(unknown, list):
        value, unknown = value or [], unknown or []
        if not value and not unknown:
            yield path, "[]"
        for at in range(max(len(value), len(unknown))):
            inner = unknown[at] if at < len(unknown) else None
            yield from flattened(f"{path}[{at}]", value[at] if at < len(value) else None, inner)
    else:
        yield path, json.dumps(value)


def main():
    directory = sys.argv[1]
    main_file = os.path.join(directory, "main.tf")
    if os.path.exists(main_file):
        os.unlink(main_file)
    documents = json.loads(terraform(directory, "providers", "schema", "-json").stdout)["provider_schemas"]
    schemas = documents["registry.terraform.io/hashicorp/kubernetes"]["resource_schemas"]
    resources = configuration(schemas)
    plan = planned(directory, resources)
    lines = []
    for change in plan["resource_changes"]:
        after, unknown = change["change"]["after"], change["change"]["after_unknown"]
        lines += ["\t".join(line) for line in flattened(change["address"], after, unknown)]
    with open(os.path.join(HERE, "main.tf"), "w", encoding="utf-8") as file:
        file.write("# Written by record.py.\n\n" + "\n\n".join(resources.values()) + "\n")
    with open(os.path.join(HERE, "planned.tsv"), "w", encoding="utf-8") as file:
        file.write("\n".join(sorted(lines)) + "\n")
    print(f"{len(resources)} resources, {len(lines)} values")


if __name__ == "__main__":
    main()
