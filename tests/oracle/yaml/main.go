// Records what the Go libraries make of YAML: Terraform's decoder, the providers `kubectl`, and the functions of the provider
// `kubernetes`. `go run .` writes three records: a line of `answers.tsv.gz` is a text in JSON and the three answers; one of
// `splits.tsv.gz` is a text and the documents in it; one of `globs.tsv` is a pattern, a name, and whether the name matches.
package main

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"math/big"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strconv"
	"strings"

	kubectlyaml "github.com/gavinbunney/terraform-provider-kubectl/yaml"
	"github.com/icza/dyno"
	ctyyaml "github.com/zclconf/go-cty-yaml"
	"github.com/zclconf/go-cty/cty"
	"golang.org/x/text/unicode/norm"
	yamlv2 "gopkg.in/yaml.v2"
	k8sjson "k8s.io/apimachinery/pkg/util/json"
	sigsyaml "sigs.k8s.io/yaml"
)

// An answer for what a library refuses, for what crashes it, for what is empty, and for what it answers at random.
const (
	refused = "!"
	empty   = "~"
	random  = "?"
)

// How often a library is asked: where the order of a map decides, it answers differently, but seldom.
const (
	times        = 4
	timesOfPairs = 1_000
)

func main() {
	// The provider logs each object.
	log.SetOutput(io.Discard)
	packed("answers.tsv.gz", func(out io.Writer) {
		for _, text := range texts() {
			fmt.Fprintf(out, "%s\t%s\t%s\t%s\n", quoted(text), steady(terraform, text), steady(kubectl, text), steady(manifests, text))
		}
	})
	packed("splits.tsv.gz", func(out io.Writer) {
		for _, text := range splits() {
			fmt.Fprintf(out, "%s\t%s\n", quoted(text), steady(documents, text))
		}
	})
	file, err := os.Create("globs.tsv")
	if err != nil {
		panic(err)
	}
	defer file.Close()
	for _, question := range globs() {
		matches, err := filepath.Match(question[0], question[1])
		answer := fmt.Sprint(matches)
		if err != nil {
			answer = refused
		}
		fmt.Fprintf(file, "%s\t%s\t%s\n", quoted(question[0]), quoted(question[1]), answer)
	}
}

// Writes a compressed file, the same bytes every time.
func packed(name string, write func(io.Writer)) {
	file, err := os.Create(name)
	if err != nil {
		panic(err)
	}
	packed, _ := gzip.NewWriterLevel(file, gzip.BestCompression)
	out := bufio.NewWriter(packed)
	write(out)
	for _, closer := range []func() error{out.Flush, packed.Close, file.Close} {
		if err := closer(); err != nil {
			panic(err)
		}
	}
}

func quoted(text string) []byte {
	quoted, _ := json.Marshal(text)
	return quoted
}

// The documents that the data sources of the providers `kubectl` find in a text.
func documents(text string) string {
	documents, err := kubectlyaml.SplitMultiDocumentYAML(text)
	if err != nil {
		return refused
	}
	if documents == nil {
		return "[]"
	}
	return string(must(json.Marshal(documents)))
}

func must(bytes []byte, err error) []byte {
	if err != nil {
		panic(err)
	}
	return bytes
}

// The answer of a library, if it is the same every time.
func steady(ask func(string) string, text string) string {
	first, count := guarded(ask, text), times
	for _, key := range []string{"'1':", "'true':", "'16':", "<nil>:"} {
		if strings.Contains(text, key) {
			count = timesOfPairs
		}
	}
	for i := 1; i < count; i++ {
		if guarded(ask, text) != first {
			return random
		}
	}
	return first
}

func guarded(ask func(string) string, text string) (answer string) {
	defer func() {
		if recover() != nil {
			answer = refused
		}
	}()
	return ask(text)
}

// Terraform's `yamldecode`: it finds out the type first.
func terraform(text string) string {
	src := []byte(text)
	kind, err := ctyyaml.ImpliedType(src)
	if err != nil {
		return refused
	}
	value, err := ctyyaml.Unmarshal(src, kind)
	if err != nil {
		return refused
	}
	return written(ofCty(value))
}

func ofCty(value cty.Value) any {
	kind := value.Type()
	switch {
	case value.IsNull():
		return nil
	case kind == cty.String:
		return value.AsString()
	case kind == cty.Bool:
		return value.True()
	case kind == cty.Number:
		return value.AsBigFloat()
	case kind.IsTupleType():
		all := []any{}
		for _, element := range value.AsValueSlice() {
			all = append(all, ofCty(element))
		}
		return all
	}
	all := map[string]any{}
	for key, element := range value.AsValueMap() {
		all[key] = ofCty(element)
	}
	return all
}

// The providers `kubectl`: into a map, through JSON, into an object. A plus says that it is one of Kubernetes.
func kubectl(text string) string {
	parsed := map[string]any{}
	if err := yamlv2.Unmarshal([]byte(text), &parsed); err != nil {
		return refused
	}
	raw, err := json.Marshal(dyno.ConvertMapI2MapS(parsed))
	if err != nil {
		return refused
	}
	if len(parsed) == 0 {
		return empty
	}
	content := map[string]any{}
	if err := k8sjson.Unmarshal(raw, &content); err != nil {
		return refused
	}
	manifest, err := kubectlyaml.ParseYAML(text)
	if err != nil {
		return "-" + written(content)
	}
	return "+" + written(manifest.Raw.Object)
}

// Where the provider `kubernetes` splits a text.
var separator = regexp.MustCompile(`(:?^|\s*\n)---\s*`)

// The functions of the provider `kubernetes`, before they ask whether an object is one of Kubernetes.
func manifests(text string) string {
	all := []any{}
	for _, piece := range separator.Split(text, -1) {
		var content map[string]any
		if err := sigsyaml.Unmarshal([]byte(piece), &content); err != nil {
			return refused
		}
		if len(content) > 0 {
			all = append(all, content)
		}
	}
	return written(all)
}

// A value in JSON, keys sorted, strings in normal form C, numbers as objects of their digits.
func written(value any) string {
	var out strings.Builder
	write(&out, value)
	return out.String()
}

func write(out *strings.Builder, value any) {
	number := func(digits string) { fmt.Fprintf(out, `{"#":"%s"}`, digits) }
	switch value := value.(type) {
	case nil:
		out.WriteString("null")
	case bool:
		fmt.Fprintf(out, "%t", value)
	case string:
		text, _ := json.Marshal(norm.NFC.String(value))
		out.Write(text)
	case *big.Float:
		number(value.Text('f', -1))
	case int64:
		number(strconv.FormatInt(value, 10))
	case float64:
		number(big.NewFloat(value).Text('f', -1))
	case []any:
		out.WriteString("[")
		for i, element := range value {
			if i > 0 {
				out.WriteString(",")
			}
			write(out, element)
		}
		out.WriteString("]")
	case map[string]any:
		keys := []string{}
		for key := range value {
			keys = append(keys, key)
		}
		sort.Strings(keys)
		out.WriteString("{")
		for i, key := range keys {
			if i > 0 {
				out.WriteString(",")
			}
			write(out, key)
			out.WriteString(":")
			write(out, value[key])
		}
		out.WriteString("}")
	default:
		panic(fmt.Sprintf("%T", value))
	}
}
