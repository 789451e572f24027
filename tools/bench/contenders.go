package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// step is one thing that a contender does. Its commands run one after the other.
type step struct {
	name, note string
	commands   []*exec.Cmd
}

// contender is a program, or a way to use one.
type contender struct {
	name   string   // as -peers takes it
	kinds  []string // of Jira that it can use
	serial bool     // a request or more for each item: large backlogs are sampled
	steps  func(ctx context.Context, p programs, t task) ([]step, error)
}

// task is the site to work on, its items, and a folder that stands for the
// user's home.
type task struct {
	site  *site
	items int
	home  string
}

// contenders are all there are, in the order of the table.
var contenders = []contender{
	{"stackrank-read", []string{cloud, dataCenter}, false, stackrankRead},
	{"stackrank-sync", []string{cloud, dataCenter}, false, stackrankSync},
	{"go-jira-read", []string{cloud, dataCenter}, false, goJiraRead},
	{"go-jira-read-100", []string{cloud, dataCenter}, false, goJiraReadLarge},
	{"go-jira-read-all", []string{cloud, dataCenter}, false, goJiraReadAll},
	{"go-jira-write", []string{cloud, dataCenter}, true, goJiraWrite},
	{"jira-cli", []string{cloud, dataCenter}, false, jiraCLI},
	{"bugwarrior", []string{dataCenter}, true, bugwarrior},
}

// missing says what cannot be measured here.
func (p programs) missing(contender string) string {
	if contender == "bugwarrior" && p.bugwarrior == "" {
		return "bugwarrior is not installed (apt-get install bugwarrior)"
	}
	return ""
}

// command gives a command with a home of its own and nothing else of ours.
func command(ctx context.Context, home, secret, program string, args ...string) *exec.Cmd {
	c := exec.CommandContext(ctx, program, args...)
	c.Dir = home
	c.Env = []string{
		"HOME=" + home, "PATH=" + os.Getenv("PATH"), "LANG=C.UTF-8", "TZ=UTC", "XDG_STATE_HOME=" + filepath.Join(home, "state"),
		"JIRA_TOKEN=" + secret, "JIRA_API_TOKEN=" + secret,
	}
	return c
}

// ourConfig writes scores, places, labels and the order of every item. The
// limits are lifted, since the peers know none.
const ourConfig = `sources:
  - name: jira
    kind: jira
    url: %s
    auth:
      token: env:JIRA_TOKEN%s
    jql: %s
    signals:
      effort: story_points
    limits:
      requests: 100000
      per: 1s
backlogs:
  - name: bench
    sources: [jira]
    policy:
      hysteresis: 0.5
      require: []
    write:
      apply: auto
      hold: []
      to:
        jira:
          score: Priority Score
          rank: Stack Rank
          labels: true
          order: true
      top: all
`

func stackrankRead(ctx context.Context, p programs, t task) ([]step, error) {
	report, err := ours(ctx, p, t, "report")
	return []step{{name: "`stackrank report`", commands: report}}, err
}

func stackrankSync(ctx context.Context, p programs, t task) ([]step, error) {
	first, err := ours(ctx, p, t, "sync", "--force")
	if err != nil {
		return nil, err
	}
	second, err := ours(ctx, p, t, "sync")
	return []step{
		{name: "`stackrank sync`, first", commands: first},
		{name: "`stackrank sync`, unchanged", commands: second},
	}, err
}

// ours gives a command of stackrank with a configuration for the site.
func ours(ctx context.Context, p programs, t task, args ...string) ([]*exec.Cmd, error) {
	user := ""
	if t.site.kind == cloud {
		user = "\n      user: " + t.site.user
	}
	config := filepath.Join(t.home, "stackrank.yaml")
	err := os.WriteFile(config, fmt.Appendf(nil, ourConfig, t.site.url, user, t.site.jql), 0o600)
	return []*exec.Cmd{command(ctx, t.home, t.site.token, p.stackrank, append(args, "--config", config)...)}, err
}

func goJira(ctx context.Context, p programs, t task, more ...string) []*exec.Cmd {
	args := append([]string{"-url", t.site.url, "-user", t.site.user, "-jql", t.site.jql, fmt.Sprintf("-cloud=%t", t.site.kind == cloud)}, more...)
	return []*exec.Cmd{command(ctx, t.home, t.site.token, p.gojira, args...)}
}

func goJiraRead(ctx context.Context, p programs, t task) ([]step, error) {
	return []step{{name: "go-jira script, read", note: "pages of 50, as the library asks by itself", commands: goJira(ctx, p, t)}}, nil
}

func goJiraReadLarge(ctx context.Context, p programs, t task) ([]step, error) {
	return []step{{name: "go-jira script, read, 100 a page", commands: goJira(ctx, p, t, "-page", "100")}}, nil
}

func goJiraReadAll(ctx context.Context, p programs, t task) ([]step, error) {
	return []step{{name: "go-jira script, read, all fields, 100 a page", commands: goJira(ctx, p, t, "-page", "100", "-all")}}, nil
}

func goJiraWrite(ctx context.Context, p programs, t task) ([]step, error) {
	return []step{{name: "go-jira script, read and write", note: "the same on every run", commands: goJira(ctx, p, t, "-page", "100", "-write", t.site.scoreID)}}, nil
}

// jiraCLI lists page by page, a run of the program for each. On Cloud it cannot
// go beyond the first page.
func jiraCLI(ctx context.Context, p programs, t task) ([]step, error) {
	installation, pages, note := "Local", (t.items+99)/100, "a process for each page of 100"
	if t.site.kind == cloud {
		installation, pages, note = "Cloud", 1, "cannot read more than the first 100 from Cloud"
	}
	config := filepath.Join(t.home, "jira.yml")
	text := fmt.Sprintf("installation: %s\nserver: %s\nlogin: %s\nauth_type: basic\nproject:\n  key: BENCH\n  type: classic\n", installation, t.site.url, t.site.user)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		return nil, err
	}
	var all []*exec.Cmd
	for i := range pages {
		all = append(all, command(ctx, t.home, t.site.token, p.jiracli, "issue", "list", "--config", config,
			"--plain", "--jql", t.site.jql, "--paginate", fmt.Sprintf("%d:100", 100*i)))
	}
	return []step{{name: "jira-cli, list", note: note, commands: all}}, nil
}

// bugwarrior pulls into a Taskwarrior of its own, twice.
func bugwarrior(ctx context.Context, p programs, t task) ([]step, error) {
	config := filepath.Join(t.home, ".config", "bugwarrior", "bugwarriorrc")
	tasks := filepath.Join(t.home, ".taskrc")
	lines := []string{
		"[general]", "targets = jira", "taskrc = " + tasks,
		"[jira]", "service = jira", "jira.base_uri = " + t.site.url, "jira.username = " + t.site.user,
		"jira.password = " + t.site.token, "jira.query = " + t.site.jql, "",
	}
	if err := os.MkdirAll(filepath.Dir(config), 0o700); err != nil {
		return nil, err
	}
	if err := os.WriteFile(config, []byte(strings.Join(lines, "\n")), 0o600); err != nil {
		return nil, err
	}
	if err := os.WriteFile(tasks, []byte("data.location="+filepath.Join(t.home, ".task")+"\n"), 0o600); err != nil {
		return nil, err
	}
	pull := func() []*exec.Cmd { return []*exec.Cmd{command(ctx, t.home, t.site.token, p.bugwarrior)} }
	return []step{
		{name: "bugwarrior, first pull", note: "reads only", commands: pull()},
		{name: "bugwarrior, second pull", note: "reads only", commands: pull()},
	}, nil
}
