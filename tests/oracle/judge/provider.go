package main

import (
	"fmt"
	"strconv"

	yaml "github.com/zclconf/go-cty-yaml"
	"github.com/zclconf/go-cty/cty"

	"github.com/hashicorp/terraform/internal/configs/configschema"
	"github.com/hashicorp/terraform/internal/providers"
	"github.com/hashicorp/terraform/internal/tfdiags"
)

// standIn is a provider that creates nothing. It plans as the SDK of most providers does: what is computed and has no
// value is unknown, all else is as configured. With every resource it keeps the verdict about it.
type standIn struct {
	providers.Interface
	schema providers.ProviderSchema
	facts  facts
}

func (s standIn) GetProviderSchema() providers.GetProviderSchemaResponse { return s.schema }

func (s standIn) ValidateProviderConfig(request providers.ValidateProviderConfigRequest) providers.ValidateProviderConfigResponse {
	return providers.ValidateProviderConfigResponse{PreparedConfig: request.Config}
}

func (s standIn) ValidateResourceConfig(request providers.ValidateResourceConfigRequest) (response providers.ValidateResourceConfigResponse) {
	if request.TypeName == "terraform_data" {
		for _, name := range []string{"id", "output"} {
			if !request.Config.GetAttr(name).IsNull() {
				problem := tfdiags.Sourceless(tfdiags.Error, "Read-only attribute", name)
				response.Diagnostics = response.Diagnostics.Append(problem)
			}
		}
	}
	if missing(s.schema.ResourceTypes[request.TypeName].Block, request.Config) {
		problem := tfdiags.Sourceless(tfdiags.Error, "Missing required argument", request.TypeName)
		response.Diagnostics = response.Diagnostics.Append(problem)
	}
	return response
}

func (s standIn) ValidateDataResourceConfig(providers.ValidateDataResourceConfigRequest) (response providers.ValidateDataResourceConfigResponse) {
	return response
}

func (s standIn) ConfigureProvider(providers.ConfigureProviderRequest) (response providers.ConfigureProviderResponse) {
	return response
}

func (s standIn) UpgradeResourceState(providers.UpgradeResourceStateRequest) (response providers.UpgradeResourceStateResponse) {
	return response
}

func (s standIn) ReadResource(request providers.ReadResourceRequest) providers.ReadResourceResponse {
	return providers.ReadResourceResponse{NewState: request.PriorState, Private: request.Private}
}

func (s standIn) Stop() error { return nil }

func (s standIn) Close() error { return nil }

func (s standIn) ReadDataSource(request providers.ReadDataSourceRequest) providers.ReadDataSourceResponse {
	block := s.schema.DataSources[request.TypeName].Block
	return providers.ReadDataSourceResponse{State: settled(block, s.facts.planned(block, request.Config))}
}

func (s standIn) PlanResourceChange(request providers.PlanResourceChangeRequest) providers.PlanResourceChangeResponse {
	response := providers.PlanResourceChangeResponse{PlannedState: request.ProposedNewState, LegacyTypeSystem: true}
	if request.ProposedNewState.IsNull() {
		return response
	}
	block := s.schema.ResourceTypes[request.TypeName].Block
	response.PlannedState = s.facts.planned(block, request.ProposedNewState)
	if request.TypeName == "terraform_data" {
		response.LegacyTypeSystem = false
		response.PlannedState = plannedData(request.ProposedNewState)
	}
	response.PlannedPrivate = []byte(verdict(request.TypeName, request.Config))
	return response
}

func (s standIn) ApplyResourceChange(request providers.ApplyResourceChangeRequest) providers.ApplyResourceChangeResponse {
	response := providers.ApplyResourceChangeResponse{NewState: request.PlannedState, LegacyTypeSystem: true}
	if request.PlannedState.IsNull() {
		return response
	}
	if request.TypeName == "terraform_data" {
		response.LegacyTypeSystem = false
		response.NewState = appliedData(request.PlannedState)
	} else {
		response.NewState = settled(s.schema.ResourceTypes[request.TypeName].Block, request.PlannedState)
	}
	response.Private = []byte(verdict(request.TypeName, request.Config))
	return response
}

func plannedData(proposed cty.Value) cty.Value {
	attributes := proposed.AsValueMap()
	attributes["id"] = cty.UnknownVal(cty.String).RefineNotNull()
	attributes["output"] = attributes["input"]
	if input := attributes["input"]; !input.IsNull() {
		attributes["output"] = cty.UnknownVal(input.Type())
	}
	return cty.ObjectVal(attributes)
}

func appliedData(planned cty.Value) cty.Value {
	attributes := planned.AsValueMap()
	attributes["id"] = cty.StringVal("00000000-0000-0000-0000-000000000000")
	attributes["output"] = attributes["input"]
	return cty.ObjectVal(attributes)
}

// planned gives what has no value its default, and makes unknown what is computed.
func (f facts) planned(block *configschema.Block, value cty.Value) cty.Value {
	attribute := func(attribute *configschema.Attribute, value cty.Value) cty.Value {
		value = withoutNulls(value)
		if !isLeftToProvider(attribute, value) {
			return value
		}
		if given, found := f.defaults[attribute]; found {
			return given
		}
		if attribute.Computed {
			return cty.UnknownVal(attribute.ImpliedType())
		}
		return cty.NullVal(value.Type())
	}
	blocks := func(nested *configschema.NestedBlock, value cty.Value) cty.Value {
		if f.computed[nested] && value.IsKnown() && value.LengthInt() == 0 {
			return cty.UnknownVal(value.Type())
		}
		return value
	}
	return filled(block, value, attribute, blocks)
}

// withoutNulls is a map without the entries that are null.
func withoutNulls(value cty.Value) cty.Value {
	if !value.Type().IsMapType() || value.IsNull() || !value.IsKnown() {
		return value
	}
	entries := value.AsValueMap()
	for key, entry := range entries {
		if entry.IsNull() {
			delete(entries, key)
		}
	}
	if len(entries) == 0 {
		return cty.MapValEmpty(value.Type().ElementType())
	}
	return cty.MapVal(entries)
}

// isLeftToProvider says whether the SDK takes a value for one that is not set.
func isLeftToProvider(attribute *configschema.Attribute, value cty.Value) bool {
	switch {
	case !value.IsKnown():
		return false
	case value.IsNull():
		return true
	case value.Type().IsMapType():
		return value.LengthInt() == 0
	default:
		return attribute.Computed && value.Type() == cty.String && value.AsString() == ""
	}
}

// missing says whether a required argument is null, in a block or in those in it: the SDK refuses that, Terraform's core
// does not.
func missing(block *configschema.Block, value cty.Value) bool {
	found := false
	attribute := func(attribute *configschema.Attribute, value cty.Value) cty.Value {
		found = found || attribute.Required && value.IsNull()
		return value
	}
	filled(block, value, attribute, func(_ *configschema.NestedBlock, value cty.Value) cty.Value { return value })
	return found
}

// settled gives what is unknown the value that it has when a provider sets nothing: the zero value of its type.
func settled(block *configschema.Block, value cty.Value) cty.Value {
	attribute := func(attribute *configschema.Attribute, value cty.Value) cty.Value {
		if value.IsWhollyKnown() {
			return value
		}
		return zero(attribute.ImpliedType())
	}
	blocks := func(_ *configschema.NestedBlock, value cty.Value) cty.Value {
		if value.IsKnown() {
			return value
		}
		return zero(value.Type())
	}
	return filled(block, value, attribute, blocks)
}

func zero(ty cty.Type) cty.Value {
	switch {
	case ty == cty.Bool:
		return cty.False
	case ty == cty.Number:
		return cty.Zero
	case ty == cty.String:
		return cty.StringVal("")
	case ty.IsListType():
		return cty.ListValEmpty(ty.ElementType())
	case ty.IsSetType():
		return cty.SetValEmpty(ty.ElementType())
	case ty.IsMapType():
		return cty.MapValEmpty(ty.ElementType())
	default:
		return cty.NullVal(ty)
	}
}

// How attributes, and all blocks of a kind, are changed.
type (
	changeAttribute func(*configschema.Attribute, cty.Value) cty.Value
	changeBlocks    func(*configschema.NestedBlock, cty.Value) cty.Value
)

// filled changes the attributes of a block and of the blocks in it.
func filled(block *configschema.Block, value cty.Value, attribute changeAttribute, blocks changeBlocks) cty.Value {
	if value.IsNull() || !value.IsKnown() {
		return value
	}
	attributes := value.AsValueMap()
	for name, one := range block.Attributes {
		attributes[name] = attribute(one, attributes[name])
	}
	for name, nested := range block.BlockTypes {
		attributes[name] = blocks(nested, filledBlocks(nested, attributes[name], attribute, blocks))
	}
	return cty.ObjectVal(attributes)
}

func filledBlocks(nested *configschema.NestedBlock, value cty.Value, attribute changeAttribute, blocks changeBlocks) cty.Value {
	if value.IsNull() || !value.IsKnown() {
		return value
	}
	switch nested.Nesting {
	case configschema.NestingSingle, configschema.NestingGroup:
		return filled(&nested.Block, value, attribute, blocks)
	case configschema.NestingList, configschema.NestingSet:
		if value.LengthInt() == 0 {
			return value
		}
		var changed []cty.Value
		for _, one := range value.AsValueSlice() {
			changed = append(changed, filled(&nested.Block, one, attribute, blocks))
		}
		switch {
		case value.Type().IsTupleType():
			return cty.TupleVal(changed)
		case nested.Nesting == configschema.NestingSet:
			return cty.SetVal(changed)
		default:
			return cty.ListVal(changed)
		}
	default:
		return value
	}
}

// verdict says whether a resource is a policy that shares: `true`, `false`, `null`, `unknown`; `none` for a policy
// without a `spec`, `refused` for one that no API takes, nothing for what is no policy.
func verdict(kind string, config cty.Value) string {
	switch kind {
	case "kubernetes_pod_security_policy", "kubernetes_pod_security_policy_v1beta1":
		return ofBlocks(config.GetAttr("spec"))
	case "kubernetes_manifest":
		return ofManifest(config.GetAttr("manifest"))
	case "kubectl_manifest":
		return ofBody(config.GetAttr("yaml_body"))
	default:
		return ""
	}
}

func ofBlocks(spec cty.Value) string {
	if !spec.IsKnown() {
		return "unknown"
	}
	if spec.IsNull() || spec.LengthInt() == 0 {
		return "none"
	}
	return ofFlag(spec.AsValueSlice()[0].GetAttr("host_ipc"))
}

func ofBody(body cty.Value) string {
	if !body.IsKnown() {
		return "unknown"
	}
	if body.IsNull() {
		return "none"
	}
	manifest, err := yaml.Unmarshal([]byte(body.AsString()), cty.DynamicPseudoType)
	if err != nil {
		ty, err := yaml.ImpliedType([]byte(body.AsString()))
		if err != nil {
			return "refused"
		}
		if manifest, err = yaml.Unmarshal([]byte(body.AsString()), ty); err != nil {
			return "refused"
		}
	}
	// A string is converted where the provider knows the schema of the API, and here it is a text for the API.
	if found := ofManifest(manifest); found != "true" && found != "false" || flagged(manifest).Type() == cty.Bool {
		return found
	}
	return "refused"
}

func ofManifest(manifest cty.Value) string {
	kind, found := entry(manifest, "kind")
	switch {
	case found && !kind.IsKnown():
		return "unknown"
	case !found || kind.IsNull() || kind.Type() != cty.String || kind.AsString() != "PodSecurityPolicy":
		return ""
	}
	if _, found := entry(manifest, "spec"); !found {
		return "none"
	}
	return ofFlag(flagged(manifest))
}

// flagged is the attribute of a manifest that a verdict is about; null where there is none.
func flagged(manifest cty.Value) cty.Value {
	if spec, found := entry(manifest, "spec"); found {
		if flag, found := entry(spec, "hostIPC"); found {
			return flag
		}
	}
	return cty.NullVal(cty.Bool)
}

// entry is an attribute of an object or an element of a map, or the value itself where that is unknown.
func entry(value cty.Value, key string) (cty.Value, bool) {
	if !value.IsKnown() {
		return value, true
	}
	ty := value.Type()
	if value.IsNull() || !(ty.IsObjectType() || ty.IsMapType()) {
		return cty.NilVal, false
	}
	element, found := value.AsValueMap()[key]
	return element, found
}

func ofFlag(flag cty.Value) string {
	switch {
	case !flag.IsKnown():
		return "unknown"
	case flag.IsNull():
		return "null"
	case flag.Type() == cty.Bool:
		return strconv.FormatBool(flag.True())
	case flag.Type() == cty.String:
		is, err := strconv.ParseBool(flag.AsString())
		if err != nil {
			return "refused"
		}
		return fmt.Sprint(is)
	default:
		return "refused"
	}
}
