package plan

import (
	"fmt"
	"slices"
	"testing"

	"stackrank/internal/work"
)

func TestRuns(t *testing.T) {
	tests := []struct {
		name        string
		now, wanted string
		held        string
		limit       int
		want        string
	}{
		{name: "nothing moves in the wanted order", now: "abc", wanted: "abc", want: ""},
		{name: "an item that rises stands behind what is above it", now: "abcde", wanted: "aebcd", want: "e>a(d)"},
		{name: "an item that rises to the top stands before the first that stays", now: "abcd", wanted: "dabc", want: "d<a(c)"},
		{name: "items that move next to each other make one run", now: "abcdef", wanted: "aefbcd", want: "e>a(d) f>e(e)"},
		{name: "a run is cut at the limit and goes on behind itself", now: "abcdefghi", wanted: "ghiabcdef", limit: 2, want: "g<a(f) h>g(g) | i>h(h)"},
		{name: "a held item is an anchor and never moves", now: "abc", wanted: "cba", held: "b", want: "c<b(b) | a>b()"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := ""
			for i, r := range laneOf(tt.now, tt.wanted, tt.held).runs(work.Caps{MaxRun: tt.limit}) {
				if i > 0 {
					got += " | "
				}
				got += showRun(r)
			}
			if got != tt.want {
				t.Errorf("runs(%s → %s) = %q, want %q", tt.now, tt.wanted, got, tt.want)
			}
		})
	}
}

// showRun gives "e>a(d)": e comes behind a and stood behind d; "<": before.
func showRun(r work.Run) string {
	s := ""
	for i, ref := range r.Items {
		sign, anchor := ">", r.After.ID
		if r.After.IsZero() {
			sign, anchor = "<", r.Before.ID
		}
		if i > 0 {
			s += " "
			sign, anchor = ">", r.Items[i-1].ID
		}
		s += fmt.Sprintf("%s%s%s(%s)", ref.ID, sign, anchor, r.Was[i].ID)
	}
	return s
}

func laneOf(now, wanted, held string) lane {
	l := lane{source: "jira"}
	for i, c := range now {
		m := &member{item: &work.Item{Ref: work.Ref{Source: "jira", ID: string(c)}, Native: i}}
		if slices.Contains([]rune(held), c) {
			m.held = HeldPinned
		}
		l.present = append(l.present, m)
	}
	for _, c := range wanted {
		l.target = append(l.target, l.present[slices.Index([]rune(now), c)])
	}
	return l
}
