package prioritize

// Basis says how much of an order rests on one criterion, on the effort
// ("effort") or on due dates ("due").
type Basis struct {
	Criterion string
	Known     float64 // share of the groups that hold a figure, 0…1
	Distinct  int     // different figures among them
}

// Basis gives the coverage of each criterion, the heaviest first, then of
// effort and due dates; nothing for an empty ranking.
func (r Ranking) Basis() []Basis {
	if len(r) == 0 {
		return nil
	}
	var out []Basis
	for i, p := range r[0].Score.Parts {
		out = append(out, r.basis(p.Criterion, func(s *Score) (float64, bool) {
			return s.Parts[i].Figure, s.Parts[i].Known
		}))
	}
	return append(out,
		r.basis(nameEffort, func(s *Score) (float64, bool) { return s.Points, s.EffortKnown }),
		r.basis(nameDue, func(s *Score) (float64, bool) { return float64(s.Due.Unix()), !s.Due.IsZero() }),
	)
}

func (r Ranking) basis(name string, figure func(*Score) (float64, bool)) Basis {
	seen := map[float64]bool{}
	known := 0
	for i := range r {
		if x, ok := figure(&r[i].Score); ok {
			known++
			seen[x] = true
		}
	}
	return Basis{Criterion: name, Known: float64(known) / float64(len(r)), Distinct: len(seen)}
}
