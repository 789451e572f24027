package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"stackrank/connectors/connectortest"
	"stackrank/connectors/jira/jirasim"
	"stackrank/internal/report"
)

// child is a sync that runs as a process of its own.
type child struct {
	*exec.Cmd
	out, errs bytes.Buffer
}

// launch starts a sync, whose number the judges find in a file.
func (c *crashing) launch(t *testing.T) *child {
	t.Helper()
	p := &child{Cmd: exec.Command("stackrank", "sync", "--force", "--format", "json",
		"--config", c.file, "--log-level", "error", "--at", at.Format(time.RFC3339))}
	p.Env = append(os.Environ(), "XDG_STATE_HOME="+filepath.Join(filepath.Dir(c.file), "state"))
	p.Stdout, p.Stderr = &p.out, &p.errs
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(c.pidFile(), fmt.Appendln(nil, p.Process.Pid), 0o600); err != nil {
		t.Fatal(err)
	}
	return p
}

// died waits for the end of the process and reports whether it was killed.
func (p *child) died(t *testing.T) bool {
	t.Helper()
	err := p.Wait()
	if err != nil && p.ProcessState.Exited() {
		t.Fatalf("%v before it was killed:\n%s", err, p.errs.String())
	}
	return err != nil
}

// crashing is a rig with a small backlog, behind judges that may kill its runs.
type crashing struct {
	*rig
	judges map[string]*connectortest.Judge // by source
	honest honest
	before holding // before the first run that is killed
	synced int     // runs before that
}

// honest is what a run leads to that nobody kills.
type honest struct {
	deployment jirasim.Deployment
	again      bool           // the backlog was synced before, by another policy
	earlier    map[string]int // writes of that sync, by source
	writes     map[string]int // of the run, by source
	settled    []string
	took       time.Duration
}

func (h honest) String() string {
	if h.again {
		return "a later sync on " + string(h.deployment)
	}
	return "the first sync on " + string(h.deployment)
}

// newCrashing starts both trackers up to where a run may be killed. odds say what
// the judge of a source does.
func newCrashing(t *testing.T, h honest, odds map[string][]string) *crashing {
	t.Helper()
	c := &crashing{rig: madeUp(t, h.deployment, 40, 26).exact(t), judges: map[string]*connectortest.Judge{}, honest: h}
	for source, target := range map[string]string{"jira": c.jiraURL, "trello": c.trelloURL} {
		j := connectortest.StartJudge(t, "faultproxy", target, append([]string{"-kill-pid-file", c.pidFile()}, odds[source]...)...)
		c.configure(t, target, j.URL)
		c.judges[source] = j
	}
	if h.again {
		const policy = "model: cd3u\n"
		c.round(t, exitDone, "sync", "--force")
		c.configure(t, policy, policy+"      value: {demand: 0.1, priority: 0.9}\n")
		c.synced++
	}
	c.before = c.holding(t)
	return c
}

func (c *crashing) pidFile() string { return filepath.Join(filepath.Dir(c.file), "pid") }

// written gives the writes that the judges have seen, by source.
func (c *crashing) written(t *testing.T) map[string]int {
	t.Helper()
	out := map[string]int{}
	for source, j := range c.judges {
		var counted struct{ Writes int }
		get(t, j.URL+"/.faultproxy/summary", &counted)
		out[source] = counted.Writes
	}
	return out
}

// unharmed makes runs that nobody kills: the first of a backlog and a later one,
// on each kind of Jira.
func unharmed(t *testing.T) []honest {
	t.Helper()
	var out []honest
	for i := range 2 * len(deployments) {
		c := newCrashing(t, honest{deployment: deployments[i%2], again: i/2 == 1}, nil)
		h := c.honest
		h.earlier = c.written(t)
		begun := time.Now()
		if c.launch(t).died(t) {
			t.Fatal("the run was killed by nobody of ours")
		}
		h.took, h.settled, h.writes = time.Since(begun), c.settled(t), c.written(t)
		for source, n := range h.earlier {
			h.writes[source] -= n
		}
		if n := h.writes["jira"] + h.writes["trello"]; n < 60 || n == h.writes["jira"] || n == h.writes["trello"] {
			t.Errorf("%s: writes %v, want 60, and some to both trackers", h, h.writes)
		}
		t.Logf("%s: writes %v in %v", h, h.writes, h.took)
		out = append(out, h)
	}
	return out
}

// TestACrashAtEveryWriteIsMadeGood kills stackrank just before and just after
// each of its writes. The next run finishes what was begun: the trackers hold
// what an undisturbed run leaves, and the history tells all that was written.
func TestACrashAtEveryWriteIsMadeGood(t *testing.T) {
	connectortest.Lab(t)
	runs := unharmed(t)
	for i, when := range []string{"before", "after"} {
		for _, source := range []string{"jira", "trello"} {
			most := 0
			for _, h := range runs {
				most = max(most, h.writes[source])
			}
			for n := 1; n <= most; n += fewer(1, 20) {
				h := runs[(n+2*i)%len(runs)]
				if n > h.writes[source] {
					continue
				}
				t.Run(fmt.Sprintf("%s write %d to %s in %s", when, n, source, h), func(t *testing.T) {
					t.Parallel()
					h.killedAt(t, source, n, when)
				})
			}
		}
	}
}

// killedAt kills a run at its nth write to a source and wants it made good.
func (h honest) killedAt(t *testing.T, source string, n int, when string) {
	t.Helper()
	c := newCrashing(t, h, map[string][]string{source: {"-kill-at", fmt.Sprint(h.earlier[source] + n), "-kill-when", when}})
	if !c.launch(t).died(t) {
		t.Fatal("the run came to its end, want it killed")
	}
	left := c.holding(t)
	dead, next := c.wantMadeGood(t)
	c.wantKnown(t, dead, left)
	rewritten := map[string]bool{}
	for _, w := range next {
		rewritten[aboutOf(w)] = true
	}
	for _, w := range dead {
		// What was under way may have arrived since then; the next run would
		// not have written it again.
		made := left.things[w.Ref].bySlot()[slotOf(w)] == w.New.String()
		if w.Op != "move" && !fits(w.Result, made, rewritten[aboutOf(w)]) {
			t.Errorf("%s: the history says %q of %s %s → %s; made: %t, written again: %t", w.Key, w.Result, slotOf(w), w.Old, w.New, made, rewritten[aboutOf(w)])
		}
	}
}

// fits reports whether a write is as the history says.
func fits(said string, made, again bool) bool {
	switch said {
	case "done":
		return made || !again
	case "failed":
		return again
	}
	return false
}

// wantMadeGood runs once more and wants everything to be as if nobody had killed
// any run, with nothing that a person is said to have done. It gives the writes
// of the runs that were killed, and of the one after them.
func (c *crashing) wantMadeGood(t *testing.T) (dead, next []report.PastSlot) {
	t.Helper()
	p := c.launch(t)
	if err := p.Wait(); err != nil {
		t.Fatalf("the run after: %v\n%s", err, p.errs.String())
	}
	var d report.Document
	if err := json.Unmarshal(p.out.Bytes(), &d); err != nil {
		t.Fatal(err)
	}
	for _, it := range d.Items {
		if it.Pinned {
			t.Errorf("%s counts as moved by a person: %s", it.Key, it.Reasons)
		}
	}
	if len(d.Plan.Skipped) > 0 {
		t.Errorf("the run after skips %+v, want nothing", d.Plan.Skipped)
	}
	if diff := cmp.Diff(c.honest.settled, c.settled(t)); diff != "" {
		t.Errorf("the state after a crash and another run (-undisturbed +crashed):\n%s", diff)
	}
	c.round(t, exitDone, "report", "--exit-code")
	runs := c.history(t, "").Runs // newest first
	for _, run := range runs {
		if run.Ended == nil {
			t.Errorf("run %s is not said to have ended", run.ID)
		}
	}
	for _, run := range runs[1 : len(runs)-c.synced] {
		dead = append(c.history(t, run.ID).Writes, dead...)
	}
	return dead, c.history(t, runs[0].ID).Writes
}

// history gives the runs, or a run with its writes.
func (r *rig) history(t *testing.T, run string) report.History {
	t.Helper()
	args := []string{"history", "--format", "json", "--limit", "0"}
	if run != "" {
		args = append(args, run)
	}
	var h report.History
	if err := json.Unmarshal([]byte(r.run(t, exitDone, args...)), &h); err != nil {
		t.Fatal(err)
	}
	return h
}

// slotOf names what a write is about: labels by their names.
func slotOf(w report.PastSlot) string {
	switch w.Op {
	case "add":
		return "label " + w.New.String()
	case "remove":
		return "label " + w.Old.String()
	}
	return w.Slot
}

// aboutOf names what a write is about with its item.
func aboutOf(w report.PastSlot) string { return fmt.Sprint(w.Ref, " ", slotOf(w)) }

// bySlot gives what is ours of an item by what it is about.
func (it thing) bySlot() map[string]string {
	out := map[string]string{"score": it.score, "rank": it.place}
	for _, l := range it.labels {
		if strings.HasPrefix(l, ourPrefix) {
			out["label "+l] = l
		}
	}
	order, err := json.Marshal(it.order)
	if err != nil {
		panic(fmt.Errorf("what was read as JSON does not print: %w", err))
	}
	out["order"] = string(order)
	return out
}

// changed names what of ours differs between two moments.
func changed(before, after holding) []string {
	var out []string
	for ref, it := range after.things {
		was, is := before.things[ref].bySlot(), it.bySlot()
		for slot := range was {
			if was[slot] != is[slot] {
				out = append(out, fmt.Sprint(ref, " ", slot))
			}
		}
		for slot := range is {
			if _, ok := was[slot]; !ok {
				out = append(out, fmt.Sprint(ref, " ", slot))
			}
		}
	}
	slices.Sort(out)
	return out
}

// kills is how many times TestACrashAtAnyMomentIsMadeGood kills, inARow how
// often on one backlog.
const kills, inARow = 200, 4

// TestACrashAtAnyMomentIsMadeGood kills run after run at random moments of its
// life. The first that is let live leads to where an undisturbed run leads.
func TestACrashAtAnyMomentIsMadeGood(t *testing.T) {
	connectortest.Lab(t)
	runs := unharmed(t)
	for seed := range fewer(kills/inARow, len(runs)) {
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			t.Parallel()
			c := newCrashing(t, runs[seed%len(runs)], nil)
			rng := rand.New(rand.NewPCG(uint64(seed), 0))
			for range inARow {
				c.killedAfter(t, time.Duration(2*rng.Float64()*float64(c.honest.took))) // side by side they take longer
			}
			left := c.holding(t)
			dead, _ := c.wantMadeGood(t)
			c.wantKnown(t, dead, left)
		})
	}
}

// killedAfter kills a run when so much time has passed, unless it has ended.
func (c *crashing) killedAfter(t *testing.T, wait time.Duration) {
	t.Helper()
	p := c.launch(t)
	kill := time.AfterFunc(wait, func() { _ = p.Process.Kill() }) // it may have ended
	defer kill.Stop()
	p.died(t)
}

// wantKnown wants the journals of runs that were killed to know of everything
// that has changed since before them, and to leave nothing open.
func (c *crashing) wantKnown(t *testing.T, writes []report.PastSlot, left holding) {
	t.Helper()
	known := map[string]bool{}
	for _, w := range writes {
		if w.Result == "intended" {
			t.Errorf("%s of %s is left open", w.Slot, w.Key)
		}
		if w.Result == "done" || w.Result == "unknown" {
			known[aboutOf(w)] = true
		}
	}
	for _, about := range changed(c.before, left) {
		if !known[about] {
			t.Errorf("%s has changed, and the history does not know it", about)
		}
	}
}
