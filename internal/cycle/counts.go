package cycle

import (
	"context"
	"maps"
	"slices"
	"time"

	"stackrank/internal/store"
	"stackrank/internal/work"
)

// grown gives the evidence that came after its item was made, by the memory: a
// service that only counts votes says nothing of when they were given, but what
// was not there yet at the last sync is new. A round that holds the backlog takes
// the counts down; others foresee what it would find.
//
// What came before the first sync is not among it. The ranking counts that from
// the making of its item, with a memory and without.
func (r *Round) grown(ctx context.Context, in Inputs) (map[work.Ref][]work.Event, error) {
	if in.Memory == nil {
		return nil, nil
	}
	find := in.Memory.Foresee
	if in.holds {
		find = in.Memory.Observe
	}
	events, err := find(ctx, r.counts())
	if err != nil {
		return nil, err
	}
	out := map[work.Ref][]work.Event{}
	for _, s := range r.Sources {
		for i := range s.Snapshot.Items {
			it := &s.Snapshot.Items[i]
			if later := after(it.Created, events[work.Identity{Site: s.Site, ID: it.Ref.ID}], r.At.Location()); len(later) > 0 {
				out[it.Ref] = later
			}
		}
	}
	return out, nil
}

// after gives the events that came after an item was made, each at the beginning
// of its day: a preview and a sync of one day are to rank alike.
func after(made time.Time, events []work.Event, zone *time.Location) []work.Event {
	var out []work.Event
	for _, e := range events {
		if !e.At.After(made) {
			continue
		}
		year, month, day := e.At.In(zone).Date()
		e.At = time.Date(year, month, day, 0, 0, 0, 0, zone)
		out = append(out, e)
	}
	return out
}

// counts gives what the services count of the items, as far as the policy reads it
// as evidence and no service dates it. Of an item of which nobody knows when it
// was made, nothing can be said to have come later.
func (r *Round) counts() []store.Count {
	reads := map[work.Signal]bool{}
	wanted := func(s work.Signal) bool {
		read, known := reads[s]
		if !known {
			read = r.Policy.Reads(s) && !r.Policy.Judges(s)
			reads[s] = read
		}
		return read
	}
	var out []store.Count
	for _, s := range r.Sources {
		for i := range s.Snapshot.Items {
			it := &s.Snapshot.Items[i]
			for _, signal := range slices.Sorted(maps.Keys(it.Signals)) {
				amount := it.Signals[signal]
				if it.Created.IsZero() || !wanted(signal) || dated(it, signal) || !countable(amount) {
					continue
				}
				out = append(out, store.Count{Item: work.Identity{Site: s.Site, ID: it.Ref.ID}, Signal: signal, Amount: amount, From: it.Created})
			}
		}
	}
	return out
}

// dated reports whether the service dates some of what it counts. It does so for
// the comments of an issue.
func dated(it *work.Item, s work.Signal) bool {
	return slices.ContainsFunc(it.Events, func(e work.Event) bool { return e.Signal == s })
}

// mostCounted is the largest count that is worth keeping; nobody has so many votes.
const mostCounted = 1e9

func countable(amount float64) bool { return amount >= 0 && amount <= mostCounted }

// date puts evidence onto the items of a round, in place. Lists that an item
// shares with its source are replaced, never changed.
func (r *Round) date(items []work.Item) {
	for i := range items {
		if later := r.later[items[i].Ref]; len(later) > 0 {
			items[i].Events = slices.Concat(items[i].Events, later)
		}
	}
}
