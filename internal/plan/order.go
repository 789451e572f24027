package plan

import (
	"slices"

	"stackrank/internal/work"
)

// runs gives the moves that turn the lane as found into the lane as wanted, as
// cheaply as its source allows: see stays. They are made in their order. Each run
// stands behind an item that stays or is placed already, or before the first that
// stays; where the source has positions, it is told the next that stays, too.
func (l lane) runs(caps work.Caps) []work.Run {
	now := l.standing()
	keep, way := l.stays(now, caps)
	return l.emit(now, keep, way, caps)
}

// emit gives the runs that place everything else between what is kept. now says
// where the item of each wanted place stands, and way which only make room.
func (l lane) emit(now []int, keep, way []bool, caps work.Caps) []work.Run {
	limit := runLimit(caps.MaxRun, len(keep))
	next := make([]work.Ref, len(keep)+1) // by place: the first item from there on that stays
	for i := len(keep) - 1; i >= 0; i-- {
		next[i] = next[i+1]
		if keep[i] {
			next[i] = l.target[i].item.Ref
		}
	}
	var out []work.Run
	for i := 0; i < len(keep); {
		if keep[i] {
			i++
			continue
		}
		run := work.Run{Lane: l.id}
		if i > 0 {
			run.After = l.target[i-1].item.Ref
		}
		if i == 0 || caps.Gap > 0 {
			run.Before = next[i]
		}
		for end := i + limit; i < len(keep) && i < end && !keep[i]; i++ {
			run.Items = append(run.Items, l.target[i].item.Ref)
			run.Was = append(run.Was, l.behind(now[i]))
			if way[i] {
				run.Way = append(run.Way, l.target[i].item.Ref)
			}
		}
		out = append(out, run)
	}
	return out
}

// runLimit gives the most items of a run in a lane of n items; 0: no limit.
func runLimit(most, n int) int {
	if most == 0 {
		return n + 1
	}
	return most
}

// standing gives, for each wanted place, where its item stands now.
func (l lane) standing() []int {
	at := make(map[*member]int, len(l.present))
	for i, m := range l.present {
		at[m] = i
	}
	now := make([]int, len(l.target))
	for i, m := range l.target {
		now[i] = at[m]
	}
	return now
}

// stays says which wanted places keep their items, and which of the others only
// make room. now gives where the item of each stands.
//
// Items that never move must ascend in both orders. A held item stands at the
// same place in both, so every other item that stays lies on the same side of it
// in both. That splits the order at the held items into pieces that do not
// influence each other. Each is solved for few new positions, today and later,
// where the source has positions, else for the lowest price of calls.
func (l lane) stays(now []int, caps work.Caps) (keep, way []bool) {
	keep, way = make([]bool, len(now)), make([]bool, len(now))
	at := l.positions(caps.Gap)
	from := 0
	for i := range len(now) + 1 {
		if i < len(now) && l.target[i].held == "" {
			continue
		}
		if at == nil {
			keepCheapest(now, keep, from, i, runLimit(caps.MaxRun, len(now)), defaultPrices())
		} else {
			scale{at, now, caps.Gap, caps.High}.settle(keep, way, from, i)
		}
		if i < len(now) {
			keep[i] = true
		}
		from = i + 1
	}
	if !slices.Contains(keep, true) { // no position can stay, and something must for the others to go by
		keepLongest(now, keep, 0, len(now), span[int]{0, len(now)})
	}
	return keep, way
}

// positions gives the position of the item of each wanted place; nil where the
// source has none, or does not tell one.
func (l lane) positions(gap float64) []float64 {
	if gap <= 0 {
		return nil
	}
	at := make([]float64, len(l.target))
	for i, m := range l.target {
		if at[i] = m.item.Position; at[i] <= 0 {
			return nil
		}
	}
	return at
}

// crowded reports whether some of n items as found, from the i-th on, stand nearer
// than gap to what is next to them.
func (l lane) crowded(i, n int, gap float64) bool {
	for k := i; k <= min(i+n, len(l.present)-1); k++ {
		last := 0.0
		if k > 0 {
			last = l.present[k-1].item.Position
		}
		if l.present[k].item.Position-last < gap {
			return true
		}
	}
	return false
}

// behind gives what stands above the i-th item as found; zero: nothing does.
func (l lane) behind(i int) work.Ref {
	if i == 0 {
		return work.Ref{}
	}
	return l.present[i-1].item.Ref
}

// refs gives the items of the lane as found.
func (l lane) refs() []work.Ref {
	out := make([]work.Ref, len(l.present))
	for i, m := range l.present {
		out[i] = m.item.Ref
	}
	return out
}

// moved gives an order after a run. Where the anchor is not in it the items stay.
func moved(order []work.Ref, r work.Run) []work.Ref {
	goes := make(map[work.Ref]bool, len(r.Items))
	for _, ref := range r.Items {
		goes[ref] = true
	}
	rest := slices.DeleteFunc(slices.Clone(order), func(ref work.Ref) bool { return goes[ref] })
	at := slices.Index(rest, r.Before)
	if !r.After.IsZero() {
		at = slices.Index(rest, r.After) + 1
	}
	if at < 0 || at == 0 && !r.After.IsZero() {
		return order
	}
	return slices.Insert(rest, at, r.Items...)
}
