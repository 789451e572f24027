package plan

import (
	"slices"

	"stackrank/internal/work"
)

// reversal is a lane in which the moves of a run are reversal back.
type reversal struct {
	*undo
	lane  lane
	here  map[work.Ref]int      // where each item stands now
	was   map[work.Ref]work.Ref // of the items that the run moved: what each stood behind
	order []work.Ref            // the items in the order before the run, those that left among them
	home  map[work.Ref]bool     // items that the run moved and that stand where they stood before it
}

// lane takes the moves in one lane back.
//
// What the run did not move stood in the order in which it stands now. With what
// each of the others stood behind, that gives the order before the run, and with
// the moves the order after it. What stands elsewhere now was moved since and
// stays. The others go back behind what they stood behind.
func (u *undo) lane(l lane, deeds []Deed) {
	r := reversal{undo: u, lane: l, here: map[work.Ref]int{}, was: map[work.Ref]work.Ref{}, home: map[work.Ref]bool{}}
	for i, m := range l.present {
		r.here[m.item.Ref] = i
	}
	var steps []Deed
	for _, d := range deeds {
		if d.Move == nil || d.Ref.Source != l.source || d.Move.Lane != l.id {
			continue
		}
		steps = append(steps, d)
		if _, twice := r.was[d.Ref]; !twice {
			r.was[d.Ref] = d.Move.Was
		}
	}
	if len(steps) == 0 {
		return
	}
	if !u.in.Caps[l.source].Order {
		u.plan.Skipped = append(u.plan.Skipped, Skip{Source: l.source, Why: "source " + l.source + " cannot write its native order: check tells why"})
		return
	}
	r.order = r.before()
	back := r.returning(r.after(steps), steps)
	u.plan.Runs = append(u.plan.Runs, r.runs(back)...)
}

// before gives the order before the run. What stood behind something that has
// left is not in it.
func (r reversal) before() []work.Ref {
	next := map[work.Ref]work.Ref{} // what the run moved from behind each
	for ref, was := range r.was {
		next[was] = ref
	}
	var out []work.Ref
	follow := func(at work.Ref) {
		for n := 0; n <= len(r.was); n++ { // a journal that is no longer whole must not lead in circles
			ref, ok := next[at]
			if !ok {
				return
			}
			out = append(out, ref)
			at = ref
		}
	}
	follow(work.Ref{})
	for _, m := range r.lane.present {
		if _, moved := r.was[m.item.Ref]; !moved {
			out = append(out, m.item.Ref)
			follow(m.item.Ref)
		}
	}
	return out
}

// after gives the order after the run.
func (r reversal) after(steps []Deed) []work.Ref {
	order := r.order
	for i := 0; i < len(steps); {
		run := work.Run{After: steps[i].Move.After, Before: steps[i].Move.Before}
		for call := steps[i].Call; i < len(steps) && steps[i].Call == call; i++ {
			run.Items = append(run.Items, steps[i].Ref)
		}
		order = moved(order, run)
	}
	return order
}

// returning gives the items that still stand where the run put them and may be
// moved. The others are skipped, in silence if they stand where they stood.
func (r reversal) returning(after []work.Ref, steps []Deed) map[work.Ref]bool {
	var then []work.Ref // as they stood after the run, of those that are here
	for _, ref := range after {
		if _, ok := r.here[ref]; ok {
			then = append(then, ref)
		}
	}
	now := slices.Clone(then)
	slices.SortFunc(now, func(x, y work.Ref) int { return r.here[x] - r.here[y] })
	stray := movedBetween(then, now)
	known, back := map[work.Ref]bool{}, map[work.Ref]bool{}
	for _, ref := range r.order {
		known[ref] = true
		r.home[ref] = r.isHome(ref)
	}
	for _, d := range steps {
		if _, decided := back[d.Ref]; !decided {
			back[d.Ref] = r.returns(d, known[d.Ref], stray[d.Ref])
		}
	}
	return back
}

// isHome reports whether an item that the run moved stands where it stood before:
// behind the same one, which was not moved or is home, too.
func (r reversal) isHome(ref work.Ref) bool {
	was, moves := r.was[ref]
	_, moved := r.was[was]
	i, here := r.here[ref]
	return moves && here && r.lane.behind(i) == was && (!moved || r.home[was])
}

// returns decides about one item, and skips it with a reason otherwise. known
// says that it has a place in the order before the run.
func (r reversal) returns(d Deed, known, stray bool) bool {
	_, here := r.here[d.Ref]
	switch {
	case r.items[d.Ref] == nil: // told already
	case !here:
		r.skip(d.Ref, "It is in another list now, so it stays there.")
	case r.home[d.Ref]:
	case !known:
		r.skip(d.Ref, "What it stood behind has left the backlog, so it stays where it is.")
	case stray:
		r.skip(d.Ref, "It has been moved since, so it stays where it is.")
	default:
		if why := r.fixed(*r.items[d.Ref]); why != "" {
			r.skip(d.Ref, "%s", why)
			return false
		}
		return true
	}
	return false
}

// fixed says why an item must not be moved; "" where it may.
func (u *undo) fixed(it work.Item) string {
	switch {
	case u.in.Rules.ignored(it):
		return "A person has asked to leave it alone."
	case u.in.Rules.pinned(it):
		return "A person has pinned it since."
	case it.Refused != "":
		return it.Refused
	}
	return it.Fixed
}

// runs gives the moves that bring the items back: each behind the nearest one
// above it, in the order before the run, that is there or comes back.
func (r reversal) runs(back map[work.Ref]bool) []work.Run {
	behind := map[work.Ref][]work.Ref{} // what comes back, by the item that stays above it
	var above work.Ref
	for _, ref := range r.order {
		_, moves := r.was[ref]
		switch {
		case back[ref]:
			behind[above] = append(behind[above], ref)
		case !moves || r.home[ref]:
			above = ref
		}
	}
	l := r.lane
	keep := make([]bool, 0, len(l.present))
	put := func(refs []work.Ref) {
		for _, ref := range refs {
			l.target = append(l.target, l.present[r.here[ref]])
			keep = append(keep, false)
		}
	}
	put(behind[work.Ref{}])
	for _, m := range l.present {
		if !back[m.item.Ref] {
			l.target, keep = append(l.target, m), append(keep, true)
			put(behind[m.item.Ref])
		}
	}
	now := l.standing()
	if !slices.Contains(keep, true) { // something must stay for the others to go by
		keepLongest(now, keep, 0, len(now), span[int]{0, len(now)})
	}
	return l.emit(now, keep, make([]bool, len(keep)), r.in.Caps[l.source])
}
