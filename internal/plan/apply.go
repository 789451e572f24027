package plan

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"stackrank/internal/work"
)

// Writer is what applying a plan needs from a source.
type Writer interface {
	// Apply writes all edits of one item; repeating it changes nothing.
	Apply(ctx context.Context, c work.Change) error
}

// Mover is what the runs of a plan need besides.
type Mover interface {
	// Reorder places the items of a run and gives one result an item. The
	// error is for a run that could not be tried at all.
	Reorder(ctx context.Context, r work.Run) ([]work.Result, error)
}

// Writers says who carries a plan out.
type Writers struct {
	By       map[string]Writer     // by source; one that can move is a Mover
	Sites    map[string]string     // by source: sources of one site are written one after the other; none: a site of its own
	Progress func(done, total int) // after each write, from one goroutine at a time; nil: nobody asks
}

// Write is the unit of plan, journal and undo: a change or a run. One is set.
type Write struct {
	Change *work.Change
	Run    *work.Run
}

// Source gives the source that is written to.
func (w Write) Source() string {
	if w.Change != nil {
		return w.Change.Ref.Source
	}
	return Source(*w.Run)
}

// Refs gives the items that are written to.
func (w Write) Refs() []work.Ref {
	if w.Change != nil {
		return []work.Ref{w.Change.Ref}
	}
	return w.Run.Items
}

// Journal remembers writes. It is used by several goroutines at once.
type Journal interface {
	// Intend records what is about to be written, before it is, and gives the
	// function that records the outcome: one result an item. A write whose
	// intent cannot be recorded is not made.
	Intend(ctx context.Context, w Write) (done func([]work.Result) error, err error)
}

// NoJournal remembers nothing.
type NoJournal struct{}

// Intend accepts every write.
func (NoJournal) Intend(context.Context, Write) (func([]work.Result) error, error) {
	return func([]work.Result) error { return nil }, nil
}

// writeTimeout bounds one write, so that a round which is cancelled ends. It
// leaves room for the longest wait that the transport grants a service that
// asks for patience, two minutes, and for the attempts around it.
const writeTimeout = 5 * time.Minute

// ErrNotTried is the kind of the result of an item that was not written because
// the round of its source had ended before.
var ErrNotTried = errors.New("not written")

// Apply carries the plan out. Sources are written side by side, and within a
// source one write follows the other: first the moves, because they rest on the
// order as it was read and that grows old, then the changes. An item that fails
// fails alone; refused credentials and a journal that fails end the round of
// their source; a context that is done ends all, between two writes. There is
// one result for each item of each write, runs before changes. The error says
// why the round of a source ended; failures of single items are no error.
//
// Whatever is left out, those written stand in the wanted order among themselves
// and to the items that were to stay, so the next plan goes on from there; only
// held items may by then have another place to keep.
func (p Plan) Apply(ctx context.Context, w Writers, j Journal) ([]work.Result, error) {
	a := application{w: w, journal: j, writes: p.writes()}
	a.results = make([][]work.Result, len(a.writes))
	queues := a.queues()
	var wg sync.WaitGroup
	for _, site := range slices.Sorted(maps.Keys(queues)) {
		wg.Go(func() { a.site(ctx, queues[site]) })
	}
	wg.Wait()
	slices.SortFunc(a.ended, func(x, y error) int { return cmp.Compare(x.Error(), y.Error()) })
	return slices.Concat(a.results...), errors.Join(a.ended...)
}

// writes gives the writes in the order in which they are made.
func (p Plan) writes() []Write {
	out := make([]Write, 0, len(p.Runs)+len(p.Changes))
	for i := range p.Runs {
		out = append(out, Write{Run: &p.Runs[i]})
	}
	for i := range p.Changes {
		out = append(out, Write{Change: &p.Changes[i]})
	}
	return out
}

// application is one plan being carried out.
type application struct {
	w       Writers
	journal Journal
	writes  []Write
	results [][]work.Result // by write; each is set by the goroutine of its site

	mu    sync.Mutex
	done  int
	ended []error // one for each source whose round ended early
}

// queues gives the writes of each site, as indexes.
func (a *application) queues() map[string][]int {
	out := map[string][]int{}
	for i, w := range a.writes {
		site := cmp.Or(a.w.Sites[w.Source()], w.Source())
		out[site] = append(out[site], i)
	}
	return out
}

// site makes the writes of one site, one after the other.
func (a *application) site(ctx context.Context, queue []int) {
	over := map[string]error{} // by source: why its round ended
	left := standIns{}         // where what comes behind a failed item stands instead
	for _, i := range queue {
		w := a.writes[i]
		source := w.Source()
		if err := context.Cause(ctx); err != nil && over[source] == nil {
			over[source] = a.end(fmt.Errorf("source %s: %w", source, err))
		}
		if err := over[source]; err != nil {
			a.results[i] = each(w, fmt.Errorf("%w: %w", ErrNotTried, err))
			continue
		}
		if w.Run != nil {
			run := left.without(*w.Run, func(work.Ref) bool { return false })
			w.Run = &run
		}
		results, err := a.write(ctx, w)
		a.results[i] = results
		if w.Run != nil {
			left.without(*w.Run, failedIn(results))
		}
		if err != nil {
			over[source] = a.end(err)
		}
		a.progress()
	}
}

// end notes why the round of a source ended; the error names the source.
func (a *application) end(err error) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.ended = append(a.ended, err)
	return err
}

func (a *application) progress() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.done++
	if a.w.Progress != nil {
		a.w.Progress(a.done, len(a.writes))
	}
}

// write makes one write with its entries in the journal. Once begun it is
// finished within its own limit, whatever becomes of ctx. The error ends the
// round of the source.
func (a *application) write(ctx context.Context, w Write) ([]work.Result, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), writeTimeout)
	defer cancel()
	done, err := a.journal.Intend(ctx, w)
	if err != nil {
		err = fmt.Errorf("source %s: journal: %w", w.Source(), err)
		return each(w, fmt.Errorf("%w: %w", ErrNotTried, err)), err
	}
	results := a.perform(ctx, w)
	if err := done(results); err != nil {
		return results, fmt.Errorf("source %s: journal: %w", w.Source(), err)
	}
	for _, r := range results {
		if errors.Is(r.Err, work.ErrAuth) {
			return results, r.Err
		}
	}
	return results, nil
}

// perform hands a write to its source and gives one result an item.
func (a *application) perform(ctx context.Context, w Write) []work.Result {
	to, ok := a.w.By[w.Source()]
	if !ok {
		return each(w, fmt.Errorf("source %s: nobody writes to it", w.Source()))
	}
	if w.Change != nil {
		return each(w, to.Apply(ctx, *w.Change))
	}
	mover, ok := to.(Mover)
	if !ok {
		return each(w, fmt.Errorf("source %s: cannot move items", w.Source()))
	}
	told, err := mover.Reorder(ctx, *w.Run)
	return settle(w, told, err)
}

// settle brings what a source told about a run into the order of its items. An
// item that it did not speak of shares the error of the run.
func settle(w Write, told []work.Result, err error) []work.Result {
	if err == nil {
		err = fmt.Errorf("%w: the source did not say what became of it", work.ErrUnexpected)
	}
	out := each(w, err)
	for _, t := range told {
		if i := slices.Index(w.Run.Items, t.Ref); i >= 0 {
			out[i].Err = t.Err
		}
	}
	return out
}

// each gives the same outcome for every item of a write.
func each(w Write, err error) []work.Result {
	refs := w.Refs()
	out := make([]work.Result, len(refs))
	for i, ref := range refs {
		out[i] = work.Result{Ref: ref, Err: err}
	}
	return out
}

func failedIn(results []work.Result) func(work.Ref) bool {
	return func(ref work.Ref) bool {
		return slices.ContainsFunc(results, func(r work.Result) bool { return r.Ref == ref && r.Err != nil })
	}
}
