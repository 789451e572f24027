package report

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"stackrank/connectors"
	"stackrank/internal/cycle"
	"stackrank/internal/plan"
	"stackrank/internal/work"
)

// agenda gives a report of twelve items, of which the first three are the first
// tier: one without an estimate at the line, one that waits for another, an old
// and quiet one, and two alike.
func agenda(t *testing.T) Document {
	t.Helper()
	titles := map[int]string{4: "Refund of split payments fails", 9: "Refund fails of split payments", 11: "Old wish"}
	var items []work.Item
	for n := 1; n <= 12; n++ {
		items = append(items, issue(n, titles[n], func(it *work.Item) {
			if it.Title == "" {
				it.Title = fmt.Sprintf("Alpha%d beta%d", n, n)
			}
			it.Signals = work.Signals{work.Priority: 1 - float64(n)/20, work.Effort: 1.5 + float64(n), work.Comments: 0}
			it.Attrs = map[string]work.Attr{work.AttrCriteria: work.Yes(n != 2)}
		}))
	}
	delete(items[2].Signals, work.Effort)
	items[0].Links = []work.Link{{Kind: work.BlockedBy, To: items[7].Ref, Key: items[7].Key, Open: true}}
	items[3].Attrs[work.AttrQuestion] = work.Yes(true)
	items[10].Created = noon.AddDate(-2, 0, 0)
	items[11].Created, items[11].Signals[work.Comments] = noon.AddDate(-3, 0, 0), 4
	delete(items[11].Signals, work.Effort)
	return New(roundOf(t, []connectors.Reader{shelf{"platform", items, nil}}, func(in *cycle.Inputs) {
		in.Policy.Value = map[string]float64{"priority": 1}
		in.Rules.Tiers = []plan.Tier{{"now": 3}, {"next": 6}}
	}))
}

func TestWhatToDoNext(t *testing.T) {
	d := agenda(t)
	tests := []struct {
		name   string
		doc    Document
		format Format
		want   string
	}{
		{"text", d, Text, `
NEXT  for sure in the first 3: 1 item; contested: 4
  Ask these first, as they may change the first places most:
    Estimate PAY-12: it may enter the first 3 (place 4 now). Alpha12 beta12
    Estimate PAY-3: it may leave the first 3 (place 1 now). Alpha3 beta3
  Decide or close 1 item, older than a year and quiet for half of one:
    12  PAY-11  2024-11-24  Old wish
  Of 1 more old item nobody can tell: there are comments without dates.
  Not ready are 5 of the first 6:
    blocked by an open item              1  PAY-1 (PAY-8)
    open question in the last comment    1  PAY-4
    no estimate                          2  PAY-3, PAY-12
    no acceptance criteria               1  PAY-2
  Perhaps twice, by their titles alone; most such pairs are not:
    PAY-4 (3) and PAY-9 (10)  Refund of split payments fails
`},
		{"text, redacted", d.Redact(), Text, `
NEXT  for sure in the first 3: 1 item; contested: 4
  Ask these first, as they may change the first places most:
    PAY-12
    PAY-3
  Decide or close 1 item, older than a year and quiet for half of one:
    12  PAY-11
  Not ready are 5 of the first 6:
    PAY-3, PAY-2, PAY-4, PAY-12 and PAY-1
  Perhaps twice, by their titles alone; most such pairs are not:
    PAY-4 (3) and PAY-9 (10)
`},
		{"markdown", d, Markdown, `
## What to do next

For sure in the first 3: 1 item; contested: 4.

- Estimate PAY-12: it may enter the first 3 (place 4 now). Alpha12 beta12
- Estimate PAY-3: it may leave the first 3 (place 1 now). Alpha3 beta3
- Decide or close 1 item, older than a year and quiet for half of one:
  - PAY-11 (place 12) 2024-11-24 Old wish
- Not ready are 5 of the first 6:
  - PAY-3: no estimate
  - PAY-2: no acceptance criteria
  - PAY-4: open question in the last comment
  - PAY-12: no estimate
  - PAY-1: blocked by an open item (PAY-8)
- Perhaps twice, by their titles alone; most such pairs are not:
  - PAY-4 (place 3) and PAY-9 (place 10) Refund of split payments fails
`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := rendered(t, tt.doc, tt.format); !strings.Contains(got, tt.want) {
				t.Errorf("does not say\n%s\nbut\n%s", tt.want, got)
			}
		})
	}
}

func rendered(t *testing.T, d Document, f Format) string {
	t.Helper()
	var b bytes.Buffer
	if err := d.Write(&b, f, Style{}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestCSVTellsReadinessAndBands(t *testing.T) {
	rows, err := csv.NewReader(strings.NewReader(rendered(t, agenda(t), CSV))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	column := func(row []string, name string) string { return row[slices.Index(rows[0], name)] }
	ready := ""
	for i, row := range rows[1:] {
		ready += column(row, "ready") + " "
		low, _ := strconv.Atoi(column(row, "band_low"))
		high, _ := strconv.Atoi(column(row, "band_high"))
		if low < 1 || high < low || high > 12 {
			t.Errorf("place %d has the band %d to %d", i+1, low, high)
		}
	}
	if want := "no no no no yes no"; strings.TrimSpace(ready) != want {
		t.Errorf("ready says %q of the first six and nothing of the others, want %q", ready, want)
	}
}

// TestRedactionKeepsKeysAndPlaces looks for all that a redacted list must not say.
func TestRedactionKeepsKeysAndPlaces(t *testing.T) {
	got := rendered(t, agenda(t).Redact(), JSON)
	_, got, _ = strings.Cut(got, `"next":`)
	for _, word := range []string{"Refund", "Alpha", "Estimate", "2024-11-24", "no-estimate", "PAY-8\""} {
		if strings.Contains(got, word) {
			t.Errorf("the redacted report says %q: %s", word, got)
		}
	}
	for _, key := range []string{"PAY-12", "PAY-11", "PAY-4", "PAY-9"} {
		if !strings.Contains(got, key) {
			t.Errorf("the redacted report does not name %s: %s", key, got)
		}
	}
}

func TestWhereNoItemStandsOutTheReportSaysSo(t *testing.T) {
	var items []work.Item
	for n := 1; n <= 600; n++ {
		items = append(items, issue(n, "", func(it *work.Item) { it.Signals = work.Signals{work.Comments: 0} }))
	}
	says(t, textOf(t, nil, items...), "NEXT no item stands out: for the first 10 each has a chance of 5 % or less")
}
