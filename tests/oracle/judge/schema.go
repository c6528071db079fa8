package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/ext/typeexpr"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"

	"github.com/hashicorp/terraform/internal/addrs"
	"github.com/hashicorp/terraform/internal/configs/configschema"
	"github.com/hashicorp/terraform/internal/providers"
)

// sources are the providers that there are stand-ins for, by what the names of their resource types begin with.
var sources = map[string][]string{
	"kubernetes": {"hashicorp/kubernetes"},
	"kubectl":    {"gavinbunney/kubectl", "alekc/kubectl"},
	"terraform":  {"terraform.io/builtin/terraform"},
}

var nestings = map[string]configschema.NestingMode{
	"single": configschema.NestingSingle,
	"group":  configschema.NestingGroup,
	"list":   configschema.NestingList,
	"set":    configschema.NestingSet,
	"map":    configschema.NestingMap,
}

// facts are what a schema says that Terraform's core does not know of.
type facts struct {
	// defaults are the values of attributes that are not set.
	defaults map[*configschema.Attribute]cty.Value
	// computed are the nested blocks that the provider computes where none is written.
	computed map[*configschema.NestedBlock]bool
}

// table reads podgate's own table of schemas: `src/terraform/schema/generate.py` says what is in it.
type table struct {
	blocks map[string]*configschema.Block
	facts  facts
}

// offer reads the schemas of the providers that there are stand-ins for.
func offer(path string) (map[addrs.Provider]providers.ProviderSchema, facts, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, facts{}, err
	}
	read := table{map[string]*configschema.Block{}, facts{map[*configschema.Attribute]cty.Value{}, map[*configschema.NestedBlock]bool{}}}
	offered := map[addrs.Provider]providers.ProviderSchema{}
	for _, names := range sources {
		for _, name := range names {
			address, problems := addrs.ParseProviderSourceString(name)
			if problems.HasErrors() {
				return nil, facts{}, problems.Err()
			}
			offered[address] = providers.ProviderSchema{
				Provider:      providers.Schema{Block: settings()},
				ResourceTypes: map[string]providers.Schema{},
				DataSources:   map[string]providers.Schema{},
			}
		}
	}
	for _, line := range strings.Split(strings.TrimSpace(string(text)), "\n") {
		fields := strings.Split(line, "\t")
		word, name, _ := strings.Cut(fields[0], " ")
		if word == "block" {
			if read.blocks[name], err = read.block(fields[2:]); err != nil {
				return nil, facts{}, fmt.Errorf("%s: %w", fields[0], err)
			}
			continue
		}
		prefix, _, _ := strings.Cut(name, "_")
		for _, source := range sources[prefix] {
			address, _ := addrs.ParseProviderSourceString(source)
			schema := providers.Schema{Block: read.blocks[fields[1]]}
			if word == "data" {
				offered[address].DataSources[name] = schema
			} else {
				offered[address].ResourceTypes[name] = schema
			}
		}
	}
	return offered, read.facts, nil
}

// settings are the arguments of a `provider` block: the table has none, and no plan depends on them.
func settings() *configschema.Block {
	block := configschema.Block{Attributes: map[string]*configschema.Attribute{}}
	for _, name := range []string{"host", "config_path", "config_context", "token", "insecure", "load_config_file"} {
		block.Attributes[name] = &configschema.Attribute{Type: cty.String, Optional: true}
	}
	return &block
}

// block reads the items of a block.
func (t *table) block(items []string) (*configschema.Block, error) {
	block := configschema.Block{
		Attributes: map[string]*configschema.Attribute{},
		BlockTypes: map[string]*configschema.NestedBlock{},
	}
	for _, item := range items {
		fields := strings.SplitN(item, ":", 4)
		name, nesting, isBlock := strings.Cut(fields[0], "@")
		var err error
		if isBlock {
			block.BlockTypes[name], err = t.nested(nesting, strings.Split(item, ":")[1:])
		} else {
			block.Attributes[name], err = t.attribute(fields[1:])
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	return &block, nil
}

// nested reads a nested block: the least and the most blocks, its own block, and whether it is computed.
func (t *table) nested(nesting string, fields []string) (*configschema.NestedBlock, error) {
	least, err := strconv.Atoi(fields[0])
	if err != nil {
		return nil, err
	}
	most, err := strconv.Atoi(fields[1])
	if err != nil {
		return nil, err
	}
	inner, known := t.blocks[fields[2]]
	mode, knownMode := nestings[nesting]
	if !known || !knownMode {
		return nil, fmt.Errorf("no such block: %v", fields)
	}
	nested := configschema.NestedBlock{Block: *inner, Nesting: mode, MinItems: least, MaxItems: most}
	if len(fields) > 3 {
		t.facts.computed[&nested] = true
	}
	return &nested, nil
}

// attribute reads an attribute: its flags, its type, its default.
func (t *table) attribute(fields []string) (*configschema.Attribute, error) {
	expression, problems := hclsyntax.ParseExpression([]byte(fields[1]), "type", hcl.InitialPos)
	if problems.HasErrors() {
		return nil, problems
	}
	ty, problems := typeexpr.TypeConstraint(expression)
	if problems.HasErrors() {
		return nil, problems
	}
	has := func(flag string) bool { return strings.Contains(fields[0], flag) }
	attribute := configschema.Attribute{
		Type: ty, Required: has("r"), Optional: has("o"), Computed: has("c"), Sensitive: has("s"), WriteOnly: has("w"),
	}
	if len(fields) > 2 {
		value, err := convert.Convert(cty.StringVal(fields[2]), ty)
		if err != nil {
			return nil, err
		}
		t.facts.defaults[&attribute] = value
	}
	return &attribute, nil
}

// factories make the stand-ins.
func factories(offered map[addrs.Provider]providers.ProviderSchema, known facts) map[addrs.Provider]providers.Factory {
	made := map[addrs.Provider]providers.Factory{}
	for address, schema := range offered {
		made[address] = func() (providers.Interface, error) { return standIn{schema: schema, facts: known}, nil }
	}
	return made
}
