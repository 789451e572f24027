package plan

import (
	"errors"
	"maps"
	"slices"

	"stackrank/internal/work"
)

// Remember gives what the next round should know of this one: what is in our
// fields and labels now, where the items stand, and who is pinned. p is the plan
// that was carried out, whether made from the arrangement or rebased, and results
// are what Apply gave for it; nil where nothing was tried, and then everything is
// as it was found. A round that a brake held is not to be remembered.
//
// What a person changed and keeps stays remembered as we left it, so that it is
// told from ours in the next round, too. An item that left and has not been seen
// to yet stays remembered whole.
func (a Arrangement) Remember(p Plan, results []work.Result) *Past {
	in := a.in
	out := &Past{
		Items: map[work.Identity]Written{}, Pins: a.Pins(), Query: in.Query,
		To: maps.Clone(in.Rules.To), Counts: map[string]int{},
	}
	for source := range in.Caps {
		out.Counts[source] = 0
	}
	evidence := map[work.Identity]string{}
	for _, placed := range a.Placed {
		digest := in.evidenceOf(placed.Ranked.Group)
		for _, it := range placed.Ranked.Group.Items {
			id := in.Identity(it.Ref)
			w := in.found(it, placed)
			w.Evidence = in.restedOn(it, placed, digest)
			evidence[id], out.Items[id] = digest, w
			out.Counts[it.Ref.Source]++
		}
	}
	r := remembering{in: in, past: out, evidence: evidence, stays: map[work.Ref]bool{}, astir: map[work.Ref]bool{}}
	r.keep(p)
	r.outcomes(p, results)
	r.places(a.lanes, p)
	return out
}

// Pins gives the items that keep their places because a person moved them.
func (a Arrangement) Pins() map[work.Identity]Pin {
	out := make(map[work.Identity]Pin, len(a.hands.pins))
	for ref, pin := range a.hands.pins {
		out[a.in.Identity(ref)] = pin
	}
	return out
}

// found gives an item as it was found. What a person changed counts as it was
// left, unless it is what is wanted anyway.
func (in Input) found(it work.Item, p Placed) Written {
	w := Written{Key: it.Key, Values: map[work.Slot]work.Value{}, Lane: it.Lane}
	for _, slot := range []work.Slot{work.SlotRank, work.SlotScore} {
		if v := it.Outputs[slot]; !v.IsZero() {
			w.Values[slot] = v
		}
	}
	w.Labels = slices.DeleteFunc(slices.Clone(it.Labels), func(l string) bool { return !in.Rules.owns(l) })
	was, ok := in.written(it.Ref)
	if !ok {
		return w
	}
	for _, e := range in.asLeft(it, was) {
		if !in.agrees(it, p, e) {
			w.put(e)
		}
	}
	return w
}

// restedOn gives the digest of what the score in its field rests on: what it does
// now where it is right, or else what it did when it was.
func (in Input) restedOn(it work.Item, p Placed, now string) string {
	if !in.Rules.differs(it.Outputs[work.SlotScore], in.Rules.value(p, work.SlotScore)) {
		return now
	}
	was, _ := in.written(it.Ref)
	return was.Evidence
}

// agrees reports whether what a person changed is what we want anyway; e would
// take it back. Where we have no wish for labels nobody agrees.
func (in Input) agrees(it work.Item, p Placed, e work.Edit) bool {
	if e.Op == work.Set {
		return in.Rules.value(p, e.Slot) == it.Outputs[e.Slot]
	}
	decided := in.Rules.To[it.Ref.Source].Labels && in.Rules.labels(it)
	return decided && !slices.Contains(in.Rules.edits(it, p), e)
}

// asLeft gives the edits that would make an item what we left it as, for what a
// person changed.
func (in Input) asLeft(it work.Item, was Written) []work.Edit {
	var out []work.Edit
	for _, slot := range []work.Slot{work.SlotRank, work.SlotScore} {
		e := work.Edit{Op: work.Set, Slot: slot, Old: it.Outputs[slot], New: was.Values[slot]}
		if _, met := in.conflictOf(it, e); met {
			out = append(out, e)
		}
	}
	labels := slices.Concat(was.Labels, it.Labels)
	slices.Sort(labels)
	for _, l := range slices.Compact(labels) {
		e := work.Edit{Op: work.Add, Slot: work.SlotLabel, New: work.Text(l)}
		if it.HasLabel(l) {
			e = work.Edit{Op: work.Remove, Slot: work.SlotLabel, Old: work.Text(l)}
		}
		if _, met := in.conflictOf(it, e); met && in.Rules.owns(l) {
			out = append(out, e)
		}
	}
	return out
}

// put makes an edit of what is remembered.
func (w *Written) put(e work.Edit) {
	switch e.Op {
	case work.Add:
		if !slices.Contains(w.Labels, e.Label()) {
			w.Labels = append(w.Labels, e.Label())
			slices.Sort(w.Labels)
		}
	case work.Remove:
		w.Labels = slices.DeleteFunc(w.Labels, func(l string) bool { return l == e.Label() })
	default:
		if e.New.IsZero() {
			delete(w.Values, e.Slot)
		} else {
			w.Values[e.Slot] = e.New
		}
	}
}

// remembering is what a round left, while it is put together.
type remembering struct {
	in       Input
	past     *Past
	evidence map[work.Identity]string // of each item now
	stays    map[work.Ref]bool        // items that were to be moved and were not, as far as we know
	astir    map[work.Ref]bool        // of which some may have been
}

// keep takes over the items that left and are still to be seen to.
func (r *remembering) keep(p Plan) {
	for _, l := range p.Left {
		id := r.in.Identity(l.Ref)
		r.past.Items[id] = r.in.Past.Items[id]
	}
}

// outcomes notes what each write led to.
func (r *remembering) outcomes(p Plan, results []work.Result) {
	for _, w := range p.writes() {
		told := each(w, ErrNotTried)
		copy(told, results)
		results = results[min(len(told), len(results)):]
		if w.Change != nil {
			r.changed(*w.Change, told[0].Err)
			continue
		}
		for _, t := range told {
			r.stays[t.Ref] = t.Err != nil
			r.astir[t.Ref] = t.Err != nil && !errors.Is(t.Err, ErrNotTried)
		}
	}
}

// changed notes the edits of one item; those that failed may have been made. An
// item that left the backlog is forgotten with success.
func (r *remembering) changed(c work.Change, err error) {
	id := r.in.Identity(c.Ref)
	w, here := r.past.Items[id]
	if !here {
		if err == nil {
			return
		}
		w, _ = r.in.written(c.Ref)
		w.Begun = slices.Clone(w.Begun)
	}
	for _, e := range c.Edits {
		switch {
		case err == nil:
			w.put(e)
			if e.Slot == work.SlotScore {
				w.Evidence = r.evidence[id]
			}
		case !errors.Is(err, ErrNotTried):
			w.Begun = append(w.Begun, e)
		}
	}
	r.past.Items[id] = w
}

// places notes where the items stand after the runs, in lanes whose order is ours.
// Where a run was not carried out whole nobody knows the order of its lane.
func (r *remembering) places(lanes []lane, p Plan) {
	runs := map[[2]string][]work.Run{} // by source and lane
	broken := map[[2]string]bool{}     // lanes of which a run was not carried out whole
	left := standIns{}
	for _, run := range p.Runs {
		at := [2]string{Source(run), run.Lane}
		broken[at] = broken[at] || slices.ContainsFunc(run.Items, func(ref work.Ref) bool { return r.stays[ref] })
		if run = left.without(run, func(ref work.Ref) bool { return r.stays[ref] }); len(run.Items) > 0 {
			runs[at] = append(runs[at], run)
		}
	}
	for _, l := range lanes {
		if !r.in.Rules.To[l.source].Order {
			continue
		}
		order := l.refs()
		for _, run := range runs[[2]string{l.source, l.id}] {
			order = moved(order, run)
		}
		for i, ref := range order {
			id := r.in.Identity(ref)
			w := r.past.Items[id]
			w.Place, w.Astir = i+1, r.astir[ref] || broken[[2]string{l.source, l.id}]
			r.past.Items[id] = w
		}
	}
}
