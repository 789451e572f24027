package prioritize

import (
	"encoding/json"
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestDefaultIsValid(t *testing.T) {
	if err := Default().Validate(); err != nil {
		t.Fatal(err)
	}
}

func TestDefaultSharesNothingBetweenCallers(t *testing.T) {
	Default().Value["priority"] = 9
	if w := Default().Value["priority"]; w != 0.25 {
		t.Errorf("a caller changed the default weight to %v", w)
	}
}

func TestEveryProblemBeginsWithItsKey(t *testing.T) {
	tests := []struct {
		name   string
		change func(*Settings)
		want   []string
	}{
		{"a model that is not there names those that are", func(s *Settings) { s.Model = "wsjfx" }, []string{`model: "wsjfx" is not a model of this version; there is: cd3, cd3u, ice, moscow, moscow/MODEL, rice, taskwarrior, weighted, wsjf`}},
		{"no model", func(s *Settings) { s.Model = "" }, []string{"model: "}},
		{"no weights", func(s *Settings) { s.Value = nil }, []string{"value: want at least one"}},
		{"weights of zero alone", func(s *Settings) { s.Value = map[string]float64{"priority": 0} }, []string{"value: want at least one"}},
		{"a negative weight", func(s *Settings) { s.Value["demand"] = -1 }, []string{"value.demand: -1"}},
		{"a weight that is no number", func(s *Settings) { s.Value["demand"] = math.NaN() }, []string{"value.demand: NaN"}},
		{"an endless weight", func(s *Settings) { s.Value["demand"] = math.Inf(1) }, []string{"value.demand: +Inf", "value: the weights add up"}},
		{"weights beyond a number", func(s *Settings) { s.Value["a"], s.Value["b"] = math.MaxFloat64, math.MaxFloat64 }, []string{"value: the weights add up"}},
		{"effort as a value", func(s *Settings) { s.Value["effort"] = 1 }, []string{"value.effort: effort divides"}},
		{"due as a value", func(s *Settings) { s.Value["due"] = 1 }, []string{"value.due: a due date multiplies"}},
		{"total as a value", func(s *Settings) { s.Value["total"] = 1 }, []string{"value.total: the name is taken"}},
		{"a criterion without a name", func(s *Settings) { s.Value[" "] = 1 }, []string{"value: a criterion has no name"}},
		{"no horizon", func(s *Settings) { s.Urgency.Horizon = 0 }, []string{"urgency.horizon: 0d"}},
		{"a negative boost", func(s *Settings) { s.Urgency.Boost = -1 }, []string{"urgency.boost: -1"}},
		{"a boost beyond reason", func(s *Settings) { s.Urgency.Boost = 101 }, []string{"urgency.boost: 101"}},
		{"an unknown curve", func(s *Settings) { s.Anchors = map[string]Anchor{"demand": {Curve: "linear"}} }, []string{`anchors.demand.curve: "linear": want ordinal, score, count or money`}},
		{"an anchor for no criterion", func(s *Settings) { s.Anchors = map[string]Anchor{"demnad": {Half: 3}} }, []string{"anchors.demnad: no criterion"}},
		{"ranges of an anchor", func(s *Settings) {
			s.Anchors = map[string]Anchor{"revenue": {Half: -1, Mean: 2, SD: math.NaN(), Noise: -1, HalfLife: -1, PerPoint: 1}}
		}, []string{
			"anchors.revenue.days_per_point: only anchors.effort", "anchors.revenue.half: -1", "anchors.revenue.mean: 2",
			"anchors.revenue.sd: NaN", "anchors.revenue.noise: -1", "anchors.revenue.half_life: -1",
		}},
		{"ranges of effort", func(s *Settings) {
			s.Anchors = map[string]Anchor{"effort": {Mean: 61, SD: 4, Noise: 4, PerPoint: -1}}
		}, []string{"anchors.effort.mean: 61", "anchors.effort.sd: 4", "anchors.effort.noise: 4", "anchors.effort.days_per_point: -1"}},
		{"a scale that effort does not read", func(s *Settings) { s.Anchors = map[string]Anchor{"effort": {Half: 3}} }, []string{"anchors.effort: only mean, sd, noise and days_per_point apply"}},
		{"a scale that total does not read", func(s *Settings) { s.Anchors = map[string]Anchor{"total": {Half: 3, Mean: 1}} }, []string{"anchors.total: only half"}},
		{"people without names, weights and signals", func(s *Settings) {
			s.Stakeholders = []Stakeholder{{Weight: -1}, {Name: "Ben", Weight: math.NaN(), Signal: "ben"}}
		}, []string{
			"stakeholders[0].name: missing", "stakeholders[0].weight: -1", "stakeholders[0].signal: missing", "stakeholders[1].weight: NaN",
		}},
		{"people who are there twice", func(s *Settings) {
			s.Stakeholders = []Stakeholder{{Name: "Ben", Weight: 1, Signal: "ben"}, {Name: "Ben", Weight: 1, Signal: "ben"}}
		}, []string{`stakeholders[1].name: "Ben" is there twice`, `stakeholders[1].signal: "ben" is the signal of another`}},
		{"a person who would count twice", func(s *Settings) {
			s.Value["ben"], s.Stakeholders = 1, []Stakeholder{{Name: "Ben", Weight: 1, Signal: "ben"}}
		}, []string{`stakeholders[0].signal: "ben" weighs in value by itself`}},
		{"a person whose signal means something else", func(s *Settings) { s.Stakeholders = []Stakeholder{{Name: "Ben", Weight: 1, Signal: "effort"}} }, []string{`stakeholders[0].signal: "effort" is no person's score`}},
		{"people nobody listens to", func(s *Settings) { s.Stakeholders = []Stakeholder{{Name: "Ben", Signal: "ben"}} }, []string{"stakeholders: want at least one with a weight above 0"}},
		{"people without their criterion", func(s *Settings) {
			s.Value, s.Stakeholders = map[string]float64{"priority": 1}, []Stakeholder{{Name: "Ben", Weight: 1, Signal: "ben"}}
		}, []string{"stakeholders: their scores make the criterion stakeholders, which value does not weigh"}},
		{"people beside a model without weights", func(s *Settings) {
			s.Model, s.Stakeholders = "taskwarrior", []Stakeholder{{Name: "Ben", Weight: 1, Signal: "ben"}}
		}, []string{"stakeholders: model taskwarrior reads no weights"}},
		{"a curve over people's own scales", func(s *Settings) {
			s.Stakeholders = []Stakeholder{{Name: "Ben", Weight: 1, Signal: "ben"}}
			s.Anchors = map[string]Anchor{"stakeholders": {Curve: CurveCount}}
		}, []string{"anchors.stakeholders.curve: \"count\": people who rate"}},
		{"scales of a person", func(s *Settings) {
			s.Stakeholders = []Stakeholder{{Name: "Ann", Weight: 1, Signal: "ann"}, {Name: "Ben", Weight: 1, Signal: "ben"}, {Name: "Cem", Weight: 1, Signal: "cem"}}
			s.Anchors = map[string]Anchor{"ann": {Mean: 0.5, Quantiles: []float64{1}}, "ben": {Quantiles: []float64{3, 2}}, "cem": {Quantiles: []float64{-1, 2}}}
		}, []string{"anchors.ann: only quantiles apply", "anchors.ann.quantiles: 1 figures: want 2 to 101", "anchors.ben.quantiles: want figures that never fall", "anchors.cem.quantiles: want scores from 0"}},
		{"quantiles of no person", func(s *Settings) { s.Anchors = map[string]Anchor{"demand": {Quantiles: []float64{1, 2}}} }, []string{"anchors.demand.quantiles: only the signal of a stakeholder"}},
		{"a requirement that nothing reads", func(s *Settings) { s.Require = []string{"effort", "prio", "due"} }, []string{`require[1]: "prio": want effort, due or a criterion`}},
		{"a requirement without weight", func(s *Settings) { s.Value["revenue"], s.Require = 0, []string{"revenue"} }, []string{"require[0]: "}},
		{"a hysteresis below any", func(s *Settings) { s.Hysteresis = 0.4 }, []string{"hysteresis: 0.4"}},
		{"a certain hysteresis", func(s *Settings) { s.Hysteresis = 1 }, []string{"hysteresis: 1"}},
		{"all at once", func(s *Settings) { *s = Settings{} }, []string{"model: ", "value: ", "urgency.horizon: ", "hysteresis: "}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := Default()
			tt.change(&s)
			_, err := New(s)
			if err == nil {
				t.Fatal("New accepted it")
			}
			got := strings.Split(err.Error(), "\n")
			if len(got) != len(tt.want) {
				t.Fatalf("problems %q, want %q", got, tt.want)
			}
			for i := range got {
				if !strings.HasPrefix(got[i], tt.want[i]) {
					t.Errorf("problem %d is %q, want it to begin with %q", i, got[i], tt.want[i])
				}
			}
		})
	}
}

// TestKeysOfTheFile holds the YAML names, which people's files hold on to, and
// that JSON (the digest) uses the same.
func TestKeysOfTheFile(t *testing.T) {
	var got []string
	for _, typ := range []reflect.Type{reflect.TypeFor[Settings](), reflect.TypeFor[Urgency](), reflect.TypeFor[Anchor](), reflect.TypeFor[Stakeholder]()} {
		for f := range typ.Fields() {
			name := f.Tag.Get("yaml")
			if jsonName, _, _ := strings.Cut(f.Tag.Get("json"), ","); jsonName != name {
				t.Errorf("%s.%s is %q in YAML and %q in JSON", typ.Name(), f.Name, name, jsonName)
			}
			if name != "-" {
				got = append(got, name)
			}
		}
	}
	want := strings.Fields(`model value urgency anchors stakeholders signals classes evidence require hysteresis
		horizon boost curve half mean sd noise half_life days_per_point quantiles
		name weight signal`)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("keys (-want +got):\n%s", diff)
	}
}

func TestDigestNamesThePolicy(t *testing.T) {
	a, b := Default(), Default()
	a.Require, b.Require = []string{"due", "effort"}, []string{"effort", "due", "due"}
	a.Anchors, b.Anchors = nil, map[string]Anchor{}
	b.Stakeholders = []Stakeholder{}
	if Digest(a) != Digest(b) {
		t.Error("the order of a list or an empty map changed the digest")
	}
	ann, ben := Stakeholder{Name: "Ann", Weight: 1, Signal: "ann"}, Stakeholder{Name: "Ben", Weight: 2, Signal: "ben"}
	a.Stakeholders, b.Stakeholders = []Stakeholder{ann, ben}, []Stakeholder{ben, ann}
	if Digest(a) != Digest(b) {
		t.Error("the order of the people changed the digest")
	}
	if !strings.HasPrefix(Digest(a), "sha256:") || len(Digest(a)) != len("sha256:")+64 {
		t.Errorf("digest %q: want sha256: and 64 hexadecimal digits", Digest(a))
	}
	seen := map[string]string{Digest(Default()): "the default"}
	for name, change := range map[string]func(*Settings){
		"a weight":     func(s *Settings) { s.Value["demand"] = 0.3 },
		"the horizon":  func(s *Settings) { s.Urgency.Horizon = 22 },
		"the boost":    func(s *Settings) { s.Urgency.Boost = 3 },
		"an anchor":    func(s *Settings) { s.Anchors = map[string]Anchor{"demand": {HalfLife: 30}} },
		"a person":     func(s *Settings) { s.Stakeholders = []Stakeholder{ann} },
		"quantiles":    func(s *Settings) { s.Anchors = map[string]Anchor{"ann": {Quantiles: []float64{0, 9}}} },
		"requirements": func(s *Settings) { s.Require = []string{"effort", "due"} },
		"hysteresis":   func(s *Settings) { s.Hysteresis = 0.6 },
		"the model":    func(s *Settings) { s.Model = "moscow" },
		"the inside":   func(s *Settings) { s.Model = "moscow/rice" },
	} {
		s := Default()
		change(&s)
		if other, ok := seen[Digest(s)]; ok {
			t.Errorf("%s has the digest of %s", name, other)
		}
		seen[Digest(s)] = name
	}
}

func TestDigestLeavesTheSettingsAlone(t *testing.T) {
	s := Default()
	s.Require = []string{"effort", "due"}
	Digest(s)
	if s.Require[0] != "effort" {
		t.Errorf("Digest sorted the caller's list: %v", s.Require)
	}
}

func TestSpansAreOneHoweverWritten(t *testing.T) {
	var a, b Settings
	for text, s := range map[string]*Settings{`{"urgency":{"horizon":"3w"}}`: &a, `{"urgency":{"horizon":"21d"}}`: &b} {
		if err := json.Unmarshal([]byte(text), s); err != nil {
			t.Fatal(err)
		}
	}
	if Digest(a) != Digest(b) {
		t.Error("3w and 21d have different digests")
	}
}

func TestDigestOfWhatJSONCannotHold(t *testing.T) {
	s := Default()
	s.Hysteresis = math.NaN()
	if got := Digest(s); got != "" {
		t.Errorf("Digest() = %q, want none", got)
	}
}
