package expression

import (
	"time"

	"stackrank/internal/work"
)

// calendar turns moments into days of one zone and counts them from today.
type calendar struct {
	zone  *time.Location
	today int64 // days since 1970-01-01
}

// calendarOf gives the calendar of the zone of now, whose day is today.
func calendarOf(now time.Time) calendar {
	return calendar{zone: now.Location(), today: dayNumber(now)}
}

// dayNumber counts the days from 1970-01-01 to the calendar day of t in its own
// zone.
func dayNumber(t time.Time) int64 {
	const day = 24 * 60 * 60
	_, offset := t.Zone()
	seconds := t.Unix() + int64(offset)
	return (seconds - ((seconds%day)+day)%day) / day
}

// date gives "2026-03-01", or nil for the zero time.
func (c calendar) date(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.In(c.zone).Format(time.DateOnly)
}

// since gives the days from the day of t to today, below zero where it lies
// ahead; nil for the zero time.
func (c calendar) since(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return float64(c.today - dayNumber(t.In(c.zone)))
}

// dueDay gives a moment of the day that an item is due on: its due date is the
// moment at which that day has ended.
func dueDay(it *work.Item) time.Time {
	if it.Due.IsZero() {
		return it.Due
	}
	return it.Due.Add(-time.Nanosecond)
}

// negative turns a number round and leaves nil.
func negative(x any) any {
	if f, ok := x.(float64); ok {
		return 0 - f // and never -0
	}
	return nil
}
