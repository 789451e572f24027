package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"stackrank/connectors/jira/jirasim"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"stackrank": func() { os.Exit(process(clockOf(os.Getenv("EPOCH")))) },
		"measured":  measured,
	})
}

// clockOf gives the clock of a story, which shows the moment at at its epoch and
// goes on from there; without an epoch it is the real one.
func clockOf(epoch string) func() time.Time {
	began, err := time.Parse(time.RFC3339Nano, epoch)
	if err != nil {
		return time.Now
	}
	return func() time.Time { return at.Add(time.Since(began)) }
}

// at is the moment that the stories happen at, so that they read the same on
// every day.
var at = time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)

// simsKey finds the simulators of a story.
type simsKey struct{}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(e *testscript.Env) error {
			e.Values[simsKey{}] = &sims{}
			e.Setenv("HOME", e.WorkDir)
			e.Setenv("NO_COLOR", "1")
			e.Setenv("EPOCH", time.Now().Format(time.RFC3339Nano))
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"sandbox": sandboxCmd, "jira": jiraCmd, "trello": trelloCmd, "edit": editCmd, "person": personCmd, "capture": captureCmd, "secretless": secretlessCmd,
		},
	})
}

// sandboxCmd starts both simulators for the rest of the story and writes
// stackrank.yaml. Its arguments are those of the command of this name.
func sandboxCmd(ts *testscript.TestScript, _ bool, args []string) {
	o := simOptions{
		deployment: string(jirasim.Cloud), jiraAddr: "127.0.0.1:0", trelloAddr: "127.0.0.1:0",
		now: ticking(),
	}
	f := flag.NewFlagSet("sandbox", flag.ContinueOnError)
	f.StringVar(&o.deployment, "jira", o.deployment, "")
	ts.Check(f.Parse(args))
	s, err := startSims(context.Background(), o)
	ts.Check(err)
	ts.Defer(func() { ts.Check(s.Close()) })
	*ts.Value(simsKey{}).(*sims) = *s
	ts.Check(writeSandboxConfig(ts.MkAbs("stackrank.yaml"), s, o))
	ts.Setenv("AT", at.Format(time.RFC3339))
	ts.Setenv("BOARD", s.trello.Boards()[0].ShortLink)
	ts.Setenv("JIRA", s.jiraURL)
	ts.Setenv("TRELLO", s.trelloURL+"/1")
	user, token := s.jira.Credentials()
	ts.Setenv("JIRA_USER", user)
	ts.Setenv("JIRA_TOKEN", token)
	ts.Setenv("TRELLO_KEY", s.trello.Key())
	ts.Setenv("TRELLO_TOKEN", s.trello.Token())
}

// jiraCmd changes how the simulated Jira behaves.
func jiraCmd(ts *testscript.TestScript, _ bool, args []string) {
	site := ts.Value(simsKey{}).(*sims).jira
	switch args[0] {
	case "deny":
		site.Switch(func(w *jirasim.Switches) {
			w.Deny = map[string][]jirasim.Permission{"": {jirasim.Permission(args[1])}}
		})
	case "login-page":
		site.Switch(func(w *jirasim.Switches) { w.LoginPage = true })
	case "fail":
		var status, times int
		_, err := fmt.Sscan(args[2]+" "+args[3], &status, &times)
		ts.Check(err)
		site.Fail(args[1], status, times)
	case "writes":
		if got := fmt.Sprint(site.Stats().Writes); got != args[1] {
			ts.Fatalf("jira got %s writes, want %s", got, args[1])
		}
	default:
		ts.Fatalf("jira %s: no such behaviour", args[0])
	}
}

// trelloCmd changes how the simulated Trello behaves.
func trelloCmd(ts *testscript.TestScript, _ bool, args []string) {
	site := ts.Value(simsKey{}).(*sims).trello
	switch args[0] {
	case "read-only":
		site.Switches().ReadOnlyToken(true)
	case "writes":
		if got := fmt.Sprint(site.Stats().Writes); got != args[1] {
			ts.Fatalf("trello got %s writes, want %s", got, args[1])
		}
	default:
		ts.Fatalf("trello %s: no such behaviour", args[0])
	}
}

// personCmd changes something in a tracker as a person does: person TRACKER METHOD
// PATH BODY, where the body is JSON.
func personCmd(ts *testscript.TestScript, _ bool, args []string) {
	_, err := ts.Value(simsKey{}).(*sims).as(args[0], args[1], args[2], args[3])
	ts.Check(err)
}

// captureCmd puts what a group of an expression matches in the last output into a
// variable of the story: capture NAME EXPRESSION.
func captureCmd(ts *testscript.TestScript, _ bool, args []string) {
	found := regexp.MustCompile(args[1]).FindStringSubmatch(ts.ReadFile("stdout"))
	if found == nil {
		ts.Fatalf("the output does not match %s", args[1])
	}
	ts.Setenv(args[0], found[1])
}

// editCmd replaces a text in a file: edit FILE OLD NEW.
func editCmd(ts *testscript.TestScript, _ bool, args []string) {
	old := ts.ReadFile(args[0])
	if !strings.Contains(old, args[1]) {
		ts.Fatalf("%s does not hold %q", args[0], args[1])
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(strings.Replace(old, args[1], strings.ReplaceAll(args[2], `\n`, "\n"), 1)), 0o600))
}

// secretlessCmd searches what the story has printed and written for its
// credentials; the files that hold them on purpose aside.
func secretlessCmd(ts *testscript.TestScript, _ bool, _ []string) {
	texts := map[string]string{"stdout": ts.ReadFile("stdout"), "stderr": ts.ReadFile("stderr")}
	root := ts.MkAbs(".")
	ts.Check(filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.Contains(d.Name(), "-token") || strings.Contains(d.Name(), "-key") {
			return err
		}
		data, err := os.ReadFile(path)
		texts[path] = string(data)
		return err
	}))
	for where, text := range texts {
		for _, name := range []string{"JIRA_TOKEN", "TRELLO_KEY", "TRELLO_TOKEN"} {
			if secret := ts.Getenv(name); secret != "" && strings.Contains(text, secret) {
				ts.Fatalf("%s shows the value of %s", where, name)
			}
		}
	}
}
