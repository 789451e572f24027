package prioritize

import (
	"bufio"
	"cmp"
	"compress/gzip"
	"encoding/json"
	"math"
	"os" //nolint:depguard // the ranking is pure; this test of it reads the lab
	"path/filepath"
	"slices"
	"testing"
	"time"

	"stackrank/internal/work"
)

// The back-test ranks the open issues of a public tracker at the start of each
// quarter from what was known then, and asks how well the top foretold what
// users would ask for in the 180 days after: people from outside who comment for
// the first time, and duplicates, which count twice. None of that is an input.
const (
	foretold = 180 // days
	topOf    = 50
)

// past is one issue of the tracker as a history.
type past struct {
	Key, Priority   string
	Created         time.Time
	Resolved        *time.Time
	Reporter        string
	Assignee        string
	Comments        [][2]string
	Links           [][3]string
	voices, repeats []time.Time // first comments of people from outside; duplicates
}

// priorities is the order of the tracker, on the scale of the connectors.
var priorities = map[string]float64{"Critical": 1, "High": 0.75, "Medium": 0.5, "Low": 0.25, "Trivial": 0.05}

func TestTheTopForetellsDemand(t *testing.T) {
	issues := readPast(t)
	e := engineOf(t, func(s *Settings) {
		s.Value = map[string]float64{"priority": 0.3, "demand": 0.35, "duplicates": 0.35}
		s.Anchors = map[string]Anchor{"demand": {Half: 2}, "duplicates": {Half: 1}}
	})
	undecayed := engineOf(t, func(s *Settings) {
		s.Value = map[string]float64{"priority": 0.3, "demand": 0.35, "duplicates": 0.35}
		s.Anchors = map[string]Anchor{"demand": {Half: 2, HalfLife: maxDays}, "duplicates": {Half: 1, HalfLife: maxDays}}
	})
	var ours, ageless, oldest float64
	quarters := 0
	for now := time.Date(2012, 1, 1, 0, 0, 0, 0, time.UTC); now.Year() < 2020; now = now.AddDate(0, 3, 0) {
		groups, gains := openAt(issues, now)
		ours += ndcg(refsOf(e.Rank(groups, now)), gains)
		ageless += ndcg(refsOf(undecayed.Rank(groups, now)), gains)
		oldest += ndcg(byPriorityThenAge(groups), gains)
		quarters++
	}
	n := float64(quarters)
	t.Logf("NDCG@%d over %d quarters: %.3f; evidence that does not age %.3f; priority, then oldest %.3f", topOf, quarters, ours/n, ageless/n, oldest/n)
	if ours/n < 0.40 {
		t.Errorf("NDCG@%d is %.3f, want at least 0.40", topOf, ours/n)
	}
	if ours < ageless || ours < 2*oldest {
		t.Error("ageing evidence must foretell better than evidence that does not age, and twice as well as priority alone")
	}
}

func readPast(t *testing.T) []*past {
	t.Helper()
	lab := os.Getenv("STACKRANK_LAB")
	if lab == "" {
		t.Skip("the back-test reads the history of a public tracker; STACKRANK_LAB is not set")
	}
	f, err := os.Open(filepath.Join(lab, "data", "jira", "titanium", "timob-history.jsonl.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	var issues []*past
	lines := bufio.NewScanner(z)
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		p := &past{}
		if err := json.Unmarshal(lines.Bytes(), p); err != nil {
			t.Fatal(err)
		}
		issues = append(issues, p)
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	findDemand(t, issues)
	return issues
}

// findDemand dates what people from outside asked of each issue. From outside
// is who neither reported the issue nor works on it.
func findDemand(t *testing.T, issues []*past) {
	t.Helper()
	byKey := map[string]*past{}
	for _, p := range issues {
		byKey[p.Key] = p
	}
	for _, p := range issues {
		heard := map[string]bool{p.Reporter: true, p.Assignee: true}
		for _, c := range p.Comments {
			if heard[c[1]] {
				continue
			}
			heard[c[1]] = true
			at, err := time.Parse(time.RFC3339, c[0])
			if err != nil {
				t.Fatal(err)
			}
			p.voices = append(p.voices, at)
		}
		for _, l := range p.Links {
			if other := byKey[l[2]]; other != nil && l[0] == "Duplicate" && l[1] == "in" {
				p.repeats = append(p.repeats, other.Created)
			}
		}
	}
}

// openAt gives the issues that were open, with what was known of them, and what
// the days after brought to each.
func openAt(issues []*past, now time.Time) ([]work.Group, map[string]float64) {
	var groups []work.Group
	gains := map[string]float64{}
	end := now.AddDate(0, 0, foretold)
	for _, p := range issues {
		if p.Created.After(now) || p.Resolved != nil && !p.Resolved.After(now) {
			continue
		}
		it := work.Item{Ref: work.Ref{Source: "s", ID: p.Key}, Created: p.Created, Signals: work.Signals{}}
		if x, ok := priorities[p.Priority]; ok {
			it.Signals[work.Priority] = x
		}
		take := func(s work.Signal, dates []time.Time, gain float64) {
			for _, at := range dates {
				if !at.After(now) {
					it.Events = append(it.Events, work.Event{Signal: s, At: at, Amount: 1})
				} else if at.Before(end) {
					gains[p.Key] += gain
				}
			}
		}
		take(work.Comments, p.voices, 1)
		take("duplicates", p.repeats, 2)
		groups = append(groups, work.Group{Items: []work.Item{it}})
	}
	return groups, gains
}

func refsOf(r Ranking) []string {
	out := make([]string, len(r.Ranked))
	for i := range r.Ranked {
		out[i] = r.Ranked[i].Group.Ref().ID
	}
	return out
}

func byPriorityThenAge(groups []work.Group) []string {
	groups = slices.SortedFunc(slices.Values(groups), func(a, b work.Group) int {
		x, y := a.Items[0], b.Items[0]
		return cmp.Or(cmp.Compare(y.Signals[work.Priority], x.Signals[work.Priority]), x.Created.Compare(y.Created))
	})
	out := make([]string, len(groups))
	for i, g := range groups {
		out[i] = g.Ref().ID
	}
	return out
}

// ndcg gives the discounted gain of the top against that of the best top. Gains
// are logarithmic: the tenth voice adds less than the first.
func ndcg(order []string, gains map[string]float64) float64 {
	discounted := func(gain func(i int) float64, n int) float64 {
		sum := 0.0
		for i := range min(n, topOf) {
			sum += math.Log2(1+gain(i)) / math.Log2(float64(i)+2)
		}
		return sum
	}
	best := make([]float64, 0, len(gains))
	for _, g := range gains {
		best = append(best, g)
	}
	slices.SortFunc(best, func(a, b float64) int { return cmp.Compare(b, a) })
	ideal := discounted(func(i int) float64 { return best[i] }, len(best))
	return discounted(func(i int) float64 { return gains[order[i]] }, len(order)) / ideal
}
