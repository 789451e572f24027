package cycle

import (
	"context"
	"maps"
	"slices"

	"stackrank/internal/plan"
	"stackrank/internal/work"
)

// handedOver leaves out what a run wrote to items that another backlog holds by now,
// and skips them: what is there is its own, though it looks like ours.
func (u *Undone) handedOver(ctx context.Context, in Inputs, deeds []plan.Deed) ([]plan.Deed, []plan.Skip, error) {
	absent := u.absent(deeds)
	refs := map[work.Identity]work.Ref{}
	for _, source := range slices.Sorted(maps.Keys(absent)) {
		for _, ref := range absent[source] {
			refs[u.given.Identity(ref)] = ref
		}
	}
	ids := slices.SortedFunc(maps.Keys(refs), work.Identity.Compare)
	others, err := in.Memory.Elsewhere(ctx, in.Backlog, ids)
	if err != nil || len(others) == 0 {
		return deeds, nil, err
	}
	theirs := map[work.Ref]bool{}
	var skips []plan.Skip
	for _, id := range ids {
		if len(others[id]) > 0 {
			theirs[refs[id]] = true
			skips = append(skips, plan.Skip{Ref: refs[id], Why: "Another backlog holds it by now, so its fields and labels stay."})
		}
	}
	return slices.DeleteFunc(deeds, func(d plan.Deed) bool { return d.Edit != nil && theirs[d.Ref] }), skips, nil
}
