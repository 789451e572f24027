package report

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"stackrank/connectors"
	"stackrank/internal/cycle"
	"stackrank/internal/plan"
	"stackrank/internal/work"
)

// textOf renders a round of the items.
func textOf(t *testing.T, change func(*cycle.Inputs), items ...work.Item) string {
	t.Helper()
	var b bytes.Buffer
	if err := New(roundOf(t, []connectors.Reader{shelf{name: "platform", items: items}}, change)).Write(&b, Text, Style{}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func says(t *testing.T, text string, want ...string) {
	t.Helper()
	flat := strings.Join(strings.Fields(text), " ")
	for _, w := range want {
		if !strings.Contains(flat, w) {
			t.Errorf("the report does not say %q:\n%s", w, text)
		}
	}
}

func TestTheFirstScreenSaysThatTheEvidenceCarriesNoOrder(t *testing.T) {
	items := []work.Item{issue(1, "a", nil), issue(2, "b", nil), issue(3, "c", nil)}
	strict := func(in *cycle.Inputs) { in.Policy.Hysteresis = 0.7 }
	text := textOf(t, strict, items...)
	screen, rest, _ := strings.Cut(text, "\nORDER")
	says(t, screen, "The evidence does not carry an order: 0 % of the neighbours are surely in the right one.",
		"MOVES none, as the evidence carries no order")
	says(t, rest, "2 of 2 neighbours have equal scores", "set policy.hysteresis to 0.5")
	if text := textOf(t, nil, items...); strings.Contains(text, "carry") {
		t.Errorf("the report doubts an order of which nothing is asked:\n%s", text)
	}
}

func TestTheFirstScreenSaysWhatTheModelTakesForGranted(t *testing.T) {
	items := []work.Item{issue(1, "a", func(it *work.Item) { it.Signals["moscow"] = 0 }), issue(2, "b", nil)}
	text := textOf(t, func(in *cycle.Inputs) { in.Policy.Model = "moscow" }, items...)
	screen, _, _ := strings.Cut(text, "\nORDER")
	says(t, screen, "1 of 2 items lack moscow; taken instead: could.")
}

func TestTheReportTellsTheTimeOfItsZone(t *testing.T) {
	for name, want := range map[string]string{
		"Pacific/Auckland": "2026-11-25 01:00 NZDT", "America/Los_Angeles": "2026-11-24 04:00 PST", "UTC": "2026-11-24 12:00 UTC",
	} {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		says(t, textOf(t, func(in *cycle.Inputs) { in.Now = noon.In(zone) }, issue(1, "a", nil)), want)
	}
}

func TestItemsAboveTheirBlockersAreNamed(t *testing.T) {
	blocked := func(n, by string) Item {
		it := Item{Key: "PAY-" + n, Ref: work.Ref{Source: "p", ID: n}}
		if by != "" {
			it.BlockedBy = []work.Ref{{Source: "p", ID: by}}
		}
		return it
	}
	first, second := work.Ref{Source: "p", ID: "1"}, work.Ref{Source: "p", ID: "2"}
	each := map[work.Ref][]work.Ref{first: {second}, second: {first}}
	tests := []struct {
		name  string
		items []Item
		cycle map[work.Ref][]work.Ref
		want  string
	}{
		{"none", []Item{blocked("1", ""), blocked("2", "1"), blocked("3", "99")}, nil, ""},
		{"those that wait for each other", []Item{blocked("1", "2"), blocked("2", "1")}, each, ""},
		{"what a cycle waits for", []Item{blocked("1", "3"), blocked("2", "1"), blocked("3", "")}, each, "Items that keep their places stand against the links: PAY-1 above PAY-3."},
		{"one", []Item{blocked("1", "2"), blocked("2", "")}, nil, "Items that keep their places stand against the links: PAY-1 above PAY-2."},
		{"two", []Item{blocked("1", "3"), blocked("2", "3"), blocked("3", "")}, nil, "Items that keep their places stand against the links: PAY-1 above PAY-3, PAY-2 above PAY-3."},
		{"more", []Item{blocked("1", "5"), blocked("2", "5"), blocked("3", "5"), blocked("4", "5"), blocked("5", "")}, nil, "Items that keep their places stand against the links: PAY-1 above PAY-5, PAY-2 above PAY-5, PAY-3 above PAY-5, 1 more pair."},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for i := range tt.items {
				tt.items[i].Place = i + 1
			}
			got := ""
			for _, f := range (web{cycle: tt.cycle}).aboveBlockers(tt.items) {
				got += f.Message
			}
			if !strings.HasPrefix(got, tt.want) || got != "" && tt.want == "" {
				t.Errorf("aboveBlockers() = %q, want %q", got, tt.want)
			}
		})
	}
}

func TestWhatTheFirstTierPassesOverIsNamed(t *testing.T) {
	items := []work.Item{issue(1, "a", nil), issue(2, "b", nil), issue(3, "c", nil)}
	for i := range items[:2] {
		delete(items[i].Signals, work.Effort)
	}
	says(t, textOf(t, nil, items...), "2 items lack effort, which policy.require asks for, so stackrank-now passes over",
		"beginning with PAY-1, PAY-2, or change policy.require")
	unasked := func(in *cycle.Inputs) { in.Policy.Require = nil }
	if text := textOf(t, unasked, items...); strings.Contains(text, "passed-over") {
		t.Errorf("the report misses an effort that nobody asks for:\n%s", text)
	}
}

func TestTheBasisTellsWhatParentsAndZeroesAre(t *testing.T) {
	epic := issue(1, "epic", func(it *work.Item) { it.Signals["stakeholders"] = 9; it.Signals[work.Votes] = 4 })
	var items []work.Item
	for i := range 3 {
		items = append(items, issue(i+2, "story", func(it *work.Item) { it.Parent = epic.Ref; it.Signals[work.Votes] = 0 }))
	}
	text := textOf(t, func(in *cycle.Inputs) {
		in.Policy.Value = map[string]float64{"stakeholders": 2, "demand": 1, "priority": 1}
		in.Rules.To = map[string]plan.Target{"platform": {Score: "Score"}}
	}, append([]work.Item{epic}, append(items, issue(5, "rated", func(it *work.Item) { it.Signals["stakeholders"] = 5; it.Signals[work.Votes] = 0 }))...)...)
	says(t, text, "stakeholders known for 40 % 2 different values, 60 % from parents",
		"demand known for 100 % 2 different values, zero for 80 %", "Its parent is rated 9 of 10, medium priority, three and a half days' work.")
}
