package explain

import (
	"cmp"
	"slices"
	"sort"
	"time"

	"stackrank/internal/work"
)

// Unit says what one step of a change is.
type Unit string

// The units of change.
const (
	Place    Unit = "level"    // one level of an ordered field that the backlog uses, such as a priority
	Grade    Unit = "grade"    // one of ten
	Piece    Unit = "piece"    // one more vote, comment or customer, dated now
	Money    Unit = "money"    // one step of 1, 2, 5, 10, 20, 50, …
	Step     Unit = "step"     // one step of a scale that the model prescribes
	Estimate Unit = "estimate" // one step of Fibonacci's numbers in story points
	Date     Unit = "date"     // one week of the due date
)

// Flip is a change of one figure of an item that turns its order with another
// round.
type Flip struct {
	Name   string      // the criterion that it feeds, or "effort" or "due"
	Signal work.Signal // the figure that changes; "" for the due date
	Unit   Unit
	Steps  int       // how many steps of the unit; what was not known before takes one
	Known  bool      // From is known; otherwise nobody has said
	From   float64   // the figure, as the tracker has it
	To     float64   // the figure that turns the order round; of pieces how many come in addition
	Due    time.Time // the date that turns the order round, as the moment at which its day ends
	WasDue time.Time // the date before; zero: none
}

// Raise gives the smallest change of each figure of x that puts it above y,
// which stands above it; the smallest step first. Each was tried with all that
// both are linked to.
func (b *Backlog) Raise(x, y int) []Flip {
	return b.flips(x, true, func(g work.Group) bool { return b.above(x, y, g) })
}

// Lower gives the smallest change of each figure of x that puts it below y,
// which stands below it; the smallest step first.
func (b *Backlog) Lower(x, y int) []Flip {
	return b.flips(x, false, func(g work.Group) bool { return !b.above(x, y, g) })
}

// flips searches every lever of x for its least step by which turned holds. A
// lever moves the score in one direction only, so the first step is found by
// bisection; what is found is a step that was tried, whatever the lever does.
func (b *Backlog) flips(x int, up bool, turned func(work.Group) bool) []Flip {
	var out []Flip
	for _, l := range b.levers(x, up) {
		if l.most < 1 || !turned(l.group(l.most)) {
			continue
		}
		n := 1 + sort.Search(l.most-1, func(i int) bool { return turned(l.group(i + 1)) })
		out = append(out, l.flip(n))
	}
	slices.SortStableFunc(out, func(p, q Flip) int { return cmp.Compare(p.Steps, q.Steps) })
	return out
}

// lever is one figure of an item that can be moved in one direction.
type lever struct {
	most  int                  // the number of its last step
	group func(int) work.Group // the group after so many steps
	flip  func(int) Flip       // the same in words of the tracker
}

// levers gives everything of x that can change, in the order in which people
// can: the estimate, the criteria, the date.
func (b *Backlog) levers(x int, up bool) []lever {
	g := b.ranked[x].Group
	out := []lever{b.estimate(g, up)}
	for _, in := range b.engine.Inputs() {
		if in.Steps == nil && in.Curve.Counts() {
			if up {
				out = append(out, b.pieces(g, in))
			}
			continue
		}
		out = append(out, b.judgement(g, in, up))
	}
	return append(out, b.date(g, up))
}
