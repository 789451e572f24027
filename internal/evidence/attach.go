package evidence

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"stackrank/internal/work"
)

// Attach puts the rows of all files onto the items that they name, in place, as
// they were known at the end of the day of now in its zone: a row of a later day
// does not count yet. Maps and lists that an item shares with others are
// replaced, never changed.
//
// Rows of a signal that counts are events, dated as the row is, and add to what
// the tracker counts itself. Of a signal that judges says is a judgement the
// latest row sets the figure, but only where the tracker has none; a row without
// a date is older than any other. Rows that agree in item, signal, date and
// source are one, and the last of them stands; rows without a source are each
// one of their own.
func Attach(items []work.Item, files []File, now time.Time, judges func(work.Signal) bool) []work.Finding {
	if len(files) == 0 {
		return nil
	}
	s := &sorter{finder: newFinder(items), end: work.EndOfDay(now), rows: map[int][]*Row{}}
	for i := range files {
		s.findings = append(s.findings, files[i].Findings...)
		for k := range files[i].Rows {
			s.sort(files[i].Name, &files[i].Rows[k])
		}
	}
	for _, i := range slices.Sorted(maps.Keys(s.rows)) {
		s.attach(&items[i], s.rows[i], judges)
	}
	return append(s.findings, s.told()...)
}

// sorter finds the items of rows and counts those that do not count.
type sorter struct {
	*finder
	end      time.Time
	rows     map[int][]*Row // by item
	strange  misses         // no item has the key
	unclear  misses         // several have
	later    int
	repeated int
	findings []work.Finding
}

// misses counts the rows that lead to no item.
type misses struct {
	rows  int
	keys  map[string]bool
	first string // `PAY-1 in line 5 of feedback.csv`
}

func (m *misses) add(file string, r *Row) {
	if m.keys == nil {
		m.keys = map[string]bool{}
	}
	if m.rows == 0 {
		m.first = fmt.Sprintf("%s in line %d of %s", clip(r.Key), r.Line, file)
	}
	m.keys[r.Key] = true
	m.rows++
}

// clip keeps of a key what a message has room for.
func clip(key string) string {
	const longest = 80
	if r := []rune(key); len(r) > longest {
		return string(r[:longest]) + "…"
	}
	return key
}

func (s *sorter) sort(file string, r *Row) {
	i := s.find(r.Key)
	switch {
	case i == nowhere:
		s.strange.add(file, r)
	case i == several:
		s.unclear.add(file, r)
	case !r.At.Before(s.end):
		s.later++
	default:
		s.rows[i] = append(s.rows[i], r)
	}
}

// attach puts rows onto their item.
func (s *sorter) attach(it *work.Item, rows []*Row, judges func(work.Signal) bool) {
	rows = s.once(rows)
	slices.SortStableFunc(rows, func(a, b *Row) int {
		return cmp.Or(cmp.Compare(a.Signal, b.Signal), a.At.Compare(b.At))
	})
	signals := make(work.Signals, len(it.Signals)+1)
	maps.Copy(signals, it.Signals)
	events := slices.Clone(it.Events)
	for len(rows) > 0 {
		signal, n := rows[0].Signal, 1
		for n < len(rows) && rows[n].Signal == signal {
			n++
		}
		if judges(signal) {
			if _, known := signals[signal]; !known {
				signals[signal] = rows[n-1].Amount
			}
		} else {
			events = add(events, signals, rows[:n])
		}
		rows = rows[n:]
	}
	it.Signals, it.Events = signals, events
}

// once drops rows that a later one repeats; what stays keeps its order.
func (s *sorter) once(rows []*Row) []*Row {
	type same struct {
		signal work.Signal
		at     int64
		source string
	}
	last := map[same]int{}
	id := func(r *Row) same { return same{r.Signal, r.At.UnixNano(), r.Source} }
	for i, r := range rows {
		last[id(r)] = i
	}
	out := rows[:0:0]
	for i, r := range rows {
		if r.Source == "" || last[id(r)] == i {
			out = append(out, r)
		}
	}
	s.repeated += len(rows) - len(out)
	return out
}

// add appends rows of one signal that counts, in order of their dates: those of
// one moment as one event, and all of them to what is counted already.
func add(events []work.Event, signals work.Signals, rows []*Row) []work.Event {
	first := len(events)
	for _, r := range rows {
		if r.Amount == 0 {
			continue
		}
		signals[r.Signal] += r.Amount
		if n := len(events); n > first && events[n-1].At.Equal(r.At) {
			events[n-1].Amount += r.Amount
			continue
		}
		events = append(events, work.Event{Signal: r.Signal, At: r.At, Amount: r.Amount})
	}
	return events
}

// told says which rows do not count.
func (s *sorter) told() []work.Finding {
	var out []work.Finding
	add := func(code string, level work.Level, fix, format string, args ...any) {
		out = append(out, work.Finding{Code: code, Level: level, Message: fmt.Sprintf(format, args...), Fix: fix})
	}
	if m := s.strange; m.rows > 0 {
		add("unknown-key", work.Note, "", "Evidence: %s for %s that this backlog does not hold, the first %s.", rowsOf(m.rows), keysOf(len(m.keys)), m.first)
	}
	if m := s.unclear; m.rows > 0 {
		add("ambiguous-key", work.Warning, "Give the ref or the address of the item as its key.",
			"Evidence: %s for %s that more than one item has, the first %s; they do not count.", rowsOf(m.rows), keysOf(len(m.keys)), m.first)
	}
	if s.later > 0 {
		add("later-evidence", work.Note, "", "Evidence: %s of a later day than the one that is ranked for; they do not count yet.", rowsOf(s.later))
	}
	if s.repeated > 0 {
		add("repeated-evidence", work.Note, "", "Evidence: %s with item, signal, date and source of a later row; the last of such rows counts alone.", rowsOf(s.repeated))
	}
	return out
}

func rowsOf(n int) string {
	if n == 1 {
		return "1 row"
	}
	return fmt.Sprintf("%d rows", n)
}

func keysOf(n int) string {
	if n == 1 {
		return "1 key"
	}
	return fmt.Sprintf("%d keys", n)
}
