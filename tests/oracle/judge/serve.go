package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/hashicorp/terraform/internal/addrs"
	"github.com/hashicorp/terraform/internal/grpcwrap"
	"github.com/hashicorp/terraform/internal/plugin"
	"github.com/hashicorp/terraform/internal/tfplugin5"
)

// pluginPrefix begins the names of the programs that Terraform starts as providers.
const pluginPrefix = "terraform-provider-"

// servedName is the name of the provider as which the program was started, if it was.
func servedName() (string, bool) {
	return strings.CutPrefix(filepath.Base(os.Args[0]), pluginPrefix)
}

// serve is the stand-in as a plugin, for the `terraform` program. It returns only when there is no such stand-in.
func serve(name string) error {
	offered, known, err := offer(os.Getenv("PODGATE_TABLE"))
	if err != nil {
		return err
	}
	source := sources[name]
	if len(source) == 0 {
		return fmt.Errorf("there is no stand-in for %q", name)
	}
	address, problems := addrs.ParseProviderSourceString(source[0])
	if problems.HasErrors() {
		return problems.Err()
	}
	provider := standIn{schema: offered[address], facts: known}
	plugin.Serve(&plugin.ServeOpts{GRPCProviderFunc: func() tfplugin5.ProviderServer {
		return tolerated{grpcwrap.Provider(provider)}
	}})
	return nil
}

// tolerated is a provider to which Terraform is as lenient as to those that are made with the SDK.
type tolerated struct{ tfplugin5.ProviderServer }

func (t tolerated) PlanResourceChange(ctx context.Context, request *tfplugin5.PlanResourceChange_Request) (*tfplugin5.PlanResourceChange_Response, error) {
	response, err := t.ProviderServer.PlanResourceChange(ctx, request)
	if response != nil {
		response.LegacyTypeSystem = true
	}
	return response, err
}

func (t tolerated) ApplyResourceChange(ctx context.Context, request *tfplugin5.ApplyResourceChange_Request) (*tfplugin5.ApplyResourceChange_Response, error) {
	response, err := t.ProviderServer.ApplyResourceChange(ctx, request)
	if response != nil {
		response.LegacyTypeSystem = true
	}
	return response, err
}
