package cycle

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"stackrank/connectors"
	"stackrank/internal/plan"
	"stackrank/internal/store"
	"stackrank/internal/work"
)

// Memory is what outlives a round: who writes at the moment, which runs there
// were, and what each of them was about to write and wrote.
type Memory interface {
	Acquire(ctx context.Context, name, holder string, term time.Duration) (store.Lease, error)
	Renew(ctx context.Context, l store.Lease, term time.Duration) (store.Lease, error)
	Release(ctx context.Context, l store.Lease) error
	Holding(ctx context.Context, name string) (store.Lease, error)
	Begin(ctx context.Context, r store.Run) (store.Run, error)
	End(ctx context.Context, id string, e store.Ending) error
	Intend(ctx context.Context, run string, entries []store.Entry) (store.Intent, error)
	Settle(ctx context.Context, in store.Intent, results []store.Result) error
	Unended(ctx context.Context, backlog string) ([]store.Run, error)
	Entries(ctx context.Context, run string) ([]store.Entry, error)
	Runs(ctx context.Context, f store.Filter) ([]store.Run, error)
	Outcome(ctx context.Context, backlog string) (run string, note json.RawMessage, err error)
	Seen(ctx context.Context, backlog string) (map[work.Identity]store.Item, error)
	Pins(ctx context.Context, backlog string) (map[work.Identity]store.Pin, error)
	See(ctx context.Context, backlog string, s store.Seen) error
	Pin(ctx context.Context, backlog string, p store.Pin) error
	Elsewhere(ctx context.Context, backlog string, items []work.Identity) (map[work.Identity][]store.Item, error)
	Observe(ctx context.Context, counts []store.Count) (map[work.Identity][]work.Event, error)
	Foresee(ctx context.Context, counts []store.Count) (map[work.Identity][]work.Event, error)
	Find(ctx context.Context, id string) (store.Run, error)
	Kept(ctx context.Context, backlog, source, scope string, every time.Duration) (*store.Kept, error)
	Keep(ctx context.Context, backlog string, sources []store.Kept) error
	Unkeep(ctx context.Context, backlog string) error
}

// The lease of a backlog is prolonged long before it runs out, and short enough
// that a run which died does not keep others waiting.
const (
	leaseTerm  = 60 * time.Second
	leaseRenew = 20 * time.Second
)

// ErrRunning is the kind of the error of a round that finds another one of its
// backlog at work.
var ErrRunning = errors.New("a run of this backlog is in progress")

// remembered is a sync with a memory: alone on its backlog, with a journal, and
// after the runs that died before it were looked into.
func remembered(ctx context.Context, in Inputs, sources []connectors.Connector) (Round, error) {
	ctx, release, lease, err := hold(ctx, in)
	if err != nil {
		return Round{}, err
	}
	defer release()
	in.holds = true
	r, err := Preview(ctx, in, readers(sources))
	if err != nil {
		return r, err
	}
	if err := r.lookInto(ctx, in); err != nil {
		return r, err
	}
	if err := r.seeOff(ctx, in, sources); err != nil {
		return r, err
	}
	run, err := in.Memory.Begin(ctx, store.Run{
		Backlog: in.Backlog, Kind: store.Sync, Who: in.Who, Policy: r.PolicyDigest, Plan: r.Plan.Digest, Query: in.Query, Lease: lease,
	})
	if err != nil {
		return r, err
	}
	r.Run = run.ID
	err = plan.Refuse(r.Brakes)
	if err == nil {
		err = r.write(ctx, in, sources)
	}
	if err == nil || errors.Is(err, plan.ErrRefused) {
		r.keep(context.WithoutCancel(ctx), in, sources)
	}
	return r, errors.Join(err, r.end(context.WithoutCancel(ctx), in, err))
}

// write carries the plan out and remembers what that led to, also where it was
// cut short. Who has lost the backlog to another process remembers nothing.
func (r *Round) write(ctx context.Context, in Inputs, sources []connectors.Connector) error {
	if !r.Plan.Empty() {
		if err := in.distrust(ctx); err != nil {
			return err
		}
	}
	err := r.pin(ctx, in)
	if err != nil {
		return err
	}
	r.Results, err = r.Plan.Apply(ctx, r.writers(in, sources), newJournal(in.Memory, r))
	if errors.Is(err, store.ErrLost) || errors.Is(context.Cause(ctx), store.ErrLost) {
		return err
	}
	return errors.Join(err, r.remember(context.WithoutCancel(ctx), in))
}

// hold takes the lease of the backlog and keeps it until the function that it
// gives is called. The context ends when the lease is lost.
func hold(ctx context.Context, in Inputs) (context.Context, func(), store.Lease, error) {
	lease, err := in.acquire(ctx, leaseName(in))
	if errors.Is(err, store.ErrHeld) {
		return nil, nil, lease, fmt.Errorf("%w: %w: %w", plan.ErrRefused, ErrRunning, err)
	}
	if err != nil {
		return nil, nil, lease, err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		for held := lease; ; {
			select {
			case <-ctx.Done():
				return
			case <-time.After(leaseRenew):
			}
			var err error
			if held, err = in.Memory.Renew(ctx, held, leaseTerm); err != nil {
				cancel(err)
				return
			}
		}
	}()
	return ctx, func() {
		cancel(context.Canceled)
		<-stopped
		_ = in.Memory.Release(context.WithoutCancel(ctx), lease) // it runs out by itself
	}, lease, nil
}

// acquire takes a lease, also from somebody who died with it.
func (in Inputs) acquire(ctx context.Context, name string) (store.Lease, error) {
	lease, err := in.Memory.Acquire(ctx, name, in.Who, leaseTerm)
	if !errors.Is(err, store.ErrHeld) || in.Gone == nil {
		return lease, err
	}
	held, herr := in.Memory.Holding(ctx, name)
	if herr != nil || !in.Gone(held.Holder) {
		return lease, errors.Join(err, herr)
	}
	if herr := in.Memory.Release(ctx, held); herr != nil && !errors.Is(herr, store.ErrLost) {
		return lease, herr
	}
	return in.Memory.Acquire(ctx, name, in.Who, leaseTerm)
}

// leaseName names what only one run at a time may write to: the backlog, and what
// its sources select, so that backlogs of one name in several configurations do
// not wait for one another.
func leaseName(in Inputs) string { return strings.TrimSpace("backlog " + in.Backlog + " " + in.Query) }

// end records how the run ended.
func (r *Round) end(ctx context.Context, in Inputs, err error) error {
	e, failed := store.Ending{Result: store.RunDone, Err: err}, r.Failed()
	switch {
	case errors.Is(err, plan.ErrRefused):
		e.Result = store.RunRefused
	case err != nil:
		e.Result = store.RunFailed
	case r.Partial():
		e.Result = store.RunPartial
	}
	counts, merr := json.Marshal(Tally{
		Counts: r.Plan.Counts, Items: len(r.Placed), Written: len(r.Results) - failed, Failed: failed,
		Wrote: &aims{r.given.Rules.To, r.sites()},
	})
	e.Counts = counts
	return errors.Join(merr, in.Memory.End(ctx, r.Run, e))
}

// Tally is what a run remembers in numbers.
type Tally struct {
	plan.Counts
	Items   int `json:"items"`   // of the backlog
	Written int `json:"written"` // results without an error: moved items and items with edits
	Failed  int `json:"failed"`

	Wrote *aims `json:"wrote,omitempty"` // where; nil: it is not known
}
