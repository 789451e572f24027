package prioritize

// Basis says how much of an order rests on one criterion, on the effort
// ("effort") or on due dates ("due").
type Basis struct {
	Criterion string
	Known     float64 // share of the groups that hold a figure, 0…1
	Inherited float64 // share of those without for which a parent's figure stands, 0…1 of all
	Zero      float64 // share of the groups that hold the figure zero, 0…1
	Distinct  int     // different figures among them, those of parents too
}

// Basis gives the coverage of each criterion, the heaviest first, then of
// effort and due dates; nothing for an empty ranking.
func (r Ranking) Basis() []Basis {
	if len(r.Ranked) == 0 {
		return nil
	}
	var out []Basis
	for i, p := range r.Ranked[0].Score.Parts {
		out = append(out, r.basis(p.Criterion, func(s *Score) (float64, origin) {
			switch p := &s.Parts[i]; {
			case p.Known:
				return p.Figure, own
			case !p.From.IsZero():
				return p.Figure, inherited
			}
			return 0, nowhere
		}))
	}
	return append(out,
		r.basis(nameEffort, func(s *Score) (float64, origin) { return s.Points, ownIf(s.EffortKnown) }),
		r.basis(nameDue, func(s *Score) (float64, origin) { return float64(s.Due.Unix()), ownIf(!s.Due.IsZero()) }),
	)
}

// origin says where a figure comes from.
type origin int

const (
	nowhere origin = iota
	own
	inherited
	origins
)

func ownIf(known bool) origin {
	if known {
		return own
	}
	return nowhere
}

func (r Ranking) basis(name string, figure func(*Score) (float64, origin)) Basis {
	seen := map[float64]bool{}
	var count [origins]int
	zero := 0
	for i := range r.Ranked {
		x, from := figure(&r.Ranked[i].Score)
		count[from]++
		if from == nowhere {
			continue
		}
		seen[x] = true
		if from == own && x == 0 {
			zero++
		}
	}
	of := func(n int) float64 { return float64(n) / float64(len(r.Ranked)) }
	return Basis{Criterion: name, Known: of(count[own]), Inherited: of(count[inherited]), Zero: of(zero), Distinct: len(seen)}
}
