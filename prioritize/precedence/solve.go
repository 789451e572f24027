package precedence

import (
	"cmp"
	"slices"
)

// solve fills in the pieces, each with its nodes in order.
func (s *solver) solve() {
	s.solveEach(span{0, int32(s.g.n)})
}

// solveEach does so for each component of a set.
func (s *solver) solveEach(a span) {
	if a.from == a.to {
		return
	}
	from := a.from
	for _, end := range slices.Clone(s.connected(a)) {
		s.solveOne(span{from, a.from + end})
		from = a.from + end
	}
}

// solveOne does the same for one component.
func (s *solver) solveOne(a span) {
	if a.to-a.from == 1 {
		s.pieces = append(s.pieces, s.piece(a, 0))
		return
	}
	u := s.scale(s.set(a))
	s.f.steps, s.f.limit = 0, s.o.Steps
	base := len(s.pieces)
	blocks, rest := s.decompose(open{span: a}, s.pieces)
	s.pieces = blocks
	var faint span
	if len(rest) == 0 {
		faint = s.faint(a, base, u)
	}
	for _, b := range s.pieces[base:] {
		s.lend(b, u)
	}
	for k := base; k < len(s.pieces); k++ {
		b := &s.pieces[k]
		if b.to-b.from > 1 {
			b.slack = s.inside(b.span, b.scale) * u.weight * u.duration
		}
	}
	for _, r := range rest {
		s.loosen(r, u)
	}
	s.solveEach(faint)
}

// lend notes what the edges of a block carry.
func (s *solver) lend(b piece, u unit) {
	if b.to-b.from == 1 {
		return
	}
	for _, v := range s.set(b.span) {
		for e := s.g.preAt[v]; e < s.g.preAt[v+1]; e++ {
			if y := s.f.carried[e]; y > 0 {
				amount := float64(y) / float64(b.scale) * u.weight
				s.loans = append(s.loans, Loan{From: int(s.g.link[e]), Amount: amount})
			}
		}
	}
}

// order tells the result in terms of jobs.
func (s *solver) order(j Jobs) Order {
	s.f.enter(s.nodes)
	n := len(j.Weight)
	out := Order{Sequence: make([]int, 0, n), Blocks: make([]Block, 0, len(s.pieces)), Loans: s.loans}
	t, slack, density := 0.0, 0.0, 0.0
	for k, i := range s.arrange(s.pieces) {
		p := s.pieces[i]
		b := Block{Start: len(out.Sequence), Exact: p.slack == 0 && !p.loose}
		for _, v := range s.set(p.span) {
			out.take(s.g.jobs(v))
			b.Weight += s.g.weight[v]
			b.Duration += s.g.duration[v]
		}
		b.End = len(out.Sequence)
		if k == 0 || p.density < density {
			density = p.density
		}
		b.Density = density
		slack += p.slack
		out.Blocks = append(out.Blocks, b)
	}
	for _, i := range out.Sequence {
		t += j.Duration[i]
		out.Cost += j.Weight[i] * t
	}
	out.Bound = out.Cost - slack
	if len(s.relaxed) > 0 {
		out.Bound = min(out.Cost, s.relax(j))
	}
	out.settle(j)
	return out
}

// take appends the jobs of a node.
func (o *Order) take(jobs []int32) {
	start := len(o.Sequence)
	for _, i := range jobs {
		o.Sequence = append(o.Sequence, int(i))
	}
	if len(jobs) > 1 {
		o.Cycles = append(o.Cycles, slices.Clone(o.Sequence[start:]))
	}
}

// settle names lender and borrower of each loan.
func (o *Order) settle(j Jobs) {
	for k := range o.Loans {
		l := &o.Loans[k]
		e := j.Before[l.From]
		l.To, l.From = int(e[0]), int(e[1])
	}
	slices.SortFunc(o.Loans, func(a, b Loan) int {
		return cmp.Or(cmp.Compare(a.To, b.To), cmp.Compare(a.From, b.From))
	})
}
