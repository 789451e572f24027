package report

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"stackrank/connectors"
	"stackrank/internal/cycle"
	"stackrank/internal/work"
	"stackrank/prioritize"
)

// rated gives four items and what four people say of them; the last has a
// hostile name and no weight.
func rated(t *testing.T) Document {
	t.Helper()
	scores := []work.Signals{
		{"anna": 9, "ben": 1, "cem": 8},
		{"anna": 7, "ben": 5, "cem": 7, "eve": 10},
		{"anna": 5, "ben": 9, "cem": 4.5},
		{"anna": 2},
	}
	items := make([]work.Item, len(scores))
	for i, s := range scores {
		items[i] = issue(i+1, "Story "+string(rune('A'+i)), func(it *work.Item) {
			maps.Copy(it.Signals, s)
		})
	}
	return New(roundOf(t, []connectors.Reader{shelf{name: "platform", items: items}}, func(in *cycle.Inputs) {
		in.Policy.Value = map[string]float64{"stakeholders": 1}
		in.Policy.Stakeholders = []prioritize.Stakeholder{
			{Name: "Anna", Weight: 1, Signal: "anna"}, {Name: "Ben", Weight: 1, Signal: "ben"},
			{Name: "Cem", Weight: 1, Signal: "cem"}, {Name: "=Eve\x1b[31m|", Signal: "eve"},
		}
	}))
}

func printed(t *testing.T, d Document, f Format) string {
	t.Helper()
	var b bytes.Buffer
	if err := d.Write(&b, f, Style{}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestStakeholdersHaveASectionOfTheirOwn(t *testing.T) {
	d := rated(t)
	want := `
STAKEHOLDERS  4 of 4 items rated
  person  weight  rated  scores  as ordered
  Anna         1      4       4        67 %
  Ben          1      3       3        67 %
  Cem          1      3       3        33 %
  =Eve|        0      1       1
  Over the 3 items that all rated, the 3 people agree no more than by chance
  (Kendall's W 0.11, p 0.717).
  Far apart, talk about these:
    PAY-1  Anna 9, Cem 8, Ben 1  Story A
`
	if text := printed(t, d, Text); !strings.Contains(text, want) {
		t.Errorf("text lacks the section\n%s\ngot\n%s", want, text)
	}
	markdown := printed(t, d, Markdown)
	for _, want := range []string{
		"## Stakeholders\n", "| Ben | 1 | 3 | 3 | 67 % |\n", "| =Eve\\| | 0 |",
		"| PAY-1 | Anna 9, Cem 8, Ben 1 | Story A |\n",
	} {
		if !strings.Contains(markdown, want) {
			t.Errorf("Markdown lacks %q:\n%s", want, markdown)
		}
	}
}

func TestStakeholdersInTheSpreadsheet(t *testing.T) {
	rows, err := csv.NewReader(strings.NewReader(printed(t, rated(t), CSV))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	first := slices.Index(rows[0], "score_Anna")
	got := map[string][]string{}
	for _, row := range rows {
		got[row[slices.Index(rows[0], "key")]] = row[first:]
	}
	want := map[string][]string{
		"key":   {"score_Anna", "score_Ben", "score_Cem", "score_=Eve|", "disagreement"},
		"PAY-1": {"9", "1", "8", "", "0.27"},
		"PAY-2": {"7", "5", "7", "10", "0.07"},
		"PAY-3": {"5", "9", "4.5", "", "0.15"},
		"PAY-4": {"2", "", "", "", ""},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("columns (-want +got):\n%s", diff)
	}
}

func TestStakeholdersInJSON(t *testing.T) {
	var got struct {
		Stakeholders struct {
			People []struct {
				Name  string
				Order []string
				Same  float64
			}
			Talk []struct {
				Ref    string
				Voices []struct {
					Name         string
					Score, Share float64
				}
			}
			Agreement struct {
				People, Items int
				W             float64
			}
		}
	}
	if err := json.Unmarshal([]byte(printed(t, rated(t), JSON)), &got); err != nil {
		t.Fatal(err)
	}
	s := got.Stakeholders
	if want := []string{"platform:10003", "platform:10002", "platform:10001"}; !slices.Equal(s.People[1].Order, want) {
		t.Errorf("Ben's order %v, want %v", s.People[1].Order, want)
	}
	if len(s.Talk) != 1 || s.Talk[0].Ref != "platform:10001" || s.Talk[0].Voices[2].Name != "Ben" || s.Talk[0].Voices[2].Share != 0.1 {
		t.Errorf("to talk about %+v", s.Talk)
	}
	// Sums of ranks 7, 6 and 5 of 3 people: 12·2/(9·24).
	if s.Agreement.People != 3 || s.Agreement.Items != 3 || math.Abs(s.Agreement.W-1.0/9) > 1e-4 {
		t.Errorf("agreement %+v", s.Agreement)
	}
}

func TestWithoutStakeholdersNothingIsSaidOfThem(t *testing.T) {
	d := New(roundOf(t, backlog(), nil))
	for _, f := range []Format{Text, Markdown, JSON, CSV} {
		if text := strings.ToLower(printed(t, d, f)); strings.Contains(text, "stakeholder") || strings.Contains(text, "disagreement") {
			t.Errorf("%s speaks of stakeholders", f)
		}
	}
}

func TestARedactedReportNamesNobody(t *testing.T) {
	for _, f := range []Format{Text, Markdown, JSON, CSV} {
		if text := printed(t, rated(t).Redact(), f); strings.Contains(text, "Anna") {
			t.Errorf("%s names a person:\n%s", f, text)
		}
	}
}

func TestScoresBeyondTheScaleAreTold(t *testing.T) {
	beyond := issue(1, "Story A", func(it *work.Item) { it.Signals["anna"] = 55 })
	for scaled, anchors := range map[bool]map[string]prioritize.Anchor{false: nil, true: {"anna": {Quantiles: []float64{0, 100}}}} {
		d := New(roundOf(t, []connectors.Reader{shelf{name: "platform", items: []work.Item{beyond}}}, func(in *cycle.Inputs) {
			in.Policy.Value, in.Policy.Anchors = map[string]float64{"stakeholders": 1}, anchors
			in.Policy.Stakeholders = []prioritize.Stakeholder{{Name: "Anna", Weight: 1, Signal: "anna"}}
		}))
		told := strings.Contains(printed(t, d, Text), "Anna gives scores above 10")
		if p := d.Stakeholders.People[0]; p.Scaled != scaled || told == scaled {
			t.Errorf("Anna %+v with anchors %v: told %v", p, anchors, told)
		}
	}
}
