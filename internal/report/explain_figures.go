package report

import (
	"slices"
	"strings"

	"stackrank/internal/work"
	"stackrank/prioritize"
)

// figures gives the parts of a score with the figures as the tracker has them.
func (e teller) figures(x int) []Figure {
	s := e.ranked(x).Score
	inputs := e.b.Inputs()
	out := make([]Figure, 0, len(s.Parts))
	for _, p := range s.Parts {
		f := Figure{
			Criterion: p.Criterion, Known: p.Known, Weight: round(p.Weight, 4), Share: round(p.Share, 4), Points: round(p.Points, 4),
		}
		if p.Known || !p.From.IsZero() {
			f.Figure = round(p.Figure, 4)
		}
		i := slices.IndexFunc(inputs, func(in prioritize.Input) bool { return in.Criterion == p.Criterion })
		var in prioritize.Input
		if i >= 0 {
			in = inputs[i]
		}
		f.Said = asFound(s, p, in)
		out = append(out, f)
	}
	return out
}

// asFound words a figure in the unit of the tracker.
func asFound(s prioritize.Score, p prioritize.Part, in prioritize.Input) string {
	said := decimals(p.Figure)
	switch {
	case in.Steps != nil:
		if words := stepWords[in.Signals[0]]; int(p.Figure) < len(words) {
			said = words[int(p.Figure)]
		}
	case in.Curve == prioritize.CurveMoney:
		said = work.Thousands(p.Figure)
	case in.Curve == prioritize.CurveScore:
		said += " of 10"
	case in.Curve == prioritize.CurveOrdinal:
		said = levelWord(p.Figure)
	case in.Curve.Counts():
		return tallied(s, p)
	}
	switch {
	case p.Known:
		return said
	case !p.From.IsZero():
		return said + " of its parent"
	}
	return "not known"
}

// tallied names the evidence of a count: "14 comments, 2 votes".
func tallied(s prioritize.Score, p prioritize.Part) string {
	var said []string
	for _, t := range s.Evidence {
		if t.Amount == 0 || !feeds(t.Signal, p.Criterion) {
			continue
		}
		noun := pieces[t.Signal]
		n := work.Thousands(t.Amount)
		said = append(said, strings.TrimSpace(n+" "+choose(n == "1", noun[0], noun[1])))
	}
	if len(said) == 0 {
		return "none"
	}
	return listed(said)
}

// counted says why an item weighs or takes another in the order than it does
// alone; nothing where it does not.
func counted(r *prioritize.Ranked) string {
	switch {
	case r.Delay == r.Score.Delay && r.Work == r.Score.Work:
		return ""
	case r.Delay == 0 && r.Work == 0:
		return "It weighs nothing of its own in the order and stands with what it belongs to."
	case r.Group.Items[0].Subtask && r.Work == r.Score.Work:
		return "As a sub-task it weighs what is known of itself."
	}
	own := "As a parent it weighs what its parts did not take over, and takes "
	return own + choose(r.Work > 0, "what they leave of its estimate.", "no work beside theirs.")
}

// estimate words the estimate of an item.
func estimate(s prioritize.Score) string {
	switch {
	case !s.EffortKnown:
		return "not estimated"
	case s.Points == 1:
		return "1 point"
	}
	return decimals(s.Points) + " points"
}

// waits gives the open work that goes before the item.
func (e teller) waits(x int) []Named {
	out := []Named{}
	for _, ref := range e.item(x).BlockedBy {
		out = append(out, e.named(x, ref))
	}
	return out
}

// named names what item x is linked with; the links tell the key of what is not
// in the backlog.
func (e teller) named(x int, ref work.Ref) Named {
	if i, ok := e.place[ref]; ok {
		return Named{Ref: ref, Key: e.d.Items[i].Key, Place: e.d.Items[i].Place}
	}
	for _, it := range e.ranked(x).Group.Items {
		for _, l := range it.Links {
			if l.To == ref && l.Key != "" {
				return Named{Ref: ref, Key: l.Key}
			}
		}
	}
	return Named{Ref: ref, Key: ref.String()}
}
