package prioritize

import (
	"slices"
	"strings"
	"testing"
	"time"

	"stackrank/internal/work"
)

func TestWhatJudgesAndWhatCounts(t *testing.T) {
	s := Default()
	s.Anchors = map[string]Anchor{"nps": {Curve: CurveScore}, "revenue": {Curve: CurveCount}}
	s.Stakeholders = []Stakeholder{{Name: "Ann", Weight: 1, Signal: "ann"}}
	s.Model = "rice"
	for signal, want := range map[work.Signal]bool{
		work.Effort: true, work.Priority: true, "stakeholders": true, "ann": true, "nps": true, "reach": true,
		work.Votes: false, "customers": false, "revenue": false, "cost_of_delay": false,
	} {
		if got := s.Judges(signal); got != want {
			t.Errorf("Judges(%s) = %v, want %v", signal, got, want)
		}
	}
}

func TestWhatThePolicyReads(t *testing.T) {
	s := Default()
	s.Value = map[string]float64{"demand": 1, "customers": 1, "stakeholders": 1, "revenue": 0}
	own := s
	own.Stakeholders = []Stakeholder{{Name: "Ann", Weight: 1, Signal: "ann"}}
	own.Signals = map[string]string{"risk": "signals.cvss * 2"}
	own.Classes = []ClassRule{{Class: work.Expedite, When: "signals.outages > 0"}}
	own.Model = "rice"
	tasks := Settings{Model: "taskwarrior"}
	tests := []struct {
		name   string
		policy Settings
		reads  []work.Signal
		not    []work.Signal
	}{
		{"criteria and what demand is made of", s, []work.Signal{work.Effort, work.Votes, work.Repeats, "customers", "stakeholders"}, []work.Signal{"vots", "demand", "revenue", work.Priority, "ann", "cvss"}},
		{"people, formulas and the model", own, []work.Signal{"ann", "cvss", "outages", "reach", work.Votes}, []work.Signal{"stakeholders", "risk", "scheduled"}},
		{"a model without weights", tasks, []work.Signal{work.Priority, "scheduled"}, []work.Signal{work.Votes, "customers"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for _, signal := range tt.reads {
				if !tt.policy.Reads(signal) {
					t.Errorf("Reads(%s) = false", signal)
				}
			}
			for _, signal := range tt.not {
				if tt.policy.Reads(signal) {
					t.Errorf("Reads(%s) = true", signal)
				}
			}
		})
	}
}

func TestProblemsOfClassesAndEvidenceBeginWithTheirKeys(t *testing.T) {
	s := Default()
	s.Signals = map[string]string{"risk": "age +"}
	s.Classes = []ClassRule{
		{Class: "gold", When: "sprint"}, {When: "sprint"}, {Class: work.SLA, When: "sprint"}, {Class: work.SLA, When: "sprint", Target: maxDays + 1},
		{Class: work.Expedite, When: "sprint", Target: 1}, {Class: work.Expedite, When: "age"}, {Class: work.FixedDate},
	}
	s.Evidence = []string{"a.csv", " ", "a.csv"}
	err := s.Validate()
	if err == nil {
		t.Fatal("accepted")
	}
	got := strings.Split(err.Error(), "\n")
	want := []string{
		"signals.risk: ", "classes[5].when: ", "classes[6].when: empty", `classes[0].class: "gold": want expedite, fixed_date, sla, intangible`, "classes[1].class: missing",
		"classes[2].target: ", "classes[3].target: ", "classes[4].target: only the class sla", "evidence[1]: empty", "evidence[2]: the file is there twice",
	}
	if !slices.EqualFunc(got, want, strings.HasPrefix) {
		t.Errorf("Validate() =\n%v\nwant\n%s", err, strings.Join(want, "\n"))
	}
}

func TestDigestTellsWhatComesOntoItems(t *testing.T) {
	seen := map[string]string{Digest(Default()): "the default"}
	for name, change := range map[string]func(*Settings){
		"a formula":          func(s *Settings) { s.Signals = map[string]string{"risk": "age"} },
		"another formula":    func(s *Settings) { s.Signals = map[string]string{"risk": "age + 1"} },
		"a class":            func(s *Settings) { s.Classes = []ClassRule{{Class: work.Expedite, When: "sprint"}} },
		"a promise":          func(s *Settings) { s.Classes = []ClassRule{{Class: work.SLA, When: "sprint", Target: 7}} },
		"another promise":    func(s *Settings) { s.Classes = []ClassRule{{Class: work.SLA, When: "sprint", Target: 8}} },
		"a file of evidence": func(s *Settings) { s.Evidence = []string{"a.csv"} },
		"two files":          func(s *Settings) { s.Evidence = []string{"a.csv", "b.csv"} },
	} {
		s := Default()
		change(&s)
		if err := s.Validate(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if other, taken := seen[Digest(s)]; taken {
			t.Errorf("%s has the digest of %s", name, other)
		}
		seen[Digest(s)] = name
	}
}

func TestRulesGiveTheirClassAndTarget(t *testing.T) {
	s := Default()
	s.Classes = []ClassRule{{Class: work.SLA, When: `type == "Bug"`, Target: 14}}
	f, err := s.Formulas()
	if err != nil {
		t.Fatal(err)
	}
	items := []work.Item{{Type: "Bug"}, {Type: "Story"}}
	f.Enrich(items, time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC))
	if want := (work.Class{Name: work.SLA, Target: 14 * 24 * time.Hour}); items[0].Class != want || items[1].Class != (work.Class{}) {
		t.Errorf("classes %v and %v", items[0].Class, items[1].Class)
	}
}
