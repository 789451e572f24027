package expression

import (
	"fmt"
	"testing"
	"time"

	"stackrank/internal/work"
)

// crowd gives n items that differ in what formulas read; some lack some of it.
func crowd(n int) []work.Item {
	items := make([]work.Item, n)
	for i := range items {
		it := work.Item{
			Ref: work.Ref{Source: "s", ID: fmt.Sprint(i)}, Key: fmt.Sprintf("PAY-%d", i), Title: "Refund fails for split payments",
			Type: []string{"Bug", "Story", "Task"}[i%3], Status: work.Open, Labels: []string{"team-a", fmt.Sprintf("l%d", i%7)},
			Created: noon.AddDate(0, 0, -i%900), Signals: work.Signals{work.Priority: float64(i%5) / 4, work.Effort: 3},
			Attrs: map[string]work.Attr{"components": {Text: "Checkout"}},
		}
		if i%2 == 0 {
			it.Signals[work.Votes] = float64(i % 40)
			it.Due = noon.Add(time.Duration(i%60) * 24 * time.Hour)
		}
		items[i] = it
	}
	return items
}

func BenchmarkEnrichHundredThousandItems(b *testing.B) {
	s, err := Compile(map[string]string{
		"risk":  `signals.votes / max(age, 7) * (type == "Bug" ? 2 : 1)`,
		"reach": `(signals.votes ?? 0) + 3 * open_links.blocks + (any(labels, # startsWith "team-") ? 1 : 0)`,
		"late":  `due_in < 7 && type in ["Bug", "Incident"]`,
	}, nil, "")
	if err != nil {
		b.Fatal(err)
	}
	items := crowd(100_000)
	for b.Loop() {
		if f := s.Enrich(items, noon); len(f) > 0 {
			b.Fatal(f)
		}
	}
}
