// Package trellosim owns an honest imitation of the Trello API: boards, lists,
// cards, labels, custom fields, checklists, attachments, comments, the action
// feed, webhooks, batch and search, all in memory behind an http.Handler. It
// refuses what the service refuses, with the same words, because the refusals
// are what a client gets wrong. Tests, the demo and the sandbox stand on it.
package trellosim

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Credentials that a site accepts unless its seed names others. Both have the
// form of the real ones; they open nothing.
const (
	DefaultKey   = "0123456789abcdef0123456789abcdef"
	DefaultToken = "ATTA" + "5a17b0a7d5a17b0a7d5a17b0a7d5a17b0a7d5a17b0a7d5a17b0a7d5a17b0a7d5" + "0A1B2C3D"
)

// Site is one simulated Trello. It is safe for concurrent use: requests are
// served one after the other, as if each were a transaction.
type Site struct {
	mux      *http.ServeMux
	routes   map[string]route
	switches *Switches
	limits   *limiter
	now      func() time.Time
	born     time.Time // ids that a seed lacks carry this time, so that a reset gives them again

	mu    sync.Mutex
	seed  Seed
	world *world
	stats Stats
}

// New returns a site in the state of seed; now gives its time. The switches
// start in their quiet position: no limits, no latency, no faults.
func New(seed Seed, now func() time.Time) *Site {
	s := &Site{
		mux:      http.NewServeMux(),
		routes:   map[string]route{},
		switches: newSwitches(),
		limits:   newLimiter(),
		now:      now,
		born:     now(),
		seed:     seed,
	}
	for _, r := range table() {
		s.routes[r.pattern] = r
		s.mux.Handle(r.pattern, http.NotFoundHandler())
	}
	s.Reset()
	return s
}

// Switches are the site's, to be turned while it runs.
func (s *Site) Switches() *Switches { return s.switches }

// Key gives the API key that the site accepts.
func (s *Site) Key() string { return s.seed.key() }

// Token gives the token that the site accepts.
func (s *Site) Token() string { return s.seed.token() }

// Board is what people call a board by.
type Board struct {
	ID        string `json:"id"`        // 24 hexadecimal digits
	ShortLink string `json:"shortLink"` // 8 characters
	URL       string `json:"url"`
	Name      string `json:"name"`
}

// Boards lists the boards of the site in the order of the seed, closed ones
// too.
func (s *Site) Boards() []Board {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Board
	for _, b := range s.world.boards {
		out = append(out, Board{ID: b.ID, ShortLink: b.ShortLink, URL: b.url(), Name: b.Name})
	}
	return out
}

// Stats counts the requests that a site answered, refused ones too.
type Stats struct {
	Total    int            `json:"total"`
	Writes   int            `json:"writes"`   // POST, PUT and DELETE
	Requests map[string]int `json:"requests"` // by method and route, as "PUT /1/cards/{id}"
}

// Stats gives the counts since the start or the last reset.
func (s *Site) Stats() Stats {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := s.stats
	out.Requests = maps.Clone(s.stats.Requests)
	return out
}

// Reset puts the site back into the state it started with and forgets the
// counts. Switches stay as they are.
func (s *Site) Reset() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.world = newWorld(s.seed, s.born, s.now)
	s.stats = Stats{Requests: map[string]int{}}
}

// ServeHTTP answers the API under /1/ and the sandbox's own routes.
func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, "/_sandbox/") {
		s.serveSandbox(w, r)
		return
	}
	s.switches.wait(r.Context())
	q := s.newRequest(r)
	answer, err := s.answer(q)
	w.Header().Set("Date", s.now().UTC().Format(http.TimeFormat))
	s.limits.headers(w.Header(), q, s.now())
	s.switches.retryAfter(w.Header(), err)
	if f, ok := errors.AsType[*fault](err); ok {
		f.write(w, r)
		return
	}
	write(w, s.switches.success(), answer, err)
}

// answer counts the request, then refuses or serves it.
func (s *Site) answer(q *request) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.count(q)
	if f := s.switches.takeFault(q.method, q.path, q.pattern); f != nil {
		return nil, f
	}
	if err := s.limits.take(q, s.now(), s.switches.limited()); err != nil {
		return nil, err
	}
	return s.serve(q)
}

// serve takes ids before credentials, as the service does.
func (s *Site) serve(q *request) (any, error) {
	rt, ok := s.routes[q.pattern]
	if !ok {
		return nil, noRoute(q.method, q.path)
	}
	if err := q.checkPathIDs(); err != nil {
		return nil, err
	}
	if q.badBody != nil {
		return nil, q.badBody
	}
	if err := s.authorize(q); err != nil {
		return nil, err
	}
	if q.method != http.MethodGet {
		s.world.uses = nil
		defer func() { s.world.uses = nil }()
	}
	return rt.serve(s.world, q)
}

func (s *Site) count(q *request) {
	s.stats.Total++
	if q.method != http.MethodGet && q.method != http.MethodHead {
		s.stats.Writes++
	}
	name := q.pattern
	if name == "" {
		name = q.method + " (no such route)"
	}
	s.stats.Requests[name]++
}

// write sends an answer or a refusal.
func write(w http.ResponseWriter, status int, answer any, err error) {
	if err != nil {
		refusalOf(err).write(w)
		return
	}
	body, err := json.Marshal(answer)
	if err != nil {
		http.Error(w, fmt.Sprintf("answer cannot be encoded: %v", err), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(body) // the client may have gone; there is nobody to tell
}
