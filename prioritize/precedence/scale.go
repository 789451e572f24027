package precedence

import (
	"math"
	"math/bits"
)

// room is how many bits the sum of the weights of a component and the sum of
// its durations have together. Their product bounds every cost, surplus and flow
// of the component: twice that, and what rounding adds, fits into 63 bits.
const room = 60

// scale makes integers of the weights and durations of a component and gives
// what 1 stands for. Both are multiplied by a power of two and rounded. A
// duration is at least 1.
//
// Each has the bits that it needs to be exact, as whole numbers and halves do,
// or half of the room; what one does not need the other has. So a figure is off
// by at most one part in 2³⁰ of the sum of its component.
func (s *solver) scale(set []int32) unit {
	weights, durations := measure(s.g.weight, set), measure(s.g.duration, set)
	p := min(durations.need, room/2)
	w := min(weights.need, room-p)
	p = min(durations.need, room-w)
	a, b := w-weights.top, p-durations.top
	for _, v := range set {
		s.w[v] = int64(math.Round(math.Ldexp(s.g.weight[v], a)))
		s.p[v] = max(1, int64(math.Round(math.Ldexp(s.g.duration[v], b))))
	}
	return unit{weight: math.Ldexp(1, -a), duration: math.Ldexp(1, -b)}
}

// unit says what 1 stands for in the integers of a component.
type unit struct{ weight, duration float64 }

// extent says what the figures of a set add up to: less than 2 to the power of
// top, with all of them multiples of 2 to the power of top−need.
type extent struct{ top, need int }

func measure(figures []float64, set []int32) extent {
	sum, low := 0.0, math.MaxInt
	for _, v := range set {
		x := figures[v]
		if x == 0 {
			continue
		}
		sum += x
		f, e := math.Frexp(x)
		mantissa := uint64(math.Ldexp(f, 53))
		low = min(low, e-53+bits.TrailingZeros64(mantissa))
	}
	if sum == 0 {
		return extent{}
	}
	_, top := math.Frexp(sum)
	return extent{top: top, need: top - low}
}
