package trello

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"stackrank/internal/work"
)

// notes collects the findings of a pull: those about single cards as they
// come, and those that only count how often something was met.
type notes struct {
	source string
	list   []work.Finding
	counts map[counted]int
}

type counted struct{ code, what string }

func newNotes(source string) *notes {
	return &notes{source: source, counts: map[counted]int{}}
}

func (n *notes) add(ref work.Ref, code, message, fix string) {
	n.put(work.Finding{Ref: ref, Code: code, Message: message, Fix: fix})
}

func (n *notes) warn(ref work.Ref, code, message, fix string) {
	n.put(work.Finding{Ref: ref, Code: code, Message: message, Fix: fix, Level: work.Warning})
}

func (n *notes) fail(code, message, fix string) {
	n.put(work.Finding{Code: code, Message: message, Fix: fix, Level: work.Failure})
}

func (n *notes) put(f work.Finding) {
	if f.Ref.IsZero() {
		f.Source = n.source
	}
	n.list = append(n.list, f)
}

// count meets one more of what.
func (n *notes) count(code, what string) { n.counts[counted{code, what}]++ }

// merge adds what another collection holds.
func (n *notes) merge(o *notes) {
	n.list = append(n.list, o.list...)
	for k, times := range o.counts {
		n.counts[k] += times
	}
}

// all gives the findings, the counted ones last and in a fixed order.
func (n *notes) all() []work.Finding {
	out := slices.Clone(n.list)
	for _, k := range n.keys() {
		out = append(out, work.Finding{Source: n.source, Code: k.code, Message: fmt.Sprintf("%s: %d", k.what, n.counts[k])})
	}
	return out
}

// keys gives what was counted, in a fixed order.
func (n *notes) keys() []counted {
	return slices.SortedFunc(maps.Keys(n.counts), func(a, b counted) int {
		return cmp.Or(cmp.Compare(a.code, b.code), cmp.Compare(a.what, b.what))
	})
}

// sortedSignals gives the mapped signals in a fixed order.
func sortedSignals(m map[work.Signal]string) []work.Signal {
	return slices.Sorted(maps.Keys(m))
}
