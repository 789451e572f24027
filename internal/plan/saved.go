package plan

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"stackrank/internal/work"
)

// Saved is a plan that a report printed, to be carried out later.
type Saved struct {
	At     time.Time // of the pull that it was made from
	Policy string    // digest of the policy that it was made by, and of where it is written to
	Plan   Plan
	Order  []work.Ref // the items that name the lines of the report, by place; tells which anchors a person has moved since. Without it they only must be there
}

// Rebase gives what of a saved plan can still be written to the items as they
// are now. An edit whose before-value has drifted, and a run whose items or
// anchor have been moved since, are left out; the skips name each of them and
// are part of the plan that comes back. What is done already is left out in
// silence. The error, of the kind ErrRefused, refuses the plan whole: it was
// altered, is too old, or the policy has changed.
func Rebase(s Saved, in Input, policy string, now time.Time) (Plan, []Skip, error) {
	if err := s.check(in.Rules, policy, now); err != nil {
		return Plan{}, nil, err
	}
	r := newRebase(s, in)
	for _, c := range s.Plan.Changes {
		r.change(c)
	}
	for _, run := range s.Plan.Runs {
		r.run(run)
	}
	for _, l := range s.Plan.Left {
		r.leave(l)
	}
	r.plan.Skipped = slices.Concat(s.Plan.Skipped, r.drift)
	return r.plan.Seal(), r.drift, nil
}

const utcMinutes = "2006-01-02 15:04 UTC"

func (s Saved) check(rules Rules, policy string, now time.Time) error {
	age := now.Sub(s.At)
	var why string
	switch {
	case !s.Plan.Intact():
		why = "The plan does not match its digest, so it was altered or is cut short."
	case s.Policy != policy:
		why = "The policy has changed since the plan was made, or the fields that it is written to."
	case age > rules.PlanTTL:
		why = fmt.Sprintf("The plan was made at %s, longer ago than plan_ttl allows.", s.At.UTC().Format(utcMinutes))
	case age < 0:
		why = fmt.Sprintf("The plan was made at %s, which lies ahead.", s.At.UTC().Format(utcMinutes))
	default:
		return nil
	}
	return Refuse([]Refusal{{Code: "plan", Message: why + " Save a new one with report --format json.", Final: true}})
}

type rebase struct {
	rules Rules
	caps  map[string]work.Caps
	items map[work.Ref]*work.Item
	spot  map[work.Ref]spot
	plan  Plan
	drift []Skip

	moving  map[work.Ref]bool // items of the saved runs
	pending map[work.Ref]bool // of which still to be moved
	out     map[work.Ref]bool // of which left out as drifted
	astir   map[work.Ref]bool // other items that a person has moved
}

// spot is where an item stands in its lane.
type spot struct {
	lane  *lane
	index int
}

func newRebase(s Saved, in Input) *rebase {
	r := &rebase{
		rules: in.Rules, caps: in.Caps, items: map[work.Ref]*work.Item{}, spot: map[work.Ref]spot{},
		moving: map[work.Ref]bool{}, pending: map[work.Ref]bool{}, out: map[work.Ref]bool{}, astir: map[work.Ref]bool{},
	}
	for _, run := range s.Plan.Runs {
		for _, ref := range run.Items {
			r.moving[ref] = true
		}
	}
	for g := range in.Ranking.Ranked {
		members := in.Ranking.Ranked[g].Group.Items
		for i := range members {
			r.items[members[i].Ref] = &members[i]
		}
	}
	steady := r.steady(s.Order)
	lanes, _ := lanesOf(in, nil)
	for i := range lanes {
		for k, m := range lanes[i].present {
			r.spot[m.item.Ref] = spot{&lanes[i], k}
		}
		r.findMoved(lanes[i], steady)
	}
	return r
}

// steady gives the wanted places of the items that the saved plan does not move.
func (r *rebase) steady(order []work.Ref) map[work.Ref]int {
	out := make(map[work.Ref]int, len(order))
	for place, ref := range order {
		if !r.moving[ref] {
			out[ref] = place
		}
	}
	return out
}

// findMoved notes the items of a lane that a person has moved. Those that the
// plan keeps stood in the wanted order when it was made; the fewest that must
// have moved since are those outside a longest run that still does.
func (r *rebase) findMoved(l lane, steady map[work.Ref]int) {
	var refs []work.Ref
	for _, m := range l.present {
		if _, ok := steady[m.item.Ref]; ok {
			refs = append(refs, m.item.Ref)
		}
	}
	wanted := slices.Clone(refs)
	slices.SortFunc(wanted, func(x, y work.Ref) int { return steady[x] - steady[y] })
	maps.Copy(r.astir, movedBetween(wanted, refs))
}

func (r *rebase) skip(ref work.Ref, format string, args ...any) {
	r.drift = append(r.drift, Skip{Ref: ref, Why: fmt.Sprintf(format, args...)})
}

// change keeps the edits of one item whose before-values still hold.
func (r *rebase) change(c work.Change) {
	it, ok := r.items[c.Ref]
	switch {
	case !ok:
		r.skip(c.Ref, "It is no longer among the open items of the backlog.")
		return
	case r.rules.ignored(*it):
		r.skip(c.Ref, "A person has asked to leave it alone since the plan was made.")
		return
	case it.Refused != "":
		r.skip(c.Ref, "%s", it.Refused)
		return
	}
	edits := make([]work.Edit, 0, len(c.Edits))
	for _, e := range c.Edits {
		now := it.Outputs[e.Slot]
		switch {
		case e.Reached(*it):
		case e.Op == work.Set && now != e.Old:
			r.skip(c.Ref, "Its %s is %s now and was %s when the plan was made.", e.Slot, shown(now), shown(e.Old))
		default:
			edits = append(edits, e)
		}
	}
	if len(edits) > 0 {
		c.Edits = edits
		r.plan.Changes = append(r.plan.Changes, c)
	}
}

// leave keeps what an item is to lose that is still not in the backlog.
func (r *rebase) leave(l Leave) {
	if _, back := r.items[l.Ref]; back {
		r.skip(l.Ref, "It has come back to the backlog since the plan was made.")
		return
	}
	r.plan.Left = append(r.plan.Left, l)
}

func shown(v work.Value) string {
	if v.IsZero() {
		return "empty"
	}
	return v.String()
}

// run keeps a run if all of it still stands where it stood.
func (r *rebase) run(run work.Run) {
	if r.placed(run) {
		return
	}
	culprit, why := r.drifted(run)
	if why == "" {
		r.plan.Runs = append(r.plan.Runs, run)
		for _, ref := range run.Items {
			r.pending[ref] = true
		}
		return
	}
	for _, ref := range run.Items {
		r.out[ref] = true
		if ref == culprit {
			r.skip(ref, "%s", why)
		} else {
			r.skip(ref, "It was to be moved together with %s, which cannot be moved as planned.", r.name(culprit))
		}
	}
}

// placed reports whether the items of a run stand where it wants them already,
// and what they stand behind is not about to move.
func (r *rebase) placed(run work.Run) bool {
	at, ok := r.spot[run.Items[0]]
	if !ok || r.pending[run.After] {
		return false
	}
	refs := at.lane.present[at.index:]
	for i, ref := range run.Items {
		if i == len(refs) || refs[i].item.Ref != ref {
			return false
		}
	}
	if at.lane.crowded(at.index, len(run.Items), r.caps[at.lane.source].Gap) {
		return false
	}
	if !run.After.IsZero() {
		return at.lane.behind(at.index) == run.After
	}
	for _, m := range refs[len(run.Items):] {
		if !r.moving[m.item.Ref] { // what the next runs put between
			return m.item.Ref == run.Before
		}
	}
	return false
}

// drifted names the item of a run, or its anchor, that is no longer as the plan
// took it to be; without one the sentence is empty.
func (r *rebase) drifted(run work.Run) (work.Ref, string) {
	for i, ref := range run.Items {
		at, ok := r.spot[ref]
		switch {
		case !ok || at.lane.id != run.Lane:
			return ref, "It is no longer in the list in which it was to be moved."
		case at.lane.present[at.index].held != "":
			return ref, fmt.Sprintf("It is held in its place since the plan was made (%s).", at.lane.present[at.index].held)
		case at.lane.behind(at.index) != run.Was[i]:
			return ref, "It has been moved, or what stood before it has, since the plan was made."
		}
	}
	anchor := run.After
	if anchor.IsZero() {
		anchor = run.Before
	}
	switch at, ok := r.spot[anchor]; {
	case !ok || at.lane.id != run.Lane:
		return run.Items[0], fmt.Sprintf("It was to stand next to %s, which is no longer in that list.", r.name(anchor))
	case r.astir[anchor]:
		return run.Items[0], fmt.Sprintf("It was to stand next to %s, which a person has moved since the plan was made.", r.name(anchor))
	case r.out[anchor]:
		return run.Items[0], fmt.Sprintf("It was to stand next to %s, which cannot be moved as planned.", r.name(anchor))
	}
	return work.Ref{}, ""
}

// name gives the key of an item, or its ref where it is gone.
func (r *rebase) name(ref work.Ref) string {
	if it, ok := r.items[ref]; ok && it.Key != "" {
		return it.Key
	}
	return ref.String()
}
