package rest

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// longestAfter bounds what a header can ask for; no service means more.
const longestAfter = 31 * 24 * time.Hour

// retryAfter reads the header of that name: seconds or a date. A date counts
// from the answer's own Date where there is one, so that a wrong clock here does
// no harm; a date in the past is 0. It is 0 and false where there is nothing to
// be read.
func retryAfter(h http.Header, now time.Time) (time.Duration, bool) {
	s := strings.TrimSpace(h.Get("Retry-After"))
	if s == "" {
		return 0, false
	}
	if seconds, err := strconv.ParseFloat(s, 64); err == nil {
		if !(seconds >= 0) {
			return 0, false
		}
		return time.Duration(min(seconds, longestAfter.Seconds()) * float64(time.Second)), true
	}
	at, err := http.ParseTime(s)
	if err != nil {
		return 0, false
	}
	if sent, err := http.ParseTime(h.Get("Date")); err == nil {
		now = sent
	}
	return min(max(at.Sub(now), 0), longestAfter), true
}
