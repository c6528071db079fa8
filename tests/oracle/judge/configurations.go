package main

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"time"

	version "github.com/hashicorp/go-version"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	hcljson "github.com/hashicorp/hcl/v2/json"
	"github.com/spf13/afero"
	"github.com/zclconf/go-cty/cty"

	"github.com/hashicorp/terraform/internal/addrs"
	"github.com/hashicorp/terraform/internal/configs"
	"github.com/hashicorp/terraform/internal/lang"
	"github.com/hashicorp/terraform/internal/plans"
	"github.com/hashicorp/terraform/internal/providers"
	"github.com/hashicorp/terraform/internal/terraform"
	"github.com/hashicorp/terraform/internal/tfdiags"
)

// deepest is how many module calls may be inside of each other: Terraform itself would call without end.
const deepest = 12

// question is a configuration. A file is a text, or `{"link": target}`, or `{"base64": bytes}`.
type question struct {
	Files map[string]json.RawMessage `json:"files"`
	// Root is the directory to plan in, relative to the files.
	Root string `json:"root"`
}

// answer is what Terraform makes of a configuration: the verdict of every instance of a policy, or why there is no plan.
type answer struct {
	Instances map[string]string `json:"instances,omitempty"`
	Errors    []string          `json:"errors,omitempty"`
}

// configurations answers a configuration on a line with what Terraform makes of it.
func configurations(schema string) (func(string) (string, error), error) {
	offered, known, err := offer(schema)
	if err != nil {
		return nil, err
	}
	return func(line string) (string, error) {
		var asked question
		if err := json.Unmarshal([]byte(line), &asked); err != nil {
			return "", err
		}
		directory, err := os.MkdirTemp("", "judge")
		if err != nil {
			return "", err
		}
		defer os.RemoveAll(directory)
		if err := asked.write(directory); err != nil {
			return "", err
		}
		if err := os.Chdir(filepath.Join(directory, asked.Root)); err != nil {
			return "", err
		}
		defer os.Chdir("/")
		return compact(judged(offered, known)), nil
	}, nil
}

// write puts the files of a configuration into a directory.
func (q question) write(directory string) error {
	for name, contents := range q.Files {
		path := filepath.Join(directory, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		var text string
		if json.Unmarshal(contents, &text) == nil {
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				return err
			}
			continue
		}
		var other struct{ Link, Base64 string }
		if err := json.Unmarshal(contents, &other); err != nil {
			return err
		}
		if other.Link != "" {
			if err := os.Symlink(other.Link, path); err != nil {
				return err
			}
			continue
		}
		bytes, err := base64.StdEncoding.DecodeString(other.Base64)
		if err != nil {
			return err
		}
		if err := os.WriteFile(path, bytes, 0o600); err != nil {
			return err
		}
	}
	return nil
}

// judged plans the configuration in the working directory, and applies it where the plan leaves a verdict open.
func judged(offered map[addrs.Provider]providers.ProviderSchema, known facts) (result answer) {
	defer func() {
		if problem := recover(); problem != nil {
			result = answer{Errors: []string{fmt.Sprint("panic: ", problem)}}
		}
	}()
	files := afero.NewOsFs()
	world := &world{parser: configs.NewParser(files), files: files, providers: offered, facts: known}
	run, problems := world.plan()
	if problems.HasErrors() {
		return answer{Errors: summaries(problems)}
	}
	result.Instances = map[string]string{}
	for _, change := range run.plan.Changes.Resources {
		if change.Action == plans.Create && len(change.Private) > 0 {
			result.Instances[change.Addr.String()] = string(change.Private)
		}
	}
	world.settle(run, result.Instances)
	return result
}

// world is a configuration, and what surrounds it.
type world struct {
	parser    *configs.Parser
	files     afero.Fs
	providers map[addrs.Provider]providers.ProviderSchema
	facts     facts
}

// planning is a plan, and what made it.
type planning struct {
	core   *terraform.Context
	config *configs.Config
	plan   *plans.Plan
	scope  *lang.Scope
}

// plan does as `terraform plan` does in a new workspace.
func (w *world) plan() (*planning, tfdiags.Diagnostics) {
	var problems tfdiags.Diagnostics
	root, found := w.parser.LoadConfigDir(".")
	if found.HasErrors() {
		return nil, problems.Append(found)
	}
	config, found := configs.BuildConfig(root, configs.ModuleWalkerFunc(w.module), nil)
	problems = problems.Append(found)
	problems = problems.Append(terraform.CheckCoreVersionRequirements(config))
	if problems.HasErrors() {
		return nil, problems
	}
	variables, found2 := w.variables(root)
	problems = problems.Append(found2)
	if problems.HasErrors() {
		return nil, problems
	}
	core, found2 := terraform.NewContext(&terraform.ContextOpts{
		Meta:        &terraform.ContextMeta{Env: "default"},
		Parallelism: 4,
		Providers:   factories(w.providers, w.facts),
		// Terraform would validate all schemas anew for every configuration.
		PreloadedProviderSchemas: maps.Clone(w.providers),
	})
	problems = problems.Append(found2)
	if problems.HasErrors() {
		return nil, problems
	}
	problems = problems.Append(core.Validate(config, nil))
	if problems.HasErrors() {
		return nil, problems
	}
	now := time.Unix(0, 0)
	plan, scope, found2 := core.PlanAndEval(config, nil, &terraform.PlanOpts{
		Mode:               plans.NormalMode,
		SetVariables:       variables,
		ForcePlanTimestamp: &now,
	})
	problems = problems.Append(found2)
	return &planning{core, config, plan, scope}, problems
}

// settle finds out what the verdicts that the plan leaves open are after an apply.
func (w *world) settle(run *planning, instances map[string]string) {
	open := false
	for _, verdict := range instances {
		open = open || verdict == "unknown"
	}
	if !open {
		return
	}
	after := map[string]string{}
	state, _ := run.core.Apply(run.plan, run.config, nil)
	if state != nil {
		for _, module := range state.Modules {
			for _, resource := range module.Resources {
				for key, instance := range resource.Instances {
					if instance.Current != nil {
						after[resource.Addr.Instance(key).String()] = string(instance.Current.Private)
					}
				}
			}
		}
	}
	for address, verdict := range instances {
		if verdict != "unknown" {
			continue
		}
		if after[address] == "" || after[address] == "unknown" {
			after[address] = "error"
		}
		instances[address] = "unknown->" + after[address]
	}
}

// module loads the module that a call calls.
func (w *world) module(request *configs.ModuleRequest) (*configs.Module, *version.Version, hcl.Diagnostics) {
	refuse := func(summary string) (*configs.Module, *version.Version, hcl.Diagnostics) {
		return nil, nil, hcl.Diagnostics{{Severity: hcl.DiagError, Summary: summary, Subject: &request.CallRange}}
	}
	local, ok := request.SourceAddr.(addrs.ModuleSourceLocal)
	switch {
	case !ok:
		return refuse("Module not installed")
	case len(request.VersionConstraint.Required) > 0:
		return refuse("Invalid version constraint")
	case len(request.Path) > deepest:
		return refuse("Module calls without end")
	}
	directory := filepath.Join(request.Parent.Module.SourceDir, filepath.FromSlash(local.String()))
	if exists, err := afero.DirExists(w.files, directory); err != nil || !exists {
		return refuse("Unreadable module directory")
	}
	module, problems := w.parser.LoadConfigDir(directory)
	return module, nil, problems
}

// variables are the values that the root module's variables have from the files that Terraform loads by itself.
func (w *world) variables(root *configs.Module) (terraform.InputValues, tfdiags.Diagnostics) {
	var problems tfdiags.Diagnostics
	given := map[string]hcl.Expression{}
	for _, name := range w.inputFiles() {
		problems = problems.Append(w.readInputs(name, given))
	}
	values := terraform.InputValues{}
	for name, declared := range root.Variables {
		value := &terraform.InputValue{Value: cty.NilVal, SourceType: terraform.ValueFromConfig}
		if expression, found := given[name]; found {
			known, found := expression.Value(nil)
			problems = problems.Append(found)
			value = &terraform.InputValue{
				Value:       known,
				SourceType:  terraform.ValueFromAutoFile,
				SourceRange: tfdiags.SourceRangeFromHCL(expression.Range()),
			}
		} else if declared.Required() {
			problems = problems.Append(tfdiags.Sourceless(tfdiags.Error, "No value for required variable", ""))
		}
		values[name] = value
	}
	return values, problems
}

// inputFiles are the names of the files with values of variables, the strongest last.
func (w *world) inputFiles() []string {
	var names []string
	for _, name := range []string{"terraform.tfvars", "terraform.tfvars.json"} {
		if found, err := afero.Exists(w.files, name); err == nil && found {
			names = append(names, name)
		}
	}
	entries, err := afero.ReadDir(w.files, ".")
	if err != nil {
		return names
	}
	for _, entry := range entries {
		name := entry.Name()
		if strings.HasSuffix(name, ".auto.tfvars") || strings.HasSuffix(name, ".auto.tfvars.json") {
			names = append(names, name)
		}
	}
	return names
}

// readInputs adds the values that a file gives.
func (w *world) readInputs(name string, given map[string]hcl.Expression) hcl.Diagnostics {
	text, err := afero.ReadFile(w.files, name)
	if err != nil {
		return hcl.Diagnostics{{Severity: hcl.DiagError, Summary: "Failed to read variables file"}}
	}
	var file *hcl.File
	var problems hcl.Diagnostics
	if strings.HasSuffix(name, ".json") {
		file, problems = hcljson.Parse(text, name)
	} else {
		file, problems = hclsyntax.ParseConfig(text, name, hcl.InitialPos)
	}
	if file == nil || file.Body == nil {
		return problems
	}
	variable := hcl.BodySchema{Blocks: []hcl.BlockHeaderSchema{{Type: "variable", LabelNames: []string{"name"}}}}
	if content, _, _ := file.Body.PartialContent(&variable); len(content.Blocks) > 0 {
		summary := "Variable declaration in .tfvars file"
		return append(problems, &hcl.Diagnostic{Severity: hcl.DiagError, Summary: summary})
	}
	attributes, found := file.Body.JustAttributes()
	for name, attribute := range attributes {
		given[name] = attribute.Expr
	}
	return append(problems, found...)
}

// summaries are what the errors are called, each once.
func summaries(problems tfdiags.Diagnostics) []string {
	seen := map[string]bool{}
	for _, problem := range problems {
		if problem.Severity() == tfdiags.Error {
			seen[problem.Description().Summary] = true
		}
	}
	names := make([]string, 0, len(seen))
	for name := range seen {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}
