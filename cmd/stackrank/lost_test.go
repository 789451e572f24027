package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"stackrank/connectors/connectortest"
	"stackrank/connectors/jira/jirasim"
	"stackrank/internal/report"
	"stackrank/internal/work"
)

// losses is how many backlogs TestNoWriteIsLost takes through faults.
const losses = 200

// TestNoWriteIsLost syncs by one policy and then by another while answers get
// lost, and people work on the trackers between the two. The history tells of
// every write whether it was made, the output names what was not, and in the end
// the trackers hold what people left and what undisturbed syncs write.
func TestNoWriteIsLost(t *testing.T) {
	connectortest.Lab(t)
	var honest [2]holding
	var things [2][]string
	for i, d := range deployments {
		l := newLossy(t, d)
		l.round(t, exitDone, "sync", "--force")
		l.turn(t)
		l.round(t, exitDone, "sync", "--force")
		honest[i], things[i] = l.holding(t), l.furniture(t)
	}
	for seed := range fewer(losses, 4) {
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			t.Parallel()
			l := newLossy(t, deployments[seed%2])
			// Old answers would hide what people do, and a Retry-After of less than
			// a second cannot be told.
			f := l.disturb(t, seed, "-p-all", "0.03", "-p-stale", "0", "-no-retry-after")
			l.syncs(t)
			edited := l.people(t, seed)
			l.turn(t)
			l.syncs(t)
			f.verdicts(t)
			l.wantHeld(t, honest[seed%2], edited)
			want := slices.Sorted(slices.Values(append(slices.Clone(things[seed%2]), edited.made()...)))
			if diff := cmp.Diff(want, l.furniture(t)); diff != "" {
				t.Errorf("labels, fields and lists (-undisturbed +disturbed):\n%s", diff)
			}
		})
	}
}

// lossy is a rig with a small backlog.
type lossy struct{ *rig }

// newLossy starts the trackers with clocks that go on: by their times stackrank
// knows what people have changed.
func newLossy(t *testing.T, d jirasim.Deployment) lossy {
	t.Helper()
	var ticks atomic.Int64
	o := simOptions{deployment: string(d), now: func() time.Time { return at.Add(time.Duration(ticks.Add(1)) * time.Millisecond) }}
	return lossy{madeUpWith(t, o, 14, 10).exact(t)}
}

// furniture gives every label, field and list of the board by its name.
func (l lossy) furniture(t *testing.T) []string {
	t.Helper()
	return slices.DeleteFunc(l.named(t), func(name string) bool { return strings.HasPrefix(name, "card ") })
}

// turn takes another policy.
func (l lossy) turn(t *testing.T) {
	t.Helper()
	const policy = "model: cd3u\n"
	l.configure(t, policy, policy+"      value: {demand: 0.1, priority: 0.9}\n")
}

// syncs syncs until nothing is left that could not be written, and holds every
// round against the trackers.
func (l lossy) syncs(t *testing.T) {
	t.Helper()
	for range 60 {
		out, code := runCommand(t, []string{
			"sync", "--force", "--format", "json", "--config", l.file, "--log-level", "error", "--at", at.Format(time.RFC3339),
		})
		printed, said, _ := strings.Cut(out, "stackrank: ")
		if code == exitFailed && said == "" || !slices.Contains([]int{exitDone, exitPartial, exitFailed}, code) {
			t.Fatalf("exit code %d and %q, want an end that says what failed", code, out)
		}
		if strings.HasPrefix(printed, "{") {
			var d report.Document
			if err := json.Unmarshal([]byte(strings.TrimSpace(printed)), &d); err != nil {
				t.Fatalf("%v:\n%s", err, out)
			}
			l.wantTrue(t, d)
		}
		if code == exitDone {
			return
		}
	}
	t.Fatal("no round of many wrote everything, want faults that can be got over")
}

// wantTrue holds what the newest run says of its writes against the trackers, and
// what was printed against that.
func (l lossy) wantTrue(t *testing.T, d report.Document) {
	t.Helper()
	runs := l.history(t, "").Runs
	failed := map[work.Ref]bool{}
	h := l.holding(t)
	for _, w := range l.history(t, runs[0].ID).Writes {
		if w.Result != "done" {
			failed[w.Ref] = true
			if w.Error == "" {
				t.Errorf("the history says %q of %s of %s, and not why", w.Result, slotOf(w), w.Key)
			}
		}
		if w.Op == "move" {
			continue
		}
		made := h.things[w.Ref].bySlot()[slotOf(w)] == w.New.String()
		if w.Result == "done" && !made || w.Result == "failed" && made || w.Result == "intended" {
			t.Errorf("%s: the history says %q (%s) of %s %s → %s; made: %t", w.Key, w.Result, w.Error, slotOf(w), w.Old, w.New, made)
		}
	}
	told := map[work.Ref]bool{}
	if d.Written != nil {
		for _, f := range d.Written.Failed {
			told[f.Ref] = f.Error != ""
		}
	}
	for ref := range failed {
		if !told[ref] {
			t.Errorf("%s was not written for certain, and the output does not say so", ref)
		}
	}
	if len(runs) > 1 {
		l.wantCertain(t, runs[1].ID)
	}
}

// wantCertain wants nothing to be unknown of the edits of a run, another one
// having looked at the trackers since.
func (l lossy) wantCertain(t *testing.T, run string) {
	t.Helper()
	for _, w := range l.history(t, run).Writes {
		if w.Op != "move" && w.Result != "done" && w.Result != "failed" {
			t.Errorf("the history still says %q of %s of %s", w.Result, slotOf(w), w.Key)
		}
	}
}

// edits are what people did: a score of their own on one item, titles and labels on
// several; and the items as they left them.
type edits struct {
	holding
	scored work.Ref
	score  string
	labels map[work.Ref]string
}

// people works on the trackers as people do.
func (l lossy) people(t *testing.T, seed int) edits {
	t.Helper()
	rng := rand.New(rand.NewPCG(uint64(seed), 1))
	open := l.holding(t).open()
	rng.Shuffle(len(open), func(i, j int) { open[i], open[j] = open[j], open[i] })
	e := edits{scored: open[0], score: "12.3", labels: map[work.Ref]string{}}
	do := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	do(l.score(e.scored, l.scoreField(t, e.scored.Source), e.score))
	for i, ref := range open[:6] {
		do(l.retitle(ref, fmt.Sprintf("Another title %d", i)))
		if i%2 == 0 {
			e.labels[ref] = fmt.Sprint("team-", i)
			do(l.label(ref, e.labels[ref]))
		}
	}
	e.holding = l.holding(t)
	return e
}

// made names the labels that people made on the board.
func (e edits) made() []string {
	var out []string
	for ref, name := range e.labels {
		if ref.Source == "trello" {
			out = append(out, "label "+name)
		}
	}
	return out
}

// scoreField gives the id of the field that holds the score of a source.
func (l lossy) scoreField(t *testing.T, source string) string {
	t.Helper()
	if source == "jira" {
		return l.jiraFields(t).score
	}
	var dump struct{ CustomFields []struct{ ID, Name string } }
	get(t, l.trelloURL+"/_sandbox/dump", &dump)
	for _, f := range dump.CustomFields {
		if f.Name == "Score" {
			return f.ID
		}
	}
	t.Fatal("the board has no field for the score")
	return ""
}

// wantHeld wants every item to hold what people left of theirs and what
// undisturbed syncs write of ours, in the same order.
func (l lossy) wantHeld(t *testing.T, honest holding, left edits) {
	t.Helper()
	h := l.holding(t)
	if diff := cmp.Diff(honest.order, h.order); diff != "" {
		t.Errorf("the order (-undisturbed +disturbed):\n%s", diff)
	}
	for ref, want := range honest.things {
		is, expected := h.things[ref], want.outcome()
		if ref == left.scored {
			expected.score = left.score
		}
		if l := left.labels[ref]; l != "" {
			expected.labels = slices.Sorted(slices.Values(append(slices.Clone(expected.labels), l)))
		}
		if diff := cmp.Diff(expected, is.outcome(), cmp.AllowUnexported(outcomeOf{})); diff != "" {
			t.Errorf("%s (-undisturbed +disturbed):\n%s", ref, diff)
		}
		same(t, ref.String()+", of which people know", left.things[ref].foreign, is.foreign)
	}
}
