package main

import (
	"fmt"
	"math/rand"
	"strings"
)

// Random formulas: what people write, and what the compiler makes something else of.
type formulaMaker struct {
	*rand.Rand
	names       []string // of the triggers
	lets, lists int      // how many are open
}

func (maker *formulaMaker) pick(texts ...string) string { return texts[maker.Intn(len(texts))] }

func (maker *formulaMaker) formula() string {
	maker.names = []string{"day", "night", "load", "queue"}
	maker.lets, maker.lists = 0, 0
	if maker.Intn(8) == 0 { // a name that is a function's, too, or of another shape
		maker.names[maker.Intn(2)] = maker.pick("count", "max", "now", "float", "first", "int", "sum", "type", "trig_one", "office_hours", "T1", "_x")
	}
	switch maker.Intn(12) {
	case 0:
		return "float(" + maker.number(4) + ")" + maker.pick("", "", " + 1", " > 1 ? 2.5 : "+maker.names[0])
	case 1, 2, 3:
		return maker.usual()
	case 4:
		return maker.whole(3)
	default:
		return maker.number(4)
	}
}

// As in manifests that people publish: floors, caps, steps by load or by time, spare values.
func (maker *formulaMaker) usual() string {
	a, b := maker.names[maker.Intn(4)], maker.names[maker.Intn(4)]
	n, m := maker.pick("0", "1", "2", "5", "10", "0.5", "100"), maker.pick("3", "12", "20", "1.5")
	c := maker.pick("<", ">", "<=", ">=", "==", "!=")
	form := maker.pick(
		"max(A, B)", "min(max(A, B), M)", "max([A, B, N])", "min(max(A ?? 0, B), B > 0 ? M : N)", "max(A, B ?? 0)", "A ?? B ?? N", "(A ?? N) / M",
		"A C N ? B : M", "A C N ? M : B C M ? N : A", "A C N and B C M ? A + B : max(A, N)", "A C N || B C M ? A : B", "not (A C N) ? B : N",
		"if A C N { M } else { B }", "if A C N {\n  M\n} else if B C M {\n  A\n} else {\n  N\n}\n", "let x = A * M;\nlet y = x - B;\nmax(x, y, N)", "let x = A ?? 0; x C N ? x : B",
		"count([A, B, load], {# C N}) > 1 ? M : N", "count([A, B, load, queue], # > N) >= 2 ? max(A, B) : min(A, B)", "sum([A, B]) / 2", "mean([A, B, N])", "median(A, B, queue)",
		"ceil(A / M)", "round(A) + floor(B)", "A | max(B) | min(M)", "(A + B) | ceil() | max(N)", "abs(A - B)", "int(A) % 2 == 0 ? A : B", "int(A / N) % M", "A / B", "A / (B + 1)", "B > 0 ? A / B : N",
		"A * B", "A - B", "max(A - N, 0) + (B > M ? B - M : 0)", "A in [N, M] ? 1 : 2", "int(A) in 1..5 ? M : N", "A not in [0, 1] ? A : M", "A == nil ? N : A", "A != nil and A C N ? A : B",
		"-A + B", "A ** 2", "(A * M) ^ 0.5", "A > 0 ? max(A, M) : (B > 0 ? max(B, N) : 1)", "N < A < M ? A : B", "max(A, 1) == 1 ? M : N", "max(1, A) != 1 ? M : N",
		"any([A, B], # > N) ? M : 0", "all([A, B], {# C N}) && any([A], # > 0) ? M : B", "sum(filter([A, B, M], # > N))", "len(filter([A, B], # C N)) + 1", "sum(map([A, B], # * M))",
		"A // note\n + B", "/* floor */ max(A, N)", "A; B", "max(A, B,)", "{\"a\": A}.a", "A + unknown", "max(A, office-hours)", "A > N ? \"x\" : M",
	)
	return strings.NewReplacer("A", a, "B", b, "C", c, "N", n, "M", m).Replace(form)
}

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
		return maker.names[maker.Intn(len(maker.names))]
	}
	return maker.pick("0", "1", "2", "3", "5", "10", "40", "0.5", ".25", "1.5", "1e2", "1_000", "0x1F", "2.0", "7", "1e-3", "0b11", "-1", "0o17", "0.1", "9007199254740993")
}

// What the compiler takes for a whole number, be it one or not.
func (maker *formulaMaker) whole(depth int) string {
	if depth <= 0 {
		return maker.pick("0", "1", "2", "3", "int("+maker.leaf()+")", "max(1, "+maker.leaf()+")", "len([1, 2])", "-1")
	}
	inner := func() string { return maker.whole(depth - 1) }
	switch maker.Intn(9) {
	case 0, 1:
		return fmt.Sprintf("(%s %s %s)", inner(), maker.pick("+", "-", "*", "%"), inner())
	case 2:
		return fmt.Sprintf("int(%s)", maker.number(depth-1))
	case 3:
		return fmt.Sprintf("%s(%s, %s)", maker.pick("max", "min"), inner(), maker.pick(inner(), maker.number(depth-1)))
	case 4:
		return fmt.Sprintf("(%s ? %s : %s)", maker.condition(depth-1), inner(), inner())
	case 5:
		return fmt.Sprintf("(%s %s %s ? %s : 1)", inner(), maker.pick("==", "!=", "<", ">="), inner(), inner())
	case 6:
		return fmt.Sprintf("(%s %s %s ? %s : 2)", inner(), maker.pick("in", "not in"), maker.pick("[1, 2, 3]", "[0]", "[1, 2 - 1]", "[-1, 1]", maker.span(depth-1)), inner())
	case 7:
		return fmt.Sprintf("sum(%s%s)", maker.span(depth-1), maker.pick("", "", ", # * 2", ", # + 1", ", 5 - #", ", {# % 2}"))
	default:
		return fmt.Sprintf("count(%s, %s)", maker.pick(maker.list(depth-1), maker.span(depth-1)), maker.inList(func() string { return maker.condition(depth - 2) }))
	}
}

// A range.
func (maker *formulaMaker) span(depth int) string {
	return maker.pick("1..3", "0..2", "-1..1", "1..0", "(1 - 1)..2", "1..len([1, 2])", "0..int("+maker.leaf()+") % 4", "1..5000000", "1..int("+maker.leaf()+") % 5", "1.."+maker.names[0])
}

func (maker *formulaMaker) number(depth int) string {
	if depth <= 0 || maker.Intn(7) == 0 {
		return maker.leaf()
	}
	if maker.Intn(60) == 0 { // of a wrong type
		return maker.pick(maker.condition(depth-1), maker.list(depth-1), "nil", "true")
	}
	inner := func() string { return maker.number(depth - 1) }
	each := func() string { return maker.inList(func() string { return maker.condition(depth - 2) }) }
	if maker.Intn(300) == 0 { // forms that few write
		form := maker.pick("first(L)", "last(L)", "L[1:]", "A.x", "now().Hour()", "reduce(L, # + #acc)", "find(L, # > 1)", "\"a\"", "(B ?: A)", "{\"a\": A}.a", "$env.load", "sort(L)[0]", "L?.[0]", "get(L, 0)")
		return strings.NewReplacer("L", maker.list(depth-1), "A", maker.leaf(), "B", maker.condition(depth-1)).Replace(form)
	}
	switch maker.Intn(33) {
	case 0, 1, 2, 3:
		return fmt.Sprintf("%s %s %s", inner(), maker.pick("+", "-", "*", "/", "+", "-", "*"), inner())
	case 4:
		return fmt.Sprintf("(%s) %s %s", inner(), maker.pick("**", "^"), maker.pick("2", "0.5", "3", "-1", "1.5", inner()))
	case 5:
		return fmt.Sprintf("%s(%s) %% %s", maker.pick("int", "int", "len", ""), inner(), maker.pick("2", "3", "int("+maker.leaf()+")", "0", "len([1, 2])"))
	case 6, 7, 8:
		return fmt.Sprintf("%s(%s, %s%s)", maker.pick("max", "min"), inner(), inner(), maker.pick("", "", ", "+maker.leaf(), ","))
	case 9:
		return fmt.Sprintf("%s(%s)", maker.pick("max", "min", "mean", "median", "sum", "len"), maker.list(depth-1))
	case 10:
		return fmt.Sprintf("%s(%s, %s, %s)", maker.pick("mean", "median", "max", "min"), inner(), maker.list(depth-2), inner())
	case 11:
		return fmt.Sprintf("%s(%s)", maker.pick("abs", "ceil", "floor", "round", "int", "float"), inner())
	case 12, 13, 14:
		return fmt.Sprintf("(%s ? %s : %s)", maker.condition(depth-1), inner(), inner())
	case 15:
		return fmt.Sprintf("(if %s { %s } else if %s { %s } else { %s })", maker.condition(depth-1), inner(), maker.condition(depth-2), inner(), inner())
	case 16:
		return fmt.Sprintf("(%s ?? %s)", maker.pick(maker.leaf(), maker.leaf(), inner(), "nil"), inner())
	case 17:
		return fmt.Sprintf("%s[%s]", maker.list(depth-1), maker.pick("0", "-1", "1", "int("+maker.leaf()+")", "9", "max(1, "+maker.leaf()+")"))
	case 18:
		value := maker.pick(inner(), inner(), inner(), maker.list(depth-1), maker.condition(depth-1))
		maker.lets++
		text := fmt.Sprintf("(let x%d = %s; %s)", maker.lets-1, value, inner())
		maker.lets--
		return text
	case 19:
		return fmt.Sprintf("sum(%s, %s)", maker.list(depth-1), maker.inList(func() string { return maker.number(depth - 2) }))
	case 20:
		return fmt.Sprintf("count(%s, %s)", maker.list(depth-1), each())
	case 21:
		return fmt.Sprintf("%s | %s(%s)", maker.leaf(), maker.pick("max", "min"), inner())
	case 22:
		return fmt.Sprintf("%s%s", maker.pick("-", "+", "-"), maker.leaf())
	case 23:
		return fmt.Sprintf("%s /* %s */", inner(), maker.pick("per pod", "a * b"))
	case 24:
		return fmt.Sprintf("%s | %s()", inner(), maker.pick("round", "ceil", "floor", "abs", "float", "int"))
	case 25:
		return fmt.Sprintf("%s ? %s : %s ? %s : %s", maker.condition(depth-1), inner(), maker.condition(depth-2), inner(), inner())
	case 26:
		return fmt.Sprintf("(count(%s, %s) %s %s ? %s : %s)", maker.list(depth-1), each(), maker.pick(">", ">=", "<", "<=", "==", "!="), maker.pick("0", "1", "2", "-1", "3"), inner(), inner())
	case 27:
		return fmt.Sprintf("%s(%s)", maker.pick("len", "sum", "max", "mean"), maker.pick("filter", "map")+"("+maker.list(depth-1)+", "+each()+")")
	case 28:
		return fmt.Sprintf("%s([[%s, %s], %s, [%s]])", maker.pick("max", "min", "mean", "median", "sum"), inner(), inner(), maker.leaf(), inner())
	case 29, 30:
		return maker.whole(depth - 1)
	case 31:
		return fmt.Sprintf("(%s; %s)", inner(), inner())
	case 32:
		return fmt.Sprintf("%s - %s %s %s", maker.leaf(), maker.leaf(), maker.pick("*", "/", "**", "+"), maker.leaf())
	default:
		return fmt.Sprintf("(%s ?: %s)", maker.condition(depth-1), maker.pick("true", inner()))
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
	each := func() string { return maker.inList(func() string { return maker.condition(depth - 2) }) }
	switch maker.Intn(19) {
	case 0, 1, 2, 3, 4:
		return fmt.Sprintf("%s %s %s", inner(), compare, inner())
	case 5, 6:
		return fmt.Sprintf("(%s %s %s)", maker.condition(depth-1), maker.pick("and", "or", "&&", "||"), maker.condition(depth-1))
	case 7:
		return fmt.Sprintf("%s (%s)", maker.pick("not", "!"), maker.condition(depth-1))
	case 8:
		return fmt.Sprintf("%s(%s, %s)", maker.pick("all", "any", "none", "one"), maker.list(depth-1), each())
	case 9:
		return fmt.Sprintf("%s %s %s", maker.leaf(), maker.pick("in", "not in"), maker.list(depth-1))
	case 10:
		return fmt.Sprintf("%s < %s <= %s", maker.leaf(), maker.leaf(), inner())
	case 11:
		return fmt.Sprintf("%s %s %s", maker.whole(depth-1), maker.pick("==", "!="), maker.whole(depth-1))
	case 12:
		return fmt.Sprintf("%s %s %s", maker.pick(maker.whole(depth-1), maker.leaf()), maker.pick("in", "not in"), maker.pick("[1, 2, 3]", "[0, 1]", "[-1, 0]", maker.span(depth)))
	case 13:
		list, asked := maker.list(depth-1), maker.pick("all", "any", "none")
		return fmt.Sprintf("(%s(%s, %s) %s %s(%s, %s))", asked, list, each(), maker.pick("and", "or", "&&", "||"), asked, list, each())
	case 14:
		return fmt.Sprintf("%s %s %s", maker.list(depth-1), maker.pick("==", "!="), maker.list(depth-1))
	case 15:
		return fmt.Sprintf("(%s ? %s : %s)", maker.condition(depth-1), maker.condition(depth-1), maker.pick("true", "false", maker.condition(depth-2)))
	case 16:
		return fmt.Sprintf("count(%s, %s) %s %s", maker.list(depth-1), each(), maker.pick(">", ">=", "<", "<="), maker.pick("0", "1", "2"))
	case 17:
		return maker.pick(maker.leaf()+" == nil", maker.leaf()+" != nil", "nil in "+maker.list(depth-1), maker.condition(depth-1)+" == true")
	default:
		return maker.pick("true", "false")
	}
}

func (maker *formulaMaker) list(depth int) string {
	if depth > 0 {
		switch maker.Intn(10) {
		case 0, 1:
			return fmt.Sprintf("filter(%s, %s)", maker.list(depth-1), maker.inList(func() string { return maker.condition(depth - 1) }))
		case 2, 3:
			return fmt.Sprintf("map(%s, %s)", maker.list(depth-1), maker.inList(func() string { return maker.number(depth - 1) }))
		case 4:
			return fmt.Sprintf("(%s ? %s : %s)", maker.condition(depth-1), maker.list(depth-1), maker.pick(maker.list(depth-1), maker.list(depth-1), maker.number(depth-1)))
		}
	}
	if maker.Intn(12) == 0 {
		return "(" + maker.span(depth) + ")"
	}
	items := []string{}
	for n := maker.Intn(4); n >= 0; n-- {
		items = append(items, maker.pick(maker.number(depth-1), maker.number(depth-1), maker.leaf()))
		if maker.Intn(15) == 0 {
			items = append(items, maker.list(depth-2))
		}
	}
	if maker.Intn(40) == 0 {
		items = nil
	}
	return "[" + strings.Join(items, ", ") + "]"
}
