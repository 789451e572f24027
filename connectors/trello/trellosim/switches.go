package trellosim

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// FieldMode says what a board may do with custom fields.
type FieldMode int

// The states of custom fields on a board.
const (
	FieldsOn        FieldMode = iota // readable and writable
	FieldsOff                        // the Power-Up is off: readable, a write answers 403
	FieldsNotInPlan                  // the plan has none: no definitions, no values, a write answers 403
)

// Switches turn a site's troubles on and off while it runs. All of them are
// safe for concurrent use.
type Switches struct {
	mu       sync.Mutex
	limit    bool
	latency  time.Duration
	lag      lags
	fields   map[string]FieldMode
	out      map[string]bool
	readOnly bool
	status   int
	after    time.Duration
	faults   []*fault
}

// lags are how far answers are behind the writes; zero: not at all.
type lags struct{ search, lists time.Duration }

func newSwitches() *Switches {
	return &Switches{fields: map[string]FieldMode{}, out: map[string]bool{}, status: http.StatusOK}
}

func (s *Switches) set(change func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change()
}

// RateLimits enforces the published limits: 100 requests in 10 seconds for the
// token, 300 for the key, 100 in 900 seconds to /1/members/{id}.
func (s *Switches) RateLimits(on bool) { s.set(func() { s.limit = on }) }

// Latency delays every answer.
func (s *Switches) Latency(d time.Duration) { s.set(func() { s.latency = d }) }

// SearchLag keeps changes younger than d out of search results.
func (s *Switches) SearchLag(d time.Duration) { s.set(func() { s.lag.search = d }) }

// ListLag makes the card listings of boards and lists show every card as it
// was d ago; single cards are always current.
func (s *Switches) ListLag(d time.Duration) { s.set(func() { s.lag.lists = d }) }

// CustomFields sets what a board, named by its id, may do with custom fields.
func (s *Switches) CustomFields(board string, m FieldMode) {
	s.set(func() { s.fields[board] = m })
}

// ReadOnlyToken takes the scope "write" from the token.
func (s *Switches) ReadOnlyToken(on bool) { s.set(func() { s.readOnly = on }) }

// Membership says whether the token's member may see a board, named by its id.
// Without it, the board and everything on it answer 401.
func (s *Switches) Membership(board string, on bool) { s.set(func() { s.out[board] = !on }) }

// Accepted answers successes with 202 in place of 200, as the service did for
// some days in June 2025.
func (s *Switches) Accepted(on bool) {
	s.set(func() {
		s.status = http.StatusOK
		if on {
			s.status = http.StatusAccepted
		}
	})
}

// RetryAfter puts a Retry-After of d, in whole seconds, on every 429; zero
// leaves it out. Whether the service sends one is not certain.
func (s *Switches) RetryAfter(d time.Duration) { s.set(func() { s.after = d }) }

// retryAfter writes the header when err is a 429 and the switch says so.
func (s *Switches) retryAfter(h http.Header, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.after > 0 && statusOf(err) == http.StatusTooManyRequests {
		h.Set("Retry-After", strconv.Itoa(int(s.after.Seconds())))
	}
}

// statusOf gives the status that err will be answered with, 0 for success.
func statusOf(err error) int {
	if f, ok := errors.AsType[*fault](err); ok && f.refusal != nil {
		return f.refusal.status
	}
	if r, ok := errors.AsType[*refusal](err); ok {
		return r.status
	}
	return 0
}

func (s *Switches) limited() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.limit
}

func (s *Switches) lags() lags {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.lag
}

func (s *Switches) fieldMode(board string) FieldMode {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.fields[board]
}

func (s *Switches) denied(board string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.out[board]
}

func (s *Switches) isReadOnly() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.readOnly
}

func (s *Switches) success() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.status
}

// wait holds an answer back for the latency, or until ctx ends.
func (s *Switches) wait(ctx context.Context) {
	s.mu.Lock()
	d := s.latency
	s.mu.Unlock()
	if d <= 0 {
		return
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// fault is an answer that a request gets in place of the real one. The request
// is not executed.
type fault struct {
	path     string
	times    int // below zero: always
	refusal  *refusal
	location string
}

func (f *fault) Error() string { return "arranged fault" }

// fits says whether the fault is for a request: path may be a request path, a
// path that ends in * for all below it, a route such as /1/cards/{id}, or one
// of these behind a method.
func (f *fault) fits(method, path, pattern string) bool {
	want := f.path
	if m, rest, ok := strings.Cut(want, " "); ok {
		if m != method {
			return false
		}
		want = rest
	}
	if prefix, ok := strings.CutSuffix(want, "*"); ok {
		return strings.HasPrefix(path, prefix)
	}
	_, template, _ := strings.Cut(pattern, " ")
	return want == path || want == template
}

func (f *fault) write(w http.ResponseWriter, r *http.Request) {
	if f.location != "" {
		http.Redirect(w, r, f.location, http.StatusFound)
		return
	}
	f.refusal.write(w)
}

// takeFault gives the fault arranged for a request, and uses it up.
func (s *Switches) takeFault(method, path, pattern string) *fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range s.faults {
		if f.times == 0 || !f.fits(method, path, pattern) {
			continue
		}
		f.times--
		return f
	}
	return nil
}

func (s *Switches) arrange(f *fault) { s.set(func() { s.faults = append(s.faults, f) }) }

// Fail answers the next times requests to path with status, and does not
// execute them; times below zero means always. The path may be a request path,
// a path ending in * for all below it, a route such as "/1/cards/{id}", or one
// of these behind a method: "PUT /1/cards/{id}". A 429 has the service's JSON
// body, other statuses their plain text.
func (s *Site) Fail(path string, status, times int) {
	refused := plain(status, http.StatusText(status))
	if status == http.StatusTooManyRequests {
		refused = tooMany("API_TOKEN_LIMIT_EXCEEDED", "Rate limit exceeded")
	}
	s.switches.arrange(&fault{path: path, times: times, refusal: refused})
}

// FailHTML is Fail with an HTML page for a body, as a proxy in front of the
// service sends it; status may be 200.
func (s *Site) FailHTML(path string, status, times int) {
	const page = "<!DOCTYPE html>\n<html><head><title>Trello</title></head><body><h1>We are having trouble</h1>" +
		"<a href=\"https://trello.status.atlassian.com\">trello.status.atlassian.com</a></body></html>\n"
	s.switches.arrange(&fault{path: path, times: times, refusal: &refusal{status: status, contentType: "text/html", body: page}})
}

// Redirect sends the next times requests to path elsewhere with a 302.
func (s *Site) Redirect(path, location string, times int) {
	s.switches.arrange(&fault{path: path, times: times, location: location})
}
