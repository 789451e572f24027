package prioritize

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"stackrank/internal/work"
)

// nameStakeholders is the criterion that people with scores of their own make
// together.
const nameStakeholders = "stakeholders"

// Stakeholder is a person who rates items on a scale of his own.
type Stakeholder struct {
	Name   string      `yaml:"name" json:"name"`     // as reports show it
	Weight float64     `yaml:"weight" json:"weight"` // what the voice counts, ≥ 0; 0: it is shown and counts for nothing
	Signal work.Signal `yaml:"signal" json:"signal"` // the signal that holds the person's scores
}

// pseudoVotes is the weight of the neutral vote that every item gets beside those
// of its raters, so that one person's enthusiasm counts less than that of many.
const pseudoVotes = 1

// voice is one stakeholder, ready for use.
type voice struct {
	signal work.Signal
	weight float64
	scale  scale
}

// panel is everybody whose scores make one criterion, by signal.
type panel []voice

// newPanel gives the panel of a policy; nil where it names nobody.
func newPanel(s Settings) panel {
	var p panel
	for _, who := range s.Stakeholders {
		p = append(p, voice{signal: who.Signal, weight: who.Weight, scale: newScale(s.Anchors[string(who.Signal)].Quantiles)})
	}
	slices.SortFunc(p, func(a, b voice) int { return cmp.Compare(a.signal, b.signal) })
	return p
}

// judge reads what the panel says of a group, or else of the nearest parent that
// anybody rated.
func (p panel) judge(g work.Group) finding {
	if share, ok := p.share(func(s work.Signal) (float64, bool) { return firstKnown(g, s) }); ok {
		return finding{known: true, figure: 10 * share, share: share}
	}
	for _, above := range g.Above {
		if share, ok := p.share(func(s work.Signal) (float64, bool) { return known(above, s) }); ok {
			return finding{from: above.Ref, figure: 10 * share, share: share}
		}
	}
	return finding{}
}

// share gives (Σ ω·q + ½)/(Σ ω + 1) over those who rated, q being the percentile
// of a score on its person's own scale: Borda's count with one neutral vote. It
// is not known where nobody with a weight did.
func (p panel) share(score func(work.Signal) (float64, bool)) (share float64, known bool) {
	sum, weight := 0.5*pseudoVotes, 0.0
	for _, v := range p {
		if x, ok := score(v.signal); ok && v.weight > 0 {
			sum += v.weight * v.scale.of(x)
			weight += v.weight
		}
	}
	return sum / (weight + pseudoVotes), weight > 0
}

// reserved are signals that cannot be a person's score: each has a meaning of
// its own.
var reserved = []work.Signal{
	nameEffort, nameDue, nameTotal, nameDemand, work.Priority, work.Votes, work.Watchers, work.Comments, work.Repeats, work.Progress, work.Breached,
}

func (s Settings) validateStakeholders(p *problems, f formula) {
	if len(s.Stakeholders) == 0 {
		return
	}
	if _, ok := s.Value[nameStakeholders]; !f.weights {
		p.add("stakeholders", "model %s reads no weights, so nobody would be heard; take them out", s.Model)
	} else if !ok {
		p.add("stakeholders", "their scores make the criterion %s, which value does not weigh", nameStakeholders)
	}
	if a := s.Anchors[nameStakeholders]; a.Curve != "" && a.Curve != CurveScore {
		p.add("anchors."+nameStakeholders+".curve", "%q: people who rate have scales of their own; take it out", a.Curve)
	}
	sum := 0.0
	for i, who := range s.Stakeholders {
		key := fmt.Sprintf("stakeholders[%d]", i)
		before := s.Stakeholders[:i]
		switch {
		case strings.TrimSpace(who.Name) == "":
			p.add(key+".name", "missing")
		case slices.ContainsFunc(before, func(o Stakeholder) bool { return o.Name == who.Name }):
			p.add(key+".name", "%q is there twice", who.Name)
		}
		if !(who.Weight >= 0) || math.IsInf(who.Weight, 1) {
			p.add(key+".weight", "%v: want a weight of at least 0", who.Weight)
		}
		sum += who.Weight
		s.validateVoice(p, key+".signal", who.Signal, before)
	}
	if sum == 0 {
		p.add("stakeholders", "want at least one with a weight above 0")
	}
}

func (s Settings) validateVoice(p *problems, key string, signal work.Signal, before []Stakeholder) {
	_, criterion := s.Value[string(signal)]
	switch {
	case signal == "":
		p.add(key, "missing: want the signal that holds the person's scores")
	case slices.Contains(reserved, signal):
		p.add(key, "%q is no person's score; choose another name for the signal", signal)
	case criterion && signal != nameStakeholders:
		p.add(key, "%q weighs in value by itself already and would count twice", signal)
	case slices.ContainsFunc(before, func(o Stakeholder) bool { return o.Signal == signal }):
		p.add(key, "%q is the signal of another already", signal)
	}
}

// isVoice reports whether a signal holds the scores of a stakeholder.
func (s Settings) isVoice(signal string) bool {
	return slices.ContainsFunc(s.Stakeholders, func(o Stakeholder) bool { return string(o.Signal) == signal })
}

// maxQuantiles bounds what a file may hold of one person: one for each percent.
const maxQuantiles = 101

// quantiles notes quantiles that make no scale.
func (p *problems) quantiles(key string, q []float64) {
	switch {
	case q == nil:
	case len(q) < 2 || len(q) > maxQuantiles:
		p.add(key, "%d figures: want 2 to %d, from the least score to the greatest", len(q), maxQuantiles)
	case !slices.IsSorted(q):
		p.add(key, "want figures that never fall, from the least score to the greatest")
	case !(q[0] >= 0 && q[len(q)-1] <= maxFigure):
		p.add(key, "want scores from 0 to %v", maxFigure)
	}
}
