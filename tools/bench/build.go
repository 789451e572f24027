package main

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
)

// programs are the paths of what is measured; empty: not there.
type programs struct{ stackrank, gojira, bugwarrior, jiracli string }

// build makes the programs that are built from source and finds the others.
func build(ctx context.Context, folder string) (programs, error) {
	p := programs{
		stackrank: filepath.Join(folder, "stackrank"),
		gojira:    filepath.Join(folder, "gojira"),
		jiracli:   filepath.Join(folder, "jira"),
	}
	for _, b := range []struct{ module, out, name string }{
		{filepath.Join("..", ".."), p.stackrank, "./cmd/stackrank"},
		{".", p.gojira, "./gojira"},
		{"jiracli", p.jiracli, "github.com/ankitpokhrel/jira-cli/cmd/jira"},
	} {
		say("build %s", b.name)
		c := exec.CommandContext(ctx, "go", "build", "-C", b.module, "-o", b.out, b.name)
		if text, err := c.CombinedOutput(); err != nil {
			return p, fmt.Errorf("%s: %w\n%s", strings.Join(c.Args, " "), err, text)
		}
	}
	p.bugwarrior, _ = exec.LookPath("bugwarrior-pull") // its rows are left out without it
	return p, nil
}
