package plan

import (
	"cmp"
	"slices"
	"time"

	"stackrank/internal/work"
	"stackrank/prioritize"
)

// Input is what a plan is made from. The groups of the ranking carry the items
// as they were pulled, each ref once, sub-tasks numbered behind the others of
// their lane.
type Input struct {
	Ranking    prioritize.Ranking
	Caps       map[string]work.Caps // by source; a source without is not written
	Rules      Rules                // valid
	Carries    bool                 // the evidence carries an order; otherwise no native order is written
	Hysteresis float64              // probability from which a pair is worth swapping; 0.5 or less: any

	Past     *Past                    // what is remembered; nil: nothing
	Now      time.Time                // of the round; what pins are dated and judged by
	Sites    map[string]string        // by source: the address of its service
	Policy   string                   // digest of the policy; "" where nobody compares it
	Query    string                   // digest of the sources and their queries; "" where nobody compares it
	Skew     map[string]time.Duration // by source: how far its clock is ahead of ours; a source without was not measured
	Formulas []work.Signal            // signals that formulas of the policy make
	Wrote    map[string]Target        // for Undo, by source: where the run wrote; nil: nobody knows

	released map[work.Ref]bool // items whose moves by people do not count
	faded    map[work.Ref]bool // items whose scores are near enough; see Arrangement.faded
}

// Held says why an item keeps its place; the empty text: it does not.
type Held string

// The reasons for which an item keeps its place.
const (
	HeldIgnored Held = "ignored" // by the label of a person: nothing is written to it
	HeldSubtask Held = "subtask" // not part of the native order
	HeldPinned  Held = "pinned"  // by the label of a person
	HeldRefused Held = "refused" // the service does not let it be moved
	HeldActive  Held = "active"  // by the rule hold
	HeldSprint  Held = "sprint"  // by the rule hold
	HeldEpic    Held = "epic"    // by the rule hold

	HeldMoved Held = "moved by hand" // a person moved it since our last write, or pin_for before
)

// ByPerson reports whether a person chose the place that is kept.
func (h Held) ByPerson() bool { return h == HeldPinned || h == HeldMoved }

// Placed is one group at the place that the plan gives it.
type Placed struct {
	Place  int               // from 1, without gaps
	Ranked prioritize.Ranked // its own Place is the one by score
	Tier   string            // without the prefix; "" for none
	Held   Held              // of the item that names the group
	Pinned bool              // the same item carries the label pin
	Moved  Pin               // of an item that is held as moved by hand; its time may be over
	Thin   bool              // it stands on the wrong side of another, which the evidence is too thin to swap it with
	Reason string            // one sentence where its score and those around it contradict its place, else ""
}

// Arrangement is a backlog in the order that is wanted: by score, apart from
// items that keep their places and from pairs that the evidence is too thin to
// swap.
type Arrangement struct {
	Placed []Placed // by place

	in    Input
	lanes []lane
	hands hands
}

// member is one item of a group.
type member struct {
	item   *work.Item
	group  int // index in the ranking
	mirror int // index in the group; 0 names it
	held   Held
}

// lane is one native order: a source, or one list of it. Sub-tasks are not part of it.
type lane struct {
	source, id string
	present    []*member // as found
	target     []*member // as wanted; held members stand where they stood
	steady     bool      // the order found is kept where the evidence is thin
}

// Arrange places every group. Within each lane the held items keep their places
// and the others fill the places left: in the order of the ranking, or, in a lane
// whose order is written with a hysteresis, in the order in which they stand as
// far as the evidence does not justify a move. In the joint order the groups that are
// free in a lane share the places that they have in the ranking, and the held ones
// stand between them as in the lane; what something in another lane has to go
// before waits for it. So the joint order, looked at
// in one lane, is what that lane is to become, and nothing stands before what it
// waits for unless one of the two is held.
func Arrange(in Input) Arrangement {
	a := Arrangement{in: in}
	a.lanes, a.hands = lanesOf(in, newSteadiness(in))
	order, ok := a.joint()
	if !ok { // each lane is kept as far as its own links let it; together they do not
		a.lanes, a.hands = lanesOf(in, nil)
		order, _ = a.joint()
	}
	a.Placed = make([]Placed, len(order))
	for i, g := range order {
		a.Placed[i] = a.placed(i+1, g)
	}
	place := make([]int, len(order))
	for i, g := range order {
		place[g] = i
	}
	a.in.faded = a.faded()
	explainPlaces(a.Placed, in.Now)
	for _, l := range a.lanes {
		a.explainSteadiness(l, place)
	}
	slices.SortFunc(a.lanes, func(x, y lane) int {
		return cmp.Or(
			cmp.Compare(x.source, y.source),
			cmp.Compare(place[x.target[0].group], place[y.target[0].group]),
			cmp.Compare(x.id, y.id),
		)
	})
	return a
}

// lanesOf gives the lanes as found and as wanted, and what people have moved in
// them. Without steadiness nothing is kept for want of evidence.
func lanesOf(in Input, s *steadiness) ([]lane, hands) {
	lanes := in.lanes()
	h := in.hands(lanes)
	e := newEvenness(in)
	for i := range lanes {
		l := &lanes[i]
		for _, m := range l.present {
			m.held = h.held(in.Rules, *m.item)
		}
		if l.steady = s != nil && in.Rules.To[l.source].Order && in.Caps[l.source].Order; l.steady {
			l.arrange(s.order)
		} else {
			l.arrange(e.order)
		}
	}
	return lanes, h
}

// lanes gives the lanes as found, nothing held.
func (in Input) lanes() []lane {
	type key struct{ source, lane string }
	byKey := map[key]int{}
	var lanes []lane
	for g := range in.Ranking.Ranked {
		items := in.Ranking.Ranked[g].Group.Items
		for m := range items {
			it := &items[m]
			if it.Subtask {
				continue
			}
			k := key{it.Ref.Source, it.Lane}
			i, ok := byKey[k]
			if !ok {
				i = len(lanes)
				byKey[k] = i
				lanes = append(lanes, lane{source: k.source, id: k.lane})
			}
			lanes[i].present = append(lanes[i].present, &member{item: it, group: g, mirror: m})
		}
	}
	for i := range lanes {
		slices.SortFunc(lanes[i].present, byNative)
	}
	return lanes
}

// arrange gives the target. order gives the free members as wanted, from how they
// are found and how the ranking has them.
func (l *lane) arrange(order func(found, ranked []*member) []*member) {
	found := slices.DeleteFunc(slices.Clone(l.present), func(m *member) bool { return m.held != "" })
	ranked := slices.Clone(found)
	slices.SortStableFunc(ranked, func(x, y *member) int { return cmp.Compare(x.group, y.group) })
	free := order(found, ranked)
	l.target = make([]*member, len(l.present))
	for i, m := range l.present {
		if m.held == "" {
			m, free = free[0], free[1:]
		}
		l.target[i] = m
	}
}

func byNative(x, y *member) int {
	return cmp.Or(cmp.Compare(x.item.Native, y.item.Native), x.item.Ref.Compare(y.item.Ref))
}

func (a Arrangement) placed(place, group int) Placed {
	r, rules := a.in.Ranking.Ranked[group], a.in.Rules
	it := r.Group.Items[0]
	p := Placed{Place: place, Ranked: r, Held: a.hands.held(rules, it), Pinned: rules.pinned(it)}
	if p.Held == HeldMoved {
		p.Moved = a.hands.pins[it.Ref]
	}
	if rules.labels(it) {
		p.Tier = rules.tier(place, r.Score)
	}
	return p
}

// held says whether and why an item keeps its place.
func (r Rules) held(it work.Item) Held {
	switch {
	case r.ignored(it):
		return HeldIgnored
	case it.Subtask:
		return HeldSubtask
	case r.pinned(it):
		return HeldPinned
	case it.Refused != "" || it.Fixed != "":
		return HeldRefused
	}
	return Held(r.holding(it))
}

// labels reports whether an item may carry a tier: ignored items and those of
// the rule hold may not.
func (r Rules) labels(it work.Item) bool { return !r.ignored(it) && r.holding(it) == "" }

// tier gives the tier of a place. Where something that the policy requires is
// not known, the first tier is passed over.
func (r Rules) tier(place int, s prioritize.Score) string {
	if !r.Top.Has(place) {
		return ""
	}
	for i, t := range r.Tiers {
		if place <= t.UpTo() && (i > 0 || len(s.Unmet) == 0) {
			return t.Name()
		}
	}
	return ""
}
