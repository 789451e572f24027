//go:build clients

package clients

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// contractProxy builds the judge of the lab once: it holds requests and answers
// against the published OpenAPI documents.
var contractProxy = sync.OnceValues(func() (string, error) {
	folder, err := os.MkdirTemp("", "stackrank-judge-")
	if err != nil {
		return "", err
	}
	out := filepath.Join(folder, "contractproxy")
	source := filepath.Join(os.Getenv("STACKRANK_LAB"), "tools", "contractproxy")
	text, err := exec.Command("go", "build", "-C", source, "-buildvcs=false", "-o", out, ".").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("contractproxy does not build: %w\n%s", err, text)
	}
	return out, nil
})

// judged puts the contract proxy in front of Jira Cloud and Trello, where the
// lab is at hand. What it finds in the end, beyond the rules that it ships and
// the files of rules named here, fails the test.
func (s *sandbox) judged(t *testing.T, rules ...string) *sandbox {
	t.Helper()
	lab := os.Getenv("STACKRANK_LAB")
	if lab == "" {
		return s
	}
	specs := filepath.Join(lab, "specs")
	var own []string
	for _, r := range rules {
		own = append(own, "-ignore", r)
	}
	s.jira = judge(t, s.jiraDirect, append(own, "-ignore", shipped(lab, "jira-cloud.rules"),
		"-spec", filepath.Join(specs, "jira-platform.openapi.json"), "-spec", filepath.Join(specs, "jira-software.openapi.json"),
		"-alias", "/rest/api/2=/rest/api/3", "-alias", "/rest/api/latest=/rest/api/3"))
	s.trello = judge(t, s.trelloDirect, append(own, "-ignore", shipped(lab, "trello.rules"),
		"-spec", filepath.Join(specs, "trello.openapi.json")+",params-in-body"))
	return s
}

// shipped names a file of rules that comes with the judge.
func shipped(lab, name string) string {
	return filepath.Join(lab, "tools", "contractproxy", "ignore", name)
}

// judge stands in front of a target until the test ends, then fails it with
// what it found. It gives the URL to use.
func judge(t *testing.T, target string, args []string) string {
	t.Helper()
	program, err := contractProxy()
	if err != nil {
		t.Fatal(err)
	}
	log := filepath.Join(t.TempDir(), "violations")
	t.Cleanup(func() { // after the judge has ended, since cleanups run backwards
		for _, v := range violations(t, log) {
			t.Error(v)
		}
	})
	said := run(t, "127.0.0.1:", program, append(args, "-quiet", "-log", log, "-listen", "127.0.0.1:0", "-target", target)...)
	return "http://" + find(t, said, `(127\.0\.0\.1:[0-9]+)`)
}

// violations gives the errors in a judge's log, each once.
func violations(t *testing.T, file string) []string {
	t.Helper()
	seen := map[string]bool{}
	var out []string
	for line := range strings.Lines(read(t, file)) {
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

// TestSandboxAnswers holds that a sandbox, and where the lab is at hand a judge
// in front of it, can be reached.
func TestSandboxAnswers(t *testing.T) {
	for _, kind := range []string{cloud, dataCenter} {
		t.Run(kind, func(t *testing.T) {
			s := start(t, kind)
			if kind == cloud {
				s.judged(t)
			}
			before := time.Now()
			var info struct{ DeploymentType string }
			s.look(t, s.jira+"/rest/api/2/serverInfo", &info)
			if want := map[string]string{cloud: "Cloud", dataCenter: "Server"}[kind]; info.DeploymentType != want {
				t.Errorf("deployment type %q after %s, want %q", info.DeploymentType, time.Since(before), want)
			}
			if n := s.stats(t, s.jiraDirect).Total; n != 1 {
				t.Errorf("%d requests counted, want 1", n)
			}
		})
	}
}
