package uncertain

// maxExact is the most units whose expected ranks are summed pair by pair.
const maxExact = 1000

// ExpectedRanks gives the expected rank of every item, in the order of the list;
// the best is 1. Up to a thousand units it is exact; beyond, the error is
// below one rank in 3000.
func ExpectedRanks(items []Item) []float64 {
	units := unitsOf(items)
	starts := startsOf(units)
	out := make([]float64, len(items))
	for i := range units {
		for p, place := range units[i].members {
			out[place] = starts[i] + float64(p)
		}
	}
	return out
}

// startsOf gives the expected place at which each unit begins.
func startsOf(units []unit) []float64 {
	if len(units) <= maxExact {
		return exactStarts(units)
	}
	return newField(units).starts(units)
}

// exactStarts gives the expected place at which each unit begins:
// 1 + Σ size·P(the other is above).
func exactStarts(units []unit) []float64 {
	out := make([]float64, len(units))
	for i := range units {
		out[i]++
		a := Item{Mu: units[i].mu, Sigma: units[i].sigma}
		for j := range i {
			p := Above(a, Item{Mu: units[j].mu, Sigma: units[j].sigma})
			out[i] += (1 - p) * units[j].size()
			out[j] += p * units[i].size()
		}
	}
	return out
}

// starts is exactStarts from afar. Each unit was counted half above itself.
func (f *field) starts(units []unit) []float64 {
	levels := make([][]float64, len(f.levels))
	for l, sigma := range f.levels {
		levels[l] = f.above(f.whole, sigma)
	}
	sharp := f.above(f.mixture, 0)
	out := make([]float64, len(units))
	for i := range units {
		u, at := &units[i], f.at[i]
		if certain(u) {
			above, level := f.ladder.over(at)
			out[i] = above + level/2 + read(sharp, at)
		} else {
			l, upper := f.level(u.sigma)
			out[i] = (1-upper)*read(levels[l], at) + upper*read(levels[min(l+1, len(levels)-1)], at)
		}
		out[i] += 1 - u.size()/2
	}
	return out
}
