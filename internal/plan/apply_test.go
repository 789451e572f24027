package plan

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"stackrank/internal/work"
)

// script is a writer that takes a second for each write and answers as told.
type script struct {
	log   func(string)
	fails map[string]error // by id
	took  time.Duration
}

func (s script) Apply(ctx context.Context, c work.Change) error {
	s.log("begin " + c.Ref.String())
	select {
	case <-time.After(max(s.took, time.Second)):
	case <-ctx.Done():
		s.log("cut " + c.Ref.String())
		return context.Cause(ctx)
	}
	s.log("end " + c.Ref.String())
	return s.fails[c.Ref.ID]
}

// mover also moves.
type mover struct{ script }

func (m mover) Reorder(ctx context.Context, r work.Run) ([]work.Result, error) {
	err := m.Apply(ctx, work.Change{Ref: r.Items[0]})
	if err != nil {
		return nil, err
	}
	return []work.Result{{Ref: r.Items[0]}}, nil
}

// record is a log that several goroutines write.
type record struct {
	mu    sync.Mutex
	lines []string
}

func (r *record) add(s string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.lines = append(r.lines, s)
}

func changesOf(refs ...string) Plan {
	var p Plan
	for _, s := range refs {
		ref, err := work.ParseRef(s)
		if err != nil {
			panic(err)
		}
		p.Changes = append(p.Changes, work.Change{Ref: ref, Edits: []work.Edit{{Slot: work.SlotRank, New: work.Number(1)}}})
	}
	return p
}

// outcome prints results: "a:1 ok", or the kind of the error.
func outcome(results []work.Result) []string {
	var out []string
	for _, r := range results {
		word := "ok"
		switch {
		case errors.Is(r.Err, ErrNotTried):
			word = "not tried"
		case r.Err != nil:
			word = "failed"
		}
		out = append(out, r.Ref.String()+" "+word)
	}
	return out
}

func TestRefusedCredentialsEndTheRoundOfTheirSource(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &record{}
		refused := fmt.Errorf("source a: the token has expired: %w", work.ErrAuth)
		w := Writers{By: map[string]Writer{
			"a": script{log: r.add, fails: map[string]error{"2": refused}},
			"b": script{log: r.add, fails: map[string]error{"1": work.ErrForbidden}},
		}}
		results, err := changesOf("a:1", "a:2", "a:3", "b:1", "b:2").Apply(t.Context(), w, NoJournal{})
		if !errors.Is(err, work.ErrAuth) || err.Error() != "source a: the token has expired: credentials refused" {
			t.Errorf("Apply() = %v", err)
		}
		want := []string{"a:1 ok", "a:2 failed", "a:3 not tried", "b:1 failed", "b:2 ok"}
		if got := outcome(results); !slices.Equal(got, want) {
			t.Errorf("results %v, want %v", got, want)
		}
		if !errors.Is(results[2].Err, work.ErrAuth) {
			t.Errorf("a:3: %v, want the reason why its source ended", results[2].Err)
		}
	})
}

func TestCancellationStopsBetweenWrites(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &record{}
		ctx, cancel := context.WithTimeout(t.Context(), 1500*time.Millisecond)
		defer cancel()
		w := Writers{By: map[string]Writer{"a": script{log: r.add}}}
		begin := time.Now()
		results, err := changesOf("a:1", "a:2", "a:3").Apply(ctx, w, NoJournal{})
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Apply() = %v, want that the context was done", err)
		}
		if got, want := outcome(results), []string{"a:1 ok", "a:2 ok", "a:3 not tried"}; !slices.Equal(got, want) {
			t.Errorf("results %v, want %v: a write once begun is finished", got, want)
		}
		if took := time.Since(begin); took != 2*time.Second {
			t.Errorf("it took %s, want to end after the write that was under way", took)
		}
	})
}

func TestContextThatEndsAfterTheLastWriteIsNoError(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 1500*time.Millisecond)
		defer cancel()
		w := Writers{By: map[string]Writer{"a": script{log: (&record{}).add}}}
		if _, err := changesOf("a:1", "a:2").Apply(ctx, w, NoJournal{}); err != nil {
			t.Errorf("Apply() = %v although everything was written", err)
		}
	})
}

func TestWriteEndsWithinItsOwnLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := Writers{By: map[string]Writer{"a": script{log: (&record{}).add, took: 24 * time.Hour}}}
		begin := time.Now()
		results, err := changesOf("a:1").Apply(t.Context(), w, NoJournal{})
		if err != nil || !errors.Is(results[0].Err, context.DeadlineExceeded) || time.Since(begin) != writeTimeout {
			t.Errorf("after %s: %v, %v; want the item to fail after %s", time.Since(begin), results, err, writeTimeout)
		}
	})
}

func TestSourcesSideBySideSitesOneAfterTheOther(t *testing.T) {
	tests := []struct {
		name  string
		sites map[string]string
		want  time.Duration
	}{
		{"two services", map[string]string{"a": "https://a", "b": "https://b"}, 2 * time.Second},
		{"two sources whose services are not known", nil, 2 * time.Second},
		{"two sources of one service", map[string]string{"a": "https://a", "b": "https://a"}, 4 * time.Second},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := &record{}
				last := 0
				w := Writers{
					By:       map[string]Writer{"a": script{log: r.add}, "b": script{log: r.add}},
					Sites:    tt.sites,
					Progress: func(done, _ int) { last = done },
				}
				begin := time.Now()
				results, err := changesOf("a:1", "b:1", "a:2", "b:2").Apply(t.Context(), w, NoJournal{})
				if err != nil || time.Since(begin) != tt.want {
					t.Errorf("it took %s, want %s; %v", time.Since(begin), tt.want, err)
				}
				if got, want := outcome(results), []string{"a:1 ok", "b:1 ok", "a:2 ok", "b:2 ok"}; !slices.Equal(got, want) || last != 4 {
					t.Errorf("results %v, want %v; %d of 4 told as progress", got, want, last)
				}
			})
		})
	}
}

func TestMovesComeBeforeChanges(t *testing.T) {
	r := &record{}
	p := changesOf("a:1")
	p.Runs = []work.Run{{Items: []work.Ref{{Source: "a", ID: "2"}, {Source: "a", ID: "3"}}, Was: make([]work.Ref, 2), After: work.Ref{Source: "a", ID: "1"}}}
	synctest.Test(t, func(t *testing.T) {
		results, err := p.Apply(t.Context(), Writers{By: map[string]Writer{"a": mover{script{log: r.add}}}}, NoJournal{})
		if want := []string{"begin a:2", "end a:2", "begin a:1", "end a:1"}; err != nil || !slices.Equal(r.lines, want) {
			t.Errorf("made %v, want %v; %v", r.lines, want, err)
		}
		if got, want := outcome(results), []string{"a:2 ok", "a:3 failed", "a:1 ok"}; !slices.Equal(got, want) || !errors.Is(results[1].Err, work.ErrUnexpected) {
			t.Errorf("results %v, want %v: the source said nothing about a:3", results, want)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		results, err := p.Apply(t.Context(), Writers{By: map[string]Writer{"a": script{log: r.add}}}, NoJournal{})
		if got, want := outcome(results), []string{"a:2 failed", "a:3 failed", "a:1 ok"}; err != nil || !slices.Equal(got, want) {
			t.Errorf("a source that cannot move: %v, want %v; %v", got, want, err)
		}
	})
}

func TestChangeNobodyWritesFails(t *testing.T) {
	results, err := changesOf("a:1").Apply(t.Context(), Writers{}, NoJournal{})
	if got, want := outcome(results), []string{"a:1 failed"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("results %v, want %v; %v", got, want, err)
	}
}

// notebook is a journal that can fail.
type notebook struct {
	*record
	intend, done error
}

func (n notebook) Intend(_ context.Context, w Write) (func([]work.Result) error, error) {
	n.add(fmt.Sprint("intend ", w.Refs()))
	return func(rs []work.Result) error {
		n.add(fmt.Sprint("outcome ", outcome(rs)))
		return n.done
	}, n.intend
}

func TestJournalComesFirst(t *testing.T) {
	full := errors.New("disk full")
	tests := []struct {
		name string
		book notebook
		want []string
		ends []string
	}{
		{"intent before the call, outcome after", notebook{},
			[]string{"intend [a:1]", "begin a:1", "end a:1", "outcome [a:1 failed]", "intend [a:2]", "begin a:2", "end a:2", "outcome [a:2 ok]"},
			[]string{"a:1 failed", "a:2 ok"}},
		{"without an intent nothing is written", notebook{intend: full}, []string{"intend [a:1]"}, []string{"a:1 not tried", "a:2 not tried"}},
		{"without an outcome nothing more is written", notebook{done: full},
			[]string{"intend [a:1]", "begin a:1", "end a:1", "outcome [a:1 failed]"}, []string{"a:1 failed", "a:2 not tried"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				tt.book.record = &record{}
				w := Writers{By: map[string]Writer{"a": script{log: tt.book.add, fails: map[string]error{"1": work.ErrForbidden}}}}
				results, err := changesOf("a:1", "a:2").Apply(t.Context(), w, tt.book)
				if !slices.Equal(tt.book.lines, tt.want) {
					t.Errorf("made %v, want %v", tt.book.lines, tt.want)
				}
				if got := outcome(results); !slices.Equal(got, tt.ends) {
					t.Errorf("results %v, want %v", got, tt.ends)
				}
				if broken := tt.book.intend != nil || tt.book.done != nil; errors.Is(err, full) != broken {
					t.Errorf("Apply() = %v", err)
				}
			})
		})
	}
}
