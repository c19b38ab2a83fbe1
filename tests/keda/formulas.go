package main

import (
	"encoding/json"
	"math/rand"
	"os"
	"strconv"
	"strings"

	"github.com/expr-lang/expr"
	kedav1alpha1 "github.com/kedacore/keda/v2/apis/keda/v1alpha1"
)

// A formula, what its triggers are, and what KEDA makes of it.
type formulaCase struct {
	Formula string              `json:"formula"`
	Values  map[string]*float64 `json:"values"` // of load and queue, and of two others; null: failed too often, under a fallback of behavior scalingModifiers
	Taken   bool                `json:"taken"`  // by the webhook, which compiles it and runs it with -1
	Result  string              `json:"result"` // a number, nil or error
}

// Prints cases of random formulas, as many as asked for, the same ones for the same seed.
func formulas(seed, count string) error {
	from, err := strconv.ParseInt(seed, 10, 64)
	if err != nil {
		return err
	}
	many, err := strconv.Atoi(count)
	if err != nil {
		return err
	}
	out := json.NewEncoder(os.Stdout)
	out.SetEscapeHTML(false)
	maker := &formulaMaker{Rand: rand.New(rand.NewSource(from))}
	for n := 0; n < many; n++ {
		if err := out.Encode(maker.one()); err != nil {
			return err
		}
	}
	return nil
}

func (maker *formulaMaker) one() formulaCase {
	it := formulaCase{Formula: maker.formula(), Values: map[string]*float64{}}
	data := map[string]any{}
	for _, name := range maker.names {
		if strings.Contains(it.Formula, "??") && maker.Intn(4) == 0 {
			it.Values[name], data[name] = nil, nil
			continue
		}
		value := []float64{0, 1, 2.5, 6, 10, 0.001, 40, 1000, 7, 3, 0, 1, 2, 5, 0.1, 99.999, 12, 2500}[maker.Intn(18)]
		it.Values[name], data[name] = &value, value
	}
	triggers := []kedav1alpha1.ScaleTriggers{}
	for _, name := range maker.names {
		triggers = append(triggers, kedav1alpha1.ScaleTriggers{Type: "prometheus", Name: name})
	}
	object := &kedav1alpha1.ScaledObject{Spec: kedav1alpha1.ScaledObjectSpec{
		Triggers: triggers,
		Advanced: &kedav1alpha1.AdvancedConfig{ScalingModifiers: kedav1alpha1.ScalingModifiers{Formula: it.Formula, Target: "1"}},
	}}
	program, err := kedav1alpha1.ValidateAndCompileScalingModifiers(object)
	it.Taken = err == nil
	if !it.Taken {
		return it
	}
	// As pkg/scaling/modifiers does: nil for the fallback, a float, or an error.
	result, err := expr.Run(program, data)
	switch value := result.(type) {
	case nil:
		it.Result = "nil"
	case float64:
		it.Result = strconv.FormatFloat(value, 'g', -1, 64)
	default:
		it.Result = "error"
	}
	if err != nil {
		it.Result = "error"
	}
	return it
}
