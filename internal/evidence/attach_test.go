package evidence

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"stackrank/internal/work"
)

func backlog() []work.Item {
	return []work.Item{
		{Ref: work.Ref{Source: "platform", ID: "1"}, Key: "PAY-1", URL: "https://acme.net/browse/PAY-1", Signals: work.Signals{work.Votes: 5, "nps": 3}},
		{Ref: work.Ref{Source: "roadmap", ID: "5f"}, Key: "xYz", URL: "https://trello.com/c/xYz"},
		{Ref: work.Ref{Source: "platform", ID: "2"}, Key: "PAY-2", URL: "https://acme.net/browse/PAY-2"},
		{Ref: work.Ref{Source: "other", ID: "2"}, Key: "PAY-2", URL: "https://other.net/browse/PAY-2"},
	}
}

// nps is a judgement; all other signals count.
func nps(s work.Signal) bool { return s == "nps" }

func attach(t *testing.T, text string) ([]work.Item, []string) {
	t.Helper()
	items := backlog()
	var found []string
	for _, f := range Attach(items, []File{parse(t, "key,signal,date,amount,source\n"+text)}, noon, nps) {
		found = append(found, f.Code+": "+f.Message)
	}
	return items, found
}

func TestRowsFindTheirItems(t *testing.T) {
	for key, want := range map[string]int{
		"PAY-1": 0, "platform:1": 0, "https://acme.net/browse/PAY-1": 0, "HTTPS://ACME.net/browse/PAY-1/?x=1#y": 0,
		"xYz": 1, "https://trello.com/c/xYz/12-a-title": 1, "other:2": 3, "https://other.net/browse/PAY-2": 3,
		"PAY-2": several, "PAY-3": nowhere, "pay-1": nowhere, "https://acme.net": nowhere, "https://": nowhere, "platform:9": nowhere,
	} {
		if got := newFinder(backlog()).find(key); got != want {
			t.Errorf("find(%q) = %d, want %d", key, got, want)
		}
	}
}

func TestRowsOfACountAreDatedEventsOnTop(t *testing.T) {
	items, found := attach(t, "PAY-1,votes,2026-02-01,2,a\nPAY-1,votes,,1,\nPAY-1,votes,2026-02-01,1,b\nxYz,mails,2026-02-01,,\nxYz,mails,,0,\n")
	want := []work.Event{{Signal: work.Votes, Amount: 1}, {Signal: work.Votes, At: feb1, Amount: 3}}
	if diff := cmp.Diff(want, items[0].Events); diff != "" || items[0].Signals[work.Votes] != 9 {
		t.Errorf("votes %v, events (-want +got):\n%s", items[0].Signals, diff)
	}
	if items[1].Signals["mails"] != 1 || len(items[1].Events) != 1 || found != nil {
		t.Errorf("item %+v, findings %v", items[1], found)
	}
}

func TestTheLatestJudgementStandsWhereTheTrackerHasNone(t *testing.T) {
	items, _ := attach(t, "PAY-1,nps,2026-02-01,9,\nxYz,nps,2026-02-01,7,a\nxYz,nps,2026-01-01,2,a\nxYz,nps,,1,\nother:2,nps,,4,\nother:2,nps,,6,\n")
	for i, want := range map[int]float64{0: 3, 1: 7, 3: 6} {
		if got := items[i].Signals["nps"]; got != want || len(items[i].Events) > 0 {
			t.Errorf("item %d: nps %v, want %v; events %v", i, got, want, items[i].Events)
		}
	}
}

func TestWhatDoesNotCountIsTold(t *testing.T) {
	items, found := attach(t, strings.Join([]string{
		"PAY-1,votes,2026-02-01,2,Ann", "PAY-1,votes,2026-02-01,4,Ann", "https://acme.net/browse/PAY-1,votes,2026-02-01,3,Ann",
		"PAY-1,votes,2026-03-02,,today", "PAY-1,votes,2026-03-03,,tomorrow",
		"PAY-7,votes,,,", "PAY-8,votes,,,", "PAY-7,votes,,,", "PAY-2,votes,,,",
	}, "\n"))
	if got := items[0].Signals[work.Votes]; got != 5+3+1 {
		t.Errorf("votes = %v, want 9", got)
	}
	want := []string{
		"unknown-key: Evidence: 3 rows for 2 keys that this backlog does not hold, the first PAY-7 in line 7 of f.csv.",
		"ambiguous-key: Evidence: 1 row for 1 key that more than one item has, the first PAY-2 in line 10 of f.csv; they do not count.",
		"later-evidence: Evidence: 1 row of a later day than the one that is ranked for; they do not count yet.",
		"repeated-evidence: Evidence: 2 rows with item, signal, date and source of a later row; the last of such rows counts alone.",
	}
	if diff := cmp.Diff(want, found); diff != "" {
		t.Errorf("findings (-want +got):\n%s", diff)
	}
}

func TestWhatItemsShareIsNotChanged(t *testing.T) {
	shared := backlog()
	shared[0].Events = make([]work.Event, 0, 8)
	items := slices.Clone(shared)
	Attach(items, []File{parse(t, "key,signal\nPAY-1,votes\nxYz,nps\n")}, noon, nps)
	if shared[0].Signals[work.Votes] != 5 || len(shared[0].Events[:1][0].Signal) > 0 || shared[1].Signals != nil {
		t.Errorf("shared items = %+v", shared[:2])
	}
	if items[0].Signals[work.Votes] != 6 || items[1].Signals["nps"] != 1 {
		t.Errorf("items = %+v", items[:2])
	}
}

// The order of the rows matters only where one corrects another: rows without a
// source, and of different dates or sources, may come in any order.
func TestTheOrderOfRowsDoesNotMatter(t *testing.T) {
	row := rapid.Custom(func(t *rapid.T) Row {
		return Row{
			Key: rapid.SampledFrom([]string{"PAY-1", "xYz", "gone"}).Draw(t, "key"), Signal: rapid.SampledFrom([]work.Signal{"votes", "mails"}).Draw(t, "signal"),
			At: feb1.AddDate(0, 0, rapid.IntRange(-3, 40).Draw(t, "day")), Amount: float64(rapid.IntRange(0, 3).Draw(t, "amount")),
		}
	})
	rapid.Check(t, func(t *rapid.T) {
		rows := rapid.SliceOf(row).Draw(t, "rows")
		a, b := backlog(), backlog()
		Attach(a, []File{{Name: "f", Rows: rows}}, noon, counts)
		Attach(b, []File{{Name: "f", Rows: rapid.Permutation(rows).Draw(t, "order")}}, noon, counts)
		if diff := cmp.Diff(a, b); diff != "" {
			t.Fatalf("(-in order +shuffled)\n%s", diff)
		}
		for i, it := range a {
			sum := map[work.Signal]float64{}
			for _, e := range it.Events {
				sum[e.Signal] += e.Amount
			}
			for s, x := range sum {
				if before := backlog()[i].Signals[s]; it.Signals[s] != before+x {
					t.Fatalf("%s of item %d: %v, had %v and got %v", s, i, it.Signals[s], before, x)
				}
			}
		}
	})
}

// FuzzParse reads any bytes: it ends, every row is whole, and every line counts
// as a row, as a bad row or as blank, so that no bad row takes others with it.
func FuzzParse(f *testing.F) {
	for _, s := range []string{
		"key,signal\nA,b\n", "key;signal;amount\r\nA;b;1,5\r\n", "\xef\xbb\xbfkey\tsignal\n", "key,signal\n\"A\n\nB\",c\nD,\"e\nF,g\n", "key,signal,date\nA,b,2026-02-01T10:00:00+02:00\n",
		"key,signal\n\r\r\n\"\"\"\n,\"\n", "key,signal\nA,b\r", "\"key\nsignal\",signal,key\nx,y,z\n",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := Parse("f.csv", data, zone)
		if err != nil {
			return
		}
		line := 0
		for _, r := range file.Rows {
			if r.Key == "" || r.Signal == "" || !(r.Amount >= 0 && r.Amount <= maxAmount) || r.Line <= line || !r.At.IsZero() && r.At.Year() < earliest-1 {
				t.Errorf("row %+v after line %d", r, line)
			}
			line = r.Line
		}
		if max := strings.Count(string(data), "\n") + 1; line > max {
			t.Errorf("line %d of %d", line, max)
		}
		Attach(backlog(), []File{file}, noon, counts)
	})
}

// Whatever a row holds, a good row below it is read, unless a quote of the bad
// one takes it in as text of a cell.
func FuzzARowBelow(f *testing.F) {
	for _, s := range []string{"", "A,b", "\"", "A,\"b", "\"A\"b,c", ",,,,", "A,b,c,d,e,f,g", "\xff", "\r", "\x00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, row string) {
		if strings.ContainsAny(row, "\n\r") {
			return
		}
		file, err := Parse("f.csv", []byte("key,signal,date\n"+row+"\nGOOD-1,votes,\"2026-02-01\"\nGOOD-2,votes,2026-02-01\n"), zone)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, r := range file.Rows {
			if strings.HasPrefix(r.Key, "GOOD-") && r.Line > 2 {
				got = append(got, fmt.Sprint(r.Key, r.Line, r.At.Equal(time.Date(2026, 2, 1, 0, 0, 0, 0, zone))))
			}
		}
		if want := []string{"GOOD-13 true", "GOOD-24 true"}; !slices.Equal(got, want) {
			t.Errorf("%q: %v, want %v; findings %v", row, got, want, file.Findings)
		}
	})
}
