package config

import (
	"fmt"
	"slices"

	"stackrank/internal/work"
	"stackrank/prioritize"
	"stackrank/prioritize/expression"
)

// trackerFed are the signals that trackers fill without a field being named for
// them.
var trackerFed = []work.Signal{
	work.Priority, work.Effort, work.Votes, work.Watchers, work.Comments, work.Repeats, work.Breached, work.Progress,
}

// checkReads reports signals that a formula of the backlog reads although
// nothing ever fills them. Files of evidence may hold any signal: with them
// nobody can tell.
func (r *reader) checkReads(path string, b Backlog, sources []Source) {
	known := slices.Clone(trackerFed)
	for _, s := range sources {
		if slices.Contains(b.Sources, s.Name) {
			known = append(known, sortedKeys(s.Signals)...)
		}
	}
	for at, text := range formulas(b.Policy) {
		for _, signal := range expression.Reads(text) {
			_, own := b.Policy.Signals[string(signal)]
			switch {
			case slices.Contains(known, signal), len(b.Policy.Evidence) > 0 && !own:
			case own:
				r.addOnce(join(path, at), "signals.%s is made by a formula itself, and formulas do not see each other: write it out", named(string(signal)))
			default:
				r.addOnce(join(path, at), "signals.%s: no source of this backlog names a field for it under signals%s", named(string(signal)), suggest(string(signal), texts(known)))
			}
		}
	}
}

// formulas gives the formulas of a policy under their paths, in order.
func formulas(s prioritize.Settings) func(yield func(path, text string) bool) {
	return func(yield func(path, text string) bool) {
		for _, name := range sortedKeys(s.Signals) {
			if !yield(join("signals", name), s.Signals[name]) {
				return
			}
		}
		for i, c := range s.Classes {
			if !yield(fmt.Sprintf("classes[%d].when", i), c.When) {
				return
			}
		}
	}
}

func texts[T ~string](list []T) []string {
	out := make([]string, len(list))
	for i, x := range list {
		out[i] = string(x)
	}
	return out
}
