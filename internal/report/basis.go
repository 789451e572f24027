package report

import (
	"fmt"
	"slices"

	"stackrank/internal/work"
	"stackrank/prioritize"
)

// leastShare is what a criterion must hold of its scale to show in a score: less
// is under 0.05 of 100 points even where the criterion has all the weight.
const leastShare = 0.0005

// note says in words what a criterion can tell.
func (b Basis) note() string {
	if b.Known+b.Inherited == 0 {
		return "says nothing here"
	}
	note := plural(b.Distinct, "different value")
	switch {
	case b.Faded > 0 && b.Faded+b.Zero > b.Known-0.0005:
		note += ", all too old to count"
	case b.Distinct == 1 && b.Known+b.Inherited > 0.9995:
		note += ": tells nothing apart"
	case b.Faded >= 0.5:
		note += ", too old to count for " + percent(b.Faded)
	case b.Inherited >= 0.05: // less is no news
		note += ", " + percent(b.Inherited) + " from parents"
	case b.Zero >= 0.5:
		note += ", zero for " + percent(b.Zero)
	}
	return note
}

// fadedShare gives the share of the items, 0…1, whose evidence of a criterion is
// there and has lost its worth by age.
func fadedShare(r prioritize.Ranking, criterion string) float64 {
	n := 0
	for i := range r.Ranked {
		if p, ok := part(r.Ranked[i].Score, criterion); ok && faded(r.Ranked[i].Score, p) {
			n++
		}
	}
	return float64(n) / float64(max(len(r.Ranked), 1))
}

// faded reports whether nothing is left of the evidence for a part. Judgements
// have no evidence and do not age.
func faded(s prioritize.Score, p prioritize.Part) bool {
	return p.Share < leastShare && slices.ContainsFunc(s.Evidence, func(t prioritize.Tally) bool {
		return t.Amount > 0 && feeds(t.Signal, p.Criterion)
	})
}

// feeds reports whether a criterion counts a signal. Demand is made of several;
// any other criterion counts the signal of its own name.
func feeds(signal work.Signal, criterion string) bool {
	return string(signal) == criterion ||
		criterion == "demand" && slices.Contains([]work.Signal{work.Votes, work.Watchers, work.Comments, work.Repeats}, signal)
}

// remarks says about the order as a whole what a person must know to trust it.
func (d Document) remarks() []string {
	var out []string
	if !d.Carries {
		out = append(out, fmt.Sprintf("The evidence does not carry an order: %s of the neighbours are surely in the right one.", percent(d.Carried)))
	}
	if pairs := len(d.Items) - 1; pairs > 0 && 2*d.Alike > pairs {
		out = append(out, d.tied(pairs))
	}
	return append(append(out, d.certified()...), d.Assumed...)
}

// tied says how many neighbours print the same score, and what orders them.
func (d Document) tied(pairs int) string {
	whose := "the tracker's order"
	if len(d.Sources) > 1 {
		whose = "the trackers' order"
	}
	said := fmt.Sprintf("%s of %s neighbours score the same", work.Thousands(float64(d.Alike)), work.Thousands(float64(pairs)))
	if d.Level == d.Alike {
		return said + "; they keep " + whose + "."
	}
	return said + fmt.Sprintf(" to the digit shown; %s of these exactly, and they keep %s.", work.Thousands(float64(d.Level)), whose)
}

// ties counts the neighbours that have the same score as it is printed and are
// not linked into one block.
func ties(r prioritize.Ranking) int {
	n := 0
	for i := 1; i < len(r.Ranked); i++ {
		if r.Ranked[i-1].Block != r.Ranked[i].Block && round(r.Ranked[i-1].Total, 1) == round(r.Ranked[i].Total, 1) {
			n++
		}
	}
	return n
}
