package jira

import (
	"fmt"
	"maps"
	"slices"

	"stackrank/internal/work"
)

// notes collects the findings of one pull. What concerns a field is counted and
// told once, however many issues have it.
type notes struct {
	source string
	found  []work.Finding
	odd    map[string]*oddity // by field
	levels map[string]*oddity // by priority that the site does not list
	done   int
}

type oddity struct {
	count int
	first string // key of the first issue
}

func (n *notes) bad(field, key string) { tally(n.odd, field, key) }

func (n *notes) level(name, key string) {
	if n.levels == nil {
		n.levels = map[string]*oddity{}
	}
	tally(n.levels, name, key)
}

func tally(in map[string]*oddity, what, key string) {
	if in[what] == nil {
		in[what] = &oddity{first: key}
	}
	in[what].count++
}

// merge adds what has to be told of one issue.
func (n *notes) merge(k known) {
	add := func(in map[string]*oddity, what map[string]int) {
		for name, times := range what {
			if in[name] == nil {
				in[name] = &oddity{first: k.Key}
			}
			in[name].count += times
		}
	}
	if n.levels == nil {
		n.levels = map[string]*oddity{}
	}
	add(n.odd, k.Odd)
	add(n.levels, k.Levels)
	n.found = append(n.found, k.Found...)
}

// counts gives how often each thing was met.
func counts(of map[string]*oddity) map[string]int {
	if len(of) == 0 {
		return nil
	}
	out := make(map[string]int, len(of))
	for name, o := range of {
		out[name] = o.count
	}
	return out
}

func (n *notes) about(ref work.Ref, code, message string) {
	n.found = append(n.found, work.Finding{Ref: ref, Code: code, Message: message, Level: work.Note})
}

// findings gives everything, the source's own first and in a fixed order.
func (v *view) findings() []work.Finding {
	n := &v.notes
	var out []work.Finding
	add := func(level work.Level, code, message, fix string) {
		out = append(out, work.Finding{Source: n.source, Code: code, Message: message, Fix: fix, Level: level})
	}
	for _, name := range slices.Sorted(maps.Keys(n.odd)) {
		o := n.odd[name]
		add(work.Warning, "bad-field",
			fmt.Sprintf("Field %s holds a value that is not understood in %s, first in %s; it counts as not set there.", name, issues(o.count), o.first),
			"Correct the values, or map the signal to another field.")
	}
	for _, name := range slices.Sorted(maps.Keys(n.levels)) {
		o := n.levels[name]
		add(work.Warning, "unknown-priority",
			fmt.Sprintf("Priority %q of %s, first of %s, is not among the site's priorities; it counts as not set.", name, issues(o.count), o.first), "")
	}
	if n.done > 0 {
		add(work.Note, "done-items",
			fmt.Sprintf("The query also gives %s whose status is in the category Done; they are left out.", issues(n.done)),
			"Add AND statusCategory != Done to jql.")
	}
	return append(out, n.found...)
}

func issues(n int) string {
	if n == 1 {
		return "1 issue"
	}
	return fmt.Sprintf("%d issues", n)
}
