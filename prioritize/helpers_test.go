package prioritize

import (
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"stackrank/internal/work"
)

// noon is the time of every ranking in these tests.
var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// ago gives the moment so many days before noon.
func ago(days float64) time.Time { return noon.Add(-Days(days).Duration()) }

func engineOf(t testing.TB, change func(*Settings)) *Engine {
	t.Helper()
	s := Default()
	if change != nil {
		change(&s)
	}
	e, err := New(s)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// one gives a group of one item that was created on the day of noon.
func one(id string, s work.Signals) work.Group {
	return work.Group{Items: []work.Item{{Ref: work.Ref{Source: "s", ID: id}, Created: noon, Signals: s}}}
}

func refs(r Ranking) []string {
	out := make([]string, len(r.Ranked))
	for i := range r.Ranked {
		out[i] = r.Ranked[i].Group.Ref().String()
	}
	return out
}

func near(a, b float64) bool { return math.Abs(a-b) <= 1e-9*max(1, math.Abs(a), math.Abs(b)) }

// wild gives a number that a tracker could send, the absurd ones included.
func wild(rng *rand.Rand) float64 {
	switch rng.IntN(12) {
	case 0:
		return math.NaN()
	case 1:
		return math.Inf(1 - 2*rng.IntN(2))
	case 2:
		return -rng.ExpFloat64()
	case 3:
		return math.MaxFloat64 * (1 - 2*rng.Float64())
	case 4:
		return math.SmallestNonzeroFloat64
	case 5:
		return 0
	}
	return tame(rng)
}

// tame gives a number ≥ 0 as trackers usually send it, with many ties.
func tame(rng *rand.Rand) float64 {
	switch rng.IntN(3) {
	case 0:
		return float64(rng.IntN(4)) / 4
	case 1:
		return float64(rng.IntN(14))
	}
	return math.Floor(math.Exp(12 * rng.Float64()))
}

// randomGroups gives n groups with distinct refs in two sources and three lanes,
// whose numbers come from draw.
func randomGroups(rng *rand.Rand, n int, draw func(*rand.Rand) float64) []work.Group {
	var next [6]int
	out := make([]work.Group, 0, n)
	for i := range n {
		items := make([]work.Item, 1+rng.IntN(5)/4)
		for k := range items {
			lane := rng.IntN(len(next))
			items[k] = randomItem(rng, draw)
			items[k].Ref = work.Ref{Source: []string{"jira", "trello"}[lane/3], ID: fmt.Sprint(100*i + k)}
			items[k].Lane, items[k].Native = fmt.Sprint("lane ", lane%3), next[lane]
			next[lane]++
		}
		out = append(out, work.Group{Items: items})
	}
	return out
}

func randomItem(rng *rand.Rand, draw func(*rand.Rand) float64) work.Item {
	it := work.Item{Signals: work.Signals{}, Created: ago(400 * rng.Float64())}
	for _, s := range allSignals {
		if rng.IntN(2) == 0 {
			it.Signals[s] = draw(rng)
		}
	}
	if rng.IntN(8) == 0 {
		it.Created = time.Time{}
	}
	if rng.IntN(3) == 0 {
		it.Due = ago(200*rng.Float64() - 100)
	}
	if rng.IntN(3) == 0 {
		it.Class = randomClass(rng)
	}
	for range rng.IntN(4) {
		e := work.Event{Signal: evidence[rng.IntN(len(evidence))], At: ago(600*rng.Float64() - 20), Amount: draw(rng)}
		if rng.IntN(6) == 0 {
			e.At = time.Time{}
		}
		it.Events = append(it.Events, e)
	}
	return it
}

// evidence are the signals that dated evidence is made of.
var evidence = allSignals[:8]

// allSignals are those that a policy of these tests may read.
var allSignals = []work.Signal{
	work.Priority, work.Votes, work.Watchers, work.Comments, work.Effort, "stakeholders", "revenue", "customers", "ann", "ben", "cem",
	"business_value", "risk_reduction", "time_criticality", "size", "cost_of_delay", "reach", "impact", "confidence", "ease", "moscow", "scheduled", "waiting",
}

// lessIsBetter are the signals whose good direction is down.
var lessIsBetter = []work.Signal{work.Effort, "size", "moscow", "waiting"}

// everyModel lists what a policy can name.
var everyModel = []string{
	"cd3u", "weighted", "wsjf", "cd3", "rice", "ice", "taskwarrior",
	"moscow", "moscow/weighted", "moscow/wsjf", "moscow/cd3", "moscow/rice", "moscow/ice", "moscow/taskwarrior",
}

func randomClass(rng *rand.Rand) work.Class {
	names := []work.ClassName{work.FixedDate, work.SLA, work.Expedite, work.Intangible}
	return work.Class{Name: names[rng.IntN(len(names))], Target: Days(60 * rng.Float64() * float64(rng.IntN(4)) / 3).Duration()}
}

// randomSettings gives a policy that Validate accepts, of any model.
func randomSettings(rng *rand.Rand) Settings {
	return settingsOf(rng, everyModel[rng.IntN(len(everyModel))])
}

// settingsOf gives a policy of the model that Validate accepts.
func settingsOf(rng *rand.Rand, model string) Settings {
	s := Default()
	s.Model = model
	s.Value = map[string]float64{"priority": 0.01 + rng.Float64()}
	for _, name := range []string{"stakeholders", "demand", "revenue", "customers", "votes"} {
		if rng.IntN(3) > 0 {
			s.Value[name] = rng.Float64()
		}
	}
	s.Anchors = map[string]Anchor{
		"priority": {Noise: 0.3 * rng.Float64() * float64(rng.IntN(2))},
		"effort":   {Noise: 0.9 * rng.Float64() * float64(rng.IntN(2)), PerPoint: 0.1 + 2*rng.Float64()},
		"total":    {Half: 1 + 100*rng.Float64()},
	}
	if rng.IntN(3) == 0 {
		addPeople(rng, &s)
	}
	s.Urgency = Urgency{Horizon: Days(1 + 60*rng.Float64()), Boost: 5 * rng.Float64() * float64(rng.IntN(3)) / 2}
	fit(rng, &s)
	return s
}

// fit takes out what the model does not read and adds what it alone reads.
func fit(rng *rand.Rand, s *Settings) {
	f, _ := formulaOf(s.Model)
	if !f.half {
		delete(s.Anchors, "total")
	}
	if !f.weights {
		s.Value, s.Stakeholders = Default().Value, nil
		maps.DeleteFunc(s.Anchors, func(name string, _ Anchor) bool { return name != "effort" && s.Value[name] == 0 })
	}
	if strings.HasSuffix(s.Model, "weighted") {
		s.Value["effort"], s.Value["due"] = rng.Float64(), rng.Float64()
	}
}

// people are the signals of those who rate.
var people = []work.Signal{"ann", "ben", "cem"}

// addPeople makes the criterion stakeholders from up to three people, some with
// scales of their own.
func addPeople(rng *rand.Rand, s *Settings) {
	s.Value["stakeholders"], s.Stakeholders = 0.1+rng.Float64(), nil
	for _, who := range people {
		delete(s.Anchors, string(who))
	}
	for i, who := range people[:1+rng.IntN(3)] {
		name := string(who)
		s.Stakeholders = append(s.Stakeholders, Stakeholder{Name: name, Weight: float64(rng.IntN(3)), Signal: who})
		if i == 0 {
			s.Stakeholders[0].Weight = 0.1 + 3*rng.Float64()
		}
		if rng.IntN(2) == 0 {
			s.Anchors[name] = Anchor{Quantiles: randomQuantiles(rng)}
		}
	}
}

// randomQuantiles gives from 2 to 30 scores that never fall, with many ties.
func randomQuantiles(rng *rand.Rand) []float64 {
	out := make([]float64, 2+rng.IntN(29))
	for i := range out {
		out[i] = tame(rng)
	}
	slices.Sort(out)
	return out
}
