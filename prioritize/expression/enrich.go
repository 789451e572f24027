package expression

import (
	"maps"
	"math"
	"slices"
	"time"

	"github.com/expr-lang/expr/vm"

	"stackrank/internal/work"
)

// Enrich evaluates the formulas on each item, for the day of now in its zone,
// and puts own signals and classes onto the items in place; maps and lists that
// an item shares with others are replaced, never changed. All formulas see what
// trackers and evidence gave, none sees what another has made. The findings say
// where a formula failed: there its signal is not known, or its condition does
// not hold. Items and their order stay.
func (s *Set) Enrich(items []work.Item, now time.Time) []work.Finding {
	if len(s.signals) == 0 && len(s.classes) == 0 {
		return nil
	}
	p := &pass{
		Set: s, in: viewOf(now, s.ours), facts: make(map[string]any, len(s.reads)), machine: vm.VM{MemoryBudget: budget},
		filled: make([]bool, len(s.reads)), failures: map[*formula][]failure{},
	}
	for i := range items {
		p.item(&items[i])
	}
	return p.findings(len(items))
}

// pass is one evaluation over the items of a backlog.
type pass struct {
	*Set
	in       view
	facts    map[string]any // of the item at hand
	machine  vm.VM
	filled   []bool // by read: some item has it
	failures map[*formula][]failure
}

// failure is an item on which a formula failed.
type failure struct {
	ref work.Ref
	key string
	why string // "it gives a text"
}

func (p *pass) item(it *work.Item) {
	for i, r := range p.reads {
		x := r.from(it, p.in)
		p.facts[r.name] = x
		p.filled[i] = p.filled[i] || x != nil
	}
	if len(p.signals) > 0 {
		signals := make(work.Signals, len(it.Signals)+len(p.signals))
		maps.Copy(signals, it.Signals)
		it.Signals = signals
	}
	for _, o := range p.signals {
		x, known := p.figure(o.formula, it)
		put(it, o.name, x, known)
	}
	for _, r := range p.classes {
		if p.holds(r.formula, it) {
			it.Class = r.class
			return
		}
	}
}

// figure gives the number of a formula on the item at hand; false where it has
// none.
func (p *pass) figure(f *formula, it *work.Item) (float64, bool) {
	out, ok := p.run(f, it)
	if !ok || out == nil {
		return 0, false
	}
	x, ok := number(out)
	switch {
	case !ok:
		p.fail(f, it, "it gives "+nameOf(out))
	case math.IsNaN(x) || math.IsInf(x, 0):
		p.fail(f, it, "it gives no finite number")
	default:
		return x + 0, true // + 0 turns -0 into 0
	}
	return 0, false
}

// holds reports whether a condition is true on the item at hand.
func (p *pass) holds(f *formula, it *work.Item) bool {
	out, ok := p.run(f, it)
	if !ok || out == nil {
		return false
	}
	yes, ok := out.(bool)
	if !ok {
		p.fail(f, it, "it gives "+nameOf(out))
	}
	return yes
}

// run evaluates a formula on the item at hand. What is not known makes the whole
// not known where it is computed with; that is no failure.
func (p *pass) run(f *formula, it *work.Item) (any, bool) {
	for _, name := range f.needs {
		if p.facts[name] == nil {
			return nil, true
		}
	}
	out, err := p.machine.Run(f.program, p.facts)
	if err == nil {
		return out, true
	}
	if slices.ContainsFunc(f.reads, func(r read) bool { return p.facts[r.name] == nil }) {
		return nil, true
	}
	p.fail(f, it, why(err))
	return nil, false
}

func (p *pass) fail(f *formula, it *work.Item, why string) {
	p.failures[f] = append(p.failures[f], failure{it.Ref, it.Key, why})
}

// put sets a signal, or takes it away where the formula has no result. Dated
// evidence of the same name stays dated: it is scaled as the total is.
func put(it *work.Item, s work.Signal, x float64, known bool) {
	before := it.Signals[s]
	if known {
		it.Signals[s] = x
	} else {
		delete(it.Signals, s)
	}
	dated := 0.0
	for i := range it.Events {
		if it.Events[i].Signal == s {
			dated += it.Events[i].Amount
		}
	}
	if dated == 0 || known && x == before {
		return
	}
	factor := x / max(before, dated)
	events := make([]work.Event, 0, len(it.Events))
	for _, e := range it.Events {
		if e.Signal == s {
			e.Amount *= factor
		}
		if e.Signal != s || known && e.Amount > 0 {
			events = append(events, e)
		}
	}
	it.Events = events
}
