package main

import (
	"fmt"
	"os/exec"
	"runtime"
	"testing"
	"time"

	"stackrank/config"
	"stackrank/connectors/jira"
	"stackrank/connectors/trello"
)

func TestOnlyADeadProcessOfThisMachineIsGone(t *testing.T) {
	c := exec.CommandContext(t.Context(), "go", "version")
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	pid := c.Process.Pid
	if err := c.Wait(); err != nil {
		t.Fatal(err)
	}
	unasked := exec.CommandContext(t.Context(), "go", "version")
	if err := unasked.Start(); err != nil {
		t.Fatal(err)
	}
	for begun := time.Now(); runtime.GOOS == "linux" && !gone(here()+fmt.Sprint(unasked.Process.Pid)); time.Sleep(time.Millisecond) {
		if time.Since(begun) > time.Minute {
			t.Fatal("a process that has ended and waits for its parent counts as alive")
		}
	}
	if err := unasked.Wait(); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		who  string
		want bool
	}{
		{here() + fmt.Sprint(pid), true},
		{who(), false},
		{here() + "1", false},
		{"somebody@elsewhere, process " + fmt.Sprint(pid), false},
		{here() + "x", false},
		{"", false},
	}
	for _, tt := range tests {
		if got := gone(tt.who); got != tt.want {
			t.Errorf("gone(%q) = %t, want %t", tt.who, got, tt.want)
		}
	}
}

// TestAQueryIsWhatSelectsItems changes one setting after the other.
func TestAQueryIsWhatSelectsItems(t *testing.T) {
	of := func(change func(j *jira.Options, tr *trello.Options)) string {
		j, tr := jira.Options{URL: "https://a.example", JQL: "project = A"}, trello.Options{Boards: []string{"b"}}
		change(&j, &tr)
		c := config.Config{Sources: []config.Source{{Name: "j", Kind: "jira", Options: &j}, {Name: "t", Kind: "trello", Options: &tr}}}
		return query(c, config.Backlog{Sources: []string{"j", "t"}})
	}
	plain := of(func(*jira.Options, *trello.Options) {})
	for name, c := range map[string]struct {
		change func(j *jira.Options, tr *trello.Options)
		same   bool
	}{
		"another user":   {func(j *jira.Options, _ *trello.Options) { j.Auth.User = "else" }, true},
		"louder writes":  {func(j *jira.Options, _ *trello.Options) { j.Notify = jira.Allow }, true},
		"another filter": {func(j *jira.Options, _ *trello.Options) { j.JQL = "project = B" }, false},
		"another site":   {func(j *jira.Options, _ *trello.Options) { j.URL = "https://b.example" }, false},
		"another board":  {func(_ *jira.Options, tr *trello.Options) { tr.Boards[0] = "c" }, false},
		"fewer lists":    {func(_ *jira.Options, tr *trello.Options) { tr.Lists = []string{"Next"} }, false},
	} {
		if got := of(c.change) == plain; got != c.same {
			t.Errorf("%s: the same query: %v", name, got)
		}
	}
}
