package evidence

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// maxAmount bounds an amount: beyond every count and every sum of money.
const maxAmount = 1e15

// earliest is the first year that a date may be of: before it there were no
// trackers, and a year of two digits is a slip.
const earliest = 1970

// layouts are the forms of a date. Without an offset it is one of the zone.
var layouts = []string{
	time.DateOnly, time.RFC3339, "2006-01-02T15:04:05", time.DateTime, "2006-01-02T15:04", "2006-01-02 15:04",
}

// parseDate reads a day, which begins at midnight in the zone, or a moment.
// Nothing is the zero time. Fractions of a second are read with any of the forms.
func parseDate(s string, zone *time.Location) (time.Time, bool) {
	if s == "" {
		return time.Time{}, true
	}
	for _, layout := range layouts {
		if t, err := time.ParseInLocation(layout, s, zone); err == nil {
			return t.UTC(), t.Year() >= earliest
		}
	}
	return time.Time{}, false
}

// parseAmount reads a number of 0 or more; nothing is 1. Where commas separate
// no cells one may be the decimal sign.
func parseAmount(s string, decimalComma bool) (float64, bool) {
	if s == "" {
		return 1, true
	}
	if decimalComma && strings.Count(s, ",") == 1 && !strings.Contains(s, ".") {
		s = strings.Replace(s, ",", ".", 1)
	}
	if strings.Trim(s, "0123456789.eE+-") != "" { // no hexadecimal, infinity or underscore
		return 0, false
	}
	x, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsNaN(x) || x < 0 || x > maxAmount {
		return 0, false
	}
	return x + 0, true // + 0 turns -0 into 0
}
