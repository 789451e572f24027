package cycle

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"go.uber.org/zap"

	"stackrank/connectors"
	"stackrank/internal/plan"
	"stackrank/internal/store"
	"stackrank/internal/work"
)

// seeOff looks at the items that left the backlog and makes changes of what they
// lose. Of those that nobody could look at nothing is decided: they stay in the
// plan for the next round, and are told of.
func (r *Round) seeOff(ctx context.Context, in Inputs, sources []connectors.Connector) error {
	if len(r.Plan.Left) == 0 || len(r.Brakes) > 0 {
		return nil
	}
	if err := r.handOver(ctx, in); err != nil {
		return err
	}
	looked := map[work.Ref]plan.Looked{}
	for _, s := range sources {
		left := r.leftOf(s.Source())
		if len(left) == 0 {
			continue
		}
		reason := look(ctx, s, left, looked)
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if open := undecided(left, looked); len(open) > 0 {
			in.log().Debug("items that left could not be looked at", zap.String("source", s.Source()), zap.Error(reason))
			r.Findings = append(r.Findings, r.unlooked(s.Source(), open, reason))
		}
	}
	r.Plan = r.Plan.Resolve(looked, r.Rules)
	return nil
}

// handOver takes off the list what another backlog holds by now: what it has left
// on an item is its own, though it looks like ours.
func (r *Round) handOver(ctx context.Context, in Inputs) error {
	ids := make([]work.Identity, len(r.Plan.Left))
	for i, l := range r.Plan.Left {
		ids[i] = r.given.Identity(l.Ref)
	}
	held, err := in.Memory.Elsewhere(ctx, in.Backlog, ids)
	if err != nil || len(held) == 0 {
		return err
	}
	var left []plan.Leave
	for _, l := range r.Plan.Left {
		others := held[r.given.Identity(l.Ref)]
		l.Edits = slices.DeleteFunc(slices.Clone(l.Edits), func(e work.Edit) bool {
			return slices.ContainsFunc(others, func(it store.Item) bool { return isOf(e, it) })
		})
		if len(l.Edits) > 0 {
			left = append(left, l)
		}
	}
	r.Plan.Left = left
	return nil
}

// isOf reports whether an edit would take away what a backlog has left on an item.
func isOf(e work.Edit, it store.Item) bool {
	if e.Op == work.Remove {
		return slices.Contains(it.Labels, e.Label())
	}
	return it.Values[e.Slot] == e.Old
}

// leftOf gives the items that left through a source.
func (r *Round) leftOf(source string) []work.Ref {
	var out []work.Ref
	for _, l := range r.Plan.Left {
		if l.Ref.Source == source {
			out = append(out, l.Ref)
		}
	}
	return out
}

// look looks at items of a source and keeps what that decided. It gives the first
// reason for what it did not.
func look(ctx context.Context, s connectors.Reader, refs []work.Ref, looked map[work.Ref]plan.Looked) error {
	l, able := s.(connectors.Looker)
	if !able {
		return fmt.Errorf("source %s: single items cannot be looked at", s.Source())
	}
	sights, reason := l.Look(ctx, refs)
	if reason != nil {
		return reason
	}
	for _, s := range sights {
		switch {
		case s.Err == nil:
			looked[s.Ref] = plan.Looked{Item: s.Item}
		case errors.Is(s.Err, work.ErrNotFound):
			looked[s.Ref] = plan.Looked{Gone: true}
		case reason == nil:
			reason = s.Err
		}
	}
	return reason
}

// undecided gives the items of which a look has decided nothing.
func undecided(left []work.Ref, looked map[work.Ref]plan.Looked) []work.Ref {
	var out []work.Ref
	for _, ref := range left {
		if _, ok := looked[ref]; !ok {
			out = append(out, ref)
		}
	}
	return out
}

// mostNamed is how many items a finding names.
const mostNamed = 5

// unlooked tells of the items of a source that nobody could look at.
func (r *Round) unlooked(source string, open []work.Ref, reason error) work.Finding {
	keys := map[work.Ref]string{}
	for _, l := range r.Plan.Left {
		keys[l.Ref] = cmp.Or(l.Key, l.Ref.ID)
	}
	var named []string
	for _, ref := range open[:min(len(open), mostNamed)] {
		named = append(named, keys[ref])
	}
	what := strings.Join(named, ", ")
	if more := len(open) - mostNamed; more > 0 {
		what += fmt.Sprintf(" and %d more", more)
	}
	if reason == nil {
		reason = work.ErrUnexpected
	}
	return work.Finding{
		Source: source, Code: "left-unclear", Level: work.Warning,
		Message: fmt.Sprintf("What left the backlog could not be looked at, so that our labels and fields stay there: %s (%v).", what, reason),
		Fix:     "The next sync looks again.",
	}
}
