package plan

import (
	"encoding/binary"
	"hash/fnv"
	"maps"
	"math"
	"slices"
	"strconv"
	"time"

	"stackrank/internal/work"
)

// fades is how many times min_delta a written score may be off when nothing but
// time has passed. Evidence ages and dates come nearer for all items, so that to
// write each score for it would say little; what somebody enters counts from
// min_delta on.
const fades = 4.0

// written is a score as its field holds it and as it is now.
type written struct {
	ref        work.Ref
	old, exact float64
	stays      bool // it is not written
	idle       bool // it is not, unless it contradicts one next to it
}

// value gives what the field will hold.
func (w written) value() float64 {
	if w.stays {
		return w.old
	}
	return w.exact
}

// faded gives the items whose written score stays although it is off by min_delta
// or more: by less than four times that, nobody has entered anything since, and it
// does not contradict the scores next to it. In the order of the places of a
// source, two neighbours that the exact scores confirm are not turned round by
// min_delta or more while one of them could be written.
//
// The places are what the order in the trackers goes by. Scores that fade pass each
// other all the time by less than a place is changed for, so that exact ones would
// contradict that order more often than idle ones.
func (a Arrangement) faded() map[work.Ref]bool {
	if a.in.Past == nil {
		return nil
	}
	bySource := map[string][]written{}
	for _, p := range a.Placed {
		evidence := a.in.evidenceOf(p.Ranked.Group)
		for _, it := range p.Ranked.Group.Items {
			if w, ok := a.in.writtenScore(it, p, evidence); ok {
				bySource[it.Ref.Source] = append(bySource[it.Ref.Source], w)
			}
		}
	}
	out := map[work.Ref]bool{}
	for _, scores := range bySource {
		a.in.Rules.refresh(scores)
		for _, w := range scores {
			if w.idle {
				out[w.ref] = true
			}
		}
	}
	return out
}

// writtenScore gives the score of an item and its field; false where none is to be
// there.
func (in Input) writtenScore(it work.Item, p Placed, evidence string) (written, bool) {
	old, exact := it.Outputs[work.SlotScore], in.Rules.value(p, work.SlotScore)
	was, isNumber := old.Float()
	is, wanted := exact.Float()
	if in.Rules.To[it.Ref.Source].Score == "" || !wanted {
		return written{}, false
	}
	w := written{ref: it.Ref, old: was, exact: is}
	if !isNumber {
		return w, true
	}
	_, edited := in.conflictOf(it, work.Edit{Op: work.Set, Slot: work.SlotScore, Old: old, New: exact})
	left, known := in.written(it.Ref)
	w.idle = known && !edited && left.Evidence == evidence &&
		in.Rules.differs(old, exact) && math.Abs(is-was) < fades*in.Rules.MinDelta
	w.stays = w.idle || in.Rules.ignored(it) || !in.Rules.differs(old, exact)
	return w, true
}

// refresh lets idle scores go that contradict one next to them, first the one that
// is off by more. Each goes once, and what stands before it is looked at again.
func (r Rules) refresh(scores []written) {
	for i := 1; i < len(scores); {
		x, y := &scores[i-1], &scores[i]
		if x.exact < y.exact || y.value()-x.value() < r.MinDelta || !x.idle && !y.idle {
			i++
			continue
		}
		if !y.idle || x.idle && math.Abs(x.old-x.exact) >= math.Abs(y.old-y.exact) {
			y = x
		}
		y.stays, y.idle = false, false
		i = max(1, i-1)
	}
}

// evidenceOf gives a digest of all that makes the score of a group but time: the
// policy, and what people entered. What formulas make is left out, because it may
// follow the calendar alone, and so are our own labels.
func (in Input) evidenceOf(g work.Group) string {
	b := []byte(in.Policy)
	text := func(s string) { b = append(append(b, s...), 0) }
	number := func(f float64) { b = binary.BigEndian.AppendUint64(b, math.Float64bits(f)) }
	for _, it := range g.Items {
		text(it.Type)
		for _, name := range slices.Sorted(maps.Keys(it.Signals)) {
			if !slices.Contains(in.Formulas, name) {
				text(string(name))
				number(it.Signals[name])
			}
		}
		for _, e := range it.Events {
			text(string(e.Signal))
			number(float64(e.At.UnixMilli()))
			number(e.Amount)
		}
		text(it.Due.UTC().Format(time.RFC3339))
		for _, l := range in.Rules.foreign(it) {
			text(l)
		}
	}
	h := fnv.New64a()
	h.Write(b)
	return strconv.FormatUint(h.Sum64(), 16)
}
