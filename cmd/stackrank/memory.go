package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/user"
	"strconv"
	"strings"
	"syscall"
	"time"

	"go.uber.org/zap"

	"stackrank/config"
	"stackrank/internal/cycle"
	"stackrank/internal/store"
)

// memory opens what the program remembers, at the place that the configuration
// names or at the default one. Who cannot open it does not write to a tracker.
func (o *opener) memory(ctx context.Context) (*store.Store, error) {
	if o.store != nil {
		return o.store, nil
	}
	address, err := o.address()
	if err != nil {
		return nil, err
	}
	o.store, err = store.Open(ctx, address, o.now)
	return o.store, err
}

func (o *opener) address() (string, error) {
	if o.config.State.IsZero() {
		return store.Default(o.getenv)
	}
	return o.config.State.Reveal(), nil
}

// recall gives the memory to who only reads. Where there is none, or none that
// can be used, he goes on without: what people moved cannot be told then.
func (o *opener) recall(ctx context.Context) cycle.Memory {
	address, err := o.address()
	if err == nil && !store.Exists(address) {
		return nil
	}
	if err == nil {
		var m *store.Store
		if m, err = o.memory(ctx); err == nil {
			return m
		}
	}
	o.log.Warn("the memory cannot be read, so this report knows nothing of what people changed since the last sync", zap.Error(err))
	return nil
}

// skew gives for each source how far the clock of its service is ahead of this
// machine's, once the source was asked. Who ranks for another moment on purpose
// may have a service to play with whose clock shows that moment: then it is right.
func (o *opener) skew(sources []source, moment time.Time) map[string]time.Duration {
	out := map[string]time.Duration{}
	for _, s := range sources {
		there, told := s.client.Clock()
		if !told {
			continue
		}
		ahead := there.Sub(o.now())
		if d := there.Sub(moment); d.Abs() < ahead.Abs() {
			ahead = d
		}
		out[s.Source()] = ahead
	}
	return out
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

// query names what the sources of a backlog select by their kinds and by
// the settings that select items. Another credential or limit selects nothing else.
func query(c config.Config, b config.Backlog) string {
	type selected struct {
		Kind    string
		Options any
	}
	all := map[string]selected{}
	for _, s := range c.SourcesOf(b) {
		all[s.Name] = selected{s.Kind, kinds[s.Kind].selects(s.Options)}
	}
	return digest(all)
}
