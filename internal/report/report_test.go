package report

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"stackrank/connectors"
	"stackrank/internal/cycle"
	"stackrank/internal/plan"
	"stackrank/internal/work"
	"stackrank/prioritize"
)

var update = flag.Bool("update", false, "rewrite the golden files")

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

// shelf is a source that holds what it was given.
type shelf struct {
	name  string
	items []work.Item
	found []work.Finding
}

func (s shelf) Source() string { return s.name }

func (s shelf) Caps() work.Caps {
	return work.Caps{Slots: []work.Slot{work.SlotScore, work.SlotRank, work.SlotLabel}, Order: true, MaxRun: 50}
}

func (s shelf) Pull(context.Context) (work.Snapshot, error) {
	return work.Snapshot{Site: "https://" + s.name + ".example", Items: s.items, Findings: s.found}, nil
}

func issue(n int, title string, change func(*work.Item)) work.Item {
	it := work.Item{
		Ref: work.Ref{Source: "platform", ID: fmt.Sprint(10000 + n)}, Key: fmt.Sprintf("PAY-%d", n), Title: title,
		URL: fmt.Sprintf("https://platform.example/browse/PAY-%d", n), Type: "Story", Status: work.Open, Native: n - 1,
		Created: noon.AddDate(0, -2, 0), Signals: work.Signals{work.Priority: 0.5, work.Effort: 3},
	}
	if change != nil {
		change(&it)
	}
	return it
}

// backlog is a small backlog with one of each: much asked for, due, pinned,
// hostile, unreadable.
func backlog() []connectors.Reader {
	asked := func(it *work.Item) {
		it.Signals = work.Signals{work.Priority: 0.75, work.Effort: 1.5, work.Comments: 14}
		for i := range 14 {
			it.Events = append(it.Events, work.Event{Signal: work.Comments, At: noon.AddDate(0, 0, -i), Amount: 1})
		}
		it.Due = time.Date(2026, 11, 28, 0, 0, 0, 0, time.UTC)
		it.Links = []work.Link{
			{Kind: work.BlockedBy, To: work.Ref{Source: "platform", ID: "10002"}, Open: true},
			{Kind: work.BlockedBy, To: work.Ref{Source: "platform", ID: "9"}},
			{Kind: work.Blocks, To: work.Ref{Source: "platform", ID: "10001"}, Open: true},
		}
	}
	items := []work.Item{
		issue(1, "Import last year's invoices", func(it *work.Item) { it.Signals = work.Signals{work.Priority: 0.05, work.Effort: 8} }),
		issue(2, "Dark mode", func(it *work.Item) { it.Labels = []string{"stackrank-pin", "ui"} }),
		issue(3, "Refund fails for split payments", asked),
		issue(4, "=HYPERLINK(\"http://evil.example\")\x1b[31m red\nsecond | line <b>", func(it *work.Item) { it.Signals[work.Votes] = 3 }),
		issue(5, "", func(it *work.Item) { it.Signals = work.Signals{}; it.Due = noon.AddDate(-3, 0, 0) }),
	}
	found := []work.Finding{{Ref: items[4].Ref, Code: "no-title", Message: "It has no title.", Fix: "Give it one.", Level: work.Note}}
	return []connectors.Reader{shelf{"platform", items, found}}
}

func roundOf(t *testing.T, readers []connectors.Reader, change func(*cycle.Inputs)) cycle.Round {
	t.Helper()
	in := cycle.Inputs{Backlog: "payments", Policy: prioritize.Default(), Rules: plan.Default(), Now: noon}
	in.Policy.Value = map[string]float64{"priority": 0.5, "demand": 0.5}
	in.Policy.Hysteresis = 0.5
	in.Rules.To = map[string]plan.Target{"platform": {Score: "Score", Rank: "Rank", Labels: true, Order: true}}
	if change != nil {
		change(&in)
	}
	r, err := cycle.Preview(t.Context(), in, readers)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestFormats(t *testing.T) {
	full := New(roundOf(t, backlog(), nil))
	tests := []struct {
		name   string
		doc    Document
		format Format
		style  Style
	}{
		{"text at 80 columns", full, Text, Style{}},
		{"text at 120 columns in colour", full, Text, Style{Width: 120, Color: true}},
		{"text of the first two", full, Text, Style{Top: 2}},
		{"text redacted", full.Redact(), Text, Style{}},
		{"markdown", full, Markdown, Style{}},
		{"json", full, JSON, Style{}},
		{"csv", full, CSV, Style{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var b bytes.Buffer
			if err := tt.doc.Write(&b, tt.format, tt.style); err != nil {
				t.Fatal(err)
			}
			file := filepath.Join("testdata", strings.ReplaceAll(tt.name, " ", "-")+".golden")
			if *update {
				if err := os.WriteFile(file, b.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), b.String()); diff != "" {
				t.Errorf("differs from %s (-want +got), rewrite with -update:\n%s", file, diff)
			}
		})
	}
}

func TestFirstScreenFits(t *testing.T) {
	var many []work.Item
	for i := range 300 {
		many = append(many, issue(i+1, strings.Repeat("a long title ", 20), func(it *work.Item) {
			it.Signals = work.Signals{work.Priority: float64(i%5) / 4, work.Votes: float64(i * 7 % 13)}
		}))
	}
	equal := slices.Clone(many)
	for i := range equal {
		equal[i].Signals = work.Signals{work.Priority: 0.5}
	}
	equal[7].Status, equal[8].Signals = work.Active, work.Signals{work.Priority: 1}
	doubtful := func(in *cycle.Inputs) {
		in.Policy.Hysteresis = 0.7
		in.Rules.To = map[string]plan.Target{"platform": {Score: "Score", Rank: "Rank", Labels: true}}
	}
	for name, text := range map[string]string{"much moves": textOf(t, nil, many...), "all is the same": textOf(t, doubtful, equal...)} {
		t.Run(name, func(t *testing.T) {
			for l := range strings.SplitSeq(text, "\n") {
				if width(l) > 80 {
					t.Errorf("%d cells, want at most 80: %q", width(l), l)
				}
			}
			summary := firstScreen(text)
			if lines := strings.Count(summary, "\n"); lines > screen {
				t.Errorf("the summary takes %d lines, want at most %d:\n%s", lines, screen, summary)
			}
		})
	}
}

func TestHostileTitlesAreHarmless(t *testing.T) {
	d := New(roundOf(t, backlog(), nil))
	for _, f := range []Format{Text, Markdown, CSV} {
		var b bytes.Buffer
		if err := d.Write(&b, f, Style{}); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(b.String(), "\x1b") {
			t.Errorf("%s holds a terminal escape", f)
		}
		if f == Markdown && strings.Contains(b.String(), "<b>") {
			t.Errorf("markdown holds markup of a title")
		}
	}
	var b bytes.Buffer
	if err := d.Write(&b, CSV, Style{}); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(&b).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		for _, cell := range row {
			if strings.HasPrefix(cell, "=") {
				t.Errorf("a spreadsheet would compute the cell %q", cell)
			}
		}
	}
}

func TestPartsAddUpToTheValue(t *testing.T) {
	for _, it := range New(roundOf(t, backlog(), nil)).Items {
		sum := 0.0
		for _, p := range it.Parts {
			sum += p.Points
		}
		if diff := sum - it.Value; diff > 0.001 || diff < -0.001 {
			t.Errorf("%s: the points add up to %v, the value is %v", it.Key, sum, it.Value)
		}
	}
}

func TestSavedPlanIsReadBack(t *testing.T) {
	r := roundOf(t, backlog(), nil)
	var b bytes.Buffer
	if err := New(r).Write(&b, JSON, Style{}); err != nil {
		t.Fatal(err)
	}
	saved, err := ReadSaved(&b)
	if err != nil {
		t.Fatal(err)
	}
	got := saved["payments"]
	if !got.Plan.Intact() || got.Plan.Digest != r.Plan.Digest || got.Policy != r.PolicyDigest || !got.At.Equal(r.At) {
		t.Errorf("ReadSaved() = %v, %v, %v", got.Plan.Digest, got.Policy, got.At)
	}
}

func TestSameRoundSameBytes(t *testing.T) {
	var a, b bytes.Buffer
	for _, w := range []*bytes.Buffer{&a, &b} {
		if err := New(roundOf(t, backlog(), nil)).Write(w, JSON, Style{}); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(a.Bytes(), b.Bytes()) {
		t.Error("two documents of the same round differ")
	}
	if !json.Valid(a.Bytes()) || bytes.Count(a.Bytes(), []byte("\n")) != 1 {
		t.Error("a document is not one line of JSON")
	}
}

var symbols = regexp.MustCompile(`[^\pL\pN .,':-]`)

func TestSentencesAreShortAndPlain(t *testing.T) {
	engine, err := prioritize.New(prioritize.Default())
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		it := work.Item{Ref: work.Ref{Source: "s", ID: "1"}, Created: noon.AddDate(0, 0, -rapid.IntRange(0, 4000).Draw(t, "age")), Signals: work.Signals{}}
		for _, s := range []work.Signal{work.Priority, work.Effort, work.Votes, work.Watchers, work.Comments, "revenue", "customers"} {
			if rapid.Bool().Draw(t, "known") {
				it.Signals[s] = rapid.Float64Range(0, 1e7).Draw(t, string(s))
			}
		}
		if rapid.Bool().Draw(t, "dated") {
			it.Due = noon.AddDate(0, 0, rapid.IntRange(-9000, 9000).Draw(t, "due"))
		}
		it.Class = work.Class{Name: rapid.SampledFrom(append(prioritize.Classes(), work.Standard)).Draw(t, "class"), Target: 24 * time.Hour}
		got := Sentence(engine.Score(work.Group{Items: []work.Item{it}}, noon), noon)
		if class := engine.Score(work.Group{Items: []work.Item{it}}, noon).Class; strings.Contains(got, "class") != (class != work.Standard) {
			t.Fatalf("%q of class %q", got, class)
		}
		if n := len(strings.Fields(got)); n > maxWords || n == 0 {
			t.Fatalf("%d words, want 1 to %d: %q", n, maxWords, got)
		}
		if symbols.MatchString(got) {
			t.Fatalf("a symbol in %q", got)
		}
	})
}

func TestDueReadsAsPeopleSayIt(t *testing.T) {
	end := func(day string) time.Time {
		d, err := time.Parse(time.DateOnly, day)
		if err != nil {
			t.Fatal(err)
		}
		return d.AddDate(0, 0, 1)
	}
	tests := []struct{ day, want string }{
		{"2026-11-24", "due today"},
		{"2026-11-25", "due tomorrow"},
		{"2026-11-27", "due Friday"},
		{"2026-12-09", "due 9 December"},
		{"2028-03-01", "due March 2028"},
		{"2026-11-23", "due yesterday"},
		{"2026-11-14", "overdue by ten days"},
		{"2019-01-01", "overdue since 2019"},
	}
	for _, tt := range tests {
		if got := due(prioritize.Score{Due: end(tt.day)}, noon); got != tt.want {
			t.Errorf("due on %s reads %q, want %q", tt.day, got, tt.want)
		}
	}
}

func TestFailuresOfOneCauseAreSaidOnce(t *testing.T) {
	d := New(roundOf(t, backlog(), nil))
	ref := func(n int) work.Ref { return d.Items[n].Ref }
	refused := func(n int) string { return "card " + d.Items[n].Key + ": the token may not write" }
	d.Written = &Written{Done: 2, Moved: 1, Edited: 1, Failed: []Failed{
		{Ref: ref(0), Error: refused(0)}, {Ref: ref(1), Error: "timeout"}, {Ref: ref(2), Error: refused(2)}, {Ref: ref(3), Error: refused(3)},
	}}
	var b bytes.Buffer
	if err := d.Write(&b, Text, Style{Width: 80}); err != nil {
		t.Fatal(err)
	}
	key := func(n int) string { return d.Items[n].Key }
	want := "WRITTEN  2 done, 4 failed: 1 move, edits of 1 item\n" +
		"  " + refused(0) + "\n    also " + key(2) + ", " + key(3) + "\n  " + key(1) + ": timeout\n"
	if !strings.Contains(b.String(), want) {
		t.Errorf("the failures are not said as in\n%s\nbut\n%s", want, b.String())
	}
}

func TestEffortReadsAsTheTableShowsIt(t *testing.T) {
	tests := []struct {
		days float64
		want string
	}{
		{0.5, "half a day's work"},
		{1, "one day's work"},
		{1.5, "one and a half days' work"},
		{2.5, "two and a half days' work"},
		{3, "three days' work"},
		{8.5, "eight and a half days' work"},
		{20.5, "21 days' work"},
	}
	for _, tt := range tests {
		if got := effort(prioritize.Score{Effort: tt.days, EffortKnown: true}); got != tt.want {
			t.Errorf("%v days read %q, want %q", tt.days, got, tt.want)
		}
	}
}

func FuzzClean(f *testing.F) {
	for _, s := range []string{"a\x1b[1mb", "\x1b]0;title\x07x", "a\u202eb", "\xff\xfe", "a\u2028b", "x\x1b", "\u009b31m"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := Clean(s)
		if Clean(got) != got {
			t.Errorf("cleaning %q twice gives another text", got)
		}
		if strings.ContainsAny(got, "\x00\x07\x08\x1b\n\r\t\u009b\u202e\u2028") {
			t.Errorf("Clean(%q) = %q", s, got)
		}
	})
}

func TestAFailureNamesItsItemOnce(t *testing.T) {
	d := New(roundOf(t, backlog(), nil))
	ref, key := d.Items[0].Ref, d.Items[0].Key
	d.Written = &Written{Failed: []Failed{{Ref: ref, Error: "card " + key + ": refused"}}}
	var b bytes.Buffer
	if err := d.Write(&b, Text, Style{}); err != nil {
		t.Fatal(err)
	}
	_, said, _ := strings.Cut(b.String(), "WRITTEN")
	if n := strings.Count(said, key); n != 1 {
		t.Errorf("the failure names %s %d times:\n%s", key, n, said)
	}
}

func TestWhereNothingMovesTheReportSaysSo(t *testing.T) {
	d := New(roundOf(t, backlog(), func(in *cycle.Inputs) {
		in.Rules.To = map[string]plan.Target{"platform": {Score: "Score"}}
	}))
	var b bytes.Buffer
	if err := d.Write(&b, Text, Style{}); err != nil {
		t.Fatal(err)
	}
	if want := "MOVES  none: order is not written to platform (order: false)\n  5 fields and 0 labels change.\n"; !strings.Contains(b.String(), want) {
		t.Errorf("the report does not say %q:\n%s", want, b.String())
	}
}
