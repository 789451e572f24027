package precedence

import "slices"

// inside orders a block and gives how far its cost may be above the least
// possible, in the units of the component times each other; 0: it is not. What
// the edges of the block carry is a multiple of scale.
//
// Trees are exact. Otherwise a job that all others of the block wait for comes
// first, one that waits for all comes last, and what is between is a problem of
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
	head, tail := s.forced(a)
	core := span{a.from + head, a.to - tail}
	if head+tail == 0 {
		return s.search(a)
	}
	parts, rest := s.decompose(open{span: core, scale: scale}, nil)
	if rest != nil {
		slices.Sort(s.set(a))
		return s.search(a)
	}
	s.rearrange(core, parts)
	for _, b := range parts {
		slack += s.inside(b.span, b.scale)
	}
	return slack
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

// forced brings the jobs that must come first to the front of the set and those
// that must come last to its end, and counts both.
func (s *solver) forced(a span) (head, tail int32) {
	set := s.set(a)
	head = s.chain(set, false)
	if int(head) == len(set) {
		return head, 0
	}
	rest := set[head:]
	slices.Reverse(rest)
	tail = s.chain(rest, true)
	slices.Reverse(rest)
	return head, tail
}

// chain moves the jobs to the front that follow one after the other because
// never more than one is free, in the direction of the edges or against it. The
// set must be sorted in that direction; what remains stays so.
func (s *solver) chain(set []int32, backwards bool) (n int32) {
	s.f.enter(set)
	waits := s.label
	free, only := 0, int32(-1)
	for _, v := range set {
		ahead, _ := s.around(v, backwards)
		waits[v] = s.count(ahead)
		if waits[v] == 0 {
			free++
			only = v
		}
	}
	for free == 1 {
		n++
		s.f.in[only] = 0
		_, behind := s.around(only, backwards)
		waits[only], free = -n, 0
		for _, u := range behind {
			if s.f.in[u] != s.f.set {
				continue
			}
			waits[u]--
			if waits[u] == 0 {
				free++
				only = u
			}
		}
	}
	s.front(set, n)
	return n
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

// front moves the n nodes with the labels −1 … −n to the front, in this order.
func (s *solver) front(set []int32, n int32) {
	kept := s.scratch[n:n]
	for _, v := range set {
		if k := s.label[v]; k < 0 {
			s.scratch[-k-1] = v
		} else {
			kept = append(kept, v)
		}
	}
	copy(set, s.scratch)
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
