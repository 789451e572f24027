package uncertain

import "math"

// golden is 2⁶⁴ divided by the golden ratio, the increment of splitmix64.
const golden = 0x9e3779b97f4a7c15

// splitmix64 mixes 64 bits so that each bit of the result depends on all of
// them. Source: Steele, Lea & Flood, OOPSLA 2014.
func splitmix64(x uint64) uint64 {
	x += golden
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// fnv1a is the 64-bit FNV-1a hash. Source: RFC 9923.
func fnv1a(key string) uint64 {
	h := uint64(0xcbf29ce484222325)
	for i := range len(key) {
		h = (h ^ uint64(key[i])) * 0x100000001b3
	}
	return h
}

// salts gives the part of every draw that does not depend on the item. Draws are
// counted, not drawn one after the other: what an item gets depends on its key,
// the number of the draw and the seed, and on no other item.
func salts(draws int, seed uint64) []uint64 {
	out := make([]uint64, draws)
	for d := range out {
		out[d] = splitmix64(uint64(d)*golden + seed)
	}
	return out
}

// deviate gives the standard normal deviate of an item in a draw, by the inverse
// of the distribution function.
func deviate(key, salt uint64) float64 { return quantile(splitmix64(key ^ salt)) }

// quantile maps 64 bits to a standard normal deviate: the upper 53 are the
// middle of one of 2⁵³ cells of 0…1. The odd integer below is twice that middle
// minus one, without rounding, so that the tails are as exact as the centre; the
// farthest deviate is ±8.3.
func quantile(bits uint64) float64 {
	centered := int64(bits>>11)*2 + 1 - 1<<53
	return math.Sqrt2 * math.Erfinv(float64(centered)*0x1p-53)
}
