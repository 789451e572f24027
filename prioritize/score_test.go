package prioritize

import (
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"stackrank/internal/work"
)

// TestAWorkedExample follows one item by hand.
func TestAWorkedExample(t *testing.T) {
	g := work.Group{Items: []work.Item{{
		Ref: work.Ref{Source: "s", ID: "1"}, Created: ago(90), Due: ago(-12),
		Signals: work.Signals{work.Priority: 0.75, "stakeholders": 8, "revenue": 200000, work.Votes: 3, work.Watchers: 4, work.Comments: 2, work.Effort: 1},
		Events:  []work.Event{{Signal: work.Comments, At: noon, Amount: 1}},
	}}}
	e := engineOf(t, nil)
	s := e.Score(g, noon)

	// Demand: the report, 3 votes, 4 watchers at a quarter and one comment, all a
	// half-life old, and a comment of now: 0.5·(1+3+1+1)+1 = 4 of 4+3.
	demand := 100 * 0.25 * 4 / 7
	value := 100*0.30*0.8 + 100*0.25*0.75 + demand + 100*0.20
	slack := 12 - 1.5*1.5
	urgency := 1 + 2*(1-slack/21)
	ratio := value * urgency / 1.5
	for _, tt := range []struct {
		name      string
		got, want float64
	}{
		{"value", s.Value, value}, {"slack", s.Slack, slack}, {"urgency", s.Urgency, urgency},
		{"effort", s.Effort, 1.5}, {"ratio", s.Ratio, ratio}, {"total", e.model.total(s.Ratio, s.Band), 100 * ratio / (ratio + 25)},
		{"confidence", s.Confidence, 1}, {"sigma", s.Sigma, 0}, {"overdue", s.Overdue, 0},
	} {
		if !near(tt.got, tt.want) {
			t.Errorf("%s = %v, want %v", tt.name, tt.got, tt.want)
		}
	}
	wantParts := []Part{
		{"stakeholders", 0.30, true, 8, 0.8, 24, work.Ref{}},
		{"demand", 0.25, true, 6, 4.0 / 7, demand, work.Ref{}},
		{"priority", 0.25, true, 0.75, 0.75, 18.75, work.Ref{}},
		{"revenue", 0.20, true, 200000, 1, 20, work.Ref{}},
	}
	if diff := cmp.Diff(wantParts, s.Parts, cmp.Comparer(near)); diff != "" {
		t.Errorf("parts (-want +got):\n%s", diff)
	}
	wantEvidence := []Tally{
		{work.Comments, 2, 1, 1.5}, {work.Votes, 3, 0, 1.5}, {work.Watchers, 4, 0, 2},
	}
	if diff := cmp.Diff(wantEvidence, s.Evidence, cmp.Comparer(near)); diff != "" {
		t.Errorf("evidence (-want +got):\n%s", diff)
	}
}

// TestRulesOfTheOrder gives the better item second; its id is the higher, so
// that only the rule can bring it up.
func TestRulesOfTheOrder(t *testing.T) {
	dated := func(due time.Time) work.Group {
		g := one("B", nil)
		g.Items[0].Due = due
		return g
	}
	evidence := func(days float64) work.Group {
		g := one("B", nil)
		g.Items[0].Events = []work.Event{{Signal: work.Votes, At: ago(days), Amount: 1}}
		return g
	}
	old := func(id string) work.Group {
		g := one(id, nil)
		g.Items[0].Created = ago(365)
		return g
	}
	tests := []struct {
		name        string
		worse, best work.Group
	}{
		{"a higher priority wins", one("A", work.Signals{work.Priority: 0.5}), one("B", work.Signals{work.Priority: 0.75})},
		{"less effort wins", one("A", work.Signals{work.Effort: 3}), one("B", work.Signals{work.Effort: 2})},
		{"an unknown effort counts as three days", one("A", work.Signals{work.Effort: 2.51}), one("B", nil)},
		{"an estimate of zero is an estimate", one("A", work.Signals{work.Effort: 1}), one("B", work.Signals{work.Effort: 0})},
		{"a negative estimate is none", one("A", work.Signals{work.Effort: -1}), one("B", work.Signals{work.Effort: 2})},
		{"an unknown priority is neither the lowest", one("A", work.Signals{work.Priority: 0.05}), one("B", nil)},
		{"nor the highest", one("A", nil), one("B", work.Signals{work.Priority: 1})},
		{"a known low priority lowers what is expected of the rest", one("A", work.Signals{work.Priority: 0.05, "revenue": 1}), one("B", work.Signals{work.Priority: 0.05})},
		{"an unknown count earns nothing", one("A", nil), one("B", work.Signals{work.Votes: 1})},
		{"one vote is worth more than three watchers", one("A", work.Signals{work.Watchers: 3}), one("B", work.Signals{work.Votes: 1})},
		{"a date at hand wins", one("A", nil), dated(ago(-7))},
		{"a fresh report beats an old one", old("A"), one("B", nil)},
		{"evidence of today beats that of last year", func() work.Group {
			g := old("A")
			g.Items[0].Signals = work.Signals{work.Votes: 3}
			return g
		}(), func() work.Group {
			g := evidence(0)
			g.Items[0].Created = ago(365)
			g.Items[0].Events[0].Amount = 3
			return g
		}()},
	}
	e := engineOf(t, nil)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := e.Rank([]work.Group{tt.worse, tt.best}, noon)
			if r.Ranked[0].Group.Ref() != tt.best.Ref() || r.Ranked[0].Total == r.Ranked[1].Total {
				t.Errorf("order %v with totals %v and %v", refs(r), r.Ranked[0].Total, r.Ranked[1].Total)
			}
		})
	}
}

func TestUnsetPrioritiesAreAlike(t *testing.T) {
	e := engineOf(t, nil)
	want := e.Score(one("A", nil), noon)
	for name, s := range map[string]work.Signals{
		"an empty map":            {},
		"no number":               {work.Priority: math.NaN()},
		"other signals unrelated": {"story_points_confidence": 3},
	} {
		if diff := cmp.Diff(want, e.Score(one("A", s), noon)); diff != "" {
			t.Errorf("%s differs from no signals:\n%s", name, diff)
		}
	}
}

func TestACriterionWithoutWeightIsLeftOut(t *testing.T) {
	e := engineOf(t, func(s *Settings) { s.Value = map[string]float64{"priority": 2, "revenue": 0} })
	s := e.Score(one("A", work.Signals{work.Priority: 1}), noon)
	if len(s.Parts) != 1 || s.Parts[0].Weight != 1 || s.Value != 100 {
		t.Errorf("score %+v: want one part with all the weight", s)
	}
}

// TestAnchorsReplaceWhatIsBuiltIn moves each scale alone.
func TestAnchorsReplaceWhatIsBuiltIn(t *testing.T) {
	g := one("A", work.Signals{"a": 6, work.Votes: 2})
	g.Items[0].Created = ago(45)
	tests := []struct {
		name      string
		criterion string
		anchor    Anchor
		share     float64
	}{
		{"a count has half its credit at five", "a", Anchor{HalfLife: maxDays * 0.9}, share(6*math.Exp2(-45/(maxDays*0.9)), 5)},
		{"or where the anchor says", "a", Anchor{HalfLife: maxDays * 0.9, Half: 2}, share(6*math.Exp2(-45/(maxDays*0.9)), 2)},
		{"demand at three", "demand", Anchor{}, share(3*math.Sqrt(0.5), 3)},
		{"or where the anchor says, and ages as it says", "demand", Anchor{Half: 1, HalfLife: 45}, share(1.5, 1)},
		{"a score", "a", Anchor{Curve: CurveScore}, 0.6},
		{"money", "a", Anchor{Curve: CurveMoney, Half: 3}, math.Log(3) / math.Log(21)},
		{"money, built in", "a", Anchor{Curve: CurveMoney}, math.Log1p(6e-4) / math.Log(21)},
		{"a score that is off by as much as scores differ", "a", Anchor{Curve: CurveScore, SD: 0.2, Noise: math.Sqrt(math.Log(1.16))}, math.Sqrt(0.5 * 0.6)},
		{"and where little was expected", "a", Anchor{Curve: CurveScore, SD: 0.2, Noise: math.Sqrt(math.Log(5)), Mean: 0.1}, math.Sqrt(0.1 * 0.6)},
		{"what is not known is expected", "b", Anchor{Curve: CurveScore, Mean: 0.1}, 0.1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e := engineOf(t, func(s *Settings) {
				s.Value, s.Anchors = map[string]float64{tt.criterion: 1}, map[string]Anchor{tt.criterion: tt.anchor}
			})
			if got := e.Score(g, noon).Parts[0].Share; !near(got, tt.share) {
				t.Errorf("share %v, want %v", got, tt.share)
			}
		})
	}
}

func share(count, half float64) float64 { return count / (count + half) }

func TestOldDatesSaturate(t *testing.T) {
	e := engineOf(t, nil)
	var first Score
	for i, due := range []time.Time{ago(30), ago(3000), ago(30000), time.Date(1, 1, 2, 0, 0, 0, 0, time.UTC)} {
		g := one("A", work.Signals{work.Effort: 2})
		g.Items[0].Due = due
		s := e.Score(g, noon)
		if s.Urgency != 3 || s.Overdue <= 0 {
			t.Errorf("due %v: urgency %v, overdue %v, want 3 and days above 0", due, s.Urgency, s.Overdue)
		}
		if i == 0 {
			first = s
		} else if s.Ratio != first.Ratio {
			t.Errorf("due %v: ratio %v, want %v as for last month", due, s.Ratio, first.Ratio)
		}
	}
}

func TestRequirementsThatAreNotMetAreNamed(t *testing.T) {
	e := engineOf(t, func(s *Settings) { s.Require = []string{"revenue", "effort", "due", "demand", "effort"} })
	if diff := cmp.Diff([]string{"demand", "due", "effort", "revenue"}, e.Score(one("A", nil), noon).Unmet); diff != "" {
		t.Errorf("unmet (-want +got):\n%s", diff)
	}
	g := one("A", work.Signals{"revenue": 0, work.Effort: 0, work.Votes: 0})
	g.Items[0].Due = noon
	if got := e.Score(g, noon).Unmet; got != nil {
		t.Errorf("unmet %v, though all is known", got)
	}
}

func TestJudgementsDoNotAge(t *testing.T) {
	e := engineOf(t, func(s *Settings) { s.Value = map[string]float64{"revenue": 1, "priority": 1, "stakeholders": 1} })
	g := one("A", work.Signals{"revenue": 5000, work.Priority: 0.5, "stakeholders": 7})
	fresh := e.Score(g, noon)
	g.Items[0].Created = ago(1000)
	if old := e.Score(g, noon); old.Value != fresh.Value {
		t.Errorf("value %v of a new item, %v of an old one", fresh.Value, old.Value)
	}
}

// TestMirrorsAddTheirFacts joins a Jira issue and the card that points to it.
func TestMirrorsAddTheirFacts(t *testing.T) {
	card := work.Item{
		Ref: work.Ref{Source: "trello", ID: "c"}, Created: ago(90), Due: ago(-5),
		Signals: work.Signals{work.Votes: 2, work.Priority: 1, "stakeholders": 9},
		Events:  []work.Event{{Signal: work.Comments, At: ago(90), Amount: 1}},
	}
	issue := work.Item{
		Ref: work.Ref{Source: "jira", ID: "1"}, Created: ago(0), Due: ago(-50),
		Signals: work.Signals{work.Votes: 3, work.Priority: 0.25, work.Effort: 4},
	}
	s := engineOf(t, nil).Score(work.Group{Items: []work.Item{issue, card}}, noon)
	if s.Points != 4 || !s.Due.Equal(card.Due) {
		t.Errorf("points %v, due %v: want those of the first that knows and the earliest", s.Points, s.Due)
	}
	want := map[string]Part{
		"priority":     {Known: true, Figure: 0.25}, // of the first
		"stakeholders": {Known: true, Figure: 9},    // of the only one
		"demand":       {Known: true, Figure: 6},    // of both
		"revenue":      {},
	}
	for _, p := range s.Parts {
		if w := want[p.Criterion]; p.Known != w.Known || p.Figure != w.Figure {
			t.Errorf("%s: known %v, figure %v, want %v, %v", p.Criterion, p.Known, p.Figure, w.Known, w.Figure)
		}
	}
	// One report, 90 days old; three votes of today; two votes and a comment of 90 days.
	if got, want := s.Parts[1].Share, 5.0/8; s.Parts[1].Criterion != "demand" || !near(got, want) {
		t.Errorf("share of %s is %v, want %v", s.Parts[1].Criterion, got, want)
	}
}

func TestBasisSaysWhatTheOrderRestsOn(t *testing.T) {
	groups := []work.Group{
		one("A", work.Signals{work.Priority: 1, work.Votes: 0, work.Effort: 3}),
		one("B", work.Signals{work.Priority: 0.5, work.Votes: 0}),
		one("C", work.Signals{work.Priority: 0.5}),
		one("D", nil),
	}
	groups[3].Items[0].Due = noon
	want := []Basis{
		{Criterion: "stakeholders"}, {Criterion: "demand", Known: 0.5, Zero: 0.5, Distinct: 1},
		{Criterion: "priority", Known: 0.75, Distinct: 2}, {Criterion: "revenue"},
		{Criterion: "effort", Known: 0.25, Distinct: 1}, {Criterion: "due", Known: 0.25, Distinct: 1},
	}
	e := engineOf(t, nil)
	if diff := cmp.Diff(want, e.Rank(groups, noon).Basis()); diff != "" {
		t.Errorf("basis (-want +got):\n%s", diff)
	}
	if got := e.Rank(nil, noon).Basis(); got != nil {
		t.Errorf("basis of nothing is %v", got)
	}
}

func TestCountsAreDatedByEventsThenByCreation(t *testing.T) {
	item := func(created time.Time, total float64, events ...work.Event) work.Group {
		return work.Group{Items: []work.Item{{Created: created, Signals: work.Signals{work.Votes: total}, Events: events}}}
	}
	vote := func(days, amount float64) work.Event {
		return work.Event{Signal: work.Votes, At: ago(days), Amount: amount}
	}
	tests := []struct {
		name string
		g    work.Group
		want Tally
	}{
		{"undated ones count from creation", item(ago(180), 4), Tally{work.Votes, 4, 0, 1}},
		{"events are part of the count, not more of it", item(ago(90), 4, vote(0, 2)), Tally{work.Votes, 4, 2, 3}},
		{"events beyond the count are believed", item(ago(90), 1, vote(0, 3)), Tally{work.Votes, 3, 3, 3}},
		{"an event without a date came with the item", item(ago(90), 0, work.Event{Signal: work.Votes, Amount: 2}), Tally{work.Votes, 2, 0, 1}},
		{"an event is never older than its item", item(ago(90), 0, vote(900, 2)), Tally{work.Votes, 2, 0, 1}},
		{"an event ahead of now is of now", item(ago(90), 0, vote(-5, 2)), Tally{work.Votes, 2, 2, 2}},
		{"an item without creation is one half-life old", item(time.Time{}, 2), Tally{work.Votes, 2, 0, 1}},
		{"events of other signals do not count", item(ago(0), 1, work.Event{Signal: work.Comments, At: noon, Amount: 5}), Tally{work.Votes, 1, 1, 1}},
		{"thirty days are recent, more are not", item(ago(90), 0, vote(30, 1), vote(30.1, 1)), Tally{work.Votes, 2, 1, math.Exp2(-30/90.) + math.Exp2(-30.1/90)}},
		{"amounts that are none are dropped", item(ago(0), 1, vote(0, math.NaN()), vote(0, -3)), Tally{work.Votes, 1, 1, 1}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, known := tally(tt.g, work.Votes, 90, noon)
			if diff := cmp.Diff(tt.want, got, cmp.Comparer(near)); diff != "" || !known {
				t.Errorf("known %v (-want +got):\n%s", known, diff)
			}
		})
	}
	if _, known := tally(one("A", work.Signals{work.Comments: 1}), work.Votes, 90, noon); known {
		t.Error("votes are known of an item that has none and no count of them")
	}
}

// TestWhatNobodySaidIsExpectedFromTheParent holds that the parts of a valued
// epic stand above those of a worthless one, that an own judgement counts for
// more, and that counts and efforts stay with the item that has them.
func TestWhatNobodySaidIsExpectedFromTheParent(t *testing.T) {
	e := engineOf(t, func(s *Settings) { s.Value = map[string]float64{"stakeholders": 1, "customers": 1, "progress": 1} })
	epic := func(rating float64) *work.Item {
		return &work.Item{Ref: work.Ref{Source: "s", ID: "9"}, Signals: work.Signals{
			"stakeholders": rating, "customers": 40, work.Progress: 1, work.Effort: 60,
		}}
	}
	below := func(rating float64) Score {
		g := one("1", nil)
		g.Above = []*work.Item{{Ref: work.Ref{Source: "s", ID: "8"}}, epic(rating)}
		return e.Score(g, noon)
	}
	plain, low, high := e.Score(one("1", nil), noon), below(2), below(9)
	if !(low.Ratio < plain.Ratio && plain.Ratio < high.Ratio) {
		t.Errorf("ratios %v below a rating of 2, %v without, %v below one of 9; want them in this order", low.Ratio, plain.Ratio, high.Ratio)
	}
	if own := e.Score(one("1", work.Signals{"stakeholders": 9}), noon); own.Ratio <= high.Ratio || own.Confidence <= high.Confidence {
		t.Errorf("an own rating gives ratio %v and confidence %v, the parent's %v and %v; want more of both",
			own.Ratio, own.Confidence, high.Ratio, high.Confidence)
	}
	for _, p := range high.Parts {
		if from := (work.Ref{Source: "s", ID: "9"}); p.Known || (p.From == from) != (p.Criterion == "stakeholders") {
			t.Errorf("%s is known: %t, from %s; want the rating alone, from %s", p.Criterion, p.Known, p.From, from)
		}
	}
	if high.EffortKnown || high.Confidence <= plain.Confidence {
		t.Errorf("effort known: %t, confidence %v, want no effort and more than %v", high.EffortKnown, high.Confidence, plain.Confidence)
	}
	if b := (Ranking{Ranked: []Ranked{{Score: high}, {Score: plain}}}).Basis()[2]; b.Criterion != "stakeholders" || b.Inherited != 0.5 || b.Known != 0 || b.Distinct != 1 {
		t.Errorf("basis %+v, want half of it inherited", b)
	}
}
