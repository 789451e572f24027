//go:build clients

package clients

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
)

// The two kinds of Jira that a sandbox simulates.
const (
	cloud      = "cloud"
	dataCenter = "datacenter"
)

// sandbox is a running pair of simulated trackers.
type sandbox struct {
	jira, trello           string // http://host:port; a judge's where one stands between
	jiraDirect             string // the simulator's own
	trelloDirect           string // the simulator's own
	user, token            string // of Jira; Data Center takes the token as bearer and has no user
	trelloKey, trelloToken string
}

// stackrank builds the program once for all tests of a run, unless
// STACKRANK_BINARY names one that is there.
var stackrank = sync.OnceValues(func() (string, error) {
	if binary := os.Getenv("STACKRANK_BINARY"); binary != "" {
		return binary, nil
	}
	folder, err := os.MkdirTemp("", "stackrank-clients-")
	if err != nil {
		return "", err
	}
	out := filepath.Join(folder, "stackrank")
	text, err := exec.Command("go", "build", "-C", filepath.Join("..", ".."), "-o", out, "./cmd/stackrank").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("stackrank does not build: %w\n%s", err, text)
	}
	return out, nil
})

// start runs a sandbox of the given kind of Jira until the test ends. Further
// arguments go to the sandbox.
func start(t *testing.T, kind string, args ...string) *sandbox {
	t.Helper()
	program, err := stackrank()
	if err != nil {
		t.Fatal(err)
	}
	config := filepath.Join(t.TempDir(), "stackrank.yaml")
	said := run(t, "ready, Ctrl-C ends", program,
		append([]string{"sandbox", "--jira", kind, "--config-out", config, "--now", "2026-11-24T09:00:00Z"}, args...)...)
	s := &sandbox{
		jiraDirect:   find(t, said, `(?m)^jira +(http\S+)`),
		trelloDirect: find(t, said, `(?m)^trello +(http\S+)/1$`),
		token:        secret(t, config, "jira-token"),
		trelloKey:    secret(t, config, "trello-key"),
		trelloToken:  secret(t, config, "trello-token"),
	}
	s.jira, s.trello = s.jiraDirect, s.trelloDirect
	if kind == cloud {
		s.user = find(t, read(t, config), `(?m)^ +user: (\S+)`)
	}
	return s
}

// run starts a program that ends with the test, and gives what it printed up to
// a line that says it is ready.
func run(t *testing.T, ready, program string, args ...string) string {
	t.Helper()
	c := exec.Command(program, args...)
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	c.Stderr = c.Stdout
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = c.Process.Signal(syscall.SIGTERM)
		_ = c.Wait() // what it has to tell is in its files
	})
	lines := bufio.NewReader(out)
	var said strings.Builder
	for {
		line, err := lines.ReadString('\n')
		said.WriteString(line)
		if err != nil {
			t.Fatalf("%s %v ended: %v\n%s", filepath.Base(program), args, err, &said)
		}
		if strings.Contains(line, ready) {
			go func() { _, _ = io.Copy(io.Discard, lines) }()
			return said.String()
		}
	}
}

// find gives the first group of a pattern that must fit.
func find(t *testing.T, text, pattern string) string {
	t.Helper()
	m := regexp.MustCompile(pattern).FindStringSubmatch(text)
	if m == nil {
		t.Fatalf("no %s in:\n%s", pattern, text)
	}
	return m[1]
}

func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// secret reads one of the files that stand beside a sandbox's configuration.
func secret(t *testing.T, config, name string) string {
	t.Helper()
	return strings.TrimSpace(read(t, config+"."+name))
}

// stats are the requests that a simulator has counted.
type stats struct {
	Total    int            `json:"total"`
	Writes   int            `json:"writes"`
	Requests map[string]int `json:"requests"`
}

// stats gives the counts of a simulator, named by its own URL.
func (s *sandbox) stats(t *testing.T, direct string) stats {
	t.Helper()
	var out stats
	s.look(t, direct+"/_sandbox/stats", &out)
	return out
}

// look reads JSON from one of the simulators' own routes, past any judge.
func (s *sandbox) look(t *testing.T, url string, into any) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close() //nolint:errcheck // read to the end
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("GET %s: %s", url, resp.Status)
	}
	if err := json.NewDecoder(resp.Body).Decode(into); err != nil {
		t.Fatalf("GET %s: %v", url, err)
	}
}

// needs gives the path of an installed program. Without it the test is skipped,
// or fails where all services are required.
func needs(t *testing.T, program, install string) string {
	t.Helper()
	path, err := exec.LookPath(program)
	if err == nil {
		return path
	}
	missing(t, fmt.Sprintf("%s is not installed: %s", program, install))
	return ""
}

// missing ends a test for want of something that is not installed.
func missing(t *testing.T, why string) {
	t.Helper()
	if os.Getenv("STACKRANK_REQUIRE_SERVICES") == "1" {
		t.Fatal(why)
	}
	t.Skip(why)
}
