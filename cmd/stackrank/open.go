package main

import (
	"crypto/x509"
	"fmt"
	"slices"
	"time"

	"go.uber.org/zap"

	"stackrank/config"
	"stackrank/connectors"
	"stackrank/internal/plan"
	"stackrank/internal/rest"
	"stackrank/internal/store"
	"stackrank/internal/work"
)

// wiring says what a backlog wants from a source. The connectors declare the
// same structure each, so that they need not know one another.
type wiring struct {
	Source      string
	Signals     map[work.Signal]string
	Targets     map[work.Slot]string
	Labels      bool
	Order       bool
	LabelPrefix string
	Zone        *time.Location
	Log         *zap.Logger
}

// opener opens sources, of which those that share a credential share a rate
// budget, and the memory.
type opener struct {
	config  config.Config
	look    lookup
	budgets rest.Budgets
	log     *zap.Logger
	env     func(name string) (string, bool)
	now     func() time.Time
	store   *store.Store // nil: not opened
}

func (a *app) opener(c config.Config, log *zap.Logger) *opener {
	return &opener{config: c, look: c.Lookup(a.env), log: log, env: a.env, now: a.now}
}

// source is an open source with the client that it uses.
type source struct {
	connectors.Connector
	client *rest.Client
}

// open opens the sources of a backlog, in the order of the configuration.
// Nothing is contacted yet.
func (o *opener) open(b config.Backlog) ([]source, error) {
	var out []source
	for _, s := range o.config.SourcesOf(b) {
		opened, err := o.one(s, wiringOf(b, s, o.log))
		if err != nil {
			return nil, outcome{exitUsage, fmt.Errorf("source %s: %w", s.Name, err)}
		}
		out = append(out, opened)
	}
	return out, nil
}

func wiringOf(b config.Backlog, s config.Source, log *zap.Logger) wiring {
	to := b.Write.To[s.Name]
	w := wiring{
		Source: s.Name, Signals: s.Signals, Targets: map[work.Slot]string{},
		Labels: to.Labels, Order: to.Order, LabelPrefix: b.Write.LabelPrefix,
		Zone: b.Timezone.Location(), Log: log,
	}
	for slot, field := range map[work.Slot]string{work.SlotScore: to.Score, work.SlotRank: to.Rank} {
		if field != "" {
			w.Targets[slot] = field
		}
	}
	return w
}

// keyParallel leaves the number of requests at a time to the credentials that
// share a key.
const keyParallel = 64

// one opens a single source.
func (o *opener) one(s config.Source, w wiring) (source, error) {
	of, err := kinds[s.Kind].opening(w, s.Options, o.look)
	if err != nil {
		return source{}, err
	}
	t := of.transport
	t.Timeout, t.Backoff, t.Log = s.Limits.Timeout, s.Limits.Backoff, o.log
	t.Agent = "stackrank/" + version()
	if t.Roots, err = o.roots(s.TLS); err != nil {
		return source{}, err
	}
	t.Budget = o.budgets.For(rest.Fingerprint(t.Base, t.Secrets...), func() *rest.Budget { return budget(of, s.Limits) })
	if !of.key.IsZero() && s.Limits.Requests == 0 {
		t.Wider = o.budgets.For(rest.Fingerprint(t.Base, of.key), func() *rest.Budget {
			b := rest.NewBudget(of.keyRules...)
			b.Parallel = keyParallel
			return b
		})
	}
	client := rest.NewClient(t)
	c, err := of.connect(client.HTTP())
	return source{c, client}, err
}

// budget takes the configured limits in place of the published ones. Whoever
// lifts them above every published one has a service that does not count, so its
// rate headers are not read then; a refusal is always obeyed.
func budget(of opening, l config.Limits) *rest.Budget {
	rules, headers := of.rules, of.headers
	if l.Requests > 0 {
		own := rest.Rule{Name: "configured", Requests: l.Requests, Per: max(l.Per, time.Second)}
		if !slices.ContainsFunc(rules, func(r rest.Rule) bool { return rate(r) >= rate(own) }) {
			headers = nil
		}
		rules = []rest.Rule{own}
	}
	b := rest.NewBudget(rules...)
	b.Headers, b.Scope, b.Parallel = headers, of.scope, l.Parallel
	return b
}

// rate gives the requests of a rule in a second.
func rate(r rest.Rule) float64 { return float64(r.Requests) / r.Per.Seconds() }

func (o *opener) roots(t config.TLS) (*x509.CertPool, error) {
	if t.CA == "" {
		return nil, nil
	}
	pem, err := o.look(t.CA)
	if err != nil {
		return nil, fmt.Errorf("tls.ca: %w", err)
	}
	return rest.Roots([]byte(pem))
}

// connectorsOf and readersOf hand on what the round needs of the sources.
func connectorsOf(sources []source) []connectors.Connector {
	out := make([]connectors.Connector, len(sources))
	for i, s := range sources {
		out[i] = s.Connector
	}
	return out
}

func readersOf(sources []source) []connectors.Reader {
	out := make([]connectors.Reader, len(sources))
	for i, s := range sources {
		out[i] = s.Connector
	}
	return out
}

// requests counts what the sources have sent.
func requests(sources []source) map[string]int {
	out := map[string]int{}
	for _, s := range sources {
		out[s.Source()] = s.client.Stats().Total()
	}
	return out
}

// use says how much a backlog wants from a source, at most what it wants of any.
func use(to plan.Target) connectors.Use {
	switch {
	case to.Order:
		return connectors.ForOrder
	case to.Labels || to.Score != "" || to.Rank != "":
		return connectors.ForFields
	}
	return connectors.ForReport
}
