package expression

import (
	"slices"
	"strings"
	"time"

	"stackrank/internal/work"
)

// view is how a formula sees an item: with its days in one zone, counted from
// today, and without the labels that follow from the order.
type view struct {
	zone  *time.Location
	today int64  // days since 1970-01-01
	ours  string // what those labels begin with; "": there are none
}

// viewOf gives the view of the zone of now, whose day is today.
func viewOf(now time.Time, ours string) view {
	return view{zone: now.Location(), today: dayNumber(now), ours: ours}
}

// labels gives the labels of an item that are not ours.
func (v view) labels(it *work.Item) []string {
	ours := func(label string) bool { return v.ours != "" && strings.HasPrefix(label, v.ours) }
	if !slices.ContainsFunc(it.Labels, ours) {
		return it.Labels
	}
	return slices.DeleteFunc(slices.Clone(it.Labels), ours)
}

// dayNumber counts the days from 1970-01-01 to the view day of t in its own
// zone.
func dayNumber(t time.Time) int64 {
	const day = 24 * 60 * 60
	_, offset := t.Zone()
	seconds := t.Unix() + int64(offset)
	return (seconds - ((seconds%day)+day)%day) / day
}

// date gives "2026-03-01", or nil for the zero time.
func (v view) date(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.In(v.zone).Format(time.DateOnly)
}

// since gives the days from the day of t to today, below zero where it lies
// ahead; nil for the zero time.
func (v view) since(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return float64(v.today - dayNumber(t.In(v.zone)))
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
