// Package plan owns the difference between the backlog as the trackers hold it
// and as it is wanted: which values and labels to write, which items to move,
// what to leave alone, when to refuse, and how a plan is carried out. Building a
// plan is pure; a plan is data. It knows no service.
package plan

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"slices"

	"stackrank/internal/work"
)

// Plan is everything that would be written, and what would not be although it is
// wanted. Changes are sorted as the ranking is; runs by source, and within a
// lane in the order in which they must be made.
type Plan struct {
	Digest  string        `json:"digest"` // of all the rest; see Seal
	Changes []work.Change `json:"changes"`
	Runs    []work.Run    `json:"runs"`
	Skipped []Skip        `json:"skipped"`
	Left    []Leave       `json:"left,omitempty"` // to be looked at; see Resolve. Apply writes nothing to them
	Counts  Counts        `json:"counts"`
}

// Skip says what is not written although it is wanted.
type Skip struct {
	Ref    work.Ref `json:"ref"`              // zero: the source as a whole
	Source string   `json:"source,omitempty"` // set where Ref is zero
	Why    string   `json:"why"`              // one sentence
}

// Counts sums a plan up.
type Counts struct {
	Set     int `json:"set"`    // fields
	Add     int `json:"add"`    // labels
	Remove  int `json:"remove"` // labels
	Moved   int `json:"moved"`  // items
	Calls   int `json:"calls"`  // one for each item with edits, one for each run
	Skipped int `json:"skipped"`
}

// Empty reports whether there is nothing to write, as far as is known without
// looking at what left.
func (p Plan) Empty() bool { return len(p.Changes) == 0 && len(p.Runs) == 0 && len(p.Left) == 0 }

// Touched gives how many items the plan writes to, moves and those that left
// included.
func (p Plan) Touched() int {
	touched := map[work.Ref]bool{}
	for _, c := range p.Changes {
		touched[c.Ref] = true
	}
	for _, l := range p.Left {
		touched[l.Ref] = true
	}
	for _, r := range p.Runs {
		for _, ref := range r.Items {
			touched[ref] = true
		}
	}
	return len(touched)
}

// Source gives the source that a run belongs to.
func Source(r work.Run) string { return r.Items[0].Source }

// Seal counts the plan anew and sets its digest: "sha256:" and the hash of the
// plan's JSON without the key digest, keys sorted, no spaces.
func (p Plan) Seal() Plan {
	p.Changes = orEmpty(p.Changes)
	p.Runs = orEmpty(p.Runs)
	p.Skipped = orEmpty(p.Skipped)
	p.Counts = p.count()
	p.Digest = p.digest()
	return p
}

// Intact reports whether the digest is that of the plan.
func (p Plan) Intact() bool { return p.Digest == p.digest() }

// orEmpty gives a list that JSON prints as [], never as null.
func orEmpty[T any](s []T) []T {
	if s == nil {
		return []T{}
	}
	return s
}

func (p Plan) count() Counts {
	c := Counts{Calls: len(p.Changes) + len(p.Runs), Skipped: len(p.Skipped)}
	for _, ch := range p.Changes {
		for _, e := range ch.Edits {
			switch e.Op {
			case work.Set:
				c.Set++
			case work.Add:
				c.Add++
			case work.Remove:
				c.Remove++
			}
		}
	}
	for _, r := range p.Runs {
		c.Moved += len(r.Items)
	}
	return c
}

// printed gives the JSON of a plan or a part of it. Numbers are finite and keys
// are texts, so that it cannot fail.
func printed(v any) []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		panic(fmt.Sprintf("plan: not printable: %v", err))
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

// Filter gives the plan for the items that keep wants. Items of a run that it
// drops stay where they are, and what was to stand behind them comes to stand
// behind what stands before them.
func (p Plan) Filter(keep func(work.Ref) bool) Plan {
	out := Plan{Skipped: slices.Clone(p.Skipped)}
	for _, c := range p.Changes {
		if keep(c.Ref) {
			out.Changes = append(out.Changes, c)
		}
	}
	out.Skipped = slices.DeleteFunc(out.Skipped, func(s Skip) bool { return !s.Ref.IsZero() && !keep(s.Ref) })
	for _, l := range p.Left {
		if keep(l.Ref) {
			out.Left = append(out.Left, l)
		}
	}
	left := standIns{}
	for _, r := range p.Runs {
		if r = left.without(r, func(ref work.Ref) bool { return !keep(ref) }); len(r.Items) > 0 {
			out.Runs = append(out.Runs, r)
		}
	}
	return out.Seal()
}

// standIns knows, for items that are not placed after all, what they would have
// stood next to.
type standIns map[work.Ref]anchor

// anchor is where a run comes to stand: see work.Run.
type anchor struct{ After, Before work.Ref }

// resolve gives what stands in for an anchor. Before names an item that stays, so
// that nothing has to stand in for it.
func (s standIns) resolve(a anchor) anchor {
	in, ok := s[a.After]
	if !ok || a.After.IsZero() {
		return a
	}
	return anchor{After: in.After, Before: cmp.Or(a.Before, in.Before)}
}

// without takes the items out of a run that drop names and anchors the rest
// anew. Runs of a lane are given in their order.
func (s standIns) without(r work.Run, drop func(work.Ref) bool) work.Run {
	at := s.resolve(anchor{r.After, r.Before})
	out := work.Run{Lane: r.Lane, After: at.After, Before: at.Before}
	for i, ref := range r.Items {
		if drop(ref) {
			s[ref] = at
			continue
		}
		out.Items = append(out.Items, ref)
		out.Was = append(out.Was, r.Was[i])
		if slices.Contains(r.Way, ref) {
			out.Way = append(out.Way, ref)
		}
		at = anchor{After: ref}
	}
	return out
}
