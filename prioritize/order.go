package prioritize

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"time"

	"stackrank/internal/work"
	"stackrank/prioritize/precedence"
	"stackrank/prioritize/uncertain"
)

// Rank orders groups, best first: what blocks before what it blocks, and as far
// as that leaves it open by density, the cost of delay per day of work. Groups
// that are linked are ordered by Sidney's decomposition (1975), so that a poor
// item that unlocks a rich one stands where both together belong.
//
// The order depends only on the set of groups and on now, never on the order in
// which they come; compare says how equal densities stand. A group that comes or
// goes moves none that it is not linked with. The groups must have distinct refs.
func (e *Engine) Rank(groups []work.Group, now time.Time) Ranking {
	groups = slices.SortedFunc(slices.Values(groups), func(a, b work.Group) int { return compare(&a, &b) })
	o := ordering{groups: groups, graph: newGraph(groups), scores: make([]Score, len(groups)), at: make([]int, len(groups))}
	for i, g := range groups {
		o.scores[i] = e.Score(g, now)
	}
	o.jobs = o.graph.jobs(groups, o.scores)
	o.out.Ranked = make([]Ranked, 0, len(groups))
	bands := o.graph.bands(o.scores)
	for _, b := range slices.Sorted(maps.Keys(bands)) {
		o.solve(b, bands[b])
	}
	o.place(e.model)
	return o.out
}

// ordering is a ranking in the making. Groups are known by their index in the
// order in which they stand where their densities are equal.
type ordering struct {
	groups []work.Group
	graph  graph
	scores []Score
	jobs   []job

	out    Ranking
	at     []int   // by group: its index in the ranking
	blocks int     // so far
	done   float64 // days of work so far
}

// leastWork stands for the work of what takes none, in days: it is less than a
// second, and keeps every ratio finite.
const leastWork = 1e-6

// solve orders the groups of one band and puts them behind those before.
func (o *ordering) solve(band int, members []int) {
	local := make([]int32, len(o.groups)) // 1 + index among the members
	jobs := precedence.Jobs{Weight: make([]float64, len(members)), Duration: make([]float64, len(members))}
	for k, i := range members {
		local[i] = int32(k) + 1
		jobs.Weight[k], jobs.Duration[k] = o.jobs[i].delay, max(o.jobs[i].work, leastWork)
	}
	for _, e := range o.graph.edges {
		if from, to := local[e.from], local[e.to]; from > 0 && to > 0 {
			jobs.Before = append(jobs.Before, [2]int32{from - 1, to - 1})
		}
	}
	order, err := precedence.Solve(jobs, precedence.Options{})
	if err != nil {
		panic(fmt.Sprintf("prioritize: scores are finite and indexes are right: %v", err))
	}
	o.take(order, band, members)
}

// take puts the order of one band behind those before.
func (o *ordering) take(order precedence.Order, band int, members []int) {
	weight, block := 0.0, make([]int, len(members)) // by place in the sequence
	for k, b := range order.Blocks {
		for place := b.Start; place < b.End; place++ {
			block[place] = k
		}
		weight += b.Weight
	}
	o.out.Bound += order.Bound + o.done*weight
	for _, place := range o.settled(order, members) {
		i, b := members[order.Sequence[place[1]]], block[place[0]]
		o.at[i] = len(o.out.Ranked)
		o.out.Ranked = append(o.out.Ranked, Ranked{
			Place: len(o.out.Ranked) + 1, Group: o.groups[i], Score: o.scores[i],
			Delay: o.jobs[i].delay, Work: o.jobs[i].work, Density: order.Blocks[b].Density, Band: band, Block: o.blocks + b,
		})
	}
	o.blocks += len(order.Blocks)
	for _, b := range order.Blocks {
		o.done += b.Duration
	}
	o.lend(order.Loans, members)
	for _, cycle := range order.Cycles {
		for k, i := range cycle {
			cycle[k] = members[i]
		}
		o.out.Knots = append(o.out.Knots, o.graph.knot(cycle, o.groups, o.scores))
	}
}

// settled gives the order in which the places of a sequence come to stand: for
// each, the place of the group whose block it belongs to, and its own. A group
// that takes no work, such as a parent that its parts leave none, stands behind
// the last that it waits for: that costs nothing, and it says when the whole is
// done. It does so whatever it weighs, so that to weigh a little never puts it
// behind where it stands with nothing.
//
// The members of a cycle are one piece of work and are not taken apart.
func (o *ordering) settled(order precedence.Order, members []int) [][2]int {
	sequence := order.Sequence
	place := make([]int, len(o.groups)) // by group, from 1; 0: of another band
	knotted := map[int]bool{}
	for _, m := range slices.Concat(order.Cycles...) {
		knotted[m] = true
	}
	out := make([][2]int, len(sequence))
	for k, m := range sequence {
		place[members[m]] = k + 1
		out[k] = [2]int{k, k}
	}
	for k, m := range sequence {
		i := members[m]
		if o.jobs[i].work > 0 || knotted[m] {
			continue
		}
		last := -1
		for _, e := range o.graph.firsts(i) {
			if at := place[e.from] - 1; at >= 0 && at < k {
				last = max(last, out[at][0])
			}
		}
		if last >= 0 {
			out[k][0] = last
		}
	}
	slices.SortFunc(out, comparePairs)
	return out
}

// lend notes who lends to whom.
func (o *ordering) lend(loans []precedence.Loan, members []int) {
	for _, l := range loans {
		from, to := members[l.From], members[l.To]
		r := &o.out.Ranked[o.at[to]]
		r.Loans = append(r.Loans, Loan{From: o.groups[from].Ref(), Amount: l.Amount})
		r.Lent += l.Amount
		o.out.Ranked[o.at[from]].Lent -= l.Amount
	}
}

// place fills in what rests on whole blocks and on places.
func (o *ordering) place(m model) {
	ranked := o.out.Ranked
	for from := 0; from < len(ranked); {
		end := from + 1
		for end < len(ranked) && ranked[end].Block == ranked[from].Block {
			end++
		}
		sigma := sigmaOf(ranked[from:end])
		for i := range ranked[from:end] {
			r := &ranked[from+i]
			r.Sigma, r.Total = sigma, m.total(r.Density, r.Band)
		}
		from = end
	}
	for _, e := range o.graph.edges {
		o.out.Waits = append(o.out.Waits, [2]int{o.at[e.from], o.at[e.to]})
	}
	slices.SortFunc(o.out.Waits, comparePairs)
}

func comparePairs(a, b [2]int) int { return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1])) }

// sigmaOf gives the standard deviation of the logarithm of a block's density, to
// first order: its groups are off independently of each other, each by its share
// of the block's delay or of its work, whichever is larger.
func sigmaOf(block []Ranked) float64 {
	if len(block) == 1 {
		return block[0].Score.Sigma
	}
	delay, days := leastWork, leastWork
	for i := range block {
		delay += block[i].Delay
		days += block[i].Work
	}
	variance := 0.0
	for i := range block {
		off := max(block[i].Delay/delay, block[i].Work/days) * block[i].Score.Sigma
		variance += off * off
	}
	return math.Sqrt(variance)
}

// compare orders groups of which nothing else tells which comes first: by
// source, lane, place as the tracker holds it, and ref of the item that names
// the group.
//
// Comparing place by place, as the rule "equal figures keep the order of their
// tracker" asks, only makes sense within one lane; between lanes there is no
// such order, and leaving it open there would make the whole intransitive. So
// lanes are kept apart, by name: an item that comes, goes or moves in one lane
// then never turns round a pair elsewhere. Sub-tasks come behind the others of
// their lane: no move concerns them, so the moves of others would turn them
// round, and the order would not be its own successor.
func compare(a, b *work.Group) int {
	x, y := &a.Items[0], &b.Items[0]
	if c := cmp.Compare(x.Ref.Source, y.Ref.Source); c != 0 {
		return c
	}
	if c := cmp.Compare(x.Lane, y.Lane); c != 0 {
		return c
	}
	if c := cmp.Or(behind(x.Subtask, y.Subtask), cmp.Compare(x.Native, y.Native)); c != 0 {
		return c
	}
	return cmp.Or(
		x.Ref.Compare(y.Ref),
		cmp.Compare(x.Ref.ID, y.Ref.ID), // ids that differ by leading zeros only
	)
}

// behind orders false before true.
func behind(x, y bool) int {
	switch {
	case x == y:
		return 0
	case x:
		return 1
	}
	return -1
}

// minRatio stands for a ratio of zero on the logarithmic scale.
const minRatio = 1e-9

// Above gives the probability that a belongs above b, with the logarithms of
// both densities normal and independent around what is known. Equal densities
// give 0.5; where neither leaves anything open it is 0, 0.5 or 1.
func Above(a, b Ranked) float64 { return uncertain.Above(a.doubt(), b.doubt()) }

// doubt gives the figure that orders with what it leaves open.
func (r *Ranked) doubt() uncertain.Item {
	return uncertain.Item{Mu: math.Log(max(r.Density, minRatio)), Sigma: r.Sigma}
}

// Carries says whether the evidence carries the order: the share of neighbours
// of which the upper belongs above the lower with a probability of at least
// hysteresis, or goes first by a link, and whether it is half of them or more. A hysteresis of 0.5 asks
// for nothing, and a backlog without neighbours has nothing to doubt: share 1.
func (r Ranking) Carries(hysteresis float64) (share float64, ok bool) {
	pairs := len(r.Ranked) - 1
	if pairs < 1 || hysteresis <= 0.5 {
		return 1, true
	}
	sure := 0
	for i := range pairs {
		_, waits := slices.BinarySearchFunc(r.Waits, [2]int{i, i + 1}, comparePairs)
		if waits || Above(r.Ranked[i], r.Ranked[i+1]) >= hysteresis {
			sure++
		}
	}
	share = float64(sure) / float64(pairs)
	return share, 2*sure >= pairs
}

// Level counts the neighbours that have equal scores and no block in common:
// nothing tells them apart, and they keep the order of their tracker.
func (r Ranking) Level() int {
	n := 0
	for i := 1; i < len(r.Ranked); i++ {
		if r.Ranked[i-1].Total == r.Ranked[i].Total && r.Ranked[i-1].Block != r.Ranked[i].Block {
			n++
		}
	}
	return n
}
