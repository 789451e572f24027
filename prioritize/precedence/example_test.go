package precedence_test

import (
	"fmt"

	"stackrank/prioritize/precedence"
)

// A job worth nothing comes first, as it carries what two others lend it.
func ExampleSolve() {
	order, err := precedence.Solve(precedence.Jobs{
		Weight:   []float64{3, 0, 18, 13},
		Duration: []float64{1, 2, 1, 1},
		Before:   [][2]int32{{1, 2}, {1, 3}}, // 2 and 3 wait for 1
	}, precedence.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(order.Sequence, order.Cost, order.Bound)
	for _, l := range order.Loans {
		fmt.Printf("%d lends %.2f to %d\n", l.From, l.Amount, l.To)
	}
	// Output:
	// [1 2 3 0] 121 121
	// 2 lends 10.25 to 1
	// 3 lends 5.25 to 1
}
