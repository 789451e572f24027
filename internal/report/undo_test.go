package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"stackrank/internal/cycle"
	"stackrank/internal/plan"
	"stackrank/internal/work"
)

// undone is an undo of a sync to three items, of which a person has changed one
// and another has left.
func undone(made bool) cycle.Undone {
	ref := func(n int) work.Ref { return work.Ref{Source: "platform", ID: fmt.Sprint(10000 + n)} }
	u := cycle.Undone{Keys: map[work.Ref]string{ref(1): "PAY-1", ref(2): "PAY-2", ref(3): "PAY-3"}}
	u.Target.ID, u.Target.Kind, u.Target.Who = "20261124-090000144-a32ab4e9", "sync", "po@host, process 7"
	u.Target.Begun = noon.Add(-3 * time.Hour)
	u.Backlog, u.At = "payments", noon
	u.Sources = []cycle.Source{{Name: "platform", Site: "https://platform.example", Snapshot: work.Snapshot{Items: []work.Item{issue(1, "", nil), issue(2, "", nil)}}}}
	u.Findings = []work.Finding{{Code: "run-died", Level: work.Note, Message: "The undo of 2026-11-24 11:00 ended before its end: it had written nothing."}}
	u.Plan = plan.Plan{
		Changes: []work.Change{{Ref: ref(1), Key: "PAY-1", Title: "Refund\x1b[31m fails", Edits: []work.Edit{
			{Op: work.Remove, Slot: work.SlotLabel, Old: work.Text("stackrank-now")},
			{Op: work.Set, Slot: work.SlotScore, Old: work.Number(74.5), New: work.Number(61)},
		}}},
		Runs: []work.Run{{Items: []work.Ref{ref(1)}, After: ref(2), Was: []work.Ref{{}}}},
		Skipped: []plan.Skip{
			{Ref: ref(2), Why: "Its rank is 9 now and was made 4 by the run, so it stays."},
			{Ref: ref(3), Why: "PAY-3 is not among the open items of the backlog any more."},
			{Source: "roadmap", Why: "source roadmap of https://roadmap.example is not in this backlog any more"},
		},
	}.Seal()
	if made {
		u.Run, u.Results = "20261124-120000000-5f0c9a1e", []work.Result{{Ref: ref(1)}, {Ref: ref(1), Err: work.ErrForbidden}}
	}
	return u
}

func TestUndoFormats(t *testing.T) {
	nothing := undone(false)
	nothing.Plan, nothing.Findings = plan.Plan{}.Seal(), nil
	tests := []struct {
		name   string
		undo   cycle.Undone
		format Format
	}{
		{"undo as text", undone(true), Text},
		{"undo as json", undone(true), JSON},
		{"undo of nothing", nothing, Text},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var b bytes.Buffer
			if err := NewUndo(tt.undo).Write(&b, tt.format, Style{}); err != nil {
				t.Fatal(err)
			}
			golden(t, tt.name, b.String())
		})
	}
}

// TestUndoSharesTheKeysOfAReport holds the keys of an undo to those of a report.
func TestUndoSharesTheKeysOfAReport(t *testing.T) {
	keys := func(v any) map[string]json.RawMessage {
		text, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		out := map[string]json.RawMessage{}
		if err := json.Unmarshal(text, &out); err != nil {
			t.Fatal(err)
		}
		return out
	}
	of := roundOf(t, backlog(), nil)
	of.Results = []work.Result{{Ref: work.Ref{Source: "platform", ID: "1"}}}
	document := keys(New(of))
	for key := range keys(NewUndo(undone(true))) {
		if _, shared := document[key]; !shared && key != "run" && key != "undoes" {
			t.Errorf("a report has no key %q", key)
		}
	}
}

// TestHistoryTellsWhatStands lists runs that are taken back, wholly and in part.
func TestHistoryTellsWhatStands(t *testing.T) {
	run := func(id, kind, undoes, result, counts string) PastRun {
		return PastRun{ID: id, Backlog: "payments", Kind: kind, Undoes: undoes, Result: result, Counts: []byte(counts), Begun: noon}
	}
	h := History{Runs: []PastRun{
		run("f", "sync", "", "refused", `{"set":7,"add":1,"moved":3}`),
		{ID: "g", Kind: "sync", Result: "failed", Begun: noon},
		run("e", "undo", "a", "partial", `{"set":4,"written":3,"failed":1}`),
		run("d", "undo", "c", "done", `{"set":2,"written":2}`),
		run("c", "undo", "b", "done", `{"set":2,"written":2}`),
		run("b", "sync", "", "done", `{"set":2,"written":2}`),
		run("a", "sync", "", "done", `{"set":4,"written":4}`),
	}}
	var b bytes.Buffer
	if err := h.Write(&b, Text, Style{}, func(string) *time.Location { return time.UTC }); err != nil {
		t.Fatal(err)
	}
	var got []string
	for line := range strings.Lines(b.String()) {
		got = append(got, strings.Join(strings.Fields(line)[:7], " "))
	}
	want := []string{
		"run kind result fields labels moves failed",
		"f sync refused – – – –", "g sync failed ? ? ? ?", "e undo partial 4 0 0 1", "d undo done 2 0 0 0",
		"c undo undone 2 0 0 0", "b sync done 2 0 0 0", "a sync done 4 0 0 0",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("history (-want +got):\n%s", diff)
	}
}

// TestHistoryTellsTheTimeOfEachBacklog lists runs of backlogs in several zones.
func TestHistoryTellsTheTimeOfEachBacklog(t *testing.T) {
	h := History{Runs: []PastRun{{ID: "b", Backlog: "tokyo", Begun: noon}, {ID: "a", Backlog: "payments", Begun: noon}}}
	zone := func(backlog string) *time.Location {
		if backlog == "tokyo" {
			return time.FixedZone("JST", 9*60*60)
		}
		return time.UTC
	}
	var b bytes.Buffer
	if err := h.Write(&b, Text, Style{Width: 200}, zone); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"2026-11-24 21:00", "tokyo", "2026-11-24 12:00", "payments"} {
		i := strings.Index(b.String(), want)
		if i < 0 {
			t.Fatalf("the list does not go on with %q:\n%s", want, b.String())
		}
		b.Next(i)
	}
}

func TestSkippedItemsOfOneCauseShareALine(t *testing.T) {
	ref := func(id string) work.Ref { return work.Ref{Source: "board", ID: id} }
	d := Document{
		Items: []Item{{Ref: ref("1"), Key: "PAY-1", Also: []work.Ref{ref("2")}}},
		Plan: plan.Plan{
			Changes: []work.Change{{Ref: ref("2"), Key: "Card0002"}},
			Skipped: []plan.Skip{{Ref: ref("1"), Why: "It has been moved."}, {Ref: ref("3"), Why: "It is gone."}, {Ref: ref("2"), Why: "It has been moved."}},
		},
	}
	p := &printer{width: defaultWidth}
	p.plan(d)
	says(t, p.b.String(), "skipped PAY-1: It has been moved. also Card0002 skipped board:3: It is gone. 0 to set")
}
