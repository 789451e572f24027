package report

import (
	"math"
	"time"

	"stackrank/internal/cycle"
	"stackrank/internal/work"
	"stackrank/prioritize"
	"stackrank/prioritize/explain"
)

// Explanation says of one item why it stands where it does, and what would
// move it. Its version is that of Document.
type Explanation struct {
	Version  int       `json:"version"`
	At       time.Time `json:"at"`
	Timezone string    `json:"timezone"`
	Backlog  string    `json:"backlog"`
	Policy   Policy    `json:"policy"`
	Of       int       `json:"of"`   // pieces of work in the backlog
	Rank     int       `json:"rank"` // the place by score; another than that of the item where it is held or others are
	Item     Item      `json:"item"`
	Figures  []Figure  `json:"figures"`
	Shape    string    `json:"shape"`            // how the figures make the score: "quotient", "sum" or "product"
	Work     float64   `json:"work"`             // what the points are divided by: days, months or job size, as the model has it
	Ratio    float64   `json:"ratio"`            // what the figures come to for the item alone
	Density  float64   `json:"density"`          // what they come to with all that it is done with; the score is a fixed function of it
	Weighs   float64   `json:"weighs"`           // what it weighs in the order: less for parents and sub-tasks; outside of cycles (weighs + lent)/takes is the density
	Takes    float64   `json:"takes"`            // what it takes in the order, in the unit of work
	Counts   string    `json:"counts,omitempty"` // why it weighs or takes another than it does alone
	Estimate string    `json:"estimate"`         // in words
	Waits    []Named   `json:"waits"`            // open work that goes first; place 0: not in the backlog
	Lenders  []Lender  `json:"lenders"`          // who waits for it and lends it value
	Cuts     []Cut     `json:"cuts"`             // the first tier and top
	Turns    []Turn    `json:"turns"`            // what would move it past its neighbours and the cuts
	Weights  []Weight  `json:"weights"`          // how far weights can move before the first tier holds other items
	Pin      *float64  `json:"pin,omitempty"`    // price of its pin, as a share of the cost of delay
	Tiers    *float64  `json:"tiers,omitempty"`  // price of a rule that puts whole tiers first
	Versus   *Versus   `json:"versus,omitempty"` // with --versus only
}

// Figure is one criterion with the figure as the tracker has it.
type Figure struct {
	Criterion string  `json:"criterion"`
	Known     bool    `json:"known"`
	Figure    float64 `json:"figure"` // only where known or from a parent
	Said      string  `json:"said"`   // the figure in words of the tracker
	Weight    float64 `json:"weight"` // share of all weights, 0…1
	Share     float64 `json:"share"`  // place on the scale, 0…1
	Points    float64 `json:"points"`
}

// Lender is an item that waits for this one and lends it value.
type Lender struct {
	Named
	Amount float64 `json:"amount"` // points per week
}

// Cut is a line of the backlog that matters: the end of the first tier, the end
// of what is written.
type Cut struct {
	Name   string `json:"name"`
	Places int    `json:"places"`
	Inside bool   `json:"inside"`
	Enters string `json:"enters,omitempty"` // the day on which the item gets inside if only time passes
}

// Turn is how the item would pass another.
type Turn struct {
	Up      bool     `json:"up"`
	Past    work.Ref `json:"past"`
	Key     string   `json:"key"`
	Place   int      `json:"place"`         // by score
	Cut     string   `json:"cut,omitempty"` // the cut that it would cross by that
	Linked  bool     `json:"linked"`        // the links put the two into this order; no figure does
	Changes []Turned `json:"changes"`       // each alone is enough; the smallest step first
}

// Turned is one change that is enough.
type Turned struct {
	Name   string      `json:"name"`
	Signal work.Signal `json:"signal,omitempty"`
	Unit   string      `json:"unit"`
	Steps  int         `json:"steps"`
	From   *float64    `json:"from"` // null: not known, or a date
	To     *float64    `json:"to"`   // null: a date
	Due    string      `json:"due,omitempty"`
	Said   string      `json:"said"`
}

// Weight is how far the weight of one criterion can move, the others keeping
// their proportions.
type Weight struct {
	Criterion string  `json:"criterion"`
	Weight    float64 `json:"weight"` // share of all weights, 0…1
	Low       float64 `json:"low"`
	High      float64 `json:"high"`
}

// entryDays is how far ahead it is looked for the day on which an item enters.
const entryDays = 90

// Explain makes the explanation of the item at an index of the ranking; versus
// is the index of another, or −1.
func Explain(r cycle.Round, x, versus int) (Explanation, error) {
	b, err := explain.New(r.Policy, r.Ranking, r.Moment())
	if err != nil {
		return Explanation{}, err
	}
	d := New(r)
	e := teller{r: r, b: b, d: d, place: map[work.Ref]int{}}
	for i, p := range r.Placed {
		e.place[p.Ranked.Group.Ref()] = i
	}
	own := e.ranked(x)
	out := Explanation{
		Version: Version, At: d.At, Timezone: d.Timezone, Backlog: d.Backlog, Policy: d.Policy,
		Of: len(r.Placed), Rank: x + 1, Item: e.item(x), Shape: shapes[b.Shape()],
		Work: round(own.Score.Work, 4), Ratio: round(own.Score.Ratio, 4), Density: round(own.Density, 4), Estimate: estimate(own.Score),
		Weighs: round(own.Delay, 4), Takes: round(own.Work, 4), Counts: counted(own),
		Figures: e.figures(x), Waits: e.waits(x), Lenders: e.lenders(x), Cuts: e.cuts(x), Turns: e.turns(x), Weights: e.weights(),
	}
	e.prices(&out, x)
	if versus >= 0 && versus != x {
		v := e.versus(x, versus)
		out.Versus = &v
	}
	return out, nil
}

var shapes = map[prioritize.Shape]string{
	prioritize.Quotient: "quotient", prioritize.Sum: "sum", prioritize.Product: "product",
}

// teller puts what package explain finds out into a document.
type teller struct {
	r     cycle.Round
	b     *explain.Backlog
	d     Document
	place map[work.Ref]int // by the ref of a group: its index among the placed
}

func (e teller) ranked(i int) *prioritize.Ranked { return &e.r.Ranking.Ranked[i] }

// item gives the item as the report has it.
func (e teller) item(i int) Item { return e.d.Items[e.place[e.ranked(i).Group.Ref()]] }

func (e teller) lenders(x int) []Lender {
	out := []Lender{}
	for _, l := range e.ranked(x).Loans {
		out = append(out, Lender{e.named(x, l.From), round(l.Amount, 4)})
	}
	return out
}

// lines gives the cuts by name: the first tier, then top.
func (e teller) lines() []Cut {
	var out []Cut
	n := len(e.r.Ranking.Ranked)
	if t := e.r.Rules.Tiers; len(t) > 0 && t[0].UpTo() < n {
		out = append(out, Cut{Name: t[0].Name(), Places: t[0].UpTo()})
	}
	if top := int(e.r.Rules.Top); top > 0 && top < n && (len(out) == 0 || out[0].Places != top) {
		out = append(out, Cut{Name: "top", Places: top})
	}
	return out
}

// inside reports on which side of a line an item is placed.
func (e teller) inside(x int, c Cut) bool { return e.item(x).Place <= c.Places }

// cuts tells on which side of each line the item is placed, and when time alone
// brings it inside.
func (e teller) cuts(x int) []Cut {
	out := e.lines()
	for i := range out {
		if out[i].Inside = e.inside(x, out[i]); out[i].Inside || x < out[i].Places {
			continue
		}
		for _, in := range e.b.Enter(out[i].Places, entryDays) {
			if in.Item == x {
				out[i].Enters = lastDay(in.Day).Format(time.DateOnly)
			}
		}
	}
	if out == nil {
		return []Cut{}
	}
	return out
}

// lastDay gives a moment of the day that ends at t.
func lastDay(t time.Time) time.Time { return t.Add(-time.Nanosecond) }

func (e teller) weights() []Weight {
	out := []Weight{}
	lines := e.lines()
	if len(lines) == 0 {
		return out
	}
	for _, w := range e.b.Stability(lines[0].Places) {
		out = append(out, Weight{w.Criterion, round(w.Weight, 4), round(w.Low, 4), round(w.High, 4)})
	}
	return out
}

// prices tells what a pin of the item and a rule of tiers cost. Only figures
// that are divided by work are a cost of delay.
func (e teller) prices(out *Explanation, x int) {
	if e.b.Shape() == prioritize.Sum {
		return
	}
	if share, ok := e.r.Price(e.r.Placed[e.place[e.ranked(x).Group.Ref()]]); ok {
		share = round(share, 6)
		out.Pin = &share
	}
	if share, ok := e.b.Tiers(); ok {
		share = round(share, 6)
		out.Tiers = &share
	}
}

// finite gives a figure that JSON can hold.
func finite(f float64) *float64 {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return nil
	}
	f = round(f, 6)
	return &f
}
