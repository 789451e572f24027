package prioritize

import (
	"math"
	"time"

	"stackrank/internal/work"
)

// recentDays is how far back evidence is called recent.
const recentDays = 30

// decay gives what a piece of evidence of this age is worth, 0…1.
func decay(age, halfLife float64) float64 { return math.Exp2(-age / halfLife) }

// itemAge gives the days since the item was created. An item without that date
// is taken to be one half-life old; one created ahead of now (a clock that runs
// fast) is new.
func itemAge(it *work.Item, now time.Time, halfLife float64) float64 {
	if it.Created.IsZero() {
		return halfLife
	}
	return max(daysBetween(it.Created, now), 0)
}

// groupAge gives the days since the first member was created: mirrors are one
// report.
func groupAge(g work.Group, now time.Time, halfLife float64) float64 {
	age := 0.0
	for i := range g.Items {
		age = max(age, itemAge(&g.Items[i], now, halfLife))
	}
	return age
}

// laterReport is what the report of a duplicate is worth against the first one:
// who files it met the same trouble and took the time to say so.
const laterReport = 2

// reports gives what the reports of a group are worth by now: its own, which is
// one piece of evidence, and those of its duplicates. All of them get the same.
func reports(g work.Group, now time.Time, halfLife float64) float64 {
	oldest, worth := 0.0, 0.0
	for _, o := range repeated(g) {
		age := groupAge(o, now, halfLife)
		oldest = max(oldest, age)
		worth += laterReport * decay(age, halfLife)
	}
	return worth - (laterReport-1)*decay(oldest, halfLife)
}

// mostRepeated is how many duplicates count: three hundred reports have 99.5 % of
// the credit that any number gets, and each of thousands would go through all.
const mostRepeated = 300

// repeated gives the group with its duplicates, the same for each of them.
func repeated(g work.Group) []work.Group {
	if len(g.Same) == 0 {
		return []work.Group{g}
	}
	return g.Same[:min(len(g.Same), mostRepeated)]
}

// tally adds up one signal over the members of a group and its duplicates, each
// once: who voted for one of them voted for all. It is known when one has the
// signal or an event of it.
//
// The signal says how many there are, the events say when some of them came.
// What the events leave open counts from the item's creation. Evidence is never
// older than its item, so that an event which turns up never takes credit away.
func tally(g work.Group, s work.Signal, halfLife float64, now time.Time) (t Tally, known bool) {
	t.Signal = s
	for _, o := range repeated(g) {
		known = t.gather(o.Items, halfLife, now) || known
	}
	return t, known
}

// gather adds what the items hold, and reports whether one has any.
func (t *Tally) gather(items []work.Item, halfLife float64, now time.Time) (known bool) {
	for i := range items {
		it := &items[i]
		total, ok := it.Signals[t.Signal]
		if ok {
			total, ok = figure(total)
		}
		age := itemAge(it, now, halfLife)
		dated := 0.0
		for k := range it.Events {
			e := &it.Events[k]
			amount, valid := figure(e.Amount)
			if e.Signal != t.Signal || !valid || amount == 0 {
				continue
			}
			ok, dated = true, dated+amount
			t.add(amount, eventAge(e, now, age), halfLife)
		}
		if rest := total - dated; rest > 0 {
			t.add(rest, age, halfLife)
		}
		known = known || ok
	}
	return known
}

// eventAge gives the days since the event, from 0 to the age of its item. An
// event without a date came with the item.
func eventAge(e *work.Event, now time.Time, itemAge float64) float64 {
	if e.At.IsZero() {
		return itemAge
	}
	return min(max(daysBetween(e.At, now), 0), itemAge)
}

func (t *Tally) add(amount, age, halfLife float64) {
	t.Amount += amount
	t.Decayed += amount * decay(age, halfLife)
	if age <= recentDays {
		t.Recent += amount
	}
}
