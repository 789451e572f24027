package plan

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"stackrank/internal/work"
)

// Leave is an item that carries something of ours and is no longer in the
// backlog. Nobody has looked at it: it may be done, deleted or moved away, so
// that Resolve decides what is written.
type Leave struct {
	Ref   work.Ref    `json:"ref"`   // of a source of its site
	Key   string      `json:"key"`   // as people saw it last
	Edits []work.Edit `json:"edits"` // Old is what we left there; sorted by slot, op and label
}

// leaves gives what the items that left the backlog are to lose, and how many of
// each site nobody reaches any more. Both are sorted.
func (in Input) leaves() (out []Leave, lost map[string]int) {
	lost = map[string]int{}
	if in.Past == nil || in.Rules.OnLeave == LeaveKeep {
		return nil, lost
	}
	here := map[work.Identity]bool{}
	for it := range in.items() {
		here[in.Identity(it.Ref)] = true
	}
	by := in.bySite()
	for _, id := range slices.SortedFunc(maps.Keys(in.Past.Items), work.Identity.Compare) {
		if here[id] {
			continue
		}
		w := in.Past.Items[id]
		source, ok := by[id.Site]
		if !ok {
			if len(w.Labels) > 0 {
				lost[id.Site]++
			}
			continue
		}
		if edits := in.farewell(source, w); len(edits) > 0 {
			out = append(out, Leave{Ref: work.Ref{Source: source, ID: id.ID}, Key: w.Key, Edits: edits})
		}
	}
	return out, lost
}

// bySite gives for each site the source through which what left is written: the
// first by name of those that are written to.
func (in Input) bySite() map[string]string {
	out := map[string]string{}
	for _, source := range slices.Sorted(maps.Keys(in.Caps)) {
		site := cmp.Or(in.Sites[source], source)
		if _, written := in.Rules.To[source]; written && out[site] == "" {
			out[site] = source
		}
	}
	return out
}

// farewell gives what an item loses: our labels, and with on_leave: clear our
// fields.
func (in Input) farewell(source string, w Written) []work.Edit {
	var out []work.Edit
	to, caps := in.Rules.To[source], in.Caps[source]
	if to.Labels && caps.Has(work.SlotLabel) {
		for _, l := range w.marks() {
			out = append(out, work.Edit{Op: work.Remove, Slot: work.SlotLabel, Old: work.Text(l)})
		}
	}
	if in.Rules.OnLeave != LeaveClear {
		return out
	}
	for _, slot := range []work.Slot{work.SlotRank, work.SlotScore} {
		asked := slot == work.SlotRank && to.Rank != "" || slot == work.SlotScore && to.Score != ""
		if old := w.Values[slot]; asked && !old.IsZero() && caps.Has(slot) && in.same(source, slot) {
			out = append(out, work.Edit{Op: work.Set, Slot: slot, Old: old})
		}
	}
	return out
}

// marks gives the labels that we added or may have added, sorted.
func (w Written) marks() []string {
	out := slices.Clone(w.Labels)
	for _, e := range w.Begun {
		if e.Op == work.Add {
			out = append(out, e.Label())
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Looked is an item that left, as it is now.
type Looked struct {
	Item work.Item
	Gone bool // deleted, or not to be seen
}

// Resolve turns what items are to lose that left into changes, for those that
// were looked at; the others stay on the list. It is for right before the writing:
// a saved plan keeps the list, because a rebase takes changes of items that are
// not in the backlog for drift. What is done keeps all, and so
// does what a person asked to leave alone. A field that no longer holds what we
// left there is not cleared, unless people's changes are written over.
func (p Plan) Resolve(looked map[work.Ref]Looked, rules Rules) Plan {
	left := p.Left
	p.Changes, p.Skipped, p.Left = slices.Clone(p.Changes), slices.Clone(p.Skipped), nil
	for _, l := range left {
		now, ok := looked[l.Ref]
		switch it := now.Item; {
		case !ok:
			p.Left = append(p.Left, l)
		case now.Gone || it.Status == work.Done || rules.ignored(it):
		default:
			p = p.part(l, it, rules)
		}
	}
	return p.Seal()
}

// part adds what one item loses.
func (p Plan) part(l Leave, it work.Item, rules Rules) Plan {
	edits := make([]work.Edit, 0, len(l.Edits))
	for _, e := range l.Edits {
		now := it.Outputs[e.Slot]
		switch {
		case e.Reached(it), slices.Contains(it.Lacks, e.Slot):
		case e.Op == work.Set && now != e.Old && rules.yields():
			if rules.OnConflict == ConflictReport {
				p.Skipped = append(p.Skipped, Skip{Ref: l.Ref, Why: conflict{edit: work.Edit{Slot: e.Slot, Old: now}, was: e.Old}.String()})
			}
		default:
			if e.Op == work.Set {
				e.Old = now
			}
			edits = append(edits, e)
		}
	}
	switch {
	case len(edits) == 0:
	case it.Refused != "":
		p.Skipped = append(p.Skipped, Skip{Ref: l.Ref, Why: it.Refused})
	default:
		p.Changes = append(p.Changes, work.Change{
			Ref: l.Ref, Key: cmp.Or(it.Key, l.Key), Title: it.Title, Edits: edits, Why: "It left the backlog.",
		})
	}
	return p
}

// gone tells how many items left the backlog that carry something of ours, by
// source, and of those that left together with their source.
func (in Input) gone() []work.Finding {
	left, lost := in.leaves()
	by := map[string]int{}
	for _, l := range left {
		by[l.Ref.Source]++
	}
	what := "labels"
	if in.Rules.OnLeave == LeaveClear {
		what = "labels and fields"
	}
	var out []work.Finding
	for _, source := range slices.Sorted(maps.Keys(by)) {
		out = append(out, work.Finding{
			Source: source, Code: "left-backlog", Level: work.Note,
			Message: fmt.Sprintf("%s left the backlog with our %s: a sync looks at each and takes them off, unless it is done or deleted.", items(by[source]), what),
			Fix:     "If the query has become narrower than it should be, widen it first; write.on_leave: keep takes nothing off.",
		})
	}
	for _, site := range slices.Sorted(maps.Keys(lost)) {
		out = append(out, work.Finding{
			Source: site, Code: "left-with-source", Level: work.Note,
			Message: fmt.Sprintf("%s of %s left with the source, so our labels stay on them.", items(lost[site]), site),
			Fix:     "To have them removed, write to a source of that site once more.",
		})
	}
	return out
}
