package rest

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"sync"
	"time"

	"go.uber.org/zap"
)

// Call is one kind of request with one outcome.
type Call struct {
	Method, Route string
	Status        int // 0: no answer
}

// String gives "GET /rest/api/2/field 200".
func (c Call) String() string { return fmt.Sprintf("%s %s %d", c.Method, c.Route, c.Status) }

// Stats is what a client did since it was made. Every attempt and every hop of
// a redirect is a request.
type Stats struct {
	Requests map[Call]int
	Waited   time.Duration // for the rate budget, summed over all requests
}

// Total gives the number of all requests.
func (s Stats) Total() int {
	n := 0
	for _, c := range s.Requests {
		n += c
	}
	return n
}

// count counts every request that goes out, by what became of it.
type count struct {
	*reporter
	log  *zap.Logger
	next http.RoundTripper

	mu     sync.Mutex
	calls  map[Call]int
	waited time.Duration
	told   time.Time // the time of day by the service at its last answer; zero: it never said
	heard  time.Time // when that was
}

func (c *count) RoundTrip(req *http.Request) (*http.Response, error) {
	start := time.Now()
	resp, err := c.next.RoundTrip(req)
	call := Call{}
	call.Method, call.Route = c.name(req)
	if resp != nil {
		call.Status = resp.StatusCode
	}
	if e, ok := errors.AsType[*Error](err); ok {
		call.Status = e.Status
	}
	c.mu.Lock()
	c.calls[call]++
	c.hear(resp)
	c.mu.Unlock()
	c.log.Debug("request", zap.String("source", c.source), zap.String("method", call.Method), zap.String("route", call.Route),
		zap.Int("status", call.Status), zap.Duration("took", time.Since(start)))
	return resp, err
}

// hear notes the time of day that an answer tells.
func (c *count) hear(resp *http.Response) {
	if resp == nil {
		return
	}
	if told, err := http.ParseTime(resp.Header.Get("Date")); err == nil {
		c.told, c.heard = told, time.Now()
	}
}

// clock gives the time of day by the service.
func (c *count) clock() (time.Time, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.told.Add(time.Since(c.heard)), !c.told.IsZero()
}

// wait notes time spent waiting for the budget.
func (c *count) wait(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.waited += d
}

func (c *count) stats() Stats {
	c.mu.Lock()
	defer c.mu.Unlock()
	return Stats{Requests: maps.Clone(c.calls), Waited: c.waited}
}
