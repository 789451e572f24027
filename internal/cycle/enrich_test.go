package cycle

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"stackrank/connectors"
	"stackrank/internal/evidence"
	"stackrank/internal/plan"
	"stackrank/internal/work"
	"stackrank/prioritize"
)

// csv is what a file named f.csv says.
func csv(t *testing.T, rows string) []evidence.File {
	t.Helper()
	f, err := evidence.Parse("f.csv", []byte("key,signal,date,amount,source\n"+rows), noon.Location())
	if err != nil {
		t.Fatal(err)
	}
	return []evidence.File{f}
}

func TestEvidenceAndFormulasDecideTheOrder(t *testing.T) {
	a := source("a", .5, .5, .5)
	before := a.items[2].Signals[work.Votes]
	in := inputs("a")
	in.Policy.Value = map[string]float64{"risk": 1, "priority": 0.01}
	in.Policy.Signals = map[string]string{"risk": "signals.votes * 2", "size": "1 / (signals.votes - 9)"}
	in.Policy.Classes = []prioritize.ClassRule{{Class: work.SLA, Target: 14, When: "signals.votes > 3"}}
	in.Policy.Evidence = []string{"f.csv"}
	in.Evidence = csv(t, "a:3,votes,2026-03-01,9,\na:2,votes,2026-03-01,3,\nPAY-99,votes,,,\na:1,votes,2026-03-03,50,\n")
	r, err := Preview(t.Context(), in, []connectors.Reader{a})
	if err != nil {
		t.Fatal(err)
	}
	order := ""
	for _, x := range r.Ranking.Ranked {
		it := x.Group.Items[0]
		order += it.Ref.ID
		want := work.Class{}
		if it.Ref.ID == "3" {
			want = work.Class{Name: work.SLA, Target: 14 * 24 * time.Hour}
		}
		if it.Class != want {
			t.Errorf("%s is of class %v, want %v", it.Ref, it.Class, want)
		}
	}
	if order != "321" {
		t.Errorf("order %s, want 321", order)
	}
	codes := ""
	for _, f := range r.Findings {
		codes += f.Code + " "
	}
	if want := "unknown-key later-evidence bad-signal "; !strings.HasPrefix(codes, want) {
		t.Errorf("findings %s, want %s", codes, want)
	}
	if a.items[2].Signals[work.Votes] != before || r.Sources[0].Snapshot.Items[2].Class.Name != work.Standard {
		t.Error("what the source holds was changed")
	}
}

func TestABacklogWithoutEnrichmentIsRankedAsPulled(t *testing.T) {
	a := source("a", .25, 1, .5)
	r, err := Preview(t.Context(), inputs("a"), []connectors.Reader{a})
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range r.Ranking.Ranked {
		if it := x.Group.Items[0]; !reflect.DeepEqual(it.Signals, a.items[a.index(it.Ref)].Signals) || it.Events != nil {
			t.Errorf("%s: %v, %v", it.Ref, it.Signals, it.Events)
		}
	}
}

func TestAPlanOfOtherFormulasIsRefused(t *testing.T) {
	a := source("a", .25, 1)
	in := inputs("a")
	r, err := Preview(t.Context(), in, []connectors.Reader{a})
	if err != nil {
		t.Fatal(err)
	}
	saved := plan.Saved{At: r.At, Policy: r.PolicyDigest, Plan: r.Plan}
	changes := map[string]func(*prioritize.Settings){
		"a formula": func(s *prioritize.Settings) { s.Signals = map[string]string{"x": "age"} },
		"a class": func(s *prioritize.Settings) {
			s.Classes = []prioritize.ClassRule{{Class: work.Expedite, When: "sprint"}}
		},
		"a file": func(s *prioritize.Settings) { s.Evidence = []string{"f.csv"} },
	}
	for name, change := range changes {
		changed := inputs("a")
		change(&changed.Policy)
		changed.Saved = &saved
		if _, err := Preview(t.Context(), changed, []connectors.Reader{a}); err == nil || !strings.Contains(err.Error(), "policy") {
			t.Errorf("%s: %v, want a refusal that names the policy", name, err)
		}
	}
}
