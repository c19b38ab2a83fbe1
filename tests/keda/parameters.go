package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"sort"
	"strconv"
	"strings"
)

// What a scaler reads of one parameter, as the `keda` tag of its struct's field says it (KEDA:
// `pkg/scalers/scalersconfig/typed_config.go`).
type parameter struct {
	names    []string
	kind     string
	order    []string
	optional bool
	tags     map[string]string
}

// The source of one KEDA: its structs, functions and the constructor of each type of trigger.
type source struct {
	version      string
	structs      map[string]*ast.StructType // scalers.kafkaMetadata
	types        map[string]ast.Expr        // named types that are not structs
	functions    map[string]*ast.FuncDecl
	constructors map[string]string
	// Whether a duration may be written as one, as from 2.18 on.
	durations bool
}

var folderVersion = regexp.MustCompile(`@v(2\.\d+)\.`)

func readSource(folder string) (*source, error) {
	found := folderVersion.FindStringSubmatch(folder)
	if found == nil {
		return nil, fmt.Errorf("%s: the folder does not name a version of KEDA", folder)
	}
	read := &source{found[1], map[string]*ast.StructType{}, map[string]ast.Expr{}, map[string]*ast.FuncDecl{}, map[string]string{}, false}
	err := filepath.WalkDir(filepath.Join(folder, "pkg/scalers"), func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		read.file(file)
		return nil
	})
	if err != nil {
		return nil, err
	}
	if set := read.functions["scalersconfig.setConfigValueHelper"]; set != nil {
		ast.Inspect(set, func(node ast.Node) bool {
			selector, ok := node.(*ast.SelectorExpr)
			read.durations = read.durations || ok && selector.Sel.Name == "ParseDuration"
			return true
		})
	}
	builder, err := os.ReadFile(filepath.Join(folder, "pkg/scaling/scalers_builder.go"))
	if err != nil {
		return nil, err
	}
	cases := regexp.MustCompile(`case "([a-z-]+)":\s+return scalers\.(New\w+)\(`)
	for _, one := range cases.FindAllStringSubmatch(string(builder), -1) {
		read.constructors[one[1]] = one[2]
	}
	return read, nil
}

func (read *source) file(file *ast.File) {
	name := file.Name.Name + "."
	for _, declaration := range file.Decls {
		switch declaration := declaration.(type) {
		case *ast.FuncDecl:
			if declaration.Recv == nil {
				read.functions[name+declaration.Name.Name] = declaration
			}
		case *ast.GenDecl:
			for _, spec := range declaration.Specs {
				if spec, ok := spec.(*ast.TypeSpec); ok {
					if structure, ok := spec.Type.(*ast.StructType); ok {
						read.structs[name+spec.Name.Name] = structure
					} else {
						read.types[name+spec.Name.Name] = spec.Type
					}
				}
			}
		}
	}
}

// The structs that a constructor, or what it calls with a configuration, hands to KEDA's TypedConfig.
func (read *source) metadata(constructor string, seen map[string]bool) map[string]bool {
	found := map[string]bool{}
	function := read.functions["scalers."+constructor]
	if function == nil || function.Body == nil || seen[constructor] {
		return found
	}
	seen[constructor] = true
	types := map[string]string{}
	note := func(names []*ast.Ident, kind string) {
		for _, name := range names {
			types[name.Name] = kind
		}
	}
	if function.Type.Results != nil {
		for _, result := range function.Type.Results.List {
			note(result.Names, named(result.Type))
		}
	}
	ast.Inspect(function.Body, func(node ast.Node) bool {
		switch node := node.(type) {
		case *ast.ValueSpec:
			if node.Type != nil {
				note(node.Names, named(node.Type))
			}
			for at, value := range node.Values {
				note(node.Names[at:at+1], named(value))
			}
		case *ast.AssignStmt:
			for at, left := range node.Lhs {
				if name, ok := left.(*ast.Ident); ok && len(node.Lhs) == len(node.Rhs) && named(node.Rhs[at]) != "" {
					types[name.Name] = named(node.Rhs[at])
				}
			}
		case *ast.CallExpr:
			if selector, ok := node.Fun.(*ast.SelectorExpr); ok && selector.Sel.Name == "TypedConfig" && len(node.Args) == 1 {
				argument := node.Args[0]
				if pointer, ok := argument.(*ast.UnaryExpr); ok {
					argument = pointer.X
				}
				if name, ok := argument.(*ast.Ident); ok && types[name.Name] != "" {
					found["scalers."+types[name.Name]] = true
				} else {
					found["?"] = true
				}
			}
			if name, ok := node.Fun.(*ast.Ident); ok {
				for inner := range read.metadata(name.Name, seen) {
					found[inner] = true
				}
			}
		}
		return true
	})
	return found
}

// The type that an expression names or makes: `T`, `*T`, `&T{}`, `T{}`.
func named(expression ast.Expr) string {
	switch expression := expression.(type) {
	case *ast.Ident:
		return expression.Name
	case *ast.StarExpr:
		return named(expression.X)
	case *ast.UnaryExpr:
		return named(expression.X)
	case *ast.CompositeLit:
		return named(expression.Type)
	}
	return ""
}

// The parameters of a struct, those of the structs in it included.
func (read *source) parameters(structure string, optional bool) ([]parameter, error) {
	fields := read.structs[structure]
	if fields == nil {
		return nil, fmt.Errorf("no struct %s", structure)
	}
	where, _, _ := strings.Cut(structure, ".")
	var found []parameter
	for _, field := range fields.Fields.List {
		if field.Tag == nil {
			continue
		}
		text, _ := strconv.Unquote(field.Tag.Value)
		tag, ok := reflect.StructTag(text).Lookup("keda")
		if !ok {
			continue
		}
		one := parameter{kind: read.kind(where, field.Type), optional: optional, tags: map[string]string{}}
		for _, part := range strings.Split(tag, ",") {
			key, value, _ := strings.Cut(part, "=")
			value = strings.TrimSpace(value)
			switch key = strings.TrimSpace(key); key {
			case "name":
				one.names = strings.Split(value, ";")
			case "order":
				for _, source := range strings.Split(value, ";") {
					one.order = append(one.order, strings.TrimSpace(source))
				}
			case "optional":
				one.optional = one.optional || value == "" || value == "true"
			case "deprecated":
				one.tags[key] = "yes"
			case "default", "enum", "exclusiveSet", "separator", "range":
				one.tags[key] = value
			}
		}
		if len(one.names) == 0 {
			inner, err := read.parameters(qualified(where, field.Type), one.optional)
			if err != nil {
				return nil, err
			}
			found = append(found, inner...)
			continue
		}
		found = append(found, one)
	}
	return found, nil
}

func qualified(where string, expression ast.Expr) string {
	switch expression := expression.(type) {
	case *ast.StarExpr:
		return qualified(where, expression.X)
	case *ast.SelectorExpr:
		return named(expression.X) + "." + expression.Sel.Name
	}
	return where + "." + named(expression)
}

// How the text of a parameter is read: `text`, `int`, `float`, `bool`, `duration`, `list text`, `map`, or `other`.
func (read *source) kind(where string, expression ast.Expr) string {
	switch expression := expression.(type) {
	case *ast.StarExpr:
		return read.kind(where, expression.X)
	case *ast.ArrayType:
		return "list " + read.kind(where, expression.Elt)
	case *ast.MapType:
		return "map"
	case *ast.SelectorExpr:
		name := qualified(where, expression)
		if name == "time.Duration" {
			if read.durations {
				return "duration"
			}
			return "int"
		}
		if inner, ok := read.types[name]; ok {
			return read.kind(strings.Split(name, ".")[0], inner)
		}
	case *ast.Ident:
		switch expression.Name {
		case "string":
			return "text"
		case "int", "int64":
			return "int"
		case "float64", "bool":
			return strings.TrimSuffix(expression.Name, "64")
		}
		if inner, ok := read.types[where+"."+expression.Name]; ok {
			return read.kind(where, inner)
		}
		return "other"
	}
	return "other"
}

// A line of the table without its versions.
func (one parameter) line() string {
	sources := strings.Join(one.order, ";")
	sources = strings.NewReplacer("triggerMetadata", "metadata", "resolvedEnv", "env", "authParams", "auth").Replace(sources)
	// A parameter that has a default is never missing; which one it has is of no matter here.
	needed := "required"
	_, hasDefault := one.tags["default"]
	if one.tags["deprecated"] != "" {
		needed = "removed"
	} else if one.optional || hasDefault {
		needed = "optional"
	}
	columns := []string{strings.Join(one.names, ";"), sources, needed, one.kind}
	for _, key := range []string{"enum", "exclusiveSet", "separator", "range"} {
		if value, ok := one.tags[key]; ok {
			columns = append(columns, key+"="+value)
		}
	}
	return strings.Join(columns, "\t")
}

// The lines of one KEDA by type of trigger; a type is left out where its scaler does not read its metadata that way.
func (read *source) table() (map[string][]string, error) {
	table := map[string][]string{}
	for kind, constructor := range read.constructors {
		structures := read.metadata(constructor, map[string]bool{})
		if len(structures) != 1 || structures["?"] {
			continue
		}
		for structure := range structures {
			parameters, err := read.parameters(structure, false)
			if err != nil {
				return nil, err
			}
			table[kind] = []string{}
			for _, one := range parameters {
				if len(one.order) > 0 {
					table[kind] = append(table[kind], one.line())
				}
			}
		}
	}
	return table, nil
}

// Prints the table of the sources in these folders, oldest first: the versions in which a parameter is read that way, the
// type of trigger, and the line.
func printParameters(folders []string) error {
	type row struct{ kind, line string }
	held := map[row][]int{}
	var versions []string
	for at, folder := range folders {
		read, err := readSource(folder)
		if err != nil {
			return err
		}
		versions = append(versions, read.version)
		table, err := read.table()
		if err != nil {
			return fmt.Errorf("%s: %w", folder, err)
		}
		for kind, lines := range table {
			for _, line := range lines {
				row := row{kind, line}
				if steps := held[row]; len(steps) == 0 || steps[len(steps)-1] != at {
					held[row] = append(held[row], at)
				}
			}
		}
	}
	var lines []string
	for row, steps := range held {
		from := steps[0]
		for at, step := range steps {
			if at+1 == len(steps) || steps[at+1] != step+1 {
				lines = append(lines, fmt.Sprintf("%s\t%s\t%s-%s", row.kind, row.line, versions[from], versions[step]))
				if at+1 < len(steps) {
					from = steps[at+1]
				}
			}
		}
	}
	sort.Strings(lines)
	for _, line := range lines {
		fmt.Println(line)
	}
	return nil
}
