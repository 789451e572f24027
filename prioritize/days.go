package prioritize

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// maxDays bounds every span of a policy: a hundred years, which a
// time.Duration still holds.
const maxDays = 36500

// hoursPerDay turns calendar days into hours.
const hoursPerDay = 24

// Days is a span of calendar time in days of 24 hours, from 0 to a hundred years.
type Days float64

// units gives the days in one of each unit that a span can be written in.
var units = map[byte]float64{'h': 1.0 / hoursPerDay, 'd': 1, 'w': 7}

// Duration gives the span as a time.Duration.
func (d Days) Duration() time.Duration {
	return time.Duration(float64(d) * hoursPerDay * float64(time.Hour))
}

// String gives the span in days, "21d" or "1.5d", a form that UnmarshalText
// reads back without loss.
func (d Days) String() string { return strconv.FormatFloat(float64(d), 'f', -1, 64) + "d" }

// MarshalText writes the form of String.
func (d Days) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads a decimal number and its unit, hours, days or weeks:
// "36h", "21d", "1.5w".
func (d *Days) UnmarshalText(b []byte) error {
	s := string(b)
	if s == "" {
		return fmt.Errorf("span is empty: want a number with a unit, such as 21d, 3w or 36h")
	}
	number := s[:len(s)-1]
	unit, ok := units[s[len(s)-1]]
	if !ok || strings.Trim(number, "0123456789.") != "" {
		return fmt.Errorf("span %q: want a number with a unit, such as 21d, 3w or 36h", s)
	}
	n, err := strconv.ParseFloat(number, 64)
	if err != nil {
		return fmt.Errorf("span %q: want a number with a unit, such as 21d, 3w or 36h", s)
	}
	if n*unit > maxDays {
		return fmt.Errorf("span %q: want at most %dd", s, maxDays)
	}
	*d = Days(n * unit)
	return nil
}

// daysBetween gives the days from one moment to a later one, below zero when
// it is the earlier. It saturates after 292 years, as a time.Duration does.
func daysBetween(from, to time.Time) float64 { return to.Sub(from).Hours() / hoursPerDay }
