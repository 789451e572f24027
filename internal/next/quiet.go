package next

import (
	"time"

	"stackrank/internal/work"
)

// An item is quiet when it is this old and nothing has happened to it for so
// long. In eight years of one public tracker the list held 32 to 77 % of the
// open items, and 1 to 4 % of those were fixed within the following year,
// against 20 to 27 % of the others.
const (
	oldAfter   = 365 * 24 * time.Hour
	quietAfter = 180 * 24 * time.Hour
)

// Quiet is an item to decide or to close.
type Quiet struct {
	Line    int
	Created time.Time
	Last    time.Time // the last that happened to it; Created where nothing ever did
}

// quiet lists the items about which somebody should decide. What is being worked
// on, has a date ahead, keeps its place, or is a part or a parent of other work is
// not among them. Nor is what nobody can tell about: the moment of the last change
// that trackers give is that of any write, ours too, so only dated evidence counts.
// It also counts those that would be listed if all of their evidence had a date.
func (b *Backlog) quiet() (out []Quiet, undated int) {
	for i, l := range b.Lines {
		if l.Fixed {
			continue
		}
		q, told, ok := quietGroup(b.items(i), b.Now)
		switch {
		case ok && told:
			q.Line = i
			out = append(out, q)
		case ok:
			undated++
		}
	}
	return out, undated
}

// quietGroup reports whether a group is old and quiet as far as its evidence has
// dates, and whether all of it has.
func quietGroup(members []work.Item, now time.Time) (q Quiet, told, ok bool) {
	told = true
	for i := range members {
		it := &members[i]
		if inPlay(it) || it.Due.After(now) || it.Created.IsZero() {
			return q, told, false
		}
		last, known := lastSign(it)
		told = told && known
		if q.Created.IsZero() || it.Created.Before(q.Created) {
			q.Created = it.Created
		}
		if last.After(q.Last) {
			q.Last = last
		}
	}
	return q, told, now.Sub(q.Created) > oldAfter && now.Sub(q.Last) > quietAfter
}

// inPlay reports whether an item is worked on, or is not a piece of work of its own.
func inPlay(it *work.Item) bool {
	return it.Status == work.Active || it.Sprint || it.Subtask || it.Epic
}

// lastSign gives the moment of the last dated evidence, or of the creation. Where
// comments are not told, or not all of them have a date, it may have been later.
func lastSign(it *work.Item) (last time.Time, known bool) {
	comments, told := it.Signals[work.Comments]
	dated := 0.0
	last = it.Created
	for _, e := range it.Events {
		if e.Signal == work.Comments && !e.At.IsZero() {
			dated += e.Amount
		}
		if e.At.After(last) {
			last = e.At
		}
	}
	return last, told && dated >= comments
}
