package report

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"time"

	"stackrank/internal/cycle"
	"stackrank/internal/work"
	"stackrank/prioritize"
	"stackrank/prioritize/explain"
)

// Difference compares the orders that two policies make of one pull: places are
// those that a sync would give, with what is pinned, held or kept. Its version is
// that of Document.
type Difference struct {
	Version  int            `json:"version"`
	At       time.Time      `json:"at"`
	Timezone string         `json:"timezone"`
	Backlog  string         `json:"backlog"`
	With     string         `json:"with"`      // the file of the other policy
	Policies [2]Policy      `json:"policies"`  // before and after
	OneScale bool           `json:"one_scale"` // points of both models are of one scale; others cannot be compared
	Of       int            `json:"of"`        // pieces of work
	Moved    int            `json:"moved"`     // of which stand elsewhere
	Kendall  float64        `json:"kendall"`   // 1: the same order, 0: chance, −1: upside down
	Spearman float64        `json:"spearman"`  // the same scale
	Criteria []Reweighed    `json:"criteria"`  // the largest change of points first
	Cuts     []CutCrossings `json:"cuts"`      // the tiers, then top
	Movers   []Mover        `json:"movers"`    // whoever stands elsewhere, the farthest first
}

// Reweighed is what one criterion says under both policies.
type Reweighed struct {
	Criterion string     `json:"criterion"`
	Weights   [2]float64 `json:"weights"` // share of all weights, 0…1
	Shares    [2]float64 `json:"shares"`  // mean over all items, 0…1
	Points    [2]float64 `json:"points"`  // mean over all items: 100·weight·share in most models
}

// CutCrossings is who gets across the end of a tier, or of what is written.
type CutCrossings struct {
	Name   string  `json:"name"`
	Places [2]int  `json:"places"`
	Enter  []Mover `json:"enter"` // by their new places
	Leave  []Mover `json:"leave"` // by their old places
}

// Mover is an item at both its places.
type Mover struct {
	Ref     work.Ref   `json:"ref"`
	Key     string     `json:"key"`
	Title   string     `json:"title"`
	From    int        `json:"from"`
	To      int        `json:"to"`
	Shifts  []Shifted  `json:"shifts"`  // points that its criteria gained or lost, the largest first
	Urgency [2]float64 `json:"urgency"` // factor on the value before and after
	Work    [2]float64 `json:"work"`    // what the value is divided by before and after, as the models have it
	Facts   string     `json:"facts"`   // what is known of it, in a sentence
}

// Shifted is how many points more or less a criterion gives an item.
type Shifted struct {
	Criterion string  `json:"criterion"`
	Points    float64 `json:"points"`
}

// Compare makes the difference of two rounds over one pull.
func Compare(before, after cycle.Round, with string) Difference {
	a, b := New(before), New(after)
	d := Difference{
		Version: Version, At: a.At, Timezone: a.Timezone, Backlog: a.Backlog, With: with,
		Policies: [2]Policy{a.Policy, b.Policy}, OneScale: hundred(a.Policy.Model) == hundred(b.Policy.Model), Of: len(a.Items), Criteria: reweighed(before, after),
		Cuts: []CutCrossings{}, Movers: []Mover{},
	}
	to := map[work.Ref]Item{}
	for _, it := range b.Items {
		to[it.Ref] = it
	}
	was, is := scoresOf(before), scoresOf(after)
	all, places := make([]Mover, len(a.Items)), make([]int, len(a.Items))
	for i, it := range a.Items {
		all[i] = mover(it, to[it.Ref])
		all[i].figures(was[it.Ref], is[it.Ref])
		all[i].Facts = Sentence(is[it.Ref], after.At)
		places[i] = all[i].To - 1
		if all[i].From != all[i].To {
			d.Movers = append(d.Movers, all[i])
		}
	}
	agree := explain.Agree(places)
	d.Moved, d.Kendall, d.Spearman = len(d.Movers), round(agree.Kendall, 4), round(agree.Spearman, 4)
	slices.SortStableFunc(d.Movers, func(p, q Mover) int {
		return cmp.Or(cmp.Compare(q.far(), p.far()), cmp.Compare(min(p.From, p.To), min(q.From, q.To)))
	})
	for _, c := range cutsOf(before, after) {
		d.Cuts = append(d.Cuts, c.crossed(all))
	}
	return d
}

// hundred gives a name to the scale of a model's points: one for all that weigh
// criteria to 100, else the model itself.
func hundred(model string) string {
	base := strings.TrimPrefix(model, "moscow/")
	if base == "moscow" || base == "weighted" {
		return "cd3u"
	}
	return base
}

// scoresOf gives the scores of a round by the ref of the item's line.
func scoresOf(r cycle.Round) map[work.Ref]prioritize.Score {
	out := make(map[work.Ref]prioritize.Score, len(r.Ranking.Ranked))
	for i := range r.Ranking.Ranked {
		out[r.Ranking.Ranked[i].Group.Ref()] = r.Ranking.Ranked[i].Score
	}
	return out
}

// figures fills in what stands beside the points.
func (m *Mover) figures(was, is prioritize.Score) {
	m.Urgency = [2]float64{round(was.Urgency, 2), round(is.Urgency, 2)}
	m.Work = [2]float64{round(was.Work, 2), round(is.Work, 2)}
}

// far gives how many places an item moves.
func (m Mover) far() int { return max(m.From-m.To, m.To-m.From) }

func mover(a, b Item) Mover {
	m := Mover{Ref: a.Ref, Key: a.Key, Title: a.Title, From: a.Place, To: b.Place, Shifts: []Shifted{}}
	for _, name := range criteriaOf(a.Parts, b.Parts) {
		if by := round(pointsOf(b.Parts, name)-pointsOf(a.Parts, name), 4); by != 0 {
			m.Shifts = append(m.Shifts, Shifted{name, by})
		}
	}
	slices.SortStableFunc(m.Shifts, func(p, q Shifted) int { return cmp.Compare(math.Abs(q.Points), math.Abs(p.Points)) })
	return m
}

// criteriaOf gives the names of both, each once, in the order of the first.
func criteriaOf(a, b []Part) []string {
	var out []string
	for _, p := range slices.Concat(a, b) {
		if !slices.Contains(out, p.Criterion) {
			out = append(out, p.Criterion)
		}
	}
	return out
}

func pointsOf(parts []Part, criterion string) float64 {
	for _, p := range parts {
		if p.Criterion == criterion {
			return p.Points
		}
	}
	return 0
}

// reweighed gives the means of each criterion under both policies.
func reweighed(before, after cycle.Round) []Reweighed {
	at := map[string]int{}
	out := []Reweighed{}
	for k, r := range []cycle.Round{before, after} {
		n := float64(len(r.Ranking.Ranked))
		for i := range r.Ranking.Ranked {
			for _, p := range r.Ranking.Ranked[i].Score.Parts {
				c, ok := at[p.Criterion]
				if !ok {
					c = len(out)
					at[p.Criterion] = c
					out = append(out, Reweighed{Criterion: p.Criterion})
				}
				out[c].Weights[k] = p.Weight
				out[c].Shares[k] += p.Share / n
				out[c].Points[k] += p.Points / n
			}
		}
	}
	for i := range out {
		for k := range 2 {
			out[i].Weights[k] = round(out[i].Weights[k], 4)
			out[i].Shares[k], out[i].Points[k] = round(out[i].Shares[k], 4), round(out[i].Points[k], 4)
		}
	}
	slices.SortStableFunc(out, func(p, q Reweighed) int { return cmp.Compare(q.change(), p.change()) })
	return out
}

// change is how many points a criterion gains or loses on average.
func (r Reweighed) change() float64 { return math.Abs(r.Points[1] - r.Points[0]) }

// cutsOf gives the tiers of both policies by name, then top.
func cutsOf(before, after cycle.Round) []CutCrossings {
	var out []CutCrossings
	add := func(name string, k, places int) {
		i := slices.IndexFunc(out, func(c CutCrossings) bool { return c.Name == name })
		if i < 0 {
			i = len(out)
			out = append(out, CutCrossings{Name: name})
		}
		out[i].Places[k] = places
	}
	for k, r := range []cycle.Round{before, after} {
		for _, t := range r.Rules.Tiers {
			add(t.Name(), k, t.UpTo())
		}
	}
	for k, r := range []cycle.Round{before, after} {
		if top := int(r.Rules.Top); top > 0 {
			add("top", k, top)
		}
	}
	return out
}

// crossed fills in who gets in and out.
func (c CutCrossings) crossed(all []Mover) CutCrossings {
	c.Enter, c.Leave = []Mover{}, []Mover{}
	for _, m := range all {
		was, is := m.From <= c.Places[0], m.To <= c.Places[1]
		switch {
		case is && !was:
			c.Enter = append(c.Enter, m)
		case was && !is:
			c.Leave = append(c.Leave, m)
		}
	}
	slices.SortStableFunc(c.Enter, func(p, q Mover) int { return cmp.Compare(p.To, q.To) })
	return c
}
