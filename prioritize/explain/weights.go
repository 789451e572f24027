package explain

import (
	"maps"
	"math"
	"slices"

	"stackrank/internal/work"
	"stackrank/prioritize"
)

// WeightFlip is the weight of one criterion at which two items stand equal, the
// other weights keeping their proportions.
type WeightFlip struct {
	Criterion string
	Weight    float64 // now, of 1
	At        float64 // where the order turns round, above 0 and below 1
}

// Interval is how far the weight of one criterion can move, the others keeping
// their proportions, before the first n are other items.
type Interval struct {
	Criterion string
	Weight    float64 // now, of 1
	Low, High float64 // 0…1
}

// line is a figure as a linear function of one weight: at·(1−v) + to·v.
type line struct{ at, to float64 }

func (l line) y(v float64) float64 { return (1-v)*l.at + v*l.to }

// WeightFlips gives the weights at which x and y would change places, by the
// order of the criteria; each was tried a little on both sides. It gives nothing
// for a model without weights.
func (b *Backlog) WeightFlips(x, y int) []WeightFlip {
	units := b.units()
	if units == nil || b.ranked[x].Band != b.ranked[y].Band {
		return nil
	}
	var out []WeightFlip
	for k, p := range b.ranked[x].Score.Parts {
		if p.Weight <= 0 || p.Weight >= 1 {
			continue
		}
		a, c := units.line(x, k), units.line(y, k)
		// a.y(v) = c.y(v) at v = Δat/(Δat − Δto).
		gap, end := a.at-c.at, a.to-c.to
		if v := gap / (gap - end); v > little && v < 1-little && (gap > 0) != (end > 0) && b.turns(x, y, p.Criterion, v) {
			out = append(out, WeightFlip{p.Criterion, p.Weight, v})
		}
	}
	return out
}

// little is how far beside a weight it is tried.
const little = 1e-6

// turns reports whether x and y stand one way at a weight a little below v and
// the other way a little above.
func (b *Backlog) turns(x, y int, criterion string, v float64) bool {
	groups := b.relatives(x, y, b.ranked[x].Group)
	var first [2]int
	for side, v := range []float64{v - little, v + little} {
		e, err := prioritize.New(reweighted(b.settings, criterion, v))
		if err != nil {
			return false
		}
		first[side] = b.firstOf(e, groups, x, y)
	}
	return first[0] != first[1]
}

// reweighted is the policy with the weight of one criterion at v of 1, the
// others in their proportions.
func reweighted(s prioritize.Settings, criterion string, v float64) prioritize.Settings {
	sum, others := 0.0, map[string]float64{}
	for _, name := range slices.Sorted(maps.Keys(s.Value)) {
		if name != criterion {
			others[name] = s.Value[name]
			sum += s.Value[name]
		}
	}
	for name := range others {
		others[name] *= (1 - v) / sum
	}
	others[criterion] = v
	s.Value = others
	return s
}

// Stability gives for each criterion how far its weight can move without
// another set of items among the first n. Every figure is linear in the weight,
// so the least figure inside less the greatest outside is concave, and the
// weights that keep the set are one interval around the present: bisection
// finds both ends. Where items are linked the blocks that they are done in may
// change on the way, so the ends are drawn in to what ranking anew confirms. It
// gives nothing for a model without weights, and where nobody is outside.
func (b *Backlog) Stability(n int) []Interval {
	units := b.units()
	if units == nil || n < 1 || n >= len(b.ranked) {
		return nil
	}
	inside, outside := b.rivals(n)
	var out []Interval
	for k, p := range b.ranked[0].Score.Parts {
		if p.Weight <= 0 || p.Weight >= 1 {
			continue
		}
		lines := make([]line, len(b.ranked))
		for i := range lines {
			lines[i] = units.line(i, k)
		}
		holds := func(v float64) bool { return margin(lines, inside, outside, v) >= 0 }
		low, high := edge(holds, p.Weight, 0), edge(holds, p.Weight, 1)
		if b.linked() && len(b.ranked) <= mostTried {
			low, high = b.confirmed(n, p, low), b.confirmed(n, p, high)
		}
		out = append(out, Interval{p.Criterion, p.Weight, low, high})
	}
	return out
}

// mostTried is the size of a backlog up to which it is ranked anew for weights.
const mostTried = 20_000

// linked reports whether any two items are.
func (b *Backlog) linked() bool { return len(b.families.members) < len(b.ranked) }

// confirmed goes from the present weight towards an end in quarters, and gives
// how far the first n are the same when everything is ranked anew.
func (b *Backlog) confirmed(n int, p prioritize.Part, end float64) float64 {
	const quarters, halvings = 4, 10
	span, last := end-p.Weight, p.Weight
	for q := 1; q <= quarters; q++ {
		next := p.Weight + span*float64(q)/quarters*(1-little)
		if b.keeps(n, p.Criterion, next) {
			last = next
			continue
		}
		for range halvings {
			if mid := (last + next) / 2; b.keeps(n, p.Criterion, mid) {
				last = mid
			} else {
				next = mid
			}
		}
		return last
	}
	return end
}

// keeps ranks by another weight of a criterion and tells whether the first n are
// the same items.
func (b *Backlog) keeps(n int, criterion string, v float64) bool {
	e, err := prioritize.New(reweighted(b.settings, criterion, v))
	if err != nil {
		return false
	}
	groups, first := make([]work.Group, len(b.ranked)), make(map[work.Ref]bool, n)
	for i := range b.ranked {
		groups[i] = b.ranked[i].Group
		if i < n {
			first[groups[i].Ref()] = true
		}
	}
	for _, r := range e.Rank(groups, b.at).Ranked[:n] {
		if !first[r.Group.Ref()] {
			return false
		}
	}
	return true
}

// rivals gives the range of indexes inside and outside the first n between
// which the weights decide: those of the tier that the cut runs through.
func (b *Backlog) rivals(n int) (inside, outside [2]int) {
	own := b.ranked[n-1].Band
	inside, outside = [2]int{n, n}, [2]int{n, n}
	for inside[0] > 0 && b.ranked[inside[0]-1].Band == own {
		inside[0]--
	}
	for outside[1] < len(b.ranked) && b.ranked[outside[1]].Band == own {
		outside[1]++
	}
	return inside, outside
}

// margin is the least figure inside less the greatest outside.
func margin(lines []line, inside, outside [2]int, v float64) float64 {
	least, greatest := math.Inf(1), math.Inf(-1)
	for _, l := range lines[inside[0]:inside[1]] {
		least = min(least, l.y(v))
	}
	for _, l := range lines[outside[0]:outside[1]] {
		greatest = max(greatest, l.y(v))
	}
	return least - greatest
}

// edge gives the last point from in towards out at which the condition holds,
// to 2⁻⁵⁰ of the way; in, where it does not hold at once.
func edge(holds func(float64) bool, in, out float64) float64 {
	if holds(out) {
		return out
	}
	for range 50 {
		if mid := (in + out) / 2; holds(mid) {
			in = mid
		} else {
			out = mid
		}
	}
	return in
}

// units are the blocks that are ordered as one, with what each criterion gives
// to their figures.
type units struct {
	of    []int       // by item: the number of its block
	parts [][]float64 // by block and criterion: its part of the figure
	sum   []float64   // by block: the figure
	share []float64   // by criterion: its weight
}

// line gives the figure of the block of item i as a function of the weight of
// criterion k.
func (u *units) line(i, k int) line {
	block := u.of[i]
	part, w := u.parts[block][k], u.share[k]
	return line{at: (u.sum[block] - part) / (1 - w), to: part / w}
}

// units adds up what the members of each block bring; nil where figures are no
// weighted sums, so that no line runs through them.
func (b *Backlog) units() *units {
	if len(b.ranked) == 0 {
		return nil
	}
	u := &units{of: make([]int, len(b.ranked))}
	for _, p := range b.ranked[0].Score.Parts {
		u.share = append(u.share, p.Weight)
	}
	number := map[int]int{}
	for i := range b.ranked {
		r := &b.ranked[i]
		if !sums(&r.Score) {
			return nil
		}
		n, ok := number[r.Block]
		if !ok {
			n = len(u.parts)
			number[r.Block] = n
			u.parts = append(u.parts, make([]float64, len(u.share)))
		}
		u.of[i] = n
		if r.Score.Value == 0 {
			continue
		}
		for k, p := range r.Score.Parts {
			u.parts[n][k] += r.Delay * p.Points / r.Score.Value
		}
	}
	u.settle(b.ranked)
	return u
}

// settle scales what the criteria bring to the figure of each block, so that
// blocks which stand level now are level to the last bit.
func (u *units) settle(ranked []prioritize.Ranked) {
	u.sum = make([]float64, len(u.parts))
	for i := range ranked {
		u.sum[u.of[i]] = ranked[i].Density
	}
	for n, parts := range u.parts {
		sum := 0.0
		for _, part := range parts {
			sum += part
		}
		for k := range parts {
			if sum > 0 {
				parts[k] *= u.sum[n] / sum
			}
		}
	}
}

// sums reports whether the value of a score is the sum of weights times shares
// of a hundred.
func sums(s *prioritize.Score) bool {
	weight := 0.0
	for _, p := range s.Parts {
		if math.Abs(p.Points-100*p.Weight*p.Share) > exact {
			return false
		}
		weight += p.Weight
	}
	return near(weight, 1) && near(points(*s), s.Value)
}
