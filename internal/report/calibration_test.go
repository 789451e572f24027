package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"stackrank/connectors"
	"stackrank/internal/cycle"
	"stackrank/internal/work"
	"stackrank/prioritize"
)

// calibrated measures a backlog of twelve estimated items, nine of which Anna
// rated and ten Ben.
func calibrated(t *testing.T) Calibration {
	t.Helper()
	var items []work.Item
	for i := range 12 {
		items = append(items, issue(i+1, fmt.Sprint("Story ", i+1), func(it *work.Item) {
			it.Signals = work.Signals{work.Effort: 3, work.Votes: float64(i)}
			if i < 9 {
				it.Signals["anna"] = 5
			}
			if i < 10 {
				it.Signals["ben"] = float64(i)
			}
		}))
	}
	r := roundOf(t, []connectors.Reader{shelf{name: "platform", items: items}}, func(in *cycle.Inputs) {
		in.Policy.Value = map[string]float64{"demand": 1, "stakeholders": 0.5}
		in.Policy.Stakeholders = []prioritize.Stakeholder{{Name: "Anna", Weight: 1, Signal: "anna"}, {Name: "Ben", Weight: 1, Signal: "ben"}}
		in.Policy.Anchors = map[string]prioritize.Anchor{"demand": {Half: 20000}}
	})
	c, _, err := NewCalibration(r)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestACalibrationAsText(t *testing.T) {
	var b bytes.Buffer
	if err := calibrated(t).Write(&b, Text, Style{}); err != nil {
		t.Fatal(err)
	}
	table := `payments  12 items · model cd3u · 2026-11-24 12:00 UTC

ANCHORS
  anchor                now        found  figures
  demand.half        20,000            6       11
  stakeholders.mean     0.5 *      0.507       10
  stakeholders.sd      0.25 *      0.121       10
  anna.quantiles          – *          –        9
  ben.quantiles           – *  0 … 5 … 9       10
  effort.mean             3 *       3.52       12
  effort.sd             0.8 *        0.1       12
  * built in
  – fewer than 10 figures: it stays as it is.

WHAT THEY DO
  half: `
	text := b.String()
	if !strings.HasPrefix(text, table) {
		t.Errorf("text (-want +got):\n%s", cmp.Diff(table, text))
	}
	if !strings.Contains(text, "  Nothing is written. --write puts what was found into policy.anchors;") {
		t.Errorf("text does not say how to write it:\n%s", text)
	}
	for l := range strings.SplitSeq(text, "\n") {
		if width(l) > 80 {
			t.Errorf("%d cells: %q", width(l), l)
		}
	}
	if err := calibrated(t).Write(&b, CSV, Style{}); err == nil {
		t.Error("a calibration was written as CSV")
	}
}

func TestACalibrationAsJSONIsReadBack(t *testing.T) {
	c := calibrated(t)
	var b bytes.Buffer
	if err := c.Write(&b, JSON, Style{}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(b.String(), `{"anchor":"demand","field":"half","now":20000,"built_in":false,"found":6,"figures":11}`) {
		t.Errorf("JSON %s", b.String())
	}
	var back Calibration
	if err := json.Unmarshal(b.Bytes(), &back); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(c, back); diff != "" {
		t.Errorf("read back (-want +got):\n%s", diff)
	}
	if c.Digest == c.Becomes {
		t.Error("the policy keeps its digest")
	}
}

func TestTheOutcomeOfACalibrationIsSaid(t *testing.T) {
	for want, c := range map[string]Calibration{
		"holds this already": {Digest: "a", Becomes: "a", Written: true},
		"nothing to write":   {Digest: "a", Becomes: "a"},
		"Written to policy":  {Digest: "a", Becomes: "b", Written: true},
		"Nothing is written": {Digest: "a", Becomes: "b"},
	} {
		if got := c.outcome(); !strings.Contains(got, want) {
			t.Errorf("outcome of %+v: %q, want it to say %q", c, got, want)
		}
	}
}

func TestACalibrationSaysWhoStandsElsewhere(t *testing.T) {
	order := func(ids ...string) prioritize.Ranking {
		var r prioritize.Ranking
		for i, id := range ids {
			it := work.Item{Ref: work.Ref{Source: "s", ID: id}, Key: "K-" + id}
			r.Ranked = append(r.Ranked, prioritize.Ranked{Place: i + 1, Group: work.Group{Items: []work.Item{it}}})
		}
		return r
	}
	c := Calibration{Items: 5}
	c.compare(order("1", "2", "3", "4", "5"), order("2", "3", "1", "4", "5"))
	if want := "3 of 5 items stand elsewhere in the order by score; K-1 goes farthest, from 1 to 3."; c.effect() != want {
		t.Errorf("said %q, want %q", c.effect(), want)
	}
	same := Calibration{Items: 2}
	if same.compare(order("1", "2"), order("1", "2")); same.Moves != 0 || same.effect() != "The order stays as it is." {
		t.Errorf("%+v: %s", same, same.effect())
	}
}
