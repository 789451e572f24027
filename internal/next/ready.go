package next

import (
	"cmp"
	"slices"

	"stackrank/internal/work"
)

// The checks of readiness, in the order in which they are told. They are
// heuristics. The length of a description is none of them: on a public tracker
// items with a short one were fixed more often than others.
const (
	Blocked      = "blocked"       // an open item of the backlog goes first
	WaitsOutside = "waits-outside" // an open item goes first that is not in the backlog
	OpenQuestion = "open-question" // the last comment ends in a question
	NoEstimate   = "no-estimate"
	NoPriority   = "no-priority"
	NoCriteria   = "no-acceptance" // nothing says when it is done
	TooLarge     = "too-large"     // see large
)

// Lack is one reason for which an item is not ready.
type Lack struct {
	Check string
	By    []work.Link // of Blocked and WaitsOutside: what goes first, each once
}

// Unready is an item near the top that is not ready to be begun.
type Unready struct {
	Line  int
	Lacks []Lack // in the order of the checks; never empty
}

// Check counts the items that fail one check.
type Check struct {
	Name string
	Near int // of the items near the top
	Rest int // of all others
}

// large is what an estimate must be above, in points, to be called too large;
// it must also be above 85 % of all estimates of the backlog. What was delivered
// so far would be the better measure and is not at hand. The first rule spares
// teams that cut small, the second those who estimate in hours.
const (
	large      = 13.0
	largeShare = 0.85
)

// readiness checks every item that nobody works on yet.
func (b *Backlog) readiness(a *Agenda) {
	r := b.newReadiness()
	counts := make([]Check, len(checks))
	for i := range b.Lines {
		if slices.ContainsFunc(b.items(i), func(it work.Item) bool { return inPlay(&it) }) {
			continue
		}
		u := Unready{Line: i}
		for k, c := range checks {
			by, fails := c.fails(r, i)
			if !fails {
				continue
			}
			counts[k].Name = c.name
			if i < b.near() {
				counts[k].Near++
				u.Lacks = append(u.Lacks, Lack{c.name, by})
			} else {
				counts[k].Rest++
			}
		}
		switch {
		case len(u.Lacks) > 0:
			a.Unready = append(a.Unready, u)
		case i < b.near():
			a.Ready = append(a.Ready, i)
		}
	}
	a.Checks = slices.DeleteFunc(counts, func(c Check) bool { return c.Name == "" })
}

// readiness is what the checks read beside the item itself.
type readiness struct {
	*Backlog
	lines  map[work.Ref]int
	firsts map[int][]work.Link // by line: what says of itself that it goes first
	fills  map[filled]bool
	limit  float64 // points above which an item is too large
}

// filled is a fact that some item of a source has.
type filled struct{ source, fact string }

func (b *Backlog) newReadiness() *readiness {
	r := &readiness{Backlog: b, lines: b.index(), firsts: map[int][]work.Link{}, fills: map[filled]bool{}}
	var estimates []float64
	for i := range b.Lines {
		for k := range b.items(i) {
			it := &b.items(i)[k]
			for _, fact := range facts {
				r.fills[filled{it.Ref.Source, fact}] = r.fills[filled{it.Ref.Source, fact}] || has(it, fact)
			}
			for _, l := range it.Links {
				if to, ok := r.lines[l.To]; ok && l.Kind == work.Blocks && to != i {
					r.firsts[to] = append(r.firsts[to], work.Link{Kind: work.BlockedBy, To: it.Ref, Key: it.Key, Open: true})
				}
			}
		}
		if x, ok := b.estimate(i); ok {
			estimates = append(estimates, x)
		}
	}
	slices.Sort(estimates)
	r.limit = large
	if n := len(estimates); n > 0 {
		r.limit = max(large, estimates[min(int(largeShare*float64(n)), n-1)])
	}
	return r
}

// facts are what a source must hold of some item before its absence on another
// says anything.
var facts = []string{NoEstimate, NoPriority, NoCriteria}

// has reports whether an item has what a check asks for.
func has(it *work.Item, fact string) bool {
	switch fact {
	case NoEstimate:
		return it.Signals[work.Effort] > 0
	case NoPriority:
		_, ok := it.Signals[work.Priority]
		return ok
	}
	return it.Attrs[work.AttrCriteria].Number == 1
}

// checks are made of every item, in this order.
var checks = []struct {
	name  string
	fails func(r *readiness, line int) (by []work.Link, fails bool)
}{
	{Blocked, func(r *readiness, i int) ([]work.Link, bool) {
		by := r.first(i, true)
		return by, len(by) > 0
	}},
	{WaitsOutside, func(r *readiness, i int) ([]work.Link, bool) {
		by := r.first(i, false)
		return by, len(by) > 0
	}},
	{OpenQuestion, func(r *readiness, i int) ([]work.Link, bool) {
		return nil, slices.ContainsFunc(r.items(i), func(it work.Item) bool { return it.Attrs[work.AttrQuestion].Number == 1 })
	}},
	{NoEstimate, func(r *readiness, i int) ([]work.Link, bool) { return nil, r.lacks(i, NoEstimate) }},
	{NoPriority, func(r *readiness, i int) ([]work.Link, bool) { return nil, r.lacks(i, NoPriority) }},
	{NoCriteria, func(r *readiness, i int) ([]work.Link, bool) { return nil, r.lacks(i, NoCriteria) }},
	{TooLarge, func(r *readiness, i int) ([]work.Link, bool) {
		x, ok := r.estimate(i)
		return nil, ok && x > r.limit
	}},
}

// lacks reports whether no member has a fact that others of its source have. An
// item whose text nobody has read lacks no criteria.
func (r *readiness) lacks(line int, fact string) bool {
	missed := false
	for k := range r.items(line) {
		it := &r.items(line)[k]
		if has(it, fact) {
			return false
		}
		_, told := it.Attrs[work.AttrCriteria]
		missed = missed || r.fills[filled{it.Ref.Source, fact}] && (told || fact != NoCriteria)
	}
	return missed
}

// first gives what goes before a line: the items of the backlog, or the others.
func (r *readiness) first(line int, inside bool) []work.Link {
	var out []work.Link
	add := func(l work.Link) {
		to, in := r.lines[l.To]
		l.Key = cmp.Or(l.Key, l.To.String(), l.URL)
		if in {
			l.Key = r.items(to)[0].Key
		}
		if in == inside && (in || l.Open) && (!in || to != line) &&
			!slices.ContainsFunc(out, func(o work.Link) bool { return o.To == l.To && o.Key == l.Key }) {
			out = append(out, l)
		}
	}
	for _, it := range r.items(line) {
		for _, l := range it.Links {
			if l.Kind == work.BlockedBy {
				add(l)
			}
		}
	}
	for _, l := range r.firsts[line] {
		add(l)
	}
	slices.SortFunc(out, func(a, b work.Link) int { return cmp.Or(a.To.Compare(b.To), cmp.Compare(a.Key, b.Key)) })
	return out
}

// estimate gives the first estimate among the members, in points.
func (b *Backlog) estimate(line int) (float64, bool) {
	for _, it := range b.items(line) {
		if x, ok := it.Signals[work.Effort]; ok && x >= 0 {
			return x, true
		}
	}
	return 0, false
}
