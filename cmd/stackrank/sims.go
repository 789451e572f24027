package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"time"

	"stackrank/connectors/jira/jirasim"
	"stackrank/connectors/trello/trellosim"
)

// simOptions says which trackers are simulated and how they behave.
type simOptions struct {
	deployment           string   // cloud or datacenter
	jiraData, trelloData []string // files; none: the built-in backlog
	jiraAddr, trelloAddr string   // host:port; port 0 takes a free one
	rateLimits           bool
	latency, searchLag   time.Duration
	now                  func() time.Time
}

// sims are both simulators, each behind a listener of its own.
type sims struct {
	jira               *jirasim.Site
	trello             *trellosim.Site
	jiraURL, trelloURL string // http://host:port
	servers            []*http.Server
}

// startSims loads the data, opens the listeners and serves until Close.
func startSims(ctx context.Context, o simOptions) (*sims, error) {
	jiraListener, err := listen(ctx, o.jiraAddr)
	if err != nil {
		return nil, err
	}
	trelloListener, err := listen(ctx, o.trelloAddr)
	if err != nil {
		return nil, errors.Join(err, jiraListener.Close())
	}
	s := &sims{jiraURL: "http://" + jiraListener.Addr().String(), trelloURL: "http://" + trelloListener.Addr().String()}
	if err := s.load(o); err != nil {
		return nil, errors.Join(err, jiraListener.Close(), trelloListener.Close())
	}
	s.serve(jiraListener, s.jira)
	s.serve(trelloListener, s.trello)
	return s, nil
}

func listen(ctx context.Context, addr string) (net.Listener, error) {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w", addr, err)
	}
	return l, nil
}

func (s *sims) serve(l net.Listener, h http.Handler) {
	server := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second}
	s.servers = append(s.servers, server)
	go func() { _ = server.Serve(l) }() // ends with Close
}

// Close ends both servers and what they are answering.
func (s *sims) Close() error {
	var errs []error
	for _, server := range s.servers {
		errs = append(errs, server.Close())
	}
	return errors.Join(errs...)
}

// load builds the sites from files, or from the built-in backlog where no file
// is given.
func (s *sims) load(o simOptions) error {
	jiraSeed, err := jiraSeed(o)
	if err != nil {
		return err
	}
	trelloSeed, err := trelloSeed(o, s.jiraURL)
	if err != nil {
		return err
	}
	s.jira = jirasim.New(jiraSeed, o.now)
	s.jira.Switch(func(w *jirasim.Switches) {
		w.RateLimits, w.Latency, w.SearchLag = o.rateLimits, o.latency, o.searchLag
	})
	s.trello = trellosim.New(trelloSeed, o.now)
	s.trello.Switches().RateLimits(o.rateLimits)
	s.trello.Switches().Latency(o.latency)
	s.trello.Switches().SearchLag(o.searchLag)
	return nil
}

func jiraSeed(o simOptions) (jirasim.Seed, error) {
	seed := jirasim.Builtin(o.now())
	if len(o.jiraData) > 0 {
		seed = jirasim.Seed{}
	}
	switch d := jirasim.Deployment(o.deployment); d {
	case jirasim.Cloud, jirasim.DataCenter:
		seed.Deployment = d
	default:
		return seed, usage("--jira %q: want %s or %s", o.deployment, jirasim.Cloud, jirasim.DataCenter)
	}
	err := readAll(o.jiraData, seed.Read)
	return seed, err
}

func trelloSeed(o simOptions, jiraURL string) (trellosim.Seed, error) {
	if len(o.trelloData) == 0 {
		return trellosim.Builtin(o.now(), jiraURL), nil
	}
	var seed trellosim.Seed
	err := readAll(o.trelloData, seed.Read)
	return seed, err
}

// readAll hands every file to read.
func readAll(files []string, read func(io.Reader) error) error {
	for _, name := range files {
		f, err := os.Open(name)
		if err != nil {
			return err
		}
		err = read(f)
		if err = errors.Join(err, f.Close()); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}
