package trellosim

import (
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Published limits. Source: Trello's page "Rate limits" and the headers of
// recorded answers.
const (
	window        = 10 * time.Second
	perKey        = 300
	perToken      = 100
	perMember     = 375
	membersWindow = 900 * time.Second
	membersRoute  = 100
	tooManyNoes   = 200 // refusals in one window after which the key is shut out
)

// limiter counts requests by fixed windows while the limits are enforced. The
// headers tell of them on every answer; without limits they tell of windows
// that never fill, so that clients which heed them are not slowed down.
type limiter struct {
	mu      sync.Mutex
	windows map[string]*count
}

type count struct {
	since time.Time
	used  int
}

func newLimiter() *limiter { return &limiter{windows: map[string]*count{}} }

// window gives the running count of name, a new one when its time is over.
func (l *limiter) window(name string, now time.Time, length time.Duration) *count {
	c, ok := l.windows[name]
	if !ok || now.Sub(c.since) >= length {
		c = &count{since: now}
		l.windows[name] = c
	}
	return c
}

// take counts q and refuses it when a limit is used up; it does neither where
// enforce is off.
func (l *limiter) take(q *request, now time.Time, enforce bool) error {
	if !enforce {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	key := l.window("key "+q.key, now, window)
	token := l.window("token "+q.token, now, window)
	key.used++
	token.used++
	noes := l.window("noes "+q.key, now, window)
	var err *refusal
	switch {
	case noes.used > tooManyNoes, key.used > perKey:
		err = tooMany("API_KEY_LIMIT_EXCEEDED", "Rate limit exceeded")
	case token.used > perToken:
		err = tooMany("API_TOKEN_LIMIT_EXCEEDED", "Rate limit exceeded")
	case memberRoute(q.path) && l.overMembers(q, now):
		err = tooMany("RATE_LIMIT_EXCEEDED", "Exceeded rate limit to /1/member")
	default:
		return nil
	}
	noes.used++
	return err
}

func (l *limiter) overMembers(q *request, now time.Time) bool {
	c := l.window("members "+q.token, now, membersWindow)
	c.used++
	return c.used > membersRoute
}

// memberRoute says whether path is /1/members/{id}; nested routes below it do
// not count.
func memberRoute(path string) bool {
	rest, ok := strings.CutPrefix(path, "/1/members/")
	return ok && !strings.Contains(rest, "/")
}

func tooMany(code, message string) *refusal {
	return jsonRefusal(http.StatusTooManyRequests, object{"error": code, "message": message})
}

// headers writes the rate-limit headers that every answer carries.
func (l *limiter) headers(h http.Header, q *request, now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	token := l.window("token "+q.token, now, window).used
	put := func(name string, most, used int) {
		h.Set("x-rate-limit-"+name+"-interval-ms", strconv.FormatInt(window.Milliseconds(), 10))
		h.Set("x-rate-limit-"+name+"-max", strconv.Itoa(most))
		h.Set("x-rate-limit-"+name+"-remaining", strconv.Itoa(max(0, most-used)))
	}
	put("api-key", perKey, l.window("key "+q.key, now, window).used)
	put("api-token", perToken, token)
	put("member", perMember, token)
}
