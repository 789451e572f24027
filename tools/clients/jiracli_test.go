//go:build clients

package clients

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// jiraProgram builds jira-cli at the version that its module pins.
var jiraProgram = sync.OnceValues(func() (string, error) {
	folder, err := os.MkdirTemp("", "jira-cli-")
	if err != nil {
		return "", err
	}
	out := filepath.Join(folder, "jira")
	text, err := exec.Command("go", "build", "-C", "jiracli", "-o", out, "github.com/ankitpokhrel/jira-cli/cmd/jira").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("jira-cli does not build: %w\n%s", err, text)
	}
	return out, nil
})

// jiraCLI is somebody at a terminal who has set up jira-cli.
type jiraCLI struct {
	s             *sandbox
	program, home string
	kind          string
}

// newJiraCLI sets the program up as its users do, by "jira init".
func newJiraCLI(t *testing.T, kind string) *jiraCLI {
	t.Helper()
	program, err := jiraProgram()
	if err != nil {
		t.Fatal(err)
	}
	s := start(t, kind)
	if kind == cloud {
		s.judged(t, "testdata/contract/jiracli.rules")
	}
	u := &jiraCLI{s: s, program: program, home: t.TempDir(), kind: kind}
	args := []string{"init", "--installation", "cloud", "--auth-type", "basic", "--login", s.user}
	if kind == dataCenter {
		args = []string{"init", "--installation", "local", "--auth-type", "bearer", "--login", "po"}
	}
	u.does(t, append(args, "--server", s.jira, "--project", "FERRY", "--board", "Harbour", "--force")...)
	return u
}

// tries runs the program and gives what it printed.
func (u *jiraCLI) tries(t *testing.T, token string, args ...string) (string, error) {
	t.Helper()
	c := exec.CommandContext(t.Context(), u.program, args...)
	c.Env = append(os.Environ(), "HOME="+u.home, "JIRA_API_TOKEN="+token, "XDG_CONFIG_HOME=", "NO_COLOR=1")
	out, err := c.CombinedOutput()
	return string(out), err
}

// does runs the program, which must succeed.
func (u *jiraCLI) does(t *testing.T, args ...string) string {
	t.Helper()
	out, err := u.tries(t, u.s.token, args...)
	if err != nil {
		t.Fatalf("jira %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return out
}

// refused runs the program, which must fail and say why.
func (u *jiraCLI) refused(t *testing.T, why string, args ...string) {
	t.Helper()
	if out, err := u.tries(t, u.s.token, args...); err == nil || !strings.Contains(out, why) {
		t.Errorf("jira %s: error %v, want one with %q in:\n%s", strings.Join(args, " "), err, why, out)
	}
}

// did runs a change and compares the issues that it altered with those wanted,
// by key. Places and times of change count for themselves.
func (u *jiraCLI) did(t *testing.T, wanted map[string][]string, args ...string) string {
	t.Helper()
	before := u.s.issues(t)
	out := u.does(t, args...)
	want(t, "issues changed by jira "+strings.Join(args, " "), wanted, changes(before, u.s.issues(t), "updated", "place"))
	return out
}

// keys runs a list and gives the keys that it printed.
func (u *jiraCLI) keys(t *testing.T, args ...string) []string {
	t.Helper()
	return strings.Fields(u.does(t, append(args, "--plain", "--no-headers", "--columns", "key")...))
}

// eachKind runs a test on both kinds of Jira.
func eachKind(t *testing.T, test func(t *testing.T, kind string)) {
	for _, kind := range []string{cloud, dataCenter} {
		t.Run(kind, func(t *testing.T) { test(t, kind) })
	}
}

// TestJiraCLIReads holds that somebody at a terminal gets to see what Jira has.
func TestJiraCLIReads(t *testing.T) {
	eachKind(t, func(t *testing.T, kind string) {
		u := newJiraCLI(t, kind)
		t.Run("set-up finds types, fields and the board", u.setUp)
		t.Run("a wrong token is refused", u.wrongToken)
		t.Run("server", u.server)
		t.Run("projects and boards", u.projects)
		t.Run("issues by a query, in pages", u.pages)
		t.Run("issues by filters", u.filters)
		t.Run("one issue", u.view)
		t.Run("sprints and what is in them", u.sprints)
		t.Run("epics and what is in them", u.epics)
		t.Run("releases", u.releases)
		t.Run("a query that is wrong", func(t *testing.T) {
			u.refused(t, "Error in the JQL Query", "issue", "list", "--plain", "-q", "nonsense~~")
		})
		t.Run("an issue that is not there", func(t *testing.T) { u.refused(t, "Issue does not exist", "issue", "view", "FERRY-9999", "--plain") })
		if n := u.s.stats(t, u.s.jiraDirect).Writes; n != 0 {
			t.Errorf("%d writes by a reader, want 0", n)
		}
	})
}

func (u *jiraCLI) setUp(t *testing.T) {
	config := read(t, filepath.Join(u.home, ".config", ".jira", ".config.yml"))
	for _, part := range []string{"name: Harbour", "type: scrum", "key: customfield_10050", "name: Sub-task", "timezone: Europe/Berlin"} {
		if !strings.Contains(config, part) {
			t.Errorf("no %q in the configuration:\n%s", part, config)
		}
	}
	if link := "link: customfield_"; strings.Contains(config, link) != (u.kind == dataCenter) {
		t.Errorf("%q on %s:\n%s", link, u.kind, config)
	}
}

func (u *jiraCLI) wrongToken(t *testing.T) {
	out, err := u.tries(t, "wrong", "issue", "list", "--plain")
	if err == nil || !strings.Contains(out, "401") {
		t.Errorf("error %v, want 401 in:\n%s", err, out)
	}
}

func (u *jiraCLI) server(t *testing.T) {
	if out := u.does(t, "serverinfo"); !strings.Contains(out, map[string]string{cloud: "Cloud", dataCenter: "Server"}[u.kind]) {
		t.Errorf("server is\n%s", out)
	}
}

func (u *jiraCLI) projects(t *testing.T) {
	out := u.does(t, "project", "list")
	for _, part := range []string{"FERRY", "SHORE", "Product Owner"} {
		if !strings.Contains(out, part) {
			t.Errorf("no %q in\n%s", part, out)
		}
	}
	if strings.Contains(out, "classic") != (u.kind == cloud) {
		t.Errorf("style on %s:\n%s", u.kind, out)
	}
	if out := u.does(t, "board", "list"); !strings.Contains(out, "Harbour") || !strings.Contains(out, "scrum") {
		t.Errorf("boards are\n%s", out)
	}
}

// open counts the issues of a project that a test wants.
func open(issues map[string]thing, keep func(key string, fields thing) bool) int {
	n := 0
	for key, fields := range issues {
		if keep(key, fields) {
			n++
		}
	}
	return n
}

// pages reads a query whole. On Cloud jira-cli takes only the first page that
// it asks for, on Data Center it can go on from an offset.
func (u *jiraCLI) pages(t *testing.T) {
	total := open(u.s.issues(t), func(key string, _ thing) bool { return strings.HasPrefix(key, "FERRY-") })
	if total <= 100 {
		t.Fatalf("%d issues are too few to page", total)
	}
	seen := map[string]bool{}
	for from := 0; from < total; from += 50 {
		for _, key := range u.keys(t, "issue", "list", "--order-by", "key", "--reverse", "--paginate", fmt.Sprintf("%d:50", from)) {
			seen[key] = true
		}
	}
	if wanted := map[string]int{cloud: 50, dataCenter: total}[u.kind]; len(seen) != wanted {
		t.Errorf("%d issues by pages of 50, want %d", len(seen), wanted)
	}
	if n := len(u.keys(t, "issue", "list", "--paginate", "100")); n != 100 {
		t.Errorf("%d issues on a page, want 100", n)
	}
}

func (u *jiraCLI) filters(t *testing.T) {
	issues := u.s.issues(t)
	for _, step := range []struct {
		args []string
		keep func(fields thing) bool
	}{
		{[]string{"-tBug"}, func(f thing) bool { return at(t, f, "issuetype", "name") == "Bug" }},
		{[]string{"-yHighest"}, func(f thing) bool { p, ok := f["priority"].(map[string]any); return ok && p["name"] == "Highest" }},
		{[]string{"-sIn Progress"}, func(f thing) bool { return at(t, f, "status", "name") == "In Progress" }},
		{[]string{"-lcheckout"}, func(f thing) bool { return strings.Contains(fmt.Sprint(f["labels"]), "checkout") }},
		{[]string{"--jql", "assignee is EMPTY and statusCategory != Done"}, func(f thing) bool {
			return f["assignee"] == nil && at(t, f, "status", "statusCategory", "key") != "done"
		}},
	} {
		wanted := open(issues, func(key string, f thing) bool { return strings.HasPrefix(key, "FERRY-") && step.keep(f) })
		if got := len(u.keys(t, append([]string{"issue", "list", "--paginate", "100"}, step.args...)...)); got != wanted || wanted == 0 {
			t.Errorf("%v: %d issues, want %d", step.args, got, wanted)
		}
	}
}

func (u *jiraCLI) view(t *testing.T) {
	fields := u.s.issues(t)["FERRY-31"]
	var raw struct {
		Key    string
		Fields thing
	}
	if err := json.Unmarshal([]byte(u.does(t, "issue", "view", "FERRY-31", "--raw")), &raw); err != nil {
		t.Fatal(err)
	}
	if raw.Key != "FERRY-31" || raw.Fields["summary"] != fields["summary"] {
		t.Errorf("issue %s %v, want %v", raw.Key, raw.Fields["summary"], fields["summary"])
	}
	if out := u.does(t, "issue", "view", "FERRY-31", "--plain", "--comments", "5"); !strings.Contains(out, fields["summary"].(string)) {
		t.Errorf("no %q in\n%s", fields["summary"], out)
	}
}

func (u *jiraCLI) sprints(t *testing.T) {
	out := u.does(t, "sprint", "list", "--plain", "--no-headers")
	if !strings.Contains(out, "Harbour 42") || !strings.Contains(out, "active") {
		t.Errorf("sprints are\n%s", out)
	}
	wanted := open(u.s.issues(t), func(_ string, f thing) bool {
		return strings.Contains(fmt.Sprint(f["customfield_10020"]), "Harbour 42")
	})
	if got := len(u.keys(t, "sprint", "list", "42", "--paginate", "100")); got != wanted || wanted == 0 {
		t.Errorf("%d issues in the sprint, want %d", got, wanted)
	}
}

func (u *jiraCLI) epics(t *testing.T) {
	issues := u.s.issues(t)
	wanted := open(issues, func(key string, f thing) bool {
		return strings.HasPrefix(key, "FERRY-") && at(t, f, "issuetype", "name") == "Epic"
	})
	if got := len(u.keys(t, "epic", "list", "--table", "--paginate", "100")); got != wanted || wanted == 0 {
		t.Errorf("%d epics, want %d", got, wanted)
	}
	wanted = open(issues, func(key string, f thing) bool { return strings.HasPrefix(key, "FERRY-") && u.epicOf(f) == "FERRY-2" })
	if got := len(u.keys(t, "epic", "list", "FERRY-2", "--paginate", "100")); got != wanted || wanted == 0 {
		t.Errorf("%d issues in the epic, want %d", got, wanted)
	}
}

// epicOf gives the key of an issue's epic, as the kind of Jira keeps it.
func (u *jiraCLI) epicOf(fields thing) any {
	if u.kind == dataCenter {
		return fields["customfield_10014"]
	}
	if subtask, _ := fields["issuetype"].(map[string]any)["subtask"].(bool); subtask {
		return nil
	}
	parent, _ := fields["parent"].(map[string]any)
	return parent["key"]
}

// releases works on Cloud only: this version asks for them by version 3 of the
// API, which Data Center does not have.
func (u *jiraCLI) releases(t *testing.T) {
	if u.kind == dataCenter {
		u.refused(t, "404 Not Found", "release", "list")
		return
	}
	out := u.does(t, "release", "list")
	for _, name := range []string{"2.8", "2.9", "3.0"} {
		if !strings.Contains(out, name) {
			t.Errorf("no release %s in\n%s", name, out)
		}
	}
}

// made finds the key of what a command has created.
func made(t *testing.T, out string) string {
	t.Helper()
	return find(t, out, `/browse/(FERRY-[0-9]+)`)
}

// number gives the number in a key.
func number(t *testing.T, key string) int {
	t.Helper()
	_, digits, _ := strings.Cut(key, "-")
	n, err := strconv.Atoi(digits)
	if err != nil {
		t.Fatal(err)
	}
	return n
}
