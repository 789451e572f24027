package next

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"stackrank/internal/work"
)

// complete has all that a check asks for.
func complete(it *work.Item) {
	it.Signals[work.Effort], it.Signals[work.Priority] = 3, 0.5
	it.Attrs[work.AttrCriteria], it.Attrs[work.AttrQuestion] = work.Yes(true), work.Yes(false)
}

func blockedBy(id string, open bool) work.Link {
	return work.Link{Kind: work.BlockedBy, To: work.Ref{Source: "s", ID: id}, Key: "A-" + id, Open: open}
}

// TestChecks puts one item above two complete ones, of which the source thus
// holds every fact.
func TestChecks(t *testing.T) {
	tests := []struct {
		name   string
		change func(*work.Item)
		want   string
	}{
		{"complete", func(*work.Item) {}, ""},
		{"blocked by an item of the backlog", func(it *work.Item) { it.Links = []work.Link{blockedBy("2", true)} }, "blocked A-2"},
		{"the same told twice", func(it *work.Item) { it.Links = []work.Link{blockedBy("2", true), blockedBy("2", true)} }, "blocked A-2"},
		{"what is in the backlog is open, whatever the link says", func(it *work.Item) { it.Links = []work.Link{blockedBy("2", false)} }, "blocked A-2"},
		{"by the word of the other", func(it *work.Item) { it.Key = "told by 3" }, "blocked A-3"},
		{"waits for another backlog", func(it *work.Item) { it.Links = []work.Link{blockedBy("99", true)} }, "waits-outside A-99"},
		{"what it waited for is done", func(it *work.Item) { it.Links = []work.Link{blockedBy("99", false)} }, ""},
		{"both", func(it *work.Item) { it.Links = []work.Link{blockedBy("99", true), blockedBy("2", true)} }, "blocked A-2; waits-outside A-99"},
		{"it blocks another", func(it *work.Item) {
			it.Links = []work.Link{{Kind: work.Blocks, To: work.Ref{Source: "s", ID: "2"}, Open: true}}
		}, ""},
		{"blocked by itself", func(it *work.Item) { it.Links = []work.Link{blockedBy("1", true)} }, ""},
		{"an open question", func(it *work.Item) { it.Attrs[work.AttrQuestion] = work.Yes(true) }, "open-question"},
		{"no estimate", func(it *work.Item) { delete(it.Signals, work.Effort) }, "no-estimate"},
		{"an estimate of zero", func(it *work.Item) { it.Signals[work.Effort] = 0 }, "no-estimate"},
		{"no priority", func(it *work.Item) { delete(it.Signals, work.Priority) }, "no-priority"},
		{"no criteria", func(it *work.Item) { it.Attrs[work.AttrCriteria] = work.Yes(false) }, "no-acceptance"},
		{"nobody has read its text", func(it *work.Item) { delete(it.Attrs, work.AttrCriteria) }, ""},
		{"thirteen points", func(it *work.Item) { it.Signals[work.Effort] = 13 }, ""},
		{"twenty points", func(it *work.Item) { it.Signals[work.Effort] = 20 }, "too-large"},
		{"begun", func(it *work.Item) { it.Status = work.Active; it.Signals = nil }, "not judged"},
		{"an epic", func(it *work.Item) { it.Epic = true; it.Signals = nil }, "not judged"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			first := thing(1, complete)
			tt.change(&first)
			others := []work.Item{first}
			for n := 2; n <= 9; n++ {
				others = append(others, thing(n, complete))
			}
			if first.Key == "told by 3" {
				others[2].Links = []work.Link{{Kind: work.Blocks, To: first.Ref, Open: true}}
			}
			var a Agenda
			inOrder(t, 1, 1, others...).readiness(&a)
			if got := verdict(a); got != tt.want {
				t.Errorf("the item is %q, want %q", got, tt.want)
			}
		})
	}
}

// verdict says what the agenda has about its first line.
func verdict(a Agenda) string {
	if len(a.Unready) == 0 {
		if len(a.Ready) == 0 {
			return "not judged"
		}
		return ""
	}
	var out []string
	for _, l := range a.Unready[0].Lacks {
		s := l.Check
		for _, by := range l.By {
			s += " " + by.Key
		}
		out = append(out, s)
	}
	return strings.Join(out, "; ")
}

func TestASourceWithoutAFactLacksIt(t *testing.T) {
	bare := func(n int, source string) work.Item {
		return thing(n, func(it *work.Item) {
			it.Ref.Source = source
			it.Attrs[work.AttrCriteria] = work.Yes(false)
		})
	}
	var a Agenda
	inOrder(t, 1, 9, bare(1, "cards"), bare(2, "cards"), bare(3, "issues"), thing(4, func(it *work.Item) {
		it.Ref.Source = "issues"
		complete(it)
	})).readiness(&a)
	want := []Unready{{Line: 2, Lacks: []Lack{{Check: NoEstimate}, {Check: NoPriority}, {Check: NoCriteria}}}}
	if diff := cmp.Diff(want, a.Unready); diff != "" {
		t.Errorf("unready (-want +got), where the cards have no field for anything:\n%s", diff)
	}
}

// TestEstimatesInHoursAreNotAllTooLarge holds the second rule of what is large.
func TestEstimatesInHoursAreNotAllTooLarge(t *testing.T) {
	var items []work.Item
	for n := 1; n <= 40; n++ {
		items = append(items, thing(n, func(it *work.Item) {
			complete(it)
			it.Signals[work.Effort] = float64(10 * n)
		}))
	}
	var a Agenda
	inOrder(t, 1, 40, items...).readiness(&a)
	if len(a.Unready) != 5 || a.Unready[0].Line != 35 {
		t.Errorf("%d of 40 are too large, want the last five", len(a.Unready))
	}
}

// TestTheCountsAddUp checks any backlog: an item near the top is ready, unready or
// not judged, and the checks count what the lists hold.
func TestTheCountsAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		items := someItems(t, 30)
		b := ranked(t, 5, rapid.IntRange(-1, 40).Draw(t, "near"), items)
		var a Agenda
		b.readiness(&a)
		near := map[string]int{}
		for _, u := range a.Unready {
			if u.Line >= b.near() || len(u.Lacks) == 0 || slices.Contains(a.Ready, u.Line) {
				t.Fatalf("%+v of the first %d", u, b.near())
			}
			for _, l := range u.Lacks {
				near[l.Check]++
			}
		}
		sum := 0
		for _, c := range a.Checks {
			if c.Near != near[c.Name] || c.Near+c.Rest == 0 || c.Near+c.Rest > len(b.Lines) {
				t.Fatalf("%+v, with %d in the list", c, near[c.Name])
			}
			sum += c.Near
		}
		for _, n := range near {
			sum -= n
		}
		if sum != 0 || len(a.Ready)+len(a.Unready) > b.near() {
			t.Fatalf("checks %+v do not add up to the list %+v", a.Checks, a.Unready)
		}
	})
}

// someItems draws items of two sources that hold anything, linked at random.
func someItems(t *rapid.T, most int) []work.Item {
	n := rapid.IntRange(0, most).Draw(t, "items")
	rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 7))
	words := []string{"refund", "fails", "split", "payment", "bank", "slow", "page", "login"}
	out := make([]work.Item, n)
	for i := range out {
		out[i] = thing(i+1, func(it *work.Item) {
			it.Ref.Source = []string{"cards", "issues"}[rng.IntN(2)]
			it.Title = ""
			for range rng.IntN(5) {
				it.Title += words[rng.IntN(len(words))] + " "
			}
			it.Status = []work.Status{work.Open, work.Open, work.Open, work.Active}[rng.IntN(4)]
			for _, s := range []work.Signal{work.Priority, work.Effort, work.Votes} {
				if rng.IntN(3) > 0 {
					it.Signals[s] = float64(1+rng.IntN(20)) / 20
				}
			}
			it.Signals[work.Effort] *= 20
			if rng.IntN(2) == 0 {
				it.Attrs[work.AttrCriteria] = work.Yes(rng.IntN(2) == 0)
			}
			for range rng.IntN(3) {
				kind := []work.LinkKind{work.BlockedBy, work.Blocks, work.Duplicates}[rng.IntN(3)]
				it.Links = append(it.Links, work.Link{Kind: kind, To: work.Ref{Source: "issues", ID: strings.Repeat("1", 1+rng.IntN(2))}, Open: rng.IntN(2) == 0})
			}
		})
		if out[i].Signals[work.Effort] == 0 {
			delete(out[i].Signals, work.Effort)
		}
	}
	return out
}
