package config

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"stackrank/prioritize"
)

// withPolicy is a small file whose backlog has this text below its name.
func withPolicy(text string) string {
	return strings.TrimLeft(small, "\n") + text
}

var someAnchors = map[string]prioritize.Anchor{"demand": {Half: 2.5}, "effort": {Mean: 4, SD: 0.75}}

func TestAnchorsAreSetInPlace(t *testing.T) {
	tests := []struct{ name, before, after string }{
		{"no policy", "", `    policy:
      anchors:
        demand:
          half: 2.5
        effort:
          mean: 4
          sd: 0.75
`},
		{"a policy without anchors", `    policy:   # mine
      model: cd3u

      hysteresis: 0.6   # half a digit
      # a last word
    write: {top: all}
`, `    policy:   # mine
      model: cd3u

      hysteresis: 0.6   # half a digit
      # a last word
      anchors:
        demand:
          half: 2.5
        effort:
          mean: 4
          sd: 0.75
    write: {top: all}
`},
		{"empty anchors", `    policy:
      anchors: {}    # written by calibrate
      model: cd3u
`, `    policy:
      anchors:    # written by calibrate
        demand:
          half: 2.5
        effort:
          mean: 4
          sd: 0.75
      model: cd3u
`},
		{"figures that are there, with comments", `    policy:
      anchors:
        effort:
          mean: 3     # days
          noise: 0.3
          # one day per point
          days_per_point: 1

        demand: # votes and comments
          half: 5
          half_life: 30d
      require:
      - effort
`, `    policy:
      anchors:
        effort:
          mean: 4     # days
          noise: 0.3
          # one day per point
          days_per_point: 1
          sd: 0.75

        demand: # votes and comments
          half: 2.5
          half_life: 30d
      require:
      - effort
`},
		{"braces stay braces", `    policy:
      anchors: {demand: {half: 5, half_life: 30d}}   # short
`, `    policy:
      anchors: {demand: {half: 2.5, half_life: 30d}, effort: {mean: 4, sd: 0.75}}   # short
`},
		{"braces over several lines", `    policy: {
      model: cd3u, # a '{' in a comment
      anchors: { effort: { mean: 3 },
        },
      require: ["effort", 'due'] }
`, `    policy: {
      model: cd3u, # a '{' in a comment
      anchors: { effort: { mean: 4 , sd: 0.75},
        demand: {half: 2.5}},
      require: ["effort", 'due'] }
`},
		{"four columns", `    policy:
        urgency:
            boost: 1
        anchors: {}
`, `    policy:
        urgency:
            boost: 1
        anchors:
            demand:
                half: 2.5
            effort:
                mean: 4
                sd: 0.75
`},
		{"no line break at the end", "    policy:\n      model: cd3u", `    policy:
      model: cd3u
      anchors:
        demand:
          half: 2.5
        effort:
          mean: 4
          sd: 0.75
`},
	}
	for _, tt := range tests {
		for _, breaks := range []string{"\n", "\r\n"} {
			t.Run(tt.name+fmt.Sprintf(" %q", breaks), func(t *testing.T) {
				before := strings.ReplaceAll(withPolicy(tt.before), "\n", breaks)
				got, err := SetAnchors("f.yaml", []byte(before), boxes(), "payments", someAnchors)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(strings.ReplaceAll(withPolicy(tt.after), "\n", breaks), string(got)); diff != "" {
					t.Errorf("text (-want +got):\n%s", diff)
				}
			})
		}
	}
}

func TestQuantilesReplaceOnesThatWrapLines(t *testing.T) {
	before := withPolicy(`    policy:
      stakeholders: [{name: Anna, signal: "a n, n#a"}]
      anchors:
        "a n, n#a":
          quantiles: [1, 2, # low
            9] # high
`)
	before = strings.Replace(before, "jql:", "signals: {\"a n, n#a\": A}\n    jql:", 1)
	got, err := SetAnchors("f.yaml", []byte(before), boxes(), "payments", map[string]prioritize.Anchor{"a n, n#a": {Quantiles: []float64{0, 2.5, 10}}})
	if err != nil {
		t.Fatal(err)
	}
	if want := strings.Replace(before, "[1, 2, # low\n            9]", "[0, 2.5, 10]", 1); string(got) != want {
		t.Errorf("text (-want +got):\n%s", cmp.Diff(want, string(got)))
	}
}

func TestWhatCannotBeSetInPlaceIsRefused(t *testing.T) {
	shared := strings.TrimLeft(small, "\n") + `    policy: &p
      anchors:
        demand: {half: 3}
  - name: payouts
    sources: [platform]
    policy: *p
`
	tests := []struct{ name, text string }{
		{"a policy that another backlog shares", shared},
		{"anchors by alias", withPolicy("    policy:\n      value: {demand: 1}\n      anchors: &a {demand: {half: 3}}\n  - name: second\n    sources: [platform]\n    policy: {anchors: *a}\n")},
		{"quantiles as a list of lines", strings.Replace(withPolicy("    policy:\n      stakeholders: [{name: A, signal: demands}]\n      anchors:\n        demands:\n          quantiles:\n          - 1\n          - 2\n"), "jql:", "signals: {demands: A}\n    jql:", 1)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			anchors := someAnchors
			if strings.Contains(tt.text, "demands:") {
				anchors = map[string]prioritize.Anchor{"demands": {Quantiles: []float64{3, 4}}}
			}
			got, err := SetAnchors("f.yaml", []byte(tt.text), boxes(), "payments", anchors)
			if !errors.Is(err, ErrShape) || got != nil {
				t.Errorf("error %v, text\n%s", err, got)
			}
		})
	}
	if _, err := SetAnchors("f.yaml", []byte(withPolicy("")), boxes(), "nowhere", someAnchors); err == nil || !strings.Contains(err.Error(), `there is no backlog "nowhere"`) {
		t.Errorf("error %v", err)
	}
	if _, err := SetAnchors("f.yaml", []byte("sources: []"), boxes(), "payments", someAnchors); err == nil {
		t.Error("a broken file was accepted")
	}
}

func TestNothingToSetChangesNothing(t *testing.T) {
	got, err := SetAnchors("f.yaml", []byte(withPolicy("")), boxes(), "payments", nil)
	if err != nil || string(got) != withPolicy("") {
		t.Errorf("%v\n%s", err, got)
	}
}

// TestSettingAnchorsKeepsAllElse sets what a generator draws in files of several
// layouts. Besides what SetAnchors holds itself, that the new file means what was
// asked for, every line that is gone must come back with another figure, and
// setting the same again must change nothing.
func TestSettingAnchorsKeepsAllElse(t *testing.T) {
	example, err := os.ReadFile(filepath.Join("..", "config.example.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	kinds := Kinds{"jira": func() any {
		return &struct {
			URL    string            `yaml:"url"`
			Auth   map[string]string `yaml:"auth"`
			JQL    string            `yaml:"jql"`
			Notify string            `yaml:"notify"`
		}{}
	}, "trello": func() any {
		return &struct {
			URL    string            `yaml:"url"`
			Auth   map[string]string `yaml:"auth"`
			Boards []string          `yaml:"boards"`
			Lists  []string          `yaml:"lists"`
		}{}
	}, "box": boxes()["box"]}
	layouts := []string{string(example), withPolicy(""), withPolicy("    policy:\n      anchors: {effort: {mean: 2}} # in braces\n"),
		withPolicy("    policy:\n      # first\n      anchors:\n        # second\n        effort: {}\n        # third\n    # fourth\n    write: {top: 3}\n")}
	rapid.Check(t, func(t *rapid.T) {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		text := layouts[rng.IntN(len(layouts))]
		anchors := map[string]prioritize.Anchor{}
		for _, name := range []string{"demand", "priority", "revenue", "effort", "stakeholders"} {
			a := prioritize.Anchor{Mean: float64(1+rng.IntN(99)) / 100, SD: float64(1+rng.IntN(99)) / 100}
			if name != "effort" {
				a.Half = float64(rng.IntN(3) * rng.IntN(1000))
			}
			if rng.IntN(2) == 0 {
				anchors[name] = a
			}
		}
		got, err := SetAnchors("f.yaml", []byte(text), kinds, "payments", anchors)
		if err != nil {
			t.Fatalf("%v\n%+v\n%s", err, anchors, text)
		}
		again, err := SetAnchors("f.yaml", got, kinds, "payments", anchors)
		if err != nil || string(again) != string(got) {
			t.Fatalf("again: %v\n%s", err, cmp.Diff(string(got), string(again)))
		}
		have := slices.Collect(strings.Lines(string(got)))
		for line := range strings.Lines(text) {
			_, comment, commented := strings.Cut(line, "#")
			kept := slices.Contains(have, line)
			if commented {
				kept = slices.ContainsFunc(have, func(l string) bool { return strings.HasSuffix(l, "#"+comment) })
			}
			figure := strings.ContainsAny(line, "0123456789{")
			if !kept && (commented || !figure) {
				t.Fatalf("line %q is gone:\n%s", line, got)
			}
		}
	})
}

// FuzzSetAnchors holds that no file makes it panic and that what it gives is read.
func FuzzSetAnchors(f *testing.F) {
	for _, text := range []string{
		withPolicy(""), withPolicy("    policy: {anchors: {effort: {mean: 3}, }}\n"), withPolicy("    policy:\n      anchors:\n        demand: {half: 5} # five\n"),
		"\ufeff" + withPolicy(""), strings.ReplaceAll(withPolicy(""), "\n", "\r"), withPolicy("    policy: {model: \"cd3u\", anchors: {'effort': {mean: !!float 3}}}\n"),
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := SetAnchors("f.yaml", []byte(text), boxes(), "payments", someAnchors)
		if err != nil {
			return
		}
		c, err := read("f.yaml", got, nil, boxes())
		if err != nil {
			t.Fatalf("%q became %q: %v", text, got, err)
		}
		i := slices.IndexFunc(c.Backlogs, func(b Backlog) bool { return b.Name == "payments" })
		if a := c.Backlogs[i].Policy.Anchors; a["demand"].Half != 2.5 || a["effort"].Mean != 4 {
			t.Fatalf("%q became %q with anchors %+v", text, got, a)
		}
	})
}

func TestAnchorLinesAreWhatTheFileWouldHold(t *testing.T) {
	want := `anchors:
  demand:
    half: 2.5
  effort:
    mean: 4
    sd: 0.75
  "the boss: him":
    quantiles: [1, 2]
`
	anchors := map[string]prioritize.Anchor{"demand": someAnchors["demand"], "effort": someAnchors["effort"], "the boss: him": {Quantiles: []float64{1, 2}}}
	if diff := cmp.Diff(want, AnchorLines(anchors)); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
}
