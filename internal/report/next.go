package report

import (
	"fmt"
	"time"

	"stackrank/internal/cycle"
	"stackrank/internal/next"
	"stackrank/internal/plan"
	"stackrank/internal/work"
	"stackrank/prioritize"
)

// Next says what a person could do next about the backlog. Nothing of it is
// part of a score.
type Next struct {
	Ask        []Ask       `json:"ask"`        // questions whose answers would change the first tier most, best first, at most five
	Decide     []Decide    `json:"decide"`     // older than 365 days and quiet for 180: decide or close; by place
	Undated    int         `json:"undated"`    // old items of which nobody can tell whether they are quiet: their comments have no dates
	Near       int         `json:"near"`       // the first places whose items are looked at one by one
	Unready    []Unready   `json:"unready"`    // of the first places: not ready to be begun; by place
	Checks     []Check     `json:"checks"`     // how often each check of readiness fails in the whole backlog
	Duplicates []Duplicate `json:"duplicates"` // of the first places: alike by their titles; suggestions, most pairs are none
}

// Bands says how sure the first places are. The band of each item is with the item.
type Bands struct {
	Top       int `json:"top"`       // the first places that the counts are about: those of the first tier
	Sure      int `json:"sure"`      // items that belong there with a probability of 95 % or more
	Contested int `json:"contested"` // items of which nobody can tell: between 5 and 95 %
}

// Named names an item and the place it has.
type Named struct {
	Ref   work.Ref `json:"ref"`
	Key   string   `json:"key"`
	Place int      `json:"place"`
}

// Ask is a question, and what its answer may change.
type Ask struct {
	Named
	Input    string  `json:"input"`    // what to find out: a criterion, or "effort"
	Question string  `json:"question"` // in a sentence
	Turns    float64 `json:"turns"`    // probability that the answer carries the item into the first tier or out of it
}

// Decide is an item that is old and quiet.
type Decide struct {
	Named
	Created string `json:"created"` // day, ISO
	Last    string `json:"last"`    // day of the last dated evidence; that of the creation where there is none
}

// Unready is an item that is not ready to be begun.
type Unready struct {
	Named
	Lacks []Lack `json:"lacks"`
}

// Lack is one reason for that.
type Lack struct {
	Check string   `json:"check"`        // blocked, waits-outside, open-question, no-estimate, no-priority, no-acceptance or too-large
	By    []string `json:"by,omitempty"` // keys of what goes first
}

// Check counts the items that fail one check.
type Check struct {
	Check string `json:"check"`
	Near  int    `json:"near"` // among the first places
	Rest  int    `json:"rest"` // further down
}

// Duplicate is a pair of items with titles so alike that one may repeat the other.
type Duplicate struct {
	Named
	Like  Named   `json:"like"`
	Alike float64 `json:"alike"` // cosine of the titles, 0.8…1
}

// advise puts what could be done next, and how sure the places are, into the
// document.
func (d *Document) advise(r cycle.Round) {
	engine, err := prioritize.New(r.Policy)
	if err != nil {
		return // the round was ranked by it, so that this cannot be
	}
	b := next.Backlog{Engine: engine, Now: r.At, Lines: make([]next.Line, len(r.Placed))}
	if t := r.Rules.Tiers; len(t) > 0 {
		b.Top, b.Near = t[0].UpTo(), t[len(t)-1].UpTo()
	}
	for i := range r.Placed {
		p := &r.Placed[i]
		b.Lines[i] = next.Line{Ranked: &p.Ranked, Place: p.Place, Fixed: p.Pinned || p.Held != ""}
	}
	a := next.For(b)
	d.Bands = &Bands{Top: a.Outlook.Top, Sure: a.Outlook.Sure, Contested: a.Outlook.Contested}
	d.Next = &Next{Near: a.Near, Undated: a.Undated, Ask: []Ask{}, Decide: []Decide{}, Unready: []Unready{}, Checks: []Check{}, Duplicates: []Duplicate{}}
	for i, band := range a.Outlook.Bands {
		d.Items[i].BandLow, d.Items[i].BandHigh = band.Low, band.High
	}
	d.list(a, r.Placed, r.At.Location())
}

// list puts the lists of an agenda into the document.
func (d *Document) list(a next.Agenda, placed []plan.Placed, zone *time.Location) {
	n := d.Next
	for _, x := range a.Ask {
		n.Ask = append(n.Ask, Ask{d.named(x.Line), x.Input, d.question(x, placed[x.Line]), round(x.Turns, 2)})
	}
	day := func(t time.Time) string { return t.In(zone).Format(time.DateOnly) }
	for _, x := range a.Decide {
		n.Decide = append(n.Decide, Decide{d.named(x.Line), day(x.Created), day(x.Last)})
	}
	ready := func(line int, is bool) { d.Items[line].Ready = &is }
	for _, line := range a.Ready {
		ready(line, true)
	}
	for _, x := range a.Unready {
		ready(x.Line, false)
		u := Unready{Named: d.named(x.Line)}
		for _, l := range x.Lacks {
			lack := Lack{Check: l.Check}
			for _, by := range l.By {
				lack.By = append(lack.By, by.Key)
			}
			u.Lacks = append(u.Lacks, lack)
		}
		n.Unready = append(n.Unready, u)
	}
	for _, c := range a.Checks {
		n.Checks = append(n.Checks, Check{c.Name, c.Near, c.Rest})
	}
	for _, x := range a.Duplicates {
		n.Duplicates = append(n.Duplicates, Duplicate{d.named(x.Line), d.named(x.Other), round(x.Alike, 2)})
	}
}

func (d *Document) named(line int) Named {
	it := d.Items[line]
	return Named{it.Ref, it.Key, it.Place}
}

// question words what to find out, and why.
func (d *Document) question(a next.Ask, p plan.Placed) string {
	key := d.Items[a.Line].Key
	what := fmt.Sprintf("Find out the %s of %s", a.Input, key)
	switch a.Input {
	case "effort":
		what = "Estimate " + key
	case "priority":
		what = "Set the priority of " + key
	case "stakeholders":
		what = "Ask the stakeholders about " + key
	}
	may := "enter"
	if a.Above {
		may = "leave"
	}
	place := fmt.Sprintf("place %d now", p.Place)
	if inside := p.Place <= d.Bands.Top; inside != a.Above {
		place += fmt.Sprintf(", %d by score", p.Ranked.Place)
	}
	return fmt.Sprintf("%s: it may %s the first %d (%s).", what, may, d.Bands.Top, place)
}

// redacted keeps which items are named, and in which list.
func (n *Next) redacted() *Next {
	if n == nil {
		return nil
	}
	out := &Next{Near: n.Near, Ask: []Ask{}, Decide: []Decide{}, Unready: []Unready{}, Checks: []Check{}, Duplicates: []Duplicate{}}
	for _, x := range n.Ask {
		out.Ask = append(out.Ask, Ask{Named: x.Named})
	}
	for _, x := range n.Decide {
		out.Decide = append(out.Decide, Decide{Named: x.Named})
	}
	for _, x := range n.Unready {
		out.Unready = append(out.Unready, Unready{Named: x.Named, Lacks: []Lack{}})
	}
	for _, x := range n.Duplicates {
		out.Duplicates = append(out.Duplicates, Duplicate{Named: x.Named, Like: x.Like})
	}
	return out
}
