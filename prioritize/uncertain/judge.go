package uncertain

// What Judge does where Options leave it open, and where its verdicts turn.
const (
	DefaultDraws = 400  // ±2.5 points for a probability
	surely       = 0.95 // and 1 − surely: hardly
)

// Options says what Judge looks at. Equal options and items give equal results.
type Options struct {
	Top   int    // the first places that matter; below 1: none
	Draws int    // of the simulation, ≥ 0; 0: DefaultDraws
	Seed  uint64 // another seed, other draws
}

// Band is where a rank lies: as good as Best or better with 5 %, Middle with
// 50 %, Worst with 95 %.
type Band struct{ Best, Middle, Worst int }

// Standing is what can be said about the rank of one item, beside what
// ExpectedRanks tells.
type Standing struct {
	Key  string
	Top  float64 // probability to be among the first Options.Top
	Band Band
}

// Verdict says whether an item is among the first.
type Verdict int

// The verdicts.
const (
	Out       Verdict = iota // with a probability of at most 5 %
	Contested                // between
	Sure                     // with at least 95 %
)

// Verdict judges the probability to be among the first.
func (s Standing) Verdict() Verdict {
	switch {
	case s.Top >= surely:
		return Sure
	case s.Top <= 1-surely:
		return Out
	}
	return Contested
}

// Outlook is what can be said about an order.
type Outlook struct {
	Draws     int        // simulated orders; 0: Top and Band come from closed forms
	Standings []Standing // in the order of the list
}

// Count gives how many items have the verdict.
func (o Outlook) Count(v Verdict) int {
	n := 0
	for _, s := range o.Standings {
		if s.Verdict() == v {
			n++
		}
	}
	return n
}

// Judge says where each item may stand. Up to 20 000 items it simulates the order;
// beyond, where so many errors even out, it uses closed forms. The chances of a
// simulation add up to Top, those of the closed forms nearly so. The result does
// not depend on the order of the list, apart from the order within a block; an
// item that is added changes nobody's draws.
func Judge(items []Item, o Options) Outlook {
	if o.Draws < 1 {
		o.Draws = DefaultDraws
	}
	units := unitsOf(items)
	if len(items) > maxSimulated {
		return Outlook{Standings: fromAfar(items, units, o.Top)}
	}
	s := simulate(units, o.Draws, o.Seed)
	out := make([]Standing, len(items))
	for i := range units {
		best, middle, worst := s.quantile(i, 1-surely), s.quantile(i, 0.5), s.quantile(i, surely)
		for p, place := range units[i].members {
			out[place] = Standing{
				Key:  items[place].Key,
				Top:  s.first(i, o.Top-p),
				Band: Band{best + p, middle + p, worst + p},
			}
		}
	}
	return Outlook{o.Draws, out}
}
