package main

import (
	"encoding/json"
	"fmt"
	"math/rand"
	"os"
	"path/filepath"
	"reflect"
	"sort"
	"strings"
	"time"

	"github.com/kedacore/keda/v2/pkg/scalers/scalersconfig"
	"sigs.k8s.io/yaml"
)

// Texts of which each can be read as some type of parameter, and cannot as another.
var texts = []string{"5", "-1", "1.5", "05", "1e3", "x", "true", "True", "1", "yes", "5s", "5 seconds", "1m30s", "a=b,c=d", "a=b=c", "a,b", " ", "null", "enable", "bearer,basic", "sum", "latest", ".5", "+3"}

// Writes a ScaledObject for each of some thousand triggers of all types into a folder, and prints what KEDA's own reader of
// metadata says of each: file, name, type, and why it is refused, if it is. The structs are made of the tags in KEDA's source, so
// that no scaler has to be built.
func triggers(keda, folder string) error {
	read, err := readSource(keda)
	if err != nil {
		return err
	}
	kinds := make([]string, 0, len(read.constructors))
	for kind := range read.constructors {
		kinds = append(kinds, kind)
	}
	sort.Strings(kinds)
	random := rand.New(rand.NewSource(13))
	count := 0
	for _, kind := range kinds {
		if kind == "cron" {
			continue // its findings are compared elsewhere
		}
		for structure := range read.metadata(read.constructors[kind], map[string]bool{}) {
			all, err := read.parameters(structure, false)
			if err != nil {
				return err
			}
			typed, err := read.typed(structure)
			if err != nil {
				return err
			}
			for variant := range 60 {
				count++
				name := fmt.Sprintf("t%05d", count)
				metadata, hasReference := given(all, variant, random)
				if err := write(filepath.Join(folder, name+".yaml"), name, kind, metadata, hasReference); err != nil {
					return err
				}
				why := refuses(typed, kind, all, metadata, hasReference)
				fmt.Printf("%s.yaml\t%s\t%s\n", name, kind, strings.Join(strings.Fields(why), " "))
			}
		}
	}
	return nil
}

// Metadata with everything that is needed, and something else each time: without one parameter, with odd texts, from elsewhere.
func given(all []parameter, variant int, random *rand.Rand) (map[string]string, bool) {
	metadata := map[string]string{}
	for _, one := range all {
		_, hasDefault := one.tags["default"]
		if one.optional || hasDefault || one.tags["deprecated"] != "" || !strings.Contains(strings.Join(one.order, ";"), "triggerMetadata") {
			continue
		}
		metadata[one.names[random.Intn(len(one.names))]] = good(one)
	}
	for range variant % 4 {
		one := all[random.Intn(len(all))]
		name := one.names[random.Intn(len(one.names))]
		switch random.Intn(5) {
		case 0:
			delete(metadata, name)
		case 1:
			metadata[name+"FromEnv"] = "SOME_VARIABLE"
			delete(metadata, name)
		case 2:
			metadata[name] = good(one)
		default:
			metadata[name] = texts[random.Intn(len(texts))]
		}
	}
	return metadata, variant%5 == 4
}

// A text that a parameter takes.
func good(one parameter) string {
	if enum := one.tags["enum"]; enum != "" {
		return strings.Split(enum, ";")[0]
	}
	switch one.kind {
	case "bool":
		return "true"
	case "map":
		return "a=b"
	}
	return "7"
}

func write(path, name, kind string, metadata map[string]string, hasReference bool) error {
	trigger := map[string]any{"type": kind, "metadata": metadata}
	if hasReference {
		trigger["authenticationRef"] = map[string]any{"name": "secrets"}
	}
	if kind == "cpu" || kind == "memory" {
		trigger["metricType"] = "AverageValue"
	}
	text, err := yaml.Marshal(map[string]any{
		"apiVersion": "keda.sh/v1alpha1", "kind": "ScaledObject",
		"metadata": map[string]any{"name": name, "namespace": name},
		"spec":     map[string]any{"scaleTargetRef": map[string]any{"name": name}, "minReplicaCount": 1, "triggers": []any{trigger}},
	})
	if err != nil {
		return err
	}
	return os.WriteFile(path, text, 0o644)
}

// Why KEDA's TypedConfig refuses metadata. What a TriggerAuthentication or the environment may hold is there.
func refuses(typed reflect.Type, kind string, all []parameter, metadata map[string]string, hasReference bool) string {
	config := &scalersconfig.ScalerConfig{TriggerType: kind, TriggerMetadata: metadata, AuthParams: map[string]string{}, ResolvedEnv: map[string]string{}}
	for _, one := range all {
		for _, name := range one.names {
			if hasReference {
				config.AuthParams[name] = good(one)
			}
			if variable, ok := metadata[name+"FromEnv"]; ok {
				// Each its own, for the types differ.
				metadata[name+"FromEnv"] = variable + "_" + name
				config.ResolvedEnv[variable+"_"+name] = good(one)
			}
		}
	}
	if err := config.TypedConfig(reflect.New(typed).Interface()); err != nil {
		why, _, _ := strings.Cut(err.Error(), "\n") // what panics has its stack with it
		return why
	}
	return ""
}

// A type with the fields and tags of one of KEDA's structs.
func (read *source) typed(structure string) (reflect.Type, error) {
	fields := read.structs[structure]
	if fields == nil {
		return nil, fmt.Errorf("no struct %s", structure)
	}
	where, _, _ := strings.Cut(structure, ".")
	made := []reflect.StructField{{Name: "TriggerIndex", Type: reflect.TypeFor[int]()}}
	for at, field := range fields.Fields.List {
		if field.Tag == nil {
			continue
		}
		tag := reflect.StructTag(strings.Trim(field.Tag.Value, "`"))
		text, ok := tag.Lookup("keda")
		if !ok {
			continue
		}
		var kind reflect.Type
		if strings.Contains(text, "name=") {
			kind = goTypes[read.kind(where, field.Type)]
		} else {
			inner, err := read.typed(qualified(where, field.Type))
			if err != nil {
				return nil, err
			}
			kind = inner
		}
		made = append(made, reflect.StructField{Name: fmt.Sprintf("F%d", at), Type: kind, Tag: tag})
	}
	return reflect.StructOf(made), nil
}

var goTypes = map[string]reflect.Type{
	"text":      reflect.TypeFor[string](),
	"int":       reflect.TypeFor[int64](),
	"float":     reflect.TypeFor[float64](),
	"bool":      reflect.TypeFor[bool](),
	"duration":  reflect.TypeFor[time.Duration](),
	"map":       reflect.TypeFor[map[string]string](),
	"list text": reflect.TypeFor[[]string](),
	"list int":  reflect.TypeFor[[]int64](),
	"other":     reflect.TypeFor[json.RawMessage](),
}
