package prioritize

import (
	"maps"
	"math"
	"os" //nolint:depguard // the ranking is pure; this test holds its page against it
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"stackrank/internal/work"
)

// example is the item that docs/ranking.md follows by hand.
func example() work.Item {
	return work.Item{
		Ref: work.Ref{Source: "s", ID: "1"}, Created: ago(90), Due: ago(-12),
		Signals: work.Signals{work.Priority: 0.75, "stakeholders": 8, "revenue": 20000, work.Votes: 3, work.Watchers: 4, work.Comments: 2, work.Effort: 1},
		Events:  []work.Event{{Signal: work.Comments, At: noon, Amount: 1}},
	}
}

// TestThePageOnRankingIsWhatTheEngineDoes computes every figure of the tables of
// docs/ranking.md that follow items, to the digits that are printed.
func TestThePageOnRankingIsWhatTheEngineDoes(t *testing.T) {
	page, err := os.ReadFile("../docs/ranking.md")
	if err != nil {
		t.Fatal(err)
	}
	printed := rowsOf(string(page))
	want := byHand(t)
	for change, g := range changes() {
		now := noon
		if strings.Contains(change, "another week") {
			now = ago(-7)
		}
		e := engineOf(t, nil)
		s := e.Score(work.Group{Items: []work.Item{g}}, now)
		want[change] = []float64{s.Ratio, e.model.total(s.Ratio, 0)}
	}
	maps.Copy(want, waiting(t))
	for _, name := range slices.Sorted(maps.Keys(want)) {
		if len(printed[name]) != len(want[name]) {
			t.Errorf("%q: the page prints %v, want %v", name, printed[name], want[name])
			continue
		}
		for i, x := range want[name] {
			if math.Abs(printed[name][i]-x) > 0.00501 {
				t.Errorf("%q: the page prints %v, want %.2f", name, printed[name], want[name])
			}
		}
	}
}

// byHand gives the steps of the first table.
func byHand(t *testing.T) map[string][]float64 {
	e := engineOf(t, nil)
	g := work.Group{Items: []work.Item{example()}}
	s := e.Score(g, noon)
	demand, _ := e.model.(cd3u).criteria[1].find(g, noon, nil)
	out := map[string][]float64{
		"demand, aged": {demand.aged}, "V": {s.Value}, "E": {s.Effort}, "slack": {s.Slack}, "U": {s.Urgency}, "S": {s.Ratio},
		"score": {e.model.total(s.Ratio, 0)},
	}
	for _, p := range s.Parts {
		out[p.Criterion] = []float64{p.Points}
	}
	return out
}

// waiting gives the rows of the table of items that wait for one another.
func waiting(t *testing.T) map[string][]float64 {
	e := engineOf(t, func(s *Settings) { s.Value = map[string]float64{"stakeholders": 1} })
	login, checkout, report := one("login page", nil), one("checkout, which waits for it", nil), one("report", nil)
	for g, figures := range map[*work.Group][2]float64{&login: {2, 1.5}, &checkout: {8, 1.5}, &report: {6, 2.5}} {
		g.Items[0].Signals = work.Signals{"stakeholders": figures[0], work.Effort: figures[1]}
	}
	checkout.Items[0].Links = []work.Link{{Kind: work.BlockedBy, To: login.Ref(), Open: true}}
	out := map[string][]float64{}
	for _, r := range e.Rank([]work.Group{report, checkout, login}, noon).Ranked {
		out[r.Group.Ref().ID] = []float64{r.Score.Value, r.Score.Effort, r.Score.Ratio, r.Density, r.Lent, r.Total}
	}
	return out
}

// changes gives the item after each change of the second table.
func changes() map[string]work.Item {
	out := map[string]work.Item{}
	for name, change := range map[string]func(*work.Item){
		"nothing changes":             func(*work.Item) {},
		"it has no due date":          func(it *work.Item) { it.Due = time.Time{} },
		"it is estimated at 5 points": func(it *work.Item) { it.Signals[work.Effort] = 5 },
		"nobody estimates it":         func(it *work.Item) { delete(it.Signals, work.Effort) },
		"nobody rates it":             func(it *work.Item) { delete(it.Signals, "stakeholders") },
		"ten more vote for it today": func(it *work.Item) {
			it.Signals[work.Votes] = 13
			it.Events = append(it.Events, work.Event{Signal: work.Votes, At: noon, Amount: 10})
		},
		"it is left for another week": func(*work.Item) {},
		"it is expedite":              func(it *work.Item) { it.Class.Name = work.Expedite },
	} {
		it := example()
		change(&it)
		out[name] = it
	}
	return out
}

// rowsOf gives the figures of every row of a table, by its first cell: the cells
// that are numbers and nothing else.
func rowsOf(page string) map[string][]float64 {
	out := map[string][]float64{}
	for line := range strings.Lines(page) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		if len(cells) < 2 {
			continue
		}
		for _, c := range cells[1:] {
			if x, err := strconv.ParseFloat(strings.TrimSpace(c), 64); err == nil {
				name := strings.TrimSpace(cells[0])
				out[name] = append(out[name], x)
			}
		}
	}
	return out
}
