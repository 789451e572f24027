// Package jira owns the connection to Jira, Cloud and Data Center: what their
// interfaces say, where they differ, and how issues become items of the common
// model. It knows neither the ranking nor the plan.
//
// A pull lists the issues in the order of their rank, then reads them. On Cloud
// the list comes from the search, which runs behind the data by seconds to
// minutes, and the issues from bulkfetch, which does not; so a pull sees what
// was written just before it. A pull of n issues from Cloud takes at most
// ⌈n/100⌉ + 8 requests, and one more for each further 5000 issues.
//
// An incremental read lists the issues too, and reads whole only those that may
// have changed; see Since.
package jira

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"time"

	jiralib "github.com/andygrunwald/go-jira"
	"go.uber.org/zap"

	"stackrank/connectors"
	"stackrank/internal/work"
)

var (
	_ connectors.Connector   = (*Connector)(nil)
	_ connectors.Checker     = (*Connector)(nil)
	_ connectors.Orderer     = (*Connector)(nil)
	_ connectors.Surveyor    = (*Connector)(nil)
	_ connectors.Progressor  = (*Connector)(nil)
	_ connectors.Incremental = (*Connector)(nil)
	_ connectors.Looker      = (*Connector)(nil)
)

// maxMove is the most issues that Jira ranks in one call.
// Source: Jira Software REST API 1.0, "Rank issues": at most 50.
const maxMove = 50

// Connector is one Jira site as one source of a backlog. What it learns about
// the site (kind, fields, priorities) it keeps for its life. It is used by one
// goroutine at a time.
type Connector struct {
	wiring Wiring
	opts   Options
	base   *url.URL
	client *jiralib.Client
	log    *zap.Logger
	report func(done, total int)
	pause  time.Duration // unit of the waits between attempts; tests shorten it

	site    *site             // nil: not yet asked
	fields  *wanted           // nil: no pull yet
	homes   map[string]home   // project of an issue, by issue id
	loud    map[string]bool   // projects, by key, in which Jira refuses quiet writes
	boards  map[string]board  // first board of a project, by project key
	rights  map[string]rights // of the account, by project key, as last asked
	begun   time.Time         // when the read at hand began, by the service's clock
	last    *knowledge        // of the last read; nil: none, or none to go on from
	touched map[string]bool   // issues written since, by id
	unseen  bool              // Jira took an order since the last pull and did not show it
}

// home is where an issue lives.
type home struct{ projectID, projectKey string }

// New returns a connector for the source. It checks what it was given and
// makes no request; the credential travels in hc's transport. The query may be
// empty for a Survey alone.
func New(w Wiring, o Options, hc *http.Client) (*Connector, error) {
	base, err := parseBase(o.URL)
	if err != nil {
		return nil, fmt.Errorf("source %s: url: %w", w.Source, err)
	}
	client, err := jiralib.NewClient(hc, base.String())
	if err != nil {
		return nil, fmt.Errorf("source %s: url: %w", w.Source, err)
	}
	if w.Zone == nil {
		w.Zone = time.UTC
	}
	if w.Log == nil {
		w.Log = zap.NewNop()
	}
	return &Connector{
		wiring: w, opts: o, base: base, client: client, log: w.Log.With(zap.String("source", w.Source)),
		report: func(int, int) {}, pause: time.Second,
		homes: map[string]home{}, loud: map[string]bool{}, boards: map[string]board{}, touched: map[string]bool{},
	}, nil
}

// Source gives the configured name of the source.
func (c *Connector) Source() string { return c.wiring.Source }

// OnProgress has a pull tell how many issues it has read.
func (c *Connector) OnProgress(report func(done, total int)) { c.report = report }

// Caps gives what was asked of the source; after a pull, the order only where
// the site has one rank field to keep it in.
func (c *Connector) Caps() work.Caps {
	caps := work.Caps{MaxRun: maxMove, Order: c.wiring.Order}
	for _, s := range []work.Slot{work.SlotScore, work.SlotRank} {
		if c.wiring.Targets[s] != "" {
			caps.Slots = append(caps.Slots, s)
		}
	}
	if c.wiring.Labels {
		caps.Slots = append(caps.Slots, work.SlotLabel)
	}
	if c.fields != nil {
		caps.Order = caps.Order && c.fields.rank != nil
	}
	return caps
}

// quiet reports whether mail is forbidden.
func (c *Connector) quiet() bool { return c.opts.Notify != Allow }

// Pull reads every open issue of the query, in the order of the rank field, or
// in the query's own order where the site has none that is certain.
func (c *Connector) Pull(ctx context.Context) (work.Snapshot, error) {
	c.unseen, c.last, c.touched = false, nil, map[string]bool{}
	s, err := c.enter(ctx)
	if err != nil {
		return work.Snapshot{}, err
	}
	l, err := c.list(ctx, s)
	if err != nil {
		return work.Snapshot{}, c.explain(atQuery, err)
	}
	w, err := c.resolve(ctx, s, l.projects())
	if err != nil {
		return work.Snapshot{}, err
	}
	c.fields = w
	v := c.newView(s, w)
	v.named = l.named()
	r, err := c.read(ctx, s, l, v)
	if err != nil {
		return work.Snapshot{}, c.explain(atQuery, err)
	}
	v.notes.found = append(v.notes.found, c.shortfall(r, l)...)
	all := r.made()
	items := v.gather(all)
	if err := c.sortNative(ctx, s, l, items); err != nil {
		return work.Snapshot{}, c.explain(atQuery, err)
	}
	if err := c.askRights(ctx, s, items); err != nil {
		return work.Snapshot{}, c.explain(atQuery, err)
	}
	if err := c.mark(s, items); err != nil {
		return work.Snapshot{}, err
	}
	if len(s.ranks) == 0 || l.ranked {
		c.remember(s, all, l.projects(), 0)
	}
	return work.Snapshot{Site: s.address, Items: finish(items), Findings: v.findings()}, nil
}

// mark says of each item what of it cannot be written, and why.
func (c *Connector) mark(s *site, items []ranked) error {
	c.markRefused(items, c.rights)
	return c.markLacking(s, items)
}
