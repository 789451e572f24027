package next

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"stackrank/internal/work"
)

func titled(titles ...string) []work.Item {
	out := make([]work.Item, len(titles))
	for i, s := range titles {
		out[i] = thing(i+1, func(it *work.Item) { it.Title = s })
	}
	return out
}

func pairs(found []Duplicate) string {
	var out []string
	for _, d := range found {
		out = append(out, fmt.Sprintf("%d=%d", d.Line+1, d.Other+1))
	}
	return strings.Join(out, " ")
}

func TestDuplicates(t *testing.T) {
	link := func(to string) []work.Link {
		return []work.Link{{Kind: work.Duplicates, To: work.Ref{Source: "s", ID: to}}}
	}
	tests := []struct {
		name   string
		items  []work.Item
		change func([]work.Item)
		near   int
		want   string
	}{
		{"nothing alike", titled("Refund fails", "Login is slow"), nil, 9, ""},
		{"the same words in another case and order", titled("Refund fails: split payments", "Login is slow", "Split Payments refund FAILS"), nil, 9, "1=3"},
		{"one word of many is shared", titled("Refund fails for split payments", "Refund arrives twice in winter"), nil, 9, ""},
		{"the same single word", titled("Research", "Login", "research"), nil, 9, "1=3"},
		{"no words", titled("", "…", ""), nil, 9, ""},
		{"only near the top", titled("Login is slow", "Refund fails now", "Refund fails now"), nil, 1, ""},
		{"with one far below", titled("Refund fails now", "Login is slow", "Refund fails now"), nil, 1, "1=3"},
		{"linked already", titled("Refund fails now", "Refund fails now"), func(it []work.Item) { it[1].Links = link("1") }, 9, ""},
		{"parent and child", titled("Refund fails now", "Refund fails now"), func(it []work.Item) { it[0].Parent = it[1].Ref }, 9, ""},
		{"three for one at most", titled("Refund now", "Refund now", "Refund now", "Refund now", "Refund now"), nil, 1, "1=2 1=3 1=4"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if tt.change != nil {
				tt.change(tt.items)
			}
			if got := pairs(inOrder(t, 1, tt.near, tt.items...).duplicates()); got != tt.want {
				t.Errorf("pairs %q, want %q", got, tt.want)
			}
		})
	}
}

// TestTheIndexFindsWhatAllPairsHold compares with every pair of a small backlog.
func TestTheIndexFindsWhatAllPairsHold(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := inOrder(t, 1, rapid.IntRange(0, 20).Draw(t, "near"), someItems(t, 25)...)
		if diff := gocmp.Diff(b.allPairs(), b.duplicates()); diff != "" {
			t.Fatalf("-all pairs +index:\n%s", diff)
		}
	})
}

// allPairs is duplicates by the definition: weights from scratch for every pair.
func (b *Backlog) allPairs() []Duplicate {
	holds := func(line int, w string) bool { return slices.Contains(wordsOf(b.items(line)[0].Title), w) }
	weight := func(w string) float64 {
		n := 0
		for i := range b.Lines {
			if holds(i, w) {
				n++
			}
		}
		if n > max(len(b.Lines)/20, 10) {
			return 0
		}
		return math.Log1p(float64(len(b.Lines)) / float64(n))
	}
	dot := func(i, j int) (sum float64, n int) {
		for _, w := range wordsOf(b.items(i)[0].Title) {
			if x := weight(w); x > 0 && holds(j, w) {
				sum += x * x
				n++
			}
		}
		return sum, n
	}
	var out []Duplicate
	for i := range b.near() {
		var own []Duplicate
		for j := range b.Lines {
			both, n := dot(i, j)
			x, _ := dot(i, i)
			y, _ := dot(j, j)
			if j == i || j < i && j < b.near() || n == 0 || b.related(i, j) {
				continue
			}
			if c := both / (math.Sqrt(x) * math.Sqrt(y)); c >= alike && (n > 1 || c > 1-1e-9) {
				own = append(own, Duplicate{i, j, c})
			}
		}
		slices.SortFunc(own, func(a, b Duplicate) int { return cmp.Or(cmp.Compare(b.Alike, a.Alike), cmp.Compare(a.Other, b.Other)) })
		out = append(out, own[:min(3, len(own))]...)
	}
	return out
}
