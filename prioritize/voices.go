package prioritize

import (
	"cmp"
	"slices"

	"stackrank/internal/work"
)

// FarApart is the disagreement above which the stakeholders should talk about an
// item: in the mean a quarter of the whole scale lies between a voice and the
// middle one.
const FarApart = 0.25

// Voices is what the stakeholders of a policy say, each by himself.
type Voices struct {
	People  []Person    // in the order of the policy
	Rated   []Opinions  // the items that somebody rated, in the places of the ranking
	Concord Concordance // how far they agree as a whole
}

// Person is one stakeholder and the order that he alone would have.
type Person struct {
	Stakeholder
	Scaled   bool       // the scores are held against the person's own quantiles, not against 0…10
	Distinct int        // different scores that the person gave
	Greatest float64    // the greatest of them
	Order    []work.Ref // what the person rated, best first; equal scores as they stand in the ranking
	Pairs    int        // pairs of items that the person tells apart
	Same     float64    // share of these that stand in the ranking as the person has them, 0…1; 0 where there are none
}

// Opinions is what was said of one item itself; what was said of its parents is
// no part of it.
type Opinions struct {
	Ref          work.Ref
	Said         []Opinion // the highest share first, equal ones in the order of the policy
	Disagreement float64   // 0…½: mean distance of the shares from their median, both by weight
}

// Opinion is the score that one person gave.
type Opinion struct {
	Person int     // index in Voices.People
	Score  float64 // as given
	Share  float64 // percentile on the person's own scale, 0…1
}

// Hear gathers what the stakeholders of a policy say of a ranking; nothing where
// the policy names none.
func Hear(s Settings, r Ranking) Voices {
	v := Voices{People: make([]Person, len(s.Stakeholders))}
	voices := make([]voice, len(s.Stakeholders))
	for i, who := range s.Stakeholders {
		q := s.Anchors[string(who.Signal)].Quantiles
		v.People[i] = Person{Stakeholder: who, Scaled: q != nil}
		voices[i] = voice{signal: who.Signal, weight: who.Weight, scale: newScale(q)}
	}
	for i := range r.Ranked {
		g := r.Ranked[i].Group
		o := Opinions{Ref: g.Ref()}
		for who, voice := range voices {
			if x, ok := firstKnown(g, voice.signal); ok {
				o.Said = append(o.Said, Opinion{Person: who, Score: x, Share: voice.scale.of(x)})
			}
		}
		if o.Said == nil {
			continue
		}
		o.Disagreement = disagreement(o.Said, voices)
		slices.SortStableFunc(o.Said, func(a, b Opinion) int { return cmp.Compare(b.Share, a.Share) })
		v.Rated = append(v.Rated, o)
	}
	for i := range v.People {
		v.listen(i)
	}
	v.Concord = concordance(v.table())
	return v
}

// listen fills in what follows from the scores of one person.
func (v *Voices) listen(person int) {
	p := &v.People[person]
	var said []Opinions // with the person's own opinion alone
	for _, o := range v.Rated {
		if i := slices.IndexFunc(o.Said, func(x Opinion) bool { return x.Person == person }); i >= 0 {
			said = append(said, Opinions{Ref: o.Ref, Said: o.Said[i : i+1]})
		}
	}
	scores := make([]float64, len(said))
	for i, o := range said {
		scores[i] = o.Said[0].Score
		p.Greatest = max(p.Greatest, scores[i])
	}
	levels := slices.Compact(slices.Sorted(slices.Values(scores)))
	p.Distinct = len(levels)
	p.Same, p.Pairs = sameWay(scores)
	slices.SortStableFunc(said, func(a, b Opinions) int { return cmp.Compare(b.Said[0].Score, a.Said[0].Score) })
	for _, o := range said {
		p.Order = append(p.Order, o.Ref)
	}
}

// table gives what each person said of each item that somebody rated. People who
// count for nothing are left out.
func (v *Voices) table() [][]rating {
	var out [][]rating
	for i := range v.People {
		if v.People[i].Weight == 0 {
			continue
		}
		row := make([]rating, len(v.Rated))
		for k, o := range v.Rated {
			if j := slices.IndexFunc(o.Said, func(x Opinion) bool { return x.Person == i }); j >= 0 {
				row[k] = rating{score: o.Said[j].Score, given: true}
			}
		}
		out = append(out, row)
	}
	return out
}

// disagreement is Σ ω·|q − median| / Σ ω. The median is that of the weights, which
// makes the sum as small as it can be.
func disagreement(said []Opinion, voices []voice) float64 {
	middle := median(said, voices)
	sum, weight := 0.0, 0.0
	for _, o := range said {
		w := voices[o.Person].weight
		sum += w * max(o.Share-middle, middle-o.Share)
		weight += w
	}
	if weight == 0 {
		return 0
	}
	return sum / weight
}

// median gives the share at which half of the weight lies on either side; 0 where
// nobody has a weight.
func median(said []Opinion, voices []voice) float64 {
	byShare := slices.SortedFunc(slices.Values(said), func(a, b Opinion) int { return cmp.Compare(a.Share, b.Share) })
	half := 0.0
	for _, o := range byShare {
		half += voices[o.Person].weight / 2
	}
	below := 0.0
	for _, o := range byShare {
		if below += voices[o.Person].weight; below >= half && below > 0 {
			return o.Share
		}
	}
	return 0
}
