package uncertain

import (
	"math/bits"
	"math/cmplx"
)

// transform is the discrete Fourier transform of a fixed length, a power of two,
// in place by decimation in time.
type transform struct {
	roots []complex128 // e^(−2πik/n), the first half of the circle
	swap  []int32      // the place of each index with its bits reversed
}

func newTransform(n int) transform {
	t := transform{make([]complex128, n/2), make([]int32, n)}
	for k := range t.roots {
		t.roots[k] = cmplx.Rect(1, -tau*float64(k)/float64(n))
	}
	shift := 64 - bits.Len(uint(n-1))
	for i := range t.swap {
		t.swap[i] = int32(bits.Reverse64(uint64(i)) >> shift)
	}
	return t
}

func (t transform) forward(x []complex128) {
	for i, j := range t.swap {
		if i < int(j) {
			x[i], x[j] = x[j], x[i]
		}
	}
	for half, stride := 1, len(x)/2; half < len(x); half, stride = 2*half, stride/2 {
		for at := 0; at < len(x); at += 2 * half {
			low, high := x[at:at+half], x[at+half:at+2*half]
			for k := range low {
				turned := high[k] * t.roots[k*stride]
				low[k], high[k] = low[k]+turned, low[k]-turned
			}
		}
	}
}

// inverse undoes forward, apart from the factor 1/n that it leaves out.
func (t transform) inverse(x []complex128) {
	for i := range x {
		x[i] = cmplx.Conj(x[i])
	}
	t.forward(x)
	for i := range x {
		x[i] = cmplx.Conj(x[i])
	}
}
