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

// tally adds up one signal over the members of a group. It is known when a
// member has the signal or an event of it.
//
// The signal says how many there are, the events say when some of them came.
// What the events leave open counts from the item's creation. Evidence is never
// older than its item, so that an event which turns up never takes credit away.
func tally(g work.Group, s work.Signal, halfLife float64, now time.Time) (t Tally, known bool) {
	t.Signal = s
	for i := range g.Items {
		it := &g.Items[i]
		total, ok := it.Signals[s]
		if ok {
			total, ok = figure(total)
		}
		age := itemAge(it, now, halfLife)
		dated := 0.0
		for k := range it.Events {
			e := &it.Events[k]
			amount, valid := figure(e.Amount)
			if e.Signal != s || !valid || amount == 0 {
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
	return t, known
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
