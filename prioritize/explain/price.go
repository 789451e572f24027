package explain

import "stackrank/prioritize"

// Cost is the cost of delay of working an order off from the top: Σ delay·time
// of completion, in units of Score.Delay times days of work.
func Cost(order []prioritize.Ranked) float64 {
	done, cost := 0.0, 0.0
	for i := range order {
		s := &order[i].Score
		done += s.Work
		cost += s.Delay * done
	}
	return cost
}

// Price gives by how much more delay costs in the order with a pin or a rule
// than in the order without it: 0.009 is 0.9 %. Below 0 it saves, as a pin may
// among others. Both hold the same items; 0 where delay costs nothing.
func Price(with, without []prioritize.Ranked) float64 {
	base := Cost(without)
	if base == 0 {
		return 0
	}
	return Cost(with)/base - 1
}
