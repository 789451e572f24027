package cycle

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"stackrank/internal/store"
	"stackrank/internal/work"
)

// errDied is what is written down of a run whose process ended before it did.
var errDied = errors.New("the process ended before the run did")

// lookInto settles what nobody knows yet about former runs of the backlog: what
// each was about to write is held against what the trackers have now. Of the runs
// that died it is told. What is still wanted is in the plan of this round.
func (r *Round) lookInto(ctx context.Context, in Inputs) error {
	m := in.Memory
	died, err := m.Unended(ctx, r.Backlog)
	if err != nil {
		return err
	}
	now := presentOf(r.Sources)
	if err := r.lookIntoEnded(ctx, in, now); err != nil {
		return err
	}
	for _, run := range died {
		if err := r.lookIntoDied(ctx, in, now, run); err != nil {
			return err
		}
	}
	return nil
}

// lookIntoDied settles a run that has not ended and tells of it, unless it lives: a
// run of another query goes on under a lease of its own.
func (r *Round) lookIntoDied(ctx context.Context, in Inputs, now present, run store.Run) error {
	m := in.Memory
	if run.Query != in.Query {
		if run.Lease.Name == "" {
			return nil // nobody can say
		}
		lease, err := in.acquire(ctx, run.Lease.Name)
		if errors.Is(err, store.ErrHeld) {
			return nil
		}
		if err != nil {
			return err
		}
		defer m.Release(context.WithoutCancel(ctx), lease) //nolint:errcheck // it runs out by itself
	}
	entries, err := m.Entries(ctx, run.ID)
	if err != nil {
		return err
	}
	states, err := settle(ctx, m, now, entries)
	if err != nil {
		return err
	}
	if err := m.End(ctx, run.ID, store.Ending{Result: store.RunFailed, Err: errDied}); err != nil {
		return err
	}
	r.Findings = append(r.Findings, deathOf(run, len(entries), states, r.At.Location()))
	return nil
}

// lookIntoEnded settles what runs that came to their end could not tell: a service
// may have written and not have said so.
func (r *Round) lookIntoEnded(ctx context.Context, in Inputs, now present) error {
	last, _, err := in.Memory.Outcome(ctx, r.Backlog)
	if err != nil || last == "" { // then none came to its end after a write
		return err
	}
	runs, err := in.since(ctx, last)
	if err != nil {
		return err
	}
	for _, run := range runs {
		if run.Query != in.Query || run.Result != store.RunPartial && run.Result != store.RunFailed {
			continue
		}
		entries, err := in.Memory.Entries(ctx, run.ID)
		if err != nil {
			return err
		}
		if _, err := settle(ctx, in.Memory, now, entries); err != nil {
			return err
		}
	}
	return nil
}

// settle settles what a run left open, entry by entry: of what it wrote to one item
// by several requests a part may be made. It counts the states.
func settle(ctx context.Context, m Memory, now present, entries []store.Entry) (map[store.State]int, error) {
	states := map[store.State]int{}
	for _, call := range byCall(entries) {
		var open []store.Result
		for _, e := range call {
			if e.State == store.Intended || e.State == store.Unknown {
				r := store.Result{Item: e.Item, Seq: e.Seq, State: now.state(e)}
				if r.State != store.Done {
					r.Err = cmp.Or(said(e), errDied)
				}
				e.State = r.State
				open = append(open, r)
			}
			states[e.State]++
		}
		if len(open) == 0 {
			continue
		}
		if err := m.Settle(ctx, store.Intent{Run: call[0].Run, Call: call[0].Call}, open); err != nil {
			return nil, err
		}
	}
	return states, nil
}

// said gives the error that is written down of an entry; nil: none.
func said(e store.Entry) error {
	if e.Error == "" {
		return nil
	}
	return errors.New(e.Error)
}

// byCall splits entries in the order of writing into calls.
func byCall(entries []store.Entry) [][]store.Entry {
	var out [][]store.Entry
	for i, e := range entries {
		if i == 0 || entries[i-1].Call != e.Call {
			out = append(out, nil)
		}
		out[len(out)-1] = append(out[len(out)-1], e)
	}
	return out
}

// deathOf tells of a run that died.
func deathOf(run store.Run, entries int, states map[store.State]int, zone *time.Location) work.Finding {
	said := fmt.Sprintf("The %s of %s ended before its end: ", run.Kind, run.Begun.In(zone).Format("2006-01-02 15:04"))
	switch open := states[store.Failed] + states[store.Unknown]; {
	case entries == 0:
		said += "it had written nothing."
	case open == 0:
		said += fmt.Sprintf("all of the %d writes that it had begun are made.", entries)
	default:
		said += fmt.Sprintf("of the %d writes that it had begun, %d are made and %d are not.", entries, states[store.Done], states[store.Failed])
		if n := states[store.Unknown]; n > 0 {
			said += fmt.Sprintf(" Of %d nobody can say.", n)
		}
	}
	next := "A sync writes what of that is still wanted"
	if run.Kind == store.Undo {
		next = "To go on with it, stackrank undo " + run.Target
	}
	return work.Finding{Code: "run-died", Level: work.Note, Message: said, Fix: next + "; stackrank history " + run.ID + " shows the writes."}
}

// present is what the trackers hold, by site and id.
type present struct {
	items  map[work.Identity]*work.Item
	behind map[work.Identity]string // the id of what it stands behind in its lane; "": the top
}

func presentOf(sources []Source) present {
	p := present{map[work.Identity]*work.Item{}, map[work.Identity]string{}}
	for _, s := range sources {
		last := map[string]string{} // by lane
		for i := range s.Snapshot.Items {
			it := &s.Snapshot.Items[i]
			id := work.Identity{Site: s.Site, ID: it.Ref.ID}
			p.items[id] = it
			if !it.Subtask {
				p.behind[id] = last[it.Lane]
				last[it.Lane] = it.Ref.ID
			}
		}
	}
	return p
}

// state says what became of an entry: it is made, it is not, or nobody can say.
func (p present) state(e store.Entry) store.State {
	it, ok := p.items[e.Item]
	if !ok {
		return store.Unknown
	}
	if e.Kind == store.Move {
		return told(p.behind[e.Item] == e.Move.After, p.behind[e.Item] == e.Move.Was)
	}
	return told(e.Edit.Reached(*it), e.Edit.Op != work.Set || it.Outputs[e.Edit.Slot] == e.Edit.Old)
}

// told gives the state of a write whose target is there, or of which what was
// there before still is.
func told(after, before bool) store.State {
	switch {
	case after:
		return store.Done
	case before:
		return store.Failed
	}
	return store.Unknown
}
