package cycle

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"go.uber.org/zap"

	"stackrank/connectors"
	"stackrank/internal/plan"
	"stackrank/internal/store"
	"stackrank/internal/work"
)

// Undone is a round whose plan takes a run back.
type Undone struct {
	Round
	Target store.Run           // the run that is taken back
	Keys   map[work.Ref]string // the items of that run as people see them, those that have left among them

	entries []store.Entry // of the target
}

// PreviewUndo plans the way back of a run and writes nothing. run is its id, or
// the only beginning of one; where it is empty the newest run of the backlog is
// taken back that wrote something, is no undo and is not undone. What cannot be
// taken back is refused with a sentence, of the kind plan.ErrRefused,
// work.ErrNotFound or work.ErrInvalid.
func PreviewUndo(ctx context.Context, in Inputs, run string, sources []connectors.Reader) (Undone, error) {
	u := Undone{Round: Round{Backlog: in.Backlog, At: in.Now}}
	if err := u.choose(ctx, in, run); err != nil { // before anything is read
		return u, err
	}
	if err := u.survey(ctx, in, sources); err != nil {
		return u, err
	}
	return u, u.back(ctx, in, run, sources)
}

// Undo is PreviewUndo, then apply: alone on its backlog, with a journal, and after
// the runs that died before it were looked into, so that it can be undone like
// any run.
func Undo(ctx context.Context, in Inputs, run string, sources []connectors.Connector) (Undone, error) {
	u := Undone{Round: Round{Backlog: in.Backlog, At: in.Now}}
	ctx, release, lease, err := hold(ctx, in)
	if err != nil {
		return u, err
	}
	defer release()
	if err := u.choose(ctx, in, run); err != nil { // before anything is read
		return u, err
	}
	if err := u.survey(ctx, in, readers(sources)); err != nil {
		return u, err
	}
	if err := u.lookInto(ctx, in); err != nil {
		return u, err
	}
	if err := u.back(ctx, in, run, readers(sources)); err != nil {
		return u, err
	}
	begun, err := in.Memory.Begin(ctx, store.Run{
		Backlog: in.Backlog, Kind: store.Undo, Target: u.Target.ID, Who: in.Who,
		Policy: u.PolicyDigest, Plan: u.Plan.Digest, Query: in.Query, Lease: lease,
	})
	if err != nil {
		return u, err
	}
	u.Run = begun.ID
	u.arrange()
	if err = u.write(ctx, in, sources); err == nil {
		u.keep(context.WithoutCancel(ctx), in, sources)
	}
	return u, errors.Join(err, u.end(context.WithoutCancel(ctx), in, err))
}

// survey reads the sources, each whole, and ranks what they hold. What is odd about
// them is for a report to tell.
func (u *Undone) survey(ctx context.Context, in Inputs, sources []connectors.Reader) error {
	in.Reading = nil
	var err error
	u.Round, err = survey(ctx, in, sources)
	u.Findings = nil
	return err
}

// back plans the way back. The run is chosen anew, now that it is known what
// became of those that died and which sites the sources reach.
func (u *Undone) back(ctx context.Context, in Inputs, run string, sources []connectors.Reader) error {
	if err := u.choose(ctx, in, run); err != nil {
		return err
	}
	entries := asCalled(u.entries)
	reached, lost := u.reached(entries)
	if len(reached) == 0 {
		return fmt.Errorf("run %s: %w: it wrote to %s, which no source of this backlog reaches any more. Configure that again to take the run back",
			u.Target.ID, plan.ErrRefused, sitesOf(entries))
	}
	deeds, held, err := u.handedOver(ctx, in, u.deeds(reached))
	if err != nil {
		return err
	}
	u.given.Wrote = u.wrote()
	u.Plan = plan.Undo(deeds, u.given, u.lookAt(ctx, in, sources, deeds))
	u.Plan.Skipped = slices.Concat(u.Plan.Skipped, lost, held)
	u.Plan = u.Plan.Seal()
	u.Keys = u.keys()
	return nil
}

// wrote gives where the run wrote, by the sources as they are called now; nil where
// it died and could not tell.
func (u *Undone) wrote() map[string]plan.Target {
	var t Tally
	if json.Unmarshal(u.Target.Counts, &t) != nil || t.Wrote == nil {
		return nil
	}
	return t.Wrote.targets(u.sites())
}

// arrange prepares what is remembered of the backlog: the next sync is to know what
// the undo wrote from what people did. That the sources were changed since the last
// sync is for that one to notice, and not forgotten for an undo.
func (u *Undone) arrange() {
	if u.given.Past != nil {
		u.given.Query = u.given.Past.Query
	}
	u.arranged = plan.Arrange(u.given)
	u.Placed = u.arranged.Placed
}

// asCalled gives the entries that may have been written, each move with what its
// whole call was placed by: the journal has each item behind the one before it,
// which may have failed.
func asCalled(entries []store.Entry) []store.Entry {
	var out []store.Entry
	var call store.Entry // the first of the present call
	for i, e := range entries {
		if i == 0 || e.Call != call.Call {
			call = e
		}
		e.Move.After, e.Move.Before = call.Move.After, call.Move.Before
		if e.State != store.Failed {
			out = append(out, e)
		}
	}
	return out
}

// lookAt looks at the items that the run wrote to and the sources did not give: they
// are done, archived, or outside of what is selected now. What cannot be looked at
// counts as gone, and the plan says so.
func (u *Undone) lookAt(ctx context.Context, in Inputs, sources []connectors.Reader, deeds []plan.Deed) map[work.Ref]plan.Looked {
	out := map[work.Ref]plan.Looked{}
	absent := u.absent(deeds)
	for _, s := range sources {
		if refs := absent[s.Source()]; len(refs) > 0 {
			if err := look(ctx, s, refs, out); err != nil {
				in.log().Warn("items that left the backlog cannot be looked at", zap.String("source", s.Source()), zap.Error(err))
			}
		}
	}
	return out
}

// absent gives the items with edits that are not among those read, by source.
func (u *Undone) absent(deeds []plan.Deed) map[string][]work.Ref {
	seen := map[work.Ref]bool{}
	for _, s := range u.Sources {
		for i := range s.Snapshot.Items {
			seen[s.Snapshot.Items[i].Ref] = true
		}
	}
	out := map[string][]work.Ref{}
	for _, d := range deeds {
		if d.Edit != nil && !seen[d.Ref] {
			out[d.Ref.Source] = append(out[d.Ref.Source], d.Ref)
			seen[d.Ref] = true
		}
	}
	return out
}

// reached gives the entries whose sites the sources still reach, and skips for
// the others, by source.
func (u *Undone) reached(entries []store.Entry) ([]store.Entry, []plan.Skip) {
	type place struct{ source, site string }
	lost := map[place]int{}
	here := u.reach()
	var out []store.Entry
	for _, e := range entries {
		if here[e.Item.Site] {
			out = append(out, e)
		} else {
			lost[place{e.Source, e.Item.Site}]++
		}
	}
	var skips []plan.Skip
	for p, n := range lost {
		skips = append(skips, plan.Skip{
			Source: p.source,
			Why:    fmt.Sprintf("source %s of %s is not in this backlog any more, so what the run wrote there stays: %d values, labels and places", p.source, p.site, n),
		})
	}
	slices.SortFunc(skips, func(a, b plan.Skip) int { return cmp.Compare(a.Why, b.Why) })
	return out, skips
}

// reach gives the sites that the sources reach.
func (u *Undone) reach() map[string]bool {
	out := map[string]bool{}
	for _, s := range u.Sources {
		out[s.Site] = true
	}
	return out
}

// sitesOf names the sites that a run wrote to.
func sitesOf(entries []store.Entry) string {
	sites := map[string]bool{}
	for _, e := range entries {
		sites[e.Item.Site] = true
	}
	return strings.Join(slices.Sorted(maps.Keys(sites)), " and ")
}

// keys gives the items of the run as people see them, by their names of today.
func (u *Undone) keys() map[work.Ref]string {
	out := map[work.Ref]string{}
	for _, d := range u.deeds(u.entries) {
		out[d.Ref] = d.Key
	}
	for _, s := range u.Sources {
		for i := range s.Snapshot.Items {
			if it := &s.Snapshot.Items[i]; out[it.Ref] != "" {
				out[it.Ref] = it.Key
			}
		}
	}
	return out
}
