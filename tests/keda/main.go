// Reads manifests as a cluster with KEDA does: by KEDA's CustomResourceDefinitions in the API server's own validation, then by
// KEDA's own admission webhook, then the HPA of it by the API server's. Prints a line for each object: file, place in the file, name, and why it is refused, if it is.
// Usage: keda ask CRD_FOLDER FILE.., or keda vary FOLDER FILE.. for variants of manifests; keda parameters KEDA_FOLDER.. for what
// the scalers of some KEDAs read, and keda triggers KEDA_FOLDER FOLDER for triggers of all types and what KEDA says of them,
// and keda formulas SEED COUNT for random formulas and what KEDA makes of them
package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	apijson "k8s.io/apimachinery/pkg/util/json"
	apiyaml "k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/yaml"
)

type object struct {
	place   int
	content map[string]any
	// Why its text is refused before anything is looked at.
	broken string
}

func main() {
	if err := run(os.Args[1], os.Args[2], os.Args[3:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(what, folder string, files []string) error {
	switch what {
	case "vary":
		return vary(folder, files)
	case "parameters":
		return printParameters(append([]string{folder}, files...))
	case "triggers":
		return triggers(folder, files[0])
	}
	if what == "formulas" {
		return formulas(folder, files[0])
	}
	server, err := newServer(folder)
	if err != nil {
		return err
	}
	for _, path := range files {
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		cluster := newCluster()
		cluster.keep(text)
		for _, object := range read(text) {
			why := object.broken
			if why == "" {
				why = server.refuses(object.content)
			}
			if why == "" {
				why = cluster.refuses(object.content)
			}
			name, _ := metadata(object.content)["name"].(string)
			why = strings.Join(strings.Fields(why), " ")
			fmt.Printf("%s\t%d\t%s\t%s\n", filepath.Base(path), object.place, name, why)
		}
	}
	return nil
}

func metadata(content map[string]any) map[string]any {
	metadata, _ := content["metadata"].(map[string]any)
	return metadata
}

// The ScaledObjects and ScaledJobs of a file, those in lists included.
func read(text []byte) []object {
	documents := apiyaml.NewYAMLReader(bufio.NewReader(bytes.NewReader(text)))
	var found []object
	for {
		document, err := documents.Read()
		if errors.Is(err, io.EOF) {
			return found
		}
		if err != nil {
			return append(found, object{place: len(found), broken: err.Error()})
		}
		text, err := yaml.YAMLToJSON(document)
		if err != nil {
			found = append(found, object{place: len(found), broken: err.Error()})
			continue
		}
		var content map[string]any
		if apijson.Unmarshal(text, &content) != nil {
			continue // no map: nothing of ours
		}
		for _, one := range items(content) {
			found = append(found, object{place: len(found), content: one})
		}
	}
}

func items(content map[string]any) []map[string]any {
	kind, _ := content["kind"].(string)
	version, _ := content["apiVersion"].(string)
	if strings.HasPrefix(version, "keda.sh/") && (kind == "ScaledObject" || kind == "ScaledJob") {
		return []map[string]any{content}
	}
	var found []map[string]any
	if list, ok := content["items"].([]any); ok && strings.HasSuffix(kind, "List") {
		for _, item := range list {
			if one, ok := item.(map[string]any); ok {
				found = append(found, items(one)...)
			}
		}
	}
	return found
}
