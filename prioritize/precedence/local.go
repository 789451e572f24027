package precedence

import "slices"

const (
	passes  = 3    // most passes of the local search
	longest = 4    // most jobs that are moved together
	largest = 2000 // most jobs of a block that is searched
)

// improve moves runs of one to four jobs to better places, run by run, until a
// pass finds nothing or steps reach their limit, and changes the order in place.
func (b *block) improve(order []int32, limit int64, steps *int64) {
	if b.size() > largest {
		return
	}
	l := local{block: b, order: order, stamp: make([]int32, b.size())}
	for range passes {
		if !l.pass(limit - *steps) {
			break
		}
		*steps += l.steps
		l.steps = 0
	}
}

// local is a local search.
type local struct {
	*block
	order []int32
	stamp []int32 // the run that a node must not pass
	run   int32
	steps int64 // of this pass
}

func (l *local) pass(limit int64) (better bool) {
	for size := 1; size <= longest; size++ {
		for at := 0; at+size <= len(l.order); at++ {
			if l.steps >= limit {
				return false
			}
			if l.later(at, size) || l.earlier(at, size) {
				better = true
			}
		}
	}
	return better
}

// weigh adds a run up and stamps what its nodes must not pass.
func (l *local) weigh(run []int32, stop [][]int32) (w, p int64) {
	l.run++
	for _, i := range run {
		w += l.w[i]
		p += l.p[i]
		for _, u := range stop[i] {
			l.stamp[u] = l.run
		}
	}
	return w, p
}

// later moves the run order[at:at+size] back to where it costs least.
func (l *local) later(at, size int) bool {
	w, p := l.weigh(l.order[at:at+size], l.post)
	change, least, to := int64(0), int64(0), at+size
	for k := at + size; k < len(l.order); k++ {
		u := l.order[k]
		if l.stamp[u] == l.run {
			break
		}
		l.steps++
		change += w*l.p[u] - l.w[u]*p
		if change < least {
			least, to = change, k+1
		}
	}
	rotate(l.order[at:to], size)
	return least < 0
}

// earlier moves the run order[at:at+size] forward to where it costs least.
func (l *local) earlier(at, size int) bool {
	w, p := l.weigh(l.order[at:at+size], l.pre)
	change, least, to := int64(0), int64(0), at
	for k := at - 1; k >= 0; k-- {
		u := l.order[k]
		if l.stamp[u] == l.run {
			break
		}
		l.steps++
		change += l.w[u]*p - w*l.p[u]
		if change < least {
			least, to = change, k
		}
	}
	rotate(l.order[to:at+size], at-to)
	return least < 0
}

// rotate brings the first n to the end.
func rotate(order []int32, n int) {
	slices.Reverse(order[:n])
	slices.Reverse(order[n:])
	slices.Reverse(order)
}
