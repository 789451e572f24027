package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"stackrank/connectors/jira/jirasim"
	"stackrank/internal/report"
	"stackrank/internal/work"
)

// TestGoingOnGivesWhatAWholeReadingGives lets people work on both trackers for a
// while. Now and then the backlog is reported on twice, by what has changed and
// by reading all of it, and synced. Both reports must be alike, findings, reasons
// and plan included.
func TestGoingOnGivesWhatAWholeReadingGives(t *testing.T) {
	for i, d := range deployments {
		t.Run(string(d), func(t *testing.T) {
			t.Parallel()
			l := newLife(t, simOptions{deployment: string(d)}, uint64(i))
			l.round(t, "sync", "--force")
			went, edits := 0, 0
			for round := range 6 {
				for range l.rng.IntN(7) {
					edits += l.edit(t)
				}
				if round%3 == 2 {
					l.pass(20 * time.Minute) // what was written is old by now
				}
				if l.alike(t, func(file string) string { return l.roundBy(t, file, "report", "--format", "json") }) {
					went++
				}
				if t.Failed() {
					t.Fatalf("in round %d, after %d edits", round, edits)
				}
				if l.rng.IntN(2) == 0 {
					l.round(t, "sync", "--force")
				}
			}
			if went < 4 || edits < 8 {
				t.Errorf("after %d edits only %d reports went on from what was kept", edits, went)
			}
		})
	}
}

// unchanged is how many issues an unchanged sync is measured with.
var unchanged = flag.Int("issues", 1_100, "issues of an unchanged sync")

// TestAnUnchangedSourceTakesFewRequests counts what a sync asks for that finds
// everything as the last one has left it: on Cloud the names of the issues in a
// few orders and what may have changed under them, on Data Center and Trello a
// light listing.
func TestAnUnchangedSourceTakesFewRequests(t *testing.T) {
	issues, cards := fewer(*unchanged, 300), fewer(max(*unchanged/5, 1_100), 100)
	for d, most := range map[jirasim.Deployment]int{
		jirasim.Cloud:      8,
		jirasim.DataCenter: parts(issues, 1000) + 8,
	} {
		t.Run(string(d), func(t *testing.T) {
			jiraFile, trelloFile := madeFiles(t, issues, cards)
			l := newLife(t, simOptions{deployment: string(d), jiraData: []string{jiraFile}, trelloData: []string{trelloFile}}, 0)
			l.configure(t, "top: all", "top: 100")
			l.round(t, "sync", "--force")
			l.pass(time.Hour)
			l.round(t, "sync", "--force") // reads again what was written
			for range 2 {                 // rare questions take turns
				l.pass(time.Hour)
				jira, trello := l.idle(t)
				if mostCards := parts(cards, 1000) + 5; jira > most || trello > mostCards {
					t.Errorf("%d requests to Jira and %d to Trello for %d issues and %d cards, want at most %d and %d", jira, trello, issues, cards, most, mostCards)
				}
			}
		})
	}
}

// idle syncs, wants nothing to be written, and gives the numbers of requests.
func (l *life) idle(t *testing.T) (toJira, toTrello int) {
	t.Helper()
	jira0, trello0 := l.stats(t)
	began := time.Now()
	l.round(t, "sync")
	took := time.Since(began)
	jira, trello := l.stats(t)
	jira, trello = jira.since(jira0), trello.since(trello0)
	if jira.Writes+trello.Writes != 0 {
		t.Errorf("%d writes to Jira and %d to Trello, want none", jira.Writes, trello.Writes)
	}
	t.Logf("%d requests to Jira and %d to Trello, %v", jira.Total, trello.Total, took.Round(time.Millisecond))
	return jira.Total, trello.Total
}

// ticking gives a clock that shows a later moment each time it is asked: what a
// tracker dates is told apart by its date, as with real ones.
func ticking() func() time.Time {
	var asked atomic.Int64
	return func() time.Time { return at.Add(time.Duration(asked.Add(1)) * time.Millisecond) }
}

// life is a sandbox in which time goes on.
type life struct {
	*rig
	since atomic.Int64 // nanoseconds since the beginning
	rng   *rand.Rand
	made  int
}

// newLife starts it with the built-in backlog, or with other data.
func newLife(t *testing.T, o simOptions, seed uint64) *life {
	t.Helper()
	l := &life{rng: rand.New(rand.NewPCG(seed, 0))}
	o.jiraAddr, o.trelloAddr, o.now = "127.0.0.1:0", "127.0.0.1:0", l.now
	s, err := startSims(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	l.rig = rigOf(t, s, o)
	return l
}

func (l *life) now() time.Time { return at.Add(time.Duration(l.since.Load())) }

func (l *life) pass(d time.Duration) { l.since.Add(int64(d)) }

// roundBy runs a command under a configuration at the present moment.
func (l *life) roundBy(t *testing.T, file string, args ...string) string {
	t.Helper()
	args = append(args, "--config", file, "--log-level", "error")
	var out strings.Builder
	w := world{out: &out, err: &out, env: envBeside(t, args), now: l.now}
	if code := run(t.Context(), args, w); code != exitDone && code != exitPartial {
		t.Fatalf("stackrank %v: exit code %d:\n%s", args, code, out.String())
	}
	return out.String()
}

func (l *life) round(t *testing.T, args ...string) string {
	t.Helper()
	return l.roundBy(t, l.file, args...)
}

// alike reports twice, whole and by what has changed, and wants both to be the
// same but for their numbers of requests. It tells whether the second did not read
// Jira whole: who does asks it for its time and version.
func (r *rig) alike(t *testing.T, report func(file string) string) (wentOn bool) {
	t.Helper()
	text, err := os.ReadFile(r.file)
	if err != nil {
		t.Fatal(err)
	}
	always := filepath.Join(filepath.Dir(r.file), "whole.yaml")
	if err := os.WriteFile(always, []byte(strings.ReplaceAll(string(text), "    kind: ", "    full_every: 0s\n    kind: ")), 0o600); err != nil {
		t.Fatal(err)
	}
	whole := withoutRequests(t, report(always))
	before, _ := r.stats(t)
	since := withoutRequests(t, report(r.file))
	after, _ := r.stats(t)
	if diff := cmp.Diff(whole, since); diff != "" {
		t.Errorf("the report by what has changed (-whole +since):\n%s", diff)
	}
	return after.since(before).Requests["GET /rest/api/2/serverInfo"] == 0
}

// withoutRequests gives the lines of a document without its numbers of requests.
func withoutRequests(t *testing.T, document string) []string {
	t.Helper()
	var d report.Document
	if err := json.Unmarshal([]byte(document), &d); err != nil {
		t.Fatal(err)
	}
	for k := range d.Sources {
		d.Sources[k].Requests = 0
	}
	text, err := json.MarshalIndent(d, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(string(text), "\n")
}

// edit lets a person do something to an item; it gives 1 where the tracker took it.
func (l *life) edit(t *testing.T) int {
	t.Helper()
	l.pass(time.Duration(1+l.rng.IntN(90_000)) * time.Millisecond)
	l.made++
	h := l.holding(t)
	open := h.open()
	ref := open[l.rng.IntN(len(open))]
	beside := l.beside(h, ref)
	edits := []func() error{
		func() error { return l.retitle(ref, fmt.Sprint("Title ", l.made)) },
		func() error { return l.label(ref, fmt.Sprint("label-", l.made)) },
		func() error { return l.finish(ref) },
		func() error { return l.remove(ref) },
		func() error { return l.drag(h, ref, work.Ref{}, beside[0]) },
		func() error { return l.drag(h, ref, beside[len(beside)-1], work.Ref{}) },
		func() error { return l.ask(ref) },
		func() error { return l.add(ref, h) },
	}
	if err := edits[l.rng.IntN(len(edits))](); err != nil {
		t.Log(err)
		return 0
	}
	return 1
}

// beside gives the open items of the lane of an item, in their order.
func (l *life) beside(h holding, ref work.Ref) []work.Ref {
	var out []work.Ref
	for _, other := range h.order {
		if it := h.things[other]; other.Source == ref.Source && it.lane == h.things[ref].lane && !it.done && other != ref {
			out = append(out, other)
		}
	}
	return out
}

// ask comments on an item.
func (l *life) ask(ref work.Ref) error {
	path, body := "/rest/api/2/issue/"+ref.ID+"/comment", `{"body":"And now?"}`
	if ref.Source == "trello" {
		path, body = "/1/cards/"+ref.ID+"/actions/comments", `{"text":"And now?"}`
	}
	_, err := l.as(ref.Source, "POST", path, body)
	return err
}

// add makes a new item beside another.
func (l *life) add(beside work.Ref, h holding) error {
	path, body := "/1/cards", fmt.Sprintf(`{"idList":%q,"name":"New","pos":"bottom"}`, h.things[beside].lane)
	if beside.Source == "jira" {
		path, body = "/rest/api/2/issue", `{"fields":{"project":{"key":"FERRY"},"summary":"New","issuetype":{"name":"Story"}}}`
	}
	_, err := l.as(beside.Source, "POST", path, body)
	return err
}
