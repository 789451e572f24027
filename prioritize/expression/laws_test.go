package expression

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"stackrank/internal/work"
)

// term is a formula that a test made, with what it gives: a value that is known
// or not. It is the oracle for the library and for what we make of it.
type term struct {
	text  string
	value *float64
}

func lift(x, y *float64, f func(x, y float64) float64) *float64 {
	if x == nil || y == nil {
		return nil
	}
	z := f(*x, *y)
	return &z
}

func truthOf(yes bool) float64 {
	if yes {
		return 1
	}
	return 0
}

// arithmetic draws a formula over the signals a and b, of which each may be
// missing.
func arithmetic(t *rapid.T, depth int, a, b *float64) term {
	sub := func() term { return arithmetic(t, depth-1, a, b) }
	kind := 0
	if depth > 0 {
		kind = rapid.IntRange(0, 7).Draw(t, "kind")
	}
	switch kind {
	case 1, 2, 3:
		x, y := sub(), sub()
		op := []string{"+", "-", "*"}[kind-1]
		f := []func(x, y float64) float64{
			func(x, y float64) float64 { return x + y }, func(x, y float64) float64 { return x - y }, func(x, y float64) float64 { return x * y },
		}[kind-1]
		return term{"(" + x.text + " " + op + " " + y.text + ")", lift(x.value, y.value, f)}
	case 4:
		x, y := sub(), sub()
		return term{"max(" + x.text + ", " + y.text + ")", lift(x.value, y.value, math.Max)}
	case 5:
		x, y, z := sub(), sub(), sub()
		whole := term{"((" + x.text + ") > " + y.text + " ? " + z.text + " : 1.5)", nil}
		if yes := lift(x.value, y.value, func(x, y float64) float64 { return truthOf(x > y) }); yes != nil {
			whole.value = z.value
			if *yes == 0 {
				whole.value = new(1.5)
			}
		}
		return whole
	case 6:
		name, x := "signals.a", a
		if rapid.Bool().Draw(t, "b") {
			name, x = "signals.b", b
		}
		y := sub()
		if x == nil {
			x = y.value
		}
		return term{"(" + name + " ?? " + y.text + ")", x}
	}
	switch rapid.IntRange(0, 2).Draw(t, "leaf") {
	case 0:
		return term{"signals.a", a}
	case 1:
		return term{"signals.b", b}
	}
	x := float64(rapid.IntRange(-9, 9).Draw(t, "x"))
	return term{"(" + strconv.FormatFloat(x, 'f', -1, 64) + ")", &x}
}

func TestArithmeticAgreesWithAnOracle(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		maybe := rapid.Ptr(rapid.Map(rapid.IntRange(-9, 9), func(i int) float64 { return float64(i) }), true)
		a, b := maybe.Draw(t, "a"), maybe.Draw(t, "b")
		want := arithmetic(t, 3, a, b)
		it := work.Item{Key: "A-1", Signals: work.Signals{}}
		for s, x := range map[work.Signal]*float64{"a": a, "b": b} {
			if x != nil {
				it.Signals[s] = *x
			}
		}
		s, err := Compile(map[string]string{"x": want.text}, nil, "")
		if err != nil {
			t.Fatalf("%s: %v", want.text, err)
		}
		items := []work.Item{it}
		s.Enrich(items, noon)
		got, known := items[0].Signals["x"]
		if known != (want.value != nil) || known && got != *want.value+0 {
			t.Fatalf("%s with a=%v b=%v: %v %v, want %v", want.text, it.Signals["a"], it.Signals["b"], got, known, want.value)
		}
	})
}

// What an item needs of a formula is a short cut, and changes no result.
func TestNeedsChangeNoResult(t *testing.T) {
	texts := []string{
		"signals.a + signals.b", "signals.a > 3 && signals.b < 2", "(signals.a ?? 1) * signals.b", "epic ? signals.a * 2 : signals.b * 3",
		"due_in + age", `fields.x * 2 > signals.a`, "-signals.a ?? 3", "not (signals.a > 1)",
	}
	rapid.Check(t, func(t *rapid.T) {
		it := work.Item{Signals: work.Signals{}, Attrs: map[string]work.Attr{}, Epic: rapid.Bool().Draw(t, "epic")}
		for _, name := range []work.Signal{"a", "b"} {
			if rapid.Bool().Draw(t, string(name)) {
				it.Signals[name] = float64(rapid.IntRange(0, 5).Draw(t, "value"))
			}
		}
		if rapid.Bool().Draw(t, "x") {
			it.Attrs["x"] = work.Attr{Number: 2, Numeric: true}
		}
		if rapid.Bool().Draw(t, "dates") {
			it.Created, it.Due = noon, noon
		}
		text := rapid.SampledFrom(texts).Draw(t, "text")
		var results [2][]work.Item
		for i := range results {
			s, err := Compile(map[string]string{"out": text}, nil, "")
			if err != nil {
				t.Fatal(err)
			}
			if i == 1 {
				s.signals[0].needs = nil
			}
			results[i] = []work.Item{it}
			s.Enrich(results[i], noon)
		}
		if diff := cmp.Diff(results[0], results[1]); diff != "" {
			t.Fatalf("%s:\n%s", text, diff)
		}
	})
}

// Each item is judged by itself: neither its place nor its neighbours matter.
func TestTheOrderOfTheItemsDoesNotMatter(t *testing.T) {
	s, err := Compile(map[string]string{"risk": `signals.votes / (signals.votes - 4) + age`}, []Rule{{Class: work.Expedite, When: `type == "Bug"`}}, "")
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		items := crowd(20)
		want := slices.Clone(items)
		s.Enrich(want, noon)
		order := rapid.Permutation(items).Draw(t, "order")
		got := slices.Clone(order)
		s.Enrich(got, noon)
		slices.SortFunc(got, func(a, b work.Item) int { return a.Ref.Compare(b.Ref) })
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("(-in order +shuffled)\n%s", diff)
		}
	})
}

// The dearest formulas that fit into the bounds, over an item of long texts and
// many labels, take moments and not minutes.
func TestTheDearestFormulasAreBounded(t *testing.T) {
	huge := work.Item{Key: "A-1", Title: strings.Repeat("a", 2000)}
	for range 100 {
		huge.Labels = append(huge.Labels, strings.Repeat("b", 255))
	}
	fill := func(one, join string) string {
		return strings.Join(slices.Repeat([]string{one}, (maxLength-len(one))/(len(one)+len(join))), join)
	}
	for _, text := range []string{
		fill(`count(labels, # matches "(b*)*c")`, "+"),
		fill(`(title matches "(a|aa)+$"?1:0)`, "+"),
		"len(" + fill("title", "+") + ")",
		fill("any(labels,upper(#)+#+#==title)", "||"),
	} {
		begun := time.Now()
		if got := eval(t, text, huge); got == "unknown" || strings.Contains(got, "cannot") {
			t.Errorf("%.40s… = %s", text, got)
		}
		if d := time.Since(begun); d > 20*time.Second {
			t.Errorf("%.40s… takes %v", text, d)
		}
	}
}

func FuzzFormula(f *testing.F) {
	for _, text := range []string{
		"signals.votes * 2", `type in ["Bug"] ? age : nil`, `any(labels, # startsWith "x")`, `title matches "(a+)+$"`, "1/0", "fields[\"A\"] + 1",
		"((((", "let x = 1; x", `"` + strings.Repeat("y", 60) + `" + 1`, "signals.x ?? (due_in)", "-9223372036854775808", "1..5", "\x00", "#", "labels | count()",
		"map(labels, #)", "max()", "float(title)", "max(labels)", "min(1, title)", "abs(fields.x)", "[1, title] == labels", "title[0]", "?.",
	} {
		f.Add(text, "Refund fails")
	}
	f.Fuzz(func(t *testing.T, text, title string) {
		s, err := Compile(map[string]string{"x": text}, nil, "")
		if err != nil {
			for w := range strings.FieldsSeq(err.Error()) {
				if strings.ContainsFunc(w, unicode.IsControl) || len([]rune(w)) > 60 {
					t.Errorf("%q: word %q in the message", text, w)
				}
			}
			return
		}
		it := sample()
		it.Title, it.Labels, it.Attrs["x"] = title, []string{title}, work.Attr{Text: title}
		items := []work.Item{it, {}}
		found := s.Enrich(items, noon)
		for _, it := range items {
			if x, ok := it.Signals["x"]; ok && (math.IsNaN(x) || math.IsInf(x, 0)) {
				t.Errorf("%q gives %v", text, x)
			}
		}
		for _, f := range found {
			if len(title) > 12 && f.Code == "bad-signal" && strings.Contains(f.Message, title) {
				t.Errorf("%q: the finding quotes the item: %s", text, f.Message)
			}
		}
	})
}
