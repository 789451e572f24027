package prioritize

import (
	"math"
	"strings"
	"testing"
	"time"

	"stackrank/internal/work"
)

// modelOf gives an engine for a model with the default policy.
func modelOf(t testing.TB, name string, change func(*Settings)) *Engine {
	t.Helper()
	return engineOf(t, func(s *Settings) {
		s.Model = name
		if change != nil {
			change(s)
		}
	})
}

// pointsBy gives the points of each part of a score by its name.
func pointsBy(s Score) map[string]float64 {
	out := map[string]float64{}
	for _, p := range s.Parts {
		out[p.Criterion] = p.Points
	}
	return out
}

// TestModelsByHand follows one figure through each model on paper.
func TestModelsByHand(t *testing.T) {
	priority := func(s *Settings) { s.Value = map[string]float64{"priority": 1} }
	tests := []struct {
		name                      string
		model                     string
		change                    func(*Settings)
		signals                   work.Signals
		value, delay, work, total float64
	}{
		{"weighted adds what is easy", "weighted", func(s *Settings) { s.Value = map[string]float64{"priority": 3, "effort": 1} },
			work.Signals{work.Priority: 0.75, work.Effort: 5.5}, 100 * (0.75*0.75 + 0.25*3/9), 64.5833333333333, 1, 64.5833333333333},
		{"wsjf as SAFe has it", "wsjf", priority,
			work.Signals{"business_value": 13, "time_criticality": 8, "risk_reduction": 3, "size": 5}, 24, 24, 5, 100 * 4.8 / 9.8},
		{"wsjf takes what nobody gave from the criteria and the estimate", "wsjf", priority,
			work.Signals{work.Priority: 0.75, work.Effort: 8}, (1 + 19*0.75) + 1 + 1, 17.25, 8, 100 * (17.25 / 8) / (17.25/8 + 5)},
		{"cd3 divides money a week by days", "cd3", priority,
			work.Signals{"cost_of_delay": 12000, work.Effort: 3.5}, 120, 120, 4, 100 * 30 / 55.0},
		{"cd3 takes points where nobody gave the cost", "cd3", priority,
			work.Signals{work.Priority: 0.75, work.Effort: 2.5}, 75, 75, 3, 50},
		{"rice as Intercom has it", "rice", func(s *Settings) { s.Anchors = map[string]Anchor{"effort": {PerPoint: 20}} },
			work.Signals{"reach": 500, "impact": 2, "confidence": 0.8, work.Effort: 2}, 800, 800, 2, 100 * 400 / 450.0},
		{"rice counts half a month at least", "rice", nil,
			work.Signals{"reach": 500, "impact": 0.5, "confidence": 0.5, work.Effort: 2}, 125, 125, 0.5, 100 * 250 / 300.0},
		{"rice takes what nobody gave from evidence, judgement and what is known", "rice", func(s *Settings) { s.Value = map[string]float64{"priority": 1, "demand": 1} },
			work.Signals{work.Votes: 4, work.Priority: 0.25, work.Effort: 30}, 5 * 0.5 * 1, 2.5, 1.5, 100 * (2.5 / 1.5) / (2.5/1.5 + 50)},
		{"ice over ten", "ice", nil,
			work.Signals{"impact": 8, "confidence": 5, "ease": 7}, 28, 28, 1, 28},
		{"ice takes what nobody gave from the criteria, what is known and the estimate", "ice", priority,
			work.Signals{work.Priority: 0.5, work.Effort: 2.5}, 5.5 * 10 * 5.5 / 10, 30.25, 1, 30.25},
		{"moscow keeps the figures of what orders inside", "moscow/ice", nil,
			work.Signals{"moscow": 1, "impact": 8, "confidence": 5, "ease": 7}, 28, 28, 1, 50 + 28/4.0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e := modelOf(t, tt.model, tt.change)
			s := e.Score(one("A", tt.signals), noon)
			for _, f := range []struct {
				name      string
				got, want float64
			}{
				{"value", s.Value, tt.value}, {"delay", s.Delay, tt.delay}, {"work", s.Work, tt.work}, {"ratio", s.Ratio, tt.delay / tt.work},
				{"total", e.model.total(s.Ratio, s.Band), tt.total}, {"parts", sumOf(s.Parts), tt.value},
			} {
				if !near(f.got, f.want) {
					t.Errorf("%s is %v, want %v: %+v", f.name, f.got, f.want, s)
				}
			}
		})
	}
}

func TestAProductIsTakenApartFactorByFactor(t *testing.T) {
	rice := pointsBy(modelOf(t, "rice", nil).Score(one("A", work.Signals{"reach": 500, "impact": 2, "confidence": 0.8}), noon))
	ice := pointsBy(modelOf(t, "ice", nil).Score(one("A", work.Signals{"impact": 8, "confidence": 5, "ease": 7}), noon))
	for _, tt := range []struct {
		name      string
		got, want float64
	}{
		{"500 reached", rice["reach"], 500}, {"twice as much for an impact of 2", rice["impact"], 500}, {"a fifth less for doubt", rice["confidence"], -200},
		{"an impact of 8", ice["impact"], 80}, {"half of it for doubt", ice["confidence"], -40}, {"less for work that is not easy", ice["ease"], -12},
	} {
		if !near(tt.got, tt.want) {
			t.Errorf("%s: %v points, want %v", tt.name, tt.got, tt.want)
		}
	}
}

func TestSAFeTakesTimeFromTheDateAndTheClass(t *testing.T) {
	e := modelOf(t, "wsjf", nil)
	critical := func(change func(*work.Item)) float64 {
		g := one("A", work.Signals{work.Effort: 5})
		change(&g.Items[0])
		return pointsBy(e.Score(g, noon))["time_criticality"]
	}
	for _, tt := range []struct {
		name   string
		change func(*work.Item)
		want   float64
	}{
		{"no date", func(*work.Item) {}, 1},
		{"a date beyond the horizon", func(it *work.Item) { it.Due = ago(-21) }, 1},
		{"a third of the horizon is left", func(it *work.Item) { it.Due = ago(-7) }, 1 + 19*2/3.0},
		{"a date that has passed", func(it *work.Item) { it.Due = ago(3) }, 20},
		{"expedite", func(it *work.Item) { it.Class.Name = work.Expedite }, 20},
		{"intangible", func(it *work.Item) { it.Class.Name = work.Intangible }, 1},
	} {
		if got := critical(tt.change); !near(got, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

func TestTiersComeByNumberOrLabel(t *testing.T) {
	e := modelOf(t, "moscow", nil)
	with := func(labels ...string) work.Group {
		g := one("A", nil)
		g.Items[0].Labels = labels
		return g
	}
	both := one("A", work.Signals{"moscow": 3})
	both.Items[0].Labels = []string{"must"}
	mirrored := with("should")
	mirrored.Items = append(mirrored.Items, with("MUST").Items[0])
	for _, tt := range []struct {
		name  string
		g     work.Group
		tier  int
		known bool
	}{
		{"a number", one("A", work.Signals{"moscow": 0}), 0, true},
		{"a number beyond the last", one("A", work.Signals{"moscow": 9}), 3, true},
		{"no number", one("A", work.Signals{"moscow": math.NaN()}), 2, false},
		{"a label", with("Should have"), 1, true},
		{"a label with its method", with("MoSCoW: Must-have"), 0, true},
		{"won't", with("backend", "Won't"), 3, true},
		{"the first tier of several labels", with("could", "should"), 1, true},
		{"the number before the label", both, 3, true},
		{"the first tier of the members", mirrored, 0, true},
		{"nothing", with("mustard", "won"), 2, false},
	} {
		s := e.Score(tt.g, noon)
		if s.Band != tt.tier || s.Parts[0].Criterion != "moscow" || s.Parts[0].Known != tt.known {
			t.Errorf("%s: band %d, part %+v, want tier %d, known %t", tt.name, s.Band, s.Parts[0], tt.tier, tt.known)
		}
	}
}

// TestTaskwarriorTermByTerm gives each term alone, as the original computes it.
func TestTaskwarriorTermByTerm(t *testing.T) {
	link := func(kind work.LinkKind, open bool) func(*work.Item) {
		return func(it *work.Item) {
			it.Links = []work.Link{{Kind: kind, To: work.Ref{Source: "s", ID: "Z"}, Open: open}}
		}
	}
	signal := func(s work.Signal, x float64) func(*work.Item) {
		return func(it *work.Item) { it.Signals = work.Signals{s: x} }
	}
	due := func(overdue float64) func(*work.Item) {
		return func(it *work.Item) { it.Due = ago(overdue) }
	}
	tests := []struct {
		term   string
		change func(*work.Item)
		want   float64
	}{
		{"next", func(it *work.Item) { it.Labels = []string{"next"} }, 15.8}, // it is a tag too
		{"next", func(it *work.Item) { it.Class.Name = work.Expedite }, 15},
		{"due", due(7), 12}, {"due", due(30), 12}, {"due", due(0), 12 * (14*0.8/21 + 0.2)},
		{"due", due(-14), 12 * 0.2}, {"due", due(-100), 12 * 0.2}, {"due", due(-7), 12 * (7*0.8/21 + 0.2)},
		{"blocking", link(work.Blocks, true), 8}, {"blocking", link(work.Blocks, false), 0},
		{"blocked", link(work.BlockedBy, true), -5}, {"blocked", link(work.BlockedBy, false), 0},
		{"priority", signal(work.Priority, 1), 6}, {"priority", signal(work.Priority, 0.75), 6},
		{"priority", signal(work.Priority, 0.5), 3.9}, {"priority", signal(work.Priority, 0.25), 1.8}, {"priority", signal(work.Priority, 0), 1.8},
		{"scheduled", signal("scheduled", 1), 5}, {"scheduled", signal("scheduled", 0), 0},
		{"active", func(it *work.Item) { it.Status = work.Active }, 4}, {"active", func(it *work.Item) { it.Status = work.Open }, 0},
		{"waiting", signal("waiting", 1), -3},
		{"age", func(it *work.Item) { it.Created = ago(73.9) }, 2 * 73 / 365.0}, {"age", func(it *work.Item) { it.Created = ago(366) }, 2},
		{"age", func(it *work.Item) { it.Created = time.Time{} }, 0},
		{"annotations", signal(work.Comments, 1), 0.8}, {"annotations", signal(work.Comments, 2), 0.9}, {"annotations", signal(work.Comments, 7), 1},
		{"project", func(it *work.Item) { it.Parent = work.Ref{Source: "s", ID: "9"} }, 1},
		{"tags", func(it *work.Item) { it.Labels = []string{"a"} }, 0.8}, {"tags", func(it *work.Item) { it.Labels = []string{"a", "b"} }, 0.9},
		{"tags", func(it *work.Item) { it.Labels = []string{"a", "b", "c", "d"} }, 1},
		{"tags", func(it *work.Item) { it.Labels = []string{"stackrank-now", "stackrank-pin"} }, 0}, // its own
	}
	e := modelOf(t, "taskwarrior", func(s *Settings) { s.Ours = "stackrank-" })
	for _, tt := range tests {
		g := one("A", nil)
		tt.change(&g.Items[0])
		s := e.Score(g, noon)
		if !near(s.Value, tt.want) || !near(s.Delay, tt.want+8) || s.Work != 1 {
			t.Errorf("%s: urgency %v, delay %v, want %v and eight more: %+v", tt.term, s.Value, s.Delay, tt.want, s.Parts)
		}
	}
}

func TestTaskwarriorAtItsLimits(t *testing.T) {
	e := modelOf(t, "taskwarrior", nil)
	g := one("A", work.Signals{"waiting": 1})
	g.Items[0].Links = []work.Link{{Kind: work.BlockedBy, Open: true}}
	if s := e.Score(g, noon); s.Value != lowestUrgency || s.Delay != 0 || e.model.total(s.Ratio, 0) != 0 {
		t.Errorf("the least urgent: %v, delay %v, want −8, 0", s.Value, s.Delay)
	}
	g = one("A", work.Signals{work.Priority: 1, "scheduled": 1, work.Comments: 3})
	it := &g.Items[0]
	it.Labels, it.Due, it.Created, it.Status, it.Parent = []string{"a", "b", "next"}, ago(9), ago(999), work.Active, work.Ref{Source: "s", ID: "9"}
	it.Links = []work.Link{{Kind: work.Blocks, Open: true}}
	if s := e.Score(g, noon); !near(s.Value, highestUrgency) || !near(e.model.total(s.Ratio, 0), 100) {
		t.Errorf("the most urgent: %v, want 55 and a total of 100", s.Value)
	}
}

// TestWeightsThatAModelDoesNotReadAreRefused holds the key and the reason.
func TestWeightsThatAModelDoesNotReadAreRefused(t *testing.T) {
	tests := []struct {
		model  string
		change func(*Settings)
		want   string
	}{
		{"wsjf", func(s *Settings) { s.Value["business_value"] = 1 }, "value.business_value: model wsjf reads it by name"},
		{"moscow/wsjf", func(s *Settings) { s.Value["size"] = 1 }, "value.size: model moscow/wsjf reads it by name"},
		{"moscow", func(s *Settings) { s.Value["moscow"] = 1 }, "value.moscow: model moscow reads it by name"},
		{"rice", func(s *Settings) { s.Value["effort"] = 1 }, "value.effort: effort divides"},
		{"rice", func(s *Settings) { s.Value["due"] = 1 }, "value.due: model rice reads no due dates"},
		{"ice", func(s *Settings) { s.Value["effort"] = 1 }, "value.effort: ease stands for effort"},
		{"taskwarrior", func(s *Settings) { s.Value = map[string]float64{"priority": 1} }, "value: model taskwarrior has its own coefficients"},
		{"taskwarrior", func(s *Settings) { s.Require = []string{"priority"} }, "require[0]: "},
		{"weighted", func(s *Settings) { s.Value = map[string]float64{"effort": 0} }, "value: want at least one"},
		{"weighted", func(s *Settings) { s.Anchors = map[string]Anchor{"total": {Half: 3}} }, "anchors.total: the score of model weighted"},
		{"weighted", func(s *Settings) { s.Value["due"], s.Anchors = 1, map[string]Anchor{"due": {Half: 3}} }, "anchors.due: no criterion"},
		{"rice", func(s *Settings) { s.Anchors = map[string]Anchor{"reach": {Half: 3}} }, "anchors.reach: model rice has a fixed scale"},
		{"cd3", func(s *Settings) { s.Anchors = map[string]Anchor{"cost_of_delay": {Mean: 0.3}} }, "anchors.cost_of_delay: only half"},
		{"cd3u", func(s *Settings) { s.Anchors = map[string]Anchor{"cost_of_delay": {Half: 3}} }, "anchors.cost_of_delay: no criterion"},
		{"moscow/", nil, `model: "moscow/" is not a model`},
		{"moscow/moscow", nil, `model: "moscow/moscow" is not a model`},
		{"cd3u/rice", nil, `model: "cd3u/rice" is not a model`},
	}
	for _, tt := range tests {
		s := Default()
		s.Model, s.Require = tt.model, nil
		if tt.change != nil {
			tt.change(&s)
		}
		if _, err := New(s); err == nil || !strings.HasPrefix(err.Error(), tt.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: problem %v, want only %q", tt.model, err, tt.want)
		}
	}
}

func TestWhatAModelReadsByNameCanBeRequired(t *testing.T) {
	e := modelOf(t, "moscow/wsjf", func(s *Settings) { s.Require = []string{"business_value", "moscow", "size"} })
	if s := e.Score(one("A", work.Signals{"size": 3}), noon); strings.Join(s.Unmet, " ") != "business_value moscow" {
		t.Errorf("unmet %v, want business_value and moscow", s.Unmet)
	}
}

// TestConfidenceRunsFromNothingToAll holds for what each model reads.
func TestConfidenceRunsFromNothingToAll(t *testing.T) {
	for model, all := range map[string]work.Signals{
		"cd3u":        {work.Priority: 1, "stakeholders": 3, "revenue": 4, work.Effort: 3},
		"weighted":    {work.Priority: 1, "stakeholders": 3, "revenue": 4},
		"wsjf":        {"business_value": 3, "risk_reduction": 5, "time_criticality": 8, "size": 3},
		"cd3":         {"cost_of_delay": 900, work.Effort: 3},
		"rice":        {"reach": 500, "impact": 2, "confidence": 0.8, work.Effort: 3},
		"ice":         {"impact": 5, "confidence": 5, "ease": 5},
		"taskwarrior": {work.Priority: 0.5},
	} {
		e := modelOf(t, model, nil)
		if none := e.Score(one("A", nil), noon); !near(none.Confidence, 0) || !(none.Sigma > 0) {
			t.Errorf("%s: confidence %v, sigma %v of nothing known, want 0 and more than 0", model, none.Confidence, none.Sigma)
		}
		if known := e.Score(one("A", all), noon); !near(known.Confidence, 1) || known.Sigma != 0 {
			t.Errorf("%s: confidence %v, sigma %v of all known, want 1 and 0", model, known.Confidence, known.Sigma)
		}
	}
}
