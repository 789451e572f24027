package expression

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"stackrank/internal/work"
)

var (
	berlin = time.FixedZone("Berlin", 3600)
	noon   = time.Date(2026, 3, 2, 12, 0, 0, 0, berlin)
)

// sample is an item that has most of what a formula can name.
func sample() work.Item {
	return work.Item{
		Ref: work.Ref{Source: "platform", ID: "7"}, Key: "PAY-7", Title: "Refund fails", URL: "https://acme.net/browse/PAY-7",
		Type: "Bug", Status: work.Active, LaneName: "Next", Labels: []string{"hotfix", "team-a"}, Sprint: true,
		Created: time.Date(2026, 2, 19, 23, 30, 0, 0, time.UTC), // the 20th in Berlin
		Due:     time.Date(2026, 3, 5, 0, 0, 0, 0, berlin),      // the day that ends then is the 4th
		Signals: work.Signals{work.Votes: 4, "revenue": 1000},
		Attrs:   map[string]work.Attr{"components": {Text: "Checkout, Refunds"}, "Risk class": {Text: "3", Number: 3, Numeric: true}},
		Links:   []work.Link{{Kind: work.Blocks, Open: true}, {Kind: work.Blocks}, {Kind: work.BlockedBy}},
	}
}

// eval gives the result of a formula on an item as text: a number, "unknown", or
// the words of the finding.
func eval(t *testing.T, text string, it work.Item) string {
	t.Helper()
	s, err := Compile(map[string]string{"x": text}, nil, "")
	if err != nil {
		t.Fatal(err)
	}
	items := []work.Item{it}
	for _, f := range s.Enrich(items, noon) {
		if f.Code == "bad-signal" {
			return f.Message
		}
	}
	if x, ok := items[0].Signals["x"]; ok {
		return fmt.Sprint(x)
	}
	return "unknown"
}

func TestAFormulaGivesItsResult(t *testing.T) {
	tests := []struct{ text, want string }{
		{`3`, "3"}, {`true`, "1"}, {`false`, "0"}, {`nil`, "unknown"}, {`-0.0`, "0"},
		{`signals.votes * 2`, "8"}, {`7 / 2`, "3.5"}, {`2 ** 3 ^ 1`, "8"}, {`9223372036854775807 + 1`, fmt.Sprint(math.Pow(2, 63))},
		{`signals.nothing * 2`, "unknown"}, {`signals.nothing > 2`, "unknown"}, {`-signals.nothing`, "unknown"},
		{`signals.nothing`, "unknown"}, {`(signals.nothing ?? 1) * 2`, "2"}, {`signals.nothing == nil`, "1"},
		{`signals.nothing == 3`, "0"}, {`sprint || signals.nothing > 3`, "1"}, {`epic || signals.nothing > 3`, "unknown"},
		{`sprint ? 5 : signals.nothing`, "5"}, {`epic ? 5 : signals.nothing`, "unknown"}, {`max(signals.nothing, 3)`, "unknown"},
		{`max(signals.votes, 3, age)`, "10"}, {`abs(-2) + ceil(1.2) + floor(1.8) + round(2.5)`, "8"},
		{`age`, "10"}, {`due_in`, "2"}, {`created == "2026-02-20"`, "1"}, {`due == "2026-03-04"`, "1"}, {`due < "2026-03-05"`, "1"},
		{`created > "2026-01-01" and created <= "2026-02-20"`, "1"},
		{`"hotfix" in labels`, "1"}, {`any(labels, # startsWith "team-")`, "1"}, {`count(labels, len(#) == 6)`, "2"}, {`labels | none(# == "x")`, "1"},
		{`len(labels)`, "2"}, {`len(title) > 3 ? 1 : 0`, "1"}, {`lower(title) contains "refund"`, "1"}, {`title matches "(?i)^refund"`, "1"},
		{`type in ["Bug", "Incident"]`, "1"}, {`type not in ["Bug"]`, "0"}, {`signals.votes in [3, 4]`, "1"},
		{`status == "active"`, "1"}, {`lane == "Next" && source == "platform" && key == "PAY-7" && url endsWith "PAY-7"`, "1"},
		{`sprint ? 1 : 0`, "1"}, {`epic or subtask`, "0"},
		{`links.blocks`, "2"}, {`open_links.blocks`, "1"}, {`links.blocked_by - open_links.blocked_by`, "1"}, {`links.mirrors + links.duplicates`, "0"},
		{`fields.components contains "Refunds"`, "1"}, {`fields["Risk class"] * 2`, "6"}, {`fields.nothing`, "unknown"}, {`fields.nothing ?? 5`, "5"},
		{`fields.nothing matches "x"`, "0"}, {`if sprint { 3 } else { 4 }`, "3"},
		{`1 / (signals.votes - 4)`, "Signal x cannot be computed for PAY-7: it gives no finite number; it is not known there."},
		{`fields.components`, "Signal x cannot be computed for PAY-7: it gives a text; it is not known there."},
		{`fields.components > 3`, "Signal x cannot be computed for PAY-7: no such operation: text > number; it is not known there."},
		{`float(title)`, "Signal x cannot be computed for PAY-7: its parts do not fit together; it is not known there."},
	}
	for _, tt := range tests {
		if got := eval(t, tt.text, sample()); got != tt.want {
			t.Errorf("%s = %s, want %s", tt.text, got, tt.want)
		}
	}
}

func TestDatesOfAnItemThatHasNoneAreUnknown(t *testing.T) {
	for _, text := range []string{"age", "due_in", "due_in < 7", `due < "2026"`, `created > "2026"`} {
		if got := eval(t, text, work.Item{}); got != "unknown" {
			t.Errorf("%s = %s", text, got)
		}
	}
}

func TestTheFirstConditionThatHoldsDecides(t *testing.T) {
	s, err := Compile(nil, []Rule{
		{Class: work.Expedite, When: `"hotfix" in labels`},
		{Class: work.SLA, Target: 48 * time.Hour, When: `type == "Bug"`},
		{Class: work.Intangible, When: `signals.revenue < 5`},
		{Class: work.FixedDate, When: `due_in < 30`},
	}, "")
	if err != nil {
		t.Fatal(err)
	}
	hot, bug, dated, plain := sample(), sample(), sample(), sample()
	bug.Labels = nil
	dated.Labels, dated.Type = nil, "Story"
	plain.Labels, plain.Type, plain.Due = nil, "Story", time.Time{}
	items := []work.Item{hot, bug, dated, plain}
	if f := s.Enrich(items, noon); f != nil {
		t.Errorf("findings: %v", f)
	}
	want := []work.Class{{Name: work.Expedite}, {Name: work.SLA, Target: 48 * time.Hour}, {Name: work.FixedDate}, {}}
	for i := range items {
		if items[i].Class != want[i] {
			t.Errorf("item %d is of class %v, want %v", i, items[i].Class, want[i])
		}
	}
}

func TestAnOwnSignalReplacesThatOfTheTracker(t *testing.T) {
	day := noon.AddDate(0, 0, -3)
	base := sample()
	base.Events = []work.Event{{Signal: work.Votes, At: day, Amount: 1}, {Signal: "other", At: day, Amount: 1}}
	other := base.Events[1]
	tests := []struct {
		text   string
		want   work.Signals
		events []work.Event
	}{
		{"signals.votes * 3", work.Signals{work.Votes: 12, "revenue": 1000}, []work.Event{{Signal: work.Votes, At: day, Amount: 3}, other}},
		{"signals.votes", work.Signals{work.Votes: 4, "revenue": 1000}, base.Events},
		{"0", work.Signals{work.Votes: 0, "revenue": 1000}, []work.Event{other}},
		{"-1", work.Signals{work.Votes: -1, "revenue": 1000}, []work.Event{other}},
		{"nil", work.Signals{"revenue": 1000}, []work.Event{other}},
	}
	for _, tt := range tests {
		s, err := Compile(map[string]string{"votes": tt.text}, nil, "")
		if err != nil {
			t.Fatal(err)
		}
		items := []work.Item{base}
		s.Enrich(items, noon)
		if diff := cmp.Diff(tt.want, items[0].Signals); diff != "" {
			t.Errorf("%s: signals (-want +got):\n%s", tt.text, diff)
		}
		if diff := cmp.Diff(tt.events, items[0].Events); diff != "" {
			t.Errorf("%s: events (-want +got):\n%s", tt.text, diff)
		}
	}
	if base.Signals[work.Votes] != 4 || len(base.Events) != 2 || base.Events[0].Amount != 1 {
		t.Error("what the items share was changed")
	}
}

func TestFormulasDoNotSeeEachOther(t *testing.T) {
	s, err := Compile(map[string]string{"a": "1", "b": "signals.a", "votes": "99", "w": "signals.votes"}, []Rule{{Class: work.Expedite, When: "signals.votes == 4"}}, "")
	if err != nil {
		t.Fatal(err)
	}
	items := []work.Item{sample()}
	s.Enrich(items, noon)
	if _, known := items[0].Signals["b"]; known || items[0].Signals["w"] != 4 || items[0].Class.Name != work.Expedite {
		t.Errorf("item = %+v", items[0])
	}
}

func TestManyFailuresAreOneFinding(t *testing.T) {
	s, err := Compile(map[string]string{"x": "1 / (signals.votes - 4)", "y": "signals.gone ?? fields.lost"}, nil, "")
	if err != nil {
		t.Fatal(err)
	}
	for n, want := range map[int][]string{
		3: {"PAY-7", "PAY-7", "PAY-7", "No item of this backlog has fields.lost, which policy.signals.y reads.", "No item of this backlog has signals.gone, which policy.signals.y reads."},
		4: {"Signal x cannot be computed for 4 items, first for PAY-7: it gives no finite number; it is not known there.", "fields.lost", "signals.gone"},
	} {
		var items []work.Item
		for range n {
			items = append(items, sample())
		}
		found := s.Enrich(items, noon)
		if len(found) != len(want) {
			t.Fatalf("%d items: %d findings: %v", n, len(found), found)
		}
		for i, f := range found {
			if !strings.Contains(f.Message, want[i]) || f.Ref.IsZero() != (n == 4 || i >= 3) {
				t.Errorf("%d items: finding %d = %+v, want %q", n, i, f, want[i])
			}
		}
	}
	if f := s.Enrich(nil, noon); len(f) > 0 {
		t.Errorf("findings about no item: %v", f)
	}
}

// What we write must not move what is ranked by: a second round would find
// something to write for ever.
func TestFormulasDoNotSeeOurLabels(t *testing.T) {
	s, err := Compile(map[string]string{"n": "len(labels)", "now": `"ours-now" in labels`}, nil, "ours-")
	if err != nil {
		t.Fatal(err)
	}
	it := sample()
	it.Labels = []string{"hotfix", "ours-now", "ours-pin", "team-a"}
	items := []work.Item{it}
	s.Enrich(items, noon)
	if items[0].Signals["n"] != 2 || items[0].Signals["now"] != 0 || len(it.Labels) != 4 || it.Labels[1] != "ours-now" {
		t.Errorf("signals %v, labels %v", items[0].Signals, it.Labels)
	}
}
