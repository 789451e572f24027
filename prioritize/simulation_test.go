package prioritize

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
	"time"

	"stackrank/internal/work"
)

// The integrated simulation lets one team work a backlog off for a year, always
// on what a rule puts first, and adds up what the waiting really cost. The rule
// sees estimates only: values and efforts with an error, due dates, classes of
// service and links. After each item it is asked anew.
const (
	simulated  = 365.0 // days
	atStart    = 60    // items
	arrivals   = 0.22  // items a day
	valueNoise = 0.5   // log-sd of the estimates
	workNoise  = 0.4
)

// task is a piece of work as it really is.
type task struct {
	worth, days       float64 // true value, 0…10; true days of work
	seenWorth, points float64 // as estimated
	created           float64 // days from the start
	due               float64 // 0: none
	class             work.ClassName
	blockers          []int
	ref               work.Ref
}

// year is one run of the simulation before any rule has touched it.
type year []task

func randomYear(rng *rand.Rand, poorEnablers bool) year {
	n := atStart
	for t := rng.ExpFloat64() / arrivals; t < simulated; t += rng.ExpFloat64() / arrivals {
		n++
	}
	y := make(year, n)
	arrived := 0.0
	for i := range y {
		t := &y[i]
		t.ref = work.Ref{Source: "s", ID: strconv.Itoa(i + 1)}
		if i >= atStart {
			arrived = min(arrived+rng.ExpFloat64()/arrivals, simulated)
			t.created = arrived
		}
		t.worth = min(2*math.Exp(0.9*rng.NormFloat64()), 10)
		t.days = []float64{1, 2, 3, 5, 8}[rng.IntN(5)]
		switch k := rng.Float64(); {
		case k < 0.05:
			t.class = work.Expedite
		case k < 0.15:
			t.class = work.Intangible
		case k < 0.40:
			t.due = t.created + 10 + 110*rng.Float64()
		}
		if i > 0 && rng.Float64() < 0.3 { // waits for one or two that were there before
			for range 1 + rng.IntN(2) {
				b := max(0, i-1-rng.IntN(min(i, 20)))
				t.blockers = append(t.blockers, b)
				if poorEnablers && len(y[b].blockers) == 0 {
					y[b].worth = min(y[b].worth, 0.3)
				}
			}
		}
	}
	for i := range y {
		y[i].seenWorth = min(y[i].worth*math.Exp(valueNoise*rng.NormFloat64()), 10)
		y[i].points = max(y[i].days*math.Exp(workNoise*rng.NormFloat64())-overhead, 0)
	}
	return y
}

// rate is what a day of waiting costs at a time.
func (t *task) rate(now float64) float64 {
	switch {
	case t.class == work.Expedite:
		return 5 * t.worth
	case t.class == work.Intangible:
		return t.worth * (0.1 + 0.9*min(1, (now-t.created)/90))
	case t.due > 0 && now > t.due:
		return 3 * t.worth
	}
	return t.worth
}

// costUntil adds the rate up by days.
func (t *task) costUntil(end float64) float64 {
	cost := 0.0
	for d := t.created; d < end; d++ {
		cost += t.rate(d) * min(1, end-d)
	}
	return cost
}

// rule picks the next task among those that can be begun.
type rule func(y year, open, ready []int, now float64) int

// played gives what the year costs under a rule.
func (y year) played(pick rule) float64 {
	ends := make([]float64, len(y))
	for i := range ends {
		ends[i] = simulated
	}
	done := make([]bool, len(y))
	for now := 0.0; now < simulated; {
		var open, ready []int
		for i := range y {
			if done[i] || y[i].created > now {
				continue
			}
			open = append(open, i)
			if !slices.ContainsFunc(y[i].blockers, func(b int) bool { return !done[b] }) {
				ready = append(ready, i)
			}
		}
		if len(ready) == 0 {
			now++
			continue
		}
		i := pick(y, open, ready, now)
		now += y[i].days
		done[i], ends[i] = true, min(now, simulated)
	}
	cost := 0.0
	for i := range y {
		cost += y[i].costUntil(ends[i])
	}
	return cost
}

// byScore picks the ready task of the highest score; blockers take over the
// highest of what waits for them where inherit says so.
func byScore(score func(t *task, now float64) float64, inherit bool) rule {
	return func(y year, open, ready []int, now float64) int {
		s := make(map[int]float64, len(open))
		for _, i := range open {
			s[i] = score(&y[i], now)
		}
		for _, i := range slices.Backward(open) { // blockers have lower indexes
			for _, b := range y[i].blockers {
				if own, ok := s[b]; inherit && ok {
					s[b] = max(own, s[i])
				}
			}
		}
		return slices.MaxFunc(ready, func(a, b int) int { return cmp.Or(cmp.Compare(s[a], s[b]), cmp.Compare(b, a)) })
	}
}

// group gives a task as a tracker would show it.
func (t *task) group(y year, open map[int]bool) work.Group {
	at := func(days float64) time.Time { return noon.Add(time.Duration(days * 24 * float64(time.Hour))) }
	it := work.Item{Ref: t.ref, Created: at(t.created), Class: work.Class{Name: t.class},
		Signals: work.Signals{"stakeholders": t.seenWorth, work.Priority: priorityOf(t), work.Effort: t.points}}
	if t.due > 0 {
		it.Due = at(t.due)
	}
	for _, b := range t.blockers {
		if open[b] {
			it.Links = append(it.Links, work.Link{Kind: work.BlockedBy, To: y[b].ref, Open: true})
		}
	}
	return work.Group{Items: []work.Item{it}}
}

// byOrderOf picks the first of the engine's order, which can always be begun.
func byOrderOf(e *Engine) rule {
	return func(y year, open, _ []int, now float64) int {
		is := make(map[int]bool, len(open))
		for _, i := range open {
			is[i] = true
		}
		groups := make([]work.Group, len(open))
		for k, i := range open {
			groups[k] = y[i].group(y, is)
		}
		first := e.Rank(groups, noon.Add(time.Duration(now*24*float64(time.Hour)))).Ranked[0].Group.Ref()
		return slices.IndexFunc(y, func(t task) bool { return t.ref == first })
	}
}

// engineScore is what the engine gives a task by itself.
func engineScore(e *Engine) func(*task, float64) float64 {
	return func(t *task, now float64) float64 {
		return e.Score(t.group(nil, nil), noon.Add(time.Duration(now*24*float64(time.Hour)))).Ratio
	}
}

// priorityOf is the field that a person would have set: five levels.
func priorityOf(t *task) float64 { return math.Floor(min(t.seenWorth, 4.99)) / 4 }

// safe is WSJF as SAFe has it: value and time criticality add up.
func safe(t *task, now float64) float64 {
	critical := 0.0
	switch {
	case t.class == work.Expedite:
		critical = 10
	case t.due > 0:
		critical = 10 * min(max(1-(t.due-now)/60, 0), 1)
	}
	return (t.seenWorth + critical) / (t.points + overhead)
}

func TestTheEngineCostsLeastOverAYear(t *testing.T) {
	policy := Default()
	policy.Value = map[string]float64{"stakeholders": 1}
	e, err := New(policy)
	if err != nil {
		t.Fatal(err)
	}
	asTaskwarrior := Default()
	asTaskwarrior.Model, asTaskwarrior.Require = modelTaskwarrior, nil
	urgencies, err := New(asTaskwarrior)
	if err != nil {
		t.Fatal(err)
	}
	fifo := func(t *task, _ float64) float64 { return -t.created }
	priority := func(t *task, now float64) float64 { return priorityOf(t)*1e6 + now - t.created }
	ratio := func(t *task, _ float64) float64 { return t.seenWorth / (t.points + overhead) }
	rules := []struct {
		name string
		pick rule
	}{
		{"FIFO, wait for blockers", byScore(fifo, false)},
		{"priority field, then age", byScore(priority, false)},
		{"priority field, blockers inherit", byScore(priority, true)},
		{"Taskwarrior, blockers inherit", byScore(engineScore(urgencies), true)},
		{"value/effort (as RICE), wait", byScore(ratio, false)},
		{"WSJF as in SAFe, wait", byScore(safe, false)},
		{"WSJF as in SAFe, blockers inherit", byScore(safe, true)},
		{"CD3-U, wait", byScore(engineScore(e), false)},
		{"CD3-U, blockers inherit", byScore(engineScore(e), true)},
		{"engine", byOrderOf(e)},
	}
	const years = 25
	for _, poor := range []bool{false, true} {
		rng := rand.New(rand.NewPCG(21, 22))
		sum := make([]float64, len(rules))
		for range years {
			y := randomYear(rng, poor)
			for k, r := range rules {
				sum[k] += y.played(r.pick)
			}
		}
		engine := sum[len(sum)-1]
		for k, r := range rules {
			t.Logf("low-value enablers %-5t  %-34s ×%.2f", poor, r.name, sum[k]/engine)
			if sum[k] < engine {
				t.Errorf("low-value enablers %t: %s costs ×%.3f of the engine, want the engine lowest", poor, r.name, sum[k]/engine)
			}
		}
	}
}
