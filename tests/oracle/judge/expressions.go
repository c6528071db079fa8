package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/ext/typeexpr"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/spf13/afero"
	"github.com/zclconf/go-cty/cty"

	"github.com/hashicorp/terraform/internal/addrs"
	"github.com/hashicorp/terraform/internal/configs"
	"github.com/hashicorp/terraform/internal/lang"
	"github.com/hashicorp/terraform/internal/lang/marks"
	"github.com/hashicorp/terraform/internal/tfdiags"
)

// refused is the answer for what Terraform refuses.
const refused = "error"

// expressions answers `expression` with `expression TAB value TAB type`.
func expressions(unknown, directory string) (func(string) (string, error), error) {
	inputs := map[string]cty.Value{}
	if unknown != "" {
		var err error
		if inputs, err = unknownInputs(unknown); err != nil {
			return nil, err
		}
	}
	if err := os.Chdir(directory); err != nil {
		return nil, err
	}
	here, err := os.Getwd()
	if err != nil {
		return nil, err
	}
	scope := func(inputs map[string]cty.Value) *lang.Scope {
		return &lang.Scope{Data: data{inputs, here}, ParseRef: addrs.ParseRef, BaseDir: ".", PureOnly: true}
	}
	scopes := []*lang.Scope{scope(inputs)}
	for index := range samples {
		known := map[string]cty.Value{}
		for name, value := range inputs {
			known[name] = sample(value.Type(), index)
		}
		scopes = append(scopes, scope(known))
	}
	return func(question string) (string, error) {
		value, ty := answered(func() (cty.Value, bool) { return evaluated(scopes[0], question) })
		line := question + "\t" + value + "\t" + ty
		if strings.Contains(value, "?") {
			if known := common(question, scopes[1:]); known != "" {
				line += "\t" + known
			}
		}
		return line, nil
	}, nil
}

// samples is how many known values are tried for a variable without one.
const samples = 6

// common is the value that an expression has with all samples that Terraform takes: then it is the value, though
// Terraform does not know it without the variables. Nothing when there is none.
func common(question string, scopes []*lang.Scope) string {
	found := ""
	for _, scope := range scopes {
		value, _ := answered(func() (cty.Value, bool) { return evaluated(scope, question) })
		switch {
		case value == refused:
		case found == "":
			found = value
		case found != value:
			return ""
		}
	}
	if strings.Contains(found, "?") {
		return ""
	}
	return found
}

// sample is a known value of a type.
func sample(ty cty.Type, index int) cty.Value {
	several := func(element cty.Type) []cty.Value {
		var values []cty.Value
		for i := range index {
			values = append(values, sample(element, i))
		}
		return values
	}
	switch {
	case index == samples-1:
		return cty.NullVal(ty)
	case ty == cty.Bool:
		return cty.BoolVal(index%2 == 0)
	case ty == cty.Number:
		return cty.NumberIntVal(int64(index))
	case ty == cty.String:
		return cty.StringVal([]string{"", "a", "true", "b", "{}"}[index])
	case ty == cty.DynamicPseudoType:
		return []cty.Value{cty.Zero, cty.True, cty.EmptyObjectVal, cty.StringVal("x"), cty.EmptyTupleVal}[index]
	case ty.IsListType() && index > 0:
		return cty.ListVal(several(ty.ElementType()))
	case ty.IsSetType() && index > 0:
		return cty.SetVal(several(ty.ElementType()))
	case ty.IsMapType() && index > 0:
		entries := map[string]cty.Value{}
		for i, value := range several(ty.ElementType()) {
			entries[string(rune('a'+i))] = value
		}
		return cty.MapVal(entries)
	case ty.IsTupleType():
		var values []cty.Value
		for _, element := range ty.TupleElementTypes() {
			values = append(values, sample(element, index))
		}
		return cty.TupleVal(values)
	case ty.IsObjectType():
		attributes := map[string]cty.Value{}
		for name, attribute := range ty.AttributeTypes() {
			attributes[name] = sample(attribute, index)
		}
		return cty.ObjectVal(attributes)
	default:
		return zero(ty)
	}
}

// unknownInputs reads the variables that a file declares.
func unknownInputs(path string) (map[string]cty.Value, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	file, diags := hclsyntax.ParseConfig(text, filepath.Base(path), hcl.InitialPos)
	if diags.HasErrors() {
		return nil, diags
	}
	inputs := map[string]cty.Value{}
	for _, block := range file.Body.(*hclsyntax.Body).Blocks {
		ty, diags := typeexpr.TypeConstraint(block.Body.Attributes["type"].Expr)
		if diags.HasErrors() {
			return nil, diags
		}
		inputs[block.Labels[0]] = cty.UnknownVal(ty.WithoutOptionalAttributesDeep())
	}
	return inputs, nil
}

// evaluated is the value of an expression, and whether Terraform takes it.
func evaluated(scope *lang.Scope, question string) (cty.Value, bool) {
	file, diags := hclsyntax.ParseConfig([]byte("it = "+question+"\n"), "question.tf", hcl.InitialPos)
	if diags.HasErrors() {
		return cty.NilVal, false
	}
	attributes, diags := file.Body.JustAttributes()
	if diags.HasErrors() || attributes["it"] == nil {
		return cty.NilVal, false
	}
	value, problems := scope.EvalExpr(attributes["it"].Expr, cty.DynamicPseudoType)
	return value, !problems.HasErrors()
}

// variable answers `type TAB default` with what a variable of this type and default is.
func variable(question string) (string, error) {
	kind, given, found := strings.Cut(question, "\t")
	if !found {
		return "", fmt.Errorf("a type, a tab and a value are expected: %q", question)
	}
	text := "variable \"x\" {\n  type = " + kind + "\n  default = " + given + "\n}\n"
	value, ty := answered(func() (cty.Value, bool) { return planned(text, "var.x") })
	return question + "\t" + value + "\t" + ty, nil
}

// planned is the value of an expression in a module of one file, after a plan.
func planned(text, question string) (cty.Value, bool) {
	files := afero.NewMemMapFs()
	if afero.WriteFile(files, "main.tf", []byte(text), 0o600) != nil {
		return cty.NilVal, false
	}
	world := &world{parser: configs.NewParser(files), files: files}
	run, problems := world.plan()
	if problems.HasErrors() || run.scope == nil {
		return cty.NilVal, false
	}
	return evaluated(run.scope, question)
}

// answered writes down what a question came to. A panic of Terraform's is an answer as well.
func answered(ask func() (cty.Value, bool)) (value, ty string) {
	defer func() {
		if recover() != nil {
			value, ty = "panic", ""
		}
	}()
	result, ok := ask()
	if !ok {
		return refused, ""
	}
	plain, found := result.UnmarkDeep()
	for mark := range found {
		if mark == marks.Sensitive {
			value = "sensitive "
		}
	}
	encodedType, err := json.Marshal(plain.Type())
	if err != nil {
		return "panic", ""
	}
	return value + compact(encoded(plain)), string(encodedType)
}

// encoded is a value in the record's form.
func encoded(value cty.Value) any {
	switch ty := value.Type(); {
	case !value.IsKnown():
		return "?"
	case value.IsNull():
		return nil
	case ty == cty.Bool:
		return value.True()
	case ty == cty.Number:
		return "#" + number(value.AsBigFloat())
	case ty == cty.String:
		return "'" + value.AsString()
	case ty.IsObjectType() || ty.IsMapType():
		entries := map[string]any{}
		for key, element := range value.AsValueMap() {
			entries[key] = encoded(element)
		}
		return entries
	default:
		elements := []any{}
		for _, element := range value.AsValueSlice() {
			elements = append(elements, encoded(element))
		}
		return elements
	}
}

// number is a number as Terraform writes it into JSON.
func number(value *big.Float) string {
	if value.IsInf() {
		return value.String()
	}
	// No plan keeps the sign of zero.
	if value.Sign() == 0 {
		return "0"
	}
	return value.Text('f', -1)
}

// compact is JSON on one line, with letters as they are.
func compact(value any) string {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		panic(err)
	}
	line := strings.TrimSuffix(text.String(), "\n")
	// What separates lines for some readers is not left as it is.
	return strings.NewReplacer("\u2028", `\u2028`, "\u2029", `\u2029`).Replace(line)
}

// data is what expressions can refer to: variables, paths, the workspace.
type data struct {
	inputs    map[string]cty.Value
	directory string
}

var _ lang.Data = data{}

func undeclared() (cty.Value, tfdiags.Diagnostics) {
	var diags tfdiags.Diagnostics
	return cty.DynamicVal, diags.Append(tfdiags.Sourceless(tfdiags.Error, "Not declared", ""))
}

func (d data) StaticValidateReferences([]*addrs.Reference, addrs.Referenceable, addrs.Referenceable) tfdiags.Diagnostics {
	return nil
}

func (d data) GetCountAttr(addrs.CountAttr, tfdiags.SourceRange) (cty.Value, tfdiags.Diagnostics) {
	return undeclared()
}

func (d data) GetForEachAttr(addrs.ForEachAttr, tfdiags.SourceRange) (cty.Value, tfdiags.Diagnostics) {
	return undeclared()
}

func (d data) GetResource(addrs.Resource, tfdiags.SourceRange) (cty.Value, tfdiags.Diagnostics) {
	return undeclared()
}

func (d data) GetLocalValue(addrs.LocalValue, tfdiags.SourceRange) (cty.Value, tfdiags.Diagnostics) {
	return undeclared()
}

func (d data) GetModule(addrs.ModuleCall, tfdiags.SourceRange) (cty.Value, tfdiags.Diagnostics) {
	return undeclared()
}

func (d data) GetPathAttr(address addrs.PathAttr, _ tfdiags.SourceRange) (cty.Value, tfdiags.Diagnostics) {
	switch address.Name {
	case "module", "root":
		return cty.StringVal("."), nil
	case "cwd":
		return cty.StringVal(filepath.ToSlash(d.directory)), nil
	default:
		return undeclared()
	}
}

func (d data) GetTerraformAttr(address addrs.TerraformAttr, _ tfdiags.SourceRange) (cty.Value, tfdiags.Diagnostics) {
	if address.Name == "workspace" {
		return cty.StringVal("default"), nil
	}
	return undeclared()
}

func (d data) GetInputVariable(address addrs.InputVariable, _ tfdiags.SourceRange) (cty.Value, tfdiags.Diagnostics) {
	if value, found := d.inputs[address.Name]; found {
		return value, nil
	}
	return undeclared()
}

func (d data) GetOutput(addrs.OutputValue, tfdiags.SourceRange) (cty.Value, tfdiags.Diagnostics) {
	return undeclared()
}

func (d data) GetCheckBlock(addrs.Check, tfdiags.SourceRange) (cty.Value, tfdiags.Diagnostics) {
	return undeclared()
}

func (d data) GetRunBlock(addrs.Run, tfdiags.SourceRange) (cty.Value, tfdiags.Diagnostics) {
	return undeclared()
}
