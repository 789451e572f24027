package next

import (
	"fmt"
	"time"

	"stackrank/internal/work"
	"stackrank/prioritize"
)

// failer is a test, or one draw of a property.
type failer interface{ Fatal(...any) }

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

func ago(days int) time.Time { return noon.AddDate(0, 0, -days) }

// thing gives an open item that nobody has touched, two years old.
func thing(n int, change func(*work.Item)) work.Item {
	it := work.Item{
		Ref: work.Ref{Source: "s", ID: fmt.Sprint(n)}, Key: fmt.Sprintf("A-%d", n), Title: fmt.Sprintf("Thing %d", n),
		Status: work.Open, Created: ago(730), Signals: work.Signals{work.Comments: 0}, Attrs: map[string]work.Attr{},
	}
	if change != nil {
		change(&it)
	}
	return it
}

// inOrder gives a backlog of the items in the order given, each in a group of
// its own.
func inOrder(t failer, top, near int, items ...work.Item) *Backlog {
	b := &Backlog{Engine: engine(t, nil), Now: noon, Top: top, Near: near}
	for i, it := range items {
		g := work.Group{Items: []work.Item{it}}
		s := b.Engine.Score(g, noon)
		b.Lines = append(b.Lines, Line{Place: i + 1, Ranked: &prioritize.Ranked{Place: i + 1, Block: i, Group: g, Score: s, Density: s.Ratio, Sigma: s.Sigma}})
	}
	return b
}

func engine(t failer, change func(*prioritize.Settings)) *prioritize.Engine {
	s := prioritize.Default()
	s.Value = map[string]float64{"priority": 0.6, "demand": 0.4}
	if change != nil {
		change(&s)
	}
	e, err := prioritize.New(s)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// ranked gives a backlog of the items in the order of their scores.
func ranked(t failer, top, near int, items []work.Item) *Backlog {
	b := &Backlog{Engine: engine(t, nil), Now: noon, Top: top, Near: near}
	r := b.Engine.Rank(work.Join(items), noon)
	for i := range r.Ranked {
		b.Lines = append(b.Lines, Line{Place: i + 1, Ranked: &r.Ranked[i]})
	}
	return b
}

func comment(at time.Time) work.Event {
	return work.Event{Signal: work.Comments, At: at, Amount: 1}
}
