package prioritize

import (
	"bufio"
	"cmp"
	"compress/gzip"
	"encoding/json"
	"math"
	"math/rand/v2"
	"os" //nolint:depguard // the ranking is pure; this test of it reads the lab
	"path/filepath"
	"slices"
	"testing"
	"time"

	"stackrank/internal/work"
)

// The back-test ranks the open issues of a public tracker at the start of each
// quarter from what was known then, and asks two things of the first fifty. What
// did users ask for in the 180 days after: people from outside who comment for
// the first time, and duplicates, which count twice. And what did the team fix
// within 90 days. Neither is an input.
const (
	foretold = 180 // days
	fixedIn  = 90  // days
	topOf    = 50
)

// past is one issue of the tracker as a history.
type past struct {
	Key, Priority   string
	Created         time.Time
	Resolved        *time.Time
	Resolution      string
	Labels          []string
	Reporter        string
	Assignee        string
	Comments        [][2]string
	Links           [][3]string
	voices, repeats []time.Time // first comments of people from outside; duplicates
}

// priorities is the order of the tracker, on the scale of the connectors.
var priorities = map[string]float64{"Critical": 1, "High": 0.75, "Medium": 0.5, "Low": 0.25, "Trivial": 0.05}

// foreteller is a rule that orders the open issues of a quarter, by index.
type foreteller struct {
	name  string
	order func(groups []work.Group, now time.Time) []string
}

// foretellers are the default model and the rules that teams use without one. The
// first is the one that is tested, the last is it without the ageing of evidence.
func foretellers(t *testing.T) []foreteller {
	value := func(halfLife Days) *Engine {
		return engineOf(t, func(s *Settings) {
			s.Value = map[string]float64{"priority": 0.3, "demand": 0.35, "repeats": 0.35}
			s.Anchors = map[string]Anchor{"demand": {Half: 2, HalfLife: halfLife}, "repeats": {Half: 1, HalfLife: halfLife}}
		})
	}
	ranked := func(e *Engine) func([]work.Group, time.Time) []string {
		return func(groups []work.Group, now time.Time) []string { return refsOf(e.Rank(groups, now)) }
	}
	priority := func(it *work.Item) float64 { return it.Signals[work.Priority] }
	day := func(it *work.Item) float64 { return float64(it.Created.Unix()) }
	return []foreteller{
		{"value, half-life 90 days", ranked(value(90))},
		{"value, half-life 30 days", ranked(value(30))},
		{"value, half-life 180 days", ranked(value(180))},
		{"random", shuffled},
		{"first in, first out", by(func(it *work.Item) []float64 { return []float64{-day(it)} })},
		{"newest first", by(func(it *work.Item) []float64 { return []float64{day(it)} })},
		{"priority, then oldest", by(func(it *work.Item) []float64 { return []float64{priority(it), -day(it)} })},
		{"priority, then newest", by(func(it *work.Item) []float64 { return []float64{priority(it), day(it)} })},
		{"most commenters", by(func(it *work.Item) []float64 { return []float64{voices(it), -day(it)} })},
		{"Taskwarrior", ranked(modelOf(t, "taskwarrior", nil))},
		{"value, evidence does not age", ranked(value(maxDays))},
	}
}

// verdict is how well an order foretold both outcomes, mean over the quarters.
type verdict struct{ demand, demandOpen, fixes, precision, auc float64 }

func TestTheTopForetellsDemandAndFixes(t *testing.T) {
	issues := readPast(t)
	rules := foretellers(t)
	sums, ahead := make([]verdict, len(rules)), make([]int, len(rules))
	quarters := 0.0
	for now := time.Date(2012, 1, 1, 0, 0, 0, 0, time.UTC); now.Year() < 2020; now = now.AddDate(0, 3, 0) {
		groups, after := openAt(issues, now)
		quarters++
		var first verdict
		for i, r := range rules {
			v := after.judge(r.order(groups, now))
			sums[i].add(v)
			if i == 0 {
				first = v
			} else if first.demand > v.demand {
				ahead[i]++
			}
		}
	}
	for i, r := range rules {
		sums[i].scale(1 / quarters)
		v := sums[i]
		t.Logf("%-30s fixes: NDCG %.3f, precision %.3f, AUC %.3f; demand: NDCG %.3f, of the unresolved %.3f; the first is ahead in %d of %v quarters",
			r.name, v.fixes, v.precision, v.auc, v.demand, v.demandOpen, ahead[i], quarters)
	}
	ours := sums[0]
	for i, r := range rules {
		if i > 2 && ours.demand < 1.2*sums[i].demand {
			t.Errorf("demand: %.3f, %s %.3f; want 1.2 times of it", ours.demand, r.name, sums[i].demand)
		}
		if r.name == "newest first" && ours.fixes < sums[i].fixes-0.01 {
			t.Errorf("fixes: %.3f, %s %.3f; want no less than 0.01 below", ours.fixes, r.name, sums[i].fixes)
		}
	}
	if ours.demand < 0.40 {
		t.Errorf("NDCG@%d of demand is %.3f, want at least 0.40", topOf, ours.demand)
	}
}

// by orders by figures, the first that differ deciding, the higher first.
func by(figures func(*work.Item) []float64) func([]work.Group, time.Time) []string {
	return func(groups []work.Group, _ time.Time) []string {
		sorted := slices.SortedStableFunc(slices.Values(groups), func(a, b work.Group) int {
			return slices.Compare(figures(&b.Items[0]), figures(&a.Items[0]))
		})
		out := make([]string, len(sorted))
		for i, g := range sorted {
			out[i] = g.Ref().ID
		}
		return out
	}
}

func voices(it *work.Item) float64 {
	n := 0.0
	for _, e := range it.Events {
		if e.Signal == work.Comments {
			n++
		}
	}
	return n
}

func shuffled(groups []work.Group, now time.Time) []string {
	out := by(func(*work.Item) []float64 { return nil })(groups, now)
	rand.New(rand.NewPCG(uint64(now.Unix()), 1)).Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out
}

func (v *verdict) add(o verdict) {
	v.demand, v.demandOpen = v.demand+o.demand, v.demandOpen+o.demandOpen
	v.fixes, v.precision, v.auc = v.fixes+o.fixes, v.precision+o.precision, v.auc+o.auc
}

func (v *verdict) scale(f float64) {
	*v = verdict{v.demand * f, v.demandOpen * f, v.fixes * f, v.precision * f, v.auc * f}
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

// outcome is what the days after a quarter's start brought, by key.
type outcome struct {
	demand, open map[string]float64 // what was asked; the same of issues that stayed unresolved all the time, which alone have a key
	fixed        map[string]float64 // 1 where it was fixed
}

// openAt gives the issues that were open, with what was known of them, and what
// the days after brought.
func openAt(issues []*past, now time.Time) ([]work.Group, outcome) {
	var groups []work.Group
	after := outcome{map[string]float64{}, map[string]float64{}, map[string]float64{}}
	end := now.AddDate(0, 0, foretold)
	for _, p := range issues {
		if p.Created.After(now) || p.Resolved != nil && !p.Resolved.After(now) {
			continue
		}
		it := work.Item{Ref: work.Ref{Source: "s", ID: p.Key}, Created: p.Created, Labels: p.Labels, Signals: work.Signals{}}
		if x, ok := priorities[p.Priority]; ok {
			it.Signals[work.Priority] = x
		}
		take := func(s work.Signal, dates []time.Time, gain float64) {
			for _, at := range dates {
				if !at.After(now) {
					it.Events = append(it.Events, work.Event{Signal: s, At: at, Amount: 1})
				} else if at.Before(end) {
					after.demand[p.Key] += gain
				}
			}
		}
		take(work.Comments, p.voices, 1)
		take(work.Repeats, p.repeats, 2)
		if p.Resolved == nil || !p.Resolved.Before(end) {
			after.open[p.Key] = after.demand[p.Key]
		}
		if p.Resolved != nil && p.Resolved.Before(now.AddDate(0, 0, fixedIn)) && (p.Resolution == "Fixed" || p.Resolution == "Done") {
			after.fixed[p.Key] = 1
		}
		groups = append(groups, work.Group{Items: []work.Item{it}})
	}
	return groups, after
}

// unresolved gives the part of an order that nobody worked off, so that what was
// asked of it does not hang on whether the issue was still there to be asked of.
func (o outcome) unresolved(order []string) []string {
	return slices.DeleteFunc(slices.Clone(order), func(key string) bool { _, ok := o.open[key]; return !ok })
}

// judge holds an order against what came.
func (o outcome) judge(order []string) verdict {
	v := verdict{demand: ndcg(order, o.demand), demandOpen: ndcg(o.unresolved(order), o.open), fixes: ndcg(order, o.fixed)}
	fixed, behind := 0.0, 0.0
	for i, key := range order {
		if o.fixed[key] == 0 {
			behind += fixed // so many fixed ones stand above this one
			continue
		}
		fixed++
		if i < topOf {
			v.precision += 1.0 / topOf
		}
	}
	v.auc = behind / (fixed * (float64(len(order)) - fixed))
	return v
}

func refsOf(r Ranking) []string {
	out := make([]string, len(r.Ranked))
	for i := range r.Ranked {
		out[i] = r.Ranked[i].Group.Ref().ID
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
