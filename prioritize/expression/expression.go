// Package expression owns what people compute on an item by themselves: own
// signals and the conditions of classes of service, as formulas of the language
// of expr-lang/expr over the facts of one item. It decides which names and
// functions a formula may use, and says what is wrong with one.
//
// It is pure and bounded. A formula reaches no clock, file or network, has no
// loops but one over the labels of its item, and joins texts no further than it
// is long itself, so that its cost is bounded by its own length times that of
// the item, whatever a tracker holds.
package expression

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"stackrank/internal/work"
)

// Rule gives a class of service to the items that meet a condition.
type Rule struct {
	Class  work.ClassName
	Target time.Duration // of the class work.SLA alone
	When   string        // a formula that is true or false
}

// Set is the formulas of one policy, compiled. It is safe for concurrent use.
type Set struct {
	signals []own // by name
	classes []rule
	reads   []*read // of all formulas, each name once, by name
	ours    string  // what the labels begin with that no formula sees
}

type own struct {
	name work.Signal
	*formula
}

type rule struct {
	class work.Class
	*formula
}

// taken are names that cannot be those of own signals, and why.
var taken = map[string]string{
	"demand": "is made of votes, watchers and comments; compute one of these",
	"due":    "is a date of the item; no formula sets it",
	"total":  "is the name of the scale of all scores; choose another",
}

// Compile reads the formulas of a policy: own signals by name, and rules of
// which the first that holds decides the class of an item. No formula sees labels
// that begin with ours, unless it is empty: they follow from the order, and no
// order may follow from them. The error joins
// every problem; each begins with its key ("signals.risk: ", "classes[0].when: ")
// and says where in the formula it is. No message repeats a long word of a
// formula, which may be a secret in the wrong place.
func Compile(signals map[string]string, rules []Rule, ours string) (*Set, error) {
	s := &Set{ours: ours}
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(signals)) {
		f, err := ownSignal(name, signals[name])
		if err != nil {
			errs = append(errs, fmt.Errorf("signals.%s: %w", name, err))
			continue
		}
		s.signals = append(s.signals, own{work.Signal(name), f})
	}
	for i, r := range rules {
		f, err := compile(r.When, truth)
		if err != nil {
			errs = append(errs, fmt.Errorf("classes[%d].when: %w", i, err))
			continue
		}
		s.classes = append(s.classes, rule{work.Class{Name: r.Class, Target: r.Target}, f})
	}
	s.gather()
	return s, errors.Join(errs...)
}

func ownSignal(name, text string) (*formula, error) {
	if strings.TrimSpace(name) == "" {
		return nil, errors.New("a signal has no name")
	}
	if why, ok := taken[name]; ok {
		return nil, fmt.Errorf("the name %s", why)
	}
	return compile(text, figure)
}

// gather notes what all formulas read.
func (s *Set) gather() {
	all := map[string]*read{}
	for f := range s.formulas {
		for i := range f.reads {
			all[f.reads[i].name] = &f.reads[i]
		}
	}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		s.reads = append(s.reads, all[name])
	}
}

// formulas gives every formula of the set, signals first.
func (s *Set) formulas(yield func(*formula) bool) {
	for _, o := range s.signals {
		if !yield(o.formula) {
			return
		}
	}
	for _, r := range s.classes {
		if !yield(r.formula) {
			return
		}
	}
}

// Reads gives the signals that a formula reads, by name; nothing where it does
// not compile.
func Reads(text string) []work.Signal {
	f, err := compile(text, anything)
	if err != nil {
		return nil
	}
	var out []work.Signal
	for _, r := range f.reads {
		if name, ok := strings.CutPrefix(r.name, prefixSignals); ok {
			out = append(out, work.Signal(name))
		}
	}
	return out
}
