package expression

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/expr-lang/expr/builtin"

	"stackrank/internal/work"
)

func TestABadFormulaIsRefusedWithItsPlace(t *testing.T) {
	long := strings.Repeat("1 + ", maxLength/4) + "1"
	tests := []struct{ name, text, want string }{
		{"nothing", " ", "empty: want a formula that gives a number, or true or false"},
		{"too long", long, "longer than 1000 characters"},
		{"no UTF-8", "\"\xff\"", "not in UTF-8"},
		{"broken off", "1 +", "character 3: unexpected token EOF"},
		{"unknown name", "1 + vots", "character 5: unknown name vots: want age, created, due"},
		{"unknown name in the second line", "age\n + foo", "line 2, character 4: unknown name foo"},
		{"name in another case", "Key", "character 1: unknown name Key"},
		{"a name with parts alone", "signals * 2", "character 1: signals holds several"},
		{"a part of what has none", "title.x", "character 7: only signals, fields"},
		{"a part by a computed name", "signals[key]", "only signals, fields, links and open_links have parts"},
		{"an element", "labels[0]", "only signals, fields"},
		{"an unknown kind of link", "links.blok", "character 7: no such kind of link: want blocked_by, blocks"},
		{"a text for a number", "title > 3", "character 7: no such operation: > (mismatched types text and number)"},
		{"a truth for a number", "sprint + 1", "mismatched types true or false and number"},
		{"a text as the result", "lower(title)", "it gives a text: want a number"},
		{"a list as the result", "labels", "it gives a list: want a number"},
		{"a division by zero", "age / 0", "character 5: a division by zero"},
		{"a division by what is zero", "age / (2 - 2*1)", "character 5: a division by zero"},
		{"always infinite", "1e308 * 10", "it gives no finite number"},
		{"always wrong", "float(\"abc\")", "character 1: "},
		{"an unknown function", "foo(3)", "no such function: want abs, all"},
		{"a function without brackets", "lower", "lower is a function"},
		{"the clock", "now()", "the function now is not to be had"},
		{"a method", "now().Year()", "no such function"},
		{"the environment as a whole", "len($env)", "unknown name $env"},
		{"a variable", "let x = 1; x", "a formula is one expression"},
		{"a sequence", "1; 2", "a formula is one expression"},
		{"a range", "count(1..1000000, true)", "the operator .. is not to be had"},
		{"a loop in a loop", "count(labels, any(labels, # == \"x\"))", "inside another one"},
		{"a part of a text", "title[0:5] == \"x\"", "parts of texts"},
		{"a map", "{\"a\": 1}", "not for formulas over an item"},
		{"bytes", "b\"abc\"", "not for formulas over an item"},
		{"the index of an element", "any(labels, #index > 1)", "only # stands for the element"},
		{"a pattern from the item", "title matches key", "matches wants a fixed pattern"},
		{"a bad pattern", "title matches \"(\"", "missing closing )"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := compile(tt.text, figure); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("compile(%q) = %v, want %q", tt.text, err, tt.want)
			}
		})
	}
}

func TestConditionsAreTrueOrFalse(t *testing.T) {
	for _, text := range []string{"age", "len(labels)", "title", "1"} {
		if _, err := compile(text, truth); err == nil || !strings.Contains(err.Error(), "want true or false") {
			t.Errorf("condition %q: %v", text, err)
		}
	}
	for _, text := range []string{"age > 3", "sprint", "not (\"a\" in labels)", "fields.open"} {
		if _, err := compile(text, truth); err != nil {
			t.Errorf("condition %q: %v", text, err)
		}
	}
}

func TestAllProblemsOfAPolicyAreToldWithTheirKeys(t *testing.T) {
	_, err := Compile(map[string]string{"b": "1 +", "a": "x", "demand": "1", "fine": "1"}, []Rule{{When: "sprint"}, {When: "age"}}, "")
	if err == nil {
		t.Fatal("accepted")
	}
	lines := strings.Split(err.Error(), "\n")
	for i, want := range []string{"signals.a: character 1: unknown", "signals.b: ", "signals.demand: the name is made of votes", "classes[1].when: "} {
		if i >= len(lines) || !strings.HasPrefix(lines[i], want) {
			t.Errorf("line %d of\n%v\nwant %q", i, err, want)
		}
	}
	if len(lines) != 4 {
		t.Errorf("%d lines:\n%v", len(lines), err)
	}
}

// Of the library's functions only those compile that the package lists: none
// that reads a clock or grows without bound gets in by an update.
func TestNoOtherFunctionOfTheLibraryCompiles(t *testing.T) {
	seen := 0
	for _, f := range builtin.Builtins {
		if functions[f.Name] {
			seen++
			continue
		}
		for _, call := range []string{f.Name + "()", f.Name + "(labels)", f.Name + "(labels, true)", f.Name + "(title, 3)", "labels | " + f.Name + "(true)"} {
			if _, err := compile(call, anything); err == nil {
				t.Errorf("%s compiles", call)
			}
		}
	}
	if seen != len(functions) {
		t.Errorf("the library has %d of our %d functions", seen, len(functions))
	}
}

// Env, which the types are checked against, and the readings have the same
// names, and what is read has the type that Env says or is nil.
func TestEveryNameIsReadAsItsTypeSays(t *testing.T) {
	it := crowd(1)[0]
	it.Due = noon
	it.Attrs["size"] = work.Attr{Number: 3, Numeric: true}
	in, n := viewOf(noon, ""), 0
	judge := func(name, part string, want reflect.Type) {
		t.Helper()
		n++
		r, ok := readOf(name, part)
		if !ok {
			t.Errorf("no reading for %s.%s", name, part)
			return
		}
		if got := reflect.TypeOf(r.from(&it, in)); got != want {
			t.Errorf("%s is %v, want %v", r.name, got, want)
		}
		if empty := r.from(&work.Item{}, in); empty != nil && reflect.TypeOf(empty) != want {
			t.Errorf("%s of an empty item is %T", r.name, empty)
		}
	}
	for f := range reflect.TypeFor[Env]().Fields() {
		name := f.Tag.Get("expr")
		switch f.Type.Kind() {
		case reflect.Struct:
			for part := range f.Type.Fields() {
				judge(name, part.Tag.Get("expr"), part.Type)
			}
		case reflect.Map:
			judge(name, map[string]string{"signals": "votes", "fields": "components"}[name], map[string]reflect.Type{"signals": reflect.TypeFor[float64](), "fields": reflect.TypeFor[string]()}[name])
		default:
			judge(name, "", f.Type)
		}
	}
	judge("fields", "size", reflect.TypeFor[float64]())
	if want := len(single) + 2*len(kinds) + 3; n != want {
		t.Errorf("%d names were judged, want %d", n, want)
	}
}

func TestReadsNamesTheSignals(t *testing.T) {
	got := Reads(`(signals.votes ?? 0) + signals["Story points"] * fields.x + signals.votes`)
	if want := []work.Signal{"Story points", "votes"}; !slices.Equal(got, want) {
		t.Errorf("Reads() = %v, want %v", got, want)
	}
	if got := Reads("1 +"); got != nil {
		t.Errorf("Reads() of a bad formula = %v", got)
	}
}
