package plan

import (
	"fmt"
	"math"
	"slices"
	"time"

	"stackrank/prioritize"
)

// keeping begins the sentence about an item that keeps its place.
var keeping = map[Held]string{
	HeldIgnored: "A person asked to leave it alone",
	HeldPinned:  "A person pinned it",
	HeldRefused: "The service does not let it be moved",
	HeldActive:  "Work on it has begun",
	HeldSprint:  "It is in a running sprint",
	HeldEpic:    "It is a parent of other work",
}

// keeping says that and why an item keeps its place; "" where it does not.
func (p Placed) keeping(now time.Time) string {
	switch why := keeping[p.Held]; {
	case p.Held == HeldMoved && now.Before(p.Moved.Until):
		return fmt.Sprintf("A person moved it %s, so it keeps its place until %s",
			ago(p.Moved.Since, now), p.Moved.Until.In(now.Location()).Format(time.DateOnly))
	case p.Held == HeldMoved:
		return fmt.Sprintf("A person moved it %s, so it keeps its place until somebody decides", ago(p.Moved.Since, now))
	case why != "":
		return why + ", so it keeps its place"
	}
	return ""
}

// explainPlaces gives a reason to the items that stand on the wrong side of
// another by their scores: to each that keeps its place, and to those others
// that places held elsewhere came between.
func explainPlaces(placed []Placed, now time.Time) {
	var all, free []*Placed
	for i := range placed {
		all = append(all, &placed[i])
		if placed[i].keeping(now) == "" {
			free = append(free, &placed[i])
		}
	}
	for _, p := range crossed(free) {
		if p.Ranked.Place == p.Place {
			continue // others moved past it
		}
		p.Reason = fmt.Sprintf("By its score it would stand at place %d; items that keep their places shift it.", p.Ranked.Place)
	}
	for _, p := range crossed(all) {
		if why := p.keeping(now); why != "" {
			p.Reason = fmt.Sprintf("%s; by its score it would stand at place %d.", why, p.Ranked.Place)
		}
	}
}

// crossed gives those that have one of lower score above them, or one of higher
// score below.
func crossed(placed []*Placed) []*Placed {
	lowest := make([]int, len(placed)+1) // the best place by score from here on
	lowest[len(placed)] = math.MaxInt
	for i, p := range slices.Backward(placed) {
		lowest[i] = min(lowest[i+1], p.Ranked.Place)
	}
	var out []*Placed
	highest := 0
	for i, p := range placed {
		highest = max(highest, p.Ranked.Place)
		if p.Ranked.Place < highest || p.Ranked.Place > lowest[i] {
			out = append(out, p)
		}
	}
	return out
}

// explainSteadiness gives a reason to the free items of a lane that stand on the
// wrong side of another because the evidence is too thin for a swap. place gives
// for each group of the ranking its index in Placed.
func (a Arrangement) explainSteadiness(l lane, place []int) {
	if !l.steady {
		return
	}
	free := slices.DeleteFunc(slices.Clone(l.target), func(m *member) bool { return m.held != "" || m.mirror != 0 })
	better := bestFrom(free)
	var worst *member // by score, of those so far
	for i, m := range free {
		if worst == nil || worst.group < m.group {
			worst = m
		}
		p := &a.Placed[place[m.group]]
		above, below := better[i] != m, worst != m
		switch {
		case p.Place == p.Ranked.Place:
		case above && (p.Place < p.Ranked.Place || !below):
			p.Thin, p.Reason = true, a.thin(m, better[i])
		case below:
			p.Thin, p.Reason = true, a.thin(m, worst)
		}
	}
}

// bestFrom gives for each member the best one by score from it on.
func bestFrom(ms []*member) []*member {
	out := slices.Clone(ms)
	for i := len(out) - 2; i >= 0; i-- {
		if out[i+1].group < out[i].group {
			out[i] = out[i+1]
		}
	}
	return out
}

// thin says why a member stands on the wrong side of another of its lane.
func (a Arrangement) thin(m, other *member) string {
	verb, side, up, down := "stands", "below", m, other
	if m.group > other.group {
		side, up, down = "above", other, m
	}
	if (byNative(m, other) < 0) == (side == "above") {
		verb = "stays"
	}
	ranked := a.in.Ranking.Ranked
	evidence := prioritize.Above(ranked[up.group], ranked[down.group])
	return fmt.Sprintf("It %s %s %s: the evidence for a swap is %v %%, under the %v %% that the policy asks for.",
		verb, side, ranked[other.group].Group.Items[0].Key, math.Floor(100*evidence), math.Round(1000*a.in.Hysteresis)/10)
}
