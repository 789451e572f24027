package plan

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"stackrank/internal/work"
)

// ErrRefused is the kind of an error that says that a brake refuses a plan.
var ErrRefused = errors.New("refused")

// Force says which brakes a person has let go.
type Force struct {
	First bool // the first write of a backlog
	Share bool // a plan that edits many of the items
	Read  bool // a person has read this very plan and approved it; no flag says so
}

// ForceAll lets go of every brake that a force lets go.
func ForceAll() Force { return Force{First: true, Share: true} }

// Approved is the force of a plan that a person has read.
func Approved() Force { return Force{First: true, Share: true, Read: true} }

// Codes of brakes. --force takes the first two; no force lets the others go.
const (
	BrakeFirst   = "first"
	BrakeShare   = "share"
	BrakeEmptied = "emptied"
	BrakeClock   = "clock"
)

// Refusal is a brake that holds a plan.
type Refusal struct {
	Code    string
	Message string // a sentence, or two, that says what to do
	Final   bool   // no --force lets it go
}

// Refuse gives an error of the kind ErrRefused that says what all refusals say;
// nil where there are none.
func Refuse(refusals []Refusal) error {
	if len(refusals) == 0 {
		return nil
	}
	said := make([]string, len(refusals))
	for i, r := range refusals {
		said[i] = r.Message
	}
	return fmt.Errorf("%w: %s", ErrRefused, strings.Join(said, " "))
}

// Brakes says what holds the plan that was built from in. A plan that writes
// nothing is never held.
func Brakes(in Input, p Plan, f Force) []Refusal {
	if p.Empty() {
		return nil
	}
	var out []Refusal
	for _, b := range []struct {
		forced bool
		brake  func(Input, Plan) (Refusal, bool)
	}{
		{f.First, firstWrite},
		{f.Share, largeShare},
		{f.Read, emptied},
		{false, clockOff},
	} {
		if r, holds := b.brake(in, p); holds && !b.forced {
			out = append(out, r)
		}
	}
	return out
}

// firstWrite holds where the sources or their queries are others than when we
// last wrote. Where that is not remembered it holds if no item carries anything of
// ours: neither a label with the prefix, those that people set aside, nor a value
// in a field that we write.
func firstWrite(in Input, p Plan) (Refusal, bool) {
	if in.Past != nil && in.Past.Query != "" && in.Query != "" {
		return Refusal{
			Code: BrakeFirst,
			Message: fmt.Sprintf("The sources of this backlog or their queries have changed since stackrank last wrote to it, and this would touch %s. "+
				"Read the report, then write with --force=first or by an approved plan.", items(p.Touched())),
		}, in.Past.Query != in.Query
	}
	for it := range in.items() {
		if in.Rules.marked(it) {
			return Refusal{}, false
		}
	}
	return Refusal{
		Code: BrakeFirst,
		Message: fmt.Sprintf("Nothing in this backlog was written by stackrank before, and this would touch %s. "+
			"Read the report, then write with --force=first or by an approved plan.", items(p.Touched())),
	}, true
}

// marked reports whether an item carries something of ours.
func (r Rules) marked(it work.Item) bool {
	to := r.To[it.Ref.Source]
	if to.Score != "" && !it.Outputs[work.SlotScore].IsZero() || to.Rank != "" && !it.Outputs[work.SlotRank].IsZero() {
		return true
	}
	return slices.ContainsFunc(it.Labels, r.owns)
}

// largeShare holds a plan that edits more than max_share of the items, those
// counted that left the backlog and lose something of ours. An item counts when
// its score or a label changes, or when it is moved; it does not count when only
// its place changes because others moved, or when it only makes room for them.
func largeShare(in Input, p Plan) (Refusal, bool) {
	seen := p.editedItems()
	edited := len(seen)
	for it := range in.items() {
		seen[it.Ref] = true
	}
	all := len(seen) // those that left among them
	if float64(edited) <= in.Rules.MaxShare*float64(all) {
		return Refusal{}, false
	}
	return Refusal{
		Code: BrakeShare,
		Message: fmt.Sprintf("The plan edits %s of %s, more than max_share %v allows. "+
			"Read the report to see why so much changes, then write with --force=share or raise max_share.",
			work.Thousands(float64(edited)), items(all), in.Rules.MaxShare),
	}, true
}

// editedItems gives the items that the plan edits, those that left among them and
// those aside whose place only shifted.
func (p Plan) editedItems() map[work.Ref]bool {
	seen := map[work.Ref]bool{}
	for _, c := range p.Changes {
		for _, e := range c.Edits {
			if e.Slot != work.SlotRank {
				seen[c.Ref] = true
			}
		}
	}
	for _, r := range p.Runs {
		for _, ref := range r.Items {
			if !slices.Contains(r.Way, ref) {
				seen[ref] = true
			}
		}
	}
	for _, l := range p.Left {
		seen[l.Ref] = true
	}
	return seen
}

// items gives every item of the ranking, mirrors too.
func (in Input) items() func(yield func(work.Item) bool) {
	return func(yield func(work.Item) bool) {
		for i := range in.Ranking.Ranked {
			for _, it := range in.Ranking.Ranked[i].Group.Items {
				if !yield(it) {
					return
				}
			}
		}
	}
}

// items gives "1 item" or "1,671 items".
func items(n int) string {
	if n == 1 {
		return "1 item"
	}
	return work.Thousands(float64(n)) + " items"
}
