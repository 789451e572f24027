package cycle

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"stackrank/internal/store"
	"stackrank/internal/work"
)

// errDied is what is written down of a run whose process ended before it did.
var errDied = errors.New("the process ended before the run did")

// lookInto settles the runs of the backlog that died: what each was about to
// write is held against what the trackers have now, and told. What is still
// wanted is in the plan of this round.
func (r *Round) lookInto(ctx context.Context, in Inputs) error {
	m := in.Memory
	died, err := m.Unended(ctx, r.Backlog)
	if err != nil {
		return err
	}
	died = slices.DeleteFunc(died, func(run store.Run) bool { return run.Query != in.Query }) // under another lease
	if len(died) == 0 {
		return nil
	}
	now := presentOf(r.Sources)
	for _, run := range died {
		entries, err := m.Entries(ctx, run.ID)
		if err != nil {
			return err
		}
		states := map[store.State]int{}
		for _, same := range byItem(entries) {
			state := same[0].State
			if state == store.Intended {
				state = now.became(same)
				if err := settleDied(ctx, m, same[0], state); err != nil {
					return err
				}
			}
			states[state] += len(same)
		}
		if err := m.End(ctx, run.ID, store.Ending{Result: store.RunFailed, Err: errDied}); err != nil {
			return err
		}
		r.Findings = append(r.Findings, deathOf(run, len(entries), states, r.At.Location()))
	}
	return nil
}

func settleDied(ctx context.Context, m Memory, e store.Entry, state store.State) error {
	result := store.Result{Item: e.Item, State: state}
	if state != store.Done {
		result.Err = errDied
	}
	return m.Settle(ctx, store.Intent{Run: e.Run, Call: e.Call}, []store.Result{result})
}

// byItem gathers the entries that one call writes to one item.
func byItem(entries []store.Entry) [][]store.Entry {
	entries = slices.Clone(entries)
	same := func(a, b store.Entry) int {
		return cmp.Or(cmp.Compare(a.Call, b.Call), a.Item.Compare(b.Item))
	}
	slices.SortStableFunc(entries, same)
	var out [][]store.Entry
	for i, e := range entries {
		if i == 0 || same(entries[i-1], e) != 0 {
			out = append(out, nil)
		}
		out[len(out)-1] = append(out[len(out)-1], e)
	}
	return out
}

// deathOf tells of a run that died.
func deathOf(run store.Run, entries int, states map[store.State]int, zone *time.Location) work.Finding {
	said := fmt.Sprintf("The run of %s ended before its end: ", run.Begun.In(zone).Format("2006-01-02 15:04"))
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
	return work.Finding{Code: "run-died", Level: work.Note, Message: said, Fix: "What is still wanted is in this plan; stackrank history " + run.ID + " shows the writes."}
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

// became says what became of what one call was to write to one item: all of it
// is there, none of it, or nobody can say.
func (p present) became(entries []store.Entry) store.State {
	made, open := 0, 0
	for _, e := range entries {
		switch p.state(e) {
		case store.Done:
			made++
		case store.Failed:
			open++
		default:
			return store.Unknown
		}
	}
	switch {
	case open == 0:
		return store.Done
	case made == 0:
		return store.Failed
	}
	return store.Unknown
}

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
