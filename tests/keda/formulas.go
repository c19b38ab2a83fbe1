package main

import (
	"encoding/json"
	"fmt"
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
	Values  map[string]*float64 `json:"values"` // null: failed too often, under a fallback of behavior scalingModifiers
	Taken   bool                `json:"taken"`  // by the webhook, which compiles it and runs it with -1
	Result  string              `json:"result"` // a number, nil or error
}

var formulaNames = []string{"day", "night", "load", "queue"}

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
	maker := &formulaMaker{rand.New(rand.NewSource(from)), 0, 0}
	for n := 0; n < many; n++ {
		if err := out.Encode(maker.one()); err != nil {
			return err
		}
	}
	return nil
}

func (maker *formulaMaker) one() formulaCase {
	maker.lets, maker.lists = 0, 0
	it := formulaCase{Formula: maker.number(4), Values: map[string]*float64{}}
	if maker.Intn(12) == 0 {
		it.Formula = "float(" + it.Formula + ")" + maker.pick("", "", " + 1", " > 1 ? 2.5 : day")
	}
	data := map[string]any{}
	for _, name := range formulaNames {
		if strings.Contains(it.Formula, "??") && maker.Intn(4) == 0 {
			it.Values[name], data[name] = nil, nil
			continue
		}
		value := []float64{0, 1, 2.5, 6, 10, 0.001, 40, 1000, 7, 3}[maker.Intn(10)]
		it.Values[name], data[name] = &value, value
	}
	triggers := []kedav1alpha1.ScaleTriggers{}
	for _, name := range formulaNames {
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

type formulaMaker struct {
	*rand.Rand
	lets, lists int
}

func (maker *formulaMaker) pick(texts ...string) string { return texts[maker.Intn(len(texts))] }

func (maker *formulaMaker) leaf() string {
	if maker.lists > 0 && maker.Intn(3) == 0 {
		return "#"
	}
	if maker.lets > 0 && maker.Intn(4) == 0 {
		return fmt.Sprintf("x%d", maker.Intn(maker.lets))
	}
	if maker.Intn(3) > 0 {
		if maker.Intn(150) == 0 {
			return "nobody"
		}
		return formulaNames[maker.Intn(len(formulaNames))]
	}
	return maker.pick("0", "1", "2", "3", "5", "10", "40", "0.5", ".25", "1.5", "1e2", "1_000", "0x1F", "2.0", "7", "1e-3", "0b11", "-1")
}

func (maker *formulaMaker) number(depth int) string {
	if depth <= 0 || maker.Intn(7) == 0 {
		return maker.leaf()
	}
	if maker.Intn(60) == 0 { // of a wrong type
		return maker.pick(maker.condition(depth-1), maker.list(depth-1), "nil", "true")
	}
	inner := func() string { return maker.number(depth - 1) }
	switch maker.Intn(24) {
	case 0, 1, 2, 3:
		return fmt.Sprintf("%s %s %s", inner(), maker.pick("+", "-", "*", "/", "+", "-", "*"), inner())
	case 4:
		return fmt.Sprintf("(%s) %s %s", inner(), maker.pick("**", "^"), maker.pick("2", "0.5", "3", "-1", "1.5", inner()))
	case 5:
		return fmt.Sprintf("%s(%s) %% %s", maker.pick("int", "int", "len", ""), inner(), maker.pick("2", "3", "int(day)", "0", "len([1, 2])"))
	case 6, 7, 8:
		return fmt.Sprintf("%s(%s, %s)", maker.pick("max", "min"), inner(), inner())
	case 9:
		return fmt.Sprintf("%s(%s)", maker.pick("max", "min", "mean", "median", "sum", "len"), maker.list(depth-1))
	case 10:
		return fmt.Sprintf("%s(%s, %s, %s)", maker.pick("mean", "median", "max"), inner(), maker.list(depth-2), inner())
	case 11:
		return fmt.Sprintf("%s(%s)", maker.pick("abs", "ceil", "floor", "round", "int", "float"), inner())
	case 12, 13, 14:
		return fmt.Sprintf("(%s ? %s : %s)", maker.condition(depth-1), inner(), inner())
	case 15:
		return fmt.Sprintf("(if %s { %s } else if %s { %s } else { %s })", maker.condition(depth-1), inner(), maker.condition(depth-2), inner(), inner())
	case 16:
		return fmt.Sprintf("(%s ?? %s)", maker.pick(maker.leaf(), maker.leaf(), inner()), inner())
	case 17:
		return fmt.Sprintf("%s[%s]", maker.list(depth-1), maker.pick("0", "-1", "1", "int(day)", "9"))
	case 18:
		value := inner()
		maker.lets++
		text := fmt.Sprintf("(let x%d = %s; %s)", maker.lets-1, value, inner())
		maker.lets--
		return text
	case 19:
		return fmt.Sprintf("sum(%s, %s)", maker.list(depth-1), maker.inList(func() string { return maker.number(depth - 2) }))
	case 20:
		return fmt.Sprintf("count(%s, %s)", maker.list(depth-1), maker.inList(func() string { return maker.condition(depth - 2) }))
	case 21:
		return fmt.Sprintf("%s | %s(%s)", maker.leaf(), maker.pick("max", "min"), inner())
	case 22:
		return fmt.Sprintf("%s%s", maker.pick("-", "+", "-"), maker.leaf())
	default:
		return fmt.Sprintf("%s /* %s */", inner(), maker.pick("per pod", "a * b"))
	}
}

func (maker *formulaMaker) inList(text func() string) string {
	maker.lists++
	made := text()
	maker.lists--
	return maker.pick(made, "{"+made+"}")
}

func (maker *formulaMaker) condition(depth int) string {
	inner := func() string { return maker.number(depth - 1) }
	compare := maker.pick("<", ">", "<=", ">=", "==", "!=", ">", "<")
	if depth <= 0 {
		return fmt.Sprintf("%s %s %s", maker.leaf(), compare, maker.leaf())
	}
	switch maker.Intn(12) {
	case 0, 1, 2, 3, 4:
		return fmt.Sprintf("%s %s %s", inner(), compare, inner())
	case 5, 6:
		return fmt.Sprintf("(%s %s %s)", maker.condition(depth-1), maker.pick("and", "or", "&&", "||"), maker.condition(depth-1))
	case 7:
		return fmt.Sprintf("%s (%s)", maker.pick("not", "!"), maker.condition(depth-1))
	case 8:
		return fmt.Sprintf("%s(%s, %s)", maker.pick("all", "any", "none", "one"), maker.list(depth-1), maker.inList(func() string { return maker.condition(depth - 2) }))
	case 9:
		return fmt.Sprintf("%s %s %s", maker.leaf(), maker.pick("in", "not in"), maker.list(depth-1))
	case 10:
		return fmt.Sprintf("%s < %s <= %s", maker.leaf(), maker.leaf(), inner())
	default:
		return maker.pick("true", "false", "day == nil", "load != nil")
	}
}

func (maker *formulaMaker) list(depth int) string {
	switch maker.Intn(6) {
	case 0:
		if depth > 0 {
			return fmt.Sprintf("filter(%s, %s)", maker.list(depth-1), maker.inList(func() string { return maker.condition(depth - 1) }))
		}
	case 1:
		if depth > 0 {
			return fmt.Sprintf("map(%s, %s)", maker.list(depth-1), maker.inList(func() string { return maker.number(depth - 1) }))
		}
	}
	items := []string{}
	for n := maker.Intn(4); n >= 0; n-- {
		items = append(items, maker.number(depth-1))
	}
	if maker.Intn(40) == 0 {
		items = nil
	}
	return "[" + strings.Join(items, ", ") + "]"
}
