package rest

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"
)

// defaultParallel is how many requests of one credential run at a time.
// Source: Atlassian's rate limit guide asks for no more than 5 to 10.
const defaultParallel = 5

// Rule is one limit of a service. It keeps requests that share a key so far
// apart that no span of Per sees more than Requests of them.
type Rule struct {
	Name     string                                    // what Budget.Scope calls it; several rules may share a name
	Match    func(*http.Request) (key string, ok bool) // what is counted together: a route, an issue; nil: all requests
	Requests int                                       // 0: no limit
	Per      time.Duration
	Burst    int // at once after a pause; 0: a fifth of Requests; at most half, as what goes in bursts is missing in between
}

// step gives the least time between requests when none are saved up, and how
// many can be saved up. Of n requests in a span, burst go at once, so that the
// others share the span.
func (r Rule) step() (every time.Duration, burst int) {
	burst = max(1, min(cmp.Or(r.Burst, r.Requests/5), r.Requests/2))
	rest := max(1, r.Requests-burst)
	return (r.Per + time.Duration(rest) - 1) / time.Duration(rest), burst
}

func (r Rule) key(req *http.Request) (string, bool) {
	if r.Match == nil {
		return "", true
	}
	return r.Match(req)
}

// Budget keeps the requests of one credential below the limits of its service.
// Its fields are set before the first request; its methods are safe for
// concurrent use. One Budget is shared by all sources of the credential.
type Budget struct {
	// Headers reads a service's rate headers: how many requests of this sort
	// remain, and for how long. When few remain the budget spreads them over
	// that time. Nil: they are not read.
	Headers func(h http.Header) (remaining int, reset time.Duration, ok bool)

	// Scope names the rule that a refusal is about, so that only what shares
	// its key with the refused request waits. Nil, "" and unknown names: all
	// requests wait.
	Scope func(*Error) string

	// Parallel is how many requests run at a time; default 5.
	Parallel int

	rules []Rule

	mu     sync.Mutex
	slots  chan struct{}
	lanes  map[laneID]*lane
	holds  []hold
	sweeps int // number of lanes from which on the idle ones are dropped
}

type laneID struct {
	rule int
	key  string
}

// lane is the state of one key of one rule.
type lane struct {
	due     time.Time     // when all requests so far will have been paid for
	spacing time.Duration // asked for by the service's headers
	spaced  time.Time     // until when that holds
	next    time.Time     // earliest next request under it
}

type hold struct {
	match func(*http.Request) bool
	until time.Time
}

// HeldError says that the service itself asked to wait for longer than the
// caller is willing to.
type HeldError struct{ For time.Duration }

// Error gives the sentence.
func (e *HeldError) Error() string { return fmt.Sprintf("held for another %s", e.For) }

// NewBudget gives a budget that keeps all rules at once. Rules without a limit
// are left out.
func NewBudget(rules ...Rule) *Budget {
	rules = slices.DeleteFunc(slices.Clone(rules), func(r Rule) bool { return r.Requests <= 0 || r.Per <= 0 })
	return &Budget{rules: rules, lanes: map[laneID]*lane{}, sweeps: 1024}
}

// Wait returns when the request may go out; release is called when its answer
// has been read. The error is a *HeldError where the service asked for a wait of
// more than most, else the end of ctx, or of its time before there is room.
func (b *Budget) Wait(ctx context.Context, req *http.Request, most time.Duration) (release func(), err error) {
	slots := b.parallel()
	for {
		select {
		case slots <- struct{}{}:
		case <-ctx.Done():
			return nil, ended(ctx)
		}
		if ctx.Err() != nil {
			<-slots
			return nil, ended(ctx)
		}
		wait, asked := b.admit(req, time.Now())
		if wait <= 0 {
			return func() { <-slots }, nil
		}
		<-slots // what waits for its turn does not keep others from theirs
		if asked > most {
			return nil, &HeldError{For: asked}
		}
		if err := sleep(ctx, wait); err != nil {
			return nil, err
		}
	}
}

func (b *Budget) parallel() chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.slots == nil {
		b.slots = make(chan struct{}, max(1, cmp.Or(b.Parallel, defaultParallel)))
	}
	return b.slots
}

// admit takes room for the request and gives 0, or gives how long it has to
// wait before asking again, and how much of that the service asked for.
func (b *Budget) admit(req *http.Request, now time.Time) (wait, asked time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	start, told := now, now
	b.holds = slices.DeleteFunc(b.holds, func(h hold) bool { return !h.until.After(now) })
	for _, h := range b.holds {
		if h.match(req) {
			told = later(told, h.until)
		}
	}
	lanes := b.matching(req, now)
	for i, l := range lanes {
		if l == nil {
			continue
		}
		every, burst := b.rules[i].step()
		start = later(start, l.due.Add(-time.Duration(burst-1)*every))
		if now.Before(l.spaced) {
			told = later(told, l.next)
		}
	}
	if start = later(start, told); start.After(now) {
		return start.Sub(now), told.Sub(now)
	}
	for i, l := range lanes {
		if l != nil {
			every, _ := b.rules[i].step()
			l.due = later(l.due, now).Add(every)
			l.next = now.Add(l.spacing)
		}
	}
	return 0, 0
}

// matching gives for each rule the lane of the request, nil where the rule does
// not concern it.
func (b *Budget) matching(req *http.Request, now time.Time) []*lane {
	if len(b.lanes) >= b.sweeps {
		b.sweep(now)
	}
	out := make([]*lane, len(b.rules))
	for i, r := range b.rules {
		key, ok := r.key(req)
		if !ok {
			continue
		}
		id := laneID{i, key}
		if b.lanes[id] == nil {
			b.lanes[id] = &lane{}
		}
		out[i] = b.lanes[id]
	}
	return out
}

// sweep drops the lanes that have nothing to remember.
func (b *Budget) sweep(now time.Time) {
	for id, l := range b.lanes {
		if !l.due.After(now) && !l.spaced.After(now) {
			delete(b.lanes, id)
		}
	}
	b.sweeps = max(1024, 2*len(b.lanes))
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
