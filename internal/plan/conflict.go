package plan

import (
	"fmt"
	"slices"

	"stackrank/internal/work"
)

// conflict is an edit that meets what a person has changed since we last wrote.
type conflict struct {
	ref  work.Ref
	edit work.Edit
	was  work.Value // what we left there, of a field
}

// conflictOf reports whether an edit meets what a person has changed: a field
// holds something else than we left there, or a label of ours came or went. Of an
// item that is not remembered nobody can tell, and then it is taken for ours. An
// empty field that we left empty is no conflict.
func (in Input) conflictOf(it work.Item, e work.Edit) (conflict, bool) {
	w, ok := in.written(it.Ref)
	if !ok || !in.same(it.Ref.Source, e.Slot) {
		return conflict{}, false
	}
	c := conflict{it.Ref, e, w.Values[e.Slot]}
	if w.begun(e) {
		return c, false
	}
	if e.Op == work.Set {
		return c, e.Old != c.was
	}
	// What is to be added is missing, and what is to be removed is there.
	return c, slices.Contains(w.Labels, e.Label()) == (e.Op == work.Add)
}

// begun reports whether what an edit finds is one outcome of an edit that may
// have been written.
func (w Written) begun(e work.Edit) bool {
	return slices.ContainsFunc(w.Begun, func(b work.Edit) bool {
		switch {
		case b.Slot != e.Slot:
			return false
		case e.Op == work.Set:
			return e.Old == b.New || e.Old == b.Old
		}
		return b.Label() == e.Label()
	})
}

// yields reports whether what a person changed stays. The word `report` lets it
// stay, too: what says less than "overwrite" must not write over anybody. With
// it the edit counts as one that was wanted and not made, until somebody decides;
// `keep` is a decision, so that it is only noted.
func (r Rules) yields() bool { return r.OnConflict != ConflictOverwrite }

// String tells what a person did and what follows: a sentence.
func (c conflict) String() string {
	switch c.edit.Op {
	case work.Add:
		return fmt.Sprintf("A person removed its label %s, so it is not added again.", c.edit.Label())
	case work.Remove:
		return fmt.Sprintf("A person added its label %s, so it stays.", c.edit.Label())
	}
	return fmt.Sprintf("A person changed its %s from %s to %s, so it is not made %s.",
		c.edit.Slot, shown(c.was), shown(c.edit.Old), shown(c.edit.New))
}

// fix says how the item is handed back to us.
func (c conflict) fix() string {
	how := "Set it back to " + shown(c.was)
	switch {
	case c.edit.Op == work.Add:
		how = "Add it"
	case c.edit.Op == work.Remove:
		how = "Remove it"
	case c.was.IsZero():
		how = "Empty it"
	}
	return how + " to hand it back to stackrank, or set write.on_conflict: overwrite."
}

// conflicts gives what a person changed and stays, in the order of the places.
func (a Arrangement) conflicts() []conflict {
	if a.in.Past == nil || !a.in.Rules.yields() {
		return nil
	}
	var out []conflict
	for _, p := range a.Placed {
		for _, it := range p.Ranked.Group.Items {
			for _, e := range a.in.editsOf(it, p) {
				if c, met := a.in.conflictOf(it, e); met && a.in.writable(it, e.Slot) {
					out = append(out, c)
				}
			}
		}
	}
	return out
}

// kept notes what on_conflict: keep leaves as people set it.
func (a Arrangement) kept() []work.Finding {
	if a.in.Rules.OnConflict != ConflictKeep {
		return nil
	}
	var out []work.Finding
	for _, c := range a.conflicts() {
		out = append(out, work.Finding{Ref: c.ref, Code: "edited-by-hand", Message: c.String(), Fix: c.fix(), Level: work.Note})
	}
	return out
}
