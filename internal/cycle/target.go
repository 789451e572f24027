package cycle

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"stackrank/internal/plan"
	"stackrank/internal/store"
	"stackrank/internal/work"
)

// choose finds the run that is to be taken back, and its entries.
func (u *Undone) choose(ctx context.Context, in Inputs, id string) error {
	if id == "" {
		return u.newest(ctx, in)
	}
	run, err := in.Memory.Find(ctx, id)
	if err != nil {
		return err
	}
	if run.Backlog != in.Backlog {
		return fmt.Errorf("run %s: %w: it is one of backlog %s, not of %s", run.ID, work.ErrInvalid, run.Backlog, in.Backlog)
	}
	if err := in.over(ctx, run); err != nil {
		return err
	}
	wrote, err := u.take(ctx, in, run)
	if err == nil && !wrote {
		err = fmt.Errorf("run %s: %w: it wrote nothing, so there is nothing to take back", run.ID, plan.ErrRefused)
	}
	return err
}

// runsAtOnce is how many runs are read at a time while the newest one is looked
// for that wrote something: between two of those often lies a day of runs that
// found nothing to write.
const runsAtOnce = 100

// newest chooses the newest run of the backlog that wrote something, is no undo
// and is not undone. Once the sources are read, those that wrote to other sites
// alone do not count: they are of another configuration that names a backlog alike.
func (u *Undone) newest(ctx context.Context, in Inputs) error {
	var seen []store.Run // newest first
	f := store.Filter{Backlog: in.Backlog, Limit: runsAtOnce}
	for {
		page, err := in.Memory.Runs(ctx, f)
		if err != nil {
			return err
		}
		seen = append(seen, page...)
		if found, err := u.firstOf(ctx, in, page, undoneOf(seen)); found || err != nil {
			return err
		}
		if len(page) < runsAtOnce {
			return fmt.Errorf("%w: nothing is left to take back: no run of this backlog has written anything, or all that did are undone; stackrank history lists them", plan.ErrRefused)
		}
		f.Before = page[len(page)-1].ID
	}
}

// firstOf takes the first of some runs that can be taken back, newest first. One
// that is still at work would be it.
func (u *Undone) firstOf(ctx context.Context, in Inputs, runs []store.Run, undone map[string]bool) (found bool, err error) {
	for _, run := range runs {
		if run.Kind == store.Undo || undone[run.ID] || idle(run) {
			continue
		}
		if err := in.over(ctx, run); err != nil {
			return false, err
		}
		wrote, err := u.take(ctx, in, run)
		if err != nil || wrote && u.near() {
			return err == nil, err
		}
	}
	return false, nil
}

// take makes a run the target and reports whether it may have written anything.
func (u *Undone) take(ctx context.Context, in Inputs, run store.Run) (wrote bool, err error) {
	u.Target = run
	u.entries, err = in.Memory.Entries(ctx, run.ID)
	return slices.ContainsFunc(u.entries, func(e store.Entry) bool { return e.State != store.Failed }), err
}

// near reports whether the sources reach a site that the target wrote to, or are
// not read yet.
func (u *Undone) near() bool {
	here := u.reach()
	return u.Sources == nil || slices.ContainsFunc(u.entries, func(e store.Entry) bool { return here[e.Item.Site] })
}

// over refuses a run that is still at work: it has not ended, and whoever runs it
// holds its lease and is not known to have died.
func (in Inputs) over(ctx context.Context, run store.Run) error {
	if !run.Ended.IsZero() || run.Lease.Name == "" {
		return nil
	}
	held, err := in.Memory.Holding(ctx, run.Lease.Name)
	if err != nil {
		return err
	}
	gone := in.Gone != nil && in.Gone(held.Holder)
	if held.Token != run.Lease.Token || !held.Until.After(in.Now) || gone {
		return nil
	}
	return fmt.Errorf("run %s: %w: %w: %s is at work on it: wait for it to end", run.ID, plan.ErrRefused, ErrRunning, held.Holder)
}

// idle reports whether a run is known to have found nothing to write.
func idle(run store.Run) bool {
	var t Tally
	return run.Counts != nil && json.Unmarshal(run.Counts, &t) == nil && t.Written+t.Failed == 0
}

// Taking is what of a run decides whether it takes another one back.
type Taking struct {
	Run    string          // its id
	Undoes string          // the id of the run that it is to take back; empty: it is no undo
	Result string          // of package store
	Counts json.RawMessage // a Tally
}

// undoneOf is UndoneOf for runs of the memory.
func undoneOf(runs []store.Run) map[string]bool {
	takings := make([]Taking, len(runs))
	for i, run := range runs {
		takings[i] = Taking{Run: run.ID, Undoes: run.Target, Result: string(run.Result), Counts: run.Counts}
	}
	return UndoneOf(takings)
}

// UndoneOf says which of the runs, given newest first, are undone. Taking an undo
// back makes what it took back as good as new. An undo that could not write
// everything has to be repeated, so that its target does not count as undone.
func UndoneOf(runs []Taking) map[string]bool {
	targets, undone := map[string]string{}, map[string]bool{} // the runs that undos take back, by the id of the undo
	for _, run := range slices.Backward(runs) {
		if run.Undoes == "" {
			continue
		}
		targets[run.Run] = run.Undoes
		if !run.complete() {
			continue
		}
		for id, is := run.Undoes, true; id != ""; id, is = targets[id], !is {
			undone[id] = is
		}
	}
	return undone
}

// complete reports whether a run has ended and wrote all that it was about to.
func (t Taking) complete() bool {
	var counts Tally
	ended := t.Result == string(store.RunDone) || t.Result == string(store.RunPartial)
	return ended && json.Unmarshal(t.Counts, &counts) == nil && counts.Failed == 0
}
