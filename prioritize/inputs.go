package prioritize

import (
	"math"

	"stackrank/internal/work"
)

// Input is one criterion as an item feeds it: what would have to change on the
// item for the criterion to say something else.
type Input struct {
	Criterion string
	Curve     Curve         // the scale of the figure
	Signals   []work.Signal // whose figures it adds up, those that weigh most first
}

// Inputs lists the criteria that the policy reads, the heaviest first; nothing
// for a model that does not tell. Effort and due dates are no criteria.
func (e *Engine) Inputs() []Input {
	m, ok := e.model.(interface{ inputs() []criterion })
	if !ok {
		return nil
	}
	var out []Input
	for _, c := range m.inputs() {
		in := Input{Criterion: c.name, Curve: c.curve}
		most := 0.0
		for _, f := range c.feeds {
			most = math.Max(most, f.worth)
		}
		for _, f := range c.feeds {
			if f.worth == most {
				in.Signals = append(in.Signals, f.signal)
			}
		}
		out = append(out, in)
	}
	return out
}

// inputs gives the criteria of the policy.
func (a appraisal) inputs() []criterion { return a.criteria }

// inputs gives those of the model within the tiers.
func (m moscow) inputs() []criterion {
	if in, ok := m.inside.(interface{ inputs() []criterion }); ok {
		return in.inputs()
	}
	return nil
}

// Counts reports whether a curve is one of evidence that adds up and ages, such
// as votes; the figures of all others are judgements.
func (c Curve) Counts() bool { return c.counts() }
