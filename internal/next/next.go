// Package next owns what a person could do next about a backlog beside working
// it off: which questions to ask, which items to decide or close, which are not
// ready to be begun, and which look alike. None of it is part of a score. It is
// pure: it reads the lines of a backlog and a time.
package next

import (
	"time"

	"stackrank/internal/work"
	"stackrank/prioritize"
)

// Line is one line of a backlog in the order that is wanted.
type Line struct {
	Ranked *prioritize.Ranked
	Place  int  // from 1
	Fixed  bool // pinned or held: no answer moves it
}

// Backlog is what For looks at.
type Backlog struct {
	Lines  []Line // by place
	Engine *prioritize.Engine
	Now    time.Time
	Top    int // places of the first tier; below 1: none, then nothing is asked
	Near   int // places up to the last tier: the items that are looked at one by one, a hundred at most
}

// Agenda is what could be done. Lines are given by their index.
type Agenda struct {
	Outlook    Outlook
	Near       int         // places that were looked at one by one
	Ask        []Ask       // the answer that is worth most first, at most five
	Decide     []Quiet     // by place
	Undated    int         // items that Decide would hold if their comments had dates
	Ready      []int       // near the top, by place
	Unready    []Unready   // near the top, by place
	Checks     []Check     // how often each check fails, in their order; those that never fail are left out
	Duplicates []Duplicate // of items near the top, by place, then the likest first
}

// For makes the agenda of a backlog.
func For(b Backlog) Agenda {
	a := Agenda{Near: b.near()}
	a.Outlook, a.Ask = b.uncertain()
	a.Decide, a.Undated = b.quiet()
	b.readiness(&a)
	a.Duplicates = b.duplicates()
	return a
}

// items gives the members of the group of a line.
func (b *Backlog) items(line int) []work.Item { return b.Lines[line].Ranked.Group.Items }

// mostNear bounds what a report tells item by item.
const mostNear = 100

// near counts the lines that are looked at one by one.
func (b *Backlog) near() int { return min(max(b.Near, 0), mostNear, len(b.Lines)) }

// index gives the line of every ref, that of a mirror too.
func (b *Backlog) index() map[work.Ref]int {
	out := make(map[work.Ref]int, len(b.Lines))
	for i := range b.Lines {
		for _, it := range b.items(i) {
			out[it.Ref] = i
		}
	}
	return out
}
