package plan

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"stackrank/internal/work"
)

// Deed is what one run wrote to one slot of an item or to its place, as the
// journal tells it. Whether it was done may not be known; what failed for certain
// is none.
type Deed struct {
	Ref  work.Ref  // of a source as it is called now
	Key  string    // as people saw it
	At   time.Time // when it was about to be written
	Call int64     // moves of one call share it
	Edit *work.Edit
	Move *Step // one of both is set
	Done bool  // its service has confirmed it, or it was there when somebody looked
}

// Step is one item's part in a run of moves. Lane, After and Before are those of
// the run.
type Step struct {
	Lane          string
	After, Before work.Ref
	Was           work.Ref // what the item stood behind when the plan of the run was made; zero: the top
}

// Undo gives the plan that takes back what one run wrote, given its deeds in the
// order of writing and the backlog as it is now. It restores only what still is
// as the run left it; the skips name what has changed since, and that stays. What
// is as it was before the run needs nothing. Nothing but the items of the run is
// moved. The plan's own deeds can be undone alike.
//
// Items of the run that have left the backlog are restored as far as they were
// looked at, apart from their places.
//
// Where in doubt an item counts as changed: that is so for items whose neighbours
// were to be moved, too, and were not, in a source that orders by positions.
func Undo(deeds []Deed, in Input, looked map[work.Ref]Looked) Plan {
	u := undo{in: in, items: map[work.Ref]*work.Item{}, gone: map[work.Ref]bool{}, left: map[work.Ref]bool{}}
	var found []work.Ref
	for g := range in.Ranking.Ranked {
		members := in.Ranking.Ranked[g].Group.Items
		for i := range members {
			found = append(found, members[i].Ref)
			u.items[members[i].Ref] = &members[i]
		}
	}
	for _, ref := range slices.SortedFunc(maps.Keys(looked), work.Ref.Compare) {
		if l := looked[ref]; u.items[ref] == nil && !l.Gone {
			found = append(found, ref)
			u.items[ref], u.left[ref] = &l.Item, true
		}
	}
	slots := u.slots(deeds)
	for _, ref := range found {
		u.change(ref, slots[ref])
	}
	u.places(deeds)
	return u.plan.Seal()
}

// places takes the moves back, lane by lane, those of lanes in which nothing is
// left last.
func (u *undo) places(deeds []Deed) {
	moves := map[[2]string][]Deed{} // by source and lane
	for _, d := range deeds {
		if d.Move != nil {
			at := [2]string{d.Ref.Source, d.Move.Lane}
			moves[at] = append(moves[at], d)
		}
	}
	for _, l := range u.in.lanes() {
		at := [2]string{l.source, l.id}
		u.lane(l, moves[at])
		delete(moves, at)
	}
	for _, at := range slices.SortedFunc(maps.Keys(moves), func(x, y [2]string) int { return slices.Compare(x[:], y[:]) }) {
		u.lane(lane{source: at[0], id: at[1]}, moves[at])
	}
}

type undo struct {
	in    Input
	items map[work.Ref]*work.Item
	gone  map[work.Ref]bool // items that were skipped because they are not in the backlog
	left  map[work.Ref]bool // items that are not in the backlog and were looked at
	plan  Plan
}

func (u *undo) skip(ref work.Ref, format string, args ...any) {
	u.plan.Skipped = append(u.plan.Skipped, Skip{Ref: ref, Why: fmt.Sprintf(format, args...)})
}

// slotDeeds is what a run wrote to one slot, in order.
type slotDeeds struct {
	slot  work.Slot
	label string
	edits []work.Edit
}

// slots sorts the edits of a run by item and slot, and skips items that are not in
// the backlog any more.
func (u *undo) slots(deeds []Deed) map[work.Ref][]slotDeeds {
	out := map[work.Ref][]slotDeeds{}
	for _, d := range deeds {
		if u.items[d.Ref] == nil {
			if !u.gone[d.Ref] {
				u.gone[d.Ref] = true
				u.skip(d.Ref, "%s is not among the open items of the backlog any more.", cmp.Or(d.Key, d.Ref.String()))
			}
			continue
		}
		if d.Edit == nil {
			continue
		}
		s := slotDeeds{slot: d.Edit.Slot}
		if d.Edit.Op != work.Set {
			s.label = d.Edit.Label()
		}
		i := slices.IndexFunc(out[d.Ref], func(o slotDeeds) bool { return o.slot == s.slot && o.label == s.label })
		if i < 0 {
			i = len(out[d.Ref])
			out[d.Ref] = append(out[d.Ref], s)
		}
		out[d.Ref][i].edits = append(out[d.Ref][i].edits, *d.Edit)
	}
	return out
}

// change restores the slots of one item.
func (u *undo) change(ref work.Ref, slots []slotDeeds) {
	it := u.items[ref]
	var edits []work.Edit
	for _, s := range slots {
		e, changed := s.back(*it)
		switch {
		case !u.in.fieldOf(ref.Source, s.slot):
			u.otherField(ref.Source, s.slot)
		case changed:
			u.skip(ref, "Its %s is %s now and was made %s by the run, so it stays.", s.slot, shown(it.Outputs[s.slot]), shown(s.last().New))
		case e.Reached(*it):
		case !u.in.writable(*it, s.slot):
			u.skip(ref, "Its %s cannot be written any more: check tells why.", s.slot)
		default:
			edits = append(edits, e)
		}
	}
	switch {
	case len(edits) == 0:
	case u.in.Rules.ignored(*it):
		u.skip(ref, "A person has asked to leave it alone.")
	case it.Refused != "":
		u.skip(ref, "%s", it.Refused)
	default:
		slices.SortFunc(edits, func(x, y work.Edit) int {
			return cmp.Or(cmp.Compare(x.Slot, y.Slot), cmp.Compare(x.Op, y.Op), cmp.Compare(x.Label(), y.Label()))
		})
		u.plan.Changes = append(u.plan.Changes, work.Change{Ref: ref, Key: it.Key, Title: it.Title, Edits: edits})
	}
}

// fieldOf reports whether a slot is, as far as is remembered, the field that it was
// when the run wrote it, or where that is not known, when it was last written.
func (in Input) fieldOf(source string, slot work.Slot) bool {
	to := in.Wrote
	if to == nil && in.Past != nil {
		to = in.Past.To
	}
	was, known := to[source]
	return !known || was.field(slot) == in.Rules.To[source].field(slot)
}

// otherField says once that a slot is another field now.
func (u *undo) otherField(source string, slot work.Slot) {
	s := Skip{Source: source, Why: fmt.Sprintf("source %s: the %s was written to another field than the one that is configured now, so it stays there", source, slot)}
	if !slices.Contains(u.plan.Skipped, s) {
		u.plan.Skipped = append(u.plan.Skipped, s)
	}
}

func (s slotDeeds) last() work.Edit { return s.edits[len(s.edits)-1] }

// back gives the edit that restores a slot, and whether somebody has changed it
// since. A label is there or not, so that whoever changed it has taken the edit
// back.
func (s slotDeeds) back(it work.Item) (e work.Edit, changed bool) {
	first := s.edits[0]
	if first.Op != work.Set {
		return inverse(first), false
	}
	now := it.Outputs[s.slot]
	ours := now == first.Old || slices.ContainsFunc(s.edits, func(e work.Edit) bool { return e.New == now })
	return work.Edit{Op: work.Set, Slot: s.slot, Old: now, New: first.Old}, !ours
}
