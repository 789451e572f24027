package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"stackrank/connectors/connectortest"
)

// faulty is a rig behind two judges that let exchanges go wrong.
type faulty struct {
	*rig
	jira, trello *connectortest.Judge
}

// disturb puts the judges between stackrank and the trackers. odds say what goes
// wrong and how often.
func (r *rig) disturb(t *testing.T, seed int, odds ...string) faulty {
	t.Helper()
	args := oddsOf(seed, odds)
	f := faulty{r, connectortest.StartJudge(t, "faultproxy", r.jiraURL, args...), connectortest.StartJudge(t, "faultproxy", r.trelloURL, args...)}
	r.configure(t, "      per: 1s\n", "      per: 1s\n      backoff: 20ms\n      timeout: 5s\n")
	r.configure(t, r.jiraURL, f.jira.URL)
	r.configure(t, r.trelloURL, f.trello.URL)
	return f
}

// replaced puts other judges at the addresses of these, so that what stands in
// the configuration, and with it the ranking, stays as it is.
func (f faulty) replaced(t *testing.T, seed int, odds ...string) faulty {
	t.Helper()
	at := func(j *connectortest.Judge, target string) *connectortest.Judge {
		j.End(t)
		return connectortest.StartJudge(t, "faultproxy", target,
			append(oddsOf(seed, odds), "-listen", strings.TrimPrefix(j.URL, "http://"))...)
	}
	return faulty{f.rig, at(f.jira, f.jiraURL), at(f.trello, f.trelloURL)}
}

// oddsOf completes the odds of a seed.
func oddsOf(seed int, odds []string) []string {
	return append([]string{"-seed", fmt.Sprint(seed), "-hang-time", "300ms", "-slow-time", "300ms", "-retry-after", "100ms"}, odds...)
}

// calm takes the judges away.
func (f faulty) calm(t *testing.T) {
	t.Helper()
	f.jira.End(t)
	f.trello.End(t)
	f.configure(t, f.jira.URL, f.jiraURL)
	f.configure(t, f.trello.URL, f.trelloURL)
}

// verdict is what a judge has counted.
type verdict struct {
	Faults       int
	EarlyRetries int            `json:"requests_in_retry_after"`
	ByFault      map[string]int `json:"by_fault"`
}

// verdicts gives the counts of both judges and wants both to have spoiled something.
func (f faulty) verdicts(t *testing.T) (jira, trello verdict) {
	t.Helper()
	get(t, f.jira.URL+"/.faultproxy/summary", &jira)
	get(t, f.trello.URL+"/.faultproxy/summary", &trello)
	t.Logf("faults on Jira %v, on Trello %v", jira.ByFault, trello.ByFault)
	if jira.Faults == 0 || trello.Faults == 0 {
		t.Errorf("%d faults on Jira, %d on Trello; want some on both", jira.Faults, trello.Faults)
	}
	return jira, trello
}

// try runs a command that may fail, and wants it to end and say something. It
// reports whether everything could be read.
func (f faulty) try(t *testing.T, args ...string) bool {
	t.Helper()
	out, code := runCommand(t, append(args, "--config", f.file, "--log-level", "error", "--at", at.Format(time.RFC3339)))
	if !slices.Contains([]int{exitDone, exitPartial, exitFailed, exitPending}, code) || strings.TrimSpace(out) == "" {
		t.Errorf("stackrank %v: exit code %d and %q, want an end that says what failed", args, code, out)
	}
	return code != exitFailed
}

// keepTrying syncs until everything could be read so many times; what the first
// answers said is old news to the second. It gives how often it could.
func (f faulty) keepTrying(t *testing.T, times int) (read int) {
	t.Helper()
	for range 40 {
		if f.try(t, "sync", "--force") {
			read++
		}
		if read == times {
			break
		}
	}
	return read
}

// settled is what a sync decides: what every open item holds, in the trackers'
// order, sub-tasks aside, which take no part in it; every label of the boards,
// every card by name and every field, so that nothing can be there twice.
func (r *rig) settled(t *testing.T) []string {
	t.Helper()
	h := r.holding(t)
	var out []string
	for _, ref := range h.order {
		if it := h.things[ref]; !it.done && !it.subtask {
			out = append(out, fmt.Sprint(ref, " ", it.lane, " ", it.outcome()))
		}
	}
	return slices.Concat(out, r.named(t), []string{fmt.Sprint(len(h.things), " issues and cards")})
}

// named gives every label, field, list and card of the boards by its name, so that
// nothing can be there twice.
func (r *rig) named(t *testing.T) []string {
	t.Helper()
	var dump struct{ Labels, CustomFields, Lists, Cards []struct{ Name string } }
	get(t, r.trelloURL+"/_sandbox/dump", &dump)
	var out []string
	for kind, list := range map[string][]struct{ Name string }{
		"label": dump.Labels, "field": dump.CustomFields, "list": dump.Lists, "card": dump.Cards,
	} {
		for _, thing := range list {
			out = append(out, kind+" "+thing.Name)
		}
	}
	slices.Sort(out)
	return out
}

// exact has every difference written. Through a judge a mirror has another
// address, which moves a score a little.
func (r *rig) exact(t *testing.T) *rig {
	t.Helper()
	r.configure(t, "top: all\n", "top: all\n      min_delta: 0\n")
	return r
}

// undisturbed is the state that a sync leads to when nothing goes wrong.
func undisturbed(t *testing.T, o simOptions) []string {
	t.Helper()
	r := newRig(t, o).exact(t)
	r.round(t, exitDone, "sync", "--force")
	return r.settled(t)
}

// trial is one way of going wrong: a seed, on one kind of Jira.
type trial struct {
	seed int
	simOptions
	want []string // the state that an undisturbed sync leads to
}

// seeds is how many ways of going wrong a test tries.
const seeds = 20

// eachSeed runs a test for every seed, on both kinds of Jira in turn.
func eachSeed(t *testing.T, test func(t *testing.T, try trial)) {
	connectortest.Lab(t)
	var trials []trial
	for _, deployment := range deployments {
		o := simOptions{deployment: string(deployment)}
		trials = append(trials, trial{0, o, undisturbed(t, o)})
	}
	for seed := range fewer(seeds, 4) {
		try := trials[seed%len(trials)]
		try.seed = seed
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			t.Parallel()
			test(t, try)
		})
	}
}

// TestFaults lets exchanges go wrong in every way that the lab knows. A sync
// then ends or says what failed, and one more without faults leads to the state
// that an undisturbed sync leads to.
func TestFaults(t *testing.T) {
	eachSeed(t, func(t *testing.T, try trial) {
		f := newRig(t, try.simOptions).exact(t).disturb(t, try.seed, "-p-all", "0.03")
		alone := try.seed%4 < 2 // side by side, requests are under way when another is told to wait
		if alone {
			f.configure(t, "      backoff: 20ms\n", "      backoff: 20ms\n      parallel: 1\n")
		}
		if f.keepTrying(t, 1) == 0 {
			t.Error("no round of many got through, want faults that a round can get over")
		}
		jira, trello := f.verdicts(t)
		if n := jira.EarlyRetries + trello.EarlyRetries; alone && n > 0 {
			t.Errorf("%d requests came before a Retry-After was over, want none", n)
		}
		f.calm(t)
		f.round(t, exitDone, "sync", "--force")
		if diff := cmp.Diff(try.want, f.settled(t)); diff != "" {
			t.Errorf("the state after disturbed syncs and a calm one (-undisturbed +disturbed):\n%s", diff)
		}
		f.round(t, exitDone, "report", "--exit-code")
	})
}

// rubbish are the odds of answers that look like success and are none: log-in
// pages, halves of bodies, answers of long ago. Half of the seeds spare what is
// asked of the site itself, so that rounds get as far as the items.
func (try trial) rubbish() []string {
	odds := []string{"-p-html", "0.2", "-p-truncate", "0.2", "-p-stale", "0.2"}
	if try.spares() {
		odds = append(odds, "-match", "search|bulkfetch|/issue|cards|lists|labels")
	}
	return odds
}

func (try trial) spares() bool { return try.seed%4 > 1 }

// TestRubbishLeadsToNoWrite reads rubbish where nothing is left to write. Then
// every write follows from a bad read.
func TestRubbishLeadsToNoWrite(t *testing.T) {
	eachSeed(t, func(t *testing.T, try trial) {
		r := newRig(t, try.simOptions).exact(t)
		honest := r.disturb(t, try.seed)
		r.round(t, exitDone, "sync", "--force")
		f := honest.replaced(t, try.seed, try.rubbish()...)
		jira, trello := r.stats(t)
		read := f.keepTrying(t, 2)
		f.verdicts(t)
		jiraAfter, trelloAfter := r.stats(t)
		if a, b := jiraAfter.since(jira), trelloAfter.since(trello); a.Writes+b.Writes > 0 {
			t.Errorf("%d writes to Jira and %d to Trello after bad reads, want none: %v %v", a.Writes, b.Writes, a.Requests, b.Requests)
		}
		if try.spares() && read == 0 {
			t.Error("no round of many got through, want rubbish that a round can get over")
		}
	})
}

// TestRubbishSpoilsNoWrite reads rubbish, and old news of its own writes too,
// where everything is to be written. Nothing may be there that an undisturbed
// sync does not write.
func TestRubbishSpoilsNoWrite(t *testing.T) {
	eachSeed(t, func(t *testing.T, try trial) {
		f := newRig(t, try.simOptions).exact(t).disturb(t, try.seed, try.rubbish()...)
		f.keepTrying(t, 2)
		f.verdicts(t)
		f.calm(t)
		f.round(t, exitDone, "sync", "--force")
		if diff := cmp.Diff(try.want, f.settled(t)); diff != "" {
			t.Errorf("the state after bad answers and a calm sync (-undisturbed +disturbed):\n%s", diff)
		}
	})
}
