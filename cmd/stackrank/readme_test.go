package main

import (
	"bytes"
	"context"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"stackrank/connectors/jira/jirasim"
)

var update = flag.Bool("update", false, "rewrite the report in the README")

const readme = "../../README.md"

// TestReadmeCommands runs every command of the README, in its order, against
// the sandbox: what stands for a site, an account and a project is replaced by
// the sandbox's.
func TestReadmeCommands(t *testing.T) {
	s := builtinSims(t)
	user, token := s.jira.Credentials()
	t.Setenv("JIRA_TOKEN", token)
	replaced := strings.NewReplacer("https://acme.atlassian.net", s.jiraURL, "po@acme.com", user, "PAY", "FERRY")
	source, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	commands := readmeCommands(t)
	t.Chdir(t.TempDir())
	for _, line := range commands {
		t.Run(line, func(t *testing.T) {
			words := strings.Fields(replaced.Replace(line))
			switch {
			case strings.HasPrefix(line, "stackrank sandbox "):
				runSandbox(t, words[1:])
				return
			case strings.HasPrefix(line, "stackrank init "):
				removeConfig(t) // the reader does this in a folder of his own
			case strings.HasPrefix(line, "go install "):
				install(t, source, words[1:])
				return
			}
			if words[0] == "go" {
				words = words[2:] // go run ./cmd/stackrank
			}
			out, code := runCommand(t, words[1:])
			if code != exitDone {
				t.Errorf("exit code %d:\n%s", code, out)
			}
		})
	}
}

// readmeCommands gives the lines of the README's blocks of shell.
func readmeCommands(t *testing.T) []string {
	t.Helper()
	text, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, block := range regexp.MustCompile("(?s)```sh\n(.*?)```").FindAllStringSubmatch(string(text), -1) {
		for line := range strings.Lines(block[1]) {
			out = append(out, strings.TrimSpace(line))
		}
	}
	if len(out) < 8 {
		t.Fatalf("%d commands in the README, want at least 8", len(out))
	}
	return out
}

func removeConfig(t *testing.T) {
	t.Helper()
	if err := os.Remove("stackrank.yaml"); err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
}

// runSandbox runs the command until it is ready, then stops it as Ctrl-C does.
func runSandbox(t *testing.T, args []string) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	out := &signalling{word: "ready", seen: cancel}
	if code := run(ctx, args, testWorld(t, args, out, out)); code != exitDone {
		t.Errorf("exit code %d: %s", code, out.text.String())
	}
	cancel()
}

// signalling calls seen once a word was written to it.
type signalling struct {
	text bytes.Buffer
	word string
	seen func()
}

func (s *signalling) Write(p []byte) (int, error) {
	n, err := s.text.Write(p)
	if strings.Contains(s.text.String(), s.word) {
		s.seen()
	}
	return n, err
}

func install(t *testing.T, source string, args []string) {
	t.Helper()
	c := exec.CommandContext(t.Context(), "go", args...)
	c.Dir = source
	c.Env = append(os.Environ(), "GOBIN="+t.TempDir(), "GOFLAGS=-buildvcs=false")
	if out, err := c.CombinedOutput(); err != nil {
		t.Errorf("go %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

// builtinSims starts both simulators with the built-in backlog.
func builtinSims(t *testing.T) *sims {
	t.Helper()
	s, err := startSims(t.Context(), simOptions{
		deployment: string(jirasim.Cloud), jiraAddr: "127.0.0.1:0", trelloAddr: "127.0.0.1:0",
		now: func() time.Time { return at },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func testWorld(t *testing.T, args []string, out, errs *signalling) world {
	return world{out: out, err: errs, env: envBeside(t, args), now: func() time.Time { return at }}
}

// envBeside gives the environment with what is remembered beside the
// configuration that the arguments name.
func envBeside(t *testing.T, args []string) func(string) (string, bool) {
	t.Helper()
	folder := ""
	if i := slices.Index(args, "--config"); i >= 0 {
		folder = filepath.Dir(args[i+1])
	} else {
		folder = t.TempDir()
	}
	return func(name string) (string, bool) {
		if name == "XDG_STATE_HOME" {
			return filepath.Join(folder, "state"), true
		}
		return os.LookupEnv(name)
	}
}

// runCommand runs a command and gives everything that it printed.
func runCommand(t *testing.T, args []string) (string, int) {
	t.Helper()
	out := &signalling{word: "\x00", seen: func() {}}
	code := run(t.Context(), args, testWorld(t, args, out, out))
	return out.text.String(), code
}

// TestReadmeReport keeps the report in the README what the demo prints.
func TestReadmeReport(t *testing.T) {
	out, code := runCommand(t, []string{"demo"})
	if code != exitDone {
		t.Fatalf("exit code %d:\n%s", code, out)
	}
	screen, _, ok := strings.Cut(out, "\nORDER")
	if !ok {
		t.Fatalf("the demo prints no order:\n%s", out)
	}
	if lines := strings.Count(screen, "\n"); lines > 24 {
		t.Errorf("the first screen takes %d lines, want at most 24", lines)
	}
	text, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	block := regexp.MustCompile("(?s)```text\n.*?```")
	want := block.ReplaceAllLiteralString(string(text), "```text\n"+strings.TrimSpace(screen)+"\n```")
	if *update {
		if err := os.WriteFile(readme, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want, string(text)); diff != "" {
		t.Errorf("the README shows another report, rewrite with -update (-want +got):\n%s", diff)
	}
}
