package plan

import (
	"cmp"
	"maps"
	"slices"
	"time"

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
	hand  map[work.Ref]bool     // items that a person is known to have moved since
	lost  map[work.Ref]bool     // of these the ones of which nobody knows any more where they stood
}

// lane takes the moves in one lane back.
//
// What the run did not move stood in the order in which it stands now, or where it
// is remembered to have stood if a person has moved it since. With what each of the
// others stood behind, that gives the order before the run, and with the moves the
// order after it. What stands elsewhere now was moved since and
// stays. The others go back behind what they stood behind.
func (u *undo) lane(l lane, steps []Deed) {
	if len(steps) == 0 {
		return
	}
	r := reversal{undo: u, lane: l, here: map[work.Ref]int{}, was: map[work.Ref]work.Ref{}, home: map[work.Ref]bool{}, hand: map[work.Ref]bool{}, lost: map[work.Ref]bool{}}
	for i, m := range l.present {
		r.here[m.item.Ref] = i
	}
	for _, d := range steps {
		if _, twice := r.was[d.Ref]; !twice {
			r.was[d.Ref] = d.Move.Was
		}
	}
	if !u.in.Caps[l.source].Order {
		u.plan.Skipped = append(u.plan.Skipped, Skip{Source: l.source, Why: "source " + l.source + " cannot write its native order: check tells why"})
		return
	}
	r.order = r.before(r.unhanded(steps[0].At))
	r.settled()
	back := r.returning(r.after(steps), steps)
	u.plan.Runs = append(u.plan.Runs, r.runs(back)...)
}

// unhanded gives the lane as the last round left it, where that is remembered:
// what people have moved since is back where it was, what has left is in its
// place, and what is new stands behind what it stands behind now. It notes what
// people have moved since the run, which began at a time.
func (r reversal) unhanded(began time.Time) []work.Ref {
	then, moved := r.remembered()
	known := map[work.Ref]bool{}
	for _, ref := range then {
		known[ref] = true
	}
	behind := map[work.Ref][]work.Ref{} // what is new, by what it stands behind
	var at work.Ref
	for _, m := range r.lane.present {
		switch ref := m.item.Ref; {
		case !known[ref]:
			behind[at] = append(behind[at], ref)
		case !moved[ref]:
			at = ref
		}
		r.noteHand(m.item.Ref, moved[m.item.Ref], began)
	}
	out := behind[work.Ref{}]
	for _, ref := range then {
		out = append(append(out, ref), behind[ref]...)
	}
	return out
}

// remembered gives the items of the lane whose places the last round remembered, in
// that order, those that have left among them, and which of them people have moved
// since. Nothing is known of a lane that shares its site with that of another source.
func (r reversal) remembered() (then []work.Ref, moved map[work.Ref]bool) {
	in, l := r.in, r.lane
	if in.Past == nil {
		return nil, nil
	}
	moved = in.moved(l)
	place := map[work.Ref]int{}
	for ref := range moved {
		w, _ := in.written(ref)
		place[ref] = w.Place
	}
	site := in.Identity(work.Ref{Source: l.source}).Site
	for id, w := range in.Past.Items {
		ref := work.Ref{Source: l.source, ID: id.ID}
		_, here := r.here[ref]
		if id.Site == site && w.Lane == l.id && w.Place > 0 && !w.Astir && !here && in.alone(l.source) {
			place[ref] = w.Place
		}
	}
	return slices.SortedFunc(maps.Keys(place), func(x, y work.Ref) int {
		return cmp.Or(cmp.Compare(place[x], place[y]), x.Compare(y))
	}), moved
}

// alone reports whether no other source is of the same site.
func (in Input) alone(source string) bool {
	for other := range in.Caps {
		if other != source && in.Identity(work.Ref{Source: other}).Site == in.Identity(work.Ref{Source: source}).Site {
			return false
		}
	}
	return true
}

// noteHand notes that a person moved an item: since the last round, or between the
// run and that.
func (r reversal) noteHand(ref work.Ref, moved bool, began time.Time) {
	if r.in.Past == nil {
		return
	}
	pin, pinned := r.in.Past.Pins[r.in.Identity(ref)]
	r.lost[ref] = pinned && pin.Since.After(began) && !moved
	r.hand[ref] = moved || r.lost[ref]
}

// before gives the order before the run, given what is here as the run left it.
// What stood behind something that has left, or of which nobody knows where it
// stood, is not in it.
func (r reversal) before(left []work.Ref) []work.Ref {
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
	for _, ref := range left {
		if _, moved := r.was[ref]; !moved {
			out = append(out, ref)
			if !r.lost[ref] {
				follow(ref)
			}
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

// settled finds the items that stand where they stood before the run, or come to
// stand there once those that the run moved around them are back: between what
// stood above them and stays or is home, and the next one that the run did not
// move. So a second undo finds nothing to do, whatever the first one left where
// people had put it. What a person moved there is his, and nothing goes by it.
func (r reversal) settled() {
	present := r.lane.present
	next := make([]int, len(present)+1) // at i the first place from i on of an item that stays
	next[len(present)] = len(present)
	for i, m := range slices.Backward(present) {
		next[i] = next[i+1]
		if r.stays(m.item.Ref) {
			next[i] = i
		}
	}
	above := -1 // the place of the nearest one that was above and stays or is home
	for _, ref := range r.order {
		at, here := r.here[ref]
		_, moves := r.was[ref]
		switch {
		case !here:
		case r.stays(ref):
			above = at
		case moves && !r.hand[ref] && above < at && at < next[above+1]:
			above, r.home[ref] = at, true
		}
	}
}

// stays reports whether the others can go by an item: neither the run nor a person
// has moved it.
func (r reversal) stays(ref work.Ref) bool {
	_, moves := r.was[ref]
	return !moves && !r.hand[ref]
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
	}
	for _, d := range steps {
		if _, decided := back[d.Ref]; !decided {
			back[d.Ref] = r.returns(d, known[d.Ref], stray[d.Ref] || r.hand[d.Ref])
		}
	}
	return back
}

// returns decides about one item, and skips it with a reason otherwise. known
// says that it has a place in the order before the run.
func (r reversal) returns(d Deed, known, stray bool) bool {
	_, here := r.here[d.Ref]
	switch {
	case r.items[d.Ref] == nil: // told already
	case r.left[d.Ref]:
		r.skip(d.Ref, "It is not among the open items of the backlog any more, so it keeps its place.")
	case !here:
		r.skip(d.Ref, "It is in another list now, so it stays there.")
	case r.home[d.Ref]:
	case !known:
		r.skip(d.Ref, "What it stood behind has left the backlog or has been moved since, so it stays where it is.")
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
		_, here := r.here[ref]
		switch {
		case !here:
		case back[ref]:
			behind[above] = append(behind[above], ref)
		case r.stays(ref) || r.home[ref]:
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
