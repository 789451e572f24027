package prioritize

import (
	"stackrank/internal/work"
)

// Input is one figure of an item that the policy reads: what would have to
// change on the item for the score to say something else.
type Input struct {
	Criterion string
	Curve     Curve         // the scale of the figure, where Steps is empty
	Signals   []work.Signal // whose figures it adds up, those that weigh most
	Steps     []float64     // the figures that people choose from, ascending; nil: the curve tells
	Falls     bool          // a lower figure stands higher
}

// Inputs lists the figures that the policy reads: what the model reads by name,
// then the criteria, the heaviest first. Effort and due dates are left out.
func (e *Engine) Inputs() []Input {
	var out []Input
	if m, ok := e.model.(interface{ named() []Input }); ok {
		out = m.named()
	}
	m, ok := e.model.(interface{ inputs() []criterion })
	if !ok {
		return out
	}
	for _, c := range m.inputs() {
		if c.panel != nil {
			out = append(out, c.panel.inputs(c.name)...)
			continue
		}
		out = append(out, Input{Criterion: c.name, Curve: c.curve, Signals: c.asked()})
	}
	return out
}

// asked gives the signals of which one piece is worth the most. Duplicates are
// found and not asked for: they count here only where nothing else does.
func (c *criterion) asked() []work.Signal {
	var out []work.Signal
	most := 0.0
	for _, f := range c.feeds {
		if f.signal == work.Repeats && len(c.feeds) > 1 {
			continue
		}
		switch {
		case f.worth > most:
			out, most = []work.Signal{f.signal}, f.worth
		case f.worth == most:
			out = append(out, f.signal)
		}
	}
	return out
}

// inputs gives the scores of everybody who counts, each a figure of its own.
func (p panel) inputs(criterion string) []Input {
	var out []Input
	for _, v := range p {
		if v.weight > 0 {
			out = append(out, Input{Criterion: criterion, Curve: CurveScore, Signals: []work.Signal{v.signal}})
		}
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

// sizes are the steps of SAFe's relative scales, tens those of ICE, trusts those
// of RICE's confidence.
var (
	sizes  = []float64{1, 2, 3, 5, 8, 13, 20}
	tens   = []float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}
	trusts = []float64{0.5, 0.8, 1}
)

func stepped(s work.Signal, steps []float64) Input {
	return Input{Criterion: string(s), Signals: []work.Signal{s}, Steps: steps}
}

func (m wsjf) named() []Input {
	size := stepped(signalSize, sizes)
	size.Falls = true
	return []Input{stepped(signalBusinessValue, sizes), stepped(signalTimeCriticality, sizes), stepped(signalRiskReduction, sizes), size}
}

func (m rice) named() []Input {
	reach := Input{Criterion: string(signalReach), Signals: []work.Signal{signalReach}, Curve: CurveMoney}
	return []Input{reach, stepped(signalImpact, impacts), stepped(signalConfidence, trusts)}
}

func (m ice) named() []Input {
	return []Input{stepped(signalImpact, tens), stepped(signalConfidence, tens), stepped(signalEase, tens)}
}

func (m cd3) named() []Input {
	return []Input{{Criterion: string(signalCostOfDelay), Signals: []work.Signal{signalCostOfDelay}, Curve: CurveMoney}}
}

func (m taskwarrior) named() []Input {
	return []Input{{Criterion: string(work.Priority), Signals: []work.Signal{work.Priority}, Curve: CurveOrdinal}}
}

func (m moscow) named() []Input {
	tier := stepped(signalMoSCoW, []float64{must, should, could, wont})
	tier.Falls = true
	out := []Input{tier}
	if in, ok := m.inside.(interface{ named() []Input }); ok {
		out = append(out, in.named()...)
	}
	return out
}

// Counts reports whether a curve is one of evidence that adds up and ages, such
// as votes; the figures of all others are judgements.
func (c Curve) Counts() bool { return c.counts() }
