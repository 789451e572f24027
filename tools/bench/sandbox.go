package main

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"time"
)

// The two kinds of Jira.
const (
	cloud      = "cloud"
	dataCenter = "datacenter"
)

// site is a simulated Jira that runs as a process of its own.
type site struct {
	process        *exec.Cmd
	kind, url, jql string
	user, token    string // as a login; Data Center takes the token as bearer besides
	scoreID        string // id of the field for scores
}

// stats are the requests that the simulator counted since it began.
type stats struct {
	Total    int            `json:"total"`
	Writes   int            `json:"writes"`
	Requests map[string]int `json:"requests"`
}

var (
	jiraLine = regexp.MustCompile(`^jira +(http\S+)`)
	jqlLine  = regexp.MustCompile(`(?m)^ +jql: (.+)$`)
)

// startSite runs the sandbox on a file of issues, every answer being late by the
// latency. Its files go to the folder.
func startSite(ctx context.Context, program, kind, data, folder string, latency time.Duration) (*site, error) {
	config := filepath.Join(folder, "sandbox.yaml")
	c := exec.CommandContext(ctx, program, "sandbox", "--jira", kind, "--jira-data", data, "--latency", latency.String(), "--config-out", config)
	c.Cancel = func() error { return c.Process.Signal(syscall.SIGTERM) }
	c.Stderr = os.Stderr
	out, err := c.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := c.Start(); err != nil {
		return nil, err
	}
	s := &site{process: c, kind: kind}
	if err := s.awaitReady(out); err != nil {
		s.stop()
		return nil, err
	}
	if err := s.learn(config); err != nil {
		s.stop()
		return nil, err
	}
	return s, nil
}

// awaitReady reads what the sandbox says until it serves.
func (s *site) awaitReady(out io.Reader) error {
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if m := jiraLine.FindStringSubmatch(lines.Text()); m != nil {
			s.url = m[1]
		}
		if strings.HasPrefix(lines.Text(), "ready") {
			return nil
		}
	}
	return cmp.Or(lines.Err(), fmt.Errorf("the sandbox ended before it served"))
}

// learn takes the credentials and the query from the sandbox's configuration and
// the id of the field for scores from the site.
func (s *site) learn(config string) error {
	text, err := os.ReadFile(config)
	if err != nil {
		return err
	}
	token, err := os.ReadFile(config + ".jira-token")
	if err != nil {
		return err
	}
	m := jqlLine.FindSubmatch(text)
	if m == nil {
		return fmt.Errorf("%s: no jql", config)
	}
	s.jql, s.token, s.user = string(m[1]), string(token), "po@example.com"
	if s.kind == dataCenter {
		s.user = "po"
	}
	var fields []struct{ ID, Name string }
	if err := s.get("/rest/api/2/field", &fields); err != nil {
		return err
	}
	for _, f := range fields {
		if f.Name == "Priority Score" {
			s.scoreID = f.ID
		}
	}
	return nil
}

// count gives the requests so far.
func (s *site) count() (stats, error) {
	var out stats
	return out, s.get("/_sandbox/stats", &out)
}

func (s *site) get(path string, into any) error {
	req, err := http.NewRequest(http.MethodGet, s.url+path, nil)
	if err != nil {
		return err
	}
	req.SetBasicAuth(s.user, s.token)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close() //nolint:errcheck // read to the end
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("GET %s: %s", path, resp.Status)
	}
	return json.NewDecoder(resp.Body).Decode(into)
}

// stop ends the sandbox.
func (s *site) stop() {
	_ = s.process.Process.Signal(syscall.SIGTERM) // it may have ended by itself
	_ = s.process.Wait()
}
