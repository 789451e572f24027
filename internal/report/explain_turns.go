package report

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"stackrank/internal/work"
	"stackrank/prioritize/explain"
)

// turns gives what would move the item past its neighbours and across the cuts,
// upwards first, the nearest first.
func (e teller) turns(x int) []Turn {
	out := []Turn{}
	for _, y := range e.goals(x) {
		t := Turn{Up: y.at < x, Past: e.ranked(y.at).Group.Ref(), Key: e.ranked(y.at).Group.Items[0].Key, Place: y.at + 1, Cut: y.cut, Changes: []Turned{}}
		if t.Linked = e.before(min(x, y.at), max(x, y.at)); t.Linked {
			out = append(out, t)
			continue
		}
		flips := e.b.Lower
		if t.Up {
			flips = e.b.Raise
		}
		for _, f := range flips(x, y.at) {
			t.Changes = append(t.Changes, e.turned(f))
		}
		out = append(out, t)
	}
	return out
}

// before reports whether x must go before y by the links, directly or through
// others.
func (e teller) before(x, y int) bool {
	reached := map[int]bool{x: true}
	for _, w := range e.r.Ranking.Waits { // sorted, and the first of a pair stands above but for knots
		if reached[w[0]] {
			reached[w[1]] = true
		}
	}
	return reached[y]
}

// goal is another item that is worth to pass.
type goal struct {
	at  int
	cut string
}

// goals gives the neighbour above and the last item inside each cut that lies
// above, then the neighbour below and the first item outside each cut that lies
// below.
func (e teller) goals(x int) []goal {
	up, down := []goal{}, []goal{}
	if x > 0 {
		up = append(up, goal{at: x - 1})
	}
	if x+1 < len(e.r.Ranking.Ranked) {
		down = append(down, goal{at: x + 1})
	}
	for _, c := range e.lines() {
		switch inside := e.inside(x, c); {
		case inside != (x < c.Places): // it is held, or others are
		case inside:
			down = across(down, goal{c.Places, c.Name})
		default:
			up = across(up, goal{c.Places - 1, c.Name})
		}
	}
	return append(up, down...)
}

// across adds a cut; where the neighbour stands right at it, passing the
// neighbour is crossing it.
func across(goals []goal, g goal) []goal {
	for i := range goals {
		if goals[i].at == g.at {
			goals[i].cut = g.cut
			return goals
		}
	}
	return append(goals, g)
}

func (e teller) turned(f explain.Flip) Turned {
	t := Turned{Name: f.Name, Signal: f.Signal, Unit: string(f.Unit), Steps: f.Steps, Said: e.change(f)}
	if f.Unit == explain.Date {
		t.Due = lastDay(f.Due).Format(time.DateOnly)
		return t
	}
	if f.Known {
		t.From = finite(f.From)
	}
	to := f.To
	if f.Unit == explain.Piece {
		to += f.From
	}
	t.To = finite(to)
	return t
}

// change words a change as people make it: "2 points instead of 5".
func (e teller) change(f explain.Flip) string {
	instead := ""
	if f.Known {
		instead = " instead of " + figureOf(f, f.From)
	}
	switch f.Unit {
	case explain.Date:
		due := "due " + e.dated(f.Due)
		if !f.WasDue.IsZero() {
			due += " instead of " + e.dated(f.WasDue)
		}
		return due
	case explain.Piece:
		return more(f)
	case explain.Estimate:
		if !f.Known {
			return "an estimate of " + figureOf(f, f.To)
		}
		return decimals(f.To) + " instead of " + figureOf(f, f.From)
	case explain.Grade:
		return e.rater(f) + " " + figureOf(f, f.To) + instead
	case explain.Place:
		if f.Known && levelWord(f.From) == levelWord(f.To) {
			return nameOf(f.Name) + " " + levelsApart(f)
		}
	}
	return nameOf(f.Name) + " " + figureOf(f, f.To) + instead
}

// rater names whose score it is: a person of the policy, or the criterion.
func (e teller) rater(f explain.Flip) string {
	for _, who := range e.r.Policy.Stakeholders {
		if who.Signal == f.Signal {
			return Clean(who.Name)
		}
	}
	return nameOf(f.Name)
}

// more words evidence that is still to come: "two more votes".
func more(f explain.Flip) string {
	noun, ok := pieces[f.Signal]
	if !ok {
		noun = [2]string{nameOf(string(f.Signal)), nameOf(string(f.Signal))}
	}
	n := int(f.To)
	if n == 1 {
		return "one more " + noun[0]
	}
	return number(n) + " more " + noun[1]
}

// pieces names what is counted, one and many.
var pieces = map[work.Signal][2]string{
	work.Votes: {"vote", "votes"}, work.Comments: {"comment", "comments"}, work.Watchers: {"watcher", "watchers"},
	work.Repeats: {"duplicate", "duplicates"}, "customers": {"customer", "customers"},
}

func levelsApart(f explain.Flip) string {
	way := "higher"
	if f.To < f.From {
		way = "lower"
	}
	if f.Steps == 1 {
		return "one level " + way
	}
	return number(f.Steps) + " levels " + way
}

// figureOf words a figure in the unit of its scale.
func figureOf(f explain.Flip, x float64) string {
	switch f.Unit {
	case explain.Estimate:
		if x == 1 {
			return "1 point"
		}
		return decimals(x) + " points"
	case explain.Money:
		return work.Thousands(x)
	case explain.Grade:
		return decimals(x) + " of 10"
	case explain.Place:
		return levelWord(x)
	case explain.Step:
		if words := stepWords[f.Signal]; int(x) < len(words) {
			return words[int(x)]
		}
	}
	return decimals(x)
}

// stepWords names the steps of scales that have words for them.
var stepWords = map[work.Signal][]string{"moscow": {"must", "should", "could", "won't"}}

// levelWord names a place in the site's order of priorities.
func levelWord(x float64) string {
	for _, l := range levels {
		if x >= l.from {
			return l.word
		}
	}
	return levels[len(levels)-1].word
}

// nameOf writes the name of a criterion as people do.
func nameOf(criterion string) string { return strings.ReplaceAll(Clean(criterion), "_", " ") }

// decimals writes a figure with at most two decimals.
func decimals(x float64) string { return strconv.FormatFloat(round(x, 2), 'f', -1, 64) }

// dated writes the day that ends at t: "9 December", with the year where it is another.
func (e teller) dated(t time.Time) string {
	at := e.r.At
	day := lastDay(t.In(at.Location()))
	if day.Year() != at.Year() {
		return day.Format("2 January 2006")
	}
	return fmt.Sprintf("%d %s", day.Day(), day.Month())
}
