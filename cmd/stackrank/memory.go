package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/user"
	"strconv"
	"strings"
	"syscall"

	"stackrank/config"
	"stackrank/internal/store"
)

// memory opens what the program remembers, at the place that the configuration
// names or at the default one. Who cannot open it does not write to a tracker.
func (o *opener) memory(ctx context.Context) (*store.Store, error) {
	if o.store != nil {
		return o.store, nil
	}
	address := o.config.State.Reveal()
	if o.config.State.IsZero() {
		var err error
		if address, err = store.Default(o.getenv); err != nil {
			return nil, err
		}
	}
	var err error
	o.store, err = store.Open(ctx, address, o.now)
	return o.store, err
}

func (o *opener) getenv(name string) string {
	value, _ := o.env(name)
	return value
}

// close ends what the opener holds open.
func (o *opener) close() error {
	if o.store == nil {
		return nil
	}
	return o.store.Close()
}

// here names the person and the machine.
func here() string {
	name, host := "somebody", "unknown host"
	if u, err := user.Current(); err == nil {
		name = u.Username
	}
	if h, err := os.Hostname(); err == nil {
		host = h
	}
	return name + "@" + host + ", process "
}

// who names the person, the machine and the process behind a run.
func who() string { return here() + strconv.Itoa(os.Getpid()) }

// gone reports whether a run was made by a process of this person and machine
// that is no more.
func gone(who string) bool {
	number, ours := strings.CutPrefix(who, here())
	pid, err := strconv.Atoi(number)
	if !ours || err != nil || pid <= 0 || pid == os.Getpid() {
		return false
	}
	p, err := os.FindProcess(pid)
	if err != nil {
		return true // where processes cannot be asked for, they are looked up
	}
	defer p.Release() //nolint:errcheck // it held nothing but a number
	return errors.Is(p.Signal(syscall.Signal(0)), os.ErrProcessDone) || zombie(pid)
}

// zombie reports whether a process has died and its parent has not asked how;
// only Linux tells, in the third field of a file whose second is in parentheses.
func zombie(pid int) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return false
	}
	state := strings.TrimSpace(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
	return strings.HasPrefix(state, "Z") || strings.HasPrefix(state, "X")
}

// query names what the sources of a backlog select by its content: "sha256:" and
// the hash of their kinds and settings. Secrets are in them by reference only.
func query(c config.Config, b config.Backlog) string {
	type selected struct {
		Kind    string
		Options any
	}
	all := map[string]selected{}
	for _, s := range c.SourcesOf(b) {
		all[s.Name] = selected{s.Kind, s.Options}
	}
	text, err := json.Marshal(all)
	if err != nil {
		panic(fmt.Sprintf("settings that came from YAML are not printable: %v", err))
	}
	sum := sha256.Sum256(text)
	return "sha256:" + hex.EncodeToString(sum[:])
}
