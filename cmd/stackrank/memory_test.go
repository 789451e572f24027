package main

import (
	"fmt"
	"os/exec"
	"testing"
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
