package rest

import (
	"net/http"
	"testing"
	"time"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func TestRetryAfter(t *testing.T) {
	tests := []struct {
		name, header, date string
		want               time.Duration
		ok                 bool
	}{
		{"seconds", "30", "", 30 * time.Second, true},
		{"zero is told", "0", "", 0, true},
		{"blanks are no harm", " 7 ", "", 7 * time.Second, true},
		{"a fraction", "1.5", "", 1500 * time.Millisecond, true},
		{"missing", "", "", 0, false},
		{"below zero means nothing", "-5", "", 0, false},
		{"not a number means nothing", "NaN", "", 0, false},
		{"words mean nothing", "soon", "", 0, false},
		{"more than any service means", "99999999999999999999", "", longestAfter, true},
		{"a date", "Mon, 23 Nov 2026 12:01:00 GMT", "", time.Minute, true},
		{"a date in the past", "Mon, 23 Nov 2026 11:00:00 GMT", "", 0, true},
		{"a date counts from the answer's own", "Mon, 23 Nov 2026 15:01:00 GMT", "Mon, 23 Nov 2026 15:00:00 GMT", time.Minute, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := http.Header{}
			h.Set("Retry-After", tt.header)
			h.Set("Date", tt.date)
			if got, ok := retryAfter(h, noon); got != tt.want || ok != tt.ok {
				t.Errorf("retryAfter(%q) = %v, %v; want %v, %v", tt.header, got, ok, tt.want, tt.ok)
			}
		})
	}
}

func FuzzRetryAfterIsBounded(f *testing.F) {
	for _, s := range []string{"0", "30", "1e300", "-0", "Inf", "0x1p-2", "Mon, 23 Nov 2026 12:01:00 GMT", "Monday, 23-Nov-26 12:01:00 GMT"} {
		f.Add(s, "Mon, 23 Nov 2026 12:00:00 GMT")
		f.Add(s, "")
	}
	f.Fuzz(func(t *testing.T, after, date string) {
		h := http.Header{"Retry-After": {after}, "Date": {date}}
		d, ok := retryAfter(h, noon)
		if d < 0 || d > longestAfter || !ok && d != 0 {
			t.Errorf("retryAfter(%q) = %v, %v; want 0 to %v, and 0 when it cannot be read", after, d, ok, longestAfter)
		}
	})
}
