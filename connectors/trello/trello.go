// Package trello owns the Trello connector: it reads the open cards of the
// chosen lists into the common model and writes scores, places, labels and
// positions back to single cards. It knows Trello's API and its mapping, and
// nothing of ranking.
package trello

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

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

// Wiring is what a backlog asks of this source.
type Wiring struct {
	Source      string                 // configured name
	Signals     map[work.Signal]string // signal to the name or id of the custom field that feeds it
	Targets     map[work.Slot]string   // slot to the name or id of the custom field that takes it
	Labels      bool                   // labels may be added and removed
	Order       bool                   // positions may be changed
	LabelPrefix string                 // labels that begin so are ours; no other label is ever touched
	Zone        *time.Location         // unused: Trello's due dates are moments
	Log         *zap.Logger            // nil: none
}

// Connector is one Trello source. Pull, Check and Survey may not run at the
// same time; Apply and Reorder may be called from several goroutines.
type Connector struct {
	wiring Wiring
	opts   Options
	api    *api
	log    *zap.Logger
	report func(done, total int) // nil: nobody watches

	mu      sync.Mutex // guards what follows
	boards  map[string]*board
	cards   map[string]cardState
	lanes   map[string][]spot
	refused map[string]int // boards that refused a custom field value, and for how many more pulls that counts
	pulled  bool
	known   *knowledge      // of the last read; nil: none, or none to go on from
	touched map[string]bool // cards written since, by id

	labelMu  sync.Mutex                     // held while labels are looked up and created, so that none is made twice
	labels   map[string]map[string][]string // by board and name: ids
	doubtful map[boardLabel]bool            // labels that may have been made since the last pull
}

// cardState is what a write must know about a card.
type cardState struct {
	board  string
	labels map[string]string // id to name of the labels on the card
}

// New returns a connector. It makes no request; the credentials travel in the
// transport of hc, as Transport describes it. Without boards it can only survey.
func New(w Wiring, o Options, hc *http.Client) (*Connector, error) {
	if err := errors.Join(o.wrong()...); err != nil {
		return nil, fmt.Errorf("source %s: %w", w.Source, err)
	}
	if hc == nil {
		return nil, fmt.Errorf("source %s: no HTTP client", w.Source)
	}
	log := w.Log
	if log == nil {
		log = zap.NewNop()
	}
	c := &Connector{
		wiring: w, opts: o, log: log.With(zap.String("source", w.Source)),
		api:     &api{base: strings.TrimRight(o.address(), "/"), http: hc},
		refused: map[string]int{},
	}
	c.forget()
	return c, nil
}

// Source gives the configured name of the source.
func (c *Connector) Source() string { return c.wiring.Source }

// OnProgress has every pull tell how many cards it has read; the total stays
// unknown, as Trello does not count.
func (c *Connector) OnProgress(report func(done, total int)) { c.report = report }

// Caps gives what can be written. Until the first pull it is what the backlog
// asks for; afterwards a slot counts only where some board has a custom field
// for it, so that labels alone serve boards without custom fields.
func (c *Connector) Caps() work.Caps {
	c.mu.Lock()
	defer c.mu.Unlock()
	caps := work.Caps{Order: c.wiring.Order, Lanes: true, Gap: closest, High: highest}
	for _, s := range slots {
		if c.wiring.Targets[s] != "" && (!c.pulled || c.takes(s)) {
			caps.Slots = append(caps.Slots, s)
		}
	}
	if c.wiring.Labels {
		caps.Slots = append(caps.Slots, work.SlotLabel)
	}
	return caps
}

// slots are the outputs that go to custom fields, in the order of a request.
var slots = [...]work.Slot{work.SlotScore, work.SlotRank}

// takes reports whether some board has a field for the slot.
func (c *Connector) takes(s work.Slot) bool {
	for _, b := range c.boards {
		if _, ok := b.targets[s]; ok && c.refused[b.id] == 0 {
			return true
		}
	}
	return false
}

// forget drops what earlier pulls and writes have learned.
func (c *Connector) forget() {
	c.mu.Lock()
	for id, pulls := range c.refused {
		c.refused[id] = max(0, pulls-1)
	}
	c.boards, c.cards, c.lanes = map[string]*board{}, map[string]cardState{}, map[string][]spot{}
	c.known, c.touched = nil, map[string]bool{}
	c.mu.Unlock()
	c.labelMu.Lock()
	c.labels = map[string]map[string][]string{}
	c.doubtful = map[boardLabel]bool{}
	c.labelMu.Unlock()
}
