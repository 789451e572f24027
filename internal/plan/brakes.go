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
}

// ForceAll lets go of every brake that can be let go.
func ForceAll() Force { return Force{First: true, Share: true} }

// Codes of brakes, as --force takes them.
const (
	BrakeFirst = "first"
	BrakeShare = "share"
)

// Refusal is a brake that holds a plan.
type Refusal struct {
	Code    string
	Message string // a sentence, or two, that says what to do
	Final   bool   // no force lets it go
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
	} {
		if r, holds := b.brake(in, p); holds && (r.Final || !b.forced) {
			out = append(out, r)
		}
	}
	return out
}

// firstWrite holds where no item carries anything of ours: neither a label with
// the prefix, those that people set aside, nor a value in a field that we write.
func firstWrite(in Input, p Plan) (Refusal, bool) {
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

// largeShare holds a plan that edits more than max_share of the items. An item
// counts when its score or a label changes, or when it is moved; it does not
// count when only its place changes because others moved.
func largeShare(in Input, p Plan) (Refusal, bool) {
	all := 0
	for range in.items() {
		all++
	}
	edited := p.edited()
	if float64(edited) <= in.Rules.MaxShare*float64(all) {
		return Refusal{}, false
	}
	return Refusal{
		Code: BrakeShare,
		Message: fmt.Sprintf("The plan edits %d of %s, more than max_share %v allows. "+
			"Read the report to see why so much changes, then write with --force=share or raise max_share.",
			edited, items(all), in.Rules.MaxShare),
	}, true
}

// edited counts the items that the plan edits, those aside whose place only
// shifted.
func (p Plan) edited() int {
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
			seen[ref] = true
		}
	}
	return len(seen)
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

// items gives "1 item" or "7 items".
func items(n int) string {
	if n == 1 {
		return "1 item"
	}
	return fmt.Sprintf("%d items", n)
}
