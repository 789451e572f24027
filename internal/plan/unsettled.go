package plan

import (
	"maps"
	"slices"

	"stackrank/internal/work"
)

// Unsettled notes the deeds of a run that died before it was remembered, or whose
// outcome nobody knows: both what was there and what was to be there is ours. Of
// what is known to be done only the latter is, so that whoever took it back since
// is a person.
func (p *Past) Unsettled(deeds []Deed, sites map[string]string) {
	for _, d := range deeds {
		id := Input{Sites: sites}.Identity(d.Ref)
		w, ok := p.Items[id]
		switch {
		case !ok:
			continue
		case d.Edit == nil:
			w.Astir = true
		case d.Done:
			w = w.clone()
			w.put(*d.Edit)
		default:
			w.Begun = append(slices.Clone(w.Begun), *d.Edit)
		}
		p.Items[id] = w
	}
}

// Begun gives the past of a backlog to which only runs wrote that died before
// they could remember anything, without their deeds: of the items to which they
// wrote what was there before. What they wrote to no slot of is taken as it is
// now. Nothing is known of places; nil where no item is known.
func Begun(deeds []Deed, items map[work.Ref]work.Item, in Input) *Past {
	p := &Past{Items: map[work.Identity]Written{}}
	for _, d := range slices.Backward(deeds) {
		it, here := items[d.Ref]
		if d.Edit == nil {
			continue
		}
		if !here { // it has left, with what is ours
			it = work.Item{Ref: d.Ref, Key: d.Key}
		}
		id := in.Identity(d.Ref)
		w, known := p.Items[id]
		if !known {
			w = in.found(it, Placed{})
		}
		w.put(inverse(*d.Edit))
		p.Items[id] = w
	}
	if len(p.Items) == 0 {
		return nil
	}
	return p
}

// inverse gives the edit that takes another back.
func inverse(e work.Edit) work.Edit {
	switch e.Op {
	case work.Add:
		return work.Edit{Op: work.Remove, Slot: e.Slot, Old: e.New}
	case work.Remove:
		return work.Edit{Op: work.Add, Slot: e.Slot, New: e.Old}
	}
	return work.Edit{Op: work.Set, Slot: e.Slot, Old: e.New, New: e.Old}
}

// clone gives the same with values and labels of its own.
func (w Written) clone() Written {
	values := maps.Clone(w.Values)
	if values == nil {
		values = map[work.Slot]work.Value{}
	}
	w.Values, w.Labels = values, slices.Clone(w.Labels)
	return w
}
