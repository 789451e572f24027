package jira

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"stackrank/internal/work"
)

// turns is how many of the rare questions one incremental read asks: a few, so
// that what hardly ever changes is known again after a few reads.
func (r *round) turns() int {
	if r.s.cloud {
		return 1
	}
	return 4
}

// turn asks the rare questions whose turn it is: the order of the priorities, and
// the account's rights, on Data Center project by project. Where an answer has
// changed, so has what is said of items that were not read. The rights in new
// projects are asked for at once.
func (r *round) turn(ctx context.Context, items []ranked) error {
	of := map[string]ranked{} // an item of each project
	for _, it := range items {
		if key := r.homes[it.item.Ref.ID].projectKey; of[key].item.Ref.IsZero() {
			of[key] = it
		}
	}
	var due, fresh []string
	for _, key := range slices.Sorted(maps.Keys(of)) {
		if _, asked := r.last.Rights[key]; asked {
			due = append(due, key)
		} else if r.writes() && r.last.Rights != nil {
			fresh = append(fresh, key)
		}
	}
	questions := []func() ([]string, error){func() ([]string, error) { return nil, r.samePriorities(ctx) }}
	ask := func(keys ...string) func() ([]string, error) { return func() ([]string, error) { return keys, nil } }
	switch {
	case len(due) == 0:
	case r.s.cloud:
		questions = append(questions, ask(due...))
	default:
		for _, key := range due {
			questions = append(questions, ask(key))
		}
	}
	keys := fresh
	for i := range min(r.turns(), len(questions)) {
		more, err := questions[(r.last.Turn+i)%len(questions)]()
		if err != nil {
			return err
		}
		keys = append(keys, more...)
	}
	return r.sameRights(ctx, of, keys)
}

func (r *round) samePriorities(ctx context.Context) error {
	now := &site{}
	if err := r.learnPriorities(ctx, now); err != nil {
		return err
	}
	if !maps.Equal(now.priorities, r.last.Priorities) {
		r.site = nil // the pull to come learns anew
		return fmt.Errorf("%w: the priorities have changed", work.ErrCursor)
	}
	return nil
}

// sameRights asks for the rights in projects and holds those that are known.
func (r *round) sameRights(ctx context.Context, of map[string]ranked, keys []string) error {
	if len(keys) == 0 {
		return nil
	}
	var some []ranked
	for _, key := range keys {
		some = append(some, of[key])
	}
	got, err := r.grantsFor(ctx, r.s, some)
	if err != nil {
		return err
	}
	all := maps.Clone(r.last.Rights)
	for key, now := range got {
		if was, asked := all[key]; asked && !now.like(was) {
			return fmt.Errorf("%w: the account's rights in project %s have changed", work.ErrCursor, key)
		}
		all[key] = now
	}
	r.rights = all
	return nil
}

// like reports whether the rights let the account do the same.
func (r rights) like(o rights) bool {
	return !slices.ContainsFunc([]permission{permEdit, permRank, permProject, permSite}, func(p permission) bool { return r.lacks(p) != o.lacks(p) })
}
