package precedence

import "slices"

// inside orders a block and gives how far its cost may be above the least
// possible, in the units of the component times each other; 0: it is not. What
// the edges of the block carry is a multiple of scale.
//
// Trees are exact. Otherwise jobs that stand before or after each other job of
// the block are where they are, and what is between two of them is a problem of
// its own. Only what has no such job is searched.
func (s *solver) inside(a span, scale int64) (slack float64) {
	switch out, in := s.branching(a); {
	case a.to-a.from == 1:
		return 0
	case out:
		order, _ := s.block(s.set(a)).tree()
		s.put(a, order)
		return 0
	case in:
		order, _ := s.block(s.set(a)).mirror().tree()
		s.put(a, unmirror(order))
		return 0
	}
	fixed := s.fixed(a)
	if len(fixed) == 0 {
		return s.search(a)
	}
	from := a.from
	for _, at := range append(fixed, a.to) {
		more, ok := s.between(open{span: span{from, at}, scale: scale})
		if !ok {
			slices.Sort(s.set(a))
			return s.search(a)
		}
		slack += more
		from = at + 1
	}
	return slack
}

// between orders a set as a problem of its own, which may be empty. ok is false
// when the steps ran out.
func (s *solver) between(a open) (slack float64, ok bool) {
	if a.from == a.to {
		return 0, true
	}
	parts, rest := s.decompose(a, nil)
	if rest != nil {
		return 0, false
	}
	s.rearrange(a.span, parts)
	for _, b := range parts {
		slack += s.inside(b.span, b.scale)
	}
	return slack, true
}

// rearrange brings the parts of a set into their order and says where each
// stands then.
func (s *solver) rearrange(a span, parts []piece) {
	if len(parts) == 1 {
		return
	}
	s.f.enter(s.set(a))
	order := s.arrange(parts)
	moved := make([]piece, len(parts))
	at := a.from
	for k, i := range order {
		moved[k] = parts[i]
		n := int32(copy(s.scratch[at-a.from:], s.set(parts[i].span)))
		moved[k].span = span{at, at + n}
		at += n
	}
	copy(s.set(a), s.scratch)
	copy(parts, moved)
}

// fixed gives the places of a set in ascending order that hold a job which all
// others come before or after. A job is alone when all that remains waits for
// it; one that is alone in both directions is fixed.
func (s *solver) fixed(a span) (places []int32) {
	s.f.enter(s.set(a))
	first, last := s.alone(a, false), s.alone(a, true)
	for k := range first {
		if first[k] && last[k] {
			places = append(places, a.from+int32(k))
		}
	}
	return places
}

// alone goes through the present set along the edges or against them and tells
// where nothing else was free.
func (s *solver) alone(a span, backwards bool) []bool {
	set, waits := s.set(a), s.label
	free := 0
	for _, v := range set {
		ahead, _ := s.around(v, backwards)
		waits[v] = s.count(ahead)
		if waits[v] == 0 {
			free++
		}
	}
	out := make([]bool, len(set))
	for k := range set {
		if backwards {
			k = len(set) - 1 - k
		}
		out[k] = free == 1
		free--
		_, behind := s.around(set[k], backwards)
		for _, u := range behind {
			waits[u]--
			if waits[u] == 0 && s.f.in[u] == s.f.set {
				free++
			}
		}
	}
	return out
}

// around gives the neighbours of a node ahead of it and behind it.
func (s *solver) around(v int32, backwards bool) (ahead, behind []int32) {
	ahead, _ = s.g.before(v)
	behind, _ = s.g.after(v)
	if backwards {
		return behind, ahead
	}
	return ahead, behind
}

// count says how many of the nodes are in the present set.
func (s *solver) count(nodes []int32) (n int32) {
	for _, u := range nodes {
		if s.f.in[u] == s.f.set {
			n++
		}
	}
	s.f.steps += int64(len(nodes)) + 1
	return n
}

// search orders a block that nothing forces, in ascending order of its nodes.
func (s *solver) search(a span) (slack float64) {
	b := s.block(s.set(a))
	var order []int32
	if s.f.steps < s.f.limit {
		order = s.lattice.exact(b, s.o.Ideals, &s.f.steps)
	}
	if order == nil {
		order, slack = s.approach(b)
	}
	s.put(a, order)
	return slack
}

// put brings a set into an order of its block.
func (s *solver) put(a span, order []int32) {
	set := s.set(a)
	for k, i := range order {
		s.scratch[k] = set[i]
	}
	copy(set, s.scratch)
}

// approach gives the best order that is found within the steps that are left.
func (s *solver) approach(b *block) (order []int32, slack float64) {
	order = b.best(s.f.limit, &s.f.steps)
	b.improve(order, s.f.limit, &s.f.steps)
	return order, max(0, float64(b.cost(order))-b.bound())
}
