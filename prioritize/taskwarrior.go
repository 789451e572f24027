package prioritize

import (
	"strings"
	"time"

	"stackrank/internal/work"
)

// taskwarrior is the urgency of Taskwarrior, a polynomial of twelve terms, for
// people who are used to it. Effort does not enter. Source: src/Task.cpp and
// src/Context.cpp of GothenburgBitFactory/taskwarrior at af8c5d58.
//
// The urgency may be below zero, down to −8. An order under dependencies weighs
// delay against work and needs weights that are not, so Delay is the urgency
// plus eight; where nothing is linked that moves no place.
type taskwarrior struct {
	appraisal
	ours string // labels that begin with it are the program's own and no tags
}

// term is one term of the polynomial: a coefficient and its factor, 0…1.
type term struct {
	name        string
	coefficient float64
	of          func(c *cue) (factor float64, known bool)
}

// cue is what a term looks at.
type cue struct {
	g    work.Group
	now  time.Time
	due  time.Time
	next bool
	ours string
}

// terms holds the polynomial, the heaviest coefficient first.
var terms = []term{
	{"next", 15, func(c *cue) (float64, bool) { return yes(c.next) }},
	{nameDue, 12, func(c *cue) (float64, bool) { return dueTerm(c.due, c.now), !c.due.IsZero() }},
	{"blocking", 8, func(c *cue) (float64, bool) { return yes(c.linked(work.Blocks)) }},
	{string(work.Priority), 6, priorityTerm},
	{"blocked", -5, func(c *cue) (float64, bool) { return yes(c.linked(work.BlockedBy)) }},
	{string(signalScheduled), 5, func(c *cue) (float64, bool) { return c.set(signalScheduled) }},
	{"active", 4, func(c *cue) (float64, bool) {
		return yes(c.any(func(it *work.Item) bool { return it.Status == work.Active }))
	}},
	{string(signalWaiting), -3, func(c *cue) (float64, bool) { return c.set(signalWaiting) }},
	{"age", 2, ageTerm},
	{"annotations", 1, annotationsTerm},
	{"project", 1, func(c *cue) (float64, bool) {
		return yes(c.any(func(it *work.Item) bool { return !it.Parent.IsZero() }))
	}},
	{"tags", 1, tagsTerm},
}

// The signals of taskwarrior that no tracker fills by itself; above 0 is yes.
const (
	signalScheduled work.Signal = "scheduled" // the date from which it can be done has passed
	signalWaiting   work.Signal = "waiting"   // it is hidden until a date that lies ahead
)

var taskwarriorInputs = []input{
	{signalScheduled, "not scheduled"},
	{signalWaiting, "not waiting"},
}

const (
	lowestUrgency  = -8.0 // blocked and waiting, and nothing else
	highestUrgency = 55.0 // all terms above zero
	yearDays       = 365
)

func newTaskwarrior(s Settings) taskwarrior {
	s.Value = nil
	m := taskwarrior{appraisal: newAppraisal(s), ours: s.Ours}
	m.confidence = newConfidence(1, priorityVariance, 0)
	return m
}

// priorityVariance is what is open about the urgency of an item without a
// priority: its term as far as shares differ.
const priorityVariance = 6 * 6 * defaultSD * defaultSD

func (m taskwarrior) score(g work.Group, now time.Time) Score {
	s, _ := m.of(g, now)
	c := cue{g: g, now: now, due: s.Due, ours: m.ours}
	c.next = s.Class == work.Expedite || c.any(func(it *work.Item) bool { return it.HasLabel("next") })
	s.Parts = make([]Part, len(terms))
	for i, t := range terms {
		factor, known := t.of(&c)
		s.Parts[i] = Part{
			Criterion: t.name, Weight: max(t.coefficient, -t.coefficient) / (highestUrgency - lowestUrgency),
			Known: known, Figure: factor, Share: factor, Points: t.coefficient * factor,
		}
	}
	s.Value, s.Urgency = sumOf(s.Parts), 1
	s.Delay, s.Work = max(s.Value-lowestUrgency, 0), 1
	left := 0.0
	if !s.knows(string(work.Priority)) {
		left = priorityVariance
	}
	s.Confidence = m.confidence.of(left, 0)
	return m.finish(s, logVariance(left, max(s.Delay, 1)))
}

func (m taskwarrior) total(ratio float64, _ int) float64 {
	return min(max(100*ratio/(highestUrgency-lowestUrgency), 0), 100)
}

// yes gives the factor of what holds or does not. Known is what holds.
func yes(holds bool) (factor float64, known bool) {
	if holds {
		return 1, true
	}
	return 0, false
}

// dueTerm rises from 0.2 two weeks before the date to 1 a week after it.
func dueTerm(due, now time.Time) float64 {
	if due.IsZero() {
		return 0
	}
	return min(max((daysBetween(due, now)+14)*0.8/21+0.2, 0.2), 1)
}

// priorityTerm gives H, M and L in sixths of the coefficient, 6.0, 3.9 and 1.8:
// H from 0.75 on the scale of trackers, M from 0.5. What has none gets nothing.
func priorityTerm(c *cue) (factor float64, known bool) {
	x, ok := firstKnown(c.g, work.Priority)
	switch {
	case !ok:
		return 0, false
	case x >= 0.75:
		return 1, true
	case x >= 0.5:
		return 3.9 / 6, true
	}
	return 1.8 / 6, true
}

// ageTerm counts whole days of a year.
func ageTerm(c *cue) (factor float64, known bool) {
	var first time.Time
	for i := range c.g.Items {
		if t := c.g.Items[i].Created; !t.IsZero() && (first.IsZero() || t.Before(first)) {
			first = t
		}
	}
	if first.IsZero() {
		return 0, false
	}
	return min(float64(int(max(daysBetween(first, c.now), 0)))/yearDays, 1), true
}

// annotationsTerm counts comments, those of duplicates aside.
func annotationsTerm(c *cue) (factor float64, known bool) {
	t, known := tally(work.Group{Items: c.g.Items}, work.Comments, defaultHalfLife, c.now)
	return several(t.Amount), known
}

// tagsTerm counts labels, without those that the program sets: they follow from
// the order, and the order must not follow from them.
func tagsTerm(c *cue) (factor float64, known bool) {
	n := 0.0
	for i := range c.g.Items {
		for _, l := range c.g.Items[i].Labels {
			if c.ours == "" || !strings.HasPrefix(l, c.ours) {
				n++
			}
		}
	}
	return several(n), n > 0
}

// several gives the factor of none, one, two, and three or more.
func several(n float64) float64 {
	switch {
	case n >= 3:
		return 1
	case n >= 2:
		return 0.9
	case n >= 1:
		return 0.8
	}
	return 0
}

// any reports whether something holds of a member.
func (c *cue) any(holds func(*work.Item) bool) bool {
	for i := range c.g.Items {
		if holds(&c.g.Items[i]) {
			return true
		}
	}
	return false
}

// set gives the factor of a signal that is above zero with some member, and
// whether any has it.
func (c *cue) set(s work.Signal) (factor float64, known bool) {
	factor, _ = yes(c.any(func(it *work.Item) bool { return it.Signals[s] > 0 }))
	_, known = firstKnown(c.g, s)
	return factor, known
}

// linked reports whether a member has a link of the kind to what is not done.
func (c *cue) linked(kind work.LinkKind) bool {
	return c.any(func(it *work.Item) bool {
		for k := range it.Links {
			if it.Links[k].Kind == kind && it.Links[k].Open {
				return true
			}
		}
		return false
	})
}
