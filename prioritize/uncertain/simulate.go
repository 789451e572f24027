package uncertain

import (
	"math"
	"slices"
)

// simulated holds the places at which each unit began, over all draws,
// ascending: a sample of the distribution of its rank.
type simulated [][]uint16

// maxSimulated is the most items that are simulated: beyond it the closed forms
// are as good, and take a hundredth of the time. It fits in sixteen bits.
const maxSimulated = 20_000

// simulate orders the units once for each draw (rank acceptability after SMAA-2:
// Lahdelma & Salminen, Oper. Res. 49, 2001). There must be fewer than 2¹⁶ items.
func simulate(units []unit, draws int, seed uint64) simulated {
	out := make(simulated, len(units))
	all := make([]uint16, len(units)*draws)
	hashes := make([]uint64, len(units))
	for i := range units {
		out[i] = all[i*draws : (i+1)*draws]
		hashes[i] = fnv1a(units[i].name)
	}
	keys, buffer := make([]uint64, len(units)), make([]uint64, len(units))
	for d, salt := range salts(draws, seed) {
		for i := range units {
			x := units[i].mu + units[i].sigma*deviate(hashes[i], salt)
			keys[i] = descending(x)&^0xffff | uint64(i)
		}
		keys, buffer = sortKeys(keys, buffer)
		place := 1
		for _, k := range keys {
			i := k & 0xffff
			out[i][d] = uint16(place)
			place += len(units[i].members)
		}
	}
	for i := range out {
		slices.Sort(out[i])
	}
	return out
}

// descending maps a number to bits that are ordered as integers, the greatest
// number first.
func descending(x float64) uint64 {
	bits := math.Float64bits(x)
	if bits>>63 == 0 {
		return ^bits & (1<<63 - 1)
	}
	return bits
}

// digit is the number of bits that one pass of sortKeys looks at; four passes see
// all but the lowest sixteen bits, which hold the number of a unit.
const digit = 12

// sortKeys orders keys by all but their lowest sixteen bits, a digit at a time
// from the least; equal ones keep their order. It returns the ordered slice, and
// the other one as the buffer of the next call.
func sortKeys(keys, buffer []uint64) (ordered, spare []uint64) {
	if len(keys) < 1<<digit {
		slices.Sort(keys)
		return keys, buffer
	}
	for shift := 16; shift < 64; shift += digit {
		var next [1 << digit]int
		for _, k := range keys {
			next[k>>shift&(1<<digit-1)]++
		}
		sum := 0
		for i, n := range next {
			next[i], sum = sum, sum+n
		}
		for _, k := range keys {
			at := &next[k>>shift&(1<<digit-1)]
			buffer[*at] = k
			*at++
		}
		keys, buffer = buffer, keys
	}
	return keys, buffer
}

// first gives the probability that the unit begins at place or before it.
func (s simulated) first(i, place int) float64 {
	if place < 1 {
		return 0
	}
	n, _ := slices.BinarySearchFunc(s[i], place, func(have uint16, want int) int {
		if int(have) > want {
			return 1
		}
		return -1
	})
	return float64(n) / float64(len(s[i]))
}

// quantile gives the least place at which the unit begins, or before it, with
// probability p.
func (s simulated) quantile(i int, p float64) int {
	at := int(math.Ceil(p*float64(len(s[i])))) - 1
	return int(s[i][max(at, 0)])
}
