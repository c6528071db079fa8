#!/usr/bin/env python3
"""Writes table.tsv from providers' schema documents and from facts.tsv.

    terraform providers schema -json > schema.json
    ./generate.py schema.json... > table.tsv

The first command needs a directory that requires the providers: hashicorp/kubernetes 2.38.0, gavinbunney/kubectl 1.19.0
and alekc/kubectl 2.4.1 (the last two under different local names). Terraform's own `terraform_data` is added here.

A line of the table is a block, or the name of a resource type or a data source and the number of its block:

    block 0007<TAB>5<TAB>name:oc:string<TAB>port:o:number:80<TAB>range@list:0:1:0003
    resource kubernetes_pod<TAB>0123
    resource kubernetes_pod_security_policy<TAB>0124<TAB>3

The number in front of a block's items says how many types there are in its type. The items are sorted by name. An
attribute has its flags (r required, o optional, c computed, s sensitive,
w write-only), its type as Terraform writes types, and its default. A nested block has its nesting mode, the least and
the most blocks (0: any number), its own block, and "c" if the provider computes what is not written. A resource type may
have the major version of the provider that has removed it.

facts.tsv holds what the documents leave out, read from the provider's source: defaults, and computed nested blocks. A
path there stands for all paths that end with it. And which resource types a later version has removed.
"""

import json
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
FLAGS = [("r", "required"), ("o", "optional"), ("c", "computed"), ("s", "sensitive"), ("w", "write_only")]
SECTIONS = [("resource", "resource_schemas"), ("data", "data_source_schemas")]

# What Terraform itself provides: https://developer.hashicorp.com/terraform/language/resources/terraform-data
OWN = {
    "terraform_data": {
        "attributes": {
            "id": {"type": "string", "computed": True},
            "input": {"type": "dynamic", "optional": True},
            "output": {"type": "dynamic", "computed": True},
            "triggers_replace": {"type": "dynamic", "optional": True},
        }
    }
}


def type_text(json_type):
    """A type as Terraform writes it."""
    if isinstance(json_type, str):
        return "any" if json_type == "dynamic" else json_type
    constructor, inner = json_type[0], json_type[1]
    if constructor == "object":
        return "object({%s})" % ",".join(f"{name}={type_text(of)}" for name, of in sorted(inner.items()))
    if constructor == "tuple":
        return "tuple([%s])" % ",".join(map(type_text, inner))
    return f"{constructor}({type_text(inner)})"


def type_size(json_type):
    """How many types there are in a type, itself included."""
    if isinstance(json_type, str):
        return 1
    inner = json_type[1]
    parts = inner.values() if isinstance(inner, dict) else [inner] if json_type[0] != "tuple" else inner
    return 1 + sum(map(type_size, parts))


def merged(one, other):
    """A block that has what either has: providers of different makers share the names of resource types."""
    attributes = {**other.get("attributes", {}), **one.get("attributes", {})}
    both = one.get("attributes", {}).keys() & other.get("attributes", {}).keys()
    for name in both:
        if type_text(one["attributes"][name]["type"]) != type_text(other["attributes"][name]["type"]):
            sys.exit(f"the types of {name} differ")
    nested = {**other.get("block_types", {}), **one.get("block_types", {})}
    return {"attributes": attributes, "block_types": nested}


class Facts:
    """What the documents leave out."""

    def __init__(self, path):
        self.defaults, self.computed, self.removed = {}, set(), {}
        with open(path, encoding="utf-8") as lines:
            for line in lines:
                if line.startswith("#"):
                    continue
                where, what, *value = line.rstrip("\n").split("\t")
                if what == "computed":
                    self.computed.add(where)
                elif what == "removed":
                    self.removed[where] = value[0]
                else:
                    self.defaults[where] = value[0] if what == "default" else None

    @staticmethod
    def _ends(path):
        """The ends of a path, the longest first. Short ones are true of hashicorp/kubernetes only."""
        parts = path.split(".")
        is_short_known = parts[0].split(" ")[1].startswith("kubernetes_")
        return [".".join(parts[at:]) for at in range(len(parts) if is_short_known else 1)]

    def default(self, path):
        return next((self.defaults[end] for end in self._ends(path) if end in self.defaults), None)

    def is_computed(self, path):
        return any(end in self.computed for end in self._ends(path))


class Table:
    """The blocks, each once."""

    def __init__(self, facts):
        self.facts, self.blocks, self.names, self.sizes = facts, {}, {}, {}

    def attribute(self, path, name, attribute):
        flags = "".join(flag for flag, key in FLAGS if attribute.get(key))
        # A provider takes an empty string for one that is not set.
        default = self.facts.default(path) or None
        default = default if attribute.get("optional") and not attribute.get("computed") else None
        return f"{name}:{flags}:{type_text(attribute['type'])}" + ("" if default is None else f":{default}")

    def block(self, path, block):
        items, size = {}, 1
        for name, attribute in block.get("attributes", {}).items():
            items[name] = self.attribute(f"{path}.{name}", name, attribute)
            size += type_size(attribute["type"])
        for name, nested in block.get("block_types", {}).items():
            inner = self.block(f"{path}.{name}", nested["block"])
            bounds = f"{nested.get('min_items', 0)}:{nested.get('max_items', 0)}"
            computed = ":c" if self.facts.is_computed(f"{path}.{name}") else ""
            size += self.sizes[inner] + (nested["nesting_mode"] not in ("single", "group"))
            items[name] = f"{name}@{nested['nesting_mode']}:{bounds}:{inner}{computed}"
        key = "\t".join([str(size)] + [items[name] for name in sorted(items)])
        number = self.blocks.setdefault(key, f"{len(self.blocks):04}")
        self.sizes[number] = size
        return number

    def lines(self):
        blocks = [f"block {number}\t{items}" for items, number in self.blocks.items()]
        return sorted(blocks + [f"{name}\t{block}" for name, block in self.names.items()])


def main():
    schemas = {("resource", name): block for name, block in OWN.items()}
    for path in sys.argv[1:]:
        with open(path, encoding="utf-8") as file:
            providers = json.load(file)["provider_schemas"]
        for provider in sorted(providers):
            for word, section in SECTIONS:
                for name, schema in providers[provider].get(section, {}).items():
                    known = schemas.get((word, name), {})
                    schemas[word, name] = merged(known, schema["block"]) if known else schema["block"]
    table = Table(Facts(os.path.join(HERE, "facts.tsv")))
    for (word, name), block in sorted(schemas.items()):
        removed = table.facts.removed.get(f"{word} {name}")
        table.names[f"{word} {name}"] = table.block(f"{word} {name}", block) + (f"\t{removed}" if removed else "")
    print("\n".join(table.lines()))


if __name__ == "__main__":
    main()
