package work

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func FuzzParseRef(f *testing.F) {
	for _, s := range []string{"platform:10042", "a:b:c", ":", "A:1", "", "x:"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		r, err := ParseRef(s)
		if err != nil {
			return
		}
		if r.String() != s {
			t.Errorf("ParseRef(%q).String() = %q", s, r)
		}
	})
}

func TestRefsOfDigitsCompareByNumber(t *testing.T) {
	refs := []Ref{{"b", "1"}, {"a", "10"}, {"a", "9"}, {"a", "x"}, {"a", "010"}, {"a", "2z"}}
	slices.SortFunc(refs, Ref.Compare)
	want := "[a:9 a:010 a:10 a:2z a:x b:1]"
	if got := fmt.Sprint(refs); got != want {
		t.Errorf("sorted %v, want %v", got, want)
	}
}

func TestCompareIsATotalOrder(t *testing.T) {
	id := rapid.OneOf(rapid.StringMatching(`0?[0-9]{1,3}`), rapid.StringMatching(`[a-c0-9]{1,3}`))
	ref := rapid.Custom(func(t *rapid.T) Ref {
		return Ref{Source: rapid.SampledFrom([]string{"a", "b"}).Draw(t, "source"), ID: id.Draw(t, "id")}
	})
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := ref.Draw(t, "a"), ref.Draw(t, "b"), ref.Draw(t, "c")
		if a.Compare(b) != -b.Compare(a) {
			t.Fatalf("%v and %v do not agree on who is first", a, b)
		}
		if a.Compare(b) <= 0 && b.Compare(c) <= 0 && a.Compare(c) > 0 {
			t.Fatalf("%v ≤ %v ≤ %v, and yet %v > %v", a, b, c, a, c)
		}
		if (a.Compare(b) == 0) != (a == b) {
			t.Fatalf("Compare(%v, %v) = 0 for different refs, or not for the same", a, b)
		}
	})
}

func TestValues(t *testing.T) {
	tests := []struct {
		name string
		in   Value
		want string // JSON
	}{
		{"a number keeps four decimals", Number(1.00005), "1.0001"},
		{"a third decimal of a sum is exact", Number(0.1 + 0.2), "0.3"},
		{"minus zero is zero", Number(math.Copysign(0, -1)), "0"},
		{"no number is nothing", Number(math.NaN()), "null"},
		{"infinity is nothing", Number(math.Inf(1)), "null"},
		{"a huge number takes its shortest form", Number(1 << 60), "1152921504606847000"},
		{"the empty text is nothing", Text(""), "null"},
		{"a text is a string", Text("a\"b"), `"a\"b"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b, err := json.Marshal(tt.in)
			if err != nil {
				t.Fatal(err)
			}
			if string(b) != tt.want {
				t.Errorf("JSON %s, want %s", b, tt.want)
			}
			var back Value
			if err := json.Unmarshal(b, &back); err != nil || back != tt.in {
				t.Errorf("read back %v, %v; want %v", back, err, tt.in)
			}
		})
	}
}

func TestEditReadsAsPeopleSayIt(t *testing.T) {
	tests := []struct {
		name string
		edit Edit
		want string
	}{
		{"a value changes", Edit{Op: Set, Slot: SlotScore, Old: Number(61), New: Number(74.5)}, "score 61 → 74.5"},
		{"a value is new", Edit{Op: Set, Slot: SlotRank, New: Number(3)}, "rank none → 3"},
		{"a label comes", Edit{Op: Add, Slot: SlotLabel, New: Text("stackrank-now")}, "label stackrank-now"},
		{"a label goes", Edit{Op: Remove, Slot: SlotLabel, Old: Text("stackrank-next")}, "label stackrank-next"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.edit.String(); got != tt.want {
				t.Errorf("String() = %q, want %q", got, tt.want)
			}
			b, err := json.Marshal(tt.edit)
			if err != nil {
				t.Fatal(err)
			}
			var back Edit
			if err := json.Unmarshal(b, &back); err != nil || back != tt.edit {
				t.Errorf("%s read back as %v, %v", b, back, err)
			}
		})
	}
}

func TestJoin(t *testing.T) {
	issue := Item{Ref: Ref{"jira", "1"}, URL: "https://acme.example/browse/PAY-1"}
	other := Item{Ref: Ref{"jira", "2"}, URL: "https://acme.example/browse/PAY-2"}
	card := func(id, url string) Item {
		return Item{Ref: Ref{"trello", id}, URL: "https://trello.com/c/" + id, Links: []Link{{Kind: Mirrors, URL: url}}}
	}
	tests := []struct {
		name  string
		items []Item
		want  string
	}{
		{"a card and its issue are one, named by the issue", []Item{card("a", issue.URL), issue}, "[[jira:1 trello:a]]"},
		{"the address may differ in case of the host, query and slash", []Item{issue, card("a", "HTTPS://ACME.example/browse/PAY-1/?x=1#c")}, "[[jira:1 trello:a]]"},
		{"two cards of one issue join it", []Item{card("b", issue.URL), card("a", issue.URL), issue}, "[[jira:1 trello:a trello:b]]"},
		{"an issue outside the pull joins nothing", []Item{card("a", "https://acme.example/browse/PAY-9"), issue}, "[[trello:a] [jira:1]]"},
		{"a link by ref joins", []Item{other, {Ref: Ref{"trello", "a"}, Links: []Link{{Kind: Mirrors, To: other.Ref}}}}, "[[jira:2 trello:a]]"},
		{"other links join nothing", []Item{issue, {Ref: Ref{"trello", "a"}, Links: []Link{{Kind: Blocks, To: issue.Ref}}}}, "[[jira:1] [trello:a]]"},
		{"an item that mirrors itself stays alone", []Item{{Ref: issue.Ref, URL: issue.URL, Links: []Link{{Kind: Mirrors, URL: issue.URL}}}}, "[[jira:1]]"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := fmt.Sprint(refs(Join(tt.items))); got != tt.want {
				t.Errorf("Join() = %v, want %v", got, tt.want)
			}
		})
	}
}

func refs(groups []Group) [][]Ref {
	var out [][]Ref
	for _, g := range groups {
		var of []Ref
		for _, it := range g.Items {
			of = append(of, it.Ref)
		}
		out = append(out, of)
	}
	return out
}

func TestJoinLosesNothingWhateverTheLinks(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 12).Draw(t, "n")
		items := make([]Item, n)
		for i := range items {
			items[i].Ref = Ref{"s", fmt.Sprint(i)}
			for range rapid.IntRange(0, 2).Draw(t, "links") {
				to := Ref{"s", fmt.Sprint(rapid.IntRange(0, 14).Draw(t, "to"))}
				items[i].Links = append(items[i].Links, Link{Kind: Mirrors, To: to})
			}
		}
		seen := map[Ref]bool{}
		for _, g := range Join(items) {
			for _, it := range g.Items {
				if seen[it.Ref] {
					t.Fatalf("%s is in two groups", it.Ref)
				}
				seen[it.Ref] = true
			}
		}
		if diff := cmp.Diff(n, len(seen)); diff != "" {
			t.Fatalf("items lost (-in +out): %s", diff)
		}
	})
}

func TestJoinFindsTheParentsNearestFirst(t *testing.T) {
	below := func(id, parent string) Item {
		it := Item{Ref: Ref{"s", id}}
		if parent != "" {
			it.Parent = Ref{"s", parent}
		}
		return it
	}
	items := []Item{below("1", "2"), below("2", "3"), below("3", ""), below("4", "5"), below("5", "4"), below("6", "7"), below("8", "8")}
	want := map[string]string{"1": "[s:2 s:3]", "2": "[s:3]", "3": "[]", "4": "[s:5]", "5": "[s:4]", "6": "[]", "8": "[]"}
	for _, g := range Join(items) {
		above := []Ref{}
		for _, it := range g.Above {
			above = append(above, it.Ref)
		}
		if got := fmt.Sprint(above); got != want[g.Ref().ID] {
			t.Errorf("above %s stand %s, want %s", g.Ref(), got, want[g.Ref().ID])
		}
	}
}

// TestJoinFindsDuplicatesOfDuplicates draws the links of a chain, a pair that
// points both ways, one that points to itself, and a mirror of a duplicate.
func TestJoinFindsDuplicatesOfDuplicates(t *testing.T) {
	item := func(id string, kind LinkKind, to ...string) Item {
		it := Item{Ref: Ref{"s", id}}
		for _, other := range to {
			it.Links = append(it.Links, Link{Kind: kind, To: Ref{"s", other}})
		}
		return it
	}
	items := []Item{
		item("1", Duplicates, "2"), item("2", Duplicates, "3"), item("3", Duplicates), item("4", Duplicates, "5", "5"), item("5", Duplicates, "4"),
		item("6", Duplicates, "6", "99"), item("7", Blocks, "1"), item("8", Mirrors, "3"),
	}
	want := map[string]string{"1": "1 2 3", "2": "1 2 3", "3": "1 2 3", "4": "4 5", "5": "4 5", "6": "", "7": ""}
	for _, turn := range []bool{false, true} {
		if turn {
			slices.Reverse(items)
		}
		for _, g := range Join(items) {
			var got []string
			for _, o := range g.Same {
				got = append(got, o.Ref().ID)
				if o.Ref().ID == "3" && len(o.Items) != 2 {
					t.Errorf("3 has %d members, want its mirror too", len(o.Items))
				}
			}
			if strings.Join(got, " ") != want[g.Ref().ID] {
				t.Errorf("%s is the same as %v, want %s", g.Ref(), got, want[g.Ref().ID])
			}
		}
	}
}

func TestPlainLeavesOutTheNameOfARefusal(t *testing.T) {
	for err, want := range map[error]string{
		fmt.Errorf("source s: %w: jql is empty", ErrInvalid): "source s: jql is empty",
		fmt.Errorf("card x: %w", ErrInvalid):                 "card x: refused as invalid",
		fmt.Errorf("%w: gone", ErrNotFound):                  "not found: gone",
	} {
		if got := Plain(err); got != want {
			t.Errorf("Plain(%q) = %q, want %q", err, got, want)
		}
	}
}
