package uncertain

import (
	"math/rand/v2"
	"slices"
	"sync/atomic"
	"testing"
)

// TestPlacesAndKeysAreSorted holds the sorts by digits against the library's.
func TestPlacesAndKeysAreSorted(t *testing.T) {
	for _, n := range []int{0, 1, 2, 300, 1<<digit - 1, 1 << digit, 9000} {
		rng := rand.New(rand.NewPCG(9, uint64(n)))
		places, keys := make([]uint16, n), make([]uint64, n)
		for i := range n {
			places[i] = uint16(rng.Uint32())
			keys[i] = rng.Uint64()>>rng.IntN(48)&^0xffff | uint64(i)
		}
		wantPlaces, wantKeys := slices.Sorted(slices.Values(places)), slices.Sorted(slices.Values(keys))
		sortPlaces(places, make([]uint16, n))
		sorted, _ := sortKeys(keys, make([]uint64, n))
		if !slices.Equal(places, wantPlaces) || !slices.Equal(sorted, wantKeys) {
			t.Errorf("%d places and keys are not sorted", n)
		}
	}
}

// TestSharesOfTheWorkAreAllOfIt holds that the processors do each piece once.
func TestSharesOfTheWorkAreAllOfIt(t *testing.T) {
	for _, n := range []int{0, 1, 3, 17, 400} {
		for _, steps := range []int{1, fewSteps} {
			done := make([]atomic.Int32, n)
			inParts(n, steps, func(from, to int) {
				for i := from; i < to; i++ {
					done[i].Add(1)
				}
			})
			for i := range done {
				if done[i].Load() != 1 {
					t.Errorf("piece %d of %d is done %d times", i, n, done[i].Load())
				}
			}
		}
	}
}
