// Package connectortest owns what every connector must pass. A connector's own
// test hands it a Bench, which is a simulated service with a connector on it,
// and Run holds the connector to the contract in package connectors: it reads
// everything or nothing, writes what it was told and nothing else, says what
// went wrong in kinds that callers can act on, and stops when it is told to.
package connectortest

import (
	"context"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"stackrank/connectors"
	"stackrank/internal/work"
)

// Bench is a simulated service in its first state and what is known about it.
type Bench struct {
	// Service answers as the real one does, all rate limits off.
	Service http.Handler

	// Open gives a fresh connector for the service at base, a URL without path,
	// writing SlotScore, SlotRank, labels and the order. It retries at most
	// three times and waits milliseconds where the real one waits seconds, but
	// keeps to Retry-After. Everything that it logs goes to log.
	Open func(t *testing.T, base string, log func(string)) connectors.Connector

	// Want holds every item that a pull must give, in order and complete, with
	// BASE standing for the address of the service in URLs.
	Want []work.Item

	// IsWrite tells a request that changes the service from one that reads.
	IsWrite func(*http.Request) bool

	// State is everything that the service holds, in a form that == compares.
	State func() string

	// Leave has an item leave the backlog, as a person would; for connectors that
	// look at single items.
	Leave map[Way]func(t *testing.T, it work.Item)

	// Prefix begins the labels that are ours.
	Prefix string

	// Secrets are the credentials in use, which no text may show.
	Secrets []string
}

// rule is one sentence of the contract.
type rule struct {
	name string
	run  func(*testing.T, *rig)
}

// undisturbed are the rules for a service that answers as it should.
var undisturbed = []rule{
	{"pull gives every item, complete and in order", pullComplete},
	{"pull twice gives the same", pullTwice},
	{"pull writes nothing", pullWritesNothing},
	{"a written value is read back", writeReadBack},
	{"a second plan is empty", secondPlanEmpty},
	{"apply repeated changes nothing", applyIdempotent},
	{"what was written can be cleared", writeThenClear},
	{"labels of others stay", foreignLabelsStay},
	{"an item that is gone is not found", goneItem},
	{"reordered items are read back in their order", reorderReadBack},
	{"reorder repeated changes nothing", reorderIdempotent},
}

// disturbed are the rules for a service whose answers are refused, spoiled or late.
var disturbed = []rule{
	{"a refused read has the right kind", readKinds},
	{"a refused write has the right kind and writes nothing", writeKinds},
	{"an answer that is no data is an error", rubbishReads},
	{"a log-in page is no success of a write", loginPageOnWrite},
	{"Retry-After is honoured", retryAfter},
	{"a cancelled pull returns at once", cancelPull},
	{"a cancelled pull returns at once in the middle of a body", cancelBody},
	{"a cancelled write returns at once", cancelWrite},
}

// Run holds the connector to the contract. Each test gets a bench of its own.
func Run(t *testing.T, open func(t *testing.T) Bench) {
	for _, r := range slices.Concat(undisturbed, disturbed, incremental, incrementalDisturbed, looking, lookingDisturbed) {
		t.Run(r.name, func(t *testing.T) { r.run(t, newRig(t, open(t), nil)) })
	}
}

// RunJudged holds the connector to the rules that need no spoiled answer, with a
// judge between it and the service. between puts the judge in front of a target
// and gives the address to use, both URLs without path.
func RunJudged(t *testing.T, open func(t *testing.T) Bench, between func(t *testing.T, target string) string) {
	for _, r := range slices.Concat(undisturbed, incremental, looking) {
		t.Run(r.name, func(t *testing.T) { r.run(t, newRig(t, open(t), between)) })
	}
}

// promptly bounds what a cancelled call may still take.
const promptly = 2 * time.Second

// rig is a bench behind a server whose answers a test can spoil.
type rig struct {
	Bench
	url  string
	conn connectors.Connector

	mu     sync.Mutex
	spoil  spoiler
	writes int
	texts  []string // logs and errors, searched for secrets at the end
}

// spoiler answers a request in place of the service, or says that it did not.
type spoiler func(http.ResponseWriter, *http.Request) bool

func newRig(t *testing.T, b Bench, between func(*testing.T, string) string) *rig {
	t.Helper()
	r := &rig{Bench: b}
	server := httptest.NewServer(http.HandlerFunc(r.serve))
	t.Cleanup(server.CloseClientConnections)
	t.Cleanup(server.Close)
	r.url = server.URL
	if between != nil {
		r.url = between(t, server.URL)
	}
	r.conn = b.Open(t, r.url, r.note)
	t.Cleanup(func() { r.noSecrets(t) })
	return r
}

func (r *rig) serve(w http.ResponseWriter, q *http.Request) {
	r.mu.Lock()
	spoil := r.spoil
	if r.IsWrite(q) {
		r.writes++
	}
	r.mu.Unlock()
	if spoil == nil || !spoil(w, q) {
		r.Service.ServeHTTP(w, q)
	}
}

// spoilWith puts f before the service; nil takes it away.
func (r *rig) spoilWith(f spoiler) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.spoil = f
}

// sent gives how many writes have reached the service.
func (r *rig) sent() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.writes
}

// note remembers a text for the search for secrets.
func (r *rig) note(s string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.texts = append(r.texts, s)
}

// pull reads the source and fails the test when it cannot.
func (r *rig) pull(t *testing.T) work.Snapshot {
	t.Helper()
	s, err := r.conn.Pull(t.Context())
	if err != nil {
		t.Fatalf("Pull() = %v", err)
	}
	return s
}

// apply writes the changes and fails the test when one fails.
func (r *rig) apply(t *testing.T, changes ...work.Change) {
	t.Helper()
	for _, c := range changes {
		if err := r.conn.Apply(t.Context(), c); err != nil {
			t.Fatalf("Apply(%s) = %v", c.Ref, err)
		}
	}
}

// keep holds an error to naming its source and remembers it for the search for
// secrets.
func (r *rig) keep(t *testing.T, err error) error {
	t.Helper()
	if err == nil {
		return nil
	}
	r.note(err.Error())
	name := "source " + r.conn.Source()
	if !strings.Contains(err.Error(), name) || strings.Contains(err.Error(), name+": "+name) {
		t.Errorf("the error does not name the source, or stammers: %v", err)
	}
	return err
}

// victims gives the first n items that take writes.
func (r *rig) victims(t *testing.T, s work.Snapshot, n int) []work.Item {
	t.Helper()
	var out []work.Item
	for _, it := range s.Items {
		if it.Refused == "" && len(out) < n {
			out = append(out, it)
		}
	}
	if len(out) < n {
		t.Fatalf("the bench has %d items that take writes, want %d", len(out), n)
	}
	return out
}

// target is the change that leads from the item to score, place and label.
func target(it work.Item, score, place float64, label string) work.Change {
	c := work.Change{Ref: it.Ref, Key: it.Key, Title: it.Title}
	set := func(s work.Slot, v work.Value) {
		if it.Outputs[s] != v {
			c.Edits = append(c.Edits, work.Edit{Op: work.Set, Slot: s, Old: it.Outputs[s], New: v})
		}
	}
	set(work.SlotScore, work.Number(score))
	set(work.SlotRank, work.Number(place))
	if !it.HasLabel(label) {
		c.Edits = append(c.Edits, work.Edit{Op: work.Add, Slot: work.SlotLabel, New: work.Text(label)})
	}
	return c
}

// targets gives one change for each victim, with values that are no integers.
func (r *rig) targets(items []work.Item) []work.Change {
	var out []work.Change
	for i, it := range items {
		if c := target(it, 74.5-float64(i)/10, float64(i+1), r.Prefix+"now"); len(c.Edits) > 0 {
			out = append(out, c)
		}
	}
	return out
}

// within runs f and fails the test when it takes longer than promptly after
// the cancellation.
func within(t *testing.T, cancel context.CancelFunc, f func() error) error {
	t.Helper()
	done := make(chan error, 1)
	go func() { done <- f() }()
	time.Sleep(100 * time.Millisecond)
	cancel()
	select {
	case err := <-done:
		return err
	case <-time.After(promptly):
		t.Fatalf("still running %v after the cancellation", promptly)
		return nil
	}
}

// find gives the item with the ref.
func find(t *testing.T, s work.Snapshot, ref work.Ref) work.Item {
	t.Helper()
	i := slices.IndexFunc(s.Items, func(it work.Item) bool { return it.Ref == ref })
	if i < 0 {
		t.Fatalf("item %s is not in the pull", ref)
	}
	return s.Items[i]
}
