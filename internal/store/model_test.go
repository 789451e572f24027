package store

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"stackrank/internal/work"
)

// model is what a memory of one backlog should hold, in maps.
type model struct {
	s       *Store
	c       *clock
	backlog string
	items   map[work.Identity]Item
	pins    map[work.Identity]Pin
	run     string // that See was last told of
	note    json.RawMessage
	runs    []Run // oldest first
	entries map[string][]Entry
}

// memoryAgreesWithMaps draws calls and compares the memory with maps after each
// of them. All checks share one database, each has a backlog of its own.
func memoryAgreesWithMaps(t *testing.T, fresh func(testing.TB) string) {
	c := noon()
	s := openAt(t, fresh(t), c)
	checks := 0
	rapid.Check(t, func(t *rapid.T) {
		checks++
		m := &model{
			s: s, c: c, backlog: fmt.Sprint("b", checks),
			items: map[work.Identity]Item{}, pins: map[work.Identity]Pin{}, entries: map[string][]Entry{},
		}
		t.Repeat(map[string]func(*rapid.T){
			"":       m.agrees,
			"see":    m.see,
			"pin":    m.pin,
			"unpin":  m.unpin,
			"begin":  m.begin,
			"end":    m.end,
			"intend": m.intend,
			"settle": m.settle,
		})
	})
}

func drawIdentity(t *rapid.T) work.Identity {
	return work.Identity{Site: rapid.SampledFrom([]string{"https://one", "https://two"}).Draw(t, "site"), ID: fmt.Sprint(rapid.IntRange(1, 6).Draw(t, "id"))}
}

func drawValue(t *rapid.T) work.Value {
	if rapid.Bool().Draw(t, "is text") {
		return work.Text(rapid.StringN(0, 4, -1).Draw(t, "text"))
	}
	return work.Number(rapid.Float64Range(-1e6, 1e6).Draw(t, "number"))
}

func (m *model) see(t *rapid.T) {
	next := rapid.MapOf(rapid.Custom(drawIdentity), rapid.Custom(func(t *rapid.T) Item {
		it := Item{
			Key: rapid.SampledFrom([]string{"A-1", "A-2"}).Draw(t, "key"), Lane: rapid.SampledFrom([]string{"", "Next"}).Draw(t, "lane"),
			Place: rapid.Int64Range(0, 3).Draw(t, "place"), Digest: rapid.SampledFrom([]string{"", "x"}).Draw(t, "digest"),
		}
		if rapid.Bool().Draw(t, "written") {
			it.Values = map[work.Slot]work.Value{work.SlotScore: drawValue(t), work.SlotRank: drawValue(t)}
			it.Labels = []string{"stackrank-now", rapid.StringN(1, 4, -1).Draw(t, "label")}
		}
		return it
	})).Draw(t, "items")
	list := make([]Item, 0, len(next))
	for id, it := range next {
		it.Identity = id
		next[id] = it
		list = append(list, it)
	}
	seen := Seen{Items: list, Run: rapid.SampledFrom([]string{"", "r1", "r2"}).Draw(t, "run"), Unpinned: rapid.SliceOfN(rapid.Custom(drawIdentity), 0, 2).Draw(t, "unpinned")}
	if rapid.Bool().Draw(t, "noted") {
		seen.Note = json.RawMessage(`{"n":"\u00fc"}`)
	}
	for id := range m.items {
		if _, stays := next[id]; !stays {
			delete(m.pins, id)
		}
	}
	for range rapid.IntRange(0, 2).Draw(t, "pins") {
		p := m.drawPin(t)
		seen.Pins = append(seen.Pins, p)
		m.pins[p.Item] = p
	}
	for _, id := range seen.Unpinned {
		delete(m.pins, id)
	}
	if err := m.s.See(context.Background(), m.backlog, seen); err != nil {
		t.Fatal(err)
	}
	m.items, m.run, m.note = next, seen.Run, seen.Note
}

func (m *model) drawPin(t *rapid.T) Pin {
	return Pin{
		Item: drawIdentity(t), Since: m.c.at, Until: m.c.at.Add(time.Duration(rapid.Int64Range(-5, 5).Draw(t, "hours")) * time.Hour),
		Digest: rapid.SampledFrom([]string{"", "x"}).Draw(t, "digest"), Who: rapid.SampledFrom([]string{"", "Zoë"}).Draw(t, "who"),
	}
}

func (m *model) pin(t *rapid.T) {
	p := m.drawPin(t)
	if err := m.s.Pin(context.Background(), m.backlog, p); err != nil {
		t.Fatal(err)
	}
	m.pins[p.Item] = p
}

func (m *model) unpin(t *rapid.T) {
	id := drawIdentity(t)
	if err := m.s.Unpin(context.Background(), m.backlog, id); err != nil {
		t.Fatal(err)
	}
	delete(m.pins, id)
}

func (m *model) begin(t *rapid.T) {
	m.c.pass(time.Duration(rapid.Int64Range(1, 5000).Draw(t, "ms")) * time.Millisecond)
	r, err := m.s.Begin(context.Background(), Run{Backlog: m.backlog, Kind: rapid.SampledFrom([]RunKind{Sync, Undo, Plan}).Draw(t, "kind")})
	if err != nil {
		t.Fatal(err)
	}
	m.runs = append(m.runs, r)
}

// running draws a run that has not ended.
func (m *model) running(t *rapid.T) *Run {
	var open []int
	for i, r := range m.runs {
		if r.Ended.IsZero() {
			open = append(open, i)
		}
	}
	if len(open) == 0 {
		t.Skip("no run is running")
	}
	return &m.runs[rapid.SampledFrom(open).Draw(t, "run")]
}

func (m *model) end(t *rapid.T) {
	r := m.running(t)
	r.Result = rapid.SampledFrom([]Outcome{RunDone, RunPartial, RunFailed, RunRefused}).Draw(t, "result")
	r.Ended = m.c.at
	if err := m.s.End(context.Background(), r.ID, Ending{Result: r.Result}); err != nil {
		t.Fatal(err)
	}
}

func (m *model) intend(t *rapid.T) {
	r := m.running(t)
	had := m.entries[r.ID]
	entries := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Entry {
		e := Entry{Source: "s", Item: drawIdentity(t), Key: "A", Kind: Edit}
		if rapid.Bool().Draw(t, "is a move") {
			e.Kind, e.Move = Move, Step{"l", "a", "b", "w"}
			return e
		}
		op := rapid.SampledFrom([]work.Op{work.Set, work.Add, work.Remove}).Draw(t, "op")
		e.Edit = work.Edit{Op: op, Slot: work.SlotScore, Old: drawValue(t), New: drawValue(t)}
		return e
	}), 1, 4).Draw(t, "entries")
	in, err := m.s.Intend(context.Background(), r.ID, entries)
	if err != nil || in.Call != int64(len(had)+1) {
		t.Fatalf("Intend() = %v, %v after %d entries", in, err, len(had))
	}
	for i, e := range entries {
		e.Run, e.Seq, e.Call, e.State, e.Intended = r.ID, in.Call+int64(i), in.Call, Intended, m.c.at
		m.entries[r.ID] = append(m.entries[r.ID], e)
	}
}

// settle settles one item of a call, of a run that may have ended.
func (m *model) settle(t *rapid.T) {
	ids := slices.Sorted(maps.Keys(m.entries))
	if len(ids) == 0 {
		t.Skip("nothing is intended")
	}
	entries := m.entries[rapid.SampledFrom(ids).Draw(t, "run")]
	of := rapid.SampledFrom(entries).Draw(t, "entry")
	res := Result{Item: of.Item, State: rapid.SampledFrom([]State{Done, Failed, Unknown}).Draw(t, "state")}
	if res.State != Done {
		res.Err = fmt.Errorf("refused %d", of.Seq)
	}
	if err := m.s.Settle(context.Background(), Intent{of.Run, of.Call}, []Result{res}); err != nil {
		t.Fatal(err)
	}
	for i := range entries {
		e := &entries[i]
		if e.Call == of.Call && e.Item == of.Item {
			e.State, e.Settled, e.Error = res.State, m.c.at, ""
			if res.Err != nil {
				e.Error = res.Err.Error()
			}
		}
	}
}

func (m *model) agrees(t *rapid.T) {
	ctx := context.Background()
	items, err := m.s.Seen(ctx, m.backlog)
	m.same(t, "Seen", m.items, items, err)
	pins, err := m.s.Pins(ctx, m.backlog)
	m.same(t, "Pins", m.pins, pins, err)
	run, note, err := m.s.Outcome(ctx, m.backlog)
	m.same(t, "Outcome", []any{m.run, m.note}, []any{run, note}, err)
	runs, err := m.s.Runs(ctx, Filter{Backlog: m.backlog})
	slices.SortFunc(runs, func(a, b Run) int { return strings.Compare(a.ID, b.ID) })
	m.same(t, "Runs", m.runs, runs, err)
	var open []Entry
	for _, r := range m.runs {
		entries, err := m.s.Entries(ctx, r.ID)
		m.same(t, "Entries", m.entries[r.ID], entries, err)
		for _, e := range m.entries[r.ID] {
			if e.State == Intended {
				open = append(open, e)
			}
		}
	}
	got, err := m.s.OpenEntries(ctx, m.backlog)
	m.same(t, "OpenEntries", open, got, err)
}

func (m *model) same(t *rapid.T, what string, want, got any, err error) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(work.Value{})); err != nil || diff != "" {
		t.Fatalf("%s (-want +got), %v:\n%s", what, err, diff)
	}
}
