package cycle

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"stackrank/internal/plan"
	"stackrank/internal/store"
	"stackrank/internal/work"
)

// note is what is remembered of a backlog as a whole.
type note struct {
	Query  string         `json:"query"`
	Counts map[string]int `json:"counts"`
	aims
}

// aims is where was written: by source, and the addresses of their services.
type aims struct {
	To    map[string]plan.Target `json:"to"`
	Sites map[string]string      `json:"sites,omitempty"`
}

// targets gives where was written by the sources as they are called now: one
// that is not remembered writes to where another of its site did.
func (n aims) targets(sites map[string]string) map[string]plan.Target {
	out := maps.Clone(n.To)
	for source, site := range sites {
		if _, known := n.To[source]; known {
			continue
		}
		for _, was := range slices.Sorted(maps.Keys(n.To)) {
			if n.Sites[was] == site {
				out[source] = n.To[was]
				break
			}
		}
	}
	return out
}

// past loads what is remembered of the backlog; nil where it was never written to.
func (r *Round) past(ctx context.Context, in Inputs) (*plan.Past, error) {
	if in.Memory == nil {
		return nil, nil
	}
	last, text, err := in.Memory.Outcome(ctx, in.Backlog)
	if err != nil {
		return nil, err
	}
	if text == nil {
		return r.begun(ctx, in)
	}
	var n note
	if err := json.Unmarshal(text, &n); err != nil {
		return nil, fmt.Errorf("what is remembered of the backlog: %w: %w", work.ErrInvalid, err)
	}
	seen, err := in.Memory.Seen(ctx, in.Backlog)
	if err != nil {
		return nil, err
	}
	pins, err := in.Memory.Pins(ctx, in.Backlog)
	if err != nil {
		return nil, err
	}
	p := &plan.Past{
		Items: make(map[work.Identity]plan.Written, len(seen)), Pins: make(map[work.Identity]plan.Pin, len(pins)),
		Query: n.Query, To: n.targets(r.sites()), Counts: n.Counts,
	}
	for id, it := range seen {
		p.Items[id] = plan.Written{Key: it.Key, Values: it.Values, Labels: it.Labels, Lane: it.Lane, Place: int(it.Place), Evidence: it.Digest}
	}
	for id, pin := range pins {
		p.Pins[id] = plan.Pin{Since: pin.Since, Until: pin.Until, Digest: pin.Digest}
	}
	deeds, err := r.unsettled(ctx, in, last)
	p.Unsettled(deeds, r.sites())
	return p, err
}

// begun gives what is known of a backlog that no run lived to remember: what they
// wrote is in the journal. nil where that is nothing.
func (r *Round) begun(ctx context.Context, in Inputs) (*plan.Past, error) {
	deeds, err := r.unsettled(ctx, in, "")
	if err != nil || len(deeds) == 0 {
		return nil, err
	}
	items := map[work.Ref]work.Item{}
	for _, s := range r.Sources {
		for i := range s.Snapshot.Items {
			items[s.Snapshot.Items[i].Ref] = s.Snapshot.Items[i]
		}
	}
	p := plan.Begun(deeds, items, plan.Input{Rules: r.Rules, Sites: r.sites()})
	if p != nil {
		p.Unsettled(deeds, r.sites())
	}
	return p, nil
}

// unsettled gives what may have been written and may not since the backlog was
// remembered: what the run failed at that remembered it, and all that later runs
// did, which ended before they could remember anything.
func (r *Round) unsettled(ctx context.Context, in Inputs, last string) ([]plan.Deed, error) {
	runs, err := in.since(ctx, last)
	if err != nil {
		return nil, err
	}
	var open []store.Entry
	for _, run := range runs {
		if run.Result == store.RunDone || run.Result == store.RunRefused {
			continue
		}
		entries, err := in.Memory.Entries(ctx, run.ID)
		if err != nil {
			return nil, err
		}
		if run.ID == last {
			entries = slices.DeleteFunc(entries, func(e store.Entry) bool { return e.State == store.Done })
		}
		open = append(open, entries...)
	}
	return r.deeds(open), nil
}

// since gives the run that remembered the backlog and all after it, oldest first.
func (in Inputs) since(ctx context.Context, last string) ([]store.Run, error) {
	const page = 20
	var out []store.Run
	for before := ""; ; {
		runs, err := in.Memory.Runs(ctx, store.Filter{Backlog: in.Backlog, Before: before, Limit: page})
		if err != nil {
			return nil, err
		}
		end := slices.IndexFunc(runs, func(run store.Run) bool { return run.ID == last })
		if end >= 0 {
			runs = runs[:end+1]
		}
		out = append(out, runs...)
		if end >= 0 || len(runs) < page {
			slices.Reverse(out)
			return out, nil
		}
		before = runs[page-1].ID
	}
}

// deeds gives what entries of a journal did to items, by the sources as they are
// now. What no source of today reaches is left out.
func (r *Round) deeds(entries []store.Entry) []plan.Deed {
	holder := map[work.Identity]string{}
	first := map[string]string{} // source of a site
	for _, s := range slices.Backward(r.Sources) {
		first[s.Site] = s.Name
		for i := range s.Snapshot.Items {
			holder[work.Identity{Site: s.Site, ID: s.Snapshot.Items[i].Ref.ID}] = s.Name
		}
	}
	var out []plan.Deed
	for _, e := range entries {
		source, ok := holder[e.Item]
		if !ok {
			source, ok = first[e.Item.Site]
		}
		if !ok {
			continue
		}
		ref := func(id string) work.Ref {
			if id == "" {
				return work.Ref{}
			}
			return work.Ref{Source: source, ID: id}
		}
		d := plan.Deed{Ref: ref(e.Item.ID), Key: e.Key, At: e.Intended, Call: e.Call, Done: e.State == store.Done}
		if e.Kind == store.Move {
			d.Move = &plan.Step{Lane: e.Move.Lane, After: ref(e.Move.After), Before: ref(e.Move.Before), Was: ref(e.Move.Was)}
		} else {
			d.Edit = &e.Edit
		}
		out = append(out, d)
	}
	return out
}

// remember keeps what the round has left for the next one. Where somebody else
// has taken the backlog over nothing is kept: what is there is his.
func (r *Round) remember(ctx context.Context, in Inputs) error {
	left := r.arranged.Remember(r.Plan, r.Results)
	text, err := json.Marshal(note{left.Query, left.Counts, aims{left.To, r.sites()}})
	if err != nil {
		return err
	}
	seen := store.Seen{Run: r.Run, Note: text}
	for _, id := range slices.SortedFunc(maps.Keys(left.Items), work.Identity.Compare) {
		seen.Items = append(seen.Items, rowOf(id, left.Items[id]))
	}
	seen.Pins = r.newPins()
	was := r.pinned()
	for _, id := range slices.SortedFunc(maps.Keys(was), work.Identity.Compare) {
		if _, stays := left.Pins[id]; !stays {
			seen.Unpinned = append(seen.Unpinned, id)
		}
	}
	return in.Memory.See(ctx, in.Backlog, seen)
}

// pin keeps the pins that were found in this round before anything is written: a
// run that dies would leave an order of its own around what people moved.
func (r *Round) pin(ctx context.Context, in Inputs) error {
	for _, p := range r.newPins() {
		if err := in.Memory.Pin(ctx, in.Backlog, p); err != nil {
			return err
		}
	}
	return nil
}

// newPins gives the pins that are not remembered yet, by item.
func (r *Round) newPins() []store.Pin {
	var out []store.Pin
	was, now := r.pinned(), r.arranged.Pins()
	for _, id := range slices.SortedFunc(maps.Keys(now), work.Identity.Compare) {
		if p := now[id]; was[id] != p {
			out = append(out, store.Pin{Item: id, Since: p.Since, Until: p.Until, Digest: p.Digest})
		}
	}
	return out
}

// pinned gives the pins that are remembered.
func (r *Round) pinned() map[work.Identity]plan.Pin {
	if r.given.Past == nil {
		return nil
	}
	return r.given.Past.Pins
}

// rowOf gives the stored form of what an item was left as. A place of which
// nobody is sure is none.
func rowOf(id work.Identity, w plan.Written) store.Item {
	it := store.Item{Identity: id, Key: w.Key, Values: w.Values, Labels: w.Labels, Lane: w.Lane, Place: int64(w.Place), Digest: w.Evidence}
	if w.Astir {
		it.Place = 0
	}
	return it
}

// sites gives the address of each source's service.
func (r *Round) sites() map[string]string {
	out := map[string]string{}
	for _, s := range r.Sources {
		out[s.Name] = s.Site
	}
	return out
}

// skew gives how far the clocks of the services are ahead of ours.
func (in Inputs) skew() map[string]time.Duration {
	if in.Skew == nil {
		return nil
	}
	return in.Skew()
}
