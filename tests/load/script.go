package main

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"time"

	"github.com/grafana/sobek"
)

// One virtual user: an engine of its own, with the script evaluated in it.
type user struct {
	engine    *sobek.Runtime
	env       *sobek.Object
	iteration int64
	began     time.Time
	tags      map[string]string
	samples   *samples
}

var (
	imports = regexp.MustCompile(`(?m)^import (\{[^}]*\}|\w+) from '([^']+)';$`)
	exports = regexp.MustCompile(`(?m)^export (const|function) (\w+)`)
)

// The script without import and export, which the engine leaves to its host: every module is one of k6's own.
func asScript(source string) (string, error) {
	if _, err := sobek.ParseModule("script.js", source, nothing); err != nil {
		return "", err
	}
	body := imports.ReplaceAllStringFunc(source, func(line string) string {
		parts := imports.FindStringSubmatch(line)
		return fmt.Sprintf("const %s = k6modules[%q];", parts[1], parts[2])
	})
	var names []string
	for _, parts := range exports.FindAllStringSubmatch(body, -1) {
		names = append(names, parts[2])
	}
	body = exports.ReplaceAllString(body, "$1 $2")
	return fmt.Sprintf("'use strict';\n%s\nObject.assign(globalThis, {%s});", body, strings.Join(names, ", ")), nil
}

func nothing(any, string) (sobek.ModuleRecord, error) {
	return nil, errors.New("no modules of its own")
}

func newUser(script string, env map[string]string, client *http.Client, into *samples) (*user, error) {
	u := &user{engine: sobek.New(), samples: into}
	u.env = u.engine.NewObject()
	for name, value := range env {
		if err := u.env.Set(name, value); err != nil {
			return nil, err
		}
	}
	execution := u.engine.NewObject()
	scenario := u.engine.NewObject()
	_ = scenario.DefineAccessorProperty("iterationInTest", u.engine.ToValue(func() int64 { return u.iteration }), nil, sobek.FLAG_FALSE, sobek.FLAG_TRUE)
	_ = scenario.DefineAccessorProperty("startTime", u.engine.ToValue(func() int64 { return u.began.UnixMilli() }), nil, sobek.FLAG_FALSE, sobek.FLAG_TRUE)
	_ = execution.Set("scenario", scenario)
	modules := map[string]any{
		"k6":           map[string]any{"check": u.check},
		"k6/http":      map[string]any{"request": func(call sobek.FunctionCall) sobek.Value { return u.request(client, call) }},
		"k6/execution": execution,
	}
	for name, value := range map[string]any{"__ENV": u.env, "k6modules": modules} {
		if err := u.engine.Set(name, value); err != nil {
			return nil, err
		}
	}
	_, err := u.engine.RunScript("script.js", script)
	return u, err
}

func (u *user) request(client *http.Client, call sobek.FunctionCall) sobek.Value {
	method, url := call.Argument(0).String(), call.Argument(1).String()
	var body io.Reader
	if sent := call.Argument(2); !sobek.IsNull(sent) && !sobek.IsUndefined(sent) {
		body = strings.NewReader(sent.String())
	}
	request, err := http.NewRequest(method, url, body)
	if err != nil {
		panic(u.engine.NewGoError(err))
	}
	tags := map[string]string{}
	for tag, value := range u.tags {
		tags[tag] = value
	}
	if given := call.Argument(3).ToObject(u.engine).Get("tags"); given != nil {
		of := given.ToObject(u.engine)
		for _, tag := range of.Keys() {
			tags[tag] = of.Get(tag).String()
		}
	}
	status, began := 0, time.Now()
	if answer, err := client.Do(request); err == nil {
		_, _ = io.Copy(io.Discard, answer.Body)
		_ = answer.Body.Close()
		status = answer.StatusCode
	}
	u.samples.add(tags, sample{milliseconds: float64(time.Since(began).Microseconds()) / 1000, failed: status == 0 || status >= 400})
	return u.engine.ToValue(map[string]any{"status": status})
}

func (u *user) check(call sobek.FunctionCall) sobek.Value {
	held, checks := true, call.Argument(1).ToObject(u.engine)
	for _, name := range checks.Keys() {
		is, ok := sobek.AssertFunction(checks.Get(name))
		if !ok {
			panic(u.engine.NewTypeError("%s is not a function", name))
		}
		value, err := is(sobek.Undefined(), call.Argument(0))
		held = err == nil && value.ToBoolean() && held
	}
	u.samples.checked(held)
	return u.engine.ToValue(held)
}

// Once more, as this scenario.
func (u *user) iterate(name string, of scenario, iteration int64, began time.Time) error {
	u.iteration, u.tags, u.began = iteration, of.Tags, began
	for key, value := range of.Env {
		_ = u.env.Set(key, value)
	}
	run, ok := sobek.AssertFunction(u.engine.Get(of.Exec))
	if !ok {
		return fmt.Errorf("%s: `%s` is not exported", name, of.Exec)
	}
	_, err := run(sobek.Undefined())
	return err
}
