package main

import (
	"fmt"
	"os/exec"
	"runtime"
	"testing"
	"time"
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
