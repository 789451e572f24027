//go:build clients

package clients

import (
	"encoding/json"
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// thing is a card, a list or the fields of an issue, as a dump shows it.
type thing map[string]any

// trelloState is all that the simulated Trello holds.
type trelloState struct {
	Cards, Lists, Labels, CustomFields []thing
}

func (s *sandbox) trelloState(t *testing.T) trelloState {
	t.Helper()
	var out trelloState
	s.look(t, s.trelloDirect+"/_sandbox/dump", &out)
	return out
}

// card gives one card, nil when there is none.
func (d trelloState) card(id string) thing {
	i := slices.IndexFunc(d.Cards, func(c thing) bool { return c["id"] == id })
	if i < 0 {
		return nil
	}
	return d.Cards[i]
}

// ids names the cards of a list in order, those in the archive aside.
func (d trelloState) ids(list string) []string {
	var out []string
	for _, c := range d.Cards {
		if c["idList"] == list && c["closed"] == false {
			out = append(out, c["id"].(string))
		}
	}
	return out
}

// byID files things under their ids.
func byID(things []thing) map[string]thing {
	out := map[string]thing{}
	for _, x := range things {
		out[x["id"].(string)] = x
	}
	return out
}

// issues gives the fields of every simulated issue by its key, the key's number
// and rank included.
func (s *sandbox) issues(t *testing.T) map[string]thing {
	t.Helper()
	var dump struct {
		Issues []struct {
			ID, Key string
			Fields  thing
		}
	}
	s.look(t, s.jiraDirect+"/_sandbox/dump", &dump)
	out := map[string]thing{}
	for place, i := range dump.Issues {
		i.Fields["id"], i.Fields["place"] = i.ID, place
		out[i.Key] = i.Fields
	}
	return out
}

// changes names the fields in which two states differ, by id. A thing that is
// new or gone has the word for it instead.
func changes(before, after map[string]thing, ignore ...string) map[string][]string {
	out := map[string][]string{}
	for id, was := range before {
		is, there := after[id]
		if !there {
			out[id] = []string{"gone"}
			continue
		}
		for _, field := range slices.Sorted(maps.Keys(both(was, is))) {
			if !slices.Contains(ignore, field) && !cmp.Equal(was[field], is[field]) {
				out[id] = append(out[id], field)
			}
		}
	}
	for id := range after {
		if _, there := before[id]; !there {
			out[id] = []string{"new"}
		}
	}
	return out
}

func both(a, b thing) thing {
	out := maps.Clone(a)
	maps.Copy(out, b)
	return out
}

// at walks into nested objects and arrays: at(card, "badges", "comments").
func at(t *testing.T, x any, path ...any) any {
	t.Helper()
	for _, step := range path {
		switch step := step.(type) {
		case string:
			switch m := x.(type) {
			case thing:
				x = m[step]
			case map[string]any:
				x = m[step]
			default:
				t.Fatalf("%v: no object at %q of %v", x, step, path)
			}
		case int:
			list, ok := x.([]any)
			if !ok || step >= len(list) {
				t.Fatalf("%v: no element %d of %v", x, step, path)
			}
			x = list[step]
		}
	}
	return x
}

// want fails the test when two values differ, with their difference.
func want(t *testing.T, what string, wanted, got any) {
	t.Helper()
	if d := cmp.Diff(wanted, got); d != "" {
		text, _ := json.Marshal(got)
		t.Errorf("%s (-want +got):\n%s%s", what, d, text)
	}
}
