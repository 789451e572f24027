package uncertain

import (
	"math"
	"runtime"
	"slices"
	"sync"
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
	salt := salts(draws, seed)
	inParts(draws, len(units), func(from, to int) {
		keys, buffer := make([]uint64, len(units)), make([]uint64, len(units))
		for d := from; d < to; d++ {
			for i := range units {
				x := units[i].mu + units[i].sigma*deviate(hashes[i], salt[d])
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
	})
	inParts(len(out), draws, func(from, to int) {
		buffer := make([]uint16, draws)
		for i := from; i < to; i++ {
			sortPlaces(out[i], buffer)
		}
	})
	return out
}

// fewSteps is how much work is not worth sharing out.
const fewSteps = 1 << 14

// inParts shares n equal pieces of work out among the processors. What comes out
// must not depend on who does which.
func inParts(n, steps int, do func(from, to int)) {
	parts := min(runtime.GOMAXPROCS(0), n*steps/fewSteps, n)
	if parts < 2 {
		do(0, n)
		return
	}
	var wg sync.WaitGroup
	for p := range parts {
		wg.Go(func() { do(n*p/parts, n*(p+1)/parts) })
	}
	wg.Wait()
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

// A pass of sortKeys looks at so many bits of many keys, or of few. Four passes,
// or six, see all but the lowest sixteen bits, which hold the number of a unit.
const (
	digit      = 12
	shortDigit = 8
)

// sortKeys orders keys by all but their lowest sixteen bits, a digit at a time
// from the least; equal ones keep their order. It returns the ordered slice, and
// the other one as the buffer of the next call.
func sortKeys(keys, buffer []uint64) (ordered, spare []uint64) {
	width := digit
	if len(keys) < 1<<digit {
		width = shortDigit
	}
	var room [1 << digit]uint32
	next := room[:1<<width]
	mask := uint64(len(next) - 1)
	for shift := 16; shift < 64; shift += width {
		clear(next)
		for _, k := range keys {
			next[k>>shift&mask]++
		}
		sum := uint32(0)
		for i, n := range next {
			next[i], sum = sum, sum+n
		}
		for _, k := range keys {
			at := &next[k>>shift&mask]
			buffer[*at] = k
			*at++
		}
		keys, buffer = buffer, keys
	}
	return keys, buffer
}

// sortPlaces orders places by their lower and then by their upper half. The
// buffer is as long.
func sortPlaces(places, buffer []uint16) {
	for shift := 0; shift < 16; shift += 8 {
		var next [1 << 8]uint32
		for _, p := range places {
			next[p>>shift&0xff]++
		}
		sum := uint32(0)
		for i, n := range next {
			next[i], sum = sum, sum+n
		}
		for _, p := range places {
			at := &next[p>>shift&0xff]
			buffer[*at] = p
			*at++
		}
		places, buffer = buffer, places
	}
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
