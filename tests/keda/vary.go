package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strconv"

	"k8s.io/apimachinery/pkg/runtime"
)

// Values of every type, some of them just beyond what a field can hold.
var others = []any{int64(0), int64(-1), int64(7), 1.5, "x", "5", "", true, nil, []any{}, map[string]any{}, []any{"a"}, map[string]any{"a": "b"}, int64(3_000_000_000)}

// Writes variants of manifests into a folder: each field left out, each value replaced by others, a field that nobody knows in
// each map.
func vary(folder string, manifests []string) error {
	count := 0
	for _, name := range manifests {
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		for _, object := range read(text) {
			err := variants(object.content, func(said string, variant map[string]any) error {
				count++
				text, err := json.Marshal(variant)
				if err != nil {
					return err
				}
				// The comment is for who reads a difference.
				text = fmt.Appendf(nil, "# %s, %s\n%s\n", filepath.Base(name), said, text)
				return os.WriteFile(filepath.Join(folder, fmt.Sprintf("%05d.yaml", count)), text, 0o644)
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}

func variants(manifest map[string]any, each func(string, map[string]any) error) error {
	for _, path := range paths(manifest, nil) {
		said := fmt.Sprint(path)
		if err := each("without "+said, changed(manifest, path, func(parent map[string]any, key string) { delete(parent, key) })); err != nil {
			return err
		}
		for _, other := range others {
			text, err := json.Marshal(other)
			if err != nil {
				return err
			}
			replace := func(parent map[string]any, key string) { parent[key] = runtime.DeepCopyJSONValue(other) }
			if err := each(said+": "+string(text), changed(manifest, path, replace)); err != nil {
				return err
			}
		}
		if path[0] == "metadata" {
			continue // its fields are looked at elsewhere in an API server
		}
		more := func(parent map[string]any, key string) {
			if inner, ok := parent[key].(map[string]any); ok {
				inner["unheardOf"] = "1"
			}
		}
		if err := each("unheardOf in "+said, changed(manifest, path, more)); err != nil {
			return err
		}
	}
	return nil
}

// The ways to everything that has a key; an item of a list is a number on the way. What an API server looks up the kind by,
// and a Job's own template, are no business of KEDA's.
func paths(value any, way []string) [][]string {
	var found [][]string
	switch value := value.(type) {
	case map[string]any:
		keys := make([]string, 0, len(value))
		for key := range value {
			keys = append(keys, key)
		}
		sort.Strings(keys)
		for _, key := range keys {
			if key == "jobTargetRef" || len(way) == 0 && (key == "apiVersion" || key == "kind") {
				continue
			}
			path := append(append([]string{}, way...), key)
			found = append(append(found, path), paths(value[key], path)...)
		}
	case []any:
		for at, item := range value {
			found = append(found, paths(item, append(append([]string{}, way...), strconv.Itoa(at)))...)
		}
	}
	return found
}

// A copy with something done to the last key of a path.
func changed(manifest map[string]any, path []string, do func(map[string]any, string)) map[string]any {
	copied := runtime.DeepCopyJSON(manifest)
	var here any = copied
	for _, key := range path[:len(path)-1] {
		switch inner := here.(type) {
		case map[string]any:
			here = inner[key]
		case []any:
			at, _ := strconv.Atoi(key)
			here = inner[at]
		}
	}
	do(here.(map[string]any), path[len(path)-1])
	return copied
}
