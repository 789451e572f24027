package report

import (
	"cmp"
	"math"
	"slices"
	"time"

	"stackrank/internal/cycle"
	"stackrank/internal/plan"
	"stackrank/internal/work"
)

// New puts a round into the form that is printed. Days are those of the
// location of the round's time.
func New(r cycle.Round) Document {
	d := Document{
		Version: Version, At: r.At.UTC(), Timezone: zoneOf(r.At), Backlog: r.Backlog,
		Policy:   Policy{Model: r.Policy.Model, Digest: r.PolicyDigest, Hysteresis: r.Policy.Hysteresis},
		Sources:  sourcesOf(r),
		Items:    make([]Item, 0, len(r.Placed)),
		Basis:    make([]Basis, 0),
		Findings: findingsOf(r.Findings),
		Brakes:   make([]Brake, 0, len(r.Brakes)),
		Plan:     r.Plan, Carried: round(r.Carried, 4), Carries: r.Carries, Alike: ties(r.Ranking), Level: r.Ranking.Level(), Certificate: certificate(r),
		Assumed: r.Assumed,
	}
	was, links := former(r.Placed), webOf(r)
	for i, p := range r.Placed {
		d.Items = append(d.Items, item(p, was[i], r.At, links))
	}
	for _, b := range r.Ranking.Basis() {
		d.Basis = append(d.Basis, Basis{
			Criterion: b.Criterion, Known: round(b.Known, 4), Inherited: round(b.Inherited, 4), Zero: round(b.Zero, 4), Faded: round(fadedShare(r.Ranking, b.Criterion), 4), Distinct: b.Distinct,
		})
	}
	d.Findings = append(d.Findings, links.knots(r)...)
	d.Findings = append(d.Findings, links.aboveBlockers(d.Items)...)
	d.Findings = append(d.Findings, passedOver(r)...)
	d.Findings = append(d.Findings, overrides(r)...)
	for _, b := range r.Brakes {
		d.Brakes = append(d.Brakes, Brake{Code: b.Code, Message: b.Message})
	}
	d.hear(r)
	d.advise(r)
	if r.Results != nil {
		d.Written = written(r.Results, r.Plan.Counts.Moved)
	}
	return d
}

func sourcesOf(r cycle.Round) []Source {
	out := make([]Source, len(r.Sources))
	for i, s := range r.Sources {
		out[i] = Source{Name: s.Name, Site: s.Site, Items: len(s.Snapshot.Items), Order: r.Rules.To[s.Name].Order}
	}
	return out
}

func findingsOf(found []work.Finding) []Finding {
	out := make([]Finding, len(found))
	for i, f := range found {
		out[i] = Finding{Ref: f.Ref, Source: f.Source, Code: f.Code, Level: f.Level.String(), Message: f.Message, Fix: f.Fix}
	}
	return out
}

// zoneOf names the zone of a time; one without a name that others know is UTC.
func zoneOf(t time.Time) string {
	if name := t.Location().String(); name != "Local" {
		return name
	}
	return time.UTC.String()
}

func item(p plan.Placed, was int, at time.Time, links web) Item {
	name, s := p.Ranked.Group.Items[0], p.Ranked.Score
	it := Item{
		Place: p.Place, Was: was, Ref: name.Ref, Key: name.Key, Title: name.Title, URL: name.URL, Source: name.Ref.Source,
		Lane: name.LaneName, Score: round(p.Ranked.Total, 1), Urgency: round(s.Urgency, 2), Effort: round(s.Effort, 2),
		Value: round(s.Value, 4), Tier: p.Tier, Confidence: round(s.Confidence, 2), Pinned: p.Pinned, Held: string(p.Held), thin: p.Thin, Class: string(s.Class),
		Parts: make([]Part, 0, len(s.Parts)), BlockedBy: blockers(p.Ranked.Group), Also: []work.Ref{},
		Reasons: reasons(p, at, links), Lent: round(p.Ranked.Lent, 4),
	}
	for _, part := range s.Parts {
		it.Parts = append(it.Parts, Part{Criterion: part.Criterion, Known: part.Known, Share: round(part.Share, 4), Points: round(part.Points, 4), From: part.From})
	}
	for _, mirror := range p.Ranked.Group.Items[1:] {
		it.Also = append(it.Also, mirror.Ref)
	}
	if !s.Due.IsZero() {
		it.Due = dueDay(s, at).Format(time.DateOnly)
	}
	return it
}

// blockers gives what is known to go first and is not done, each once.
func blockers(g work.Group) []work.Ref {
	out := []work.Ref{}
	for _, it := range g.Items {
		for _, l := range it.Links {
			if l.Kind == work.BlockedBy && l.Open && !l.To.IsZero() && !slices.Contains(out, l.To) {
				out = append(out, l.To)
			}
		}
	}
	slices.SortFunc(out, work.Ref.Compare)
	return out
}

// reasons gives the sentences about an item, the one that explains its place
// first: where score and place differ, that is what people ask about.
func reasons(p plan.Placed, at time.Time, links web) []string {
	out := make([]string, 0, 3)
	if p.Reason != "" {
		out = append(out, p.Reason)
	}
	if s := links.said(p); s != "" {
		out = append(out, s)
	}
	return append(out, Sentence(p.Ranked.Score, at))
}

func round(f float64, digits int) float64 {
	p := math.Pow10(digits)
	return math.Round(f*p)/p + 0 // + 0 turns -0 into 0
}

// former gives for each placed item the place that it had: each lane's places
// in the joint order, handed out in the lane's native order.
func former(placed []plan.Placed) []int {
	type lane struct{ source, id string }
	members := map[lane][]int{}
	for i, p := range placed {
		if it := p.Ranked.Group.Items[0]; !it.Subtask {
			k := lane{it.Ref.Source, it.Lane}
			members[k] = append(members[k], i)
		}
	}
	was := make([]int, len(placed))
	for _, slots := range members {
		native := slices.Clone(slots)
		slices.SortFunc(native, func(a, b int) int {
			x, y := placed[a].Ranked.Group.Items[0], placed[b].Ranked.Group.Items[0]
			return cmp.Or(cmp.Compare(x.Native, y.Native), x.Ref.Compare(y.Ref))
		})
		for k, i := range native {
			was[i] = placed[slots[k]].Place
		}
	}
	return was
}

// written sums up the results of a plan, of which the first are those of its moves.
func written(results []work.Result, moves int) *Written {
	w := &Written{Failed: []Failed{}}
	for i, r := range results {
		switch {
		case r.Err != nil:
			w.Failed = append(w.Failed, Failed{Ref: r.Ref, Error: r.Err.Error()})
		case i < moves:
			w.Moved++
		default:
			w.Edited++
		}
	}
	w.Done = w.Moved + w.Edited
	return w
}
