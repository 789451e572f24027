package main

import (
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"stackrank/connectors/jira/jirasim"
	"stackrank/internal/report"
	"stackrank/internal/work"
)

// deployments are the two kinds of Jira.
var deployments = []jirasim.Deployment{jirasim.Cloud, jirasim.DataCenter}

// fewer gives how often a trial is made. Under the race detector, where all takes
// ten times as long, it is made a few times only: continuous integration makes
// the whole number without it.
func fewer(number, racing int) int {
	if watched {
		return racing
	}
	return number
}

// rig is a sandbox with its configuration, in a folder of its own.
type rig struct {
	*sims
	file string // of the configuration
}

// newRig starts a sandbox. Unless it has a clock of its own that stands still, so
// that a report and a sync are of the same moment.
func newRig(t *testing.T, o simOptions) *rig {
	t.Helper()
	o.jiraAddr, o.trelloAddr = "127.0.0.1:0", "127.0.0.1:0"
	if o.now == nil {
		o.now = func() time.Time { return at }
	}
	if o.deployment == "" {
		o.deployment = string(jirasim.Cloud)
	}
	s, err := startSims(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return rigOf(t, s, o)
}

// rigOf writes the configuration of a sandbox that has been started.
func rigOf(t *testing.T, s *sims, o simOptions) *rig {
	t.Helper()
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	r := &rig{s, filepath.Join(t.TempDir(), "stackrank.yaml")}
	if err := writeSandboxConfig(r.file, s, o); err != nil {
		t.Fatal(err)
	}
	return r
}

// configure replaces a text of the configuration wherever it stands.
func (r *rig) configure(t *testing.T, old, with string) {
	t.Helper()
	text, err := os.ReadFile(r.file)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), old) {
		t.Fatalf("the configuration does not hold %q:\n%s", old, text)
	}
	if err := os.WriteFile(r.file, []byte(strings.ReplaceAll(string(text), old, with)), 0o600); err != nil {
		t.Fatal(err)
	}
}

// run runs a command and wants an exit code; it gives what was printed.
func (r *rig) run(t *testing.T, code int, args ...string) string {
	t.Helper()
	out, got := runCommand(t, append(args, "--config", r.file, "--log-level", "error"))
	if got != code {
		t.Fatalf("stackrank %v: exit code %d, want %d:\n%s", args, got, code, out)
	}
	return out
}

// round reports or syncs for the moment at which all clocks stand.
func (r *rig) round(t *testing.T, code int, args ...string) string {
	t.Helper()
	return r.run(t, code, append(args, "--at", at.Format(time.RFC3339))...)
}

// report gives the document of a report.
func (r *rig) report(t *testing.T) report.Document {
	t.Helper()
	var d report.Document
	if err := json.Unmarshal([]byte(r.round(t, exitDone, "report", "--format", "json")), &d); err != nil {
		t.Fatal(err)
	}
	return d
}

// ofSource counts the items of a document by source, mirrors too.
func ofSource(d report.Document) map[string]int {
	out := map[string]int{}
	for ref := range lines(d) {
		out[ref.Source]++
	}
	return out
}

// lines gives the line of every item, mirrors under the line that they share.
func lines(d report.Document) map[work.Ref]report.Item {
	out := map[work.Ref]report.Item{}
	for _, it := range d.Items {
		out[it.Ref] = it
		for _, also := range it.Also {
			out[also] = it
		}
	}
	return out
}

// moved gives the items that a plan moves.
func moved(d report.Document) map[work.Ref]bool {
	out := map[work.Ref]bool{}
	for _, run := range d.Plan.Runs {
		for _, ref := range run.Items {
			out[ref] = true
		}
	}
	return out
}

// get reads JSON from a simulator's own routes.
func get(t *testing.T, url string, into any) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	fetch(t, req, into)
}

// fetch reads the JSON that answers a request.
func fetch(t *testing.T, req *http.Request, into any) {
	t.Helper()
	if err := json.Unmarshal(answer(t, req), into); err != nil {
		t.Fatalf("%s: %v", req.URL.Path, err)
	}
}

// answer gives what answers a request.
func answer(t *testing.T, req *http.Request) []byte {
	t.Helper()
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	if err := resp.Body.Close(); err != nil {
		t.Fatal(err)
	}
	return body
}

// stats are the requests that a simulator has counted.
type stats struct {
	Total    int            `json:"total"`
	Writes   int            `json:"writes"`
	Requests map[string]int `json:"requests"`
}

// stats gives the counts of both trackers so far.
func (r *rig) stats(t *testing.T) (jira, trello stats) {
	t.Helper()
	get(t, r.jiraURL+"/_sandbox/stats", &jira)
	get(t, r.trelloURL+"/_sandbox/stats", &trello)
	return jira, trello
}

// since gives what has been counted since an earlier moment.
func (s stats) since(before stats) stats {
	out := stats{s.Total - before.Total, s.Writes - before.Writes, map[string]int{}}
	for route, n := range s.Requests {
		out.Requests[route] = n - before.Requests[route]
	}
	return out
}

// refsOf gives the refs of a map, sorted.
func refsOf[V any](m map[work.Ref]V) []work.Ref {
	out := make([]work.Ref, 0, len(m))
	for ref := range m {
		out = append(out, ref)
	}
	slices.SortFunc(out, work.Ref.Compare)
	return out
}
