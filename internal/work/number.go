package work

import (
	"fmt"
	"math"
)

// Thousands writes a number without its decimals and with commas, as people read
// it: 1,671.
func Thousands(f float64) string {
	s := fmt.Sprintf("%.0f", math.Abs(f))
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	if f < 0 {
		return "-" + s
	}
	return s
}
