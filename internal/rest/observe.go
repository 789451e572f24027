package rest

import (
	"net/http"
	"time"
)

// few is the share of a limit, as one in few, below which what remains is
// spread over the time that it has to last. Jira warns from the same share on.
const few = 5

// longestHold bounds what an answer can make others wait; then the service is asked again.
// Source: Jira's quotas, the longest known, begin anew with every hour.
const longestHold = time.Hour

// Observe reads the rate headers of an answer. Where few requests remain, those
// that share a key with this one are spread over the time to the reset.
func (b *Budget) Observe(req *http.Request, h http.Header) {
	if b.Headers == nil || len(h) == 0 {
		return
	}
	remaining, reset, ok := b.Headers(h)
	if !ok || remaining < 0 || reset < 0 {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	now := time.Now()
	for i, l := range b.matching(req, now) {
		if l == nil {
			continue
		}
		if remaining > b.rules[i].Requests/few {
			l.spacing, l.spaced = 0, time.Time{}
			continue
		}
		reset = min(reset, longestHold)
		l.spacing = reset / time.Duration(remaining+1)
		l.spaced = now.Add(reset)
		l.next = later(l.next, now.Add(l.spacing))
	}
}

// Refused holds what a refused request shares its limit with, and gives for how
// long: what the service asked for, else the time to the reset in its rate
// headers, else the span of the rule; 0 where nothing is known of it.
func (b *Budget) Refused(req *http.Request, e *Error) time.Duration {
	match, span := b.scope(req, e)
	wait := e.RetryAfter
	if wait <= 0 && b.Headers != nil {
		if _, reset, ok := b.Headers(e.Header); ok {
			wait = reset
		}
	}
	if wait <= 0 {
		wait = span
	}
	if wait > 0 {
		b.Hold(match, time.Now().Add(min(wait, longestHold)))
	}
	return max(wait, 0)
}

// scope gives what a refusal is about and the shortest span of its rules.
func (b *Budget) scope(req *http.Request, e *Error) (match func(*http.Request) bool, span time.Duration) {
	name := ""
	if b.Scope != nil {
		name = b.Scope(e)
	}
	for _, r := range b.rules {
		key, ok := r.key(req)
		if !ok || name != "" && r.Name != name {
			continue
		}
		if span == 0 || r.Per < span {
			span = r.Per
		}
		if name != "" && match == nil {
			match = func(other *http.Request) bool {
				k, ok := r.key(other)
				return ok && k == key
			}
		}
	}
	if match == nil {
		match = func(*http.Request) bool { return true }
	}
	return match, span
}

// Hold lets no request out that matches before the time given. A nil match is
// all requests.
func (b *Budget) Hold(match func(*http.Request) bool, until time.Time) {
	if match == nil {
		match = func(*http.Request) bool { return true }
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.holds = append(b.holds, hold{match: match, until: until})
}
