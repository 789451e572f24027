package trellosim

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const builtinJira = "http://jira.example:8080"

// mirroredKeys are the issues that cards of the board stand for; the tests of
// the built-in Jira backlog see to it that they are there and open.
var mirroredKeys = []string{"FERRY-12", "FERRY-31", "FERRY-47", "FERRY-88", "FERRY-120"}

func builtinSite() *Site {
	c := newClock()
	return New(Builtin(c.t, builtinJira+"/"), c.now)
}

// isWork says whether a card is what nobody would call anything but work: not a line between cards,
// not a template or a mere link, neither archived nor done.
func isWork(c *card) bool {
	line := strings.Trim(c.Name, "-") == "" || strings.Trim(c.Name, "_") == ""
	return !line && c.CardRole == "" && !c.IsTemplate && !c.Closed && !c.DueComplete
}

func TestBuiltInBoardIsListed(t *testing.T) {
	s := builtinSite()
	boards := s.Boards()
	if len(boards) != 1 || boards[0].Name != "Harbour ideas" {
		t.Fatalf("boards: %v", boards)
	}
	counts := map[string]int{}
	for _, filter := range []string{"all", "visible", "closed", "complete"} {
		var cards []object
		must(t, s, "GET", "/1/boards/"+boards[0].ID+"/cards"+query("filter", filter), "", &cards)
		counts[filter] = len(cards)
	}
	if diff := cmp.Diff(map[string]int{"all": 60, "visible": 58, "closed": 2, "complete": 3}, counts); diff != "" {
		t.Errorf("cards by filter (-want +got):\n%s", diff)
	}
	var lists []struct{ Name string }
	must(t, s, "GET", "/1/boards/"+boards[0].ID+"/lists", "", &lists)
	if want := []struct{ Name string }{{"Inbox"}, {"Ideas"}, {"Next"}, {"Later"}, {"Done"}}; !slices.Equal(lists, want) {
		t.Errorf("lists %v, want %v", lists, want)
	}
	var fields []struct{ Name, Type string }
	must(t, s, "GET", "/1/boards/"+boards[0].ID+"/customFields", "", &fields)
	want := []struct{ Name, Type string }{
		{"Effort", "number"}, {"Revenue", "number"}, {"Confidence", "list"}, {"Needs legal", "checkbox"}, {"Promised for", "date"},
		{"Score", "number"}, {"Rank", "number"},
	}
	if diff := cmp.Diff(want, fields); diff != "" {
		t.Errorf("custom fields (-want +got):\n%s", diff)
	}
}

func TestBuiltInBoardHoldsEveryKindOfCard(t *testing.T) {
	value := func(name string) func(*card) bool {
		place := slices.IndexFunc(builtinFields, func(f struct{ word, name, kind string }) bool { return f.name == name })
		return func(c *card) bool {
			return slices.ContainsFunc(c.Items, func(i fieldItem) bool { return i.IDCustomField == builtinID(kindField, place) })
		}
	}
	tests := []struct {
		rule string
		want int
		is   func(*card) bool
	}{
		{"work", 45, isWork},
		{"separators with a role", 5, func(c *card) bool { return c.CardRole == "separator" }},
		{"separators by name", 6, func(c *card) bool { return strings.Trim(c.Name, "-_") == "" }},
		{"link", 1, func(c *card) bool { return c.CardRole == "link" }},
		{"board", 1, func(c *card) bool { return c.CardRole == "board" }},
		{"templates", 2, func(c *card) bool { return c.IsTemplate }},
		{"archived", 2, func(c *card) bool { return c.Closed }},
		{"complete, in the last list", 3, func(c *card) bool { return c.DueComplete && c.IDList == builtinID(kindList, 4) }},
		{"mirrors", 5, func(c *card) bool { return len(c.Attachments) == 1 }},
		{"hostile names", 1, func(c *card) bool { return strings.ContainsAny(c.Name, "\x1b") && strings.Contains(c.Name, "<script>") }},
		{"due", 13, func(c *card) bool { return c.Due != nil }},
		{"effort", 36, value("Effort")},
		{"revenue", 18, value("Revenue")},
		{"confidence", 18, value("Confidence")},
		{"tick", 4, value("Needs legal")},
		{"promise", 1, value("Promised for")},
		{"score not written yet", 0, value("Score")},
		{"rank not written yet", 0, value("Rank")},
		{"voted for", 40, func(c *card) bool { return c.Badges.Votes > 0 }},
	}
	w := builtinSite().world
	for _, tt := range tests {
		t.Run(tt.rule, func(t *testing.T) {
			n := 0
			for _, c := range w.cards {
				if tt.is(c) {
					n++
				}
			}
			if n != tt.want {
				t.Errorf("%d cards, want %d", n, tt.want)
			}
		})
	}
}

func TestBuiltInMirrorsLeadToTheJiraSite(t *testing.T) {
	var got []string
	for _, c := range builtinSite().world.cards {
		for _, a := range c.Attachments {
			got = append(got, a.URL)
			if !isWork(c) {
				t.Errorf("card %s stands for %s and is no work", c.ShortLink, a.Name)
			}
		}
	}
	var want []string
	for _, key := range mirroredKeys {
		want = append(want, builtinJira+"/browse/"+key)
	}
	slices.Sort(got)
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("attachments (-want +got):\n%s", diff)
	}
}

func TestBuiltInLabelsAreTenSomeWithoutNameOrColour(t *testing.T) {
	w := builtinSite().world
	nameless, colourless := 0, 0
	used := map[string]bool{}
	for _, c := range w.cards {
		for _, id := range c.IDLabels {
			used[id] = true
		}
	}
	for _, l := range w.labels {
		if l.Name == "" {
			nameless++
		}
		if l.Color == nil {
			colourless++
		}
		if !used[l.ID] {
			t.Errorf("label %q is on no card", l.Name)
		}
	}
	if len(w.labels) != 10 || nameless != 2 || colourless != 1 {
		t.Errorf("%d labels, %d without name, %d without colour; want 10, 2, 1", len(w.labels), nameless, colourless)
	}
}

func TestBuiltInPositionsAreOnTheNewScaleAndAsListed(t *testing.T) {
	w := builtinSite().world
	for _, l := range w.lists {
		last, serial := 0.0, 0
		for _, c := range w.cardsOf(l.ID) {
			if c.Pos < first || c.Pos-last < nearest || c.IDShort <= serial {
				t.Errorf("%s: card %d at %v behind card %d at %v", l.Name, c.IDShort, c.Pos, serial, last)
			}
			last, serial = c.Pos, c.IDShort
		}
	}
}

func TestBuiltInChecklistsShowTheirProgress(t *testing.T) {
	s := builtinSite()
	var c struct {
		Badges struct{ CheckItems, CheckItemsChecked, Votes, Comments int }
	}
	must(t, s, "GET", "/1/cards/Harb0016", "", &c)
	if b := c.Badges; b.CheckItems != 4 || b.CheckItemsChecked != 3 || b.Votes != 15 || b.Comments != 8 {
		t.Errorf("badges %+v, want 3 of 4 ticked, 15 votes, 8 comments", b)
	}
}

// moved gives everything of a board that may depend on the clock as a distance
// from now, and all else as it is.
func moved(t testing.TB, now time.Time) string {
	t.Helper()
	e := Builtin(now, builtinJira).boards[0]
	ids := map[string]string{}
	since := func(when time.Time) string { return when.Sub(now).String() }
	for _, c := range e.cards {
		ids[c.ID[:8]] = since(born(c.ID))
	}
	text := func(v any) string {
		data, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	out := text([]any{e.rest, e.lists, e.cards, e.labels, e.fields, e.checklists})
	for _, c := range e.cards {
		out += text(c.rest)
	}
	for id, distance := range ids {
		out = strings.ReplaceAll(out, `"`+id, `"`+distance+" ")
	}
	parts := strings.Split(out, `"`)
	for n, part := range parts {
		if when, err := time.Parse(time.RFC3339, part); err == nil {
			parts[n] = since(when)
		}
	}
	return strings.Join(parts, `"`)
}

func TestEveryBuiltInDateMovesWithTheClock(t *testing.T) {
	now := newClock().t
	base := moved(t, now)
	for _, hours := range []int{-40000, -1, 1, 24, 2880, 11111, 40000} {
		if diff := cmp.Diff(base, moved(t, now.Add(time.Duration(hours)*time.Hour))); diff != "" {
			t.Errorf("not moved by %d hours:\n%s", hours, diff)
		}
	}
}

func TestEqualTimesGiveEqualBuiltInBoards(t *testing.T) {
	now := newClock().t
	for _, same := range []time.Time{now, now.In(time.FixedZone("far", 13*3600)), now.Add(999 * time.Microsecond)} {
		a := New(Builtin(now, builtinJira), newClock().now).Dump()
		b := New(Builtin(same, builtinJira), newClock().now).Dump()
		if diff := cmp.Diff(a, b); diff != "" {
			t.Errorf("%s gives another board than %s:\n%s", same, now, diff)
		}
	}
}

func TestBuiltInCardsAreOlderThanWhatHappenedToThem(t *testing.T) {
	now := newClock().t
	ids := map[string]bool{}
	for _, c := range builtinSite().world.cards {
		made := born(c.ID)
		if made.After(now) || c.Active.Before(made) || c.Active.After(now) {
			t.Errorf("card %s: made %s, last touched %s", c.ShortLink, made, c.Active)
		}
		ids[c.ID] = true
		for _, i := range c.Items {
			ids[i.ID] = true
		}
		for _, a := range c.Attachments {
			ids[a.ID] = true
		}
		for _, id := range append([]string{c.ID}, c.IDChecklists...) {
			if !objectID.MatchString(id) {
				t.Errorf("id %q", id)
			}
		}
	}
	if want := 60 + 5 + 36 + 18 + 18 + 4 + 1; len(ids) != want {
		t.Errorf("%d ids of cards, values and attachments, want %d: two are equal", len(ids), want)
	}
}
