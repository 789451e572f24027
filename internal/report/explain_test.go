package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"stackrank/connectors"
	"stackrank/internal/cycle"
	"stackrank/internal/plan"
	"stackrank/internal/work"
)

// golden holds a text against the file of its name.
func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", strings.ReplaceAll(name, " ", "-")+".golden")
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("differs from %s (-want +got), rewrite with -update:\n%s", file, diff)
	}
}

// explained is the explanation of two items of a round by their keys.
func explained(t *testing.T, r cycle.Round, key, versus string) Explanation {
	t.Helper()
	x, ok := Find(r, key)
	y, other := Find(r, versus)
	if !ok {
		t.Fatalf("%s is not found", key)
	}
	if !other {
		y = -1
	}
	e, err := Explain(r, x, y)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// shop is a round with a small first tier, a pin, links and a mirror.
func shop(t *testing.T, change func(*cycle.Inputs)) cycle.Round {
	t.Helper()
	items := []work.Item{
		issue(1, "Import last year's invoices", func(it *work.Item) { it.Signals = work.Signals{work.Priority: 0.05, work.Effort: 8} }),
		issue(2, "Dark mode", func(it *work.Item) { it.Labels = []string{"stackrank-pin"} }),
		issue(3, "Refund fails for split payments", func(it *work.Item) {
			it.Signals = work.Signals{work.Priority: 0.75, work.Effort: 2, work.Votes: 9, "revenue": 40000}
			it.Due = noon.AddDate(0, 0, 18).Truncate(24 * 3600e9)
		}),
		issue(4, "Ledger export", func(it *work.Item) {
			it.Signals[work.Comments] = 3
			it.Links = []work.Link{{Kind: work.Blocks, To: work.Ref{Source: "platform", ID: "10003"}, Open: true}}
		}),
		issue(5, "", func(it *work.Item) { it.Signals = work.Signals{work.Votes: 2}; it.Due = noon.AddDate(0, 0, 30) }),
		issue(6, "Two \x1b[31mred\nlines", func(it *work.Item) { it.Signals = work.Signals{work.Priority: 1, work.Effort: 13, "revenue": 9000} }),
		issue(7, "Receipts by mail", func(it *work.Item) { it.Signals = work.Signals{work.Priority: 0.5, work.Effort: 3, work.Votes: 4} }),
	}
	card := work.Item{
		Ref: work.Ref{Source: "roadmap", ID: "5f1"}, Key: "nC8QJoZN", Title: "Receipts", URL: "https://roadmap.example/c/nC8QJoZN",
		Status: work.Open, Created: noon.AddDate(0, -1, 0), Links: []work.Link{{Kind: work.Mirrors, URL: "https://platform.example/browse/PAY-7"}},
	}
	return roundOf(t, []connectors.Reader{shelf{"platform", items, nil}, shelf{"roadmap", []work.Item{card}, nil}}, func(in *cycle.Inputs) {
		in.Policy.Value = map[string]float64{"priority": 0.4, "demand": 0.35, "revenue": 0.25}
		in.Rules.Tiers = []plan.Tier{{"now": 2}, {"next": 4}}
		if change != nil {
			change(in)
		}
	})
}

func TestExplanations(t *testing.T) {
	byModel := func(name string) cycle.Round {
		return shop(t, func(in *cycle.Inputs) { in.Policy.Model = name })
	}
	tests := []struct {
		name        string
		round       cycle.Round
		key, versus string
		format      Format
		style       Style
	}{
		{"explain at 80 columns", shop(t, nil), "PAY-7", "PAY-3", Text, Style{}},
		{"explain at 120 columns in colour", shop(t, nil), "PAY-6", "PAY-1", Text, Style{Width: 120, Color: true}},
		{"explain a pin", shop(t, nil), "PAY-2", "", Text, Style{}},
		{"explain a blocker", shop(t, nil), "PAY-4", "PAY-3", Text, Style{}},
		{"explain without a title", shop(t, nil), "PAY-5", "", Text, Style{}},
		{"explain a sum", byModel("weighted"), "PAY-3", "PAY-7", Text, Style{}},
		{"explain a product", byModel("rice"), "PAY-3", "PAY-7", Text, Style{}},
		{"explain tiers", byModel("moscow"), "PAY-3", "PAY-7", Text, Style{}},
		{"explain json", shop(t, nil), "PAY-7", "PAY-3", JSON, Style{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var b bytes.Buffer
			if err := explained(t, tt.round, tt.key, tt.versus).Write(&b, tt.format, tt.style); err != nil {
				t.Fatal(err)
			}
			golden(t, tt.name, b.String())
		})
	}
}

func TestFindByAnyName(t *testing.T) {
	r := shop(t, nil)
	for _, name := range []string{
		"platform:10007", "PAY-7", "pay-7", "https://platform.example/browse/PAY-7", "https://PLATFORM.example/browse/PAY-7/?focus=1#top",
		"roadmap:5f1", "nC8QJoZN", "https://roadmap.example/c/nC8QJoZN",
	} {
		i, ok := Find(r, name)
		if !ok || r.Ranking.Ranked[i].Group.Items[0].Key != "PAY-7" {
			t.Errorf("%q finds item %d, %v", name, i, ok)
		}
	}
	for _, name := range []string{"", "PAY-8", "platform:7", "https://platform.example/browse/", "PAY"} {
		if i, ok := Find(r, name); ok {
			t.Errorf("%q finds %s", name, r.Ranking.Ranked[i].Group.Items[0].Key)
		}
	}
	if got, want := Nearest(r, "pay-77"), []string{"PAY-7", "PAY-1", "PAY-2"}; !slices.Equal(got, want) {
		t.Errorf("near pay-77 are %v, want %v", got, want)
	}
	if got := Nearest(r, "something else"); got != nil {
		t.Errorf("near something else are %v", got)
	}
}

// TestDistanceIsAMetric holds the count of edits to what makes a distance.
func TestDistanceIsAMetric(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.StringMatching(`[ABÄ-]{0,6}`)
		a, b, c := word.Draw(t, "a"), word.Draw(t, "b"), word.Draw(t, "c")
		if (distance(a, b) == 0) != (a == b) || distance(a, b) != distance(b, a) || distance(a, c) > distance(a, b)+distance(b, c) {
			t.Fatalf("%q %q %q: %d, %d back, %d and %d", a, b, c, distance(a, b), distance(b, a), distance(b, c), distance(a, c))
		}
		if d := distance(a, b+"x"); d > distance(a, b)+1 {
			t.Fatalf("one letter more costs %d", d-distance(a, b))
		}
	})
}

// TestExplanationsAreSaidInShort holds every sentence to its length and every
// line to the width.
func TestExplanationsAreSaidInShort(t *testing.T) {
	for _, model := range []string{"cd3u", "weighted", "wsjf", "cd3", "rice", "ice", "moscow"} {
		r := shop(t, func(in *cycle.Inputs) { in.Policy.Model = model })
		for x := range r.Ranking.Ranked {
			for y := range r.Ranking.Ranked {
				e, err := Explain(r, x, y)
				if err != nil {
					t.Fatal(err)
				}
				if e.Versus != nil {
					if n := len(strings.Fields(e.Versus.Said)); n > maxWords+4 { // a factor is a word with its sign
						t.Errorf("%s: %d words: %s", model, n, e.Versus.Said)
					}
				}
				var b bytes.Buffer
				if err := e.Write(&b, Text, Style{}); err != nil {
					t.Fatal(err)
				}
				for l := range strings.SplitSeq(b.String(), "\n") {
					if width(l) > defaultWidth {
						t.Errorf("%s: %d cells: %q", model, width(l), l)
					}
				}
			}
		}
	}
}

// FuzzExplainTitles prints any title: nothing that moves the cursor or is no
// text gets through, in either format of either document.
func FuzzExplainTitles(f *testing.F) {
	for _, s := range titles {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, title string) {
		items := []work.Item{issue(1, title, nil), issue(2, "Plain", func(it *work.Item) { it.Key = title })}
		r := roundOf(t, []connectors.Reader{shelf{"platform", items, nil}}, nil)
		e, err := Explain(r, 0, 1)
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		other := roundOf(t, r.Readers(), func(in *cycle.Inputs) { in.Policy.Value = map[string]float64{"demand": 1} })
		for _, err := range []error{e.Write(&b, Text, Style{}), Compare(r, other, title).Write(&b, Text, Style{})} {
			if err != nil {
				t.Fatal(err)
			}
		}
		bad := func(r rune) bool {
			return r != '\n' && unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == '\u2028' || r == '\u2029'
		}
		if !utf8.Valid(b.Bytes()) || strings.ContainsFunc(b.String(), bad) {
			t.Errorf("title %q prints as %q", title, b.String())
		}
		b.Reset()
		if err := e.Write(&b, JSON, Style{}); err != nil || !json.Valid(b.Bytes()) || bytes.Count(b.Bytes(), []byte("\n")) != 1 {
			t.Errorf("title %q makes no line of JSON: %v", title, err)
		}
	})
}

func TestDifferences(t *testing.T) {
	before := shop(t, nil)
	then := func(change func(*cycle.Inputs)) cycle.Round {
		return roundOf(t, before.Readers(), func(in *cycle.Inputs) {
			in.Policy.Value = map[string]float64{"priority": 0.4, "demand": 0.35, "revenue": 0.25}
			in.Rules.Tiers = []plan.Tier{{"now": 2}, {"next": 4}}
			change(in)
		})
	}
	demand := then(func(in *cycle.Inputs) {
		in.Policy.Value = map[string]float64{"priority": 0.1, "demand": 0.6, "customers": 0.3}
		in.Rules.Tiers, in.Rules.Top = []plan.Tier{{"now": 3}, {"next": 4}}, 5
	})
	tests := []struct {
		name   string
		after  cycle.Round
		format Format
		style  Style
	}{
		{"diff at 80 columns", demand, Text, Style{}},
		{"diff at 120 columns in colour", demand, Text, Style{Width: 120, Color: true, Top: 2}},
		{"diff of one policy", then(func(*cycle.Inputs) {}), Text, Style{}},
		{"diff of models", then(func(in *cycle.Inputs) { in.Policy.Model = "wsjf" }), Text, Style{}},
		{"diff to a sum", then(func(in *cycle.Inputs) { in.Policy.Model = "weighted" }), Text, Style{}},
		{"diff json", demand, JSON, Style{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var b bytes.Buffer
			if err := Compare(before, tt.after, "proposal.yaml").Write(&b, tt.format, tt.style); err != nil {
				t.Fatal(err)
			}
			golden(t, tt.name, b.String())
		})
	}
}

// TestDifferencesAddUp draws two policies: who crosses a line is who stands on
// another side of it, and the shifts of an item are all that its value changes by.
func TestDifferencesAddUp(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		weight := rapid.Float64Range(0.05, 1)
		policy := func(name string) func(*cycle.Inputs) {
			value := map[string]float64{"priority": weight.Draw(rt, name), "demand": weight.Draw(rt, name), "revenue": weight.Draw(rt, name)}
			return func(in *cycle.Inputs) { in.Policy.Value = value }
		}
		before, after := shop(t, policy("before")), shop(t, policy("after"))
		d := Compare(before, after, "other.yaml")
		old, values := New(before), map[string]float64{}
		for _, it := range New(after).Items {
			values[it.Key] = it.Value
		}
		for _, it := range old.Items {
			values[it.Key] -= it.Value
		}
		for _, m := range d.Movers {
			sum := 0.0
			for _, s := range m.Shifts {
				sum += s.Points
			}
			if diff := sum - values[m.Key]; diff > 0.001 || diff < -0.001 {
				rt.Fatalf("%s: shifts add up to %v, the value changes by %v", m.Key, sum, values[m.Key])
			}
		}
		for _, c := range d.Cuts {
			if len(c.Enter) != len(c.Leave) && c.Places[0] == c.Places[1] {
				rt.Fatalf("%s: %d enter, %d leave", c.Name, len(c.Enter), len(c.Leave))
			}
		}
		if d.Moved != len(d.Movers) || (d.Moved == 0) != (d.Kendall == 1) {
			rt.Fatal(fmt.Sprintf("%d moved, %d movers, tau %v", d.Moved, len(d.Movers), d.Kendall))
		}
	})
}

// TestReportPricesOverrides: a pin that hurts is priced, one that costs nothing
// and a model without a cost of delay are not.
func TestReportPricesOverrides(t *testing.T) {
	codes := func(r cycle.Round) string {
		var out []string
		for _, f := range New(r).Findings {
			if strings.HasSuffix(f.Code, "-price") {
				out = append(out, f.Code+": "+f.Message)
			}
		}
		return strings.Join(out, "\n")
	}
	by := func(model string) cycle.Round {
		return shop(t, func(in *cycle.Inputs) { in.Policy.Model = model })
	}
	if got := codes(by("cd3u")); !strings.HasPrefix(got, "pin-price: Your pin of PAY-2 makes delay cost ") || !strings.HasSuffix(got, " % more.") {
		t.Errorf("the pin is priced as %q", got)
	}
	if got := codes(by("weighted")); got != "" {
		t.Errorf("a sum of shares is priced as %q", got)
	}
	tiered := roundOf(t, by("cd3u").Readers(), func(in *cycle.Inputs) {
		in.Policy.Model, in.Policy.Value = "moscow", map[string]float64{"priority": 1}
	})
	if got := codes(tiered); strings.Contains(got, "tier-price") {
		t.Errorf("one tier for all is priced as %q", got)
	}
	must := issue(9, "A large must", func(it *work.Item) {
		it.Labels, it.Signals = []string{"must"}, work.Signals{work.Priority: 0.05, work.Effort: 40}
	})
	tiered = roundOf(t, []connectors.Reader{shelf{"platform", []work.Item{issue(8, "Small", nil), must}, nil}}, func(in *cycle.Inputs) { in.Policy.Model = "moscow" })
	if got := codes(tiered); !strings.HasPrefix(got, "tier-price: Putting whole tiers first makes delay cost ") {
		t.Errorf("a large must first is priced as %q", got)
	}
}
