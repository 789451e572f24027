package jirasim

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// limits counts requests against the published limits.
type limits struct {
	buckets map[string]*bucket
	writes  map[string][]time.Time // by issue
}

// bucket is a token bucket that refills once a second's worth a second.
type bucket struct {
	tokens float64
	filled time.Time
}

// burstRates are Cloud's requests per second by method, and by method and
// route where that differs. Source: Jira Cloud platform, "Rate limiting".
var burstRates = map[string]int{
	"GET": 100, "POST": 100, "PUT": 50, "DELETE": 50,
	"GET /issue/{issueIdOrKey}": 150, "GET /issue/{issueIdOrKey}/changelog": 200, "POST /search/approximate-count": 150,
}

// issueWrites are Cloud's limits of writes to one issue. Source: as above.
var issueWrites = []struct {
	most int
	per  time.Duration
}{{20, 2 * time.Second}, {100, 30 * time.Second}}

// nodeRate is a bucket's size and refill a second that Data Center gets here
// when nothing else is set; an administrator chooses it there.
const nodeRate = 20

// take counts a request and gives a refusal where a limit is reached, and the
// headers that go with any answer.
func (s *Site) take(c *call, template string) (*answer, http.Header) {
	if !s.switches.RateLimits {
		return nil, nil
	}
	if s.limits.buckets == nil {
		s.limits = limits{map[string]*bucket{}, map[string][]time.Time{}}
	}
	if !s.cloud() {
		return s.takeNode()
	}
	route := template[strings.IndexByte(template, ' ')+1:]
	if rest, ok := strings.CutPrefix(route, "/rest/api/"+c.version); ok {
		route = rest
	}
	rate := burstRates[c.r.Method]
	if own := burstRates[c.r.Method+" "+route]; own > 0 {
		rate = own
	}
	if s.switches.Burst > 0 {
		rate = s.switches.Burst
	}
	left, ok := s.draw(template, rate)
	h := http.Header{}
	h.Set("X-RateLimit-Limit", strconv.Itoa(rate))
	h.Set("X-RateLimit-Remaining", strconv.Itoa(left))
	if !ok {
		return s.throttled("jira-burst-based", time.Second), h
	}
	if wait, refused := s.tooManyWrites(c); refused {
		return s.throttled("jira-per-issue-on-write", wait), h
	}
	return nil, h
}

// takeNode is Data Center's limit: one bucket a user, and headers that say
// "retry-after: 0" whatever the answer.
func (s *Site) takeNode() (*answer, http.Header) {
	rate := nodeRate
	if s.switches.Burst > 0 {
		rate = s.switches.Burst
	}
	left, ok := s.draw("user", rate)
	h := http.Header{}
	for key, value := range map[string]int{"Limit": rate, "Remaining": left, "Interval-Seconds": 1, "FillRate": rate} {
		h.Set("X-RateLimit-"+key, strconv.Itoa(value))
	}
	h.Set("Retry-After", "0")
	if ok {
		return nil, h
	}
	a := html(http.StatusTooManyRequests, tooMany)
	return &a, h
}

// draw takes a token and says how many are left and whether there was one.
func (s *Site) draw(key string, rate int) (int, bool) {
	now := s.now()
	b := s.limits.buckets[key]
	if b == nil {
		b = &bucket{float64(rate), now}
		s.limits.buckets[key] = b
	}
	b.tokens = min(float64(rate), b.tokens+now.Sub(b.filled).Seconds()*float64(rate))
	b.filled = now
	if b.tokens < 1 {
		return 0, false
	}
	b.tokens--
	return int(b.tokens), true
}

// tooManyWrites counts writes to one issue and says how long to wait.
func (s *Site) tooManyWrites(c *call) (time.Duration, bool) {
	key := c.r.PathValue("issueIdOrKey")
	if key == "" || c.r.Method == http.MethodGet {
		return 0, false
	}
	if i := s.lookup(key); i != nil {
		key = i.key
	}
	now, past := s.now(), s.limits.writes[key]
	for _, limit := range issueWrites {
		recent := 0
		for _, at := range past {
			if now.Sub(at) < limit.per {
				recent++
			}
		}
		if recent >= limit.most {
			return limit.per, true
		}
	}
	s.limits.writes[key] = append(past[max(0, len(past)-issueWrites[1].most):], now)
	return 0, false
}

// tooMany is the page that comes with 429.
const tooMany = `<!doctype html><html lang="en"><head><title>HTTP Status 429 – Too Many Requests</title></head><body><h1>HTTP Status 429 – Too Many Requests</h1><hr class="line" /><p><b>Type</b> Status Report</p><p><b>Message</b> Rate limit exceeded.</p></body></html>`

// throttled is Cloud's refusal.
func (s *Site) throttled(reason string, wait time.Duration) *answer {
	a := html(http.StatusTooManyRequests, tooMany).
		with("Retry-After", strconv.Itoa(int(wait.Seconds()))).
		with("X-RateLimit-Reset", s.now().Add(wait).UTC().Format("2006-01-02T15:04Z")).
		with("X-RateLimit-Remaining", "0").
		with("RateLimit-Reason", reason)
	return &a
}
