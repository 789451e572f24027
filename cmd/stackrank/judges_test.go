package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// judge is a program of the lab that stands between stackrank and a simulator.
type judge struct {
	url string // where it listens
	cmd *exec.Cmd
}

// buildJudge builds one of the lab's programs.
func buildJudge(t *testing.T, name string) string {
	t.Helper()
	out := filepath.Join(t.TempDir(), name)
	c := exec.CommandContext(t.Context(), "go", "build", "-C", filepath.Join(labFolder(t), "tools", name), "-buildvcs=false", "-o", out, ".")
	if text, err := c.CombinedOutput(); err != nil {
		t.Fatalf("%s does not build: %v\n%s", name, err, text)
	}
	return out
}

// address finds where a judge says that it listens.
var address = regexp.MustCompile(`127\.0\.0\.1:[0-9]+`)

// startJudge runs a judge in front of a simulator until its end is asked for.
func startJudge(t *testing.T, program, target string, args ...string) *judge {
	t.Helper()
	c := exec.Command(program, append(args, "-listen", "127.0.0.1:0", "-target", target)...)
	stderr, err := c.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Process.Kill() }) // it may have ended already
	lines := bufio.NewReader(stderr)
	first, err := lines.ReadString('\n')
	at := address.FindString(first)
	if err != nil || at == "" {
		t.Fatalf("%s says %q, %v; want where it listens", filepath.Base(program), first, err)
	}
	go func() { _, _ = io.Copy(io.Discard, lines) }()
	return &judge{url: "http://" + at, cmd: c}
}

// end stops a judge, which writes its files then.
func (j *judge) end(t *testing.T) {
	t.Helper()
	if err := j.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	_ = j.cmd.Wait() // its verdict is in its files
}

// TestContract holds what stackrank sends, and what the simulators answer,
// against the published OpenAPI documents.
func TestContract(t *testing.T) {
	folder := labFolder(t)
	program := buildJudge(t, "contractproxy")
	specs, ignore := filepath.Join(folder, "specs"), filepath.Join(folder, "tools", "contractproxy", "ignore")
	r := newRig(t, simOptions{})
	logs := t.TempDir()
	jira := startJudge(t, program, r.jiraURL, "-quiet", "-log", filepath.Join(logs, "jira"),
		"-spec", filepath.Join(specs, "jira-platform.openapi.json"), "-spec", filepath.Join(specs, "jira-software.openapi.json"),
		"-alias", "/rest/api/2=/rest/api/3", "-ignore", filepath.Join(ignore, "jira-cloud.rules"))
	trello := startJudge(t, program, r.trelloURL, "-quiet", "-log", filepath.Join(logs, "trello"),
		"-spec", filepath.Join(specs, "trello.openapi.json")+",params-in-body",
		"-ignore", filepath.Join(ignore, "trello.rules"), "-ignore", filepath.Join("testdata", "contract", "trello.rules"))
	r.configure(t, r.jiraURL, jira.url)
	r.configure(t, r.trelloURL, trello.url)
	r.round(t, exitDone, "sync", "--force")
	r.run(t, exitDone, "check")
	r.round(t, exitDone, "report", "--exit-code")
	for _, j := range []*judge{jira, trello} {
		j.end(t)
	}
	for _, service := range []string{"jira", "trello"} {
		for _, v := range violations(t, filepath.Join(logs, service)) {
			t.Errorf("%s: %s", service, v)
		}
	}
}

// violations gives the errors in a judge's log, each once.
func violations(t *testing.T, file string) []string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	var out []string
	for line := range strings.Lines(string(text)) {
		var v struct{ Level, Code, Method, Route, At string }
		if err := json.Unmarshal([]byte(line), &v); err != nil {
			t.Fatal(err)
		}
		if text := fmt.Sprint(v.Code, " ", v.Method, " ", v.Route, " ", v.At); v.Level == "error" && !seen[text] {
			seen[text] = true
			out = append(out, text)
		}
	}
	return out
}

// settled is what a sync decides: what every open item holds, in the trackers'
// order, sub-tasks aside, which take no part in it; and our labels of the boards.
func (r *rig) settled(t *testing.T) []string {
	t.Helper()
	h := r.holding(t)
	var out []string
	for _, ref := range h.order {
		if it := h.things[ref]; !it.done && !it.subtask {
			out = append(out, fmt.Sprint(ref, " ", it.lane, " ", it.outcome()))
		}
	}
	var dump struct{ Labels []struct{ Name string } }
	get(t, r.trelloURL+"/_sandbox/dump", &dump)
	var labels []string
	for _, l := range dump.Labels {
		if strings.HasPrefix(l.Name, ourPrefix) {
			labels = append(labels, l.Name)
		}
	}
	slices.Sort(labels)
	return append(out, labels...)
}

// TestFaults lets exchanges go wrong in every way that the lab knows. A sync
// then ends or says what failed, and one more without faults leads to the state
// that an undisturbed sync leads to.
func TestFaults(t *testing.T) {
	program := buildJudge(t, "faultproxy")
	exact := func(r *rig) *rig { // through a judge a mirror has another address, which moves a score a little
		r.configure(t, "top: all\n", "top: all\n      min_delta: 0\n")
		return r
	}
	calm := exact(newRig(t, simOptions{}))
	calm.round(t, exitDone, "sync", "--force")
	want := calm.settled(t)
	for seed := range 4 {
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			t.Parallel()
			r := exact(newRig(t, simOptions{}))
			odds := []string{
				"-quiet", "-seed", fmt.Sprint(seed), "-p-all", "0.01", "-p-duplicate", "0.01",
				"-hang-time", "300ms", "-slow-time", "300ms", "-retry-after", "100ms",
			}
			jira, trello := startJudge(t, program, r.jiraURL, odds...), startJudge(t, program, r.trelloURL, odds...)
			r.configure(t, "      per: 1s\n", "      per: 1s\n      backoff: 20ms\n      timeout: 5s\n")
			r.configure(t, r.jiraURL, jira.url)
			r.configure(t, r.trelloURL, trello.url)
			out, code := runCommand(t, []string{"sync", "--force", "--config", r.file, "--log-level", "error", "--at", at.Format(time.RFC3339)})
			if code != exitDone && code != exitPartial && code != exitFailed || strings.TrimSpace(out) == "" {
				t.Errorf("exit code %d and %q, want an end that says what failed", code, out)
			}
			var onJira, onTrello struct{ Faults int }
			get(t, jira.url+"/.faultproxy/summary", &onJira)
			get(t, trello.url+"/.faultproxy/summary", &onTrello)
			if onJira.Faults == 0 || onTrello.Faults == 0 {
				t.Errorf("%d faults on Jira, %d on Trello; want some", onJira.Faults, onTrello.Faults)
			}
			jira.end(t)
			trello.end(t)
			r.configure(t, jira.url, r.jiraURL)
			r.configure(t, trello.url, r.trelloURL)
			r.round(t, exitDone, "sync", "--force")
			if diff := cmp.Diff(want, r.settled(t)); diff != "" {
				t.Errorf("the state after a disturbed and a calm sync (-undisturbed +disturbed):\n%s", diff)
			}
			r.round(t, exitDone, "report", "--exit-code")
		})
	}
}
