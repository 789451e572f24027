package cycle

import (
	"context"
	"errors"
	"slices"

	"stackrank/internal/plan"
	"stackrank/internal/store"
	"stackrank/internal/work"
)

// journal keeps the journal of one run. It implements plan.Journal.
type journal struct {
	memory Memory
	run    string
	sites  map[string]string   // by source
	keys   map[work.Ref]string // as people see them
}

func newJournal(m Memory, r *Round) *journal {
	j := &journal{m, r.Run, r.sites(), map[work.Ref]string{}}
	for _, s := range r.Sources {
		for i := range s.Snapshot.Items {
			j.keys[s.Snapshot.Items[i].Ref] = s.Snapshot.Items[i].Key
		}
	}
	return j
}

// Intend records what a write is about to do, before it is made.
func (j *journal) Intend(ctx context.Context, w plan.Write) (func([]work.Result) error, error) {
	intent, err := j.memory.Intend(ctx, j.run, j.entries(w))
	if err != nil {
		return nil, err
	}
	return func(results []work.Result) error {
		out := make([]store.Result, len(results))
		for i, r := range results {
			out[i] = store.Result{Item: j.identity(r.Ref), State: became(w, r.Err), Err: r.Err}
		}
		return j.memory.Settle(ctx, intent, out)
	}, nil
}

// refusals are the kinds of error of a service that has not written.
var refusals = []error{work.ErrAuth, work.ErrForbidden, work.ErrNotFound, work.ErrConflict, work.ErrInvalid}

// became says what became of a write that ended with an error or without. Where
// the service did not answer, or answered what is not understood, it may have
// written all the same; of several edits of an item, some may have been made
// before one was refused.
func became(w plan.Write, err error) store.State {
	if err == nil {
		return store.Done
	}
	single := w.Change == nil || len(w.Change.Edits) == 1
	if single && slices.ContainsFunc(refusals, func(kind error) bool { return errors.Is(err, kind) }) {
		return store.Failed
	}
	return store.Unknown
}

func (j *journal) identity(ref work.Ref) work.Identity {
	return work.Identity{Site: j.sites[ref.Source], ID: ref.ID}
}

// entries gives one entry for each edit, or for each item that moves.
func (j *journal) entries(w plan.Write) []store.Entry {
	if c := w.Change; c != nil {
		out := make([]store.Entry, len(c.Edits))
		for i, e := range c.Edits {
			out[i] = store.Entry{Source: w.Source(), Item: j.identity(c.Ref), Key: c.Key, Kind: store.Edit, Edit: e}
		}
		return out
	}
	out := make([]store.Entry, len(w.Run.Items))
	after := w.Run.After
	for i, ref := range w.Run.Items {
		step := store.Step{Lane: w.Run.Lane, After: after.ID, Was: w.Run.Was[i].ID}
		if after.IsZero() {
			step.Before = w.Run.Before.ID
		}
		out[i] = store.Entry{Source: w.Source(), Item: j.identity(ref), Key: j.keys[ref], Kind: store.Move, Move: step}
		after = ref
	}
	return out
}
