package precedence

import (
	"math"
	"math/bits"
)

// widest is the most nodes of a block for the exact order.
const widest = 256

// ideal is a set of nodes that holds with a node all before it.
type ideal [widest / 64]uint64

func (d *ideal) with(i int32) ideal {
	out := *d
	out[i>>6] |= 1 << (i & 63)
	return out
}

func (d *ideal) hash() uint64 {
	h := uint64(0)
	for _, x := range d {
		hi, lo := bits.Mul64(h^x^0x9e3779b97f4a7c15, 0xd6e8feb86659fd93)
		h = hi ^ lo
	}
	return h
}

// exact gives the order of least cost by dynamic programming over ideals, of
// equals the one that takes the lowest key first; nothing when the block is too
// wide or has more than limit ideals. It adds what it does to the steps.
func (l *lattice) exact(b *block, limit int, steps *int64) []int32 {
	if b.size() > widest {
		return nil
	}
	l.begin(b, limit)
	complete := l.grow()
	*steps += int64(len(l.moves) + len(l.ideals))
	if !complete {
		return nil
	}
	return l.walk()
}

// lattice is all ideals of a block, smaller ones first, with what can come next.
// It is used for one block after the other.
type lattice struct {
	b      *block
	limit  int
	ideals []ideal
	done   []int64   // duration of an ideal
	from   []int32   // moves of ideal k: moves[from[k]:from[k+1]]
	moves  []advance // by ideal
	origin []advance // the ideal and the node that an ideal was first made of
	table  []int32   // hash table of ideals, by index from 1
	need   []ideal   // what comes before a node
}

// advance is a node and the ideal that it leads to, or comes from.
type advance struct{ node, ideal int32 }

func (l *lattice) begin(b *block, limit int) {
	l.b, l.limit = b, limit
	l.ideals, l.done, l.origin = l.ideals[:0], l.done[:0], l.origin[:0]
	l.from, l.moves = l.from[:0], l.moves[:0]
	l.table = append(l.table[:0], make([]int32, 64)...)
	l.need = append(l.need[:0], make([]ideal, b.size())...)
	for i, before := range b.pre {
		for _, u := range before {
			l.need[i] = l.need[i].with(u)
		}
	}
}

// grow finds all ideals, unless there are more than the limit.
func (l *lattice) grow() bool {
	l.find(ideal{}, 0, advance{})
	for i, before := range l.b.pre {
		if len(before) == 0 {
			l.advance(0, int32(i))
		}
	}
	l.from = append(l.from, 0, int32(len(l.moves)))
	for k := int32(1); int(k) < len(l.ideals); k++ {
		o := l.origin[k]
		for _, m := range l.moves[l.from[o.ideal]:l.from[o.ideal+1]] {
			if m.node != o.node {
				l.advance(k, m.node)
			}
		}
		for _, i := range l.b.post[o.node] {
			if l.free(&l.ideals[k], i) {
				l.advance(k, i)
			}
		}
		if len(l.ideals) > l.limit {
			return false
		}
		l.from = append(l.from, int32(len(l.moves)))
	}
	return true
}

// advance notes that the node can come next to the ideal.
func (l *lattice) advance(k, i int32) {
	at := l.find(l.ideals[k].with(i), l.done[k]+l.b.p[i], advance{i, k})
	l.moves = append(l.moves, advance{i, at})
}

// free says whether all that comes before the node is in the ideal.
func (l *lattice) free(d *ideal, i int32) bool {
	for k, x := range l.need[i] {
		if x&^d[k] != 0 {
			return false
		}
	}
	return true
}

// find gives the index of an ideal, which is added when it is new.
func (l *lattice) find(d ideal, done int64, origin advance) int32 {
	mask := uint64(len(l.table) - 1)
	at := d.hash() & mask
	for l.table[at] != 0 {
		if k := l.table[at] - 1; l.ideals[k] == d {
			return k
		}
		at = (at + 1) & mask
	}
	l.ideals = append(l.ideals, d)
	l.done = append(l.done, done)
	l.origin = append(l.origin, origin)
	k := int32(len(l.ideals))
	l.table[at] = k
	if 2*len(l.ideals) > len(l.table) {
		l.widen()
	}
	return k - 1
}

func (l *lattice) widen() {
	l.table = append(l.table[:0], make([]int32, 2*len(l.table))...)
	mask := uint64(len(l.table) - 1)
	for k := range l.ideals {
		at := l.ideals[k].hash() & mask
		for l.table[at] != 0 {
			at = (at + 1) & mask
		}
		l.table[at] = int32(k) + 1
	}
}

// walk gives the best way from nothing to everything.
func (l *lattice) walk() []int32 {
	n := len(l.ideals)
	left := make([]int64, n) // least cost of what is not in the ideal
	choice := make([]advance, n)
	for k := n - 2; k >= 0; k-- {
		left[k] = math.MaxInt64
		for _, m := range l.moves[l.from[k]:l.from[k+1]] {
			cost := left[m.ideal] + l.b.w[m.node]*l.done[m.ideal]
			if cost < left[k] || cost == left[k] && l.b.key[m.node] < l.b.key[choice[k].node] {
				left[k], choice[k] = cost, m
			}
		}
	}
	order := make([]int32, 0, l.b.size())
	for k := int32(0); len(order) < l.b.size(); k = choice[k].ideal {
		order = append(order, choice[k].node)
	}
	return order
}
