package main

import (
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"stackrank/connectors/connectortest"
	"stackrank/internal/report"
	"stackrank/internal/work"
)

// TestUndoBringsBothTrackersBack takes a sync of the built-in backlog back.
func TestUndoBringsBothTrackersBack(t *testing.T) {
	for _, deployment := range deployments {
		t.Run(string(deployment), func(t *testing.T) {
			r := newRig(t, simOptions{deployment: string(deployment)})
			wantUndone(t, r, 200)
		})
	}
}

// TestLabUndo takes syncs of real backlogs back, first as they are, then after people
// have worked on; under the race detector those of small ones.
func TestLabUndo(t *testing.T) {
	for _, of := range []struct {
		issues, board string
		writes        int
		large         bool
	}{
		{"data/jira/cloud/devlake/*.jsonl", gisFile, 100, false},
		{"data/jira/duraspace/*.jsonl", gisFile, 300, false},
		{"data/jira/titanium/timob.jsonl", bizarreFile, 1000, true},
	} {
		if of.large && watched {
			continue
		}
		files, err := filepath.Glob(connectortest.Lab(t, filepath.FromSlash(of.issues)))
		if err != nil {
			t.Fatal(err)
		}
		t.Run(of.issues, func(t *testing.T) {
			wantUndone(t, newRig(t, simOptions{jiraData: files, trelloData: []string{connectortest.Lab(t, filepath.FromSlash(of.board))}}), of.writes)
		})
	}
}

// TestTheSyncAfterAnUndo writes what the first one wrote, takes nothing of the undo
// for what people did, and leaves nothing for the next one.
func TestTheSyncAfterAnUndo(t *testing.T) {
	for _, deployment := range deployments {
		t.Run(string(deployment), func(t *testing.T) {
			r := newRig(t, simOptions{deployment: string(deployment)})
			first := r.report(t)
			r.round(t, exitDone, "sync", "--force")
			after := r.holding(t)
			r.undo(t, exitDone)
			if diff := cmp.Diff(first.Plan.Changes, r.report(t).Plan.Changes, cmp.AllowUnexported(work.Value{})); diff != "" {
				t.Errorf("what is planned after the undo (-before the sync +after the undo):\n%s", diff)
			}
			r.round(t, exitDone, "sync", "--force")
			wantHeld(t, "after the sync, its undo and a sync", after, r.holding(t), nil)
			wantNoWrites(t, r)
		})
	}
}

// TestUndoOfWhatThereIsNot holds undo to its exit codes and sentences.
func TestUndoOfWhatThereIsNot(t *testing.T) {
	r := newRig(t, simOptions{})
	r.round(t, exitDone, "sync", "--force")
	run := r.newest(t)
	tests := []struct {
		name string
		args []string
		code int
		says string
	}{
		{"no such run", []string{"1999"}, exitUsage, "stackrank history lists the runs"},
		{"no such backlog", []string{run, "--backlog", "other"}, exitUsage, "there is no such backlog"},
		{"no such format", []string{"--format", "csv"}, exitUsage, "want text or json"},
		{"too many runs", []string{run, run}, exitUsage, "see stackrank undo --help"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if out := r.run(t, tt.code, append([]string{"undo"}, tt.args...)...); !strings.Contains(out, tt.says) {
				t.Errorf("it says %q, want %q", out, tt.says)
			}
		})
	}
	r.configure(t, "  - name: sandbox\n", "  - name: renamed\n")
	if out := r.run(t, exitUsage, "undo", run); !strings.Contains(out, "one of backlog sandbox, which the configuration does not have") {
		t.Errorf("of a run of a backlog that is no more it says %q", out)
	}
	if out := r.run(t, exitFailed, "undo"); !strings.Contains(out, "nothing is left to take back") {
		t.Errorf("of a backlog that nothing was written to it says %q", out)
	}
}

// wantUndone syncs by so many writes at least, and wants undo to bring both
// trackers back, to write nothing the second time, and to be undone itself; then
// to leave alone what people have done after the sync.
func wantUndone(t *testing.T, r *rig, writes int) {
	t.Helper()
	before := r.holding(t)
	r.round(t, exitDone, "sync", "--force")
	if got := r.writes(t); got < writes {
		t.Errorf("%d writes, want at least %d", got, writes)
	}
	run, after := r.newest(t), r.holding(t)

	shown := r.undo(t, exitDone, "--dry-run")
	wantHeld(t, "after the dry run", after, r.holding(t), nil)
	first := r.undo(t, exitDone)
	wantHeld(t, "after the undo", before, r.holding(t), nil)
	if first.Undoes != run || first.Plan.Digest != shown.Plan.Digest || len(first.Plan.Skipped) > 0 {
		t.Errorf("undo takes back %s, want %s, by the plan that was shown; it leaves %v", first.Undoes, run, first.Plan.Skipped)
	}
	done := r.writes(t)
	if r.undo(t, exitDone, run); r.writes(t) != done {
		t.Errorf("a second undo makes %d writes", r.writes(t)-done)
	}
	r.undo(t, exitDone, first.Run)
	wantHeld(t, "after the undo of the undo", after, r.holding(t), nil)

	p := r.workOn(t, before, after, first)
	worked := r.holding(t)
	last := r.undo(t, exitPartial, run)
	t.Logf("%d writes; undo: %+v; after people's edits: %+v", done, first.Plan.Counts, last.Plan.Counts)
	p.wantKept(t, before, worked, r.holding(t), last)
}

// writes counts the requests that wrote to both trackers.
func (r *rig) writes(t *testing.T) int {
	t.Helper()
	jira, trello := r.stats(t)
	return jira.Writes + trello.Writes
}

// newest gives the id of the newest run.
func (r *rig) newest(t *testing.T) string {
	t.Helper()
	var h report.History
	if err := json.Unmarshal([]byte(r.run(t, exitDone, "history", "--limit", "1", "--format", "json")), &h); err != nil {
		t.Fatal(err)
	}
	return h.Runs[0].ID
}

// undo takes a run back, or the newest, and gives what it says.
func (r *rig) undo(t *testing.T, code int, args ...string) report.Undo {
	t.Helper()
	var u report.Undo
	if err := json.Unmarshal([]byte(r.run(t, code, append([]string{"undo", "--format", "json"}, args...)...)), &u); err != nil {
		t.Fatal(err)
	}
	return u
}

// wantHeld wants two holdings to be the same in all that a sync writes, in the
// order of the open items, and in everything else; apart from some items.
func wantHeld(t *testing.T, when string, want, got holding, apart map[work.Ref]bool) {
	t.Helper()
	for ref, was := range want.things {
		is, here := got.things[ref]
		if apart[ref] {
			continue
		}
		if !here {
			t.Errorf("%s %s is gone", when, ref)
			continue
		}
		if diff := cmp.Diff(was.outcome(), is.outcome(), cmp.AllowUnexported(outcomeOf{})); diff != "" {
			t.Errorf("%s %s (-want +got):\n%s", when, ref, diff)
		}
		same(t, when+" "+ref.String(), was.foreign, is.foreign)
	}
	if diff := cmp.Diff(want.lanes(apart), got.lanes(apart)); diff != "" {
		t.Errorf("%s the order is another one (-want +got):\n%s", when, diff)
	}
}

// lanes gives the open items of each lane in their order, some left out.
func (h holding) lanes(apart map[work.Ref]bool) map[string][]work.Ref {
	out := map[string][]work.Ref{}
	for _, ref := range h.order {
		if it := h.things[ref]; !it.done && !it.subtask && !apart[ref] {
			lane := ref.Source + " " + it.lane
			out[lane] = append(out[lane], ref)
		}
	}
	return out
}

// workers is what people have done to both trackers after a sync.
type workers struct {
	scored, dragged, finished, gone []work.Ref // one of each tracker
	unmarked                        []work.Ref // that have lost our label
	told                            []work.Ref // that undo has to name, as they stay
}

// workOn has people set scores, take our labels off, drag to the end of its lane what
// the sync has moved and what stood in the first half before, finish some items and
// delete others, each on both trackers.
func (r *rig) workOn(t *testing.T, before, h holding, u report.Undo) workers {
	t.Helper()
	var p workers
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	moved := map[work.Ref]bool{}
	for _, run := range u.Plan.Runs {
		for _, ref := range run.Items {
			moved[ref] = true
		}
	}
	for _, lane := range before.lanes(nil) {
		for _, ref := range lane[len(lane)/2:] {
			delete(moved, ref)
		}
	}
	fields := map[string]string{"jira": r.jiraFields(t).score, "trello": r.cardField(t, "Score")}
	for source, field := range fields {
		if off := h.first(source, func(ref work.Ref) bool { return h.things[ref].ours() != "" }); !off.IsZero() {
			must(r.unlabel(off, h.things[off].ours()))
			p.unmarked = append(p.unmarked, off)
		}
		lane := h.longest(source)
		dragged := h.first(source, func(ref work.Ref) bool { return moved[ref] })
		if dragged.IsZero() {
			dragged = lane[0]
		} else {
			p.told = append(p.told, dragged)
		}
		of := h.lanes(nil)[source+" "+h.things[dragged].lane]
		must(r.drag(h, dragged, of[len(of)-1], work.Ref{}))
		n := len(lane)
		scored, finished, gone := lane[n/2], lane[n/2+1], lane[n/2+2]
		must(r.score(scored, field, "12.5"))
		must(r.finish(finished))
		must(r.remove(gone))
		p.scored, p.dragged = append(p.scored, scored), append(p.dragged, dragged)
		p.finished, p.gone = append(p.finished, finished), append(p.gone, gone)
		p.told = append(p.told, scored, gone)
	}
	return p
}

// first gives the first open item of a source that a test holds for; zero for none.
func (h holding) first(source string, is func(work.Ref) bool) work.Ref {
	for _, ref := range h.order {
		if ref.Source == source && !h.things[ref].done && is(ref) {
			return ref
		}
	}
	return work.Ref{}
}

// longest gives the items of the longest lane of a source, in order.
func (h holding) longest(source string) []work.Ref {
	var out []work.Ref
	for lane, refs := range h.lanes(nil) {
		if strings.HasPrefix(lane, source+" ") && len(refs) > len(out) {
			out = refs
		}
	}
	return out
}

// cardField gives the id of a custom field of the board.
func (r *rig) cardField(t *testing.T, name string) string {
	t.Helper()
	var dump struct{ CustomFields []struct{ ID, Name string } }
	get(t, r.trelloURL+"/_sandbox/dump", &dump)
	for _, f := range dump.CustomFields {
		if f.Name == name {
			return f.ID
		}
	}
	t.Fatalf("the board has no field %s", name)
	return ""
}

// wantKept wants what people did to be there after the undo, and all the rest as
// it was before the sync.
func (p workers) wantKept(t *testing.T, before, worked, now holding, u report.Undo) {
	t.Helper()
	apart := map[work.Ref]bool{}
	for _, ref := range slices.Concat(p.scored, p.dragged, p.finished, p.gone) {
		apart[ref] = true
	}
	for ref, it := range before.things { // what people wrote elsewhere is theirs
		it.foreign = worked.things[ref].foreign
		before.things[ref] = it
	}
	wantHeld(t, "after the undo beside people's work", before, now, apart)
	if len(p.unmarked) == 0 || len(p.told) <= len(p.scored)+len(p.gone) {
		t.Errorf("people did %+v, want a label taken off and something dragged that the sync had moved", p)
	}
	for _, ref := range p.scored {
		if got := now.things[ref]; got.score != "12.5" || got.place != before.things[ref].place {
			t.Errorf("%s: a person set the score, and now score and place are %s and %s", ref, got.score, got.place)
		}
	}
	for _, ref := range p.finished {
		was, is := before.things[ref], now.things[ref]
		if diff := cmp.Diff(was.outcome(), is.outcome(), cmp.AllowUnexported(outcomeOf{})); diff != "" || !is.done {
			t.Errorf("%s, which is done (-before +now):\n%s", ref, diff)
		}
	}
	for _, ref := range p.dragged {
		lane := now.lanes(nil)[ref.Source+" "+now.things[ref].lane]
		if want := worked.lanes(nil)[ref.Source+" "+worked.things[ref].lane]; want[len(want)-1] != ref {
			t.Fatalf("%s was dragged to the end of %v", ref, want)
		}
		if i := slices.Index(lane, ref); i < len(lane)/2 {
			t.Errorf("%s: a person dragged it to the end, and undo left it at %d of %d", ref, i+1, len(lane))
		}
	}
	told := map[work.Ref]bool{}
	for _, s := range u.Plan.Skipped {
		told[s.Ref] = true
	}
	for _, ref := range p.told {
		if !told[ref] {
			t.Errorf("%s: nothing says that it is left as it is", ref)
		}
	}
}
