package plan

import (
	"fmt"
	"strings"
	"time"
)

// Window is a span of local time that comes back every week or every day:
// "Mon 09:00-12:00", "Mon-Fri 08:00-18:00", "22:00-06:00". A span that ends
// before it begins ends on the next day. The zero Window contains nothing.
type Window struct {
	days     [7]bool // by time.Weekday, of the day on which the span begins
	from, to minute
	text     string
}

// minute counts from 00:00; 24:00 is 1440.
type minute int

const wholeDay minute = 24 * 60

// weekdays are the names in a window, by time.Weekday.
var weekdays = [...]string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

// Contains reports whether t, seen in zone, lies in the window. The beginning
// belongs to it, the end does not. On a day on which the clock is changed it
// goes by what the clock shows.
func (w Window) Contains(t time.Time, zone *time.Location) bool {
	t = t.In(zone)
	now := minute(t.Hour()*60 + t.Minute())
	today, yesterday := int(t.Weekday()), (int(t.Weekday())+6)%7
	if w.from < w.to {
		return w.days[today] && w.from <= now && now < w.to
	}
	return w.days[today] && w.from <= now || w.days[yesterday] && now < w.to
}

// String gives the form that was read.
func (w Window) String() string { return w.text }

// MarshalText writes the form that was read.
func (w Window) MarshalText() ([]byte, error) { return []byte(w.text), nil }

// UnmarshalText reads "[DAY[-DAY]] HH:MM-HH:MM".
func (w *Window) UnmarshalText(b []byte) error {
	parsed, ok := parseWindow(string(b))
	if !ok {
		return fmt.Errorf("%q: want a time such as Mon 09:00-12:00", b)
	}
	*w = parsed
	return nil
}

func parseWindow(s string) (Window, bool) {
	w := Window{text: s}
	parts := strings.Fields(s)
	switch len(parts) {
	case 1:
		w.days = [7]bool{true, true, true, true, true, true, true}
	case 2:
		if !w.parseDays(parts[0]) {
			return Window{}, false
		}
	default:
		return Window{}, false
	}
	from, to, ok := strings.Cut(parts[len(parts)-1], "-")
	if !ok {
		return Window{}, false
	}
	var okFrom, okTo bool
	w.from, okFrom = parseMinute(from)
	w.to, okTo = parseMinute(to)
	return w, okFrom && okTo && w.from != w.to && w.from != wholeDay
}

// parseDays reads "Mon" or "Fri-Mon", which goes over the end of the week.
func (w *Window) parseDays(s string) bool {
	first, last, isRange := strings.Cut(s, "-")
	from, ok := parseDay(first)
	to := from
	if isRange && ok {
		to, ok = parseDay(last)
	}
	if !ok {
		return false
	}
	for d := from; ; d = (d + 1) % len(w.days) {
		w.days[d] = true
		if d == to {
			return true
		}
	}
}

func parseDay(s string) (int, bool) {
	for i, name := range weekdays {
		if strings.EqualFold(s, name) {
			return i, true
		}
	}
	return 0, false
}

// parseMinute reads "09:00"; "24:00" is the end of the day.
func parseMinute(s string) (minute, bool) {
	if s == "24:00" {
		return wholeDay, true
	}
	t, err := time.Parse("15:04", s)
	if err != nil || len(s) != len("15:04") {
		return 0, false
	}
	return minute(t.Hour()*60 + t.Minute()), true
}
