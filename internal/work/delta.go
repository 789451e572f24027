package work

import "fmt"

// Delta is what has become of a source since it was last read. It needs the
// snapshot of that time to be a whole again; see Apply.
type Delta struct {
	Site     string
	Items    []Item    // read anew: new ones and those that differ or may differ, whole, in any order
	Order    []Spot    // every open item in native order, each ref once
	Findings []Finding // of the whole source, not only of what was read
	Kept     []Signal  // signals of which the service shows no change: an item that was not read keeps what it had
}

// Spot is where an item stands. An item can come to stand elsewhere, or its lane
// get another name, without being changed itself.
type Spot struct {
	Ref            Ref
	Lane, LaneName string
	Position       float64 // as in Item
}

// Apply gives the source as it is now, from the snapshot as it was when the
// cursor of the delta was made. Neither is changed, and the maps and lists within
// the items are shared with them. An item of the order that neither holds is an
// error of the kind ErrCursor: the snapshot is another one.
func (d Delta) Apply(last Snapshot) (Snapshot, error) {
	from := make(map[Ref]*Item, len(last.Items)+len(d.Items))
	for i := range last.Items {
		from[last.Items[i].Ref] = &last.Items[i]
	}
	for i := range d.Items {
		from[d.Items[i].Ref] = &d.Items[i]
	}
	out := Snapshot{Site: d.Site, Items: make([]Item, len(d.Order)), Findings: d.Findings}
	next := map[string]int{}
	for i, s := range d.Order {
		it, known := from[s.Ref]
		if !known {
			return Snapshot{}, fmt.Errorf("%w: item %s was not read and is not in the snapshot at hand", ErrCursor, s.Ref)
		}
		out.Items[i] = s.place(*it, next[s.Lane])
		next[s.Lane]++
	}
	return out, nil
}

func (s Spot) place(it Item, native int) Item {
	it.Lane, it.LaneName, it.Position, it.Native = s.Lane, s.LaneName, s.Position, native
	return it
}

// SpotOf gives where the item stands.
func SpotOf(it Item) Spot {
	return Spot{Ref: it.Ref, Lane: it.Lane, LaneName: it.LaneName, Position: it.Position}
}
